from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.mutes.rules import LONGEST, SHOW_AT_MOST, Length, end_of, split_category, split_length
from tests.factories import NOON

NAMES = {"price": ["price"], "size_fit": ["size_fit", "size fit", "size and fit", "尺码"], "size": ["size"]}


@pytest.mark.parametrize(
    ("text", "before", "lasting"),
    [
        ("payment 30m", "payment", timedelta(minutes=30)),
        ("payment 30 min", "payment", timedelta(minutes=30)),
        ("payment aurora 2h", "payment aurora", timedelta(hours=2)),
        ("payment aurora 1h 30m", "payment aurora", timedelta(minutes=90)),
        ("payment for 2 H", "payment", timedelta(hours=2)),
        ("payment 1d", "payment", timedelta(days=1)),
        ("支付 30分钟", "支付", timedelta(minutes=30)),
        ("payment until the show ends", "payment", None),
        ("payment aurora Until The Show Ends", "payment aurora", None),
        ("2h", "", timedelta(hours=2)),
    ],
)
def test_it_reads_how_long(text: str, before: str, lasting: timedelta | None) -> None:
    assert split_length(text) == (before, Length(lasting))


@pytest.mark.parametrize("text", ["", "payment", "payment forever", "payment 30", "payment m", "payment -5m"])
def test_it_finds_no_length_where_there_is_none(text: str) -> None:
    assert split_length(text) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_not(text: str) -> None:
    split_length(text)
    split_category(text, NAMES)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("price", ("price", "")),
        ("Size and Fit Aurora", ("size_fit", "Aurora")),
        ("size aurora", ("size", "aurora")),
        ("尺码 aurora", ("size_fit", "aurora")),
        ("prices", None),
        ("", None),
    ],
)
def test_it_reads_the_category_that_is_named_longest(text: str, read: tuple[str, str] | None) -> None:
    assert split_category(text, NAMES) == read


@given(
    lasting=st.none() | st.timedeltas(timedelta(minutes=1), LONGEST),
    show_ends=st.none() | st.timedeltas(-timedelta(days=30), timedelta(days=30)),
)
def test_a_mute_always_ends(lasting: timedelta | None, show_ends: timedelta | None) -> None:
    end = end_of(NOON, Length(lasting), None if show_ends is None else NOON + show_ends)

    assert NOON < end <= NOON + LONGEST


def test_a_show_whose_end_nobody_has_told_is_muted_for_half_a_day_at_most() -> None:
    assert end_of(NOON, Length(None), None) == NOON + SHOW_AT_MOST
    assert end_of(NOON, Length(None), NOON - timedelta(hours=1)) == NOON + SHOW_AT_MOST
