"""`/oncall route MARKET CATEGORY LANGUAGE P1 [time]`: which rule would take it, and who would be paged."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration, Person, Route
from desk.messages import Bullets, Command, Facts, Message, Paragraph, Part, PersonName, Severity, Span, Text, When
from desk.oncall.hours import words as hour_words
from desk.oncall.routed import Asked, Routed, Taken, Unread, dry_run
from desk.questions.asking import Asker
from desk.questions.plan_asked import instant_in, name_of, said
from desk.reach.rehearsal import Called, Flaw, Known
from desk.signals import SIGNALS
from desk.words import Tongue, category_name, method_name

CATEGORIES = (
    "delivery", "price", "quality", "size_fit", "authenticity", "payment", "after_sale", "stream_quality", "host",
    "stock", "other",
)  # fmt: skip
_SEVERITIES: dict[str, Severity] = {"p1": "P1", "p2": "P2", "p3": "P3"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


def answer(
    configuration: Configuration, text: str, asker: Asker, now: datetime, t: Tongue, known: Known | None = None
) -> Message:
    """Words in any order: a market, a category or signal, a severity (P1 when left out), a language, a time."""
    market = category = language = None
    severity: Severity = "P1"
    rest: list[str] = []
    markets = {key.casefold(): key for key in configuration.markets}
    for word in text.split():
        folded = word.casefold()
        if market is None and folded in markets:
            market = markets[folded]
        elif folded in _SEVERITIES:
            severity = _SEVERITIES[folded]
        elif category is None and folded in (*CATEGORIES, *SIGNALS):
            category = folded
        elif language is None and _LANGUAGE.fullmatch(word) and folded != "at":
            language = word
        else:
            rest.append(word)
    at = instant_in(" ".join(rest), asker, now) if rest else now
    if at is None:
        example = next(iter(configuration.markets), "us")
        parts = (
            Paragraph((Text(t("Name a market, a category, a language, a severity and a time, in any order:")),)),
            Bullets(((Command(f"/oncall route {example} payment P1 en 22:00"),),)),
        )
        return said(t("I do not understand “{text}”", text=" ".join(rest)[:60]), parts, asker, t)
    return told(configuration, dry_run(configuration, Asked(market, category, language, severity, at), known), asker, t)


def told(configuration: Configuration, routed: Routed, asker: Asker, t: Tongue) -> Message:
    """The rule, the policy, and each step with its time and everybody's own clock."""
    parts: list[Part] = [Facts(tuple(_facts(routed, t)))]
    if routed.steps:
        parts.append(Bullets(tuple(tuple(_step(configuration, one, t)) for one in routed.steps)))
    for reason in (*(reason for step in routed.steps for reason in step.fell_through), *routed.passed_over):
        parts.append(Paragraph((Text(reason, "muted"),)))
    if routed.reasons:
        parts.append(Bullets(tuple((Text(reason),) for reason in routed.reasons)))
    elif routed.steps and routed.ends_at is not None:
        spans = (Text(t("If nobody has acknowledged, the admins are told at") + " "), When(routed.ends_at, "date_time"))
        parts.append(Paragraph(spans))
    parts += _reached(configuration, routed, t)
    return said(_headline(configuration, routed, t), parts, asker, t)


def _reached(configuration: Configuration, routed: Routed, t: Tongue) -> list[Part]:
    """By what each would be reached, and plainly what would not work."""
    if not routed.called and not routed.unread:
        return []
    items: list[tuple[Span, ...]] = [
        (PersonName(one.person), Text(": " + "; ".join((_rings(one, t), *(_flaw(flaw, t) for flaw in one.flaws)))))
        for one in routed.called
    ]
    for left in routed.unread:
        items.append((Text(_left_out(left, t)),))
    parts: list[Part] = [Paragraph((Text(t("By what they would be reached:"), "strong"),)), Bullets(tuple(items))]
    if routed.from_file:
        note = t("From the file alone: what is verified, and who is in a chat's group, the bot's database knows.")
        parts.append(Paragraph((Text(note, "muted"),)))
    return parts


def _rings(one: Called, t: Tongue) -> str:
    if not one.rings:
        return t("nothing reaches them, so they are passed over")
    rung = []
    for after, methods in one.rings:
        by = t.listed([method_name(t, method) for method in methods])
        rung.append(
            t("{ways} after {time}", ways=by, time=t.duration(after)) if after else t("{ways} at once", ways=by)
        )
    return ", ".join(rung)


