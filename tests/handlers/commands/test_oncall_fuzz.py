"""Schedules that others wrote, through the command line itself, against the oracle of the definitions.

`tests/desk/oncall` compares the resolver with it; here the whole way is walked: from a file's text to the JSON on
standard output.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import bot
from desk.oncall.model import Schedule
from tests.desk.oncall.oracle import Oracle
from tests.desk.oncall.strategies import MOMENTS, Moment
from tests.desk.oncall.test_against_oracle import AFTER, BEFORE, BLIND, around
from tests.desk.oncall.written import OFFSETS, written

FULL = os.environ.get("LIVEDESK_ORACLE") == "full"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(bot.app, ["oncall", "who", *arguments, "--schedule", "emea", "--json"])
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    return json.loads(done.stdout)


def at(text: str) -> datetime:
    """An instant of the answer: in UTC, and said so."""
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def asked(instant: datetime, chance: Random) -> str:
    offset = chance.choice(OFFSETS)
    local = (instant + offset * MINUTE).replace(tzinfo=None).isoformat()
    return f"{local}{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"


def check_range(path: Path, oracle: Oracle, start: datetime, end: datetime, chance: Random) -> None:
    rows = run("--config", str(path), "--from", asked(start, chance), "--to", asked(end, chance))

    assert all(set(row) == {"start", "end", "person"} for row in rows)
    spans = [(at(row["start"]), at(row["end"]), row["person"]) for row in rows]
    assert all(start <= opens < closes <= end for opens, closes, _ in spans)
    for opens, closes, person in spans:
        assert (closes, person) not in {(other, who) for other, _, who in spans}, "neighbouring rows of one person"
        for number in range((opens - start) // MINUTE, (closes - start) // MINUTE):
            expected = oracle.oncall(oracle.start + (start + number * MINUTE - walk_start(oracle)) // MINUTE)
            assert (person in expected) if person else not expected, start + number * MINUTE
    covered = sum((closes - opens for opens, closes, _ in spans), timedelta())
    steps = range((end - start) // MINUTE)
    people = (len(oracle.oncall(oracle.start + (start - walk_start(oracle)) // MINUTE + number)) for number in steps)
    assert covered == sum(max(number, 1) for number in people) * MINUTE, "rows of everybody, and nothing twice"


def check_instant(path: Path, oracle: Oracle, instant: datetime, last: datetime, chance: Random) -> None:
    answer = run("--config", str(path), "--at", asked(instant, chance))

    assert set(answer) == {"schedule", "at", "oncall", "why"}
    assert (answer["schedule"], at(answer["at"])) == ("emea", instant)
    assert answer["why"]
    number = oracle.start + (instant - walk_start(oracle)) // MINUTE
    expected = oracle.oncall(number)
    assert [one["person"] for one in answer["oncall"]] == list(expected)
    for one in answer["oncall"]:
        until = at(one["until"]) if one["until"] else last + DAY
        end = min(until, last)
        for step in range((end - instant) // MINUTE):
            assert one["person"] in oracle.oncall(number + step), "on call until then"
        if until < last:
            assert one["person"] not in oracle.oncall(number + (until - instant) // MINUTE), "and no longer"


def walk_start(oracle: Oracle) -> datetime:
    return datetime.fromtimestamp(oracle.start * oracle.step * 60, UTC)


@settings(max_examples=300 if FULL else 15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), moment=st.sampled_from(MOMENTS), chance=st.randoms(use_true_random=False))
def test_the_command_line_says_what_the_definitions_say(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, moment: Moment, chance: Random
) -> None:
    schedule: Schedule = data.draw(around(moment))
    start, end = moment.at - BEFORE, moment.at + AFTER
    oracle = Oracle(schedule, start, end)
    path = tmp_path_factory.mktemp("fuzz") / f"livedesk.{chance.choice(('yaml', 'yml', 'json'))}"
    path.write_text(written(schedule, chance), "utf-8")
    first, last = start + BLIND, end - DAY

    check_range(path, oracle, first, last, chance)
    for _ in range(3):
        instant = first + chance.randrange((last - first) // MINUTE) * MINUTE
        check_instant(path, oracle, instant, last, chance)
