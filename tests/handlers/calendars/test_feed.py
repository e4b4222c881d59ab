"""Calendars over the real server, out of the real store."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from aiohttp import ClientSession
from icalendar import Calendar

from desk.configuration.model import Configuration
from handlers.calendars.feed import AT_ONCE, PACE, STRANGERS, calendar_loader, make_router
from handlers.calendars.links import PATH, new_secret
from handlers.configuration import dump, load_text, restore
from handlers.logs import configure_logs
from handlers.settings import LogPolicy
from store import calendars, workspaces
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.handlers.feedback.serving import serve
from tests.stories.evening import HOUSE


@dataclass
class Served:
    store: Store
    client: ClientSession
    configuration: Configuration
    now: float = 1000.0  # seconds of the clock that paces requests

    def link(self, kind: calendars.Kind = "schedule", subject: str = "americas") -> str:
        secret = new_secret()
        self.store.write(lambda c: calendars.add(c, WORKSPACE, kind, subject, secret, "en", "ana", NOON))
        return secret

    async def get(self, secret: str, method: str = "GET", **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
        async with self.client.request(method, f"{PATH}{secret}.ics", headers=headers) as answer:
            return answer.status, await answer.read(), answer.headers


@pytest.fixture
async def served(store: Store) -> AsyncIterator[Served]:
    body = dump(load_text(HOUSE, "livedesk.yaml"))
    version = store.write(lambda c: workspaces.keep_configuration(c, WORKSPACE, body, NOON))
    async with AsyncExitStack() as stack:
        made = Served(store, None, restore(body, version))  # type: ignore[arg-type]
        load = calendar_loader(store, WORKSPACE, lambda: made.configuration, lambda: NOON)
        port = await stack.enter_async_context(serve(lambda: make_router(load, lambda: made.now)))
        made.client = await stack.enter_async_context(ClientSession(f"http://127.0.0.1:{port}"))
        yield made


async def test_it_gives_a_schedule_to_whoever_has_the_link(served: Served) -> None:
    status, body, headers = await served.get(served.link())

    (calendar,) = Calendar.from_ical(body, multiple=True)
    events = calendar.walk("VEVENT")
    assert status == 200
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert {str(one["SUMMARY"]) for one in events} == {"On call: Maya Torres (americas)", "Nobody on call: americas"}
    assert events[-1]["DTEND"].dt > NOON + timedelta(weeks=26)
    assert {int(one["SEQUENCE"]) for one in events} == {served.configuration.version}


async def test_it_gives_a_person_their_own_shifts(served: Served) -> None:
    _, body, _ = await served.get(served.link("person", "maya"))
    _, none, _ = await served.get(served.link("person", "jon"))

    assert b"SUMMARY:On call: americas\r\n" in body
    assert b"Nobody" not in body
    assert b"BEGIN:VEVENT" not in none


async def test_it_sends_nothing_anew_that_has_not_changed(served: Served) -> None:
    secret = served.link()
    _, _, headers = await served.get(secret)
    tag = headers["ETag"]

    same = await served.get(secret, **{"If-None-Match": f'"other", W/{tag}'})
    other = await served.get(secret, **{"If-None-Match": '"other"'})

    assert (same[0], same[1], same[2]["ETag"]) == (304, b"", tag)
    assert other[0] == 200

    served.configuration = replace(served.configuration, version=served.configuration.version + 1)
    assert (await served.get(secret, **{"If-None-Match": tag}))[0] == 200


async def test_it_answers_head_like_get(served: Served) -> None:
    secret = served.link()
    _, body, headers = await served.get(secret)

    status, nothing, told = await served.get(secret, "HEAD")

    assert (status, nothing, told["ETag"], told["Content-Length"]) == (200, b"", headers["ETag"], str(len(body)))


async def test_it_tells_nobody_whether_a_link_ever_was(served: Served) -> None:
    ended, gone = served.link(), served.link("person", "jon")
    await served.get(ended)
    await served.get(gone)
    served.link()
    people = {key: one for key, one in served.configuration.people.items() if key != "jon"}
    served.configuration = replace(served.configuration, people=people)

    answers = [await served.get(one) for one in (ended, gone, new_secret(), "ldc_short", "x" * 3000)]

    assert {(status, body) for status, body, _ in answers} == {(404, answers[0][1])}
    assert len({tuple(name for name in headers if name.lower() != "date") for _, _, headers in answers}) == 1


async def test_it_slows_down_whoever_asks_too_often(served: Served) -> None:
    secret, other = served.link(), served.link("person", "maya")

    statuses = [(await served.get(secret))[0] for _ in range(AT_ONCE + 2)]
    refused = await served.get(secret)

    assert statuses == [200] * (AT_ONCE + 1) + [429]
    assert 0 < int(refused[2]["Retry-After"]) <= PACE
    assert (await served.get(other))[0] == 200

    served.now += PACE
    assert (await served.get(secret))[0] == 200


async def test_it_keeps_strangers_from_asking_the_database_without_end(served: Served) -> None:
    known = served.link()
    await served.get(known)

    statuses = [(await served.get(new_secret()))[0] for _ in range(STRANGERS * 2 + 2)]

    assert 429 in statuses
    assert (await served.get(known))[0] == 200


async def test_it_serves_many_at_once(served: Served) -> None:
    secrets = [served.link(), *(served.link("person", name) for name in ("maya", "jon", "ana"))]

    answers = await asyncio.gather(*(served.get(one) for one in secrets))

    assert [status for status, _, _ in answers] == [200] * 4


async def test_it_never_logs_a_link(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    monkeypatch.setattr("sys.stderr", heard)
    configure_logs(LogPolicy("debug", "json"))
    try:
        secret = served.link()
        await served.get(secret)
        await served.get(new_secret())
        logging.getLogger("test").error("could not answer GET %s%s.ics", PATH, secret)
        logging.getLogger("test").error("it was %s", secret)
    finally:
        root.handlers, root.level = handlers, level

    assert "[hidden]" in heard.getvalue()
    assert secret not in heard.getvalue()
    assert "ldc_" not in heard.getvalue()
