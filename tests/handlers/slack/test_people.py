from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from handlers.slack.people import REMEMBER, REMEMBER_FAILURE, People
from tests.handlers.slack import rig


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def slack() -> AsyncIterator[rig.Workspace]:
    async with rig.workspace() as workspace:
        yield workspace


async def lookups(slack: rig.Workspace) -> int:
    return len(await slack.control.calls("users.info"))


async def test_it_asks_again_after_an_hour(slack: rig.Workspace) -> None:
    clock = Seconds()
    people = People(slack.client, clock)

    for clock.now in (0.0, REMEMBER - 1, REMEMBER):
        await people.asker(rig.ANA, rig.EMEA)

    assert await lookups(slack) == 2


async def test_it_keeps_to_what_it_knew_while_slack_does_not_answer(slack: rig.Workspace) -> None:
    clock = Seconds()
    people = People(slack.client, clock)
    known = await people.asker(rig.WEI, rig.HANGZHOU)
    await slack.control.fault("users.info", "error")

    clock.now = REMEMBER
    assert await people.asker(rig.WEI, rig.HANGZHOU) == known
    assert (await people.asker(rig.WEI, rig.HANGZHOU)).zone == "Asia/Shanghai"
    assert await lookups(slack) == 2


async def test_it_asks_again_soon_after_a_failure(slack: rig.Workspace) -> None:
    clock = Seconds()
    people = People(slack.client, clock)
    await slack.control.fault("users.info", "error")
    assert (await people.asker(rig.WEI, rig.HANGZHOU, "wei")).name == "wei"

    clock.now = REMEMBER_FAILURE

    assert (await people.asker(rig.WEI, rig.HANGZHOU, "wei")).name == "Wei Chen"
