"""Modals, from the trigger to the submission, with the real Bolt."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import ANA, EMEA, connected


def modal(callback_id: str = "resolve", **more: Any) -> dict[str, Any]:
    causes = [{"text": {"type": "plain_text", "text": name.title()}, "value": name} for name in ("network", "payment")]
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": "Resolve"},
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": [
            {
                "type": "input",
                "block_id": "note",
                "label": {"type": "plain_text", "text": "What was it?"},
                "element": {"type": "plain_text_input", "action_id": "note"},
            },
            {
                "type": "input",
                "block_id": "cause",
                "label": {"type": "plain_text", "text": "Cause"},
                "element": {"type": "static_select", "action_id": "cause", "options": causes},
                "optional": True,
            },
        ],
        **more,
    }


def opening(app: AsyncApp, view: dict[str, Any]) -> list[dict[str, Any]]:
    """Let `/live` open this modal; the list collects what is submitted."""
    submitted: list[dict[str, Any]] = []

    @app.command("/live")
    async def live(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("resolve")
    async def resolve(ack: Any, view: dict[str, Any]) -> None:
        submitted.append(view["state"]["values"])
        if view["state"]["values"]["note"]["note"]["value"] == "?":
            await ack(response_action="errors", errors={"note": "Please say more."})
        else:
            await ack()

    return submitted


async def test_it_opens_a_modal_and_brings_what_was_typed(box: Sandbox, app: AsyncApp) -> None:
    submitted = opening(app, modal())

    async with connected(box, app):
        opened = await box.control.command(ANA, EMEA, "/live resolve")
        result = await box.control.submit_view(ANA, {"note": "CDN", "cause": "Network"})

    assert opened.answer is not None
    assert opened.answer.via == "view"
    assert result.errors == {}
    assert submitted[0]["note"]["note"] == {"type": "plain_text_input", "value": "CDN"}
    assert submitted[0]["cause"]["cause"]["selected_option"]["value"] == "network"
    assert await box.control.views(ANA) == []


async def test_it_keeps_a_modal_open_with_the_bots_errors(box: Sandbox, app: AsyncApp) -> None:
    opening(app, modal())

    async with connected(box, app):
        await box.control.command(ANA, EMEA, "/live resolve")
        result = await box.control.submit_view(ANA, {"note": "?"})

    assert result.errors == {"note": "Please say more."}
    assert len(await box.control.views(ANA)) == 1


async def test_it_does_not_send_a_submission_without_a_required_answer(box: Sandbox, app: AsyncApp) -> None:
    submitted = opening(app, modal())

    async with connected(box, app):
        await box.control.command(ANA, EMEA, "/live resolve")
        result = await box.control.submit_view(ANA, {})

    assert list(result.errors) == ["note"]
    assert submitted == []


async def test_it_lets_a_trigger_be_used_once_and_not_late(box: Sandbox, app: AsyncApp) -> None:
    errors: list[str] = []

    @app.command("/live")
    async def live(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal())
        for trigger in (body["trigger_id"], "1.2.3"):
            try:
                await client.views_open(trigger_id=trigger, view=modal())
            except SlackApiError as error:
                errors.append(error.response["error"])
        box.hub.interactions.triggers["late"] = box.hub.interactions.triggers[body["trigger_id"]]
        box.hub.interactions.triggers["late"].used = False
        box.hub.interactions.triggers["late"].expires_at = 0.0
        try:
            await client.views_open(trigger_id="late", view=modal())
        except SlackApiError as error:
            errors.append(error.response["error"])
        box.hub.feed.touch()

    async with connected(box, app):
        await box.control.command(ANA, EMEA, "/live resolve")
        await box.control.wait_for(lambda: len(errors) == 3)

    assert errors == ["exchanged_trigger_id", "invalid_trigger_id", "expired_trigger_id"]


async def test_it_updates_a_modal_and_sees_a_race(box: Sandbox, app: AsyncApp, client: AsyncWebClient) -> None:
    opening(app, modal())
    async with connected(box, app):
        await box.control.command(ANA, EMEA, "/live resolve")
    [view] = await box.control.views(ANA)

    renamed = modal(title={"type": "plain_text", "text": "Another"})
    await client.views_update(view_id=view["id"], hash=view["hash"], view=renamed)

    assert (await box.control.views(ANA))[0]["title"]["text"] == "Another"
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal())


async def test_it_stacks_three_views_and_no_more(box: Sandbox, app: AsyncApp) -> None:
    opening(app, modal())

    async with connected(box, app):
        await box.control.command(ANA, EMEA, "/live resolve")
    box.hub.modals.push(ANA, modal())
    box.hub.modals.push(ANA, modal())

    with pytest.raises(Exception, match="push_limit_reached"):
        box.hub.modals.push(ANA, modal())


async def test_it_refuses_a_view_beyond_the_limits(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.views_publish(user_id=ANA, view={"type": "home", "blocks": [{"type": "divider"}] * 101})

    assert caught.value.response["error"] == "invalid_arguments"
