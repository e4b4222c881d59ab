"""A request's body: received within limits, inflated within limits, and taken apart into JSON values.

All of it runs in slices on the event loop: `Slices.breathe` lets others go first as soon as a few milliseconds are
used up. Only one JSON value at a time is ever decoded without a pause, and its size is bounded.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Final

import orjson

from desk.intake.event import Refused
from handlers.feedback.limits import Limits
from handlers.feedback.problems import RequestError

EVENT_BYTES: Final = 262_144  # eight thousand characters, escaped in the longest way, and everything else beside them
SLICE_SECONDS: Final = 0.004  # well under the 10 ms that the event loop may be held for
INFLATED_AT_ONCE: Final = 262_144
CHUNK: Final = 65_536  # bytes of a long array that are decoded at once
TRIES: Final = 8  # commas after a brace that are tried before an array is read event by event

# What five thousand events need, many times over; a body with more was made to cost memory, not to say something.
CONTAINERS: Final = 100_000
COMMAS: Final = 1_000_000

_BLANK = re.compile(rb"[ \t\r\n]*")
_BLANK_TEXT = re.compile(r"[ \t\r\n]*")
_BOM = b"\xef\xbb\xbf"


class UnreadableError(Exception):
    """A document that says nothing: why (a phrase to follow its name), and where (counted from 1)."""

    def __init__(self, why: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.line = line
        self.column = column


class Slices:
    """Work on the event loop that gives way to others every few milliseconds."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def breathe(self) -> None:
        if time.perf_counter() - self._since > SLICE_SECONDS:
            await asyncio.sleep(0)
            self._since = time.perf_counter()


# ── receiving ────────────────────────────────────────────────────────────────────────────────────────────────────


async def receive(chunks: AsyncIterator[bytes], declared: int | None, limit: int) -> bytes:
    """The whole body; RequestError 413 when it is longer than `limit`.

    A sender that is in the middle of a body seldom reads the answer, so a body of up to twice the limit is heard out
    and thrown away before it is refused.
    """
    too_long = RequestError(
        413, f"The body has more than {limit:,} bytes; send fewer events in a request.", limit=limit
    )
    if declared is not None and declared > 2 * limit:
        raise too_long
    body = bytearray()
    length = 0
    async for chunk in chunks:
        length += len(chunk)
        if length <= limit:
            body += chunk
        elif length > 2 * limit:
            raise too_long
    if length > limit:
        raise too_long
    return bytes(body)


async def inflate(body: bytes, limit: int) -> bytes:
    """What a gzip body holds; RequestError 413 once it grows over `limit`, 400 when it is broken or ends early."""
    slices = Slices()
    whole = bytearray()
    rest = body
    while rest:
        member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        while not member.eof:
            try:
                part = member.decompress(rest, INFLATED_AT_ONCE)
            except zlib.error:
                raise RequestError(
                    400, "Content-Encoding says gzip, but the body is no gzip data or is broken."
                ) from None
            rest = member.unconsumed_tail
            whole += part
            if len(whole) > limit:
                raise RequestError(
                    413, f"The body inflates to more than {limit:,} bytes; send fewer events.", limit=limit
                )
            if not part and not rest and not member.eof:
                raise RequestError(400, "The gzip data of the body ends early.")
            await slices.breathe()
        rest = member.unused_data
    return bytes(whole)


async def read_values(body: bytes, *, is_lines: bool, limits: Limits) -> list[object]:
    """The JSON values of a body, in order; a line that is none is a `Refused` in its place.

    RequestError 400 with line and column when nothing can be read, 413 when there are too many values.
    """
    slices = Slices()
    values: list[object] = []
    try:
        for value in split(body, is_lines=is_lines):
            if len(values) == limits.events:
                detail = f"The body holds more than {limits.events:,} events; send fewer in a request."
                raise RequestError(413, detail, limit=limits.events)
            values.append(value)
            await slices.breathe()
    except UnreadableError as broken:
        raise RequestError(400, f"The body {broken.why}.", line=broken.line, column=broken.column) from None
    return values


# ── taking apart ─────────────────────────────────────────────────────────────────────────────────────────────────


def split(body: bytes, *, is_lines: bool) -> Iterator[object]:
    """The values of one JSON object, of a JSON array, or of NDJSON (`is_lines`, or seen from the first line)."""
    if body.startswith(_BOM):
        body = body[len(_BOM) :]
    start = _end_of_blank(body, 0)
    if start == len(body):
        raise UnreadableError("is empty; send one event, an array of events, or one event a line")
    if is_lines:
        return _lines(body)
    if body[start] == ord("["):
        return _array(body)
    if body[start] == ord("{"):
        return _object_or_lines(body, start)
    raise UnreadableError("must start with { (one event, or one a line) or [ (an array)", *_place(body, start))


def _lines(body: bytes) -> Iterator[object]:
    """One value a line; blank lines count as lines and say nothing."""
    start, number = 0, 0
    while start < len(body):
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
        number += 1
        if end - start > EVENT_BYTES:
            yield Refused(f"line {number}", f"has {end - start:,} bytes; one event has at most {EVENT_BYTES:,}")
        elif line := body[start:end].strip():
            try:
                yield decode(line)
            except UnreadableError as broken:
                where = f" (column {broken.column})" if broken.column else ""
                yield Refused(f"line {number}", f"{broken.why}{where}")
        start = end + 1


