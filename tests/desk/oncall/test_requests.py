"""Swaps and covers on a real database: what ends them, and what changed meanwhile."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from desk import sweep
from desk.messages import Bullets, Message, load, plain
from desk.moment import Moment
from desk.oncall.changing import Undone, paint
from desk.oncall.current import current
from desk.oncall.painting import Paint
from desk.oncall.requests import NotDone, Taken, agree, ask, decline, give, lapse, take, withdraw
from desk.oncall.resolve import who
from desk.questions import change_log
from desk.questions.asking import Asker
from desk.words import tongue
from store import due, oncall_requests, outbox
from store.engine import Store
from store.oncall_requests import Request
from tests.desk.oncall.test_changing import Desk
from tests.factories import NOON

DAY = timedelta(days=1)
HOUSE = """
people:
  maya: {name: Maya, contacts: {slack: U0MAYA}}
  jon: {name: Jon, contacts: {slack: U0JON}}
  ana: {name: Ana, contacts: {slack: U0ANA}}
teams:
  americas: {timezone: UTC, channels: ["slack:C0AMERICAS"], members: [maya, jon]}
schedules:
  americas:
    timezone: UTC
    layers: [{rotation: {type: daily, start: 2026-01-05, members: [maya, jon]}}]
  pairs:
    timezone: UTC
    people: 2
    layers:
      - {rotation: {type: daily, start: 2026-01-05, members: [maya, jon]}}
      - {rotation: {type: daily, start: 2026-01-05, members: [ana]}}
"""
MIDNIGHT = NOON.replace(hour=0) + DAY


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, HOUSE)


def owner(desk: Desk, days: float) -> str:
    """Who is on call so many days after tomorrow's start."""
    return who(desk.read(lambda m: current(m, "americas")), MIDNIGHT + days * DAY).people[0]


def swap(desk: Desk, days: int = 1, asked: str | None = None) -> Request:
    start = MIDNIGHT + days * DAY
    person = owner(desk, days)
    made = desk.write(lambda m: ask(m, "swap", "americas", person, start, start + DAY, asked))
    assert isinstance(made, Request)
    return made


def offer(desk: Desk, request: Request, days: int, person: str) -> Request | NotDone:
    start = MIDNIGHT + days * DAY
    return desk.write(lambda m: give(m, request.id, person, "americas", start, start + DAY))


def newest_offer(desk: Desk, request: Request) -> int:
    return desk.store.read(lambda c: oncall_requests.offers(c, request.id))[-1].id


def said(desk: Desk, destination: str) -> list[str]:
    waiting = desk.store.read(lambda c: outbox.pending(c, desk.workspace))
    return [body["headline"] for _, where, body in waiting if where == destination]


def test_a_swap_is_two_overrides_or_none(desk: Desk) -> None:
    request = swap(desk)
    asker, other = request.person, {"maya": "jon", "jon": "maya"}[request.person]
    assert isinstance(offer(desk, request, 2, other), Request)

    taken = desk.write(lambda m: agree(m, newest_offer(desk, request), asker, "slack"))

    assert isinstance(taken, Taken)
    assert owner(desk, 1.5) == other
    assert owner(desk, 2.5) == asker
    undone = desk.undo(taken.done.number)
    assert isinstance(undone, Undone)
    assert (owner(desk, 1.5), owner(desk, 2.5)) == (asker, other)


def test_card_thread_and_log_tell_both_halves_of_a_swap(desk: Desk) -> None:
    request = swap(desk)
    asker, other = request.person, {"maya": "jon", "jon": "maya"}[request.person]
    offer(desk, request, 2, other)
    (given,) = desk.store.read(lambda c: oncall_requests.offers(c, request.id))
    desk.write(lambda m: agree(m, given.id, asker, "slack"))

    halves = [
        f"{other} takes over from {asker} · americas · {request.starts_at:%d %H:%M} – {request.ends_at:%d %H:%M}",
        f"{asker} takes over from {other} · americas · {given.starts_at:%d %H:%M} – {given.ends_at:%d %H:%M}",
    ]
    waiting = desk.store.read(lambda c: outbox.pending(c, desk.workspace))
    shown = [body for _, where, body in waiting if where == "C0AMERICAS"]
    assert len(shown) == 2, "the card, and what stands in its thread"
    for body in shown:
        assert body["headline"].endswith("swapped shifts")
        assert told(load(body)) == halves
    names = Asker(asker, ZoneInfo("UTC"), "en", None, "slack:x")
    log = desk.read(lambda m: change_log.answer(m, "", names, tongue("en")))
    assert all(half in told(log)[0] for half in halves)


