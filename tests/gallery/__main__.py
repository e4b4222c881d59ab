from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from playwright.async_api import async_playwright

from handlers.drawing import Drawing
from tests.databases import sqlite_template
from tests.gallery import __doc__ as about
from tests.gallery import asking, behaving, oncall
from tests.gallery.house import READERS
from tests.gallery.looks import WINDOWS, Look
from tests.gallery.states import STATES
from tests.gallery.world import world
from tests.sandbox.browser import ARGUMENTS, chromium

BRINGING = (asking, behaving, oncall)  # their states come along with them


async def draw(folder: Path, names: list[str], locale: str, windows: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Pictures of the states; what stuck out of a window, and which states did not come about."""
    hidden: list[str] = []
    failed: list[str] = []
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        template = await asyncio.to_thread(sqlite_template, scratch)
        drawing = Drawing(longest=timedelta(minutes=1))
        stack.push_async_callback(drawing.close)
        await drawing.warm()
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        stack.push_async_callback(browser.close)
        for name in names:
            place = Path(tempfile.mkdtemp(dir=scratch))
            look = Look(browser, folder, name, windows)
            try:
                async with world(locale, place, drawing, template) as made:
                    await STATES[name](made, look)
            except Exception as error:  # the other states are still worth looking at
                failed.append(f"{name}: {type(error).__name__}: {error}".partition("\n")[0])
            hidden += look.hidden
            print(name, flush=True)
    return hidden, failed


def main() -> None:
    asked = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path)
    asked.add_argument("states", nargs="*", metavar="state", help=f"of {', '.join(STATES)}; all of them if left out")
    asked.add_argument("--locale", choices=list(READERS), default="en")
    asked.add_argument("--window", choices=list(WINDOWS), action="append", help="both if left out")
    given = asked.parse_intermixed_args()
    unknown = sorted(set(given.states) - set(STATES))
    if unknown:
        asked.error(f"there is no state called {', '.join(unknown)}")
    given.folder.mkdir(parents=True, exist_ok=True)
    hidden, failed = asyncio.run(
        draw(given.folder, given.states or list(STATES), given.locale, tuple(given.window or WINDOWS))
    )
    for one in hidden:
        print(f"sticks out: {one}")
    for one in failed:
        print(f"did not come about: {one}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
