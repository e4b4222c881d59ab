from __future__ import annotations

from desk.configuration.model import Configuration, Market
from desk.picking import candidates, pick
from store.readings import Spoken
from tests.factories import NOON

TOXIC = Configuration(
    markets={"us": Market("us", "US", vocabulary={"en": {"toxic": "grifter*"}}), "eu": Market("eu", "EU")}
)


def spoken(text: str, market: str, number: int) -> Spoken:
    viewer = bytes([number]) * 16
    return Spoken(NOON.date(), number, NOON, "s", market, None, viewer, "chat_comment", "en", 0.0, "other", None, text)


def test_it_shows_no_words_that_the_team_of_a_market_does_not_want_repeated() -> None:
    said = [spoken("what a bunch of grifters", "us", 1), spoken("what a bunch of grifters selling", "eu", 2)]

    chosen = pick(candidates(said, TOXIC), 5)

    assert [one.ref[1] for one in chosen] == [2]
    assert len(pick(candidates(said), 5)) >= 1
