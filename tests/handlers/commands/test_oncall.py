from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desk.oncall.resolve import final_schedule
from handlers.commands.oncall import who
from handlers.configuration import load_file

NOW = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)  # Monday, 10:00 in Berlin

FILE = """
people:
  ana: {name: Ana Weber, timezone: Europe/Berlin, country: DE}
  lin: {name: 赵琳}
  ben: {}
schedules:
  emea:
    timezone: Europe/Berlin
    layers:
      - name: weekdays
        rotation: {type: weekly, weekday: mon, hand_off: "09:00", start: 2026-01-05, members: [ana, lin]}
        restrictions: [{days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}]
    overrides:
      - {person: ben, start: "2026-03-29T07:00:00Z", end: "2026-03-29T15:00:00Z"}
    leave:
      - {person: ana, start: "2026-04-03T00:00:00+02:00", end: "2026-04-07T00:00:00+02:00"}
  always:
    timezone: Asia/Shanghai
    people: 2
    layers:
      - {rotation: {type: daily, start: 2026-01-05, members: [lin]}}
      - {rotation: {type: daily, start: 2026-01-05, members: [ben, ana]}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "livedesk.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def ask(
    config: Path,
    schedule: str = "emea",
    at: str | None = None,
    start: str | None = None,
    end: str | None = None,
    as_json: bool = True,
) -> int:
    return who(config, schedule, at, start, end, as_json, NOW)


def answered(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_says_who_is_on_call_at_an_instant(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = ask(config, at="2026-03-29T10:00:00+02:00")

    assert code == 0
    assert answered(capsys) == {
        "schedule": "emea",
        "at": "2026-03-29T08:00:00Z",
        "oncall": [{"person": "ben", "until": "2026-03-29T15:00:00Z"}],
        "why": "ben: override until 2026-03-29 17:00 Europe/Berlin",
    }


def test_it_takes_now_when_no_instant_is_given(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(config)

    assert answered(capsys)["at"] == "2026-03-30T08:00:00Z"
    who(config, "emea", None, None, None, True, NOW.replace(microsecond=446_368))
    assert answered(capsys)["at"] == "2026-03-30T08:00:00Z", "nobody asked to the microsecond"


def test_it_counts_nobody_as_an_answer_with_a_reason(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = ask(config, at="2026-03-28T12:00:00Z")

    found = answered(capsys)
    assert (code, found["oncall"]) == (0, [])
    assert found["why"] == "nobody: layer weekdays is outside its hours"


def test_it_names_everybody_of_a_schedule_of_two(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(config, "always", at="2026-03-30T08:00:00Z")

    assert answered(capsys)["oncall"] == [
        {"person": "ben", "until": "2026-03-30T16:00:00Z"},
        {"person": "lin", "until": None},
    ]


def test_it_writes_the_final_schedule_of_a_range(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = ask(config, start="2026-03-28T00:00:00Z", end="2026-03-30T09:00:00Z")

    assert code == 0
    assert answered(capsys) == [
        {"start": "2026-03-28T00:00:00Z", "end": "2026-03-29T07:00:00Z", "person": None},
        {"start": "2026-03-29T07:00:00Z", "end": "2026-03-29T15:00:00Z", "person": "ben"},
        {"start": "2026-03-29T15:00:00Z", "end": "2026-03-30T07:00:00Z", "person": None},
        {"start": "2026-03-30T07:00:00Z", "end": "2026-03-30T09:00:00Z", "person": "ana"},
    ]


def test_it_says_what_the_resolver_says(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads the JSON back holds the same rows that pages and previews are made from."""
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    ask(config, start=start.isoformat(), end=end.isoformat())

    rows = answered(capsys)

    assert [
        (datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]), row["person"]) for row in rows
    ] == [(row.start, row.end, row.person) for row in final_schedule(load_file(config).schedules["emea"], start, end)]


# ── for people ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_shows_the_schedules_time_with_utc_beside_it(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(config, as_json=False)

    assert capsys.readouterr().out.splitlines() == [
        "emea at Mon 2026-03-30 10:00 +02:00 Europe/Berlin (2026-03-30 08:00 UTC)",
        "on call          until                        until (UTC)",
        "Ana Weber (ana)  Mon 2026-03-30 17:00 +02:00  2026-03-30 15:00",
        "why: ana: layer weekdays, turn 13",
    ]


