"""What somebody is told whose shifts have changed: what they gain, what they lose, and who did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.incidents.card import actor
from desk.messages import Bullets, Command, Message, Paragraph, Part, Span, Text
from desk.oncall.differences import Difference
from desk.readers import Reader

MOST = 12  # stretches that are named; the others are in `/oncall me`


@dataclass(frozen=True, slots=True)
class News:
    """What is different for one person in one schedule, and who made it so."""

    schedule: str
    change: Difference
    by: tuple[str, ...]


def message(news: Sequence[News], to: Reader) -> Message:
    """One message for all of it, in the order of time."""
    t = to.t
    told: list[tuple[datetime, str]] = []
    for one in news:
        for start, end in one.change.gained:
            told.append(
                (start, t("You gain {shift}, in {schedule}", shift=to.stretch(start, end), schedule=one.schedule))
            )
        for start, end in one.change.lost:
            told.append(
                (start, t("You lose {shift}, in {schedule}", shift=to.stretch(start, end), schedule=one.schedule))
            )
    told.sort(key=lambda line: line[0])
    lines = [line for _, line in told]
    parts: list[Part] = [Bullets(tuple((Text(line),) for line in lines[:MOST]))]
    if len(lines) > MOST:
        parts.append(Paragraph((Text(t("and {n} more", n=len(lines) - MOST)),)))
    spans: list[Span] = [Text(t("Changed by") + " ")]
    for number, who in enumerate(dict.fromkeys(who for one in news for who in one.by)):
        spans += [Text(", "), actor(who)] if number else [actor(who)]
    parts.append(Paragraph((*spans, Text(t(".")))))
    return Message(
        kind="notice",
        headline=t("Your shifts have changed"),
        parts=tuple(parts),
        footer=(Text(t("All of yours:") + " "), Command("/oncall me")),
        locale=str(t.locale),
        zone=str(to.zone),
    )
