from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.configuration.model import Policy, Route, Step, Target
from desk.messages import Severity
from desk.oncall.escalation import START, Exhausted, NobodyReached, Notify, Position, escalate, schedules_of
from desk.oncall.resolve import Answer
from desk.oncall.routing import route
from tests.desk.oncall.examples import instant

NOW = instant("2026-03-06T12:10")
FIVE = timedelta(minutes=5)
TEN = timedelta(minutes=10)


def to_schedule(name: str) -> Target:
    return Target("schedule", name)


def to_person(name: str) -> Target:
    return Target("person", name)


def to_channel(name: str) -> Target:
    return Target("channel", name)


def step(*targets: Target, wait: timedelta = FIVE) -> Step:
    return Step(targets, wait)


def policy(*steps: Step, repeat: int = 0) -> Policy:
    return Policy("urgent", steps, repeat)


ON = {"emea": Answer((("ana", None),), "ana: layer weekdays, turn 14")}
OFF = {"emea": Answer((), "nobody: layer weekdays is outside its hours")}


def test_it_notifies_whoever_is_on_call_and_says_when_the_next_step_is_due() -> None:
    decided = escalate(policy(step(to_schedule("emea")), step(to_person("olga"), wait=TEN)), START, NOW, ON)

    assert isinstance(decided, Notify)
    assert [(reached.person, reached.why) for reached in decided.people] == [
        ("ana", "schedule emea, ana: layer weekdays, turn 14")
    ]
    assert (decided.then, decided.due_at) == (Position(0, 1), NOW + FIVE)


def test_it_notifies_everybody_of_a_schedule_of_several() -> None:
    both = {"emea": Answer((("ana", None), ("ben", None)), "…")}

    decided = escalate(policy(step(to_schedule("emea"))), START, NOW, both)

    assert isinstance(decided, Notify)
    assert [reached.person for reached in decided.people] == ["ana", "ben"]


def test_it_notifies_each_person_once_per_step() -> None:
    decided = escalate(policy(step(to_schedule("emea"), to_person("ana"))), START, NOW, ON)

    assert isinstance(decided, Notify)
    assert [reached.person for reached in decided.people] == ["ana"]


def test_it_notifies_channels() -> None:
    decided = escalate(policy(step(to_channel("slack:C0EMEAOPS1"))), START, NOW, {})

    assert isinstance(decided, Notify)
    assert (decided.people, decided.channels) == ((), ("slack:C0EMEAOPS1",))


def test_it_falls_through_a_step_without_anybody_at_once_and_says_so() -> None:
    decided = escalate(policy(step(to_schedule("emea")), step(to_person("olga"), wait=TEN)), START, NOW, OFF)

    assert isinstance(decided, Notify)
    assert decided.position == Position(0, 1)
    assert [reached.person for reached in decided.people] == ["olga"]
    assert decided.due_at == NOW + TEN
    assert decided.fell_through == ("step 1, schedule emea has nobody: layer weekdays is outside its hours",)


def test_it_says_so_too_when_only_a_part_of_a_step_finds_nobody() -> None:
    decided = escalate(policy(step(to_schedule("emea"), to_channel("slack:C0EMEAOPS1"))), START, NOW, OFF)

    assert isinstance(decided, Notify)
    assert decided.position == START
    assert len(decided.fell_through) == 1


def test_it_falls_through_into_the_next_round() -> None:
    steps = policy(step(to_person("olga")), step(to_schedule("emea")), repeat=1)

    decided = escalate(steps, Position(0, 1), NOW, OFF, anybody_before=True)

    assert isinstance(decided, Notify)
    assert (decided.position, decided.then) == (Position(1, 0), Position(1, 1))


def test_it_repeats_all_its_steps_and_then_is_exhausted() -> None:
    steps = policy(step(to_person("ana")), step(to_person("ben")), repeat=1)
    position, reached = START, []

    while isinstance(decided := escalate(steps, position, NOW, {}, anybody_before=bool(reached)), Notify):
        reached += [one.person for one in decided.people]
        position = decided.then

    assert reached == ["ana", "ben", "ana", "ben"]
    assert decided == Exhausted()


def test_it_says_that_nobody_was_reached_with_every_reason() -> None:
    decided = escalate(policy(step(to_schedule("emea")), step(to_schedule("gone")), repeat=3), START, NOW, OFF)

    assert decided == NobodyReached(
        (
            "step 1, schedule emea has nobody: layer weekdays is outside its hours",
            "step 2, schedule gone does not exist",
        )
    )


