from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.oncall.model import Schedule
from desk.oncall.resolve import final_schedule, upcoming, who
from tests.desk.oncall.examples import BERLIN, WEEKDAYS_ONLY, instant, layer, leave, override, schedule, window

DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
ANA = layer("ana", name="always")
HOURS = layer("ana", "ben", name="weekdays", restrictions=(window("09:00", "17:00", WEEKDAYS_ONLY),))


def rows(of: Schedule, start: str, end: str) -> list[tuple[str | None, str, str]]:
    """(person, from, to) in UTC."""
    found = final_schedule(of, instant(start), instant(end))
    return [(row.person, f"{row.start:%d %H:%M}", f"{row.end:%d %H:%M}") for row in found]


def people(of: Schedule, at: str) -> tuple[str, ...]:
    return who(of, instant(at)).people


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_clips_rows_to_what_was_asked() -> None:
    assert rows(schedule(ANA), "2026-02-03T04:05", "2026-02-06") == [("ana", "03 04:05", "06 00:00")]


def test_it_joins_neighbouring_turns_of_one_person() -> None:
    found = rows(schedule(layer("ana", "ana", "ben")), "2026-01-04T23:00", "2026-01-07T23:00")

    assert found == [("ana", "04 23:00", "06 23:00"), ("ben", "06 23:00", "07 23:00")]


def test_it_says_nobody_in_gaps() -> None:
    found = rows(schedule(HOURS), "2026-01-05T12:00", "2026-01-06T12:00")

    assert found == [("ana", "05 12:00", "05 16:00"), (None, "05 16:00", "06 08:00"), ("ben", "06 08:00", "06 12:00")]


def test_it_has_one_row_of_nobody_for_a_schedule_without_layers() -> None:
    assert rows(schedule(), "2026-01-05", "2026-01-06") == [(None, "05 00:00", "06 00:00")]


def test_it_has_no_rows_for_an_empty_range() -> None:
    assert rows(schedule(ANA), "2026-01-05", "2026-01-05") == []


def test_it_answers_in_utc_whatever_it_is_asked_in() -> None:
    asked = datetime(2026, 1, 5, 1, tzinfo=BERLIN), datetime(2026, 1, 6, 1, tzinfo=BERLIN)

    (row,) = final_schedule(schedule(ANA), *asked)

    assert (row.start.tzinfo, row.start.hour, row.end.hour) == (UTC, 0, 0)


@pytest.mark.parametrize("question", [lambda at: who(schedule(ANA), at), lambda at: upcoming(schedule(ANA), at)])
def test_it_refuses_a_time_without_offset(question: object) -> None:
    with pytest.raises(ValueError, match="no offset"):
        question(datetime(2026, 1, 5))  # type: ignore[operator]


# ── layers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_lets_the_highest_layer_win_where_it_has_somebody() -> None:
    nights = layer("ben", name="nights", restrictions=(window("22:00", "06:00"),))

    found = rows(schedule(ANA, nights), "2026-03-02T12:00", "2026-03-03T12:00")

    assert found == [("ana", "02 12:00", "02 21:00"), ("ben", "02 21:00", "03 05:00"), ("ana", "03 05:00", "03 12:00")]


def test_it_follows_the_sun_through_layers_in_several_zones() -> None:
    berlin = layer("ana", name="berlin", restrictions=(window("08:00", "16:00"),))
    hangzhou = layer("wei", name="hangzhou", zone=SHANGHAI, restrictions=(window("08:00", "16:00"),))
    angeles = layer("jon", name="la", zone=ZoneInfo("America/Los_Angeles"), restrictions=(window("08:00", "16:00"),))

    found = rows(schedule(angeles, hangzhou, berlin), "2026-03-02", "2026-03-03")

    # Between Hangzhou's evening and Berlin's morning there is nothing missing; between the two others an hour is.
    assert found == [
        ("wei", "02 00:00", "02 07:00"),
        ("ana", "02 07:00", "02 15:00"),
        (None, "02 15:00", "02 16:00"),
        ("jon", "02 16:00", "03 00:00"),
    ]


def test_it_takes_a_temporary_schedule_as_a_layer_on_top() -> None:
    launch = layer("ben", name="launch week", begins=date(2026, 3, 3), ends=date(2026, 3, 4))

    found = rows(schedule(ANA, launch), "2026-03-02", "2026-03-05")

    assert found == [("ana", "02 00:00", "02 23:00"), ("ben", "02 23:00", "03 23:00"), ("ana", "03 23:00", "05 00:00")]


def test_it_has_as_many_people_as_it_says_each_from_another_layer() -> None:
    pair = schedule(layer("chi", name="low"), layer("ana", name="middle"), layer("ana", "ben", name="high"), people=2)

    assert people(pair, "2026-01-05T12:00") == ("ana", "chi")  # ana stands in two layers and counts once
    assert people(pair, "2026-01-06T12:00") == ("ben", "ana")


