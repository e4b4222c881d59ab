"""DeepL, with a key."""

from __future__ import annotations

from handlers.translate.codes import Codes
from handlers.translate.deep import DeepTranslatorService

# A target wants its variant, a source must not have one (https://developers.deepl.com/docs/getting-started/
# supported-languages). To detect, the source is left out: DeepL does not know "auto".
CODES = Codes(
    names={"zh-Hant": "zh"},
    targets={
        **{"en": "EN-US", "en-US": "EN-US", "en-GB": "EN-GB", "pt": "PT-PT", "pt-PT": "PT-PT", "pt-BR": "PT-BR"},
        **{"zh": "ZH-HANS", "zh-Hant": "ZH-HANT"},
    },
    newer=frozenset(
        ("EN-US", "EN-GB", "PT-PT", "PT-BR", "ZH-HANS", "ZH-HANT", "ar", "he", "ko", "nb", "th", "vi"),
    ),
    detect=None,
)


def deepl(api_key: str, *, free: bool = True) -> DeepTranslatorService:
    return DeepTranslatorService(
        "DeepL", CODES, lambda library: library.DeeplTranslator(api_key=api_key, use_free_api=free)
    )
