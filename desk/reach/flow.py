"""A page on its way to a person: the first message, those that follow until somebody acknowledges, and what becomes of
a way that fails.

A page is one row however many messages carry it. All messages of one ringing are a *call*, named after its first
message, which `pages.message` holds. What still follows of a call is one due row with the rest of the person's rules;
it is written in the transaction that pages and cancelled in the one that acknowledges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from desk.contacts.flow import ways_to
from desk.contacts.methods import ONCE, Way
from desk.incidents import card as cards
from desk.incidents import showing
from desk.incidents.rules import LIVEDESK
from desk.messages import Message
from desk.moment import Moment
from desk.oncall.steps import ESCALATE
from desk.outbox.flow import say
from desk.reach.rules import Ring, chosen, due_now, other_way, rings
from desk.words import Tongue, method_name
from store import due, incidents, page_ways
from store.incidents import Incident

NOTIFY = "notify"  # kind of the due row that rings again; its ref is the call


def call(moment: Moment, row: Incident, person: str, page: Message, *, once: bool = False) -> int:
    """Ring for a page by what the person's rules say comes first, and plan the rest; the call. `once`: it is of low
    urgency and does not ring again."""
    known = moment.configuration.people[person]
    ways = ways_to(moment, known)
    planned = rings(known.notify, cards.as_severity(row.severity), ways)
    first, rest = due_now(planned, timedelta(0))
    # Chat before the others: only there can the first message be edited and joined.
    used = sorted(chosen([ring.by for ring in first], ways), key=lambda way: way.method in ONCE)
    made = _say(moment, used[0], page, row.id)
    _note(moment, made, made, person, used[0])
    for way in used[1:]:
        _note(moment, made, _say(moment, way, page, row.id), person, way)
    _plan(moment, made, person, moment.now, () if once else rest)
    return made


def join(moment: Moment, row: Incident, made: int, person: str) -> None:
    """A call tells of one more incident, which is urgent: where it would ring less for it than the person's rules say,
    because it rang once or for what is less bad, it goes by them from now on."""
    severity = cards.as_severity(row.severity)
    rang = min([cards.as_severity(one.severity) for one in _calling(moment, made)], default=severity)
    planned = due.planned(moment.connection, moment.workspace, NOTIFY, str(made))
    if planned is not None and severity >= rang:
        return
    known = moment.configuration.people[person]
    ways = ways_to(moment, known)
    first, rest = due_now(rings(known.notify, severity, ways), timedelta(0))
    if severity < rang:
        told = {(one.method, one.address) for one in page_ways.of_call(moment.connection, made)}
        used = chosen([ring.by for ring in first], ways)
        _ring(moment, made, person, [one for one in used if (one.method, one.address) not in told], [row], None)
    _plan(moment, made, person, moment.now, rest)


def again(moment: Moment, ref: str, payload: Mapping[str, Any]) -> None:
    """The next rings of a call are due: nobody has acknowledged, so they ring."""
    made = int(ref)
    person = str(payload["person"])
    begun = datetime.fromisoformat(payload["begun"])
    open_rows = _calling(moment, made)
    known = moment.configuration.people.get(person)
    if not open_rows or known is None:
        return
    ringing, rest = due_now([Ring(timedelta(seconds=s), by) for s, by in payload["rest"]], moment.now - begun)
    used = chosen([ring.by for ring in ringing], ways_to(moment, known))
    _ring(moment, made, person, used, open_rows, _again_words)
    _plan(moment, made, person, begun, rest)


def supersede(moment: Moment, incident: int, person: str) -> None:
    """The person is paged anew for an incident: what an earlier call for it alone would still ring by is dropped."""
    for page in incidents.pages_of(moment.connection, incident):
        if page.person == person and page.state == "paged" and page.message is not None:
            others = incidents.pages_on(moment.connection, page.message)
            if all(other.incident == incident for other in others if other.state == "paged"):
                _cancel(moment, page.message)


def stop(moment: Moment, incident: int) -> None:
    """The pages of an incident were settled: calls that ring for nothing else any more end."""
    for page in incidents.pages_of(moment.connection, incident):
        if page.message is not None and not any(
            other.state == "paged" for other in incidents.pages_on(moment.connection, page.message)
        ):
            _cancel(moment, page.message)


def trouble(moment: Moment, message: int, reason: str, *, for_good: bool) -> None:
    """One message of a call cannot be sent, now or for good: said in the thread, once, and another way is tried.

    Where no way is left that anything went out by, the policy's next step follows at once.
    """
    way = page_ways.of_message(moment.connection, message)
    if way is None or way.failed_at is not None or (way.stuck_at is not None and not for_good):
        return
    page_ways.note(
        moment.connection,
        message,
        stuck_at=way.stuck_at or moment.now,
        failed_at=moment.now if for_good else None,
    )
    open_rows = _calling(moment, way.call)
    known = moment.configuration.people.get(way.person)
    if not open_rows or known is None:
        return
    told = page_ways.of_call(moment.connection, way.call)
    gone = {(one.method, one.address) for one in told if one.stuck_at is not None or one.failed_at is not None}
    ways = ways_to(moment, known)
    other = None
    if way.stuck_at is None:  # else another way was tried when it got stuck
        other = other_way(ways, {(one.method, one.address) for one in told} | {(way.method, way.address)})
    out = [one for one in told if (one.method, one.address) not in gone]

    def words(t: Tongue, method: str, follows: bool) -> str:
        name = known.name
        said = (
            t("A page to {person} by {way} failed: {reason}", person=name, way=method, reason=reason)
            if for_good
            else t("A page to {person} by {way} waits: {reason}", person=name, way=method, reason=reason)
        )
        if other is not None:
            return said + " · " + t("tried next: {way}", way=method_name(t, other.method))
        if out:
            by = t.listed(list(dict.fromkeys(method_name(t, one.method) for one in out)))
            return said + " · " + t("also told by {ways}", ways=by)
        if follows:
            return said + " · " + t("no other way is left, so the next step follows at once")
        return said + " · " + t("no other way is left")

    for row in open_rows:
        t, _ = showing.voice(moment, row)
        follows = other is None and not out and _hurry(moment, row)
        tell(moment, row, words(t, method_name(t, way.method), follows))
    if other is not None:
        _ring(moment, way.call, way.person, [other], open_rows, None)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ring(
    moment: Moment,
    made: int,
    person: str,
    used: Sequence[Way],
    open_rows: Sequence[Incident],
    words: Callable[[Tongue, list[str]], str] | None,
) -> None:
    page = showing.page_message(moment, made, person, calling=True)
    for way in used:
        _note(moment, made, _say(moment, way, page, open_rows[0].id), person, way)
    if words is None or not used:
        return
    for row in open_rows:
        t, _ = showing.voice(moment, row)
        said = words(t, [method_name(t, way.method) for way in used])
        showing.say_history(moment, row, said, None, notify=[person])
        detail = {"person": person, "ways": [way.method for way in used]}
        incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "reminded", detail)


def _again_words(t: Tongue, by: list[str]) -> str:
    return t("Called again by {ways}:", ways=t.listed(list(dict.fromkeys(by))))


def _say(moment: Moment, way: Way, page: Message, incident: int) -> int:
    where = (way.method, way.address)
    if way.method in ONCE:
        return say(moment, where, showing.without_quotes(page), incident=incident)
    return say(moment, where, page, incident=incident, rich=False)


def _note(moment: Moment, made: int, message: int, person: str, way: Way) -> None:
    page_ways.add(moment.connection, moment.workspace, made, message, person, way.method, way.address, moment.now)


def _plan(moment: Moment, made: int, person: str, begun: datetime, rest: Sequence[Ring]) -> None:
    if rest:
        payload = {
            "person": person,
            "begun": begun.isoformat(),
            "rest": [[ring.after.total_seconds(), ring.by] for ring in rest],
        }
        due.put(moment.connection, moment.workspace, NOTIFY, str(made), begun + rest[0].after, payload)


def _cancel(moment: Moment, made: int) -> None:
    due.cancel(moment.connection, moment.workspace, NOTIFY, str(made), moment.now)


def _calling(moment: Moment, made: int) -> list[Incident]:
    """The incidents for which a call still rings."""
    pages = incidents.pages_on(moment.connection, made)
    rows = [showing.get(moment, number) for number in dict.fromkeys(page.incident for page in pages)]
    paged = {page.incident for page in pages if page.state == "paged"}
    return [row for row in rows if row.state == "open" and row.muted is None and row.id in paged]


def tell(moment: Moment, row: Incident, text: str) -> None:
    """A line in the thread, and in the record."""
    showing.say_history(moment, row, text, None)
    incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "told", {"text": text})


def _hurry(moment: Moment, row: Incident) -> bool:
    """Take the next step now instead of later, unless somebody else was paged whom something did reach; whether it
    follows now."""
    for page in incidents.pages_of(moment.connection, row.id):
        if page.state != "paged" or page.opening != row.reopened or page.message is None:
            continue
        told = page_ways.of_call(moment.connection, page.message)
        if any(one.failed_at is None and one.stuck_at is None for one in told):
            return False
    planned = due.planned(moment.connection, moment.workspace, ESCALATE, str(row.id))
    if planned is not None and planned > moment.now:
        due.put(moment.connection, moment.workspace, ESCALATE, str(row.id), moment.now)
    return planned is not None
