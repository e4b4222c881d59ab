"""`bot.py analyze`: texts in, what is understood of them out, line for line, as NDJSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from analytics.reading import Reading, Said
from analytics.understand import Understanding

OK, WRONG_INPUT = 0, 2
BATCH = 256  # lines; what has been read is written before more is read, so that it can stand in a pipe
LONGEST = 1_000_000  # characters of one line


class LineError(Exception):
    """A line that cannot be read: its number and what is wrong."""


def analyze(path: Path | None, stdin: BinaryIO, stdout: TextIO, stderr: TextIO | None = None) -> int:
    """Read `{"text": …, "lang"?: …}` lines from `path` (standard input when None) and write a reading for each.

    0 when every line was read; 2, with the line's number and the reason, at the first that cannot be.
    """
    err = stderr or sys.stderr
    try:
        if path is None:
            _through(stdin, stdout)
        else:
            with path.open("rb") as file:
                _through(file, stdout)
    except LineError as wrong:
        print(f"analyze: {path or 'standard input'}: {wrong}", file=err)
        return WRONG_INPUT
    except OSError as failed:
        print(f"analyze: {path} cannot be read: {failed.strerror}", file=err)
        return WRONG_INPUT
    return OK


def _through(lines: Iterable[bytes], stdout: TextIO) -> None:
    understanding = Understanding()
    batch: list[Said] = []

    def flush() -> None:
        for reading in understanding.read(batch):
            stdout.write(json.dumps(as_object(reading)) + "\n")
        stdout.flush()
        batch.clear()

    try:
        for said in _said(lines):
            batch.append(said)
            if len(batch) >= BATCH:
                flush()
    finally:
        flush()  # what came before a broken line was fine, and is answered


def _said(lines: Iterable[bytes]) -> Iterator[Said]:
    blank = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            blank = blank or number
            continue
        if blank:  # at the end of a file it is harmless; in the middle, later answers would stand on other lines
            raise LineError(f'line {blank}: is blank; for an empty text write {{"text": ""}}')
        if len(line) > LONGEST:
            raise LineError(f"line {number}: longer than {LONGEST:,} bytes")
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as wrong:
            reason = getattr(wrong, "msg", type(wrong).__name__)
            raise LineError(f'line {number}: no JSON ({reason}); write {{"text": "…"}}') from None
        if not isinstance(value, dict) or not isinstance(value.get("text"), str):
            raise LineError(f'line {number}: field text: write an object with a text, such as {{"text": "…"}}')
        lang = value.get("lang")
        if lang is not None and not isinstance(lang, str):
            raise LineError(f'line {number}: field lang: write a language code such as "de", or leave it out')
        yield Said(value["text"], lang or None)


def as_object(reading: Reading) -> dict[str, Any]:
    """A reading as other programs read it: escaped to ASCII when written, so that anything survives."""
    return {
        "lang": reading.lang,
        "sentiment": round(reading.sentiment, 4),
        "label": reading.label,
        "intent": reading.intent,
        "category": reading.category,
        "categories": [
            {"name": one.name, "confidence": round(one.confidence, 4), "why": list(one.why)}
            for one in reading.categories
        ],
        "redacted": reading.redacted,
    }
