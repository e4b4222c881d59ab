"""The eyes: pictures of a channel, a conversation with the bot or a thread, on a laptop and on a phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.gallery.house import ADMIN
from tests.gallery.world import World

# Windows as wide as people's, and high enough for all of a card: what is below the edge would not be in the picture.
WINDOWS: dict[str, dict[str, Any]] = {
    "laptop": {"viewport": {"width": 1280, "height": 3000}},
    "phone": {"viewport": {"width": 390, "height": 5000}, "has_touch": True, "device_scale_factor": 1.5},
}
LOADED = """async () => {
  for (const image of document.images) {
    image.loading = "eager";
    if (!image.complete) await new Promise((done) => { image.onload = image.onerror = done; });
  }
  await document.fonts.ready;
}"""
# What a window cannot show: text wider than its box, and anything that sticks out to the side.
HIDDEN = """() => [...document.querySelectorAll("article *")]
  .filter((node) => !node.closest(".table, .gutter, .skip") && node.getClientRects().length)
  .filter((node) => {
    const box = node.getBoundingClientRect();
    return box.right > innerWidth + 1 || box.left < -1;
  })
  .map((node) => `${node.tagName} ${node.className} “${node.textContent.slice(0, 40)}”`)"""


@dataclass
class Look:
    browser: Browser
    folder: Path
    state: str
    windows: tuple[str, ...] = tuple(WINDOWS)
    hidden: list[str] = field(default_factory=list)  # what stuck out of a window

    async def card(self, world: World, name: str = "card", thread: bool = False) -> None:
        """The team's channel; with `thread`, the thread of its newest message that has one, too."""
        await self._take(world, name, world.reader.channel)
        if thread:
            await self._take(world, f"{name}-thread", world.reader.channel, thread=True)

    async def page(self, world: World, name: str = "page") -> None:
        """The conversation of the one on call with the bot."""
        await self._take(world, name, world.reader.direct)

    async def admin(self, world: World, name: str = "admin") -> None:
        await self._take(world, name, ADMIN)

    async def person(self, world: World, user: str, name: str) -> None:
        """Somebody's own conversation with the bot."""
        await self._take(world, name, f"D{user[1:]}", viewer=user)

    async def answers(self, world: World, user: str, name: str) -> None:
        """The team's channel as somebody else sees it, with what was answered to them alone."""
        await self._take(world, name, world.reader.channel, viewer=user)

    async def modal(self, world: World, user: str, name: str, typed: Mapping[str, str] | None = None) -> None:
        """The form that somebody has open; with `typed`, after they sent it with that in its fields."""
        await self._take(world, name, world.reader.channel, viewer=user, form=True, typed=typed)

    async def _take(
        self,
        world: World,
        name: str,
        channel: str,
        *,
        thread: bool = False,
        viewer: str = "",
        form: bool = False,
        typed: Mapping[str, str] | None = None,
    ) -> None:
        await world.deliver()
        for window in self.windows:
            given = WINDOWS[window]
            context = await self.browser.new_context(**given)
            page = await context.new_page()
            await page.goto(f"{world.box.url}/#/{channel}/{viewer or world.reader.user}")
            await page.locator("body.ready").wait_for()
            if thread:
                await page.locator("#messages .replies").last.click()
                await page.locator("#thread-messages article").first.wait_for()
            for name_of, value in (typed or {}).items():
                await page.locator(f'#modal [data-action="{name_of}"]').fill(value)
            if typed:
                await page.locator("#modal button[type=submit]").click()
                await page.locator("#modal [aria-invalid]").first.wait_for()
            shown = "#modal" if form else "#thread-messages .stream" if thread else "#messages .stream"
            stream = page.locator(shown)
            await page.evaluate(LOADED)
            await stream.screenshot(path=self.folder / f"{self.state}.{name}.{window}.png")
            self.hidden += [f"{self.state}.{name}.{window}: {one}" for one in await self._sticks_out(page)]
            await context.close()

    async def _sticks_out(self, page: Page) -> list[str]:
        found: list[str] = await page.evaluate(HIDDEN)
        return found