def test_it_overlaps_the_rows_of_two_people_and_joins_each_ones_own() -> None:
    pair = schedule(layer("chi", name="low"), layer("ana", "ben", name="high"), people=2)

    found = rows(pair, "2026-01-04T23:00", "2026-01-06T23:00")

    assert found == [
        ("ana", "04 23:00", "05 23:00"),
        ("chi", "04 23:00", "06 23:00"),
        ("ben", "05 23:00", "06 23:00"),
    ]


# ── overrides ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_lets_an_override_beat_every_layer() -> None:
    overridden = schedule(ANA, overrides=(override("ben", "2026-03-02T10:00", "2026-03-02T12:00"),))

    found = rows(overridden, "2026-03-02", "2026-03-03")

    assert found == [("ana", "02 00:00", "02 10:00"), ("ben", "02 10:00", "02 12:00"), ("ana", "02 12:00", "03 00:00")]


def test_it_replaces_everybody_by_one_override() -> None:
    pair = schedule(
        layer("chi"), layer("ana"), people=2, overrides=(override("ben", "2026-03-02T10:00", "2026-03-02T12:00"),)
    )

    assert people(pair, "2026-03-02T09:59") == ("ana", "chi")
    assert people(pair, "2026-03-02T10:00") == ("ben",)


def test_it_leaves_a_schedule_empty_on_purpose() -> None:
    emptied = schedule(ANA, overrides=(override(None, "2026-03-02T10:00", "2026-03-02T12:00"),))

    answer = who(emptied, instant("2026-03-02T11:00"))

    assert answer.oncall == ()
    assert answer.why == "nobody: an override leaves it empty on purpose until 2026-03-02 13:00 Europe/Berlin"


def test_it_does_not_move_turns_by_an_override() -> None:
    plain = schedule(layer("ana", "ben", "chi"))
    overridden = schedule(layer("ana", "ben", "chi"), overrides=(override("eva", "2026-01-05", "2026-01-08"),))

    assert people(overridden, "2026-01-09") == people(plain, "2026-01-09")


def test_it_reads_an_override_across_a_change_of_clocks_as_instants() -> None:
    overridden = schedule(ANA, overrides=(override("ben", "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"),))

    assert rows(overridden, "2026-10-25", "2026-10-25T03:00")[1] == ("ben", "25 00:30", "25 01:30")


def test_it_gives_the_later_in_the_list_the_last_word_should_overrides_overlap() -> None:
    """A valid schedule has none; whoever reads this one must still hear of one person at a time."""
    both = override("ben", "2026-03-02", "2026-03-04"), override("chi", "2026-03-03", "2026-03-03T12:00")

    found = rows(schedule(ANA, overrides=both), "2026-03-02", "2026-03-04")

    assert [person for person, _, _ in found] == ["ben", "chi", "ben"]


# ── leave and holidays ───────────────────────────────────────────────────────────────────────────────────────────


def test_it_lets_the_next_member_stand_in_for_the_time_of_leave_only() -> None:
    away = schedule(
        layer("ana", "ben", "chi", type="weekly"), leave=(leave("ana", "2026-01-06T12:00", "2026-01-07T12:00"),)
    )

    found = rows(away, "2026-01-05", "2026-01-12")

    assert found == [
        ("ana", "05 00:00", "06 12:00"),
        ("ben", "06 12:00", "07 12:00"),
        ("ana", "07 12:00", "11 23:00"),
        ("ben", "11 23:00", "12 00:00"),
    ]


def test_it_passes_over_everybody_who_is_away() -> None:
    away = schedule(
        layer("ana", "ben", "chi"),
        leave=(leave("ana", "2026-01-05", "2026-01-09"), leave("ben", "2026-01-05", "2026-01-09")),
    )

    assert people(away, "2026-01-05T12:00") == ("chi",)


def test_it_goes_to_the_lower_layer_when_a_whole_layer_is_away() -> None:
    away = schedule(
        layer("chi", name="backup"),
        layer("ana", "ben", name="first line"),
        leave=(leave("ana", "2026-01-05", "2026-01-09"), leave("ben", "2026-01-05", "2026-01-07")),
    )

    answer = who(away, instant("2026-01-05T12:00"))

    assert answer.people == ("chi",)
    assert answer.why == (
        "chi: layer backup, turn 1; layer first line has nobody available: "
        "ana (on leave until 2026-01-09 01:00 Europe/Berlin), ben (on leave until 2026-01-07 01:00 Europe/Berlin)"
    )


def test_it_has_nobody_when_all_are_away_and_says_why() -> None:
    away = schedule(ANA, leave=(leave("ana", "2026-01-05", "2026-01-09"),))

    answer = who(away, instant("2026-01-05T12:00"))

    assert answer.oncall == ()
    assert answer.why == (
        "nobody: layer always has nobody available: ana (on leave until 2026-01-09 01:00 Europe/Berlin)"
    )


def test_it_lets_an_override_stand_against_leave() -> None:
    away = schedule(
        layer("chi"),
        overrides=(override("ana", "2026-01-05", "2026-01-06"),),
        leave=(leave("ana", "2026-01-01", "2026-01-05T12:00"),),
    )

    answer = who(away, instant("2026-01-05T06:00"))

    assert answer.people == ("ana",)
    assert "although on leave until 2026-01-05 13:00 Europe/Berlin" in answer.why
    assert "although" not in who(away, instant("2026-01-05T18:00")).why


