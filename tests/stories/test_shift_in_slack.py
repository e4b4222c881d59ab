"""Held pages, acknowledgements that expire and a group that follows: the composed bot in a local Slack workspace."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.factories import NOON
from tests.stories.evening import HOUSE
from tests.stories.stage import SPEED, Stage, house, stage
from tests.stories.test_evenings import AMBIENT, FAILING

AMERICAS, MAYA, GROUP = "C0AMERICAS", "U0MAYATORR", "S0EMEAONC1"
# 07:00 in Los Angeles when the evening begins; nothing is ever worse than P2.
BEFORE_MORNING = NOON + timedelta(hours=3)
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

    found: dict[str, Any] = await told.control.wait_for(look, timeout=30)
    return found


def button(message: dict[str, Any], verb: str) -> str:
    return next(
        str(element["value"])
        for block in message["blocks"]
        for element in block.get("elements", ())
        if str(element.get("value", "")).startswith(f"{verb}|")
    )


async def test_a_night_in_slack(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path, text=NIGHT) as told, house(told.settings):

        async def follows() -> bool:
            state = await told.control.state()
            channel = next(one for one in state["channels"] if one["id"] == AMERICAS)
            group = next(one for one in state["usergroups"] if one["id"] == GROUP)
            return group["users"] == [MAYA] and "[☎ americas: Maya Torres]" in channel["topic"]

        await told.control.wait_for(follows, timeout=20)

        told.clock.set(BEFORE_MORNING, SPEED)
        await told.evening(20, AMBIENT)
        await told.evening(6, AMBIENT, FAILING * 2)
        card = await told.control.wait_for_message(AMERICAS, lambda one: "complaints" in one["text"], timeout=20)
        assert "until 08:00 (Los Angeles) for" in str(card["blocks"])
        assert await told.control.direct_messages(MAYA) == []

        told.clock.set(NOON + timedelta(hours=4, seconds=5), SPEED)
        paged = await direct(told, "Page")
        tapped = await told.control.click(
            MAYA, paged["channel"], paged["ts"], value=button(paged, "acknowledge"), until="followup"
        )
        assert "It is yours" in tapped.text

        told.clock.set(told.clock.now() + timedelta(minutes=26), SPEED)
        asked = await direct(told, "Still on it?")
        confirmed = await told.control.click(
            MAYA, asked["channel"], asked["ts"], value=button(asked, "confirm"), until="followup"
        )
        assert "It stays yours" in confirmed.text
        await direct(told, "is still yours")
        assert await told.control.doubled() == []
