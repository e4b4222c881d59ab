"""What people do on the page, with a mouse, a keyboard or a thumb, in a real, headless Chromium."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox, running
from tests.sandbox.conftest import (
    ANA,
    BOT,
    EMEA,
    MAYA,
    QUICK,
    actions,
    button,
    connected,
    roster,
    web_client,
)
from tests.sandbox.page.conftest import LAPTOP, Visitor
from tests.sandbox.test_views import modal, opening

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_it_presses_a_button_after_asking(visitor: Visitor, box: Sandbox, app: AsyncApp) -> None:
    @app.action("resolve")
    async def resolve(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        who = body["user"]["id"]
        await client.chat_update(channel=EMEA, ts=body["message"]["ts"], text=f"Resolved by <@{who}>", blocks=[])

    confirm = {
        "title": {"type": "plain_text", "text": "Are you sure?"},
        "text": {"type": "mrkdwn", "text": "This closes it for *everybody*."},
        "confirm": {"type": "plain_text", "text": "Close it"},
        "deny": {"type": "plain_text", "text": "Not yet"},
    }
    async with connected(box, app):
        blocks = actions(button("resolve", style="danger", confirm=confirm))
        await web_client(box).chat_postMessage(channel=EMEA, text="x", blocks=blocks)
        await visitor.open()
        press = visitor.page.locator("article").get_by_role("button", name="Resolve")
        dialog = visitor.page.get_by_role("dialog", name="Are you sure?")

        await press.click()
        await dialog.get_by_role("button", name="Not yet").click()
        await expect(press).to_be_enabled()
        await press.click()
        await dialog.get_by_role("button", name="Close it").click()

        await expect(visitor.page.locator("article")).to_contain_text("Resolved by @ana")


async def test_it_types_a_command_with_the_keyboard_alone(visitor: Visitor, box: Sandbox, app: AsyncApp) -> None:
    @app.command("/live")
    async def live(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"asked for {command['text']}")

    async with connected(box, app):
        await visitor.open()
        field = visitor.page.get_by_role("combobox", name="Message #live-emea")
        await field.press_sequentially("/li")
        await expect(visitor.page.locator("#composer").get_by_role("option")).to_have_count(4)
        await field.press("ArrowDown")
        await field.press("Enter")
        await expect(field).to_have_value("/live complaints")
        await field.press("Enter")

        await expect(visitor.page.locator("article")).to_contain_text("asked for complaints")
        await expect(field).to_have_value("")


async def test_it_sends_a_message_as_it_was_typed(visitor: Visitor, box: Sandbox) -> None:
    await visitor.open()
    field = visitor.page.get_by_role("combobox", name="Message #live-emea")
    await field.fill("@livedesk is <b> in #live-emea?")
    await field.press("Enter")

    message = await box.control.wait_for_message(EMEA)

    assert message["text"] == f"<@{BOT}> is &lt;b&gt; in <#{EMEA}|live-emea>?"
    await expect(visitor.page.locator("article .text")).to_have_text("@livedesk is <b> in #live-emea?")


async def test_it_says_so_when_the_bot_does_not_answer(visitor: Visitor) -> None:
    await visitor.open()
    field = visitor.page.get_by_role("combobox", name="Message #live-emea")
    await field.fill("/live now")
    await field.press("Enter")

    await expect(visitor.page.locator("article")).to_contain_text('/live failed with the error "dispatch_failed"')
    await expect(visitor.page.locator("#connection")).to_have_text("Livedesk is not connected")


async def test_it_gives_an_unknown_command_back_with_the_reason(visitor: Visitor) -> None:
    await visitor.open()
    field = visitor.page.get_by_role("combobox", name="Message #live-emea")
    await field.fill("/dance")
    await field.press("Enter")

    await expect(visitor.page.get_by_role("alert")).to_have_text("/dance is not a command of this workspace")
    await expect(field).to_have_value("/dance")


async def test_it_opens_a_thread_beside_the_channel(visitor: Visitor, box: Sandbox, client: AsyncWebClient) -> None:
    parent = (await client.chat_postMessage(channel=EMEA, text="page"))["ts"]
    await client.chat_postMessage(channel=EMEA, text="first reply", thread_ts=parent)
    await visitor.open()
    await visitor.page.get_by_role("button", name="1 reply").click()
    await visitor.page.get_by_role("combobox", name="Reply…").fill("second reply")
    await visitor.page.keyboard.press("Enter")

    await expect(visitor.page.locator("#thread-messages article")).to_have_count(3)
    await expect(visitor.page.get_by_role("button", name="2 replies")).to_be_visible()
    assert [one["text"] for one in await box.control.messages(EMEA, thread=parent)][1:] == [
        "first reply",
        "second reply",
    ]
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.page.locator("#thread")).to_be_hidden()


async def test_it_leaves_a_modal_alone_that_has_not_changed(visitor: Visitor, box: Sandbox, app: AsyncApp) -> None:
    opening(app, modal())
    async with connected(box, app):
        await visitor.open()
        await visitor.page.get_by_role("combobox", name="Message #live-emea").fill("/live resolve")
        await visitor.page.keyboard.press("Enter")
        field = visitor.page.get_by_role("dialog", name="Resolve").get_by_label("What was it?")
        await field.fill("?")
        await field.select_text()
        was = await field.element_handle()
        for _ in range(2):  # the second answer comes when the first has been dealt with
            async with visitor.page.expect_response("**/sandbox/views*"):
                box.hub.feed.publish("views", user=ANA)
        await visitor.page.keyboard.type("The CDN")

        await expect(field).to_have_value("The CDN")
        assert was is not None
        assert await was.evaluate("field => field.isConnected")


async def test_it_fills_in_a_modal_and_shows_its_errors(visitor: Visitor, box: Sandbox, app: AsyncApp) -> None:
    submitted = opening(app, modal())
    async with connected(box, app):
        await visitor.open()
        await visitor.page.get_by_role("combobox", name="Message #live-emea").fill("/live resolve")
        await visitor.page.keyboard.press("Enter")
        dialog = visitor.page.get_by_role("dialog", name="Resolve")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_contain_text("Please complete this required field.")
        await dialog.get_by_label("What was it?").fill("?")
        await dialog.get_by_label("Cause").select_option("Network")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_contain_text("Please say more.")
        await expect(dialog.get_by_label("Cause")).to_have_value("network")
        await dialog.get_by_label("What was it?").fill("The CDN")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_be_hidden()

    assert submitted[-1]["note"]["note"]["value"] == "The CDN"
    assert submitted[-1]["cause"]["cause"]["selected_option"]["value"] == "network"


async def test_it_picks_a_date_and_a_time_on_the_viewers_clock(visitor: Visitor, box: Sandbox, app: AsyncApp) -> None:
    """Ana's, in Berlin: an hour ahead in winter, two hours in summer."""
    pickers = [
        {
            "type": "input",
            "block_id": name,
            "label": {"type": "plain_text", "text": name.title()},
            "element": {"type": "datetimepicker", "action_id": name, "initial_date_time": 1772787600},
        }
        for name in ("start", "end")
    ]
    note = {**modal()["blocks"][0], "optional": True}
    submitted = opening(app, modal(blocks=[note, *pickers]))
    async with connected(box, app):
        await visitor.open()
        await visitor.page.get_by_role("combobox", name="Message #live-emea").fill("/live resolve")
        await visitor.page.keyboard.press("Enter")
        dialog = visitor.page.get_by_role("dialog", name="Resolve")
        await expect(dialog.get_by_label("Start")).to_have_value("2026-03-06T10:00")
        await dialog.get_by_label("End").fill("2026-07-01T10:30")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_be_hidden()

    assert submitted[-1]["start"]["start"]["selected_date_time"] == 1772787600
    assert submitted[-1]["end"]["end"]["selected_date_time"] == 1782894600


