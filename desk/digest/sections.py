"""The parts of a digest, in the order of a breakfast: what happened, what is open, what people say, who is on call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from analytics.retention import exit_peaks
from desk.configuration.model import Team
from desk.highlights.flow import link_of, note_of
from desk.incidents import showing, signals
from desk.incidents.rules import MANUAL, OVER
from desk.incidents.why import segment_at
from desk.messages import (
    Bullets,
    Heading,
    Paragraph,
    Part,
    PersonName,
    Quote,
    Span,
    Table,
    Text,
    When,
    between,
)
from desk.moment import Moment
from desk.oncall.duty import coverage, gaps_ahead
from desk.picking import candidates, pick
from desk.questions import asked
from desk.questions.asking import MeantShow
from desk.questions.asking import shows as known_shows
from desk.questions.figures import FUNNEL, ShowFigures, of_show
from desk.questions.now import mean_word
from desk.signals import is_signal
from desk.words import Tongue, category_name
from store import incidents as stored
from store import readings, rollups
from store.incidents import Incident
from store.readings import Spoken

MOST_SHOWS = 3
TOP_QUESTIONS = 3
VOICES = 3
MOST_SAID = 4000  # comments looked at for questions and voices
GAP_HORIZON = timedelta(days=3)
WORTH_A_LINE = 1.5  # an exit peak below this many times the usual is everyday coming and going


@dataclass
class Telling:
    """One digest in the making: [start, end) for one team."""

    moment: Moment
    team: Team
    start: datetime
    end: datetime
    t: Tongue

    @cached_property
    def incidents(self) -> list[Incident]:
        return [
            one
            for one in stored.between(self.moment.connection, self.moment.workspace, self.start, self.end)
            if self._concerns(one)
        ]

    @cached_property
    def open_before(self) -> list[Incident]:
        """Incidents that were open already when the time told of began."""
        return [
            one
            for one in stored.open_ones(self.moment.connection, self.moment.workspace)
            if one.opened_at < self.start and self._concerns(one)
        ]

    def _concerns(self, one: Incident) -> bool:
        """Of the team's markets; what was paged by hand has no market, and is of the team that was told."""
        if one.category == MANUAL:
            return one.team == self.team.key
        return not self.team.markets or bool({scope.market for scope in self.scopes(one)} & set(self.team.markets))

    @cached_property
    def shows(self) -> list[MeantShow]:
        begin, end = int(self.start.timestamp()), int(self.end.timestamp())
        return [
            one
            for one in known_shows(self.moment)
            if one.first is not None and one.last is not None and one.last >= begin and one.first < end
        ][:MOST_SHOWS]

    @cached_property
    def said(self) -> list[Spoken]:
        return readings.spoken(
            self.moment.connection,
            self.moment.workspace,
            self.start,
            self.end,
            markets=self.team.markets,
            limit=MOST_SAID,
        )

    def scopes(self, one: Incident) -> list[stored.Scope]:
        return stored.scopes(self.moment.connection, one.id)

    def market_name(self, market: str) -> str:
        return showing.market_name(self.moment, market)

    def figures(self, show: MeantShow) -> ShowFigures:
        assert show.first is not None
        assert show.last is not None
        return of_show(self.moment, show.key, show.first, show.last, self.team.markets)


def headline(told: Telling) -> str:
    t = told.t
    greeting = t("Good morning, {team}", team=told.team.name)
    still_open = [one for one in (*told.open_before, *told.incidents) if one.state not in OVER]
    if still_open:
        return greeting + " · " + t("{n} open, look at these first", n=len(still_open))
    if told.incidents:
        many = len(told.incidents) > 1
        ended = t("{n} incidents, all over", n=len(told.incidents)) if many else t("one incident, and it is over")
        return greeting + " · " + ended
    if told.shows:
        return greeting + " · " + t("a quiet night")
    return greeting + " · " + t("nothing happened")


def incidents(told: Telling) -> list[Part]:
    t = told.t
    every = [*told.open_before, *told.incidents]
    if not every:
        return [Paragraph((Text(t("No incidents since the last digest.")),))]
    items: list[tuple[Span, ...]] = []
    for one in every:
        markets = t.listed([told.market_name(name) for name in dict.fromkeys(s.market for s in told.scopes(one))])
        spans: list[Span] = [
            Text(f"{one.severity} · {category_name(t, one.category)} · {markets}", "strong"),
            Text(" · "),
            When(one.began_at, "date_time"),
            Text(" · " + "".join(told_of + " · " for told_of in _size(told, one, t))),
            *_fate(one, t),
        ]
        items.append(tuple(spans))
    return [Heading(t("Incidents")), Bullets(tuple(items))]


