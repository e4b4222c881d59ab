"""Texts that break parsers: what a hostile or merely enthusiastic viewer types."""

from __future__ import annotations

import string

from hypothesis import strategies as st

ZALGO = "Z" + "\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e" * 40 + "o"
HOSTILE = (
    "",
    " \t\r\n ",
    "\x00",
    "a\x00b\x1bc",
    "\ud83d",
    "ok \udc00\ud83d\ud83d",
    "\u202egnp.exe\u202c",
    "\u2066\u2067mixed עברית and العربية\u2069",
    ZALGO,
    "ก" + "็" * 500,
    "👩🏽‍👩🏽‍👧🏽‍👦🏽" * 50,
    "🇩🇪🇺🇸❤️\ufe0f\u200d",
    "<!channel> @everyone <@U123> `code` *bold* ~x~",
    "' OR 1=1; -- {{7*7}} ${jndi:ldap://x}",
    "a" * 100_000,
    "6" * 100_000,
    "哈" * 100_000,
    "!" * 100_000,
    "\u0301" * 100_000,
    "😡" * 50_000,
    "no sound " * 12_000,
    "a." * 50_000,
    "a@" * 50_000,
    "1 a " * 25_000,
    "(1" * 50_000,
    "路1" * 50_000,
    "rue a " * 16_000,
    "order #" * 14_000,
    "is the a no not " * 6_000,
    ":" * 50_000 + "(" * 50_000,
    "'" * 100_000,
    "a'" * 50_000,
)

# Any text at all, and texts rich in what the patterns look for: digits, separators, signs, words of many scripts.
_SIGNS = [*string.digits, *" .-+()/@#:_,[", "€", "路", "号", "市"]
_WORDS = ["usd", "call", "tel", "order", "www.", ".com", "http://", "@anna", "iban", "DE89", "no", "sound", "street"]
_WORDS += ["नहीं", "ไม่", "소리", "لا", "rue", "[phone]"]
_PIECES = st.sampled_from([*_SIGNS, *_WORDS, " at ", " dot "])
ANY_TEXT = st.text(st.characters(codec=None), max_size=200)
BUSY_TEXT = st.lists(st.one_of(_PIECES, st.text(max_size=4)), max_size=30).map("".join)
TEXTS = st.one_of(ANY_TEXT, BUSY_TEXT)
