"""What becomes of an incident whose policy is taken out of the file while somebody is being paged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from desk.incidents import flow as incident_flow
from handlers.configuration import load_text
from store.engine import Store
from tests.stories.evening import HOUSE, Evening
from tests.stories.mortal import rise

RENAMED = HOUSE.replace("  page:\n", "  wake:\n").replace("policy: page", "policy: wake")
WITHOUT = (
    HOUSE[: HOUSE.index("policies:")]
    + "routing:\n  - {markets: [us], team: americas}\nadmin_channel: slack:C0ADMIN001\n"
)


def paged(store: Store, changed: str) -> Evening:
    """Maya has been paged; the file is changed; nobody acknowledges within five minutes."""
    evening = Evening(store)
    store.write(lambda c: incident_flow.meet(evening.moment(c), [rise(evening.at, "payment")]))
    evening.configuration = replace(load_text(changed, "livedesk.yaml"), version=2)
    evening.at += timedelta(minutes=5)
    assert evening.sweep() >= 1
    return evening


def test_the_rules_in_force_say_who_is_paged_now(store: Store) -> None:
    evening = paged(store, RENAMED)

    (incident,) = evening.incidents()
    assert incident.policy == "wake"
    assert [one.person for one in evening.pages()] == ["maya", "maya"], "from its first step"
    assert any("“page” is gone" in text for text in evening.said("C0AMERICAS"))
    evening.at += timedelta(minutes=5)
    evening.sweep()
    assert [one.person for one in evening.pages()] == ["maya", "maya", "jon"]


def test_it_never_ends_in_silence_where_no_rule_pages_any_more(store: Store) -> None:
    evening = paged(store, WITHOUT)

    assert ("exhausted", "livedesk") in evening.record()
    assert any("Nobody acknowledged incident" in text for text in evening.said("C0ADMIN001"))
    evening.at += timedelta(hours=1)
    assert evening.sweep() == 0, "nothing is left behind to fail again and again"
