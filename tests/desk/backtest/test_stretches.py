from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desk.backtest.stretches import Stretch, stretches, within
from desk.watch.rules import LIVE_FOR, TICK, closing

HEARD = st.lists(st.integers(0, 400), min_size=1, max_size=40, unique=True).map(
    lambda some: [n * 10 for n in sorted(some)]
)


def watched_live(heard: list[int]) -> tuple[list[Stretch], int]:
    """What the watch's own rule closes, asked after every tick: events come at the start of theirs, at once."""
    begun = closed = newest = heard[0]
    live, made = False, []
    now = heard[0]
    coming = list(heard)
    while coming or live:
        while coming and coming[0] <= now:
            newest = coming.pop(0)
            if not live:
                begun = closed = max(closed, newest) if made else newest
            live = True
        now += TICK
        if live:
            found = closing(closed, newest, newest, TICK, now + 0.2, 0.2)
            closed = found.until
            if found.finished:
                made.append(Stretch(begun, closed, True))
                live = False
    return made, closed


@given(HEARD)
def test_it_finds_the_ticks_that_the_watch_would_judge(heard: list[int]) -> None:
    made, closed = watched_live(heard)

    assert stretches(heard, TICK, closed, recorded=False) == made


@given(HEARD, st.integers(0, 5000))
def test_it_judges_every_tick_that_was_heard_once_and_stops_where_it_is_told(heard: list[int], end: int) -> None:
    end -= end % TICK
    closed = heard[-1] + TICK + LIVE_FOR[TICK]
    for recorded in (False, True):
        found = within(stretches(heard, TICK, closed, recorded=recorded), end)
        judged = [at for one in found for at in range(one.start, one.end, TICK)]

        assert sorted(set(judged)) == judged
        assert {at for at in heard if at < end} <= set(judged)
        assert all(at < end for at in judged)


def test_it_has_nothing_of_a_show_that_was_not_judged_yet() -> None:
    assert stretches([], TICK, 0, recorded=False) == []
    assert stretches([100], TICK, 100, recorded=False) == []
    assert stretches([100], TICK, 130, recorded=False) == [Stretch(100, 130, False)]
