"""The system's Chromium for the page's tests: found, or a clear reason why not."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import which

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str:
    """The path of a Chromium. Skips where there is none, and fails instead when nothing may be skipped."""
    named = os.environ.get("CHROMIUM")
    found = named if named and Path(named).exists() else next(filter(None, map(which, NAMES)), None)
    if found:
        return found
    reason = "no Chromium here: install one (apt-get install chromium) or name it in the variable CHROMIUM"
    if os.environ.get("LIVEDESK_NO_SKIP") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
