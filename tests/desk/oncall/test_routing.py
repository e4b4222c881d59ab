from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.configuration.model import Hours, Market, Policy, Route
from desk.oncall.hours import every_day
from desk.oncall.model import Restriction
from desk.oncall.routing import route, shadowed
from desk.oncall.urgency import urgency

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
DAY = every_day(timedelta(hours=8), timedelta(hours=22))
NIGHT = every_day(timedelta(hours=22), timedelta(hours=8))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_rule_with_hours_holds_on_the_markets_own_clock() -> None:
    rules = (Route(hours=Hours(DAY), policy="day"), Route(policy="night"))

    def taken(when: str, zone: ZoneInfo | None) -> str | None:
        found = route(rules, "us", None, None, "P1", at(when), zone)
        return found.policy if found else None

    assert taken("2026-03-06T21:30", BERLIN) == "night"
    assert taken("2026-03-06T20:30", BERLIN) == "day"
    assert taken("2026-03-06T20:30", TOKYO) == "night"
    assert taken("2026-03-06T20:30", None) == "day", "UTC where the market is not known"


def test_hours_in_a_named_zone_hold_there_whatever_the_market() -> None:
    rules = (Route(hours=Hours(DAY, TOKYO), policy="tokyo"),)

    assert route(rules, "us", None, None, "P1", at("2026-03-06T23:30"), BERLIN) is rules[0]
    assert route(rules, "us", None, None, "P1", at("2026-03-06T13:30"), BERLIN) is None


def test_without_an_hour_a_rule_with_hours_is_passed_over() -> None:
    rules = (Route(hours=Hours(DAY), policy="day"), Route(policy="rest"))

    assert route(rules, "us", None, None, "P1") is rules[1]


def test_a_language_holds_for_its_regions() -> None:
    rules = (Route(languages=frozenset({"pt"})), Route(languages=frozenset({"zh-TW"})))

    assert route(rules, None, None, "pt-BR", "P1") is rules[0]
    assert route(rules, None, None, "zh", "P1") is None


SETS = {
    "markets": ("us", "eu"),
    "categories": ("payment", "payment_failures", "delivery"),
    "severities": ("P1", "P2", "P3"),
    "languages": ("en", "en-GB", "de"),
}
HOURS = st.none() | st.builds(
    Hours,
    st.builds(
        Restriction,
        st.frozensets(st.sampled_from(("mon", "sat")), min_size=1),
        st.integers(0, 23).map(lambda n: timedelta(hours=n)),
        st.integers(0, 24).map(lambda n: timedelta(hours=n)),
    ),
    st.sampled_from((None, TOKYO)),
)
ROUTES = st.builds(
    Route, **{name: st.frozensets(st.sampled_from(values), max_size=2) for name, values in SETS.items()}, hours=HOURS
)  # type: ignore[arg-type]


@given(
    st.lists(ROUTES, max_size=5),
    st.sampled_from(("us", "eu", "sea", None)),
    st.sampled_from((*SETS["categories"], None)),
    st.sampled_from((*SETS["languages"], "th", None)),
    st.sampled_from(("P1", "P2", "P3")),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_what_is_said_never_to_match_never_does(rules, market, category, language, severity, when) -> None:  # type: ignore[no-untyped-def]
    never = {later for later, _ in shadowed(rules)}

    found = route(rules, market, category, language, severity, when, BERLIN)

    assert found is None or any(found is rule and number not in never for number, rule in enumerate(rules))


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (Route(), Route(markets=frozenset({"us"})), True),
        (Route(markets=frozenset({"us"})), Route(), False),
        (Route(categories=frozenset({"payment"})), Route(categories=frozenset({"payment_failures"})), True),
        (Route(hours=Hours(DAY)), Route(hours=Hours(every_day(timedelta(hours=9), timedelta(hours=17)))), True),
        (Route(hours=Hours(DAY)), Route(hours=Hours(NIGHT)), False),
        (Route(hours=Hours(DAY)), Route(hours=Hours(DAY, BERLIN)), False),
        (Route(languages=frozenset({"en"})), Route(languages=frozenset({"en-GB"})), True),
    ],
)
def test_it_knows_which_rule_leaves_nothing_to_another(first: Route, second: Route, said: bool) -> None:
    assert list(shadowed((first, second))) == ([(1, 0)] if said else [])


def test_p1_is_always_urgent_and_the_policy_decides_before_the_market() -> None:
    policy = Policy("p", (), urgency={"P2": "low"})
    market = Market("us", "US", urgency={"P2": "high", "P3": "low"})

    assert urgency(policy, [market], "P1") == "high"
    assert urgency(policy, [market], "P2") == "low"
    assert urgency(policy, [market], "P3") == "low"
    assert urgency(policy, [], "P3") == "none"
    assert urgency(None, [market, Market("eu", "EU", urgency={"P3": "none"})], "P3") == "low", "the most urgent market"
