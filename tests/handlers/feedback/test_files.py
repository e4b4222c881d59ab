"""Files as people have them: plain or gzip, with a BOM, half broken, or no feedback at all."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.intake.event import FeedbackEvent, Refused
from desk.intake.rules import Defaults
from handlers.feedback.files import Row, choose_mapping, read_file
from handlers.feedback.presets import MappingError
from handlers.feedback.records import FeedbackFile, UnreadableFileError
from tests.desk.intake.examples import NAUGHTY

START = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
NOW = START + timedelta(days=1)
COMMENT = {"at": "2026-03-27T12:00:00Z", "kind": "chat_comment", "text": "没有声音"}


def read(path: Path, flags: dict[str, Any] | None = None, start: datetime | None = START, **said: Any) -> list[Row]:
    file = FeedbackFile(path)
    outline = file.outline()
    mapping = choose_mapping(file, outline, start, **(flags or {}))
    return list(read_file(file, outline, mapping, source="show-chat", now=NOW, start=start, **said))


def written(folder: Path, content: str | bytes, name: str = "feedback.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def events(rows: list[Row]) -> list[FeedbackEvent]:
    assert all(isinstance(row.item, FeedbackEvent) for row in rows), rows
    return [row.item for row in rows if isinstance(row.item, FeedbackEvent)]


def faults(rows: list[Row]) -> list[tuple[int, str]]:
    return [(row.number, row.item.field) for row in rows if isinstance(row.item, Refused)]


def ndjson(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


# ── forms ────────────────────────────────────────────────────────────────────────────────────────────────────────

CHAT_NDJSON = ndjson(
    {"stream": "s-1", "ts": 0, "user": "ada", "text": "没有声音", "platform": "twitch", "viewers": 13175},
    {"stream": "s-1", "ts": 61.5, "user": "bob", "text": "say, where?", "platform": "twitch", "viewers": 13172},
)
CHAT_CSV = """\
stream,ts,user,text,platform,viewers
s-1,0,ada,没有声音,twitch,13175
s-1,61.5,bob,"say, where?",twitch,13172
"""


@pytest.mark.parametrize(
    "content",
    [
        CHAT_NDJSON,
        CHAT_CSV,
        CHAT_CSV.replace('"say, where?"', "say; where?").replace(",", "\t").replace("say; where?", "say, where?"),
        CHAT_CSV.replace("\n", "\r\n"),
        "\ufeff" + CHAT_CSV,
        "\ufeff" + CHAT_NDJSON,
        "\n \n" + CHAT_NDJSON.rstrip(),
        gzip.compress(CHAT_NDJSON.encode()),
        gzip.compress(CHAT_CSV.encode()[:50]) + gzip.compress(CHAT_CSV.encode()[50:]),
    ],
    ids=["ndjson", "csv", "tsv", "crlf", "csv with bom", "ndjson with bom", "blank lines", "gzip", "two gzip members"],
)
def test_it_reads_a_chat_in_every_form(tmp_path: Path, content: str | bytes) -> None:
    first, second = events(read(written(tmp_path, content)))

    assert (first.show, first.viewer, first.text, first.kind) == ("s-1", "ada", "没有声音", "chat_comment")
    assert [first.at, second.at] == [START, START + timedelta(seconds=61.5)]
    assert second.text == "say, where?"
    assert {name: str(value) for name, value in first.attributes.items()} == {"platform": "twitch", "viewers": "13175"}


def test_it_reads_the_log_of_a_shop(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "event_time,event_type,product_id,category_code,brand,price,user_id,user_session\n"
        "2026-03-01 00:00:01 UTC,view,1003,shoes.sneakers,aurora,489.07,u1,s1\n"
        "2026-03-01T00:00:02Z,cart,1003,,,489.07,u1,s1\n"
        "2026-03-01 00:00:03 UTC,remove_from_cart,1003,,,489.07,u1,s1\n",
    )

    rows = read(path, start=None)

    assert faults(rows) == [(4, "kind")]
    view, cart = events(rows[:2])
    assert (view.kind, view.product, view.viewer) == ("product_click", "1003", "u1")
    assert view.value == Decimal("489.07")
    assert view.attributes == {"session": "s1", "category": "shoes.sneakers", "brand": "aurora"}
    assert (cart.kind, cart.at) == ("add_to_cart", datetime(2026, 3, 1, 0, 0, 2, tzinfo=UTC))


def test_it_reads_viewer_counts_and_notes_that_their_clock_has_minutes(tmp_path: Path) -> None:
    path = written(tmp_path, "offset_s,viewers,messages\n0,13172,157\n60,13112,181\n")

    first, second = events(read(path, show="friday"))

    assert (first.kind, first.show) == ("viewer_count", "friday")
    assert first.value == 13172
    assert (second.at, second.attributes) == (START + timedelta(minutes=1), {"resolution_s": 60.0})


def test_it_reads_columns_that_flags_name(tmp_path: Path) -> None:
    path = written(tmp_path, 'when;what;props\n2026-03-27T13:00+01:00;"size; 38?";"{""device"": ""tv""}"\n')

    [event] = events(read(path, {"columns": {"at": "when", "text": "what", "attributes": "props"}, "kind": "review"}))

    assert (event.at, event.text, event.kind, event.attributes) == (START, "size; 38?", "review", {"device": "tv"})


# ── identity ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_knows_a_row_by_its_file_and_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, ndjson(COMMENT) + "\n" + ndjson(COMMENT))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    ids = [event.event_id for event in events(read(path))]

    assert ids == [f"file:{digest[:16]}:1", f"file:{digest[:16]}:3"]


def test_it_keeps_the_ids_that_rows_have(tmp_path: Path) -> None:
    path = written(tmp_path, "event_id,at,kind\nlike-1,2026-03-27T12:00:00Z,like\n,2026-03-27T12:00:00Z,like\n")

    first, second = (event.event_id for event in events(read(path)))

    assert first == "like-1"
    assert second.startswith("file:")


def test_it_gives_the_same_row_the_same_id_when_it_starts_in_the_middle(tmp_path: Path) -> None:
    path = written(tmp_path, "at,kind,text\n" + '2026-03-27T12:00:00Z,like,"two\nlines"\n' * 4)
    rows = read(path)

    assert [row.number for row in rows] == [2, 4, 6, 8]
    assert read(path, after=4) == rows[2:]


# ── what flags, rows and configuration say ───────────────────────────────────────────────────────────────────────


def test_it_lets_flags_count_more_than_rows_and_rows_more_than_the_configuration(tmp_path: Path) -> None:
    path = written(tmp_path, ndjson({**COMMENT, "show": "row", "market": "row"}, COMMENT))
    configured = Defaults(market="de", show="friday", resolution=timedelta(seconds=10))

    told = events(read(path, market="fr", defaults=configured))
    untold = events(read(path, defaults=configured))

    assert [(event.show, event.market) for event in told] == [("row", "fr"), ("friday", "fr")]
    assert [(event.show, event.market) for event in untold] == [("row", "row"), ("friday", "de")]
    assert untold[0].attributes == {"resolution_s": 10.0}


def test_it_needs_the_start_of_times_that_count_from_it(tmp_path: Path) -> None:
    path = written(tmp_path, CHAT_NDJSON)

    with pytest.raises(MappingError, match="--start"):
        read(path, start=None)


@pytest.mark.parametrize("ts", [1e300, -1e300, 10**30, "1e9", True, None, [], "9" * 12])
def test_it_refuses_a_row_whose_time_is_out_of_this_world(tmp_path: Path, ts: object) -> None:
    path = written(tmp_path, ndjson({"ts": 0, "user": "a", "text": "b"}, {"ts": ts, "user": "a", "text": "b"}))

    assert faults(read(path)) == [(2, "at")]


def test_it_refuses_the_one_row_that_counts_from_a_start_nobody_named(tmp_path: Path) -> None:
    path = written(tmp_path, ndjson(COMMENT, {**COMMENT, "at": 5}, COMMENT))

    assert faults(read(path, start=None)) == [(2, "at")]


# ── broken rows, and the rest goes on ────────────────────────────────────────────────────────────────────────────


def test_it_refuses_broken_lines_of_ndjson_by_number(tmp_path: Path) -> None:
    good = ndjson(COMMENT).encode()
    path = written(
        tmp_path, good + b'{"at": \n[1]\n"x"\n{"a":"\xff"}\n' + b"x" * 300_000 + b"\n" + b"[" * 9_000 + b"\n" + good
    )

    rows = read(path)

    assert faults(rows) == [(number, "row") for number in range(2, 8)]
    assert len(rows) == 8


def test_it_refuses_broken_lines_of_csv_by_number(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        b'at,kind,text\n2026-03-27T12:00:00Z,like,a\n2026-03-27T12:00:00Z,like,"b\n'
        b"2026-03-27T12:00:00Z,like\n2026-03-27T12:00:00Z,like,\xff\n" + b"x" * 300_000 + b"\n"
        b'2026-03-27T12:00:00Z,like,"e""\nf"\n',
    )

    rows = read(path)

    assert faults(rows) == [(3, "row"), (4, "row"), (5, "row"), (6, "row")]
    assert [row.item.text for row in rows if isinstance(row.item, FeedbackEvent)] == ["a", 'e"\nf']


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_it_survives_naughty_strings(tmp_path: Path, form: str) -> None:
    rows = [{**COMMENT, "text": text, "viewer": text[:100]} for text in NAUGHTY]
    if form == "ndjson":
        content = "".join(json.dumps(row) + "\n" for row in rows)
    else:
        cells = [[str(value).replace('"', '""') for value in row.values()] for row in rows]
        content = "at,kind,text,viewer\n" + "".join('"' + '","'.join(row) + '"\n' for row in cells)

    read_rows = read(written(tmp_path, content.encode("utf-8", "replace")))

    assert len(read_rows) == len(NAUGHTY)
    assert {field for _, field in faults(read_rows)} <= {"text"}


@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from([b'{"at":1', b",", b'"', b"\n", b"}", b"at,kind", b"\xff"])).map(b"".join)
)
def test_it_reads_any_bytes_or_says_why_not(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = written(tmp_path_factory.getbasetemp(), content, "any.bin")

    def attempt() -> object:
        try:
            return read(path)
        except (UnreadableFileError, MappingError) as refusal:
            return refusal

    assert isinstance(attempt(), list | UnreadableFileError | MappingError)


# ── files that are none ──────────────────────────────────────────────────────────────────────────────────────────


UNREADABLE = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \n", "is empty"),
    "utf-16": ("at,kind\n".encode("utf-16"), "iconv"),
    "utf-16 without a mark": ("at,kind\n".encode("utf-16-le"), "iconv"),
    "gb18030": ("时间,内容\n".encode("gb18030"), "not UTF-8"),
    "array": (b'[{"at": 1}]', "jq"),
    "half a gzip": (gzip.compress(CHAT_NDJSON.encode() * 50)[:-9], "broken or ends early"),
    "spoilt gzip": (gzip.compress(CHAT_NDJSON.encode())[:20] + b"\xff" * 30, "broken or ends early"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8"),
    "no line of json": (b'{"at": \n' * 3, "no line of it"),
    "one endless line": (b"{" + b" " * 300_000, "line 1 has 300,001 bytes"),
    "broken header": (b'"at"x,kind\n', "quotes"),
}


@pytest.mark.parametrize(("content", "says"), UNREADABLE.values(), ids=UNREADABLE)
def test_it_says_why_it_cannot_read_a_file(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFileError, match=says):
        read(written(tmp_path, content))


def test_it_says_that_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="No such file"):
        FeedbackFile(tmp_path / "nothing.csv")
    with pytest.raises(UnreadableFileError, match="directory"):
        FeedbackFile(tmp_path)


def test_it_notices_that_a_file_grows_under_its_hands(tmp_path: Path) -> None:
    path = written(tmp_path, ndjson(COMMENT))
    file = FeedbackFile(path)
    outline = file.outline()
    rows = read_file(file, outline, choose_mapping(file, outline, None), source="show-chat", now=NOW)
    next(rows)

    with path.open("a") as log:
        log.write(ndjson(COMMENT))

    with pytest.raises(UnreadableFileError, match="changed"):
        list(rows)


def test_it_takes_a_header_without_rows_for_an_empty_table(tmp_path: Path) -> None:
    assert read(written(tmp_path, "at,kind\n")) == []
