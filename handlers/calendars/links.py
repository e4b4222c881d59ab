"""The secret links of calendars: made here, known to whoever was given one, and kept nowhere."""

from __future__ import annotations

import ipaddress
import re
import secrets
from urllib.parse import urlsplit

PATH = "/v1/calendars/"
_SECRET = re.compile(r"ldc_[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """256 random bits. It begins in a way that every log hides (`handlers/slack/redaction.py`)."""
    return "ldc_" + secrets.token_urlsafe(32)


def looks_like_secret(text: str) -> bool:
    return _SECRET.fullmatch(text) is not None


def address(public_url: str, secret: str) -> str:
    """
    >>> address("https://livedesk.example/", "ldc_1")
    'https://livedesk.example/v1/calendars/ldc_1.ics'
    """
    return f"{public_url.rstrip('/')}{PATH}{secret}.ics"


def works_elsewhere(public_url: str) -> bool:
    """Whether an address can mean this machine to others.

    >>> [works_elsewhere(url) for url in ("https://livedesk.example/", "http://127.0.0.1:8080/", "http://0.0.0.0:80/")]
    [True, False, False]
    """
    host = urlsplit(public_url).hostname
    if not host or host == "localhost":
        return False
    try:
        known = ipaddress.ip_address(host)
    except ValueError:
        return True
    return not (known.is_loopback or known.is_unspecified)
