"""The command line from outside: every command documented, every failure with a reason and the right exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.evening import HOUSE

ROOT = Path(__file__).parents[1]
COMMANDS = [
    "serve",
    "demo",
    "sandbox",
    "ingest",
    "analyze",
    "vocabulary",
    "backtest",
    "detect",
    "oncall",
    "source",
    "migrate",
    "doctor",
]


def bot(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `bot.py` with nothing of this machine's settings, its database in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIVEDESK_", "SLACK_"))}
    given = {"LIVEDESK_DATABASE_URL": f"sqlite:///{folder / 'ld.db'}", **environment}
    return subprocess.run(
        [sys.executable, str(ROOT / "bot.py"), *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **given},
        timeout=120,
        check=False,
    )


def test_it_names_every_command_and_documents_it(tmp_path: Path) -> None:
    said = bot("--help", folder=tmp_path)

    assert said.returncode == 0
    for command in COMMANDS:
        assert re.search(rf"^  {command}\s+\S", said.stdout, re.MULTILINE), command


def test_it_imports_nothing_heavy_to_say_what_it_can_do(tmp_path: Path) -> None:
    heavy = ("sqlalchemy", "pydantic", "slack_bolt", "matplotlib", "textblob", "numpy")
    script = f"import bot, sys; print([name for name in {heavy} if name in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True, timeout=60
    )

    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "environment", "reason"),
    [
        (["no-such-command"], {}, "No such command"),
        (["serve"], {"LIVEDESK_HTTP_PORT": "eighty"}, "LIVEDESK_HTTP_PORT"),
        (["serve"], {"LIVEDESK_SLACK_MODE": "off", "LIVEDESK_CONFIG": "good.yaml"}, "LIVEDESK_PLATFORMS"),
        (["serve"], {"LIVEDESK_CONFIG": "wrong.yaml", "LIVEDESK_PLATFORMS": "terminal"}, "wrong.yaml:3: "),
        (["serve"], {"LIVEDESK_CONFIG": "good.yaml"}, "SLACK_BOT_TOKEN"),
        (["ingest", "nowhere.ndjson"], {}, "nowhere.ndjson"),
        (["migrate", "--down-to", "never"], {}, "never"),
        (["detect", "nowhere.csv"], {}, "nowhere.csv"),
        (["vocabulary", "--config", "nowhere.yaml"], {}, "nowhere.yaml"),
        (["vocabulary", "--config", "good.yaml", "--market", "mars"], {}, "mars"),
        (["vocabulary", "--config", "good.yaml", "--from", "2026-03-01"], {}, "--to"),
    ],
)
def test_it_refuses_wrong_usage_with_a_reason(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], reason: str
) -> None:
    (tmp_path / "wrong.yaml").write_text("people:\n  ana: {}\nschedules: {emea: {timezone: Europe/Berlyn}}\n")
    (tmp_path / "good.yaml").write_text(HOUSE)

    said = bot(*arguments, folder=tmp_path, **environment)

    assert said.returncode == 2, said.stderr
    assert reason in said.stderr
    assert "Traceback" not in said.stderr + said.stdout


def test_it_says_that_a_server_cannot_be_reached(tmp_path: Path) -> None:
    said = bot("migrate", folder=tmp_path, LIVEDESK_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:9/none")

    assert said.returncode == 1
    assert "LIVEDESK_DATABASE_URL" in said.stderr


def test_it_migrates_up_and_down(tmp_path: Path) -> None:
    assert bot("migrate", "--check", folder=tmp_path).returncode == 1
    assert bot("migrate", folder=tmp_path).returncode == 0
    assert bot("migrate", "--check", folder=tmp_path).returncode == 0
    assert bot("migrate", "--down-to", "base", folder=tmp_path).returncode == 0


def test_it_reads_a_file_once_and_counts_what_it_sent(tmp_path: Path) -> None:
    rows = [
        {"event_id": "1", "at": "2026-03-06T12:00:00Z", "kind": "chat_comment", "viewer": "a", "text": "hello"},
        {"event_id": "2", "at": "2026-03-06T12:00:01Z", "kind": "nonsense", "viewer": "a", "text": "hello"},
    ]
    (tmp_path / "chat.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))

    first = bot("ingest", "chat.ndjson", "--json", folder=tmp_path)
    again = bot("ingest", "chat.ndjson", "--json", "--again", folder=tmp_path)
    counted = bot("source", "list", "--json", folder=tmp_path)

    assert first.returncode == again.returncode == 0, first.stderr
    report = json.loads(first.stdout)
    assert (report["accepted"], report["refused"]) == (1, 1)
    assert json.loads(again.stdout)["duplicate"] == 1
    (source,) = json.loads(counted.stdout)
    assert (source["source"], source["received"], source["accepted"], source["refused"]) == ("chat", 4, 1, 2)


def test_it_shows_a_new_key_once_and_keeps_only_its_hash(tmp_path: Path) -> None:
    made = bot("source", "key", "tiktok-us", folder=tmp_path)

    token = made.stdout.strip()
    assert made.returncode == 0, made.stderr
    assert token.startswith("ld_")
    assert token.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("ld.db*"))


def test_it_examines_an_installation(tmp_path: Path) -> None:
    (tmp_path / "livedesk.yaml").write_text(HOUSE)

    said = bot("doctor", "--json", folder=tmp_path, LIVEDESK_PLATFORMS="terminal")

    findings = json.loads(said.stdout)["findings"]
    assert {"python", "settings", "configuration", "database", "fonts"} <= {one["check"] for one in findings}
    assert said.returncode == 0, said.stdout
