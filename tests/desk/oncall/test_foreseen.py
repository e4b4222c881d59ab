"""What is foreseen is what the resolver says; no plan of weeks is worked out in the turn of a writer; and a change that
comes in between is never overlooked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import current_thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.changes import flow as changes
from desk.moment import Moment as At
from desk.oncall import foreseen
from desk.oncall.changing import Done, Undone, go_away, paint, undo
from desk.oncall.current import current
from desk.oncall.foreseen import foresee, rows
from desk.oncall.model import Schedule
from desk.oncall.painting import Paint
from desk.oncall.resolve import Row, final_schedule
from handlers.opening import load_configuration
from store import due
from store.beforehand import TIMES, Beforehand, StepAside
from store.engine import Store
from tests.desk.oncall.strategies import MOMENTS, Moment, schedules
from tests.desk.oncall.test_changing import HOUSE, NOON, Desk

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Connected:
    """As much of a connection as is looked at here."""

    def __init__(self, known: Beforehand) -> None:
        self.info = {"beforehand": known}


@settings(max_examples=60, deadline=None)
@given(data=st.data(), moment=st.sampled_from(MOMENTS))
def test_a_foreseen_schedule_is_the_final_schedule(data: st.DataObject, moment: Moment) -> None:
    plan = data.draw(schedules(moment, moment.at - 40 * DAY, moment.at))
    minutes = st.integers(-3 * 1440, 3 * 1440).map(lambda n: moment.at + timedelta(minutes=n))
    asked = [(plan, tuple(sorted(data.draw(st.tuples(minutes, minutes))))) for _ in range(2)]
    known: Any = Connected(Beforehand())

    try:
        foresee(known, asked)
    except StepAside as aside:
        aside.work()
    foresee(known, [(replace(one), span) for one, span in asked])  # an equal one is the same

    for one, (start, end) in asked:
        assert people(rows(known, one, start, end)) == people(final_schedule(one, start, end))


def people(found: Sequence[Row]) -> list[tuple[datetime, datetime, str | None]]:
    return [(row.start, row.end, row.person) for row in found]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every range of a day or more that is worked out in the turn of a writer."""
    seen: list[str] = []

    def watched(plan: Schedule, start: datetime, end: datetime) -> tuple[Row, ...]:
        if current_thread().name.startswith("store-write") and end - start >= DAY:
            seen.append(f"{plan.name} {start} {end}")
        return final_schedule(plan, start, end)

    monkeypatch.setattr(foreseen, "final_schedule", watched)
    return seen


def test_changes_from_chat_work_nothing_out_in_their_turn(desk: Desk, turns: list[str]) -> None:
    override = Paint("americas", "ana", NOON + DAY, NOON + 3 * DAY)

    first = desk.write(lambda m: paint(m, "override", [override], "maya", "slack"))
    away = desk.write(lambda m: go_away(m, "ana", NOON + DAY, NOON + 9 * DAY, "ana", "slack"))
    undone = desk.write(lambda m: undo(m, first.number, "maya", "slack"))

    assert isinstance(undone, Undone)
    assert (list(first.altered), list(away.altered), list(undone.altered)) == (
        ["americas"],
        ["emea", "pairs"],
        ["americas"],
    )
    assert turns == []
    assert [first.number + 1, first.number + 2] == [away.number, undone.number], "no number is left out"


def test_a_changed_file_works_nothing_out_in_its_turn(store: Store, tmp_path: Path, turns: list[str]) -> None:
    desk, path = Desk(store), tmp_path / "livedesk.yaml"
    path.write_text(HOUSE, "utf-8")
    load_configuration(store, desk.workspace, path, NOON)
    path.write_text(HOUSE.replace("members: [ana]", "members: [jon]"), "utf-8")
    load_configuration(store, desk.workspace, path, NOON)

    assert turns == []
    told = store.read(lambda c: due.waiting(c, desk.workspace, NOON + HOUR))
    assert {one.ref for one in told if one.kind == changes.KIND} == {"ana", "jon"}
    assert {name for one in told if one.kind == changes.KIND for name in one.payload["schedules"]} == {"emea"}


@pytest.mark.parametrize("times", [1, TIMES + 1])
def test_a_change_that_comes_in_between_is_never_overlooked(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Another process puts somebody else on call while this one works out what its own change does."""
    other, look, put = Store(database_url), foreseen._look, []
    busy = [False]

    def interrupted(*asked: Any) -> None:
        look(*asked)
        if not busy[0] and len(put) < times:
            busy[0] = True
            put.append(("jon", "maya")[len(put) % 2])
            span = Paint("americas", put[-1], NOON + DAY, NOON + 2 * DAY)
            other.write(
                lambda c: paint(At(c, desk.workspace, desk.configuration, NOON, NOON), "x", [span], "jon", "cli")
            )
            busy[0] = False

    monkeypatch.setattr(foreseen, "_look", interrupted)
    mine = Paint("americas", "ana", NOON + DAY, NOON + 3 * DAY)
    try:
        done: Done = desk.write(lambda m: paint(m, "override", [mine], "maya", "slack"))
    finally:
        other.close()

    assert len(put) == min(times, TIMES)
    plan = desk.read(lambda m: current(m, "americas"))
    assert people(final_schedule(plan, NOON + DAY, NOON + 3 * DAY)) == [(NOON + DAY, NOON + 3 * DAY, "ana")]
    assert done.altered["americas"][0].before == (put[-1],), "what it altered is what was there at last"
    assert done.number == len(put) + 1, "it lies over what came in between"
