"""A message for where nothing can be edited, taken back or pressed: an e-mail, a webhook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from desk.handover.rules import HAVE_IT
from desk.messages import Bullets, Buttons, Command, Message, Paragraph, Part, Quote, Span, Text
from desk.oncall.showing import AGREE, DECLINE, OFFER, REFUSE, TAKE_IT
from desk.words import tongue

# Buttons whose place a link takes there.
LINKED: Final = (HAVE_IT, TAKE_IT, OFFER, REFUSE, AGREE, DECLINE)


def plainly(message: Message, person: str) -> Message:
    """For `person` alone, without charts, small print that is to be typed in a chat, and buttons that no link replaces.

    What viewers wrote is left out: a viewer must stay erasable everywhere. In the place of their words stands how many
    asked and where, which is ours to say.
    """
    parts: list[Part] = []
    left_out: list[str] = []
    for part in message.parts:
        if isinstance(part, Quote):
            left_out.append(part.note)
            continue
        parts += _in_their_place(left_out, message)
        left_out = []
        if not isinstance(part, Buttons):
            parts.append(part)
    parts += _in_their_place(left_out, message)
    footer = () if any(isinstance(span, Command) for span in message.footer) else message.footer
    actions = tuple(action for action in message.actions if action.verb in LINKED)
    return replace(message, parts=tuple(parts), actions=actions, chart=None, footer=footer, mentions=(person,))


def _in_their_place(notes: Sequence[str], message: Message) -> list[Part]:
    """For quotes that follow each other: one line each where something of ours is known of them."""
    if not notes:
        return []
    t = tongue(message.locale)
    said = t("What viewers wrote is shown in your chat alone.")
    known: tuple[tuple[Span, ...], ...] = tuple((Text(note),) for note in notes if note)
    return [*([Bullets(known)] if known else []), Paragraph((Text(said, "muted"),))]
