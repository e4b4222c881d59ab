"""Google's mobile page, read by deep-translator: free, unpromised, and out of order for weeks at a time."""

from __future__ import annotations

from handlers.translate.codes import Codes
from handlers.translate.deep import DeepTranslatorService

CODES = Codes(names={"zh": "zh-CN", "zh-Hant": "zh-TW", "he": "iw", "nb": "no", "fil": "tl", "jv": "jw"})


def google() -> DeepTranslatorService:
    return DeepTranslatorService("Google", CODES, lambda library: library.GoogleTranslator())
