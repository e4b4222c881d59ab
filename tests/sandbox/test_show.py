"""The demo's show: what it promises in size and kind, its story minute by minute, and that intake agrees with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from desk.intake.event import KINDS, Refused
from desk.intake.rules import read_event
from handlers.feedback.body import split
from sandbox import show
from sandbox.show.beats import DROP, EXIT_PEAK, HICCUP, OUTAGE, QUESTIONS, SPAM, Beat
from sandbox.show.library import Line
from sandbox.show.plan import minutes
from sandbox.show.posting import ALONE_BYTES

MARKETS = ("us", "eu", "sea")
SEEDS = (show.SEED, 1, 2026)

Said = tuple[float, Mapping[str, Any], Line]  # seconds into the show, the event, the line it was made from


@cache
def library() -> show.Library:
    return show.read_library()


@cache
def accepted(seed: int) -> tuple[tuple[float, Mapping[str, Any]], ...]:
    """Events that are to be stored, with the second of the show in which they happened."""
    return tuple(
        ((datetime.fromisoformat(post.payload["at"]) - show.START).total_seconds(), post.payload)
        for post in show.events(seed)
        if post.answer == "accepted" and not isinstance(post.payload, bytes)
    )


@cache
def comments(seed: int) -> tuple[Said, ...]:
    return tuple(
        (at, event, library().find(event["text"])) for at, event in accepted(seed) if event["kind"] == "chat_comment"
    )


def a_minute(seed: int, kind: str, start: str, end: str, market: str | None = None) -> float:
    """Events of a kind between two times of the show, per minute."""
    since, until = minutes(start), minutes(end)
    found = [
        event
        for at, event in accepted(seed)
        if event["kind"] == kind and since <= at < until and market in (None, event.get("market"))
    ]
    return len(found) * 60 / (until - since)


def complaining(line: Line) -> bool:
    return line.topic in ("outage", "no_sound", "spammer") or line.topic.startswith("complaint.")


def share_complaining(seed: int, start: str, end: str) -> float:
    """Complaints among the comments between two times of the show, the spammer's aside."""
    since, until = minutes(start), minutes(end)
    said = [line for at, _, line in comments(seed) if since <= at < until and line.topic != "spammer"]
    return sum(map(complaining, said)) / len(said)


def within(beat: Beat, which: Callable[[Line], bool], seed: int) -> list[Said]:
    return [(at, event, line) for at, event, line in comments(seed) if beat.covers(at) and which(line)]


each_seed = pytest.mark.parametrize("seed", SEEDS)


# ── size and order ───────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_the_same_show_for_the_same_seed() -> None:
    first = list(show.events(3))
    show._posts.cache_clear()

    assert list(show.events(3)) == first
    assert list(show.events(4)) != first


@each_seed
def test_it_sends_in_time_order_and_nothing_before_it_happened(seed: int) -> None:
    posts = list(show.events(seed))

    offsets = [post.offset for post in posts]
    early = [
        post
        for post in posts
        if post.answer != "refused"
        and not isinstance(post.payload, bytes)
        and datetime.fromisoformat(post.payload["at"]) > show.START + post.offset
    ]
    assert offsets == sorted(offsets)
    assert offsets[0] >= timedelta(0)
    assert early == []


@each_seed
def test_it_is_as_large_as_promised(seed: int) -> None:
    kinds = Counter(event["kind"] for _, event in accepted(seed))

    assert kinds.total() >= 9_000
    assert kinds["chat_comment"] >= 2_500
    assert set(kinds) == KINDS
    assert show.PLAN.length == timedelta(minutes=40).total_seconds()


@each_seed
def test_it_speaks_many_languages_also_where_the_platform_does_not_say_which(seed: int) -> None:
    spoken = Counter(line.lang for _, _, line in comments(seed))
    unsaid = Counter(line.lang for _, event, line in comments(seed) if "lang" not in event)

    languages = {"en", "es", "de", "fr", "it", "th", "id", "vi", "zh", "pt", "ar", "ja", "ko", "ru"}
    assert languages <= set(spoken)
    assert len(set(unsaid) & languages) >= 10
    assert all(event["lang"] == line.lang for _, event, line in comments(seed) if "lang" in event)


@each_seed
def test_it_resends_and_breaks_as_much_as_it_says(seed: int) -> None:
    posts = list(show.events(seed))
    identities = Counter(
        (post.source, post.payload["event_id"])
        for post in posts
        if post.answer != "refused" and not isinstance(post.payload, bytes)
    )

    counted = show.expected(seed)

    assert counted == show.Expected(stored=len(identities), duplicate=150, refused=60)
    assert identities.total() - len(identities) == counted.duplicate
    assert sum(len(post.line) > 1_000_000 for post in posts) == 1
    assert any(isinstance(post.payload, bytes) for post in posts)


