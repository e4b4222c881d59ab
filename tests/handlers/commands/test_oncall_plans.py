"""`bot.py oncall explain`, `week`, `covers` and so on: from the file alone, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from handlers.commands import oncall_questions as questions
from handlers.commands.oncall_plans import Answered, Question, ask
from handlers.commands.oncall_register import register
from handlers.commands.oncall_route import route
from handlers.configuration import load_text

EXAMPLE = Path(__file__).parents[3] / "examples" / "livedesk.yaml"
NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)
RUN = CliRunner()


def app() -> typer.Typer:
    made = typer.Typer()
    register(made)
    return made


def asked(capsys: pytest.CaptureFixture[str], answer: Callable[[Question], Answered]) -> Any:
    assert ask(EXAMPLE, True, NOW, answer) == 0
    return json.loads(capsys.readouterr().out)


def test_it_explains_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, lambda q: questions.explain(q, "emea", "2026-04-03T10:00:00+02:00"))

    assert found["schedule"] == "emea"
    assert found["oncall"] == []
    assert [look["verdict"] for look in found["looks"]] == ["away", "away"]
    assert found["looks"][0]["skipped"][1]["absence"]["holiday"] == "Good Friday"


def test_it_writes_the_week_on_the_clock_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, lambda q: questions.week(q, "emea", "2026-03-27T08:00:00Z", "Asia/Shanghai"))

    assert found["zone"] == "Asia/Shanghai"
    first = found["days"][0]
    assert first["date"] == "2026-03-27"
    assert first["stretches"] == [{"start": "2026-03-27T08:00:00Z", "end": "2026-03-27T16:00:00Z", "person": "ben"}]


def test_it_says_who_covers_a_show_and_what_they_read(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, lambda q: questions.covers(q, "Friday Berlin"))

    assert found["show"] == "aurora-skincare"
    us = found["markets"][0]
    assert (us["market"], us["by"]["schedule"], us["speaks"]) == ("us", "americas", {"maya": ["en", "es"]})


def test_it_finds_the_gaps_of_a_schedule_without_gaps(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, lambda q: questions.gaps(q, "2026-04-01T00:00:00Z", "2026-04-08T00:00:00Z", 14))

    # Good Friday is everybody's holiday, but Olga's begins an hour later, in Lisbon.
    assert [(gap["schedule"], gap["start"]) for gap in found][:1] == [("emea", "2026-04-02T23:00:00Z")]
    assert all(gap["candidates"] == [] or gap["candidates"][0]["person"] for gap in found)


def test_it_weighs_coverage_and_fairness(capsys: pytest.CaptureFixture[str]) -> None:
    coverage = asked(capsys, lambda q: questions.coverage(q, "2026-03-04T00:00:00Z", None))
    fairness = asked(capsys, lambda q: questions.fairness(q, "emea", "2026-03-01T00:00:00Z", "2026-03-29T00:00:00Z"))

    assert [one["market"] for one in coverage] == ["us", "eu", "sea"]
    assert all(one["prime_share"] == 1 for one in coverage)
    assert sum(one["hours"] for one in fairness["people"]) == 28 * 24 * 3600
    assert all(one["pages"] is None for one in fairness["people"]), "a file knows no pages"


def test_what_it_proposes_can_be_pasted(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, lambda q: questions.propose(q, "sun", "eu", "daily", True, "2026-03-05T00:00:00Z"))

    people = EXAMPLE.read_text("utf-8").split("\nteams:")[0]
    taken = load_text(people + "\n" + found["yaml"], "pasted.yaml").schedules["sun"]
    assert [layer.zone.key for layer in taken.layers] == [place["zone"] for place in found["places"]]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["explain", "nowhere"], "no schedule 'nowhere'"),
        (["explain", "emea", "--at", "2026-03-29T09:00:00"], "no offset"),
        (["week", "emea", "--zone", "Europe/Berlyn"], "--zone"),
        (["me", "nobody"], "nobody called 'nobody'"),
        (["covers", "mars"], "no show 'mars'"),
        (["gaps", "--from", "2026-03-05T00:00:00Z", "--to", "2026-03-04T00:00:00Z"], "is not before"),
        (["coverage", "--from", "yesterday"], "is not a time"),
        (["fairness", "emea", "--to", "2026-03-04"], "no offset"),
        (["propose", "--market", "mars"], "no market 'mars'"),
        (["propose", "--rotation", "yearly"], "neither weekly nor daily"),
    ],
)
def test_it_refuses_wrong_input_in_one_line(arguments: list[str], reason: str) -> None:
    said = RUN.invoke(app(), [*arguments, "--config", str(EXAMPLE)])

    assert said.exit_code == 2
    assert reason in said.stderr
    assert said.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["explain"], ["week"], ["me", "ana"], ["covers", "aurora"], ["gaps"], ["coverage"], ["fairness"], ["propose"]],
    ids=" ".join,
)
def test_it_answers_people_in_words(arguments: list[str]) -> None:
    said = RUN.invoke(app(), [*arguments, "--config", str(EXAMPLE)])

    assert said.exit_code == 0, said.stderr
    assert said.stdout.strip()
    if arguments == ["propose"]:
        assert "\nschedules:\n  proposed:\n" in said.stdout


def test_it_rehearses_a_route(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, lambda q: route(q, "eu", "payment", "de", "P2", "2026-03-04T22:00:00Z"))

    assert (found["rule"], found["team"], found["policy"], found["urgency"]) == (5, "emea", "eu-complaints", "high")
    first, second, *_ = found["steps"]
    assert [one["person"] for one in first["people"]] == ["ana"]
    assert second["fell_through"] == ["step 2, ben is outside of 07:00–23:00 (23:05 there)"]
    assert first["at"] == "2026-03-04T22:00:00Z"


def test_it_says_until_when_low_urgency_is_held(capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, lambda q: route(q, None, "payment", "de", "p3", "2026-03-28T22:00:00Z"))

    assert found["urgency"] == "low"
    held = {one["person"]: one["until"] for step in found["steps"] for one in step["people"]}
    assert held["olga"] == "2026-03-29T07:00:00Z", "eight in Lisbon, on the morning after clocks went forward"
    assert found["ends_at"] >= max(until for until in held.values() if until)


@pytest.mark.parametrize(
    ("asked_for", "said"),
    [
        (("mars", None, None, "P1", None), "there is no market 'mars'"),
        (("us", "shipping", None, "P1", None), "there is no category 'shipping'"),
        (("us", None, None, "P4", None), "none of P1, P2, P3"),
        (("us", None, None, "P1", "2026-03-04T22:00:00"), "has no offset"),
    ],
)
def test_it_rehearses_only_what_the_file_knows(
    capsys: pytest.CaptureFixture[str], asked_for: tuple[Any, ...], said: str
) -> None:
    assert ask(EXAMPLE, False, NOW, lambda q: route(q, *asked_for)) == 2
    assert said in capsys.readouterr().err
