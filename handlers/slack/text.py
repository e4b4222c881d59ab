"""Text for Slack's mrkdwn: what is escaped, how an instant and a person are written, where styles may stand.

https://docs.slack.dev/messaging/formatting-message-text
Only what is built here may hold a `<…>` token, and only from instants and from people whom the message itself names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from desk.messages import Command, Fill, Message, PersonName, Span, Text, When, plain
from handlers.wording import ELLIPSIS, cut, in_words, one_line, units, visible

# Slack reads `*bold*` only between spaces or punctuation, which Chinese and Thai do not write; without this invisible
# boundary their readers see the asterisks.
BOUNDARY = "\u200b"

_MARKS = {"strong": "*", "muted": "_", "code": "`"}
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_DATE_TOKENS = {"time": "{time}", "date": "{date_short}", "date_time": "{date_short_pretty} {time}"}
_LAST_DATE = 2**33  # the year 2242; later instants are written in words
_PIECE = 600  # units, once escaped, of the longest run of words that is styled and packed as one


def escape(text: str) -> str:
    """`text` with the three characters that Slack's parser acts on made harmless; nothing else has an escape.

    >>> escape("<!channel> R&D")
    '&lt;!channel&gt; R&amp;D'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mention(person: str, fill: Fill) -> str | None:
    """The token that pings a person, when the configuration gives them an id that Slack could have issued."""
    contact = fill.contacts.get(person, "")
    return f"<@{contact}>" if _PERSON.fullmatch(contact) else None


def date(when: When, message: Message) -> str:
    """An instant that each reader sees in their own zone; its fallback says it in the message's, named."""
    words = escape(in_words(when, message)).replace("|", "/")
    seconds = int(when.at.timestamp())
    return f"<!date^{seconds}^{_DATE_TOKENS[when.style]}|{words}>" if 0 <= seconds < _LAST_DATE else words


def styled(text: str, style: str) -> str:
    """Escaped `text` in a style; unstyled where the style's own mark stands inside it, for mrkdwn has no escape.

    >>> styled("12 comments ", "strong"), styled("2*3", "strong")
    ('*12 comments* ', '2*3')
    """
    mark, body = _MARKS.get(style), escape(text)
    core = body.strip()
    if mark is None or not core or mark in core or "\n" in core:
        return body
    before, _, after = body.partition(core)
    return f"{before}{mark}{core}{mark}{after}"


def link(address: str, label: str) -> str:
    """A link of ours. `address` has none of the characters that would end it early: the configuration sees to that.

    >>> link("https://example.com/watch?v=1&t=90s", "watch it")
    '<https://example.com/watch?v=1&amp;t=90s|watch it>'
    """
    return f"<{escape(address)}|{escape(label)}>"


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    marked: bool = False  # begins or ends with a style's mark


def _pieces(spans: Sequence[Span], message: Message, fill: Fill) -> Iterator[_Piece]:
    for span in spans:
        if isinstance(span, Text):
            for run in _runs(visible(span.text)):
                yield _Piece(drawn := styled(run, span.style), marked=drawn != escape(run))
        elif isinstance(span, Command):
            yield _Piece(styled(one_line(span.text, 100), "code"), marked=True)
        elif isinstance(span, When):
            yield _Piece(date(span, message))
        elif isinstance(span, PersonName):
            ping = mention(span.person, fill) if span.notify else None
            yield _Piece(ping or escape(one_line(fill.names.get(span.person, span.person), 80)))


def _runs(text: str) -> Iterator[str]:
    """`text` in runs short enough to be packed, cut at spaces where there are any."""
    while units(escape(text)) > _PIECE:
        lengths = accumulate(units(escape(character)) for character in text)
        end = next(at for at, length in enumerate(lengths) if length > _PIECE)
        at = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end)) + 1 or end
        yield text[:at]
        text = text[at:]
    yield text


def mrkdwn(spans: Sequence[Span], message: Message, fill: Fill, limit: int = 2900) -> list[str]:
    """Spans as mrkdwn, in as many texts of at most `limit` UTF-16 units as it takes; no token is ever cut.

    `limit` has to hold the longest token or run, about 700 units. Blank spans give an empty list.
    """
    texts, text, before = [], "", _Piece("")
    for piece in _pieces(spans, message, fill):
        if not piece.text:
            continue
        gap = BOUNDARY if _needs_boundary(text, before, piece) else ""
        if units(text + gap + piece.text) > limit and text.strip():
            texts.append(text.strip())
            text, gap = "", ""
        text += gap + piece.text
        before = piece
    texts.append(text.strip())
    return [shown for shown in texts if shown.strip(BOUNDARY + " \n")]


def _needs_boundary(text: str, before: _Piece, piece: _Piece) -> bool:
    if not text or not (before.marked or piece.marked):
        return False
    last, first = text[-1], piece.text[0]
    glued = not last.isspace() and not first.isspace()
    return glued and not (before.marked and first in ".,;:!?)") and not (piece.marked and last in "([")


def first(spans: Sequence[Span], message: Message, fill: Fill, limit: int) -> str:
    """The beginning of spans as mrkdwn within `limit` units, with an ellipsis where it stops early; "" for blanks."""
    texts = mrkdwn(spans, message, fill, limit - 2)
    return "".join(texts[:1]) + (" " + ELLIPSIS if len(texts) > 1 else "")


def words(spans: Sequence[Span], message: Message, fill: Fill) -> str:
    """Spans as plain words, for the notification and for screen readers; not yet escaped."""
    return visible(plain(spans, fill.names, lambda when: in_words(when, message)))


def within(text: str, limit: int) -> str:
    """Plain words, escaped, so that the escaped form takes at most `limit` units."""
    room = limit
    while units(escaped := escape(cut(text, room))) > limit:
        room -= max(1, (units(escaped) - limit) // 5)
    return escaped
