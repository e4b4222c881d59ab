"""The card of an incident: one message, edited in place, that a tired person understands in three seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, cast

from desk.configuration.model import Team
from desk.incidents import signals
from desk.incidents.answers import Suggestion
from desk.incidents.reasons import Seen, why_so
from desk.incidents.rules import LIVEDESK, MANUAL, OVER
from desk.marks import rules as marking
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
    woven,
)
from desk.signals import SILENCE, is_signal
from desk.words import Tongue, category_name

HARDLY_ANY = 1.0  # complaints a minute: below that, a multiple of the usual says nothing
CALLS = 3  # pages by hand that a card repeats; its thread has all
NOWHERE = "—"  # how a market is shown that has no name, because there is none
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
class MutedFacts:
    since: datetime
    until: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """Who paged by hand, and their own words for it."""

    who: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """A page that waits; `until` in words, on the receiver's own clock."""

    person: str
    until: str


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
    reopened: int = 0
    reopened_at: datetime | None = None
    muted: MutedFacts | None = None
    was_muted: MutedFacts | None = None
    seen: Seen | None = None  # when the severity was judged
    suggestion: Suggestion | None = None
    held: Sequence[HeldFacts] = ()
    confirm_by: datetime | None = None  # until when it is its owner's, unless they confirm
    is_exhausted: bool = False  # nobody is left to page
    marks: Sequence[str] = ()  # useful or noise, one of each who said so
    by_hand: Sequence[ByHand] = ()


def actor(name: str) -> Span:
    """A person of the configuration by key; anybody else by the name they have on their platform."""
    return Text(name.partition(":")[2]) if ":" in name else PersonName(name)


def again(reopened: int, t: Tongue) -> str:
    """That something is open for the second time, or the third."""
    if reopened == 1:
        return t("Open again, second time")
    return t("Open again, third time") if reopened == 2 else t("Open again, {n}th time", n=reopened + 1)


def headline(facts: CardFacts, t: Tongue) -> str:
    """What happened and where, in one line: it is also the notification."""
    what = what_and_where(facts, t)
    if facts.state == "resolved":
        return t("Over: {what}", what=what)
    if facts.state == "expired":
        return t("Expired: {what}", what=what)
    if facts.muted is not None:
        return t("Muted: {what}", what=what)
    if facts.state == "acknowledged":
        return t("In hand: {what}", what=what)
    return f"{again(facts.reopened, t)}: {what}" if facts.reopened else what


def what_and_where(facts: CardFacts, t: Tongue) -> str:
    """`P2 · Payment complaints in United States`; what is of no market, such as a source of several, names none."""
    named = list(dict.fromkeys(scope.market for scope in facts.scopes if scope.market != NOWHERE))
    if facts.category == MANUAL:
        return t("{severity} · Paged by hand: {target}", severity=facts.severity, target=t.listed(named))
    what = _called(facts, t.listed(named), t)
    if not is_signal(facts.category):
        return what
    of_signal = [scope for scope in facts.scopes if scope.category == facts.category]
    figures = signals.figures(t, facts.category, of_signal[0].figures) if len(of_signal) == 1 else ""
    return t("{what}: {figures}", what=what, figures=figures) if figures else what


def is_told(facts: CardFacts) -> bool:
    """Whether the headline has the figures of a signal; those of silent sources are names alone."""
    return len([one for one in facts.scopes if one.category == facts.category]) == 1 and facts.category != SILENCE


def _called(facts: CardFacts, markets: str, t: Tongue) -> str:
    if not is_signal(facts.category):
        if not markets:
            category = category_name(t, facts.category).capitalize()
            return t("{severity} · {category} complaints", severity=facts.severity, category=category)
        return t(
            "{severity} · {category} complaints in {markets}",
            severity=facts.severity,
            category=category_name(t, facts.category).capitalize(),
            markets=markets,
        )
    called = signals.called(t, facts.category)
    if not markets:
        return f"{facts.severity} · {called}"
    return t("{severity} · {signal} in {markets}", severity=facts.severity, signal=called, markets=markets)


