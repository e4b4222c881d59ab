"""deep-translator's real LibreTranslate client against a local server that speaks its protocol."""

from __future__ import annotations

import asyncio

import pytest

from handlers.translate.base import NotForThis, TranslationFailed
from handlers.translate.libre import libre
from sandbox.translator import running

RECORDED = {
    "ส่งเมื่อไหร่คะ": {"lang": "th", "en": "When does it ship?", "zh": "什么时候发货？"},
    "no funciona el pago": {"lang": "es", "en": "the payment does not work", "zh": "付款用不了"},
}


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

        with pytest.raises(NotForThis):
            await asyncio.to_thread(service.translate, "no funciona el pago", "es", "ms")
        with pytest.raises(TranslationFailed) as failed:
            await asyncio.to_thread(service.translate, "my secret words", "en", "zh")
        assert "secret" not in str(failed.value)


async def test_it_fails_in_our_words_when_there_is_no_server() -> None:
    with pytest.raises(TranslationFailed, match="LibreTranslate failed"):
        await asyncio.to_thread(libre("http://127.0.0.1:9").translate, "hola", "es", "en")
