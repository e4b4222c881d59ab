"""Pages that wait for a morning, on a real database: decided at night, sent once, or never needed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from desk.messages import Facts, When, plain
from desk.oncall.duty import pages_between
from store import due
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import HOUSE
from tests.stories.rises import IMPORTANT, URGENT, Rises

# 04:00 in Los Angeles. P2 waits for the morning there, P1 does not.
LOW = HOUSE.replace("  page:\n", "  page:\n    urgency: {P2: low, P3: low}\n").replace(
    "      - {notify: [{person: jon}], wait: 10m}\n", ""
)
MORNING = datetime.fromisoformat("2026-03-06T16:00:00Z")  # 08:00 in Los Angeles


@pytest.fixture
def night(store: Store) -> Rises:
    """An important rise (P2) that nobody is woken for."""
    evening = Rises(store, LOW)
    evening.rise(IMPORTANT)
    assert [one.severity for one in evening.incidents()] == ["P2"]
    return evening


def until(night: Rises, at: datetime) -> None:
    night.pass_time(at - night.at, timedelta(minutes=5))


def next_step(night: Rises) -> datetime:
    (message,) = night.messages("C0AMERICAS", "incident")
    pairs = [pair for part in message.parts if isinstance(part, Facts) for pair in part.pairs]
    return next(span.at for label, spans in pairs if label == "Next step" for span in spans if isinstance(span, When))


def card(night: Rises) -> dict[str, str]:
    (message,) = night.messages("C0AMERICAS", "incident")
    names = {"maya": "Maya"}
    return {
        label: plain(spans, names) for part in message.parts if isinstance(part, Facts) for label, spans in part.pairs
    }


def test_it_decides_at_once_and_says_until_when_the_page_is_held(night: Rises) -> None:
    (page,) = night.pages()

    assert (page.person, page.state, page.message, page.held_until) == ("maya", "held", None, MORNING)
    assert night.said("U0MAYATORR") == [], "nobody is woken"
    span = night.at - timedelta(hours=1), night.at + timedelta(hours=1)
    assert night.store.read(lambda c: pages_between(night.moment(c), *span)) == [], "and it is no wake-up"
    assert card(night)["Held"] == "until 08:00 (Los Angeles) for Maya"
    assert ("held", "livedesk") in night.record()


def test_the_card_says_when_the_admins_are_really_told(night: Rises) -> None:
    """Not when the last step's wait is over: nobody can answer at night what has not reached them."""
    assert next_step(night) == MORNING + timedelta(minutes=5)


def test_it_sends_the_page_in_the_morning_once_and_whatever_was_killed(night: Rises) -> None:
    night = night.restart()
    until(night, MORNING + timedelta(minutes=4))

    (page,) = night.pages()
    assert page.state == "paged"
    assert MORNING <= page.paged_at < MORNING + timedelta(minutes=6), "it wakes nobody at night"
    assert len(night.said("U0MAYATORR")) == 1
    assert "Held" not in card(night)


def test_nobody_is_told_that_nobody_answered_before_anybody_was_asked(night: Rises) -> None:
    """The steps go on at night, and a policy is exhausted only when what was held has had its time, too."""
    until(night, MORNING - timedelta(minutes=10))
    assert not any("Nobody acknowledged" in said for said in night.said("C0ADMIN001"))

    until(night, MORNING + timedelta(minutes=12))
    assert any("Nobody acknowledged" in said for said in night.said("C0ADMIN001"))


@pytest.mark.parametrize("verb", ["acknowledge", "resolve", "mute_2h"])
def test_it_is_withdrawn_when_somebody_takes_it_in_hand(night: Rises, verb: str) -> None:
    night.tap(verb, "jon")
    (page,) = night.pages()
    assert page.state == "cancelled"

    until(night, night.at + timedelta(hours=1))

    assert night.said("U0MAYATORR") == []
    assert ("withdrawn", "livedesk") in night.record()
    assert night.store.read(lambda c: due.planned(c, WORKSPACE, "held", str(page.id))) is None


def test_it_is_withdrawn_when_it_ends_by_itself(night: Rises) -> None:
    night.rise(0.5, calm=True)

    assert [one.state for one in night.incidents()] == ["resolved"]
    assert [page.state for page in night.pages()] == ["cancelled"]


def test_it_goes_out_at_once_when_it_becomes_urgent(night: Rises) -> None:
    night.at += timedelta(minutes=1)
    night.rise(URGENT)

    assert [one.severity for one in night.incidents()] == ["P1"]
    (page,) = night.pages()
    assert (page.state, page.paged_at) == ("paged", night.at)
    assert len(night.said("U0MAYATORR")) == 1
    until(night, MORNING + timedelta(minutes=4))
    assert len(night.pages()) == 1, "and not again in the morning"


def test_whoever_escalates_asks_for_help_now(night: Rises) -> None:
    assert night.tap("escalate", "jon").done

    assert [page.state for page in night.pages()] == ["paged"]
    assert len(night.said("U0MAYATORR")) == 1


def test_what_was_not_paged_at_all_is_held_when_it_worsens_that_far(store: Store) -> None:
    evening = Rises(store, LOW.replace("P3: low", "P3: none"))
    evening.rise(4.0)
    assert evening.pages() == []

    evening.at += timedelta(minutes=1)
    evening.rise(IMPORTANT)

    assert [page.state for page in evening.pages()] == ["held"]


def test_a_step_that_skips_a_sleeper_falls_through_at_once_and_says_so(store: Store) -> None:
    house = HOUSE.replace(
        "{notify: [{schedule: americas}], wait: 5m}",
        '{notify: [{schedule: americas}], wait: 5m, only: {from: "08:00", to: "22:00"}}',
    )
    evening = Rises(store, house)
    evening.rise(URGENT)

    assert [page.person for page in evening.pages()] == ["jon"]
    told = [message.headline for message in evening.messages("C0AMERICAS", "history")]
    assert "step 1, maya is outside of 08:00–22:00 (04:00 there)" in told


def test_a_step_prefers_one_and_the_next_one_names_the_other(store: Store) -> None:
    house = (
        HOUSE.replace("{person: jon}", "{group: everybody}")
        .replace("wait: 10m}", "wait: 10m, prefer: [awake, language]}")
        .replace("teams:\n", "groups:\n  everybody: {members: [jon, ana]}\nteams:\n", 1)
        .replace("{notify: [{schedule: americas}], wait: 5m}", "{notify: [{group: everybody}], prefer: [awake]}")
    )
    evening = Rises(store, house)
    evening.rise(URGENT)
    (first,) = evening.pages()
    evening.pass_time(timedelta(minutes=6))

    assert first.person == "ana"
    assert first.why.endswith("Ana Weber before Jon Park: awake (13:00 there)")
    assert [page.person for page in evening.pages()] == ["ana", "jon"]
