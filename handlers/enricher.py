"""What follows a message that went out as text alone: translations are fetched, then the message is edited once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from desk import messages
from handlers.clock.clocks import wall_now
from handlers.composer import wanted_translations
from handlers.translate.base import TranslationFailed
from handlers.translate.chain import TranslationChain
from handlers.translate.glossary import Glossary
from store import outbox, readings, reports
from store.engine import Store
from store.outbox import Claimed
from store.reports import Wanted

log = structlog.get_logger(__name__)

AT_ONCE = 4


class Enricher:
    """Works off the messages that were sent without their chart or translations, oldest first."""

    def __init__(
        self,
        store: Store,
        workspace: int,
        chain: TranslationChain,
        now: Callable[[], datetime],
        glossary: Callable[[], Glossary] = Glossary,
    ) -> None:
        """`glossary` is the chain's own."""
        self._store = store
        self._glossary = glossary
        self._workspace = workspace
        self._chain = chain
        self._now = now
        self._waiting: asyncio.Queue[tuple[int, bool]] = asyncio.Queue()

    def sent(self, one: Claimed) -> None:
        """Tell it of a revision that has just arrived. Call from the event loop."""
        self._waiting.put_nowait((one.message, one.rich))

    async def run(self) -> None:
        """Enrich until cancelled, beginning with what an earlier process still owed."""
        for message in await self._store.reading(lambda c: outbox.unenriched(c, self._workspace)):
            self._waiting.put_nowait((message, False))
        workers = [asyncio.create_task(self._work()) for _ in range(AT_ONCE)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()

    async def _work(self) -> None:
        while True:
            message, rich = await self._waiting.get()
            try:
                await self.enrich(message, already_rich=rich)
            except Exception:
                # An edit that is missing costs a translation; a worker that dies would cost all of them.
                log.exception("enriching failed", message=message)
            finally:
                self._waiting.task_done()

    async def enrich(self, message: int, *, already_rich: bool) -> None:
        """Fetch what is missing; edit when the message gains something by it."""
        body = await self._store.reading(lambda c: outbox.body_of(c, message))
        if body is None:
            return
        made = messages.load(body)
        quotes = made.quotes()
        if not quotes and made.chart is None:
            return
        said = await self._store.reading(lambda c: readings.words(c, [(one.day, one.event) for one in quotes]))
        wanted = list(dict.fromkeys(wanted_translations(quotes, said, self._glossary()).values()))
        known = await self._store.reading(lambda c: reports.translated(c, wanted)) if wanted else {}
        missing = [one for one in wanted if one not in known]
        gained = sum(await asyncio.gather(*(self._translate(one) for one in missing)))
        if already_rich and not gained:
            return
        await self._store.writing(
            lambda c: outbox.revise(
                c,
                message,
                outbox.body_of(c, message) or body,
                self._now(),
                wall_now(),
                quotes=[(one.day, one.event) for one in quotes],
                rich=True,
                late=outbox.lateness(c, message),  # a chart is no news: what was late stays so
            )
        )

    async def _translate(self, wanted: Wanted) -> bool:
        try:
            made = await self._chain.translate(wanted.text, wanted.source, wanted.target)
        except TranslationFailed as failed:
            log.info("shown untranslated", source=wanted.source, target=wanted.target, reason=str(failed))
            return False
        await self._store.writing(lambda c: reports.keep_translation(c, wanted, made.text, made.provider, wall_now()))
        return True
