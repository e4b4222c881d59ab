"""In which languages a viewer of a show wrote lately: what tips a short comment that could be two languages.

It is kept in memory alone, by the hash that events carry: two letters a comment and never a word of it, of the viewers
who wrote last. After a restart it is empty, and a comment is then read as it would be without.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable

KEPT = 20_000  # viewers; about 6 MB
LAST = 3  # comments of each that count
_NAMED = 2  # languages of those that are told

Viewer = tuple[str, bytes]  # show, and the viewer's hash


class Earlier:
    """The languages of each viewer's last comments, as they were before the batch that is being read.

    A batch that fails is read again and must give the same, so what it says is only noted, and taken up when a later
    batch begins.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._langs: OrderedDict[Viewer, tuple[str, ...]] = OrderedDict()
        self._noted: list[tuple[Viewer, str]] = []
        self._noted_until = 0

    def begin(self, first: int) -> None:
        """A batch whose first event is `first` is about to be read."""
        noted, self._noted = self._noted, []
        if first <= self._noted_until:  # the last batch once more
            return
        for viewer, lang in noted:
            self._langs[viewer] = (*self._langs.pop(viewer, ()), lang)[-LAST:]
        while len(self._langs) > self._kept:
            self._langs.popitem(last=False)

    def of(self, viewer: Viewer) -> tuple[str, ...]:
        """The most frequent first, of equals the latest."""
        langs = self._langs.get(viewer, ())
        return tuple(lang for lang, _ in Counter(reversed(langs)).most_common(_NAMED))

    def note(self, said: Iterable[tuple[Viewer, str]], last: int) -> None:
        """What a batch that ends with the event `last` was found to be in; `und` says nothing."""
        self._noted = [(viewer, lang) for viewer, lang in said if lang != "und"]
        self._noted_until = last
