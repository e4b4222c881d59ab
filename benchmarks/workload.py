"""The demo's show, repeated until it is enough: what every benchmark of speed is fed with.

Each repetition has ids of its own and its own forty minutes, one after the other. Its comments end in a tail of
punctuation that no other repetition has, so that texts repeat within a show as often as they do in the demo, and a
cache gains nothing from the benchmark's own repeating.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox import show

Event = dict[str, Any]

ENOUGH = 50_000
LONGER = timedelta(minutes=41)  # a show and a pause, in whole minutes
TAILS = ("", " ~", " ..", " *", " ..~", " ~~", " ~..", " *~")
SPOKEN = ("chat_comment", "post_comment", "support_message", "review", "poll_answer")


def demo_events() -> list[tuple[str, Event]]:
    """(source, event) of everything in the demo that intake must take, in the order of sending."""
    return [
        (post.source, dict(post.payload))
        for post in show.events()
        if post.answer == "accepted" and not isinstance(post.payload, bytes)
    ]


def mix(count: int = ENOUGH, *, comments_only: bool = False) -> list[tuple[str, Event]]:
    """At least `count` events in the demo's mix: whole shows, one after the other."""
    once = [(source, event) for source, event in demo_events() if not comments_only or event["kind"] in SPOKEN]
    made: list[tuple[str, Event]] = []
    for number in itertools.count():
        if len(made) >= count:
            return made
        made += _again(once, number)
    raise AssertionError("unreachable")


def _again(once: list[tuple[str, Event]], number: int) -> Iterator[tuple[str, Event]]:
    tail = TAILS[number % len(TAILS)] + "." * (number // len(TAILS))
    for source, event in once:
        again = {**event, "event_id": f"{number}/{event['event_id']}"}
        at = datetime.fromisoformat(event["at"]) + number * LONGER
        again["at"] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if event.get("text"):
            again["text"] = event["text"] + tail
        yield source, again


def starts_at() -> datetime:
    return show.START.astimezone(UTC)
