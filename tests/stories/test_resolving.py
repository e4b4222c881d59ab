"""What becomes of complaints that still fade, or go on, after somebody has resolved their incident."""

from __future__ import annotations

from store import outbox
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import Evening
from tests.stories.test_evenings import AMBIENT, complaints


def resolved_evening(store: Store) -> Evening:
    """Four quiet minutes, two of failing payments, and Maya resolves the incident at the end of them."""
    evening = Evening(store)
    evening.pass_ticks(24, AMBIENT)
    evening.pass_ticks(12, AMBIENT, {"us": complaints(6)})
    assert evening.tap("resolve", "maya").done
    return evening


def test_it_does_not_open_again_what_fades_after_it_was_resolved(store: Store) -> None:
    evening = resolved_evening(store)

    evening.pass_ticks(30, AMBIENT)

    assert [one.state for one in evening.incidents()] == ["resolved"]


def test_it_opens_it_again_when_the_complaints_go_on(store: Store) -> None:
    evening = resolved_evening(store)

    evening.pass_ticks(30, AMBIENT, {"us": complaints(6)})

    assert [one.state for one in evening.incidents()] == ["open"]
    assert [(one.person, one.state) for one in evening.pages()] == [("maya", "cancelled"), ("maya", "paged")]


def test_it_leaves_the_card_alone_while_nothing_happens_any_more(store: Store) -> None:
    """Somebody has it and the complaints have stopped: an edit every few seconds would say nothing."""
    evening = Evening(store)
    evening.pass_ticks(24, AMBIENT)
    evening.pass_ticks(12, AMBIENT, {"us": complaints(6)})
    evening.tap("acknowledge", "maya")
    evening.pass_ticks(30, AMBIENT)
    before = revisions(store)

    evening.pass_ticks(12, AMBIENT)

    assert [one.state for one in evening.incidents()] == ["acknowledged"]
    assert revisions(store) == before


def revisions(store: Store) -> int:
    return sum(store.read(lambda c: outbox.counts(c, WORKSPACE)).values())


def test_it_opens_nothing_for_an_alarm_that_only_lingers(store: Store) -> None:
    """Without comments a detector cannot see calm, and stays alarmed for long after the last complaint."""
    evening = resolved_evening(store)

    evening.pass_ticks(60)

    assert [one.state for one in evening.incidents()] == ["resolved"]
