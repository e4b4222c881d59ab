"""The Bolt app: which commands, buttons and events Slack may bring. Each is acknowledged before it is answered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from handlers.answering import Answering
from handlers.slack.charts import ChartUploads
from handlers.slack.client import is_loopback
from handlers.slack.conversation import SHARE, Conversation
from handlers.slack.modal import PREFIX, keeps_words
from handlers.slack.outcomes import FAILURES, outcome_of
from handlers.slack.people import People
from handlers.slack.redaction import sdk_logger

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Command:
    command: str
    description: str
    usage_hint: str


# The manifest is made of these three; whatever follows a command's name is the desk's to understand.
COMMANDS = (
    Command(
        "/live",
        "Ask about a live show",
        "now | complaints [show] | sentiment [show] | questions [show] | incidents [show] | alerts [market] | help",
    ),
    Command(
        "/oncall",
        "Who is on call, until when, and who is next",
        "[schedule] | take | override | swap | cover me | leave | log | page | handover | contact | whoami | explain "
        "| week | me | covers SHOW | gaps | coverage | fairness | propose | route | calendar | help",
    ),
)
EVENTS = ("app_home_opened",)
ACTIONS = re.compile(r"^act:")
FORMS = re.compile("^" + PREFIX)
TAP_PATIENCE = 1.5  # seconds; Slack waits three for an acknowledgement
FORM_PATIENCE = 2.4  # the answer to a form is its acknowledgement, so that it may wait longer

SIGN_IN_FAILED = (
    "Livedesk cannot sign in to this workspace, so nothing was done. Please ask an admin to check SLACK_BOT_TOKEN "
    "with `bot.py doctor`."
)


class Deliveries(Protocol):
    """Remembers which events have come, for at least an hour: Slack delivers at least once, and Bolt runs each."""

    async def first_time(self, event_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class SlackApp:
    """`bolt` takes requests (by socket or by HTTP); `conversation` holds the answers still under way."""

    bolt: AsyncApp
    conversation: Conversation


def build_app(
    answering: Answering,
    deliveries: Deliveries,
    client: AsyncWebClient,
    charts: ChartUploads,
    now: Callable[[], datetime],
    *,
    signing_secret: str = "",
) -> SlackApp:
    """The app with everything registered. `client` and `charts` are shared with `SlackPlatform`; `signing_secret` is
    needed for HTTP only, where `handlers.slack.http` demands it."""
    people = People(client)
    conversation = Conversation(answering, client, charts, people, now)
    bolt = AsyncApp(
        name="livedesk",
        client=_tokenless(client),
        authorize=_sign_in(client),
        signing_secret=signing_secret or None,
        request_verification_enabled=bool(signing_secret),
        user_facing_authorize_error_message=SIGN_IN_FAILED,
        logger=sdk_logger(),
        # Our listeners end soon, their work goes on beside them; Bolt's other way looks for the acknowledgement
        # every 10 ms only.
        process_before_response=True,
    )
    bolt.use(_once(deliveries))
    for one in COMMANDS:
        bolt.command(one.command)(_acknowledged(conversation, conversation.command))
    bolt.action(ACTIONS)(_done(conversation))
    bolt.view(FORMS)(_submitted(conversation))
    bolt.action(SHARE)(_acknowledged(conversation, conversation.share))
    bolt.event(EVENTS[0])(_home(conversation))
    bolt.error(_failed)
    return SlackApp(bolt, conversation)


def _acknowledged(conversation: Conversation, then: Callable[[dict[str, Any]], Any]) -> Callable[..., Awaitable[None]]:
    async def listener(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        conversation.start(then(body))

    return listener


def _done(conversation: Conversation) -> Callable[..., Awaitable[None]]:
    """A tap that changes something is acknowledged once the change is durable, unless that takes too long. Should the
    bot die before, Slack shows the one who tapped that it failed, instead of a page that looks taken and is not. One
    that opens a form changes nothing."""

    async def listener(ack: Any, body: dict[str, Any]) -> None:
        if conversation.opens(body):
            await ack()
            conversation.start(conversation.open(body))
            return
        done = asyncio.Event()
        conversation.start(conversation.tap(body, done))
        with suppress(TimeoutError):
            async with asyncio.timeout(TAP_PATIENCE):
                await done.wait()
        await ack()

    return listener


def _submitted(conversation: Conversation) -> Callable[..., Awaitable[None]]:
    """A form that was sent: what is wrong stands at its fields, and what was done takes its place. What takes too long
    goes on all the same; what somebody has written stays before them until it is kept."""

    async def listener(ack: Any, body: dict[str, Any]) -> None:
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        conversation.start(conversation.submit(body, answer))
        try:
            async with asyncio.timeout(None if keeps_words(body["view"]) else FORM_PATIENCE):
                said = await asyncio.shield(answer)
        except TimeoutError:
            answer.cancel()  # so that what comes after this answer is known to
            said = conversation.slow(body)
        await ack(**said)

    return listener


def _home(conversation: Conversation) -> Callable[..., Awaitable[None]]:
    async def listener(event: dict[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            conversation.start(conversation.home(event["user"]))

    return listener


def _once(deliveries: Deliveries) -> Callable[..., Awaitable[BoltResponse | None]]:
    """Answers a repeated event with "have it". Commands and taps carry no id; what they do is guarded by versions."""

    async def middleware(body: dict[str, Any], next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:
        event_id = body.get("event_id")
        if event_id and not await _is_new(deliveries, str(event_id)):
            return BoltResponse(status=200, body="")
        await next()
        return None

    return middleware


async def _is_new(deliveries: Deliveries, event_id: str) -> bool:
    try:
        return await deliveries.first_time(event_id)
    except Exception as error:
        # Doing it twice is better than not at all: what our events lead to may be repeated.
        log.error("delivery not remembered", delivery=event_id, error=type(error).__name__)
        return True


async def _failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """What a listener raised before its work began; the work itself answers for its own errors."""
    log.error("slack listener failed", error=type(error).__name__, type=str(body.get("type") or body.get("command")))
    return BoltResponse(status=200, body="")


def _sign_in(client: AsyncWebClient) -> Callable[..., Awaitable[AuthorizeResult | None]]:
    """Who we are in this workspace, asked once. Bolt's own way asks through a client of its making, which takes a
    proxy from the environment even for a loopback address."""
    known: AuthorizeResult | None = None

    async def authorize(team_id: str | None) -> AuthorizeResult | None:
        nonlocal known
        if known is None:
            try:
                found = await client.auth_test()
            except FAILURES as error:
                log.error("slack sign-in failed", reason=outcome_of(error, repeatable=True).reason)
                return None
            known = AuthorizeResult(
                enterprise_id=found.get("enterprise_id"),
                team_id=found.get("team_id"),
                bot_user_id=found.get("user_id"),
                bot_id=found.get("bot_id"),
                bot_token=client.token,
            )
        return known if team_id in (None, known.team_id) else None

    return authorize


def _tokenless(client: AsyncWebClient) -> AsyncWebClient:
    """Bolt's copy of the client: tokens come from `_sign_in`, and from the app-level token for the socket."""
    copy = AsyncWebClient(
        base_url=client.base_url,
        timeout=client.timeout,
        ssl=client.ssl,
        proxy=client.proxy,
        session=client.session,
        logger=sdk_logger(),
        retry_handlers=[],
    )
    if is_loopback(client.base_url):
        copy.proxy = None
    return copy
