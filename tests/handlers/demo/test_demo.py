"""The whole demo, as whoever clones the project first runs it: another process, nothing set up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from handlers.demo.stage import ROOT

PNG = b"\x89PNG\r\n\x1a\n"


def demo(*arguments: str, seconds: float = 280) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "bot.py"), "demo", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False)


@pytest.mark.slow
def test_it_goes_as_it_should_and_reports_it(tmp_path: Path) -> None:
    """One test for all of it: a run takes a minute and a half, and parallel tests would not share one."""
    ran = demo("--headless", "--report", str(tmp_path / "report.json"), "--folder", str(tmp_path / "run"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))

    # What other tools rely on.
    assert {
        "events", "languages", "incidents", "pages", "highlights", "digests", "commands", "posts", "lost",
    } <= set(report)  # fmt: skip
    assert report["events"]["stored"] >= 8000
    assert report["events"]["duplicate"]
    assert report["events"]["refused"]
    assert len(report["languages"]) >= 8
    assert {one["team"] for one in report["digests"]} == {"americas", "hangzhou", "emea"}
    assert report["lost"] == report["posts"]["duplicate"] == report["posts"]["failed"] == 0

    # Whoever is on call is woken in her night, and takes it.
    page = next(one for one in report["pages"] if one["person"] == "maya")
    assert page["acknowledged_at"] > page["paged_at"]
    assert datetime.fromisoformat(page["local_time"]).hour == 4

    # Every chart is a picture beside the report.
    charts = [one["chart"] for one in (*report["commands"], *report["incidents"]) if one["chart"]]
    assert len(set(charts)) == len(charts) > 5
    assert all((tmp_path / chart).read_bytes().startswith(PNG) for chart in charts)

    # No token is in a log. The bound on time leaves room for a machine that is busy with other tests.
    log = (tmp_path / "run" / "bot.log").read_text(encoding="utf-8")
    assert "xoxb-" not in log
    assert "xapp-" not in log
    assert report["run"]["seconds"] < 180


def test_it_says_why_it_cannot_write_its_report(tmp_path: Path) -> None:
    ran = demo(
        "--headless", "--report", str(tmp_path / "nowhere" / "report.json"), "--folder", str(tmp_path), seconds=60
    )

    assert ran.returncode == 2
    assert "there is no folder" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr


def test_it_says_why_it_cannot_use_its_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    ran = demo("--headless", "--folder", str(tmp_path / "file"), seconds=60)

    assert ran.returncode == 2
    assert os.fspath(tmp_path / "file") in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr
