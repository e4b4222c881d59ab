"""`/oncall who MARKET`: whoever a page about it would reach first."""

from __future__ import annotations

import pytest

from store.engine import Store
from tests.stories.evening import HOUSE, Evening


@pytest.mark.parametrize("text", ["who us", "who United States", "US", "now us"])
def test_a_market_is_asked_about_by_its_key_or_name(store: Store, text: str) -> None:
    assert Evening(store).ask("oncall", text).headline == "United States · americas: Maya Torres on call"


def test_a_schedule_of_the_same_name_comes_first(store: Store) -> None:
    named = HOUSE.replace(
        "  americas:\n    timezone: America/Los_Angeles\n    layers", "  us:\n    timezone: UTC\n    layers"
    )

    answer = Evening(store, house=named.replace("schedule: americas", "schedule: us")).ask("oncall", "who us")

    assert answer.headline == "us: Maya Torres on call"


def test_a_market_whose_policy_names_people_says_whom(store: Store) -> None:
    named = HOUSE.replace("{schedule: americas}", "{person: maya}")

    assert Evening(store, house=named).ask("oncall", "who us").headline == (
        "United States has no schedule: its policy names Maya Torres and Jon Park"
    )


def test_a_market_that_no_rule_leads_from_says_so(store: Store) -> None:
    silent = HOUSE.replace("  - {team: emea, policy: page}\n", "")

    assert "Nobody is on call for Europe" in Evening(store, house=silent).ask("oncall", "who eu").headline


def test_what_is_neither_is_answered_with_what_there_is(store: Store) -> None:
    assert Evening(store).ask("oncall", "who mars").headline == "I know no schedule or market called “mars”"
