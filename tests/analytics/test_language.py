"""Which language a comment is in, on comments written for this page in every supported one."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics.language import SURE, ScriptAndWords, guess, identify
from analytics.reading import Said
from analytics.vocabulary import LANGUAGES
from tests.analytics.hostile import HOSTILE, TEXTS

SPOKEN = {
    "en": ["does it ship to canada", "the sound is breaking up", "which shade are you wearing"],
    "es": ["cuánto cuesta el envío", "no se escucha nada", "me llegó roto el paquete"],
    "pt": ["quanto custa o frete", "cadê meu pedido gente", "não consigo pagar com pix"],
    "fr": ["c'est combien la livraison", "on entend rien du tout", "je voudrais la taille au dessus"],
    "de": ["wann kommt mein paket an", "der ton ist weg", "gibt es das auch in größe 40"],
    "it": ["quanto costa la spedizione", "non si sente niente", "il mio pacco non è arrivato"],
    "ar": ["كم سعر الشحن", "ما في صوت"],
    "hi": ["आवाज नहीं आ रही है", "payment nahi ho raha hai", "kitne ka hai ye wala", "mera order kb ayega bhaiya"],
    "id": [
        "kok blm dikirim2 sih",
        "kualitasnya bagus gak",
        "berapa harganya kak",
        "paketku belum sampai",
        "suaranya nggak kedengeran",
    ],
    "ms": [
        "parcel tak sampai2 lagi dah 2 minggu",
        "saiz besar ada tak",
        "berapa harga ni sis",
        "nak beli satu boleh",
        "parcel saya tak sampai lagi",
    ],
    "th": ["ราคาเท่าไหร่คะ", "ไม่มีเสียงเลย"],
    "vi": ["giá bao nhiêu vậy shop", "khong nghe thay gi het", "còn size m không ạ"],
    "ko": ["배송은 언제 되나요", "소리가 안 들려요", "ㅠㅠ"],
    "ja": ["送料はいくらですか", "音が出ません", "かわいい"],
    "ru": ["сколько стоит доставка", "звука нет"],
    "tr": ["kargom hala gelmedi yaa", "odeme yapamiyorum", "kargo ne zaman gelir", "ses gelmiyor", "fiyatı ne kadar"],
    "zh": ["多少钱", "没有声音", "什麼時候發貨"],
}


@pytest.mark.parametrize(("lang", "text"), [(lang, text) for lang, texts in SPOKEN.items() for text in texts])
def test_it_knows_the_language(lang: str, text: str) -> None:
    assert identify(text) == lang


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "lol",
        "666",
        "LMAO",
        "haha",
        "ok",
        "wow!!",
        "😍😍😍",
        "?",
        "...",
        "100%",
        "gg wp",
        "@anna 👍",
        "Nike XL",
        "maria",
        "iphone 15 🔥",
        "¯\\_(ツ)_/¯",
        "(ง •̀_•́)ง",
        "https://example.com/de",
    ],
)
def test_it_does_not_guess_where_every_chat_writes_alike(text: str) -> None:
    assert identify(text) == "und"


@pytest.mark.parametrize(
    "text", ["Πότε έρχεται;", "מתי זה מגיע", "எப்போது வரும்", "Коли приїде моя посилка", "این کی می‌رسد"]
)
def test_it_admits_a_language_that_it_does_not_know(text: str) -> None:
    assert identify(text) == "und"


def test_it_goes_by_the_market_where_words_belong_to_two_languages() -> None:
    assert identify("muito caro") == "pt"
    assert identify("hola, precio", market_languages=("es",)) == "es"
    assert identify("最高", market_languages=("ja",)) == "ja"
    assert identify("最高") == "zh"


def test_it_believes_the_source_only_where_the_text_leaves_room() -> None:
    assert identify("好看", claimed="ja") == "ja"
    assert identify("wann kommt mein paket endlich an", claimed="en") == "de"
    assert identify("ราคาเท่าไหร่", claimed="en") == "th"


def test_it_recognises_laughter_of_one_language() -> None:
    assert identify("wkwkwk") == "id"
    assert identify("jajaja") == "es"


def test_it_is_not_led_astray_by_handles_links_and_emotes() -> None:
    assert identify("@zapato_rojo :face-blue-smiling: https://tienda.example/es no sound at all") == "en"


@pytest.mark.parametrize(
    "text",
    [
        "wanneer komt mijn pakje eindelijk aan",
        "kiedy przyjdzie moje zamówienie",
        "hvornår kommer den tilbage på lager",
        "kailan po darating ang order ko",
        "mikor érkezik meg a csomagom",
        "když dorazí moje zásilka",
    ],
)
def test_it_admits_a_language_in_latin_letters_that_it_does_not_read(text: str) -> None:
    assert identify(text) == "und"


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("nike 싸다", "ko"),
        ("iphone 15 pro max 多少钱", "zh"),
        ("aww ツ so cute", "en"),
        ("シャンプー", "ja"),
        ("RT @user: كيف", "ar"),
    ],
)
def test_it_goes_by_the_words_around_a_brand_or_a_face(text: str, lang: str) -> None:
    assert identify(text) == lang


def test_it_expects_what_the_viewer_wrote_before() -> None:
    assert identify("quando") == "und"
    assert identify("quando", earlier=("it",)) == "it"
    assert identify("quando", earlier=("pt", "it")) == "pt"
    assert identify("最高", earlier=("ja",)) == "ja"


@pytest.mark.parametrize(("lang", "text"), [(lang, texts[0]) for lang, texts in SPOKEN.items()])
def test_it_is_not_held_to_what_the_viewer_wrote_before(lang: str, text: str) -> None:
    assert identify(text, earlier=("de", "ko") if lang not in ("de", "ko") else ("en", "zh")) == lang


def test_it_guesses_no_language_of_a_word_of_every_chat_whatever_came_before() -> None:
    assert identify("lol", "es", ("es",), ("es",)) == "und"
    assert identify("666", "zh", ("zh",), ("zh",)) == "und"


def test_it_says_how_sure_it_is() -> None:
    assert guess("wann kommt mein paket endlich an").confidence > 0.99
    assert guess("quando").confidence < SURE < guess("quando arriva").confidence
    assert guess("😍").confidence == 0


DECORATION = st.lists(
    st.sampled_from(["😍", "🔥🔥", "❤️", "👩🏽‍👧", "🇧🇷", "12", "3.5", "2026", "!!", "?"]), min_size=1, max_size=5
)


@settings(deadline=None)
@given(
    st.sampled_from([text for texts in SPOKEN.values() for text in texts]) | st.text(max_size=60),
    DECORATION,
    st.booleans(),
)
def test_it_does_not_change_its_mind_for_emoji_and_numbers(text: str, decoration: list[str], before: bool) -> None:
    sure = identify(text)
    assume(sure != "und")

    around = " ".join(decoration)

    assert identify(f"{around} {text}" if before else f"{text} {around}") == sure


@settings(deadline=None)
@given(TEXTS)
def test_it_answers_anything_with_a_language_it_supports(text: str) -> None:
    assert identify(text) in {*LANGUAGES, "und"}
    assert identify(text, force=True) in LANGUAGES


@settings(deadline=None)
@given(TEXTS, st.sampled_from(LANGUAGES), st.lists(st.sampled_from((*LANGUAGES, "und", "tlh")), max_size=3))
def test_it_is_as_sure_as_a_share_of_one(text: str, claimed: str, earlier: list[str]) -> None:
    assert 0 <= guess(text, claimed, (), earlier).confidence <= 1


def test_it_answers_hostile_texts_too() -> None:
    found = ScriptAndWords().identify([Said(text, "xx", ("tlh",), ("xx",)) for text in HOSTILE])

    assert set(found) <= {*LANGUAGES, "und"}


@pytest.mark.parametrize("text", [*HOSTILE, "ha" * 50_000 + "b", "xa" * 50_000, "j" * 99_999 + "a", "a" * 50_000 + "@"])
def test_it_takes_a_moment_for_any_text(text: str) -> None:
    identify("the first text loads the model")
    began = process_time()

    identify(text)

    assert process_time() - began < 0.1  # a thousandth of that is usual
