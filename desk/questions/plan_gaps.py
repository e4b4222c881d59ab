"""`/oncall gaps [days]`: where nobody is on call while somebody is wanted, and who could fill it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration
from desk.messages import Action, Bullets, Message, Paragraph, Part, PersonName, Span, Text, between
from desk.oncall.filling import candidates, ref_of
from desk.oncall.gaps import AHEAD, Gap, gap_time, gaps
from desk.oncall.walltime import DAY, utc
from desk.questions.asking import Asker
from desk.questions.plan_asked import days_in, hours, said
from desk.words import Tongue

FILL = "fill"
MOST_GAPS = 5  # with a button each, which is what Slack sets in one row
MOST_DAYS = 366


def answer(configuration: Configuration, text: str, asker: Asker, now: datetime, t: Tongue) -> Message:
    ahead = days_in(text, AHEAD // DAY, MOST_DAYS)
    found = gaps(configuration, now, utc(now) + ahead * DAY)
    return told(configuration, found, timedelta(days=ahead), asker, t)


def told(configuration: Configuration, found: Sequence[Gap], ahead: timedelta, asker: Asker, t: Tongue) -> Message:
    if not found:
        asks = any(schedule.no_gaps for schedule in configuration.schedules.values()) or configuration.shows
        advice = "" if asks else t("Nothing asks for coverage: plan shows, or write no_gaps: true in a schedule.")
        parts = (Paragraph((Text(advice),)),) if advice else ()
        return said(t("No gap in the next {n} days", n=ahead // DAY), parts, asker, t)
    headline = (
        t("One gap in the next {n} days: {hours}", n=ahead // DAY, hours=hours(t, gap_time(found)))
        if len(found) == 1
        else t(
            "{gaps} gaps in the next {n} days: {hours}",
            gaps=len(found),
            n=ahead // DAY,
            hours=hours(t, gap_time(found)),
        )
    )
    return said(headline, parts_of(configuration, found, t), asker, t, actions=actions_of(found, asker.zone, t))


def parts_of(configuration: Configuration, found: Sequence[Gap], t: Tongue) -> tuple[Part, ...]:
    """The gaps in words, the first few with who could fill them."""
    items = []
    for number, gap in enumerate(found[:MOST_GAPS], 1):
        spans: list[Span] = [
            Text(f"{number} · {gap.schedule}", "strong"),
            Text(" · "),
            *between(gap.start, gap.end),
            Text(" · " + hours(t, gap.end - gap.start)),
        ]
        shows = list(dict.fromkeys(want.show for want in gap.wants if want.show))
        if shows:
            markets = list(dict.fromkeys(want.market for want in gap.wants if want.market))
            titles = [configuration.shows[key].title for key in shows[:3]]
            names = [configuration.markets[key].name for key in markets[:3]]
            spans.append(Text(" · " + t("{show} in {market}", show=t.listed(titles), market=t.listed(names))))
        spans += _who(configuration, gap, t)
        items.append(tuple(spans))
    parts: list[Part] = [Bullets(tuple(items))]
    if len(found) > MOST_GAPS:
        parts.append(Paragraph((Text(t("and {n} more", n=len(found) - MOST_GAPS)),)))
    return tuple(parts)


def actions_of(found: Sequence[Gap], zone: ZoneInfo, t: Tongue) -> tuple[Action, ...]:
    """A button a gap, for whoever taps to fill it; it says first what it does, on the clock of `zone`."""
    return tuple(
        Action(FILL, ref, 0, t("Fill {n}", n=number), confirm=_what_filling_does(gap, zone, t))
        for number, gap in enumerate(found[:MOST_GAPS], 1)
        if (ref := ref_of(gap)) is not None
    )


def _what_filling_does(gap: Gap, zone: ZoneInfo, t: Tongue) -> str:
    start, end = t.day_time(gap.start, zone), t.day_time(gap.end, zone)
    return t(
        "You will be on call for {schedule} from {start} to {end} ({zone}), by an override.",
        schedule=gap.schedule,
        start=start,
        end=end,
        zone=zone.key,
    )


def _who(configuration: Configuration, gap: Gap, t: Tongue) -> list[Span]:
    found = candidates(configuration, gap)
    if not found:
        return [Text(" · " + t("nobody is free then"))]
    spans: list[Span] = [Text(" · " + t("could:") + " ")]
    for number, one in enumerate(found):
        spans += [Text(", "), PersonName(one.person)] if number else [PersonName(one.person)]
        if one.awake < 0.5:
            spans.append(Text(" " + t("(at night)")))
    return spans
