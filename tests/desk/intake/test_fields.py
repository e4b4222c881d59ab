"""Each field of an event: what is good, what is refused, and that nothing good is changed on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.intake.event import KINDS, FeedbackEvent, Refused
from tests.desk.intake.examples import FRIDAY_SHOW, accepted, comment, read, refused

# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "at", ["2026-03-27T12:00:00Z", "2026-03-27t12:00:00z", "2026-03-27 13:00+01:00", "20260327T120000Z"]
)
def test_it_reads_one_instant_however_it_is_written(at: str) -> None:
    assert accepted(comment(at=at)).at == FRIDAY_SHOW


@pytest.mark.parametrize("at", ["2026-03-27T12:00:00", "2026-03-27", "2026-W13-5T12:00"])
def test_it_refuses_a_time_without_an_offset(at: str) -> None:
    assert "offset" in refused(comment(at=at)).reason


@pytest.mark.parametrize(
    "at", [1774612800, 0, -1.5, True, [], {}, "", "yesterday", "12:00Z", "2026-02-30T00:00Z", "9" * 99]
)
def test_it_refuses_what_is_no_time(at: object) -> None:
    assert refused(comment(at=at)).field == "at"


@given(st.timedeltas(min_value=timedelta(days=-20_000), max_value=timedelta(days=3_000)))
def test_it_takes_times_between_the_first_live_video_and_a_small_skew(offset: timedelta) -> None:
    at = FRIDAY_SHOW + offset

    answer = read(comment(at=at.isoformat()))

    in_bounds = datetime(2005, 1, 1, tzinfo=UTC) <= at <= FRIDAY_SHOW + timedelta(minutes=5)
    assert isinstance(answer, FeedbackEvent) == in_bounds
    if isinstance(answer, FeedbackEvent):
        assert answer.at == at


def test_it_allows_a_coarse_clock_to_run_ahead_by_its_resolution() -> None:
    at = FRIDAY_SHOW + timedelta(minutes=5, seconds=59)

    assert isinstance(read(comment(at=at), resolution=timedelta(minutes=1)), FeedbackEvent)
    assert isinstance(read(comment(at=at)), Refused)


@given(st.datetimes(), st.integers(-23 * 60, 23 * 60))
def test_it_survives_every_offset_at_both_ends_of_the_calendar(at: datetime, minutes: int) -> None:
    sign = "-" if minutes < 0 else "+"

    answer = read(comment(at=f"{at.isoformat()}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"))

    assert isinstance(answer, FeedbackEvent) or answer.field == "at"


# ── words and names ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words", ["没有声音！　怎么回事", "می‌خواهم", "👩‍🚀 10/10", "أين طلبي؟", "ไม่มีเสียง", "two\nlines\tand a tab"]
)
def test_it_keeps_the_words_of_every_script(words: str) -> None:
    assert accepted(comment(text=words)).text == words


@given(st.text(st.characters()))
def test_it_cleans_words_once_and_for_all(words: str) -> None:
    first = read(comment(text=words))

    if isinstance(first, FeedbackEvent):
        assert accepted(comment(text=first.text)).text == first.text


def test_it_repairs_what_no_database_can_hold() -> None:
    assert accepted(comment(text=" no\x00 sound\r\nsince \ud83d\x1b[31m ")).text == "no sound\nsince \ufffd[31m"


def test_it_refuses_a_megabyte_of_paste_and_says_how_long_it_was() -> None:
    assert isinstance(read(comment(text="x" * 8_000)), FeedbackEvent)
    assert "1,000,000 characters, at most 8,000" in refused(comment(text="x" * 1_000_000)).reason


@pytest.mark.parametrize("kind", ["chat_comment", "post_comment", "support_message"])
@pytest.mark.parametrize("text", [None, "", "  \n ", "\x00"])
def test_it_needs_words_where_an_event_is_its_words(kind: str, text: object) -> None:
    assert refused(comment(kind=kind, text=text, value=1)).field == "text"


@pytest.mark.parametrize("kind", ["review", "poll_answer"])
def test_it_takes_stars_without_words_and_words_without_stars(kind: str) -> None:
    assert accepted(comment(kind=kind, text=None, value=4)).value == 4
    assert accepted(comment(kind=kind)).value is None
    assert refused(comment(kind=kind, text=None)).field == "text"


@pytest.mark.parametrize(
    "event_id", ["", " ", "x" * 201, "tab\there", "\u202ex", "\ud800", True, 1.5, ["a"], {}, None], ids=ascii
)
def test_it_refuses_an_identity_it_could_not_tell_from_another(event_id: object) -> None:
    assert refused(comment(event_id=event_id)).field == "event_id"


def test_it_takes_numbers_as_identities() -> None:
    assert accepted(comment(event_id=1842)).event_id == "1842"


def test_it_takes_a_viewer_under_any_name() -> None:
    assert accepted(comment(viewer="\u202e★彡 \ud83d")).viewer == "\u202e★彡 \ufffd"
    assert accepted(comment(viewer=77)).viewer == "77"
    assert accepted(comment(viewer="")).viewer is None


def test_it_puts_names_on_one_line_without_losing_joiners() -> None:
    assert accepted(comment(product="  serum\u3000No.\n5 👩‍🚀 ")).product == "serum No. 5 👩‍🚀"


def test_it_takes_names_with_letters_newer_than_its_own_unicode_tables() -> None:
    """U+1C89 came with Unicode 16, which Python 3.11 to 3.13 do not know."""
    assert accepted(comment(product="serum \u1c89")).product == "serum \u1c89"


@pytest.mark.parametrize(
    ("field", "limit"), [("show", 200), ("market", 80), ("product", 200), ("viewer", 200), ("reply_to", 500)]
)
def test_it_bounds_names(field: str, limit: int) -> None:
    assert isinstance(read(comment(**{field: "x" * limit})), FeedbackEvent)
    assert refused(comment(**{field: "x" * (limit + 1)})).field == field


@pytest.mark.parametrize("field", ["show", "market", "product", "reply_to"])
@pytest.mark.parametrize("name", ["\u202egnp.exe", "a\u200bb", "a\x07b", "\ud800", 1.5, True, ["a"], {}], ids=ascii)
def test_it_refuses_names_that_only_look_like_another(field: str, name: object) -> None:
    assert refused(comment(**{field: name})).field == field


@pytest.mark.parametrize(
    ("tag", "language"),
    [("pt-BR", "pt"), ("zh_Hant_TW", "zh"), ("EN", "en"), ("fil", "fil"), ("und", None), ("", None)],
)
def test_it_keeps_the_primary_language(tag: str, language: str | None) -> None:
    assert accepted(comment(lang=tag)).lang == language


@pytest.mark.parametrize(
    "tag", ["english", "e", "12", "pt--BR", "pt-", "-pt", "de de", "д", 7, ["en"], "en" + "-x" * 40]
)
def test_it_refuses_what_is_no_language_tag(tag: object) -> None:
    assert refused(comment(lang=tag)).field == "lang"


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.decimals(min_value=0, max_value=10**14, places=3))
def test_it_keeps_a_price_to_the_last_digit(price: Decimal) -> None:
    assert accepted(comment(kind="purchase", value=f"{price:f}")).value == price


@given(st.integers(0, 10**15 - 1))
def test_it_keeps_a_whole_number(number: int) -> None:
    assert accepted(comment(kind="like", value=number)).value == number


@given(st.floats(0, 999_999_999_999_999, allow_nan=False))
def test_it_reads_a_json_fraction_as_it_was_written_to_twelve_decimals(number: float) -> None:
    value = accepted(comment(kind="gift", value=number)).value

    assert value is not None
    assert abs(value - Decimal(repr(number))) <= Decimal("1e-12")
    assert value.as_tuple().exponent >= -12  # type: ignore[operator]


NO_NUMBERS: list[object] = [
    *(True, [], {}, " ", "NaN", "inf", "1e5", "1_000", "1,000.00", "19,90", "１９", "0x10"),
    *("1" * 16, "0.1234567890123", float("nan"), float("inf"), -float("inf"), 1e15, 10**15, 10**5000),
]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=range(len(NO_NUMBERS)))
def test_it_refuses_what_is_no_plain_number(value: object) -> None:
    assert refused(comment(kind="purchase", value=value)).field == "value"


@pytest.mark.parametrize("kind", sorted(KINDS - {"emotion"}))
def test_it_refuses_amounts_below_nought(kind: str) -> None:
    assert refused(comment(kind=kind, value=-1)).field == "value"


@pytest.mark.parametrize(
    ("value", "good"), [(-1, True), (0.4, True), ("1", True), (1.01, False), (-2, False), (55, False)]
)
def test_it_takes_an_emotion_between_minus_one_and_one(value: object, good: bool) -> None:
    assert isinstance(read(comment(kind="emotion", value=value)), FeedbackEvent) == good


@pytest.mark.parametrize("kind", ["viewer_count", "satisfaction", "emotion"])
def test_it_needs_the_number_of_an_event_that_is_its_number(kind: str) -> None:
    assert refused(comment(kind=kind)).field == "value"


def test_it_counts_whole_viewers() -> None:
    assert accepted(comment(kind="viewer_count", value=1250.0)).value == 1250
    assert refused(comment(kind="viewer_count", value=12.5)).field == "value"


@pytest.mark.parametrize("currency", ["EURO", "E1R", "€", "äöü", 978, ["EUR"]])
def test_it_refuses_what_is_no_currency(currency: object) -> None:
    assert refused(comment(kind="purchase", value=1, currency=currency)).field == "currency"


@pytest.mark.parametrize("kind", sorted(KINDS - {"viewer_count", "satisfaction", "emotion"}))
def test_it_takes_every_other_kind_with_words_alone(kind: str) -> None:
    assert accepted(comment(kind=kind)).kind == kind


# ── attributes ───────────────────────────────────────────────────────────────────────────────────────────────────


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"in": value}
    return value


TOO_MUCH: list[object] = [
    *(["a"], "a", 7, {"": 1}, {"k" * 101: 1}, {"a\u202eb": 1}, {"\ud800": 1}, {"n": float("nan")}, {"n": 2**60}),
    *({"t": "x" * 4_001}, {str(n): n for n in range(101)}, {"list": list(range(101))}, nested(4), nested(5_000)),
]


@pytest.mark.parametrize("attributes", TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_it_bounds_the_bag_of_attributes(attributes: object) -> None:
    assert refused(comment(attributes=attributes)).field.startswith("attributes")


def test_it_cleans_the_texts_inside_attributes() -> None:
    event = accepted(comment(attributes={"os": "i\x00OS", "path": ["\ud800", {"a": "b\r\nc"}]}))

    assert event.attributes == {"os": "iOS", "path": ["\ufffd", {"a": "b\nc"}]}


def test_it_names_the_attribute_at_fault() -> None:
    assert refused(comment(attributes={"player": {"drift": float("inf")}})).field == "attributes.player.drift"
