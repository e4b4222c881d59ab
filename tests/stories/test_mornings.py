"""Digests and highlights on a real database: in everybody's own morning, once, and never the same comment twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desk.digest import flow as digest
from desk.messages import Quote, load
from store import due, outbox, readings
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import HOUSE, SHOW, Evening
from tests.stories.test_evenings import AMBIENT, complaints

DAY = timedelta(days=1)
QUESTIONS = [
    "does it suit dark skin?",
    "can I use it with retinol?",
    "when does it ship to Canada?",
    "is the serum vegan?",
    "what is the size of the bottle?",
]


def plan(evening: Evening) -> None:
    evening.store.write(lambda c: digest.plan(evening.moment(c)))


def bodies(evening: Evening, destination: str, kind: str) -> list[Any]:
    waiting = evening.store.read(lambda c: outbox.pending(c, WORKSPACE))
    return [load(body) for _, where, body in waiting if where == destination and body["kind"] == kind]


@pytest.fixture
def evening(store: Store) -> Evening:
    told = Evening(store)
    plan(told)
    return told


def test_it_sends_each_team_its_digest_in_its_own_morning_once(evening: Evening) -> None:
    mornings = {}
    for _ in range(40):
        evening.at += timedelta(hours=1)
        evening.sweep()
        for channel in ("C0AMERICAS", "C0EMEAOPS1"):
            if bodies(evening, channel, "digest") and channel not in mornings:
                mornings[channel] = evening.at

    # 09:00 in Los Angeles is 17:00 UTC, 09:00 in Berlin is 08:00 UTC; the bot looks on the hour.
    assert mornings["C0AMERICAS"] == datetime(2026, 3, 6, 17, tzinfo=UTC)
    assert mornings["C0EMEAOPS1"] == datetime(2026, 3, 7, 8, tzinfo=UTC)
    assert len(bodies(evening, "C0EMEAOPS1", "digest")) == 1


def test_it_sends_one_digest_after_days_of_downtime(evening: Evening) -> None:
    evening = evening.restart()
    evening.at += timedelta(days=4)
    plan(evening)

    evening.sweep()
    evening.sweep()

    assert len(bodies(evening, "C0EMEAOPS1", "digest")) == 1
    assert evening.store.read(lambda c: due.planned(c, WORKSPACE, "digest", "emea")) == datetime(
        2026, 3, 11, 8, tzinfo=UTC
    )


def test_it_keeps_the_wall_time_over_a_change_of_clocks(evening: Evening) -> None:
    """America changes its clocks on Sunday 8 March: 09:00 is then at 16:00 UTC."""
    seen = []
    for _ in range(4 * 24):
        evening.at += timedelta(hours=1)
        before = len(bodies(evening, "C0AMERICAS", "digest"))
        evening.sweep()
        if len(bodies(evening, "C0AMERICAS", "digest")) > before:
            seen.append((evening.at.day, evening.at.hour))

    assert seen == [(6, 17), (7, 17), (8, 16), (9, 16)]


def test_it_tells_what_happened_and_what_is_open(evening: Evening) -> None:
    evening.pass_ticks(24, AMBIENT)
    evening.pass_ticks(8, [*AMBIENT, *QUESTIONS], {"us": complaints(6)})
    evening.at = datetime(2026, 3, 6, 17, tzinfo=UTC)

    evening.sweep()

    (told,) = bodies(evening, "C0AMERICAS", "digest")
    assert "1 open" in told.headline
    said = str(told.parts)
    assert "payment" in said
    assert "still open" in said
    assert "On call today" in said
    assert [part for part in told.parts if isinstance(part, Quote)]


def test_it_says_so_when_nothing_happened(evening: Evening) -> None:
    evening.at = datetime(2026, 3, 6, 17, tzinfo=UTC)

    evening.sweep()

    (told,) = bodies(evening, "C0AMERICAS", "digest")
    assert "nothing happened" in told.headline


def test_it_writes_each_digest_in_its_teams_language(store: Store) -> None:
    told = Evening(store, house=HOUSE.replace("{name: EMEA,", "{name: EMEA, locale: zh_CN,"))
    plan(told)
    told.at = datetime(2026, 3, 7, 8, tzinfo=UTC)

    told.sweep()

    (made,) = bodies(told, "C0EMEAOPS1", "digest")
    assert made.headline.startswith("早上好")


def test_it_posts_highlights_while_a_show_is_live_and_never_one_twice(evening: Evening) -> None:
    shown: list[tuple[Any, int]] = []
    for _ in range(2):
        evening.pass_ticks(61, [*AMBIENT, *QUESTIONS])
        evening.sweep()
    for told in bodies(evening, "C0AMERICAS", "highlights"):
        shown += [(quote.day, quote.event) for quote in told.quotes()]

    assert len(bodies(evening, "C0AMERICAS", "highlights")) >= 1
    assert 2 <= len(shown) == len(set(shown))


def test_a_highlight_leads_to_its_moment_of_the_recording(store: Store) -> None:
    recorded = f"""
shows:
  {SHOW}:
    starts_at: "2026-03-06T11:50:00Z"
    recording: "https://video.example/watch?v=1&t={{seconds}}s"
"""
    told = Evening(store, house=HOUSE + recorded)
    plan(told)
    told.pass_ticks(64, [*AMBIENT, *QUESTIONS])
    told.sweep()

    (made, *_) = bodies(told, "C0AMERICAS", "highlights")
    spoken = store.read(lambda c: readings.spoken(c, WORKSPACE, told.at - DAY, told.at + DAY, limit=5000))
    said = {(one.day, one.event): one.at for one in spoken}

    start = datetime(2026, 3, 6, 11, 50, tzinfo=UTC)
    assert made.quotes()
    for quote in made.quotes():
        seconds = int((said[quote.day, quote.event] - start).total_seconds()) - 10
        assert quote.link == f"https://video.example/watch?v=1&t={seconds}s"
