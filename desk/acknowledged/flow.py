"""An acknowledgement that ends unless its owner confirms it, where the policy says so.

Both the question and the end are due rows, written in the transaction that acknowledged. Whatever changes the
incident's state cancels them in its own transaction (`desk.incidents.life.turn`), so each race has one outcome: whoever
writes first raises the version, and the other finds that it has moved on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from desk.acknowledged import keeping
from desk.incidents import card as cards
from desk.incidents import life, said, showing
from desk.incidents.rules import LIVEDESK
from desk.incidents.said import Answer
from desk.moment import Moment
from desk.oncall import flow as oncall
from desk.oncall.policies import policy_named
from desk.outbox.flow import say
from desk.telling import flow as telling
from desk.words import Tongue
from store import due, incidents, watching
from store.incidents import Incident


def begin(moment: Moment, incident: int) -> None:
    """Plan the question and the end, if the policy wants them; those that were planned are moved."""
    row = showing.get(moment, incident)
    lasts = lasts_of(moment, row)
    if row.state != "acknowledged" or lasts is None:
        return
    ends_at = moment.now + lasts
    promised = {"lasts": lasts.total_seconds()}
    due.put(moment.connection, moment.workspace, keeping.EXPIRES, str(incident), ends_at, promised)
    due.put(moment.connection, moment.workspace, keeping.ASK, str(incident), keeping.ask_at(ends_at, lasts))


def lasts_of(moment: Moment, row: Incident) -> timedelta | None:
    """How long an acknowledgement holds; None: until it is resolved. Where its policy is gone from the file, what was
    promised when it was acknowledged stands."""
    policy = policy_named(moment.configuration, row.policy)
    if policy is not None:
        return policy.acknowledgement_expires
    planned = due.waiting_row(moment.connection, moment.workspace, keeping.EXPIRES, str(row.id))
    if planned is None:
        return None
    since = row.acknowledged_at or planned.due_at
    return timedelta(seconds=planned.payload.get("lasts") or (planned.due_at - since).total_seconds())


def theirs_until(moment: Moment, incident: int, person: str, version: int) -> datetime | None:
    """When somebody's acknowledgement ends unless they confirm it; None where, at this version, nothing of theirs is to
    be confirmed."""
    row = showing.get(moment, incident)
    if (row.state, row.acknowledged_by, row.version) != ("acknowledged", person, version):
        return None
    return due.planned(moment.connection, moment.workspace, keeping.EXPIRES, str(incident))


def ask(moment: Moment, incident: int) -> None:
    """Ask the owner, by a message of their own, or in the thread where they have no contact."""
    row = showing.get(moment, incident)
    ends_at = due.planned(moment.connection, moment.workspace, keeping.EXPIRES, str(incident))
    owner = row.acknowledged_by
    if row.state != "acknowledged" or ends_at is None or owner is None or lasts_of(moment, row) is None:
        return
    t, _ = showing.voice(moment, row)
    person = moment.configuration.people.get(owner)
    way = telling.way_for(moment, owner)
    incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "asked", {"person": owner})
    if person is None or way is None:
        showing.say_history(moment, row, t("Still on it? Confirm with the button on the card,"), owner)
        return
    what = cards.what_and_where(showing.card_facts(moment, row, t), t)
    message = keeping.question(row.id, row.version, what, ends_at, owner, str(person.zone), t)
    sent = say(moment, (way.method, way.address), message, incident=row.id, rich=False)
    why = {**showing.get(moment, row.id).why, keeping.ASKED: [sent, owner, row.version]}
    incidents.note(moment.connection, row.id, why=why)


def confirm(moment: Moment, row: Incident, who: str, t: Tongue, version: int | None) -> Answer:
    """The owner is still at it: the time begins anew."""
    if row.state in ("resolved", "expired"):
        return Answer(said.over(moment, row, t), False)
    if row.state != "acknowledged":
        return Answer(t("It is open again: acknowledge it if you are still at it."), False)
    if who != row.acknowledged_by:
        owner = said.name(moment, row.acknowledged_by)
        return Answer(t("{who} has it, and only they can confirm it.", who=owner), False)
    lasts = lasts_of(moment, row)
    if lasts is None:
        return Answer(t("It is yours until you resolve it; there is nothing to confirm."), False)
    if version is not None and version != row.version:
        return Answer(t("You have confirmed it already."), False)
    if not incidents.change(moment.connection, row.id, row.version, updated_at=moment.now):
        return Answer(t("Somebody else was first. The card shows how it stands."), False)
    begin(moment, row.id)
    incidents.record(moment.connection, row.id, moment.now, who, "confirmed", {"version": row.version + 1})
    room, _ = showing.voice(moment, row)
    showing.say_history(moment, row, room("Still on it:"), who)
    showing.show_card(moment, row.id, rich=True)
    return Answer(t("It stays yours for another {time}.", time=t.duration(lasts)), True)


def expire(moment: Moment, incident: int, payload: Mapping[str, Any]) -> None:
    """Nobody confirmed: it is open again and paging goes on where it stood, unless it has calmed down meanwhile. Where
    its policy is gone from the file, the rules now in force say who is paged."""
    row = showing.get(moment, incident)
    if row.state != "acknowledged":
        return
    t, _ = showing.voice(moment, row)
    policy = policy_named(moment.configuration, row.policy)
    if policy is not None and policy.acknowledgement_expires is None:
        # The file was changed meanwhile: what the card promised must not end without a word.
        showing.say_history(
            moment,
            row,
            t("Acknowledgements do not expire here any more: it stays in the hands of"),
            row.acknowledged_by,
        )
        showing.show_card(moment, incident, rich=True)
        return
    promised = policy.acknowledgement_expires if policy is not None else None
    lasts = promised or timedelta(seconds=payload.get("lasts", 0.0))
    owner = row.acknowledged_by or ""
    if _has_ended(moment, row):
        life.end_by_itself(moment, row, moment.now, t("It had calmed down, and nobody confirmed that they are at it"))
        return
    detail = {"person": owner, "after": lasts.total_seconds()}
    opened = {"acknowledged_at": None, "acknowledged_by": None}
    if not life.turn(moment, row, "open", LIVEDESK, "lapsed", detail, **opened):
        return
    text = t("Open again: not confirmed in time by")
    known = owner in moment.configuration.people
    showing.say_history(moment, row, text, None if known else owner, notify=[owner] if known else ())
    oncall.resume(moment, incident)
    showing.show_card(moment, incident, rich=True)


def _has_ended(moment: Moment, row: Incident) -> bool:
    """Whether there is nothing left to wake anybody for: every scope is calm, or the show is over."""
    scopes = [scope for scope in incidents.scopes(moment.connection, row.id) if scope.open]
    if all(scope.calm_at is not None for scope in scopes):
        return True
    watched = watching.of_show(moment.connection, moment.workspace, row.show) if row.show else None
    return watched is not None and not watched.live