def test_it_says_in_words_that_nobody_is_on_call(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(config, at="2026-03-28T12:00:00Z", as_json=False)

    assert "nobody is on call" in capsys.readouterr().out


def test_it_shows_a_range_as_a_table_across_the_change_of_clocks(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(config, start="2026-03-27T12:00:00Z", end="2026-03-29T08:00:00Z", as_json=False)

    assert capsys.readouterr().out.splitlines() == [
        "from (Europe/Berlin)         to                           on call     from (UTC)        to (UTC)",
        "Fri 2026-03-27 13:00 +01:00  Fri 2026-03-27 17:00 +01:00  赵琳 (lin)  2026-03-27 12:00  2026-03-27 16:00",
        "Fri 2026-03-27 17:00 +01:00  Sun 2026-03-29 09:00 +02:00  nobody      2026-03-27 16:00  2026-03-29 07:00",
        "Sun 2026-03-29 09:00 +02:00  Sun 2026-03-29 10:00 +02:00  ben         2026-03-29 07:00  2026-03-29 08:00",
    ]


def test_it_says_plainly_when_there_is_no_end_in_sight(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask(config, "always", as_json=False)

    assert "赵琳 (lin)  for more than a year" in capsys.readouterr().out


# ── refused ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ({"at": "2026-03-29T01:00:00"}, "no offset"),
        ({"at": "2026-03-29"}, "no offset"),
        ({"at": "yesterday"}, "is not a time"),
        ({"at": "2026-02-30T00:00:00Z"}, "is not a time"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "beyond the calendar"),
        ({"start": "2026-03-29T01:00:00", "end": "2026-03-30T00:00:00Z"}, "--from 2026-03-29T01:00:00 has no offset"),
        ({"start": "2026-03-29T01:00:00Z", "end": "2026-03-30"}, "--to 2026-03-30 has no offset"),
        ({"start": "2026-03-29T01:00:00Z", "end": "2026-03-29T01:00:00Z"}, "is not before"),
        ({"start": "2026-03-29T01:00:00Z", "end": "2026-03-29T02:00:00+02:00"}, "is not before"),
        ({"start": "2026-03-29T01:00:00Z"}, "go together"),
        ({"end": "2026-03-29T01:00:00Z"}, "go together"),
        (
            {"at": "2026-03-29T01:00:00Z", "start": "2026-03-29T01:00:00Z", "end": "2026-03-30T00:00:00Z"},
            "or the other",
        ),
        ({"start": "1800-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"}, "a hundred years"),
        ({"schedule": "emae"}, "there is no schedule 'emae' in this file; there are: emea, always"),
    ],
)
def test_it_refuses_a_question_that_it_cannot_answer(
    config: Path, capsys: pytest.CaptureFixture[str], question: dict[str, str], reason: str
) -> None:
    code = ask(config, **question)  # type: ignore[arg-type]

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert reason in said.err
    assert said.err.count("\n") == 1


def test_it_names_file_line_and_field_of_what_is_wrong_in_the_file(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(FILE.replace("Europe/Berlin\n    layers", "Europe/Berln\n    layers"), encoding="utf-8")

    code = ask(config)

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert f"{config}:8: schedules.emea.timezone" in said.err


def test_it_refuses_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(tmp_path / "missing.yaml") == 2
    assert "missing.yaml" in capsys.readouterr().err


def test_it_starts_without_the_heavy_libraries() -> None:
    """Somebody is waiting for the answer: neither the database nor charts, nor holidays nobody asked for."""
    program = (
        "import sys; import handlers.commands.oncall; "
        "heavy = {'sqlalchemy', 'matplotlib', 'numpy', 'holidays', 'slack_bolt', 'rich', 'babel'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


# ── the page of documentation ────────────────────────────────────────────────────────────────────────────────────

PAGE = (Path(__file__).parents[3] / "docs" / "oncall.md").read_text(encoding="utf-8")
EXAMPLE, *_ = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
SESSIONS = re.findall(r"```console\n\$ python bot.py oncall who (.*?)\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize(("arguments", "output"), SESSIONS)
def test_it_prints_what_the_documentation_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: str, output: str
) -> None:
    path = tmp_path / "livedesk.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    given = dict(re.findall(r"--(\S+) (\S+)", arguments))

    code = ask(path, given["schedule"], given.get("at"), given.get("from"), given.get("to"), as_json=False)

    assert (code, capsys.readouterr().out) == (0, output)
