"""The API as an integrator meets it: over HTTP, answered event by event, and nothing lost on the way."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import structlog

from handlers.feedback.limits import Limits
from handlers.feedback.ports import IntakeUnavailableError
from tests.desk.intake.examples import NAUGHTY
from tests.handlers.feedback.conftest import Start
from tests.handlers.feedback.serving import KEY, Api

NDJSON = {"Content-Type": "application/x-ndjson"}
GZIP = {"Content-Encoding": "gzip"}


def comment(event_id: str = "msg-1", **changes: Any) -> dict[str, Any]:
    event = {"event_id": event_id, "at": "2026-03-27T12:00:00Z", "kind": "chat_comment", "text": "sold out again?"}
    return {**event, **changes}


def lines(*events: object) -> bytes:
    return b"\n".join(orjson.dumps(event) for event in events)


# ── who goes first ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_takes_nothing_apart_while_something_else_goes_first(start: Start) -> None:
    asked, free = asyncio.Event(), asyncio.Event()

    async def give_way() -> None:
        asked.set()
        await free.wait()

    api = await start(give_way=give_way)
    posting = asyncio.create_task(api.post(orjson.dumps(comment())))
    await asked.wait()
    assert api.intake.stored() == []
    free.set()
    status, answer, _ = await posting
    assert (status, answer["accepted"]) == (200, 1)


# ── what is taken ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_answers_one_event_once_it_is_stored(api: Api) -> None:
    status, answer, _ = await api.post(orjson.dumps(comment(viewer="user-77")))

    assert status == 200
    assert answer == {
        "accepted": 1,
        "duplicate": 0,
        "refused": 0,
        "results": [{"event_id": "msg-1", "status": "accepted"}],
    }
    [stored] = api.intake.stored()
    assert (stored["source"], stored["text"]) == ("shop", "sold out again?")
    assert b"user-77" not in stored["viewer"]


@pytest.mark.parametrize("form", ["array", "ndjson", "undeclared ndjson", "gzip array", "two gzip members"])
async def test_it_takes_many_events_in_every_form(api: Api, form: str) -> None:
    events = [comment(f"msg-{n}", text=f"wo ist Größe {n}? 🙏") for n in range(30)]
    body, headers = {
        "array": (orjson.dumps(events, option=orjson.OPT_INDENT_2), {}),
        "ndjson": (lines(*events) + b"\r\n\r\n", NDJSON),
        "undeclared ndjson": (lines(*events), {}),
        "gzip array": (gzip.compress(orjson.dumps(events)), GZIP),
        "two gzip members": (
            gzip.compress(lines(*events[:10]) + b"\n") + gzip.compress(lines(*events[10:])),
            GZIP | NDJSON,
        ),
    }[form]

    status, answer, _ = await api.post(body, headers)

    assert (status, answer["accepted"]) == (200, 30)
    assert [result["event_id"] for result in answer["results"]] == [event["event_id"] for event in events]
    assert [stored["text"] for stored in api.intake.stored()] == [event["text"] for event in events]


async def test_it_stores_an_event_once_however_often_it_comes(api: Api) -> None:
    await api.post(orjson.dumps(comment()))

    _, answer, _ = await api.post(orjson.dumps([comment(text="changed"), comment("msg-2"), comment("msg-2")]))

    assert [result["status"] for result in answer["results"]] == ["duplicate", "accepted", "duplicate"]
    assert [stored["text"] for stored in api.intake.stored()] == ["sold out again?", "sold out again?"]


async def test_it_keeps_the_same_id_of_two_sources_apart(api: Api) -> None:
    await api.post(orjson.dumps(comment()))

    _, answer, _ = await api.post(orjson.dumps(comment()), key="lk_desk_77aa")

    assert answer["accepted"] == 1


# ── what is refused, and that the rest goes on ───────────────────────────────────────────────────────────────────


async def test_it_refuses_one_event_and_takes_the_others(api: Api) -> None:
    events = [comment("a"), comment("b", at="2026-03-27T12:00:00"), {}, 7, comment("e", kind="shout"), comment("f")]

    status, answer, _ = await api.post(orjson.dumps(events))

    assert status == 200
    assert (answer["accepted"], answer["refused"]) == (2, 4)
    assert [result.get("field") for result in answer["results"]] == [None, "at", "event_id", "event", "kind", None]
    assert all(result["reason"] for result in answer["results"] if result["status"] == "refused")


async def test_it_names_the_line_that_is_no_json(api: Api) -> None:
    body = b"\n".join(
        [lines(comment("a")), b'{"event_id": "b", ', b"", b'{"event_id": "\xff"}', b"[" * 9_000, lines(comment("f"))]
    )

    _, answer, _ = await api.post(body, NDJSON)

    assert [result.get("field") for result in answer["results"]] == [None, "line 2", "line 4", "line 5", None]
    assert answer["accepted"] == 2


async def test_it_takes_the_neighbours_of_a_megabyte_of_paste(api: Api) -> None:
    paste = "x" * 1_000_000
    array = orjson.dumps([comment("a"), comment("b", text=paste), comment("c")])
    ndjson = lines(comment("d"), comment("e", text=paste), comment("f"))

    _, of_array, _ = await api.post(array)
    _, of_lines, _ = await api.post(ndjson, NDJSON)

    assert [result.get("field") for result in of_array["results"]] == [None, "text", None]
    assert [result.get("field") for result in of_lines["results"]] == [None, "line 2", None]


async def test_it_renders_naughty_strings_harmless_or_refuses_them(api: Api) -> None:
    events = [comment(f"naughty-{n}", text=text, viewer=text[:200]) for n, text in enumerate(NAUGHTY)]
    body = json.dumps(events).encode()  # escapes lone surrogates and NUL, as hostile clients do

    status, answer, _ = await api.post(body)

    assert status == 200
    assert answer["accepted"] + answer["refused"] == len(NAUGHTY)
    assert {result.get("field") for result in answer["results"]} <= {None, "text"}
    assert all("\x00" not in stored["text"] for stored in api.intake.stored())


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        (b"", None, None),
        (b" \n\t ", None, None),
        (b"hello", 1, 1),
        (b"\n\n  null", 3, 3),
        (b'{"event_id": "a"', 1, 17),
        (b'[{"event_id": "a"},\n {"event_id": }]', 2, 15),
        (b'[{"event_id": "a"}', 1, 19),
        (b'[{"event_id": "a"}] []', 1, 21),
        (b'[{"event_id": "a"},]', 1, 20),
        (b'[{"event_id": "\xff"}]', 1, 16),
        (b"[" * 100_000, None, None),
        (b'{"event_id": "a", "value": ' + b"1" * 10_000 + b"}", None, None),
    ],
    ids=range(12),
)
async def test_it_says_where_a_body_cannot_be_read(api: Api, body: bytes, line: int | None, column: int | None) -> None:
    status, problem, headers = await api.post(body)

    assert (status, headers["Content-Type"]) == (400, "application/problem+json")
    assert problem["detail"].startswith("The body ")
    assert (problem.get("line"), problem.get("column")) == (line, column)


async def test_it_stores_nothing_of_an_array_that_breaks_off(api: Api) -> None:
    whole = orjson.dumps([comment(f"msg-{n}", text="x" * 200) for n in range(2_000)])

    status, _, _ = await api.post(whole[: len(whole) // 2])

    assert status == 400
    assert api.intake.stored() == []


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "text/csv", "multipart/form-data"])
async def test_it_says_which_content_types_it_reads(api: Api, media_type: str) -> None:
    status, problem, _ = await api.post(orjson.dumps(comment()), {"Content-Type": media_type})

    assert status == 415
    assert "application/x-ndjson" in problem["detail"]


async def test_it_says_which_encodings_it_reads(api: Api) -> None:
    status, _, headers = await api.post(b"\x28\xb5\x2f\xfd", {"Content-Encoding": "zstd"})

    assert (status, headers["Accept-Encoding"]) == (415, "gzip, identity")


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(b"[" + b" " * 9_999, mtime=0)[:-20], gzip.compress(b"[]", mtime=0) + b"x"]
)
async def test_it_refuses_broken_gzip(api: Api, body: bytes) -> None:
    status, problem, _ = await api.post(body, GZIP)

    assert status == 400
    assert "gzip" in problem["detail"]


async def test_it_stops_inflating_a_bomb_at_the_limit(start: Start) -> None:
    api = await start(Limits(body=100_000))
    bomb = gzip.compress(b" " * 50_000_000)

    status, problem, _ = await api.post(bomb, GZIP)

    assert (status, problem["limit"]) == (413, 100_000)


async def test_it_refuses_a_body_that_is_declared_too_large(start: Start) -> None:
    api = await start(Limits(body=1_000))

    status, problem, _ = await api.post(b"[" + b" " * 1_500 + b"]")

    assert (status, problem["limit"]) == (413, 1_000)


async def test_it_refuses_a_body_that_grows_too_large(start: Start) -> None:
    api = await start(Limits(body=1_000))

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(15):
            yield b" " * 100

    status, _, _ = await api.post(chunks())

    assert status == 413


async def test_it_refuses_more_events_than_fit_in_a_request(start: Start) -> None:
    api = await start(Limits(events=3))

    status, problem, _ = await api.post(orjson.dumps([comment(str(n)) for n in range(4)]))

    assert (status, problem["limit"]) == (413, 3)
    assert api.intake.stored() == []


async def test_it_slows_down_a_source_and_stores_nothing_of_what_was_too_much(start: Start) -> None:
    api = await start(Limits(events=10, per_second=5))
    first, second = ([comment(f"{name}-{n}") for n in range(10)] for name in "ab")
    await api.post(orjson.dumps(first))

    status, problem, headers = await api.post(orjson.dumps(second))

    assert (status, headers["Retry-After"], problem["retry_after"]) == (429, "1", 1)
    assert len(api.intake.stored()) == 10


async def test_it_takes_the_same_request_after_the_time_it_named(start: Start) -> None:
    api = await start(Limits(events=10, per_second=5))
    for name in "abc":
        await api.post(orjson.dumps([comment(f"{name}-{n}") for n in range(9)]))
    body = orjson.dumps([comment(f"d-{n}") for n in range(9)])
    _, _, headers = await api.post(body)

    api.monotonic += 2 + int(headers["Retry-After"])
    status, _, _ = await api.post(body)

    assert status == 200


async def test_it_limits_each_source_by_itself(start: Start) -> None:
    api = await start(Limits(events=2, per_second=1))
    for n in range(3):
        last, _, _ = await api.post(orjson.dumps(comment(str(n))))

    other, _, _ = await api.post(orjson.dumps(comment()), key="lk_desk_77aa")

    assert (last, other) == (429, 200)


async def test_it_gives_up_on_a_body_that_does_not_arrive(start: Start) -> None:
    api = await start(Limits(read_seconds=0.05))
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port)

    writer.write(
        f"POST /v1/feedback HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: 99\r\n\r\n[".encode()
    )
    status_line = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    await writer.wait_closed()

    assert b" 408 " in status_line


# ── when the store fails ─────────────────────────────────────────────────────────────────────────────────────────


async def test_it_promises_nothing_while_the_store_is_away(api: Api) -> None:
    api.intake.broken = IntakeUnavailableError("the disk is full", retry_after=12)

    status, problem, headers = await api.post(orjson.dumps(comment()))

    assert (status, headers["Retry-After"]) == (503, "12")
    assert "again" in problem["detail"]


async def test_it_keeps_viewers_words_out_of_answers_and_logs_when_the_store_breaks(api: Api) -> None:
    api.intake.broken = RuntimeError("INSERT failed for ('sold out again?', …)")

    with structlog.testing.capture_logs() as logs:
        status, problem, _ = await api.post(orjson.dumps(comment()))

    assert status == 503
    assert logs[0]["event"] == "feedback not stored"
    assert "sold out" not in f"{logs} {problem}"


async def test_it_takes_the_event_when_the_store_is_back(api: Api) -> None:
    api.intake.broken = IntakeUnavailableError("busy")
    await api.post(orjson.dumps(comment()))
    api.intake.broken = None

    _, answer, _ = await api.post(orjson.dumps(comment()))

    assert answer["accepted"] == 1


# ── counters ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_shows_a_source_what_came_from_it(api: Api) -> None:
    await api.post(orjson.dumps([comment("a"), comment("a"), comment("b", kind="shout")]))

    async with api.client.get("/v1/source", headers={"Authorization": f"Bearer {KEY}"}) as response:
        counters = await response.json()

    assert counters == {
        "source": "shop",
        "received": 3,
        "accepted": 1,
        "duplicate": 1,
        "late": 0,
        "refused": 1,
        "last_seen_at": "2026-03-27T12:00:00+00:00",
    }


async def test_it_knows_nothing_of_a_source_that_never_sent(api: Api) -> None:
    async with api.client.get("/v1/source", headers={"Authorization": f"Bearer {KEY}"}) as response:
        assert response.status == 404
