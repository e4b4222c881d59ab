"""What a change of a team's vocabulary does to comments: counts before and after, and examples of what changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from analytics.reading import Reading

_MOST_TEXTS = 1000  # different texts that are kept of one kind of change; the most frequent are among the first


class Change(NamedTuple):
    """From one outcome to another: an intent (`complaint: quality` with its category), or a mood."""

    of: str  # intent or sentiment
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Example:
    """A comment (redacted) that a change touches, where and how often, and the words that decide afterwards."""

    text: str
    lang: str
    markets: tuple[str, ...]
    times: int
    why: tuple[str, ...]


@dataclass(slots=True)
class Counts:
    """How many comments had an outcome before, and have it after."""

    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)

    def add(self, before: str, after: str, times: int = 1) -> None:
        self.before[before] += times
        self.after[after] += times

    def rows(self) -> list[tuple[str, int, int]]:
        """(outcome, before, after), the most frequent first."""
        names = sorted(self.before.keys() | self.after.keys(), key=lambda name: (-self.before[name], name))
        return [(name, self.before[name], self.after[name]) for name in names]


@dataclass(slots=True)
class _Seen:
    why: tuple[str, ...]
    times: int = 0
    markets: set[str] = field(default_factory=set)


class Comparison:
    """Sums over comments, each read twice. Memory is bounded by the kinds of change, not by the comments."""

    def __init__(self) -> None:
        self.comments = 0
        self.changed = 0
        self.intents, self.categories, self.sentiments = Counts(), Counts(), Counts()
        self._changes: Counter[Change] = Counter()
        self._seen: dict[Change, dict[tuple[str, str], _Seen]] = {}

    def add(self, market: str | None, before: Reading, after: Reading) -> None:
        """Count one comment, read `before` and `after` the change."""
        self.comments += 1
        self.intents.add(before.intent, after.intent)
        self.categories.add(before.category or "none", after.category or "none")
        self.sentiments.add(before.label, after.label)
        found = changes(before, after)
        self.changed += bool(found)
        for change in found:
            self._changes[change] += 1
            seen = self._seen.setdefault(change, {})
            key = (after.redacted, after.lang)
            if key not in seen and len(seen) < _MOST_TEXTS:
                seen[key] = _Seen(tuple(word for one in after.categories for word in one.why))
            if key in seen:
                seen[key].times += 1
                seen[key].markets |= {market} if market else set()

    def changes(self, examples: int) -> list[tuple[Change, int, list[Example]]]:
        """(change, comments, at most so many examples), the most frequent first."""
        out = []
        for change, times in sorted(self._changes.items(), key=lambda item: (-item[1], item[0])):
            most = sorted(self._seen[change].items(), key=lambda item: -item[1].times)[:examples]
            shown = [Example(*key, tuple(sorted(one.markets)), one.times, one.why) for key, one in most]
            out.append((change, times, shown))
        return out


def outcome(reading: Reading) -> str:
    """What a comment is taken for, in one phrase.

    >>> from analytics.understand import Understanding
    >>> from analytics.reading import Said
    >>> outcome(Understanding().read([Said("no sound again")])[0])
    'complaint: stream_quality'
    """
    return f"{reading.intent}: {reading.category}" if reading.category else reading.intent


def changes(before: Reading, after: Reading) -> list[Change]:
    """What differs between two readings of one comment. A mood alone is told where the outcome stays the same."""
    if outcome(before) != outcome(after):
        return [Change("intent", outcome(before), outcome(after))]
    if before.label != after.label:
        return [Change("sentiment", before.label, after.label)]
    return []
