from __future__ import annotations

import pytest

from desk.configuration.model import SuggestedAnswer
from desk.incidents.answers import Suggestion, suggest

EN = SuggestedAnswer("en", "We are on it.", categories=frozenset({"payment"}))
ES = SuggestedAnswer("es", "Ya lo arreglamos.", categories=frozenset({"payment"}))
DE = SuggestedAnswer("de", "Kommt morgen.", markets=frozenset({"eu"}), categories=frozenset({"delivery"}))


@pytest.mark.parametrize(
    ("market", "category", "team", "viewers", "expected"),
    [
        ("us", "payment", "en", "en", Suggestion("We are on it.", "en")),
        ("us", "payment", "en", "es", Suggestion("We are on it.", "en", "Ya lo arreglamos.", "es")),
        ("us", "payment", "en-GB", "fr", Suggestion("We are on it.", "en")),
        ("us", "payment", "zh", "es", Suggestion("Ya lo arreglamos.", "es")),  # not in ours: at least in theirs
        ("us", "payment", "zh", "th", Suggestion("We are on it.", "en")),  # in neither: the first there is
        ("eu", "delivery", "en", "de", Suggestion("Kommt morgen.", "de")),
        ("us", "delivery", "de", "de", None),
        ("us", "stock", "en", "en", None),
    ],
)
def test_it_suggests_what_the_team_reads_and_what_the_viewers_read(
    market: str, category: str, team: str, viewers: str, expected: Suggestion | None
) -> None:
    assert suggest((EN, ES, DE), market, category, team, viewers) == expected


def test_the_first_that_fits_wins() -> None:
    special = SuggestedAnswer("en", "In the US: call us.", markets=frozenset({"us"}))

    found = suggest((special, EN), "us", "payment", "en", "en")

    assert found is not None
    assert found.text == "In the US: call us."
