"""Webhooks as a platform: a signed POST of JSON, tried again under the same key, never edited.

The signature is made as sources sign what they send us (`handlers/feedback/signing.py`), so one verifier does for both.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from desk.contacts.methods import is_url
from desk.messages import Fill, Message
from handlers.acknowledging.links import About, AcknowledgeLinks
from handlers.feedback.signing import SIGNATURE_HEADER, SOURCE_HEADER, TIMESTAMP_HEADER, sign
from handlers.platform import Absent, Delivered, GiveUp, Outcome, Pacing, Search, TryLater
from handlers.terminal.render import lines
from handlers.webhook.guard import Guard

SOURCE = "livedesk"  # who signs
KEY_HEADER = "Idempotency-Key"
SECONDS = 10.0  # for one try, all of it
AT_ONCE = 3
PATIENCE = timedelta(hours=1)  # a page that comes later is of no use; the thread says that it was given up
PACING = Pacing(per_destination=timedelta(seconds=1), per_minute=120, at_once=AT_ONCE, patience=PATIENCE)
AGAIN = timedelta(seconds=20)
LONGEST = timedelta(hours=1)
# What the links of a post are called, by what they are about.
_CALLED: Mapping[About, str] = {
    "incident": "acknowledge",
    "handover": "confirm",
    "request": "answer",
    "offer": "answer",
}


class WebhookPlatform:
    """`handlers.platform.Platform` over HTTPS. `secret_of` gives what posts to an address are signed with; `private`
    allows plain http and addresses that are not on the internet; `now` is wall time."""

    name = "webhook"
    pacing = PACING

    def __init__(
        self,
        secret_of: Callable[[str], str],
        links: AcknowledgeLinks,
        now: Callable[[], datetime],
        *,
        private: bool = False,
        seconds: float = SECONDS,
    ) -> None:
        self._secret_of = secret_of
        self._links = links
        self._now = now
        self._private = private
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome:
        del thread
        if not is_url(destination, private=self._private):
            return GiveUp("this address may not be posted to: it must be https and on the internet", gone=True)
        body = json.dumps(self._said(message, fill, key), ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = int(self._now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Livedesk",
            KEY_HEADER: key,
            SOURCE_HEADER: SOURCE,
            TIMESTAMP_HEADER: str(timestamp),
            SIGNATURE_HEADER: sign(self._secret_of(destination).encode(), SOURCE, timestamp, body),
        }
        guard = Guard(private=self._private)
        # A connection for each post: they are few, and a pooled one would be of an address looked at long ago.
        connector = aiohttp.TCPConnector(socket_factory=guard.socket, force_close=True, use_dns_cache=False)
        try:
            async with (
                aiohttp.ClientSession(connector=connector, timeout=self._timeout, trust_env=False) as session,
                session.post(destination, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                # What the answer says is not read: it has nothing to tell, and may have no end.
                return _outcome(answer.status, answer.headers, key)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            if guard.refused:
                return GiveUp("its host is not on the internet, so nothing is posted there", gone=True)
            if isinstance(error, aiohttp.ClientConnectorCertificateError):
                return TryLater("its certificate is not trusted", AGAIN)
            return TryLater(f"no answer from the webhook ({type(error).__name__})", AGAIN)

    def _said(self, message: Message, fill: Fill, key: str) -> Mapping[str, Any]:
        drawn = lines(replace(message, actions=(), mentions=()), fill)
        links = self._links.of(message)
        said: dict[str, Any] = {
            "type": message.kind,
            "id": key,
            "sent_at": self._now().astimezone(UTC).isoformat(timespec="seconds"),
            "headline": message.headline,
            "text": "\n".join(drawn[1:]),
            "severity": message.severity,
            "locale": message.locale,
        }
        if message.mentions:
            said["person"] = message.mentions[0]
        if links:
            name = _CALLED[links[0].about]
            said[name] = [
                {one.about: one.number, **_does(one.verb), "url": one.url, "expires_at": one.ends_at.isoformat()}
                for one in links
            ]
        return said

    async def edit(self, address: str, message: Message, fill: Fill, key: str) -> Outcome:
        """Nothing: what was posted stays as it was."""
        del message, fill, key
        return Delivered(address)

    async def delete(self, address: str) -> Outcome:
        return Delivered(address)

    async def find(self, destination: str, thread: str | None, key: str, since: datetime) -> Search:
        """Nobody can ask; whoever is posted to twice tells it by the key."""
        del destination, thread, key, since
        return Absent()


def _does(verb: str) -> Mapping[str, str]:
    """Which of several answers a link gives."""
    return {"does": verb} if verb else {}


def _outcome(status: int, headers: Mapping[str, str], key: str) -> Outcome:
    if 200 <= status < 300:
        return Delivered(key)
    if status in (408, 425, 429) or status >= 500:
        return TryLater(f"the webhook answers {status}", _retry_after(headers.get("Retry-After", "")))
    if 300 <= status < 400:
        return GiveUp(f"the webhook answers {status}: it leads elsewhere, so give its final address", gone=True)
    return GiveUp(f"the webhook answers {status}", gone=status in (404, 410))


def _retry_after(text: str) -> timedelta:
    """Seconds alone; a date is as good as nothing where clocks differ."""
    try:
        seconds = float(text)
    except ValueError:
        return AGAIN
    return AGAIN if math.isnan(seconds) else timedelta(seconds=min(max(seconds, 1.0), LONGEST.total_seconds()))
