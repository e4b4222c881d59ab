"""Services one after the other, each behind a time limit and a circuit breaker, so that none can hold anything up."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from handlers.translate.base import Limits, NotForThis, TranslationFailed, TranslationService

log = structlog.get_logger(__name__)

# What redaction left behind, and prices: a translation that lost one of them says something else than the viewer did.
_MUST_STAY = re.compile(r"\[[a-z_]+\]|[$€£¥฿₫₩]\s?\d[\d.,]*|\d[\d.,]*\s?[$€£¥฿₫₩]")


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
    text: str
    provider: str


class TranslationChain:
    """Ask each service in turn until one translates. Nothing raised here ever holds back a message."""

    def __init__(
        self,
        services: Sequence[TranslationService],
        limits: Limits | None = None,
        *,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._services = list(services)
        self._limits = limits or Limits()
        self._tick = tick
        self._breakers = {service.name: _Breaker(self._limits) for service in services}
        # A call that hangs keeps its thread, whatever limit is put around it: few threads bound how many can hang.
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="translate")

    async def translate(self, text: str, source: str, target: str) -> Translated:
        """`text` (redacted) in `target`. TranslationFailed when every service failed, with the last one's reason."""
        reason = "no translation service is configured"
        if len(text) > self._limits.most_characters:
            raise NotForThis("the text is too long to translate")
        for service in self._services:
            breaker = self._breakers[service.name]
            if not breaker.lets_through(self._tick()):
                reason = f"{service.name} is left alone for now, after {breaker.failed} failures"
                continue
            try:
                translated = await self._ask(service, text, source, target)
            except NotForThis as cannot:
                reason = str(cannot)
            except TranslationFailed as failed:
                reason = str(failed)
                breaker.record(False, self._tick())
                log.warning("translation failed", provider=service.name, reason=reason, failures=breaker.failed)
            else:
                breaker.record(True, self._tick())
                if _kept(text, translated):
                    return Translated(translated, service.name)
                reason = f"{service.name} lost a price or a placeholder"
        raise TranslationFailed(reason)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, service: TranslationService, text: str, source: str, target: str) -> str:
        loop = asyncio.get_running_loop()
        call = loop.run_in_executor(self._threads, service.translate, text, source, target)
        try:
            return await asyncio.wait_for(call, self._limits.timeout)
        except TimeoutError:
            raise TranslationFailed(f"{service.name} took longer than {self._limits.timeout:g} s") from None


def _kept(text: str, translated: str) -> bool:
    def digits(found: list[str]) -> list[str]:
        return sorted(re.sub(r"[^\w\[\]]", "", one) for one in found)

    return digits(_MUST_STAY.findall(text)) == digits(_MUST_STAY.findall(translated))
