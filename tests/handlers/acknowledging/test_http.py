from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from cryptography.fernet import Fernet

from handlers.acknowledging.http import make_router, page_handler
from handlers.acknowledging.links import PATH, AcknowledgeLinks, Claim
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.handlers.feedback.serving import serve
from tests.stories.evening import Evening
from tests.stories.test_reaching import opened, trouble


@dataclass
class Served:
    evening: Evening
    links: AcknowledgeLinks
    client: ClientSession
    now: datetime = NOON

    def token(self, **given: Any) -> str:
        values = {"number": 1, "version": 1, "person": "maya", "ends_at": NOON + timedelta(hours=1), **given}
        return self.links.token(Claim(**values))

    async def ask(self, token: str, method: str = "GET") -> tuple[int, str, Any]:
        async with self.client.request(method, PATH + token, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers


@pytest.fixture
async def served(store: Store) -> AsyncIterator[Served]:
    evening = trouble(opened(store))
    async with AsyncExitStack() as stack:
        made = Served(evening, None, None)  # type: ignore[arg-type]
        made.links = AcknowledgeLinks(Fernet.generate_key().decode(), "http://x/", lambda: made.now)
        handle = page_handler(store, WORKSPACE, lambda: evening.configuration, lambda: made.now)
        port = await stack.enter_async_context(serve(lambda: make_router(made.links, handle)))
        made.client = await stack.enter_async_context(ClientSession(f"http://127.0.0.1:{port}"))
        yield made


def state(served: Served) -> tuple[str, str | None]:
    (row,) = served.evening.incidents()
    return row.state, row.acknowledged_by


async def test_a_look_changes_nothing_however_it_is_made(served: Served) -> None:
    for method in ("GET", "HEAD", "GET"):
        status, text, headers = await served.ask(served.token(), method)
        assert status == 200
        assert ('<form method="post">' in text) == (method == "GET")
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]

    assert state(served) == ("open", None)


async def test_the_button_acknowledges_once_and_a_late_one_says_so(served: Served) -> None:
    _, first, _ = await served.ask(served.token(), "POST")
    _, second, _ = await served.ask(served.token(person="jon"), "POST")
    _, look, _ = await served.ask(served.token())

    assert "It is yours" in first
    assert "Maya Torres already has it" in second
    assert "<form" not in look
    assert state(served) == ("acknowledged", "maya")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"person": "nobody"}, 410),
        ({"number": 99}, 410),
        ({"number": 99, "about": "handover"}, 410),
        ({"ends_at": NOON}, 410),
    ],
)
async def test_what_means_nothing_any_more_does_nothing(served: Served, given: dict[str, Any], status: int) -> None:
    for method in ("GET", "POST"):
        assert (await served.ask(served.token(**given), method))[0] == status

    assert state(served) == ("open", None)


async def test_an_older_state_of_the_incident_is_told_and_not_acted_on(served: Served) -> None:
    status, text, _ = await served.ask(served.token(version=0), "POST")

    assert status == 200
    assert "Nothing was changed" in text
    assert state(served) == ("open", None)


async def test_a_token_of_nobody_is_not_found(served: Served) -> None:
    for token in ("lda_x.y", served.token()[:-1], "%00", "lda_%3Cscript%3E"):
        status, text, _ = await served.ask(token, "POST")
        assert status == 404
        assert "<script>" not in text

    assert state(served) == ("open", None)
