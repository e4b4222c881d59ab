from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from desk.analyse.flow import BATCH
from desk.configuration.model import Configuration, Market
from desk.configuration.words import words_of
from store import events, watching
from store.engine import Store
from tests.factories import NOON, WORKSPACE, new_event
from tests.stories.evening import PATIENCE, SETTLE, SHOW, TICK, Evening


def closed_until(store: Store) -> datetime:
    watched = store.read(lambda c: watching.of_show(c, WORKSPACE, SHOW))
    assert watched is not None
    return datetime.fromtimestamp(watched.closed_until, NOON.tzinfo)


def comments(count: int) -> Iterable[tuple[str, str]]:
    return [(f"v{number}", "love it") for number in range(count)]


def commit_once(evening: Evening, fetched_at: datetime | None = None) -> None:
    """One batch, analysed when the evening's clock says so."""
    analyst, moment = evening.analyst, evening.moment
    since, batch = evening.store.read(lambda c: analyst.fetch(c, WORKSPACE))
    understood = analyst.understand(batch, {})
    evening.store.write(lambda c: analyst.commit(moment(c), since, batch, understood, 1, PATIENCE, fetched_at))


def test_it_judges_no_tick_of_which_events_still_wait_behind_a_full_batch(store: Store) -> None:
    """After a downtime thousands wait: a tick that is judged without them would never raise its alarm."""
    evening = Evening(store)
    for _ in range(3):
        evening.at += TICK
        evening.say(comments(BATCH * 2 // 3))
    evening.at += 5 * TICK

    commit_once(evening)
    after_one_batch = closed_until(store)
    evening.work()

    assert after_one_batch == NOON + TICK  # the second tick is in the batch only in part
    assert closed_until(store) == NOON + 8 * TICK - TICK  # up to now, less what may still arrive


def test_it_judges_no_tick_into_which_something_may_have_come_since_the_batch_was_fetched(store: Store) -> None:
    evening = Evening(store)
    evening.at += TICK
    evening.say(comments(5))
    fetched_at = evening.at + SETTLE - timedelta(milliseconds=1)

    evening.at += SETTLE
    commit_once(evening, fetched_at)

    assert closed_until(store) == NOON


def test_it_judges_a_tick_that_had_settled_when_the_batch_was_fetched(store: Store) -> None:
    evening = Evening(store)
    evening.at += TICK
    evening.say(comments(5))
    evening.at += SETTLE

    commit_once(evening, evening.at)

    assert closed_until(store) == NOON + TICK


def test_it_reads_each_markets_comments_with_that_markets_words(store: Store) -> None:
    evening = Evening(store)
    words = words_of(
        Configuration(
            vocabulary={"en": {"praise": "glow gang"}},
            markets={
                "us": Market("us", "US", vocabulary={"en": {"complaint": {"quality": {"says": "glowserum zonks"}}}}),
                "eu": Market("eu", "EU"),
            },
        )
    )
    said = [
        new_event(f"{market}-{number}", market=market, text=text)
        for market in ("us", "eu", None)
        for number, text in enumerate(("glow gang", "GlowSerum zonks"))
    ]
    store.write(lambda c: events.append(c, WORKSPACE, said, NOON))
    _, batch = store.read(lambda c: evening.analyst.fetch(c, WORKSPACE))

    understood = evening.analyst.understand(batch, {}, words)

    found = {(one.market, one.text): understood[one.id] for one in batch}
    complaining = {key for key, reading in found.items() if reading.intent == "complaint"}
    assert complaining == {("us", "GlowSerum zonks")}
    # Those of all markets are known in each, and in none.
    assert {found[market, "glow gang"].model.split("/")[-1] for market in ("us", "eu", None)} == {
        f"words-{words['us'].version}",
        f"words-{words[''].version}",
    }


def test_it_expects_what_a_viewer_wrote_in_before_and_reads_a_batch_twice_alike(store: Store) -> None:
    evening = Evening(store)
    evening.say([("ana", "non si sente niente")])
    commit_once(evening)
    evening.say([("ana", "quando"), ("ben", "quando")])
    _, batch = evening.store.read(lambda c: evening.analyst.fetch(c, WORKSPACE))

    once = evening.analyst.understand(batch, {})
    again = evening.analyst.understand(batch, {})

    assert [once[one.id].lang for one in batch] == ["it", "und"]
    assert again == once


def test_ticks_wait_for_a_show_whose_events_come_late_and_for_no_other(store: Store) -> None:
    evening = Evening(store)
    assert evening.analyst.patience(SETTLE).of(SHOW) == SETTLE
    evening.say([(f"v{number}", "hello") for number in range(20)])  # over the ten seconds before they are received
    evening.say([(f"w{number}", "hello") for number in range(20)], show=None)
    evening.work()
    patience = evening.analyst.patience(SETTLE)
    assert patience.of(SHOW) == timedelta(seconds=5)
    assert patience.of("another") == patience.of("") == SETTLE
