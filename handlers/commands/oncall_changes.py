"""`bot.py oncall override`, `leave`, `undo` and `log`: what chat does, without a chat, on the bot's own database."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.exc import ArgumentError

from desk.configuration.model import Configuration
from desk.forms import Refused
from desk.messages import Fill, Message, Paragraph, plain
from desk.moment import Moment
from desk.oncall.away import last_day
from desk.oncall.changing import second
from desk.oncall.showing import SWAP
from desk.questions import change_leave, change_log, change_override
from desk.questions.asking import Asker
from desk.questions.change_instead import EVERYBODY, Instead
from desk.words import Tongue, tongue
from handlers.commands.oncall_asked import RefusedError, instant, named
from handlers.configuration import ConfigurationError, load_file
from handlers.opening import OpeningError, existing_store
from handlers.settings import DatabasePolicy, Settings
from handlers.terminal.render import lines
from store import oncall_changes, workspaces
from store.engine import Store

OK, FAILED, WRONG_INPUT = 0, 1, 2
NOBODY = "nobody"

Does = Callable[[Moment, Asker, Tongue], Message | Refused]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command works and for whom: `config` and `database` in the place of the settings', `who` a person's
    key."""

    settings: Settings
    config: Path | None
    database: str | None
    who: str | None
    as_json: bool
    now: datetime


def set_override(
    place: Place, schedule: str, person: str, start: str | None, end: str, instead_of: str | None = None
) -> int:
    """`instead_of`: whom alone it replaces, of several; `everybody`, or nothing, is all of them.

    Returns the exit code: 0; 2 when the file or what was asked is wrong, or `--as` may not; 1 without a database."""

    def do(moment: Moment, asker: Asker, t: Tongue) -> Message | Refused:
        name = named(moment.configuration, schedule).name
        known = moment.configuration.people
        whom = None if person == NOBODY and NOBODY not in known else person_of(moment.configuration, person)
        instead = _instead_of(moment.configuration, instead_of)
        return change_override.make(moment, name, whom, *_span(moment, start, end), asker, t, instead)

    return _change(place, do)


def set_leave(place: Place, person: str, start: str | None, end: str) -> int:
    """Exit codes as for `set_override`."""

    def do(moment: Moment, asker: Asker, t: Tongue) -> Message | Refused:
        whom = person_of(moment.configuration, person)
        return change_leave.make(moment, whom, *_span(moment, start, end), asker, t)

    return _change(place, do)


def take_back(place: Place, number: int) -> int:
    """Exit codes as for `set_override`."""
    return _change(place, lambda moment, asker, t: change_log.make(moment, number, asker, t))


def list_changes(place: Place, schedule: str | None, limit: int) -> int:
    """Print the newest changes. Exit codes as for `set_override`."""

    def look(store: Store, workspace: int, configuration: Configuration) -> int:
        found = store.read(lambda c: oncall_changes.recent(c, workspace, limit if schedule is None else 10_000))
        effects = store.read(lambda c: oncall_changes.effects(c, workspace, [one.id for one in found]))
        told = [
            {
                "change": one.id,
                "kind": one.kind,
                "at": one.made_at.isoformat(),
                "by": one.made_by,
                "via": one.via,
                "says": list(one.painted),
                "altered": [{"schedule": name, **each} for name, many in effects.get(one.id, ()) for each in many],
                "undoes": one.undoes,
                "undone_at": one.undone_at.isoformat() if one.undone_at else None,
                "undone_by": one.undone_by,
            }
            for one in found
        ]
        if schedule is not None:
            told = [one for one in told if _is_about(one, schedule)][:limit]
        if place.as_json:
            print(json.dumps(told))
            return OK
        for one in told:
            print(_line(one, configuration))
        if not told:
            print("nobody has changed anything yet")
        return OK

    return opened(place, look)


def _change(place: Place, do: Does) -> int:
    def work(store: Store, workspace: int, configuration: Configuration) -> int:
        who = person_of(configuration, place.who or "")
        asker = Asker(who, configuration.people[who].zone, "en", None, "cli:")

        def unit(connection: Any) -> Message | Refused:
            return do(Moment(connection, workspace, configuration, place.now, place.now), asker, tongue("en"))

        made = store.write(unit)
        if isinstance(made, Refused):
            print(" ".join(made.errors.values()), file=sys.stderr)
            return WRONG_INPUT
        if place.as_json:
            number = int(made.actions[0].ref.partition(":")[2])
            print(json.dumps({"change": number, "says": made.headline, "notes": _notes(made)}))
            return OK
        names = {key: person.name for key, person in configuration.people.items()}
        print("\n".join(lines(made, Fill(names=names))))
        return OK

    return opened(place, work)


