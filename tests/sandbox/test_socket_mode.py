"""The unmodified Bolt app on the sandbox's sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.control import ControlError
from sandbox.server import Sandbox
from tests.sandbox.conftest import ANA, BEN, BOT, EMEA, actions, button, connected, png, web_client


async def test_it_brings_a_command_and_its_answer(box: Sandbox, app: AsyncApp) -> None:
    heard: dict[str, Any] = {}

    @app.command("/live")
    async def live(ack: Any, command: dict[str, Any]) -> None:
        heard.update(command)
        await ack("42 complaints in the last minute")

    async with connected(box, app):
        result = await box.control.command(ANA, EMEA, "/live complaints aurora-skincare")

    assert (heard["text"], heard["user_id"], heard["channel_name"]) == ("complaints aurora-skincare", ANA, "live-emea")
    assert result.text == "42 complaints in the last minute"
    assert result.ack_ms is not None
    assert result.answer_ms is not None
    assert result.answer_ms >= result.ack_ms
    assert [one["visible_to"] for one in await box.control.messages(EMEA, viewer=ANA)] == [ANA]


async def test_it_brings_a_chart_after_the_acknowledgement(box: Sandbox, app: AsyncApp) -> None:
    @app.command("/live")
    async def live(ack: Any, respond: Any, client: AsyncWebClient) -> None:
        await ack("Drawing…")
        file = (await client.files_upload_v2(content=png(), filename="complaints.png"))["file"]["id"]
        picture = {"type": "image", "slack_file": {"id": file}, "alt_text": "42 complaints"}
        while True:  # the way slack-sdk's users have to wait for processing
            with contextlib.suppress(SlackApiError):
                if (await client.files_info(file=file))["file"]["mimetype"]:
                    break
            await asyncio.sleep(0.01)
        await respond(text="42 complaints", blocks=[picture], replace_original=True)

    async with connected(box, app):
        result = await box.control.command(ANA, EMEA, "/live complaints", until="chart")

    assert [one.via for one in result.answers] == ["ack", "response_url"]
    assert result.chart is not None
    assert result.chart.files[0]["name"] == "complaints.png"
    [message] = await box.control.messages(EMEA, viewer=ANA)
    assert message["text"] == "42 complaints"


async def test_it_brings_a_click_and_shows_the_edit(box: Sandbox, app: AsyncApp, client: AsyncWebClient) -> None:
    heard: dict[str, Any] = {}

    @app.action("acknowledge")
    async def acknowledge(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        heard.update(body)
        await client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text=f"<@{body['user']['id']}> has it", blocks=[]
        )

    posted = await client.chat_postMessage(
        channel=EMEA, text="page", blocks=actions(button("acknowledge", value="acknowledge|incident:7|1"))
    )
    async with connected(box, app):
        result = await box.control.click(BEN, EMEA, posted["ts"], value="acknowledge|incident:7|1")

    assert heard["actions"][0]["value"] == "acknowledge|incident:7|1"
    assert heard["actions"][0]["block_id"] == "actions"
    assert heard["container"]["message_ts"] == posted["ts"]
    assert result.acked
    assert [one.via for one in result.answers] == ["update"]
    assert (await box.control.messages(EMEA))[0]["text"] == f"<@{BEN}> has it"


async def test_it_names_what_can_be_clicked_when_asked_for_something_else(box: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=EMEA, text="page", blocks=actions(button("acknowledge")))

    with pytest.raises(ControlError, match=r"there is: \['acknowledge'\]"):
        await box.control.click(BEN, EMEA, posted["ts"], "resolve")


async def test_it_tells_a_person_that_nobody_acknowledged(box: Sandbox, app: AsyncApp) -> None:
    @app.command("/live")
    async def live() -> None:
        """Never acknowledges."""

    async with connected(box, app):
        result = await box.control.command(ANA, EMEA, "/live now")

    assert (result.acked, result.error) == (False, "operation_timeout")
    assert 'failed with the error "operation_timeout"' in result.text
    assert [one["visible_to"] for one in await box.control.messages(EMEA, viewer=ANA)] == [ANA]


async def test_it_tells_a_person_that_the_bot_is_away(box: Sandbox) -> None:
    result = await box.control.command(ANA, EMEA, "/live now")

    assert result.error == "dispatch_failed"


async def test_it_knows_only_the_commands_that_are_registered(box: Sandbox) -> None:
    with pytest.raises(ControlError, match="unknown_command"):
        await box.control.command(ANA, EMEA, "/dance")


async def test_it_sends_messages_and_mentions_as_events(box: Sandbox, app: AsyncApp) -> None:
    heard: list[tuple[str, str]] = []

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        heard.append(("message", event["text"]))
        box.hub.feed.touch()

    @app.event("app_mention")
    async def mention(event: dict[str, Any]) -> None:
        heard.append(("mention", event["text"]))
        box.hub.feed.touch()

    async with connected(box, app):
        await box.control.say(ANA, EMEA, f"<@{BOT}> are we live?")
        await box.control.wait_for(lambda: len(heard) == 2)

    assert sorted(heard) == [("mention", f"<@{BOT}> are we live?"), ("message", f"<@{BOT}> are we live?")]


async def test_it_sends_an_event_again_until_it_is_acknowledged(box: Sandbox, app: AsyncApp) -> None:
    heard: list[tuple[str, Any]] = []

    @app.event("app_mention")
    async def mention(body: dict[str, Any], request: Any) -> None:
        heard.append((body["event_id"], request.headers.get("x-slack-retry-num")))
        box.hub.feed.touch()

    @app.event("message")
    async def message() -> None:
        """Acknowledged, and of no interest."""

    await box.control.fault("events_api", "lose_ack", times=4)
    async with connected(box, app):
        await box.control.say(ANA, EMEA, f"<@{BOT}> hello")
        await box.control.wait_for(lambda: len(heard) >= 3)

    assert len({event for event, _ in heard}) == 1
    assert heard[0][1] == ["0"]


async def test_it_delivers_twice_when_told_to(box: Sandbox, app: AsyncApp) -> None:
    heard: list[str] = []

    @app.event("app_mention")
    async def mention(body: dict[str, Any]) -> None:
        heard.append(body["event_id"])
        box.hub.feed.touch()

    @app.event("message")
    async def message() -> None:
        """Acknowledged, and of no interest."""

    await box.control.fault("events_api", "deliver_twice", times=2)
    async with connected(box, app):
        await box.control.say(ANA, EMEA, f"<@{BOT}> hello")
        await box.control.wait_for(lambda: len(heard) == 2)

    assert heard[0] == heard[1]


async def test_it_gives_each_payload_to_one_of_several_sockets(box: Sandbox) -> None:
    heard: Counter[str] = Counter()

    def bot(name: str) -> AsyncApp:
        app = AsyncApp(client=web_client(box))

        @app.command("/live")
        async def live(ack: Any) -> None:
            heard[name] += 1
            await ack(name)

        return app

    async with connected(box, bot("one")), connected(box, bot("two")):
        results = [await box.control.command(ANA, EMEA, "/live now") for _ in range(6)]

    assert all(result.acked for result in results)
    assert heard == {"one": 3, "two": 3}


async def test_it_refreshes_a_connection_and_the_bot_comes_back(box: Sandbox, app: AsyncApp) -> None:
    @app.command("/live")
    async def live(ack: Any) -> None:
        await ack("here")

    async with connected(box, app):
        first = box.hub.deliveries.sockets.connections[0].number
        await box.control.disconnect(reason="refresh_requested")

        def replaced() -> bool:
            return any(one.number > first for one in box.hub.deliveries.sockets.connections)

        await box.control.wait_for(replaced)
        result = await box.control.command(ANA, EMEA, "/live now")

    assert result.text == "here"


async def test_it_refuses_a_socket_without_a_ticket(box: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(box.hub.address.websocket + "?ticket=guess")

        assert caught.value.status == 401


async def test_it_publishes_a_home_tab_when_someone_opens_it(box: Sandbox, app: AsyncApp) -> None:
    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "All quiet"}}]}
        await client.views_publish(user_id=event["user"], view=view)

    async with connected(box, app):
        view = await box.control.open_home(ANA)

    assert view is not None
    assert view["blocks"][0]["text"]["text"] == "All quiet"
    assert await box.control.home(BEN) is None
