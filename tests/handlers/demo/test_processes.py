from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from handlers.demo import processes
from handlers.demo.processes import Child, ChildFailedError, free_port

ROOT = Path(__file__).resolve().parents[3]
SLEEP = "import time; print('up', flush=True); time.sleep(60)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
PARENT_OF_ONE = (
    "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "print(p.pid, flush=True); p.wait()"
)


@asynccontextmanager
async def child(tmp_path: Path, code: str) -> AsyncIterator[Child]:
    made = Child("child", [sys.executable, "-c", code], dict(os.environ), tmp_path / "child.log", tmp_path)
    await made.start()
    try:
        yield made
    finally:
        await made.kill()


async def printed(one: Child) -> str:
    """The first line that a child wrote."""
    async with asyncio.timeout(10):
        while not (text := one.log.read_text()).endswith("\n"):
            await asyncio.sleep(0.01)
    return text.splitlines()[0]


def is_there(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def is_gone(pid: int, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while is_there(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_there(pid)


async def test_it_writes_what_a_child_says_to_its_log(tmp_path: Path) -> None:
    async with child(tmp_path, SLEEP) as one:
        said = await printed(one)

    assert said == "up"


async def test_it_ends_a_child_in_order(tmp_path: Path) -> None:
    async with child(tmp_path, SLEEP) as one:
        await printed(one)

        await one.end()

        assert await one.ended() == -signal.SIGTERM


async def test_it_kills_a_child_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.1)
    async with child(tmp_path, DEAF) as one:
        await printed(one)

        await one.end()

        assert await one.ended() == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_it_leaves_no_child_of_a_child_behind(tmp_path: Path) -> None:
    async with child(tmp_path, PARENT_OF_ONE) as one:
        grandchild = int(await printed(one))

        await one.kill()

    assert is_gone(grandchild)


async def test_it_starts_a_child_again(tmp_path: Path) -> None:
    async with child(tmp_path, SLEEP) as one:
        first = one.pid
        await one.kill()

        await one.start()

        assert one.is_running
        assert one.pid != first


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_it_ends_what_a_killed_child_had_started_before_it_starts_it_again(tmp_path: Path) -> None:
    async with child(tmp_path, PARENT_OF_ONE) as one:
        grandchild = int(await printed(one))
        assert one.pid is not None
        os.kill(one.pid, signal.SIGKILL)
        await one.ended()

        await one.start()

        assert is_gone(grandchild)


async def test_it_shows_the_end_of_the_log_of_a_child_that_failed(tmp_path: Path) -> None:
    async with child(tmp_path, "import sys; sys.exit('the port is taken')") as one:
        await one.ended()

        assert not one.is_running
        assert "the port is taken" in str(one.failed("ended"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_it_ends_a_child_whose_parent_was_killed(tmp_path: Path) -> None:
    code = f"""
import asyncio, os, sys
from pathlib import Path
from handlers.demo.processes import Child

async def start():
    one = Child("child", [sys.executable, "-c", {SLEEP!r}], dict(os.environ), Path("child.log"), Path("."))
    await one.start()
    print(one.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(start())
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=tmp_path, env=environment
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())

        parent.kill()

        assert is_gone(pid)


def test_it_gives_the_wanted_port_while_it_is_free() -> None:
    port = free_port()

    assert free_port(port) == port


def test_it_gives_another_port_when_the_wanted_one_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert free_port(port) not in (0, port)


def test_it_says_which_child_failed(tmp_path: Path) -> None:
    one = Child("bot", ["true"], {}, tmp_path / "none.log", tmp_path)

    failure = one.failed("was not ready")

    assert isinstance(failure, ChildFailedError)
    assert str(failure).startswith("bot was not ready")
