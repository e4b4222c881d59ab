"""The card of an incident: one message, edited in place, that a tired person understands in three seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from desk.configuration.model import Team
from desk.incidents import signals
from desk.messages import (
    Action,
    ChartRef,
    Facts,
    Message,
    Paragraph,
    Part,
    PersonName,
    Quote,
    Severity,
    Span,
    Table,
    Text,
    When,
)
from desk.signals import SILENCE, is_signal
from desk.words import Tongue, category_name

PASSED = 0.6  # of its peak: below that a spike is past it, and the card says both figures


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    market: str  # its name, not its key
    observed: float
    peak: float
    usual: float
    share: float
    viewers: int
    calm: bool
    category: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)  # of a signal, see `desk.incidents.signals`


@dataclass(frozen=True, slots=True)
class CardFacts:
    """All that the card says. Rates are complaints a minute."""

    incident: int
    version: int
    state: str
    severity: Severity
    category: str
    show: str  # its title, '' for none
    began_at: datetime
    scopes: Sequence[ScopeFacts]
    on_air: str
    leading_words: Sequence[str]
    owner: str | None
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    resolved_by: str | None
    next_step_at: datetime | None
    next_step_for: str
    paged: Sequence[str]
    from_import: bool
    samples: Sequence[tuple[date, int]]
    chart: ChartRef | None


def actor(name: str) -> Span:
    """A person of the configuration by key; anybody else by the name they have on their platform."""
    return Text(name.partition(":")[2]) if ":" in name else PersonName(name)


def headline(facts: CardFacts, t: Tongue) -> str:
    """What happened and where, in one line: it is also the notification."""
    what = _what(facts, t)
    if facts.state == "resolved":
        return t("Over: {what}", what=what)
    if facts.state == "acknowledged":
        return t("In hand: {what}", what=what)
    return what


def _what(facts: CardFacts, t: Tongue) -> str:
    markets = t.listed(list(dict.fromkeys(scope.market for scope in facts.scopes)))
    if not is_signal(facts.category):
        return t(
            "{severity} · {category} complaints in {markets}",
            severity=facts.severity,
            category=category_name(t, facts.category).capitalize(),
            markets=markets,
        )
    what = t(
        "{severity} · {signal} in {markets}",
        severity=facts.severity,
        signal=signals.called(t, facts.category),
        markets=markets,
    )
    of_signal = [scope for scope in facts.scopes if scope.category == facts.category]
    figures = signals.figures(t, facts.category, of_signal[0].figures) if len(of_signal) == 1 else ""
    return t("{what}: {figures}", what=what, figures=figures) if figures else what


def card(facts: CardFacts, team: Team | None, t: Tongue) -> Message:
    first = facts.scopes[0]
    parts: list[Part] = [Paragraph(_finding(facts, first, t))]
    if len(facts.scopes) > 1 and facts.category != SILENCE:
        parts.append(_table(facts.scopes, t))
    parts.append(Facts(tuple(_pairs(facts, t))))
    language = team.language if team else "en"
    parts += [Quote(day, event, language) for day, event in facts.samples]
    return Message(
        kind="incident",
        headline=headline(facts, t),
        parts=tuple(parts),
        severity=facts.severity,
        chart=facts.chart,
        actions=_actions(facts, t),
        footer=(Text(t("Incident {number}", number=facts.incident)),),
        locale=str(t.locale),
        zone=str(team.zone) if team else "UTC",
    )


def _finding(facts: CardFacts, first: ScopeFacts, t: Tongue) -> tuple[Span, ...]:
    if is_signal(facts.category):
        spans = [span for scope in _told(facts) for span in signals.finding(t, facts.category, scope.figures)]
        return (*spans, *_state(facts, first, t))
    falling = facts.state != "resolved" and first.observed < first.peak * PASSED
    if falling:
        rate = t(
            "{peak} a minute at the highest, {rate} now, from {viewers} viewers",
            peak=t.number(first.peak),
            rate=t.number(first.observed),
            viewers=first.viewers,
        )
    else:
        highest = first.peak if facts.state == "resolved" else first.observed
        rate = t("{rate} a minute from {viewers} viewers", rate=t.number(highest), viewers=first.viewers)
    usual = t(
        "against {usual} usually: {share} of all comments.", usual=t.number(first.usual), share=t.percent(first.share)
    )
    return (Text(rate, "strong"), Text(" " + usual), *_state(facts, first, t))


def _told(facts: CardFacts) -> list[ScopeFacts]:
    """The scopes whose signal the first sentences tell: the first, or every one in which a source is silent."""
    of_signal = [scope for scope in facts.scopes if scope.category == facts.category]
    return of_signal if facts.category == SILENCE else of_signal[:1]


def _state(facts: CardFacts, first: ScopeFacts, t: Tongue) -> tuple[Span, ...]:
    spans: list[Span] = []
    if facts.resolved_at is not None:
        if facts.resolved_by == "livedesk":
            spans += [Text(" " + t("It ended by itself at") + " "), _when(facts, facts.resolved_at), Text(".")]
        else:
            spans += [Text(" " + t("Resolved at") + " "), _when(facts, facts.resolved_at), Text(".")]
    elif first.calm:
        spans.append(Text(" " + t("It has calmed down.")))
    if facts.from_import:
        spans.append(Text(" " + t("Found while importing a recording: nobody was paged.")))
    return tuple(spans)


def _when(facts: CardFacts, at: datetime) -> When:
    """A recording's times are of another day, so its card says which."""
    return When(at, "date_time" if facts.from_import else "time")


