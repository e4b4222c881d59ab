"""Several things go wrong within a minute: how many messages that makes, and what each of them still can do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from handlers.clock.clocks import wall_now
from store import incidents, outbox
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import HOUSE, Evening
from tests.stories.test_evenings import AMBIENT, complaints

LOST = [
    "where is my parcel",
    "my delivery is two weeks late",
    "package never arrived",
    "shipping takes forever, still waiting",
    "mi paquete no ha llegado",
    "tracking says delivered, but no parcel came",
]


def parcels(number: int) -> list[tuple[str, str]]:
    return [("", LOST[k % len(LOST)]) for k in range(number)]


def waiting(evening: Evening, destination: str, kind: str) -> list[Mapping[str, Any]]:
    """What waits to be sent there, oldest first."""
    found = evening.store.read(lambda c: outbox.pending(c, WORKSPACE))
    return [body for _, where, body in found if where == destination and body["kind"] == kind]


def verbs(body: Mapping[str, Any]) -> list[str]:
    rows = [part["actions"] for part in body["parts"] if part["type"] == "buttons"]
    return [f"{one['verb']} {one['ref']}" for row in rows for one in row]


@pytest.fixture
def evening(store: Store) -> Evening:
    told = Evening(store)
    told.pass_ticks(24, AMBIENT)
    return told


@pytest.fixture
def troubled(evening: Evening) -> Evening:
    evening.pass_ticks(8, AMBIENT, {"us": [*complaints(6), *parcels(6)]})
    assert {one.category for one in evening.incidents()} == {"payment", "delivery"}
    return evening


def test_it_tells_a_channel_once_of_what_rises_within_a_minute(troubled: Evening) -> None:
    (card,) = waiting(troubled, "C0AMERICAS", "incident")

    assert "2 problems at once" in card["headline"]
    assert {"acknowledge incident:1", "acknowledge incident:2"} <= set(verbs(card))


def test_it_wakes_a_person_once_for_all_of_it(troubled: Evening) -> None:
    (page,) = waiting(troubled, "U0MAYATORR", "page")

    assert "2 problems at once" in page["headline"]
    assert [page.person for number in (1, 2) for page in troubled.pages(number)] == ["maya", "maya"]


def test_acknowledging_one_leaves_the_other_open(troubled: Evening) -> None:
    troubled.tap("acknowledge", "maya", 1)

    assert [one.state for one in troubled.incidents()] == ["acknowledged", "open"]
    (page,) = waiting(troubled, "U0MAYATORR", "page")
    assert "acknowledge incident:1" not in verbs(page)
    assert "acknowledge incident:2" in verbs(page)


def test_the_other_still_goes_on_to_the_next_person(troubled: Evening) -> None:
    troubled.tap("acknowledge", "maya", 1)
    troubled.at += timedelta(minutes=5)
    troubled.sweep()

    assert [page.person for page in troubled.pages(1)] == ["maya"]
    assert [page.person for page in troubled.pages(2)] == ["maya", "jon"]


def test_a_page_that_nobody_needs_any_more_is_not_sent(troubled: Evening) -> None:
    troubled.tap("acknowledge", "jon", 1)
    troubled.tap("acknowledge", "jon", 2)

    assert waiting(troubled, "U0MAYATORR", "page") == []


def test_each_line_of_the_thread_says_what_it_is_about(troubled: Evening) -> None:
    troubled.tap("acknowledge", "maya", 2)

    lines = [body["headline"] for body in waiting(troubled, "C0AMERICAS", "history")]
    assert any(line.endswith("· Acknowledged by") and line.split(" ·")[0] in ("Payment", "Delivery") for line in lines)


def test_what_comes_later_has_a_card_of_its_own(evening: Evening) -> None:
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    evening.pass_ticks(4, AMBIENT, {"us": complaints(3)})
    evening.pass_ticks(8, AMBIENT, {"us": parcels(6)})

    cards = waiting(evening, "C0AMERICAS", "incident")
    assert len(cards) == 2
    assert "at once" not in waiting(evening, "U0MAYATORR", "page")[-1]["headline"]


def a_few_parcels(evening: Evening) -> None:
    for _ in range(30):
        evening.pass_ticks(1, AMBIENT, {"us": parcels(1)})
        if evening.incidents():
            break
    assert [one.severity for one in evening.incidents()] == ["P3"]


def deliver(evening: Evening) -> None:
    """All that waits has arrived in its channel."""

    def unit(connection: Connection) -> int:
        claimed = outbox.claim(connection, WORKSPACE, "test", wall_now(), timedelta(minutes=1))
        for one in claimed:
            outbox.sent(connection, one, one.address or f"{one.destination}/{one.message}", wall_now())
        return len(claimed)

    while evening.store.write(unit):
        pass


def test_what_is_worse_than_what_has_rung_rings_itself(evening: Evening) -> None:
    """First a few parcels, for information; then, within the minute, a wall of failed payments."""
    a_few_parcels(evening)
    deliver(evening)
    evening.pass_ticks(2, AMBIENT, {"us": [*complaints(12), *parcels(1)]})

    cards = [card["headline"] for card in waiting(evening, "C0AMERICAS", "incident")]
    assert any("Payment complaints" in headline for headline in cards)


def test_what_has_not_left_yet_rings_for_all(evening: Evening) -> None:
    """The same, while Slack does not answer: one message, with the worst on top."""
    a_few_parcels(evening)
    evening.pass_ticks(2, AMBIENT, {"us": [*complaints(12), *parcels(1)]})

    (card,) = waiting(evening, "C0AMERICAS", "incident")
    assert card["headline"] == "2 problems at once (payment and delivery)"


def test_a_restart_between_the_two_changes_nothing(evening: Evening) -> None:
    for _ in range(8):
        evening = evening.restart()
        evening.pass_ticks(1, AMBIENT, {"us": [*complaints(6), *parcels(6)]})

    assert len(waiting(evening, "C0AMERICAS", "incident")) == 1
    assert len(waiting(evening, "U0MAYATORR", "page")) == 1


def test_the_thread_tells_how_it_went(evening: Evening) -> None:
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    evening.sweep()
    evening.tap("acknowledge", "maya")
    evening.pass_ticks(3, AMBIENT, {"us": complaints(6)})
    evening.tap("resolve", "maya")

    lines = waiting(evening, "C0AMERICAS", "history")
    said = [line["headline"] for line in lines]
    assert "How it stood at the opening" in said
    assert [line for line in said if "Acknowledged by" in line or "Resolved by" in line] == [
        "Acknowledged by",
        "Resolved by",
    ]
    pictures = {line["headline"]: line["chart"] for line in lines if line["chart"]}
    assert {"How it stood at the opening", "Resolved by"} <= set(pictures)
    opening, end = pictures["How it stood at the opening"], pictures["Resolved by"]
    assert not opening["data"]["ended_at"]
    assert end["data"]["ended_at"]


def test_money_in_carts_is_on_the_card_and_weighs_on_failed_payments(store: Store) -> None:
    rich = Evening(store, house=HOUSE.replace("languages: [en, es]", "languages: [en, es], currency: USD"))
    rich.pass_ticks(24, AMBIENT)
    rich.say([(f"s{n}", "") for n in range(3)], kind="add_to_cart", value=Decimal("700.10"), currency="USD")
    rich.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    (incident,) = rich.incidents()
    assert incident.why["judged"]["carts"] == [["USD", "2100.3"]]
    (card,) = waiting(rich, "C0AMERICAS", "incident")
    assert "$2,100 in carts" in str(card["parts"])


def test_a_card_suggests_what_the_team_wrote(store: Store) -> None:
    answers = (
        "answers:\n"
        '  - {categories: [payment], language: en, text: "We are on it."}\n'
        '  - {categories: [payment], language: zh, text: "正在处理"}\n'
    )
    evening = Evening(store, house=HOUSE + answers)
    evening.pass_ticks(24, AMBIENT)
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    (card,) = waiting(evening, "C0AMERICAS", "incident")
    assert "We are on it." in str(card["parts"])
    evening.tap("resolve", "maya")
    (card,) = waiting(evening, "C0AMERICAS", "incident")
    assert "We are on it." not in str(card["parts"])


def test_the_samples_of_a_card_differ(evening: Evening) -> None:
    evening.pass_ticks(12, AMBIENT, {"us": complaints(6)})

    (card,) = waiting(evening, "C0AMERICAS", "incident")
    quotes = [(part["day"], part["event"]) for part in card["parts"] if part["type"] == "quote"]
    assert len(set(quotes)) == 3


def test_severity_is_looked_up_only_when_it_could_change(evening: Evening) -> None:
    """An incident that goes on as it is asks for nothing but its own counts."""
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    judged = evening.store.read(lambda c: [row["what"] for row in incidents.history(c, 1)])

    evening.pass_ticks(12, AMBIENT, {"us": complaints(4)})

    after = evening.store.read(lambda c: [row["what"] for row in incidents.history(c, 1)])
    assert after.count("worsened") == judged.count("worsened")


def test_a_page_says_so_when_its_incident_becomes_worse(evening: Evening) -> None:
    evening.pass_ticks(3, AMBIENT, {"us": complaints(3)})
    evening.pass_ticks(3, AMBIENT, {"us": complaints(12)})
    (incident,) = evening.incidents()

    (page,) = waiting(evening, "U0MAYATORR", "page")
    assert page["severity"] == incident.severity == "P1"


def test_a_shared_page_tells_what_comes_next_for_each(troubled: Evening) -> None:
    (page,) = waiting(troubled, "U0MAYATORR", "page")

    assert str(page["parts"]).count("Next step") == 2
