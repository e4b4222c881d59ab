"""Services reached through deep-translator. The library is loaded when the first text is to be translated.

Two of its habits shape this file: an instance changes its own parameters while it works, so each call gets a fresh
one; and its errors share no base class, so whatever it raises is turned into `TranslationFailed` here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.translate.base import Codes, NotForThis, TranslationFailed


class DeepTranslatorService:
    """One of the library's providers: `make(library, source, target)` builds a translator for one call."""

    def __init__(self, name: str, codes: Codes, make: Callable[[Any, str, str], Any]) -> None:
        self.name = name
        self._codes = codes
        self._make = make

    def translate(self, text: str, source: str, target: str) -> str:
        import deep_translator
        from deep_translator.exceptions import LanguageNotSupportedException, NotValidLength, NotValidPayload

        try:
            made = self._make(deep_translator, self._codes.source(source), self._codes.target(target))
            translated = made.translate(text)
        except (LanguageNotSupportedException, NotValidLength, NotValidPayload) as cannot:
            raise NotForThis(f"{self.name} cannot translate this ({type(cannot).__name__})") from None
        except Exception as failed:
            # Its errors repeat the text or the key: only the kind of error may be told.
            raise TranslationFailed(f"{self.name} failed ({type(failed).__name__})") from None
        if not isinstance(translated, str) or not translated.strip():
            raise NotForThis(f"{self.name} gave nothing back")
        return translated
