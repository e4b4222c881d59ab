"""`POST /v1/feedback`: who sends, within which limits, and an answer for each event once it is durable.

The checks go from cheap to dear: headers, key, size, signature, rate, and only then the events. docs/intake.md and
docs/openapi.json are what an integrator reads.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any, Final

import orjson
import structlog
from fastapi import APIRouter, Request, Response
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect

from desk.intake.event import FeedbackEvent, Receipt, Refused
from desk.intake.rules import NO_DEFAULTS, Defaults, read_event
from handlers.feedback import openapi
from handlers.feedback.body import Slices, inflate, read_values, receive
from handlers.feedback.doorkeeper import Doorkeeper
from handlers.feedback.limits import Limits, TokenBuckets
from handlers.feedback.ports import CountsPort, IntakePort, IntakeUnavailableError, KeysPort
from handlers.feedback.problems import RequestError, slow_down

log = structlog.get_logger(__name__)

LINES: Final = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
ANY_FORM: Final = frozenset({"application/json", "text/plain", "application/octet-stream", ""})
LARGE: Final = 65_536  # bytes; below, a body is taken apart in well under a slice and waits for nobody
UNAVAILABLE_SECONDS: Final = 5.0  # until a retry, when the store did not say how long it needs


def make_router(
    intake: IntakePort,
    keys: KeysPort,
    clock: Callable[[], datetime],
    limits: Limits | None = None,
    *,
    defaults_of: Callable[[str], Defaults] = lambda source: NO_DEFAULTS,
    rate_of: Callable[[str], int] | None = None,
    counts: CountsPort | None = None,
    give_way: Callable[[], Awaitable[None]] | None = None,
    wall_time: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
) -> APIRouter:
    """The intake API, to be included in the one FastAPI application.

    `clock` is the bot's clock and judges what events say of time; signatures and rates are matters of the network and
    follow `wall_time` (Unix seconds) and `monotonic`. `defaults_of` and `rate_of` (events a second) are asked for
    each request, so that a reloaded configuration counts at once. `give_way` is awaited before a request is taken
    apart.
    """
    limits = limits or Limits()
    per_second = limits.per_second
    endpoint = _Endpoint(
        intake=intake,
        door=Doorkeeper(keys, wall_time),
        clock=clock,
        limits=limits,
        defaults_of=defaults_of,
        buckets=TokenBuckets(rate_of or (lambda source: per_second), limits.events, monotonic),
        give_way=give_way,
    )
    router = APIRouter()

    @router.post("/v1/feedback", **openapi.POST_FEEDBACK)
    async def post_feedback(request: Request) -> Response:
        try:
            return await endpoint.post(request)
        except RequestError as problem:
            return problem.response()
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it

    if counts is not None:
        counters = counts

        @router.get("/v1/source", **openapi.GET_SOURCE)
        async def get_source(request: Request) -> Response:
            try:
                return await endpoint.show_source(request, counters)
            except RequestError as problem:
                return problem.response()

    return router


class _Endpoint:
    def __init__(
        self,
        *,
        intake: IntakePort,
        door: Doorkeeper,
        clock: Callable[[], datetime],
        limits: Limits,
        defaults_of: Callable[[str], Defaults],
        buckets: TokenBuckets,
        give_way: Callable[[], Awaitable[None]] | None,
    ) -> None:
        self._intake = intake
        self._door = door
        self._clock = clock
        self._limits = limits
        self._defaults_of = defaults_of
        self._buckets = buckets
        self._give_way = give_way
        self._room = asyncio.Semaphore(limits.large_at_once)

    async def post(self, request: Request) -> Response:
        caller = await self._door.identify(request.headers)
        is_lines, is_gzip = _read_form(request.headers)
        raw = await self._receive(request, self._limits.compressed if is_gzip else self._limits.body)
        await self._door.check(caller, raw)
        try:
            self._spend(caller.source, 1)  # a request costs something even when nothing in it can be read
            if self._give_way is not None:
                await self._give_way()
            async with self._room if is_gzip or len(raw) > LARGE else nullcontext():
                body = await inflate(raw, self._limits.body) if is_gzip else raw
                receipts = await self._take(caller.source, body, is_lines)
        except BaseException:
            self._door.release(caller)
            raise
        return Response(orjson.dumps(answer(receipts)), media_type="application/json")

    async def show_source(self, request: Request, counts: CountsPort) -> Response:
        caller = await self._door.identify(request.headers)
        await self._door.check(caller, b"")
        known = await counts.counts(caller.source)
        if known is None:
            raise RequestError(404, "Nothing came from this source yet.")
        body = {
            "source": caller.source,
            **{name: getattr(known, name) for name in ("received", "accepted", "duplicate", "late", "refused")},
            "last_seen_at": known.last_seen_at,
        }
        return Response(orjson.dumps(body), media_type="application/json")

    async def _receive(self, request: Request, limit: int) -> bytes:
        declared = request.headers.get("content-length", "")
        try:
            async with asyncio.timeout(self._limits.read_seconds):
                return await receive(request.stream(), int(declared) if declared.isdecimal() else None, limit)
        except TimeoutError:
            raise RequestError(408, f"The body did not arrive within {self._limits.read_seconds:g} s.") from None

    async def _take(self, source: str, body: bytes, is_lines: bool) -> list[Receipt]:
        values = await read_values(body, is_lines=is_lines, limits=self._limits)
        self._spend(source, max(0, len(values) - 1))
        now = self._clock()
        defaults = self._defaults_of(source)
        slices = Slices()
        items: list[FeedbackEvent | Refused] = []
        for value in values:
            if isinstance(value, Refused):  # a line that is no JSON
                items.append(value)
            else:
                items.append(read_event(value, source=source, now=now, defaults=defaults))
            await slices.breathe()
        return await self._store(source, items, now)

    async def _store(self, source: str, items: Sequence[FeedbackEvent | Refused], now: datetime) -> list[Receipt]:
        try:
            receipts = await self._intake.accept(source, items, now)
        except Exception as failure:
            # Its text is left out: a database's error quotes the row, and with it a viewer's words.
            log.error("feedback not stored", source=source, events=len(items), error=type(failure).__name__)
            wait = failure.retry_after if isinstance(failure, IntakeUnavailableError) else UNAVAILABLE_SECONDS
            detail = "Nothing of this request is certain to be stored; send it again: no event is stored twice."
            raise slow_down(503, detail, wait) from failure
        return receipts

    def _spend(self, source: str, events: int) -> None:
        wait = self._buckets.take(source, events)
        if wait:
            raise slow_down(429, "This source sends faster than it may; nothing of this request was stored.", wait)


def answer(receipts: Sequence[Receipt]) -> dict[str, Any]:
    """What the sender is told: a result for each event in the order sent, and how many of each."""
    counted = Counter(receipt.status for receipt in receipts)
    return {
        "accepted": counted["accepted"],
        "duplicate": counted["duplicate"],
        "refused": counted["refused"],
        "results": [_result(receipt) for receipt in receipts],
    }


def _result(receipt: Receipt) -> dict[str, Any]:
    result: dict[str, Any] = {"event_id": receipt.event_id, "status": receipt.status}
    if receipt.late:
        result["late"] = True
    if receipt.status == "refused":
        result["field"] = receipt.field
        result["reason"] = receipt.reason
    return result


def _read_form(headers: Headers) -> tuple[bool, bool]:
    """Whether the body says that it is NDJSON, and whether it is gzip; 415 for what cannot be read."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in LINES and media_type not in ANY_FORM:
        raise RequestError(
            415,
            "Send Content-Type: application/json (one event or an array) or application/x-ndjson (one event a line).",
            headers={"Accept": "application/json, application/x-ndjson"},
        )
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("gzip", "x-gzip", "identity"):
        raise RequestError(415, "The body may be plain or gzip.", headers={"Accept-Encoding": "gzip, identity"})
    return media_type in LINES, encoding != "identity"
