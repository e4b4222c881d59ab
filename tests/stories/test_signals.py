"""What viewers do becomes incidents, one for each trouble, on a real database."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from desk.digest import flow as digest
from desk.intake import flow as intake
from desk.intake.event import FeedbackEvent
from store import incidents, outbox
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import HOUSE, KEY, SETTLE, SHOW, TICK, Evening

AMBIENT = ["love this", "how much is the set?", "so pretty"]


class Doing:
    """Lets ticks pass in which viewers do things: (kind, viewer or '' for a new one, source) → how often in a tick."""

    def __init__(self, store: Store, house: str = HOUSE) -> None:
        self.evening = Evening(store, house=house)
        self.numbers = itertools.count()
        self.ticks(1, {"join": 60}, chat=False)

    def ticks(
        self, count: int, done: Mapping[str, int], *, viewer: str = "", extra: Any = None, chat: bool = True
    ) -> Doing:
        evening = self.evening
        for _ in range(count):
            evening.at += TICK
            events = []
            for kind, times in done.items():
                for place in range(times):
                    number = next(self.numbers)
                    at = evening.at - TICK * (place + 1) / (times + 1)
                    event = FeedbackEvent(
                        "shop", f"d{number}", at, kind, show=SHOW, market="us", viewer=viewer or f"s{number}"
                    )
                    events.append(event)
            if events:
                delivery = intake.Delivery("shop", events)
                evening.store.write(lambda c, it=delivery: intake.accept(c, WORKSPACE, KEY, [it], evening.at))
            if chat:
                evening.say([(f"v{next(self.numbers)}", text) for text in AMBIENT], "us")
            if extra:
                evening.say([(f"c{next(self.numbers)}", text) for text in extra], "us")
            evening.at += SETTLE
            evening.work()
            evening.at -= SETTLE
        return self

    def opened(self) -> list[tuple[str, str]]:
        return [(one.category, one.severity) for one in self.evening.incidents()]

    def scopes(self, incident: int = 1) -> list[tuple[str, str]]:
        found = self.evening.store.read(lambda c: incidents.scopes(c, incident))
        return [(one.market, one.category) for one in found]


USUAL = {"add_to_cart": 6, "checkout": 4, "purchase": 4, "join": 3, "leave": 3}
FAILING = {"add_to_cart": 6, "checkout": 4, "purchase": 1, "payment_failed": 4, "join": 3, "leave": 3}


def test_payments_that_fail_are_told_with_their_share_and_page_somebody(store: Store) -> None:
    doing = Doing(store).ticks(30, USUAL).ticks(6, FAILING)

    assert [one[0] for one in doing.opened()] == ["payment_failures"]
    assert [page.person for page in doing.evening.pages()] == ["maya"]
    [card] = doing.evening.said("C0AMERICAS")[:1]
    assert "Payment failures in United States" in card
    assert "attempts fail, usually" in card
    assert "complaints" not in card


def test_what_viewers_do_and_what_they_say_of_it_is_one_incident(store: Store) -> None:
    cannot_pay = ["my card was declined again", "payment failed twice", "cannot pay, checkout error"]
    doing = Doing(store).ticks(30, USUAL).ticks(12, FAILING, extra=cannot_pay)

    assert len(doing.opened()) == 1
    assert sorted(doing.scopes()) == [("us", "payment"), ("us", "payment_failures")]
    assert len(doing.evening.pages()) == 1


def morning(evening: Evening) -> str:
    evening.store.write(lambda c: digest.plan(evening.moment(c)))
    evening.at += timedelta(days=1)
    evening.sweep()
    waiting = evening.store.read(lambda c: outbox.pending(c, WORKSPACE))
    return next(str(body) for _, where, body in waiting if where == "C0AMERICAS" and body["kind"] == "digest")


def test_the_morning_names_a_market_once_though_it_has_two_scopes(store: Store) -> None:
    cannot_pay = ["my card was declined again", "payment failed twice", "cannot pay, checkout error"]
    told = morning(Doing(store).ticks(30, USUAL).ticks(12, FAILING, extra=cannot_pay).evening)

    assert "United States" in told
    assert "United States and United States" not in told


def test_the_morning_tells_a_signal_in_its_own_figures(store: Store) -> None:
    told = morning(Doing(store).ticks(30, USUAL).ticks(6, FAILING).evening)

    assert "attempts fail, usually" in told
    assert "complaints a minute" not in told


def test_one_viewer_who_tries_thirty_times_is_no_incident(store: Store) -> None:
    doing = Doing(store).ticks(30, USUAL)
    for _ in range(15):
        doing.ticks(1, {"payment_failed": 2}, viewer="stubborn", chat=False)

    assert doing.opened() == []


def test_it_ends_by_itself_and_is_told_in_words(store: Store) -> None:
    doing = Doing(store).ticks(30, USUAL).ticks(5, FAILING).ticks(40, USUAL)

    [row] = doing.evening.incidents()
    assert (row.state, row.resolved_by) == ("resolved", "livedesk")


def test_a_source_that_falls_silent_is_named(store: Store) -> None:
    doing = Doing(store).ticks(40, USUAL).ticks(20, {})

    assert [one[0] for one in doing.opened()] == ["silence"]
    [row] = doing.evening.incidents()
    [source] = row.why["signals"]["silence/us"]["sources"]
    assert source["source"] == "shop"
    assert "shop" in " ".join(doing.evening.said("C0AMERICAS") + doing.evening.said("C0EMEAOPS1"))


def test_it_is_not_missed_again_by_somebody_who_knows(store: Store) -> None:
    doing = Doing(store).ticks(40, USUAL).ticks(15, {})
    doing.evening.tap("resolve", "maya")
    doing.ticks(40, {})

    assert len(doing.opened()) == 1


def test_the_end_of_a_show_is_no_incident(store: Store) -> None:
    doing = Doing(store).ticks(40, USUAL).ticks(4, {"leave": 40})
    doing.evening.at += timedelta(minutes=15)
    doing.evening.work()

    assert doing.opened() == []


@pytest.mark.parametrize("signal", ["payment_failures", "silence"])
def test_a_market_may_leave_a_signal_out(store: Store, signal: str) -> None:
    us = "us: {name: United States, timezone: America/Los_Angeles, languages: [en, es]"
    house = HOUSE.replace(us, f"{us}, signals: {{{signal}: {{watch: false}}}}")
    doing = Doing(store, house).ticks(40, USUAL)
    doing.ticks(6, FAILING) if signal == "payment_failures" else doing.ticks(20, {})

    assert doing.opened() == []


def test_it_goes_on_after_a_kill_as_if_nothing_had_happened(store: Store) -> None:
    doing = Doing(store)
    for tick in range(36):
        doing.evening = doing.evening.restart()
        doing.ticks(1, USUAL if tick < 30 else FAILING)

    assert [one[0] for one in doing.opened()] == ["payment_failures"]


def test_its_chart_shows_the_share_with_what_is_usual(store: Store) -> None:
    Doing(store).ticks(30, USUAL).ticks(9, FAILING)
    waiting = store.read(lambda c: outbox.pending(c, WORKSPACE))
    charts = [body["chart"] for _, _, body in waiting if body.get("chart")]

    assert charts
    assert charts[-1]["name"] == "signal"
    data = charts[-1]["data"]
    assert data["share"]
    assert max(data["observed"]) > 0.5
    assert data["usual"] < 0.2


def test_its_record_names_a_signal_as_what_it_is(store: Store) -> None:
    doing = Doing(store).ticks(30, USUAL).ticks(6, FAILING)
    told = doing.evening.ask("live", "incidents 1")

    assert told.headline == "Incident 1: P2, payment failures in United States"


def test_the_end_of_two_halves_counts_complaints_alone(store: Store) -> None:
    cannot_pay = ["my card was declined again", "payment failed twice", "cannot pay, checkout error"]
    doing = Doing(store).ticks(30, USUAL).ticks(8, USUAL, extra=cannot_pay).ticks(8, FAILING, extra=cannot_pay)
    assert sorted(doing.scopes()) == [("us", "payment"), ("us", "payment_failures")]
    peak = max(
        one.peak for one in doing.evening.store.read(lambda c: incidents.scopes(c, 1)) if one.category == "payment"
    )
    doing.evening.tap("resolve", "maya")

    waiting = store.read(lambda c: outbox.pending(c, WORKSPACE))
    (last,) = [str(body) for _, _, body in waiting if "Resolved by" in body["headline"]]
    assert f"{round(peak)} a minute at the highest" in last


def test_a_signal_that_was_missed_while_muted_is_told_in_its_own_figures(store: Store) -> None:
    doing = Doing(store).ticks(30, USUAL)
    doing.evening.ask("live", "mute payment_failures 30m")
    doing.ticks(6, FAILING).ticks(40, USUAL)
    doing.evening.at += timedelta(minutes=30)
    doing.evening.sweep()

    waiting = store.read(lambda c: outbox.pending(c, WORKSPACE))
    (missed,) = [str(body) for _, _, body in waiting if body["headline"].startswith("Missed while")]
    assert "attempts fail, usually" in missed
    assert "complaints a minute" not in missed
