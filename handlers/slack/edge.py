"""Slack, plugged in: by a socket that the bot opens, or by signed requests that Slack sends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from handlers.edge import Edge, Needs
from handlers.slack.app import build_app
from handlers.slack.charts import ChartUploads
from handlers.slack.client import slack_client
from handlers.slack.http import slack_routes
from handlers.slack.platform import SlackPlatform
from handlers.slack.shifts import SlackShifts
from handlers.slack.socket import SlackSetupError, check_bot_token, connected


@asynccontextmanager
async def slack_edge(needs: Needs) -> AsyncIterator[Edge]:
    """Check the tokens and connect. `SlackSetupError` when Slack does not know them."""
    slack = needs.settings.slack()
    if slack is None:
        raise SlackSetupError("Slack is switched off: set LIVEDESK_SLACK_MODE, or take slack out of LIVEDESK_PLATFORMS")
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(slack_client(slack.bot_token, slack.api_url))
        charts = ChartUploads(client)
        made = build_app(
            needs.answering, needs.deliveries, client, charts, needs.now, signing_secret=slack.signing_secret
        )
        stack.push_async_callback(made.conversation.drain)
        platform, shifts = SlackPlatform(client, charts), SlackShifts(client)
        if slack.mode == "http":
            await check_bot_token(client)
            yield Edge(platform, [slack_routes(made.bolt, slack.signing_secret)], shifts)
        else:
            await stack.enter_async_context(connected(made.bolt, client, slack.app_token))
            yield Edge(platform, shifts=shifts)
