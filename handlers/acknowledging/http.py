"""`/v1/acknowledge/<token>`: GET shows how an incident stands, with one button; only POST, its form, acknowledges.

A GET never does: mail scanners and link previews follow every link.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, Literal

from fastapi import APIRouter, Path, Response

from desk.configuration.model import Configuration
from desk.handover import confirming
from desk.moment import Moment
from desk.reach import answering
from desk.reach.answering import Shown
from desk.words import tongue
from handlers.acknowledging.links import PATH, AcknowledgeLinks, Claim
from handlers.acknowledging.page import HEADERS, html
from handlers.clock.clocks import wall_now
from handlers.feedback.limits import TokenBuckets
from store.engine import Store

Handle = Callable[[Claim, Literal["show", "acknowledge"]], Awaitable[Shown | None]]

A_SECOND: Final = 20  # requests with a good signature, all together; nobody taps faster, and a loop is kept out


def make_router(links: AcknowledgeLinks, handle: Handle, monotonic: Callable[[], float] = time.monotonic) -> APIRouter:
    """The page, to be included in the one FastAPI application. `monotonic` is in seconds and paces requests."""
    router = APIRouter()
    pace = TokenBuckets(lambda _: A_SECOND, A_SECOND, monotonic)

    async def answer(token: str, do: Literal["show", "acknowledge"]) -> Response:
        claim = links.read(token)
        t = tongue("en")
        if claim == "expired":
            return _page(410, t("This link has expired"), t("Acknowledge in your chat instead."), "en")
        if claim == "wrong":
            return _page(
                404, t("This link is not one of ours, or is not whole"), t("Acknowledge in your chat instead."), "en"
            )
        if wait := pace.take("", 1):
            late = _page(429, t("Too many requests"), t("Please try again in a moment."), "en")
            late.headers["Retry-After"] = str(max(1, round(wait)))
            return late
        shown = await handle(claim, do)
        if shown is None:
            gone = t("What it is about, or you, are not known here any more.")
            return _page(410, t("This link no longer means anything"), gone, "en")
        return _page(200, shown.headline, shown.text, shown.locale, shown.label if shown.open else "")

    async def get_page(token: str = Path(description="From a page's e-mail.")) -> Response:
        return await answer(token, "show")

    async def post_page(token: str = Path(description="From a page's e-mail.")) -> Response:
        return await answer(token, "acknowledge")

    route = PATH + "{token}"
    router.add_api_route(route, get_page, methods=["GET", "HEAD"], include_in_schema=False, response_class=Response)
    router.add_api_route(route, post_page, methods=["POST"], include_in_schema=False, response_class=Response)
    return router


def page_handler(
    store: Store, workspace: int, configuration: Callable[[], Configuration], now: Callable[[], datetime]
) -> Handle:
    """The desk behind the page: shown from what is stored, acknowledged in one transaction."""

    async def handle(claim: Claim, do: Literal["show", "acknowledge"]) -> Shown | None:
        known = configuration()
        does: Callable[[Moment, int, int, str], Shown | None]
        if claim.about == "handover":
            does = confirming.show if do == "show" else confirming.confirm
        else:
            does = answering.show if do == "show" else answering.acknowledge
        run = store.reading if do == "show" else store.writing
        return await run(
            lambda c: does(Moment(c, workspace, known, now(), wall_now()), claim.number, claim.version, claim.person)
        )

    return handle


def _page(status: int, headline: str, text: str, locale: str, button: str = "") -> Response:
    return Response(html(headline, text, locale, button), status, HEADERS, media_type="text/html; charset=utf-8")
