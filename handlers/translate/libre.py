"""LibreTranslate: the one that can run in-house, so that viewers' words need not leave it."""

from __future__ import annotations

from handlers.translate.base import Codes
from handlers.translate.deep import DeepTranslatorService

# Servers translate these, but the library's own table of LibreTranslate's languages is older than they are.
NOT_IN_THE_LIBRARY = frozenset({"th", "ms"})


def libre(url: str, api_key: str | None = None) -> DeepTranslatorService:
    """`url` is the server's, such as http://127.0.0.1:5000."""
    base = url.rstrip("/") + "/"  # the library appends "translate" to what it is given
    key = api_key or "none"  # the library insists on a key, also where the server needs none
    return DeepTranslatorService(
        "LibreTranslate",
        Codes(detected=NOT_IN_THE_LIBRARY),
        lambda library, source, target: library.LibreTranslator(
            source=source, target=target, api_key=key, custom_url=base
        ),
    )
