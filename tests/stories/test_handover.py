"""Hand-over notes on a real database: made of what happened, edited, sent, confirmed; reminded of, and told of once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.messages import Action, Quote
from desk.mutes import flow as muting
from desk.mutes.rules import Length
from desk.oncall.model import Override
from desk.questions import flow as questions
from desk.words import tongue
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import SHOW
from tests.stories.shifts import ANA, BEN, HOUSE, Shifts, asker, berlin, texts
from tests.stories.test_evenings import AMBIENT, complaints

CHANNEL = "C0EMEAOPS1"


@pytest.fixture
def house(store: Store) -> Shifts:
    return Shifts(store, berlin("06T12:30"))


def verbs(actions: tuple[Action, ...]) -> list[str]:
    return [action.verb for action in actions]


def test_a_shift_ends_with_a_draft_that_is_edited_sent_and_confirmed(house: Shifts) -> None:
    house.until(berlin("06T13:00"))

    (draft,) = house.told(ANA)
    assert draft.headline == "Your shift in emea is over: Ben Krüger is on call now"
    assert verbs(draft.actions) == ["remarks", "send_note"]
    assert "Nothing is open" in texts(draft)
    assert "Tonight" in texts(draft), "the show in Ben's shift"

    assert house.write("ana", "The tracking page is down.\n\nI promised Li a call.") is None
    (draft,) = house.told(ANA)
    assert "I promised Li a call." in texts(draft)
    assert house.press("send_note", "ana") == "Sent to Ben Krüger."

    received = house.told(BEN)[-1]
    assert received.headline == "Ana Weber hands emea over to you"
    assert verbs(received.actions) == ["have_it"]
    assert "The tracking page is down." in texts(received)
    house.at += timedelta(minutes=3)
    assert house.press("have_it", "ben") == "Thank you: Ana Weber sees that you have it."
    assert "Confirmed by ben" in texts(house.told(ANA)[0])
    assert house.told(BEN)[-1].actions == ()
    assert [what for what, _ in house.history()] == ["made", "edited", "sent", "confirmed"]
    assert [who for _, who in house.history()] == ["livedesk", "ana", "ana", "ben"]

    house.until(berlin("06T20:00"))
    assert house.told(CHANNEL) == [], "there is nothing to remind anybody of"
    assert (house.note().state, house.note().confirmed_by) == ("confirmed", "ben")


def test_what_nobody_sends_goes_by_itself_and_what_nobody_confirms_is_told_once(house: Shifts) -> None:
    house.until(berlin("06T13:14"))
    assert house.note().state == "draft"
    house.until(berlin("06T13:15"))
    assert house.told(BEN)[-1].headline == "Ana Weber hands emea over to you"
    assert "sent by itself, without remarks" in texts(house.told(BEN)[-1])

    house = house.killed()
    house.until(berlin("06T13:30"))
    assert house.told(BEN)[-1].headline == "Have you read Ana Weber's hand-over note for emea?"
    house = house.killed()
    house.until(berlin("06T13:45"))
    (told,) = house.told(CHANNEL)
    assert told.headline == "The hand-over of emea is not confirmed"

    house = house.killed()
    house.until(berlin("06T20:59"))
    assert len(house.told(CHANNEL)) == 1
    assert len([one for one in house.told(BEN) if "read" in one.headline]) == 1
    assert house.note().state == "sent", "late is better than never"
    house.until(berlin("06T21:00"))
    assert house.note().state == "lapsed"
    assert house.press("have_it", "ben").startswith("It has lapsed")
    assert house.told(BEN)[1].actions == ()


def test_late_and_strange_taps_are_answered_and_change_nothing(house: Shifts) -> None:
    house.until(berlin("06T13:00"))

    assert house.press("have_it", "ben") == "It is not sent yet. Nothing was changed."
    assert house.press("send_note", "ben") == "This note is Ana Weber's to write."
    assert house.press("send_note", None).startswith("I do not know you yet")
    assert house.press("send_note", "ana", number=99) == "Hand-over note 99 is not known here any more."
    house.write("ana", "one")
    assert "has changed since then" in house.press("send_note", "ana", version=1)
    assert "changed while you wrote" in str(house.write("ana", "two", version=1))
    house.press("send_note", "ana")
    assert house.press("send_note", "ana").startswith("It was sent already")
    assert house.press("have_it", "maya") == "This note is for Ben Krüger."
    assert house.press("have_it", "ana") == "It is your own note: whoever takes over confirms it."
    house.press("have_it", "ben")
    version = house.note().version
    assert house.press("have_it", "ben").startswith("Ben Krüger has confirmed it already")
    assert str(house.write("ana", "too late")).startswith("Ben Krüger has confirmed it already")
    assert (house.note().version, house.note().remarks) == (version, "one")


def test_remarks_after_sending_reach_who_has_it_already(house: Shifts) -> None:
    house.until(berlin("06T13:00"))
    house.press("send_note", "ana")

    assert house.write("ana", "One more thing: the second card reader.") is None

    assert "second card reader" in texts(house.told(BEN)[-1])
    assert len([one for one in house.told(BEN) if "hands" in one.headline]) == 1, "the same message, edited"


@pytest.mark.parametrize("remarks", ["x" * 4000, "<!channel> " * 300])
def test_remarks_that_are_too_long_are_refused_whole(house: Shifts, remarks: str) -> None:
    house.until(berlin("06T13:00"))

    assert str(house.write("ana", remarks)).startswith("At most 3000 characters, please")
    assert house.note().remarks == ""


def test_a_leaver_may_begin_in_their_shift_and_finds_it_again_at_its_end(house: Shifts) -> None:
    answer = house.store.write(lambda c: questions.answer(house.moment(c), "oncall", "handover", asker("ana")))
    assert answer.headline == "Your hand-over note for emea"
    assert verbs(answer.actions) == ["remarks", "send_note"]
    house.write("ana", "Look at the stock of the serum.")
    assert house.told(ANA)[0].headline == "Your hand-over note for emea"

    house.until(berlin("06T13:00"))

    first, second = house.told(ANA)
    assert first.actions == (), "the older message has no buttons any more"
    assert second.headline == "Your shift in emea is over: Ben Krüger is on call now"
    assert "Look at the stock" in texts(second)
    assert house.note().id == 1, "it is the same note"


@pytest.mark.parametrize(
    ("person", "text", "said"),
    [
        ("maya", "handover", "You are not on call, so there is nothing to hand over"),
        ("maya", "handover emea", "You are not on call for emea, so there is nothing to hand over"),
        ("ana", "handover nowhere", "I know no schedule called “nowhere”"),
        (None, "handover", "I do not know you yet: ask an admin to add you to livedesk.yaml, under people."),
    ],
)
def test_who_has_nothing_to_hand_over_is_told_so(house: Shifts, person: str | None, text: str, said: str) -> None:
    answer = house.store.write(lambda c: questions.answer(house.moment(c), "oncall", text, asker(person)))

    assert answer.headline == said


def test_where_nobody_takes_over_the_note_is_for_the_team(house: Shifts) -> None:
    house.until(berlin("06T21:20"))

    told = house.told(CHANNEL)[-1]
    assert told.headline == "Nobody takes over emea from Ben Krüger: hand-over note"
    assert house.press("have_it", "maya", number=2) == "Thank you: Ben Krüger sees that you have it."
    assert "Confirmed by maya" in texts(house.told(CHANNEL)[-1])


def test_handing_over_to_oneself_makes_none(store: Store) -> None:
    house = Shifts(store, berlin("06T12:30"), HOUSE.replace("members: [ben]", "members: [ana]"))

    house.until(berlin("06T13:20"))

    assert house.told(ANA) == []


def test_a_schedule_without_notes_tells_the_end_in_a_line(store: Store) -> None:
    plain = HOUSE.replace("  emea:\n    timezone", "  emea:\n    handover: null\n    timezone")
    house = Shifts(store, berlin("06T12:30"), plain)

    house.until(berlin("06T13:20"))

    assert [one.headline for one in house.told(ANA)] == ["Your shift in emea is over: Ben Krüger is on call now"]
    assert house.told(ANA)[0].actions == ()


def test_a_shift_that_is_prolonged_is_not_handed_over_yet(house: Shifts) -> None:
    house.store.write(lambda c: questions.answer(house.moment(c), "oncall", "handover", asker("ana")))
    before = house.configuration.schedules["emea"]
    after = replace(before, overrides=(Override("ana", berlin("06T13:00"), berlin("06T15:00")),))
    house.configuration = replace(house.configuration, schedules={"emea": after})
    house.changed(before, after, "ana")

    house.until(berlin("06T14:59"))
    assert house.note().state == "draft"

    house.until(berlin("06T15:15"))
    assert (house.note().state, house.note().comer) == ("sent", "ben")
    assert house.note().at == berlin("06T15:00")


def test_what_ended_in_the_shift_is_one_line(house: Shifts) -> None:
    asked = asker("maya")
    house.until(berlin("06T12:58"))
    for target in ("emea no sound", "@ana call me"):
        house.store.write(lambda c, target=target: questions.answer(house.moment(c), "oncall", f"page {target}", asked))
    assert house.tap("resolve", "ana", 1).done

    house.until(berlin("06T13:00"))

    told = texts(house.told(ANA)[-1])
    assert "One incident of the shift is over: 1 paged by hand (emea)." in told
    assert "/live incidents 2" in told
    assert "nobody has it; next" in told, "with what comes next of its policy"


def test_the_facts_are_what_happened(store: Store) -> None:
    house = Shifts(store, berlin("06T11:00"))
    house.store.write(lambda c: muting.begin(house.moment(c), None, "price", Length(timedelta(hours=6)), "ben"))
    house.pass_ticks(40, AMBIENT)
    house.pass_ticks(8, AMBIENT, {"us": complaints(12)})
    house.say([(f"q{number}", "does it ship to Canada?") for number in range(5)])
    house.work()
    assert len(house.incidents()) == 1

    house.until(berlin("06T13:00"), timedelta(minutes=10))

    draft = house.told(ANA)[-1]
    told = texts(draft)
    assert "United States" in told
    assert "/live incidents 1" in told
    assert "nobody has it" in told
    assert "in every show" in told, "what is muted"
    quotes = [part for part in draft.parts if isinstance(part, Quote)]
    assert any(quote.note.startswith("5 viewers") for quote in quotes)
    assert "Canada" not in told, "viewers' words are there by reference alone"
    assert "Replies to viewers are not sent from here" in told
    assert SHOW in told

    house.press("send_note", "ana")
    assert tongue("en")("Open") in texts(house.told(BEN)[-1])
    assert house.note().workspace == WORKSPACE
