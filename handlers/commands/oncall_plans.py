"""`bot.py oncall explain`, `week`, `me` and so on: questions about the plan, from a configuration file alone.

The words are the desk's own, as in chat, in English and on the clock of the schedule asked for.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration
from desk.messages import Fill, Message
from desk.questions.asking import Asker
from desk.words import Tongue, tongue
from handlers.commands.oncall_asked import RefusedError, UnreadableError, with_changes
from handlers.configuration import ConfigurationError, load_file
from handlers.terminal.render import lines

OK, FAILED, WRONG_INPUT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Question:
    """What is known when a question is answered: the whole file, the clock, and in which language to say it."""

    configuration: Configuration
    now: datetime
    t: Tongue

    def asker(self, zone: ZoneInfo, person: str | None = None) -> Asker:
        return Asker(person, zone, str(self.t.locale), None)


Answered = tuple[Any, Message]  # the facts, for `--json`; the same in words


def ask(
    config: Path,
    as_json: bool,
    now: datetime,
    answer: Callable[[Question], Answered],
    sections: frozenset[str] | None = None,
    database: str | None = None,
) -> int:
    """Answer a question from a file (all of it, or the `sections` it needs) and print it; with a `database` (its URL),
    what was changed from chat counts too.

    Returns the exit code: 0, 2 with one line on stderr a problem, or 1 when the database cannot be read.
    """
    try:
        configuration = with_changes(load_file(config, sections), database, now)
        question = Question(configuration, now.astimezone(UTC), tongue("en"))
        facts, message = answer(question)
    except (ConfigurationError, RefusedError) as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return FAILED
    if as_json:
        print(json.dumps(plain(facts)))  # ASCII alone, which survives any console
    else:
        names = {key: person.name for key, person in question.configuration.people.items()}
        print("\n".join(lines(message, Fill(names=names))))
        if isinstance(facts, Mapping) and "yaml" in facts:
            print("\n" + facts["yaml"], end="")  # as it is: wrapped lines could not be pasted
    return OK


def plain(value: Any) -> Any:
    """Facts as JSON values: instants in UTC with a Z, durations in seconds, zones by name, sets sorted."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(item) for item in value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, ZoneInfo):
        return value.key
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return int(seconds) if seconds.is_integer() else seconds
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return value.isoformat() if isinstance(value, date | time) else value
