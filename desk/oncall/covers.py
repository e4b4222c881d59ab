"""Who covers a show: in each of its markets, who is on call while it is live and for the stated time after it, and
whether they read what is written there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration, Show
from desk.oncall.demand import Cover, cover, live, markets_of
from desk.oncall.resolve import final_schedule
from desk.oncall.walltime import DAY, local, utc
from desk.oncall.week import Stretch

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_SAYS_NOTHING = frozenset(("who", "covers", "cover", "the", "a", "s", "show", "shows", "in", "on", "of", "for", "next"))
_CHINESE_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_CHINESE_DAY = re.compile("(?:周|星期|礼拜)([一二三四五六日天])的?")


@dataclass(frozen=True, slots=True)
class MarketCover:
    """`stretches` fill [start, end), the time after the show included, gaps among them. `speaks` are, by person on
    call, the market's languages that they read; empty: none of them."""

    market: str
    by: Cover
    start: datetime
    end: datetime
    stretches: tuple[Stretch, ...]
    speaks: dict[str, tuple[str, ...]]

    @property
    def unread(self) -> tuple[str, ...]:
        """People on call who read none of the market's languages."""
        return tuple(person for person, languages in self.speaks.items() if not languages)


@dataclass(frozen=True, slots=True)
class ShowCover:
    """`start` None: the show's time is not known, so nobody can say who covers it."""

    show: str
    title: str
    start: datetime | None
    end: datetime | None
    markets: tuple[MarketCover, ...]


def covers(configuration: Configuration, show: Show) -> ShowCover:
    """Who covers a show, market by market, in the order in which the show names them."""
    on_air = live(show)
    if on_air is None:
        return ShowCover(show.key, show.title, None, None, ())
    start, end = on_air
    found = []
    for key in markets_of(configuration, show):
        by, market = cover(configuration, key), configuration.markets[key]
        until = end + market.cover_after
        plan = configuration.schedules.get(by.schedule or "")
        rows = final_schedule(plan, start, until) if plan else ()
        stretches = tuple(Stretch(row.start, row.end, row.person) for row in rows)
        people = dict.fromkeys(row.person for row in rows if row.person is not None)
        speaks = {}
        for person in people:
            reads = configuration.people[person].languages if person in configuration.people else ()
            speaks[person] = tuple(language for language in market.languages if language in reads)
        found.append(MarketCover(key, by, start, until, stretches, speaks))
    return ShowCover(show.key, show.title, start, end, tuple(found))


def find_shows(configuration: Configuration, text: str, now: datetime, zone: ZoneInfo) -> tuple[Show, ...]:
    """The shows that `text` means ("Friday's Jakarta show"), those still to come first, the nearest of them first.

    Every word must be part of the show's key or title, or of the name, key or zone of one of its markets, or the
    weekday, `today` or `tomorrow` of its start on the clock of `zone`. No word at all means every show.
    """
    days = {_CHINESE_DAYS[found] for found in _CHINESE_DAY.findall(text)}
    words = [word.casefold() for word in _WORD.findall(_CHINESE_DAY.sub(" ", text.replace("’", "'")))]
    words = [word for word in words if word not in _SAYS_NOTHING]
    fitting = [show for show in configuration.shows.values() if _fits(configuration, show, words, days, now, zone)]

    def order(show: Show) -> tuple[int, float]:
        on_air = live(show)
        if on_air is None:
            return 2, 0.0
        away = (on_air[0] - utc(now)).total_seconds()
        return (0, away) if on_air[1] > utc(now) else (1, -away)

    return tuple(sorted(fitting, key=order))


def _fits(
    configuration: Configuration, show: Show, words: list[str], days: set[int], now: datetime, zone: ZoneInfo
) -> bool:
    on_air = live(show)
    starts = local(on_air[0], zone).date() if on_air else None
    if days and (starts is None or starts.weekday() not in days):
        return False
    known = " ".join(_names(configuration, show)).casefold()
    for word in words:
        if word in known:
            continue
        if starts is None:
            return False
        today = local(now, zone).date()
        named = (word == "today" and starts == today) or (word == "tomorrow" and starts == today + DAY)
        weekday = len(word) >= 3 and _ENGLISH_DAYS[starts.weekday()].startswith(word)
        if not named and not weekday:
            return False
    return True


_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _names(configuration: Configuration, show: Show) -> Iterator[str]:
    yield from (show.key, show.title)
    for key in markets_of(configuration, show):
        market = configuration.markets[key]
        yield from (key, market.name, market.zone.key.replace("_", " "))
