from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analytics.rollups import Cell, CellKey, Cells, merge
from desk.analyse.cells import Memory

Batches = st.lists(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 5), st.sampled_from(("us", "eu")))))


def cells(batch: list[tuple[str, int, str]]) -> dict[str, Cells]:
    """Cells of one event each, by show."""
    made: dict[str, Cells] = {}
    for show, tick, market in batch:
        key = CellKey(10 * tick, show, market, "", "", "like", "")
        made[show] = merge(made.get(show, {}), {key: Cell(count=1)})
    return made


class Table:
    """What the database holds, and how often it was asked."""

    def __init__(self) -> None:
        self.rows: Cells = {}
        self.reads = 0

    def add(self, memory: Memory, show: str, fresh: Cells) -> None:
        missing = memory.missing(show, {key.start for key in fresh})
        if missing:
            self.reads += 1
            memory.learn(show, missing, {key: cell for key, cell in self.rows.items() if key.show == show})
        self.rows |= memory.add(show, fresh)


@given(Batches, st.integers(1, 3))
def test_it_leads_to_the_same_cells_as_adding_everything_up(
    batches: list[list[tuple[str, int, str]]], kept: int
) -> None:
    memory, table = Memory(kept), Table()
    for position, batch in enumerate(batches):
        memory.begin(position)
        for show, fresh in cells(batch).items():
            table.add(memory, show, fresh)
        memory.end(position + 1)

    assert table.rows == merge(*(part for batch in batches for part in cells(batch).values()))


def test_it_reads_a_tick_once() -> None:
    memory, table = Memory(), Table()
    for position in range(3):
        memory.begin(position)
        table.add(memory, "a", cells([("a", 1, "us")])["a"])
        memory.end(position + 1)

    assert table.reads == 1


def test_it_forgets_what_a_rolled_back_transaction_added() -> None:
    memory, table = Memory(), Table()
    for position, commits in ((0, True), (1, False), (1, True)):
        memory.begin(position)
        before = dict(table.rows)
        table.add(memory, "a", cells([("a", 1, "us")])["a"])
        memory.end(position + 1)
        if not commits:
            table.rows = before

    assert [cell.count for cell in table.rows.values()] == [2]
