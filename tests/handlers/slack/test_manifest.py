from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.app import COMMANDS, EVENTS, build_app
from handlers.slack.http import PATH
from handlers.slack.manifest import SCOPES, as_json, manifest, scopes
from sandbox import roster
from sandbox.settings import DEFAULT_ROSTER
from sandbox.webapi.methods import METHODS
from tests.handlers.slack import rig
from tests.handlers.slack.desk import Desk, Remembered
from tests.handlers.slack.test_app import SHOW_NIGHT

ROOT = Path(__file__).parents[3]


def called() -> set[str]:
    """Every Web API method that the code of the Slack edge calls, as Slack names it."""
    found = set()
    for file in sorted((ROOT / "handlers/slack").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr
                if "_" in name and not name.startswith("_") and hasattr(AsyncWebClient, name):
                    found.add(name.replace("_", "."))
    return found - {"api.call"}


def test_it_asks_for_scopes_of_what_the_code_calls_and_of_nothing_else() -> None:
    assert called() == set(SCOPES)


@pytest.mark.parametrize("method", sorted(SCOPES))
def test_it_asks_for_enough_to_call_each_method(method: str) -> None:
    accepted = METHODS[method].scopes

    if METHODS[method].caller == "bot" and accepted:
        assert set(SCOPES[method]) & set(accepted)


async def test_it_names_every_command_and_event_that_the_app_answers() -> None:
    app = manifest()
    commands = [{"command": one["command"], "text": ""} for one in app["features"]["slash_commands"]]
    events = [
        {"type": "event_callback", "event": {"type": name, "user": rig.ANA, "tab": "messages"}}
        for name in app["settings"]["event_subscriptions"]["bot_events"]
    ]

    async with rig.workspace() as slack:
        built = build_app(Desk(), Remembered(), slack.client, slack.charts, lambda: SHOW_NIGHT)

        async def status(body: dict[str, Any]) -> int:
            common = {"user_id": rig.ANA, "channel_id": rig.EMEA, "response_url": f"{slack.box.url}/commands/T/x"}
            request = AsyncBoltRequest(mode="socket_mode", body={**common, "team_id": "T0LIVEDESK", **body})
            return int((await built.bolt.async_dispatch(request)).status)

        assert {await status(body) for body in [*commands, *events]} == {200}
        assert await status({"command": "/other", "text": ""}) == 404
        await built.conversation.drain()

    # The desk's, Share to Channel, and forms: no manifest lists them.
    actions = 3
    assert len(built.bolt._async_listeners) == len(commands) + len(events) + actions


def test_it_leaves_out_every_address_for_socket_mode() -> None:
    assert "url" not in str(manifest())
    assert manifest()["settings"]["socket_mode_enabled"] is True


def test_it_sends_everything_to_the_one_signed_address_over_http() -> None:
    app = manifest("https://bot.example.com/")

    url = f"https://bot.example.com{PATH}"
    assert app["settings"]["socket_mode_enabled"] is False
    assert app["settings"]["interactivity"]["request_url"] == url
    assert app["settings"]["event_subscriptions"]["request_url"] == url
    assert {one["url"] for one in app["features"]["slash_commands"]} == {url}


def test_it_takes_no_address_that_slack_would_not_call() -> None:
    with pytest.raises(ValueError, match="https"):
        manifest("http://bot.example.com")


@pytest.mark.parametrize("app", [manifest(), manifest("https://bot.example.com")])
def test_it_stays_within_the_manifests_limits(app: dict[str, Any]) -> None:
    shown = app["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert all(len(one["command"]) <= 32 for one in app["features"]["slash_commands"])
    assert app["oauth_config"]["scopes"]["bot"] == sorted(set(scopes()))


def test_it_is_what_stands_in_the_docs() -> None:
    kept = (ROOT / "docs/slack-manifest.json").read_text(encoding="utf-8")

    assert kept == as_json(), "write it anew: python -m handlers.slack.manifest > docs/slack-manifest.json"


def test_it_is_what_the_sandboxs_workspace_has_installed() -> None:
    installed = roster.load(DEFAULT_ROSTER).app

    assert set(scopes()) <= set(installed.scopes)
    assert set(EVENTS) <= set(installed.events)
    assert {one.command for one in COMMANDS} == {one.command for one in installed.commands}


def test_it_prints_itself() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "handlers.slack.manifest"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert json.loads(printed.stdout) == manifest()
