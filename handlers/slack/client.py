"""The Web API client that everything here shares: one HTTP session, explicit time-outs, no retries of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.redaction import sdk_logger

SLACK = "https://slack.com/api/"

# A connection refused or not opened in time certainly carried nothing, so that time is kept short; an answer may take
# longer before its fate is called unclear.
TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
TIMEOUT_SECONDS = 15
# Slack closes idle connections after about a minute. A request sent into a closing one has an unclear fate, so ours
# are given up well before.
KEEP_ALIVE = 20


@asynccontextmanager
async def slack_client(bot_token: str, api_url: str = SLACK) -> AsyncIterator[AsyncWebClient]:
    """A client for as long as the bot runs. `api_url` ends in `/api/`; a local sandbox's is `http://127.0.0.1:…/api/`.

    It retries nothing: a posting whose answer was lost must be looked for, not repeated, and slack-sdk's default
    connection retry would repeat it.
    """
    connector = aiohttp.TCPConnector(limit=50, keepalive_timeout=KEEP_ALIVE)
    async with aiohttp.ClientSession(timeout=TIMEOUT, connector=connector) as session:
        client = AsyncWebClient(
            bot_token,
            base_url=api_url,
            timeout=TIMEOUT_SECONDS,
            session=session,
            retry_handlers=[],
            logger=sdk_logger(),
        )
        if is_loopback(api_url):
            client.proxy = None  # slack-sdk takes HTTP_PROXY from the environment and ignores NO_PROXY
        yield client


def is_loopback(url: str) -> bool:
    """Whether a URL stays on this machine, where no proxy can reach it.

    >>> is_loopback("http://127.0.0.1:8080/api/"), is_loopback("http://localhost/api/"), is_loopback(SLACK)
    (True, True, False)
    """
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
