"""Requests signed with a shared secret: made by `sign`, checked by `verify`, and each good only once.

A signature is `v1=` and the hexadecimal HMAC-SHA256 of `v1:{timestamp}:{source}:` and the body's raw bytes (as sent,
so compressed if it was), in the manner of Slack's and Stripe's.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

SOURCE_HEADER: Final = "Livedesk-Source"
TIMESTAMP_HEADER: Final = "Livedesk-Timestamp"
SIGNATURE_HEADER: Final = "Livedesk-Signature"

TOLERANCE_SECONDS: Final = 300  # either way: enough for a clock without NTP, short enough to remember signatures for
IN_A_THREAD_FROM: Final = 256 * 1024  # bytes; hashing more would hold the event loop for over a millisecond

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v1=([0-9a-f]{64})")
_NO_SECRET = b"a source without secrets takes as long to refuse as one with a wrong signature"


@dataclass(frozen=True, slots=True)
class Signature:
    """What the three headers of a signed request say, well formed but not yet believed."""

    source: str
    timestamp: int
    digest: str  # 64 hexadecimal digits


def sign(secret: bytes, source: str, timestamp: int, body: bytes) -> str:
    """The `Livedesk-Signature` of a request at `timestamp` (Unix seconds).

    >>> sign(b"secret", "shop", 1774612800, b"{}")[:19]
    'v1=45e48098cf3ba208'
    """
    return f"v1={_digest(secret, _prefix(source, timestamp), body)}"


def read_headers(source: str | None, timestamp: str | None, signature: str | None) -> Signature:
    """The headers as a `Signature`; ValueError says which one is missing or malformed."""
    if not source or len(source) > 200 or not source.isascii():
        raise ValueError(f"{SOURCE_HEADER} must name the source that signs")
    if not timestamp or not _TIMESTAMP.fullmatch(timestamp):
        raise ValueError(f"{TIMESTAMP_HEADER} must be Unix time in seconds, such as 1774612800")
    match = _SIGNATURE.fullmatch(signature or "")
    if not match:
        raise ValueError(f"{SIGNATURE_HEADER} must be v1= and 64 hexadecimal digits in lower case")
    return Signature(source, int(timestamp), match[1])


def is_fresh(signature: Signature, wall_time: float) -> bool:
    return abs(wall_time - signature.timestamp) <= TOLERANCE_SECONDS


async def verify(signature: Signature, secrets: Sequence[bytes], body: bytes) -> bool:
    """Whether one of the secrets made this signature. Takes the same time whichever digit, or secret, is wrong."""
    if len(body) > IN_A_THREAD_FROM:
        return await asyncio.to_thread(_matches, signature, secrets, body)
    return _matches(signature, secrets, body)


def _matches(signature: Signature, secrets: Sequence[bytes], body: bytes) -> bool:
    prefix = _prefix(signature.source, signature.timestamp)
    good = False
    for secret in secrets or (_NO_SECRET,):
        good |= hmac.compare_digest(_digest(secret, prefix, body), signature.digest)
    return good and bool(secrets)


def _prefix(source: str, timestamp: int) -> bytes:
    return f"v1:{timestamp}:{source}:".encode()


def _digest(secret: bytes, prefix: bytes, body: bytes) -> str:
    code = hmac.new(secret, prefix, sha256)
    code.update(body)
    return code.hexdigest()


class ReplayGuard:
    """Remembers the signatures that were answered, for as long as they stay fresh.

    It lives in one process and forgets the oldest first when `capacity` is reached. That is enough: events are stored
    once by their identity, so a replay that slips through another replica is answered with `duplicate`.
    """

    def __init__(self, capacity: int = 200_000) -> None:
        self._seen: dict[bytes, float] = {}  # digest → wall time from which it is stale anyway; in order of arrival
        self._capacity = capacity

    def begin(self, signature: Signature, wall_time: float) -> bool:
        """False when this signature was used before. One in flight counts as used."""
        key = bytes.fromhex(signature.digest)
        if key in self._seen:
            return False
        self._forget_stale(wall_time)
        self._seen[key] = signature.timestamp + TOLERANCE_SECONDS
        return True

    def release(self, signature: Signature) -> None:
        """The request failed and nothing was stored: a sender's own retry may use the signature again."""
        self._seen.pop(bytes.fromhex(signature.digest), None)

    def _forget_stale(self, wall_time: float) -> None:
        # In order of arrival is not quite in order of expiry; the front is the oldest within twice the tolerance.
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest] >= wall_time and len(self._seen) < self._capacity:
                return
            del self._seen[oldest]
