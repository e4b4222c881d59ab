from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.oncall.night import awake_from, night_at

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = timedelta(hours=9), timedelta(hours=17)
NIGHT_SHIFT = timedelta(hours=22), timedelta(hours=6)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "asked", "awake"),
    [
        (OFFICE, "2026-03-06T03:00", "2026-03-06T07:00"),
        (OFFICE, "2026-03-06T22:00", "2026-03-07T07:00"),
        (OFFICE, "2026-03-06T07:00", "2026-03-06T07:00"),
        (OFFICE, "2026-03-06T21:59", "2026-03-06T21:59"),
        (NIGHT_SHIFT, "2026-03-06T03:00", "2026-03-06T03:00"),  # they work then
        (NIGHT_SHIFT, "2026-03-06T06:30", "2026-03-06T07:00"),
        (OFFICE, "2026-03-29T01:30", "2026-03-29T07:00"),  # clocks go forward at two
        (OFFICE, "2026-10-25T01:30", "2026-10-25T07:00"),  # and back at three
    ],
)
def test_somebody_is_awake_again_in_the_morning(hours: tuple[timedelta, timedelta], asked: str, awake: str) -> None:
    assert awake_from(BERLIN, hours, at(asked)) == at(awake)
    night = night_at(BERLIN, hours, at(asked))
    assert (night is None) == (asked == awake)
