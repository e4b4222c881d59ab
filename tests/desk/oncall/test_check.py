from __future__ import annotations

from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from desk.oncall.check import better_hand_off, check
from desk.oncall.model import Layer, Restriction
from desk.oncall.rotation import Turns
from tests.desk.oncall.examples import WEEKDAYS_ONLY, instant, layer, leave, override, schedule, window

NOW = instant("2026-03-02T12:00")
UTC_ZONE = ZoneInfo("UTC")
WHOLE_WEEKDAYS = window("00:00", "24:00", WEEKDAYS_ONLY)


def test_it_has_nothing_to_say_of_a_plain_schedule() -> None:
    assert check(schedule(layer("ana")), NOW) == []


# ── hand-offs ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_proposes_midnight_for_whole_weekdays_with_a_hand_off_in_the_morning() -> None:
    days = layer("ana", "ben", name="weekdays", hand_off="09:00", restrictions=(WHOLE_WEEKDAYS,))

    (said,) = check(schedule(days), NOW)

    assert said.startswith("layer weekdays: the hand-off at 09:00 lies inside its hours")
    assert 'with hand_off: "00:00"' in said


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


# ── leave, holidays ────────────────────────────────────────────────────────────────────────────────────────────


def test_it_warns_of_an_override_by_somebody_on_leave() -> None:
    away = schedule(
        layer("ben"),
        overrides=(override("ana", "2026-03-05", "2026-03-06"), override("ben", "2026-03-07", "2026-03-08")),
        leave=(leave("ana", "2026-03-05T12:00", "2026-03-09"), leave("ben", "2026-03-08", "2026-03-09")),
    )

    (said,) = check(away, NOW)

    assert said.startswith(
        "ana is on leave until 2026-03-09 01:00 Europe/Berlin and has the override from 2026-03-05 01:00"
    )


def test_it_forgets_overrides_that_are_over() -> None:
    over = schedule(
        layer("ben"),
        overrides=(override("ana", "2026-02-05", "2026-02-06"),),
        leave=(leave("ana", "2026-02-05", "2026-02-09"),),
    )

    assert check(over, NOW) == []


def test_it_warns_of_countries_whose_holidays_nobody_knows() -> None:
    of = schedule(layer("ana", "ben"), holidays=True, countries={"ana": "QQ", "ben": "DE"})

    assert check(of, NOW) == ["the public holidays of QQ, where ana lives, are not known; write them as leave"]
