from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest
from aiohttp import web
from cryptography.fernet import Fernet

from desk.contacts.methods import is_url
from desk.messages import Action, Fill, Message, Paragraph, Text
from handlers.acknowledging.links import AcknowledgeLinks
from handlers.feedback.signing import is_fresh, read_headers, verify
from handlers.platform import Delivered, GiveUp, Outcome, TryLater
from handlers.webhook.guard import is_public
from handlers.webhook.platform import WebhookPlatform
from tests.factories import NOON

LINKS = AcknowledgeLinks(Fernet.generate_key().decode(), "https://livedesk.example/", lambda: NOON)
PAGE = Message(
    "page",
    "Page: P1 · Payment complaints in United States",
    severity="P1",
    parts=(Paragraph((Text("12 a minute"),)),),
    actions=(Action("acknowledge", "incident:7", 3, "Acknowledge"),),
    mentions=("maya",),
)
KEY = "ld0123456789abcdef0123"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Receiver:
    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answer: Answer | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((dict(request.headers), await request.read()))
        return await self.answer(request) if self.answer else web.Response(status=204)


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", made.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield made
    finally:
        await runner.cleanup()


def platform(**given: Any) -> WebhookPlatform:
    return WebhookPlatform(lambda url: f"secret of {url}", LINKS, lambda: NOON, **{"private": True, **given})


async def post(url: str, made: WebhookPlatform | None = None) -> Outcome:
    return await (made or platform()).post(url, None, PAGE, Fill(), KEY)


async def test_it_signs_as_sources_sign_what_they_send_us() -> None:
    async with receiver() as hook:
        outcome = await post(hook.url)

    assert outcome == Delivered(KEY)
    ((headers, body),) = hook.requests
    signature = read_headers(headers["Livedesk-Source"], headers["Livedesk-Timestamp"], headers["Livedesk-Signature"])
    assert is_fresh(signature, NOON.timestamp())
    assert await verify(signature, [f"secret of {hook.url}".encode()], body)
    assert not await verify(signature, [b"another secret"], body)
    assert not await verify(signature, [f"secret of {hook.url}".encode()], body + b" ")
    assert headers["Idempotency-Key"] == KEY
    said = orjson.loads(body)
    assert (said["type"], said["id"], said["person"], said["severity"]) == ("page", KEY, "maya", "P1")
    assert said["headline"] == PAGE.headline
    assert "12 a minute" in said["text"]
    (link,) = said["acknowledge"]
    assert link["incident"] == 7
    assert link["url"].startswith("https://livedesk.example/v1/acknowledge/lda_")


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {}, Delivered(KEY)),
        (429, {"Retry-After": "7"}, timedelta(seconds=7)),
        (503, {"Retry-After": "Fri, 06 Mar 2026 12:00:00 GMT"}, timedelta(seconds=20)),
        (503, {"Retry-After": "9999999"}, timedelta(hours=1)),
        (500, {"Retry-After": "nan"}, timedelta(seconds=20)),
        (408, {}, timedelta(seconds=20)),
        (400, {}, False),
        (401, {}, False),
        (404, {}, True),
        (410, {}, True),
        (301, {"Location": "/elsewhere"}, True),
    ],
)
async def test_it_tells_what_passes_from_what_never_will(
    status: int, headers: dict[str, str], expected: Delivered | timedelta | bool
) -> None:
    async def answer(request: web.Request) -> web.Response:
        del request
        return web.Response(status=status, headers=headers)

    async with receiver() as hook:
        hook.answer = answer
        outcome = await post(hook.url)

    if isinstance(expected, timedelta):
        assert isinstance(outcome, TryLater)
        assert outcome.after == expected
    elif isinstance(expected, bool):
        assert isinstance(outcome, GiveUp)
        assert outcome.gone is expected
    else:
        assert outcome == expected
    assert len(hook.requests) == 1, "no redirect is followed"


