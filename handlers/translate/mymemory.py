"""MyMemory: free, 500 characters a call."""

from __future__ import annotations

from handlers.translate.base import Codes
from handlers.translate.deep import DeepTranslatorService

_REGIONAL = Codes(
    {
        "en": "en-GB",
        "es": "es-ES",
        "pt": "pt-BR",
        "fr": "fr-FR",
        "de": "de-DE",
        "it": "it-IT",
        "ar": "ar-SA",
        "hi": "hi-IN",
        "id": "id-ID",
        "th": "th-TH",
        "vi": "vi-VN",
        "ko": "ko-KR",
        "ja": "ja-JP",
        "ru": "ru-RU",
        "tr": "tr-TR",
        "ms": "ms-MY",
        "zh": "zh-CN",
    }
)


def mymemory() -> DeepTranslatorService:
    return DeepTranslatorService(
        "MyMemory",
        _REGIONAL,
        lambda library, source, target: library.MyMemoryTranslator(source=source, target=target),
    )