def told(message: Message) -> list[str]:
    """The lines of its lists."""
    items = [item for part in message.parts if isinstance(part, Bullets) for item in part.items]
    return [plain(item, {}, lambda one: f"{one.at:%d %H:%M}") for item in items]


def test_it_is_refused_when_a_shift_is_no_longer_theirs(desk: Desk) -> None:
    request = swap(desk)
    other = {"maya": "jon", "jon": "maya"}[request.person]
    offer(desk, request, 2, other)
    span = Paint("americas", "ana", MIDNIGHT + 2.5 * DAY, MIDNIGHT + 2.6 * DAY)
    desk.write(lambda m: paint(m, "override", [span], "ana", "slack"))

    refused = desk.write(lambda m: agree(m, newest_offer(desk, request), request.person, "slack"))

    assert refused == NotDone("changed", other)
    assert owner(desk, 1.5) == request.person
    rows = desk.store.read(lambda c: oncall_requests.get(c, desk.workspace, request.id))
    assert rows is not None
    assert rows.state == "open", "it can still be taken otherwise"


def test_of_two_who_take_one_does(desk: Desk) -> None:
    request = swap(desk)
    other = {"maya": "jon", "jon": "maya"}[request.person]

    first = desk.write(lambda m: take(m, request.id, "ana", "slack"))
    second = desk.write(lambda m: take(m, request.id, other, "slack"))

    assert isinstance(first, Taken)
    assert second == NotDone("taken", "ana")
    assert owner(desk, 1.5) == "ana"
    assert said(desk, "C0AMERICAS")[0].startswith("Ana takes")


def test_a_later_offer_takes_the_place_of_an_earlier_one_and_no_is_told(desk: Desk) -> None:
    request = swap(desk)
    asker, other = request.person, {"maya": "jon", "jon": "maya"}[request.person]
    offer(desk, request, 2, other)
    first = newest_offer(desk, request)
    offer(desk, request, 4, other)

    assert desk.write(lambda m: agree(m, first, asker, "slack")) == NotDone("closed")
    assert desk.write(lambda m: decline(m, newest_offer(desk, request), other)) == NotDone("not_theirs", asker)
    assert isinstance(desk.write(lambda m: decline(m, newest_offer(desk, request), asker)), Request)
    assert any("turned down" in one for one in said(desk, {"maya": "U0MAYA", "jon": "U0JON"}[other]))


def test_what_nobody_took_ends_when_its_shift_begins(desk: Desk) -> None:
    request = swap(desk)
    (row,) = [
        one
        for one in desk.store.read(lambda c: due.waiting(c, desk.workspace, MIDNIGHT + 2 * DAY))
        if one.kind == "oncall_request"
    ]
    assert row.due_at == request.starts_at
    desk.at = request.starts_at

    assert desk.store.write(lambda c: sweep.settle(desk.moment(c), row))

    ended = desk.store.read(lambda c: oncall_requests.get(c, desk.workspace, request.id))
    assert ended is not None
    assert ended.state == "expired"
    assert said(desk, "C0AMERICAS")[0].startswith("Nobody took")
    assert desk.write(lambda m: take(m, request.id, "ana", "slack")) == NotDone("expired", request.person)
    desk.write(lambda m: lapse(m, request.id))


def test_only_whose_it_is_withdraws_it(desk: Desk) -> None:
    request = swap(desk)

    assert desk.write(lambda m: withdraw(m, request.id, "ana")) == NotDone("not_theirs", request.person)
    assert isinstance(desk.write(lambda m: withdraw(m, request.id, request.person)), Request)
    assert desk.write(lambda m: withdraw(m, request.id, request.person)) == NotDone("withdrawn", request.person)
    assert desk.write(lambda m: take(m, request.id, "ana", "slack")) == NotDone("withdrawn", request.person)


def test_a_shift_that_has_begun_is_taken_from_now_on(desk: Desk) -> None:
    person = who(desk.read(lambda m: current(m, "americas")), NOON).people[0]
    end = NOON.replace(hour=0) + DAY
    made = desk.write(lambda m: ask(m, "cover", "americas", person, NOON, end, None))
    assert isinstance(made, Request)
    desk.at = NOON + timedelta(hours=3)

    taken = desk.write(lambda m: take(m, made.id, "ana", "slack"))

    assert isinstance(taken, Taken)
    assert desk.seen()[0] == person, "what has been stays"
    assert who(desk.read(lambda m: current(m, "americas")), desk.at).people == ("ana",)


