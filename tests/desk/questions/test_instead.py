"""Of several who are on call: whoever overrides or takes over says whom it replaces, and hears who is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.forms import Choice, Filled, Form, Refused
from desk.messages import Bullets, Message, load, plain
from desk.oncall.current import current
from desk.oncall.resolve import who
from desk.questions import changing, forms
from desk.questions import flow as questions
from desk.questions.asking import Asker
from desk.words import tongue
from store import oncall_changes, outbox
from store.engine import Store
from tests.desk.oncall.test_changing import Desk

# Maya is on call with Ana on 6 March, Jon with Ana on the 7th; in the evenings Ana is alone.
HOUSE = """
people:
  maya: {name: Maya, contacts: {slack: U0MAYA}}
  jon: {name: Jon, contacts: {slack: U0JON}}
  ana: {name: Ana, contacts: {slack: U0ANA}}
  ben: {name: Ben, contacts: {slack: U0BEN}}
teams:
  americas: {timezone: UTC, channels: ["slack:C0AMERICAS"], leads: [maya], members: [jon, ana, ben]}
schedules:
  pairs:
    timezone: UTC
    people: 2
    layers:
      - {name: second, rotation: {type: daily, start: 2026-01-05, members: [ana]}}
      - name: first
        rotation: {type: daily, start: 2026-01-05, members: [maya, jon]}
        restrictions: [{from: "00:00", to: "18:00"}]
  alone:
    timezone: UTC
    layers: [{rotation: {type: daily, start: 2026-01-05, members: [maya, jon]}}]
