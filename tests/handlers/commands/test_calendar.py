"""`bot.py oncall calendar`, `export` and `import`, as a person or a program calls them."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from pydantic import SecretStr

from handlers.commands.calendar import export, link, list_links
from handlers.commands.calendar_import import Asked, run
from handlers.configuration import load_file
from handlers.settings import Settings
from tests.handlers.calendars.files import event, file

NOW = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
FILE = """\
people:
  ana: {name: Ana Weber, timezone: Europe/Berlin, contacts: {email: ana@x.example}}
  ben: {name: 本, timezone: America/New_York, contacts: {email: ben@x.example}}
schedules:
  emea:
    timezone: Europe/Berlin
    layers:
      - rotation: {type: weekly, start: 2026-01-05, members: [ana, ben]}  # in turns
  apac:
    timezone: Asia/Tokyo
    layers:
      - rotation: {type: daily, start: 2026-01-05, members: [ana]}
"""
SUMMER = event("DTSTART;VALUE=DATE:20260701", "DTEND;VALUE=DATE:20260703", summary="Sommer 夏天")
EVERY_FRIDAY = event("DTSTART;VALUE=DATE:20260703", "RRULE:FREQ=WEEKLY")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "livedesk.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture
def settings(config: Path, tmp_path: Path) -> Settings:
    url = SecretStr(f"sqlite:///{tmp_path / 'ld.db'}")
    return Settings(config=config, database_url=url, public_url="https://live.example", _env_file=None)


def make(settings: Settings, schedule: str | None = None, person: str | None = None, **given: Any) -> int:
    given = {"revoke": False, "locale": "zh-CN", "as_json": False, **given}
    return link(settings, schedule, person, now=NOW, **given)


def take(config: Path, raw: bytes, into: Any = "leave", source: Path | None = None, **given: Any) -> int:
    told = {"person": "ana", "schedule": "emea", "start": None, "end": None, "write": None, "as_json": False, **given}
    return run(Asked(source, config, into, **told), io.BytesIO(raw), NOW)


# ── links ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_shows_a_link_once(settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert make(settings, person="ana") == 0
    url = capsys.readouterr().out.strip()

    assert url.startswith("https://live.example/v1/calendars/ldc_")
    assert list_links(settings, as_json=True) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["person"], listed["locale"], listed["revoked_at"]) == ("ana", "zh-CN", None)
    assert listed["made_by"].startswith("cli:")
    secret = url.removesuffix(".ics").split("/")[-1]
    assert secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("ld.db*"))


def test_it_ends_a_link_by_hand_or_by_a_new_one(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    make(settings, schedule="emea")
    make(settings, schedule="emea", as_json=True)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["ended_another"]

    assert make(settings, schedule="emea", revoke=True) == 0
    assert make(settings, schedule="emea", revoke=True) == 0

    assert capsys.readouterr().out.splitlines() == ["the link of schedule emea has ended", "schedule emea has no link"]
    list_links(settings, as_json=False)
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "--schedule NAME or --person NAME"),
        ({"schedule": "emea", "person": "ana"}, "one of them"),
        ({"schedule": "mars"}, "emea, apac"),
        ({"person": "zoe"}, "ana, ben"),
    ],
)
def test_it_refuses_a_link_to_nothing(
    settings: Settings, capsys: pytest.CaptureFixture[str], given: dict[str, str], reason: str
) -> None:
    assert make(settings, **given) == 2
    assert reason in capsys.readouterr().err


# ── export ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_exports_without_a_bot(config: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert export(config, "emea", None, "2026-03-30T08:00:00Z", "2026-04-20T00:00:00Z", NOW) == 0

    (calendar,) = Calendar.from_ical(capfdbinary.readouterr().out, multiple=True)
    shifts = [(str(one["SUMMARY"]), one["DTSTART"].dt) for one in calendar.walk("VEVENT")]
    assert shifts[0] == ("On call: Ana Weber (emea)", datetime(2026, 3, 29, 22, tzinfo=UTC))
    assert len(shifts) == 4  # the last two hours before Monday in Berlin are the next person's


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (("mars", None, "2026-03-30T08:00:00Z", "2026-04-20T00:00:00Z"), "no schedule 'mars'"),
        ((None, None, "2026-03-30T08:00:00Z", "2026-04-20T00:00:00Z"), "whose calendar"),
        (("emea", None, "2026-03-30", "2026-04-20T00:00:00Z"), "no offset"),
        (("emea", None, "2026-04-30T00:00:00Z", "2026-04-20T00:00:00Z"), "is not before"),
    ],
)
def test_it_exports_nothing_that_makes_no_sense(
    config: Path, capsys: pytest.CaptureFixture[str], given: tuple[Any, ...], reason: str
) -> None:
    assert export(config, *given, NOW) == 2
    captured = capsys.readouterr()
    assert reason in captured.err
    assert captured.out == ""


# ── import ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_shows_what_it_would_take_and_writes_nothing(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert take(config, file(SUMMER)) == 0

    said = capsys.readouterr().out
    assert said.startswith("1 entry of leave for emea\n")
    assert '- {person: ana, start: "2026-07-01T00:00:00+02:00", end: "2026-07-03T00:00:00+02:00"}' in said
    assert "note: whole days are those of Europe/Berlin (ana)" in said
    assert config.read_text("utf-8") == FILE


def test_it_adds_leave_to_every_schedule_of_a_person_once(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for expected in (1, 0):
        assert take(config, file(SUMMER), schedule=None, write=config, as_json=True) == 0
        told = json.loads(capsys.readouterr().out)
        assert {name: len(one["taken"]) for name, one in told["schedules"].items()} == {
            "emea": expected,
            "apac": expected,
        }
    assert [one["already_there"] for one in told["schedules"].values()] == [1, 1]

    loaded = load_file(config)
    assert [len(one.leave) for one in loaded.schedules.values()] == [1, 1]
    assert "# in turns" in config.read_text("utf-8")


def test_it_takes_shifts_by_the_address_of_whose_they_are(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "plan.ics"
    shift = event(
        "DTSTART;TZID=America/New_York:20260401T090000", "DURATION:PT8H", "ATTENDEE:mailto:ben@x.example",
        "RRULE:FREQ=DAILY;COUNT=2"
    )  # fmt: skip
    source.write_bytes(file(shift))

    assert take(config, b"", "overrides", source, person=None, write=config) == 0

    overrides = load_file(config).schedules["emea"].overrides
    assert [(one.person, one.start.astimezone(UTC).hour) for one in overrides] == [("ben", 13), ("ben", 13)]


@pytest.mark.parametrize(
    ("raw", "given", "reason"),
    [
        (file(), {}, "standard input: the file has no events"),
        (b"x" * 10_000_000, {}, "more than the 5,000,000"),
        (file(EVERY_FRIDAY), {}, 'standard input: line 3, "Away", uid 1: it recurs without end; say with --to'),
        (file(EVERY_FRIDAY), {"into": "overrides"}, "line 3"),
        (file(SUMMER), {"person": "zoe"}, "no person 'zoe'"),
        (file(SUMMER), {"person": None}, "say --person"),
        (file(SUMMER), {"schedule": "mars"}, "no schedule 'mars'"),
        (file(SUMMER), {"schedule": None, "person": "ben", "into": "overrides"}, "say --schedule"),
        (file(SUMMER), {"source": Path("nowhere.ics")}, "nowhere.ics cannot be opened"),
        (file(SUMMER), {"start": "2026-03-30"}, "no offset"),
        (file(SUMMER, event("DTSTART:20260230T090000Z", uid="2")), {}, "line 9"),
    ],
)
def test_it_refuses_with_a_reason_and_takes_nothing(
    config: Path, capsys: pytest.CaptureFixture[str], raw: bytes, given: dict[str, Any], reason: str
) -> None:
    assert take(config, raw, write=config, **given) == 2

    captured = capsys.readouterr()
    assert reason in captured.err
    assert captured.out == ""
    assert config.read_text("utf-8") == FILE


def test_it_takes_what_recurs_without_end_until_it_is_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert take(config, file(EVERY_FRIDAY), write=config, end="2026-08-01T00:00:00Z") == 0

    assert "it recurs without end and is taken until 2026-08-01" in capsys.readouterr().out
    days = [one.start.astimezone(ZoneInfo("Europe/Berlin")).day for one in load_file(config).schedules["emea"].leave]
    assert days == [3, 10, 17, 24, 31]


def test_it_prints_the_lines_where_it_cannot_write_them(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text("people: {ana: {}}\nschedules: {emea: {timezone: Europe/Berlin}}\n", "utf-8")

    assert take(config, file(SUMMER), write=config) == 2

    captured = capsys.readouterr()
    assert "was left as it is" in captured.err
    assert '- {person: ana, start: "2026-07-01T00:00:00+02:00"' in captured.out