def card(facts: CardFacts, team: Team | None, t: Tongue) -> Message:
    parts: list[Part] = [Paragraph(finding(facts, t, told=is_told(facts))), Facts(tuple(_pairs(facts, t)))]
    language = team.language if team else "en"
    if facts.suggestion is not None and facts.state not in OVER:
        parts += _suggested(facts.suggestion, language, t)
    if len(facts.scopes) > 1 and facts.category != SILENCE:
        parts.append(_table(facts.scopes, t))
    parts += [Quote(day, event, language) for day, event in facts.samples]
    return Message(
        kind="incident",
        headline=headline(facts, t),
        parts=tuple(parts),
        severity=facts.severity,
        chart=facts.chart,
        actions=actions(facts, t),
        footer=_footer(facts, t),
        locale=str(t.locale),
        zone=str(team.zone) if team else "UTC",
    )


def _footer(facts: CardFacts, t: Tongue) -> tuple[Span, ...]:
    marked = marking.small_print(facts.marks, t)
    return (Text(t("Incident {number}", number=facts.incident) + (f" · {marked}" if marked else "")),)


def finding(facts: CardFacts, t: Tongue, *, told: bool = False) -> tuple[Span, ...]:
    """How big it is, against what is usual, and that it has ended where it has. `told`: its headline, which stands
    above it, has a signal's figures already."""
    first = facts.scopes[0]
    if facts.by_hand:
        return (*_asked_for(facts.by_hand), *_state(facts, first, t))
    if is_signal(facts.category):
        over = facts.state in OVER
        spans = [
            span
            for one in _told(facts)
            for span in signals.finding(t, facts.category, one.figures, told=told, over=over)
        ]
        return (*spans, *_state(facts, first, t))
    falling = facts.state not in OVER and first.observed < first.peak * PASSED
    # A rate is of a minute and the viewers of all the time since it began, so that the words keep them apart.
    viewers = t("one viewer") if first.viewers == 1 else t("{n} viewers", n=first.viewers)
    peak, rate = t.number(first.peak), t.number(first.observed)
    if falling:
        rate = t("{peak} a minute at the highest, {rate} now, from {viewers}", peak=peak, rate=rate, viewers=viewers)
    elif facts.state in OVER:
        rate = t("{peak} a minute at the highest, from {viewers}", peak=peak, viewers=viewers)
    else:
        rate = t("{rate} a minute, so far from {viewers}", rate=rate, viewers=viewers)
    where = f"{first.market}: " if len(facts.scopes) > 1 else ""
    highest = first.peak if falling or facts.state in OVER else first.observed
    return (Text(where + rate, "strong"), Text(" · " + _against(highest, first, t)), *_state(facts, first, t))


def _asked_for(by_hand: Sequence[ByHand]) -> list[Span]:
    """The newest words of those who paged, each a line: text, which every platform escapes, and which pings nobody."""
    spans: list[Span] = []
    for one in by_hand[-CALLS:]:
        spans += [Text("\n" if spans else ""), actor(one.who), Text(f": “{one.text}”")]
    return spans


def _told(facts: CardFacts) -> list[ScopeFacts]:
    """The scopes whose signal the first sentences tell: the first, or every one in which a source is silent."""
    of_signal = [scope for scope in facts.scopes if scope.category == facts.category]
    return of_signal if facts.category == SILENCE else of_signal[:1]


