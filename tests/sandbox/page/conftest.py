"""One Chromium for a file of tests, and in it a laptop's and a phone's window that notice what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox, running
from tests.sandbox.browser import ARGUMENTS, chromium
from tests.sandbox.conftest import (
    ANA,
    EMEA,
    QUICK,
    roster,
    web_client,
)

LAPTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


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
