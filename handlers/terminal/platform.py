"""A platform of plain lines: for trying Livedesk without a chat, and to keep the desk free of any chat's shape.

Every message is a block of lines on a stream. A ledger remembers what was posted where under which key, in memory or
in a file, so that `edit`, `delete` and `find` are as real here as elsewhere.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

from desk.messages import Fill, Message
from handlers.phrases import phrases
from handlers.platform import (
    KEY_LENGTH,
    Absent,
    Delivered,
    Found,
    GiveUp,
    Outcome,
    Pacing,
    Search,
    TryLater,
    Unclear,
    Unknown,
)
from handlers.terminal.render import lines

PACING = Pacing(per_destination=timedelta(0), per_minute=100_000)  # a stream takes all it is given


@dataclass(frozen=True, slots=True)
class Posted:
    """A ledger's row: the newest thing known of one address. `at` is wall time."""

    address: str
    key: str
    thread: str | None
    at: datetime
    locale: str = "en"
    deleted: bool = False


class Ledger:
    """What was posted, newest knowledge last. With a path, one JSON line each, so that it survives a restart."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._rows: dict[str, Posted] = {}
        if path is not None and path.exists():
            text = path.read_text(encoding="utf-8")
            for number, line in enumerate(text.splitlines(), start=1):
                self._read(path, number, line)
            if text and not text.endswith("\n"):
                with path.open("a", encoding="utf-8") as file:
                    file.write("\n")

    def _read(self, path: Path, number: int, line: str) -> None:
        try:
            row = json.loads(line)
            self._rows[row["address"]] = Posted(**{**row, "at": datetime.fromisoformat(row["at"])})
        except (ValueError, TypeError, KeyError) as error:
            if line.endswith("}"):
                raise ValueError(f"{path}:{number}: not a line of this ledger ({error}): move the file away") from error
            # A line without its end was being written when the process died; its message counts as unclear.

    def next_address(self, destination: str) -> str:
        return f"{destination}#{len(self._rows) + 1}"

    def keep(self, row: Posted) -> None:
        self._rows[row.address] = row
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({**asdict(row), "at": row.at.isoformat()}, ensure_ascii=False) + "\n")

    def at(self, address: str) -> Posted | None:
        row = self._rows.get(address)
        return None if row is None or row.deleted else row

    def with_key(self, destination: str, thread: str | None, key: str, since: datetime) -> Posted | None:
        for row in reversed(self._rows.values()):
            here = row.address.rpartition("#")[0] == destination and row.thread == thread
            if here and row.key == key and row.at >= since and not row.deleted:
                return row
        return None


class TerminalPlatform:
    """`handlers.platform.Platform` on a text stream. `now` is wall time."""

    name = "terminal"
    pacing = PACING

    def __init__(
        self, stream: TextIO, ledger: Ledger | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._stream = stream
        self._ledger = ledger or Ledger()
        self._now = now
        self._writing = asyncio.Lock()  # two messages never mix their lines, nor take the same address

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome:
        if len(key) > KEY_LENGTH:
            return GiveUp(f"a key has at most {KEY_LENGTH} characters: {key!r}")
        async with self._writing:
            address = self._ledger.next_address(destination)
            row = Posted(address, key, thread, self._now(), message.locale)
            title = f"{address} ↳ {thread}" if thread else address
            return await self._write(title, lines(message, fill), row, repeatable=False)

    async def edit(self, address: str, message: Message, fill: Fill, key: str) -> Outcome:
        async with self._writing:
            row = self._ledger.at(address)
            if row is None:
                return GiveUp(f"there is no message {address} in this terminal's ledger")
            edited = Posted(address, key, row.thread, row.at, message.locale)
            title = f"{address} ({phrases(message.locale).edited})"
            return await self._write(title, lines(message, fill), edited, repeatable=True)

    async def delete(self, address: str) -> Outcome:
        async with self._writing:
            row = self._ledger.at(address)
            if row is None:
                return Delivered(address)
            gone = Posted(address, row.key, row.thread, row.at, row.locale, deleted=True)
            return await self._write(f"{address} ({phrases(row.locale).deleted})", [], gone, repeatable=True)

    async def find(self, destination: str, thread: str | None, key: str, since: datetime) -> Search:
        try:
            row = self._ledger.with_key(destination, thread, key, since)
        except TypeError as error:
            return Unknown(f"`since` needs a time zone ({error})")
        return Found(row.address) if row else Absent()

    async def _write(self, title: str, body: list[str], row: Posted, *, repeatable: bool) -> Outcome:
        """Show it, then note it: who is stopped in between shows it again, for twice is better here than never."""
        text = "\n".join([f"── {title} ──", *body]) + "\n\n"
        try:
            await asyncio.to_thread(self._show, text)
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            return TryLater(f"the terminal takes nothing ({error})", timedelta(seconds=5))
        try:
            await asyncio.to_thread(self._ledger.keep, row)
        except OSError as error:
            reason = f"the ledger cannot be written ({error})"
            return TryLater(reason, timedelta(seconds=5)) if repeatable else Unclear(reason)
        return Delivered(row.address)

    def _show(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
