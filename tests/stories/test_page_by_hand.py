"""`/oncall page` on a real database: an incident like any other, acknowledged, escalated, muted and joined like any."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk.byhand.rules import read
from desk.handover.figures import open_for
from desk.messages import Message, PersonName
from desk.mutes import flow as muting
from desk.mutes.rules import Length
from desk.questions import flow as questions
from desk.undelivered import flow as undelivered
from handlers.configuration import load_text
from store import due
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.shifts import ANA, BEN, HOUSE, MAYA, Shifts, asker, berlin, texts

CHANNEL = "C0EMEAOPS1"


@pytest.fixture
def house(store: Store) -> Shifts:
    return Shifts(store, berlin("06T14:00"))


def page(house: Shifts, text: str, person: str | None = "maya", locale: str = "en") -> Message:
    return house.store.write(
        lambda c: questions.answer(house.moment(c), "oncall", f"page {text}", asker(person, locale))
    )


def test_whoever_is_on_call_is_paged_with_the_callers_words(house: Shifts) -> None:
    answer = page(house, "emea the studio has no sound")

    assert answer.headline == "Paged: Ben Krüger"
    (paged,) = house.told(BEN)
    assert paged.kind == "page"
    assert paged.headline == "Page: P1 · Paged by hand: emea"
    assert "maya : “the studio has no sound”" in texts(paged)
    assert paged.mentions == ("ben",)
    assert "acknowledge" in [action.verb for action in paged.actions]
    card = house.told(CHANNEL)[0]
    assert card.headline == "P1 · Paged by hand: emea"
    assert card.chart is None
    (row,) = house.incidents()
    assert (row.category, row.show, row.state, row.policy, row.team) == ("manual", "", "open", "page", "emea")


def test_it_is_acknowledged_like_any_other_and_the_caller_hears_who_has_it(house: Shifts) -> None:
    page(house, "emea the studio has no sound")

    assert house.tap("acknowledge", "ben").done

    assert house.told(MAYA)[-1].headline == "Ben Krüger has your page (incident 1)"
    house.until(berlin("06T14:20"))
    assert [one.kind for one in house.told(MAYA)] == ["notice"], "nobody else is woken"
    assert house.tap("resolve", "ben").done
    assert not house.store.read(lambda c: open_for(house.moment(c), "emea"))


def test_it_goes_on_to_the_next_step_when_nobody_acknowledges(house: Shifts) -> None:
    page(house, "the studio has no sound", "ana")

    house.until(berlin("06T14:05"))

    assert [one.kind for one in house.told(MAYA)] == ["page"]


def test_a_person_is_paged_themselves_and_the_policy_after_them(house: Shifts) -> None:
    answer = page(house, "@ana please call the warehouse", "ben")

    assert answer.headline == "Paged: Ana Weber"
    assert house.told(ANA)[0].headline == "Page: P1 · Paged by hand: Ana Weber"
    assert house.told(BEN) == []
    house.until(berlin("06T14:05"))
    assert [one.kind for one in house.told(BEN)] == ["page"], "then whoever is on call"


def test_a_second_page_joins_what_is_open_and_rings_again(house: Shifts) -> None:
    page(house, "emea the studio has no sound")
    house.until(berlin("06T14:02"))
    answer = page(house, "emea still no sound", "ana")

    assert answer.headline == "Paged: Ben Krüger"
    assert len(house.incidents()) == 1
    assert [one.kind for one in house.told(BEN)] == ["page", "page"]
    assert "still no sound" in texts(house.told(CHANNEL)[0]), "the card has both"
    house.until(berlin("06T14:05"))
    assert [one.kind for one in house.told(MAYA)] == ["page"], "its policy's timer goes on as it was"


def test_a_page_for_what_somebody_has_wakes_nobody_else(house: Shifts) -> None:
    page(house, "emea the studio has no sound")
    house.tap("acknowledge", "ben")

    answer = page(house, "emea and no picture either", "ana")

    assert answer.headline == "Ben Krüger has this in hand already"
    assert house.told(BEN)[-1].headline == "Incident 1, which you have, was paged for again"


def test_another_person_or_schedule_is_another_incident(house: Shifts) -> None:
    page(house, "emea the studio has no sound")
    page(house, "@ben the door is locked")

    assert len(house.incidents()) == 2
    assert [one.kind for one in house.told(BEN)] == ["page", "page"], "within the minute, and each rings"


def test_under_a_mute_nobody_is_paged_and_the_caller_is_told_so(house: Shifts) -> None:
    mute = house.store.write(
        lambda c: muting.begin(house.moment(c), None, "manual", Length(timedelta(minutes=30)), "ben")
    )

    answer = page(house, "emea the studio has no sound")

    assert answer.headline.startswith("Nobody was paged: pages by hand are muted until")
    assert house.told(BEN) == []
    assert len(house.incidents()) == 1
    house.store.write(lambda c: muting.end(house.moment(c), mute.id, "ben"))
    assert [one.kind for one in house.told(BEN)] == ["page"], "it goes on, and pages"


def test_a_mute_can_be_said_before_anybody_has_paged(house: Shifts) -> None:
    answer = house.ask("live", "mute manual 30m")

    assert answer.headline.startswith("Muted: paged by hand")


def test_muting_from_its_card_stops_its_pages(house: Shifts) -> None:
    page(house, "emea the studio has no sound")

    assert house.tap("mute_30m", "ben").done
    house.until(berlin("06T14:20"))

    assert house.told(MAYA) == []


def test_it_expires_when_nobody_ends_it(house: Shifts) -> None:
    page(house, "emea the studio has no sound")

    house.until(berlin("07T02:01"), timedelta(minutes=10))

    assert house.incidents()[0].state == "expired"


@pytest.mark.parametrize(
    ("text", "person", "said"),
    [
        ("", "maya", "Say what it is about: whoever is woken should know why"),
        ("emea", "maya", "Say what it is about: whoever is woken should know why"),
        ("emea   ", "maya", "Say what it is about: whoever is woken should know why"),
        ("@zoe come here", "maya", "I know nobody called “@zoe”"),
        ("<@U0NOBODY1|zoe> come here", "maya", "I know nobody called “<@U0NOBODY1|zoe>”"),
        ("emea hello", None, "I do not know you yet: ask an admin to add you to livedesk.yaml, under people."),
        ("emea " + "x" * 4000, "maya", "That is too long for a page"),
    ],
)
def test_what_makes_no_page_is_refused_politely(house: Shifts, text: str, person: str | None, said: str) -> None:
    assert page(house, text, person).headline == said
    assert house.incidents() == []
    assert house.told(BEN) == []


def test_a_caller_pages_at_most_five_times_in_ten_minutes(house: Shifts) -> None:
    for number in range(5):
        assert page(house, f"emea number {number}").headline == "Paged: Ben Krüger"

    assert page(house, "emea once more").headline.startswith("You have paged 5 times in ten minutes")
    assert page(house, "emea somebody else may", "ana").headline == "Paged: Ben Krüger"
    house.at += timedelta(minutes=10)
    assert page(house, "emea and later").headline == "Paged: Ben Krüger"


def test_nobody_on_call_goes_to_the_next_step_and_says_so(store: Store) -> None:
    house = Shifts(store, berlin("06T22:00"))

    answer = page(house, "emea the studio has no sound", "ana")

    assert answer.headline == "Paged: Maya Torres"
    assert "schedule emea" in " ".join(texts(one) for one in house.told(CHANNEL)), "the thread says why"


def test_what_cannot_be_sent_promises_no_step_where_none_follows(store: Store) -> None:
    bare = HOUSE[: HOUSE.index("policies:")] + 'admin_channel: "slack:C0ADMIN001"\n'
    house = Shifts(store, berlin("06T14:00"), bare)
    page(house, "emea the studio has no sound")
    message = house.pages()[0].message
    assert message is not None

    why = "the channel is archived"
    store.write(lambda c: undelivered.note(house.moment(c), message, "slack", BEN, why, for_good=True, gone=True))

    thread = " ".join(one.headline for one in house.told(CHANNEL))
    assert "no other way is left" in thread
    assert "the next step follows" not in thread


def test_a_second_page_begins_the_policy_anew_when_it_had_run_out(house: Shifts) -> None:
    page(house, "emea the studio has no sound")
    house.until(berlin("06T15:00"))
    assert ("exhausted", "livedesk") in house.record()
    before = house.store.read(lambda c: due.planned(c, WORKSPACE, "escalate", "1"))
    assert before is None

    assert page(house, "emea still no sound", "ana").headline == "Paged: Ben Krüger"
    paged = len(house.pages())
    house.until(berlin("06T15:30"))

    assert len(house.pages()) > paged, "the policy goes on"
    assert house.record().count(("exhausted", "livedesk")) == 2, "and nobody is left believing that somebody has it"


def test_without_a_policy_the_person_alone_is_paged(store: Store) -> None:
    bare = HOUSE[: HOUSE.index("policies:")] + 'admin_channel: "slack:C0ADMIN001"\n'
    house = Shifts(store, berlin("06T14:00"), bare)

    answer = page(house, "emea the studio has no sound")
    assert answer.headline == "Paged: Ben Krüger"
    assert "No policy follows" in texts(answer)
    assert house.store.read(lambda c: due.planned(c, WORKSPACE, "escalate", "1")) is None
    house.at = berlin("06T23:00")
    assert page(house, "emea once more").headline == "Nobody could be paged"


def test_words_that_would_ping_are_text(house: Shifts) -> None:
    page(house, "emea <!channel> <@U0MAYATORR> *look* at https://evil.example")

    (paged,) = house.told(BEN)
    pinged = [
        span
        for part in paged.parts
        for span in getattr(part, "spans", ())
        if isinstance(span, PersonName) and span.notify
    ]
    assert pinged == []
    assert "<!channel>" in texts(paged), "as it was written; each platform escapes it"


@pytest.mark.parametrize(
    ("text", "schedule", "person", "rest"),
    [
        ("emea no sound", "emea", None, "no sound"),
        ("EMEA no sound", "emea", None, "no sound"),
        ("emergency no sound", None, None, "emergency no sound"),
        ("ana no sound", None, "ana", "no sound"),
        ("@Ana Weber no sound", None, "ana", "no sound"),
        ("<@U0ANAWEBER|ana.w> no sound", None, "ana", "no sound"),
        ("anaconda in the studio", None, None, "anaconda in the studio"),
        ("@emea no sound", "emea", None, "no sound"),
        ("", None, None, ""),
    ],
)
def test_it_reads_whom_a_page_is_for(text: str, schedule: str | None, person: str | None, rest: str) -> None:
    call = read(load_text(HOUSE, "livedesk.yaml"), text)

    assert (call.schedule, call.person, call.text) == (schedule, person, rest)
