"""Sources whose clocks are wrong, that stall, repeat themselves or name nobody: through the desk, on a database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from desk.intake import flow as intake
from desk.intake.event import FeedbackEvent, Refused
from desk.intake.rules import read_event
from desk.watch.flow import DETECTOR
from store import watching
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import KEY, SETTLE, SHOW, TICK, Evening

AMBIENT = ["love this", "how much is the set?", "so pretty", "hello from Ohio", "what a colour", "wow"]
CALM, BROKEN = AMBIENT * 4, "no sound again"


class Source:
    """One source of a show; its clock is `skew` off."""

    def __init__(self, evening: Evening, name: str = "tiktok", skew: timedelta = timedelta(0)) -> None:
        self.evening, self.name, self.skew = evening, name, skew
        self.sent = 0
        self.kept: list[FeedbackEvent] = []

    def events(self, texts: Iterable[tuple[str | None, str]], **given: Any) -> list[FeedbackEvent]:
        """(viewer, text) of the ten seconds before now, stamped by the source's clock."""
        said, found = list(texts), []
        for number, (viewer, text) in enumerate(said):
            self.sent += 1
            at = self.evening.at - TICK + TICK * number / max(len(said), 1) + self.skew
            values: dict[str, Any] = {"show": SHOW, "market": "us", "kind": "chat_comment", **given}
            found.append(FeedbackEvent(self.name, f"{self.name}-{self.sent}", at, viewer=viewer, text=text, **values))
        return found

    def deliver(self, events: Sequence[FeedbackEvent | Refused]) -> list[intake.Receipt]:
        """What intake answers."""
        now = self.evening.at
        delivery = intake.Delivery(self.name, events)
        return self.evening.store.write(lambda c: intake.accept(c, WORKSPACE, KEY, [delivery], now))[0]

    def talk(self, complaints: int = 0, **given: Any) -> list[FeedbackEvent]:
        calm: list[tuple[str | None, str]] = [(f"{self.sent}-{number}", text) for number, text in enumerate(CALM)]
        calm += [(f"{self.sent}-angry-{number}", BROKEN) for number in range(complaints)]
        return self.events(calm, **given)


def pass_tick(evening: Evening, *said: tuple[Source, list[FeedbackEvent]]) -> None:
    for source, events in said:
        source.deliver(events)
    evening.at += SETTLE
    evening.work()
    evening.at -= SETTLE


def watch(evening: Evening, source: Source, ticks: Iterable[int], **given: Any) -> None:
    """Ticks with so many complaints each."""
    for complaints in ticks:
        evening.at += TICK
        pass_tick(evening, (source, source.talk(complaints, **given)))


def opened(evening: Evening) -> list[datetime]:
    return [one.opened_at for one in evening.incidents()]


def test_it_hears_a_source_whose_clock_runs_behind(store: Store) -> None:
    evening = Evening(store)
    source = Source(evening, skew=timedelta(seconds=-40))

    watch(evening, source, [0] * 18 + [10] * 9)

    assert len(opened(evening)) == 1


def test_it_hears_a_source_whose_clock_runs_ahead_and_the_others_beside_it(store: Store) -> None:
    evening = Evening(store)
    ahead, punctual = Source(evening, "ahead", skew=timedelta(minutes=4)), Source(evening)
    evening.at += TICK
    pass_tick(evening, (ahead, ahead.talk()))

    for complaints in [0] * 9 + [10] * 3:
        evening.at += TICK
        pass_tick(evening, (punctual, punctual.talk(complaints)))

    assert len(opened(evening)) == 1


def test_it_refuses_what_lies_further_ahead_than_any_clock(store: Store) -> None:
    evening = Evening(store)
    source = Source(evening)
    at = evening.at + timedelta(minutes=6)
    told = {"event_id": "1", "at": at.isoformat(), "kind": "chat_comment", "text": "hi", "show": SHOW}

    refused = read_event(told, source="tiktok", now=evening.at)
    [receipt] = source.deliver([refused])
    pass_tick(evening)

    assert (receipt.status, receipt.field) == ("refused", "at")
    assert store.read(lambda c: watching.live(c, WORKSPACE)) == []