def _object_or_lines(body: bytes, start: int) -> Iterator[object]:
    broken: UnreadableError | None = None
    if len(body) <= EVENT_BYTES:
        try:
            return iter([decode(body)])
        except UnreadableError as unreadable:
            broken = unreadable
    end = body.find(b"\n", start)
    if 0 <= end <= start + EVENT_BYTES:
        try:
            decode(body[start:end])
        except UnreadableError:
            pass
        else:
            return _lines(body)
    raise broken or UnreadableError(
        f"is too long for one event (at most {EVENT_BYTES:,} bytes) and not one event a line"
    )


def _array(body: bytes) -> Iterator[object]:
    if len(body) <= EVENT_BYTES:
        try:
            return iter(orjson.loads(body))
        except orjson.JSONDecodeError:
            pass  # the walk takes what orjson does not (half a surrogate pair), and says where the rest breaks
    if body.count(b"{") + body.count(b"[") > CONTAINERS or body.count(b",") > COMMAS:
        raise UnreadableError("holds more values than its events could need")
    return _in_chunks(body, _end_of_blank(body, 0) + 1)


def _in_chunks(body: bytes, position: int) -> Iterator[object]:
    """The events of an array from `position` on, some dozens of kilobytes at a time."""
    is_first = True
    while len(body) - position > CHUNK and (chunk := _next_chunk(body, position)):
        events, position = chunk
        is_first = False
        yield from events
    try:
        yield from _walk(body[position:].decode(), is_first=is_first)
    except (ValueError, RecursionError) as broken:
        raise _shifted(_unreadable(broken), body, position) from None


def _next_chunk(body: bytes, position: int) -> tuple[list[object], int] | None:
    """Whole events from `position` on, and where the next one starts; None where that is not easily seen.

    JSON is read from left to right. So when a comma follows something that, set in brackets, is a whole array, then
    that comma stands between two events, and the rest can be read by itself.
    """
    end = position + CHUNK
    for _ in range(TRIES):
        end = body.rfind(b"},", position, end) + 1
        if not end:
            return None
        try:
            events = decode(b"[" + body[position:end] + b"]")
        except UnreadableError:
            continue  # this comma stands inside an event; the one before it may not
        if isinstance(events, list):
            return events, end + 1
    return None


def _walk(text: str, *, is_first: bool) -> Iterator[object]:
    """The elements of the end of an array one by one; whatever `json` raises when it is none."""
    scan = json.JSONDecoder().raw_decode
    position = _after_blank(text, 0)
    is_over = is_first and text.startswith("]", position)
    while not is_over:
        value, position = scan(text, position)
        yield value
        position = _after_blank(text, position)
        is_over = text.startswith("]", position)
        if not is_over:
            if not text.startswith(",", position):
                raise json.JSONDecodeError("Expecting ',' or ']' after an event", text, position)
            position = _after_blank(text, position + 1)
    position = _after_blank(text, position + 1)
    if position < len(text):
        raise json.JSONDecodeError("Nothing may follow the array", text, position)


def _shifted(broken: UnreadableError, body: bytes, position: int) -> UnreadableError:
    """The place of a fault in the whole body, for one found in the part that starts at `position`."""
    if broken.line is None or broken.column is None:
        return broken
    column = broken.column
    if broken.line == 1:
        column += len(body[body.rfind(b"\n", 0, position) + 1 : position].decode(errors="replace"))
    return UnreadableError(broken.why, broken.line + body.count(b"\n", 0, position), column)


def decode(document: bytes) -> object:
    """One JSON value; UnreadableError with the place of the fault.

    orjson reads nearly everything; the standard library reads what it will not (half a surrogate pair, NaN), which
    `desk.intake.rules` then repairs or refuses for the one event alone, and words the errors.
    """
    try:
        return orjson.loads(document)
    except orjson.JSONDecodeError:
        pass
    try:
        value: object = json.loads(document.decode())
        return value
    except (ValueError, RecursionError) as broken:
        raise _unreadable(broken) from None


def _unreadable(broken: ValueError | RecursionError) -> UnreadableError:
    if isinstance(broken, json.JSONDecodeError):
        return UnreadableError(f"is not JSON: {broken.msg}", broken.lineno, broken.colno)
    if isinstance(broken, UnicodeDecodeError):
        return UnreadableError("is not UTF-8", *_place(broken.object, broken.start))
    if isinstance(broken, RecursionError):
        return UnreadableError("is nested too deeply to be an event")
    return UnreadableError("holds a number with too many digits")


def _place(body: bytes, position: int) -> tuple[int, int]:
    """Line and column, both from 1, of a position."""
    return body.count(b"\n", 0, position) + 1, position - body.rfind(b"\n", 0, position)


def _end_of_blank(body: bytes, position: int) -> int:
    match = _BLANK.match(body, position)
    return match.end() if match else position


def _after_blank(text: str, position: int) -> int:
    match = _BLANK_TEXT.match(text, position)
    return match.end() if match else position
