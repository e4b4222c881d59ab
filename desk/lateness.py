"""A message that leaves late says so: its figures are those of the moment when it should have left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from desk.messages import Message, Paragraph, Text
from desk.words import tongue

WORTH_SAYING = timedelta(seconds=5)  # a channel's pace and a retry take up to a few, on any day
# A digest is about hours, and a line of history begins with the time of what it tells.
SAYS = frozenset(("page", "incident", "notice", "board"))


def marked(message: Message, late: timedelta) -> Message:
    """The message as it is sent `late` after what it says became true."""
    if late < WORTH_SAYING or message.kind not in SAYS:
        return message
    t = tongue(message.locale)
    seconds = int(late.total_seconds())
    said = t("delayed {n} s", n=seconds) if seconds < 120 else t("delayed {n} min", n=seconds // 60)
    return replace(message, parts=(Paragraph((Text(said, "muted"),)), *message.parts))
