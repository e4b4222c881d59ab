from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from desk.configuration.model import Term
from handlers.translate.base import GLOSSARY, Limits, NotForThis, TranslationFailed
from handlers.translate.chain import MOST_LINES, TranslationChain
from handlers.translate.glossary import KEEP, Glossary


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


TERMS = Glossary({"GlowSerum": KEEP, "小棕瓶": Term(translations={"en": "Brown Bottle"})})


async def test_it_sends_marks_and_puts_back_what_they_stand_for() -> None:
    seen: list[str] = []

    def does(text: str) -> str:
        seen.append(text)
        return "does [X12X] suit [ X11X ] for [X13X]"

    chain = TranslationChain([Service("one", does)], glossary=lambda: TERMS)

    made = await chain.translate("@ana passt GlowSerum 30 ml? 😍", "de", "en")

    assert seen == ["[X11X] passt [X12X] [X13X]?"]
    assert made.text == "does GlowSerum suit @ana for 30 ml 😍"


async def test_it_asks_the_next_service_when_one_loses_a_price() -> None:
    lossy = Service("lossy", lambda text: "it costs a lot")
    chain = TranslationChain([lossy, Service("two", lambda text: text.replace("cuesta", "costs"))])

    assert await ask(chain, "cuesta $29.99") == "costs $29.99 (two)"


async def test_it_does_not_leave_a_service_alone_for_what_it_lost() -> None:
    lossy = Service("lossy", lambda text: "it costs a lot")
    chain = TranslationChain([lossy, Service("two", lambda text: text)], Limits(failures=1))

    for _ in range(3):
        await ask(chain, "cuesta $29.99")

    assert lossy.asked == 3


async def test_it_says_a_term_as_the_glossary_does() -> None:
    chain = TranslationChain([Service("one", lambda text: text.replace("好用吗", " good?"))], glossary=lambda: TERMS)

    made = await chain.translate("小棕瓶好用吗", "zh", "en")

    assert made.text == "Brown Bottle good?"


async def test_it_asks_nobody_where_nothing_is_left_to_translate() -> None:
    service = Service("one", refuse)
    chain = TranslationChain([service], glossary=lambda: TERMS)

    term = await chain.translate("小棕瓶!! 😍", "zh", "en")
    signs = await chain.translate("😍 $12", "und", "en")

    assert (term.text, term.provider) == ("Brown Bottle!! 😍", GLOSSARY)
    assert (signs.text, signs.provider) == ("😍 $12", "")
    assert service.asked == 0


async def test_it_translates_line_by_line_and_keeps_the_breaks() -> None:
    chain = TranslationChain([Service("one", lambda text: f" {text.upper()} ")])

    assert (await chain.translate("hola 😍\n\n  qué tal\r\n", "es", "en")).text == "HOLA 😍\n\n  QUÉ TAL\r\n"


async def test_it_translates_no_text_of_many_lines() -> None:
    chain = TranslationChain([Service("one", str.upper)])

    with pytest.raises(NotForThis, match="lines"):
        await chain.translate("hola\n" * (MOST_LINES + 1), "es", "en")
