"""Changes from chat on a real database, against a wall that is painted minute by minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count, pairwise
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from desk.calendars.entries import entries
from desk.configuration.model import Configuration
from desk.moment import Moment
from desk.oncall.changing import LEAVE, NotUndone, Undone, go_away, paint, undo
from desk.oncall.current import current, planned
from desk.oncall.explain import explain
from desk.oncall.model import Override
from desk.oncall.painting import Paint
from desk.oncall.resolve import final_schedule, who
from handlers.configuration import load_text
from store import oncall_changes, workspaces
from store.engine import Store
from tests.factories import NOON

T = TypeVar("T")
MINUTE = timedelta(minutes=1)
LENGTH = 40  # minutes of wall
_numbers = count(1)

HOUSE = """
people: {maya: {}, jon: {}, ana: {}, ben: {}}
schedules:
  americas:
    timezone: UTC
    layers: [{rotation: {type: daily, start: 2026-01-05, members: [maya, jon]}}]
    overrides:
      - {person: ana, start: "2026-03-06T12:10:00Z", end: "2026-03-06T12:20:00Z"}
  emea:
    timezone: UTC
    layers: [{rotation: {type: daily, start: 2026-01-05, members: [ana]}}]
  pairs:
    timezone: UTC
    people: 2
    layers:
      - {name: first, rotation: {type: daily, start: 2026-01-05, members: [maya, jon]}}
      - {name: second, rotation: {type: daily, start: 2026-01-05, members: [ana, ben]}}
    overrides:
      - {person: ben, start: "2026-03-06T12:10:00Z", end: "2026-03-06T12:15:00Z"}
"""


class Desk:
    """The flows on a workspace of its own, with the time in the test's hand."""

    def __init__(self, store: Store, house: str = HOUSE) -> None:
        self.store = store
        self.workspace = store.write(lambda c: workspaces.ensure(c, f"desk {next(_numbers)}", NOON))
        self.configuration: Configuration = load_text(house, "livedesk.yaml")
        self.at = NOON

    def moment(self, connection: Connection) -> Moment:
        return Moment(connection, self.workspace, self.configuration, self.at, self.at)

    def write(self, unit: Callable[[Moment], T]) -> T:
        return self.store.write(lambda c: unit(self.moment(c)))

    def read(self, unit: Callable[[Moment], T]) -> T:
        return self.store.read(lambda c: unit(self.moment(c)))

    def override(
        self, person: str | None, start: int, end: int, schedule: str = "americas", instead_of: str | None = None
    ) -> int:
        """Minutes since noon; the number of the change."""
        span = Paint(schedule, person, NOON + start * MINUTE, NOON + end * MINUTE, instead_of)
        return self.write(lambda m: paint(m, "override", [span], "maya", "slack")).number

    def undo(self, number: int) -> Undone | NotUndone:
        return self.write(lambda m: undo(m, number, "maya", "slack"))

    def seen(self, schedule: str = "americas") -> list[object]:
        """Who is on call minute by minute, by `who`."""
        plan = self.read(lambda m: current(m, schedule))
        return [(who(plan, NOON + n * MINUTE).people or (None,))[0] for n in range(LENGTH)]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


# ── against a wall ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Coat:
    """`whole` and `visible` are minutes; `instead_of` is whom alone it replaces, of several, None everybody."""

    person: str | None
    instead_of: str | None
    whole: set[int]
    visible: set[int]
    target: int | None = None  # of an undoing
    undone: bool = False


@dataclass
class Wall:
    """A minute shows the newest coat for everybody that was not taken off there, and hides all beneath it; above it,
    those for one person who is replaced, the oldest first, each of who is on call by then. What has been is never taken
    off."""

    coats: list[Coat] = field(default_factory=list)
    now: int = 0

    def paint(self, person: str | None, instead_of: str | None, start: int, end: int) -> None:
        minutes = set(range(start, end))
        self.coats.append(Coat(person, instead_of, minutes, set(minutes)))

    def take_off(self, number: int) -> bool:
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

    def seen(self, minute: int) -> list[Coat]:
        """The coats that count, the oldest first."""
        there = [one for one in self.coats if minute in one.visible]
        everybody = [number for number, one in enumerate(there) if one.instead_of is None]
        return there[everybody[-1] :] if everybody else there

    def crew(self, minute: int, of_file: tuple[str, ...]) -> set[str]:
        found = set(of_file)
        for one in self.seen(minute):
            if one.instead_of is None:
                found = {one.person} if one.person else set()
            elif one.instead_of in found:
                found.discard(one.instead_of)
                found |= {one.person} if one.person else set()
        return found


