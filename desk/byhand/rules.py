"""`/oncall page [schedule|person] text…`: whom it names, what it says, and how often somebody may."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.configuration.model import Configuration

MOST_TEXT = 1000  # characters
MOST_PAGES = 5  # of one caller …
WITHIN = timedelta(minutes=10)  # … in this time
_MENTION = re.compile(r"<@([A-Z0-9]{2,})(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Call:
    """`schedule` or `person` is whom it names, by key; neither when it names none. `stranger` is a name that begins
    like one of a person, and is nobody's."""

    schedule: str | None
    person: str | None
    text: str
    stranger: str = ""

    @property
    def target(self) -> str:
        """As an incident's scope has it."""
        return self.schedule or f"@{self.person}"


def read(configuration: Configuration, text: str) -> Call:
    """What was typed after `page`. The target is a schedule's key, or a person's key or name, with or without @.

    A name is taken whole: "page emergency in the studio" does not page the schedule `em`.
    """
    wanted = " ".join(text.split())
    word, _, rest = wanted.partition(" ")
    found = _MENTION.fullmatch(word)
    if found:
        people = configuration.people.values()
        person = next((one.key for one in people if found[1] in one.contacts.values()), None)
        return Call(None, person, rest, "" if person else word[:60])
    bare = word.removeprefix("@").casefold()
    by_key = {key.casefold(): key for key in configuration.schedules}
    if bare in by_key and not (word.startswith("@") and bare in configuration.people):
        return Call(by_key[bare], None, rest)
    folded = wanted.removeprefix("@").casefold()
    names = [(name, one.key) for one in configuration.people.values() for name in {one.key, one.name}]
    for name, key in sorted(names, key=lambda pair: -len(pair[0])):
        length = len(name)
        if folded == name.casefold() or folded.startswith(name.casefold() + " "):
            return Call(None, key, wanted.removeprefix("@")[length:].strip())
    return Call(None, None, wanted, word[:60] if word.startswith("@") else "")


def wait_for(paged: Sequence[datetime], now: datetime) -> timedelta | None:
    """How long somebody has to wait who paged at these times, oldest first; None when they may."""
    lately = [at for at in paged if at > now - WITHIN]
    return lately[-MOST_PAGES] + WITHIN - now if len(lately) >= MOST_PAGES else None
