"""The demo's evening as the desk takes it when nothing is late, in the show's own time and on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk.intake import flow as intake
from desk.intake.event import FeedbackEvent
from desk.intake.rules import read_event
from handlers.configuration import load_text
from sandbox import show
from sandbox.show.beats import EXIT_PEAK, HICCUP, OUTAGE
from store import incidents
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import KEY, SETTLE, TICK, Evening

EXAMPLE = Path(__file__).parents[2] / "examples" / "livedesk.yaml"
Opened = tuple[float, set[tuple[str, str]], str]  # seconds of the show, (market, category) of its scopes, severity


def play(store: Store) -> list[Opened]:
    evening = Evening(store, show.START)
    evening.configuration = replace(load_text(EXAMPLE.read_text("utf-8"), "livedesk.yaml"), version=1)
    posts = [one for one in show.events() if one.answer == "accepted" and not isinstance(one.payload, bytes)]
    place = 0
    while evening.at < show.START + timedelta(seconds=show.PLAN.length + 900):
        evening.at += TICK
        by_source: dict[str, list[FeedbackEvent]] = {}
        while place < len(posts) and show.START + posts[place].offset <= evening.at:
            post = posts[place]
            event = read_event(dict(post.payload), source=post.source, now=evening.at)  # type: ignore[arg-type]
            assert isinstance(event, FeedbackEvent)
            by_source.setdefault(post.source, []).append(event)
            place += 1
        deliveries = [intake.Delivery(source, events) for source, events in by_source.items()]
        if deliveries:
            store.write(lambda c, them=deliveries: intake.accept(c, WORKSPACE, KEY, them, evening.at))
        evening.at += SETTLE
        evening.work()
        evening.at -= SETTLE
    return [
        (_second(row.opened_at), {(one.market, one.category) for one in _scopes(store, row.id)}, row.severity)
        for row in evening.incidents()
    ]


def _second(at: datetime) -> float:
    return (at - show.START).total_seconds()


def _scopes(store: Store, incident: int) -> list[incidents.Scope]:
    return store.read(lambda c: incidents.scopes(c, incident))


@pytest.mark.slow
def test_what_viewers_do_and_say_are_one_incident_for_each_trouble(store: Store) -> None:
    opened = play(store)

    payment = [one for one in opened if ("us", "payment") in one[1]]
    sound = [one for one in opened if one[1] <= {("eu", "stalls"), ("eu", "stream_quality")}]
    leaving = [one for one in opened if {category for _, category in one[1]} == {"exits"}]
    assert [one[1] for one in payment] == [{("us", "payment"), ("us", "payment_failures")}], opened
    assert OUTAGE.start < payment[0][0] <= OUTAGE.start + 120
    assert len(sound) == 1
    assert HICCUP.start < sound[0][0] <= HICCUP.end
    assert all(severity == "P3" and abs(at - EXIT_PEAK) < 200 for at, _, severity in leaving), leaving
    assert len(opened) == len([*payment, *sound, *leaving]), opened
