from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from handlers.translate.base import Limits, NotForThis, TranslationFailed
from handlers.translate.chain import TranslationChain


class Service:
    """A service that does what a test says."""

    def __init__(self, name: str, does: Callable[[str], str]) -> None:
        self.name = name
        self.does = does
        self.asked = 0

    def translate(self, text: str, source: str, target: str) -> str:
        del source, target
        self.asked += 1
        return self.does(text)


def fail(text: str) -> str:
    raise TranslationFailed("out of order")


def refuse(text: str) -> str:
    raise NotForThis("no such language")


async def ask(chain: TranslationChain, text: str = "hola") -> str:
    made = await chain.translate(text, "es", "en")
    return f"{made.text} ({made.provider})"


async def test_it_asks_the_next_service_when_one_fails() -> None:
    chain = TranslationChain([Service("one", fail), Service("two", lambda text: "hello")])

    assert await ask(chain) == "hello (two)"


async def test_it_leaves_a_failing_service_alone_for_a_while() -> None:
    now = 0.0
    broken = Service("one", fail)
    limits = Limits(failures=3, leave_alone=60)
    chain = TranslationChain([broken, Service("two", lambda text: "hello")], limits, tick=lambda: now)
    for _ in range(10):
        await ask(chain)
    assert broken.asked == 3

    now = 61.0
    await ask(chain)

    assert broken.asked == 4


async def test_it_does_not_blame_a_service_for_what_it_cannot_translate() -> None:
    picky = Service("one", refuse)
    chain = TranslationChain([picky, Service("two", lambda text: "hello")], Limits(failures=1))

    for _ in range(3):
        await ask(chain)

    assert picky.asked == 3


async def test_it_gives_up_on_a_service_that_hangs() -> None:
    released = threading.Event()
    slow = Service("slow", lambda text: str(released.wait(30)))
    chain = TranslationChain([slow, Service("two", lambda text: "hello")], Limits(timeout=0.05))

    assert await ask(chain) == "hello (two)"
    released.set()


@pytest.mark.parametrize(
    ("text", "translated"),
    [("llámame al [phone]", "call me"), ("cuesta $29.99", "it costs a lot"), ("[email] y [phone]", "[email] and")],
)
async def test_it_refuses_a_translation_that_lost_something(text: str, translated: str) -> None:
    chain = TranslationChain([Service("lossy", lambda _: translated)])

    with pytest.raises(TranslationFailed, match="lost"):
        await ask(chain, text)


async def test_it_says_why_nothing_was_translated() -> None:
    with pytest.raises(TranslationFailed, match="no translation service"):
        await ask(TranslationChain([]))
