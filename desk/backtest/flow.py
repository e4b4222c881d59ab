"""Replaying shows under other settings: the roll-ups that are stored, through the code that judges them live.

Nothing here decides anything. Every tick goes to `desk.watch.flow.judge_tick`, what people did goes to
`desk.incidents.flow.act`, and what comes of it stands in temporary tables (`store.scratch`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from desk.backtest.facts import Came, Deed, Facts, Period, ShowToReplay
from desk.backtest.rules import Asked, Comparison, compare
from desk.backtest.stretches import Stretch, stretches, within
from desk.backtest.suggestion import Suggestion, suggest
from desk.configuration.model import Configuration
from desk.incidents import flow as incident_flow
from desk.incidents.rules import LIVEDESK, MANUAL
from desk.marks.rules import NOISE, verdict
from desk.moment import Moment
from desk.watch import behaviour
from desk.watch import flow as watch
from desk.watch import rules as watch_rules
from desk.watch.counts import Counts
from desk.watch.sources import Heard
from desk.words import tongue
from store import incidents, marks, rollups, watching
from store.engine import Store
from store.incidents import Incident
from store.scratch import Scratch

# Detectors know what is usual from what came before: a replay begins so long before its period.
WARM_UP = {watch_rules.TICK: timedelta(days=1), watch_rules.HOUR: timedelta(days=30)}
_DEEDS = {"acknowledged": "acknowledge", "resolved": "resolve", "escalated": "escalate"}

Tell = Callable[[int, int], None]  # (shows done, shows in all)


class TooLongError(Exception):
    """The time that a backtest may take is over."""


def load(connection: Connection, workspace: int, configuration: Configuration, period: Period) -> Facts:
    """What there is to replay in a period, and what really happened in it."""
    shows = []
    titles = {row.show: row.title for row in watching.show_rows(connection, workspace)}
    early = period.start - max(WARM_UP.values())
    rows = [one for one in incidents.between(connection, workspace, early, period.end) if one.category != MANUAL]
    scopes = incidents.scopes_of_opened(connection, workspace, early, period.end)
    deeds = _deeds(connection, rows, scopes)
    hours = 0.0
    begin, end = period.start.timestamp(), period.end.timestamp()
    for watched in sorted(watching.all_shows(connection, workspace), key=lambda one: one.show):
        from_ = int(begin - WARM_UP[watched.seconds].total_seconds())
        heard = rollups.starts(connection, workspace, watched.show, from_, int(end))
        recorded = watched.heard - watched.newest > watch_rules.LIVE_FOR[watched.seconds]
        judged = stretches(heard, watched.seconds, watched.closed_until, recorded=recorded)
        judged = within(judged, watch_rules.floor(end, watched.seconds))
        counted = sum(max(0.0, min(one.end, end) - max(one.start, begin)) for one in judged)
        if not counted:
            continue
        if watched.show:
            hours += counted / 3600
        planned = configuration.shows.get(watched.show)
        title = planned.title if planned else titles.get(watched.show, watched.show)
        shows.append(ShowToReplay(watched.show, title, watched.seconds, tuple(judged), tuple(deeds[watched.show])))
    said: dict[int, list[str]] = defaultdict(list)
    for mark in marks.of_opened(connection, workspace, period.start, period.end):
        said[mark.incident].append(mark.mark)
    happened = [
        replace(_came(connection, row, scopes), incident=row.id, mark=verdict(said[row.id]))
        for row in rows
        if row.opened_at >= period.start
    ]
    return Facts(shows, [one for one in happened if _counts(one, period)], hours)


def _deeds(
    connection: Connection, rows: Iterable[Incident], scopes: Mapping[int, Sequence[incidents.Scope]]
) -> Mapping[str, list[Deed]]:
    """What people did to incidents, by show, in the order of time."""
    found: dict[str, list[Deed]] = defaultdict(list)
    for row in rows:
        mine = frozenset((scope.market, scope.category) for scope in scopes.get(row.id, ()))
        for entry in incidents.history(connection, row.id):
            if entry["actor"] != LIVEDESK and entry["what"] in _DEEDS:
                found[row.show].append(Deed(entry["at"], mine, _DEEDS[entry["what"]], entry["actor"]))
    for deeds in found.values():
        deeds.sort(key=lambda deed: deed.at)
    return found


def _came(connection: Connection, row: Incident, scopes: Mapping[int, Sequence[incidents.Scope]]) -> Came:
    return Came(
        row.show,
        tuple((scope.market, scope.category) for scope in scopes.get(row.id, ())),
        row.category,
        row.opened_at,
        row.resolved_at,
        row.severity,
        bool(incidents.pages_of(connection, row.id)),
    )


def _counts(one: Came, period: Period) -> bool:
    in_time = period.start <= one.opened_at < period.end
    return in_time and (period.market is None or period.market in one.markets)


def replay(
    scratch: Scratch,
    workspace: int,
    configuration: Configuration,
    show: ShowToReplay,
    period: Period,
    settle: timedelta,
    *,
    only: str | None = None,
    check: Callable[[], None] = lambda: None,
) -> list[Came]:
    """The incidents that a show's roll-ups make under a configuration, opened within the period, oldest first.

    `settle` is how long after its end a tick is judged; `only` judges one market and leaves the others unheard. `check`
    is called now and then, and may raise to end it. Blocks, for some milliseconds a tick (`benchmarks.replay`).
    """
    scratch.clear()
    quiet = _without_channels(configuration)
    detectors: watch.Detectors = {}
    done = behaviour.Remembered()
    deeds = list(show.deeds)
    for stretch in show.stretches:
        for begin in range(stretch.start, stretch.end, watch.MOST_TICKS * show.tick):
            check()
            end = min(begin + watch.MOST_TICKS * show.tick, stretch.end)
            span = partial(_judge, workspace=workspace, configuration=quiet, show=show, begin=begin, end=end)
            scratch.run(partial(span, detectors=detectors, done=done, deeds=deeds, settle=settle, only=only))
        if stretch.finished:
            end_of = partial(_finish, workspace=workspace, configuration=quiet, show=show)
            scratch.run(partial(end_of, stretch=stretch, settle=settle))

    def read(connection: Connection) -> list[Came]:
        for deed in deeds:  # what people did when the show was over
            _do(Moment(connection, workspace, quiet, deed.at, deed.at), show.key, deed)
        span = (workspace, period.start, period.end)
        scopes = incidents.scopes_of_opened(connection, *span)
        return [_came(connection, row, scopes) for row in incidents.between(connection, *span)]

    return [one for one in scratch.run(read) if _counts(one, period)]


def _judge(
    connection: Connection,
    workspace: int,
    configuration: Configuration,
    show: ShowToReplay,
    begin: int,
    end: int,
    detectors: watch.Detectors,
    done: behaviour.Remembered,
    deeds: list[Deed],
    settle: timedelta,
    only: str | None,
) -> None:
    moment = _moment(connection, workspace, configuration, begin, settle)
    counted = Counts(moment, show.key, show.tick, begin, end, only)
    # Of one market alone, nobody can tell which sources are silent.
    arrived = {} if only is not None else Heard().take(moment, show.key, show.tick, begin, end)
    memory = behaviour.Memory()
    memory.keep(show.key, begin, configuration.version, done)  # else it would go on from how the show stands today
    doing = behaviour.Watch(moment, show.key, show.tick, (begin, end), counted.done, arrived, memory)
    open_scopes = watch.scopes_open(moment, show.key)
    for at in range(begin, end, show.tick):
        moment = _moment(connection, workspace, configuration, at + show.tick, settle)
        while deeds and deeds[0].at < moment.now:
            _do(replace(moment, now=deeds[0].at), show.key, deeds.pop(0))
            open_scopes = watch.scopes_open(moment, show.key)
        if watch.judge_tick(moment, show.key, at, detectors, counted, doing, open_scopes):
            open_scopes = watch.scopes_open(moment, show.key)


def _finish(
    connection: Connection,
    workspace: int,
    configuration: Configuration,
    show: ShowToReplay,
    stretch: Stretch,
    settle: timedelta,
) -> None:
    moment = _moment(connection, workspace, configuration, stretch.end, settle)
    incident_flow.finish(moment, show.key, datetime.fromtimestamp(stretch.end, UTC))


def _do(moment: Moment, show: str, deed: Deed) -> None:
    """What a person did, done to whatever stands where their incident stood."""
    for scope in incidents.open_scopes(moment.connection, moment.workspace, show):
        if (scope.market, scope.category) in deed.scopes:
            incident_flow.act(moment, scope.incident, deed.verb, deed.who, tongue("en"))
            return


def _moment(
    connection: Connection, workspace: int, configuration: Configuration, ended: int, settle: timedelta
) -> Moment:
    """When a tick that ended then was judged."""
    now = datetime.fromtimestamp(ended, UTC) + settle
    return Moment(connection, workspace, configuration, now, now)


def _without_channels(configuration: Configuration) -> Configuration:
    """The same, with no channel to show a card in: cards are what a replay has no use for."""
    teams = {key: replace(team, channels=()) for key, team in configuration.teams.items()}
    return replace(configuration, teams=teams, admin_channel=None)


# ── the whole question ───────────────────────────────────────────────────────────────────────────────────────────


def run(
    store: Store,
    workspace: int,
    in_force: Configuration,
    asked: Asked,
    settle: timedelta,
    tell: Tell = lambda done, total: None,
    check: Callable[[], None] = lambda: None,
) -> Comparison:
    """Replay a period under the settings in force and under others, one show at a time, and set them side by side."""
    period = asked.period
    facts = store.read(lambda c: load(c, workspace, in_force, period))
    now: list[Came] = []
    then: list[Came] = []
    url = store.url.render_as_string(hide_password=False)
    with Scratch(url) as scratch:

        def replayed(
            configuration: Configuration, show: ShowToReplay, span: Period = period, only: str | None = None
        ) -> list[Came]:
            return replay(scratch, workspace, configuration, show, span, settle, only=only, check=check)

        for done, show in enumerate(facts.shows if asked.replays else ()):
            tell(done, len(facts.shows))
            now += replayed(in_force, show)
            if asked.settings is not None:
                then += replayed(asked.settings, show)
        suggestions = _suggestions(facts, in_force, period, replayed)
        tell(len(facts.shows), len(facts.shows))
    return compare(facts, now, then if asked.settings is not None else None, suggestions)


def _suggestions(
    facts: Facts, in_force: Configuration, period: Period, replayed: Callable[..., list[Came]]
) -> list[Suggestion]:
    """What other sensitivities would have done, for each market of the file where something was marked as noise."""
    made = []
    for key, market in sorted(in_force.markets.items()):
        if period.market not in (None, key):
            continue
        alerts = [one for one in facts.happened if key in one.markets]
        if not any(one.mark == NOISE for one in alerts):
            continue
        concerned = {one.show for one in alerts if one.mark is not None}
        shows = [show for show in facts.shows if show.key in concerned]

        def came(sensitivity: float, key: str = key, shows: Sequence[ShowToReplay] = shows) -> list[Came]:
            changed = with_sensitivity(in_force, key, sensitivity)
            found = []
            for show in shows:
                found += replayed(changed, show, replace(period, market=key), key)
            return found

        made.append(suggest(key, market.sensitivity, alerts, came))
    return made


def with_sensitivity(configuration: Configuration, market: str | None, sensitivity: float) -> Configuration:
    """The same with another sensitivity in one market, or in all of them."""
    markets = {
        key: replace(one, sensitivity=sensitivity) if market in (None, key) else one
        for key, one in configuration.markets.items()
    }
    return replace(configuration, markets=markets)