def _flaw(flaw: Flaw, t: Tongue) -> str:
    way = method_name(t, flaw.method)
    if flaw.why == "unverified" and flaw.used:
        return t("{way} not verified: used beside the others, never relied on", way=way)
    if flaw.why == "failed" and flaw.used:
        return t("{way} tried, although its last delivery failed for good", way=way)
    return {
        "unverified": t("{way} not verified, so not used", way=way),
        "code": t("{way} waits for its code, so not used", way=way),
        "failed": t("the last delivery by {way} failed for good, so not used", way=way),
        "unsent": t("{way} not used: this installation cannot send by it", way=way),
        "unknown": t("{way} only once it is verified", way=way),
    }[flaw.why]


def _left_out(left: Unread, t: Tongue) -> str:
    if left.strangers is None:
        return t(
            "the members of {user_group}, of the group {group}, are not known here: only those that the file names "
            "are counted",
            user_group=left.user_group,
            group=left.group,
        )
    if left.strangers == 1:
        return t(
            "one account in {user_group}, of the group {group}, stands under no person, so no page reaches it",
            user_group=left.user_group,
            group=left.group,
        )
    return t(
        "{n} accounts in {user_group}, of the group {group}, stand under no person, so no page reaches them",
        n=left.strangers,
        user_group=left.user_group,
        group=left.group,
    )


def _headline(configuration: Configuration, routed: Routed, t: Tongue) -> str:
    if routed.route is None:
        return t("No routing rule matches: nobody is told")
    if routed.policy is None or routed.urgency == "none":
        return t("Posted, and nobody is paged")
    if not routed.steps:
        return t("The policy {policy} reaches nobody", policy=routed.policy.key)
    first = routed.steps[0]
    names = t.listed([name_of(configuration, one.person) for one in first.people]) or t("a channel")
    if first.people and all(one.until is not None for one in first.people):
        return t("{policy}: held for {people} first", policy=routed.policy.key, people=names)
    return t("{policy}: {people} first", policy=routed.policy.key, people=names)


def _facts(routed: Routed, t: Tongue) -> list[tuple[str, tuple[Span, ...]]]:
    asked = routed.asked
    about = [asked.severity, asked.market or t("any market")]
    about.append(category_name(t, asked.category) if asked.category else t("any category"))
    if asked.language:
        about.append(t.language(asked.language.partition("-")[0]))
    pairs: list[tuple[str, tuple[Span, ...]]] = [
        (t("Asked"), (Text(", ".join(about) + " · "), When(asked.at, "date_time"))),
    ]
    if routed.route is not None:
        pairs.append((t("Rule"), (Text(f"routing[{routed.rule}]: {_conditions(routed.route, t)}"),)))
        if routed.route.team is not None:
            pairs.append((t("Team"), (Text(routed.route.team),)))
    if routed.policy is not None:
        pairs.append((t("Policy"), (Text(routed.policy.key),)))
        words = {
            "high": t("high: pages go out at once"),
            "low": t("low: pages wait for each receiver's morning"),
            "none": t("none: nobody is paged"),
        }
        pairs.append((t("Urgency"), (Text(words[routed.urgency]),)))
    return pairs


def _conditions(rule: Route, t: Tongue) -> str:
    """The rule as the file writes it."""
    found = [
        f"{name}: {', '.join(sorted(values))}"
        for name, values in (
            ("markets", rule.markets),
            ("categories", rule.categories),
            ("severities", rule.severities),
            ("languages", rule.languages),
        )
        if values
    ]
    if rule.hours is not None:
        zone = f" {rule.hours.zone.key}" if rule.hours.zone else ""
        found.append(f"hours: {hour_words(rule.hours.window)}{zone}")
    return " · ".join(found) or t("matches everything")


def _step(configuration: Configuration, step: Taken, t: Tongue) -> list[Span]:
    label = t("step {n}", n=step.step + 1)
    label += t(", round {n}", n=step.round + 1) if step.round else ""
    spans: list[Span] = [When(step.at, "date_time"), Text(f" · {label} · ")]
    for number, reached in enumerate(step.people):
        person = configuration.people.get(reached.person)
        spans += [Text("; ")] if number else []
        spans += [PersonName(reached.person), Text(_there(person, step.at, t))]
        if reached.until is not None:
            zone = person.zone if person else ZoneInfo("UTC")
            spans.append(Text(", " + t("held until {at}", at=t.local_time(reached.until, zone, step.at)), "strong"))
        spans.append(Text(f" ({reached.why})", "muted"))
    for number, channel in enumerate(step.channels):
        spans.append(Text(("; " if step.people or number else "") + channel))
    return spans


def _there(person: Person | None, at: datetime, t: Tongue) -> str:
    return ", " + t("{at} there", at=t.time(at, person.zone)) if person else ""
