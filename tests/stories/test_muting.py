"""Muting and coming back in the composed bot: chosen in a menu of a local Slack workspace, typed as a command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.stories.stage import Stage, house, stage
from tests.stories.test_evenings import AMBIENT
from tests.stories.test_house import AMERICAS, MANY, MAYA, card, page


async def pages(told: Stage) -> list[dict[str, Any]]:
    return [one for one in await told.control.direct_messages(MAYA) if "Page:" in one["text"]]


async def test_it_is_silent_while_it_is_muted_and_pages_when_it_is_not(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path) as told, house(told.settings):
        await told.evening(20, AMBIENT)
        await told.evening(6, AMBIENT, MANY)
        await page(told)
        told.clock.set(told.clock.now(), 0.0)  # while people decide, the show must not end
        shown = await card(told)
        menu = next(
            element
            for block in shown["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
            if element["type"] == "static_select"
        )

        muted = await told.control.click(
            MAYA, AMERICAS, shown["ts"], menu["action_id"], chosen=menu["options"][0]["value"], until="followup"
        )
        assert "Muted until" in muted.text
        await card(told, "Muted: ")
        late = await told.control.click(MAYA, AMERICAS, shown["ts"], value="unmute|incident:1|1", until="followup")
        assert "Unmuted" in late.text
        await card(told, "Was muted")

        async def twice() -> bool:
            return len(await pages(told)) == 1 and len(await told.control.direct_messages(MAYA)) == 2

        await told.control.wait_for(twice, timeout=20)

        answer = await told.control.command(MAYA, AMERICAS, "/live mute payment 2h")
        assert "Muted: payment, in every show" in answer.text
        answer = await told.control.command(MAYA, AMERICAS, "/live mutes")
        assert "One mute holds" in answer.text
        answer = await told.control.command(MAYA, AMERICAS, "/live incidents 1")
        assert "mute ended" in answer.text
        assert await told.control.doubled() == []
