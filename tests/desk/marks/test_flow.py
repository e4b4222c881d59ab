from __future__ import annotations

from datetime import timedelta

import pytest

from desk.marks import flow as marks
from desk.marks.rules import NOISE, USEFUL, Mark
from desk.words import tongue
from store import incidents, outbox
from store import marks as stored
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import Evening
from tests.stories.test_evenings import AMBIENT, complaints


@pytest.fixture
def evening(store: Store) -> Evening:
    told = Evening(store)
    told.pass_ticks(24, AMBIENT)
    told.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    return told


def mark(evening: Evening, said: Mark, who: str, incident: int = 1) -> tuple[str, bool]:
    answer = evening.store.write(lambda c: marks.act(evening.moment(c), incident, said, who, tongue("en")))
    return answer.text, answer.done


def card(evening: Evening) -> str:
    return next(
        str(body["footer"])
        for _, where, body in evening.store.read(lambda c: outbox.pending(c, WORKSPACE))
        if where == "C0AMERICAS" and body["kind"] == "incident"
    )


def buttons(evening: Evening, destination: str, kind: str) -> list[str]:
    said = evening.store.read(lambda c: outbox.pending(c, WORKSPACE))
    return [
        action["verb"]
        for _, where, body in said
        if (where, body["kind"]) == (destination, kind)
        for action in body["actions"]
    ]


def test_it_counts_the_newest_word_of_each_and_says_so_in_small_print(evening: Evening) -> None:
    mark(evening, NOISE, "maya")
    mark(evening, NOISE, "slack:Kim")
    evening.at += timedelta(minutes=1)
    assert "noise: 2" in card(evening)

    text, done = mark(evening, USEFUL, "maya")

    assert (text, done) == ("Noted as useful. Thank you.", True)
    assert "useful: 1 · noise: 1" in card(evening)
    kept = evening.store.read(lambda c: stored.of_incident(c, 1))
    assert [(one.actor, one.mark) for one in kept] == [("slack:Kim", NOISE), ("maya", USEFUL)]


def test_it_keeps_every_change_in_the_history(evening: Evening) -> None:
    for said in (NOISE, NOISE, USEFUL):
        mark(evening, said, "maya")

    told = [row for row in evening.store.read(lambda c: incidents.history(c, 1)) if row["what"] == "marked"]
    assert [(row["actor"], row["detail"]) for row in told] == [
        ("maya", {"mark": "noise", "before": None}),
        ("maya", {"mark": "useful", "before": "noise"}),
    ]


def test_it_says_that_it_was_said_before(evening: Evening) -> None:
    mark(evening, NOISE, "maya")

    assert mark(evening, NOISE, "maya") == ("You have called it noise before.", False)


def test_it_takes_a_mark_long_after_it_was_over(evening: Evening) -> None:
    evening.tap("resolve", "maya")
    evening.at += timedelta(days=3)

    assert mark(evening, NOISE, "maya")[1]
    (incident,) = evening.incidents() or evening.store.read(
        lambda c: incidents.between(c, WORKSPACE, evening.at - timedelta(days=9), evening.at)
    )
    assert incident.state == "resolved"
    assert "noise: 1" in card(evening)


def test_it_changes_nothing_else_about_the_incident(evening: Evening) -> None:
    before = evening.incidents()
    mark(evening, NOISE, "maya")

    assert evening.incidents() == before
    assert [page.state for page in evening.pages()] == ["paged"]


def test_it_knows_no_incident_that_is_not_there(evening: Evening) -> None:
    text, done = mark(evening, NOISE, "maya", incident=77)

    assert not done
    assert "77" in text


def test_it_offers_both_buttons_on_card_and_page_and_when_it_is_over(evening: Evening) -> None:
    assert {"useful", "noise"} <= set(buttons(evening, "C0AMERICAS", "incident"))
    assert {"useful", "noise"} <= set(buttons(evening, "U0MAYATORR", "page"))

    evening.tap("resolve", "maya")

    assert buttons(evening, "C0AMERICAS", "incident") == ["useful", "noise"]
