from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

from handlers.demo import guide
from handlers.demo.guide import BEATS, MORNING, OVER
from handlers.slack.app import COMMANDS
from sandbox.show import PLAN
from sandbox.show.beats import DROP, EXIT_PEAK, HICCUP, OUTAGE, SPAM
from sandbox.show.plan import minutes


def at(seconds: float) -> guide.Beat:
    return guide.beat_at(timedelta(seconds=seconds))


def test_it_has_something_to_say_from_before_the_start_to_after_the_end() -> None:
    assert at(-60) == BEATS[0]
    assert at(PLAN.length + 600) == BEATS[-1]


def test_it_changes_at_the_minute_it_names() -> None:
    for before, beat in pairwise(BEATS):
        assert at(minutes(beat.at) - 1) == before
        assert at(minutes(beat.at)) == beat


def test_it_speaks_of_what_happens_when_it_happens() -> None:
    assert "payment" in at(OUTAGE.start).title
    assert "sound" in at(HICCUP.start).title
    assert "angry" in at(SPAM.start).title
    assert "drop" in at(DROP.start).title
    assert "leave" in at(EXIT_PEAK).items[0]


def test_it_names_only_commands_that_there_are() -> None:
    known = {command.command for command in COMMANDS}

    for beat in (*BEATS, OVER, MORNING):
        for typed in re.findall(r"`(/[a-z]+)", " ".join(beat.items)):
            assert typed in known


def test_it_tells_how_to_kill_the_bot_while_there_is_one() -> None:
    assert "`kill -9 4711`" in guide.items(BEATS[0], 4711)[-1]
    assert guide.items(BEATS[0], None) == BEATS[0].items


def test_it_shows_progress_between_nothing_and_all() -> None:
    assert [guide.progress(timedelta(minutes=minute)) for minute in (-5, 0, 20, 40, 90)] == [0, 0, 0.5, 1, 1]


def test_it_puts_the_minute_before_a_beat_of_the_show_alone() -> None:
    assert guide.title(BEATS[0], timedelta(seconds=150)).startswith("Minute 2 · ")
    assert guide.title(MORNING, timedelta(hours=20)) == MORNING.title
