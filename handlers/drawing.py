"""Draws charts in a process of its own, so that neither matplotlib's time nor its memory is the bot's.

One worker is enough: a chart takes about 0.15 s of one core and most are asked for again (a card that is edited, a
digest for several channels), so finished pictures are remembered by what they show.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import hashlib
import io
import multiprocessing
import os
import signal
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from typing import Any

import orjson

LONGEST = timedelta(seconds=10)  # with waiting for its turn and, the first time, for the worker to start
REMEMBERED = 128  # pictures, some 80 kB each
PACKED = 2  # of 9: packs a chart to within 3 % of the usual 6 in half of the time, a fifth of the whole drawing


class DrawingFailed(Exception):
    """The chart cannot be had; `str()` of it is the reason."""


class Drawing:
    """Hands charts to the worker. It starts at the first chart (or `warm`) and anew whenever it has died."""

    def __init__(self, longest: timedelta = LONGEST, remembered: int = REMEMBERED) -> None:
        self._longest = longest.total_seconds()
        self._remembered = remembered
        self._pictures: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Lock()  # whoever waits for the same picture finds it drawn when their turn comes
        self._closed = False

    async def warm(self) -> None:
        """Start the worker and load what it needs (1 to 2 s), so that the first chart need not wait for it."""
        async with self._turn:
            await self._run(_warm)

    async def png(self, name: str, data: Mapping[str, Any]) -> bytes:
        """The chart `name` of `analytics.charts.CHARTS`, drawn from its JSON `data`. Raises DrawingFailed."""
        try:
            body = orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
        except TypeError as error:
            raise DrawingFailed(f"the data of chart {name!r} are no JSON: {error}") from error
        key = (name, hashlib.sha256(body).digest())
        try:
            async with asyncio.timeout(self._longest), self._turn:
                if key not in self._pictures:
                    self._pictures[key] = await self._run(_draw, name, body, self._longest)
                self._pictures.move_to_end(key)
                while len(self._pictures) > self._remembered:
                    self._pictures.popitem(last=False)
                return self._pictures[key]
        except TimeoutError:
            raise DrawingFailed(f"chart {name!r} was not drawn within {self._longest:g} s") from None

    async def close(self) -> None:
        """Stop the worker; what it is drawing right now is waited for. Nothing can be drawn afterwards."""
        self._closed = True
        if (pool := self._pool) is not None:
            self._pool = None
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)

    async def _run(self, task: Callable[..., bytes], *arguments: object) -> bytes:
        """The task's answer from the worker; from a second worker when the first one dies of it."""
        for _ in range(2):
            if self._closed:
                raise DrawingFailed("the bot is stopping")
            pool = self._pool = self._pool or _pool()
            try:
                # Starting the process takes some 10 ms, too long for the event loop.
                doing: Future[bytes] = await asyncio.to_thread(pool.submit, task, *arguments)
                return await asyncio.wrap_future(doing)
            except BrokenProcessPool:
                self._pool = None
                await asyncio.to_thread(pool.shutdown, wait=False)
            except RuntimeError:  # `submit` after `close`
                if not self._closed:
                    raise
        raise DrawingFailed("the drawing process died twice over it")


def _pool() -> ProcessPoolExecutor:
    # Spawned, not forked: a fork would copy the bot's threads' locks in whatever state they are.
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _live_with_parent)


# ── in the worker ────────────────────────────────────────────────────────────────────────────────────────────────


def _live_with_parent() -> None:
    """Leave Ctrl-C to the bot, which then stops this process in order; but do not outlive a bot that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None, "runs in a child process"

    def follow() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=follow, daemon=True, name="follow the parent").start()


def _warm() -> bytes:
    from analytics.charts import CHARTS  # here alone, so that the bot itself never loads matplotlib

    # What is loaded now stays: to look through it for garbage would take a tenth of every chart's time.
    gc.collect()
    gc.freeze()
    return ",".join(CHARTS).encode()


def _draw(name: str, body: bytes, longest: float) -> bytes:
    # A drawing that hangs ends its process (native code cannot be interrupted otherwise), and a new one takes over.
    faulthandler.dump_traceback_later(longest, exit=True)
    try:
        from analytics.charts import CHARTS

        if name not in CHARTS:
            raise DrawingFailed(f"there is no chart called {name!r}; there are {', '.join(sorted(CHARTS))}")
        picture = io.BytesIO()
        CHARTS[name].draw(orjson.loads(body)).savefig(picture, format="png", pil_kwargs={"compress_level": PACKED})
        return picture.getvalue()
    except DrawingFailed:
        raise
    except Exception as error:  # of any library: it must arrive as something that can be pickled
        raise DrawingFailed(f"{type(error).__name__}: {error}") from None
    finally:
        faulthandler.cancel_dump_traceback_later()
