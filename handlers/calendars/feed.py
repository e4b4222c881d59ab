"""`GET /v1/calendars/<secret>.ics`: a calendar for whoever has its link.

An unknown link, an ended one and a name that could be none are answered alike, and none of them is ever logged.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Path, Request, Response

from desk.calendars import flow as calendars
from desk.calendars.flow import Feed
from desk.configuration.model import Configuration
from desk.moment import Moment
from handlers.calendars.links import PATH, looks_like_secret
from handlers.calendars.writing import write
from handlers.feedback.limits import TokenBuckets
from handlers.feedback.problems import MEDIA_TYPE, RequestError, slow_down
from store.engine import Store

Load = Callable[[str], Awaitable[Feed | None]]  # the secret → what its calendar is made of

PACE: Final = 10.0  # seconds for one more request of a link, once its first ones are used up; clients ask hourly
AT_ONCE: Final = 10  # requests of one link
STRANGERS: Final = 20  # links a second that were not known before, all together: nobody can guess one, but each asks
_KNOWN_KEPT: Final = 10_000
_CALENDAR: Final = "text/calendar; charset=utf-8"

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The calendar (RFC 5545), with an ETag.", "content": {"text/calendar": {}}},
    304: {"description": "The calendar is still the one that `If-None-Match` names."},
    404: {"description": "No such calendar.", "content": {MEDIA_TYPE: {}}},
    429: {"description": "Too often: again after `Retry-After` seconds.", "content": {MEDIA_TYPE: {}}},
}


def make_router(load: Load, monotonic: Callable[[], float] = time.monotonic) -> APIRouter:
    """The calendars, to be included in the one FastAPI application. `monotonic` is in seconds and paces requests."""
    endpoint = _Endpoint(load, monotonic)
    router = APIRouter()

    async def get_calendar(
        request: Request, secret: str = Path(description="From `/oncall calendar` or `bot.py oncall calendar`.")
    ) -> Response:
        try:
            return await endpoint.get(request, secret)
        except RequestError as problem:
            return problem.response()

    route = PATH + "{secret}.ics"
    router.add_api_route(
        route,
        get_calendar,
        methods=["GET"],
        tags=["calendars"],
        summary="Who is on call, as a calendar to subscribe to",
        response_class=Response,
        responses=_ANSWERS,
    )
    router.add_api_route(route, get_calendar, methods=["HEAD"], include_in_schema=False)
    return router


def calendar_loader(
    store: Store, workspace: int, configuration: Callable[[], Configuration], now: Callable[[], datetime]
) -> Load:
    """Calendars as the store and the configuration have them at `now`."""

    async def load(secret: str) -> Feed | None:
        known, at = configuration(), now()
        return await store.reading(lambda c: calendars.feed(Moment(c, workspace, known, at, at), secret))

    return load


class _Endpoint:
    def __init__(self, load: Load, monotonic: Callable[[], float]) -> None:
        self._load = load
        # A bucket counts in whole tokens a second, so its clock is slowed down to one token every `PACE` seconds.
        self._links = TokenBuckets(lambda link: 1, AT_ONCE, lambda: monotonic() / PACE)
        self._strangers = TokenBuckets(lambda everybody: STRANGERS, STRANGERS, monotonic)
        self._known: dict[bytes, None] = {}  # hashes of links that were good, for which strangers need not be waited

    async def get(self, request: Request, secret: str) -> Response:
        if not looks_like_secret(secret):
            raise _nothing()
        digest = hashlib.sha256(secret.encode()).digest()
        if digest in self._known:
            self._spend(self._links, digest.hex(), PACE)
        else:
            self._spend(self._strangers, "", 1.0)
        feed = await self._load(secret)
        if feed is None:
            self._known.pop(digest, None)
            raise _nothing()
        self._remember(digest)
        body = await asyncio.to_thread(write, feed)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {
            "ETag": tag,
            "Cache-Control": "private, no-cache",
            "Content-Disposition": 'inline; filename="livedesk.ics"',
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
        }
        if _matches(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            return Response(headers={**headers, "Content-Length": str(len(body))}, media_type=_CALENDAR)
        return Response(body, headers=headers, media_type=_CALENDAR)

    def _spend(self, buckets: TokenBuckets, name: str, second: float) -> None:
        if wait := buckets.take(name, 1):
            raise slow_down(429, "Too often; calendars change a few times a week.", wait * second)

    def _remember(self, digest: bytes) -> None:
        while len(self._known) >= _KNOWN_KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[digest] = None


def _matches(wanted: str, tag: str) -> bool:
    """Whether `If-None-Match` names the tag; a proxy that compresses may have weakened it."""
    tags = [one.strip().removeprefix("W/") for one in wanted.split(",")]
    return tag in tags or "*" in tags


def _nothing() -> RequestError:
    return RequestError(404, "There is no such calendar.", headers={"Cache-Control": "no-store"})
