from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.configuration.model import Notification
from desk.contacts.methods import CODED, Way
from desk.reach.rules import AGAIN, ALL, Ring, chosen, due_now, other_way, rings

METHODS = ("slack", *CODED)
WAYS = st.lists(
    st.builds(Way, st.sampled_from(METHODS), st.sampled_from(["a", "b"]), st.booleans(), st.booleans()),
    max_size=5,
    unique_by=lambda way: (way.method, way.address),
)
BY = st.sampled_from((*METHODS, ALL))
RULES = st.lists(
    st.builds(
        Notification,
        st.integers(0, 600).map(lambda seconds: timedelta(seconds=seconds)),
        BY,
        st.frozensets(st.sampled_from(["P1", "P2"])),
    ),
    max_size=5,
)
SLACK = Way("slack", "U1", True)


@given(RULES, st.sampled_from(["P1", "P2"]), WAYS)
def test_something_rings_at_once_and_the_rest_in_order(
    rules: list[Notification], severity: str, ways: list[Way]
) -> None:
    planned = rings(rules, severity, ways)  # type: ignore[arg-type]

    assert planned[0].after == timedelta(0)
    assert [ring.after for ring in planned] == sorted(ring.after for ring in planned)
    assert len(set(planned)) == len(planned)
    mine = [rule for rule in rules if not rule.severities or severity in rule.severities]
    assert {ring.by for ring in planned} == {rule.by for rule in mine} or not mine


@given(st.lists(BY, min_size=1), WAYS)
def test_a_way_to_rely_on_is_used_whenever_there_is_one(by: list[str], ways: list[Way]) -> None:
    used = chosen(by, ways)

    assert set(used) <= set(ways)
    assert len(set(used)) == len(used)
    assert bool(used) == bool(ways)
    assert any(way.counts for way in used) == any(way.counts for way in ways)
    assert {way for way in ways if way.method in by} <= set(used), "what was asked for is used, too"


@given(RULES, st.lists(st.integers(0, 900), max_size=6))
def test_however_late_the_sweep_comes_each_ring_sounds_once(rules: list[Notification], sweeps: list[int]) -> None:
    planned = rings(rules, "P1", [SLACK])
    rest, sounded = list(planned), []
    for at in [*sorted(sweeps), 1000]:
        now, rest = due_now(rest, timedelta(seconds=at))
        sounded += now

    assert sounded == list(planned)


def test_who_writes_no_rules_is_rung_again_by_everything() -> None:
    assert rings((), "P1", [SLACK]) == (Ring(timedelta(0), "slack"), Ring(AGAIN, ALL))


@given(WAYS, st.data())
def test_another_way_is_one_that_was_not_tried(ways: list[Way], data: st.DataObject) -> None:
    tried = data.draw(st.lists(st.sampled_from([(way.method, way.address) for way in ways]))) if ways else []
    other = other_way(ways, tried)

    left = [way for way in ways if way.counts and (way.method, way.address) not in tried]
    assert other == (left[0] if left else None)
