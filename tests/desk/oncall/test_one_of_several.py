"""Overrides that replace one person of several, on a real database, against a wall that is painted minute by minute;
and swaps and covers that make them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.calendars.entries import entries
from desk.oncall.changing import Undone, paint
from desk.oncall.current import current
from desk.oncall.explain import explain
from desk.oncall.painting import Paint
from desk.oncall.requests import NotDone, Taken, agree, ask, give, take
from desk.oncall.resolve import final_schedule, who
from store import oncall_changes, oncall_requests
from store.engine import Store
from store.oncall_requests import Request
from tests.desk.oncall.test_changing import LENGTH, MINUTE, NOON, Desk

DAY = timedelta(days=1)
PEOPLE = ("maya", "jon", "ana", "ben")
HOUSE = """
people: {maya: {}, jon: {}, ana: {}, ben: {}}
teams: {t: {timezone: UTC, channels: ["slack:C0PAIRS"], members: [maya, jon, ana, ben]}}
schedules:
  pairs:
    timezone: UTC
    people: 2
    layers:
      - {name: first, rotation: {type: daily, start: 2026-01-05, members: [maya, jon]}}
      - {name: second, rotation: {type: daily, start: 2026-01-05, members: [ana, ben]}}
    overrides:
      - {person: ben, start: "2026-03-06T12:10:00Z", end: "2026-03-06T12:15:00Z"}
