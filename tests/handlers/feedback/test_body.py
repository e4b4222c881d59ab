"""A body is taken apart the same way in each of its forms, and anything else is said to be unreadable."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.intake.event import Refused
from handlers.feedback import body as body_module
from handlers.feedback.body import (
    CONTAINERS,
    EVENT_BYTES,
    UnreadableError,
    inflate,
    read_values,
    receive,
    split,
)
from handlers.feedback.limits import Limits
from handlers.feedback.problems import RequestError

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.floats(allow_nan=False, width=32)
objects = st.dictionaries(st.text(), scalars | st.lists(scalars, max_size=3), max_size=4)
blanks = st.text(" \t\r\n", max_size=5)


# Texts and nested objects that look like the end of an event.
thorny = st.recursive(
    scalars | st.text('},{[]":\\ \nx'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("},x"), inner, max_size=3),
    max_leaves=5,
)


@contextmanager
def small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body_module, "EVENT_BYTES", 0)
        patch.setattr(body_module, "CHUNK", 30)
        yield


def outcome(attempt: Callable[[], Any]) -> Any:
    try:
        return attempt()
    except (UnreadableError, RequestError, json.JSONDecodeError) as refusal:
        return refusal


def parts(body: bytes, *, is_lines: bool = False) -> list[Any]:
    return list(split(body, is_lines=is_lines))


@given(st.lists(objects, max_size=6), st.sampled_from([None, 1, "\t"]), blanks, blanks)
def test_it_reads_an_array_however_it_is_laid_out(events: list[Any], indent: Any, before: str, after: str) -> None:
    body = f"{before}{json.dumps(events, indent=indent)}{after}".encode()

    assert parts(body) == events
    assert parts(b"\xef\xbb\xbf" + body) == events


@given(st.lists(thorny, max_size=20), st.sampled_from([None, 1, "\t"]), blanks)
def test_it_reads_a_long_array_in_chunks_to_the_same_events(events: list[Any], indent: Any, after: str) -> None:
    body = f"{json.dumps(events, indent=indent)}{after}".encode()

    with small_chunks():
        assert parts(body) == events


@given(st.lists(thorny, min_size=1, max_size=20), st.data())
def test_it_finds_the_fault_of_a_long_array_where_the_standard_library_does(
    events: list[Any], data: st.DataObject
) -> None:
    body = json.dumps(events, indent=1, ensure_ascii=False)
    cut = body[: data.draw(st.integers(1, len(body) - 1))] + data.draw(st.sampled_from(["", "}", ",", "é"]))

    with small_chunks():
        found = outcome(lambda: parts(cut.encode()))

    expected = outcome(lambda: json.loads(cut))
    if isinstance(expected, json.JSONDecodeError):
        assert (found.line, found.column) == (expected.lineno, expected.colno)
    else:
        assert found == expected


@given(st.lists(objects, min_size=1, max_size=6), st.sampled_from(["\n", "\r\n", "\n\n", " \n\t"]), st.booleans())
def test_it_reads_one_event_a_line(events: list[Any], end: str, says_so: bool) -> None:
    body = "".join(json.dumps(event) + end for event in events).encode()

    assert parts(body, is_lines=says_so) == events


@given(objects, st.sampled_from([None, 2]))
def test_it_reads_one_event_over_several_lines(event: Any, indent: Any) -> None:
    assert parts(json.dumps(event, indent=indent).encode()) == [event]


@given(st.binary() | st.text('[]{},:"\\ \n0a').map(str.encode), st.booleans())
def test_it_reads_any_bytes_or_says_why_not(body: bytes, is_lines: bool) -> None:
    values = outcome(lambda: parts(body, is_lines=is_lines))

    assert isinstance(values, list | UnreadableError)


@given(st.lists(objects, min_size=1, max_size=4), st.data())
def test_it_never_takes_part_of_an_array_for_the_whole(events: list[Any], data: st.DataObject) -> None:
    body = json.dumps(events).encode()
    cut = data.draw(st.integers(1, len(body) - 1))

    with pytest.raises(UnreadableError):
        parts(body[:cut])


@given(st.lists(st.tuples(objects, st.booleans()), max_size=8))
def test_it_refuses_exactly_the_lines_that_are_broken(rows: list[tuple[Any, bool]]) -> None:
    body = b"\n".join(orjson.dumps(event) + (b"" if good else b"}") for event, good in rows) + b"\n "

    values = parts(body + b"\n{}", is_lines=True)

    fields = [value.field if isinstance(value, Refused) else None for value in values[: len(rows)]]
    assert fields == [None if good else f"line {number}" for number, (_, good) in enumerate(rows, 1)]


def test_it_takes_half_a_surrogate_pair_and_nan_for_the_rules_to_judge() -> None:
    short = b'[{"text": "\\ud83d"}, {"value": NaN}]'

    for body in (short, b"[" + b" " * EVENT_BYTES + short[1:]):
        first, second = parts(body)

        assert first == {"text": "\ud83d"}
        assert second["value"] != second["value"]


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"[]," * CONTAINERS + b"[]]",
        b'[{"a": [' + b"0," * 1_000_001 + b"0]}]",
        b'{"text": "' + b"x" * EVENT_BYTES + b'"}',
        b"[" * 300_000,
        b'{"a":' * 50_000,
    ],
    ids=["containers", "commas", "one event", "depth", "objects"],
)
def test_it_refuses_bodies_made_to_cost(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        parts(body)


async def test_it_lets_others_go_on_while_it_reads_a_large_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "SLICE_SECONDS", 0.0)
    body = orjson.dumps([{"event_id": f"msg-{n}", "text": "x" * 100} for n in range(3_000)])
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    background = asyncio.create_task(others())
    values = await read_values(body, is_lines=False, limits=Limits())
    background.cancel()

    assert len(values) == 3_000
    assert turns >= 3_000


# ── gzip and size ────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.binary(max_size=2_000), min_size=1, max_size=3))
def test_it_inflates_what_gzip_made(members: list[bytes]) -> None:
    body = b"".join(gzip.compress(member) for member in members)

    assert asyncio.run(inflate(body, 10_000)) == b"".join(members)


@given(st.binary(min_size=1, max_size=500))
def test_it_inflates_any_bytes_or_says_that_they_are_broken(body: bytes) -> None:
    inflated = outcome(lambda: asyncio.run(inflate(body, 10_000)))

    assert isinstance(inflated, bytes) or inflated.status == 400


@given(st.binary(max_size=2_000), st.data())
def test_it_never_takes_part_of_a_gzip_body_for_the_whole(content: bytes, data: st.DataObject) -> None:
    body = gzip.compress(content)
    cut = data.draw(st.integers(1, len(body) - 1))

    with pytest.raises(RequestError) as refusal:
        asyncio.run(inflate(body[:cut], 10_000))

    assert refusal.value.status == 400


@given(st.integers(0, 3_000), st.integers(1, 1_000))
def test_it_inflates_up_to_the_limit_and_no_further(size: int, limit: int) -> None:
    body = gzip.compress(b" " * size)

    if size <= limit:
        assert len(asyncio.run(inflate(body, limit))) == size
    else:
        with pytest.raises(RequestError) as refusal:
            asyncio.run(inflate(body, limit))
        assert refusal.value.status == 413


@given(st.lists(st.binary(max_size=100), max_size=20), st.integers(1, 500), st.booleans())
def test_it_receives_up_to_the_limit_and_no_further(chunks: list[bytes], limit: int, is_declared: bool) -> None:
    whole = b"".join(chunks)

    async def arriving() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    receiving = receive(arriving(), len(whole) if is_declared else None, limit)

    if len(whole) <= limit:
        assert asyncio.run(receiving) == whole
    else:
        with pytest.raises(RequestError) as refusal:
            asyncio.run(receiving)
        assert refusal.value.status == 413
