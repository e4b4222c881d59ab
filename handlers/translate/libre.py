"""LibreTranslate: the one that can run in-house, so that viewers' words need not leave it."""

from __future__ import annotations

from handlers.translate.codes import Codes
from handlers.translate.deep import DeepTranslatorService

# Traditional Chinese is "zt" on every server, old or new; the newer names are not
# (https://github.com/LibreTranslate/LibreTranslate/issues/783).
CODES = Codes(
    names={"zh-Hant": "zt", "fil": "tl"},
    newer=frozenset(
        (
            *("az", "bg", "bn", "ca", "cs", "da", "el", "eo", "et", "eu", "fa", "fi", "gl", "he", "hu", "ky", "lt"),
            *("lv", "ms", "nb", "nl", "ro", "sk", "sl", "sq", "sr", "sv", "sw", "th", "tl", "uk", "ur", "zt"),
        )
    ),
)


def libre(url: str, api_key: str | None = None) -> DeepTranslatorService:
    """`url` is the server's, such as http://127.0.0.1:5000."""
    base = url.rstrip("/") + "/"  # the library appends "translate" to what it is given
    key = api_key or "none"  # the library insists on a key, also where the server needs none
    return DeepTranslatorService(
        "LibreTranslate", CODES, lambda library: library.LibreTranslator(api_key=key, custom_url=base)
    )
