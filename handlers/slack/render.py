"""A neutral message as what `chat.postMessage` takes: Block Kit blocks and the text that stands for them.

Order as Slack's own design notes have it: headline, content, actions, small print. Whatever the desk hands over, the
result is within Slack's limits: what does not fit is left out at the end, and counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from desk.messages import Bullets, Facts, Fill, Heading, Message, Paragraph, PersonName, Severity, Table, Text
from handlers.phrases import phrases
from handlers.slack.buttons import BUTTONS, drawn_buttons
from handlers.slack.parts import (
    CONTEXT,
    SECTION,
    Block,
    Group,
    groups,
    marked,
    more,
    plain_text,
    section,
    small,
    weigh,
)
from handlers.slack.text import first, mention, styled, within, words
from handlers.wording import one_line

Surface = Literal["message", "home", "modal"]

BLOCKS = {"message": 50, "home": 100, "modal": 100}
MOST_LEFT_OUT = 999_999  # things that a message may have more than it shows: what their number needs is kept free
TEXT_OF_BLOCKS = 12_000  # Slack answers `msg_blocks_too_long` near 13,200, a limit it does not document
FALLBACK = 3000  # `chat.update` refuses a text above 4,000
HEADER = 150
ALT = 1900

# A shape and a word for each severity, so that nothing depends on colour, nor on a font with emoji.
SHAPES: dict[Severity, str] = {"P1": "▲", "P2": "◆", "P3": "●"}

# Kinds that are one line among others, not a card of their own.
_QUIET = ("history", "notice")


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The message's chart, as a file that Slack has finished processing."""

    file: str


@dataclass(frozen=True, slots=True)
class NotUploaded:
    """There is a chart, but it could not be brought to Slack: the finding is said in words."""


Picture = Uploaded | NotUploaded | None


def draw(
    message: Message,
    fill: Fill,
    picture: Picture = None,
    *,
    surface: Surface = "message",
    buttons: Sequence[Block] = (),
) -> dict[str, Any]:
    """`{"text", "blocks"}` of a message. `buttons` are added behind its own actions (Share to Channel)."""
    top = _top(message, fill)
    image = _image(message, picture)
    bottom = _bottom(message, fill, buttons)
    frame = [*top, *image, *bottom, more(MOST_LEFT_OUT, message)]
    room = Room(BLOCKS[surface] - len(frame), TEXT_OF_BLOCKS - weigh(frame))
    body = _body(message, fill, image, room, native_tables=surface == "message")
    return {"text": fallback(message, fill), "blocks": [*top, *body, *bottom]}


@dataclass(slots=True)
class Room:
    """What is left of Slack's limits on one message."""

    blocks: int
    text: int

    def take(self, group: Group) -> bool:
        if len(group.blocks) > self.blocks or group.text > self.text:
            return False
        self.blocks -= len(group.blocks)
        self.text -= group.text
        return True


