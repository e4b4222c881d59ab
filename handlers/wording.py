"""What every platform's drawing shares: viewers' words made harmless, instants and languages named, tables aligned.

Nothing here knows a platform's markup; escaping is each platform's own work.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location

from desk.messages import Message, When, Words
from handlers.phrases import Phrases
from handlers.translate.base import GLOSSARY

ELLIPSIS = "…"
MARKS_IN_A_ROW = 5  # Hebrew, Thai and Vietnamese need up to four on one letter; "Zalgo" text stacks dozens
LINES_OF_A_QUOTE = 8

# Joiners and selectors build emoji and whole scripts (Persian, Hindi); tag characters build the flags of Scotland or
# Wales. Everything else of category Cf can hide, reorder or disguise text, so it goes.
_KEPT_FORMATS = frozenset("\u200c\u200d") | {chr(code) for code in range(0xE0020, 0xE0080)}


def harmless(text: str, limit: int) -> str:
    """Viewers' words without what can hide, reorder or flood a screen, cut to `limit` UTF-16 units.

    Control, bidirectional and invisible characters and lone surrogates are dropped, line breaks are kept up to
    eight, stacks of combining marks are thinned. Applying it twice changes nothing more.

    >>> harmless("pay\\u202eno\\x1b[31m  now\\u200b 👩‍🚀", 40)
    'payno[31m now 👩‍🚀'
    """
    lines = (" ".join(visible(line).split()) for line in text.splitlines())
    filled = [line for line in lines if line]
    kept = filled[:LINES_OF_A_QUOTE]
    if len(filled) > LINES_OF_A_QUOTE and not kept[-1].endswith(ELLIPSIS):
        kept[-1] += ELLIPSIS
    return cut("\n".join(kept), limit)


def visible(text: str) -> str:
    """`text` without the characters that hide, reorder or flood; line breaks and spacing stay as they are."""
    return text if text.isascii() and text.isprintable() else "".join(_visible(text))


def _visible(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category == "Cc" and character.isspace():
            yield "\n" if character == "\n" else " "
        elif (category in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and character not in _KEPT_FORMATS) or (
            marks > MARKS_IN_A_ROW
        ):
            continue
        else:
            yield character


def units(text: str) -> int:
    """Length in UTF-16 code units, the strictest of the ways in which platforms count "characters".

    >>> units("é👩"), len("é👩")
    (3, 2)
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """`text` within `limit` UTF-16 units, ending in an ellipsis where something was cut; never inside an emoji.

    >>> cut("serum sold out", 8), cut("👩‍🚀👩‍🚀", 7)
    ('serum s…', '👩‍🚀…')
    """
    if units(text) <= limit:
        return text
    left, end = limit - len(ELLIPSIS), 0
    for end, character in enumerate(text):  # noqa: B007 - the place where it stopped is what is wanted
        left -= units(character)
        if left < 0:
            break
    while end and _continues(text[end - 1], text[end]):
        end -= 1
    return text[:end].rstrip() + ELLIPSIS if limit >= len(ELLIPSIS) else ""


def _continues(before: str, character: str) -> bool:
    """Whether a cut between the two would break what a reader sees as one sign."""
    joined = "\u200d" in (before, character)
    modifier = "\U0001f3fb" <= character <= "\U0001f3ff" or character in _KEPT_FORMATS
    return joined or modifier or unicodedata.category(character) in ("Mn", "Me", "Mc")


def one_line(text: str, limit: int) -> str:
    """Words of ours on one line: whitespace runs become a space; cut like `cut`."""
    return cut(" ".join(visible(text).split()), limit)


@lru_cache(maxsize=64)
def locale_of(name: str) -> Locale:
    """The Babel locale of `en`, `en-US` or `zh_CN`; English when it is none that Babel knows."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The named zone; UTC when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError, OSError):  # OSError: a directory of the zone database, such as "Europe"
        return ZoneInfo("UTC")


def language_name(code: str, locale: str) -> str:
    """A language in words, in the reader's locale; empty for an unknown one.

    >>> language_name("de", "en"), language_name("pt-BR", "zh_CN"), language_name("und", "en")
    ('German', '葡萄牙语', '')
    """
    base = code.replace("_", "-").split("-")[0].lower()
    old = {"iw": "he", "in": "id", "tl": "fil", "nb": "no"}
    if base in ("", "und"):
        return ""
    return locale_of(locale).languages.get(old.get(base, base)) or base


def in_words(when: When, message: Message) -> str:
    """An instant in the message's own zone and locale, the zone named: `1:05 PM (Berlin)`."""
    zone, locale = zone_of(message.zone), locale_of(message.locale)
    try:
        local = when.at.astimezone(zone)
    except OverflowError:  # within a day of year 1 or 9999
        zone = ZoneInfo("UTC")
        local = when.at.astimezone(UTC)
    city = get_timezone_location(zone, locale=locale, return_city=True)
    day, clock = format_date(local, "medium", locale=locale), format_time(local, "short", locale=locale)
    shown = {"time": clock, "date": day, "date_time": f"{day} {clock}"}[when.style]
    return f"{shown} ({city})"


def provenance(words: Words, note: str, message: Message, say: Phrases) -> str:
    """The small print of a quote: from which language by whom it was translated, or why by nobody, and our own note.

    A quote in the reader's own language, of which there is nothing to note, has none.
    """
    language = language_name(words.language, message.locale)
    provider = say.by_glossary if words.provider == GLOSSARY else words.provider
    if words.translated is None:
        # Whoever is not offered a translation reads it as it is, and sees in which language.
        told = [language, words.mark] if words.mark or note else []
    elif language:
        told = [say.translated_from.format(language=language), provider]
    else:
        told = [say.translated_by.format(provider=provider) if provider else ""]
    parts = [*told, note]
    return " · ".join(shown for part in parts if (shown := one_line(part, 200)))


def width(text: str) -> int:
    """Columns of a terminal or a fixed-width block that `text` takes; East Asian wide signs take two.

    >>> width("价格 ok")
    7
    """
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )


def is_number(text: str) -> bool:
    """Whether a cell is a figure, and so belongs to the right: `1,204`, `−3.5 %`, `€12`, `2/7` or `–` for none."""
    return bool(text) and not any(character.isalpha() for character in text) and text.strip() != ""


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], most: int = 40) -> list[str]:
    """A table as lines of fixed-width text, figures to the right; cells are cut to `most` units.

    >>> aligned(("Market", "Count"), (("us", "12"), ("价格", "3")))
    ['Market  Count', 'us         12', '价格        3']
    """
    body = [[one_line(cell, most) for cell in row] for row in rows]
    top = [one_line(cell, most) for cell in header]
    columns = max((len(row) for row in [top, *body]), default=0)
    grid = [row + [""] * (columns - len(row)) for row in [top, *body] if row]
    widths = [max(width(row[column]) for row in grid) for column in range(columns)]
    figures = [
        bool(body) and all(is_number(row[column]) for row in body if column < len(row)) for column in range(columns)
    ]

    def line(row: list[str]) -> str:
        cells = []
        for cell, room, right in zip(row, widths, figures, strict=True):
            gap = " " * (room - width(cell))
            cells.append(gap + cell if right else cell + gap)
        return "  ".join(cells).rstrip()

    return [line(row) for row in grid]
