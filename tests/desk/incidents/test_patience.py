from __future__ import annotations

from datetime import timedelta

from desk.configuration.model import EXPIRE_AFTER, REOPEN_WITHIN, Configuration, Market, Team
from desk.incidents.patience import expire_after, expires_at, reopen_within
from tests.factories import NOON

MINUTES, HOURS = timedelta(minutes=1), timedelta(hours=1)
HOUSE = Configuration(
    teams={"emea": Team("emea", "EMEA", reopen_within=5 * MINUTES, expire_after=4 * HOURS)},
    markets={
        "eu": Market("eu", "Europe"),
        "us": Market("us", "United States", reopen_within=60 * MINUTES, expire_after=24 * HOURS),
    },
)


def test_a_market_has_the_first_word_and_its_team_the_second() -> None:
    assert reopen_within(HOUSE, "emea", "us") == 60 * MINUTES
    assert reopen_within(HOUSE, "emea", "eu") == 5 * MINUTES
    assert reopen_within(HOUSE, None, "eu") == REOPEN_WITHIN
    assert reopen_within(HOUSE, "gone", "gone") == REOPEN_WITHIN


def test_an_incident_of_many_markets_waits_for_the_most_patient() -> None:
    assert expire_after(HOUSE, "emea", ["eu", "us"]) == 24 * HOURS
    assert expire_after(HOUSE, "emea", ["eu"]) == 4 * HOURS
    assert expire_after(HOUSE, "emea", []) == 4 * HOURS
    assert expire_after(HOUSE, None, []) == EXPIRE_AFTER


def test_it_counts_from_the_latest_thing_that_happened() -> None:
    assert expires_at([NOON, None, NOON + HOURS], 12 * HOURS) == NOON + 13 * HOURS
