"""Intake waits while an alarm is decided, and never for long."""

from __future__ import annotations

import asyncio

import pytest

from handlers.right_of_way import RightOfWay


async def test_nobody_waits_when_nobody_has_it() -> None:
    waiting = asyncio.create_task(RightOfWay().given())
    await asyncio.sleep(0)
    assert waiting.done()


async def test_who_gives_way_waits_for_everybody_who_has_it() -> None:
    way = RightOfWay(at_most=60)
    with way.taken():
        with way.taken():
            waiting = asyncio.create_task(way.given())
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 5)


async def test_it_is_free_again_after_a_failure() -> None:
    way = RightOfWay(at_most=60)
    with pytest.raises(ZeroDivisionError), way.taken():
        raise ZeroDivisionError
    await asyncio.wait_for(way.given(), 5)


async def test_nobody_waits_longer_than_that() -> None:
    way = RightOfWay(at_most=0.001)
    with way.taken():
        await asyncio.wait_for(way.given(), 5)
