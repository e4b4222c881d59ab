from __future__ import annotations

import asyncio
import io
import json
import socket as sockets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import uvicorn
from fastapi import FastAPI
from slack_sdk.signature import SignatureVerifier

from handlers.slack.app import SlackApp, build_app
from handlers.slack.http import LARGEST, PATH, slack_routes
from tests.handlers.slack import rig
from tests.handlers.slack.desk import Desk, Remembered
from tests.handlers.slack.test_app import SHOW_NIGHT

COMMAND = {"command": "/live", "text": "help", "user_id": rig.ANA, "channel_id": rig.EMEA, "team_id": "T0LIVEDESK"}


class Served:
    """The bot behind HTTP, and a way to call it as Slack would or would not."""

    def __init__(self, slack: rig.Workspace, app: SlackApp, desk: Desk, url: str) -> None:
        self.slack = slack
        self.app = app
        self.desk = desk
        self.url = url

    async def post(self, body: bytes, **headers: str) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.post(self.url, data=io.BytesIO(body), headers=headers) as answer,
        ):
            return answer.status, await answer.text()

    async def signed(self, body: bytes, at: float | None = None, kind: str = "application/json") -> tuple[int, str]:
        timestamp = str(int(at if at is not None else time.time()))
        signature = SignatureVerifier(rig.SIGNING_SECRET).generate_signature(timestamp=timestamp, body=body)
        headers = {"x-slack-request-timestamp": timestamp, "x-slack-signature": str(signature), "content-type": kind}
        return await self.post(body, **headers)


@asynccontextmanager
async def uvicorn_server(app: FastAPI) -> AsyncIterator[str]:
    with sockets.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        task = asyncio.create_task(server.serve([listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
        server.should_exit = True
        await task


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with rig.workspace() as slack:
        desk = Desk()
        app = build_app(
            desk, Remembered(), slack.client, slack.charts, lambda: SHOW_NIGHT, signing_secret=rig.SIGNING_SECRET
        )
        api = FastAPI()
        api.include_router(slack_routes(app.bolt, rig.SIGNING_SECRET))
        async with uvicorn_server(api) as url:
            yield Served(slack, app, desk, url)
            await app.conversation.drain()


async def test_it_passes_slacks_check_of_the_address(served: Served) -> None:
    status, text = await served.signed(b'{"type": "url_verification", "challenge": "3eZbrw1a"}')

    assert (status, json.loads(text)) == (200, {"challenge": "3eZbrw1a"})


async def test_it_answers_commands_buttons_and_events_as_over_the_socket(served: Served) -> None:
    assert await served.slack.control.use_http(served.url)

    command = await served.slack.control.command(rig.ANA, rig.EMEA, "/live complaints", until="chart")
    home = await served.slack.control.open_home(rig.ANA)

    assert command.chart is not None
    assert home is not None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-request-timestamp": "now", "x-slack-signature": "v0=00"},
        {"x-slack-request-timestamp": "9" * 5000, "x-slack-signature": "v0=00"},
        {"x-slack-request-timestamp": "-5", "x-slack-signature": "v0=00"},
        {"x-slack-request-timestamp": str(int(time.time())), "x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-request-timestamp": str(int(time.time())), "x-slack-signature": "v0=é"},
    ],
)
@pytest.mark.parametrize("body", [b"{}", b"{", b"\xff\xfe", b"command=%2Flive", b"ssl_check=1"])
async def test_it_refuses_whatever_slack_did_not_sign(served: Served, headers: dict[str, str], body: bytes) -> None:
    status, _ = await served.post(body, **headers)

    assert status == 401
    assert served.desk.asked == []


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_it_refuses_a_replay_of_what_slack_once_signed(served: Served, minutes: int) -> None:
    status, _ = await served.signed(urlencode(COMMAND).encode(), at=time.time() + minutes * 60)

    assert status == 401


async def test_it_refuses_a_body_that_was_changed_after_signing(served: Served) -> None:
    body = urlencode(COMMAND).encode()
    timestamp = str(int(time.time()))
    signature = SignatureVerifier(rig.SIGNING_SECRET).generate_signature(timestamp=timestamp, body=body)

    status, _ = await served.post(
        body + b"&user_id=U0OLGAPETR", **{"x-slack-request-timestamp": timestamp, "x-slack-signature": str(signature)}
    )

    assert status == 401


async def test_it_refuses_a_flood_before_it_looks_at_the_signature(served: Served) -> None:
    status, _ = await served.post(b"x" * (LARGEST + 1))

    assert status == 413


async def test_it_ignores_another_workspace(served: Served) -> None:
    other = {**COMMAND, "team_id": "T0STRANGER"}

    status, text = await served.signed(urlencode(other).encode(), kind="application/x-www-form-urlencoded")

    assert status == 200
    assert "cannot sign in" in text
    assert served.desk.asked == []


def test_it_does_not_start_without_a_secret() -> None:
    unused: Any = None

    with pytest.raises(ValueError, match="SLACK_SIGNING_SECRET"):
        slack_routes(unused, " ")
