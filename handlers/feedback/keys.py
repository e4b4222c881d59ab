"""The keys of sources: bearer tokens looked up by their hash, HMAC secrets opened with the installation's key."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken

from store import source_keys
from store.engine import Store


class SourceKeys:
    """`handlers.feedback.ports.KeysPort` over the store. `sealing_key` is a Fernet key (44 characters)."""

    def __init__(self, store: Store, workspace: int, sealing_key: str) -> None:
        self._store = store
        self._workspace = workspace
        self._seal = Fernet(sealing_key.encode())

    async def bearer(self, token: str) -> str | None:
        return await self._store.reading(lambda c: source_keys.source_of(c, self._workspace, token))

    async def secrets(self, source: str) -> Sequence[bytes]:
        sealed = await self._store.reading(lambda c: source_keys.sealed(c, self._workspace, source))
        opened = []
        for one in sealed:
            try:
                opened.append(self._seal.decrypt(one))
            except InvalidToken:
                continue  # sealed with an installation key that is gone: of no use to anybody
        return opened

    def new_bearer(self, source: str, now: datetime) -> str:
        """A new token for a source. It is shown this once; the store keeps its hash."""
        token = "ld_" + secrets.token_urlsafe(32)
        self._store.write(lambda c: source_keys.add_bearer(c, self._workspace, source, token, now))
        return token

    def new_secret(self, source: str, now: datetime) -> str:
        """A new HMAC secret for a source, beside the one it has: the older of three stops being valid."""
        secret = secrets.token_hex(32)
        sealed = self._seal.encrypt(secret.encode())
        self._store.write(lambda c: source_keys.add_sealed(c, self._workspace, source, sealed, now))
        return secret

    def revoke(self, source: str, now: datetime) -> int:
        """How many keys of a source stopped being valid."""
        return self._store.write(lambda c: source_keys.revoke(c, self._workspace, source, now))