def test_it_refuses_what_could_not_be_done(desk: Desk) -> None:
    request = swap(desk, asked="jon" if owner(desk, 1) == "maya" else "maya")
    other = str(request.asked)

    def asked(moment: Moment, schedule: str, person: str, days: float, kind: str = "swap") -> object:
        start = MIDNIGHT + days * DAY
        return ask(moment, kind, schedule, person, start, start + DAY, None)

    assert desk.write(lambda m: take(m, request.id, "ana", "slack")) == NotDone("asked_other", other)
    assert desk.write(lambda m: take(m, request.id, request.person, "slack")) == NotDone("own")
    assert desk.write(lambda m: take(m, 999_999, "ana", "slack")) == NotDone("unknown")
    assert desk.write(lambda m: agree(m, 999_999, "ana", "slack")) == NotDone("unknown")
    assert offer(desk, request, 1, other) == NotDone("overlaps")
    assert offer(desk, request, 3, other) == NotDone("changed", other), "this is the asker's own day"
    assert desk.write(lambda m: asked(m, "americas", request.person, 1)) == NotDone("asked_before")
    assert desk.write(lambda m: asked(m, "americas", request.person, 0.5)) == NotDone("changed", request.person)


def test_nobody_is_asked_where_nobody_would_see_it(store: Store) -> None:
    desk = Desk(store, HOUSE.replace('channels: ["slack:C0AMERICAS"], ', ""))
    person = owner(desk, 1)

    made = desk.write(lambda m: ask(m, "swap", "americas", person, MIDNIGHT + DAY, MIDNIGHT + 2 * DAY, None))

    assert made == NotDone("nowhere")


# ── of several who are on call ───────────────────────────────────────────────────────────────────────────────────

PAIRS = """
people: {maya: {}, jon: {}, ana: {}, ben: {}}
teams: {t: {timezone: UTC, channels: ["slack:C0PAIRS"], members: [maya, jon, ana, ben]}}
schedules:
  pairs:
    timezone: UTC
    people: 2
    layers:
      - {name: first, rotation: {type: daily, start: 2026-01-05, members: [maya, jon]}}
      - {name: second, rotation: {type: daily, start: 2026-01-05, members: [ana, ben]}}
"""


@pytest.fixture
def pairs(store: Store) -> Desk:
    return Desk(store, PAIRS)


def crew(pairs: Desk, days: float) -> tuple[str, ...]:
    return who(pairs.read(lambda m: current(m, "pairs")), MIDNIGHT + days * DAY).people


def asked_for(pairs: Desk, kind: str, days: int) -> Request:
    """For the shift of whoever is first on call after so many days."""
    start, person = MIDNIGHT + days * DAY, crew(pairs, days)[0]
    made = pairs.write(lambda m: ask(m, kind, "pairs", person, start, start + DAY, None))
    assert isinstance(made, Request)
    return made


def test_a_cover_replaces_the_one_who_asked(pairs: Desk) -> None:
    first, second = crew(pairs, 1)
    third = next(one for one in ("maya", "jon", "ana", "ben") if one not in (first, second))
    request = asked_for(pairs, "cover", 1)

    assert pairs.write(lambda m: take(m, request.id, second, "cli")) == NotDone("there", second)
    taken = pairs.write(lambda m: take(m, request.id, third, "cli"))

    assert isinstance(taken, Taken)
    assert crew(pairs, 1.5) == (third, second)
    assert f"instead of {first}" in who(pairs.read(lambda m: current(m, "pairs")), MIDNIGHT + 1.5 * DAY).why
    undone = pairs.undo(taken.done.number)
    assert isinstance(undone, Undone)
    assert crew(pairs, 1.5) == (first, second)


def test_two_of_a_schedule_of_several_swap(pairs: Desk) -> None:
    mine, theirs = crew(pairs, 1), crew(pairs, 2)
    request = asked_for(pairs, "swap", 1)
    start = MIDNIGHT + 2 * DAY
    given = pairs.write(lambda m: give(m, request.id, theirs[0], "pairs", start, start + DAY))
    assert isinstance(given, Request)
    (offer,) = pairs.store.read(lambda c: oncall_requests.offers(c, request.id))

    assert isinstance(pairs.write(lambda m: agree(m, offer.id, mine[0], "cli")), Taken)

    assert crew(pairs, 1.5) == (theirs[0], mine[1])
    assert crew(pairs, 2.5) == (mine[0], theirs[1])


def test_nobody_is_on_call_twice(pairs: Desk) -> None:
    """Whoever gives a shift at which the other is on call beside them cannot be replaced by that one."""
    request = asked_for(pairs, "swap", 1)
    beside = crew(pairs, 1)[1]
    start = MIDNIGHT + 3 * DAY

    offered = pairs.write(lambda m: give(m, request.id, beside, "pairs", start, start + DAY))

    assert offered == NotDone("there", beside)
