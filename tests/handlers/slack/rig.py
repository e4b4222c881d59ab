"""The real client and app against a sandbox workspace, opened for one test."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from matplotlib.figure import Figure
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.charts import ChartUploads
from handlers.slack.client import slack_client
from handlers.slack.platform import SlackPlatform
from sandbox.control import Control
from sandbox.server import Sandbox, running

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-sandbox-livedesk", "xapp-sandbox-livedesk", "sandbox-signing-secret"
EMEA, HANGZHOU = "C0EMEAOPS1", "C0HANGZHOU"
ANA, WEI = "U0ANAWEBER", "U0WEICHEN1"


class Workspace:
    """A sandbox, and our client, charts and platform in it."""

    def __init__(self, box: Sandbox, client: AsyncWebClient) -> None:
        self.box = box
        self.client = client
        self.charts = ChartUploads(client)
        self.platform = SlackPlatform(client, self.charts)

    @property
    def control(self) -> Control:
        return self.box.control


@asynccontextmanager
async def workspace(**settings: Any) -> AsyncIterator[Workspace]:
    """Without rate limits and with quick files, unless the test asks for them."""
    async with (
        running(**{"rate_scale": 0.0, "file_delay": 0.05, **settings}) as box,
        slack_client(BOT_TOKEN, box.api_url) as client,
    ):
        yield Workspace(box, client)


def chart() -> bytes:
    """A picture that Slack takes as one."""
    figure = Figure(figsize=(4, 2))
    figure.add_subplot().plot([3, 4, 12, 38])
    png = io.BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()