"""
MAYA = Asker("maya", ZoneInfo("UTC"), "en", None, "slack:Maya", ("slack", "U0MAYA"))
BEN = replace(MAYA, person="ben", known_as="slack:Ben", contact=("slack", "U0BEN"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, HOUSE)


def ask(desk: Desk, text: str, asker: Asker = MAYA) -> Message:
    return desk.write(lambda m: questions.answer(m, "oncall", text, asker))


def crew(desk: Desk, text: str, schedule: str = "pairs") -> set[str]:
    return set(who(desk.read(lambda m: current(m, schedule)), at(text)).people)


def words(message: Message) -> str:
    """What stands below the headline."""
    found = []
    for part in message.parts:
        for spans in part.items if isinstance(part, Bullets) else (getattr(part, "spans", ()),):
            found.append(plain(spans, {}))
    return " / ".join(found)


def submit(desk: Desk, values: dict[str, str | datetime | None], ref: str = "", asker: Asker = MAYA) -> object:
    filled = Filled(values, ref)
    return desk.write(lambda m: forms.submitted(m, "override", filled, asker, tongue(asker.locale)))


# ── /oncall override ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "override pairs ben 2026-03-07 10:00 to 12:00 instead of jon",
        "override pairs ben instead of jon 2026-03-07 10:00 to 12:00",
        "override pairs ben 2026-03-07 10:00 to 12:00 Instead Of @Jon",
        "override pairs ben 2026-03-07 10:00 to 12:00 代替 jon",
    ],
)
def test_whoever_is_not_named_stays(desk: Desk, text: str) -> None:
    answer = ask(desk, text)

    assert answer.headline == "pairs: Ben is on call instead of Jon, Sat 7 Mar 10:00 – 12:00"
    assert "On call in that time: Ana and Ben." in words(answer)
    assert (crew(desk, "07T11:00"), crew(desk, "07T13:00")) == ({"ana", "ben"}, {"ana", "jon"})
    (action,) = answer.actions
    desk.write(lambda m: changing.act(m, "change", "undo", action.ref[7:], MAYA, tongue("en")))
    assert crew(desk, "07T11:00") == {"ana", "jon"}


def test_without_a_word_everybody_is_replaced_and_the_answer_says_so(desk: Desk) -> None:
    answer = ask(desk, "override pairs ben 2026-03-07 10:00 to 12:00")

    assert answer.headline == "pairs: Ben is on call, Sat 7 Mar 10:00 – 12:00"
    said = words(answer)
    assert "It replaces everybody who was on call: Ana and Jon." in said
    assert "On call in that time: Ben, nobody else." in said
    assert "/oncall override pairs ben … instead of ana" in said
    assert crew(desk, "07T11:00") == {"ben"}

    explicit = ask(desk, "override pairs maya 2026-03-07 14:00 to 15:00 instead of everybody")

    assert "It replaces everybody who was on call: Ana and Jon." in words(explicit)
    assert "To replace one" not in words(explicit), "they have said what they want"
    assert crew(desk, "07T14:30") == {"maya"}


def test_where_one_alone_is_on_call_nothing_is_asked_or_said_of_others(desk: Desk) -> None:
    one = ask(desk, "override alone ben 2026-03-07 10:00 to 12:00")
    assert "On call in that time" not in words(one)
    evening = ask(desk, "override pairs ben 2026-03-07 19:00 to 20:00")
    assert "everybody" not in words(evening)
    assert "On call in that time: Ben, nobody else." in words(evening)


def test_a_place_can_be_left_empty_and_the_log_names_whose(desk: Desk) -> None:
    answer = ask(desk, "override pairs nobody 2026-03-07 10:00 to 12:00 instead of ana")

    assert answer.headline == "pairs: nobody is on call instead of Ana, Sat 7 Mar 10:00 – 12:00"
    assert "On call in that time: Jon, nobody else." in words(answer)
    assert crew(desk, "07T11:00") == {"jon"}
    assert "nobody instead of ana · pairs" in words(ask(desk, "log pairs"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("override pairs ben 2026-03-07 10:00 to 12:00 instead of maya", "Maya is not on call for pairs in that time"),
        ("override pairs ana 2026-03-07 10:00 to 12:00 instead of ana", "instead of themselves"),
        ("override pairs ana 2026-03-07 10:00 to 12:00 instead of jon", "Ana is on call there at that time already"),
        ("override pairs ben 2026-03-07 10:00 to 12:00 instead of olga", "I know nobody called “olga”"),
        ("override pairs ben 2026-03-07 10:00 to 12:00 instead of nobody", "I know nobody called “nobody”"),
        ("take pairs instead of jon", "Jon is not on call for pairs in that time. On call then: Ana and Maya."),
        ("take pairs until 14:00 instead of olga", "I know nobody called “olga”"),
    ],
)
def test_what_would_change_nothing_is_refused(desk: Desk, text: str, says: str) -> None:
    answer = ask(desk, text, MAYA if text.startswith("override") else BEN)

    assert says in f"{answer.headline} {words(answer)}"
    assert desk.store.read(lambda c: oncall_changes.edition(c, desk.workspace)) is None
    chinese = ask(desk, text, replace(MAYA if text.startswith("override") else BEN, locale="zh_CN"))
    assert says not in f"{chinese.headline} {words(chinese)}"


def test_what_holds_for_a_part_of_the_time_is_said(desk: Desk) -> None:
    """Jon is on call on the 7th alone, and in the evening nobody is beside Ana."""
    answer = ask(desk, "override pairs ben 2026-03-07 17:00 to 19:00 instead of jon")

    assert "Where Jon is not on call in that time, it changes nothing." in words(answer)
    assert (crew(desk, "07T17:30"), crew(desk, "07T18:30")) == ({"ana", "ben"}, {"ana"})

    again = ask(desk, "override pairs ben 2026-03-07 16:00 to 18:00 instead of ana")

    assert "For some of that time Ben is on call beside Ana already; nobody takes the place then." in words(again)
    assert (crew(desk, "07T16:30"), crew(desk, "07T17:30")) == ({"jon", "ben"}, {"ben"})


# ── its form ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_form_asks_whom_it_replaces_where_several_are_on_call(desk: Desk) -> None:
    values: dict[str, str | datetime | None] = {
        "schedule": "pairs", "person": "ben", "start": at("07T10:00"), "end": at("07T12:00")
    }  # fmt: skip

    further = submit(desk, values)

    assert isinstance(further, Form)
    (choice,) = further.fields
    assert isinstance(choice, Choice)
    assert choice.options == (("ana", "Ana"), ("jon", "Jon"), ("*", "Everybody"))
    assert choice.initial is None, "nobody is replaced by a slip"
    assert desk.store.read(lambda c: oncall_changes.edition(c, desk.workspace)) is None

    done = submit(desk, {"instead_of": "jon"}, further.ref)

    assert isinstance(done, Message)
    assert done.headline == "pairs: Ben is on call instead of Jon, Sat 7 Mar 10:00 – 12:00"
    assert crew(desk, "07T11:00") == {"ana", "ben"}

    everybody = submit(desk, {"instead_of": "*"}, further.ref)
    assert isinstance(everybody, Message)
    assert crew(desk, "07T11:00") == {"ben"}


def test_the_form_offers_whom_it_can_replace_alone(desk: Desk) -> None:
    """Ana is on call already, so she cannot take Jon's place."""
    further = submit(
        desk, {"schedule": "pairs", "person": "ana", "start": at("07T10:00"), "end": at("07T12:00")}
    )  # fmt: skip

    assert isinstance(further, Form)
    assert [value for field in further.fields if isinstance(field, Choice) for value, _ in field.options] == ["*"]


