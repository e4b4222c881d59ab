"""Services reached through deep-translator. The library is loaded when the first text is to be translated.

Three of its habits shape this file: an instance changes its own parameters while it works, so each call gets a fresh
one; its errors share no base class, so whatever it raises is turned into `TranslationFailed` here; and its tables of
languages are of 2023, so codes are set after an instance is made, past that table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.translate.base import NotForThis, TranslationFailed
from handlers.translate.codes import Codes, UnknownLanguageError

_BAD_REQUEST = "ERR_BAD_REQUEST"  # the library's name for 400: this text or language, and no sign of trouble


class DeepTranslatorService:
    """One of the library's providers: `make(library)` builds a translator for one call, in any languages it likes.

    `read` looks at what came back; it may mend it, or raise `TranslationFailed` where it is an error in disguise.
    """

    def __init__(
        self, name: str, codes: Codes, make: Callable[[Any], Any], read: Callable[[str], str] = lambda text: text
    ) -> None:
        self.name = name
        self._codes = codes
        self._make = make
        self._read = read

    def translate(self, text: str, source: str, target: str) -> str:
        import deep_translator
        from deep_translator.exceptions import (
            LanguageNotSupportedException,
            NotValidLength,
            NotValidPayload,
            ServerException,
        )

        try:
            made = self._make(deep_translator)
            table = frozenset(made.get_supported_languages(as_dict=True).values())
            made.source, made.target = self._codes.source(source, table), self._codes.target(target, table)
            translated = made.translate(text)
        except UnknownLanguageError as unknown:
            raise NotForThis(f"{self.name} cannot translate this: {unknown}") from None
        except (LanguageNotSupportedException, NotValidLength, NotValidPayload) as cannot:
            raise NotForThis(f"{self.name} cannot translate this ({type(cannot).__name__})") from None
        except Exception as failed:
            if isinstance(failed, ServerException) and _BAD_REQUEST in failed.args:
                raise NotForThis(f"{self.name} does not take this request") from None
            # Its errors repeat the text or the key: only the kind of error may be told.
            raise TranslationFailed(f"{self.name} failed ({type(failed).__name__})") from None
        if not isinstance(translated, str) or not translated.strip():
            raise NotForThis(f"{self.name} gave nothing back")
        return self._read(translated)
