"""The life of a hand-over note, held to its sentences and to a walk through everything that can happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.handover.rules import (
    ALLOWED,
    MOST_LINES,
    Times,
    cleaned,
    comer,
    due_next,
    sends_at,
    transition,
)
from desk.oncall.notices import HandOver
from desk.oncall.resolve import Row

ONE = datetime(2026, 3, 6, 13, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WAITS = HandOver()

DRAFT = Times(
    state="draft",
    made_at=ONE,
    at=ONE,
    until=ONE + 8 * HOUR,
    to_channel=False,
    shown=False,
    sent_at=None,
    told_at=None,
    reminded_at=None,
    team_told_at=None,
    leaver_awake_at=ONE,
    comer_awake_at=ONE,
)
SENT = replace(DRAFT, state="sent", shown=True, sent_at=ONE + 5 * MINUTE, comer_awake_at=ONE + 5 * MINUTE)


def test_a_draft_is_shown_at_the_end_and_goes_by_itself_after_a_while() -> None:
    assert due_next(DRAFT, WAITS) == ("show", ONE)
    assert due_next(replace(DRAFT, shown=True), WAITS) == ("send", ONE + 15 * MINUTE)
    assert sends_at(replace(DRAFT, at=ONE + HOUR), WAITS) == ONE + HOUR + 15 * MINUTE, "not before the hand-over"


def test_a_leaver_who_is_asleep_is_not_waited_for_and_not_woken() -> None:
    asleep = replace(DRAFT, leaver_awake_at=ONE + 4 * HOUR)

    assert due_next(asleep, WAITS) == ("send", ONE)
    assert due_next(replace(SENT, shown=False, leaver_awake_at=ONE + 4 * HOUR, told_at=ONE), WAITS) == (
        "remind",
        ONE + 15 * MINUTE,
    )
    everything = replace(
        SENT, shown=False, leaver_awake_at=ONE + 4 * HOUR, told_at=ONE, reminded_at=ONE, team_told_at=ONE
    )
    assert due_next(everything, WAITS) == ("show", ONE + 4 * HOUR)


def test_the_next_person_has_it_at_once_or_in_their_morning() -> None:
    assert due_next(SENT, WAITS) == ("deliver", ONE + 5 * MINUTE)
    assert due_next(replace(SENT, comer_awake_at=ONE + 2 * HOUR), WAITS) == ("deliver", ONE + 2 * HOUR)
    through_the_night = replace(SENT, comer_awake_at=ONE + 9 * HOUR)
    assert due_next(through_the_night, WAITS) == ("deliver", ONE + 5 * MINUTE), "in the morning it would be over"
    assert due_next(replace(through_the_night, told_at=ONE + 5 * MINUTE), WAITS) == ("lapse", ONE + 8 * HOUR)


def test_who_does_not_confirm_is_reminded_and_then_the_team_is_told_once_and_then_it_lapses() -> None:
    told = replace(SENT, told_at=ONE + 5 * MINUTE)
    reminded = replace(told, reminded_at=ONE + 20 * MINUTE)
    known = replace(reminded, team_told_at=ONE + 35 * MINUTE)

    assert due_next(told, WAITS) == ("remind", ONE + 20 * MINUTE)
    assert due_next(reminded, WAITS) == ("team", ONE + 35 * MINUTE)
    assert due_next(known, WAITS) == ("lapse", ONE + 8 * HOUR)
    assert due_next(replace(told, until=ONE + 10 * MINUTE), WAITS) == ("lapse", ONE + 10 * MINUTE)


def test_a_note_for_the_channel_reminds_nobody() -> None:
    told = replace(SENT, to_channel=True, until=None, told_at=ONE + 5 * MINUTE)

    assert due_next(told, WAITS) == ("lapse", ONE + 5 * MINUTE + 24 * HOUR)


@pytest.mark.parametrize("state", ["confirmed", "lapsed"])
def test_nothing_is_due_of_what_is_over(state: str) -> None:
    assert due_next(replace(SENT, state=state), WAITS) is None
    for verb in ALLOWED:
        assert transition(state, verb) is None


moves = st.lists(st.tuples(st.sampled_from(["wait", "send_note", "have_it"]), st.integers(1, 600)), max_size=30)
nights = st.integers(0, 600).map(lambda minutes: minutes * MINUTE)


@given(
    moves=moves,
    length=st.integers(5, 900).map(lambda minutes: minutes * MINUTE),
    leaver_night=nights,
    comer_night=nights,
    to_channel=st.booleans(),
    early=st.integers(0, 120).map(lambda minutes: minutes * MINUTE),
)
def test_whatever_happens_every_note_ends_and_nobody_hears_anything_twice(
    moves: list[tuple[str, int]],
    length: timedelta,
    leaver_night: timedelta,
    comer_night: timedelta,
    to_channel: bool,
    early: timedelta,
) -> None:
    now = ONE - early
    times = replace(
        DRAFT,
        made_at=now,
        until=None if to_channel else ONE + length,
        to_channel=to_channel,
        leaver_awake_at=ONE + leaver_night,
        comer_awake_at=ONE + comer_night,
    )
    done: list[str] = []

    def settle() -> None:
        nonlocal times
        for _ in range(20):
            following = due_next(times, WAITS)
            if following is None or following[1] > now:
                return
            done.append(following[0])
            times = {
                "show": lambda: replace(times, shown=True),
                "send": lambda: replace(times, state="sent", sent_at=now, comer_awake_at=max(now, ONE + comer_night)),
                "deliver": lambda: replace(times, told_at=now),
                "remind": lambda: replace(times, reminded_at=now),
                "team": lambda: replace(times, team_told_at=now),
                "lapse": lambda: replace(times, state="lapsed"),
            }[following[0]]()
        raise AssertionError("it goes round in circles")

    for verb, minutes in [*moves, ("wait", 10_000), ("wait", 10_000)]:
        now += minutes * MINUTE
        settle()
        if verb != "wait" and (to := transition(times.state, verb)) is not None:
            sent = {"sent_at": now, "comer_awake_at": max(now, ONE + comer_night)} if to == "sent" else {}
            times = replace(times, state=to, **sent)
        settle()

    assert times.state in ("confirmed", "lapsed")
    assert len(done) == len(set(done)), done
    assert ("team" not in done) or ("remind" in done)
    if times.state == "lapsed":
        assert times.told_at is not None, "nothing lapses that nobody was given"


def test_whoever_starts_takes_over_and_else_whoever_stays() -> None:
    def row(person: str | None, start: int, end: int) -> Row:
        return Row(ONE + start * HOUR, ONE + end * HOUR, person, "")

    leaves = row("ana", -4, 0)
    assert comer([leaves, row("ben", 0, 8)], "ana", ONE) == ("ben", ONE + 8 * HOUR)
    assert comer([leaves, row("chi", -2, 3)], "ana", ONE) == ("chi", ONE + 3 * HOUR)
    assert comer([leaves, row(None, 0, 8)], "ana", ONE) is None
    both = [leaves, row("eva", -4, 0), row("ben", 0, 8), row("chi", 0, 2)]
    assert {comer(both, one, ONE) for one in ("ana", "eva")} == {("ben", ONE + 8 * HOUR), ("chi", ONE + 2 * HOUR)}


@given(st.text(max_size=400))
def test_cleaning_remarks_twice_changes_nothing_more(text: str) -> None:
    once = cleaned(text)

    assert cleaned(once) == once
    assert len(once.split("\n")) <= MOST_LINES
    assert "\n\n\n" not in once
