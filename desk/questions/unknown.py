"""The answer when a show was named that nobody has heard."""

from __future__ import annotations

from desk.messages import Bullets, Command, Message, Paragraph, Part, Text, When
from desk.moment import Moment
from desk.questions.asking import Asker, MeantShow, shows
from desk.words import Tongue


def unknown_show(
    moment: Moment,
    text: str,
    found: MeantShow | None,
    asker: Asker,
    t: Tongue,
    command: str = "/live complaints",
) -> Message:
    """Say what is known instead; a show that is planned but has not been heard is told apart."""
    known = [one for one in shows(moment) if one.first is not None]
    parts: list[Part] = []
    if found is not None:
        headline = t("{show} has not been on air yet", show=found.title)
        planned = moment.configuration.shows.get(found.key)
        if planned is not None and planned.starts_at is not None:
            parts.append(Paragraph((Text(t("It starts") + " "), When(planned.starts_at, "date_time"), Text(t(".")))))
    elif text:
        headline = t("I know no show called “{text}”", text=text[:60])
    else:
        headline = t("No show has been heard yet")
    if known:
        parts.append(Paragraph((Text(t("These I know:")),)))
        parts.append(Bullets(tuple((Text(one.title + " — "), Command(f"{command} {one.key}")) for one in known[:5])))
    elif not parts:
        parts.append(Paragraph((Text(t("Send events to /v1/feedback, or read a file with bot.py ingest.")),)))
    return Message(kind="answer", headline=headline, parts=tuple(parts), locale=str(t.locale), zone=str(asker.zone))