def _size(told: Telling, one: Incident, t: Tongue) -> list[str]:
    """How big it was, in the figures of its own kind: of complaints, or of what viewers did."""
    own = [scope for scope in told.scopes(one) if scope.category == one.category]
    if one.category == MANUAL:
        return []
    if is_signal(one.category):
        said = [
            signals.figures(t, one.category, signals.of_scope(one.why, scope.market, one.category)) for scope in own
        ]
        return [figures for figures in said if figures]
    peak = max((scope.peak for scope in own), default=0.0)
    return [t("{rate} complaints a minute at the highest", rate=t.number(peak))]


def _fate(one: Incident, t: Tongue) -> list[Span]:
    spans: list[Span] = []
    if one.acknowledged_by:
        name = one.acknowledged_by
        who: Span = Text(name.partition(":")[2]) if ":" in name else PersonName(name)
        spans += [Text(t("acknowledged by") + " "), who, Text(" · ")]
    if one.reopened:
        came_back = t("came back once, ") if one.reopened == 1 else t("came back {n} times, ", n=one.reopened)
        spans.append(Text(came_back))
    if one.state == "expired":
        spans.append(Text(t("expired: nobody resolved it")))
    elif one.state == "resolved":
        by_itself = one.resolved_by == "livedesk"
        spans.append(Text(t("ended by itself") if by_itself else t("resolved")))
    else:
        spans.append(Text(t("still open"), "strong"))
    return spans


def shows(told: Telling) -> list[Part]:
    t = told.t
    parts: list[Part] = []
    for show in told.shows:
        figures = told.figures(show)
        if not figures.comments:
            continue
        mean = figures.mood().mean
        spans: list[Span] = [
            Text(
                t(
                    "{comments} comments, {share} of them complaints, mood {mood} ({mean}).",
                    comments=figures.comments,
                    share=t.percent(figures.complained / figures.comments),
                    mood=mean_word(mean, t),
                    mean=f"{mean:+.2f}",
                )
            )
        ]
        before = _before(told, show)
        if before is not None:
            spans.append(Text(" " + before))
        parts += [Heading(show.title), Paragraph(tuple(spans))]
        parts += _exits(told, show)
        parts.append(_funnel(told, figures))
    return parts


def _before(told: Telling, show: MeantShow) -> str | None:
    """How the share of complaints compares with the show before this one."""
    t = told.t
    earlier = [
        one
        for one in known_shows(told.moment)
        if one.key != show.key and one.last is not None and show.first is not None and one.last < show.first
    ]
    if not earlier:
        return None
    previous = told.figures(earlier[0])
    now = told.figures(show)
    if not previous.comments or not now.comments:
        return None
    points = 100 * (now.complained / now.comments - previous.complained / previous.comments)
    return t("Complaints {points} points against {show}.", points=f"{points:+.1f}", show=earlier[0].title)


