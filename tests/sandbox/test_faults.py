"""Faults strike once, where they were asked for, and are written down."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.control import ControlError
from sandbox.server import Sandbox
from tests.sandbox.conftest import AMERICAS, ANA, EMEA, actions, button, connected


async def test_it_answers_429_with_retry_after(box: Sandbox, client: AsyncWebClient) -> None:
    await box.control.fault("chat.postMessage", "ratelimited", seconds=7)

    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=EMEA, text="x")

    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert (await client.chat_postMessage(channel=EMEA, text="x"))["ok"]


async def test_it_answers_500_and_does_nothing(box: Sandbox, client: AsyncWebClient) -> None:
    await box.control.fault("chat.postMessage", "error")

    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=EMEA, text="x")

    assert await box.control.messages(EMEA) == []


@pytest.mark.parametrize(("kind", "posted"), [("drop_answer", 1), ("drop_request", 0)])
async def test_it_cuts_the_connection_after_or_before_the_work(
    box: Sandbox, client: AsyncWebClient, kind: str, posted: int
) -> None:
    await box.control.fault("chat.postMessage", kind)

    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=EMEA, text="x")

    assert len(await box.control.messages(EMEA)) == posted
    assert [call["fault"] for call in await box.control.calls("chat.postMessage")] == [kind]


async def test_it_shows_that_slack_sdks_own_retry_posts_twice(box: Sandbox) -> None:
    """The reason why the bot posts with this retry off."""
    eager = AsyncWebClient("xoxb-sandbox-livedesk", base_url=box.api_url)
    eager.proxy = None
    await box.control.fault("chat.postMessage", "drop_answer")
    metadata = {"event_type": "page", "event_payload": {"key": "once"}}

    await eager.chat_postMessage(channel=EMEA, text="x", metadata=metadata)

    [double] = await box.control.doubled()
    assert (double["channel"], double["key"], len(double["ts"])) == (EMEA, "once", 2)


async def test_it_refuses_with_a_chosen_error(box: Sandbox, client: AsyncWebClient) -> None:
    await box.control.fault("chat.postMessage", "refuse", error="is_archived")

    with pytest.raises(SlackApiError, match="is_archived"):
        await client.chat_postMessage(channel=EMEA, text="x")


async def test_it_strikes_only_in_its_channel_and_after_those_it_skips(box: Sandbox, client: AsyncWebClient) -> None:
    await box.control.fault("chat.postMessage", "error", channel=EMEA, skip=1, times=2)
    outcomes = []

    for channel in (AMERICAS, EMEA, EMEA, EMEA, EMEA):
        try:
            outcomes.append((await client.chat_postMessage(channel=channel, text="x"))["ok"])
        except SlackApiError:
            outcomes.append(False)

    assert outcomes == [True, True, False, False, True]
    assert await box.control.faults() == []


async def test_it_delays_an_answer(box: Sandbox, client: AsyncWebClient) -> None:
    client.timeout = 0.2  # type: ignore[assignment]
    await box.control.fault("chat.postMessage", "delay_answer", seconds=0.6)

    with pytest.raises(TimeoutError):
        await client.chat_postMessage(channel=EMEA, text="x")

    assert len(await box.control.messages(EMEA)) == 1


async def test_it_cuts_the_socket_under_a_command_and_the_bot_comes_back(box: Sandbox, app: AsyncApp) -> None:
    @app.command("/live")
    async def live(ack: Any) -> None:
        await ack("here")

    async with connected(box, app):
        await box.control.fault("slash_commands", "close_socket")
        first = await box.control.command(ANA, EMEA, "/live now")
        await box.control.wait_connected(1)
        second = await box.control.command(ANA, EMEA, "/live now")

    assert (first.error, second.text) == ("dispatch_failed", "here")


async def test_it_delivers_late_and_twice_to_a_click(box: Sandbox, app: AsyncApp, client: AsyncWebClient) -> None:
    clicks: list[str] = []

    @app.action("acknowledge")
    async def acknowledge(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        clicks.append(body["trigger_id"])

    posted = await client.chat_postMessage(channel=EMEA, text="x", blocks=actions(button("acknowledge")))
    await box.control.fault("interactive", "deliver_late", seconds=0.2)
    await box.control.fault("interactive", "deliver_twice")
    async with connected(box, app):
        late = await box.control.click(ANA, EMEA, posted["ts"], "acknowledge", until="ack")
        after_late = len(clicks)
        await box.control.click(ANA, EMEA, posted["ts"], "acknowledge", until="ack")

    assert late.ack_ms is not None
    assert late.ack_ms >= 200
    assert after_late == 1
    assert len(clicks) == 3
    assert clicks[1] == clicks[2]


async def test_it_clears_what_has_not_struck(box: Sandbox, client: AsyncWebClient) -> None:
    await box.control.fault("*", "error", times=9)
    await box.control.clear_faults()

    assert (await client.auth_test())["ok"]


@pytest.mark.parametrize(("on", "kind"), [("chat.postMessage", "lose_ack"), ("events_api", "ratelimited")])
async def test_it_says_which_kinds_fit(box: Sandbox, on: str, kind: str) -> None:
    with pytest.raises(ControlError, match="choose one of"):
        await box.control.fault(on, kind)