async def test_it_shows_the_home_tab_and_direct_messages(visitor: Visitor, box: Sandbox, app: AsyncApp) -> None:
    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "All quiet"}}]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.event("message")
    async def message() -> None:
        """Acknowledged, and of no interest."""

    async with connected(box, app):
        await web_client(box).chat_postMessage(channel=ANA, text="You are on call.")
        await visitor.open()
        await visitor.page.get_by_role("button", name=re.compile("^Livedesk")).click()
        await expect(visitor.page.locator("#home h3")).to_have_text("All quiet")
        await visitor.page.get_by_role("tab", name="Messages").click()
        await expect(visitor.page.locator("article")).to_contain_text("You are on call.")


async def test_it_shows_the_guide_and_folds_it(visitor: Visitor, box: Sandbox) -> None:
    await box.control.guide("Minute 14 of 40", ["Press *Acknowledge*", "Type `/live now`"], 0.35)
    await visitor.open()
    guide = visitor.page.get_by_role("region", name="Guide")

    await expect(guide.locator("li")).to_have_text(["Press Acknowledge", "Type /live now"])
    await expect(guide.get_by_role("progressbar")).to_have_js_property("value", 0.35)
    await guide.get_by_role("button", name="Minute 14 of 40").click()
    await expect(guide.locator("ol")).to_be_hidden()
    await box.control.guide("Minute 20 of 40")
    await expect(guide).to_contain_text("Minute 20 of 40")


async def test_it_comes_back_when_the_sandbox_was_started_again(browser: Browser, box: Sandbox) -> None:
    """Errors of lost connections are expected here, so that this visitor is not watched for them."""
    page = await browser.new_page(viewport=LAPTOP)
    async with running(QUICK, roster=roster()) as first:
        port = int(first.url.rsplit(":", 1)[1])
        await page.goto(f"{first.url}/#/{EMEA}/{ANA}")
        await page.locator("body.ready").wait_for()
    await expect(page.locator("#connection")).to_have_text("The sandbox does not answer")
    async with running(QUICK, roster=roster(), port=port) as again:
        await again.control.say(MAYA, EMEA, "back again")

        await expect(page.locator("article")).to_contain_text("back again", timeout=10_000)
    await page.close()
