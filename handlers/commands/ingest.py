"""`bot.py ingest FILE`: a file of feedback into the store, in batches, from where an earlier run stopped.

How far a file is done is kept in the transaction that stores its rows, under a key made of the file's digest and of
everything that decides how its rows are read. So the command can be stopped at any moment and given again, and a file
that is read differently, because a column was named wrongly the first time, is read from its start.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from desk.intake.event import Receipt, Refused
from desk.intake.rules import NO_DEFAULTS, Defaults
from handlers.feedback.files import Row, choose_mapping, read_file
from handlers.feedback.ports import ImportPort
from handlers.feedback.presets import MappingError, RowMapping, read_map
from handlers.feedback.records import FeedbackFile, UnreadableFileError

OK, FAILED, WRONG_INPUT = 0, 1, 2
BATCH: Final = 500  # rows a transaction: about what a store writes in 10 ms, so a running bot hardly waits for it
SHOWN: Final = 20  # refused rows that the report lists; --refused FILE lists all of them

_DURATION = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?)\s*(s|sec|m|min|h)?")
_SECONDS = {None: 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}


class WrongFlagError(ValueError):
    """A flag of the command has a value that means nothing: which, and what a good one looks like."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the rows are to be read (all but the last three decide what becomes of a row) and reported."""

    source: str
    market: str | None = None
    show: str | None = None
    start: datetime | None = None  # what times in seconds count from
    preset: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)  # our field → their column
    kind: str | None = None
    resolution: timedelta | None = None
    defaults: Defaults = NO_DEFAULTS  # of the source, from the configuration
    batch: int = BATCH
    again: bool = False  # from the first row, whatever was done before; what is stored comes out as duplicate
    refused: Path | None = None  # where to list every refused row, as NDJSON


@dataclass(frozen=True, slots=True)
class Refusal:
    row: int  # the line on which the row starts
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What one run did. `late` is the part of `accepted` whose moment was over; `refusals` are the first ones."""

    file: str
    source: str
    read: int
    accepted: int
    duplicate: int
    late: int
    refused: int
    refusals: tuple[Refusal, ...]
    rows_before: int  # the line up to which earlier runs had done the file
    stopped: str | None = None  # why the file could not be read to its end


def read_options(
    *, source: str, start: str | None = None, map: str | None = None, resolution: str | None = None, **others: Any
) -> Options:
    """Options from the command line's texts; WrongFlagError or MappingError for one that means nothing."""
    if not 0 < len(source) <= 200 or not source.isprintable():
        raise WrongFlagError("--source must be a name of 1 to 200 characters, such as youtube-en")
    return Options(
        source,
        start=_read_start(start) if start else None,
        columns=read_map(map) if map else {},
        resolution=_read_duration(resolution) if resolution else None,
        **others,
    )


async def ingest(
    path: Path,
    options: Options,
    intake: ImportPort,
    now: Callable[[], datetime],
    progress: Callable[[int, int], None] = lambda position, size: None,
) -> Report:
    """Read a file into the store, and say what became of its rows.

    `progress` is told bytes read and bytes in all, after each batch. Raises UnreadableFileError or MappingError before
    anything is stored, and whatever the store raises; the rows stored until then are kept, and the next run goes on
    after them.
    """
    file = FeedbackFile(path)
    outline = file.outline()
    mapping = choose_mapping(
        file,
        outline,
        options.start,
        preset=options.preset,
        columns=options.columns,
        kind=options.kind,
        resolution=options.resolution,
    )
    key = _key(file, mapping, options)
    done = 0 if options.again else await intake.rows_done(key)
    tally = _Tally()
    rows = read_file(
        file,
        outline,
        mapping,
        source=options.source,
        now=now(),
        start=options.start,
        market=options.market,
        show=options.show,
        defaults=options.defaults,
        after=done,
    )
    with _refusal_log(options.refused, is_resumed=done > 0) as log:
        for batch in _batches(rows, options.batch, tally):
            _list_refused(batch, log)
            receipts = await intake.accept(options.source, [row.item for row in batch], now(), key, batch[-1].number)
            tally.add(batch, receipts)
            progress(file.position, file.size)
    return Report(
        file=str(path),
        source=options.source,
        read=tally.counts.total(),
        accepted=tally.counts["accepted"],
        duplicate=tally.counts["duplicate"],
        late=tally.late,
        refused=tally.counts["refused"],
        refusals=tuple(tally.refusals),
        rows_before=done,
        stopped=tally.stopped,
    )


