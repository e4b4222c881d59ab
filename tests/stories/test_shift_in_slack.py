"""Held pages, acknowledgements that expire and a group that follows: the composed bot in a local Slack workspace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.factories import NOON
from tests.stories.evening import HOUSE
from tests.stories.stage import Stage, house, stage
from tests.stories.test_evenings import AMBIENT, FAILING

AMERICAS, MAYA, GROUP = "C0AMERICAS", "U0MAYATORR", "S0EMEAONC1"
SLOWLY = 10.0  # clock seconds in a second: complaints must come faster than the clock runs, on any machine
BEFORE_MORNING = NOON + timedelta(hours=3)  # 07:00 in Los Angeles
# Nothing is ever worse than P2.
NIGHT = (
    HOUSE.replace("  page:\n", "  page:\n    urgency: {P2: low}\n    acknowledgement_expires: 30m\n")
    .replace("languages: [en, es]}", "languages: [en, es], severity: {P1: {excess: 9999, times: 99, viewers: 999}}}")
    .replace(
        "  americas:\n    timezone: America/Los_Angeles\n    layers:",
        "  americas:\n    timezone: America/Los_Angeles\n"
        f"    follow: {{user_group: 'slack:{GROUP}', channel_topic: 'slack:{AMERICAS}'}}\n    layers:",
    )
)


async def direct(told: Stage, saying: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        return next((one for one in await told.control.direct_messages(MAYA) if saying in one["text"]), None)

    found: dict[str, Any] = await told.control.wait_for(look, timeout=40)
    return found


async def tap(told: Stage, message: dict[str, Any], verb: str) -> str:
    value = next(
        str(element["value"])
        for block in message["blocks"]
        for element in block.get("elements", ())
        if str(element.get("value", "")).startswith(f"{verb}|")
    )
    answer = await told.control.click(MAYA, message["channel"], message["ts"], value=value, until="followup")
    return answer.text


def says_held(message: dict[str, Any]) -> bool:
    return "until 08:00 (Los Angeles) for" in str(message.get("blocks"))


@asynccontextmanager
async def going_on(told: Stage) -> AsyncIterator[None]:
    """Complaints that do not end before the block does."""
    complaining = asyncio.create_task(told.evening(1000, AMBIENT, FAILING * 2))
    try:
        yield
    finally:
        complaining.cancel()
        await asyncio.gather(complaining, return_exceptions=True)


async def test_a_night_in_slack(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path, text=NIGHT) as told, house(told.settings):

        async def follows() -> bool:
            state = await told.control.state()
            channel = next(one for one in state["channels"] if one["id"] == AMERICAS)
            group = next(one for one in state["usergroups"] if one["id"] == GROUP)
            return group["users"] == [MAYA] and channel["topic"].endswith("included [☎ americas: Maya Torres]")

        await told.control.wait_for(follows, timeout=40)

        told.clock.set(BEFORE_MORNING, SLOWLY)
        await told.evening(18, AMBIENT)
        async with going_on(told):
            card = await told.control.wait_for_message(AMERICAS, says_held, timeout=40)
            assert await told.control.direct_messages(MAYA) == []

            told.clock.set(NOON + timedelta(hours=4, seconds=5), SLOWLY)
            assert "It is yours" in await tap(told, await direct(told, "Page"), "acknowledge")

            told.clock.set(told.clock.now() + timedelta(minutes=26), SLOWLY)
            assert "It stays yours" in await tap(told, await direct(told, "Still on it?"), "confirm")
            await direct(told, "is still yours")

            told.clock.set(told.clock.now() + timedelta(minutes=31), SLOWLY)
            await told.control.wait_for_message(
                AMERICAS, lambda one: "not confirmed in time" in one["text"], thread=card["ts"], timeout=40
            )
        assert await told.control.doubled() == []
