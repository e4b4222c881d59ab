"""A neutral message as plain lines. Nothing a viewer wrote can move a cursor, colour a line or ring a bell."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from desk.messages import (
    Action,
    Bullets,
    Buttons,
    Facts,
    Fill,
    Heading,
    Message,
    Paragraph,
    Part,
    Quote,
    Span,
    Table,
    plain,
)
from handlers.phrases import phrases
from handlers.wording import aligned, harmless, in_words, one_line, provenance

WIDTH = 100
WORDS = 2000  # units of a comment, far above what any chat lets a viewer write


def lines(message: Message, fill: Fill) -> list[str]:
    """The message from its headline to its small print; a chart as its finding in words."""
    say = phrases(message.locale)
    headline = one_line(message.headline, 1000) or "Livedesk"
    drawn = [f"[{say.severities[message.severity]}] {headline}" if message.severity else headline]
    if message.mentions:
        drawn.append(" ".join("@" + _name(person, fill) for person in dict.fromkeys(message.mentions)))
    for part in message.parts:
        drawn += _part(part, message, fill)
    if message.chart:
        drawn.append(f"▦ {one_line(message.chart.alt, WORDS)}")
    if message.actions:
        drawn.append(_buttons(message.actions))
    if message.footer:
        drawn.append(f"— {_spans(message.footer, message, fill)}")
    return drawn


def _part(part: Part, message: Message, fill: Fill) -> list[str]:
    if isinstance(part, Paragraph):
        return _wrapped(_spans(part.spans, message, fill))
    if isinstance(part, Heading):
        return ["", one_line(part.text, 200)]
    if isinstance(part, Facts):
        return [f"  {one_line(label, 100)}: {_spans(spans, message, fill)}" for label, spans in part.pairs]
    if isinstance(part, Bullets):
        return [line for item in part.items for line in _wrapped(_spans(item, message, fill), "• ", "  ")]
    if isinstance(part, Table):
        return [f"  {line}" for line in aligned(part.header, part.rows)]
    if isinstance(part, Buttons):
        return [f"  {_buttons(part.actions)}"] if part.actions else []
    return _quote(part, message, fill)


def _buttons(actions: Sequence[Action]) -> str:
    return "  ".join(f"[{one_line(action.label, 75) or action.verb}]" for action in actions)


def _quote(part: Quote, message: Message, fill: Fill) -> list[str]:
    say = phrases(message.locale)
    words = fill.words.get((part.day, part.event))
    if words is None:
        return [f"  | {say.erased}"]
    original = harmless(words.original, WORDS) or say.no_words
    shown = original if words.translated is None else harmless(words.translated, WORDS) or say.no_words
    drawn = [f"  | {line}" for line in shown.splitlines()]
    if shown != original:
        drawn += [f"  |   {line}" for line in original.splitlines()]
    small = " · ".join(told for told in (provenance(words, part.note, message, say), part.link) if told)
    return [*drawn, f"    {small}"] if small else drawn


def _spans(spans: Sequence[Span], message: Message, fill: Fill) -> str:
    return one_line(plain(spans, fill.names, lambda when: in_words(when, message), fill.opened), 5000)


def _name(person: str, fill: Fill) -> str:
    return one_line(fill.names.get(person, person), 80)


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False) or []
