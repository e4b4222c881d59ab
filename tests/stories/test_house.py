"""The composed bot against a local Slack workspace: over HTTP in, over a socket or signed requests out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from sandbox.control import Answer
from tests.databases import on_sqlite
from tests.stories.stage import Stage, house, stage
from tests.stories.test_evenings import AMBIENT, FAILING

AMERICAS, ADMIN, MAYA = "C0AMERICAS", "C0ADMIN001", "U0MAYATORR"
MANY = FAILING * 2


async def card(told: Stage, saying: str = "Payment complaints") -> dict[str, Any]:
    return await told.control.wait_for_message(AMERICAS, lambda one: saying in one["text"], timeout=20)


async def page(told: Stage, saying: str = "Page") -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        return next((one for one in await told.control.direct_messages(MAYA) if saying in one["text"]), None)

    found: dict[str, Any] = await told.control.wait_for(look, timeout=20)
    return found


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_it_pages_and_takes_the_tap(database_url: str, tmp_path: Path, mode: str) -> None:
    async with stage(database_url, tmp_path, mode=mode) as told, house(told.settings):
        await told.evening(20, AMBIENT)
        await told.evening(6, AMBIENT, MANY)
        paged = await page(told)

        tapped = await told.control.click(
            MAYA, paged["channel"], paged["ts"], value="acknowledge|incident:1|1", until="followup"
        )

        assert "It is yours" in tapped.text
        assert "In hand" in (await card(told, "In hand"))["text"]
        assert await told.control.doubled() == []


@on_sqlite
async def test_it_answers_commands_while_a_show_is_on(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path) as told, house(told.settings):
        await told.evening(6, AMBIENT, FAILING[:1])
        await _asked(told, "/live now", "aurora")

        for text, said in (
            ("/live now", "aurora"),
            ("/live complaints", "payment"),
            ("/live sentiment", "mood"),
            ("/live questions", "one question"),
            ("/live help", "ask"),
            ("/oncall", "Maya Torres"),
            ("/oncall americas", "Maya Torres"),
            ("/live nonsense", "I don't know"),
            ("/live complaints no-such-show", "I know no show"),
        ):
            answer = await told.control.command(MAYA, AMERICAS, text)
            assert said in answer.text, text


async def _asked(told: Stage, command: str, expected: str) -> Answer:
    """The answer to a command, asked until the bot has read what was said."""
    async with asyncio.timeout(60):
        while True:
            shown = (await told.control.command(MAYA, AMERICAS, command)).answers[-1]
            if expected.lower() in f"{shown.text} {shown.blocks}".lower():
                return shown


@on_sqlite
async def test_it_shows_questions_and_notes_at_a_tap_that_one_was_answered(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path) as told, house(told.settings):
        await told.evening(6, (*AMBIENT, "does it suit dark skin?"))

        shown = await _asked(told, "/live questions", "dark skin")
        button = next(
            element["value"]
            for block in shown.blocks
            for element in block.get("elements", ())
            if str(element.get("value", "")).startswith("answered|")
        )
        tapped = await told.control.click(MAYA, str(shown.channel), str(shown.ts), value=button, until="followup")
        again = await _asked(told, "/live questions", "dark skin")

        assert "does it suit dark skin?" in str(shown.blocks)
        assert "Noted: answered on air." in tapped.text
        assert "answered on air at" in str(again.blocks)


async def test_it_posts_once_when_slack_loses_the_answer(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path) as told, house(told.settings):
        await told.evening(20, AMBIENT)
        await told.control.fault("chat.postMessage", "drop_answer", times=2)
        await told.evening(8, AMBIENT, MANY)
        await card(told)
        await page(told)

        assert await told.control.doubled() == []
        cards = [one for one in await told.control.messages(AMERICAS) if "complaints in" in one["text"]]
        assert len(cards) == 1


@on_sqlite
@pytest.mark.parametrize("kind", ["ratelimited", "error", "refuse", "drop_request"])
async def test_it_gets_through_when_slack_stumbles(database_url: str, tmp_path: Path, kind: str) -> None:
    async with stage(database_url, tmp_path) as told, house(told.settings):
        await told.evening(20, AMBIENT)
        await told.control.fault("chat.postMessage", kind, times=2, seconds=1)
        await told.evening(6, AMBIENT, MANY)

        await card(told)
        await page(told)
        assert await told.control.doubled() == []


@on_sqlite
async def test_it_tells_an_admin_what_can_never_be_sent(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path) as told, house(told.settings):
        await told.control.member(AMERICAS, "U0LIVEDESK", leave=True)
        await told.evening(20, AMBIENT)
        await told.evening(6, AMBIENT, MANY)

        notice = await told.control.wait_for_message(ADMIN, lambda one: "could not be sent" in one["text"], timeout=20)
        assert "slack:C0AMERICAS" in notice["text"]
        await page(told)


async def test_it_finds_the_incident_and_the_page_again_after_a_restart(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path) as told:
        async with house(told.settings):
            await told.evening(20, AMBIENT)
            await told.evening(4, AMBIENT, MANY)
        async with house(told.settings):
            await told.evening(4, AMBIENT, MANY)
            paged = await page(told)
            await told.control.click(MAYA, paged["channel"], paged["ts"], value="acknowledge|incident:1|1")
            await card(told, "In hand")

            cards = [one for one in await told.control.messages(AMERICAS) if "complaints in" in one["text"]]
            assert len(cards) == 1
            assert await told.control.doubled() == []


@on_sqlite
async def test_it_never_lets_viewers_ping_or_link(database_url: str, tmp_path: Path) -> None:
    hostile = [
        f"<!channel> payment failed @everyone <https://evil.example|click> declined {number}" for number in range(8)
    ]
    async with stage(database_url, tmp_path) as told, house(told.settings):
        await told.evening(20, AMBIENT)
        await told.evening(8, AMBIENT, hostile)
        await card(told)

        for channel in (AMERICAS, ADMIN):
            for message in await told.control.messages(channel):
                assert set(message["pings"]) <= {f"@{MAYA}"}
