"""Child processes of the demo: each with a log file and a process group of its own, none left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")
PATIENCE = 10.0  # seconds for an orderly end
TAIL = 15  # lines of a log that are shown when a child could not start


class ChildFailedError(Exception):
    """A child ended, or never got ready; the message has the end of its log."""


class Child:
    """One process, which may be started again after it ended. Use it from the event loop of the main thread: on
    Linux a child's leash is held by the thread that started it."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, cwd: Path) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._env = dict(env)
        self._cwd = cwd
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        await self.kill()  # what an earlier one started may outlive it: nobody told its children that it was killed
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-S", "-E", str(LEASH), str(os.getpid()), *self._command,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                env=self._env, cwd=self._cwd,
                start_new_session=True,  # Ctrl-C in the terminal is ours alone: children are ended in order
            )  # fmt: skip

    async def ended(self) -> int:
        """Wait until it has ended by itself; its exit status (negative: the signal)."""
        assert self._process is not None, f"{self.name} was never started"
        return await self._process.wait()

    async def end(self) -> None:
        """Ask it to end, and make it after `PATIENCE`."""
        if self._process is None:
            return
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), PATIENCE)
        await self.kill()

    async def kill(self) -> None:
        """`kill -9` for it and everything it started."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group that is gone
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    def failed(self, what: str) -> ChildFailedError:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:] if self.log.exists() else []
        return ChildFailedError("\n".join([f"{self.name} {what}. Its log, {self.log}, ends with:", *lines]))


def free_port(wanted: int | None = None) -> int:
    """`wanted` if it is given and free, else one that the system names."""
    for port in (wanted, 0):
        if port is None:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise ChildFailedError("no port is free on 127.0.0.1")
