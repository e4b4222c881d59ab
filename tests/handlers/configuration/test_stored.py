from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.configuration.model import (
    Configuration,
    Market,
    Person,
    Policy,
    Route,
    Segment,
    Show,
    Source,
    Step,
    SuggestedAnswer,
    Target,
    Team,
    Term,
)
from desk.incidents.severity import Severities, Thresholds
from desk.oncall.model import WEEKDAYS, Layer, Leave, Override, Restriction, Rotation, Schedule
from handlers.configuration import dump, load_text, restore

KEYS = st.text("abcxyz-é陈", min_size=1, max_size=6)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Los_Angeles"]).map(ZoneInfo)
INSTANTS = st.datetimes(timezones=st.just(UTC))
DURATIONS = st.timedeltas(timedelta(0), timedelta(days=36_500))
LANGUAGES = st.sampled_from(["en", "de", "zh", "pt-BR"])
DAYS = st.frozensets(st.sampled_from(WEEKDAYS))
MAYBE = st.none() | KEYS


def tuples(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=3).map(tuple)


def named(of: type, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(KEYS, st.builds(of, **fields), max_size=2)


ROTATIONS = st.builds(
    Rotation,
    type=st.sampled_from(["daily", "weekly", "hourly", "custom"]),
    members=tuples(KEYS),
    start=st.dates(),
    hand_off=st.times(),
    every=st.integers(1, 99),
    weekday=st.sampled_from(WEEKDAYS),
    lengths=tuples(st.integers(1, 9)),
)
LAYERS = st.builds(
    Layer,
    name=KEYS,
    zone=ZONES,
    rotation=ROTATIONS,
    restrictions=tuples(st.builds(Restriction, days=DAYS, start=DURATIONS, end=DURATIONS)),
    start=st.none() | st.dates(),
    end=st.none() | st.dates(),
)
SCHEDULES = named(
    Schedule,
    name=KEYS,
    zone=ZONES,
    layers=tuples(LAYERS),
    overrides=tuples(st.builds(Override, person=MAYBE, start=INSTANTS, end=INSTANTS)),
    leave=tuples(st.builds(Leave, person=KEYS, start=INSTANTS, end=INSTANTS)),
    people=st.integers(1, 3),
    holidays=st.booleans(),
    countries=st.dictionaries(KEYS, st.sampled_from(["DE", "CN"])),
    zones=st.dictionaries(KEYS, ZONES, max_size=2),
)
TEAMS = named(
    Team,
    key=KEYS,
    name=KEYS,
    zone=ZONES,
    channels=tuples(KEYS),
    members=tuples(KEYS),
    markets=tuples(KEYS),
    digest_at=st.none() | st.times(),
    digest_days=DAYS,
    highlights_every=st.none() | DURATIONS,
)
STEPS = st.builds(
    Step,
    notify=tuples(st.builds(Target, kind=st.sampled_from(["schedule", "person", "channel"]), name=KEYS)),
    wait=DURATIONS,
)
SEGMENTS = st.builds(Segment, start=DURATIONS, end=DURATIONS, title=KEYS, product=MAYBE, variant=MAYBE)
ROUTES = st.builds(
    Route,
    markets=st.frozensets(KEYS),
    categories=st.frozensets(KEYS),
    severities=st.frozensets(st.sampled_from(["P1", "P2", "P3"])),
    languages=st.frozensets(LANGUAGES),
    team=MAYBE,
    policy=MAYBE,
)
PHRASES = st.sampled_from(["glow gang", "how (much|many), 多少钱"])
VOCABULARIES = st.dictionaries(
    st.sampled_from(["any", "en", "zh"]),
    st.fixed_dictionaries(
        {},
        optional={
            "praise": PHRASES,
            "polarity": st.dictionaries(st.sampled_from(["2", "0", "-1.5"]), PHRASES),
            "complaint": st.dictionaries(st.sampled_from(["quality", "price"]), st.just({"says": "it leaks"})),
        },
    ),
    max_size=2,
)
THRESHOLDS = st.builds(Thresholds, excess=st.floats(0.5, 99), times=st.floats(0.5, 99), viewers=st.integers(1, 99))
SEVERITIES = st.builds(Severities, p1=THRESHOLDS, p2=THRESHOLDS, money=st.none() | st.integers(1, 10**9))
ANSWERS = st.builds(
    SuggestedAnswer,
    language=LANGUAGES,
    text=KEYS,
    markets=st.frozensets(KEYS),
    categories=st.frozensets(KEYS),
)
CONFIGURATIONS = st.builds(
    Configuration,
    people=named(
        Person, key=KEYS, name=KEYS, zone=ZONES, languages=tuples(LANGUAGES), contacts=st.dictionaries(KEYS, KEYS)
    ),
    teams=TEAMS,
    markets=named(
        Market,
        key=KEYS,
        name=KEYS,
        zone=ZONES,
        languages=tuples(LANGUAGES),
        currency=MAYBE,
        vocabulary=VOCABULARIES,
        severity=SEVERITIES,
    ),
    shows=named(Show, key=KEYS, title=KEYS, starts_at=st.none() | INSTANTS, segments=tuples(SEGMENTS)),
    schedules=SCHEDULES,
    policies=named(Policy, key=KEYS, steps=tuples(STEPS), repeat=st.integers(0, 9)),
    routing=tuples(ROUTES),
    sources=named(Source, key=KEYS, market=MAYBE, show=MAYBE, resolution=DURATIONS, per_second=st.integers(1, 9999)),
    vocabulary=VOCABULARIES,
    glossary=st.dictionaries(
        KEYS, st.builds(Term, keep=st.booleans(), translations=st.dictionaries(LANGUAGES, KEYS, max_size=2)), max_size=2
    ),
    answers=tuples(ANSWERS),
    admin_channel=MAYBE,
    version=st.just(0),
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # of a machine that does other things besides
@given(CONFIGURATIONS)
def test_it_gives_back_the_configuration_that_was_stored(configuration: Configuration) -> None:
    stored = json.loads(json.dumps(dump(configuration)))

    assert restore(stored) == configuration


def test_it_leaves_the_number_of_the_version_to_the_store() -> None:
    stored = dump(Configuration(admin_channel="slack:C0ADMIN001", version=7))

    assert "version" not in stored
    assert restore(stored, version=8) == Configuration(admin_channel="slack:C0ADMIN001", version=8)


def test_it_passes_over_what_a_newer_release_has_added() -> None:
    assert restore({"people": {}, "holidays_of_the_moon": {}}) == Configuration()


SAME_FILE = """
from handlers.configuration import dump, load_text
import json
rule = "routing: [{team: t, categories: [delivery, price, quality, stock, host]}]"
print(json.dumps(dump(load_text("teams: {t: {timezone: UTC}}\\n" + rule, "x"))))
"""


def test_it_writes_the_same_json_for_the_same_file_in_every_process() -> None:
    """Sets come out in another order in each process; a version must not differ for that."""
    runs = {
        subprocess.run(
            [sys.executable, "-c", SAME_FILE], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(runs) == 1


def test_it_writes_instants_the_same_whatever_their_offset_was() -> None:
    east = load_text("shows: {s: {starts_at: 2026-03-06T20:00:00+08:00}}", "x")
    west = load_text("shows: {s: {starts_at: 2026-03-06T04:00:00-08:00}}", "x")

    assert dump(east) == dump(west)


def test_it_gives_back_what_coverage_asks_for() -> None:
    loaded = load_text(
        """
people: {ana: {working_hours: {from: "22:00", to: "06:00"}}}
teams: {emea: {timezone: Europe/Berlin, gaps_ahead: null}, asia: {timezone: Asia/Shanghai, gaps_ahead: 10d}}
markets: {eu: {cover_after: 90m, prime_time: {from: "19:00", to: "24:00"}}}
schedules: {emea: {timezone: Europe/Berlin, no_gaps: true}}
""",
        "livedesk.yaml",
    )

    again = restore(dump(loaded))

    assert again == loaded
    assert again.people["ana"].working_hours == (timedelta(hours=22), timedelta(hours=6))
    assert [team.gaps_ahead for team in again.teams.values()] == [None, timedelta(days=10)]
    assert again.markets["eu"].prime_time == (timedelta(hours=19), timedelta(days=1))
    assert again.schedules["emea"].no_gaps
