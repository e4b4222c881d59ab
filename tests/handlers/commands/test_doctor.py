from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers.commands.doctor import (
    MEND,
    OK,
    Check,
    Finding,
    broken,
    doctor,
    documents,
    fine,
    look_at_configuration,
    look_at_fonts,
    look_at_python,
    look_at_slack,
    look_at_translators,
    odd,
    write_docs,
)
from handlers.settings import Settings, SettingsError, WrongSetting, read_settings
from handlers.translate.base import TranslationFailed
from sandbox.server import running
from tests.handlers.slack.rig import APP_TOKEN, BOT_TOKEN
from tests.sandbox.conftest import roster

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "livedesk.yaml"
FRIDAY = datetime(2026, 3, 6, 12, tzinfo=UTC)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation without Slack and translators, with the example's configuration."""
    for name in list(os.environ):
        if name.startswith(("LIVEDESK_", "SLACK_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LIVEDESK_CONFIG", str(EXAMPLE))
    monkeypatch.setenv("LIVEDESK_SLACK_MODE", "off")
    return read_settings(None)


def run(settings: Settings | SettingsError, *database: Check, as_json: bool = False) -> tuple[int, str]:
    out = io.StringIO()
    code = doctor(settings, FRIDAY, out, database=database, as_json=as_json)
    return code, out.getvalue()


# ── the round ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_content_with_a_good_installation(settings: Settings) -> None:
    code, said = run(settings)

    assert code == OK
    assert "7 people, 3 teams" in said
    assert "nothing to mend" in said


def test_it_runs_the_checks_of_the_database_too(settings: Settings) -> None:
    tables = Check("database", lambda: [broken("the tables are behind", "run: python bot.py migrate")])

    code, said = run(settings, tables)

    assert code == MEND
    assert "MEND  database       the tables are behind\n" in said
    assert "→ run: python bot.py migrate" in said
    assert "1 to mend" in said


def test_it_goes_on_after_a_check_that_fails(settings: Settings) -> None:
    def fails() -> Iterator[Finding]:
        yield fine("reached")
        raise ConnectionError("postgresql://livedesk:hunter2@db")

    code, said = run(settings, Check("database", fails))

    assert code == MEND
    assert "reached" in said
    assert "the check itself failed (ConnectionError)" in said
    assert "hunter2" not in said
    assert "fonts" in said


def test_it_needs_no_settings_to_say_what_is_wrong_with_them() -> None:
    wrong = SettingsError([WrongSetting("LIVEDESK_HTTP_PORT", "is not a number", "8080")])

    code, said = run(wrong)

    assert code == MEND
    assert "LIVEDESK_HTTP_PORT: is not a number" in said
    assert "LIVEDESK_HTTP_PORT=8080" in said
    assert "fonts" in said


def test_it_notes_a_variable_that_is_no_setting(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEDESK_TRANSLATOR", "libre")

    code, said = run(settings)

    assert code == OK
    assert "LIVEDESK_TRANSLATOR is no setting, did you mean LIVEDESK_TRANSLATORS?" in said


def test_it_writes_json_for_programs(settings: Settings) -> None:
    code, said = run(settings, Check("database", lambda: [odd("is large", "prune it")]), as_json=True)

    report = json.loads(said)
    assert code == OK
    assert report["ok"] is True
    assert {"check": "database", "status": "odd", "says": "is large", "do": "prune it"} in report["findings"]


def test_it_makes_no_keys_but_says_where_they_will_be(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LIVEDESK_DATABASE_URL", f"sqlite:///{tmp_path}/livedesk.db")

    code, said = run(read_settings(None))

    assert code == OK
    assert f"keys will be made in {tmp_path}/keys.json" in said
    assert list(tmp_path.iterdir()) == []


def test_it_demands_the_keys_of_a_shared_database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEDESK_DATABASE_URL", "postgresql://livedesk:hunter2@db/livedesk")

    code, said = run(read_settings(None))

    assert code == MEND
    assert "LIVEDESK_VIEWER_KEY: is not set" in said
    assert "hunter2" not in said


# ── python and the file ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("version", "status"),
    [((3, 10, 9), "broken"), ((3, 11, 0), "fine"), ((3, 13, 9), "fine"), ((3, 14, 0), "broken")],
)
def test_it_knows_which_pythons_are_supported(version: tuple[int, ...], status: str) -> None:
    (finding,) = look_at_python(version)

    assert finding.status == status


def test_it_shows_every_problem_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "livedesk.yaml"
    path.write_text("people:\n  ana: {timezone: Europe/Berln}\nteem: {}\n")

    findings = list(look_at_configuration(path, FRIDAY))

    assert [finding.status for finding in findings] == ["broken", "broken"]
    assert findings[0].says.startswith(f"{path}:2: people.ana.timezone: ")


def test_it_shows_what_is_odd_in_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "livedesk.yaml"
    path.write_text(
        "people: {ana: {}}\nschedules:\n  s:\n    timezone: UTC\n    layers:\n"
        "      - rotation: {type: daily, weekday: tue, start: 2026-01-05, members: [ana]}\n"
        "teams: {t: {timezone: UTC}}\n"
    )

    findings = list(look_at_configuration(path, FRIDAY))

    said = [finding.says for finding in findings if finding.status == "odd"]
    assert any(f"{path}:6: schedules.s.layers[0].rotation.weekday" in one for one in said)
    assert any("teams.t: has no channel" in one for one in said)


# ── Slack, asked in the sandbox ──────────────────────────────────────────────────────────────────────────────────


async def asked(
    monkeypatch: pytest.MonkeyPatch, url: str, bot: str = BOT_TOKEN, app: str = APP_TOKEN, config: Path = EXAMPLE
) -> list[Finding]:
    for name, value in {
        "LIVEDESK_SLACK_MODE": "socket",
        "SLACK_BOT_TOKEN": bot,
        "SLACK_APP_TOKEN": app,
        "SLACK_API_URL": url,
        "LIVEDESK_CONFIG": str(config),
    }.items():
        monkeypatch.setenv(name, value)
    settings = read_settings(None)
    return await asyncio.to_thread(lambda: list(look_at_slack(settings)))


async def test_it_finds_the_bot_in_every_channel_of_the_example(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(rate_scale=0.0) as box:
        findings = await asked(monkeypatch, box.api_url)

    said = [finding.says for finding in findings]
    assert {finding.status for finding in findings} == {"fine"}
    assert said[0] == "the bot is livedesk (U0LIVEDESK) in Livedesk Demo (T0LIVEDESK)"
    assert "Slack offers a socket to this app" in said
    assert "the bot is in #live-emea (C0EMEAOPS1)" in said
    assert "the bot is in #livedesk-admin (C0ADMIN001)" in said


async def test_it_says_which_token_slack_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(rate_scale=0.0) as box:
        (bot,) = await asked(monkeypatch, box.api_url, bot="xoxb-of-another-app")
        findings = await asked(monkeypatch, box.api_url, app="xapp-of-another-app")

    assert bot.status == "broken"
    assert "Slack refuses SLACK_BOT_TOKEN" in bot.says
    assert [finding.status for finding in findings[:2]] == ["fine", "broken"]
    assert "Slack refuses SLACK_APP_TOKEN" in findings[1].says
    assert "of-another-app" not in bot.says + findings[1].says


async def test_it_says_which_channel_slack_does_not_know(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "livedesk.yaml"
    path.write_text('teams: {t: {timezone: UTC, channels: ["slack:C0NOWHERE1", "terminal:ops"]}}\n')

    async with running(rate_scale=0.0) as box:
        findings = await asked(monkeypatch, box.api_url, config=path)

    assert [finding.status for finding in findings] == ["fine", "fine", "broken"]
    assert findings[2].says == "C0NOWHERE1: channel_not_found"
    assert "/invite" in findings[2].do


async def test_it_says_where_the_bot_must_be_invited(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "livedesk.yaml"
    path.write_text('admin_channel: "slack:C0ELSEWHER"\n')

    async with running(roster=roster(), rate_scale=0.0) as box:
        *_, finding = await asked(monkeypatch, box.api_url, config=path)

    assert finding == broken("the bot is not in #elsewhere (C0ELSEWHER)", "invite it there: /invite @Livedesk")


async def test_it_says_when_slack_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(rate_scale=0.0) as box:
        url = box.api_url

    (finding,) = await asked(monkeypatch, url)

    assert finding.status == "broken"
    assert "Slack cannot be reached at" in finding.says


def test_it_asks_for_missing_tokens(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEDESK_SLACK_MODE", "http")

    findings = list(look_at_slack(read_settings(None)))

    assert [finding.says.split(":")[0] for finding in findings] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]
    assert all("LIVEDESK_SLACK_MODE=off" in finding.do for finding in findings)


# ── translators and fonts ────────────────────────────────────────────────────────────────────────────────────────


class German:
    name = "German"

    def translate(self, text: str, source: str, target: str) -> str:
        return {("good morning", "en", "de"): "guten Morgen"}[text, source, target]


class Closed:
    name = "Closed"

    def translate(self, text: str, source: str, target: str) -> str:
        raise TranslationFailed("Closed failed (TooManyRequests)")


class Silent:
    name = "Silent"

    def __init__(self) -> None:
        self.over = threading.Event()

    def translate(self, text: str, source: str, target: str) -> str:
        self.over.wait(30)
        return ""


def test_it_has_each_translator_translate() -> None:
    silent = Silent()

    findings = list(look_at_translators([German(), Closed(), silent], patience=0.2))
    silent.over.set()

    assert [finding.status for finding in findings] == ["fine", "odd", "odd"]
    assert "guten Morgen" in findings[0].says
    assert findings[1].says == "Closed failed (TooManyRequests)"
    assert "does not answer within 0.2 s" in findings[2].says


def test_it_says_that_nothing_is_translated() -> None:
    (finding,) = look_at_translators([])

    assert finding.status == "odd"
    assert "LIVEDESK_TRANSLATORS" in finding.do


def test_it_finds_a_font_for_every_script() -> None:
    (finding,) = look_at_fonts()

    assert finding.status == "fine"


# ── generated documents ──────────────────────────────────────────────────────────────────────────────────────────


def test_it_keeps_the_generated_documents_up_to_date() -> None:
    """When this fails: python bot.py doctor --write-docs."""
    for path, text in documents(ROOT).items():
        assert path.read_text("utf-8") == text, path.name


def test_it_writes_documents_anew_and_only_when_they_differ(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "configuration.md"
    shutil.copy(ROOT / "docs" / "configuration.md", page)
    page.write_text(page.read_text("utf-8").replace("LIVEDESK_HTTP_PORT", "LIVEDESK_OLD_PORT"), "utf-8")

    first, second = write_docs(tmp_path), write_docs(tmp_path)

    assert sorted(path.name for path in first) == ["configuration.md", "livedesk.schema.json"]
    assert second == []
    assert page.read_text("utf-8") == (ROOT / "docs" / "configuration.md").read_text("utf-8")


def test_it_says_which_markers_a_page_has_lost(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "configuration.md").write_text("# Configuration\n")

    with pytest.raises(ValueError, match="lacks the markers of reference"):
        write_docs(tmp_path)