"""


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, HOUSE)


# ── against a wall ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Coat:
    person: str | None
    instead_of: str | None
    whole: set[int]
    visible: set[int]
    target: int | None = None  # of an undoing
    undone: bool = False


@dataclass
class Wall:
    """The newest coat for everybody hides all beneath it; above it, the newest for each person who is replaced, the
    oldest of them first."""

    coats: list[Coat] = field(default_factory=list)
    now: int = 0

    def undo(self, number: int) -> bool:
        coat = self.coats[number]
        if coat.undone or max(coat.whole) < self.now:
            return False
        self._flip(number, off=True)
        self.coats.append(Coat(None, None, {n for n in coat.whole if n >= self.now}, set(), target=number))
        return True

    def _flip(self, number: int, *, off: bool) -> None:
        coat = self.coats[number]
        coat.undone = off
        ahead = {n for n in coat.whole if n >= self.now}
        if coat.target is not None:
            self._flip(coat.target, off=not off)
        else:
            coat.visible = coat.visible - ahead if off else coat.visible | ahead

    def crew(self, minute: int, of_file: tuple[str, ...]) -> set[str]:
        there = [one for one in self.coats if minute in one.visible]
        everybody = [number for number, one in enumerate(there) if one.instead_of is None]
        found = set(of_file)
        if everybody:
            person = there[everybody[-1]].person
            found, there = {person} if person else set(), there[everybody[-1] + 1 :]
        for number, one in enumerate(there):
            if one.instead_of in found and all(later.instead_of != one.instead_of for later in there[number + 1 :]):
                found.discard(one.instead_of)
                found |= {one.person} if one.person else set()
        return found


SOMEBODY = st.sampled_from(PEOPLE)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("paint"), SOMEBODY | st.none(), SOMEBODY | st.none(), st.integers(0, 38), st.integers(1, 25)),
        st.tuples(st.just("undo"), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.integers(1, 6)),
    ),
    min_size=2,
    max_size=9,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whoever_is_not_replaced_stays(store: Store, does: list[tuple[object, ...]]) -> None:
    desk, wall = Desk(store, HOUSE), Wall()
    numbers: list[int] = []
    for step in does:
        if step[0] == "wait":
            wall.now += int(str(step[1]))
            desk.at = NOON + wall.now * MINUTE
        elif step[0] == "paint":
            _, person, instead_of, start, length = step
            begins = max(int(str(start)), wall.now)
            ends = min(begins + int(str(length)), LENGTH)
            if begins < ends and person != instead_of:
                named, other = (None if one is None else str(one) for one in (person, instead_of))
                wall.coats.append(Coat(named, other, set(range(begins, ends)), set(range(begins, ends))))
                span = Paint("pairs", named, NOON + begins * MINUTE, NOON + ends * MINUTE, other)
                numbers.append(desk.write(lambda m, span=span: paint(m, "swap", [span], "maya", "cli")).number)  # type: ignore[misc]
        elif int(str(step[1])) < len(numbers):
            chosen = int(str(step[1]))
            expected = wall.undo(chosen)
            done = desk.undo(numbers[chosen])
            assert isinstance(done, Undone) == expected
            if isinstance(done, Undone):
                numbers.append(done.number)
        _holds(desk, wall)


def _holds(desk: Desk, wall: Wall) -> None:
    rows = desk.store.read(lambda c: oncall_changes.overrides(c, desk.workspace, "pairs"))
    for lane in {one.instead_of for one in rows}:
        theirs = [one for one in rows if one.instead_of == lane]
        assert all(one.end <= other.start for one, other in pairwise(theirs)), "none of one person overlap"
    plan = desk.read(lambda m: current(m, "pairs"))
    of_file = desk.configuration.schedules["pairs"]
    preview = final_schedule(plan, NOON, NOON + LENGTH * MINUTE)
    feed = entries(plan, NOON, NOON + LENGTH * MINUTE)
    for n in range(LENGTH):
        at = NOON + n * MINUTE
        expected = wall.crew(n, who(of_file, at).people)
        answer = who(plan, at)
        assert set(answer.people) == expected
        assert len(answer.people) == len(expected)
        assert {row.person for row in preview if row.start <= at < row.end} - {None} == expected
        assert {entry.person for entry in feed if entry.start <= at < entry.end} - {None} == expected
        decide = {look.person for look in explain(plan, at).looks if look.verdict == "decides"}
        assert decide == expected, "the explanation is of what is"


# ── swaps and covers ─────────────────────────────────────────────────────────────────────────────────────────────

MIDNIGHT = NOON.replace(hour=0) + DAY


def crew(desk: Desk, days: float) -> tuple[str, ...]:
    return who(desk.read(lambda m: current(m, "pairs")), MIDNIGHT + days * DAY).people


def asked(desk: Desk, kind: str, days: int) -> Request:
    """For the shift of whoever is first on call after so many days."""
    start, person = MIDNIGHT + days * DAY, crew(desk, days)[0]
    made = desk.write(lambda m: ask(m, kind, "pairs", person, start, start + DAY, None))
    assert isinstance(made, Request)
    return made


def test_a_cover_replaces_the_one_who_asked(desk: Desk) -> None:
    first, second = crew(desk, 1)
    third = next(one for one in PEOPLE if one not in (first, second))
    request = asked(desk, "cover", 1)

    assert desk.write(lambda m: take(m, request.id, second, "cli")) == NotDone("there", second)
    taken = desk.write(lambda m: take(m, request.id, third, "cli"))

    assert isinstance(taken, Taken)
    assert crew(desk, 1.5) == (third, second)
    assert f"instead of {first}" in who(desk.read(lambda m: current(m, "pairs")), MIDNIGHT + 1.5 * DAY).why
    undone = desk.undo(taken.done.number)
    assert isinstance(undone, Undone)
    assert crew(desk, 1.5) == (first, second)


def test_two_of_a_schedule_of_several_swap(desk: Desk) -> None:
    mine, theirs = crew(desk, 1), crew(desk, 2)
    request = asked(desk, "swap", 1)
    start = MIDNIGHT + 2 * DAY
    given = desk.write(lambda m: give(m, request.id, theirs[0], "pairs", start, start + DAY))
    assert isinstance(given, Request)
    (offer,) = desk.store.read(lambda c: oncall_requests.offers(c, request.id))

    assert isinstance(desk.write(lambda m: agree(m, offer.id, mine[0], "cli")), Taken)

    assert crew(desk, 1.5) == (theirs[0], mine[1])
    assert crew(desk, 2.5) == (mine[0], theirs[1])


def test_nobody_is_on_call_twice(desk: Desk) -> None:
    """Whoever gives a shift at which the other is on call beside them cannot be replaced by that one."""
    request = asked(desk, "swap", 1)
    beside = crew(desk, 1)[1]
    start = MIDNIGHT + 3 * DAY

    offered = desk.write(lambda m: give(m, request.id, beside, "pairs", start, start + DAY))

    assert offered == NotDone("there", beside)
