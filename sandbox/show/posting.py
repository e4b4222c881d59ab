"""From what happened to what is sent: ids and times, late and repeated deliveries, and a few broken payloads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any, Final, Literal

from sandbox.show.moments import Moment
from sandbox.show.plan import Plan

Answer = Literal["accepted", "duplicate", "refused"]
RESENT: Final = 150
REFUSED: Final = 60
ALONE_BYTES: Final = 100_000  # a payload of this size travels alone: a limit on whole requests must not hit others


@dataclass(frozen=True, slots=True)
class TimedPost:
    """One thing to send to `POST /v1/feedback`, `offset` after the start of the show, with the key of `source`.

    `payload` is an event as JSON values, or bytes that are no JSON. `answer` is what intake must say to it.
    """

    offset: timedelta
    source: str
    payload: Mapping[str, Any] | bytes
    answer: Answer

    @property
    def line(self) -> bytes:
        """The payload as one line of NDJSON."""
        if isinstance(self.payload, bytes):
            return self.payload
        return json.dumps(self.payload, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Batch:
    """Posts of one source to be sent in one request, at `offset`, when the last of them has happened."""

    offset: timedelta
    source: str
    posts: tuple[TimedPost, ...]

    @property
    def body(self) -> bytes:
        """NDJSON, so that a broken line spoils nothing else. Its type is application/x-ndjson."""
        return b"\n".join(post.line for post in self.posts)


def batches(posts: Iterable[TimedPost], every: timedelta) -> Iterator[Batch]:
    """Posts in time order, gathered by source over `every`, in time order again."""
    for window, together in groupby(posts, key=lambda post: post.offset // every):
        by_source: dict[str, list[TimedPost]] = {}
        for post in together:
            by_source.setdefault(post.source, []).append(post)
        for source, several in by_source.items():
            large = [post for post in several if len(post.line) >= ALONE_BYTES]
            usual = [post for post in several if post not in large]
            for each in ([usual] if usual else []) + [[post] for post in large]:
                yield Batch((window + 1) * every, source, tuple(each))


def post(plan: Plan, moments: Iterable[Moment], seed: int, chance: Random) -> list[TimedPost]:
    """Each moment once, in the order of sending. Sources number their events in the order in which they happened."""
    counted: dict[str, int] = {}
    posts = []
    for moment in sorted(moments, key=lambda moment: (moment.at, moment.source, moment.viewer or "")):
        counted[moment.source] = number = counted.get(moment.source, 0) + 1
        payload: dict[str, Any] = {
            "event_id": f"{seed}-{number:05d}",
            "at": instant(plan.starts_at, moment.at),
            "kind": moment.kind,
        }
        payload |= {"show": plan.key} if moment.in_show else {}
        payload |= {"market": moment.market} if moment.market else {}
        payload |= {"viewer": moment.viewer} if moment.viewer else {}
        lag = chance.uniform(0.1, 0.9) if moment.lag is None else moment.lag
        offset = timedelta(milliseconds=round(1000 * (moment.at + lag)))
        posts.append(TimedPost(offset, moment.source, {**payload, **moment.fields}, "accepted"))
    return posts


def instant(start: datetime, at: float) -> str:
    """ISO 8601 in UTC with milliseconds, `at` seconds after the start."""
    moment = start + timedelta(milliseconds=round(1000 * at))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def resent(posts: list[TimedPost], chance: Random) -> Iterator[TimedPost]:
    """Some posts once more, as webhooks do that did not see their answer: mostly at once, some much later."""
    for again in chance.sample(posts, RESENT):
        later = chance.uniform(1, 4) if chance.random() < 0.6 else chance.uniform(20, 90)
        yield TimedPost(again.offset + timedelta(seconds=round(later, 3)), again.source, again.payload, "duplicate")


def refused(plan: Plan, seed: int, chance: Random) -> Iterator[TimedPost]:
    """Payloads that no intake may take, spread over the show: each kind of mistake that integrators make."""
    faults = list(_faults(plan))
    for number in range(REFUSED):
        at = plan.length * (number + chance.random()) / REFUSED
        source = chance.choice([audience.source for audience in plan.audiences] + ["shop"])
        good = {
            "event_id": f"{seed}-broken-{number + 1:02d}",
            "at": instant(plan.starts_at, at),
            "kind": "chat_comment",
            "show": plan.key,
            "viewer": f"broken-{number + 1:02d}",
            "text": "hello",
        }
        fault = faults[number % len(faults)]
        if number == REFUSED // 5:
            fault = {"text": "la" * 524_288}  # one comment of a megabyte
        payload: Mapping[str, Any] | bytes
        if fault is CUT_OFF:
            payload = json.dumps(good).encode()[:-20]
        else:
            payload = {name: value for name, value in (good | fault).items() if value is not MISSING}
        yield TimedPost(timedelta(milliseconds=round(1000 * at + 300)), source, payload, "refused")


MISSING: Final = object()
CUT_OFF: Final[dict[str, Any]] = {}


def _faults(plan: Plan) -> Iterator[dict[str, Any]]:
    """What is changed in a good event to make it one that must be refused."""
    naive = (plan.starts_at + timedelta(minutes=5)).replace(tzinfo=None).isoformat()
    yield {"at": naive}
    yield {"kind": "chat_coment"}
    yield {"text": MISSING}
    yield {"text": 12345}
    yield {"at": "1970-01-01T00:00:00Z"}
    yield {"event_id": MISSING}
    yield {"kind": "purchase", "value": "twenty-nine"}
    yield {"at": naive.replace("T", " ")}
    yield {"kind": "applause"}
    yield {"at": "2099-12-31T23:59:59Z"}
    yield {"kind": MISSING}
    yield {"attributes": ["phone", "chrome"]}
    yield {"at": "2026-02-30T12:00:00Z"}
    yield {"viewer": {"name": "Ana"}}
    yield {"at": MISSING}
    yield {"kind": "satisfaction", "text": None}
    yield {"at": "yesterday"}
    yield {"currency": "dollars", "kind": "purchase", "value": "29.00"}
    yield {"kind": "emotion", "value": 11}
    yield CUT_OFF
