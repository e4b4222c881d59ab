"""Replays for a running bot, in a process of their own and of lowest priority: they take minutes, and an alarm seconds.

One at a time: whoever asks while another is answered waits for their turn.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import PurePath

import structlog

from desk.backtest.flow import TooLongError, run
from desk.backtest.rules import Asked, Comparison
from desk.configuration.model import Configuration
from store.engine import Store

log = structlog.get_logger(__name__)

LONGEST = timedelta(minutes=10)  # Slack takes a late answer for thirty


class BacktestFailed(Exception):
    """`minutes` is how long it was given, where it took longer than that; else 0."""

    def __init__(self, minutes: int = 0) -> None:
        super().__init__(minutes)
        self.minutes = minutes


class Backtesting:
    """`url` is of the database; the process starts with each question and ends with it."""

    def __init__(self, url: str, workspace: int, settle: timedelta, longest: timedelta = LONGEST) -> None:
        self._url, self._workspace, self._settle, self._longest = url, workspace, settle, longest
        self._turn = asyncio.Lock()
        self.process: BaseProcess | None = None  # that which is at work

    async def compare(self, configuration: Configuration, asked: Asked) -> Comparison:
        """`desk.backtest.flow.run` with the configuration in force. Raises BacktestFailed."""
        async with self._turn:
            # Spawned, not forked: a fork would copy the bot's threads' locks in whatever state they are.
            context = multiprocessing.get_context("spawn")
            receiver, sender = context.Pipe(duplex=False)
            given = (self._url, self._workspace, configuration, asked, self._settle, self._longest.total_seconds())
            process = context.Process(target=_work, args=(sender, *given), daemon=True, name="backtest")
            # Some 10 ms, too long for the event loop. Shielded: one that starts while nobody waits is to end too.
            starting = asyncio.ensure_future(asyncio.to_thread(process.start))
            try:
                await asyncio.shield(starting)
                sender.close()
                self.process = process
                found: Comparison | _Failed = await asyncio.to_thread(receiver.recv)
            except EOFError:
                found = _Failed("the process died")
            finally:
                self.process = None
                # It has answered, or nobody waits for it any more.
                starting.add_done_callback(lambda done: None if done.exception() else process.kill())
        if isinstance(found, _Failed):
            log.error("backtest failed", reason=found.reason)
            raise BacktestFailed(max(1, round(self._longest / timedelta(minutes=1))) if found.is_late else 0)
        return found


@dataclass(frozen=True, slots=True)
class _Failed:
    reason: str
    is_late: bool = False


# ── in the process ───────────────────────────────────────────────────────────────────────────────────────────────


def _work(
    sender: Connection,
    url: str,
    workspace: int,
    configuration: Configuration,
    asked: Asked,
    settle: timedelta,
    longest: float,
) -> None:
    _keep_out_of_the_way()
    store = Store(url, readers=1)
    try:
        sender.send(run(store, workspace, configuration, asked, settle, check=until(longest)))
    except TooLongError:
        sender.send(_Failed("it took too long", is_late=True))
    except Exception as error:  # of any library: it must arrive as something that can be pickled
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        where = ", ".join(f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in frames)
        orig = getattr(error, "orig", None)  # what the database itself said, by its name: its words may quote rows
        named = type(error).__name__ + (f" ({type(orig).__name__})" if orig is not None else "")
        sender.send(_Failed(f"{named} at {where}"))
    finally:
        store.close()


def _keep_out_of_the_way() -> None:
    """Leave Ctrl-C to the bot, give way to it, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(15)
    parent = multiprocessing.parent_process()
    assert parent is not None, "runs in a child process"

    def follow() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=follow, daemon=True, name="follow the parent").start()


def until(longest: float) -> Callable[[], None]:
    """A check that raises TooLongError once so many seconds have passed."""
    end = time.monotonic() + longest

    def check() -> None:
        if time.monotonic() > end:
            raise TooLongError

    return check