def test_it_is_counted_in_the_docs_as_it_is() -> None:
    told = (Path(__file__).parents[2] / "docs" / "demo.md").read_text(encoding="utf-8")

    counted = show.expected()

    assert all(f"| {count:,} |" in told for count in (counted.stored, counted.duplicate, counted.refused))


@each_seed
def test_it_expects_of_intake_what_intake_answers(seed: int) -> None:
    """Over the requests as they are sent: NDJSON taken apart and read by the code that takes feedback."""
    known: set[tuple[str, str]] = set()
    wrong = []

    for batch in show.batches(show.events(seed), timedelta(seconds=5)):
        for post, value in zip(batch.posts, split(batch.body, is_lines=True), strict=True):
            event = value
            if not isinstance(value, Refused):
                event = read_event(value, source=batch.source, now=show.START + batch.offset)
            if isinstance(event, Refused):
                answer = "refused"
            else:
                identity = (batch.source, event.event_id)  # type: ignore[attr-defined] # not refused: an event
                answer = "duplicate" if identity in known else "accepted"
                known.add(identity)
            if answer != post.answer:
                wrong.append((post, answer))

    assert wrong == []


@pytest.mark.parametrize("every", [timedelta(seconds=0.5), timedelta(seconds=7), timedelta(minutes=3)])
def test_it_batches_by_source_without_losing_or_reordering_anything(every: timedelta) -> None:
    posts = list(show.events())

    batches = list(show.batches(posts, every))

    assert [batch.offset for batch in batches] == sorted(batch.offset for batch in batches)
    for source in show.SOURCES:
        sent = [
            post for batch in batches if batch.source == source for post in batch.posts if len(post.line) < ALONE_BYTES
        ]
        assert sent == [post for post in posts if post.source == source and len(post.line) < ALONE_BYTES]
    assert sum(len(batch.posts) for batch in batches) == len(posts)
    assert all(batch.offset - every <= post.offset < batch.offset for batch in batches for post in batch.posts)


def test_it_sends_a_payload_that_breaks_limits_in_a_request_of_its_own() -> None:
    large = [
        batch
        for batch in show.batches(show.events(), timedelta(minutes=1))
        if any(len(post.line) >= ALONE_BYTES for post in batch.posts)
    ]

    assert [len(batch.posts) for batch in large] == [1]


@each_seed
def test_it_lets_viewers_act_only_while_they_are_there(seed: int) -> None:
    joined = {event["viewer"]: at for at, event in accepted(seed) if event["kind"] == "join"}
    left = {event["viewer"]: at for at, event in accepted(seed) if event["kind"] == "leave"}

    absent = [
        event
        for at, event in accepted(seed)
        if event.get("show") and event.get("viewer") and event["kind"] != "satisfaction"
        and not joined[event["viewer"]] <= at <= left.get(event["viewer"], at)
    ]  # fmt: skip

    assert absent == []


def test_it_runs_its_segments_one_after_the_other() -> None:
    segments = show.PLAN.segments

    assert segments[0].start == 0
    assert all(before.end == after.start for before, after in pairwise(segments))
    assert {segment.product for segment in segments} - {None} == set(show.PLAN.prices)


# ── the story ────────────────────────────────────────────────────────────────────────────────────────────────────


@each_seed
def test_it_keeps_a_low_and_constant_share_of_complaints_by_many_viewers(seed: int) -> None:
    quiet = [(event, line) for _, event, line in comments(seed) if line.topic.startswith("complaint.")]

    thirds = [
        share_complaining(seed, start, end) for start, end in (("0:00", "8:00"), ("8:00", "21:00"), ("33:30", "40:00"))
    ]
    assert all(0.015 <= share <= 0.035 for share in thirds)
    assert len({event["viewer"] for event, _ in quiet}) == len(quiet)
    assert len({line.topic for _, line in quiet}) >= 6


