"""What a comment wants, and what a complaint is about: the definitions of the labels, the traps, every language."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings

from analytics.intent import PhraseIntents
from analytics.reading import Category, FoundCategory, Intent
from analytics.sentiment import SentimentReader
from analytics.vocabulary import extended
from tests.analytics.hostile import TEXTS


def read(text: str, lang: str = "en") -> tuple[Intent, float, tuple[FoundCategory, ...]]:
    return PhraseIntents().classify([text], [lang], SentimentReader().score([text], [lang]))[0]


def meaning(text: str, lang: str = "en") -> str:
    intent, _, categories = read(text, lang)
    return f"{intent} {categories[0].name}" if categories else intent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("does it suit dark skin?", "question"),
        ("show the back please", "question"),
        ("is the red one sold out?", "question"),
        ("is there no cash on delivery?", "question"),
        ("how long does shipping take", "question"),
        ("where is my parcel after 3 weeks", "complaint delivery"),
        ("why in dollars?", "complaint price"),
        ("no sound???", "complaint stream_quality"),
        ("shipping is way too expensive", "complaint delivery"),
        ("it arrived broken", "complaint quality"),
        ("they want me to pay for the return of a faulty kettle", "complaint after_sale"),
        ("the 20% code doesn't work", "complaint price"),
        ("my cream came already expired", "complaint authenticity"),
        ("received a fake bag", "complaint authenticity"),
        ("the dress was way too small", "complaint size_fit"),
        ("payment keeps failing", "complaint payment"),
        ("host talks too fast and is ignoring our questions", "complaint host"),
        ("sold out again 😭", "complaint stock"),
        ("scam", "complaint other"),
        ("amazon never delivered my order", "other"),
        ("I'll take 3", "order"),
        ("+1 black L", "order"),
        ("will buy tonight", "purchase_interest"),
        ("love this colour so much 😍", "praise"),
        ("hello from Berlin", "greeting"),
        ("follow me for free iphones [link]", "spam"),
        ("watching while cooking", "other"),
    ],
)
def test_it_means_what_the_labels_mean(text: str, expected: str) -> None:
    assert meaning(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "not bad at all",
        "can't wait for my parcel!!",
        "there are no audio issues",
        "no lag today, nice",
        "the picture quality is insane, so good",
        "sound is great now",
        "my brain is lagging lol",
        "never disappoints",
        "it's not expensive",
        "worth the wait",
        "fake tan goals",
        "this sounds like a great deal",
        "echo dot giveaway when",
    ],
)
def test_it_is_not_fooled_into_hearing_a_complaint(text: str) -> None:
    assert not meaning(text).startswith("complaint")


@pytest.mark.parametrize(
    "text",
    [
        "great, no sound again",
        "audio is bad",
        "echo",
        "ECHOOOO",
        "cant hear",
        "I can't hear you",
        "fix the mic",
        "fix your damn audio!!",
        "volume",
        "the sound is breaking up",
        "turn up mic",
        "double audio lol",
        "my ears",
        "stream keeps freezing",
        "so laggy",
        "black screen",
        "what's wrong with the sound?",
        "audio and video are not in sync, sound is delayed",
    ],
)
def test_it_hears_when_a_broadcast_breaks(text: str) -> None:
    assert meaning(text) == "complaint stream_quality"


# One comment for each of nine meanings in each language; English stands above.
MEANINGS = (
    "question", "complaint stream_quality", "complaint delivery", "complaint price", "complaint quality",
    "complaint payment", "praise", "order", "complaint after_sale",
)  # fmt: skip
SAID = {
    "es": [
        "¿cuánto cuesta?",
        "no se oye nada",
        "mi pedido no ha llegado",
        "el cupón no funciona",
        "llegó roto",
        "no puedo pagar",
        "qué bonito vestido",
        "me llevo dos",
        "quiero mi reembolso",
    ],
    "pt": [
        "quanto custa?",
        "tá sem som",
        "cadê meu pedido",
        "o cupom não funciona",
        "veio quebrado",
        "não consigo pagar",
        "muito lindo esse vestido",
        "comprei",
        "quero meu reembolso",
    ],
    "fr": [
        "c'est combien ?",
        "on n'entend rien",
        "ma commande n'est pas arrivée",
        "le code promo ne marche pas",
        "arrivé cassé",
        "impossible de payer",
        "trop belle cette robe",
        "je prends deux",
        "je veux un remboursement",
    ],
    "de": [
        "was kostet das?",
        "kein Ton",
        "mein Paket ist noch nicht da",
        "der Rabattcode geht nicht",
        "kaputt angekommen",
        "Zahlung fehlgeschlagen",
        "so schön das Kleid",
        "ich nehme zwei",
        "ich will mein Geld zurück",
    ],
    "it": [
        "quanto costa?",
        "non si sente niente",
        "il mio ordine non è arrivato",
        "il codice sconto non funziona",
        "arrivato rotto",
        "non riesco a pagare",
        "che bello il vestito",
        "ne prendo due",
        "voglio il rimborso",
    ],
    "ar": [
        "بكم هذا؟",
        "ما في صوت",
        "لم يصل طلبي",
        "الكود ما يشتغل",
        "وصلني مكسور",
        "ما اقدر ادفع",
        "جميل جدا",
        "تم الطلب",
        "ابغى استرجاع فلوسي",
    ],
    "hi": [
        "कितने का है?",
        "आवाज नहीं आ रही",
        "मेरा ऑर्डर अभी तक नहीं आया",
        "कूपन काम नहीं कर रहा",
        "टूटा हुआ आया",
        "पेमेंट नहीं हो रहा",
        "बहुत सुंदर है",
        "ऑर्डर कर दिया",
        "पैसे वापस चाहिए",
    ],
    "id": [
        "berapa harganya?",
        "suaranya nggak kedengeran",
        "paket saya belum sampai",
        "vouchernya ga bisa dipake",
        "barang datang rusak",
        "gagal bayar terus",
        "bagus banget bajunya",
        "mau order 2",
        "minta refund",
    ],
    "ms": [
        "berapa harga?",
        "takde bunyi",
        "parcel saya belum sampai",
        "voucher tak boleh guna",
        "barang sampai rosak",
        "tak boleh bayar",
        "cantik sangat baju ni",
        "nak 2 helai",
        "nak refund",
    ],
    "th": [
        "ราคาเท่าไหร่คะ",
        "ไม่มีเสียง",
        "ของยังไม่มาส่งเลย",
        "โค้ดใช้ไม่ได้",
        "ของที่ได้มาพัง",
        "จ่ายเงินไม่ได้",
        "สวยมากค่ะ",
        "เอา 2 ตัวค่ะ",
        "ขอคืนเงินค่ะ",
    ],
    "vi": [
        "giá bao nhiêu vậy?",
        "không có tiếng",
        "chưa nhận được hàng",
        "mã giảm giá không dùng được",
        "hàng về bị vỡ",
        "không thanh toán được",
        "váy đẹp quá",
        "chốt 2 cái",
        "yêu cầu hoàn tiền",
    ],
    "ko": [
        "가격이 얼마예요?",
        "소리가 안 들려요",
        "배송이 아직 안 왔어요",
        "쿠폰 적용이 안돼요",
        "깨진 상태로 왔어요",
        "결제가 안돼요",
        "원피스 너무 예뻐요",
        "2개 주문 완료",
        "환불해주세요",
    ],
    "ja": [
        "いくらですか？",
        "音が出ない",
        "まだ届かない",
        "クーポンが使えない",
        "壊れて届いた",
        "決済できない",
        "めっちゃかわいい",
        "2個買いました",
        "返金してください",
    ],
    "ru": [
        "сколько стоит?",
        "нет звука",
        "заказ так и не пришел",
        "промокод не работает",
        "пришло сломанное",
        "не могу оплатить",
        "очень красивое платье",
        "беру две",
        "верните деньги",
    ],
    "tr": [
        "fiyatı ne kadar?",
        "ses yok",
        "kargom hala gelmedi",
        "kupon çalışmıyor",
        "kırık geldi",
        "ödeme yapamıyorum",
        "elbise çok güzel",
        "iki tane aldım şimdi",
        "paramı geri istiyorum",
    ],
    "zh": [
        "多少钱？",
        "没声音",
        "还没收到货",
        "优惠券用不了",
        "收到就是坏的",
        "付款一直失败",
        "裙子太好看了",
        "拍了两件",
        "我要退款",
    ],
}


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [(lang, text, expected) for lang, texts in SAID.items() for text, expected in zip(texts, MEANINGS, strict=True)],
)
def test_it_understands_every_language(lang: str, text: str, expected: str) -> None:
    assert meaning(text, lang) == expected


def test_it_names_several_categories_the_surest_first() -> None:
    _, _, categories = read("the parcel arrived broken, i want a refund")

    assert {found.name for found in categories} == {"quality", "after_sale"}
    assert [found.confidence for found in categories] == sorted((f.confidence for f in categories), reverse=True)


def test_it_says_which_words_decided() -> None:
    _, _, categories = read("please fix your freaking audio")

    assert categories[0].why == ("fix audio",)


def test_it_files_an_expensive_parcel_under_delivery_alone() -> None:
    _, _, categories = read("shipping is too expensive")

    assert [found.name for found in categories] == ["delivery"]


def test_it_is_less_sure_of_a_topic_beside_a_bad_word_than_of_a_phrase() -> None:
    assert read("the material looks horrible")[1] < read("arrived damaged")[1]


def test_it_reads_the_words_that_a_team_added() -> None:
    model = PhraseIntents({"en": extended("en", {"complaint": {"quality": {"says": "pilling like crazy"}}})})

    assert model.classify(["pilling like crazy"], ["en"], [0.0])[0][2][0].name == "quality"
    assert meaning("pilling like crazy") != "complaint quality"


@settings(deadline=None)
@given(TEXTS)
def test_it_keeps_its_promises_about_anything(text: str) -> None:
    for lang in ("en", "zh", "und"):
        intent, confidence, categories = PhraseIntents().classify([text], [lang], [0.0])[0]
        assert intent in get_args(Intent)
        assert 0.0 <= confidence <= 1.0
        assert bool(categories) is (intent == "complaint")
        assert len({found.name for found in categories}) == len(categories)
        assert all(found.name in get_args(Category) and found.why for found in categories)
