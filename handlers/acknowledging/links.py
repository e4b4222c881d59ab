"""Links by which one person can acknowledge one incident, say that they have one hand-over note, or answer when they
are asked for a swap or a cover: signed, expiring, and good for nothing else.

`lda_` + what it says + `.` + its signature, both in URL-safe base64. It says what it is about, version, person and when
it ends. Nothing is kept: whether it still means something, the state of what it names tells.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal

from desk.acknowledged.keeping import CONFIRM
from desk.handover.rules import HAVE_IT
from desk.messages import Action, Message
from desk.oncall.showing import AGREE, DECLINE, OFFER, REFUSE, TAKE_IT
from handlers.calendars.links import works_elsewhere
from handlers.purposes import key_for

PATH = "/v1/acknowledge/"
LASTS = timedelta(hours=24)
LASTS_FOR_REQUESTS = timedelta(days=28)  # they stand until the shift begins, or ends
LONGEST = 600  # characters of a token; what is longer is none of ours

About = Literal["incident", "handover", "request", "offer"]

# Buttons that have a link where there are no buttons, by the kind of message; what each is about.
_LINKED: Mapping[tuple[str, str], About] = {
    ("page", "acknowledge"): "incident",
    ("page", CONFIRM): "incident",
    ("notice", HAVE_IT): "handover",
    ("notice", TAKE_IT): "request",
    ("notice", OFFER): "request",
    ("notice", REFUSE): "request",
    ("notice", AGREE): "offer",
    ("notice", DECLINE): "offer",
}
REQUESTS = ("request", "offer")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link says: of an incident, a hand-over note, a request for a shift or an offer for one (`about`), by
    number. `version` is the state that the mail showed; `verb` is the answer to a request or offer."""

    number: int
    version: int
    person: str
    ends_at: datetime
    about: About = "incident"
    verb: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """The address for one incident, the hand-over note, or one answer, of a message, and until when it is good (clock
    time). `label` is that of the button in chat."""

    number: int
    url: str
    ends_at: datetime
    label: str
    about: About = "incident"
    verb: str = ""


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
        """A link for each incident that a page still calls its person for, or that they are asked about, for a
        hand-over note that they are to confirm, and for each answer to what is asked of them."""
        if not message.mentions:
            return []
        shown = [*message.actions]
        for part in message.parts:
            shown += part.actions if part.type == "buttons" else ()
        return [
            self._link(action, _LINKED[message.kind, action.verb], message.mentions[0])
            for action in shown
            if (message.kind, action.verb) in _LINKED
        ]

    def _link(self, action: Action, about: About, person: str) -> Link:
        number = int(action.ref.partition(":")[2])
        is_asked = about in REQUESTS
        lasts = LASTS_FOR_REQUESTS if is_asked else LASTS
        ends_at = (self._now() + lasts).astimezone(UTC).replace(microsecond=0)
        verb = action.verb if is_asked else ""
        token = self.token(Claim(number, action.version, person, ends_at, about, verb))
        return Link(number, f"{self._public_url}{PATH}{token}", ends_at, action.label, about, verb)

    def token(self, claim: Claim) -> str:
        said: list[int | str] = [claim.number, claim.version, int(claim.ends_at.timestamp()), claim.person]
        if claim.about != "incident":
            said += [claim.about, claim.verb] if claim.verb else [claim.about]
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
        number, version, ends, person, *about = json.loads(body)
        claim = Claim(number, version, person, datetime.fromtimestamp(ends, UTC), *about)
        return claim if self._now() < claim.ends_at else "expired"

    def _signature(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, sha256).digest()


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    if not text.isascii():
        raise ValueError(text[:20])
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