@each_seed
def test_it_never_looks_like_a_spike_outside_its_story(seed: int) -> None:
    """Complaints of one category in one market and minute: a handful at the very most."""
    busiest = Counter(
        (int(at // 60), event["market"], line.topic)
        for at, event, line in comments(seed)
        if line.topic.startswith("complaint.")
    )

    assert max(busiest.values()) <= 3


@each_seed
@pytest.mark.parametrize("topic", ["q_skin", "q_retinol", "q_shipping"])
def test_it_asks_the_same_questions_in_many_languages(seed: int, topic: str) -> None:
    asked = [(at, event["viewer"], line.lang) for at, event, line in comments(seed) if line.topic == topic]

    assert len(asked) >= 25
    assert len({lang for _, _, lang in asked}) >= 7
    assert len({viewer for _, viewer, _ in asked}) >= 20
    assert all(QUESTIONS.covers(at) for at, _, _ in asked)


@each_seed
@pytest.mark.parametrize("market", MARKETS)
def test_it_loses_viewers_two_minutes_into_the_ingredient_list(seed: int, market: str) -> None:
    leaves = Counter(
        int(at // 60) for at, event in accepted(seed) if event["kind"] == "leave" and event["market"] == market
    )

    assert leaves.most_common(1)[0][0] == EXIT_PEAK // 60 == 10
    assert leaves[10] >= 4 * (leaves.total() - leaves[9] - leaves[10]) / 38
    assert show.PLAN.on_air(EXIT_PEAK).title == "serum: ingredient list"


@each_seed
def test_it_has_nobody_complain_about_the_ingredient_list(seed: int) -> None:
    assert share_complaining(seed, "9:00", "12:00") <= 0.035


@each_seed
def test_it_has_one_angry_viewer_say_everything_that_is_said_about_delivery_at_minute_twelve(seed: int) -> None:
    said = within(SPAM, lambda line: line.topic == "spammer", seed)

    assert len(said) == 25
    assert {(event["viewer"], event["market"]) for _, event, _ in said} == {("us-angry", "us")}
    assert (SPAM.start, SPAM.end) == (minutes("12:00"), minutes("14:00"))


@each_seed
@pytest.mark.parametrize("kind", ["chat_comment", "product_click", "add_to_cart", "like"])
def test_it_multiplies_everything_at_the_product_drop(seed: int, kind: str) -> None:
    before = a_minute(seed, kind, "8:00", "16:00")

    during = a_minute(seed, kind, "16:15", "17:30")

    assert DROP.start == minutes("16:00")
    assert 3.3 * before <= during <= 8 * before


@each_seed
def test_it_sells_most_at_the_product_drop(seed: int) -> None:
    assert a_minute(seed, "purchase", "16:45", "18:30") >= 3 * a_minute(seed, "purchase", "8:00", "16:00")


@each_seed
def test_it_has_no_larger_share_of_complaints_at_the_product_drop(seed: int) -> None:
    assert 0.015 <= share_complaining(seed, "16:00", "18:00") <= 0.035


@each_seed
def test_it_fails_every_payment_in_one_market_for_six_minutes(seed: int) -> None:
    during = [event for at, event in accepted(seed) if OUTAGE.covers(at) and event.get("market") == "us"]
    kinds = Counter(event["kind"] for event in during)

    assert (OUTAGE.start, OUTAGE.end, OUTAGE.market) == (minutes("21:00"), minutes("27:00"), "us")
    assert kinds["purchase"] == 0
    assert kinds["checkout"] >= 150
    assert kinds["payment_failed"] >= 150
    assert a_minute(seed, "payment_failed", "0:00", "21:00", "us") < 1
    assert a_minute(seed, "payment_failed", "27:00", "40:00", "us") < 1
    assert a_minute(seed, "purchase", "27:00", "30:00", "us") >= 10


@each_seed
def test_it_has_many_different_viewers_complain_about_payment_in_two_languages(seed: int) -> None:
    said = [(at, event, line) for at, event, line in comments(seed) if line.topic == "outage"]
    by_minute = Counter(int(at // 60) for at, _, _ in said if OUTAGE.covers(at))

    assert all(25 <= by_minute[minute] <= 40 for minute in range(21, 27))
    assert len({event["viewer"] for _, event, _ in said}) == len(said)
    assert {event["market"] for _, event, _ in said} == {"us"}
    assert min(Counter(line.lang for _, _, line in said).values()) >= 30
    assert {line.lang for _, _, line in said} == {"en", "es"}
    assert all(OUTAGE.start < at < OUTAGE.end + 60 for at, _, _ in said)


@each_seed
def test_it_has_those_who_complain_about_payment_fail_first(seed: int) -> None:
    failed: dict[str, float] = {}
    for at, event in accepted(seed):
        if event["kind"] == "payment_failed":
            failed.setdefault(event["viewer"], at)

    said = [(at, event) for at, event, line in comments(seed) if line.topic == "outage"]

    assert all(failed[event["viewer"]] < at for at, event in said)


@each_seed
def test_it_has_a_smaller_trouble_with_the_sound_in_europe(seed: int) -> None:
    said = within(HICCUP, lambda line: line.topic == "no_sound", seed)

    assert (HICCUP.start, HICCUP.end) == (minutes("31:00"), minutes("33:00"))
    assert {event["market"] for _, event, _ in said} == {"eu"}
    assert 16 <= len(said) <= 30
    assert len({event["viewer"] for _, event, _ in said}) == len(said)
    assert len({line.lang for _, _, line in said}) >= 3
    assert a_minute(seed, "stall", "31:00", "33:00", "eu") >= 10 * a_minute(seed, "stall", "0:00", "30:00", "eu")


@each_seed
def test_it_ends_in_praise_and_goodbyes(seed: int) -> None:
    last = Counter(line.topic for at, _, line in comments(seed) if at >= minutes("37:30"))

    assert last["farewell"] >= 0.3 * last.total()
    assert last["praise"] >= 0.05 * last.total()
