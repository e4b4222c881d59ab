"""`bot.py detect FILE.csv`: the spike detector on any series of counts, `timestamp,value` in, scores out."""

from __future__ import annotations

import csv
import gzip
import io
import math
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice, pairwise
from pathlib import Path
from statistics import median
from typing import IO, TextIO, cast

from analytics.detectors import BARE_SERIES, DETECTORS
from analytics.detectors.base import Tick

OK, FAILED, WRONG_INPUT = 0, 1, 2
AHEAD = 16  # rows read before the first score, to learn how far apart rows are
NO_SCORE = "0.000000"


class BadRowError(ValueError):
    """A row that cannot be read: says the line and the field, and what belongs there."""

    def __init__(self, line: int, field: str, problem: str) -> None:
        super().__init__(f"line {line}, {field}: {problem}")


@dataclass(frozen=True, slots=True)
class Row:
    """`at` in seconds since 1970; `value` is None where the row left it empty."""

    text: str
    at: float
    value: float | None


def detect(path: str, stdout: TextIO, stderr: TextIO | None = None) -> int:
    """Score a CSV series row by row and write `timestamp,value,score,alarm` to `stdout`; returns the exit code.

    `path` is a file, gzipped or not, or "-" for standard input. Timestamps are ISO 8601 or `YYYY-MM-DD HH:MM:SS`
    and come out as they went in; values are counts (numbers from 0), empty ones score 0. Scores lie in 0…1 and use
    no later row than their own. 2: the input is wrong, said in one line on `stderr`.
    """
    stderr = stderr or sys.stderr
    try:
        with _opened(path) as raw, _as_text(raw) as file:
            _score(file, stdout)
    except FileNotFoundError:
        return _wrong(stderr, f"no such file: {path}")
    except IsADirectoryError:
        return _wrong(stderr, f"{path} is a directory; name one CSV file with the columns timestamp,value")
    except BadRowError as error:
        return _wrong(stderr, f"{path}: {error}")
    except UnicodeDecodeError as error:
        return _wrong(stderr, f"{path}: not UTF-8 text at byte {error.start}; save the file as CSV in UTF-8")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        return _wrong(stderr, f"{path}: the gzip file is damaged or cut short ({error})")
    except BrokenPipeError:  # the reader has seen enough
        return OK
    except OSError as error:
        stderr.write(f"detect: {path}: {error.strerror or error}\n")
        return FAILED
    return OK


def _wrong(stderr: TextIO, reason: str) -> int:
    stderr.write(f"detect: {reason}\n")
    return WRONG_INPUT


def _opened(path: str) -> io.BufferedReader:
    return open(0, "rb", closefd=False) if path == "-" else Path(path).open("rb")


def _as_text(raw: io.BufferedReader) -> TextIO:
    packed = raw.peek(2)[:2] == b"\x1f\x8b"
    plain = cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if packed else raw
    return io.TextIOWrapper(plain, encoding="utf-8-sig", newline="")


def _score(file: TextIO, stdout: TextIO) -> None:
    rows = _rows(file)
    first = list(islice(rows, AHEAD))
    gaps = [later.at - row.at for row, later in pairwise(first) if later.at > row.at]
    seconds = median(gaps) if gaps else 60.0
    detector = DETECTORS[BARE_SERIES]()
    writer = csv.writer(stdout, lineterminator="\n")
    writer.writerow(["timestamp", "value", "score", "alarm"])
    ended: float | None = None
    for row in chain(first, rows):
        # A clock that steps back (summer time ends in a series of local times) does not stop the series.
        ended = row.at if ended is None or row.at > ended else ended + seconds / 2
        if row.value is None:
            writer.writerow([row.text, "", NO_SCORE, 0])
            continue
        verdict = detector.update(Tick(ended, seconds, row.value, total=None, distinct=None))
        writer.writerow([row.text, f"{row.value:.15g}", f"{verdict.score:.6f}", int(verdict.alarm)])


def _rows(file: TextIO) -> Iterator[Row]:
    reader = csv.reader(file, strict=True)
    columns: tuple[int, int] | None = None
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BadRowError(reader.line_num, "row", f"broken quotes or separators ({error})") from error
        if cells is None:
            if columns is None:
                raise BadRowError(1, "header", "the file is empty; its first line must be timestamp,value")
            return
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _columns(reader.line_num, cells)
            continue
        yield _row(reader.line_num, cells, columns)


def _columns(line: int, cells: list[str]) -> tuple[int, int]:
    names = [cell.strip().lower() for cell in cells]
    for name in ("timestamp", "value"):
        if name not in names:
            raise BadRowError(line, "header", f"no column {name!r}; the first line must be timestamp,value")
    return names.index("timestamp"), names.index("value")


def _row(line: int, cells: list[str], columns: tuple[int, int]) -> Row:
    if len(cells) <= max(columns):
        raise BadRowError(line, "row", f"has {len(cells)} cells, too few for timestamp,value")
    text, value = cells[columns[0]], cells[columns[1]].strip()
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadRowError(line, "timestamp", f"{text[:40]!r} is no time such as 2026-03-27 20:00:00") from error
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    if not value:
        return Row(text, at.timestamp(), None)
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadRowError(line, "value", f"{value[:40]!r} is no number")
    if number < 0:
        raise BadRowError(line, "value", f"{value[:40]} is below 0, and a count never is")
    return Row(text, at.timestamp(), number)
