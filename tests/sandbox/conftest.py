"""A sandbox for each test, and the real slack-sdk and Bolt in front of it."""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.roster import Channel, Roster, load
from sandbox.server import Sandbox, running
from sandbox.settings import DEFAULT_ROSTER, Settings

ANA, BEN, MAYA = "U0ANAWEBER", "U0BENKRUGR", "U0MAYATORR"
EMEA, AMERICAS, ELSEWHERE, SECRET = "C0EMEAOPS1", "C0AMERICAS", "C0ELSEWHER", "G0SECRET01"
BOT, BOT_TOKEN, APP_TOKEN = "U0LIVEDESK", "xoxb-sandbox-livedesk", "xapp-sandbox-livedesk"

# Slack's patience, shortened so that nothing here waits for it.
QUICK = Settings(port=0, ack_timeout=0.5, retry_delays=(0.0, 0.05, 0.1), file_delay=0.05, rate_scale=0)

Bot = Callable[[AsyncApp], AbstractAsyncContextManager[AsyncSocketModeHandler]]


def roster() -> Roster:
    """The demo's roster, with two channels that the bot is not in."""
    known = load(DEFAULT_ROSTER)
    more = {
        ELSEWHERE: Channel(ELSEWHERE, "elsewhere", members=(ANA,)),
        SECRET: Channel(SECRET, "secret", members=(ANA,), private=True),
    }
    return replace(known, channels={**known.channels, **more})


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with running(QUICK, roster=roster()) as sandbox:
        yield sandbox


def web_client(sandbox: Sandbox, token: str = BOT_TOKEN) -> AsyncWebClient:
    client = AsyncWebClient(token, base_url=sandbox.api_url, retry_handlers=[])
    client.proxy = None  # slack-sdk would send even loopback calls through a proxy named in the environment
    return client


@pytest.fixture
def client(box: Sandbox) -> AsyncWebClient:
    return web_client(box)


@pytest.fixture
def app(box: Sandbox) -> AsyncApp:
    return AsyncApp(client=web_client(box))


@contextlib.asynccontextmanager
async def connected(sandbox: Sandbox, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """Bolt's own Socket Mode handler, connected."""
    before = len(sandbox.hub.deliveries.sockets.connections)
    handler = AsyncSocketModeHandler(app, APP_TOKEN, ping_interval=0.3)  # how soon it notices a cut line
    handler.client.proxy = None
    await handler.connect_async()
    await sandbox.control.wait_connected(before + 1)
    try:
        yield handler
    finally:
        await handler.close_async()


def button(action_id: str, **more: Any) -> dict[str, Any]:
    label = {"type": "plain_text", "text": action_id.title()}
    return {"type": "button", "action_id": action_id, "text": label, **more}


def actions(*elements: dict[str, Any], block_id: str = "actions") -> list[dict[str, Any]]:
    return [{"type": "actions", "block_id": block_id, "elements": list(elements)}]


def png(width: int = 8, height: int = 8) -> bytes:
    """A small blue picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x20\x60\xa0" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
