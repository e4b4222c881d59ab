"""Roll-ups merged in any order equal the roll-up of everything."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.rollups import HOUR, MINUTE, Cells, Counted, coarser, merge, roll_up

FRIDAY_SHOW = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)

counted = st.builds(
    Counted,
    at=st.integers(0, 7_000).map(lambda second: FRIDAY_SHOW + timedelta(seconds=second)),
    market=st.sampled_from(["us", "de", None]),
    kind=st.sampled_from(["chat_comment", "purchase"]),
    category=st.sampled_from(["delivery", "price", None]),
    intent=st.sampled_from(["complaint", "question", None]),
    sentiment=st.none() | st.floats(-1, 1),
    value=st.none() | st.decimals(-(10**30), 10**12, allow_nan=False, places=4),
    currency=st.sampled_from(["USD", "EUR", None]),
    viewer_hash=st.none() | st.integers(0, 2**64 - 1),
)


def plain(cells: Cells) -> dict[Any, Any]:
    """Cells as values that compare, the sketch by its estimate."""
    return {
        key: (cell.count, cell.sentiment_n, cell.sentiment_sum, cell.sentiment_squares, cell.values, cell.distinct)
        for key, cell in cells.items()
    }


@given(st.lists(counted, max_size=60), st.integers(1, 5), st.randoms(use_true_random=False))
def test_it_equals_the_roll_up_of_everything_merged_in_any_order(
    events: list[Counted], parts: int, chance: random.Random
) -> None:
    pieces = [roll_up(events[piece::parts]) for piece in range(parts)]
    chance.shuffle(pieces)

    nested = pieces[0]
    for piece in pieces[1:]:
        nested = merge(piece, nested)

    assert plain(nested) == plain(merge(*pieces)) == plain(roll_up(events))


@given(st.lists(counted, max_size=60))
def test_it_derives_minutes_and_hours_as_if_counted_so(events: list[Counted]) -> None:
    ticks = roll_up(events)

    minutes = coarser(ticks, MINUTE)

    assert plain(minutes) == plain(roll_up(events, MINUTE))
    assert plain(coarser(minutes, HOUR)) == plain(roll_up(events, HOUR)) == plain(coarser(ticks, HOUR))


def test_it_adds_what_comes_later_to_the_same_cell() -> None:
    lag = Counted(
        FRIDAY_SHOW, market="us", intent="complaint", category="stream_quality", viewer_hash=1, sentiment=-0.5
    )
    before = roll_up([lag])

    after = merge(before, roll_up([lag]))

    [cell] = after.values()
    assert (cell.count, cell.sentiment_sum, round(cell.distinct)) == (2, -1.0, 1)
    [untouched] = before.values()
    assert untouched.count == 1


@pytest.mark.parametrize(
    ("intent", "category", "counted_as"),
    [
        ("complaint", "delivery", "delivery"),
        ("complaint", None, "other"),
        ("question", "delivery", ""),
        (None, "delivery", ""),
        ("praise", None, ""),
    ],
)
def test_it_names_a_category_for_complaints_alone(intent: str, category: str, counted_as: str) -> None:
    [key] = roll_up([Counted(FRIDAY_SHOW, intent=intent, category=category)])

    assert key.category == counted_as


def test_it_keeps_money_exact_and_apart_by_currency() -> None:
    big, small = Decimal("100000000000000000000000000000"), Decimal("0.0001")
    events = [
        Counted(FRIDAY_SHOW, kind="purchase", value=big, currency="USD"),
        Counted(FRIDAY_SHOW, kind="purchase", value=small, currency="USD"),
        Counted(FRIDAY_SHOW, kind="purchase", value=small, currency="EUR"),
    ]

    [cell] = roll_up(events).values()

    assert cell.values == {"USD": Decimal("100000000000000000000000000000.0001"), "EUR": small}


def test_it_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="must carry its zone"):
        roll_up([Counted(datetime(2026, 3, 27, 12, 0))])


def test_it_starts_ticks_at_multiples_of_ten_seconds_whatever_the_zone() -> None:
    tokyo = (FRIDAY_SHOW + timedelta(seconds=19, microseconds=999_999)).astimezone(ZoneInfo("Asia/Tokyo"))

    [key] = roll_up([Counted(tokyo)])

    assert key.start == int(FRIDAY_SHOW.timestamp()) + 10


def test_it_counts_a_thousand_events_within_the_analysts_slice() -> None:
    """The event loop may be held for about 10 ms; the best of five keeps a busy machine from deciding."""
    events = [
        Counted(
            FRIDAY_SHOW + timedelta(milliseconds=37 * i),
            "show",
            ("us", "de", "jp")[i % 3],
            ("en", "de", "ja", "es")[i % 4],
            kind="chat_comment",
            intent="complaint" if i % 20 == 0 else "other",
            sentiment=i % 7 / 7,
            viewer_hash=i * 2_654_435_761,
        )
        for i in range(1_000)
    ]

    def once() -> float:
        began = time.process_time()
        roll_up(events)
        return time.process_time() - began

    assert min(once() for _ in range(5)) < 0.008
