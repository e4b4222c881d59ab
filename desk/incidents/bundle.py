"""Several incidents of one team within a minute: one message, in which each keeps its state, owner and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.configuration.model import Team
from desk.incidents.card import CardFacts, actions, actor, card, finding, headline, is_told
from desk.incidents.rules import OVER
from desk.messages import (
    Buttons,
    Heading,
    Message,
    Paragraph,
    Part,
    PersonName,
    Quote,
    Severity,
    Span,
    Text,
    When,
)
from desk.words import Tongue, category_name

TOGETHER = timedelta(minutes=1)
MOST = 6  # more would be a list that nobody reads to its end
WITH_SAMPLE = 3  # up to so many, each shows one comment; the others' are in the thread


def joins(severity: Severity, at: datetime, rang: Severity, rang_at: datetime, count: int) -> bool:
    """Whether something of `at` becomes a line of a message that rang at `rang_at` and shows `count` already.

    An edit rings for nobody. So only what is no worse than what the message has rung for may become a line of it, and
    what is worse gets a message of its own.
    """
    return count < MOST and abs(at - rang_at) <= TOGETHER and severity >= rang


def bundle(all_facts: Sequence[CardFacts], team: Team | None, t: Tongue) -> Message:
    """One message for incidents that rose together: the worst first, what is over last; of a single one, its card."""
    if len(all_facts) == 1:
        return card(all_facts[0], team, t)
    all_facts = sorted(all_facts, key=lambda facts: (facts.state in OVER, facts.severity, facts.incident))
    left = [facts for facts in all_facts if facts.state not in OVER]
    shows = list(dict.fromkeys(facts.show for facts in all_facts))
    parts: list[Part] = [Paragraph((Text(shows[0]),))] if len(shows) == 1 and shows[0] else []
    for facts in all_facts:
        headed = left != [facts]  # else the first line of all is its own
        parts += _one(facts, team, t, headed=headed, with_show=len(shows) > 1, with_sample=len(left) <= WITH_SAMPLE)
    numbers = _numbers(all_facts, t)
    return Message(
        kind="incident",
        headline=_headline(all_facts, left, t),
        parts=tuple(parts),
        severity=min(facts.severity for facts in left or all_facts),
        footer=(Text(t("Incidents {numbers} · charts and samples are in the thread", numbers=numbers)),),
        locale=str(t.locale),
        zone=str(team.zone) if team else "UTC",
    )


def page_bundle(
    all_facts: Sequence[CardFacts],
    person: str,
    whys: Sequence[str],
    team: Team | None,
    zone: str,
    t: Tongue,
    *,
    calling: bool,
) -> Message:
    """What wakes somebody once for all that rose within the minute. `calling`: it still does."""
    made = bundle(all_facts, team, t)
    notes = [Paragraph((Text(t("You are paged because: {why}", why=why), "muted"),)) for why in dict.fromkeys(whys)]
    return Message(
        kind="page",
        headline=t("Page: {what}", what=made.headline) if calling else made.headline,
        parts=(*made.parts, *notes),
        severity=made.severity,
        actions=made.actions,
        footer=(Text(t("Incidents {numbers}", numbers=_numbers(all_facts, t))),),
        mentions=(person,) if calling else (),
        locale=made.locale,
        zone=zone,
    )


def _numbers(all_facts: Sequence[CardFacts], t: Tongue) -> str:
    return t.listed([str(number) for number in sorted(facts.incident for facts in all_facts)])


def _headline(all_facts: Sequence[CardFacts], left: Sequence[CardFacts], t: Tongue) -> str:
    told = left or all_facts
    what = t.listed(list(dict.fromkeys(category_name(t, facts.category) for facts in told)))
    if not left:
        return t("Over: {what}", what=t("{n} problems at once ({what})", n=len(all_facts), what=what))
    if len(left) == 1:
        return headline(left[0], t)
    return t("{n} problems at once ({what})", n=len(left), what=what)


def _one(
    facts: CardFacts, team: Team | None, t: Tongue, *, headed: bool, with_show: bool, with_sample: bool
) -> list[Part]:
    spans: list[Span] = [*finding(facts, t, told=is_told(facts))]
    if with_show and facts.show:
        spans = [Text(facts.show + " · "), *spans]
    parts: list[Part] = [Heading(headline(facts, t))] if headed else []
    parts.append(Paragraph((*spans, *_owner(facts, t))))
    if with_sample and facts.samples and facts.state not in OVER:
        day, event = facts.samples[0]
        parts.append(Quote(day, event, team.language if team else "en"))
    return [*parts, Buttons(actions(facts, t))]


def _owner(facts: CardFacts, t: Tongue) -> list[Span]:
    if facts.state in OVER:
        return []
    if facts.owner is not None:
        return [Text(" " + t("Owner") + ": "), actor(facts.owner)]
    if not facts.paged:
        return [Text(" " + t("Owner") + ": " + t("nobody yet"))]
    spans: list[Span] = [Text(" " + t("Paged") + ": ")]
    for number, person in enumerate(facts.paged):
        spans += [Text(t(", ")), PersonName(person)] if number else [PersonName(person)]
    if facts.next_step_at is not None:
        spans += [Text(" · " + t("Next step") + " "), When(facts.next_step_at)]
    return spans
