"""CSV as programs write it is read as it is, and a broken line costs that line alone."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.intake.event import Refused
from handlers.feedback.csv_records import RECORD_LINES, CsvReader, Line

any_cells = st.text("ab\", \t;\n\r'\\é🙏\x00\u2028")
rows_of_three = st.lists(st.tuples(any_cells, any_cells, any_cells), max_size=10)
# Without a quote that a line break or comma follows, which is where the end of a broken record cannot be told.
plain_cells = st.text('ab" é').map(lambda text: f"<{text}>") | st.just("<two\nlines>")


def read(text: str, delimiter: str = ",", width: int | None = 3) -> list[object]:
    """Each record's cells, or the number of the line that was refused."""
    lines = (Line(number, line) for number, line in enumerate(io.StringIO(text, newline=""), 1))
    records = CsvReader(lines, delimiter, width)
    return [record.number if isinstance(record.cells, Refused) else tuple(record.cells) for record in records]


def written(rows: list[tuple[str, ...]], **style: object) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, **style).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()


@given(rows_of_three, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]))
def test_it_reads_what_was_written(rows: list[tuple[str, ...]], delimiter: str, end: str) -> None:
    text = written(rows, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)

    assert read(text, delimiter) == rows


@given(st.lists(st.tuples(plain_cells, plain_cells, plain_cells), max_size=10), st.data())
def test_it_gives_up_a_broken_line_and_nothing_else(rows: list[tuple[str, ...]], data: st.DataObject) -> None:
    broken = data.draw(st.sampled_from(['a,"b,c\n', '"a"b,c,d\n', "a,b\n", "a,b,c,d\n", '"\n', 'a,b,"c\n']))
    place = data.draw(st.integers(0, len(rows)))
    before, after = written(rows[:place], lineterminator="\n"), written(rows[place:], lineterminator="\n")

    found = read(before + broken + after)

    assert found == [*rows[:place], before.count("\n") + 1, *rows[place:]]


@given(st.text('ab",\n é'), st.integers(1, 4))
def test_it_reads_any_text_or_refuses_lines_of_it(text: str, width: int) -> None:
    for record in read(text, width=width):
        assert isinstance(record, int) or (isinstance(record, tuple) and len(record) == width)


def test_it_takes_a_quote_in_the_middle_of_a_cell_for_what_it_is() -> None:
    assert read('5" tape,b,c\n') == [('5" tape', "b", "c")]


def test_it_looks_only_so_far_for_the_end_of_a_quote() -> None:
    text = 'a,"never closed,c\n' + "d,e,f\n" * (2 * RECORD_LINES)

    found = read(text)

    assert found == [1, *[("d", "e", "f")] * (2 * RECORD_LINES)]


def test_it_goes_on_after_a_line_that_is_no_text() -> None:
    lines = iter([Line(1, 'a,"b\n'), Line(2, Refused("row", "is not UTF-8")), Line(3, "d,e,f\n")])

    found = [(record.number, isinstance(record.cells, Refused)) for record in CsvReader(lines, ",", 3)]

    assert found == [(1, True), (2, True), (3, False)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n", "has 2 columns where the header has 3"),
        ('a,"b",c,d\n', "has 4 columns where the header has 3"),
        ('"a"b,c,d\n', "has quotes that do not fit"),
        ('"a,b,c\n', "has quotes that do not fit"),
        ('a,"b\nc"\n', "has a quote that is opened and not closed"),
        (f'a,"{"x" * 140_000}",c\n', "has quotes that do not fit (field larger than field limit"),
    ],
)
def test_it_says_what_is_wrong_with_a_line(text: str, reason: str) -> None:
    lines = (Line(number, line) for number, line in enumerate(io.StringIO(text, newline=""), 1))

    first = next(iter(CsvReader(lines, ",", 3)))

    assert isinstance(first.cells, Refused)
    assert first.cells.reason.startswith(reason)
