"""Google's mobile page, read by deep-translator: free, unpromised, and out of order for weeks at a time."""

from __future__ import annotations

from handlers.translate.base import Codes
from handlers.translate.deep import DeepTranslatorService


def google() -> DeepTranslatorService:
    return DeepTranslatorService(
        "Google",
        Codes({"zh": "zh-CN", "he": "iw", "nb": "no", "fil": "tl"}),
        lambda library, source, target: library.GoogleTranslator(source=source, target=target),
    )
