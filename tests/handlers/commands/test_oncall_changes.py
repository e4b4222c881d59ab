"""`bot.py oncall override`, `leave`, `undo` and `log`, and who is on call with what they changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from handlers.commands.oncall import who
from handlers.commands.oncall_changes import Place, list_changes, set_leave, set_override, take_back
from handlers.settings import Settings
from store import workspaces
from store.engine import Store
from tests.factories import NOON

FILE = """
people:
  maya: {name: Maya Torres}
  jon: {name: Jon Park}
  ana: {name: "Ana <!channel> *Weber*"}
teams:
  americas: {timezone: America/Los_Angeles, leads: [maya], members: [jon], viewers: [ana]}
schedules:
  americas:
    timezone: UTC
    layers: [{rotation: {type: daily, start: 2026-01-05, members: [maya, jon]}}]
"""
START, END, AT = "2026-03-07T10:00:00Z", "2026-03-07T12:00:00Z", "2026-03-07T11:00:00Z"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "livedesk.yaml"
    path.write_text(FILE, "utf-8")
    return path


@pytest.fixture
def settings(config: Path, database_url: str) -> Settings:
    store = Store(database_url)
    store.write(lambda c: workspaces.ensure(c, "default", NOON))
    store.close()
    return Settings(config=config, database_url=SecretStr(database_url), _env_file=None)


@pytest.fixture
def place(settings: Settings) -> Place:
    return Place(settings, None, None, "maya", True, NOON)


def by(place: Place, person: str, *, as_json: bool = True) -> Place:
    return Place(place.settings, place.config, place.database, person, as_json, place.now)


def on_call(capsys: pytest.CaptureFixture[str], config: Path, database: str | None) -> Any:
    capsys.readouterr()
    assert who(config, "americas", AT, None, None, True, NOON, database) == 0
    return [one["person"] for one in json.loads(capsys.readouterr().out)["oncall"]]


def test_it_changes_who_is_on_call_where_the_database_is_named_and_nowhere_else(
    place: Place, config: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    of_file = on_call(capsys, config, None)
    other = {"maya": "jon", "jon": "maya"}[of_file[0]]

    assert set_override(place, "americas", other, START, END) == 0
    done = json.loads(capsys.readouterr().out)

    assert on_call(capsys, config, None) == of_file, "the file alone answers"
    assert on_call(capsys, config, database_url) == [other]
    assert take_back(place, done["change"]) == 0
    assert on_call(capsys, config, database_url) == of_file


def test_it_logs_who_changed_what(place: Place, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = on_call(capsys, config, None)[0]
    assert set_override(place, "americas", "nobody", START, END) == 0
    assert set_leave(by(place, "jon"), "jon", "2026-03-08T00:00:00Z", "2026-03-09T00:00:00Z") == 0
    assert take_back(place, 1) == 0
    capsys.readouterr()

    assert list_changes(place, None, 20) == 0
    undo, leave, override = json.loads(capsys.readouterr().out)
    assert list_changes(by(place, "maya", as_json=False), "americas", 1) == 0
    text = capsys.readouterr().out
    assert list_changes(by(place, "maya", as_json=False), None, 20) == 0
    assert "leave jon 2026-03-08 (whole day)" in capsys.readouterr().out

    assert (override["kind"], override["by"], override["via"], override["undone_by"]) == (
        "override",
        "maya",
        "cli",
        "maya",
    )
    assert override["altered"][0]["before"] == [first]
    assert override["altered"][0]["after"] == []
    assert (leave["kind"], leave["by"]) == ("leave", "jon")
    assert undo["undoes"] == 1
    assert text.startswith("3 · ")
    assert "nobody →" in text


@pytest.mark.parametrize(
    ("person", "start", "end", "said"),
    [
        ("jon", END, START, "choose a later end"),
        ("jon", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "over already"),
        ("jon", START, "2027-08-01T00:00:00Z", "At most 366 days"),
        ("jon", "2031-01-01T00:00:00Z", "2031-01-02T00:00:00Z", "days ahead"),
        ("jon", "2026-03-07T10:00:00", END, "has no offset"),
        ("jon", "2026-02-30T10:00:00Z", END, "is not a time"),
        ("olga", START, END, "there is no person 'olga'"),
    ],
)
def test_it_refuses_with_what_to_do(
    place: Place, person: str, start: str, end: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set_override(place, "americas", person, start, end) == 2

    told = capsys.readouterr()
    assert said in told.err
    assert not told.out


def test_it_refuses_those_who_may_not(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert set_override(by(place, "jon"), "americas", "maya", START, END) == 2
    assert "only a lead of americas may: Maya Torres" in capsys.readouterr().err
    assert set_override(by(place, "ana"), "americas", "ana", START, END) == 2
    assert "viewer" in capsys.readouterr().err
    assert set_override(by(place, "olga"), "americas", "maya", START, END) == 2
    assert "no person 'olga'" in capsys.readouterr().err
    assert set_override(place, "nowhere", "maya", START, END) == 2
    assert "there is no schedule 'nowhere'" in capsys.readouterr().err
    assert take_back(place, 77) == 2
    assert "no such change" in capsys.readouterr().err


PAIRS = """
people: {maya: {}, jon: {}, ana: {}, ben: {}}
teams: {t: {timezone: UTC, leads: [maya], members: [jon, ana, ben]}}
schedules:
  pairs:
    timezone: UTC
    people: 2
    layers:
      - {rotation: {type: daily, start: 2026-01-05, members: [maya]}}
      - {rotation: {type: daily, start: 2026-01-05, members: [ana]}}
