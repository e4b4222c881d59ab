"""What happened in a shift and what comes in the next one, gathered for a hand-over note."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from desk.handover.facts import Facts, GapAhead, Muted, OpenIncident, OverIncident, Question, ShowAhead
from desk.incidents.rules import LIVEDESK
from desk.moment import Moment
from desk.oncall.concerns import is_concerned, markets_of
from desk.oncall.current import planned
from desk.oncall.demand import live
from desk.oncall.gaps import gaps
from desk.oncall.steps import ESCALATE
from desk.questions import asked
from desk.questions.asked import Asked
from desk.questions.asking import shows as heard_shows
from store import due, incidents, mutes
from store.incidents import Incident

MOST_OPEN = 12
MOST_OVER = 20
MOST_QUESTIONS = 5
MOST_SHOWS = 6
# Of one show, the first in the shift: clustering them holds up whatever else wants to write (half a second).
MOST_ASKED = 2000
LONGEST = timedelta(days=7)  # a shift without an end, or a very long one, is told of no further back
NEXT = timedelta(days=1)  # what comes, where nobody knows until when the next person is there
GAPS = timedelta(days=3)


def gather(moment: Moment, schedule: str, start: datetime, end: datetime, until: datetime | None) -> Facts:
    """Of the shift [start, end) of a schedule, with what comes until `until`, the end of the next one."""
    start = max(start, end - LONGEST)
    told, more = _questions(moment, schedule, start, end)
    later = until if until is not None and until > moment.now else moment.now + NEXT
    return Facts(
        start,
        end,
        open=tuple(_open(moment, one) for one in open_for(moment, schedule)[:MOST_OPEN]),
        over=_over(moment, schedule, start, moment.now),
        muted=tuple(
            Muted(one.category, one.show, one.until, one.muted_by)
            for one in mutes.standing(moment.connection, moment.workspace, moment.now)
            if one.incident is None  # that of one incident stands with it
        ),
        questions=told,
        more_questions=more,
        shows=_shows(moment, schedule, end, max(later, end)),
        gaps=_gaps(moment, schedule, end, max(later, end + GAPS)),
    )


def open_for(moment: Moment, schedule: str) -> list[Incident]:
    """What is open or in hand and is a schedule's, the worst and oldest first."""
    found = [
        one
        for one in incidents.open_ones(moment.connection, moment.workspace)
        if is_concerned(moment.configuration, schedule, _markets(moment, one), one.policy)
    ]
    return sorted(found, key=lambda one: (one.severity, one.began_at))


def _markets(moment: Moment, one: Incident) -> tuple[str, ...]:
    return tuple(dict.fromkeys(scope.market for scope in incidents.scopes(moment.connection, one.id)))


def _open(moment: Moment, one: Incident) -> OpenIncident:
    at = due.planned(moment.connection, moment.workspace, ESCALATE, str(one.id)) if one.state == "open" else None
    return OpenIncident(
        one.id, one.severity, one.category, _markets(moment, one), one.show, one.began_at, one.acknowledged_by,
        at, one.policy, one.step_round, one.step, one.muted is not None,
    )  # fmt: skip


def _over(moment: Moment, schedule: str, start: datetime, end: datetime) -> tuple[OverIncident, ...]:
    """What has ended since the shift began, also what was opened before it."""
    found = []
    for one in incidents.ended_between(moment.connection, moment.workspace, start, end):
        markets = _markets(moment, one)
        if is_concerned(moment.configuration, schedule, markets, one.policy):
            found.append(OverIncident(one.id, one.severity, one.category, markets, one.resolved_by or LIVEDESK))
    return tuple(found[-MOST_OVER:])


def _questions(moment: Moment, schedule: str, start: datetime, end: datetime) -> tuple[tuple[Question, ...], int]:
    """Questions of the shift that nobody has answered, each once however it was put, most viewers first."""
    markets = markets_of(moment.configuration, schedule)
    found: list[Asked] = []
    for show in heard_shows(moment):
        if show.first is None or show.last is None:
            continue
        first, last = datetime.fromtimestamp(show.first, UTC), datetime.fromtimestamp(show.last, UTC)
        first, last = max(first, start), min(last + timedelta(seconds=1), end)
        if first < last:
            found += asked.between(moment, show.key, first, last, markets, MOST_ASKED)
    found += asked.between(moment, None, start, end, markets, MOST_ASKED)
    open_ones = [one for one in found if one.answered is None]
    open_ones.sort(key=lambda one: (-one.cluster.viewers, one.cluster.id))
    told = tuple(
        Question(*one.cluster.medoid, one.show, one.cluster.viewers, tuple(one.cluster.languages))
        for one in open_ones[:MOST_QUESTIONS]
    )
    return told, len(open_ones) - len(told)


def _shows(moment: Moment, schedule: str, start: datetime, end: datetime) -> tuple[ShowAhead, ...]:
    """Shows that are on air within [start, end) in a market of the schedule."""
    own = set(markets_of(moment.configuration, schedule))
    found = []
    for show in moment.configuration.shows.values():
        on_air = live(show)
        markets = tuple(one for one in show.markets or moment.configuration.markets if one in own)
        if on_air is not None and markets and on_air[0] < end and start < on_air[1]:
            found.append(ShowAhead(show.key, *on_air, markets))
    return tuple(sorted(found, key=lambda one: (one.start, one.show))[:MOST_SHOWS])


def _gaps(moment: Moment, schedule: str, start: datetime, end: datetime) -> tuple[GapAhead, ...]:
    """When somebody is wanted in the schedule and nobody is there."""
    configuration = planned(moment)
    return tuple(GapAhead(one.start, one.end) for one in gaps(configuration, start, end) if one.schedule == schedule)