def _state(facts: CardFacts, first: ScopeFacts, t: Tongue) -> tuple[Span, ...]:
    spans: list[Span] = []
    if facts.resolved_at is not None:
        at = _when(facts, facts.resolved_at)
        spans.append(Text(" "))
        if facts.state == "expired":
            spans += woven(t("Nobody resolved it; it expired at {at}."), at=at)
        elif facts.resolved_by is None or facts.resolved_by == LIVEDESK:
            spans += woven(t("It ended by itself at {at}."), at=at)
        else:
            spans += woven(t("Resolved by {who} at {at}."), who=actor(facts.resolved_by), at=at)
    elif first.calm:
        spans.append(Text(" " + t("It has calmed down.")))
    if facts.from_import:
        spans.append(Text(" " + t("Found while importing a recording: nobody was paged.")))
    return tuple(spans)


def _against(highest: float, scope: ScopeFacts, t: Tongue) -> str:
    share = t.percent(scope.share)
    if scope.usual < HARDLY_ANY:
        return t("usually hardly any · {share} of all comments.", share=share)
    times = highest / scope.usual
    return t(
        "{times} times the usual {usual} · {share} of all comments.",
        times=t.number(round(times) if times >= 3 else times),
        usual=t.number(scope.usual),
        share=share,
    )


def _suggested(suggestion: Suggestion, language: str, t: Tongue) -> list[Part]:
    spans: list[Span] = [Text(t("Suggested answer"), "strong")]
    if suggestion.language.partition("-")[0] != language.partition("-")[0]:
        spans.append(Text(" " + t("(written in {language})", language=t.language(suggestion.language)), "muted"))
    parts: list[Part] = [Paragraph((*spans, Text(" · " + suggestion.text)))]
    if suggestion.theirs:
        theirs = t("In {language}:", language=t.language(suggestion.their_language))
        parts.append(Paragraph((Text(f"{theirs} {suggestion.theirs}", "muted"),)))
    return parts


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
    """From what a person who has just been woken asks first: since when, who has it, and what comes next."""
    pairs: list[tuple[str, tuple[Span, ...]]] = []
    pairs.append((t("Since"), (_when(facts, facts.began_at),)))
    if facts.reopened and facts.reopened_at is not None:
        how_often = t("{n} times, last at", n=facts.reopened) if facts.reopened > 1 else t("once, at")
        pairs.append((t("Came back"), (Text(how_often + " "), _when(facts, facts.reopened_at))))
    if facts.muted is not None:
        until = When(facts.muted.until, "date_time")
        pairs.append((t("Muted until"), (until, Text(" · "), actor(facts.muted.by))))
    elif facts.was_muted is not None:
        was = facts.was_muted
        pairs.append((t("Was muted"), (When(was.since), Text("–"), When(was.until), Text(" · "), actor(was.by))))
    if facts.owner is not None and facts.acknowledged_at is not None:
        owner: list[Span] = [actor(facts.owner), Text(" · "), When(facts.acknowledged_at)]
        if facts.confirm_by is not None:
            owner += [Text(" · " + t("unless confirmed, until") + " "), When(facts.confirm_by)]
        pairs.append((t("Owner"), tuple(owner)))
    elif facts.paged:
        names: list[Span] = []
        for person in facts.paged:
            names += [Text(t(", ")), PersonName(person)] if names else [PersonName(person)]
        pairs.append((t("Paged"), tuple(names)))
    elif facts.state == "open":
        pairs.append((t("Owner"), (Text(t("nobody yet")),)))
    if facts.held and facts.state == "open":
        waits: list[Span] = []
        for number, one in enumerate(facts.held):
            said = t("until {at} for", at=one.until) + " "
            waits += [Text((", " if number else "") + said), PersonName(one.person)]
        pairs.append((t("Held"), tuple(waits)))
    if facts.next_step_at is not None and facts.state == "open":
        next_at = When(facts.next_step_at, "date_time" if facts.held else "time")  # what is held may be held for days
        pairs.append((t("Next step"), (next_at, Text(" · " + facts.next_step_for))))
    elif facts.is_exhausted and facts.state == "open":
        pairs.append((t("Next step"), (Text(t("none: everybody was paged, and nobody acknowledged")),)))
    if facts.seen is not None and facts.severity != "P3" and facts.state not in OVER:
        pairs.append((t("Why {severity}", severity=facts.severity), (Text(why_so(facts.seen, t)),)))
    if facts.show:
        pairs.append((t("Show"), (Text(facts.show),)))
    if facts.on_air:
        pairs.append((t("On air"), (Text(facts.on_air),)))
    if words := _apart(facts.leading_words):
        pairs.append((t("Leading words"), (Text(t(", ").join(words)),)))
    return pairs


