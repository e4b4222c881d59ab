from __future__ import annotations

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from desk.configuration.model import Person
from desk.oncall.check import better_hand_off, check, gaps
from desk.oncall.model import Layer, Restriction, Schedule
from desk.oncall.rotation import Turns
from tests.desk.oncall.examples import WEEKDAYS_ONLY, instant, layer, leave, override, schedule, window

NOW = instant("2026-03-02T12:00")
UTC_ZONE = ZoneInfo("UTC")
WHOLE_WEEKDAYS = window("00:00", "24:00", WEEKDAYS_ONLY)


def kinds(of: Schedule, people: dict[str, Person] | None = None) -> list[tuple[str, str]]:
    return [(warn.kind, warn.subject) for warn in check(of, NOW, people)]


def test_it_has_nothing_to_say_of_a_plain_schedule() -> None:
    people = {"ana": Person("ana", "Ana Weber", contacts={"slack": "U0ANAWEBER"})}

    assert check(schedule(layer("ana")), NOW, people) == ()


# ── hand-offs ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_proposes_midnight_for_whole_weekdays_with_a_hand_off_in_the_morning() -> None:
    days = layer("ana", "ben", name="weekdays", hand_off="09:00", restrictions=(WHOLE_WEEKDAYS,))

    (warn, *_) = check(schedule(days), NOW)

    assert (warn.kind, warn.subject) == ("hand_off", "weekdays")
    assert 'with hand_off: "00:00"' in warn.text


@pytest.mark.parametrize(
    ("hand_off", "restriction", "better"),
    [
        ("09:00", WHOLE_WEEKDAYS, "00:00"),
        ("12:00", window("09:00", "17:00", WEEKDAYS_ONLY), "00:00"),
        ("00:00", window("22:00", "06:00", WEEKDAYS_ONLY), "06:00"),  # midnight cuts every night in two
        ("00:00", WHOLE_WEEKDAYS, None),
        ("09:00", window("09:00", "17:00", WEEKDAYS_ONLY), None),
        ("18:00", window("22:00", "06:00", WEEKDAYS_ONLY), None),
        ("09:00", window("00:00", "24:00"), None),  # every day: nothing is left over
    ],
)
def test_it_proposes_a_hand_off_that_cuts_no_window(
    hand_off: str, restriction: Restriction, better: str | None
) -> None:
    found = better_hand_off(layer("ana", "ben", hand_off=hand_off, restrictions=(restriction,)))

    assert found == (time.fromisoformat(better) if better else None)


def test_it_does_not_mind_a_weekly_hand_off_in_the_morning() -> None:
    """A week has its turn wherever it is cut."""
    assert better_hand_off(layer("ana", "ben", type="weekly", hand_off="09:00", restrictions=(WHOLE_WEEKDAYS,))) is None


def test_it_leaves_hourly_hand_offs_and_layers_that_are_always_open_alone() -> None:
    assert better_hand_off(layer("ana", type="hourly", every=5, restrictions=(WHOLE_WEEKDAYS,))) is None
    assert better_hand_off(layer("ana", hand_off="09:00")) is None


def test_it_proposes_what_makes_fewer_turns_indeed() -> None:
    before = layer("ana", "ben", zone=UTC_ZONE, hand_off="09:00", restrictions=(WHOLE_WEEKDAYS,))
    better = better_hand_off(before)
    assert better is not None
    after = replace(before, rotation=replace(before.rotation, hand_off=better))

    assert [_turns_of_a_year(one) for one in (before, after)] == [52 * 6 - 1, 52 * 5]


def _turns_of_a_year(of: Layer) -> int:
    """From Monday, 5 January 2026 for 52 weeks."""
    return len({duty.turn for duty in Turns(of).duties(instant("2026-01-05"), instant("2027-01-04"))})


# ── leave, gaps, contacts, holidays ──────────────────────────────────────────────────────────────────────────────


def test_it_warns_of_an_override_by_somebody_on_leave() -> None:
    away = schedule(
        layer("ben"),
        overrides=(override("ana", "2026-03-05", "2026-03-06"), override("ben", "2026-03-07", "2026-03-08")),
        leave=(leave("ana", "2026-03-05T12:00", "2026-03-09"), leave("ben", "2026-03-08", "2026-03-09")),
    )

    (warn,) = [one for one in check(away, NOW) if one.kind == "override_on_leave"]

    assert warn.text.startswith(
        "ana is on leave until 2026-03-09 01:00 Europe/Berlin and has the override from 2026-03-05 01:00"
    )


def test_it_forgets_overrides_that_are_over() -> None:
    over = schedule(
        layer("ben"),
        overrides=(override("ana", "2026-02-05", "2026-02-06"),),
        leave=(leave("ana", "2026-02-05", "2026-02-09"),),
    )

    assert check(over, NOW) == ()


def test_it_warns_of_gaps_ahead_with_the_first_and_its_reason() -> None:
    gone = schedule(
        layer("ana", name="always"),
        leave=(leave("ana", "2026-03-05", "2026-03-06"), leave("ana", "2026-03-08", "2026-03-09")),
    )

    (warn,) = check(gone, NOW)

    assert warn.kind == "gap"
    assert warn.text == (
        "nobody is on call from 2026-03-05 01:00 Europe/Berlin until 2026-03-06 01:00 Europe/Berlin "
        "(layer always has nobody available: ana (on leave until 2026-03-06 01:00 Europe/Berlin)); "
        "in 14 days there are 2 such times"
    )


def test_it_does_not_look_further_than_it_is_told() -> None:
    later = schedule(layer("ana"), leave=(leave("ana", "2026-03-20", "2026-03-21"),))

    assert check(later, NOW) == ()


def test_it_lists_every_gap_of_a_range() -> None:
    days = schedule(layer("ana", zone=UTC_ZONE, restrictions=(window("09:00", "17:00"),)))

    found = gaps(days, instant("2026-03-02T12:00"), instant("2026-03-04"))

    assert [f"{row.start:%d %H:%M}" for row in found] == ["02 17:00", "03 17:00"]


def test_it_warns_of_everybody_coming_on_call_without_a_contact() -> None:
    people = {
        "ana": Person("ana", "Ana Weber", contacts={"slack": "U0ANAWEBER"}),
        "ben": Person("ben", "Ben Krüger"),
        "chi": Person("chi", "Chi"),
    }
    daily = schedule(layer("ana", "ben"), layer("chi", begins=instant("2026-09-01").date()))

    assert kinds(daily, people) == [("no_contact", "ben")]  # chi's turn is far away


def test_it_says_nothing_of_contacts_when_it_does_not_know_them() -> None:
    assert kinds(schedule(layer("ana"))) == []


def test_it_warns_of_countries_whose_holidays_nobody_knows() -> None:
    of = schedule(layer("ana", "ben"), holidays=True, countries={"ana": "QQ", "ben": "DE"})

    assert kinds(of) == [("unknown_holidays", "ana")]
