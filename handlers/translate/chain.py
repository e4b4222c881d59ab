"""Services one after the other, each behind a time limit and a circuit breaker, so that none can hold anything up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from handlers.translate.base import GLOSSARY, Limits, NotForThis, TranslationFailed, TranslationService
from handlers.translate.glossary import Glossary
from handlers.translate.protect import Line, TokenLost, protect

log = structlog.get_logger(__name__)

MOST_LINES = 12  # of one text: each is a call of its own, and more than a reply has


@dataclass
class _Breaker:
    """Open after `failures` in a row, for `leave_alone` seconds; then one try decides."""

    limits: Limits
    failed: int = 0
    open_until: float = 0.0

    def lets_through(self, now: float) -> bool:
        return now >= self.open_until

    def record(self, ok: bool, now: float) -> None:
        self.failed = 0 if ok else self.failed + 1
        self.open_until = now + self.limits.leave_alone if self.failed >= self.limits.failures else 0.0


@dataclass(frozen=True, slots=True)
class Translated:
    """`provider` is a service's name, `GLOSSARY`, or "" where there was nothing to translate."""

    text: str
    provider: str


class TranslationChain:
    """Ask each service in turn until one translates. Nothing raised here ever holds back a message."""

    def __init__(
        self,
        services: Sequence[TranslationService],
        limits: Limits | None = None,
        *,
        glossary: Callable[[], Glossary] = Glossary,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._services = list(services)
        self._limits = limits or Limits()
        self._glossary = glossary
        self._tick = tick
        self._breakers = {service.name: _Breaker(self._limits) for service in services}
        # A call that hangs keeps its thread, whatever limit is put around it: few threads bound how many can hang.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="translate")

    async def translate(self, text: str, source: str, target: str) -> Translated:
        """`text` (redacted) in `target`. TranslationFailed when every service failed, with the last one's reason.

        Names, prices, placeholders, handles, emoji and line breaks come back as they were, terms of the glossary as it
        says; a service that loses one of them is passed over.
        """
        if len(text) > self._limits.most_characters:
            raise NotForThis("the text is too long to translate")
        lines = protect(text, self._glossary().spans(text, target))
        if not any(line.wanted for line in lines):
            whole = "".join(line.before + line.after for line in lines)
            return Translated(whole, GLOSSARY if whole != text else "")
        if sum(bool(line.wanted) for line in lines) > MOST_LINES:
            raise NotForThis(f"the text has more than {MOST_LINES} lines")
        reason = "no translation service is configured"
        for service in self._services:
            breaker = self._breakers[service.name]
            if not breaker.lets_through(self._tick()):
                reason = f"{service.name} is left alone for now, after {breaker.failed} failures"
                continue
            try:
                translated = [await self._line(service, line, source, target) for line in lines]
            except NotForThis as cannot:
                reason = str(cannot)
            except TokenLost as lost:
                breaker.record(True, self._tick())
                reason = f"{service.name} lost something that had to stay: {lost}"
                log.info("translation refused", provider=service.name, reason=reason)
            except TranslationFailed as failed:
                reason = str(failed)
                breaker.record(False, self._tick())
                log.warning("translation failed", provider=service.name, reason=reason, failures=breaker.failed)
            else:
                breaker.record(True, self._tick())
                return Translated("".join(translated), service.name)
        raise TranslationFailed(reason)

    async def _line(self, service: TranslationService, line: Line, source: str, target: str) -> str:
        answer = await self._ask(service, line.wanted, source, target) if line.wanted else ""
        return line.restored(answer)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, service: TranslationService, text: str, source: str, target: str) -> str:
        loop = asyncio.get_running_loop()
        call = loop.run_in_executor(self._threads, service.translate, text, source, target)
        try:
            async with asyncio.timeout(self._limits.timeout):
                return (await call).strip()
        except TimeoutError:
            raise TranslationFailed(f"{service.name} took longer than {self._limits.timeout:g} s") from None