def test_it_takes_a_stalled_feed_that_delivers_five_minutes_at_once_for_no_spike(store: Store) -> None:
    evening = Evening(store)
    source = Source(evening)
    watch(evening, source, [1] * 18)
    piled: list[FeedbackEvent] = []
    for _ in range(30):
        evening.at += TICK
        piled += source.talk(1)
        pass_tick(evening)

    pass_tick(evening, (source, piled))
    watch(evening, source, [1] * 6)

    assert opened(evening) == []


def test_it_takes_a_backlog_stamped_on_arrival_for_no_spike(store: Store) -> None:
    evening = Evening(store)
    source = Source(evening)
    watch(evening, source, [1] * 18)
    for _ in range(30):
        evening.at += TICK
        pass_tick(evening)

    evening.at += TICK
    backlog = [event for _ in range(30) for event in source.talk(1)]
    pass_tick(evening, (source, backlog))
    watch(evening, source, [1] * 6)

    assert opened(evening) == []


def test_it_takes_the_same_comments_with_new_ids_for_no_crowd(store: Store) -> None:
    evening = Evening(store)
    source = Source(evening)
    watch(evening, source, [1] * 18)
    few: list[tuple[str | None, str]] = [(f"angry-{number}", BROKEN) for number in range(4)]

    for _ in range(6):
        evening.at += TICK
        pass_tick(evening, (source, source.talk()), *[(source, source.events(few)) for _ in range(6)])

    assert opened(evening) == []


def test_it_watches_a_show_without_end_with_a_state_that_does_not_grow(store: Store) -> None:
    evening = Evening(store)
    source = Source(evening)

    def size() -> int:
        states = store.read(lambda c: watching.states(c, WORKSPACE, SHOW, DETECTOR))
        return sum(len(state) for state in states["us"].values())

    watch(evening, source, [1] * 12)
    early = size()
    for _ in range(10):  # a hundred hours in strides, each short enough to be one show
        evening.at += timedelta(minutes=9)
        watch(evening, source, [1] * 2)

    assert size() <= early
    assert opened(evening) == []


def test_it_closes_a_show_that_nobody_ended(store: Store) -> None:
    evening = Evening(store)
    source = Source(evening)
    watch(evening, source, [0] * 12 + [10] * 3)
    evening.at += timedelta(minutes=12)

    pass_tick(evening)

    assert [one.state for one in evening.incidents()] == ["resolved"]
    assert store.read(lambda c: watching.live(c, WORKSPACE)) == []


def test_it_watches_what_comes_without_viewers(store: Store) -> None:
    evening = Evening(store)
    source = Source(evening)
    watch(evening, source, [0] * 12)

    for _ in range(3):
        evening.at += TICK
        counted = source.events([(None, "")], kind="viewer_count", value=0)
        pass_tick(evening, (source, source.talk()), (source, source.events([(None, BROKEN)] * 12)), (source, counted))

    assert len(opened(evening)) == 1


def test_it_watches_a_market_that_the_configuration_does_not_know(store: Store) -> None:
    evening = Evening(store)
    source = Source(evening)

    watch(evening, source, [0] * 12 + [10] * 3, market="atlantis")

    [incident] = evening.incidents()
    assert incident.team == "emea"  # the route that asks for no market


def test_it_counts_a_batch_once_however_often_it_comes(store: Store) -> None:
    """A source that repeats itself: every batch again with each of the next ones."""
    evening = Evening(store)
    source = Source(evening)
    watch(evening, source, [1] * 18)
    sent: list[FeedbackEvent] = []

    for _ in range(12):
        evening.at += TICK
        sent += source.talk(1)
        statuses = {receipt.status for receipt in source.deliver(sent)}
        assert statuses <= {"accepted", "duplicate"}
        pass_tick(evening)

    assert opened(evening) == []


def test_it_says_that_a_source_is_late_whose_clock_runs_behind_a_punctual_one(store: Store) -> None:
    """Nobody is woken for what it says, as its ticks have been judged; so each answer tells whoever looks after it."""
    evening = Evening(store)
    punctual, behind = Source(evening), Source(evening, "behind", skew=timedelta(seconds=-40))
    watch(evening, punctual, [0] * 3)

    receipts = behind.deliver(behind.talk(10))

    assert all(receipt.late for receipt in receipts)
