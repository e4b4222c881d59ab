"""What a person sees of the demo while it runs: a bar in the terminal, and the guide at the top of the page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from handlers.demo import guide
from handlers.demo.guide import Beat
from handlers.demo.stage import Stage
from sandbox.show import PLAN

LOOK_EVERY = 0.2  # seconds


class Telling:
    """Tells people where the show is. Where nobody watches the terminal, each news is a line."""

    def __init__(self, console: Console, start: datetime) -> None:
        self._console = console
        self._start = start
        self._bar: tuple[Progress, TaskID] | None = None

    def say(self, line: str) -> None:
        self._console.print(line, highlight=False, soft_wrap=True)

    @contextmanager
    def bar(self) -> Iterator[None]:
        if not self._console.is_terminal:
            yield
            return
        columns = (TextColumn("{task.fields[clock]}"), BarColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=self._console, transient=True) as progress:
            self._bar = progress, progress.add_task("", total=PLAN.length, clock="00:00")
            try:
                yield
            finally:
                self._bar = None

    async def follow(self, stage: Stage) -> None:
        """Keep bar and guide true to the clock until cancelled."""
        told: tuple[Beat, int] | None = None
        while True:
            offset = stage.clock.now() - self._start
            self._show(offset)
            beat, minute = guide.beat_at(offset), int(offset.total_seconds() // 60)
            if told != (beat, minute):
                if told is None or told[0] != beat:
                    self._tell(beat, offset)
                await self.guide(stage, beat, offset)
                told = beat, minute
            await asyncio.sleep(LOOK_EVERY)

    async def guide(self, stage: Stage, beat: Beat, offset: timedelta) -> None:
        await stage.control.guide(
            guide.title(beat, offset), guide.items(beat, stage.bot.pid), guide.progress(offset)
        )  # fmt: skip

    def _show(self, offset: timedelta) -> None:
        if self._bar is None:
            return
        seconds = min(max(offset.total_seconds(), 0.0), PLAN.length)
        progress, task = self._bar
        clock = f"{int(seconds // 60):02d}:{int(seconds % 60):02d}"
        progress.update(task, completed=seconds, clock=clock, description=PLAN.on_air(seconds).title)

    def _tell(self, beat: Beat, offset: timedelta) -> None:
        if not self._console.is_terminal:
            self.say(f"  {guide.title(beat, offset)}")
