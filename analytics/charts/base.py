"""What a chart is: JSON data in, a figure out, and its finding in words, as the title and for those who cannot see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from matplotlib.figure import Figure

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chart:
    """`draw` gives a figure of its own (never pyplot's), `finding` its title, `alt` the finding with its figures.

    All three take the same JSON-serialisable data; what it holds is the TypedDict of the chart's file. Instants are
    ISO 8601 with an offset, zones IANA names, names and categories already in the reader's language.
    """

    draw: Callable[[Data], Figure]
    alt: Callable[[Data], str]
    finding: Callable[[Data], str]


class Segment(TypedDict):
    """A stretch of the run of show."""

    start: str
    end: str
    title: str
