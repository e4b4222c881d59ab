"""DeepL, with a key."""

from __future__ import annotations

from handlers.translate.base import Codes
from handlers.translate.deep import DeepTranslatorService


def deepl(api_key: str, *, free: bool = True) -> DeepTranslatorService:
    return DeepTranslatorService(
        "DeepL",
        Codes(),
        lambda library, source, target: library.DeeplTranslator(
            source=source, target=target, api_key=api_key, use_free_api=free
        ),
    )
