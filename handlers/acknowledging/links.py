"""Links by which one person can acknowledge one incident: signed, expiring, and good for nothing else.

`lda_` + what it says + `.` + its signature, both in URL-safe base64. It says incident, version, person and when it
ends. Nothing is kept: whether it still means something, the incident's own state tells.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal

from desk.messages import Action, Message
from handlers.calendars.links import works_elsewhere
from handlers.purposes import key_for

PATH = "/v1/acknowledge/"
LASTS = timedelta(hours=24)
LONGEST = 600  # characters of a token; what is longer is none of ours


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link says. `version` is the state of the incident that the mail showed."""

    incident: int
    version: int
    person: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """The address for one incident of a message, and until when it is good (clock time)."""

    incident: int
    url: str
    ends_at: datetime


class AcknowledgeLinks:
    """`now` is clock time, as on the cards."""

    def __init__(self, secret_key: str, public_url: str, now: Callable[[], datetime]) -> None:
        self._key = key_for(secret_key, "acknowledge link v1")
        self._public_url = public_url.rstrip("/")
        self._now = now

    @property
    def works_elsewhere(self) -> bool:
        return works_elsewhere(self._public_url)

    def of(self, message: Message) -> list[Link]:
        """A link for each incident that a page still calls its person for."""
        if message.kind != "page" or not message.mentions:
            return []
        shown = [*message.actions]
        for part in message.parts:
            shown += part.actions if part.type == "buttons" else ()
        ends_at = (self._now() + LASTS).astimezone(UTC).replace(microsecond=0)
        return [self._link(action, message.mentions[0], ends_at) for action in shown if action.verb == "acknowledge"]

    def _link(self, action: Action, person: str, ends_at: datetime) -> Link:
        incident = int(action.ref.removeprefix("incident:"))
        token = self.token(Claim(incident, action.version, person, ends_at))
        return Link(incident, f"{self._public_url}{PATH}{token}", ends_at)

    def token(self, claim: Claim) -> str:
        said = [claim.incident, claim.version, int(claim.ends_at.timestamp()), claim.person]
        body = json.dumps(said, separators=(",", ":")).encode()
        return f"lda_{_encoded(body)}.{_encoded(self._signature(body))}"

    def read(self, token: str) -> Claim | Literal["wrong", "expired"]:
        """What a token says, if it is ours and has not ended. The signature is looked at first, in constant time."""
        head, dot, tail = token.removeprefix("lda_").partition(".")
        if not token.startswith("lda_") or not dot or len(token) > LONGEST:
            return "wrong"
        try:
            body, signature = _decoded(head), _decoded(tail)
        except (ValueError, binascii.Error):
            return "wrong"
        # Base64 writes some bytes in more than one way; only ours is good.
        is_whole = (_encoded(body), _encoded(signature)) == (head, tail)
        if not hmac.compare_digest(signature, self._signature(body)) or not is_whole:
            return "wrong"
        incident, version, ends, person = json.loads(body)
        claim = Claim(incident, version, person, datetime.fromtimestamp(ends, UTC))
        return claim if self._now() < claim.ends_at else "expired"

    def _signature(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, sha256).digest()


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    if not text.isascii():
        raise ValueError(text[:20])
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
