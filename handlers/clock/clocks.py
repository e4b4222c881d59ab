"""The clock: the only source of `now`. Wall time, or time that a demo sets and speeds up."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import orjson


class Clock(Protocol):
    def now(self) -> datetime:
        """Clock time: what people see, what schedules and due rows mean."""
        ...

    def speed(self) -> float:
        """Clock seconds in a wall second."""
        ...


def wall_now() -> datetime:
    """Wall time, for pacing, time-outs and latencies alone."""
    return datetime.now(UTC)


class WallClock:
    def now(self) -> datetime:
        return wall_now()

    def speed(self) -> float:
        return 1.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """At wall second `wall` (since 1970) the clock said `at`; since then it has run `speed` times as fast."""

    wall: float
    at: datetime
    speed: float

    def read(self, wall: float) -> datetime:
        return self.at + timedelta(seconds=(wall - self.wall) * self.speed)


class ScaledClock:
    """A clock that starts at an instant and runs at a speed."""

    def __init__(self, at: datetime, speed: float) -> None:
        self._anchor = Anchor(time.time(), at, speed)

    def now(self) -> datetime:
        return self._anchor.read(time.time())

    def speed(self) -> float:
        return self._anchor.speed


class SharedClock:
    """A clock that several processes share through a small file, which whoever leads a demo writes.

    A process that was killed finds the same time when it comes back, and a jump to the next morning is one write.
    """

    LOOK_EVERY = 0.02  # seconds; a stat is cheap, a parse at every reading would not be

    def __init__(self, path: Path) -> None:
        self._path = path
        self._looked = 0.0
        self._stamp: tuple[int, int] = (0, 0)
        self._anchor = self._load()

    def now(self) -> datetime:
        return self._current().read(time.time())

    def speed(self) -> float:
        return self._current().speed

    def set(self, at: datetime, speed: float) -> None:
        """From now on the clock says `at` and runs at `speed`, in every process that shares it."""
        anchor = Anchor(time.time(), at, speed)
        fresh = self._path.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_bytes(orjson.dumps({"wall": anchor.wall, "at": anchor.at.isoformat(), "speed": anchor.speed}))
        fresh.replace(self._path)
        self._anchor, self._looked = anchor, 0.0

    def _current(self) -> Anchor:
        looked = time.monotonic()
        if looked - self._looked >= self.LOOK_EVERY:
            self._looked = looked
            stat = self._path.stat()
            if (stat.st_mtime_ns, stat.st_ino) != self._stamp:
                self._anchor = self._load()
        return self._anchor

    def _load(self) -> Anchor:
        stat = self._path.stat()
        value = orjson.loads(self._path.read_bytes())
        self._stamp = (stat.st_mtime_ns, stat.st_ino)
        return Anchor(float(value["wall"]), datetime.fromisoformat(value["at"]), float(value["speed"]))


def shared_clock(path: Path, at: datetime, speed: float) -> SharedClock:
    """A shared clock whose file is made (or made anew) to say `at`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps({"wall": time.time(), "at": at.isoformat(), "speed": speed}))
    return SharedClock(path)


def read_clock(text: str) -> Clock:
    """The clock that the setting names: `wall`, `2026-03-06T12:00:00Z@40` (start and speed), or `file:PATH`."""
    if text == "wall":
        return WallClock()
    if text.startswith("file:"):
        return SharedClock(Path(text.removeprefix("file:")))
    start, _, speed = text.partition("@")
    at = datetime.fromisoformat(start)
    if at.tzinfo is None:
        raise ValueError(f"the clock's start needs a zone, such as {start}Z")
    return ScaledClock(at.astimezone(UTC), float(speed or 1))
