"""`/v1/acknowledge/<token>`: GET shows how what a mail is about stands, with one button; only POST, its form, does it.

A GET never does: mail scanners and link previews follow every link.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, Literal
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import Connection

from desk.configuration.model import Configuration
from desk.handover import confirming
from desk.moment import Moment
from desk.questions import change_linked
from desk.reach import answering
from desk.reach.answering import Shown
from desk.words import tongue
from handlers.acknowledging.links import PATH, REQUESTS, AcknowledgeLinks, Claim
from handlers.acknowledging.page import CHOICE, HEADERS, html
from handlers.clock.clocks import wall_now
from handlers.feedback.limits import TokenBuckets
from store.engine import Store

# The last is what was chosen of what the page offers, as it came back.
Handle = Callable[[Claim, Literal["show", "acknowledge"], str], Awaitable[Shown | None]]

A_SECOND: Final = 20  # requests with a good signature, all together; nobody taps faster, and a loop is kept out
LONGEST: Final = 4096  # bytes of a form that comes back; what is longer is none of ours


def make_router(links: AcknowledgeLinks, handle: Handle, monotonic: Callable[[], float] = time.monotonic) -> APIRouter:
    """The page, to be included in the one FastAPI application. `monotonic` is in seconds and paces requests."""
    router = APIRouter()
    pace = TokenBuckets(lambda _: A_SECOND, A_SECOND, monotonic)

    async def answer(token: str, do: Literal["show", "acknowledge"], chosen: str = "") -> Response:
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
        shown = await handle(claim, do, chosen)
        if shown is None:
            gone = t("What it is about, or you, are not known here any more.")
            return _page(410, t("This link no longer means anything"), gone, "en")
        choices = shown.choices if shown.open else ()
        return _page(200, shown.headline, shown.text, shown.locale, shown.label if shown.open else "", choices)

    async def get_page(token: str = Path(description="From a page's e-mail.")) -> Response:
        return await answer(token, "show")

    async def post_page(request: Request, token: str = Path(description="From a page's e-mail.")) -> Response:
        return await answer(token, "acknowledge", await _chosen(request))

    route = PATH + "{token}"
    router.add_api_route(route, get_page, methods=["GET", "HEAD"], include_in_schema=False, response_class=Response)
    router.add_api_route(route, post_page, methods=["POST"], include_in_schema=False, response_class=Response)
    return router


def page_handler(
    store: Store, workspace: int, configuration: Callable[[], Configuration], now: Callable[[], datetime]
) -> Handle:
    """The desk behind the page: shown from what is stored, acknowledged in one transaction."""

    async def handle(claim: Claim, do: Literal["show", "acknowledge"], chosen: str = "") -> Shown | None:
        known = configuration()

        def unit(connection: Connection) -> Shown | None:
            moment = Moment(connection, workspace, known, now(), wall_now())
            if claim.about in REQUESTS:
                if do == "show":
                    return change_linked.show(moment, claim.verb, claim.number, claim.person)
                return change_linked.act(moment, claim.verb, claim.number, claim.person, chosen)
            does: Callable[[Moment, int, int, str], Shown | None]
            if claim.about == "handover":
                does = confirming.show if do == "show" else confirming.confirm
            else:
                does = answering.show if do == "show" else answering.acknowledge
            return does(moment, claim.number, claim.version, claim.person)

        return await (store.reading if do == "show" else store.writing)(unit)

    return handle


async def _chosen(request: Request) -> str:
    """What was chosen in the form that comes back; "" where nothing was, or nothing that makes sense."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            return ""
    try:
        return parse_qs(body.decode(), max_num_fields=4).get(CHOICE, [""])[0]
    except ValueError:
        return ""


def _page(
    status: int, headline: str, text: str, locale: str, button: str = "", choices: Sequence[tuple[str, str]] = ()
) -> Response:
    return Response(
        html(headline, text, locale, button, choices), status, HEADERS, media_type="text/html; charset=utf-8"
    )
