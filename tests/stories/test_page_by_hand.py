"""`/oncall page` on a real database: an incident like any other, acknowledged, escalated, muted and joined like any."""

from __future__ import annotations

from dataclasses import replace
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


def test_muting_one_from_its_card_silences_no_other_page_by_hand(house: Shifts) -> None:
    page(house, "emea the studio has no sound")
    assert house.tap("mute_2h", "ben").done

    assert page(house, "@ana the warehouse is locked").headline == "Paged: Ana Weber"

    assert [one.kind for one in house.told(ANA)] == ["page"]
    assert house.incidents()[0].muted is not None
    assert house.incidents()[1].muted is None


def test_the_same_caller_stays_silent_under_it_and_somebody_else_does_not(house: Shifts) -> None:
    page(house, "emea the studio has no sound")
    assert house.tap("mute_2h", "ben").done
    rung = len(house.told(BEN))

    answer = page(house, "emea still no sound")
    assert answer.headline.startswith("Nobody was paged: what you paged for before is muted until")
    assert "/live unmute 1" in texts(answer)
    assert len(house.told(BEN)) == rung

    assert page(house, "emea there is smoke in the studio", "ana").headline == "Paged: Ben Krüger"
    assert [one.kind for one in house.told(BEN)][rung:] == ["page"]
    assert "there is smoke in the studio" in texts(house.told(BEN)[-1])
    assert house.incidents()[0].muted is None
    assert "Nothing is muted" in house.ask("live", "mutes").headline
    house.until(berlin("06T14:10"))
    assert [one.kind for one in house.told(MAYA)] == ["page"], "and the policy goes on"


def test_its_mute_ends_with_it_and_the_next_page_rings(house: Shifts) -> None:
    page(house, "emea the studio has no sound")
    house.tap("mute_2h", "ben")
    assert "incident 1 alone" in texts(house.ask("live", "mutes"))
    assert house.tap("resolve", "ben").done

    assert page(house, "emea and now there is no picture").headline == "Paged: Ben Krüger"
    assert "Nothing is muted" in house.ask("live", "mutes").headline
    house.until(berlin("06T16:30"))
    assert not any("Missed" in one.headline for one in house.told(CHANNEL)), "somebody has closed it"


def test_when_its_mute_ends_it_goes_on_and_pages(house: Shifts) -> None:
    page(house, "emea the studio has no sound")
    house.tap("mute_30m", "ben")
    rung = len(house.told(BEN))
    house = house.killed()

    house.until(berlin("06T14:31"))

    assert len(house.told(BEN)) == rung + 1


def test_a_mute_of_all_pages_by_hand_holds_over_that_of_one(house: Shifts) -> None:
    page(house, "emea the studio has no sound")
    house.tap("mute_30m", "ben")
    house.ask("live", "mute manual 2h")

    assert page(house, "emea smoke", "ana").headline.startswith("Nobody was paged: pages by hand are muted until")
    house.until(berlin("06T15:00"))
    assert house.incidents()[0].muted is not None


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


def test_what_cannot_be_sent_goes_on_at_once_without_a_policy_too(store: Store) -> None:
    bare = HOUSE[: HOUSE.index("policies:")] + 'admin_channel: "slack:C0ADMIN001"\n'
    house = Shifts(store, berlin("06T14:00"), bare)
    page(house, "emea the studio has no sound")
    message = house.pages()[0].message
    assert message is not None

    why = "the channel is archived"
    store.write(lambda c: undelivered.note(house.moment(c), message, "slack", BEN, why, for_good=True, gone=True))

    thread = " ".join(one.headline for one in house.told(CHANNEL))
    assert "no other way is left, so the next step follows at once" in thread
    house.sweep()
    assert [page.person for page in house.pages()] == ["ben", "ben", "ana"], "whoever comes next, beside him"


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


BARE = HOUSE[: HOUSE.index("policies:")] + 'admin_channel: "slack:C0ADMIN001"\n'


def test_without_a_policy_it_is_followed_up_all_the_same(store: Store) -> None:
    house = Shifts(store, berlin("06T14:00"), BARE)

    answer = page(house, "emea the studio has no sound")

    assert answer.headline == "Paged: Ben Krüger"
    assert "No policy leads there: they are paged again" in texts(answer)
    assert "whoever is on call for emea and whoever is next on call for emea" in texts(house.told(CHANNEL)[0])
    house = house.killed()
    house.until(berlin("06T14:05"))
    assert [one.person for one in house.pages()] == ["ben", "ben", "ana"], "and whoever comes next"
    house.until(berlin("06T14:30"))
    assert [one.person for one in house.pages()] == ["ben", "ben", "ana", "ben", "ben", "ana"]


def test_when_nobody_answers_the_caller_the_thread_and_the_admins_hear_it(store: Store) -> None:
    house = Shifts(store, berlin("06T14:00"), BARE)
    page(house, "emea the studio has no sound")

    house.until(berlin("06T14:20"))

    assert house.told(MAYA)[-1].headline == "Nobody has answered your page (incident 1), and nobody is paged again"
    thread = [one.headline for one in house.told(CHANNEL)]
    assert "Nobody acknowledged, and nobody is paged again: no escalation policy leads to “emea”" in thread
    assert "none: everybody was paged, and nobody acknowledged" in texts(house.told(CHANNEL)[0])
    (told,) = [one for one in house.told("C0ADMIN001") if one.kind == "notice"]
    assert "a policy with a step for that schedule" in texts(told)
    house.until(berlin("06T15:00"))
    assert len(house.pages()) == 6
    assert len(house.told(MAYA)) == 1, "once"


def test_a_person_without_a_policy_is_paged_again_with_whoever_is_on_call(store: Store) -> None:
    house = Shifts(store, berlin("06T14:00"), BARE)
    page(house, "@ana call the warehouse")

    house.until(berlin("06T14:05"))

    assert [one.person for one in house.pages()] == ["ana", "ana", "ben"]
    assert house.tap("acknowledge", "ben").done
    house.until(berlin("06T14:30"))
    assert len(house.pages()) == 3


def test_nobody_on_call_without_a_policy_goes_to_whoever_comes_next(store: Store) -> None:
    house = Shifts(store, berlin("06T23:00"), BARE)

    assert page(house, "emea once more").headline == "Paged: Ana Weber"


def test_who_was_paged_may_vanish_from_the_file(store: Store) -> None:
    house = Shifts(store, berlin("06T14:00"), BARE)
    page(house, "emea the studio has no sound")
    gone = BARE[: BARE.index("schedules:")] + 'admin_channel: "slack:C0ADMIN001"\n'
    house.configuration = replace(load_text(gone, "livedesk.yaml"), version=2)

    house.until(berlin("06T14:30"))

    thread = [one.headline for one in house.told(CHANNEL)]
    assert "Whoever was paged, “emea”, is gone from livedesk.yaml" in thread
    assert house.told(MAYA)[-1].headline.startswith("Nobody has answered your page")


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
