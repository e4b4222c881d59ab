"""The page in a real, headless Chromium: what people see, and what they can do with a mouse, a keyboard or a thumb."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox, running
from tests.sandbox.browser import ARGUMENTS, chromium
from tests.sandbox.conftest import (
    ANA,
    BOT,
    EMEA,
    MAYA,
    QUICK,
    actions,
    button,
    connected,
    png,
    roster,
    web_client,
)
from tests.sandbox.test_views import modal, opening

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LAPTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
HOSTILE = "<img src=x onerror=alert(1)> <script>alert(1)</script> </b> &amp; \u202eevil"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="module")
async def box() -> AsyncIterator[Sandbox]:
    async with running(QUICK, roster=roster()) as sandbox:
        yield sandbox


@pytest_asyncio.fixture(loop_scope="module")
async def client(box: Sandbox) -> AsyncWebClient:
    return web_client(box)


@pytest_asyncio.fixture(loop_scope="module")
async def app(box: Sandbox) -> AsyncApp:
    return AsyncApp(client=web_client(box))


class Visitor:
    """A browser window, with everything that went wrong in it and every host it talked to."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.wrong: list[str] = []
        self.asked: set[str] = set()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda told: self.heard(told.type, told.text))
        page.on("request", lambda request: self.asked.add(request.url.split("/")[2]))

    def heard(self, kind: str, text: str) -> None:
        """The browser itself reports every refusal of the sandbox (400); the page shows those to the person."""
        if kind == "error" and "status of 400" not in text:
            self.wrong.append(text)

    async def open(self, user: str = ANA, channel: str = EMEA, tab: str = "") -> None:
        await self.page.goto(f"{self.url}/#/{channel}/{user}{tab}")
        await self.page.locator("body.ready").wait_for()


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(browser: Browser, box: Sandbox) -> AsyncIterator[Visitor]:
    page = await browser.new_page(viewport=LAPTOP)
    page.set_default_timeout(10_000)
    came = Visitor(page, box.url)
    yield came
    await page.close()
    assert came.wrong == []
    assert came.asked <= {box.url.removeprefix("http://")}, "the page talked to somebody else"


@pytest_asyncio.fixture(loop_scope="module")
async def phone(browser: Browser, box: Sandbox) -> AsyncIterator[Visitor]:
    context = await browser.new_context(viewport=PHONE, has_touch=True, color_scheme="dark")
    page = await context.new_page()
    page.set_default_timeout(10_000)
    came = Visitor(page, box.url)
    yield came
    await context.close()
    assert came.wrong == []


QUOTED = {"type": "rich_text_quote", "elements": [{"type": "text", "text": HOSTILE}]}
CARD: list[dict[str, Any]] = [
    {"type": "header", "text": {"type": "plain_text", "text": "Payment complaints are rising :fire:"}},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*42* complaints, _usually_ 3 `us` <https://x.y|more> &amp; &lt;b&gt;"},
        "fields": [{"type": "mrkdwn", "text": "*Market*\nus"}, {"type": "mrkdwn", "text": f"*On call*\n<@{MAYA}>"}],
    },
    {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "الدفع لا يعمل"}]},
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "支付失败"}]}],
            },
        ],
    },
    {"type": "table", "rows": [[{"type": "raw_text", "text": "Market"}], [{"type": "raw_text", "text": "us"}]]},
    {"type": "markdown", "text": "## Next\n- **look** at the provider"},
    {"type": "card", "title": "of tomorrow"},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "since <!date^1772799240^{time}|12:14 UTC>"}]},
    *actions(button("acknowledge", style="primary"), button("resolve", style="danger")),
]  # fmt: skip


