"""A file of feedback as numbered records: NDJSON or CSV, plain or gzip, whatever single lines of it look like.

A record that cannot be read is a `Refused` in its place, and the rest goes on; a file that cannot be read at all, or
not to its end, is an `UnreadableFileError`.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from desk.intake.event import Refused
from handlers.feedback.body import EVENT_BYTES, UnreadableError, decode
from handlers.feedback.csv_records import CsvReader, Line

LINES_PEEKED: Final = 100  # of NDJSON, to find one that shows its columns
LINES_A_GLANCE: Final = 256  # between two looks at how far the file has been read

_GZIP: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS: Final = ",;\t|"


class UnreadableFileError(Exception):
    """Nothing (more) can be read from the file: why, and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row; `number` is the line on which it starts, from 1."""

    number: int
    value: dict[str, Any] | Refused


@dataclass(frozen=True, slots=True)
class Outline:
    """What a look at the beginning shows. `delimiter` is None for NDJSON; `first` is the first row that can be read."""

    columns: tuple[str, ...]
    first: dict[str, Any]
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class _Raw:
    """A line of bytes, or why it was left out."""

    number: int
    content: bytes | Refused

    def is_blank(self) -> bool:
        return isinstance(self.content, bytes) and not self.content.strip()


class FeedbackFile:
    """A file that is read more than once: for its digest, for a look at its columns, and row by row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0  # bytes read of the file as it lies on disk, to show progress
        try:
            self._stamp = self._look()
            with path.open("rb") as raw:
                self.digest = hashlib.file_digest(raw, "sha256").hexdigest()
            self._check_gzip()
        except OSError as failed:
            raise UnreadableFileError(f"{path} cannot be read: {failed.strerror or failed}") from None
        self.size = self._stamp[0]

    def outline(self) -> Outline:
        """The form and the columns; UnreadableFileError for what is neither NDJSON nor CSV."""
        with self._opened() as stream:
            lines: Iterator[_Raw] = (line for line in self._lines(stream) if not line.is_blank())
            start = next(lines, None)
            if start is None:
                raise UnreadableFileError(f"{self.path} is empty")
            if isinstance(start.content, Refused):
                raise UnreadableFileError(f"{self.path}: line {start.number} {start.content.reason}")
            if start.content.startswith(_UTF_16) or b"\0" in start.content:
                raise UnreadableFileError(f"{self.path} is not UTF-8 text; convert it: iconv -f UTF-16 -t UTF-8")
            if start.content.lstrip().startswith(b"["):
                raise UnreadableFileError(f"{self.path} is one JSON array; make it one object a line: jq -c '.[]'")
            lines = itertools.chain([start], lines)
            is_ndjson = start.content.lstrip().startswith(b"{")
            return self._ndjson_outline(lines) if is_ndjson else self._csv_outline(lines, start.content)

    def records(self, outline: Outline, after: int = 0) -> Iterator[Record]:
        """The rows that start after line `after`, in order."""
        with self._opened() as stream:
            lines = self._lines(stream)
            if outline.delimiter is None:
                yield from _ndjson_records(line for line in lines if line.number > after)
            else:
                rows = _csv_records(lines, outline.delimiter, outline.columns)
                yield from (row for row in itertools.islice(rows, 1, None) if row.number > after)
        if self._look() != self._stamp:
            raise UnreadableFileError(
                f"{self.path} changed while it was read. What was read is stored; to ingest the rest without storing "
                "anything twice, its rows need an id of their own (--map event_id=COLUMN)"
            )
        self.position = self.size

    def _ndjson_outline(self, lines: Iterator[_Raw]) -> Outline:
        for record in itertools.islice(_ndjson_records(lines), LINES_PEEKED):
            if isinstance(record.value, dict):
                return Outline(tuple(record.value), record.value)
        raise UnreadableFileError(f"{self.path} looks like one JSON object a line, but no line of it is one")

    def _csv_outline(self, lines: Iterator[_Raw], header: bytes) -> Outline:
        try:
            delimiter = max(_DELIMITERS, key=header.decode().count)
        except UnicodeDecodeError:
            raise UnreadableFileError(f"{self.path} is not UTF-8; convert it: iconv -f GB18030 -t UTF-8") from None
        reader = iter(CsvReader(map(_decoded, lines), delimiter))
        cells = next(reader).cells
        if isinstance(cells, Refused):
            raise UnreadableFileError(f"{self.path}: the header {cells.reason}")
        columns = tuple(cell.strip() for cell in cells)
        first = next((row.cells for row in reader if not isinstance(row.cells, Refused)), ())
        return Outline(columns, dict(zip(columns, first, strict=False)), delimiter)

    def _check_gzip(self) -> None:
        """Inflate it once for nothing: half a download has another digest than the whole one, so whatever of it was
        stored would come a second time with the whole."""
        with self._opened() as stream:
            for _ in self._lines(stream) if self._is_gzip else ():
                pass

    def _look(self) -> tuple[int, int]:
        found = self.path.stat()
        return found.st_size, found.st_mtime_ns

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        with self.path.open("rb") as raw:
            self._raw = raw
            self._is_gzip = raw.read(len(_GZIP)) == _GZIP
            raw.seek(0)
            if self._is_gzip:
                with gzip.open(raw, "rb") as inflated:
                    yield cast(BinaryIO, inflated)
            else:
                yield raw

    def _lines(self, stream: BinaryIO) -> Iterator[_Raw]:
        number = 0
        try:
            while line := stream.readline(EVENT_BYTES + 1):
                number += 1
                if number == 1:
                    line = line.removeprefix(_BOM)
                if number % LINES_A_GLANCE == 0:
                    self.position = self._raw.tell()
                if len(line) <= EVENT_BYTES:
                    yield _Raw(number, line)
                    continue
                length = len(line)
                while not line.endswith(b"\n") and (line := stream.readline(EVENT_BYTES)):
                    length += len(line)
                reason = f"has {length:,} bytes; one event has at most {EVENT_BYTES:,}"
                yield _Raw(number, Refused("row", reason))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            reason = f"the gzip data is broken or ends early after line {number}; copy the file again"
            raise UnreadableFileError(f"{self.path}: {reason}") from None
        except OSError as failed:
            raise UnreadableFileError(f"{self.path}: {failed.strerror} after line {number}") from None


def _ndjson_records(lines: Iterator[_Raw]) -> Iterator[Record]:
    for line in lines:
        if isinstance(line.content, Refused):
            yield Record(line.number, line.content)
        elif content := line.content.strip():
            yield Record(line.number, _object(line.number, content))


def _object(number: int, content: bytes) -> dict[str, Any] | Refused:
    try:
        value = decode(content)
    except UnreadableError as broken:
        where = f" (column {broken.column})" if broken.column else ""
        return Refused("row", f"{broken.why}{where}")
    return value if isinstance(value, dict) else Refused("row", "is JSON, but no object")


def _csv_records(lines: Iterator[_Raw], delimiter: str, columns: tuple[str, ...]) -> Iterator[Record]:
    for row in CsvReader(map(_decoded, lines), delimiter, len(columns)):
        if isinstance(row.cells, Refused):
            yield Record(row.number, row.cells)
        else:
            yield Record(row.number, dict(zip(columns, row.cells, strict=True)))


def _decoded(line: _Raw) -> Line:
    if isinstance(line.content, Refused):
        return Line(line.number, line.content)
    try:
        return Line(line.number, line.content.decode())
    except UnicodeDecodeError as broken:
        reason = f"is not UTF-8 (byte {broken.start + 1} belongs to no character)"
        return Line(line.number, Refused("row", reason))
