"""CSV that survives its own broken lines.

Python's reader, told to be strict, finds what is wrong with a record but not where the next one starts: a quote that is
never closed would swallow the rest of the file. So each record is read by itself, and when it comes to nothing only its
first line is given up and reading goes on with the second.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from desk.intake.event import Refused

RECORD_LINES: Final = 200  # of a record with line breaks in quotes; a quote still open after them was never closed
RECORD_CHARACTERS: Final = 262_144


@dataclass(frozen=True, slots=True)
class Line:
    """A line as text with its ending, or why it is none; `number` counts from 1."""

    number: int
    text: str | Refused


@dataclass(frozen=True, slots=True)
class Cells:
    """A record's cells; `number` is the line on which it starts."""

    number: int
    cells: Sequence[str] | Refused


class CsvReader:
    """`width` is how many cells a record has; the first record decides when it is None."""

    def __init__(self, lines: Iterator[Line], delimiter: str, width: int | None = None) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._width = width
        self._given_back: deque[Line] = deque()

    def __iter__(self) -> Iterator[Cells]:
        while (line := self._next_line()) is not None:
            if isinstance(line.text, Refused):
                yield Cells(line.number, line.text)
            elif line.text.strip():
                record = self._record(line.text)
                if self._width is None and not isinstance(record, Refused):
                    self._width = len(record)
                yield Cells(line.number, record)

    def _record(self, text: str) -> Sequence[str] | Refused:
        if '"' not in text:  # nearly every line, and eight times as fast
            cells = text.rstrip("\r\n").split(self._delimiter)
            return cells if len(cells) == (self._width or len(cells)) else self._wrong_width(cells)
        taken: list[Line] = []
        try:
            cells = next(csv.reader(self._pull(text, taken), delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            self._given_back.extendleft(reversed(taken))
            return Refused("row", f"has quotes that do not fit ({error})")
        if self._width is None or len(cells) == self._width:
            return cells
        self._given_back.extendleft(reversed(taken))
        if taken:
            return Refused("row", "has a quote that is opened and not closed")
        return self._wrong_width(cells)

    def _pull(self, text: str, taken: list[Line]) -> Iterator[str]:
        """The lines of one record, as far as the reader asks for them; all but the first are noted in `taken`."""
        yield text
        characters = len(text)
        while len(taken) < RECORD_LINES and characters < RECORD_CHARACTERS:
            line = self._next_line()
            if line is None:
                return
            taken.append(line)
            if isinstance(line.text, Refused):
                return
            characters += len(line.text)
            yield line.text

    def _wrong_width(self, cells: Sequence[str]) -> Refused:
        return Refused("row", f"has {len(cells)} columns where the header has {self._width}")

    def _next_line(self) -> Line | None:
        return self._given_back.popleft() if self._given_back else next(self._lines, None)
