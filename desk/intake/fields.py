"""One field of an event at a time: its good values, and what a bad one is answered with.

Every event of every show passes here, so the checks are written by hand and the common case of each field is one or
two calls into C. Whatever passes can be stored anywhere: no NUL, no lone surrogate, no number that PostgreSQL or
JSON would round.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final, NoReturn

from desk.intake.event import KINDS

ID_LENGTH: Final = 200
MARKET_LENGTH: Final = 80
NAME_LENGTH: Final = 200  # of a show, a product, a viewer
REPLY_TO_LENGTH: Final = 500
TEXT_LENGTH: Final = 8_000  # a support conversation fits; a megabyte of paste does not

EARLIEST: Final = datetime(2005, 1, 1, tzinfo=UTC)  # before live video on the web, a time is a broken clock
CLOCK_SKEW: Final = timedelta(minutes=5)  # how far ahead of ours a sender's clock may run

VALUE_DIGITS: Final = 15
VALUE_DECIMALS: Final = 12  # what the store keeps of a number on every database
VALUE_LIMIT: Final = 10**VALUE_DIGITS

ATTRIBUTE_VALUES: Final = 100
ATTRIBUTE_DEPTH: Final = 4
ATTRIBUTE_CHARACTERS: Final = 4_000  # keys and texts together
ATTRIBUTE_KEY_LENGTH: Final = 100
ATTRIBUTE_INTEGER: Final = 2**53  # beyond it, JSON readers disagree about which integer was meant
RESOLUTION: Final = "resolution_s"  # the attribute that says how coarse the clock behind `at` is, in seconds

EXAMPLES: Final = {
    "event_id": '"event_id": "msg-1842"',
    "at": '"at": "2026-03-27T20:00:00+08:00"',
    "kind": '"kind": "chat_comment"',
    "show": '"show": "friday-sneakers"',
    "market": '"market": "de"',
    "viewer": '"viewer": "user-77"',
    "text": '"text": "No sound since the drop"',
    "lang": '"lang": "pt-BR"',
    "value": '"value": "19.90"',
    "currency": '"currency": "EUR"',
    "product": '"product": "sku-4711"',
    "reply_to": '"reply_to": "comment-1842"',
    "attributes": '"attributes": {"device": "phone"}',
}


class FieldError(Exception):
    """A field has no good value: which one, and what its sender should know."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason


def refuse(field: str, reason: str) -> NoReturn:
    """Leave with the reason and, where the field has one, an example of a good value."""
    example = EXAMPLES.get(field)
    raise FieldError(field, f"{reason}; for example {example}" if example else reason)


def shown(value: object) -> str:
    """A value as it may be shown in a reason: short, plain ASCII, and nothing a terminal would obey."""
    if isinstance(value, str):
        return ascii(value) if len(value) <= 40 else f"{value[:40]!a}…"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value) if abs(value) < 10**20 else "a huge number"
    if isinstance(value, float):
        return repr(value)
    return "an array" if isinstance(value, list) else "an object" if isinstance(value, dict) else "something else"


# Controls, direction overrides, invisible marks and half characters: two names that look the same must be the same.
# `isprintable` is the fast way past this; alone it would refuse what its Unicode version does not know, such as
# next year's emoji, and the joiners that emoji, Persian and the Indic scripts are written with.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_SPACES: Final = re.compile(r"\s+")


def read_event_id(value: object) -> str:
    """An event's id, kept to the letter: a character changed here would make two events one, or one event two."""
    if type(value) is int and abs(value) < 10**20:
        return str(value)
    if value is None or value == "":
        refuse("event_id", "is missing: it is how the same event sent twice is stored once")
    if not isinstance(value, str):
        refuse("event_id", f"must be text, not {shown(value)}")
    if len(value) > ID_LENGTH:
        refuse("event_id", f"has {len(value):,} characters, at most {ID_LENGTH} are taken")
    if value.isspace() or (not value.isprintable() and _UNSEEN.search(value)):
        refuse("event_id", f"has characters that cannot be seen: {shown(value)}")
    return value


