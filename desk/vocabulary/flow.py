"""A change of a team's vocabulary, tried on comments that were stored: nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from analytics.reading import Reading
from analytics.understand import SLICE, Understanding
from analytics.vocabulary.teams import NOTHING, TeamWords, reads_alike
from desk.vocabulary.compare import Comparison
from store import readings
from store.engine import Store
from store.readings import Comment

PAGE = 2000  # comments read from the database and understood at a time; about half a second of work
_REMEMBERED = 50_000  # different comments whose two readings are kept: chats say the same things over and over

Words = Mapping[str, TeamWords]  # by market; under "" those of any other
_Pair = tuple[Reading, Reading]
_Key = tuple[str, str, str, str]  # redacted text, language, versions of the words before and after


@dataclass(frozen=True, slots=True)
class Span:
    """Comments of [start, end), of one market where it is given."""

    start: datetime
    end: datetime
    market: str | None = None


def compare(
    store: Store,
    workspace: int,
    span: Span,
    before: Words,
    after: Words,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Comparison:
    """What reading the comments of a span with other words changes. `progress(done, total)` is told after each page.

    Sentiment, intent and categories are read anew, both before and after, by today's models: what another model had
    made of a comment plays no part. Language and redaction stay as they are stored, and the raw words are not touched.
    """
    understanding, known = Understanding(remembered=0), dict[_Key, _Pair]()
    found = Comparison()
    total = store.read(lambda c: readings.count(c, workspace, span.start, span.end, span.market))
    for page in _pages(store, workspace, span):
        for comment, (one, other) in zip(page, _read(page, before, after, understanding, known), strict=True):
            found.add(comment.market, one, other)
        progress(found.comments, total)
    return found


def _pages(store: Store, workspace: int, span: Span) -> Iterator[list[Comment]]:
    last: tuple[date, int] | None = None
    while page := store.read(
        lambda c: readings.page(c, workspace, span.start, span.end, span.market, after=last, limit=PAGE)  # noqa: B023
    ):
        last = (page[-1].day, page[-1].event)
        yield page


def _read(
    page: Sequence[Comment],
    before: Words,
    after: Words,
    understanding: Understanding,
    known: dict[_Key, _Pair],
) -> list[_Pair]:
    """Both readings of each comment, in order."""
    wanted = []
    words: dict[tuple[str, str], tuple[TeamWords, TeamWords]] = {}
    for one in page:
        pair = _of(before, one.market), _of(after, one.market)
        versions = (pair[0].version, pair[1].version)
        words[versions] = pair
        wanted.append((one.redacted, one.lang, *versions))
    if len(known) > _REMEMBERED:
        known.clear()
    for versions, (one_words, other_words) in words.items():
        new = [key for key in dict.fromkeys(wanted) if key not in known and key[2:] == versions]
        for start in range(0, len(new), SLICE):  # what was just found in a text is still at hand
            _read_some(new[start : start + SLICE], one_words, other_words, understanding, known)
    return [known[key] for key in wanted]


def _read_some(
    keys: Sequence[_Key],
    before: TeamWords,
    after: TeamWords,
    understanding: Understanding,
    known: dict[_Key, _Pair],
) -> None:
    first = understanding.knowing(before).read_redacted([key[:2] for key in keys])
    known.update({key: (reading, reading) for key, reading in zip(keys, first, strict=True)})
    touched = [key for key in keys if not reads_alike(before, after, *key[:2])]
    second = understanding.knowing(after).read_redacted([key[:2] for key in touched])
    known.update({key: (known[key][0], reading) for key, reading in zip(touched, second, strict=True)})


def _of(words: Words, market: str | None) -> TeamWords:
    return words.get(market or "") or words.get("", NOTHING)
