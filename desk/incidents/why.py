"""The reasons behind an incident: what was on air, which words led, which comments show it best."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from analytics.sketch import DistinctSketch
from desk.configuration.model import Segment
from desk.messages import ChartRef
from desk.moment import Moment
from desk.picking import candidates, pick
from desk.signals import SPOKEN_OF_AS, is_signal
from desk.words import Tongue, category_name
from store import readings, rollups
from store.incidents import Incident, Scope
from store.readings import Spoken

CHART_SPAN = timedelta(minutes=20)
MOST_OFFERED = 200  # complaints that samples are chosen from, the newest

Said = Callable[[str, Collection[str], str, datetime, datetime], list[Spoken] | None]


@dataclass(frozen=True, slots=True)
class Why:
    """What one tick adds to a scope. `look` finds the words and languages where they are left out: most rises belong
    to an incident that has its words already. `said(show, markets, category, start, end)` are the complaints of some
    time, None where the database has to be asked."""

    complaints: int
    viewers: bytes | None  # sketch of those who complained in the tick
    words: Sequence[str]
    on_air: str
    languages: Sequence[str]
    facts: Mapping[str, Any] = field(default_factory=dict)  # of a signal, as its card tells them
    look: Callable[[], tuple[Sequence[str], Sequence[str]]] | None = None
    said: Said | None = None

    def explained(self) -> Why:
        """With its words and languages."""
        if self.look is None:
            return self
        words, languages = self.look()
        return replace(self, words=words, languages=languages, look=None)


def merged(one: bytes | None, other: bytes | None) -> bytes | None:
    """The viewers of both sketches."""
    if one is None or other is None:
        return one or other
    return DistinctSketch.from_bytes(one).merge(DistinctSketch.from_bytes(other)).to_bytes()


def segment_at(moment: Moment, show: str, at: datetime) -> Segment | None:
    """The segment of the run of show that was on air; it may have been declared after the show."""
    planned = moment.configuration.shows.get(show)
    if planned is None or planned.starts_at is None:
        return None
    offset = at - planned.starts_at
    return next((segment for segment in planned.segments if segment.start <= offset < segment.end), None)


def on_air(moment: Moment, show: str, at: datetime) -> str:
    segment = segment_at(moment, show, at)
    return segment.title if segment else ""


def title_of(moment: Moment, show: str) -> str:
    planned = moment.configuration.shows.get(show)
    return planned.title if planned else show


def sample_quotes(
    moment: Moment, row: Incident, scopes: Sequence[Scope], count: int, known: Said | None = None
) -> list[tuple[date, int]]:
    """The complaints that represent the incident best and differ from each other. `known` is asked before the
    database."""
    category = SPOKEN_OF_AS.get(row.category) if is_signal(row.category) else row.category
    if category is None:
        return []
    start, end = row.began_at - timedelta(minutes=1), row.opened_at + timedelta(hours=1)
    markets = [scope.market for scope in scopes if scope.market]
    said = known(row.show, markets, category, start, end) if known is not None and markets else None
    if said is None:
        said = readings.spoken(
            moment.connection,
            moment.workspace,
            start,
            end,
            show=row.show or None,
            markets=markets,
            category=category,
            limit=MOST_OFFERED,
        )
    else:
        said = sorted(said, key=lambda one: (one.at, one.event), reverse=True)[:MOST_OFFERED]
    return [one.ref for one in pick(candidates(said, moment.configuration), count)]


def complaints_chart(moment: Moment, row: Incident, scopes: Sequence[Scope], t: Tongue) -> ChartRef | None:
    """Observed against expected complaints a minute, from twenty minutes before the newest."""
    if not row.show:
        return None
    scopes = [scope for scope in scopes if scope.category == row.category]
    until = row.resolved_at or max(moment.now if not row.why.get("stale") else row.opened_at, row.opened_at)
    until = min(until, (row.reopened_at or row.opened_at) + timedelta(minutes=30)) if row.resolved_at else until
    start = min(row.began_at, until) - CHART_SPAN
    markets = {scope.market for scope in scopes}
    # Minutes are counted back from the newest whole tick and not by the clock: the last one would be barely begun,
    # and a spike that just started would look as if it were over.
    end = int(until.timestamp() // rollups.TICK * rollups.TICK)
    begin = end - -(-(end - int(start.timestamp())) // rollups.MINUTE) * rollups.MINUTE
    minutes = dict.fromkeys(range(begin, end, rollups.MINUTE), 0)
    for at, market, count in rollups.complaints(
        moment.connection, moment.workspace, row.show, begin, end, row.category
    ):
        if market in markets:
            minutes[at - (at - begin) % rollups.MINUTE] += count
    usual = sum(scope.usual for scope in scopes)
    data = {
        "category": category_name(t, row.category),
        "markets": [name_of(moment, scope.market) for scope in scopes],
        "minutes": [datetime.fromtimestamp(at, UTC).isoformat() for at in minutes],
        "observed": list(minutes.values()),
        "usual": usual,
        "began_at": row.began_at.isoformat(),
        "ended_at": row.resolved_at.isoformat() if row.resolved_at else None,
        "zone": zone_of(moment, row),
        "locale": str(t.locale),
    }
    peak = max(minutes.values(), default=0)
    alt = t(
        "{category} complaints a minute: {peak} at the highest, {usual} usually.",
        category=category_name(t, row.category).capitalize(),
        peak=peak,
        usual=t.number(usual),
    )
    return ChartRef("incident", data, alt)


def zone_of(moment: Moment, row: Incident) -> str:
    team = moment.configuration.teams.get(row.team or "")
    return str(team.zone) if team else "UTC"


def name_of(moment: Moment, market: str) -> str:
    known = moment.configuration.markets.get(market)
    return known.name if known else market