def read_instant(value: object, latest: datetime) -> datetime:
    if isinstance(value, str):
        if len(value) > 40:
            refuse("at", "is no ISO 8601 time")
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            at = _instant_in_lower_case(value)
    elif isinstance(value, datetime):
        at = value
    elif value is None:
        refuse("at", "is missing: when it happened, as ISO 8601 with an offset")
    else:
        refuse("at", f"must be ISO 8601 text with an offset, not {shown(value)}")
    if at.tzinfo is None:
        refuse("at", f"{shown(value)} has no offset, so it names no instant; add Z or +08:00")
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        refuse("at", "lies outside the calendar")
    if at > latest:
        raise FieldError("at", f"{_iso(at)} lies in the future (latest {_iso(latest)}): the sender's clock runs ahead")
    if at < EARLIEST:
        raise FieldError("at", f"{_iso(at)} lies before {EARLIEST:%Y}: the sender's clock was never set")
    return at


def _instant_in_lower_case(value: str) -> datetime:
    """RFC 3339 allows `t` and `z`; Python 3.11 does not read them."""
    try:
        return datetime.fromisoformat(value.strip().upper())
    except ValueError:
        refuse("at", f"{shown(value)} is no ISO 8601 time")


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def read_kind(value: object) -> str:
    if isinstance(value, str) and value in KINDS:
        return value
    if value is None:
        refuse("kind", "is missing: what happened")
    if not isinstance(value, str):
        refuse("kind", f"must be text, not {shown(value)}")
    near = get_close_matches(value[:40].lower().replace("-", "_"), KINDS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(sorted(KINDS))}"
    raise FieldError("kind", f"{shown(value)} is no kind of feedback; {hint}")


def read_name(field: str, value: object, limit: int) -> str | None:
    """A name or opaque handle: printable, on one line, at most `limit` characters; None when there is none."""
    if value is None or value == "":
        return None
    if type(value) is int and abs(value) < 10**20:
        return str(value)
    if not isinstance(value, str):
        refuse(field, f"must be text, not {shown(value)}")
    if len(value) > limit:
        refuse(field, f"has {len(value):,} characters, at most {limit} are taken")
    if not value.isprintable():
        value = _SPACES.sub(" ", value)
        if _UNSEEN.search(value):
            refuse(field, f"has characters that cannot be seen: {shown(value)}")
    return value.strip() or None


def read_viewer(value: object) -> str | None:
    """A source's own name for a viewer, which lives until it is hashed: whatever people call themselves is taken."""
    if value is None or value == "":
        return None
    if type(value) is int and abs(value) < 10**20:
        return str(value)
    if not isinstance(value, str):
        refuse("viewer", f"must be text, not {shown(value)}")
    if len(value) > NAME_LENGTH:
        refuse("viewer", f"has {len(value):,} characters, at most {NAME_LENGTH} are taken")
    return value if value.isprintable() else _SURROGATES.sub("\ufffd", value)


_LINE_BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def clean_text(value: str) -> str:
    """Words as they can be stored: one kind of line break, no control characters, U+FFFD for half a character.

    >>> clean_text("sold\\x00 out?\\r\\n\\ud83d")
    'sold out?\\n�'
    """
    if not value.isprintable():
        value = _SURROGATES.sub("\ufffd", _UNSTORABLE.sub("", _LINE_BREAKS.sub("\n", value)))
    return value.strip()