def _exits(told: Telling, show: MeantShow) -> list[Part]:
    """The strongest exit peak of a show, and what was on air."""
    moment, t = told.moment, told.t
    assert show.first is not None
    assert show.last is not None
    step = 60
    begin, end = show.first - show.first % step, show.last - show.last % step + step
    leaves = [0] * ((end - begin) // step)
    viewers = [0] * ((end - begin) // step)
    present = 0
    joins = [0] * len(leaves)
    kinds = ("join", "leave")
    for cell in rollups.counts(moment.connection, moment.workspace, show.key, begin, end, kinds=kinds, every=step):
        if told.team.markets and cell.market not in told.team.markets:
            continue
        (joins if cell.kind == "join" else leaves)[(cell.start - begin) // step] += cell.count
    for number, left in enumerate(leaves):
        present += joins[number]
        viewers[number] = max(present, left)
        present -= left
    peaks = [peak for peak in exit_peaks(leaves, viewers, step) if peak.times_usual >= WORTH_A_LINE]
    # The end of a show empties the room; that is no news.
    peaks = [peak for peak in peaks if peak.at < (end - begin) - 5 * step]
    if not peaks:
        return []
    worst = max(peaks, key=lambda peak: peak.times_usual)
    at = datetime.fromtimestamp(begin + worst.at, UTC)
    segment = segment_at(moment, show.key, at)
    spans: list[Span] = [
        Text(t("Most left at") + " "),
        When(at),
        Text(
            " · "
            + t(
                "{share} of those watching in a minute, {times} times the usual",
                share=t.percent(worst.rate),
                times=t.number(worst.times_usual),
            )
        ),
    ]
    if segment is not None:
        spans.append(Text(t(", during “{segment}”", segment=segment.title)))
    return [Paragraph((*spans, Text(t("."))))]


def _funnel(told: Telling, figures: ShowFigures) -> Table:
    t = told.t
    rows = []
    for market in sorted(figures.kinds):
        counts = figures.kinds[market]
        if market and any(counts.get(kind) for kind in FUNNEL):
            rows.append(
                (
                    told.market_name(market),
                    *(str(counts.get(kind, 0)) for kind in FUNNEL),
                    str(counts.get("payment_failed", 0)),
                )
            )
    return Table((t("Market"), t("Clicks"), t("Carts"), t("Checkouts"), t("Paid"), t("Failed")), tuple(rows))


def questions(told: Telling) -> list[Part]:
    """The questions most viewers asked, each show's own, and what was asked outside of shows."""
    t, moment, markets = told.t, told.moment, told.team.markets
    titles = {show.key: show.title for show in told.shows}
    every = [one for show in told.shows for one in asked.of_show(moment, show, markets)]
    every += asked.of_no_show(moment, told.start, told.end, markets)
    top = sorted(every, key=lambda one: (-one.cluster.viewers, one.cluster.id))[:TOP_QUESTIONS]
    if not top:
        return []
    several = len({one.show for one in top}) > 1
    parts: list[Part] = [Heading(t("What viewers asked most"))]
    for one in top:
        day, event = one.cluster.medoid
        note = f"{asked.askers(one, t)} · {asked.note(one, t, told.team.zone)}"
        if several and one.show is not None:
            note = f"{titles[one.show]} · {note}"
        parts.append(Quote(day, event, told.team.language, note))
    return parts


def voices(told: Telling) -> list[Part]:
    """A few comments that stand for the rest, other than questions."""
    t = told.t
    others = [one for one in told.said if one.intent != "question"]
    chosen = pick(candidates(others, told.moment.configuration), VOICES)
    if not chosen:
        return []
    by_ref = {(one.day, one.event): one for one in others}
    parts: list[Part] = [Heading(t("In their words"))]
    for one in chosen:
        day, event = one.ref
        spoken = by_ref[one.ref]
        note, link = note_of(told.moment, spoken, t), link_of(told.moment, spoken)
        parts.append(Quote(day, event, told.team.language, note, link))
    return parts


def duty(told: Telling) -> list[Part]:
    """Who is on call today, and whether a gap comes."""
    t, moment = told.t, told.moment
    schedules = [name for name in moment.configuration.schedules if _concerns(told, name)]
    items: list[tuple[Span, ...]] = []
    for name in schedules:
        spans: list[Span] = [Text(name + ": ", "strong")]
        for one in coverage(moment, name, moment.now):
            if one.person is None:
                spans += [Text(t("nobody"), "strong")]
            else:
                spans += [PersonName(one.person)]
            if one.until is not None:
                spans += [Text(" " + t("until") + " "), When(one.until, "date_time")]
        items.append(tuple(spans))
    parts: list[Part] = [Heading(t("On call today")), Bullets(tuple(items))] if items else []
    for gap in gaps_ahead(moment, schedules, GAP_HORIZON):
        parts.append(
            Paragraph(
                (
                    Text(t("Nobody is on call for {schedule}", schedule=gap.schedule) + " ", "strong"),
                    *between(gap.start, gap.end),
                    Text(t(".")),
                )
            )
        )
    return parts


def _concerns(told: Telling, schedule: str) -> bool:
    """Whether anybody of the team stands in a schedule."""
    members = set(told.team.members)
    layers = told.moment.configuration.schedules[schedule].layers
    return not members or any(members & set(layer.rotation.members) for layer in layers)


def footer(told: Telling) -> tuple[Span, ...]:
    t = told.t
    return (
        Text(t("From") + " "),
        When(told.start, "date_time"),
        Text(" " + t("to") + " "),
        When(told.end, "date_time"),
    )