"""


def test_of_several_it_replaces_the_one_who_is_named(
    place: Place, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(PAIRS, "utf-8")

    assert set_override(place, "pairs", "ben", START, END, "ana") == 0
    one = json.loads(capsys.readouterr().out)
    assert one["says"].startswith("pairs: ben is on call instead of ana, ")
    assert "On call in that time: ben and maya." in one["notes"]
    assert list_changes(by(place, "maya", as_json=False), None, 1) == 0
    assert "pairs ben instead of ana" in capsys.readouterr().out

    assert set_override(by(place, "maya", as_json=False), "pairs", "jon", START, END, "everybody") == 0
    told = capsys.readouterr().out
    assert "On call in that time: jon, nobody else." in told
    assert "It replaces everybody who was on call: ben and maya." in told
    assert "--instead-of" not in told

    assert (
        set_override(by(place, "maya", as_json=False), "pairs", "jon", "2026-03-08T10:00:00Z", "2026-03-08T11:00:00Z")
        == 0
    )
    assert "To replace one of them alone: --instead-of ana" in capsys.readouterr().out
    for whom, said in (
        ("olga", "there is no person 'olga'"),
        ("maya", "maya is not on call for pairs"),
        ("", "no person"),
    ):
        assert set_override(place, "pairs", "ana", START, END, whom) == 2
        assert said in capsys.readouterr().err


def test_it_says_what_a_database_lacks(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = f"sqlite:///{tmp_path / 'none.db'}"
    settings = Settings(config=config, database_url=SecretStr(nowhere), _env_file=None)
    place = Place(settings, None, None, "maya", False, NOON)

    assert set_override(place, "americas", "jon", START, END) == 1
    assert "there is no database" in capsys.readouterr().err
    assert who(config, "americas", AT, None, None, True, NOON, nowhere) == 1
    assert "there is no database" in capsys.readouterr().err
    assert who(config, "americas", AT, None, None, True, NOON, "no url") == 2
    assert "--database is no URL" in capsys.readouterr().err
    assert not (tmp_path / "none.db").exists()


def test_a_name_that_means_something_to_a_terminal_is_text(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    later = Place(place.settings, None, None, "maya", False, datetime(2026, 3, 6, 13, tzinfo=UTC))

    assert set_override(later, "americas", "ana", START, END) == 0

    assert "Ana <!channel> *Weber* is on call" in capsys.readouterr().out
