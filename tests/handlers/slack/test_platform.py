"""Slack's own ways of failing, at the real client against a sandbox that fails as Slack does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from desk.messages import Action, ChartRef, Fill, Message
from handlers.platform import Absent, Delivered, Found, GiveUp, TryLater, Unclear, Unknown
from handlers.slack import platform as slack_platform
from handlers.slack.charts import ChartUploads
from handlers.slack.client import slack_client
from handlers.slack.platform import SlackPlatform
from tests.handlers.slack import rig

SOLD_OUT = Message("incident", "The serum is sold out")
WITH_CHART = replace(SOLD_OUT, chart=ChartRef("complaints", {}, "Complaints rise to 38 a minute"))


@pytest.fixture
async def slack() -> AsyncIterator[rig.Workspace]:
    async with rig.workspace() as workspace:
        yield workspace


async def post(slack: rig.Workspace, message: Message = SOLD_OUT, fill: Fill | None = None, key: str = "k1") -> Any:
    return await slack.platform.post(rig.EMEA, None, message, fill or Fill(), key)


def just_now() -> datetime:
    return datetime.now(UTC)


async def blocks(slack: rig.Workspace, kind: str) -> list[dict[str, Any]]:
    (message,) = await slack.control.messages(rig.EMEA)
    return [block for block in message["blocks"] if block["type"] == kind]


# ── outcomes ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_waits_as_long_as_slack_asks_and_pauses_the_workspace(slack: rig.Workspace) -> None:
    await slack.control.fault("chat.postMessage", "ratelimited", seconds=7)

    outcome = await post(slack)

    assert outcome == TryLater("Slack asks to slow down", timedelta(seconds=7), whole_workspace=True)
    assert await slack.control.messages(rig.EMEA) == []


async def test_it_does_not_pause_the_workspace_for_a_limit_on_edits(slack: rig.Workspace) -> None:
    posted = await post(slack)
    await slack.control.fault("chat.update", "ratelimited", seconds=7)

    outcome = await slack.platform.edit(posted.address, SOLD_OUT, Fill(), "k1")

    assert outcome == TryLater("Slack asks to slow down", timedelta(seconds=7), whole_workspace=False)


async def test_it_does_not_know_after_a_lost_answer_and_finds_what_had_arrived(slack: rig.Workspace) -> None:
    await slack.control.fault("chat.postMessage", "drop_answer")

    outcome = await post(slack)

    assert isinstance(outcome, Unclear)
    (message,) = await slack.control.messages(rig.EMEA)
    found = await slack.platform.find(rig.EMEA, None, "k1", just_now())
    assert found == Found(f"{rig.EMEA}/{message['ts']}")


async def test_it_does_not_know_after_a_cut_request_and_finds_that_nothing_had_arrived(slack: rig.Workspace) -> None:
    await slack.control.fault("chat.postMessage", "drop_request")

    assert isinstance(await post(slack), Unclear)
    assert await slack.platform.find(rig.EMEA, None, "k1", just_now()) == Absent()


async def test_it_knows_that_nothing_was_posted_to_somebody_who_has_left(slack: rig.Workspace) -> None:
    """Else a page to them would be looked for, for ever, and never be known to have failed."""
    posted = await slack.platform.post("U0NOLONGER", None, SOLD_OUT, Fill(), "k1")

    assert isinstance(posted, GiveUp)
    assert posted.gone
    assert await slack.platform.find("U0NOLONGER", None, "k1", just_now()) == Absent()


async def test_it_posts_once_although_the_connection_breaks(slack: rig.Workspace) -> None:
    await slack.control.fault("chat.postMessage", "drop_answer")

    await post(slack)

    assert len(await slack.control.calls("chat.postMessage")) == 1


async def test_it_repeats_an_edit_whose_answer_was_lost(slack: rig.Workspace) -> None:
    posted = await post(slack)
    await slack.control.fault("chat.update", "drop_answer")

    assert isinstance(await slack.platform.edit(posted.address, SOLD_OUT, Fill(), "k1"), TryLater)


@pytest.mark.parametrize("error", ["internal_error", "fatal_error"])
async def test_it_believes_slack_that_part_of_it_may_have_succeeded(slack: rig.Workspace, error: str) -> None:
    await slack.control.fault("chat.postMessage", "refuse", error=error)

    assert isinstance(await post(slack), Unclear)


async def test_it_looks_first_after_a_server_error(slack: rig.Workspace) -> None:
    await slack.control.fault("chat.postMessage", "error")

    assert isinstance(await post(slack), Unclear)


async def test_it_comes_back_when_slack_is_not_available(slack: rig.Workspace) -> None:
    await slack.control.fault("chat.postMessage", "refuse", error="service_unavailable")

    assert isinstance(await post(slack), TryLater)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("is_archived", "unarchive it"),
        ("invalid_auth", "SLACK_BOT_TOKEN"),
        ("missing_scope", "update its manifest and reinstall"),
        ("invented_by_a_later_slack", "please report it"),
    ],
)
async def test_it_gives_up_and_tells_an_admin_what_to_do(slack: rig.Workspace, error: str, advice: str) -> None:
    await slack.control.fault("chat.postMessage", "refuse", error=error)

    outcome = await post(slack)

    assert isinstance(outcome, GiveUp)
    assert outcome.reason.startswith(error)
    assert advice in outcome.reason


async def test_it_asks_to_be_invited_where_it_is_not_a_member(slack: rig.Workspace) -> None:
    await slack.control.member(rig.EMEA, "U0LIVEDESK", leave=True)

    outcome = await post(slack)

    assert isinstance(outcome, GiveUp)
    assert "/invite" in outcome.reason


async def test_it_tries_later_when_nobody_listens() -> None:
    async with slack_client(rig.BOT_TOKEN, "http://127.0.0.1:1/api/") as client:
        outcome = await SlackPlatform(client, ChartUploads(client)).post(rig.EMEA, None, SOLD_OUT, Fill(), "k1")

    assert isinstance(outcome, TryLater)


async def test_it_cannot_tell_while_slack_refuses_to_look(slack: rig.Workspace) -> None:
    await slack.control.fault("conversations.history", "ratelimited")

    assert isinstance(await slack.platform.find(rig.EMEA, None, "k1", just_now()), Unknown)


async def test_it_takes_no_client_that_would_post_twice_by_itself() -> None:
    client = AsyncWebClient("xoxb-1")

    with pytest.raises(ValueError, match="retry_handlers"):
        SlackPlatform(client, ChartUploads(client))


async def test_it_keeps_from_sending_what_slack_would_refuse(
    slack: rig.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_platform, "draw", lambda *_: {"text": "x", "blocks": [{"type": "banner"}]})

    outcome = await post(slack)

    assert isinstance(outcome, GiveUp)
    assert "[json-pointer:/blocks/0/type]" in outcome.reason
    assert await slack.control.calls("chat.postMessage") == []


async def test_it_gives_up_on_a_message_that_cannot_be_drawn(slack: rig.Workspace) -> None:
    too_long = Action("resolve", "x" * 100, 1, "Resolve")

    outcome = await post(slack, replace(SOLD_OUT, actions=(too_long,)))

    assert isinstance(outcome, GiveUp)
    assert "ValueError" in outcome.reason


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_looks_through_every_page(slack: rig.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_platform, "PAGE", 2)
    first = await post(slack, key="the first")
    for n in range(6):
        await post(slack, key=f"later {n}")

    assert await slack.platform.find(rig.EMEA, None, "the first", just_now()) == Found(first.address)


async def test_it_says_that_it_cannot_tell_after_too_many_pages(
    slack: rig.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_platform, "PAGE", 1)
    monkeypatch.setattr(slack_platform, "PAGES", 2)
    for n in range(4):
        await post(slack, key=f"later {n}")

    found = await slack.platform.find(rig.EMEA, None, "the first", just_now())

    assert isinstance(found, Unknown)
    assert rig.EMEA in found.reason


async def test_it_does_not_look_back_further_than_asked(slack: rig.Workspace) -> None:
    await post(slack)

    assert await slack.platform.find(rig.EMEA, None, "k1", just_now() + timedelta(minutes=10)) == Absent()


async def test_it_finds_nothing_in_a_thread_whose_parent_is_gone(slack: rig.Workspace) -> None:
    parent = await post(slack)
    await slack.platform.delete(parent.address)

    assert await slack.platform.find(rig.EMEA, parent.address, "k2", just_now()) == Absent()


async def test_it_is_not_misled_by_a_viewers_or_colleagues_text(slack: rig.Workspace) -> None:
    await slack.control.say(rig.ANA, rig.EMEA, "k1 livedesk_message")

    assert await slack.platform.find(rig.EMEA, None, "k1", just_now()) == Absent()


# ── people, pings, charts ────────────────────────────────────────────────────────────────────────────────────────


async def test_it_opens_a_conversation_with_a_person_once(slack: rig.Workspace) -> None:
    for key in ("k1", "k2"):
        await slack.platform.post(rig.ANA, None, SOLD_OUT, Fill(), key)

    assert len(await slack.control.calls("conversations.open")) == 1
    assert len(await slack.control.direct_messages(rig.ANA)) == 2


async def test_it_pings_exactly_the_mentioned(slack: rig.Workspace) -> None:
    message = replace(SOLD_OUT, mentions=("ana",))

    await post(slack, message, Fill(names={"ana": "Ana Weber"}, contacts={"ana": rig.ANA, "wei": rig.WEI}))

    (shown,) = await slack.control.messages(rig.EMEA)
    assert shown["pings"] == [f"@{rig.ANA}"]


async def test_it_shows_the_chart_with_its_finding_as_alt_text(slack: rig.Workspace) -> None:
    assert isinstance(await post(slack, WITH_CHART, Fill(chart_png=rig.chart())), Delivered)

    (image,) = await blocks(slack, "image")
    (message,) = await slack.control.messages(rig.EMEA)
    assert image["alt_text"] == "Complaints rise to 38 a minute"
    assert message["pictures"][0]["mimetype"] == "image/png"


async def test_it_brings_the_chart_by_an_edit_to_a_message_that_went_ahead_without(slack: rig.Workspace) -> None:
    posted = await post(slack, WITH_CHART)
    assert await blocks(slack, "image") == []

    await slack.platform.edit(posted.address, WITH_CHART, Fill(chart_png=rig.chart()), "k1")

    assert len(await blocks(slack, "image")) == 1


async def test_it_uploads_the_same_picture_once(slack: rig.Workspace) -> None:
    picture = rig.chart()

    for key in ("k1", "k2"):
        await post(slack, WITH_CHART, Fill(chart_png=picture), key)

    assert len(await slack.control.calls("files.completeUploadExternal")) == 1


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("files.getUploadURLExternal", "ratelimited"),
        ("files.completeUploadExternal", "drop_answer"),
        ("files.info", "error"),
    ],
)
async def test_it_sends_the_finding_in_words_when_the_upload_fails(
    slack: rig.Workspace, method: str, kind: str
) -> None:
    await slack.control.fault(method, kind)

    assert isinstance(await post(slack, WITH_CHART, Fill(chart_png=rig.chart())), Delivered)

    assert await blocks(slack, "image") == []
    (small,) = await blocks(slack, "context")
    assert "Complaints rise to 38 a minute" in small["elements"][0]["text"]


async def test_it_does_not_wait_for_ever_for_a_picture() -> None:
    async with rig.workspace(file_delay=3600.0) as slack:
        slack.platform = SlackPlatform(slack.client, ChartUploads(slack.client, longest=timedelta(seconds=0.3)))

        assert isinstance(await post(slack, WITH_CHART, Fill(chart_png=rig.chart())), Delivered)
        assert await blocks(slack, "image") == []


async def test_it_posts_without_the_picture_when_slack_refuses_it_after_all(slack: rig.Workspace) -> None:
    fill = Fill(chart_png=rig.chart())
    await post(slack, WITH_CHART, fill, "k1")
    slack.box.hub.workspace.files.clear()  # somebody deleted the file in Slack

    outcome = await slack.platform.post(rig.HANGZHOU, None, WITH_CHART, fill, "k2")

    assert isinstance(outcome, Delivered)
    (message,) = await slack.control.messages(rig.HANGZHOU)
    assert "What it shows: Complaints rise to 38 a minute" in str(message["blocks"])
    await slack.platform.edit(outcome.address, WITH_CHART, fill, "k2")
    (message,) = await slack.control.messages(rig.HANGZHOU)
    assert len(message["pictures"]) == 1


async def test_it_reaches_a_local_slack_although_a_proxy_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    async with rig.workspace() as slack:
        assert isinstance(await post(slack), Delivered)
