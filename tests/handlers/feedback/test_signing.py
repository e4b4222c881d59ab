"""Only the holder of a source's secret is believed, only for five minutes, and only once."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.feedback.limits import Limits
from handlers.feedback.ports import IntakeUnavailableError
from handlers.feedback.signing import IN_A_THREAD_FROM, ReplayGuard, Signature, is_fresh, read_headers, sign, verify
from tests.handlers.feedback.conftest import Start
from tests.handlers.feedback.serving import KEY, OLD_SECRET, SECRET, WALL_TIME, Api

NOW = int(WALL_TIME)
EVENT = orjson.dumps({"event_id": "msg-1", "at": "2026-03-27T12:00:00Z", "kind": "like"})

names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


def outcome(attempt: Callable[[], object]) -> object:
    try:
        return attempt()
    except ValueError as refusal:
        return refusal


def signed(body: bytes, *, secret: bytes = SECRET, source: str = "shop", timestamp: int = NOW) -> dict[str, str]:
    return {
        "Livedesk-Source": source,
        "Livedesk-Timestamp": str(timestamp),
        "Livedesk-Signature": sign(secret, source, timestamp, body),
    }


def claim(headers: dict[str, str]) -> Signature:
    return read_headers(headers["Livedesk-Source"], headers["Livedesk-Timestamp"], headers["Livedesk-Signature"])


def believed(headers: dict[str, str], body: bytes, *secrets: bytes) -> bool:
    return asyncio.run(verify(claim(headers), secrets, body))


# ── the signature itself ─────────────────────────────────────────────────────────────────────────────────────────


@given(st.binary(min_size=1), names, st.integers(0, 10**11), st.binary())
def test_it_signs_as_the_page_for_integrators_says(secret: bytes, source: str, timestamp: int, body: bytes) -> None:
    code = hmac.new(secret, f"v1:{timestamp}:{source}:".encode() + body, hashlib.sha256).hexdigest()

    assert sign(secret, source, timestamp, body) == f"v1={code}"


@given(st.binary(min_size=1, max_size=64), names, st.integers(0, 10**11), st.binary(max_size=100))
def test_it_believes_the_holder_of_the_secret(secret: bytes, source: str, timestamp: int, body: bytes) -> None:
    headers = signed(body, secret=secret, source=source, timestamp=timestamp)

    assert believed(headers, body, secret)
    assert believed(headers, body, b"the new secret", secret)


@given(st.data(), st.binary(max_size=100))
def test_it_believes_nobody_who_changed_anything(data: st.DataObject, body: bytes) -> None:
    headers = signed(body)
    forged_body, forged = body, dict(headers)
    match data.draw(st.sampled_from(["body", "source", "timestamp", "digit", "secret"])):
        case "body":
            forged_body = data.draw(st.binary(max_size=100).filter(lambda other: other != body))
        case "source":
            forged["Livedesk-Source"] = data.draw(names.filter(lambda other: other != "shop"))
        case "timestamp":
            forged["Livedesk-Timestamp"] = str(data.draw(st.integers(0, 10**11).filter(lambda other: other != NOW)))
        case "digit":
            code = list(headers["Livedesk-Signature"])
            place = data.draw(st.integers(3, 66))
            code[place] = data.draw(st.sampled_from("0123456789abcdef").filter(lambda other: other != code[place]))
            forged["Livedesk-Signature"] = "".join(code)
        case "secret":
            forged = signed(body, secret=data.draw(st.binary(min_size=1).filter(lambda other: other != SECRET)))

    assert not believed(forged, forged_body, SECRET, OLD_SECRET)


def test_it_tells_a_colon_in_a_name_from_the_start_of_a_body() -> None:
    """`shop:` with the body `x` and `shop` with the body `:x` sign the same bytes, so the source is looked up first."""
    headers = signed(b"x", source="shop:")

    assert not believed(headers, b"x")  # a source that has no secrets


def test_it_believes_a_large_body_too() -> None:
    body = b" " * (IN_A_THREAD_FROM + 1)

    assert believed(signed(body), body, SECRET)
    assert not believed(signed(body), body + b" ", SECRET)


@given(st.none() | st.text(), st.none() | st.text(), st.none() | st.text())
def test_it_reads_or_refuses_any_headers(source: str | None, timestamp: str | None, signature: str | None) -> None:
    read = outcome(lambda: read_headers(source, timestamp, signature))

    assert isinstance(read, Signature) or "Livedesk-" in str(read)


# ── each good once ───────────────────────────────────────────────────────────────────────────────────────────────


def signature(number: int, timestamp: int = NOW) -> Signature:
    return Signature("shop", timestamp, f"{number:064x}")


def test_it_takes_a_signature_once() -> None:
    guard = ReplayGuard()

    assert guard.begin(signature(1), NOW)
    assert not guard.begin(signature(1), NOW + 200)
    assert guard.begin(signature(2), NOW)


def test_it_takes_a_signature_again_when_nothing_came_of_it() -> None:
    guard = ReplayGuard()
    guard.begin(signature(1), NOW)

    guard.release(signature(1))

    assert guard.begin(signature(1), NOW)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 200)), max_size=40))
def test_it_takes_no_fresh_signature_twice(uses: list[tuple[int, int]]) -> None:
    """Whatever the order in which signatures of different ages come while time moves on."""
    guard = ReplayGuard()
    taken: set[Signature] = set()
    now = NOW
    for number, seconds in uses:
        now += seconds
        used = signature(number, NOW + number * 250)
        if is_fresh(used, now):
            assert guard.begin(used, now) == (used not in taken)
            taken.add(used)


def test_it_remembers_no_more_than_it_has_room_for() -> None:
    guard = ReplayGuard(capacity=3)

    for number in range(10):
        guard.begin(signature(number), NOW)

    assert not guard.begin(signature(9), NOW)
    assert guard.begin(signature(0), NOW)


# ── over HTTP ────────────────────────────────────────────────────────────────────────────────────────────────────


async def post(api: Api, headers: dict[str, str], body: bytes = EVENT) -> tuple[int, Any]:
    status, answer, _ = await api.post(body, headers, key=None)
    return status, answer


async def test_it_takes_a_signed_request(api: Api) -> None:
    status, answer = await post(api, signed(EVENT))

    assert (status, answer["accepted"]) == (200, 1)


async def test_it_checks_the_bytes_as_they_were_sent(api: Api) -> None:
    body = gzip.compress(EVENT)

    status, answer = await post(api, {**signed(body), "Content-Encoding": "gzip"}, body)

    assert (status, answer["accepted"]) == (200, 1)


async def test_it_takes_the_old_and_the_new_secret_during_a_rotation(api: Api) -> None:
    api.keys.secret_list["shop"] = [SECRET, OLD_SECRET]

    statuses = [(await post(api, signed(EVENT, secret=secret)))[0] for secret in (OLD_SECRET, SECRET)]

    assert statuses == [200, 200]


async def test_it_refuses_the_old_secret_after_the_rotation(api: Api) -> None:
    status, _ = await post(api, signed(EVENT, secret=OLD_SECRET))

    assert status == 401
    assert api.intake.stored() == []


@pytest.mark.parametrize("seconds", [-301, 301, -(10**6), 10**6])
async def test_it_refuses_a_signature_from_another_time(api: Api, seconds: int) -> None:
    status, problem = await post(api, signed(EVENT, timestamp=NOW + seconds))

    assert status == 401
    assert "clock" in problem["detail"]


@pytest.mark.parametrize("seconds", [-300, 300])
async def test_it_allows_for_clocks_five_minutes_apart(api: Api, seconds: int) -> None:
    status, _ = await post(api, signed(EVENT, timestamp=NOW + seconds))

    assert status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {**signed(EVENT), "Livedesk-Source": "desk"},
        {**signed(EVENT), "Livedesk-Timestamp": str(NOW + 1)},
        {**signed(EVENT), "Livedesk-Signature": "v1=" + "0" * 64},
        {**signed(EVENT), "Livedesk-Signature": "v0=" + "0" * 64},
        {**signed(EVENT), "Livedesk-Signature": "\xe9" * 67},
        signed(EVENT, source="nobody"),
        signed(b"another body"),
        {"Livedesk-Signature": sign(SECRET, "shop", NOW, EVENT)},
    ],
    ids=["source", "timestamp", "digest", "version", "not ascii", "unknown source", "body", "alone"],
)
async def test_it_refuses_a_forged_request(api: Api, headers: dict[str, str]) -> None:
    status, _ = await post(api, headers)

    assert status == 401
    assert api.intake.stored() == []


async def test_it_judges_a_signed_request_by_its_signature_even_with_a_good_key(api: Api) -> None:
    status, _, _ = await api.post(EVENT, signed(b"another body"), key=KEY)

    assert status == 401


async def test_it_refuses_a_replayed_request(api: Api) -> None:
    headers = signed(EVENT)
    await post(api, headers)

    status, problem = await post(api, headers)

    assert status == 409
    assert "sign again" in problem["detail"]


async def test_it_takes_the_same_signature_again_after_a_failure_of_ours(api: Api) -> None:
    headers = signed(EVENT)
    api.intake.broken = IntakeUnavailableError("busy")
    first, _ = await post(api, headers)
    api.intake.broken = None

    second, _ = await post(api, headers)

    assert (first, second) == (503, 200)


async def test_it_spends_nothing_of_a_source_on_requests_with_a_forged_signature(start: Start) -> None:
    api = await start(Limits(events=1, per_second=1))
    for _ in range(5):
        await post(api, signed(b"another body"))

    status, _ = await post(api, signed(EVENT))

    assert status == 200


async def test_it_shows_counters_to_a_signed_request(api: Api) -> None:
    await post(api, signed(EVENT))

    async with api.client.get("/v1/source", headers=signed(b"")) as response:
        assert (await response.json())["accepted"] == 1


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic bGs6", KEY, "Bearer nobody", "Bearer é"])
async def test_it_refuses_who_has_no_key(api: Api, authorization: str) -> None:
    status, problem, headers = await api.post(EVENT, {"Authorization": authorization}, key=None)

    assert status == 401
    assert headers["WWW-Authenticate"].startswith("Bearer")
    assert "nobody" not in str(problem)


async def test_it_refuses_a_key_under_the_name_of_another_source(api: Api) -> None:
    status, _, _ = await api.post(EVENT, {"Livedesk-Source": "desk"})

    assert status == 403
    assert api.intake.stored() == []
