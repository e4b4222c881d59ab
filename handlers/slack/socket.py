"""Socket Mode: Slack reaches the bot through a connection that the bot opens, so nothing has to be reachable.

slack-sdk keeps the connection alive and renews it when Slack asks. What it does not do is say no at the start: with a
wrong app-level token it logs and tries for ever. So both tokens are checked first, with an answer a person can use.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.client import is_loopback
from handlers.slack.outcomes import FAILURES, advice, outcome_of, refusal

log = structlog.get_logger(__name__)

PING = 10.0  # seconds between pings; slack-sdk calls the session stale after four without an answer
CONNECT = 30.0
# Slack takes a new connection within a second. When slack-sdk's own renewal has not come back by then, it is asked
# again from outside: older releases wedged after a network loss (slackapi/python-slack-sdk#1922).
PATIENCE = 60.0
LOOK = 5.0


class SlackSetupError(Exception):
    """Slack cannot be used as it is set up; the message names the setting and says what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is: `auth.test`'s answer."""

    team: str
    team_id: str
    user: str
    user_id: str
    url: str


async def check_bot_token(client: AsyncWebClient) -> Identity:
    """Ask Slack whom the bot token belongs to; `SlackSetupError` when it belongs to nobody."""
    try:
        found = await client.auth_test()
    except FAILURES as error:
        raise SlackSetupError(_why("SLACK_BOT_TOKEN", "xoxb-…, under OAuth & Permissions", error, client)) from None
    return Identity(*(str(found.get(name) or "") for name in ("team", "team_id", "user", "user_id", "url")))


async def check_app_token(client: AsyncWebClient, app_token: str) -> None:
    """Ask for a socket as the app would; `SlackSetupError` when Slack gives none."""
    try:
        await client.apps_connections_open(app_token=app_token)
    except FAILURES as error:
        where = "xapp-…, with the scope connections:write, under Basic Information; Socket Mode switched on"
        raise SlackSetupError(_why("SLACK_APP_TOKEN", where, error, client)) from None


def _why(setting: str, where: str, error: BaseException, client: AsyncWebClient) -> str:
    if isinstance(error, SlackApiError) and (said := refusal(error)).error and said.status == 200:
        return f"Slack refuses {setting}: {advice(said)}. A good one looks like {where} at https://api.slack.com/apps"
    reason = outcome_of(error, repeatable=True).reason
    return f"Slack cannot be reached at {client.base_url} ({reason}): check the network and SLACK_API_URL"


class SocketMode:
    """An open connection. `alive` is for health checks."""

    def __init__(self, handler: AsyncSocketModeHandler) -> None:
        self._handler = handler

    async def alive(self) -> bool:
        """Whether the socket is open and Slack answers its pings."""
        return bool(await self._handler.client.is_connected())

    async def keep_alive(self, patience: float = PATIENCE, look: float = LOOK) -> None:
        """Watch until cancelled; after `patience` seconds without a live socket, force a new one."""
        loop = asyncio.get_running_loop()
        lost_at: float | None = None
        while True:
            await asyncio.sleep(look)
            if await self.alive():
                lost_at = None
                continue
            lost_at = loop.time() if lost_at is None else lost_at
            if loop.time() - lost_at >= patience:
                log.warning("slack socket forced anew", lost_for=round(loop.time() - lost_at))
                lost_at = None
                with suppress(*FAILURES):
                    await self._handler.client.connect_to_new_endpoint(force=True)


@asynccontextmanager
async def connected(
    bolt: AsyncApp, client: AsyncWebClient, app_token: str, *, ping: float = PING
) -> AsyncIterator[SocketMode]:
    """Check both tokens, connect, and stay connected until the block is left.

    Raises `SlackSetupError` when a token is refused or no connection comes about within 30 s.
    """
    identity = await check_bot_token(client)
    await check_app_token(client, app_token)
    # Made here, inside the running loop: it opens a session and starts a task at once.
    handler = AsyncSocketModeHandler(bolt, app_token, ping_interval=ping)
    if is_loopback(client.base_url):
        handler.client.proxy = None
    socket = SocketMode(handler)
    watch: asyncio.Task[None] | None = None
    try:
        try:
            async with asyncio.timeout(CONNECT):
                await handler.connect_async()
        except TimeoutError:
            raise SlackSetupError(
                f"Slack gave an address for a socket but did not open it within {CONNECT:.0f} s: "
                "check that WebSockets pass the network and the proxy"
            ) from None
        watch = asyncio.create_task(socket.keep_alive())
        log.info("slack connected", team=identity.team, bot=identity.user)
        yield socket
    finally:
        if watch is not None:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
        await handler.close_async()
