"""What may be muted, and for how long: always with an end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LAPSE = "unmute"  # kind of the due row that ends a mute
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=7)
SHOW_AT_MOST = timedelta(hours=12)  # "until the show ends", where nobody has said when that is

# The choices of a card's button. None is "until the show ends".
CHOICES: Mapping[str, timedelta | None] = {
    "mute_30m": timedelta(minutes=30),
    "mute_2h": timedelta(hours=2),
    "mute_show": None,
}
UNMUTE = "unmute"
VERBS = frozenset((*CHOICES, UNMUTE))

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "min": "minutes", "天": "days", "小时": "hours", "分钟": "minutes"}
_PART = re.compile(r"(\d{1,4})\s*(min|[dhm天]|小时|分钟)")
_WITH_SHOW = ("until the show ends", "until show ends", "until the end", "直到直播结束")


@dataclass(frozen=True, slots=True)
class Length:
    """`lasting` None: until the show ends."""

    lasting: timedelta | None


def end_of(now: datetime, length: Length, show_ends_at: datetime | None) -> datetime:
    """When a mute ends, at the latest.

    >>> end_of(datetime(2026, 3, 6, 12), Length(None), datetime(2026, 3, 6, 12, 40))
    datetime.datetime(2026, 3, 6, 12, 40)
    >>> end_of(datetime(2026, 3, 6, 13), Length(None), datetime(2026, 3, 6, 12, 40))
    datetime.datetime(2026, 3, 7, 1, 0)
    """
    if length.lasting is not None:
        return now + length.lasting
    if show_ends_at is not None and show_ends_at > now:
        return min(show_ends_at, now + LONGEST)
    return now + SHOW_AT_MOST


def split_length(text: str) -> tuple[str, Length] | None:
    """What stands before the length at the end of a text, and the length; None when it ends with none.

    >>> split_length("payment aurora 1h30m")
    ('payment aurora', Length(lasting=datetime.timedelta(seconds=5400)))
    >>> split_length("payment aurora until the show ends")
    ('payment aurora', Length(lasting=None))
    >>> split_length("payment aurora") is None
    True
    """
    plain = " ".join(text.split())
    folded = plain.casefold()
    for words in _WITH_SHOW:
        if folded == words or folded.endswith(" " + words):
            return plain[: len(plain) - len(words)].strip(), Length(None)
    words_ = plain.split(" ")
    # The longest tail that is a length: "2 h" and "1h 30m" are two words.
    for at in range(len(words_)):
        lasting = _lasting(" ".join(words_[at:]).casefold())
        if lasting is not None:
            rest = words_[:at]
            while rest and rest[-1].casefold() == "for":
                rest.pop()
            return " ".join(rest), Length(lasting)
    return None


def _lasting(text: str) -> timedelta | None:
    compact = text.replace(" ", "")
    if not compact or not re.fullmatch(f"(?:{_PART.pattern})+", compact):
        return None
    total = timedelta(0)
    for number, unit in _PART.findall(compact):
        total += timedelta(**{_UNITS[unit]: int(number)})
    return total


def split_category(text: str, names: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    """The category that a text begins with and what follows; `names` are the ways to say each. The longest way wins.

    >>> split_category("size and fit aurora", {"size_fit": ["size_fit", "size and fit"], "price": ["price"]})
    ('size_fit', 'aurora')
    """
    plain = " ".join(text.split())
    folded = plain.casefold()
    found: tuple[int, str] | None = None
    for category, ways in names.items():
        for way in ways:
            said = way.casefold()
            if said and (folded == said or folded.startswith(said + " ")) and (found is None or len(said) > found[0]):
                found = len(said), category
    if found is None:
        return None
    return found[1], plain[found[0] :].strip()