def read_text(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        refuse("text", f"must be text, not {shown(value)}")
    if len(value) > TEXT_LENGTH:
        refuse("text", f"has {len(value):,} characters, at most {TEXT_LENGTH:,} are taken")
    return clean_text(value) or None


_NUMBER: Final = re.compile(rf"[+-]?([0-9]{{1,{VALUE_DIGITS}}})(\.[0-9]{{1,{VALUE_DECIMALS}}})?")


def read_value(value: object) -> Decimal | None:
    """A number without rounding; a JSON number with a fraction is a binary one, and is taken to twelve decimals."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            refuse(
                "value",
                f"{shown(value)} is no plain number (at most {VALUE_DIGITS} digits before the point and "
                f"{VALUE_DECIMALS} after it, no thousands separator)",
            )
        number = Decimal(text)
    elif type(value) is int:
        if not -VALUE_LIMIT < value < VALUE_LIMIT:
            refuse("value", f"has more than {VALUE_DIGITS} digits")
        return Decimal(value)
    elif isinstance(value, float):
        if not -VALUE_LIMIT < value < VALUE_LIMIT:  # false for NaN and for both infinities
            refuse("value", f"{shown(value)} is not finite or has more than {VALUE_DIGITS} digits")
        number = Decimal(repr(value))
        if number.as_tuple().exponent < -VALUE_DECIMALS:  # type: ignore[operator] # finite, so it is an int
            number = Decimal(repr(round(value, VALUE_DECIMALS)))
    else:
        refuse("value", f"must be a number, not {shown(value)}")
    return number if number else Decimal(0)  # there is no minus nought to store


_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")
_NO_LANGUAGE: Final = frozenset({"und", "mul", "zxx", "mis"})  # ISO 639-2: undetermined, several, none, uncoded


def read_language(value: object) -> str | None:
    """The primary subtag, in lower case; None for a tag that says the language is unknown."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        refuse("lang", f"must be text, not {shown(value)}")
    tag = _primary_subtag(value) if len(value) <= 35 else None
    if tag is None:
        refuse("lang", f"{shown(value)} is no BCP 47 language tag")
    return None if tag in _NO_LANGUAGE else tag


@lru_cache(maxsize=512)
def _primary_subtag(value: str) -> str | None:
    match = _LANGUAGE.fullmatch(value)
    return match[1].lower() if match else None


def read_currency(value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        refuse("currency", f"must be text, not {shown(value)}")
    if len(value) != 3 or not value.isascii() or not value.isalpha():
        refuse("currency", f"{shown(value)} is no ISO 4217 code")
    return value.upper()


def read_attributes(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        refuse("attributes", f"must be an object, not {shown(value)}")
    return _Attributes().read_object(value, "attributes", 1) if value else {}


class _Attributes:
    """Copies a source's own extras within bounds: a bag without any is a place to hide a gigabyte."""

    def __init__(self) -> None:
        self.values_left = ATTRIBUTE_VALUES
        self.characters_left = ATTRIBUTE_CHARACTERS

    def read_object(self, value: Mapping[Any, Any], path: str, depth: int) -> dict[str, Any]:
        clean: dict[str, Any] = {}
        for key, one in value.items():
            if not isinstance(key, str) or not 0 < len(key) <= ATTRIBUTE_KEY_LENGTH or _UNSEEN.search(key):
                refuse(path, f"has a key that is empty, unreadable or over {ATTRIBUTE_KEY_LENGTH} characters")
            self._spend(len(key))
            clean[key] = self._read(one, f"{path}.{key}" if len(path) < 200 else path, depth)
        return clean

    def _read(self, value: object, path: str, depth: int) -> Any:
        self.values_left -= 1
        if self.values_left < 0:
            refuse("attributes", f"holds more than {ATTRIBUTE_VALUES} values")
        if isinstance(value, str):
            self._spend(len(value))
            return clean_text(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            if abs(value) > ATTRIBUTE_INTEGER:
                refuse(path, "is an integer beyond 2^53, which readers of JSON round; send it as text")
            return value
        if isinstance(value, float):
            if value - value != 0:  # NaN or infinite, which JSON cannot say
                refuse(path, "is not a finite number")
            return value
        if depth >= ATTRIBUTE_DEPTH:
            refuse("attributes", f"is nested deeper than {ATTRIBUTE_DEPTH} levels")
        if isinstance(value, dict):
            return self.read_object(value, path, depth + 1)
        if isinstance(value, list):
            return [self._read(one, path, depth + 1) for one in value]
        refuse(path, "is no JSON value")

    def _spend(self, characters: int) -> None:
        self.characters_left -= characters
        if self.characters_left < 0:
            refuse("attributes", f"holds more than {ATTRIBUTE_CHARACTERS:,} characters")
