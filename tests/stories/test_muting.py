"""Muting in the composed bot: chosen in a menu of a local Slack workspace, typed as a command."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.databases import on_sqlite
from tests.factories import NOON
from tests.stories.stage import Stage, house, stage
from tests.stories.test_evenings import AMBIENT
from tests.stories.test_house import AMERICAS, MANY, MAYA, card

PATIENCE = 60.0  # seconds of wall time; the clock stands still meanwhile


async def ticks(told: Stage, number: int, texts: Iterable[str]) -> None:
    """Comments tick by tick, on a clock that only this moves: nothing here depends on how fast the machine is."""
    for _ in range(number):
        await told.post(list(texts))
        told.clock.set(told.clock.now() + timedelta(seconds=10), 0.0)


async def paged(told: Stage, times: int) -> list[dict[str, Any]]:
    """What Maya was sent, once it is so many messages."""

    async def look() -> list[dict[str, Any]] | None:
        sent = await told.control.direct_messages(MAYA)
        return sent if len(sent) >= times else None

    found: list[dict[str, Any]] = await told.control.wait_for(look, timeout=PATIENCE)
    return found


def menu_of(message: dict[str, Any]) -> dict[str, Any]:
    rows = [element for block in message["blocks"] if block["type"] == "actions" for element in block["elements"]]
    return next(element for element in rows if element["type"] == "static_select")


@on_sqlite
async def test_it_is_silent_while_it_is_muted_and_pages_when_it_is_not(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path) as told:
        told.clock.set(NOON, 0.0)
        async with house(told.settings):
            await ticks(told, 20, AMBIENT)
            await ticks(told, 6, [*AMBIENT, *MANY])
            await paged(told, 1)
            shown = await card(told)
            menu = menu_of(shown)

            muted = await told.control.click(
                MAYA, AMERICAS, shown["ts"], menu["action_id"], chosen=menu["options"][0]["value"], until="followup"
            )
            assert "Muted until" in muted.text
            assert "unmute|incident:1|1" in str((await card(told, "Muted: "))["blocks"])
            unmuted = await told.control.click(
                MAYA, AMERICAS, shown["ts"], value="unmute|incident:1|1", until="followup"
            )
            assert "Unmuted" in unmuted.text
            await card(told, "Was muted")
            before, again = sorted(await paged(told, 2), key=lambda one: str(one["ts"]))
            assert "Page:" not in before["text"]
            assert "Page:" in again["text"]

            for command, said in (
                ("/live mute payment 2h", "Muted: payment, in every show"),
                ("/live mutes", "One mute holds"),
                ("/live incidents", "One incident is open"),
                ("/live incidents 1", "mute ended"),
                ("/live unmute payment", "Unmuted: payment, in every show"),
            ):
                answer = await told.control.command(MAYA, AMERICAS, command)
                assert said in answer.text, command
            assert await told.control.doubled() == []