async def test_it_draws_every_block_we_send(visitor: Visitor, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=EMEA, text="x", blocks=CARD)
    await visitor.open()
    message = visitor.page.locator("article").last

    await expect(message.locator("h3.header")).to_have_text("Payment complaints are rising 🔥")
    await expect(message.locator(".section strong").first).to_have_text("42")
    await expect(message.locator(".section a")).to_have_attribute("rel", re.compile("noopener"))
    await expect(message.locator(".section .text")).to_contain_text("& <b>")
    await expect(message.locator(".mention")).to_have_text("@maya")
    await expect(message.locator(".rich blockquote")).to_have_css("direction", "rtl")
    await expect(message.locator(".rich li")).to_have_text("支付失败")
    await expect(message.locator("table td")).to_have_text("us")
    await expect(message.locator(".markdown h4")).to_have_text("Next")
    await expect(message.locator(".labelled .label")).to_have_text("Block “card”")
    await expect(message.get_by_role("button", name="Acknowledge")).to_have_class("button primary")
    drawn = await message.locator(".blocks > *").evaluate_all("nodes => nodes.map(node => node.dataset.block)")
    assert drawn == [block["type"] for block in CARD]


async def test_it_shows_times_in_the_zone_of_whoever_looks(visitor: Visitor, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=EMEA, text="at <!date^1772799240^{date_num} {time}|12:14 UTC>")

    await visitor.open(user=MAYA)
    await expect(visitor.page.locator("article .text")).to_have_text("at 03/06/2026 4:14 AM")
    await visitor.page.locator("#viewer").select_option("U0WEICHEN1")
    await expect(visitor.page.locator("article .text")).to_have_text("at 2026/03/06 20:14")


@pytest.mark.parametrize(
    "sent",
    [
        {"text": HOSTILE.replace("&amp;", "&amp;amp;").replace("<", "&lt;").replace(">", "&gt;")},
        {"text": "x", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": HOSTILE}}]},
        {"text": "x", "blocks": [{"type": "rich_text", "elements": [QUOTED]}]},
        {"text": "x", "blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": HOSTILE}]]}]},
        {"text": "x", "blocks": [{"type": "markdown", "text": HOSTILE}]},
    ],
)  # fmt: skip
async def test_it_shows_hostile_words_as_words(visitor: Visitor, client: AsyncWebClient, sent: dict[str, Any]) -> None:
    await client.chat_postMessage(channel=EMEA, **sent)
    await visitor.open()
    message = visitor.page.locator("article").last

    await expect(message).to_contain_text("<img src=x onerror=alert(1)>")
    assert await message.locator("img:not(.avatar), script, b").count() == 0


async def test_it_links_nowhere_dangerous_and_loads_nothing_from_elsewhere(
    visitor: Visitor, client: AsyncWebClient
) -> None:
    away = {"type": "image", "image_url": "https://elsewhere.example/a.png", "alt_text": "somebody's picture"}
    await client.chat_postMessage(channel=EMEA, text="x", blocks=[away])
    await client.chat_postMessage(channel=EMEA, text="<javascript:alert(1)|press me>")
    await visitor.open()

    await expect(visitor.page.locator("article").first).to_contain_text("Picture on elsewhere.example")
    await expect(visitor.page.locator("article").last).to_contain_text("press me")
    assert await visitor.page.locator("article").last.locator("a").count() == 0
    policy = (await visitor.page.request.get(visitor.url)).headers["content-security-policy"]
    assert "script-src 'self';" in policy


async def test_it_shows_a_chart_with_its_alternative_text(
    visitor: Visitor, box: Sandbox, client: AsyncWebClient
) -> None:
    uploaded = await client.files_upload_v2(content=png(640, 300), filename="chart.png")
    file = uploaded["file"]["id"]

    async def processed() -> bool:
        return bool((await client.files_info(file=file))["file"]["mimetype"])

    await box.control.wait_for(processed)
    picture = {"type": "image", "slack_file": {"id": file}, "alt_text": "42 complaints at 12:14"}
    await client.chat_postMessage(channel=EMEA, text="x", blocks=[picture])
    await visitor.open()
    image = visitor.page.get_by_alt_text("42 complaints at 12:14")

    await expect(image).to_have_js_property("complete", True)
    assert await image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [640, 300]


