"""Signed HTTP delivery to the real Bolt app behind its own aiohttp server."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from sandbox.delivery import signature
from sandbox.server import Sandbox, running
from tests.sandbox.conftest import ANA, BOT, EMEA, QUICK, actions, button, roster, web_client

SECRET = "sandbox-signing-secret"


@contextlib.asynccontextmanager
async def listening(application: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


def bolt(box: Sandbox) -> AsyncApp:
    return AsyncApp(client=web_client(box), signing_secret=SECRET)


def answering(status: int, headers: dict[str, str] | None = None) -> tuple[web.Application, list[web.Request]]:
    """A server that answers everything the same way, and the requests it got."""
    got: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        got.append(request)
        return web.Response(status=status, headers=headers)

    application = web.Application()
    application.add_routes([web.post("/slack/events", answer)])
    return application, got


def test_it_signs_slacks_own_example() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )

    signed = signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)

    assert signed == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


async def test_it_passes_the_check_of_a_request_url(box: Sandbox) -> None:
    async with listening(bolt(box).web_app("/slack/events")) as url:
        assert await box.control.use_http(url)

    assert not await box.control.use_http(url)


async def test_it_brings_commands_clicks_and_events(box: Sandbox) -> None:
    app, heard = bolt(box), []

    @app.command("/live")
    async def live(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"you said {command['text']}")

    @app.action("acknowledge")
    async def acknowledge(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="yours", replace_original=True)

    @app.event("app_mention")
    async def mention(event: dict[str, Any]) -> None:
        heard.append(event["text"])
        box.hub.feed.touch()

    @app.event("message")
    async def message() -> None:
        """Acknowledged, and of no interest."""

    posted = await web_client(box).chat_postMessage(channel=EMEA, text="x", blocks=actions(button("acknowledge")))
    async with listening(app.web_app("/slack/events")) as url:
        await box.control.use_http(url)
        command = await box.control.command(ANA, EMEA, "/live sentiment & “more” 杭州")
        click = await box.control.click(ANA, EMEA, posted["ts"], "acknowledge")
        await box.control.say(ANA, EMEA, f"<@{BOT}> 你好")
        await box.control.wait_for(lambda: heard)

    assert command.text == "you said sentiment & “more” 杭州"
    assert click.text == "yours"
    assert heard == [f"<@{BOT}> 你好"]


async def test_it_sends_an_event_three_times_more_with_number_and_reason(box: Sandbox) -> None:
    application, got = answering(500)
    async with listening(application) as url:
        await box.control.use_http(url)
        got.clear()
        await box.control.say(ANA, "C0ADMIN001", "hello")
        await box.control.wait_for(lambda: len(got) == 4)

    numbers = [request.headers.get("X-Slack-Retry-Num") for request in got]
    reasons = [request.headers.get("X-Slack-Retry-Reason") for request in got]
    assert (numbers, reasons) == ([None, "1", "2", "3"], [None, "http_error", "http_error", "http_error"])
    assert SignatureVerifier(SECRET).is_valid(
        body=await got[3].read(),
        timestamp=got[3].headers["X-Slack-Request-Timestamp"],
        signature=got[3].headers["X-Slack-Signature"],
    )


async def test_it_stops_when_told_not_to_retry(box: Sandbox) -> None:
    application, got = answering(500, {"X-Slack-No-Retry": "1"})
    async with listening(application) as url:
        await box.control.use_http(url)
        got.clear()
        await box.control.say(ANA, EMEA, "first")
        await box.control.wait_for(lambda: len(got) == 1)
        application_two, later = answering(200)
        async with listening(application_two) as other:
            await box.control.use_http(other)
            later.clear()
            await box.control.say(ANA, EMEA, "second")
            await box.control.wait_for(lambda: len(later) == 1)

    assert len(got) == 1


async def test_it_starts_in_http_by_setting() -> None:
    application, got = answering(200)
    async with (
        listening(application) as url,
        running(QUICK, roster=roster(), delivery="http", request_url=url) as box,
    ):
        result = await box.control.command(ANA, EMEA, "/live now", until="ack")

    assert result.acked
    assert got[0].content_type == "application/x-www-form-urlencoded"
