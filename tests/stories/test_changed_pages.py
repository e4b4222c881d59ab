"""An incident that is open while somebody changes who is on call: each step pages as the schedule is at its time."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from desk.oncall.changing import paint, undo
from desk.oncall.duty import coverage
from desk.oncall.painting import Paint
from desk.questions import flow as questions
from desk.questions.asking import Asker
from store.engine import Store
from tests.stories.evening import HOUSE, Evening
from tests.stories.test_evenings import AMBIENT, complaints

TWO_STEPS = HOUSE.replace(
    "      - {notify: [{person: jon}], wait: 10m}", "      - {notify: [{schedule: americas}], wait: 10m}"
)


def test_an_override_set_in_the_meantime_decides_whom_the_next_step_pages(store: Store) -> None:
    evening = Evening(store, house=TWO_STEPS)
    evening.pass_ticks(24, AMBIENT)
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    assert [page.person for page in evening.pages()] == ["maya"]

    span = Paint("americas", "ana", evening.at, evening.at + timedelta(hours=2))
    number = evening.store.write(lambda c: paint(evening.moment(c), "override", [span], "maya", "slack")).number
    evening.at += timedelta(minutes=6)
    evening.sweep()

    assert [page.person for page in evening.pages()] == ["maya", "ana"]
    assert "override" in evening.pages()[1].why
    assert [text for text in evening.said("U0ANAWEBER") if text.startswith("Page:")] == [
        "Page: P1 · Payment complaints in United States"
    ]
    assert [
        one.person for one in evening.store.read(lambda c: coverage(evening.moment(c), "americas", evening.at))
    ] == ["ana"]
    evening.store.write(lambda c: undo(evening.moment(c), number, "maya", "slack"))
    assert [
        one.person for one in evening.store.read(lambda c: coverage(evening.moment(c), "americas", evening.at))
    ] == ["maya"]


def test_a_schedule_left_empty_on_purpose_falls_through_to_the_next_step(store: Store) -> None:
    evening = Evening(store)
    evening.pass_ticks(24, AMBIENT)
    span = Paint("americas", None, evening.at, evening.at + timedelta(hours=2))
    evening.store.write(lambda c: paint(evening.moment(c), "override", [span], "maya", "slack"))

    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    assert [page.person for page in evening.pages()] == ["jon"]


def test_every_question_about_the_plan_sees_the_same_change(store: Store) -> None:
    evening = Evening(store)
    asker = Asker("ana", ZoneInfo("Europe/Berlin"), "en", None, "slack:Ana", ("slack", "U0ANAWEBER"))

    def ask(text: str) -> str:
        run = evening.store.write if questions.changes("oncall", text) else evening.store.read
        said = run(lambda c: questions.answer(evening.moment(c), "oncall", text, asker))
        return f"{said.headline} {said.parts} {said.chart}"

    before = {
        text: ask(text) for text in ("americas", "week americas", "explain americas", "me", "", "fairness next 7")
    }
    assert "Ana Weber is on call for americas now" in ask("take americas for 3h")

    after = {text: ask(text) for text in before}
    assert all(before[text] != after[text] for text in before), "pages, charts and answers are of one schedule"
    assert "Ana Weber on call" in after["americas"]
