from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.backtest.facts import Came, Facts
from desk.backtest.places import in_place_of
from desk.backtest.rules import compare
from desk.backtest.suggestion import candidates, suggest
from desk.marks.rules import NOISE, USEFUL
from tests.factories import NOON

HOUR = timedelta(hours=1)


def came(number: int, mark: str | None = None, **given: object) -> Came:
    at = NOON + number * HOUR
    made = Came("aurora", (("id", "payment"),), "payment", at, at + timedelta(minutes=5), "P2", True, number, mark)  # type: ignore[arg-type]
    return replace(made, **given)  # type: ignore[arg-type]


# Each alert comes up to a sensitivity of its own, and a little later the nearer it is.
MARKED = st.lists(st.tuples(st.sampled_from([USEFUL, NOISE]), st.integers(5, 32)), min_size=1, max_size=12)


@given(MARKED, st.integers(5, 25).map(lambda n: n / 10))
def test_it_suggests_what_trying_every_sensitivity_would(marked: list[tuple[str, int]], current: float) -> None:
    alerts = [came(number, mark) for number, (mark, _) in enumerate(marked, 1)]

    def at(sensitivity: float) -> list[Came]:
        return [one for one, (_, up_to) in zip(alerts, marked, strict=True) if round(sensitivity * 10) <= up_to]

    found = suggest("id", current, alerts, at)

    now = at(current)
    grid = []
    for sensitivity in candidates(current):
        then = at(sensitivity)
        lost = sum(one in now and one not in then for one in alerts if one.mark == USEFUL)
        avoided = sum(one in now and one not in then for one in alerts if one.mark == NOISE)
        grid.append((sensitivity, avoided, lost))
    harmless = [(avoided, -sensitivity) for sensitivity, avoided, lost in grid if not lost and avoided]
    best = max(harmless, default=None)
    assert (found.sensitivity, found.avoided) == ((-best[1], best[0]) if best else (None, 0))
    assert (found.noise, found.useful) == (sum(m == NOISE for m, _ in marked), sum(m == USEFUL for m, _ in marked))


def test_it_says_the_exact_line_and_how_much_later_the_useful_ones_come() -> None:
    alerts = [came(1, NOISE), came(2, USEFUL)]

    def at(sensitivity: float) -> list[Came]:
        if sensitivity < 1.35:
            return alerts
        return [replace(alerts[1], opened_at=alerts[1].opened_at + timedelta(seconds=20))]

    found = suggest("id", 1.0, alerts, at)

    assert (found.line, found.avoided, found.later) == ("sensitivity: 1.4", 1, 20.0)


def test_it_takes_no_unmarked_alert_for_the_noise_that_went_away() -> None:
    noise = came(1, NOISE)
    unmarked = replace(came(2), opened_at=noise.opened_at + timedelta(minutes=9))

    found = suggest("id", 1.0, [noise, unmarked], lambda sensitivity: [noise, unmarked][sensitivity > 1.05 :])

    assert (found.alerts, found.noise, found.useful, found.avoided) == (2, 1, 0, 1)


def test_it_never_suggests_less_than_what_is_set() -> None:
    assert all(one > 1.35 for one in candidates(1.35))
    assert candidates(3.0) == []
    assert suggest("id", 4.0, [came(1, NOISE)], lambda _: [came(1, NOISE)]).line == ""


def test_it_takes_what_opened_nearest_in_the_same_place() -> None:
    one = came(3)
    elsewhere = replace(one, scopes=(("us", "payment"),))
    another_show = replace(one, show="borealis")
    later = replace(one, opened_at=one.opened_at + timedelta(seconds=40), scopes=(("us", "price"), ("id", "payment")))
    much_later = replace(one, opened_at=one.opened_at + HOUR, ended_at=None)

    assert in_place_of([one], [much_later, elsewhere, another_show, later]) == [later]
    assert in_place_of([one], [elsewhere, another_show, much_later]) == [None]


def test_it_lets_nothing_stand_in_two_places() -> None:
    """An alert that goes away is not made up for by another one that came soon after."""
    noise = came(1, NOISE)
    useful = replace(came(2, USEFUL), opened_at=noise.opened_at + timedelta(minutes=9))

    assert in_place_of([noise, useful], [useful]) == [None, useful]
    assert in_place_of([noise], [useful]) == [useful]


def test_it_sets_each_alert_beside_what_takes_its_place() -> None:
    real = [came(1, NOISE), came(2, USEFUL), came(3)]
    later = replace(real[1], opened_at=real[1].opened_at + timedelta(seconds=30), paged=False)
    new = came(9, incident=0)

    found = compare(Facts([], real, 4.0), [*real[:2], new], [later, real[2]])

    assert [(row.real and row.real.incident, row.now is not None, row.then is not None) for row in found.rows] == [
        (1, True, False),
        (2, True, True),
        (3, False, True),
        (None, True, False),
    ]
    assert (found.noise_avoided, found.useful_lost) == (1, 0)
    assert found.then is not None
    assert (found.real.paged_per_hour, found.then.paged_per_hour) == (0.75, 0.25)
    assert (found.then.incidents, found.then.useful, found.then.noise) == (2, 1, 0)
    assert found.later == (0.0, 15.0, 30.0)
