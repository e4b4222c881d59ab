"""What is new is not held up by fresh numbers of what is known."""

from __future__ import annotations

from datetime import timedelta

from desk.incidents import flow as incident_flow
from desk.incidents.flow import REFRESH
from store.engine import Store
from tests.stories.evening import HOUSE
from tests.stories.rises import Rises
from tests.stories.tales import all_incidents, rise


def test_new_numbers_wait_for_the_next_tick_where_something_new_is_to_be_told(store: Store) -> None:
    evening = Rises(store, HOUSE)

    def tick(*categories: str) -> dict[str, timedelta]:
        """How long ago the card of each incident got its numbers."""
        store.write(lambda c: incident_flow.meet(evening.moment(c), [rise(evening.at, one) for one in categories]))
        return {one.category: evening.at - one.updated_at for one in store.read(all_incidents)}

    tick("payment")
    evening.at += REFRESH

    assert tick("payment", "delivery") == {"payment": REFRESH, "delivery": timedelta()}

    evening.at += REFRESH / 2

    assert tick("payment", "delivery") == {"payment": timedelta(), "delivery": REFRESH / 2}


def test_a_card_gets_its_numbers_however_much_else_is_new(store: Store) -> None:
    evening = Rises(store, HOUSE)
    categories = ["payment", "delivery", "quality", "price", "host", "stock", "authenticity"]

    for count in range(1, len(categories) + 1):
        said = [rise(evening.at, one) for one in categories[:count]]
        store.write(lambda c, said=said: incident_flow.meet(evening.moment(c), said))  # type: ignore[misc]
        late = [evening.at - one.updated_at for one in store.read(all_incidents)]
        assert max(late) < 2 * REFRESH
        evening.at += REFRESH / 2
