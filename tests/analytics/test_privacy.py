"""What tells who a viewer is goes; what the shop needs to read (prices, sizes, dates) stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.privacy import _ALL, _WORTH_A_LOOK, PatternRedactor, _compiled, _replace, luhn
from analytics.text import clean
from tests.analytics.hostile import HOSTILE, TEXTS

redact = PatternRedactor().redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call me +49 151 23456789", "call me [phone]"),
        ("(415) 555-0132 anytime", "[phone] anytime"),
        ("010-1234-5678로 연락주세요", "[phone]로 연락주세요"),
        ("电话13812345678", "电话[phone]"),
        ("โทร 081-234-5678 ค่ะ", "โทร [phone] ค่ะ"),
        ("رقمي ٠٥٠١٢٣٤٥٦٧", "رقمي [phone]"),
        ("meu zap (11) 98765-4321", "meu zap [phone]"),
        ("+7 912 345-67-89", "[phone]"),
        ("１３８１２３４５６７８", "[phone]"),
        ("wa 0812 3456 7890", "wa [phone]"),
        ("mail anna.b+live@example.co.uk please", "mail [email] please"),
        ("anna (at) example (dot) com", "[email]"),
        ("write anna at example dot com", "write [email]"),
        ("card 4111 1111 1111 1111", "card [card]"),
        ("5500-0000-0000-0004", "[card]"),
        ("IBAN DE89 3704 0044 0532 0130 00 ok", "IBAN [iban] ok"),
        ("order no. 88213344 never came", "order no. [order] never came"),
        ("订单号：2938472938472", "订单号：[order]"),
        ("#A12345678", "[order]"),
        ("tracking LX123456789CN", "tracking [order]"),
        ("身份证11010119900307851X", "身份证[id]"),
        ("CPF 123.456.789-09", "CPF [id]"),
        ("hi @anna_92 and @everyone", "hi [handle] and [handle]"),
        ("see https://evil.example/a?b=c#d now", "see [link] now"),
        ("t.me/free_gold or www.spam.example", "[link] or [link]"),
        ("I live at 221B Baker Street, flat 4", "I live at [address]"),
        ("Hauptstraße 12, 10115 Berlin", "[address]"),
        ("calle Mayor 12", "[address]"),
        ("浙江省杭州市西湖区文三路478号3楼", "[address]"),
        ("서울시 강남구 테헤란로 152", "[address]"),
        ("ул. Ленина, д. 5, кв. 12", "[address]"),
        ("Jl. Sudirman No. 12", "[address]"),
        ("Atatürk Mah. Gül Sok. No: 5", "[address]"),
    ],
)
def test_it_takes_out_what_identifies_a_person(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "only €29.99 for size 42 until 12/05",
        "1.299.000 đ",
        "Rp 150.000 or 150000 IDR",
        "10 000 руб",
        "₩1,250,000",
        "2026-03-27 20:00",
        "27.03.2026",
        "12:30-14:00",
        "size 38-40, 75 x 120 cm, 500ml, 256GB",
        "666666666",
        "233333333",
        "55555555555",
        "I want 2 of 10000",
        "order 3 please",
        "8.5/10 v1.2.3",
        "50% off, 3 for 2",
        "iPhone 15 pro",
        "Main Street Style dress",
        "3@10 deal",
        "e.g. this.That",
        "no.1 in the U.S.A.",
    ],
)
def test_it_leaves_prices_sizes_dates_and_applause(text: str) -> None:
    assert redact(text) == text


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_it_redacts_twice_as_once(text: str) -> None:
    once = redact(text)

    assert redact(once) == once


@settings(deadline=None)
@given(
    st.sampled_from(["+49 ", "+1-", "+86 ", "0044 ", "+234"]),
    st.text("0123456789", min_size=9, max_size=11),
    st.sampled_from(["", " ", "!", ", thanks", " 😀", "\n"]),
)
def test_it_lets_no_international_number_through(prefix: str, number: str, after: str) -> None:
    assert number not in redact(f"call {prefix}{number}{after}")


@settings(deadline=None)
@example("a000a@a.com", "#")
@example("a0000.b@a.com", "order no.")
@example("a00000.b@a.com", "passport")
@given(st.from_regex(r"[a-z][a-z0-9._]{0,10}@[a-z][a-z0-9]{0,10}\.(com|de|co\.uk)", fullmatch=True), TEXTS)
def test_it_lets_no_mail_address_through(address: str, around: str) -> None:
    assert address not in redact(f"{around} {address} ")


@settings(deadline=None)
@given(st.text("0123456789", min_size=15, max_size=15), st.sampled_from(["4", "51", "2221"]))
def test_it_lets_no_payment_card_through(digits: str, brand: str) -> None:
    body = (brand + digits)[:15]
    number = next(body + check for check in "0123456789" if luhn(body + check))

    assert number not in redact(f"my card is {number} ok")


@pytest.mark.parametrize(
    "text", ["order AB12345 @support where is it", "#A12345 @livedesk hi", "passport X1234567 @shop"]
)
def test_it_lets_no_number_through_before_a_mention(text: str) -> None:
    assert not re.search(r"\d{4}", redact(text))


def test_it_hides_the_separators_that_were_meant_to_fool_it() -> None:
    assert redact("+49\u200b151\u200b23456789") == "[phone]"


def test_it_shows_hostile_texts_harmless() -> None:
    for text in HOSTILE:
        shown = redact(text)
        assert "\x00" not in shown
        assert "\u202e" not in shown
        shown.encode("utf-8")


_PIECES = (
    "order|no.|#|A12|4111 1111 1111 1111|12|7|0|+49|151|usd|colours|5|$|rs|€|12:30|@|anna|.com|www.|https://| at |"
    " dot |(at)|[|]|[phone]|(|)|-|/|calle Mayor|Hauptstraße|-weg|路|街|号|浙江省|서울시|강남구|로|〒150-0001|渋谷区|"
    "丁目|ул. Ленина|д.|jl.|số|đường|โทร|บ้านเลขที่|شارع|رقم|٠٥٠|मकान नंबर|घर|call|dni|passport|DE89|"
    "3704 0044 0532 0130 00|kg|x|．|１３８１２３４５６７８|é|😡|\u2010|ﬁ"
)
_SAID = st.tuples(st.sampled_from(_PIECES.split("|")), st.sampled_from(("", " ", " ", ".", "1"))).map("".join)


@settings(max_examples=800, deadline=None)
@given(pieces=st.lists(_SAID, max_size=9))
def test_what_it_does_not_look_for_is_not_there(pieces: list[str]) -> None:
    """Texts without a digit, or without a sign of mail and links, are looked at for the rest alone."""
    said = clean("".join(pieces))

    expected = _compiled(_ALL).sub(_replace, said) if _WORTH_A_LOOK.search(said) else said
    assert redact(said) == expected