async def test_it_does_not_read_an_answer_without_end() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        endless = web.StreamResponse()
        await endless.prepare(request)
        while True:
            await endless.write(b"x" * 65536)
            await asyncio.sleep(0)

    async with receiver() as hook:
        hook.answer = answer
        began = time.monotonic()
        outcome = await post(hook.url)

    assert outcome == Delivered(KEY)
    assert time.monotonic() - began < 5


async def test_it_waits_for_a_slow_or_absent_server_no_longer_than_its_time() -> None:
    async def answer(request: web.Request) -> web.Response:
        del request
        await asyncio.sleep(60)
        return web.Response()

    async with receiver() as hook:
        hook.answer = answer
        slow = await post(hook.url, platform(seconds=0.5))
    absent = await post(hook.url)

    assert isinstance(slow, TryLater)
    assert isinstance(absent, TryLater)


async def test_it_posts_to_the_internet_alone_unless_a_setting_says_otherwise() -> None:
    strict = platform(private=False)
    async with receiver() as hook:
        port = hook.url.split(":")[2].split("/")[0]
        for url in (hook.url, f"https://127.0.0.1:{port}/", f"https://localhost:{port}/", "file:///etc/passwd"):
            outcome = await post(url, strict)
            assert isinstance(outcome, GiveUp), url

    assert hook.requests == []


async def test_a_name_that_leads_home_is_caught_when_it_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is checked is the address that is connected to, not one that the name had a moment before."""
    import aiohttp

    class Lying(aiohttp.abc.AbstractResolver):
        def __init__(self, *given: Any, **more: Any) -> None:
            del given, more

        async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[Any]:
            return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": 2, "proto": 6, "flags": 0}]

        async def close(self) -> None:
            pass

    monkeypatch.setattr(aiohttp.connector, "DefaultResolver", Lying)
    async with receiver() as hook:
        port = hook.url.split(":")[2].split("/")[0]
        outcome = await post(f"https://hooks.example.com:{port}/", platform(private=False))

    assert isinstance(outcome, GiveUp)
    assert "not on the internet" in outcome.reason
    assert hook.requests == []


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "172.16.0.1", "192.168.1.1", "127.1.2.3", "169.254.169.254", "0.0.0.0", "224.0.0.1", "100.64.0.1",
     "::1", "fe80::1%eth0", "fc00::1", "::ffff:192.168.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "nonsense"],
)  # fmt: skip
def test_it_knows_the_addresses_of_private_networks_in_every_wrapping(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_it_knows_the_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "anywhere", "internet"),
    [
        ("https://hooks.example.com/ana", True, True),
        ("https://hooks.example.com:8443/a?b=c", True, True),
        ("http://hooks.example.com/", True, False),
        ("https://10.0.0.1/", True, False),
        ("https://localhost/", True, False),
        ("https://[::1]/", True, False),
        ("https://user:pass@hooks.example.com/", False, False),
        ("https://hooks.example.com/#part", False, False),
        ("https://hooks.example.com/\r\nX: 1", False, False),
        ("https://hooks.example.com:99999/", False, False),
        ("https:///path", False, False),
        ("file:///etc/passwd", False, False),
        ("javascript:alert(1)", False, False),
        ("https://" + "a" * 200 + ".example", False, False),
    ],
)
def test_it_tells_which_addresses_can_be_posted_to(url: str, anywhere: bool, internet: bool) -> None:
    assert (is_url(url, private=True), is_url(url, private=False)) == (anywhere, internet)


async def test_a_hand_over_note_says_how_to_confirm_it() -> None:
    have_it = Action("have_it", "handover:7", 4, "I have it", "primary")
    note = Message("notice", "Ana hands emea over to you", actions=(have_it,), mentions=("ben",))
    async with receiver() as hook:
        await platform().post(hook.url, None, note, Fill(), KEY)

    said = orjson.loads(hook.requests[0][1])
    assert (said["type"], said["person"], "acknowledge" in said) == ("notice", "ben", False)
    assert said["confirm"][0]["handover"] == 7
    assert "I have it" not in said["text"]
