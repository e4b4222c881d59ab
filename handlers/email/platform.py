"""E-mail as a platform: posted once, never edited. After a lost answer it is sent again under the same Message-ID."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from desk.contacts.methods import is_email
from desk.messages import Fill, Message
from handlers.acknowledging.links import AcknowledgeLinks
from handlers.email.compose import compose
from handlers.email.smtp import Delivery, MailFailed
from handlers.platform import Absent, Delivered, GiveUp, Outcome, Pacing, Search, TryLater
from handlers.settings import SmtpPolicy

WHOLE_SECONDS = 30.0  # for one mail from the first packet to the last; less than the sender's claim
AT_ONCE = 2  # a server that hangs takes no more of the sender's places
PATIENCE = timedelta(hours=1)  # a page that comes later is of no use; the thread says that it was given up
PACING = Pacing(per_destination=timedelta(seconds=1), per_minute=60, at_once=AT_ONCE, patience=PATIENCE)
AGAIN = timedelta(seconds=10)


class EmailPlatform:
    """`handlers.platform.Platform` over one SMTP server. `now` is wall time, for the Date of a mail."""

    name = "email"
    pacing = PACING

    def __init__(
        self,
        policy: SmtpPolicy,
        links: AcknowledgeLinks,
        now: Callable[[], datetime],
        context: ssl.SSLContext | None = None,
        whole_seconds: float = WHOLE_SECONDS,
    ) -> None:
        self._policy = policy
        self._links = links
        self._now = now
        self._context = context or ssl.create_default_context()
        self._whole = whole_seconds
        # Threads of its own: those that everybody shares must not wait for a mail server.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="smtp")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome:
        del thread
        if not is_email(destination):
            return GiveUp("this is no e-mail address", gone=True)
        links = self._links.of(message)
        mail = compose(
            message,
            fill,
            links,
            self._policy.sender,
            destination,
            key,
            self._now(),
            reach=self._links.works_elsewhere,
        )
        delivery = Delivery(self._policy, self._context)
        task = asyncio.get_running_loop().run_in_executor(self._threads, delivery.run, mail, destination)
        try:
            async with asyncio.timeout(self._whole):
                await asyncio.shield(task)
        except TimeoutError:
            delivery.abort()
            await asyncio.wait([task], timeout=1.0)
            return TryLater(f"the mail server took more than {self._whole:g} s", AGAIN)
        except MailFailed as failed:
            if failed.permanent:
                return GiveUp(failed.reason, gone=failed.gone)
            return TryLater(failed.reason, AGAIN)
        except asyncio.CancelledError:
            delivery.abort()
            raise
        return Delivered(key)

    async def edit(self, address: str, message: Message, fill: Fill, key: str) -> Outcome:
        """Nothing: what somebody has read cannot be changed, and a second mail would wake them for no reason."""
        del message, fill, key
        return Delivered(address)

    async def delete(self, address: str) -> Outcome:
        return Delivered(address)

    async def find(self, destination: str, thread: str | None, key: str, since: datetime) -> Search:
        """Nobody can look into a mailbox, and a page that comes twice is better than one that does not. Both have the
        same Message-ID, which is how a mailbox tells that they are one."""
        del destination, thread, key, since
        return Absent()
