from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from handlers.clock.clocks import ScaledClock
from handlers.demo.replay import IntakeError, Poster, Tally, replay
from sandbox.show import START, Answer, Batch, TimedPost

FAST = 50.0


def post(number: int, at: float = 0.0, answer: Answer = "accepted", source: str = "shop") -> TimedPost:
    return TimedPost(timedelta(seconds=at), source, {"event_id": str(number)}, answer)


def batch(*posts: TimedPost, at: float = 0.0) -> Batch:
    return Batch(timedelta(seconds=at), posts[0].source, posts)


def answer(*statuses: str) -> dict[str, Any]:
    return {"results": [{"event_id": str(n), "status": status} for n, status in enumerate(statuses, 1)]}


def test_it_counts_what_was_answered_and_remembers_what_the_bot_says_it_has() -> None:
    tally = Tally()

    tally.add(
        batch(post(1), post(2, answer="duplicate"), post(3, answer="refused")),
        answer("accepted", "duplicate", "refused"),
        again=False,
    )

    assert tally.counts == {"accepted": 1, "duplicate": 1, "refused": 1}
    assert tally.taken == {("shop", "1"), ("shop", "2")}
    assert tally.surprises == []


def test_it_notes_an_event_that_was_answered_otherwise_than_it_should_have_been() -> None:
    tally = Tally()

    tally.add(batch(post(1, answer="refused")), answer("accepted"), again=False)

    assert [(one.event_id, one.expected, one.answered) for one in tally.surprises] == [("1", "refused", "accepted")]


def test_it_takes_a_duplicate_for_an_acceptance_whose_answer_was_lost() -> None:
    tally = Tally()

    tally.add(batch(post(1), post(2)), answer("duplicate", "accepted"), again=True)

    assert tally.counts == {"accepted": 2}
    assert tally.surprises == []


def test_it_refuses_an_answer_that_leaves_an_event_out() -> None:
    with pytest.raises(IntakeError, match="2 events were sent and 1 answered"):
        Tally().add(batch(post(1), post(2)), answer("accepted"), again=False)


class Intake:
    """Takes what comes and answers as it is told: a status, or "cut" for a connection that breaks."""

    def __init__(self, *answers: int | str) -> None:
        self._answers: Iterator[int | str] = iter(answers)
        self.bodies: list[bytes] = []
        self.keys: list[str] = []

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.bodies.append(body)
        self.keys.append(request.headers["Authorization"])
        said = next(self._answers, 200)
        if said == "cut":
            assert request.transport is not None
            request.transport.abort()
        if said != 200:
            return web.Response(status=int(said) if said != "cut" else 500, headers={"Retry-After": "0"})
        return web.json_response({"results": [{"event_id": "1", "status": "accepted"}] * len(body.splitlines())})


@asynccontextmanager
async def serving(intake: Intake) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/v1/feedback", intake.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("lost", [429, 503, "cut"])
async def test_it_sends_again_what_was_not_answered(lost: int | str) -> None:
    intake, tally = Intake(lost), Tally()

    async with serving(intake) as url, Poster(url, {"shop": "k1"}, tally) as poster:
        await poster.post(batch(post(1)))

    assert len(intake.bodies) == 2
    assert intake.bodies[0] == intake.bodies[1]
    assert (tally.counts["accepted"], tally.again) == (1, 1)


async def test_it_does_not_insist_when_the_bot_refuses_a_request() -> None:
    intake = Intake(401)

    async with serving(intake) as url, Poster(url, {"shop": "wrong"}, Tally()) as poster:
        with pytest.raises(IntakeError, match="shop with 401"):
            await poster.post(batch(post(1)))

    assert len(intake.bodies) == 1


async def test_it_plays_the_posts_of_each_source_in_order_with_its_own_key() -> None:
    intake, tally = Intake(), Tally()
    batches = [batch(post(number, at=number, source=source), at=number)
               for number in range(1, 6) for source in ("shop", "player")]  # fmt: skip

    async with serving(intake) as url, Poster(url, {"shop": "k1", "player": "k2"}, tally) as poster:
        await replay(batches, ScaledClock(START, FAST), START, poster)

    for key in ("Bearer k1", "Bearer k2"):
        sent = [body for body, theirs in zip(intake.bodies, intake.keys, strict=True) if theirs == key]
        assert sent == [f'{{"event_id":"{number}"}}'.encode() for number in range(1, 6)]


async def test_it_sends_nothing_before_its_time() -> None:
    intake, tally = Intake(), Tally()
    clock = ScaledClock(START - timedelta(seconds=10), FAST)

    async with serving(intake) as url, Poster(url, {"shop": "k1"}, tally) as poster:
        await replay([batch(post(1), at=5)], clock, START, poster)

    assert clock.now() >= START + timedelta(seconds=5)
    assert tally.behind >= timedelta(0)


async def test_it_ends_when_one_source_cannot_be_sent() -> None:
    intake = Intake(401)

    async with serving(intake) as url, Poster(url, {"shop": "wrong"}, Tally()) as poster:
        with pytest.raises(IntakeError):
            await replay([batch(post(1)), batch(post(2), at=3600)], ScaledClock(START, FAST), START, poster)
