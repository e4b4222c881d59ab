"""`bot.py backtest` on a real database: what it prints, what it refuses, and that it writes nothing."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handlers.commands.backtest import Flags, backtest
from handlers.settings import DatabasePolicy
from tests.desk.backtest.evenings import marked_evening
from tests.stories.evening import HOUSE, SETTLE

FROM, TO = "2026-03-06T12:00:00+00:00", "2026-03-06T22:00:00+08:00"


@pytest.fixture(scope="module")
def policy(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabasePolicy]:
    with marked_evening(sqlite_template, tmp_path_factory.mktemp("marked")) as evening:
        yield DatabasePolicy(evening.store.url.render_as_string(hide_password=False), "test")


def settings(tmp_path: Path, sensitivity: float) -> Path:
    path = tmp_path / "tried.yaml"
    path.write_text(HOUSE.replace("languages: [en, es]}", f"languages: [en, es], sensitivity: {sensitivity}}}"))
    return path


def ask(policy: DatabasePolicy, **given: Any) -> tuple[int, str]:
    out = io.StringIO()
    flags = replace(Flags(None, FROM, TO), **given)
    return backtest(policy, flags, SETTLE, out), out.getvalue()


def test_it_sets_a_files_settings_beside_those_in_force_and_what_happened(
    policy: DatabasePolicy, tmp_path: Path
) -> None:
    code, said = ask(policy, config=settings(tmp_path, 1.9), as_json=True)

    told = json.loads(said)
    assert code == 0
    assert [(one["incident"], one["mark"]) for one in told["alerts"]] == [(1, "noise"), (2, "useful")]
    assert all(one["really"]["opened_at"] == one["in_force"]["opened_at"] for one in told["alerts"])
    assert [one["tried"] is not None for one in told["alerts"]] == [False, True]
    assert (told["noise_avoided"], told["useful_lost"]) == (1, 0)
    assert (told["totals"]["really"]["alerts"], told["totals"]["tried"]["alerts"]) == (2, 1)
    assert 0.2 < told["stream_hours"] < 0.5
    assert told["noise_rates"][0]["noise_rate"] == 0.5


def test_it_says_it_for_people_with_the_line_to_write(policy: DatabasePolicy, tmp_path: Path) -> None:
    code, said = ask(policy, config=settings(tmp_path, 1.9))

    assert code == 0
    assert "noise avoided: 1, useful lost: 0" in said
    assert "United States: marked as noise 1, as useful 1, of 2 in all." in said
    assert "write under markets, us: sensitivity: 1." in said
    assert "nothing was written" in said


def test_it_needs_no_file_to_say_how_noisy_it_was(policy: DatabasePolicy) -> None:
    code, said = ask(policy)

    assert code == 0
    assert "These settings" not in said
    assert "9.5% – 91%" in said


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"start": "2026-03-06T12:00:00"}, "is no time with an offset"),
        ({"end": "tomorrow"}, "is no time with an offset"),
        ({"start": TO, "end": FROM}, "is not before"),
        ({"start": "2020-01-01T00:00:00Z"}, "more than 366 days"),
        ({"market": "uss"}, "did you mean us?"),
    ],
)
def test_it_refuses_what_cannot_be_answered(
    policy: DatabasePolicy, capsys: pytest.CaptureFixture[str], given: dict[str, Any], reason: str
) -> None:
    assert ask(policy, **given) == (2, "")
    assert reason in capsys.readouterr().err


def test_it_names_file_line_and_field_of_what_is_wrong(
    policy: DatabasePolicy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("markets:\n  us: {sensitivity: none}\n")

    assert ask(policy, config=path)[0] == 2
    assert f"{path}:2: markets.us.sensitivity:" in capsys.readouterr().err


def test_it_says_that_there_is_nothing_to_replay(policy: DatabasePolicy) -> None:
    given = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}

    assert "nothing was heard" in ask(policy, **given)[1]
    assert json.loads(ask(policy, as_json=True, **given)[1])["shows"] == 0


def test_it_reads_another_database_and_says_when_there_is_none(
    policy: DatabasePolicy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = DatabasePolicy(f"sqlite:///{tmp_path / 'none.db'}", "test")

    assert ask(elsewhere)[0] == 1
    assert "there is no database" in capsys.readouterr().err
    assert ask(elsewhere, database=policy.url)[0] == 0
    assert ask(elsewhere, database="not a url")[0] == 2
    assert not (tmp_path / "none.db").exists()


def test_it_leaves_an_sqlite_file_as_it_is(policy: DatabasePolicy, tmp_path: Path) -> None:
    path = Path(policy.url.removeprefix("sqlite:///"))
    before = hashlib.sha256(path.read_bytes()).hexdigest()

    ask(policy, config=settings(tmp_path, 1.9))

    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
