"""Held pages, acknowledgements that expire and a group that follows: the composed bot in a local Slack workspace."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from handlers.opening import open_store
from tests.databases import on_sqlite
from tests.factories import NOON
from tests.stories.evening import HOUSE
from tests.stories.rises import IMPORTANT, Rises
from tests.stories.stage import Stage, house, stage

AMERICAS, MAYA, GROUP = "C0AMERICAS", "U0MAYATORR", "S0EMEAONC1"
SLOWLY = 1.0  # clock seconds in a second: here it is the jumps that matter
BEFORE_MORNING = NOON + timedelta(hours=3)  # 07:00 in Los Angeles
NIGHT = HOUSE.replace("  page:\n", "  page:\n    urgency: {P2: low}\n    acknowledgement_expires: 30m\n").replace(
    "  americas:\n    timezone: America/Los_Angeles\n    layers:",
    "  americas:\n    timezone: America/Los_Angeles\n"
    f"    follow: {{user_group: 'slack:{GROUP}', channel_topic: 'slack:{AMERICAS}'}}\n    layers:",
)


async def direct(told: Stage, saying: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        return next((one for one in await told.control.direct_messages(MAYA) if saying in one["text"]), None)

    found: dict[str, Any] = await told.control.wait_for(look, timeout=60)
    return found


async def tap(told: Stage, message: dict[str, Any], verb: str) -> None:
    """Tap a button; what it did is seen in the channel. (A machine that is busy may answer later than Slack waits.)"""
    value = next(
        str(element["value"])
        for block in message["blocks"]
        for element in block.get("elements", ())
        if str(element.get("value", "")).startswith(f"{verb}|")
    )
    await told.control.click(MAYA, message["channel"], message["ts"], value=value)


def says_held(message: dict[str, Any]) -> bool:
    return "until 08:00 (Los Angeles) for" in str(message.get("blocks"))


async def rise(told: Stage) -> None:
    """What the detector would say, written beside the bot, which sends it and does all that follows."""
    store = open_store(told.settings.database())
    try:
        evening = Rises(store, NIGHT, told.clock.now())
        await asyncio.to_thread(evening.rise, IMPORTANT)
    finally:
        store.close()


@on_sqlite
async def test_a_night_in_slack(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path, text=NIGHT) as told, house(told.settings):

        async def follows() -> bool:
            state = await told.control.state()
            channel = next(one for one in state["channels"] if one["id"] == AMERICAS)
            group = next(one for one in state["usergroups"] if one["id"] == GROUP)
            return group["users"] == [MAYA] and channel["topic"].endswith("included [☎ americas: Maya Torres]")

        await told.control.wait_for(follows, timeout=60)

        told.clock.set(BEFORE_MORNING, SLOWLY)
        await rise(told)
        card = await told.control.wait_for_message(AMERICAS, says_held, timeout=60)
        assert await told.control.direct_messages(MAYA) == []

        told.clock.set(NOON + timedelta(hours=4, seconds=5), SLOWLY)
        await tap(told, await direct(told, "Page"), "acknowledge")
        await told.control.wait_for_message(AMERICAS, lambda one: "In hand" in one["text"], timeout=60)

        told.clock.set(told.clock.now() + timedelta(minutes=26), SLOWLY)
        await tap(told, await direct(told, "Still on it?"), "confirm")
        await direct(told, "is still yours")

        told.clock.set(told.clock.now() + timedelta(minutes=31), SLOWLY)
        await told.control.wait_for_message(
            AMERICAS, lambda one: "not confirmed in time" in one["text"], thread=card["ts"], timeout=60
        )
        assert await told.control.doubled() == []
