"""What Livedesk asks somebody to fill in, before any platform has drawn it. A platform without forms answers with the
text form of the command instead.

The values that come back are plain: a chosen option's value, an instant, or what was written. Whatever is wrong with
them is said at the field, by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Values = Mapping[str, str | datetime | None]  # by the field's name; None is what was left empty


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `options`, (value, label). Values have at most 150 characters."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    initial: str | None = None
    hint: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Instant:
    """A date and time, on the clock of whoever fills it in."""

    name: str
    label: str
    initial: datetime | None = None
    hint: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text of several lines, of at most `most` characters. What was written is never lost: the form stays open
    until it is kept."""

    name: str
    label: str
    initial: str = ""
    hint: str = ""
    optional: bool = False
    most: int = 3000


@dataclass(frozen=True, slots=True)
class Form:
    """`word` is what it is known by, and `ref` what it is about; both come back with what was filled in. Titles have at
    most 24 characters on the strictest platform."""

    word: str
    title: str
    fields: tuple[Choice | Instant | Words, ...]
    submit: str
    intro: str = ""
    locale: str = "en"
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that came back; `ref` is the form's."""

    values: Values
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was changed; a sentence a field, with what to do."""

    errors: Mapping[str, str]