def test_the_form_asks_nothing_where_there_is_nothing_to_choose(desk: Desk) -> None:
    for schedule, start, end in (("alone", "07T10:00", "07T12:00"), ("pairs", "07T19:00", "07T20:00")):
        done = submit(desk, {"schedule": schedule, "person": "ben", "start": at(start), "end": at(end)})
        assert isinstance(done, Message), schedule


def test_what_changed_before_the_answer_is_said_at_its_field(desk: Desk) -> None:
    further = submit(desk, {"schedule": "pairs", "person": "ben", "start": at("07T10:00"), "end": at("07T12:00")})
    assert isinstance(further, Form)
    ask(desk, "override pairs nobody 2026-03-07 10:00 to 12:00 instead of jon")

    late = submit(desk, {"instead_of": "jon"}, further.ref)

    assert isinstance(late, Refused)
    assert "Jon is not on call for pairs" in late.errors["instead_of"]
    for wrong in (None, "olga", "nobody"):
        refused = submit(desk, {"instead_of": wrong}, further.ref)
        assert isinstance(refused, Refused), wrong
    desk.at = at("07T12:00")
    over = submit(desk, {"instead_of": "ana"}, further.ref)
    assert isinstance(over, Refused)
    assert "over already" in str(over.errors)
    with pytest.raises(ValueError, match=r".*"):
        submit(desk, {"instead_of": "ana"}, "none of ours")


def test_a_member_may_do_with_their_own_time_what_they_like_and_no_more(desk: Desk) -> None:
    span = {"schedule": "pairs", "start": at("07T10:00"), "end": at("07T12:00")}
    refused = submit(desk, {**span, "person": "jon"}, asker=BEN)
    assert isinstance(refused, Refused)
    assert "person" in refused.errors
    further = submit(desk, {**span, "person": "ben"}, asker=BEN)
    assert isinstance(further, Form)
    assert isinstance(submit(desk, {"instead_of": "ana"}, further.ref, BEN), Message)
    assert crew(desk, "07T11:00") == {"jon", "ben"}


# ── /oncall take ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["take pairs", "take pairs until 14:00", "take pairs for 2h"])
def test_whoever_takes_over_of_several_is_asked_whose_place(desk: Desk, text: str) -> None:
    answer = ask(desk, text, BEN)

    assert answer.headline == "Several are on call for pairs: Maya and Ana. In whose place?"
    lines = [f"/oncall {text} instead of {one}" for one in ("maya", "ana", "everybody")]
    assert all(line in words(answer) for line in lines)
    assert crew(desk, "06T12:00") == {"maya", "ana"}

    ask(desk, lines[0].removeprefix("/oncall "), BEN)

    assert crew(desk, "06T12:30") == {"ben", "ana"}


def test_taking_over_from_one_lasts_until_their_shift_ends(desk: Desk) -> None:
    answer = ask(desk, "take pairs instead of maya", BEN)

    assert answer.headline == "Ben is on call for pairs now instead of Maya, until Fri 6 Mar 18:00"
    assert "On call in that time: Ana and Ben." in words(answer)
    assert (crew(desk, "06T17:59"), crew(desk, "06T18:00")) == ({"ben", "ana"}, {"ana"})


def test_taking_over_from_everybody_is_said_out_loud(desk: Desk) -> None:
    answer = ask(desk, "take pairs for 2h instead of everybody", BEN)

    assert answer.headline == "Ben is on call for pairs now, until Fri 6 Mar 14:00"
    assert "On call in that time: Ben, nobody else." in words(answer)
    assert crew(desk, "06T13:00") == {"ben"}