def _table(scopes: Sequence[ScopeFacts], t: Tongue) -> Table:
    mixed = len({scope.category for scope in scopes}) > 1
    rows = tuple(
        (
            f"{scope.market} · {category_name(t, scope.category)}" if mixed else scope.market,
            t.number(scope.observed),
            t.number(scope.usual),
            t.percent(scope.share),
            str(scope.viewers),
        )
        for scope in scopes
    )
    return Table((t("Market"), t("A minute"), t("Usually"), t("Share"), t("Viewers")), rows)


def _pairs(facts: CardFacts, t: Tongue) -> list[tuple[str, tuple[Span, ...]]]:
    pairs: list[tuple[str, tuple[Span, ...]]] = []
    if facts.show:
        pairs.append((t("Show"), (Text(facts.show),)))
    pairs.append((t("Since"), (_when(facts, facts.began_at),)))
    if facts.on_air:
        pairs.append((t("On air"), (Text(facts.on_air),)))
    if facts.leading_words:
        pairs.append((t("Leading words"), (Text(", ".join(facts.leading_words)),)))
    if facts.owner is not None and facts.acknowledged_at is not None:
        pairs.append((t("Owner"), (actor(facts.owner), Text(" · "), When(facts.acknowledged_at))))
    elif facts.paged:
        names: list[Span] = []
        for person in facts.paged:
            names += [Text(", "), PersonName(person)] if names else [PersonName(person)]
        pairs.append((t("Paged"), tuple(names)))
    if facts.next_step_at is not None and facts.state == "open":
        pairs.append((t("Next step"), (When(facts.next_step_at), Text(" · " + facts.next_step_for))))
    return pairs


def _actions(facts: CardFacts, t: Tongue) -> tuple[Action, ...]:
    ref = f"incident:{facts.incident}"
    version = facts.version
    if facts.state == "resolved":
        return ()
    resolve = Action(
        "resolve",
        ref,
        version,
        t("Resolve"),
        "primary" if facts.state == "acknowledged" else "plain",
        t("Close this incident for everybody?"),
    )
    escalate = Action("escalate", ref, version, t("Escalate"))
    if facts.state == "acknowledged":
        return (resolve, escalate)
    return (Action("acknowledge", ref, version, t("Acknowledge"), "primary"), escalate, resolve)


def page(facts: CardFacts, person: str, why: str, team: Team | None, zone: str, t: Tongue) -> Message:
    """What wakes somebody: the same facts, addressed to one person, in their own zone."""
    made = card(facts, team, t)
    note = Paragraph((Text(t("You are paged because: {why}", why=why), "muted"),))
    return Message(
        kind="page",
        headline=t("Page: {what}", what=headline(facts, t)) if facts.state == "open" else made.headline,
        parts=(*made.parts, note),
        severity=made.severity,
        actions=made.actions,
        footer=made.footer,
        mentions=(person,) if facts.state == "open" else (),
        locale=made.locale,
        zone=zone,
    )


def history_line(
    text: str, at: datetime, who: str | None, team: Team | None, t: Tongue, *, notify: Sequence[str] = ()
) -> Message:
    """One line of an incident's thread."""
    spans: list[Span] = [When(at), Text(" · " + text)]
    if who is not None:
        spans += [Text(" "), actor(who)]
    for person in notify:
        spans += [Text(" "), PersonName(person, notify=True)]
    return Message(
        kind="history",
        headline=text,
        parts=(Paragraph(tuple(spans)),),
        mentions=tuple(notify),
        locale=str(t.locale),
        zone=str(team.zone) if team else "UTC",
    )


def as_severity(text: str) -> Severity:
    return cast(Severity, text)
