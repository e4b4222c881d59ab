"""What a translation must not touch: taken out before a service sees the text, and put back afterwards.

Emoji at the ends of a line, and line breaks, never leave. Everything else that must stay becomes a numbered mark such
as `[X11X]`. No service promises to leave one alone, so its form follows what others saw: words and lower-case letters
are translated (tolgee/tolgee-platform#3779), `###` and `__` are rearranged (LibreTranslate/LibreTranslate#944,
leolabs/json-autotranslate#51), spaces come in between (vibgyj/WPTranslationFiller#67), brackets and digits change their
script, while what stands in square brackets is mostly left as it is (LibreTranslate/LibreTranslate#547). A mark that
comes back spaced out, in another script or without its brackets is still known; one that is lost, doubled or invented
makes the whole translation worthless.

Whatever in a text looks like a mark is taken out too, so the marks that come back can only be ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analytics.text import EMOJI

_FIRST, _LAST = 11, 9999  # two digits from the start: a lone 1 is easily turned into a word
_X = "XxХхΧχＸｘ×"
_MARK_BEGINS = rf"(?:[\[［【〔]\s{{0,3}})?[{_X}]\s{{0,3}}"
_MARK_ENDS = rf"\s{{0,3}}[{_X}](?:\s{{0,3}}[\]］】〕])?"
_MARK = re.compile(rf"{_MARK_BEGINS}(\d{{1,4}}){_MARK_ENDS}")
_DIGITS = re.compile("[0-9]+")
_BREAKS = re.compile("(\r\n|[\n\r\x0b\x0c\x85\u2028\u2029])")

_EMOJI = rf"[{EMOJI}]"
_JOINED = "\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
_EMOJI_RUN = rf"(?:{_EMOJI}|[\d#*]\ufe0f?\u20e3)(?:{_EMOJI}|[{_JOINED}]|[\d#*](?=\ufe0f?\u20e3)| (?={_EMOJI}))*"

_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d(?:[\d.,'’٫٬]*\d)?)"
_SIGN = r"(?:[A-Z]{1,2})?[$€£¥￥₩₫₹₽₺฿₱₪₴]|R\$|Rp\.?|RM|USD|EUR|GBP|CNY|RMB|JPY|KRW|INR|THB|VND|IDR|MYR|BRL|TRY|RUB"
_CODE = "usd|eur|gbp|cny|rmb|jpy|krw|inr|rs|idr|rp|rm|myr|thb|vnd|vnđ|rub|try|brl|mxn|sar|aed|sgd|php|twd|hkd"
_MONEY = (
    "đồng|đ|บาท|元|块钱?|塊|円|원|руб(?:лей|ля|\\.)?|р\\.|tl|lira|euros?|dollars?|bucks|reais|pesos?|soles|rupees?|"
    "ريال|درهم|جنيه|रुपये|rupiah|ringgit"
)
# Part of the number: 3万 is 30,000, and a mark in place of the 3 would make it another one.
_SCALE = (
    "万|萬|億|亿|千|百|만|억|천|k|tr|triệu|nghìn|ngàn|ribu|rb|juta|jt|ล้าน|แสน|หมื่น|พัน|lakhs?|crores?|тыс\\.?|млн|mil|"
    "ألف|مليون|हज़ार|हजार|लाख"
)
_UNIT = "ml|cl|mg|kg|gr?|oz|lbs?|cm|mm|km|mah|gb|tb|mb|hz|px|°c|℃"
_GLUED_UNIT = "l|m|w|v|p|°"
# Units that a reader of another script cannot read: the number stays, and the service translates the unit.
_OTHER_UNIT = "毫升|克|公斤|千克|厘米|毫米|ミリ|グラム|センチ|มล|กรัม|ซม|мл|гр?|кг|см|мм|مل|جرام|سم|मिली|ग्राम"
_AMOUNT = (
    rf"(?<![\w.,])(?:{_SIGN})\s?{_NUMBER}(?:\s?(?:{_SCALE})(?![^\W\d_]))?"
    rf"|(?<![A-Za-z\d.,]){_NUMBER}(?:\s?(?:{_SCALE}))?"
    rf"(?:\s?[$€£¥￥₩₫₹₽₺฿₱₪₴%％٪]|\s?(?:{_CODE}|{_MONEY}|{_UNIT})(?![A-Za-z\d])|(?:{_GLUED_UNIT})(?![A-Za-z\d]))"
    rf"|(?<![A-Za-z\d.,]){_NUMBER}(?:\s?(?:{_SCALE})(?![A-Za-z\d])|(?=\s?(?:{_OTHER_UNIT})))"
    rf"|(?<!\w)spf\s?\d{{1,3}}\+{{0,3}}|(?<![\d:])\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?![\d:])"
)
_KEPT = re.compile(
    rf"{_MARK_BEGINS}\d{{1,4}}{_MARK_ENDS}"
    r"|\[[a-z_]{2,20}\]"  # what redaction left behind
    r"|(?:https?://|www\.)[^\s<>\"]{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}"
    r"|<[@#!][^<>\s]{1,80}>"  # a chat platform's mention
    r"|(?<![\w@＠])[@＠][\w.-]{0,40}\w|(?<![\w:]):[a-z][\w-]{1,40}:"
    rf"|(?P<emoji>{_EMOJI_RUN})"
    rf"|{_AMOUNT}",
    re.IGNORECASE,
)


class TokenLost(Exception):
    """A translation lost, doubled or invented something that had to stay."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that stays: what stands there afterwards, and whether it may wait outside of the line."""

    start: int
    end: int
    becomes: str
    is_emoji: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what a service sees of it (empty when there is nothing to translate), and what stays around it.

    `kept` is what the marks stand for, in order, the first with the number `first`; `after` includes the line break.
    """

    before: str
    wanted: str
    after: str
    kept: tuple[str, ...] = ()
    first: int = _FIRST

    def restored(self, translated: str) -> str:
        """The line as it is to be shown; TokenLost when a mark is missing, comes twice or is none of ours."""
        numbers = [int(number) for number in _MARK.findall(translated)]
        if sorted(numbers) != list(range(self.first, self.first + len(self.kept))):
            raise TokenLost(f"{len(self.kept)} things had to stay, {len(numbers)} came back")
        put_back = _MARK.sub(lambda mark: self.kept[int(mark[1]) - self.first], translated)
        return f"{self.before}{put_back}{self.after}"


def protect(text: str, terms: Sequence[Span] = ()) -> list[Line]:
    """A text as lines for a service. `terms` are the glossary's finds, which do not overlap.

    >>> (line,) = protect("call [phone], only 30 ml for $12? 😡")
    >>> line.wanted, line.kept, line.after
    ('call [X11X], only [X12X] for [X13X]?', ('[phone]', '30 ml', '$12'), ' 😡')
    """
    lines: list[Line] = []
    start = 0
    for stretch in _BREAKS.split(text):
        end = start + len(stretch)
        if lines and _BREAKS.fullmatch(stretch):
            last = lines.pop()
            lines.append(replace(last, after=last.after + stretch))
        elif stretch:
            lines.append(_line(text, start, end, _spans(text, start, end, terms)))
        start = end
    return lines


def has_words(text: str) -> bool:
    """Whether there is anything to translate in a text: letters outside of what stays.

    >>> has_words("😍😍 $12 [phone]"), has_words("$12?? no")
    (False, True)
    """
    return any(line.wanted for line in protect(text))


def _spans(text: str, start: int, end: int, terms: Sequence[Span]) -> list[Span]:
    """What must stay of a line, in order."""
    found = [
        Span(match.start(), match.end(), match[0], match.lastgroup == "emoji")
        for match in _KEPT.finditer(text, start, end)
    ]
    found += [span for span in terms if start <= span.start and span.end <= end]
    chosen: list[Span] = []
    free = start
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if span.start >= free:
            chosen += [*_like_marks(text, free, span.start), span]
            free = span.end
    return [*chosen, *_like_marks(text, free, end)]


def _like_marks(text: str, start: int, end: int) -> list[Span]:
    """What still looks like a mark between two things that stay: the rest of one of which a term took the beginning."""
    return [Span(match.start(), match.end(), match[0]) for match in _MARK.finditer(text, start, end)]


def _line(text: str, start: int, end: int, spans: list[Span]) -> Line:
    first, last = start, end
    inner = list(spans)
    while True:  # from the left: white space and emoji
        first += len(text[first:last]) - len(text[first:last].lstrip())
        if not (inner and inner[0].is_emoji and inner[0].start == first):
            break
        first = inner.pop(0).end
    while True:  # from the right
        last -= len(text[first:last]) - len(text[first:last].rstrip())
        if not (inner and inner[-1].is_emoji and inner[-1].end == last):
            break
        last = inner.pop().start
    edges = [first, *(edge for span in inner for edge in (span.start, span.end)), last]
    literals = [text[edges[at] : edges[at + 1]] for at in range(0, len(edges), 2)]
    if not any(map(str.isalpha, "".join(literals))):
        return Line(_replaced(text, start, end, spans), "", "")
    number = _free_number(literals)
    marked = [f"{literal}[X{number + place}X]" for place, literal in enumerate(literals[:-1])]
    kept = tuple(span.becomes for span in inner)
    return Line(text[start:first], "".join((*marked, literals[-1])), text[last:end], kept, number)


def _free_number(literals: Sequence[str]) -> int:
    """The first number for the marks of a line, such that no digits of its own, not even those that come together
    where a mark is lost, can be taken for one."""
    joined = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in "".join(literals))
    runs = "|".join(_DIGITS.findall(joined))
    number = _FIRST
    while number + len(literals) <= _LAST:
        taken = [one for one in range(number, number + len(literals)) if str(one) in runs]
        if not taken:
            return number
        number = taken[-1] + 1
    return _FIRST  # every number stands in this flood of digits: a mark that is lost may go unnoticed


def _replaced(text: str, start: int, end: int, spans: Sequence[Span]) -> str:
    out, at = [], start
    for span in spans:
        out += [text[at : span.start], span.becomes]
        at = span.end
    return "".join((*out, text[at:end]))
