"""What people see on the page, in a real, headless Chromium."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import (
    ANA,
    EMEA,
    MAYA,
    actions,
    button,
    png,
)
from tests.sandbox.page.conftest import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HOSTILE = "<img src=x onerror=alert(1)> <script>alert(1)</script> </b> &amp; \u202eevil"


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