def test_it_does_not_call_it_nobody_when_an_earlier_step_reached_somebody() -> None:
    steps = policy(step(to_person("ana")), step(to_schedule("emea")))

    decided = escalate(steps, Position(0, 1), NOW, OFF, anybody_before=True)

    assert isinstance(decided, Exhausted)
    assert decided.fell_through


def test_it_does_not_page_somebody_without_a_contact() -> None:
    steps = policy(step(to_schedule("emea")), step(to_person("olga")))

    decided = escalate(steps, START, NOW, ON, unreachable={"ana"})

    assert isinstance(decided, Notify)
    assert [reached.person for reached in decided.people] == ["olga"]
    assert decided.fell_through == ("step 1, ana has no contact to be paged at",)


def test_it_has_a_reason_for_a_policy_without_steps() -> None:
    assert escalate(policy(), START, NOW, {}) == NobodyReached(("policy urgent has no steps left",))
    assert escalate(policy(step()), START, NOW, {}) == NobodyReached(("step 1 names nobody",))


def test_it_goes_on_with_the_next_round_when_the_policy_was_shortened_meanwhile() -> None:
    decided = escalate(policy(step(to_person("ana")), repeat=1), Position(0, 4), NOW, {})

    assert isinstance(decided, Notify)
    assert decided.position == Position(1, 0)


def test_it_asks_each_schedule_once() -> None:
    steps = policy(step(to_schedule("emea"), to_person("ana")), step(to_schedule("us")), step(to_schedule("emea")))

    assert schedules_of(steps) == ("emea", "us")


TARGETS = st.one_of(
    st.sampled_from(("emea", "us", "gone")).map(to_schedule),
    st.sampled_from(("ana", "ben")).map(to_person),
    st.just(to_channel("slack:C0EMEAOPS1")),
)
STEPS = st.lists(TARGETS, max_size=3).map(lambda targets: step(*targets))
ANSWERS = st.dictionaries(
    st.sampled_from(("emea", "us")),
    st.sampled_from((Answer((("ana", None),), "ana: …"), Answer((), "nobody: …"))),
)


@given(st.lists(STEPS, max_size=4), st.integers(0, 3), ANSWERS, st.frozensets(st.sampled_from(("ana", "ben"))))
def test_it_always_ends_and_never_in_silence(
    steps: list[Step], repeat: int, answers: Mapping[str, Answer], unreachable: frozenset[str]
) -> None:
    """However a policy is written: each step it takes notifies somebody, positions only go forward, it ends within
    its rounds, and one that notified nobody says why."""
    urgent = policy(*steps, repeat=repeat)
    position, taken = START, 0

    while isinstance(
        decided := escalate(urgent, position, NOW, answers, anybody_before=taken > 0, unreachable=unreachable), Notify
    ):
        taken += 1
        assert decided.people or decided.channels
        assert not unreachable & {reached.person for reached in decided.people}
        assert position <= decided.position < decided.then
        position = decided.then

    assert taken <= len(steps) * (repeat + 1)
    if taken == 0:
        assert isinstance(decided, NobodyReached)
        assert decided.reasons
    else:
        assert isinstance(decided, Exhausted)


# ── routing ──────────────────────────────────────────────────────────────────────────────────────────────────────

PAYMENT = Route(markets=frozenset({"us"}), categories=frozenset({"payment"}), policy="money")
URGENT = Route(severities=frozenset({"P1"}), policy="urgent")
GERMAN = Route(languages=frozenset({"de"}), team="emea")
REST = Route(team="americas")


@pytest.mark.parametrize(
    ("market", "category", "language", "severity", "expected"),
    [
        ("us", "payment", "en", "P1", PAYMENT),  # the first that matches, though URGENT would too
        ("us", "delivery", "en", "P1", URGENT),
        ("eu", "delivery", "de", "P3", GERMAN),
        ("sea", "delivery", "th", "P3", REST),
        (None, None, None, "P2", REST),  # what is not known matches no condition on it
    ],
)
def test_it_takes_the_first_rule_that_matches(
    market: str | None, category: str | None, language: str | None, severity: Severity, expected: Route
) -> None:
    assert route((PAYMENT, URGENT, GERMAN, REST), market, category, language, severity) is expected


def test_it_takes_none_when_none_matches() -> None:
    assert route((PAYMENT, GERMAN), "sea", "delivery", "th", "P3") is None