def run(
    path: Path,
    options: Options,
    intake: ImportPort,
    now: Callable[[], datetime],
    *,
    as_json: bool = False,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """The whole command. 0: the file was read to its end, refused rows or not (the report counts them); 1: the store
    failed, or somebody stopped it; 2: the file, or a flag, cannot be read."""
    out, err = stdout or sys.stdout, stderr or sys.stderr
    try:
        with _progress_bar(path, err) as show_progress:
            report = asyncio.run(ingest(path, options, intake, now, show_progress))
    except (UnreadableFileError, MappingError, WrongFlagError) as wrong:
        print(f"ingest: {wrong}", file=err)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("ingest: stopped. What was read is stored; the same command goes on from there.", file=err)
        return FAILED
    except Exception as failure:
        # Only its name: a database's message quotes the rows, and with them viewers' words.
        name = type(failure).__name__
        print(f"ingest: the store failed ({name}). The same command goes on where it stopped.", file=err)
        return FAILED
    out.write(as_json_text(report) if as_json else as_text(report))
    if report.stopped:
        print(f"ingest: {report.stopped}", file=err)
        return WRONG_INPUT
    return OK


def as_json_text(report: Report) -> str:
    return json.dumps(asdict(report), ensure_ascii=False) + "\n"


def as_text(report: Report) -> str:
    """The report for a person: one line of counts, then the first refused rows."""
    late = f" ({report.late:,} late)" if report.late else ""
    lines = [
        f"{report.file} as {report.source}: {report.read:,} rows read, {report.accepted:,} accepted{late}, "
        f"{report.duplicate:,} duplicate, {report.refused:,} refused"
    ]
    if report.rows_before:
        lines.append(f"  went on after line {report.rows_before:,}, where an earlier run stopped")
    lines += [f"  line {refusal.row}: {refusal.field} {refusal.reason}" for refusal in report.refusals]
    if hidden := report.refused - len(report.refusals):
        lines.append(f"  and {hidden:,} more; --refused FILE lists them all")
    return "\n".join(lines) + "\n"


@dataclass(slots=True)
class _Tally:
    counts: Counter[str] = field(default_factory=Counter)
    late: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    stopped: str | None = None

    def add(self, batch: list[Row], receipts: list[Receipt]) -> None:
        for row, receipt in zip(batch, receipts, strict=True):
            self.counts[receipt.status] += 1
            self.late += receipt.late
            if receipt.status == "refused" and len(self.refusals) < SHOWN:
                self.refusals.append(Refusal(row.number, receipt.field or "", receipt.reason or ""))


def _batches(rows: Iterator[Row], size: int, tally: _Tally) -> Iterator[list[Row]]:
    """Rows by the batch; where the file breaks off, what was read of it, and the tally is told why."""
    batch: list[Row] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == size:
                yield batch
                batch = []
    except UnreadableFileError as broken:
        tally.stopped = str(broken)
    if batch:
        yield batch


def _key(file: FeedbackFile, mapping: RowMapping, options: Options) -> str:
    """64 characters for this file, read in this way, as this source."""
    said = (options.source, options.market, options.show, options.start and options.start.isoformat())
    reading = (sorted(mapping.columns.items()), mapping.kind, sorted(mapping.kinds.items()), mapping.resolution)
    return hashlib.sha256(repr((file.digest, said, reading, options.defaults)).encode()).hexdigest()


def _list_refused(batch: list[Row], log: TextIO | None) -> None:
    """Before the batch is stored: a run that is killed in between lists a row twice rather than never."""
    if log is None:
        return
    for row in batch:
        if isinstance(row.item, Refused):
            log.write(json.dumps(asdict(Refusal(row.number, row.item.field, row.item.reason))) + "\n")
    log.flush()


@contextmanager
def _refusal_log(path: Path | None, *, is_resumed: bool) -> Iterator[TextIO | None]:
    if path is None:
        yield None
        return
    try:
        log = path.open("a" if is_resumed else "w", encoding="utf-8")
    except OSError as failed:
        raise WrongFlagError(f"--refused {path} cannot be written: {failed.strerror}") from None
    with log:
        yield log


@contextmanager
def _progress_bar(path: Path, stream: TextIO) -> Iterator[Callable[[int, int], None]]:
    """A bar while a person watches; nothing where a program does."""
    console = Console(file=stream)
    if not console.is_terminal:
        yield lambda position, size: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(path.name.replace("[", r"\["), total=None)
        yield lambda position, size: bar.update(task, completed=position, total=size)


def _read_start(text: str) -> datetime:
    with suppress(ValueError):
        start = datetime.fromisoformat(text)
        if start.tzinfo is not None:
            return start
    raise WrongFlagError(f"--start {text!r} must be ISO 8601 with an offset, such as 2026-03-27T20:00:00+08:00")


def _read_duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise WrongFlagError(f"--resolution {text!r} must be a duration, such as 60s or 1m")
    return timedelta(seconds=float(match[1]) * _SECONDS[match[2]])
