"""The recorded translator, asked by our own client, by plain HTTP, and over the whole library of the demo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from deep_translator import LibreTranslator
from hypothesis import given
from hypothesis import strategies as st

from sandbox.translator import RECORDED, Translator, read_translations, running, split_tail

PHRASES = {
    "kein Ton": {"lang": "de", "en": "no sound", "zh": "没声音"},
    "payment failed": {"lang": "en", "zh": "付款失败"},
    "求链接": {"lang": "zh", "en": "link please"},
    "ruf an: [phone]": {"lang": "de", "en": "call [phone] please", "zh": "打电话 [phone]"},
    "j'adore <3 & encore": {"lang": "fr", "en": "love it <3 & more", "zh": "爱了 <3 & 再来"},
}


@pytest.fixture
async def server() -> AsyncIterator[Translator]:
    async with running(PHRASES) as translator:
        yield translator


async def ask(server: Translator, **said: Any) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.post(f"{server.url}/translate", json=said) as response:
        return response.status, await response.json()


async def test_it_answers_a_text_with_its_translation(server: Translator) -> None:
    assert await ask(server, q="kein Ton", source="de", target="en") == (200, {"translatedText": "no sound"})


async def test_it_says_which_language_it_heard_when_asked_to_detect(server: Translator) -> None:
    _, answer = await ask(server, q="kein Ton", source="auto", target="zh")

    assert answer == {"translatedText": "没声音", "detectedLanguage": {"language": "de", "confidence": 100.0}}


async def test_it_translates_a_list_in_order(server: Translator) -> None:
    _, answer = await ask(server, q=["求链接", "kein Ton"], source="auto", target="en")

    assert answer["translatedText"] == ["link please", "no sound"]
    assert [each["language"] for each in answer["detectedLanguage"]] == ["zh", "de"]


@pytest.mark.parametrize("chinese", ["zh", "zh-Hans", "zh-CN", "zh_CN"])
async def test_it_knows_chinese_by_all_its_names(server: Translator, chinese: str) -> None:
    _, answer = await ask(server, q="payment failed", source="en", target=chinese)

    assert answer["translatedText"] == "付款失败"


async def test_it_leaves_a_text_that_is_already_in_the_target_language(server: Translator) -> None:
    _, answer = await ask(server, q="payment failed", source="en", target="en")

    assert answer["translatedText"] == "payment failed"


@pytest.mark.parametrize("where", ["data", "params"])
async def test_it_reads_a_form_and_the_query_too(server: Translator, where: str) -> None:
    said: dict[str, Any] = {where: {"q": "kein Ton", "source": "de", "target": "en"}}

    async with aiohttp.ClientSession() as session, session.post(f"{server.url}/translate", **said) as response:
        answer = await response.json()

    assert answer["translatedText"] == "no sound"


async def test_it_serves_the_client_library_that_the_bot_uses(server: Translator) -> None:
    client = LibreTranslator(source="de", target="en", api_key="none", custom_url=f"{server.url}/")

    assert await asyncio.to_thread(client.translate, "kein Ton 😡") == "no sound 😡"


async def test_it_takes_a_text_as_long_as_that_library_lets_through(server: Translator) -> None:
    said = {"q": "没" * 4_900, "source": "zh", "target": "en"}

    async with aiohttp.ClientSession() as session, session.post(f"{server.url}/translate", params=said) as response:
        answer = await response.json()

    assert "recorded" in answer["error"]


async def test_it_carries_markup_over_when_asked_for_html(server: Translator) -> None:
    _, answer = await ask(server, q="j'adore &lt;3 &amp; encore", source="fr", target="en", format="html")

    assert answer["translatedText"] == "love it &lt;3 &amp; more"


async def test_it_refuses_what_it_has_not_recorded_rather_than_guess(server: Translator) -> None:
    status, answer = await ask(server, q="guten Tag", source="de", target="en")

    assert status == 400
    assert "recorded" in answer["error"]
    assert "guten Tag" not in answer["error"]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"source": "de", "target": "en"}, "q"),
        ({"q": "kein Ton", "target": "en"}, "source"),
        ({"q": "kein Ton", "source": "de"}, "target"),
        ({"q": "kein Ton", "source": "de", "target": "sv"}, "sv"),
        ({"q": "kein Ton", "source": "xx", "target": "en"}, "xx"),
        ({"q": [1], "source": "de", "target": "en"}, "q"),
    ],
)
async def test_it_names_what_is_wrong_with_a_request(server: Translator, said: dict[str, Any], names: str) -> None:
    status, answer = await ask(server, **said)

    assert status == 400
    assert names in answer["error"].split()


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
async def test_it_refuses_a_body_that_is_no_json_object(server: Translator, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{server.url}/translate", data=body, headers=headers) as response,
    ):
        answer = await response.json()

    assert (response.status, answer) == (400, {"error": "Invalid JSON format"})


async def test_it_fails_as_often_as_it_was_told_and_then_works_again(server: Translator) -> None:
    server.fail_next = 2

    statuses = [(await ask(server, q="kein Ton", source="de", target="en"))[0] for _ in range(3)]

    assert statuses == [500, 500, 200]
    assert server.requests == 3


async def test_it_keeps_a_client_waiting_when_told_to(server: Translator) -> None:
    server.delay = timedelta(minutes=5)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ask(server, q="kein Ton", source="de", target="en"), timeout=0.05)


async def test_it_loses_placeholders_only_when_told_to(server: Translator) -> None:
    _, kept = await ask(server, q="ruf an: [phone]", source="de", target="en")
    server.lose_placeholders = True

    _, lost = await ask(server, q="ruf an: [phone]", source="de", target="en")

    assert kept["translatedText"] == "call [phone] please"
    assert lost["translatedText"] == "call please"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("ruf an: [X11X]", "call [X11X] please"),
        ("ruf an: [X11X] 😡", "call [X11X] please 😡"),
        ("[X11X] 🙏", "[X11X] 🙏"),
    ],
)
async def test_it_takes_a_mark_for_a_name_that_stays(server: Translator, asked: str, answered: str) -> None:
    _, answer = await ask(server, q=asked, source="de", target="en")

    assert answer["translatedText"] == answered


async def test_it_loses_marks_when_told_to(server: Translator) -> None:
    server.lose_placeholders = True

    _, answer = await ask(server, q="ruf an: [X11X]", source="de", target="en")

    assert answer["translatedText"] == "call  please"


def test_it_finds_what_was_recorded_with_emoji_without_them() -> None:
    assert Translator({"hi 👋": {"lang": "en", "zh": "嗨 👋"}}).translate("hi", "zh") == ("嗨", "en")


async def test_it_asks_for_its_key_when_it_has_one(server: Translator) -> None:
    server.api_key = "sesame"

    without, _ = await ask(server, q="kein Ton", source="de", target="en")
    with_key, _ = await ask(server, q="kein Ton", source="de", target="en", api_key="sesame")

    assert (without, with_key) == (403, 200)


async def test_it_lists_its_languages_and_its_health(server: Translator) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{server.url}/languages") as response:
            languages = {each["code"]: each["targets"] for each in await response.json()}
        async with session.get(f"{server.url}/health") as response:
            health = await response.json()

    assert languages["th"] == ["en", "th", "zh"]
    assert health == {"status": "ok"}


@pytest.mark.parametrize("signs", ["🔥🔥🔥", "❤️❤️❤️", "👩🏽‍🚀", "!!!", "100"])
def test_it_gives_signs_back_as_they_are(signs: str) -> None:
    assert Translator({}).translate(signs, "zh")[0] == signs


@given(st.sampled_from(sorted(PHRASES)), st.lists(st.sampled_from(["😍", "❤️", "👍🏽", "🙋‍♀️", " "]), max_size=4))
def test_it_carries_any_tail_of_emoji_over(text: str, emoji: list[str]) -> None:
    tail = "".join(emoji).rstrip()

    translated, _ = Translator(PHRASES).translate(text + tail, "en")

    assert translated == PHRASES[text].get("en", text) + tail


@given(st.text())
def test_it_splits_a_tail_off_without_losing_a_character(text: str) -> None:
    core, tail = split_tail(text)

    assert core + tail == text
    assert split_tail(core) == (core, "")


@pytest.mark.parametrize("text", ["ดีมาก ๆ", "ส่งกี่วันคะ", "đẹp quá", "شكراً", "とても好き〜"])
def test_it_takes_no_letter_or_mark_for_a_tail(text: str) -> None:
    assert split_tail(text) == (text, "")


def test_it_has_english_and_chinese_for_everything_recorded() -> None:
    recorded = read_translations(RECORDED)

    gaps = [
        text
        for text, known in recorded.items()
        if not {"en", "zh"} <= {known["lang"], *known}
        or not all(known.values())
        or known["lang"] in set(known) - {"lang"}
    ]

    assert gaps == []
