"""MyMemory: free, 500 characters a call."""

from __future__ import annotations

import html
import re

from handlers.translate.base import NotForThis, TranslationFailed
from handlers.translate.codes import Codes
from handlers.translate.deep import DeepTranslatorService

CODES = Codes(
    names={
        **{"en": "en-GB", "es": "es-ES", "pt": "pt-BR", "fr": "fr-FR", "de": "de-DE", "it": "it-IT", "ar": "ar-SA"},
        **{"hi": "hi-IN", "id": "id-ID", "th": "th-TH", "vi": "vi-VN", "ko": "ko-KR", "ja": "ja-JP", "ru": "ru-RU"},
        **{"tr": "tr-TR", "ms": "ms-MY", "zh": "zh-CN", "zh-Hant": "zh-TW", "he": "he-IL", "nb": "nb-NO"},
        **{"fil": "fil-PH", "nl": "nl-NL", "pl": "pl-PL", "uk": "uk-UA", "sv": "sv-SE", "da": "da-DK", "fi": "fi-FI"},
        **{"cs": "cs-CZ", "el": "el-GR", "hu": "hu-HU", "ro": "ro-RO", "fa": "fa-IR", "ur": "ur-PK", "bn": "bn-IN"},
    },
    can_detect=False,  # it says so of "auto" in words of its own, as if they were the translation
)
# What it answers in place of a translation, with a status that says all is well.
_LANGUAGE = re.compile(r"IS AN INVALID (?:SOURCE|TARGET) LANGUAGE|PLEASE SELECT TWO DISTINCT LANGUAGES")
_TROUBLE = re.compile(r"MYMEMORY WARNING|QUERY LENGTH LIMIT|INVALID (?:LANGUAGE PAIR|EMAIL)|NO QUERY SPECIFIED")


def mymemory() -> DeepTranslatorService:
    return DeepTranslatorService(
        "MyMemory", CODES, lambda library: library.MyMemoryTranslator(source="en-GB", target="de-DE"), read_answer
    )


def read_answer(text: str) -> str:
    """The translation in what MyMemory answered, which may be an error, and comes with HTML's entities.

    >>> read_answer("l&#39;eau")
    "l'eau"
    """
    if _LANGUAGE.search(text):
        raise NotForThis("MyMemory does not know this language")
    if _TROUBLE.match(text):
        raise TranslationFailed("MyMemory takes no more for now")
    return html.unescape(text)
