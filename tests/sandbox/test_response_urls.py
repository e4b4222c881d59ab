"""`response_url`: five answers, half an hour, replacing and deleting."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import ANA, BEN, EMEA, actions, button


def given(box: Sandbox, **more: Any) -> AsyncWebhookClient:
    client = AsyncWebhookClient(box.hub.response_urls.give("none", ANA, EMEA, **more))
    client.proxy = None
    return client


async def test_it_answers_privately_unless_told_otherwise(box: Sandbox) -> None:
    url = given(box)

    await url.send(text="for you")
    await url.send(text="for all", response_type="in_channel")

    assert [one["text"] for one in await box.control.messages(EMEA, viewer=BEN)] == ["for all"]
    assert [one["text"] for one in await box.control.messages(EMEA, viewer=ANA)] == ["for you", "for all"]


async def test_it_takes_five_answers(box: Sandbox) -> None:
    url = given(box)

    answers = [await url.send(text=str(n)) for n in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[5].body


async def test_it_expires(box: Sandbox) -> None:
    url = given(box)
    next(iter(box.hub.response_urls._given.values())).expires_at = 0.0

    answer = await url.send(text="late")

    assert (answer.status_code, "expired_url" in answer.body) == (404, True)


@pytest.mark.parametrize("private", [True, False])
async def test_it_replaces_and_deletes_what_was_clicked(box: Sandbox, private: bool) -> None:
    body = {"user": "U0LIVEDESK", "bot_id": "B0LIVEDESK", "text": "page", "blocks": actions(button("acknowledge"))}
    message = box.hub.workspace.post(EMEA, body, box.hub.now(), ANA if private else None)
    url = given(box, original=message)

    await url.send(text="done", replace_original=True)
    replaced = await box.control.messages(EMEA, viewer=ANA)
    await url.send(delete_original=True)

    assert [(one["text"], "blocks" in one) for one in replaced] == [("done", False)]
    assert await box.control.messages(EMEA, viewer=ANA) == []


async def test_it_refuses_bad_blocks_and_unknown_urls(box: Sandbox) -> None:
    unknown = AsyncWebhookClient(f"{box.url}/commands/T0LIVEDESK/guess")
    unknown.proxy = None

    bad = await given(box).send(text="x", blocks=[{"type": "banner"}])

    assert (bad.status_code, "invalid_blocks" in bad.body) == (400, True)
    assert (await unknown.send(text="x")).status_code == 404


async def test_it_counts_as_a_call(box: Sandbox) -> None:
    await given(box).send(text="x")

    [call] = await box.control.calls("response_url")

    assert (call["channel"], call["outcome"]) == (EMEA, "ok")
