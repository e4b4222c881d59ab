"""What a hand-over note says: the remarks, what is open and over, what nobody answered, and what comes."""

from __future__ import annotations

from collections.abc import Sequence

from desk.configuration.model import Configuration
from desk.handover.facts import Facts, OpenIncident, OverIncident, Question
from desk.incidents.card import actor
from desk.messages import Bullets, Command, Heading, Paragraph, Part, Quote, Span, Text, When, between
from desk.oncall.escalation import Position
from desk.oncall.steps import next_step_words
from desk.readers import Reader
from desk.words import Tongue, category_name

MOST_MUTED = 5
MOST_GAPS = 3


def body(facts: Facts, remarks: str, configuration: Configuration, to: Reader) -> list[Part]:
    """The same for everybody who has the note, each in their own language."""
    t = to.t
    parts: list[Part] = []
    if remarks:
        # Somebody's own words: text, which every platform escapes, and in which nobody is named to be pinged.
        parts += [Heading(t("Remarks")), Paragraph((Text(remarks),))]
    parts.append(Heading(t("Open") if facts.open else t("Nothing is open")))
    if facts.open:
        parts.append(Bullets(tuple(_open(one, configuration, t) for one in facts.open)))
    if facts.over:
        parts.append(Paragraph(_over(facts.over, configuration, t)))
    if facts.muted:
        parts += [Heading(t("Muted")), Bullets(tuple(_muted(facts, configuration, t)))]
    parts += _questions(facts, configuration, to)
    parts.append(_replies(facts, t))
    parts += _ahead(facts, configuration, t)
    return parts


def _open(one: OpenIncident, configuration: Configuration, t: Tongue) -> tuple[Span, ...]:
    what = f"{one.severity} · {category_name(t, one.category)}"
    if markets := _markets(one.markets, configuration, t):
        what += f" · {markets}"
    spans: list[Span] = [Text(what, "strong"), Text(" · " + t("since") + " "), When(one.since, "date_time")]
    if one.muted:
        spans.append(Text(" · " + t("muted")))
    if one.owner is not None:
        spans += [Text(" · "), actor(one.owner), Text(" " + t("has it"))]
    elif one.next_at is not None:
        following = next_step_words(configuration, one.policy, Position(one.round, one.step), t)
        spans += [Text(" · " + t("nobody has it; next") + " "), When(one.next_at)]
        spans += [Text(f" ({following})")] if following else []
    else:
        spans.append(Text(" · " + t("nobody has it")))
    return (*spans, Text(" · "), Command(f"/live incidents {one.number}"))


def _over(over: Sequence[OverIncident], configuration: Configuration, t: Tongue) -> tuple[Span, ...]:
    """All of them in one line."""
    names = []
    for one in over:
        markets = _markets(one.markets, configuration, t)
        names.append(f"{one.number} {category_name(t, one.category)}" + (f" ({markets})" if markets else ""))
    said = (
        t("{n} incidents of the shift are over:", n=len(over))
        if len(over) > 1
        else t("One incident of the shift is over:")
    )
    return (Text(said + " "), Text("; ".join(names) + "."))


def _muted(facts: Facts, configuration: Configuration, t: Tongue) -> list[tuple[Span, ...]]:
    items: list[tuple[Span, ...]] = []
    for one in facts.muted[:MOST_MUTED]:
        where = t("in every show") if one.show is None else _show(one.show, configuration, t)
        name: list[Span] = [Text(f"{category_name(t, one.category)} · {where} · " + t("until") + " ")]
        items.append((*name, When(one.until, "date_time"), Text(" · "), actor(one.by)))
    if len(facts.muted) > MOST_MUTED:
        items.append((Text(t("and {n} more", n=len(facts.muted) - MOST_MUTED)),))
    return items


def _questions(facts: Facts, configuration: Configuration, to: Reader) -> list[Part]:
    t = to.t
    if not facts.questions:
        return []
    parts: list[Part] = [Heading(t("Questions that nobody has answered"))]
    for one in facts.questions:
        parts.append(Quote(one.day, one.event, to.language, _asked_by(one, configuration, t)))
    if facts.more_questions:
        parts.append(Paragraph((Text(t("and {n} more", n=facts.more_questions) + ": "), Command("/live questions"))))
    return parts


def _asked_by(one: Question, configuration: Configuration, t: Tongue) -> str:
    said = t("one viewer") if one.viewers == 1 else t("{n} viewers", n=one.viewers)
    return f"{said} · {_show(one.show, configuration, t)}" if one.show else said


def _replies(facts: Facts, t: Tongue) -> Paragraph:
    """Livedesk does not send replies yet, and a note that kept silent about them would look as if none waited."""
    if facts.replies is None:
        return Paragraph((Text(t("Replies to viewers are not sent from here, so none are listed."), "muted"),))
    return Paragraph((Text(t("Replies that wait to be sent: {n}", n=facts.replies)),))


def _ahead(facts: Facts, configuration: Configuration, t: Tongue) -> list[Part]:
    parts: list[Part] = []
    if facts.shows:
        items: list[tuple[Span, ...]] = []
        for one in facts.shows:
            markets = _markets(one.markets, configuration, t)
            title: list[Span] = [
                Text(_show(one.show, configuration, t), "strong"),
                Text(" · "),
                When(one.start, "date_time"),
            ]
            items.append((*title, Text("–"), When(one.end), Text(f" · {markets}" if markets else "")))
        parts += [Heading(t("Shows ahead")), Bullets(tuple(items))]
    if facts.gaps:
        alone = Text(t("Nobody is on call, though somebody is wanted:"), "strong")
        gaps = tuple(tuple[Span, ...](between(gap.start, gap.end)) for gap in facts.gaps[:MOST_GAPS])
        parts += [Paragraph((alone,)), Bullets(gaps)]
    return parts


def _markets(markets: Sequence[str], configuration: Configuration, t: Tongue) -> str:
    known = [configuration.markets[one].name if one in configuration.markets else one for one in markets if one]
    return t.listed(known)


def _show(show: str, configuration: Configuration, t: Tongue) -> str:
    known = configuration.shows.get(show)
    return known.title if known else show or t("outside of shows")
