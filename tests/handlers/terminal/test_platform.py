from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.messages import Fill, Message
from handlers.platform import Absent, Delivered, Found, GiveUp, TryLater
from handlers.terminal.platform import Ledger, TerminalPlatform

FRIDAY_SHOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
SOLD_OUT = Message("notice", "The serum is sold out")


def terminal(ledger: Ledger | None = None, stream: io.StringIO | None = None) -> TerminalPlatform:
    return TerminalPlatform(stream or io.StringIO(), ledger, lambda: FRIDAY_SHOW)


async def test_it_finds_edits_and_deletes_after_a_restart_what_it_posted_before(tmp_path: Path) -> None:
    kept = tmp_path / "ledger.ndjson"
    posted = await terminal(Ledger(kept)).post("live-emea", None, SOLD_OUT, Fill(), "k1")
    assert isinstance(posted, Delivered)

    found = await terminal(Ledger(kept)).find("live-emea", None, "k1", FRIDAY_SHOW)
    edited = await terminal(Ledger(kept)).edit(posted.address, SOLD_OUT, Fill(), "k1")
    deleted = await terminal(Ledger(kept)).delete(posted.address)

    assert found == Found(posted.address)
    assert edited == deleted == posted
    assert await terminal(Ledger(kept)).find("live-emea", None, "k1", FRIDAY_SHOW) == Absent()


async def test_it_gives_no_address_twice_even_after_a_deletion(tmp_path: Path) -> None:
    kept = tmp_path / "ledger.ndjson"
    first = await terminal(Ledger(kept)).post("live-emea", None, SOLD_OUT, Fill(), "k1")
    assert isinstance(first, Delivered)
    await terminal(Ledger(kept)).delete(first.address)

    second = await terminal(Ledger(kept)).post("live-emea", None, SOLD_OUT, Fill(), "k2")

    assert second != first


async def test_it_goes_on_after_a_line_that_was_cut_short_by_a_crash(tmp_path: Path) -> None:
    kept = tmp_path / "ledger.ndjson"
    await terminal(Ledger(kept)).post("live-emea", None, SOLD_OUT, Fill(), "k1")
    kept.write_text(kept.read_text() + '{"address": "live-em')

    after = await terminal(Ledger(kept)).post("live-emea", None, SOLD_OUT, Fill(), "k2")

    assert isinstance(after, Delivered)
    assert await terminal(Ledger(kept)).find("live-emea", None, "k2", FRIDAY_SHOW) == Found(after.address)


def test_it_names_the_line_of_a_ledger_that_is_none(tmp_path: Path) -> None:
    kept = tmp_path / "ledger.ndjson"
    kept.write_text(json.dumps({"address": "x"}) + "\n")

    with pytest.raises(ValueError, match=r"ledger\.ndjson:1: not a line of this ledger"):
        Ledger(kept)


async def test_it_looks_only_where_and_since_when_it_was_asked() -> None:
    platform = terminal()
    posted = await platform.post("live-emea", None, SOLD_OUT, Fill(), "k1")
    assert isinstance(posted, Delivered)

    assert await platform.find("live-hangzhou", None, "k1", FRIDAY_SHOW) == Absent()
    assert await platform.find("live-emea", posted.address, "k1", FRIDAY_SHOW) == Absent()
    assert await platform.find("live-emea", None, "k1", FRIDAY_SHOW + timedelta(seconds=1)) == Absent()


async def test_it_says_so_when_there_is_nothing_to_edit() -> None:
    assert isinstance(await terminal().edit("live-emea#7", SOLD_OUT, Fill(), "k1"), GiveUp)


async def test_it_waits_for_a_terminal_that_takes_nothing() -> None:
    closed = io.StringIO()
    closed.close()

    assert isinstance(await terminal(stream=closed).post("live-emea", None, SOLD_OUT, Fill(), "k1"), TryLater)


async def test_it_draws_an_edit_as_a_new_block_and_a_deletion_as_a_line() -> None:
    stream = io.StringIO()
    platform = terminal(stream=stream)

    await platform.post("live-emea", None, SOLD_OUT, Fill(), "k1")
    await platform.edit("live-emea#1", Message("notice", "The serum is back"), Fill(), "k1")
    await platform.delete("live-emea#1")

    assert [line for line in stream.getvalue().splitlines() if line] == [
        "── live-emea#1 ──",
        "The serum is sold out",
        "── live-emea#1 (edited) ──",
        "The serum is back",
        "── live-emea#1 (deleted) ──",
    ]
