"""One thread for units that must not run beside each other. Whoever is waited for goes first."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Turns:
    """Runs what is submitted one after the other: what is `soon` before the rest, and of each kind the oldest first.

    Whoever submits `soon` must do it seldom, as the others wait for as long as somebody does.
    """

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._waiting: list[tuple[bool, int, Future[Any], Callable[[], Any]]] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def submit(self, unit: Callable[[], T], *, soon: bool = False) -> Future[T]:
        """RuntimeError after `shutdown`."""
        done: Future[T] = Future()
        with self._lock:
            self._thread.submit(self._next)  # a turn for somebody: for whom is decided when it comes
            heapq.heappush(self._waiting, (not soon, next(self._numbers), done, unit))
        return done

    def shutdown(self) -> None:
        """Take nothing more, and wait until all that was taken is done."""
        self._thread.shutdown(wait=True)

    def _next(self) -> None:
        with self._lock:
            _, _, done, unit = heapq.heappop(self._waiting)
        if not done.set_running_or_notify_cancel():
            return
        try:
            done.set_result(unit())
        except BaseException as error:
            done.set_exception(error)