def _apart(words: Sequence[str]) -> list[str]:
    """Without a word that stands in another one, such as "payment" beside "payment failed"."""
    return [one for one in words if not any(one != other and one in other for other in words)]


def actions(facts: CardFacts, t: Tongue) -> tuple[Action, ...]:
    """What can be done about it in its state; whether it was worth an alert can always be said."""
    if facts.category == MANUAL:  # whether it was worth it, its caller knows; no detector learns from it
        return _by_state(facts, t)
    return (*_by_state(facts, t), *marking.actions(facts.incident, facts.version, t))


def _by_state(facts: CardFacts, t: Tongue) -> tuple[Action, ...]:
    ref = f"incident:{facts.incident}"
    version = facts.version
    if facts.state in OVER:
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
    acknowledge = Action("acknowledge", ref, version, t("Acknowledge"), "primary")
    if facts.muted is not None:
        unmute = Action("unmute", ref, version, t("Unmute"))
        return (resolve, unmute) if facts.state == "acknowledged" else (acknowledge, resolve, unmute)
    if facts.state == "acknowledged":
        confirm = () if facts.confirm_by is None else (Action("confirm", ref, version, t("Still on It")),)
        return (resolve, *confirm, escalate, *_mutes(facts, ref, t))
    return (acknowledge, escalate, resolve, *_mutes(facts, ref, t))


def _mutes(facts: CardFacts, ref: str, t: Tongue) -> list[Action]:
    """A choice of how long: every mute has an end."""
    choices = [("mute_30m", t("Mute for 30 minutes")), ("mute_2h", t("Mute for 2 hours"))]
    if facts.show:
        choices.append(("mute_show", t("Mute until the show ends")))
    return [Action(verb, ref, facts.version, label, menu=t("Mute…")) for verb, label in choices]


def page(
    facts: CardFacts, person: str, why: str, team: Team | None, zone: str, t: Tongue, *, calling: bool = True
) -> Message:
    """What wakes somebody: the same facts, addressed to one person, in their own zone. `calling`: it still does."""
    # Whoever is woken by it needs the buttons on the first screen more than a second and a third comment.
    made = card(replace(facts, samples=facts.samples[:1]), team, t)
    calling = calling and facts.state == "open"
    note = Paragraph((Text(t("You are paged because: {why}", why=why), "muted"),))
    return Message(
        kind="page",
        headline=t("Page: {what}", what=headline(facts, t)) if calling else made.headline,
        parts=(*made.parts, note),
        severity=made.severity,
        actions=made.actions,
        footer=made.footer,
        mentions=(person,) if calling else (),
        locale=made.locale,
        zone=zone,
    )


def history_line(
    text: str,
    at: datetime,
    who: str | None,
    team: Team | None,
    t: Tongue,
    *,
    notify: Sequence[str] = (),
    more: Sequence[Part] = (),
    chart: ChartRef | None = None,
) -> Message:
    """One line of an incident's thread; with `more` and a chart, how it stood then."""
    spans: list[Span] = [When(at), Text(" · " + text)]
    if who is not None:
        spans += [Text(" "), actor(who)]
    for person in notify:
        spans += [Text(" "), PersonName(person, notify=True)]
    return Message(
        kind="history",
        headline=text,
        parts=(Paragraph(tuple(spans)), *more),
        chart=chart,
        mentions=tuple(notify),
        locale=str(t.locale),
        zone=str(team.zone) if team else "UTC",
    )


def as_severity(text: str) -> Severity:
    return cast(Severity, text)