def test_whoever_is_on_call_already_takes_nobodys_place_by_mistake(desk: Desk) -> None:
    answer = ask(desk, "take pairs")

    assert answer.headline == "You are on call for pairs already, beside Ana. In the place of everybody?"
    assert "/oncall take pairs instead of everybody" in words(answer)
    assert crew(desk, "06T12:00") == {"maya", "ana"}


def test_taking_over_from_one_alone_needs_no_word(desk: Desk) -> None:
    desk.at = at("06T19:00")

    assert ask(desk, "take pairs for 1h", BEN).headline.startswith("Ben is on call for pairs now, until")
    assert crew(desk, "06T19:30") == {"ben"}


# ── /oncall cover me ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cover_says_who_is_left(desk: Desk) -> None:
    ask(desk, "cover me pairs 2026-03-06 13:00 to 14:00")
    (card,) = [load(body) for _, where, body in desk.store.read(lambda c: outbox.pending(c, desk.workspace))]
    assert "in the place of Maya" in card.actions[0].confirm
    assert card.actions[0].confirm.endswith("Whoever else is on call stays.")

    taken = desk.write(lambda m: changing.act(m, "request", "take_it", "1", BEN, tongue("en")))

    assert "On call in that time: Ana and Ben." in words(taken)
    assert crew(desk, "06T13:30") == {"ana", "ben"}


# ── whatever is said ─────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_took_a_place_before_keeps_it_where_another_is_named(desk: Desk) -> None:
    """Ben stands in for Ana until six. She takes Jon's place, and then somebody replaces her: Ben is not meant."""
    ask(desk, "override pairs ben 2026-03-07 10:00 to 18:00 instead of ana")
    ask(desk, "override pairs ana 2026-03-07 12:00 to 18:00 instead of jon")
    assert crew(desk, "07T13:00") == {"ben", "ana"}

    answer = ask(desk, "override pairs maya 2026-03-07 09:00 to 18:00 instead of ana")

    assert (crew(desk, "07T09:30"), crew(desk, "07T11:00")) == ({"maya", "jon"}, {"ben", "jon"})
    assert crew(desk, "07T13:00") == {"ben", "maya"}
    assert "Where Ana is not on call in that time, it changes nothing." in words(answer)


SOMEBODY = st.sampled_from(["maya", "jon", "ana", "ben"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(SOMEBODY, SOMEBODY | st.just("everybody"), st.integers(13, 40), st.integers(1, 12)), max_size=5)
)
def test_nobody_vanishes_who_was_not_named(store: Store, deeds: list[tuple[str, str, int, int]]) -> None:
    """Whoever was on call and is not replaced is on call after it, in every half hour; and the answer says so."""
    desk = Desk(store, HOUSE)
    start = at("06T00:00")
    half_hours = [start.replace(day=6 + n // 48, hour=n // 2 % 24, minute=n % 2 * 30) for n in range(24, 110)]
    for person, instead_of, first, length in deeds:
        plan = desk.read(lambda m: current(m, "pairs"))
        before = {one: set(who(plan, one).people) for one in half_hours}
        begins, ends = (start.replace(day=6 + n // 24, hour=n % 24) for n in (first, first + length))
        text = f"override pairs {person} {begins:%Y-%m-%dT%H:%MZ} to {ends:%Y-%m-%dT%H:%MZ} instead of {instead_of}"
        answer = ask(desk, text)
        plan = desk.read(lambda m: current(m, "pairs"))
        after = {one: set(who(plan, one).people) for one in half_hours}
        changed = answer.headline != "Nothing was changed"
        for one in half_hours:
            within = changed and begins <= one < ends
            if within and instead_of == "everybody":
                assert after[one] == {person}
            elif within and instead_of in before[one]:
                assert after[one] == (before[one] - {instead_of}) | {person}
            else:
                assert after[one] == before[one]
        if changed:
            left = {one for at_one in half_hours if begins <= at_one < ends for one in after[at_one]}
            assert all(one.capitalize() in words(answer).rpartition("On call in that time: ")[2] for one in left)
