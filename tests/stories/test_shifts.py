"""Notices of shifts on a real database: who comes on call hears of it once, after a restart too, and is not woken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.oncall.model import Override
from store.engine import Store
from tests.stories.shifts import ANA, BEN, HOUSE, MAYA, WEI, Shifts, berlin, texts


@pytest.fixture
def house(store: Store) -> Shifts:
    return Shifts(store, berlin("06T08:30"))


def test_who_comes_on_call_hears_until_when_whom_they_relieve_what_is_open_and_who_is_next(house: Shifts) -> None:
    house.until(berlin("06T13:00"))

    (first,) = house.told(ANA)[:1]
    (second,) = house.told(BEN)
    assert first.headline == "You are on call for emea until 13:00 (Berlin)"
    assert second.headline == "You are on call for emea until 21:00 (Berlin)"
    told = texts(second)
    assert "You relieve ana" in told
    assert "After you ana" in told
    assert "Nothing is open." in told
    assert "Tap Acknowledge" in told
    assert (second.locale, second.zone) == ("en", "Europe/Berlin")


def test_a_restart_repeats_nothing_and_loses_nothing(house: Shifts) -> None:
    house.until(berlin("06T12:59"))
    assert len(house.told(ANA)) == 1

    house = house.killed()
    house.until(berlin("06T13:00"))
    house = house.killed()
    house.until(berlin("06T13:10"))

    assert [one.headline for one in house.told(BEN)] == ["You are on call for emea until 21:00 (Berlin)"]
    assert len(house.told(ANA)) == 2, "her start and her end"


def test_after_a_downtime_a_start_is_told_late_and_only_while_it_is_of_use(house: Shifts) -> None:
    house.at = berlin("06T15:00")  # down since half past eight
    house = house.killed()
    house.until(berlin("06T15:01"))

    (ben,) = house.told(BEN)
    assert "Since" in texts(ben), "it says that it has begun"
    assert [one.headline for one in house.told(ANA)] == ["Your shift in emea is over: Ben Krüger is on call now"], (
        "her start is over and told to nobody; what she hands over is two hours old"
    )

    house.at = berlin(
        "07T18:00"
    )  # down for a day; four of Ben's eight hours are over, and an end of one o'clock is old
    house = house.killed()
    house.until(berlin("07T18:01"))
    assert len(house.told(BEN)) == 1, "neither of today's start nor of yesterday's note: both are over"
    assert house.note().state == "lapsed"
    assert len(house.told(ANA)) == 1


def test_nobody_is_woken_to_be_told_of_a_shift(store: Store) -> None:
    night = HOUSE.replace('from: "09:00", to: "13:00"', 'from: "03:00", to: "13:00"')
    house = Shifts(store, berlin("05T18:00"), night)

    house.until(berlin("06T06:59"))

    (evening,) = house.told(ANA)
    assert evening.headline == "From Fri 6 Mar 03:00 to Fri 6 Mar 13:00 (Berlin) you are on call for emea"
    house.until(berlin("06T07:00"))
    assert house.told(ANA)[1].headline == "You are on call for emea until 13:00 (Berlin)"


def test_each_reads_it_in_their_own_language_on_their_own_clock(store: Store) -> None:
    chinese = HOUSE.replace("members: [ben]", "members: [wei]")
    house = Shifts(store, berlin("06T12:30"), chinese)

    house.until(berlin("06T13:00"))

    (told,) = house.told(WEI)
    assert told.locale.startswith("zh")
    assert told.zone == "Asia/Shanghai"
    assert "on call" not in texts(told)


HOURLY = HOUSE.replace(
    "rotation: {type: daily, start: 2026-01-05, members: [ana]}",
    "rotation: {type: hourly, start: 2026-01-05, members: [ana, maya]}",
)


def test_many_short_shifts_are_one_message(store: Store) -> None:
    house = Shifts(store, berlin("06T08:30"), HOURLY)

    house.until(berlin("06T12:59"))

    starts = [one for one in house.told(ANA) if one.headline.startswith("You are on call")]
    assert len(starts) == 1
    assert "Yours again, without another message" in texts(starts[0])
    assert len(house.told(ANA)) == 1, "an hour's shift ends without a word while nothing is open"


def test_a_schedule_may_ask_for_all_of_them_and_a_person_for_none(store: Store) -> None:
    every = HOURLY.replace(
        "  emea:\n    timezone", "  emea:\n    shift_notice: {at_most_every: 0s, shortest: 0s}\n    timezone"
    ).replace(
        "contacts: {slack: U0MAYATORR}}", "contacts: {slack: U0MAYATORR}, shift_notice: {start: false, end: false}}"
    )
    house = Shifts(store, berlin("06T08:30"), every)

    house.until(berlin("06T12:59"))

    assert sum(one.headline.startswith("You are on call") for one in house.told(ANA)) == 2
    assert {one.headline for one in house.told(MAYA)} == {"Ana Weber hands emea over to you"}, (
        "what others write to her"
    )


def test_a_shift_that_somebody_takes_over_is_told_when_it_starts(house: Shifts) -> None:
    house.until(berlin("06T10:00"))
    before = house.configuration.schedules["emea"]
    after = replace(before, overrides=(Override("maya", berlin("06T10:30"), berlin("06T11:30")),))
    house.configuration = replace(house.configuration, schedules={"emea": after})
    house.changed(before, after, "maya")

    house.until(berlin("06T12:59"))

    # Half past ten in Berlin is half past one in her night; her shift is over before she wakes.
    assert [one.headline for one in house.told(MAYA)] == []
    assert len([one for one in house.told(ANA) if "on call for" in one.headline]) == 1, (
        "her second stretch is hers anyway"
    )


def test_looking_costs_one_due_row_a_schedule(house: Shifts) -> None:
    swept = 0
    while house.at < berlin("06T23:59"):
        house.at += timedelta(minutes=1)
        swept += house.sweep()

    assert swept < 20, "nothing is looked at between the changes of a schedule"
