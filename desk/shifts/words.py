"""What somebody is told when a shift starts, or ahead of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.incidents.card import actor
from desk.messages import Bullets, Command, Facts, Message, Paragraph, Part, PersonName, Span, Text, When
from desk.oncall.resolve import Row
from desk.oncall.spans import Span as Stretch
from desk.readers import Reader
from desk.words import Tongue, category_name

MOST_FOLLOWING = 4
LATE = timedelta(minutes=5)  # after that a start is told as something that has been


@dataclass(frozen=True, slots=True)
class OpenOne:
    number: int
    severity: str
    category: str
    markets: tuple[str, ...]  # names
    owner: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a notice says. `until` None: not within a year; `relieves` None: nobody was there."""

    schedule: str
    to: Reader
    start: datetime
    until: datetime | None
    late: timedelta
    relieves: str | None
    following: tuple[Stretch, ...]
    next_one: Row | None
    open: tuple[OpenOne, ...]
    more_open: int


def start(seen: Seen) -> Message:
    to, t = seen.to, seen.to.t
    if seen.until is None:
        headline = t("You are on call for {schedule}", schedule=seen.schedule)
    else:
        headline = t("You are on call for {schedule} until {until}", schedule=seen.schedule, until=_until(seen))
    pairs: list[tuple[str, tuple[Span, ...]]] = []
    if seen.late > LATE:
        pairs.append((t("Since"), (When(seen.start, "date_time"),)))
    pairs += _people(seen)
    parts: list[Part] = [Facts(tuple(pairs)), *_open(seen, t)]
    how = t("A page comes to you as a message like this. Tap Acknowledge on it, and nobody else is woken.")
    parts.append(Paragraph((Text(how, "muted"),)))
    return _said(headline, parts, to)


def ahead(seen: Seen) -> Message:
    """Before the shift: when it begins, and the same people. What will be open then nobody knows yet."""
    to, t = seen.to, seen.to.t
    at = to.day_time(seen.start)
    headline = (
        t("From {at} you are on call for {schedule}", at=at, schedule=seen.schedule)
        if seen.until is None
        else t(
            "From {at} to {until} you are on call for {schedule}",
            at=to.t.day_time(seen.start, to.zone),
            until=to.day_time(seen.until),
            schedule=seen.schedule,
        )
    )
    return _said(headline, [Facts(tuple(_people(seen)))], to)


def _until(seen: Seen) -> str:
    assert seen.until is not None
    zone = seen.to.zone
    same = seen.until.astimezone(zone).date() == (seen.start + max(seen.late, timedelta())).astimezone(zone).date()
    return seen.to.time(seen.until) if same else seen.to.day_time(seen.until)


def _people(seen: Seen) -> list[tuple[str, tuple[Span, ...]]]:
    t = seen.to.t
    relieved: Span = PersonName(seen.relieves) if seen.relieves is not None else Text(t("nobody"))
    pairs: list[tuple[str, tuple[Span, ...]]] = [(t("You relieve"), (relieved,))]
    if seen.next_one is not None and seen.next_one.person not in (None, seen.to.person):
        assert seen.next_one.person is not None
        after: tuple[Span, ...] = (
            PersonName(seen.next_one.person),
            Text(" · "),
            When(seen.next_one.start, "date_time"),
        )
        pairs.append((t("After you"), after))
    if seen.following:
        shown = [seen.to.stretch(*one) for one in seen.following[:MOST_FOLLOWING]]
        more = len(seen.following) - MOST_FOLLOWING
        said = "; ".join(shown) + ("; " + t("and {n} more", n=more) if more > 0 else "")
        pairs.append((t("Yours again, without another message"), (Text(said),)))
    return pairs


def _open(seen: Seen, t: Tongue) -> list[Part]:
    if not seen.open:
        return [Paragraph((Text(t("Nothing is open.")),))]
    items: list[tuple[Span, ...]] = []
    for one in seen.open:
        markets = f" · {t.listed(list(one.markets))}" if one.markets else ""
        spans: list[Span] = [Text(f"{one.severity} · {category_name(t, one.category)}{markets}", "strong"), Text(" · ")]
        spans += [actor(one.owner), Text(" " + t("has it"))] if one.owner else [Text(t("nobody has it"))]
        items.append((*spans, Text(" · "), Command(f"/live incidents {one.number}")))
    if seen.more_open:
        items.append((Text(t("and {n} more", n=seen.more_open)),))
    return [Paragraph((Text(t("Open now:"), "strong"),)), Bullets(tuple(items))]


def _said(headline: str, parts: list[Part], to: Reader) -> Message:
    t = to.t
    return Message(
        kind="notice",
        headline=headline,
        parts=tuple(parts),
        footer=(Command("/oncall me"), Text(" · "), Command("/oncall handover")),
        locale=str(t.locale),
        zone=str(to.zone),
    )