SOMEBODY = st.sampled_from(["maya", "jon", "ana", "ben"])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("paint"), SOMEBODY | st.none(), SOMEBODY | st.none(), st.integers(0, 38), st.integers(1, 25)),
        st.tuples(st.just("undo"), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.integers(1, 6)),
    ),
    min_size=2,
    max_size=9,
)


@pytest.mark.parametrize("schedule", ["americas", "pairs"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(does=steps)
def test_it_is_a_wall_that_is_painted_and_scraped(store: Store, schedule: str, does: list[tuple[object, ...]]) -> None:
    desk, wall = Desk(store), Wall()
    numbers: list[int] = []
    for step in does:
        if step[0] == "wait":
            wall.now += int(str(step[1]))
            desk.at = NOON + wall.now * MINUTE
        elif step[0] == "paint":
            _, person, instead_of, start, length = step
            begins = max(int(str(start)), wall.now)
            ends = min(begins + int(str(length)), LENGTH)
            if begins < ends and (person is None or person != instead_of):
                named, other = (None if one is None else str(one) for one in (person, instead_of))
                wall.paint(named, other, begins, ends)
                numbers.append(desk.override(named, begins, ends, schedule, other))
        elif int(str(step[1])) < len(numbers):
            chosen = int(str(step[1]))
            expected = wall.take_off(chosen)
            done = desk.undo(numbers[chosen])
            assert isinstance(done, Undone) == expected
            if isinstance(done, Undone):
                numbers.append(done.number)
        _holds(desk, wall, schedule)


def _holds(desk: Desk, wall: Wall, schedule: str) -> None:
    rows = desk.store.read(lambda c: oncall_changes.overrides(c, desk.workspace, schedule))
    everybody = [one for one in rows if one.instead_of is None]
    assert all(one.end <= other.start for one, other in pairwise(everybody)), "those for everybody never overlap"
    plan = desk.read(lambda m: current(m, schedule))
    of_file = desk.configuration.schedules[schedule]
    preview = final_schedule(plan, NOON, NOON + LENGTH * MINUTE)
    feed = entries(plan, NOON, NOON + LENGTH * MINUTE)
    for n in range(LENGTH):
        at = NOON + n * MINUTE
        painted = {(one.instead_of, one.person) for one in wall.seen(n)}
        assert {(row.instead_of, row.person) for row in rows if row.start <= at < row.end} == painted
        expected = wall.crew(n, who(of_file, at).people)
        paged = who(plan, at).people
        assert (set(paged), len(paged)) == (expected, len(expected))
        assert {row.person for row in preview if row.start <= at < row.end} == (expected or {None})
        assert {entry.person for entry in feed if entry.start <= at < entry.end} - {None} == expected
        decide = {look.person for look in explain(plan, at).looks if look.verdict == "decides"}
        assert decide == expected, "the explanation is of what is"


# ── by name ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_undo_leaves_alone_what_was_painted_over_it_and_says_so(desk: Desk) -> None:
    before = desk.seen()
    first = desk.override("jon", 0, 30)
    desk.override("ana", 10, 20)

    done = desk.undo(first)

    assert isinstance(done, Undone)
    assert [(one.person, one.start, one.end) for one in done.stays] == [("ana", NOON + 10 * MINUTE, NOON + 20 * MINUTE)]
    seen = desk.seen()
    assert seen[10:20] == ["ana"] * 10
    assert seen[:10] + seen[20:] == before[:10] + before[20:]


def test_an_undo_shows_what_lay_beneath_and_its_own_undo_does_it_again(desk: Desk) -> None:
    before = desk.seen()
    desk.override("jon", 0, 30)
    under = desk.seen()
    second = desk.override(None, 5, 25)
    over = desk.seen()

    undone = desk.undo(second)
    assert desk.seen() == under
    assert isinstance(undone, Undone)
    again = desk.undo(undone.number)

    assert isinstance(again, Undone)
    assert desk.seen() == over
    assert over[5] is None
    assert before != under


def test_an_undo_changes_nothing_of_what_has_been(desk: Desk) -> None:
    number = desk.override("jon", 0, 30)
    painted = desk.seen()
    desk.at = NOON + 15 * MINUTE

    done = desk.undo(number)

    assert isinstance(done, Undone)
    assert done.begun
    assert desk.seen()[:15] == painted[:15]
    desk.at = NOON + 40 * MINUTE
    assert isinstance(desk.undo(done.number), NotUndone)


def test_two_who_undo_the_same_are_told_apart(desk: Desk) -> None:
    number = desk.override("jon", 0, 30)

    assert isinstance(desk.undo(number), Undone)
    assert desk.undo(number) == NotUndone("undone", "maya")
    assert desk.undo(999_999) == NotUndone("unknown")


def test_an_override_from_chat_cuts_the_files_and_leave_adds_to_it(desk: Desk) -> None:
    assert desk.seen()[10:20] == ["ana"] * 10, "as the file says"

    desk.override("jon", 15, 25)
    on_turn = desk.seen()[0]
    other = "jon" if on_turn == "maya" else "maya"
    span = NOON, NOON + 5 * MINUTE
    desk.write(lambda m: go_away(m, str(on_turn), *span, "maya", "slack"))

    seen = desk.seen()
    assert seen[:5] == [other] * 5
    assert seen[5:10] == [on_turn] * 5
    assert seen[10:15] == ["ana"] * 5
    assert seen[15:25] == ["jon"] * 10
    overrides = desk.read(lambda m: current(m, "americas")).overrides
    assert Override("ana", NOON + 10 * MINUTE, NOON + 15 * MINUTE) in overrides


def test_leave_is_undone_from_now_on(desk: Desk) -> None:
    before = desk.seen()
    on_turn = str(before[0])
    number = desk.write(lambda m: go_away(m, on_turn, NOON, NOON + 8 * MINUTE, "maya", "slack")).number
    away = desk.seen()
    desk.at = NOON + 3 * MINUTE

    done = desk.undo(number)

    assert isinstance(done, Undone)
    assert desk.seen() == away[:3] + before[3:]
    kept = desk.store.read(lambda c: oncall_changes.get(c, desk.workspace, number))
    assert kept is not None
    assert kept.kind == LEAVE
    assert kept.undone_by == "maya"


def test_the_record_says_who_was_on_call_before_and_is_after(desk: Desk) -> None:
    on_turn = str(desk.seen()[0])
    number = desk.override("ana", 0, 5)

    ((schedule, altered),) = desk.store.read(lambda c: oncall_changes.effects(c, desk.workspace, [number]))[number]

    assert schedule == "americas"
    assert altered == [
        {
            "start": NOON.isoformat(),
            "end": (NOON + 5 * MINUTE).isoformat(),
            "before": [on_turn],
            "after": ["ana"],
        }
    ]


def test_rows_of_people_and_schedules_that_vanish_count_for_nothing_and_come_back(desk: Desk) -> None:
    whole = desk.configuration
    desk.override("ana", 0, 5)
    desk.override("jon", 0, 5, "emea")
    with_both = desk.seen(), desk.seen("emea")

    without_ana = HOUSE.replace(", ana: {}", "").split("    overrides:")[0]
    desk.configuration = load_text(without_ana, "livedesk.yaml")
    without = desk.seen()
    desk.configuration = whole

    assert "ana" not in without
    assert (desk.seen(), desk.seen("emea")) == with_both


def test_a_change_that_was_rolled_back_leaves_nothing_behind(desk: Desk) -> None:
    before = desk.seen()

    def fail(moment: Moment) -> None:
        paint(moment, "override", [Paint("americas", "ana", NOON, NOON + MINUTE)], "maya", "slack")
        assert who(current(moment, "americas"), NOON).people == ("ana",)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        desk.write(fail)
    assert desk.seen() == before

    desk.override("jon", 5, 6)
    assert desk.seen()[:5] == before[:5], "the next change may get the same number, and shows itself alone"


def test_workspaces_are_kept_apart(desk: Desk) -> None:
    other = Desk(desk.store)
    before = other.seen()
    number = desk.override("ana", 0, 5)

    assert other.seen() == before
    assert other.undo(number) == NotUndone("unknown")


def test_schedules_are_the_same_ones_until_something_changes(desk: Desk) -> None:
    assert desk.read(planned) is desk.configuration
    desk.override("ana", 0, 5)

    first = desk.read(planned)

    assert desk.read(planned) is first, "what was resolved of it is kept"
    desk.configuration = replace(desk.configuration, version=2)
    assert desk.read(planned) is not first
    assert desk.read(planned).version == 2


def test_instants_are_the_same_whatever_their_offset(desk: Desk) -> None:
    start = datetime.fromisoformat("2026-03-06T13:00:00+01:00")
    number = desk.write(
        lambda m: paint(m, "take", [Paint("americas", "ana", start, start + MINUTE)], "ana", "slack")
    ).number

    (row,) = desk.store.read(lambda c: oncall_changes.overrides(c, desk.workspace))

    assert (row.start, row.end, row.change) == (NOON, NOON + MINUTE, number)
