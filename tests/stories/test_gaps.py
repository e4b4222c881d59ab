"""Gaps in on-call on a real database: announced in the team's morning, each once, and filled at a tap."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desk.gaps import flow as gaps
from desk.messages import dump, load
from desk.oncall.current import planned
from desk.oncall.gaps import staffed_by
from desk.oncall.model import Override
from desk.questions import flow as questions
from desk.questions.asking import Asker
from handlers.answering import Asker as Tapper
from handlers.answers import DeskAnswers
from handlers.clock.clocks import ScaledClock
from handlers.composer import Composer
from handlers.drawing import Drawing
from store import outbox
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import HOUSE, Evening

WITH_SHOWS = (
    HOUSE.replace("[maya]}", "[maya]}\n        restrictions: [{from: '00:00', to: '12:00'}]")
    + """
shows:
  # 20:00 to 21:00 in Los Angeles, when nobody is on call; and another one, later.
  late: {title: Late show, starts_at: "2026-03-11T03:00:00Z", ends_at: "2026-03-11T04:00:00Z", markets: [us]}
  later: {title: Later show, starts_at: "2026-03-16T03:00:00Z", ends_at: "2026-03-16T04:00:00Z", markets: [us]}
"""
)
MAYA = Asker("maya", ZoneInfo("America/Los_Angeles"), "en", None)


@pytest.fixture
def evening(store: Store) -> Evening:
    told = Evening(store, house=WITH_SHOWS)
    told.store.write(lambda c: gaps.plan(told.moment(c)))
    return told


def notices(evening: Evening, destination: str = "C0AMERICAS") -> list[Any]:
    waiting = evening.store.read(lambda c: outbox.pending(c, WORKSPACE))
    return [load(body) for _, where, body in waiting if where == destination and body["kind"] == "notice"]


def pass_days(evening: Evening, days: int) -> None:
    for _ in range(days * 24):
        evening.at += timedelta(hours=1)
        evening.sweep()


def test_it_announces_a_gap_once_in_the_morning_of_the_team_it_concerns(evening: Evening) -> None:
    pass_days(evening, 1)

    (notice,) = notices(evening)
    assert "americas" in notice.headline
    assert [action.verb for action in notice.actions] == ["fill"]
    assert notices(evening, "C0EMEAOPS1") == [], "it is not theirs"

    pass_days(evening, 2)
    assert len(notices(evening)) == 1, "the same gap is not told again, and the later one is not within a week yet"

    evening = evening.restart()
    evening.store.write(lambda c: gaps.plan(evening.moment(c)))
    pass_days(evening, 2)
    assert len(notices(evening)) == 2, "a restart forgets nothing, and the later show came into sight"


def test_a_gap_that_was_filled_and_comes_back_is_news(evening: Evening) -> None:
    pass_days(evening, 1)
    open_house = evening.configuration
    plan = open_house.schedules["americas"]
    filled = replace(
        plan,
        overrides=(Override("jon", datetime(2026, 3, 11, 2, tzinfo=UTC), datetime(2026, 3, 11, 6, tzinfo=UTC)),),
    )
    evening.configuration = replace(open_house, schedules={"americas": filled})
    pass_days(evening, 1)
    assert len(notices(evening)) == 1

    evening.configuration = open_house
    pass_days(evening, 1)

    assert len(notices(evening)) == 2


async def test_a_tap_fills_the_gap_with_whoever_taps_and_can_be_undone(evening: Evening) -> None:
    pass_days(evening, 1)
    (action,) = notices(evening)[0].actions
    clock = ScaledClock(evening.at, 1.0)
    composer = Composer(evening.store, lambda: evening.configuration, Drawing())
    answers = DeskAnswers(evening.store, WORKSPACE, lambda: evening.configuration, clock, composer)
    jon = Tapper("slack", "U0JONPARK1", "jon", "C0AMERICAS", "America/Los_Angeles")

    answer = await answers.act(action.encoded, jon)
    again = await answers.act(action.encoded, jon)
    stranger = await answers.act(action.encoded, replace(jon, user="U0NOBODY01"))
    broken = await answers.act("fill|gap:nowhere:1:2|0", jon)
    filled = evening.store.read(lambda c: planned(evening.moment(c)))
    undone = await answers.act(answer.actions[0].encoded, jon)
    back = evening.store.read(lambda c: planned(evening.moment(c)))

    span = datetime(2026, 3, 11, 3, tzinfo=UTC), datetime(2026, 3, 11, 5, tzinfo=UTC)
    assert "20:00" in action.confirm, "it says first what it does, on the clock of the team"
    assert answer.headline == "Jon Park fills the gap in americas"
    assert staffed_by(filled, "americas", *span) == {"jon"}
    assert "filled" in again.headline
    assert "I don't know you" in stranger.headline
    assert "U0NOBODY01" in str(stranger.parts), "and how that is mended"
    assert "another version" in broken.headline
    assert undone.headline == "Undone: change 1"
    assert staffed_by(back, "americas", *span) == set()


QUESTIONS = {
    "explain": None,
    "explain americas 23:30": None,
    "explain americas 25:00": None,
    "explain americas 0001-01-01T00:00": None,
    "explain 9999-12-31T23:59:59-12:00": None,
    "why americas": None,
    "help": None,
    "week": "oncall",
    "week americas": "oncall",
    "americas": "oncall",
    "me": None,
    "covers late": None,
    "who covers Tuesday's show": None,
    "covers nothing-like-it": None,
    "gaps": None,
    "gaps 30": None,
    "coverage": "coverage",
    "fairness": "fairness",
    "fairness americas next 14 days": "fairness",
    "propose": "oncall",
    "propose us": "oncall",
    "propose mars": None,
    "route": None,
    "route us payment P2 en 23:00": None,
    "route us what is this": None,
}


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_every_question_about_the_plan_has_an_answer(evening: Evening, locale: str) -> None:
    asker = replace(MAYA, locale=locale)

    for text, chart in QUESTIONS.items():
        answer = evening.store.read(lambda c, text=text: questions.answer(evening.moment(c), "oncall", text, asker))

        assert answer.headline, text
        assert (answer.chart.name if answer.chart else None) == chart, text
        assert dump(answer), "it can be stored and sent"


def test_a_time_that_cannot_be_read_is_named(evening: Evening) -> None:
    answer = evening.store.read(lambda c: questions.answer(evening.moment(c), "oncall", "explain americas 25:00", MAYA))

    assert answer.headline == "I cannot read “25:00” as a time"
