"""A file goes in whole, once, whatever interrupts it, and its report says what became of every row."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.intake.event import FeedbackEvent, Receipt, Refused
from handlers.commands.ingest import Options, Report, WrongFlagError, ingest, read_options, run
from handlers.feedback.presets import MappingError
from tests.handlers.feedback.serving import StoredIntake, stored_intake

START = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
NOW = START + timedelta(days=1)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def intake(sqlite_template: Path, tmp_path: Path) -> Iterator[StoredIntake]:
    with stored_intake(sqlite_template, tmp_path) as made:
        yield made


def chat(folder: Path, rows: int, name: str = "chat.ndjson", broken: Sequence[int] = ()) -> Path:
    """A chat of `rows` lines; the texts repeat, as viewers do."""
    lines = [
        '{"ts": ' if n in broken else json.dumps({"ts": n, "user": f"viewer-{n % 7}", "text": f"no sound {n % 3}"})
        for n in range(1, rows + 1)
    ]
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def options(**given: Any) -> Options:
    return Options(**{"source": "show-chat", "start": START, "show": "friday", "batch": 10, **given})


async def taken(path: Path, intake: StoredIntake, **given: Any) -> Report:
    return await ingest(path, options(**given), intake, lambda: NOW)


def texts(intake: StoredIntake) -> list[str]:
    return [stored["text"] for stored in intake.stored()]


# ── what goes in ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_stores_every_row_and_counts_them(intake: StoredIntake, tmp_path: Path) -> None:
    path = chat(tmp_path, 25)

    report = await taken(path, intake)

    assert (report.read, report.accepted, report.duplicate, report.refused) == (25, 25, 0, 0)
    assert texts(intake) == [f"no sound {n % 3}" for n in range(1, 26)]


async def test_it_lists_refused_rows_and_takes_the_rest(intake: StoredIntake, tmp_path: Path) -> None:
    path = chat(tmp_path, 40, broken=range(5, 40))

    report = await taken(path, intake)

    assert (report.accepted, report.refused) == (5, 35)
    assert [refusal.row for refusal in report.refusals] == list(range(5, 25))
    assert report.refusals[0].reason.startswith("is not JSON")


async def test_it_writes_every_refused_row_to_a_file_on_request(intake: StoredIntake, tmp_path: Path) -> None:
    path = chat(tmp_path, 40, broken=range(5, 40))

    await taken(path, intake, refused=tmp_path / "refused.ndjson")

    listed = [json.loads(line) for line in (tmp_path / "refused.ndjson").read_text().splitlines()]
    assert [refusal["row"] for refusal in listed] == list(range(5, 40))
    assert listed[0].keys() == {"row", "field", "reason"}


async def test_it_tells_its_progress_up_to_the_end(intake: StoredIntake, tmp_path: Path) -> None:
    path = tmp_path / "chat.ndjson.gz"
    path.write_bytes(gzip.compress(chat(tmp_path, 3_000).read_bytes()))
    told: list[tuple[int, int]] = []

    await ingest(path, options(batch=500), intake, lambda: NOW, lambda position, size: told.append((position, size)))

    size = path.stat().st_size
    assert told == sorted(told)
    assert told[-1] == (size, size)


# ── once ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_does_nothing_with_a_file_that_is_done(intake: StoredIntake, tmp_path: Path) -> None:
    path = chat(tmp_path, 25)
    await taken(path, intake)

    report = await taken(path, intake)

    assert (report.read, report.rows_before) == (0, 25)
    assert len(intake.stored()) == 25


async def test_it_finds_only_duplicates_when_told_to_read_again(intake: StoredIntake, tmp_path: Path) -> None:
    path = chat(tmp_path, 25)
    await taken(path, intake)

    report = await taken(path, intake, again=True)

    assert (report.read, report.duplicate, report.rows_before) == (25, 25, 0)


async def test_it_knows_the_same_file_under_another_name(intake: StoredIntake, tmp_path: Path) -> None:
    await taken(chat(tmp_path, 25), intake)

    report = await taken(chat(tmp_path, 25, name="copy.ndjson"), intake)

    assert report.read == 0


async def test_it_reads_a_file_from_its_start_when_it_is_to_be_read_differently(
    intake: StoredIntake, tmp_path: Path
) -> None:
    """The first time its texts were looked for in a column that is not there, and every row was refused."""
    path = chat(tmp_path, 25)
    wrong = await taken(path, intake, columns={"text": "comment"})

    right = await taken(path, intake)

    assert (wrong.refused, right.accepted) == (25, 25)


class StoppedError(Exception):
    pass


class StopsAfter(StoredIntake):
    """An intake that breaks at a batch: before it is stored, or right after, when nobody hears of it any more."""

    def __init__(self, intake: StoredIntake, batches: int, *, is_stored: bool) -> None:
        super().__init__(intake._store)
        self._left = batches
        self._is_stored = is_stored

    async def accept(
        self, source: str, items: Sequence[FeedbackEvent | Refused], now: datetime, file: str = "", rows_done: int = 0
    ) -> list[Receipt]:
        self._left -= 1
        if self._left < 0:
            if self._is_stored:
                await super().accept(source, items, now, file, rows_done)
            raise StoppedError
        return await super().accept(source, items, now, file, rows_done)


@pytest.mark.parametrize("batches", [0, 1, 2, 4])
@pytest.mark.parametrize("is_stored", [False, True])
async def test_it_goes_on_where_it_stopped(intake: StoredIntake, tmp_path: Path, batches: int, is_stored: bool) -> None:
    path = chat(tmp_path, 45, broken=[7, 33])
    with pytest.raises(StoppedError):
        await taken(path, StopsAfter(intake, batches, is_stored=is_stored))

    report = await taken(path, intake)

    assert len(intake.stored()) == 43
    assert report.rows_before == min(45, (batches + is_stored) * 10)
    assert report.duplicate == 0


def interrupted(folder: Path, path: Path, database: str, signal: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own that is struck by `signal` after its third batch."""
    script = f"""
        import os, signal
        from pathlib import Path
        from handlers.commands import ingest as command
        from store.engine import Store
        from tests.handlers.commands.test_ingest import NOW, options
        from tests.handlers.feedback.serving import StoredIntake

        class Struck(StoredIntake):
            batches = 0

            async def accept(self, *given):
                receipts = await super().accept(*given)
                self.batches += 1
                if self.batches == 3:
                    os.kill(os.getpid(), signal.{signal})
                return receipts

        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's jobs in the background ignore it
        store = Store({database!r})
        code = command.run(Path({str(path)!r}), options(), Struck(store), lambda: NOW)
        store.close()
        raise SystemExit(code)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("signal", "code"), [("SIGKILL", -9), ("SIGINT", 1)])
async def test_it_loses_nothing_and_doubles_nothing_when_it_is_killed(
    intake: StoredIntake, tmp_path: Path, signal: str, code: int
) -> None:
    path = chat(tmp_path, 95)

    struck = interrupted(tmp_path, path, str(intake._store.url), signal)
    report = await taken(path, intake)

    assert struck.returncode == code, struck.stderr
    assert ("goes on" in struck.stderr) == (signal == "SIGINT")
    assert report.rows_before >= 30
    assert (report.duplicate, len(intake.stored())) == (0, 95)


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────


def command(path: Path, intake: StoredIntake, *, as_json: bool = False, **given: Any) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run(path, options(**given), intake, lambda: NOW, as_json=as_json, stdout=out, stderr=err)
    return code, out.getvalue(), err.getvalue()


def test_it_succeeds_also_when_rows_were_refused(intake: StoredIntake, tmp_path: Path) -> None:
    code, out, err = command(chat(tmp_path, 40, broken=range(10, 40)), intake)

    assert (code, err) == (0, "")
    assert "40 rows read, 10 accepted, 0 duplicate, 30 refused" in out
    assert "line 10: row is not JSON" in out
    assert "and 10 more; --refused FILE" in out


def test_it_writes_its_report_for_programs(intake: StoredIntake, tmp_path: Path) -> None:
    _, out, _ = command(chat(tmp_path, 12, broken=[3]), intake, as_json=True)

    report = json.loads(out)
    assert (report["read"], report["accepted"], report["refused"], report["stopped"]) == (12, 11, 1, None)
    assert report["refusals"][0]["row"] == 3


def test_it_keeps_refused_words_from_the_terminal(intake: StoredIntake, tmp_path: Path) -> None:
    path = tmp_path / "bad.ndjson"
    path.write_text(json.dumps({"ts": 1, "user": "a", "text": "b", "lang": "\x1b[2J [red]"}) + "\n")

    _, out, _ = command(path, intake)

    assert "\x1b" not in out
    assert "\\x1b[2J [red]" in out


@pytest.mark.parametrize(
    ("content", "given", "says"),
    [
        (b"", {}, "is empty"),
        (b"a,b\n1,2\n", {}, "--map"),
        (b'{"ts": 1, "user": "a", "text": "b"}\n', {"start": None}, "--start"),
        (b'{"ts": 1, "user": "a", "text": "b"}\n', {"refused": Path("/nowhere/at/all")}, "--refused"),
        (gzip.compress(b'{"ts": 1, "user": "a", "text": "b"}\n' * 99, mtime=0)[:-9], {}, "gzip"),
    ],
    ids=["empty", "mapping", "start", "refused file", "half a gzip"],
)
def test_it_stores_nothing_of_a_file_it_cannot_read(
    intake: StoredIntake, tmp_path: Path, content: bytes, given: dict[str, Any], says: str
) -> None:
    path = tmp_path / "feedback"
    path.write_bytes(content)

    code, out, err = command(path, intake, **given)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err
    assert intake.stored() == []


def test_it_says_how_to_go_on_when_the_store_fails(intake: StoredIntake, tmp_path: Path) -> None:
    intake.broken = RuntimeError("INSERT failed for ('no sound', …)")

    code, _, err = command(chat(tmp_path, 5), intake)

    assert code == 1
    assert "goes on" in err
    assert "no sound" not in err


async def test_it_stores_what_came_before_a_file_changed_and_says_so(intake: StoredIntake, tmp_path: Path) -> None:
    path = chat(tmp_path, 25)

    def grow(position: int, size: int) -> None:
        with path.open("a") as log:
            log.write("\n")

    report = await ingest(path, options(), intake, lambda: NOW, grow)

    assert "changed" in (report.stopped or "")
    assert len(intake.stored()) == 25


# ── flags ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_reads_its_flags() -> None:
    read = read_options(
        source="yt", start="2026-03-27T20:00+08:00", map="text=comment", resolution="1m", market="de", preset="chat"
    )

    assert read == Options(
        "yt", "de", start=START, preset="chat", columns={"text": "comment"}, resolution=timedelta(minutes=1)
    )


@pytest.mark.parametrize(("text", "seconds"), [("60", 60), ("60s", 60), ("1.5 min", 90), ("2h", 7200)])
def test_it_reads_durations(text: str, seconds: float) -> None:
    assert read_options(source="yt", resolution=text).resolution == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "flags",
    [
        {"source": ""},
        {"source": "a\nb"},
        {"source": "yt", "start": "2026-03-27T20:00"},
        {"source": "yt", "start": "yesterday"},
        {"source": "yt", "resolution": "a while"},
        {"source": "yt", "resolution": "-1"},
        {"source": "yt", "map": "colour=red"},
    ],
)
def test_it_refuses_flags_that_mean_nothing(flags: dict[str, str]) -> None:
    with pytest.raises((WrongFlagError, MappingError), match="--"):
        read_options(**flags)