def on_holidays(**given: object) -> Schedule:
    people = {"countries": {"ana": "DE", "wei": "CN"}, "zones": {"ana": BERLIN, "wei": SHANGHAI}}
    return schedule(layer("ana", "wei", type="weekly", every=52), **{"holidays": True, **people, **given})


def test_it_skips_public_holidays_on_the_persons_own_local_day() -> None:
    found = rows(on_holidays(), "2026-04-30T12:00", "2026-05-04")

    # The first of May is a holiday of both, on Hangzhou's day and on Berlin's; China has the second, too.
    assert found == [
        ("ana", "30 12:00", "30 22:00"),
        (None, "30 22:00", "01 22:00"),
        ("ana", "01 22:00", "04 00:00"),
    ]


def test_it_lets_somebody_of_another_country_work_through_a_holiday() -> None:
    answer = who(on_holidays(), instant("2026-04-03T12:00"))

    assert answer.people == ("wei",)
    assert answer.why == "wei: layer days, turn 1, standing in for ana (public holiday: Good Friday)"


def test_it_ignores_holidays_unless_told() -> None:
    assert people(on_holidays(holidays=False), "2026-04-03T12:00") == ("ana",)


def test_it_takes_the_schedules_zone_for_somebody_whose_own_is_not_known() -> None:
    """Good Friday begins at 22:00 UTC where the schedule is."""
    unknown = on_holidays(zones={})

    assert people(unknown, "2026-04-02T21:59") == ("ana",)
    assert people(unknown, "2026-04-02T22:00") == ("wei",)


def test_it_knows_no_holidays_of_a_country_that_the_library_does_not_have() -> None:
    assert people(on_holidays(countries={"ana": "QQ"}), "2026-04-03T12:00") == ("ana",)


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_says_until_when_across_turns_of_the_same_person() -> None:
    three = schedule(layer("ana", "ana", "ben", type="weekly"))

    answer = who(three, instant("2026-01-05T12:00"))

    assert answer.oncall == (("ana", instant("2026-01-18T23:00")),)
    assert answer.why == "ana: layer days, turn 1"


def test_it_gives_no_end_when_there_is_none_within_a_year() -> None:
    assert who(schedule(ANA), instant("2026-02-28T12:00")).oncall == (("ana", None),)


@pytest.mark.parametrize(("ends", "until"), [(date(2027, 3, 1), "2027-02-28T23:00"), (date(2027, 3, 2), None)])
def test_it_counts_an_end_exactly_a_year_ahead(ends: date, until: str | None) -> None:
    ending = schedule(layer("ana", ends=ends))

    answer = who(ending, instant("2026-02-28T23:00"))

    assert answer.oncall == (("ana", instant(until) if until else None),)


def test_it_names_each_persons_own_end() -> None:
    pair = schedule(layer("chi", name="low", ends=date(2026, 1, 10)), layer("ana", "ben", name="high"), people=2)

    answer = who(pair, instant("2026-01-05T12:00"))

    assert answer.oncall == (("ana", instant("2026-01-05T23:00")), ("chi", instant("2026-01-09T23:00")))


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2026-01-01", "layer days begins on 2026-02-02"),
        ("2026-02-02T12:00", "layer days has its first hand-off at 2026-02-03 09:00 Europe/Berlin"),
        ("2026-02-04T22:00", "layer days is outside its hours"),
        ("2026-03-02", "layer days ended on 2026-03-01"),
    ],
)
def test_it_says_why_nobody_is_on_call(at: str, why: str) -> None:
    limited = layer(
        "ana",
        hand_off="09:00",
        start=date(2026, 2, 3),
        begins=date(2026, 2, 2),
        ends=date(2026, 3, 1),
        restrictions=(window("09:00", "17:00"),),
    )

    assert who(schedule(limited), instant(at)).why == f"nobody: {why}"


def test_it_says_that_a_schedule_without_layers_has_none() -> None:
    assert who(schedule(), instant("2026-01-01")).why == "nobody: the schedule has no layers"


def test_it_tells_of_many_turns_in_a_few_words() -> None:
    (row,) = final_schedule(schedule(ANA), instant("2026-01-05"), instant("2026-01-15"))

    assert row.why == "layer always, turn 1; then layer always, turn 2; then layer always, turn 3; and 8 more"


# ── what comes next ──────────────────────────────────────────────────────────────────────────────────────────────


def test_it_names_the_next_rows() -> None:
    found = upcoming(schedule(HOURS), instant("2026-01-05T12:00"), count=3)

    assert [(row.person, f"{row.start:%d %H:%M}") for row in found] == [
        (None, "05 16:00"),
        ("ben", "06 08:00"),
        (None, "06 16:00"),
    ]


def test_it_looks_a_year_ahead_for_what_comes_next() -> None:
    ending = schedule(layer("ana", ends=date(2026, 11, 1)))

    assert [row.person for row in upcoming(ending, instant("2026-01-05T12:00"))] == [None]
    assert upcoming(schedule(ANA), instant("2026-01-05T12:00")) == ()
