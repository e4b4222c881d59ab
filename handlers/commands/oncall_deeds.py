"""What `bot.py oncall` does for somebody who has no chat: the desk's own commands, in the words that are typed there.

The unit of work, the rights and the messages to others are those of chat; a running bot sends them at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from desk.byhand.rules import WITHIN
from desk.configuration.model import Configuration, Team
from desk.incidents import flow as incidents
from desk.messages import Fill, Message
from desk.moment import Moment
from desk.oncall.showing import AGREE, DECLINE, REFUSE, TAKE_IT, WITHDRAW
from desk.questions import change_cover, change_swap, change_take, page
from desk.questions.asking import Asker
from desk.questions.change_shifts import ref_of, shifts_ahead
from desk.telling.plainly import plainly
from desk.words import Tongue, tongue
from handlers.commands.oncall_asked import RefusedError, instant
from handlers.commands.oncall_changes import OK, WRONG_INPUT, Place, opened, person_of
from handlers.opening import stored_configuration
from handlers.terminal.render import lines
from store import handovers, oncall_changes, oncall_requests
from store.engine import Store

ANSWERS = ("take", "offer", "refuse", "withdraw", "agree", "decline")


@dataclass(frozen=True, slots=True)
class Told:
    """What became of it: in words, whether anything was done, and for programs."""

    message: Message
    done: bool
    facts: Any = None


Does = Callable[[Moment, Asker, Tongue], Told]


def say(place: Place, word: str, words: list[str]) -> int:
    """`take`, `swap`, `cover` and `page` with what follows them in chat.

    Returns the exit code: 0; 2 with the reason when nothing was changed, or the file is wrong; 1 without a database.
    """
    text = " ".join(words)

    def do(moment: Moment, asker: Asker, t: Tongue) -> Told:
        before = _mark(moment, asker)
        made = {"take": change_take.typed, "swap": change_swap.typed, "cover": change_cover.typed, "page": page.answer}
        message = made[word](moment, text, asker, t)
        nobody = message.headline == t("Nobody could be paged")
        return Told(message, _mark(moment, asker) != before and not nobody)

    return act(place, do)


def answer(place: Place, number: int, what: str, at: str | None) -> int:
    """Take, refuse, withdraw or offer for a request; agree to or decline an offer. Exit codes as for `say`."""

    def do(moment: Moment, asker: Asker, t: Tongue) -> Told:
        before = _mark(moment, asker)
        if what == "offer":
            message = change_swap.given(moment, f"{number}:{_shift(moment, asker, at)}", asker, t)
        else:
            verbs = {"take": TAKE_IT, "refuse": REFUSE, "agree": AGREE, "decline": DECLINE, "withdraw": WITHDRAW}
            message = change_cover.decided(moment, verbs[what], number, asker, t)
        return Told(message, _mark(moment, asker) != before)

    if what not in ANSWERS:
        print(f"{what!r} is none of {', '.join(ANSWERS)}", file=sys.stderr)
        return WRONG_INPUT
    return act(place, do)


def list_requests(place: Place) -> int:
    """Print what is asked for, with the offers. Exit codes as for `say`."""

    def look(store: Store, workspace: int, configuration: Configuration) -> int:
        del configuration
        found = store.read(lambda c: _asked_for(c, workspace))
        if place.as_json:
            print(json.dumps(found))
            return OK
        for one in found:
            whom = f" of {one['asked']}" if one["asked"] else ""
            print(f"{one['request']}  {one['kind']}{whom}  {_shift_words(one)}")
            for offer in one["offers"]:
                print(f"   offer {offer['offer']}  {_shift_words(offer)}")
        if not found:
            print("nobody asks for anything")
        return OK

    return opened(place, look)


def incident(place: Place, number: int, verb: str) -> int:
    """Acknowledge, confirm, escalate or resolve an incident. Exit codes as for `say`."""

    def do(moment: Moment, asker: Asker, t: Tongue) -> Told:
        found = incidents.act(moment, number, verb, asker.who, t)
        return Told(Message(kind="answer", headline=found.text), found.done, {"incident": number})

    return act(place, do)


def act(place: Place, do: Does) -> int:
    """Do something for `--as`, in one transaction, and print what became of it. Exit codes as for `say`."""

    def work(store: Store, workspace: int, configuration: Configuration) -> int:
        who = person_of(configuration, place.who or "")
        stored = stored_configuration(store, workspace)
        # Pages and incidents record the version of the file that the bot goes by.
        known = replace(configuration, version=stored.version if stored else 0)
        team = _team(known, who)
        asker = Asker(who, known.people[who].zone, "en", team, "cli:")
        told = store.write(lambda c: do(moment_in(place, c, workspace, known), asker, tongue("en")))
        message = plainly(told.message, who)
        if not told.done:
            said = lines(replace(message, mentions=()), Fill(names=_names(known)))
            print("\n".join(said), file=sys.stderr)
            return WRONG_INPUT
        if place.as_json:
            print(json.dumps({"says": message.headline, **(told.facts or {})}))
            return OK
        print("\n".join(lines(replace(message, mentions=()), Fill(names=_names(known)))))
        return OK

    return opened(place, work)


def moment_in(place: Place, connection: Connection, workspace: int, configuration: Configuration) -> Moment:
    """As the running bot has it, with what else than chat it can send by."""
    from handlers.further import further_ways

    known = replace(configuration, further_ways=further_ways(place.settings))
    return Moment(connection, workspace, known, place.now, place.now)


def _mark(moment: Moment, asker: Asker) -> Any:
    """What a command may have made another: the newest change, what is asked for, and pages by hand."""
    where = (moment.connection, moment.workspace)
    changes = [one.id for one in oncall_changes.recent(*where, 1)]
    requests = [(one.id, one.version) for one in oncall_requests.open_ones(*where)]
    return changes, requests, len(handovers.paged_since(*where, asker.who, moment.now - WITHIN))


def _asked_for(connection: Connection, workspace: int) -> list[dict[str, Any]]:
    return [
        {
            "request": one.id,
            "kind": one.kind,
            "schedule": one.schedule,
            "person": one.person,
            "start": one.starts_at.isoformat(),
            "end": one.ends_at.isoformat(),
            "asked": one.asked,
            "offers": [
                {
                    "offer": each.id,
                    "person": each.person,
                    "schedule": each.schedule,
                    "start": each.starts_at.isoformat(),
                    "end": each.ends_at.isoformat(),
                }
                for each in oncall_requests.offers(connection, one.id)
                if each.state == "open"
            ],
        }
        for one in oncall_requests.open_ones(connection, workspace)
    ]


def _shift_words(one: dict[str, Any]) -> str:
    return f"{one['schedule']} {one['person']} {one['start']} – {one['end']}"


def _team(configuration: Configuration, person: str) -> Team | None:
    return next((team for team in configuration.teams.values() if person in team.members), None)


def _names(configuration: Configuration) -> dict[str, str]:
    return {key: person.name for key, person in configuration.people.items()}


def _shift(moment: Moment, asker: Asker, at: str | None) -> str:
    """The shift of the asker that holds an instant, as a reference."""
    if at is None:
        raise RefusedError(
            "say which shift of yours with --at, an instant that lies in it, such as 2026-03-29T21:00:00Z"
        )
    when = instant("--at", at)
    for one in shifts_ahead(moment, asker.person or ""):
        if one.start <= when < one.end:
            return ref_of(one)
    raise RefusedError(f"--at {at} lies in no shift of yours in the next eight weeks")
