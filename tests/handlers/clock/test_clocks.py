from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handlers.clock.clocks import SharedClock, WallClock, read_clock, shared_clock
from tests.factories import NOON

NEARLY = timedelta(minutes=5)  # at speed 60, five wall seconds: a busy machine's pause


def test_it_starts_where_it_is_told_and_runs_as_fast() -> None:
    clock = read_clock("2026-03-06T12:00:00Z@60")

    assert NOON <= clock.now() <= NOON + NEARLY
    assert clock.speed() == 60


@pytest.mark.parametrize("text", ["2026-03-06T12:00:00@40", "noon", "2026-03-06T12:00:00Z@fast"])
def test_it_refuses_a_start_without_a_zone_or_a_speed_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_clock(text)


def test_it_reads_the_wall_by_default() -> None:
    assert isinstance(read_clock("wall"), WallClock)
    assert abs(read_clock("wall").now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_it_jumps_in_every_process_that_shares_it(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    leader = shared_clock(path, NOON, 60)
    follower = SharedClock(path)
    assert NOON <= follower.now() <= NOON + NEARLY

    morning = NOON + timedelta(hours=20)
    leader.set(morning, 1)
    asked = "from handlers.clock.clocks import read_clock; import sys; print(read_clock('file:' + sys.argv[1]).now())"
    said = subprocess.run(
        [sys.executable, "-c", asked, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )

    assert morning <= datetime.fromisoformat(said.stdout.strip()) <= morning + NEARLY
    follower._looked = 0.0  # a fiftieth of a second has passed
    assert morning <= follower.now() <= morning + NEARLY
