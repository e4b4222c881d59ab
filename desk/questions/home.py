"""The Home tab: what needs me now."""

from __future__ import annotations

from desk.messages import Message, Paragraph, Part, Text, When
from desk.moment import Moment
from desk.oncall.duty import on_duty
from desk.questions.asking import Asker, shows
from desk.words import Tongue, category_name
from store import incidents


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    del text
    parts: list[Part] = []
    open_ones = incidents.open_ones(moment.connection, moment.workspace)
    mine = [one for one in open_ones if asker.person is not None and one.acknowledged_by == asker.person]
    unowned = [one for one in open_ones if one.state == "open" and one.muted is None]
    for one in (*unowned, *mine)[:8]:
        state = t("yours") if one in mine else t("nobody has it yet")
        parts.append(
            Paragraph(
                (
                    Text(f"{one.severity} · {category_name(t, one.category)}", "strong"),
                    Text(f" · {state} · " + t("since") + " "),
                    When(one.began_at, "date_time"),
                )
            )
        )
    if asker.person is not None:
        for duty in on_duty(moment, asker.person):
            spans = [Text(t("You are on call for {schedule}", schedule=duty.schedule))]
            if duty.until is not None:
                parts.append(
                    Paragraph((*spans, Text(" " + t("until") + " "), When(duty.until, "date_time"), Text(t("."))))
                )
            else:
                parts.append(Paragraph((*spans, Text(t(".")))))
    live = [one for one in shows(moment) if one.live]
    if live:
        parts.append(Paragraph((Text(t("Live now:") + " " + t.listed([one.title for one in live])),)))
    if not parts:
        parts.append(Paragraph((Text(t("Nothing is open, no show is live, and you are not on call.")),)))
    headline = t("Needs you now") if unowned or mine else t("Nothing needs you now")
    return Message(
        kind="answer",
        headline=headline,
        parts=tuple(parts),
        footer=(Text(t("Updated") + " "), When(moment.now, "date_time")),
        locale=str(t.locale),
        zone=str(asker.zone),
    )
