"""Telling one person what wakes nobody: a shift that starts, a hand-over note, shifts that have changed.

A notice goes out by one way, the first that counts: chat, or else a verified e-mail or webhook. When that way fails
for good the next one is tried, each once, and the team's channel says so. The messages of one notice are kept as those
of a page are (`store.page_ways`), under the first of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from desk import messages
from desk.contacts.flow import ways_to
from desk.contacts.methods import EMAIL, ONCE, Way
from desk.messages import Message, Paragraph, Text
from desk.moment import Moment
from desk.oncall.night import awake_from
from desk.outbox.flow import edit, say
from desk.reachable.rules import teller
from desk.telling.plainly import plainly
from desk.telling.rules import first_way
from desk.words import method_name, tongue
from store import due, incidents, outbox, page_ways

KIND = "tell"  # kind of the due row of a notice that waits for somebody's morning

# What becomes of a mail or a post in somebody's night. A phone may ring for either, so they wait; `mail`: where later
# would be too late, a mail goes out and a webhook waits; `tells`: they are up, and asked for it.
Night = Literal["waits", "mail", "tells"]


def way_for(moment: Moment, person: str, *, unverified: bool = False) -> Way | None:
    """By which way somebody is told; None for whom there is none, and whom the file does not know (any more)."""
    known = moment.configuration.people.get(person)
    return first_way(ways_to(moment, known), unverified=unverified) if known else None


def tell(
    moment: Moment,
    person: str,
    message: Message,
    *,
    night: Night = "waits",
    unverified: bool = False,
    about: str = "",
) -> int | None:
    """The message that tells one person alone; None when there is no way to them (`way_for`), or when it waits for
    their morning. `unverified`: by an address without its code, too, where there is nothing better. `about`: what it
    asks, so that `untell` can call it back while it waits."""
    way = way_for(moment, person, unverified=unverified)
    return _tell(moment, person, way, message, night, None, about) if way is not None else None


def untell(moment: Moment, person: str, about: str) -> None:
    """What waits for their morning is of no use any more."""
    due.cancel(moment.connection, moment.workspace, KIND, f"{person}:{about}", moment.now)


def tell_held(moment: Moment, payload: Mapping[str, Any]) -> None:
    """Their morning has come."""
    person, call = str(payload["person"]), payload["call"]
    known = moment.configuration.people.get(person)
    if known is None:
        return
    tried = _tried(moment, call) if call is not None else set()
    way = first_way(ways_to(moment, known), tried, unverified=bool(payload["unverified"]))
    if way is not None:
        _say(moment, person, way, messages.load(payload["message"]), call)


def retell(moment: Moment, said: int, message: Message) -> None:
    """What a notice says from now on. What went out as e-mail, say, stays as it was."""
    way = page_ways.of_message(moment.connection, said)
    if way is None or way.method not in ONCE:
        edit(moment, said, message, rich=True)
    elif not outbox.is_begun(moment.connection, said):
        edit(moment, said, plainly(message, way.person), rich=True)


def is_final(moment: Moment, said: int) -> bool:
    """Whether a notice has gone out by a way that changes nothing any more."""
    way = page_ways.of_message(moment.connection, said)
    return way is not None and way.method in ONCE and outbox.is_begun(moment.connection, said)


def trouble(moment: Moment, message: int, reason: str, *, for_good: bool) -> bool:
    """A notice that could not be sent: by the next way, which is said where the person's team looks. Each way is tried
    once, so it comes to an end. False for what is no notice to a person."""
    way = page_ways.of_message(moment.connection, message)
    if way is None or incidents.pages_on(moment.connection, way.call):
        return False
    known = moment.configuration.people.get(way.person)
    if not for_good or way.failed_at is not None or outbox.is_delivered(moment.connection, message):
        return True
    page_ways.note(moment.connection, message, stuck_at=way.stuck_at, failed_at=moment.now)
    body = outbox.body_of(moment.connection, message)
    if known is None or body is None:
        return True
    said = messages.load(body)
    other = first_way(ways_to(moment, known), _tried(moment, way.call))
    if other is not None:
        _tell(moment, way.person, other, said, "waits", way.call)
    _tell_team(moment, way.person, way.method, reason, said.headline, other)
    return True


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _tell(
    moment: Moment, person: str, way: Way, message: Message, night: Night, call: int | None, about: str = ""
) -> int | None:
    known = moment.configuration.people[person]
    held = way.method in ONCE and night != "tells" and not (night == "mail" and way.method == EMAIL)
    morning = awake_from(known.zone, known.working_hours, moment.now)
    if not held or morning <= moment.now:
        return _say(moment, person, way, message, call)
    body = messages.dump(message)
    payload = {"person": person, "message": body, "call": call, "unverified": not way.verified}
    # The same notice twice in one night is one.
    mark = about or hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:20]
    due.put(moment.connection, moment.workspace, KIND, f"{person}:{mark}", morning, payload)
    return None


def _say(moment: Moment, person: str, way: Way, message: Message, call: int | None) -> int:
    where = (way.method, way.address)
    if way.method in ONCE:
        made = say(moment, where, plainly(message, person))
    else:
        made = say(moment, where, message, rich=not message.quotes())  # words at once; translations follow as an edit
    page_ways.add(moment.connection, moment.workspace, call or made, made, person, way.method, way.address, moment.now)
    return made


def _tried(moment: Moment, call: int) -> set[tuple[str, str]]:
    return {(one.method, one.address) for one in page_ways.of_call(moment.connection, call)}


def _tell_team(moment: Moment, person: str, method: str, reason: str, what: str, other: Way | None) -> None:
    team = moment.configuration.teams.get(teller(moment.configuration, person))
    channel = team.channels[0] if team else moment.configuration.admin_channel
    if channel is None:
        return
    t = tongue(team.locale if team else "en")
    name = moment.configuration.people[person].name
    follows = (
        t("Tried next: {way}.", way=method_name(t, other.method))
        if other is not None
        else t("No other way is left, so they do not know of it. Tell them; an admin can add a way.")
    )
    message = Message(
        kind="notice",
        headline=t(
            "{person} could not be told by {way}: {reason}", person=name, way=method_name(t, method), reason=reason
        ),
        parts=(Paragraph((Text(f"“{what}” "), Text(follows))),),
        locale=str(t.locale),
        zone=str(team.zone) if team else "UTC",
    )
    say(moment, moment.channel(channel), message)
