"""Whole evenings, told on a real database: who is paged, who is not, and what survives a restart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.engine import Store
from tests.stories.evening import HOUSE, Evening

AMBIENT = ["love this", "hello from Texas", "how much is the set?", "so pretty", "wow", "nice colour on you", "hi all"]
FAILING = [
    "payment failed again",
    "my card was declined twice",
    "checkout is broken, I can't pay",
    "el pago no funciona",
    "can't complete my payment, error every time",
]


@pytest.fixture
def evening(store: Store) -> Evening:
    told = Evening(store)
    told.pass_ticks(24, AMBIENT)  # four quiet minutes
    return told


def complaints(number: int) -> list[tuple[str, str]]:
    """Complaints of as many different viewers."""
    return [("", FAILING[k % len(FAILING)]) for k in range(number)]


def test_it_pages_the_person_on_call_in_that_markets_night(evening: Evening) -> None:
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    (incident,) = evening.incidents()
    assert (incident.category, incident.state, incident.team) == ("payment", "open", "americas")
    assert [page.person for page in evening.pages()] == ["maya"]
    assert len(evening.said("U0MAYATORR")) == 1
    assert "Payment complaints in United States" in evening.said("C0AMERICAS")[0]


def test_it_wakes_nobody_on_a_quiet_evening(evening: Evening) -> None:
    evening.pass_ticks(60, AMBIENT)

    assert evening.incidents() == []


def test_it_leaves_a_product_drop_alone(evening: Evening) -> None:
    """Everything rises, complaints with it: nothing is wrong."""
    evening.pass_ticks(12, AMBIENT * 6, {"us": complaints(1)})

    assert evening.incidents() == []


def test_it_leaves_one_angry_viewer_alone(evening: Evening) -> None:
    evening.pass_ticks(12, AMBIENT, {"us": [("angry", "where is my parcel, delivery is a scam")] * 4})

    assert evening.incidents() == []


def test_it_stops_paging_once_someone_acknowledges(evening: Evening) -> None:
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    answer = evening.tap("acknowledge", "maya")
    evening.at += timedelta(minutes=30)
    evening.sweep()

    assert answer.done
    assert [(page.person, page.state) for page in evening.pages()] == [("maya", "acknowledged")]
    assert evening.said("U0JONPARK1") == []


def test_it_cancels_a_page_that_nobody_has_sent_yet(evening: Evening) -> None:
    """Acknowledged from the card before the page went out: the person must not be woken for it."""
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    assert len(evening.said("U0MAYATORR")) == 1

    evening.tap("acknowledge", "jon")

    assert evening.said("U0MAYATORR") == []
    assert [page.state for page in evening.pages()] == ["cancelled"]


def test_it_pages_the_next_when_nobody_acknowledges_also_after_a_restart(evening: Evening) -> None:
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    evening = evening.restart()

    evening.at += timedelta(minutes=5)
    evening.sweep()

    assert [page.person for page in evening.pages()] == ["maya", "jon"]


def test_it_tells_an_admin_when_the_policy_is_exhausted(evening: Evening) -> None:
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    for _ in range(3):
        evening.at += timedelta(minutes=11)
        evening.sweep()

    assert evening.said("C0ADMIN001") == ["Nobody acknowledged: P1 · Payment complaints in United States"]


def test_it_collects_instead_of_opening_again(evening: Evening) -> None:
    evening.pass_ticks(30, AMBIENT, {"us": complaints(6)})

    assert len(evening.incidents()) == 1
    assert len([line for line in evening.said("C0AMERICAS") if "complaints in" in line]) == 1


def test_it_says_so_when_a_spike_ends_by_itself(evening: Evening) -> None:
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    evening.pass_ticks(60, AMBIENT)

    (incident,) = evening.incidents()
    assert (incident.state, incident.resolved_by) == ("resolved", "livedesk")
    late = evening.tap("acknowledge", "maya")
    assert not late.done
    assert "already over" in late.text


def test_it_makes_markets_that_rise_together_scopes_of_one_incident(evening: Evening) -> None:
    evening.pass_ticks(10, AMBIENT, {"us": complaints(6), "eu": complaints(6)})

    assert len(evening.incidents()) == 1
    (card,) = [line for line in evening.said("C0AMERICAS") + evening.said("C0EMEAOPS1") if "complaints in" in line]
    assert "United States" in card
    assert "Europe" in card


def test_a_second_tap_says_who_has_it(evening: Evening) -> None:
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    evening.tap("acknowledge", "maya")

    second = evening.tap("acknowledge", "jon")

    assert not second.done
    assert "Maya Torres already has it" in second.text


def test_it_leaves_no_button_behind_in_a_channel_that_the_policy_told(store: Store) -> None:
    told = Evening(
        store, house=HOUSE.replace("notify: [{schedule: americas}]", 'notify: [{channel: "slack:C0OTHER00"}]')
    )
    told.pass_ticks(24, AMBIENT)
    told.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    (copy,) = told.said("C0OTHER00")
    assert "Payment complaints" in copy

    told.tap("resolve", "maya")

    (copy,) = told.said("C0OTHER00")
    assert copy.startswith("Over:")


def test_escalating_pages_the_next_at_once(evening: Evening) -> None:
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    evening.tap("escalate", "maya")

    assert [page.person for page in evening.pages()] == ["maya", "jon"]


def test_it_survives_a_kill_between_any_two_steps(evening: Evening) -> None:
    """A fresh process after every tick sees what the one before it saw: same incident, same pages."""
    for _ in range(8):
        evening = evening.restart()
        evening.pass_ticks(1, AMBIENT, {"us": complaints(6)})

    assert len(evening.incidents()) == 1
    assert [page.person for page in evening.pages()] == ["maya"]


def test_it_lets_nobody_be_woken_after_the_show_has_ended(evening: Evening) -> None:
    """The feed stops in the middle of a spike: ten minutes later the show is over, and so is what nobody took."""
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    evening.at += timedelta(minutes=11)
    evening.work()
    evening.sweep()

    (incident,) = evening.incidents()
    assert (incident.state, incident.resolved_by) == ("resolved", "livedesk")
    assert [page.person for page in evening.pages()] == ["maya"]
