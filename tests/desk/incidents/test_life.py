"""The machine of an incident against a simple model of it, on a real database, along any path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from desk import sweep
from desk.incidents import flow, life
from desk.incidents.rules import OVER, RESOLVED_RESTS, RISING_TOGETHER, Rise
from desk.incidents.why import Why
from desk.moment import Moment
from desk.mutes import flow as muting
from desk.mutes.rules import Length
from desk.oncall.steps import ESCALATE
from desk.words import tongue
from handlers.clock.clocks import wall_now
from handlers.configuration import load_text
from store import due, incidents, outbox, tables
from store.engine import Store
from store.workspaces import ensure
from tests.databases import sqlite_database
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import HOUSE, SHOW

CONFIGURATION = load_text(HOUSE, "livedesk.yaml")
MARKETS, CATEGORIES, PEOPLE = ("us", "eu"), ("payment", "delivery"), ("maya", "jon", "slack:Nobody Known")
WINDOW, PATIENCE = timedelta(minutes=20), timedelta(hours=12)
EN = tongue("en")
TURNS = {
    "opened": "open", "acknowledged": "acknowledged", "resolved": "resolved", "ended": "resolved",
    "expired": "expired", "reopened": "open",
}  # fmt: skip

Scope = tuple[str, str]  # market, category


@dataclass
class Modelled:
    """What an incident should be."""

    category: str
    last: datetime  # the newest thing that happened to it
    state: str = "open"
    version: int = 1
    reopened: int = 0
    scopes: dict[str, datetime] = field(default_factory=dict)  # open market → since when
    calm: set[str] = field(default_factory=set)


class Life(RuleBasedStateMachine):
    """`make` opens a fresh database and gives it back with what closes it."""

    def __init__(self, make: Callable[[], tuple[Store, Callable[[], None]]]) -> None:
        super().__init__()
        self.store, self._done = make()
        self.at = NOON
        self.model: dict[int, Modelled] = {}
        self.closed: dict[Scope, tuple[int, datetime, bool]] = {}  # incident, when, by a person
        self.mutes: dict[int, tuple[str | None, str, datetime, bool]] = {}  # show, category, until, with the show
        self.versions: dict[int, int] = {}

    def teardown(self) -> None:
        self.store.close()
        self._done()

    def moment(self, connection: Any) -> Moment:
        return Moment(connection, WORKSPACE, CONFIGURATION, self.at, wall_now())

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """An eventful evening first: left to itself, a walk is mostly too short to come back to anything."""
        self.store.write(lambda c: ensure(c, "test", NOON))
        for _ in range(25):
            self.something_happens(data)
            self.it_is_what_the_model_says()
            self.versions_only_grow()
            self.its_record_tells_its_whole_life_and_nothing_pages_where_nothing_may()
            self.what_is_muted_is_silent_and_nothing_else_is()
            self.what_is_over_has_nothing_pending_and_what_is_open_has_an_end()

    def something_happens(self, data: st.DataObject) -> None:
        what = data.draw(st.sampled_from(["rise", "rise", "rise", "calm", "time", "tap", "mute", "unmute"]))
        market, category = data.draw(st.sampled_from(MARKETS)), data.draw(st.sampled_from(CATEGORIES))
        if what == "rise":
            self.complaints_rise(market=market, category=category, observed=data.draw(st.sampled_from([5.0, 30.0])))
        elif what == "calm":
            self.complaints_calm_down(market=market, category=category)
        elif what == "time":
            self.time_passes(passes=timedelta(minutes=data.draw(st.sampled_from([4, 6, 11, 31]))))
        elif what == "tap" and self.model:
            verb, who = data.draw(st.sampled_from(["acknowledge", "resolve"])), data.draw(st.sampled_from(PEOPLE))
            self.somebody_taps(data=data, verb=verb, who=who)
        elif what == "mute":
            self.somebody_mutes(show=data.draw(st.sampled_from([None, SHOW])), category=category, lasting=None)
        elif what == "unmute" and self.mutes:
            self.somebody_unmutes(data=data)

    # ── what the audience does ──

    def meet(self, market: str, category: str, *, alarm: bool, calm: bool, observed: float) -> None:
        rise = Rise(SHOW, market, category, self.at, self.at, alarm, calm, observed, 1.0, 0.3, 0.02, int(observed))
        why = Why(int(observed), None, ["words"], "", ["en"])
        self.store.write(lambda c: flow.meet(self.moment(c), [(rise, why)]))

    @rule(market=st.sampled_from(MARKETS), category=st.sampled_from(CATEGORIES), observed=st.sampled_from([5.0, 30.0]))
    def complaints_rise(self, market: str, category: str, observed: float) -> None:
        self._move_on(timedelta(seconds=10))
        self.meet(market, category, alarm=True, calm=False, observed=observed)
        number = self._open(market, category)
        if number is not None:
            self.model[number].last = self.at
            self.model[number].calm.discard(market)
            return
        before = self.closed.get((market, category))
        if before is not None and before[2] and self.at - before[1] < RESOLVED_RESTS:
            return
        if before is not None and self.at - before[1] < WINDOW and self.model[before[0]].state != "expired":
            number = before[0]
            one = self.model[number]
            if one.state == "resolved":
                one.state, one.version, one.reopened = "open", one.version + 1, one.reopened + 1
                one.calm.clear()
        else:
            together = [
                (since, n)
                for n, one in self.model.items()
                if one.category == category
                for since in one.scopes.values()
                if self.at - since <= RISING_TOGETHER
            ]
            number = together[0][1] if together else max(self.model, default=0) + 1
            self.model.setdefault(number, Modelled(category, self.at))
        one = self.model[number]
        one.scopes[market] = self.at
        one.last = self.at

    @rule(market=st.sampled_from(MARKETS), category=st.sampled_from(CATEGORIES))
    def complaints_calm_down(self, market: str, category: str) -> None:
        self._move_on(timedelta(seconds=10))
        self.meet(market, category, alarm=False, calm=True, observed=0.0)
        number = self._open(market, category)
        if number is None:
            return
        one = self.model[number]
        one.calm.add(market)
        if one.state == "open" and one.calm >= set(one.scopes):
            self._over(number, "resolved", by_person=False)

    @rule()
    def the_show_ends(self) -> None:
        self.store.write(lambda c: flow.finish(self.moment(c), SHOW, self.at))
        for number, one in self.model.items():
            if one.state == "open":
                self._over(number, "resolved", by_person=False)
        self.mutes = {number: mute for number, mute in self.mutes.items() if not mute[3]}

    @rule(passes=st.sampled_from([timedelta(minutes=m) for m in (1, 4, 6, 11, 21, 90, 13 * 60)]))
    def time_passes(self, passes: timedelta) -> None:
        self._move_on(passes)

    def _move_on(self, passes: timedelta) -> None:
        """What is due in ten seconds is done in ten seconds: a mute ends when it said it would."""
        self.at += passes
        for row in self.store.read(lambda c: due.waiting(c, WORKSPACE, self.at)):
            self.store.write(lambda c, row=row: sweep.settle(self.moment(c), row))
        for number, one in self.model.items():
            if one.state not in OVER and one.last + PATIENCE <= self.at:
                self._over(number, "expired", by_person=False)
        self.mutes = {number: mute for number, mute in self.mutes.items() if mute[2] > self.at}

    # ── what people do ──

    @rule(data=st.data(), verb=st.sampled_from(["acknowledge", "resolve", "escalate"]), who=st.sampled_from(PEOPLE))
    @precondition(lambda self: self.model)
    def somebody_taps(self, data: st.DataObject, verb: str, who: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.model)), label="incident")
        one = self.model[number]
        before = self.everything()
        answer = self.store.write(lambda c: flow.act(self.moment(c), number, verb, who, EN, one.version))
        assert answer.text
        if one.state in OVER or (verb == "acknowledge" and one.state == "acknowledged"):
            assert not answer.done
            assert self.everything() == before
        elif verb == "acknowledge":
            one.state, one.version, one.last = "acknowledged", one.version + 1, self.at
            self._nothing_is_pending(number)
        elif verb == "resolve":
            one.version += 1
            self._over(number, "resolved", by_person=True, bump=False)
            self._nothing_is_pending(number)

    @rule(
        data=st.data(),
        verb=st.sampled_from(["acknowledge", "resolve", "escalate", "mute_30m", "mute_2h", "unmute"]),
        older=st.integers(1, 3),
    )
    @precondition(lambda self: self.model)
    def somebody_taps_a_button_of_an_older_state(self, data: st.DataObject, verb: str, older: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.model)), label="incident")
        act = muting.act if "mute" in verb else flow.act
        before = self.everything()
        version = self.model[number].version - older
        answer = self.store.write(lambda c: act(self.moment(c), number, verb, "maya", EN, version))
        assert answer.text
        assert not answer.done
        assert self.everything() == before

    @rule(
        show=st.sampled_from([None, SHOW]),
        category=st.sampled_from(CATEGORIES),
        lasting=st.sampled_from([timedelta(minutes=30), timedelta(hours=2), None]),
    )
    def somebody_mutes(self, show: str | None, category: str, lasting: timedelta | None) -> None:
        length = Length(lasting if show else lasting or timedelta(hours=1))
        made = self.store.write(lambda c: muting.begin(self.moment(c), show, category, length, "maya"))
        assert made.until > self.at
        self.mutes = {n: mute for n, mute in self.mutes.items() if mute[:2] != (show, category)}
        self.mutes[made.id] = (show, category, made.until, length.lasting is None)
        for number, one in self.model.items():
            if one.state not in OVER and one.category == category:
                self._nothing_is_pending(number)

    @rule(data=st.data())
    @precondition(lambda self: self.mutes)
    def somebody_unmutes(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.mutes)), label="mute")
        assert self.store.write(lambda c: muting.end(self.moment(c), number, "jon"))
        assert not self.store.write(lambda c: muting.end(self.moment(c), number, "jon"))
        del self.mutes[number]

    # ── what must hold whatever was done ──

    @invariant()
    def it_is_what_the_model_says(self) -> None:
        rows = self.rows()
        assert {n: (row.state, row.version, row.reopened) for n, row in rows.items()} == {
            n: (one.state, one.version, one.reopened) for n, one in self.model.items()
        }
        scopes = self.store.read(lambda c: incidents.open_scopes(c, WORKSPACE, SHOW))
        held = [(scope.market, scope.category) for scope in scopes]
        assert len(held) == len(set(held))
        assert {(scope.incident, scope.market) for scope in scopes} == {
            (n, market) for n, one in self.model.items() for market in one.scopes
        }

    @invariant()
    def versions_only_grow(self) -> None:
        for number, row in self.rows().items():
            assert row.version >= self.versions.get(number, 1)
            self.versions[number] = row.version

    @invariant()
    def its_record_tells_its_whole_life_and_nothing_pages_where_nothing_may(self) -> None:
        for number, row in self.rows().items():
            state, version, muted = "", 0, False
            for line in self.store.read(lambda c, number=number: incidents.history(c, number)):
                what, detail = line["what"], line["detail"]
                assert line["actor"]
                if what in TURNS:
                    assert what == "opened" or detail["from"] == state
                    assert detail["version"] == version + 1
                    state, version = TURNS[what], version + 1
                    muted = bool(detail.get("mute")) if what in ("opened", "reopened") else muted
                elif what in ("muted", "unmuted"):
                    muted = what == "muted"
                elif what == "paged":
                    assert state not in OVER
                    assert not muted
            assert (state, version) == (row.state, row.version)
            if state not in OVER:
                assert muted == (row.muted is not None)

    @invariant()
    def what_is_muted_is_silent_and_nothing_else_is(self) -> None:
        for row in self.rows().values():
            if row.state in OVER:
                continue
            expected = any(show in (None, row.show) and row.category == category
                           for show, category, until, _ in self.mutes.values() if until > self.at)  # fmt: skip
            assert (row.muted is not None) == expected
            if expected:
                self._nothing_is_pending(row.id)
            else:
                assert row.card is not None

    @invariant()
    def what_is_over_has_nothing_pending_and_what_is_open_has_an_end(self) -> None:
        for row in self.rows().values():
            planned = self.store.read(lambda c, row=row: due.planned(c, WORKSPACE, life.EXPIRE, str(row.id)))
            assert (planned is None) == (row.state in OVER)
            if row.state in OVER:
                self._nothing_is_pending(row.id)

    # ── small facts ──

    def rows(self) -> dict[int, incidents.Incident]:
        found = self.store.read(lambda c: incidents.recent(c, WORKSPACE, None, 1000))
        return {row.id: row for row in found}

    def everything(self) -> list[Any]:
        """The content of every table that a tap could change."""
        touched = ("incidents", "incident_scopes", "incident_history", "pages", "mutes", "due", "outbox")
        return [
            self.store.read(lambda c, name=name: c.execute(select(tables.metadata.tables[name])).all())
            for name in touched
        ]

    def _open(self, market: str, category: str) -> int | None:
        return next((n for n, one in self.model.items() if one.category == category and market in one.scopes), None)

    def _over(self, number: int, state: str, *, by_person: bool, bump: bool = True) -> None:
        one = self.model[number]
        one.state, one.version = state, one.version + bump
        for market in one.scopes:
            self.closed[market, one.category] = (number, self.at, by_person)
        one.scopes.clear()
        one.calm.clear()

    def _nothing_is_pending(self, number: int) -> None:
        """No step of a policy, no page that calls, none that has not been sent yet, unless it calls for another one."""
        assert self.store.read(lambda c: due.planned(c, WORKSPACE, ESCALATE, str(number))) is None
        pages = self.store.read(lambda c: incidents.pages_of(c, number))
        assert all(page.state != "paged" for page in pages)
        unsent = self.store.read(lambda c: outbox.pending(c, WORKSPACE))
        waiting = self.store.read(
            lambda c: c.execute(
                select(func.count())
                .select_from(tables.outbox.join(tables.messages, tables.messages.c.id == tables.outbox.c.message))
                .where(
                    tables.outbox.c.state == "pending",
                    tables.messages.c.id.in_([page.message for page in pages if page.message is not None]),
                    tables.messages.c.id.not_in(
                        select(tables.pages.c.message).where(
                            tables.pages.c.state == "paged", tables.pages.c.message.is_not(None)
                        )
                    ),
                )
            ).scalar_one()
        )
        assert waiting == 0, unsent


@pytest.mark.slow
def test_any_walk_through_its_life_is_the_models(sqlite_template: Path, tmp_path: Path) -> None:
    def make() -> tuple[Store, Callable[[], None]]:
        opened = sqlite_database(sqlite_template, tmp_path)
        return Store(opened.__enter__()), lambda: opened.__exit__(None, None, None)  # type: ignore[return-value]

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Life(make),
        settings=settings(
            max_examples=16, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
