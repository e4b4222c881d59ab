"""Who has other shifts from now on is told so: once for all of a minute, not of their own doing, and not of a change
that was taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.oncall.changed import changed
from desk.oncall.model import Override, Schedule
from handlers.opening import load_configuration
from store import due
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.shifts import ANA, BEN, HOUSE, MAYA, Shifts, berlin, texts

NEWS = "Your shifts have changed"


@pytest.fixture
def house(store: Store) -> Shifts:
    return Shifts(store, berlin("06T08:00"))


def change(house: Shifts, by: str, *overrides: Override) -> Schedule:
    """Lay these overrides over the schedule, instead of those before; what was before."""
    before = house.configuration.schedules["emea"]
    after = replace(before, overrides=overrides)
    house.configuration = replace(house.configuration, schedules={**house.configuration.schedules, "emea": after})
    house.store.write(lambda c: changed(house.moment(c), "emea", before, after, by))
    return before


def news(house: Shifts, person: str) -> list[str]:
    return [texts(one) for one in house.told(person) if one.headline == NEWS]


MORNING = Override("ben", berlin("10T09:00"), berlin("10T13:00"))


def test_each_is_told_what_they_gain_or_lose_and_by_whom(house: Shifts) -> None:
    change(house, "maya", MORNING)
    house.until(berlin("06T08:05"))

    (ben,), (ana,) = news(house, BEN), news(house, ANA)
    assert "You gain Tue 10 Mar 09:00–13:00 (Berlin), in emea" in ben
    assert "You lose Tue 10 Mar 09:00–13:00 (Berlin), in emea" in ana
    assert "Changed by maya ." in ana
    assert news(house, MAYA) == []


def test_nobody_is_told_of_what_they_did_themselves(house: Shifts) -> None:
    change(house, "ben", MORNING)
    house.until(berlin("06T08:05"))

    assert news(house, BEN) == []
    assert len(news(house, ANA)) == 1


def test_changes_within_a_minute_are_one_message_and_a_change_taken_back_is_none(house: Shifts) -> None:
    change(house, "maya", MORNING)
    house.at += timedelta(seconds=20)
    change(house, "maya", MORNING, Override("ben", berlin("11T09:00"), berlin("11T13:00")))
    house.until(berlin("06T08:05"))
    (ben,) = news(house, BEN)
    assert "10 Mar" in ben
    assert "11 Mar" in ben

    change(house, "maya", MORNING)
    house.at += timedelta(seconds=20)
    change(house, "maya", MORNING, Override("ben", berlin("11T09:00"), berlin("11T13:00")))
    house.until(berlin("06T08:30"))
    assert len(news(house, BEN)) == 1, "it is as it was"


def test_what_somebody_does_to_a_change_by_another_is_not_told_to_them_again(house: Shifts) -> None:
    change(house, "maya", MORNING)
    house.at += timedelta(seconds=20)
    change(house, "ben")  # he gives it back at once
    house.until(berlin("06T08:05"))

    assert news(house, BEN) == []
    assert news(house, ANA) == [], "and hers is hers again"


def test_a_restart_within_the_minute_loses_nothing(house: Shifts) -> None:
    change(house, "maya", MORNING)
    house = house.killed()
    house.until(berlin("06T08:05"))
    house = house.killed()
    house.until(berlin("06T08:10"))

    assert len(news(house, BEN)) == 1


def test_what_is_past_or_more_than_four_weeks_away_is_no_news(house: Shifts) -> None:
    change(
        house,
        "maya",
        Override("ben", berlin("05T09:00"), berlin("05T13:00")),
        Override("ben", berlin("06T09:00") + timedelta(days=29), berlin("06T13:00") + timedelta(days=29)),
    )
    house.until(berlin("06T08:05"))

    assert news(house, BEN) == []


def test_a_file_that_is_loaded_with_other_schedules_is_told_once(house: Shifts, tmp_path: Path) -> None:
    file = tmp_path / "livedesk.yaml"
    file.write_text(HOUSE, "utf-8")

    def load(text: str) -> None:
        file.write_text(text, "utf-8")
        house.configuration = load_configuration(house.store, WORKSPACE, file, house.at)

    load(HOUSE)
    house.until(berlin("06T08:05"))
    assert news(house, ANA) == [], "the first file changes nothing for anybody"

    load(HOUSE.replace("members: [ana]\n", "members: [ana]\n") + "\n# a comment\n")
    assert house.store.read(lambda c: due.waiting_row(c, WORKSPACE, "changed_shifts", "ana")) is None

    load(HOUSE.replace('from: "09:00", to: "13:00"', 'from: "10:00", to: "13:00"'))
    load(HOUSE.replace('from: "09:00", to: "13:00"', 'from: "10:00", to: "13:00"'))
    house.until(berlin("06T08:10"))
    (ana,) = news(house, ANA)
    assert "You lose Fri 6 Mar 09:00–10:00 (Berlin), in emea" in ana
    assert "and 17 more" in ana or "more" in ana
    assert "livedesk.yaml" in ana
    assert news(house, BEN) == []


def test_a_schedule_that_comes_or_goes_with_the_file_is_told(house: Shifts, tmp_path: Path, store: Store) -> None:
    file = tmp_path / "livedesk.yaml"
    second = HOUSE.replace(
        "policies:\n",
        """  nights:
    timezone: Europe/Berlin
    layers:
      - rotation: {type: daily, start: 2026-03-07, members: [maya]}
        restrictions: [{days: [sat], from: "21:00", to: "23:00"}]
policies:
""",
    )
    for text, said in ((HOUSE, None), (second, "You gain Sat 7 Mar"), (HOUSE, "You lose Sat 7 Mar")):
        file.write_text(text, "utf-8")
        house.configuration = load_configuration(store, WORKSPACE, file, house.at)
        house.until(house.at + timedelta(minutes=5))
        if said is not None:
            assert said in news(house, MAYA)[-1]
