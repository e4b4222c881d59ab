"""Who asks, and which show and market they mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from desk.configuration.model import Team
from desk.moment import Moment
from store import watching

LIVE = timedelta(minutes=10)  # a show counts as live for so long after its newest event


@dataclass(frozen=True, slots=True)
class Asker:
    """`person` is their key in the configuration, None when it does not know them; `known_as` is what they are recorded
    as then (`slack:Ana`), and `contact` how the file would name them (`slack`, `U0ANAWEBER`)."""

    person: str | None
    zone: ZoneInfo
    locale: str
    team: Team | None
    known_as: str = "?"
    contact: tuple[str, str] = ("", "")

    @property
    def who(self) -> str:
        return self.person or self.known_as

    @property
    def via(self) -> str:
        """The platform on which they ask."""
        return self.known_as.partition(":")[0]


@dataclass(frozen=True, slots=True)
class MeantShow:
    """A show that was heard, or is only planned (`first` and `last`, seconds since 1970, are None)."""

    key: str
    title: str
    first: int | None
    last: int | None
    live: bool


def shows(moment: Moment) -> list[MeantShow]:
    """Every show that was heard, newest first, then those that are only planned."""
    heard = []
    for row in watching.show_rows(moment.connection, moment.workspace):
        if row.first_at is None or row.last_at is None:
            continue
        planned = moment.configuration.shows.get(row.show)
        heard.append(
            MeantShow(
                row.show,
                planned.title if planned else row.title,
                int(row.first_at.timestamp()),
                int(row.last_at.timestamp()),
                moment.now - row.last_at <= LIVE,
            )
        )
    known = {one.key for one in heard}
    planned_only = [
        MeantShow(show.key, show.title, None, None, False)
        for show in moment.configuration.shows.values()
        if show.key not in known
    ]
    return heard + planned_only


def meant(moment: Moment, text: str) -> MeantShow | None:
    """The show that `text` names by key or title, or by their beginning; the newest one when it names none."""
    known = shows(moment)
    wanted = text.strip().casefold()
    if not wanted:
        return next((one for one in known if one.first is not None), None)
    for fits in (
        lambda one: wanted in (one.key.casefold(), one.title.casefold()),
        lambda one: one.key.casefold().startswith(wanted) or one.title.casefold().startswith(wanted),
        lambda one: wanted in one.title.casefold() or wanted in one.key.casefold(),
    ):
        for one in known:
            if fits(one):
                return one
    return None


def meant_in(moment: Moment, text: str) -> tuple[MeantShow | None, str | None]:
    """The show that `text` names, and the key of the market that it ends with, by key or name: "aurora germany".

    A show of exactly this name comes first. None for a market: all of them.
    """
    words = text.split()
    whole = " ".join(words).casefold()
    if whole and not any(whole in (one.key.casefold(), one.title.casefold()) for one in shows(moment)):
        for at in range(len(words)):
            named = " ".join(words[at:]).casefold()
            for market in moment.configuration.markets.values():
                if named in (market.key.casefold(), market.name.casefold()):
                    return meant(moment, " ".join(words[:at])), market.key
    return meant(moment, text), None
