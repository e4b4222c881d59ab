from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from handlers.calendars.pasting import Addition, NotWrittenError, Section, add_to_file, to_paste
from handlers.calendars.taking import Taken
from handlers.configuration import load_text

PEOPLE = 'people:\n  ana: {}  # 王芳 knows her\n  "no": {}\n'
LAYERS = "    layers:\n      - rotation: {type: daily, start: 2026-01-05, members: [ana]}  # every day\n"
HEAD = f"# ours\n{PEOPLE}schedules:\n  emea:\n    timezone: Europe/Berlin\n{LAYERS}"
TAIL = "\n    # what follows emea\n  apac:\n    timezone: Asia/Tokyo\n"

ONE = Taken("ana", datetime(2026, 7, 1, 22, tzinfo=UTC), datetime(2026, 7, 3, 22, tzinfo=UTC), "secret", "1", 3)
TWO = Taken("no", datetime(2026, 12, 1, 22, tzinfo=UTC), datetime(2026, 12, 3, 22, tzinfo=UTC), "secret", "1", 3)
LINE = '{person: ana, start: "2026-07-02T00:00:00+02:00", end: "2026-07-04T00:00:00+02:00"}'
OLD = '{person: ana, start: "2026-01-01T00:00:00Z", end: "2026-01-02T00:00:00Z"}'


def addition(section: Section = "leave", *entries: Taken) -> Addition:
    return Addition("emea", section, ZoneInfo("Europe/Berlin"), entries or (ONE,))


def write(path: Path, text: str, *additions: Addition) -> str:
    path.write_bytes(text.encode())
    add_to_file(path, additions or [addition()])
    return path.read_bytes().decode()


@pytest.mark.parametrize(
    ("text", "added"),
    [
        (HEAD + TAIL, f"    leave:\n      - {LINE}\n"),
        (HEAD.rstrip("\n"), f"    leave:\n      - {LINE}\n"),
        (HEAD + f"    leave:\n      - {OLD}  # old\n" + TAIL, f"      - {LINE}\n"),
        (HEAD + f"    leave:\n    - {OLD}\n" + TAIL, f"    - {LINE}\n"),
        (HEAD + "    leave:\n" + TAIL, f"      - {LINE}\n"),
        (HEAD + '    leave:\n      - person: ana\n        start: "2026-01-01T00:00:00Z"\n'
         '        end: "2026-01-02T00:00:00Z"  # the end\n' + TAIL, f"      - {LINE}\n"),
        (HEAD + f"    leave:\n      - {OLD}\n    holidays: true\n", f"      - {LINE}\n"),
        (HEAD.replace("\n", "\r\n"), f"    leave:\n      - {LINE}\n".replace("\n", "\r\n")),
    ],
)  # fmt: skip
def test_it_adds_lines_and_touches_no_other(tmp_path: Path, text: str, added: str) -> None:
    after = write(tmp_path / "livedesk.yaml", text)

    assert added in after
    assert after.replace(added, "", 1).rstrip() == text.rstrip()
    assert list(tmp_path.iterdir()) == [tmp_path / "livedesk.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "    leave: []\n",
        HEAD + f"    leave: [{OLD}]\n",
        f"{PEOPLE}schedules: {{emea: {{timezone: UTC}}}}\n",
        f"{PEOPLE}schedules:\n  emea: {{timezone: UTC}}\n",
        '{"people": {"ana": {}}, "schedules": {"emea": {"timezone": "UTC"}}}',
    ],
)
def test_it_leaves_a_file_alone_that_is_laid_out_otherwise(tmp_path: Path, text: str) -> None:
    path = tmp_path / "livedesk.yaml"

    with pytest.raises(NotWrittenError):
        write(path, text)

    assert path.read_text("utf-8") == text


def test_it_leaves_a_file_alone_that_would_not_be_valid(tmp_path: Path) -> None:
    there = (
        HEAD + '    overrides:\n      - {person: null, start: "2026-07-02T00:00:00Z", end: "2026-07-03T00:00:00Z"}\n'
    )
    path = tmp_path / "livedesk.yaml"

    with pytest.raises(NotWrittenError, match="overlaps the override of line 12"):
        write(path, there, addition("overrides"))

    assert path.read_text("utf-8") == there


def test_it_prints_what_can_be_loaded() -> None:
    pasted = to_paste([addition("overrides", ONE, TWO, Taken(None, ONE.end, TWO.start, "", "", 1))])

    loaded = load_text(f"{PEOPLE}{pasted}\n    timezone: UTC\n", "pasted")

    entries = loaded.schedules["emea"].overrides
    assert [(one.person, one.start) for one in entries] == [("ana", ONE.start), ("no", TWO.start), (None, ONE.end)]
    assert "secret" not in pasted
