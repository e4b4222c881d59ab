"""Steps with hours on the receiver's own clock, low urgency, groups, whoever is next, and preferences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from desk.configuration.model import Person, Policy, Preference, Step, Target
from desk.oncall.escalation import START, Exhausted, Facts, NobodyReached, Notify, escalate, hold_of
from desk.oncall.following import following
from desk.oncall.hours import begins, every_day, within
from desk.oncall.model import Layer, Override, Restriction, Rotation, Schedule
from desk.oncall.preference import ordered
from desk.oncall.resolve import Answer, final_schedule, who

NIGHT_IN_BERLIN = datetime(2026, 3, 6, 22, 30, tzinfo=UTC)  # 23:30 there, 14:30 in Los Angeles, 06:30 in Shanghai
DAY = every_day(timedelta(hours=8), timedelta(hours=22))
PEOPLE = {
    "ana": Person("ana", "Ana", ZoneInfo("Europe/Berlin"), ("de", "en")),
    "maya": Person("maya", "Maya", ZoneInfo("America/Los_Angeles"), ("en", "es")),
    "wei": Person("wei", "Wei", ZoneInfo("Asia/Shanghai"), ("zh", "id")),
}


def step(*people: str, **given: object) -> Step:
    return Step(tuple(Target("person", one) for one in people), **given)  # type: ignore[arg-type]


def take(one: Step, *more: Step, now: datetime = NIGHT_IN_BERLIN, **facts: object) -> object:
    known = Facts(people=PEOPLE, **facts)  # type: ignore[arg-type]
    return escalate(Policy("p", (one, *more)), START, now, {}, facts=known)


def test_it_passes_over_whoever_is_outside_of_a_steps_hours_and_says_so() -> None:
    decided = take(step("ana", only=DAY), step("maya"))

    assert isinstance(decided, Notify)
    assert [one.person for one in decided.people] == ["maya"]
    assert decided.fell_through == ("step 1, ana is outside of 08:00–22:00 (23:30 there)",)


def test_hours_are_each_receivers_own() -> None:
    decided = take(step("ana", "maya", only=DAY))

    assert isinstance(decided, Notify)
    assert [(one.person, one.until) for one in decided.people] == [("maya", None)]


def test_it_holds_the_page_where_the_step_says_so_and_goes_on_at_its_time() -> None:
    decided = take(step("ana", only=DAY, otherwise="hold", wait=timedelta(minutes=5)), step("maya"))

    assert isinstance(decided, Notify)
    assert [(one.person, one.until) for one in decided.people] == [("ana", datetime(2026, 3, 7, 7, tzinfo=UTC))]
    assert decided.due_at == NIGHT_IN_BERLIN + timedelta(minutes=5)


def test_low_urgency_waits_for_each_receivers_own_morning() -> None:
    decided = take(step("ana", "maya", "wei"), low=True)

    assert isinstance(decided, Notify)
    assert [(one.person, one.until) for one in decided.people] == [
        ("ana", datetime(2026, 3, 7, 7, tzinfo=UTC)),  # 08:00 in Berlin
        ("maya", None),  # it is afternoon there
        ("wei", datetime(2026, 3, 7, 0, tzinfo=UTC)),  # 08:00 in Shanghai
    ]


def test_a_morning_begins_with_the_working_hours_that_somebody_has() -> None:
    early = replace(PEOPLE["ana"], day=(timedelta(hours=6), timedelta(hours=22)))
    at_night = replace(PEOPLE["ana"], day=(timedelta(hours=22), timedelta(hours=6)))

    assert hold_of(step("ana"), early, NIGHT_IN_BERLIN, low=True) == datetime(2026, 3, 7, 5, tzinfo=UTC)
    assert hold_of(step("ana"), at_night, NIGHT_IN_BERLIN, low=True) is None


def test_a_group_is_its_members_and_an_empty_one_is_nobody() -> None:
    to_group = Step((Target("group", "leads"),))

    found = take(to_group, groups={"leads": ("maya", "ana")})
    empty = take(to_group, groups={"leads": ()})

    assert isinstance(found, Notify)
    assert [(one.person, one.why) for one in found.people] == [("maya", "group leads"), ("ana", "group leads")]
    assert empty == NobodyReached(("step 1, group leads is empty",))


def test_whoever_is_next_is_asked_of_the_schedule() -> None:
    to_next = Step((Target("next", "emea"),))

    found = take(to_next, after={"emea": Answer((("maya", None),), "next after ana, from Mon 09 Mar 09:00")})
    nobody = take(to_next)

    assert isinstance(found, Notify)
    assert [one.person for one in found.people] == ["maya"]
    assert nobody == NobodyReached(("step 1, next on schedule emea does not exist",))


def test_it_prefers_whoever_is_awake_and_then_who_reads_the_language() -> None:
    both: tuple[Preference, ...] = ("awake", "language")
    awake_first = take(step("ana", "maya", "wei", prefer=both), language="id")
    language_first = take(step("ana", "maya", "wei", prefer=("language", "awake")), language="id-ID")

    assert isinstance(awake_first, Notify)
    (maya,) = awake_first.people
    assert (maya.person, maya.why) == ("maya", "named by the policy; Maya before Wei, Ana: awake (14:30 there)")
    assert isinstance(language_first, Notify)
    (wei,) = language_first.people
    assert (wei.person, wei.why) == ("wei", "named by the policy; Wei before Maya, Ana: reads Indonesian")


def test_it_goes_on_to_the_next_of_them_when_it_is_taken_again() -> None:
    one = step("ana", "maya", "wei", prefer=("awake",))

    again = take(one, paged=("maya",))

    assert isinstance(again, Notify)
    assert [reached.person for reached in again.people] == ["ana"]
    assert again.people[0].why.endswith("Ana before Wei, Maya: not paged for this before")


def test_who_can_be_told_now_comes_before_who_must_wait() -> None:
    decided = take(step("wei", "maya", prefer=("language",), only=DAY, otherwise="hold"), language="id")

    assert isinstance(decided, Notify)
    assert [(one.person, one.until) for one in decided.people] == [("maya", None)]


# ── properties ───────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = tuple(PEOPLE)
HOURS = st.integers(0, 23).map(lambda n: timedelta(hours=n))
STEPS = st.builds(
    Step,
    st.lists(
        st.one_of(
            st.sampled_from(NAMES).map(lambda one: Target("person", one)),
            st.sampled_from(("leads", "empty", "gone")).map(lambda one: Target("group", one)),
            st.sampled_from(("emea", "gone")).map(lambda one: Target("schedule", one)),
            st.just(Target("next", "emea")),
            st.just(Target("channel", "slack:C0EMEAOPS1")),
        ),
        max_size=3,
    ).map(tuple),
    st.integers(1, 3600).map(lambda n: timedelta(seconds=n)),
    st.none() | st.builds(every_day, HOURS, HOURS),
    st.sampled_from(("skip", "hold")),
    st.sampled_from(((), ("awake",), ("language", "awake"))),
)
FACTS = st.builds(
    Facts,
    after=st.sampled_from(({}, {"emea": Answer((("wei", None),), "…")})),
    groups=st.just({"leads": NAMES, "empty": ()}),
    people=st.sampled_from((PEOPLE, {})),
    language=st.sampled_from(("", "id", "xx")),
    low=st.booleans(),
    paged=st.sampled_from(((), ("ana",), NAMES)),
)
NOWS = st.datetimes(datetime(2026, 3, 27), datetime(2026, 3, 31), timezones=st.just(UTC))


@given(
    st.lists(STEPS, max_size=4),
    st.integers(0, 3),
    st.sampled_from(({}, {"emea": Answer((("ana", None), ("maya", None)), "…")})),
    st.frozensets(st.sampled_from(NAMES)),
    FACTS,
    NOWS,
)
def test_it_always_ends_moves_forward_and_is_never_silent(
    steps: list[Step],
    repeat: int,
    answers: Mapping[str, Answer],
    unreachable: frozenset[str],
    facts: Facts,
    now: datetime,
) -> None:
    """However a policy is written: somebody, or plainly nobody with reasons; no loop; time moves on; held pages lie
    ahead, inside of the hours that hold them; nobody is reached whom no step names."""
    policy = Policy("p", tuple(steps), repeat)
    position, taken = START, 0

    while isinstance(
        decided := escalate(
            policy, position, now, answers, anybody_before=taken > 0, unreachable=unreachable, facts=facts
        ),
        Notify,
    ):
        taken += 1
        assert decided.people or decided.channels
        assert position <= decided.position < decided.then
        assert decided.due_at > now
        one = steps[decided.position.step]
        people = [reached.person for reached in decided.people]
        assert len(set(people)) == len(people)
        assert not unreachable & set(people)
        assert set(people) <= {"ana", "maya", "wei"}
        if one.prefer:
            assert len(people) <= 1
        for reached in decided.people:
            person = facts.people.get(reached.person) or Person(reached.person, reached.person)
            assert reached.until is None or reached.until > now
            if one.only is not None and one.otherwise == "skip":
                assert within(one.only, person.zone, now)
            if facts.low and one.only is None:
                assert within(every_day(*person.day), person.zone, reached.until or now)
            if one.only is not None and one.otherwise == "hold" and not facts.low:
                assert begins(one.only, person.zone, now) == (reached.until or now)
        position, now = decided.then, decided.due_at

    assert taken <= len(steps) * (repeat + 1)
    if taken == 0:
        assert isinstance(decided, NobodyReached)
        assert decided.reasons
    else:
        assert isinstance(decided, Exhausted)


@given(
    st.lists(st.sampled_from((*NAMES, "stranger")), unique=True),
    st.sampled_from(((), ("awake",), ("language",), ("awake", "language"))),
    st.sampled_from(("", "id", "en-GB")),
    NOWS,
    st.frozensets(st.sampled_from(NAMES)),
)
def test_a_preference_orders_and_neither_adds_nor_loses_anybody(
    candidates: list[str], prefer: tuple[Preference, ...], language: str, now: datetime, paged: frozenset[str]
) -> None:
    found = ordered(candidates, prefer, PEOPLE, language, now, paged)

    assert sorted(person for person, _ in found) == sorted(candidates)
    assert all(why for _, why in found[:-1])
    if not prefer and not paged:
        assert [person for person, _ in found] == candidates


MEMBERS = st.lists(st.sampled_from(("ana", "ben", "cem")), min_size=1, max_size=4)


@given(MEMBERS, st.sampled_from(("daily", "weekly")), st.integers(0, 600), st.sampled_from((None, "ana", "dora")))
def test_whoever_is_next_is_the_first_other_person_of_the_final_schedule(
    members: list[str], kind: str, hours: int, override: str | None
) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    rotation = Rotation(kind, tuple(members), start.date(), every=1)  # type: ignore[arg-type]
    overrides = (Override(override, start + timedelta(days=9), start + timedelta(days=10)),)
    windows = (Restriction(frozenset(("mon", "tue", "fri")), timedelta(hours=8), timedelta(hours=20)),)
    layer = Layer("l", ZoneInfo("Europe/Berlin"), rotation, windows)
    schedule = Schedule("emea", ZoneInfo("Europe/Berlin"), (layer,), overrides)
    at = start + timedelta(hours=hours)

    answer = following(schedule, at)

    present = who(schedule, at).people
    rows = final_schedule(schedule, at, at + timedelta(days=200))
    expected = next((row.person for row in rows if row.start > at and row.person not in (None, *present)), None)
    assert answer.people == ((expected,) if expected else ())
    assert answer.why