def _notes(made: Message) -> list[str]:
    """What stands below the lists: warnings, and who is left on call."""
    paragraphs = [part.spans for part in made.parts if isinstance(part, Paragraph)]
    return [plain(spans, {}) for spans in paragraphs]


def opened(place: Place, work: Callable[[Store, int, Configuration], int]) -> int:
    """Work on the bot's database by its file; what keeps it from that, said, with its exit code."""
    policy = place.settings.database()
    if place.database is not None:
        policy = DatabasePolicy(url=place.database, workspace=policy.workspace)
    try:
        configuration = load_file(place.config or place.settings.config)
        store = existing_store(policy)
    except ConfigurationError as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_INPUT
    except (ArgumentError, ModuleNotFoundError):
        print("--database is no URL of a database, such as sqlite:///var/livedesk.db", file=sys.stderr)
        return WRONG_INPUT
    except OpeningError as failed:
        print(failed, file=sys.stderr)
        return FAILED
    try:
        workspace = store.read(lambda c: workspaces.find(c, policy.workspace))
        if workspace is None:
            print(f"the workspace {policy.workspace!r} is new to this database: serve makes it", file=sys.stderr)
            return FAILED
        return work(store, workspace, configuration)
    except RefusedError as refused:
        print(refused, file=sys.stderr)
        return WRONG_INPUT
    finally:
        store.close()


def person_of(configuration: Configuration, person: str) -> str:
    """A key of the file. Raises RefusedError, which names those there are."""
    if person not in configuration.people:
        known = ", ".join(configuration.people) or "none"
        raise RefusedError(f"there is no person {person!r} in this file; there are: {known}")
    return person


def _instead_of(configuration: Configuration, said: str | None) -> Instead | None:
    if said is None:
        return None
    everybody = said == EVERYBODY and EVERYBODY not in configuration.people
    return Instead(None if everybody else person_of(configuration, said))


def _span(moment: Moment, start: str | None, end: str) -> tuple[datetime, datetime]:
    return instant("--from", start) if start is not None else second(moment.now), instant("--to", end)


def _is_about(one: dict[str, Any], schedule: str) -> bool:
    return any(each["schedule"] == schedule for each in (*one["says"], *one["altered"]))


def _line(one: dict[str, Any], configuration: Configuration) -> str:
    utc = ZoneInfo("UTC")
    at = datetime.fromisoformat(one["at"]).astimezone(utc)
    said = "; ".join(
        f"{each['schedule'] or 'leave'} {each['person'] or NOBODY}{_instead(each, one)} "
        f"{_days(each, configuration) or _span_of(each)}"
        for each in one["says"][:3]
    )
    undone = f" · undone by {one['undone_by']}" if one["undone_by"] else ""
    undoes = f" {one['undoes']}" if one["undoes"] else ""
    altered = "".join(
        f"\n    {each['schedule']} {_span_of(each)}: "
        f"{', '.join(each['before']) or NOBODY} → {', '.join(each['after']) or NOBODY}"
        for each in one["altered"][:5]
    )
    more = f"\n    and {len(one['altered']) - 5} more" if len(one["altered"]) > 5 else ""
    head = f"{one['change']} · {at:%Y-%m-%d %H:%M} UTC · {one['by']} · {one['kind']}{undoes}"
    return f"{head} · {said}{undone}{altered}{more}"


def _instead(says: dict[str, Any], one: dict[str, Any]) -> str:
    """Whose shift it was, where only theirs was taken. Of a swap, each of the two is on call instead of the other."""
    if says.get("instead_of"):
        return f" instead of {says['instead_of']}"
    others = [each["person"] for each in one["says"] if each is not says]
    return f" instead of {others[0]}" if one["kind"] == SWAP and len(others) == 1 else ""


def _days(says: dict[str, Any], configuration: Configuration) -> str:
    """The days of a leave on the clock of whoever is away; "" for one that ends within a day, and for an override."""
    person = configuration.people.get(says["person"] or "")
    if says["schedule"] or person is None:
        return ""
    start, end = (datetime.fromisoformat(says[name]) for name in ("start", "end"))
    last = last_day(end, person.zone)
    if last is None or last_day(start, person.zone) is None:
        return ""
    first = start.astimezone(person.zone).date()
    return f"{first} (whole day)" if first == last else f"{first} – {last} (whole days)"


def _span_of(each: dict[str, Any]) -> str:
    return f"{_minute(each['start'])} – {_minute(each['end'])}"


def _minute(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M")