async def test_it_updates_live_and_marks_what_was_edited(visitor: Visitor, client: AsyncWebClient) -> None:
    await visitor.open()
    posted = await client.chat_postMessage(channel=EMEA, text="rising")
    await expect(visitor.page.locator("article")).to_have_text(re.compile("rising"))

    await client.chat_update(channel=EMEA, ts=posted["ts"], text="falling")
    await expect(visitor.page.locator("article")).to_have_text(re.compile(r"\(edited\).*falling"))

    await client.chat_delete(channel=EMEA, ts=posted["ts"])
    await expect(visitor.page.locator("article")).to_have_count(0)


async def test_it_counts_what_was_not_read(visitor: Visitor, client: AsyncWebClient) -> None:
    await visitor.open()
    await client.chat_postMessage(channel="C0HANGZHOU", text="one")
    await client.chat_postMessage(channel="C0HANGZHOU", text="two")
    entry = visitor.page.get_by_role("button", name="live-hangzhou")

    await expect(entry.locator(".badge")).to_have_text("2")
    await entry.click()
    await expect(entry.locator(".badge")).to_have_count(0)


async def test_it_keeps_an_ephemeral_message_to_one_person(visitor: Visitor, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel=EMEA, user=ANA, text="psst")
    await visitor.open(user=ANA)
    await expect(visitor.page.locator("article")).to_contain_text("Only visible to you")

    await visitor.page.locator("#viewer").select_option(MAYA)
    await expect(visitor.page.locator("#messages")).to_contain_text("Nothing has been said here yet.")


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


async def test_it_stays_with_the_newest_and_leaves_a_reader_where_they_are(
    visitor: Visitor, client: AsyncWebClient
) -> None:
    for n in range(40):
        await client.chat_postMessage(channel=EMEA, text=f"line {n}")
    await visitor.open()
    await expect(visitor.page.locator("article").last).to_be_in_viewport()

    await client.chat_postMessage(channel=EMEA, text="newest")
    await expect(visitor.page.get_by_text("newest")).to_be_in_viewport()
    await visitor.page.locator("#messages").evaluate("place => place.scrollTo(0, 0)")
    await expect(visitor.page.get_by_text("line 0", exact=True)).to_be_in_viewport()
    await client.chat_postMessage(channel=EMEA, text="even newer")

    await expect(visitor.page.get_by_text("even newer")).to_be_attached()
    await expect(visitor.page.get_by_text("line 0", exact=True)).to_be_in_viewport()


async def test_it_fits_a_phone(phone: Visitor, box: Sandbox, client: AsyncWebClient) -> None:
    await box.control.guide("Minute 14", ["Press *Acknowledge*"])
    await client.chat_postMessage(channel=EMEA, text="x", blocks=CARD)
    await client.chat_postMessage(channel="C0HANGZHOU", text="elsewhere")
    await phone.open()
    page = phone.page

    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    await expect(page.locator("#guide ol")).to_be_hidden()
    await expect(page.get_by_role("navigation")).to_be_hidden()
    await expect(page.get_by_role("button", name="Show the list of conversations")).to_contain_text("1")
    await page.get_by_role("button", name="Show the list of conversations").tap()
    await page.get_by_role("button", name="live-hangzhou").tap()
    await expect(page.locator("article")).to_contain_text("elsewhere")
    await expect(page.get_by_role("navigation")).to_be_hidden()
    tall = await page.locator("#composer .send").evaluate("node => node.getBoundingClientRect().height")
    assert tall >= 32


async def test_it_is_readable_in_the_dark(phone: Visitor, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=EMEA, text="words in the dark")
    await phone.open()

    colours = await phone.page.locator("article .text").evaluate(
        "node => [getComputedStyle(node).color, getComputedStyle(document.body).backgroundColor]"
    )

    ink, paper = ([int(part) for part in re.findall(r"\d+", colour)[:3]] for colour in colours)
    assert min(ink) > 200
    assert max(paper) < 40


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