def _top(message: Message, fill: Fill) -> list[Block]:
    if message.kind == "history" and _says_its_headline(message):
        return []
    headline = one_line(message.headline, SECTION // 5) or "Livedesk"
    blocks: list[Block] = []
    if message.kind in _QUIET or len(headline) > HEADER:
        blocks.append(section(styled(headline, "strong")))
    else:
        blocks.append({"type": "header", "text": plain_text(one_line(headline, HEADER))})
    if message.severity:
        said = phrases(message.locale).severities[message.severity]
        if message.severity in headline:  # which is read just before it
            said = said.removeprefix(f"{message.severity} · ")
        line = f"{SHAPES[message.severity]} {said}"
        blocks.append({"type": "context", "elements": [plain_text(line)]})
    if message.mentions:
        blocks.append(section("  ".join(_mentions(message, fill))))
    return blocks


def _says_its_headline(message: Message) -> bool:
    """Whether the first line has the headline in it already (after its time, and before who did it), and its pings."""
    line = message.parts[0] if message.parts else None
    if not isinstance(line, Paragraph):
        return False
    pinged = {span.person for span in line.spans if isinstance(span, PersonName) and span.notify}
    told = bool(message.headline.strip()) and any(
        isinstance(span, Text) and message.headline in span.text for span in line.spans
    )
    return told and pinged >= set(message.mentions)


def _mentions(message: Message, fill: Fill) -> list[str]:
    """Everybody to be pinged, once; who has no Slack id is named, so that the gap is seen."""
    say = phrases(message.locale)
    named = dict.fromkeys(message.mentions)
    shown = [
        mention(person, fill)
        or within(say.unlinked.format(name=one_line(fill.names.get(person, person), 60) or "–"), 120)
        for person in named
    ]
    fit = max(1, SECTION // 130)
    return shown[:fit] + ([say.more.format(n=len(shown) - fit)] if len(shown) > fit else [])


def _image(message: Message, picture: Picture) -> list[Block]:
    if message.chart is None or picture is None:
        return []
    finding = one_line(message.chart.alt, ALT) or one_line(message.headline, ALT) or "–"
    if isinstance(picture, NotUploaded):
        return [small(phrases(message.locale).chart_missing.format(finding=one_line(finding, CONTEXT - 200)))]
    return [{"type": "image", "slack_file": {"id": picture.file}, "alt_text": finding}]


def _body(message: Message, fill: Fill, image: list[Block], room: Room, *, native_tables: bool) -> list[Block]:
    """The parts that fit, the picture behind the opening words and figures, and a count of what did not fit."""
    body: list[Block] = []
    left_out, full, table = 0, False, native_tables
    pending = list(image)
    for part in message.parts:
        if not isinstance(part, Paragraph | Facts | Bullets):
            body += pending
            pending = []
        for group in groups(part, message, fill, table=table, room=room.text - 100):
            full = full or not room.take(group)
            if full:
                left_out += group.things
                continue
            body += group.blocks
            table = table and not (isinstance(part, Table) and group.blocks[0]["type"] == "table")
    body += pending
    while body and _is_bare_heading(message, body[-1]):
        body.pop()
    return body + ([more(left_out, message)] if left_out else [])


def _is_bare_heading(message: Message, block: Block) -> bool:
    """Whether the last block is a heading under which nothing found room."""
    headings = {styled(one_line(part.text, 200), "strong") for part in message.parts if isinstance(part, Heading)}
    return block["type"] == "section" and "text" in block and block["text"]["text"] in headings


def _bottom(message: Message, fill: Fill, extra: Sequence[Block]) -> list[Block]:
    blocks: list[Block] = []
    buttons = drawn_buttons(message.actions, message)[: BUTTONS - len(extra)] + list(extra)
    if buttons:
        blocks.append({"type": "actions", "elements": buttons})
    if footer := first(message.footer, message, fill, CONTEXT):
        blocks.append({"type": "context", "elements": [marked(footer)]})
    return blocks


def fallback(message: Message, fill: Fill) -> str:
    """What a notification shows and a screen reader says: the headline first, then our own words and figures.

    Viewers' words stay out: this text travels to lock screens and e-mail, where no block quotes them.
    """
    lines = [one_line(message.headline, 500) or "Livedesk"]
    if message.severity and message.severity not in lines[0]:
        lines[0] = f"{message.severity}: {lines[0]}"
    for part in message.parts:
        if isinstance(part, Paragraph):
            lines.append(words(part.spans, message, fill))
        elif isinstance(part, Heading):
            lines.append(part.text)
        elif isinstance(part, Facts):
            lines += [f"{label}: {words(spans, message, fill)}" for label, spans in part.pairs]
        elif isinstance(part, Bullets):
            lines += [f"• {words(item, message, fill)}" for item in part.items]
    if message.chart:
        lines.append(message.chart.alt)
    pings = " ".join(filter(None, (mention(person, fill) for person in list(dict.fromkeys(message.mentions))[:20])))
    text = "\n".join(shown for line in lines if (shown := one_line(line, 500)))
    return f"{pings} {within(text, FALLBACK - 300)}".strip()
