"""The HTML page that a link in a page's e-mail opens: no script, no picture, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;margin:0;padding:2rem 1rem;background:#f6f6f7;color:#1d1c1d}"
    "main{max-width:34rem;margin:auto;background:#fff;padding:1.5rem;border-radius:8px;border:1px solid #ddd}"
    "h1{font-size:1.25rem;margin:0 0 .75rem}p{margin:0 0 1rem}"
    "button{font:inherit;font-weight:600;padding:.7rem 1.4rem;border:0;border-radius:6px;background:#007a5a;color:#fff}"
    "label{display:block;margin:0 0 .75rem}"
    "@media(prefers-color-scheme:dark){body{background:#1a1d21;color:#e8e8e8}"
    "main{background:#222529;border-color:#444}}"
)

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


CHOICE = "choice"  # the field of what is chosen


def html(headline: str, text: str, locale: str, button: str = "", choices: Sequence[tuple[str, str]] = ()) -> str:
    """The page; with `button` (its label) a form that posts to the same address, with one of `choices` (value, label)
    where there are any."""
    language = escape(locale.replace("_", "-"), quote=True)
    lines = "".join(
        f'<label><input type="radio" name="{CHOICE}" value="{escape(value, quote=True)}" required> '
        f"{escape(label)}</label>"
        for value, label in choices
    )
    form = f'<form method="post">{lines}<button type="submit">{escape(button)}</button></form>' if button else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(headline)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(headline)}</h1><p>{escape(text)}</p>{form}</main></body></html>"
    )
