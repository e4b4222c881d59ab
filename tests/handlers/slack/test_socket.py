from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from handlers.slack.app import build_app
from handlers.slack.client import slack_client
from handlers.slack.socket import Identity, SlackSetupError, check_bot_token, connected
from tests.handlers.slack import rig
from tests.handlers.slack.desk import Desk, Remembered
from tests.handlers.slack.test_app import SHOW_NIGHT


@pytest.fixture
async def slack() -> AsyncIterator[rig.Workspace]:
    async with rig.workspace() as workspace:
        yield workspace


def bolt(slack: rig.Workspace):  # type: ignore[no-untyped-def]  # Bolt has no types here
    return build_app(Desk(), Remembered(), slack.client, slack.charts, lambda: SHOW_NIGHT).bolt


async def test_it_says_who_the_bot_is(slack: rig.Workspace) -> None:
    identity = await check_bot_token(slack.client)

    assert identity == Identity("Livedesk Demo", "T0LIVEDESK", "livedesk", "U0LIVEDESK", identity.url)


@pytest.mark.parametrize(
    ("bot_token", "app_token", "setting", "example"),
    [
        ("xoxb-wrong", rig.APP_TOKEN, "SLACK_BOT_TOKEN", "xoxb-…"),
        (rig.APP_TOKEN, rig.APP_TOKEN, "SLACK_BOT_TOKEN", "starts with xoxb-"),
        (rig.BOT_TOKEN, "xapp-wrong", "SLACK_APP_TOKEN", "xapp-…"),
        (rig.BOT_TOKEN, rig.BOT_TOKEN, "SLACK_APP_TOKEN", "xapp-…"),
    ],
)
async def test_it_stops_at_the_start_with_the_wrong_settings_name_and_a_good_example(
    slack: rig.Workspace, bot_token: str, app_token: str, setting: str, example: str
) -> None:
    async with slack_client(bot_token, slack.box.api_url) as client:
        with pytest.raises(SlackSetupError, match=f"refuses {setting}") as stopped:
            async with connected(bolt(slack), client, app_token):
                pass

    assert example in str(stopped.value)
    assert bot_token not in str(stopped.value)
    assert app_token not in str(stopped.value)


async def test_it_says_so_when_slack_cannot_be_reached(slack: rig.Workspace) -> None:
    async with slack_client(rig.BOT_TOKEN, "http://127.0.0.1:1/api/") as client:
        with pytest.raises(SlackSetupError, match=r"cannot be reached at http://127\.0\.0\.1:1/api/"):
            async with connected(bolt(slack), client, rig.APP_TOKEN):
                pass


async def test_it_connects_to_a_local_slack_although_a_proxy_is_set(
    slack: rig.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    async with slack_client(rig.BOT_TOKEN, slack.box.api_url) as client:
        workspace = rig.Workspace(slack.box, client)
        async with connected(bolt(workspace), client, rig.APP_TOKEN):
            await slack.control.wait_connected()
            result = await slack.control.command(rig.ANA, rig.EMEA, "/live help")

    assert result.answer is not None


async def test_it_knows_whether_it_is_alive(slack: rig.Workspace) -> None:
    async with connected(bolt(slack), slack.client, rig.APP_TOKEN, ping=0.5) as socket:
        await slack.control.wait_connected()
        assert await socket.alive()

    assert not await socket.alive()


async def test_it_forces_a_new_socket_when_the_old_one_stays_dead(slack: rig.Workspace) -> None:
    async with connected(bolt(slack), slack.client, rig.APP_TOKEN, ping=60) as socket:
        await slack.control.wait_connected()
        watch = asyncio.create_task(socket.keep_alive(patience=0.1, look=0.05))
        socket._handler.client.auto_reconnect_enabled = False  # slack-sdk's own renewal does not come

        await slack.control.disconnect(abrupt=True)
        await slack.control.wait_connected()

        assert await socket.alive()
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def test_it_leaves_nothing_running_behind(slack: rig.Workspace) -> None:
    before = asyncio.all_tasks()

    async with connected(bolt(slack), slack.client, rig.APP_TOKEN):
        await slack.control.wait_connected()
    await slack.control.wait_for(lambda: asyncio.all_tasks() <= before | _of_the_sandbox())

    assert not [task for task in asyncio.all_tasks() - before if "slack_sdk" in repr(task)]


def _of_the_sandbox() -> set[asyncio.Task[object]]:
    return {task for task in asyncio.all_tasks() if "slack_sdk" not in repr(task)}
