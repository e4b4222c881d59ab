"""deep-translator's real LibreTranslate client against a local server that speaks its protocol."""

from __future__ import annotations

import asyncio

import pytest

from desk.configuration.model import Term
from handlers.translate.base import NotForThis, TranslationFailed
from handlers.translate.chain import TranslationChain
from handlers.translate.glossary import KEEP, Glossary
from handlers.translate.libre import libre
from sandbox.translator import running

RECORDED = {
    "ส่งเมื่อไหร่คะ": {"lang": "th", "en": "When does it ship?", "zh": "什么时候发货？"},
    "no funciona el pago": {"lang": "es", "en": "the payment does not work", "zh": "付款用不了"},
    "GlowSerum por $29.99 😍 es caro, llama al [phone]": {
        "lang": "es",
        "en": "GlowSerum for $29.99 😍 is dear, call [phone]",
        "zh": "GlowSerum 卖 $29.99 😍 太贵了，请打 [phone]",
    },
    "小棕瓶漏了": {"lang": "zh", "en": "my 小棕瓶 leaks", "zh": "小棕瓶漏了"},
}
PRICED = "GlowSerum por $29.99 😍 es caro, llama al [phone]"


async def test_it_translates_through_a_real_server() -> None:
    async with running(RECORDED) as server:
        service = libre(server.url)

        assert (
            await asyncio.to_thread(service.translate, "no funciona el pago", "es", "en") == "the payment does not work"
        )
        assert await asyncio.to_thread(service.translate, "no funciona el pago", "es", "zh") == "付款用不了"


@pytest.mark.parametrize("source", ["th", "und"])
async def test_it_lets_the_server_detect_what_the_library_does_not_know(source: str) -> None:
    async with running(RECORDED) as server:
        translated = await asyncio.to_thread(libre(server.url).translate, "ส่งเมื่อไหร่คะ", source, "en")

        assert translated == "When does it ship?"


async def test_it_says_what_it_cannot_do_without_repeating_the_words() -> None:
    async with running(RECORDED) as server:
        service = libre(server.url)

        with pytest.raises(NotForThis):  # the server has no Malay
            await asyncio.to_thread(service.translate, "no funciona el pago", "es", "ms")
        with pytest.raises(NotForThis):  # nobody has Klingon
            await asyncio.to_thread(service.translate, "no funciona el pago", "es", "tlh")
        with pytest.raises(TranslationFailed) as failed:
            await asyncio.to_thread(service.translate, "my secret words", "en", "zh")
        assert "secret" not in str(failed.value)


async def test_it_fails_in_our_words_when_there_is_no_server() -> None:
    with pytest.raises(TranslationFailed, match="LibreTranslate failed"):
        await asyncio.to_thread(libre("http://127.0.0.1:9").translate, "hola", "es", "en")


async def test_it_keeps_names_prices_and_placeholders_through_a_real_server() -> None:
    async with running(RECORDED) as server:
        chain = TranslationChain([libre(server.url)], glossary=lambda: Glossary({"GlowSerum": KEEP}))
        try:
            made = await chain.translate(f"{PRICED} 🙏", "es", "en")
        finally:
            chain.close()

    assert made.text == "GlowSerum for $29.99 😍 is dear, call [phone] 🙏"


async def test_it_says_terms_as_the_glossary_does_through_a_real_server() -> None:
    glossary = Glossary({"小棕瓶": Term(translations={"en": "Brown Bottle"})})
    async with running(RECORDED) as server:
        chain = TranslationChain([libre(server.url)], glossary=lambda: glossary)
        try:
            made = await chain.translate("小棕瓶漏了", "zh", "en")
        finally:
            chain.close()

    assert made.text == "my Brown Bottle leaks"


async def test_it_refuses_what_a_real_server_lost() -> None:
    async with running(RECORDED) as server:
        server.lose_placeholders = True
        chain = TranslationChain([libre(server.url)])
        try:
            with pytest.raises(TranslationFailed, match="lost something that had to stay"):
                await chain.translate(PRICED, "es", "en")
        finally:
            chain.close()
