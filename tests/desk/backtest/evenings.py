"""An evening with two alerts that people marked: a small one that was noise, and a wall of complaints that was not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk.marks import flow as marks
from desk.marks.rules import NOISE, USEFUL, Mark
from desk.words import tongue
from handlers.opening import load_configuration
from store.engine import Store
from store.workspaces import ensure
from tests import databases
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import HOUSE, Evening
from tests.stories.test_evenings import AMBIENT, FAILING

# The second alert comes within minutes of the first, and is to be one of its own.
HOUSE_OF_TWO = HOUSE.replace("markets: [us]}", "markets: [us], reopen_within: 0m}")


@contextmanager
def marked_evening(template: Path, folder: Path) -> Iterator[Evening]:
    """On SQLite, for tests that only look at it: it takes some seconds to play."""
    with databases.sqlite_database(template, folder) as url:
        store = Store(url)
        store.write(lambda c: ensure(c, "test", NOON))
        (folder / "livedesk.yaml").write_text(HOUSE_OF_TWO)
        evening = Evening(store)
        evening.configuration = load_configuration(store, WORKSPACE, folder / "livedesk.yaml", NOON)
        evening.pass_ticks(24, AMBIENT)
        evening.pass_ticks(3, AMBIENT, {"us": [("", FAILING[k % 5]) for k in range(2)]})
        evening.pass_ticks(54, AMBIENT)
        evening.pass_ticks(8, AMBIENT, {"us": [("", FAILING[k % 5]) for k in range(12)]})
        said: list[tuple[int, Mark]] = [(1, NOISE), (2, USEFUL)]
        for number, mark in said:
            store.write(lambda c, n=number, m=mark: marks.act(evening.moment(c), n, m, "maya", tongue("en")))  # type: ignore[misc]
        yield evening
        store.close()
