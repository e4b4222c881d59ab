"""The sandbox as a process of its own."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path

from sandbox.control import Control

ROOT = Path(__file__).parents[2]


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_it_greets_with_what_the_bot_needs_and_stops_cleanly(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    process = await start("--port", "0", "--state", str(state))
    assert process.stdout is not None
    lines: list[str] = []
    async with asyncio.timeout(20):
        while not lines or not lines[-1].startswith("Ctrl-C"):
            lines.append((await process.stdout.readline()).decode().strip())
    settings = dict(line.split("=", 1) for line in lines if line.startswith("SLACK_"))

    async with Control(settings["SLACK_API_URL"].removesuffix("/api/")) as control:
        await control.say("U0ANAWEBER", "C0EMEAOPS1", "kept")
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        _, errors = await process.communicate()

    assert set(settings) == {"SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
    assert (process.returncode, errors) == (0, b"")
    assert "kept" in state.read_text(encoding="utf-8")


async def test_it_says_why_it_cannot_start(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        occupied = await start("--port", str(taken.getsockname()[1]))
        _, about_port = await occupied.communicate()
    nowhere = await start("--roster", str(tmp_path / "nowhere.yaml"))
    _, about_roster = await nowhere.communicate()

    assert (occupied.returncode, nowhere.returncode) == (2, 2)
    assert b"The sandbox cannot start" in about_port
    assert b"nowhere.yaml: cannot be read" in about_roster
