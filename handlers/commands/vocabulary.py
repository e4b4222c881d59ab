"""`bot.py vocabulary`: what a change of the team's own words would do to comments that were stored."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from desk.configuration.model import Configuration
from desk.configuration.words import words_of
from desk.vocabulary.compare import Comparison, Counts
from desk.vocabulary.flow import Span, Words, compare
from handlers.configuration import ConfigurationError, load_file
from handlers.configuration.problems import did_you_mean
from handlers.opening import OpeningError, existing_store, stored_configuration
from handlers.settings import DatabasePolicy
from handlers.wording import aligned, one_line
from store import workspaces

OK, FAILED, WRONG = 0, 1, 2
_SECTIONS = frozenset({"vocabulary", "markets"})  # whatever else is wrong in the file does not matter here
_TELL_EVERY = 5.0  # seconds between two lines of progress where nobody watches a bar
_WIDE = 100  # units of a comment shown


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was asked: files, span (ISO 8601 with an offset), market, and how many examples to show."""

    config: Path
    against: Path | None = None
    start: str | None = None
    end: str | None = None
    days: int = 7
    market: str | None = None
    examples: int = 3
    as_json: bool = False


class _WrongError(Exception):
    """What was asked cannot be answered; the text says what to ask instead."""


def vocabulary(database: DatabasePolicy, asked: Asked, now: datetime, out: TextIO = sys.stdout) -> int:
    """Print what reading the stored comments with the words of a file changes, against those that the bot reads with
    (the newest configuration it loaded), or those of another file.

    Returns the exit code: 0; 2 when a file or the question is wrong; 1 when the database cannot be read. Nothing is
    written to it.
    """
    try:
        span = Span(*_span(asked, now), asked.market)
        after = load_file(asked.config, _SECTIONS)
        before = load_file(asked.against, _SECTIONS) if asked.against else None
        _check_market(asked.market, after, before)
    except (ConfigurationError, _WrongError) as wrong:
        print(wrong, file=sys.stderr)
        return WRONG
    try:
        store = existing_store(database)
    except OpeningError as failed:
        print(failed, file=sys.stderr)
        return FAILED
    began = time.monotonic()
    try:
        number = store.read(lambda c: workspaces.find(c, database.workspace))
        against = str(asked.against or "no words of your own: the bot has not loaded a configuration yet")
        if before is None and number is not None and (loaded := stored_configuration(store, number)):
            before, against = loaded, f"version {loaded.version} of the configuration, which the bot loaded last"
        words = words_of(before or Configuration()), words_of(after)
        with _progress(sys.stderr) as tell:
            found = compare(store, number, span, *words, tell) if number is not None else Comparison()
    finally:
        store.close()
    seconds = time.monotonic() - began
    if asked.as_json:
        print(json.dumps(_as_object(found, asked, span, words, seconds), ensure_ascii=False), file=out)
    else:
        for line in _lines(found, asked, span, against, seconds):
            print(line, file=out)
    return OK


# ── the question ─────────────────────────────────────────────────────────────────────────────────────────────────


def _span(asked: Asked, now: datetime) -> tuple[datetime, datetime]:
    if asked.start is None and asked.end is None:
        return now - timedelta(days=asked.days), now
    if asked.start is None or asked.end is None:
        raise _WrongError("--from and --to go together; without them it is the last --days")
    start, end = _instant("--from", asked.start), _instant("--to", asked.end)
    if start >= end:
        raise _WrongError(f"--from {asked.start} is not before --to {asked.end}")
    return start, end


def _instant(option: str, text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
        if read.tzinfo is not None:
            return read.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _WrongError(f"{option} {text!r} is no time with an offset; write one such as 2026-03-29T09:00:00+02:00")


def _check_market(market: str | None, *configurations: Configuration | None) -> None:
    known = sorted({key for one in configurations if one for key in one.markets})
    if market is not None and market not in known:
        hint = did_you_mean(market, known) or f"; there are {', '.join(known) or 'none in the file'}"
        raise _WrongError(f"--market: there is no market {market!r}{hint}")


@contextmanager
def _progress(stream: TextIO) -> Iterator[Callable[[int, int], None]]:
    """A bar while a person watches, a line every few seconds where a program does."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(file=stream)
    if console.is_terminal:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("reading comments", total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        return
    began = told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _TELL_EVERY:
            told = now
            print(f"{done:,} of {total:,} comments, {done / (now - began):,.0f} a second", file=stream)

    yield tell


# ── the answer ───────────────────────────────────────────────────────────────────────────────────────────────────


def _lines(found: Comparison, asked: Asked, span: Span, against: str, seconds: float) -> Iterator[str]:
    where = f" in {asked.market}" if asked.market else ""
    yield f"{found.comments:,} comments{where} from {span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M} UTC"
    yield f"read with {asked.config}, against {against}"
    if not found.comments:
        yield "nothing was said then; ask for other days with --days, or --from and --to"
        return
    rate = found.comments / max(seconds, 1e-3)
    yield f"{found.changed:,} would be read differently; nothing was written ({seconds:.1f} s, {rate:,.0f} a second)"
    for title, counts in (
        ("intent", found.intents),
        ("category", found.categories),
        ("sentiment", found.sentiments),
    ):
        rows = [(name, f"{one:,}", f"{other:,}", _signed(other - one)) for name, one, other in counts.rows()]
        yield ""
        yield from aligned((title, "before", "after", "change"), rows)
    for change, times, examples in found.changes(asked.examples):
        yield ""
        yield f"{change.before} → {change.after}: {times:,}"
        for one in examples:
            print_below = [one.lang, *one.markets, *([f"{one.times}×"] if one.times > 1 else [])]
            why = f" ({', '.join(one.why)})" if one.why else ""
            yield f"  {one_line(one.text, _WIDE)}  [{' · '.join(print_below)}]{why}"


def _signed(difference: int) -> str:
    return f"{difference:+,}" if difference else ""


def _as_object(
    found: Comparison, asked: Asked, span: Span, words: tuple[Words, Words], seconds: float
) -> dict[str, Any]:
    def counted(counts: Counts) -> dict[str, dict[str, int]]:
        return {name: {"before": one, "after": other} for name, one, other in counts.rows()}

    market = asked.market or ""
    return {
        "from": span.start.isoformat(),
        "to": span.end.isoformat(),
        "market": asked.market,
        "words": {
            "before": words[0].get(market, words[0][""]).version,
            "after": words[1].get(market, words[1][""]).version,
        },
        "comments": found.comments,
        "changed": found.changed,
        "seconds": round(seconds, 3),
        "intents": counted(found.intents),
        "categories": counted(found.categories),
        "sentiments": counted(found.sentiments),
        "changes": [
            {**change._asdict(), "comments": times, "examples": [asdict(one) for one in examples]}
            for change, times, examples in found.changes(asked.examples)
        ],
    }
