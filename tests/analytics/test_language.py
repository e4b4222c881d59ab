"""Which language a comment is in, on comments written for this page in every supported one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from analytics.language import ScriptAndWords, identify
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
    "hi": ["आवाज नहीं आ रही है", "payment nahi ho raha hai", "kitne ka hai ye wala"],
    "id": ["berapa harganya kak", "paketku belum sampai", "suaranya nggak kedengeran"],
    "ms": ["berapa harga ni sis", "nak beli satu boleh", "parcel saya tak sampai lagi"],
    "th": ["ราคาเท่าไหร่คะ", "ไม่มีเสียงเลย"],
    "vi": ["giá bao nhiêu vậy shop", "khong nghe thay gi het", "còn size m không ạ"],
    "ko": ["배송은 언제 되나요", "소리가 안 들려요", "ㅠㅠ"],
    "ja": ["送料はいくらですか", "音が出ません", "かわいい"],
    "ru": ["сколько стоит доставка", "звука нет"],
    "tr": ["kargo ne zaman gelir", "ses gelmiyor", "fiyatı ne kadar"],
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


@settings(deadline=None)
@given(TEXTS)
def test_it_answers_anything_with_a_language_it_supports(text: str) -> None:
    assert identify(text) in {*LANGUAGES, "und"}
    assert identify(text, force=True) in {*LANGUAGES, "und"}


def test_it_answers_hostile_texts_too() -> None:
    found = ScriptAndWords().identify([Said(text, "xx", ("tlh",)) for text in HOSTILE])

    assert set(found) <= {*LANGUAGES, "und"}
