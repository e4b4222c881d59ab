"""`bot.py detect`: rows in, the same rows with score and alarm out; wrong input says where."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from handlers.commands.detect import detect

HEADER = "timestamp,value\n"


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str | bytes], tuple[int, list[list[str]], str]]:
    def call(content: str | bytes) -> tuple[int, list[list[str]], str]:
        path = tmp_path / "series.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        out, err = io.StringIO(), io.StringIO()
        code = detect(str(path), out, err)
        return code, list(csv.reader(io.StringIO(out.getvalue()))), err.getvalue()

    return call


Run = Callable[[str | bytes], tuple[int, list[list[str]], str]]


def series(burst: int = 400, form: str = "2026-03-27 20:{:02d}:{:02d}") -> str:
    """A quarter of an hour in ten-second counts, with a burst a minute before its end."""
    lines = [f"{form.format(i // 6, i % 6 * 10)},{burst if i >= 84 else 20 + i % 5}" for i in range(90)]
    return HEADER + "\n".join(lines) + "\n"


def test_it_adds_a_score_and_an_alarm_to_every_row(run: Run) -> None:
    code, rows, _ = run(series())

    assert code == 0
    assert rows[0] == ["timestamp", "value", "score", "alarm"]
    assert len(rows) == 91
    assert all(0 <= float(score) <= 1 for _, _, score, _ in rows[1:])
    assert next(i for i, row in enumerate(rows[1:]) if row[3] == "1") == 84


@pytest.mark.parametrize(
    "form",
    ["2026-03-27 20:{:02d}:{:02d}", "2026-03-27T20:{:02d}:{:02d}Z", "2026-03-27T20:{:02d}:{:02d}.500+08:00"],
)
def test_it_echoes_timestamps_as_they_came(run: Run, form: str) -> None:
    code, rows, _ = run(series(form=form))

    assert code == 0
    assert [row[0] for row in rows[1:4]] == [form.format(0, second) for second in (0, 10, 20)]


def test_it_scores_a_row_by_what_came_before_it_alone(run: Run) -> None:
    _, whole, _ = run(series())
    _, cut, _ = run("\n".join(series().splitlines()[:61]) + "\n")

    assert whole[:61] == cut


def test_it_reads_gzip_and_a_byte_order_mark(run: Run) -> None:
    assert run(gzip.compress(b"\xef\xbb\xbf" + series().encode()))[:2] == run(series())[:2]


def test_it_finds_its_columns_wherever_they_stand(run: Run) -> None:
    code, rows, _ = run("host,Value,Timestamp\na,3,2026-03-27 20:00:00\n")

    assert (code, rows[1][:2]) == (0, ["2026-03-27 20:00:00", "3"])


def test_it_lets_an_empty_value_pass_without_a_score(run: Run) -> None:
    code, rows, _ = run(HEADER + "2026-03-27 20:00:00,\n2026-03-27 20:00:10,5\n")

    assert (code, rows[1]) == (0, ["2026-03-27 20:00:00", "", "0.000000", "0"])


def test_it_goes_on_when_local_time_steps_back(run: Run) -> None:
    hours = ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]

    code, rows, _ = run(HEADER + "".join(f"2026-10-25 {hour}:00,5\n" for hour in hours))

    assert (code, len(rows)) == (0, 8)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "line 1, header: the file is empty"),
        ("time,count\n1,2\n", "line 1, header: no column 'timestamp'"),
        (HEADER + "2026-03-27 20:00:00,5\nyesterday,5\n", "line 3, timestamp: 'yesterday' is no time"),
        (HEADER + "2026-03-27 20:00:00,many\n", "line 2, value: 'many' is no number"),
        (HEADER + "2026-03-27 20:00:00,nan\n", "line 2, value: 'nan' is no number"),
        (HEADER + "2026-03-27 20:00:00,-4\n", "line 2, value: -4 is below 0"),
        (HEADER + "2026-03-27 20:00:00\n", "line 2, row: has 1 cells"),
        (HEADER + '2026-03-27 20:00:00,"5\n', "broken quotes"),
        (b"timestamp,value\n\xff\xfe,1\n", "not UTF-8 text"),
        (gzip.compress(series().encode(), mtime=0)[:60], "damaged or cut short"),
    ],
)
def test_it_says_in_one_line_what_is_wrong_and_where(run: Run, content: str | bytes, says: str) -> None:
    code, _, error = run(content)

    assert code == 2
    assert says in error
    assert error.count("\n") == 1


def test_it_says_so_when_there_is_no_such_file(tmp_path: Path) -> None:
    error = io.StringIO()

    assert detect(str(tmp_path / "none.csv"), io.StringIO(), error) == 2
    assert "no such file" in error.getvalue()
    assert detect(str(tmp_path), io.StringIO(), error) == 2
    assert "is a directory" in error.getvalue()
