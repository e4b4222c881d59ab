"""A person's `notify:` rules: when, and by what, they are told of a page (docs/reaching.md)."""

from __future__ import annotations

from datetime import timedelta

from desk.configuration.model import Notification
from desk.contacts.methods import CODED
from desk.reach.rules import ALL
from handlers.configuration import scalars, words
from handlers.configuration.scalars import CHANNEL_IDS, UnreadableError
from handlers.configuration.shapes import Field, ListOf, Record, Said, Value

# Which of them page, a policy says; a test holds them equal to the desk's.
SEVERITIES = ("P1", "P2", "P3")
BY = (*CHANNEL_IDS, *CODED, ALL)
LATEST = timedelta(hours=4)


def _read_after(text: str) -> timedelta:
    value = timedelta(0) if text == "0" else scalars.read_duration(text)
    if value > LATEST:
        raise UnreadableError(f"{text} is more than {words.short(LATEST)} after the page")
    return value


AFTER = Value(
    _read_after, {"type": ["string", "integer"], "pattern": scalars.DURATION, "maximum": 0, "examples": ["2m", 0]}
)

NOTIFICATION = Record(
    "notification",
    {
        "after": Field(AFTER, "how long after the page, if nobody has acknowledged; 0 is at once", required=True),
        "by": Field(words.one_of(*BY), "one of the person's contacts, or all that are verified", required=True),
        "severities": Field(ListOf(words.one_of(*SEVERITIES)), "for pages of these severities, all if left out"),
    },
    build=lambda said: Notification(said["after"], said["by"], frozenset(said.get("severities", ()))),
)

NOTIFY = ListOf(NOTIFICATION, repeats=True)


def check_notify(said: Said) -> None:
    """Refuse rules that leave a page silent at first. A severity without any rule has those of who writes none."""
    rules = [rule for rule, _, _ in said.items("notify")]
    for severity in SEVERITIES:
        theirs = [rule for rule in rules if not rule.severities or severity in rule.severities]
        if theirs and min(rule.after for rule in theirs) > timedelta(0):
            said.refuse("notify", f"nothing is sent at once for {severity}", "- {after: 0, by: slack}")
            return
    contacts = said.get("contacts", {})
    for rule, line, at in said.items("notify"):
        if rule.by != ALL and rule.by not in CODED and rule.by not in contacts:
            said.reading.note(line, at, f"there is no {rule.by} among this person's contacts, so another way is used")
