"""A team's own words for each market: those for all markets, then the market's."""

from __future__ import annotations

from analytics.vocabulary.teams import TeamWords
from desk.configuration.model import Configuration


def words_of(configuration: Configuration) -> dict[str, TeamWords]:
    """The words that comments of each market are read with; under "" those of any other market, or of none."""
    for_all = TeamWords(configuration.vocabulary)
    return {
        "": for_all,
        **{
            key: TeamWords(configuration.vocabulary, market.vocabulary) if market.vocabulary else for_all
            for key, market in configuration.markets.items()
        },
    }
