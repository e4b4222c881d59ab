"""Keys for one purpose each, made from the installation's secret key; and what is done with them for contact methods.

A key for one purpose tells nothing about that for another, nor about the key they come from.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken

_DIGITS = 6


def key_for(secret_key: str, purpose: str) -> bytes:
    """32 bytes."""
    return hmac.new(secret_key.encode(), f"livedesk {purpose}".encode(), sha256).digest()


class ContactCodes:
    """`desk.contacts.flow.Codes` with the installation's key: six digits alone would be guessed from any plain hash."""

    def __init__(self, secret_key: str) -> None:
        self._key = key_for(secret_key, "contact codes v1")
        self._seal = Fernet(secret_key)

    def new(self) -> str:
        return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"

    def sealed(self, code: str) -> str:
        return self._seal.encrypt(code.encode()).decode()

    def opened(self, token: str) -> str:
        """What `sealed` was given; dots for what this installation's key does not open."""
        try:
            return self._seal.decrypt(token.encode()).decode()
        except (InvalidToken, UnicodeDecodeError):
            return "•••"

    def digest(self, contact: int, code: str) -> str:
        return hmac.new(self._key, f"{contact}:{code}".encode(), sha256).hexdigest()


def webhook_secret(secret_key: str, address: str) -> str:
    """What posts to an address are signed with: text, whose bytes are the key. It is kept nowhere; a new installation
    key makes a new one.

    >>> webhook_secret("k" * 44, "https://hooks.example.com/ana")[:10]
    'ldw_gCtdqw'
    """
    digest = hmac.new(key_for(secret_key, "webhook v1"), address.encode(), sha256).digest()
    return "ldw_" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
