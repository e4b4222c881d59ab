"""The configuration in force. A file that was changed is taken by itself once it is right; one that is wrong is told
of where an admin looks, and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog

from desk import messages
from desk.configuration.model import Configuration
from desk.messages import Bullets, Message, Paragraph, Text
from desk.words import tongue
from handlers.clock.clocks import wall_now
from handlers.configuration import ConfigurationError
from handlers.opening import load_configuration
from handlers.translate.glossary import Glossary
from store import outbox
from store.engine import Store

log = structlog.get_logger(__name__)

LOOK_EVERY = 5.0  # seconds of wall time; a file that changes is taken when it has rested from one look to the next
MOST_NAMED = 5  # problems in a notice
LONGEST = 300  # characters of one

Stamp = tuple[int, int, int]


class InForce:
    """The one value that everything in the house asks for. Raises `ConfigurationError` when made with a wrong file.

    `further` is by what else than chat pages can be sent.
    """

    def __init__(
        self, store: Store, workspace: int, path: Path, now: Callable[[], datetime], further: tuple[str, ...] = ()
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._path = path
        self._now = now
        self._further = further
        # Before it is read: what is written meanwhile is a change.
        self._taken = self._seen = _stamp(path)
        self._refused = False
        self.configuration: Configuration = load_configuration(store, workspace, path, now(), further)
        self.glossary = Glossary.of(self.configuration)

    async def watch(self) -> None:
        """Look at the file until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self.look()

    async def look(self) -> bool:
        """Take the file if it was changed and rests; whether it was taken."""
        stamp = _stamp(self._path)
        rests, self._seen = stamp == self._seen, stamp
        if stamp == self._taken or not rests:
            return False
        try:
            made = await asyncio.to_thread(
                load_configuration, self._store, self._workspace, self._path, self._now(), self._further
            )
        except ConfigurationError as wrong:
            problems = [str(replace(problem, file=self._path.name)) for problem in wrong.problems]
            log.error("the changed configuration is refused; the old one stays", problems=problems[:MOST_NAMED])
            await self._tell(self._refusal(problems))
            self._taken, self._refused = stamp, True
            return False
        self.configuration, self.glossary = made, Glossary.of(made)
        log.info("the changed configuration is in force", version=made.version)
        if self._refused:
            await self._tell(self._relief())
        self._taken, self._refused = stamp, False
        return True

    def _refusal(self, problems: Sequence[str]) -> Message:
        t = tongue("en")
        named = [(Text(one[:LONGEST], "code"),) for one in problems[:MOST_NAMED]]
        if len(problems) > MOST_NAMED:
            named.append((Text(t("and {n} more mistakes", n=len(problems) - MOST_NAMED)),))
        return Message(
            kind="notice",
            headline=t("{file} was changed and is not taken: it has mistakes", file=self._path.name),
            parts=(
                Bullets(tuple(named)),
                Paragraph(
                    (
                        Text(
                            t(
                                "Version {n} stays in force. Mend the file; it is read again when it changes.",
                                n=self.configuration.version,
                            )
                        ),
                    )
                ),
            ),
        )

    def _relief(self) -> Message:
        t = tongue("en")
        return Message(
            kind="notice",
            headline=t(
                "{file} is right again: version {n} is in force", file=self._path.name, n=self.configuration.version
            ),
        )

    async def _tell(self, message: Message) -> None:
        """In the admin channel of the configuration in force; without one the log has said it."""
        if self.configuration.admin_channel is None:
            return
        platform, _, channel = self.configuration.admin_channel.partition(":")
        body = messages.dump(message)
        await self._store.writing(
            lambda c: outbox.say(c, self._workspace, platform, channel, body, self._now(), wall_now())
        )


def _stamp(path: Path) -> Stamp | None:
    """What changes when a file does; None while it cannot be looked at, as in the middle of being replaced."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
