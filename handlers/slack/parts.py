"""Each part of a message as Block Kit blocks. What viewers wrote only ever becomes rich text or plain text.

A part becomes `Group`s: blocks that belong together and are shown or left out together, with how many things a reader
would miss without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from desk.messages import Bullets, Buttons, Facts, Fill, Heading, Message, Paragraph, Part, Quote, Table, Text
from handlers.phrases import phrases
from handlers.slack.buttons import BUTTONS, drawn_buttons
from handlers.slack.text import first, link, mrkdwn, styled
from handlers.wording import aligned, cut, harmless, is_number, one_line, provenance, units

Block = dict[str, Any]

SECTION = 2900  # Slack takes 3,000; the rest is for how it may count an emoji
FIELD, FIELDS = 1900, 10
CONTEXT = 1900
QUOTE, ORIGINAL = 280, 200  # of a comment and of its original beneath a translation: a card is read on a phone
TABLE_ROWS, TABLE_COLUMNS, TABLE_TEXT = 100, 20, 5000
CELL = 80
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Group:
    blocks: list[Block]
    things: int = 1

    @property
    def text(self) -> int:
        return weigh(self.blocks)


def weigh(value: Any) -> int:
    """UTF-16 units of everything readable in blocks, for Slack's limit on the sum."""
    if isinstance(value, list):
        return sum(weigh(item) for item in value)
    if not isinstance(value, dict):
        return 0
    return sum(
        units(item) if isinstance(item, str) and name in ("text", "alt_text", "fallback") else weigh(item)
        for name, item in value.items()
    )


def marked(text: str) -> Block:
    """A mrkdwn text object. `verbatim`: Slack adds no links, channels or mentions of its own to what it finds."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def section(text: str) -> Block:
    return {"type": "section", "text": marked(text)}


def small(text: str, linked: str = "") -> Block:
    """Small print in which nothing is formatted, but for a link of ours behind it."""
    printed: list[Block] = [{"type": "plain_text", "text": text, "emoji": False}] if text else []
    if linked:
        printed.append(marked(linked))
    return {"type": "context", "elements": printed}


def more(n: int, message: Message) -> Block:
    return small(phrases(message.locale).more.format(n=n))


def groups(part: Part, message: Message, fill: Fill, *, table: bool, room: int) -> Iterator[Group]:
    """The blocks of one part. `table`: a native table may still be used; `room`: units of text that are left."""
    if isinstance(part, Paragraph):
        for text in mrkdwn(part.spans, message, fill, SECTION):
            yield Group([section(text)])
    elif isinstance(part, Heading):
        if text := one_line(part.text, 200):
            yield Group([section(styled(text, "strong"))], things=0)
    elif isinstance(part, Facts):
        yield from _facts(part, message, fill)
    elif isinstance(part, Quote):
        yield _quote(part, message, fill)
    elif isinstance(part, Bullets):
        yield from _bullets(part, message, fill)
    elif isinstance(part, Buttons):
        if buttons := drawn_buttons(part.actions, message)[:BUTTONS]:
            yield Group([{"type": "actions", "elements": buttons}], things=0)
    elif isinstance(part, Table):
        drawn = _table(part, message, room) if table else _text_table(part, message, room)
        if drawn:
            yield Group(drawn, things=len(part.rows))


def _facts(part: Facts, message: Message, fill: Fill) -> Iterator[Group]:
    fields = []
    for label, spans in part.pairs:
        name = one_line(label, 100) or NOTHING
        value = first(spans, message, fill, FIELD - 600) or NOTHING
        fields.append(marked(f"{styled(name, 'strong')}\n{value}"))
    for start in range(0, len(fields), FIELDS):
        some = fields[start : start + FIELDS]
        yield Group([{"type": "section", "fields": some}], things=len(some))


def _quote(part: Quote, message: Message, fill: Fill) -> Group:
    say = phrases(message.locale)
    found = fill.words.get((part.day, part.event))
    if found is None:
        return Group([_rich("rich_text_quote", [_said(say.erased, italic=True)])])
    original = harmless(found.original, QUOTE) or say.no_words
    shown = [_said(original)]
    if found.translated is not None:
        translated = harmless(found.translated, QUOTE) or say.no_words
        shown = [_said(translated)]
        if translated != original:
            shown.append(_said("\n" + harmless(original, ORIGINAL), italic=True))
    print_below = provenance(found, part.note, message, say)
    below = [small(print_below, part.link and link(part.link, say.watch))] if print_below or part.link else []
    return Group([_rich("rich_text_quote", shown), *below])


def _said(text: str, *, italic: bool = False) -> Block:
    return {"type": "text", "text": text, **({"style": {"italic": True}} if italic else {})}


def _rich(kind: str, elements: Sequence[Block]) -> Block:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}


def _bullets(part: Bullets, message: Message, fill: Fill) -> Iterator[Group]:
    lines: list[str] = []
    for item in part.items:
        line = first((Text("•  "), *item), message, fill, SECTION)
        if line == "•":
            continue
        if units("\n".join([*lines, line])) > SECTION:
            yield Group([section("\n".join(lines))], things=len(lines))
            lines = []
        lines.append(line)
    if lines:
        yield Group([section("\n".join(lines))], things=len(lines))


def _table(part: Table, message: Message, room: int) -> list[Block]:
    rows = [part.header, *part.rows] if part.header else list(part.rows)
    columns = max((len(row) for row in rows), default=0)
    if columns > TABLE_COLUMNS:
        return _text_table(part, message, room)
    grid: list[list[Block]] = []
    left = min(room, TABLE_TEXT)
    for row in rows:
        cells = [one_line(cell, CELL) or NOTHING for cell in row] + [NOTHING] * (columns - len(row))
        left -= sum(units(cell) for cell in cells)
        if not cells or (grid and (left < 0 or len(grid) == TABLE_ROWS)):
            break
        grid.append([{"type": "raw_text", "text": cell} for cell in cells])
    if not grid:
        return []
    figures = [
        all(is_number(row[at]) for row in part.rows if at < len(row)) and any(at < len(row) for row in part.rows)
        for at in range(columns)
    ]
    settings = [{"align": "right" if right else "left", "is_wrapped": not right} for right in figures]
    drawn: list[Block] = [{"type": "table", "column_settings": settings, "rows": grid}]
    return drawn + ([more(len(rows) - len(grid), message)] if len(grid) < len(rows) else [])


def _text_table(part: Table, message: Message, room: int) -> list[Block]:
    lines = aligned(part.header, part.rows)
    shown: list[str] = []
    left = min(room, SECTION)
    for line in lines:
        left -= units(line) + 1
        if left < 0 and shown:
            break
        shown.append(cut(line, SECTION))
    if not any(line.strip() for line in shown):
        return []
    drawn = [_rich("rich_text_preformatted", [_said("\n".join(shown))])]
    return drawn + ([more(len(lines) - len(shown), message)] if len(shown) < len(lines) else [])
