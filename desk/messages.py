"""What Livedesk says, before any platform has drawn it.

A `Message` holds references, never viewers' words: a `Quote` names an event, and its words and translation are
filled in at the moment of sending (`Fill`), so that one viewer can be erased everywhere, our own posts included.
People are named by their key in the configuration; only a platform's handler knows their id on that platform.

Messages are stored as JSON in the outbox, so every class here is a frozen dataclass of plain values, and
`dump`/`load` are each other's inverse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

Style = Literal["plain", "strong", "muted", "code"]
Severity = Literal["P1", "P2", "P3"]


# ── spans: what a line is made of ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Text:
    """Words of ours, or a name from the configuration. Platforms escape it like everything else."""

    text: str
    style: Style = "plain"
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person of the configuration. `notify` asks the platform to ping them, if it knows them."""

    person: str
    notify: bool = False
    type: Literal["person"] = "person"


@dataclass(frozen=True, slots=True)
class When:
    """An instant. Platforms that can, show it in each reader's own zone; the others in the message's zone."""

    at: datetime
    style: Literal["time", "date_time", "date"] = "time"
    type: Literal["when"] = "when"


def between(start: datetime, end: datetime) -> tuple[Text | When, ...]:
    """A stretch of time on the reader's own clock. The day of its end is left out where there is only one that it can
    be: the stretch is shorter than a day."""
    style: Literal["time", "date_time"] = "time" if end - start < timedelta(days=1) else "date_time"
    return (When(start, "date_time"), Text(" – "), When(end, style))


@dataclass(frozen=True, slots=True)
class Command:
    """Something the reader can type, such as `/live complaints`."""

    text: str
    type: Literal["command"] = "command"


@dataclass(frozen=True, slots=True)
class Sealed:
    """Words that stand encrypted in the store and are opened when they are sent, such as a code."""

    token: str
    type: Literal["sealed"] = "sealed"


Span = Annotated[Text | PersonName | When | Command | Sealed, Field(discriminator="type")]


# ── parts: what a message is made of, top to bottom ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: tuple[Span, ...]
    type: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    type: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Facts:
    """Short label and value pairs that platforms may set in two columns (at most ten)."""

    pairs: tuple[tuple[str, tuple[Span, ...]], ...]
    type: Literal["facts"] = "facts"


@dataclass(frozen=True, slots=True)
class Quote:
    """A viewer's words, by reference. `language` is the reader's; `note` is ours ("minute 12 · serum · ×14"). `link`
    leads to that moment of the recording; it comes from the configuration, never from a viewer."""

    day: date
    event: int
    language: str | None = None
    note: str = ""
    link: str = ""
    type: Literal["quote"] = "quote"


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    type: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[tuple[Span, ...], ...]
    type: Literal["bullets"] = "bullets"


@dataclass(frozen=True, slots=True)
class ChartRef:
    """A chart to be drawn when the message is sent: `name` as in `analytics.charts.CHARTS`, `data` its JSON input.

    `alt` states the finding for those who cannot see the picture; it is also what a text platform shows.
    """

    name: str
    data: Mapping[str, Any]
    alt: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button. `encoded` fits the 100 characters that the strictest platform (Discord) allows.

    `version` is the state the reader saw; an action on something that moved on since then is answered, not done.
    Actions with the same `menu` are choices of one thing: one menu of that name where a platform has menus, buttons
    where it has none.
    """

    verb: str
    ref: str
    version: int
    label: str
    style: Literal["primary", "danger", "plain"] = "plain"
    confirm: str = ""
    menu: str = ""

    @property
    def encoded(self) -> str:
        """`verb|ref|version`, for a button's value or custom id.

        >>> Action("acknowledge", "incident:7", 3, "Acknowledge").encoded
        'acknowledge|incident:7|3'
        """
        text = f"{self.verb}|{self.ref}|{self.version}"
        if len(text) > 100:
            raise ValueError(f"an action must fit in 100 characters: {text!r}")
        return text

    @staticmethod
    def decode(text: str) -> tuple[str, str, int]:
        """(verb, ref, version) of an encoded action; ValueError when it is none of ours."""
        verb, ref, version = text.split("|")
        return verb, ref, int(version)


@dataclass(frozen=True, slots=True)
class Buttons:
    """The buttons of one thing among several, right below it; a message's own stand at its end."""

    actions: tuple[Action, ...]
    type: Literal["buttons"] = "buttons"


Part = Annotated[Paragraph | Heading | Facts | Quote | Table | Bullets | Buttons, Field(discriminator="type")]


@dataclass(frozen=True, slots=True)
class Message:
    """One thing Livedesk has to say, for one destination, in that destination's language and zone."""

    kind: Literal["incident", "page", "history", "digest", "highlights", "board", "notice", "answer"]
    headline: str  # what happened and what is needed: also the notification and the screen reader's first words
    parts: tuple[Part, ...] = ()
    severity: Severity | None = None
    chart: ChartRef | None = None
    actions: tuple[Action, ...] = ()
    footer: tuple[Span, ...] = ()
    mentions: tuple[str, ...] = ()  # people to ping, by key; nobody else is ever pinged
    locale: str = "en"
    zone: str = "UTC"

    def quotes(self) -> list[Quote]:
        return [part for part in self.parts if isinstance(part, Quote)]


# ── what is known only at the moment of sending ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Words:
    """The redacted words behind a quote. `translated` is None while there is none; `mark` then says why, plainly."""

    original: str
    language: str
    translated: str | None = None
    provider: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Fill:
    """Words, names and pictures for one sending. A quote that is missing here was erased and is drawn as such."""

    words: Mapping[tuple[date, int], Words] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)  # person → name to show
    contacts: Mapping[str, str] = field(default_factory=dict)  # person → id on this platform, if it has one
    chart_png: bytes | None = None
    opened: Mapping[str, str] = field(default_factory=dict)  # token of something sealed → its words


_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


def dump(message: Message) -> dict[str, Any]:
    """A message as plain JSON values."""
    value: dict[str, Any] = _MESSAGE.dump_python(message, mode="json")
    return value


def load(value: Mapping[str, Any]) -> Message:
    """The message that `dump` wrote."""
    return _MESSAGE.validate_python(value)


def woven(said: str, **fields: Span) -> list[Span]:
    """A sentence with things of its own in it, in the order of its language: `{who}` becomes the span of that name.

    >>> [span.text for span in woven("by {who}.", who=Text("Ana"))]
    ['by ', 'Ana', '.']
    """
    pieces = re.split(r"\{(\w+)\}", said)
    spans = [fields[piece] if place % 2 else Text(piece) for place, piece in enumerate(pieces)]
    return [span for span in spans if span != Text("")]


def plain(
    spans: Sequence[Span], names: Mapping[str, str], show_time: Any = None, opened: Mapping[str, str] | None = None
) -> str:
    """Spans as one line of text; `show_time(When)` writes an instant (ISO 8601 in UTC when left out). What is sealed
    and not among `opened` stays hidden."""
    out: list[str] = []
    for span in spans:
        if isinstance(span, Text | Command):
            out.append(span.text)
        elif isinstance(span, PersonName):
            out.append(names.get(span.person, span.person))
        elif isinstance(span, Sealed):
            out.append((opened or {}).get(span.token, "•••"))
        else:
            out.append(show_time(span) if show_time else span.at.isoformat())
    return "".join(out)
