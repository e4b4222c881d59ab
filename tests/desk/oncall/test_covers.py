"""Which show is meant, who covers it, and whether they read what is written there."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.oncall.covers import covers, find_shows
from desk.oncall.demand import cover
from desk.oncall.fairness import PageAt, fairness, suggestions
from desk.oncall.filling import candidates, gap_of, ref_of
from desk.oncall.gaps import gaps
from desk.questions import plan_covers
from desk.questions.asking import Asker
from desk.words import tongue
from handlers.configuration import load_text
from tests.desk.oncall.strategies import DAY, at

HOUSE = load_text(
    """
people:
  ana: {timezone: Europe/Berlin, languages: [de, en], country: DE}
  ben: {timezone: Europe/Berlin, languages: [de]}
  sri: {timezone: Asia/Jakarta, languages: [id]}
markets:
  id: {name: Indonesia, timezone: Asia/Jakarta, languages: [id, en], cover_after: 30m}
  de: {name: Germany, timezone: Europe/Berlin, languages: [de]}
  fr: {name: France, timezone: Europe/Paris, languages: [fr]}
shows:
  friday-night: {title: Lip gloss, starts_at: "2026-03-06T12:00:00Z", ends_at: "2026-03-06T13:00:00Z", markets: [id]}
  friday-noon: {title: Serum, starts_at: "2026-03-06T11:00:00Z", ends_at: "2026-03-06T12:00:00Z", markets: [de]}
  saturday: {title: Lip gloss again, starts_at: "2026-03-07T12:00:00Z", markets: [id]}
  someday: {title: Later, markets: [id]}
schedules:
  jakarta:
    timezone: Asia/Jakarta
    layers:
      - name: evenings
        start: 2026-01-05
        rotation: {type: weekly, members: [ben, ana]}
        restrictions: [{from: "18:00", to: "20:00"}]
  berlin:
    timezone: Europe/Berlin
    layers: [{start: 2026-01-05, rotation: {type: weekly, members: [ana]}}]
policies:
  far: {steps: [{notify: [{schedule: jakarta}]}, {notify: [{schedule: berlin}]}]}
  near: {steps: [{notify: [{schedule: berlin}]}]}
routing:
  - {markets: [id], policy: far}
  - {markets: [de], policy: near}
""",
    "livedesk.yaml",
)
BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = at("2026-03-04T09:00")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Friday's Jakarta show", ["friday-night"]),
        ("who covers Friday’s show", ["friday-noon", "friday-night"]),
        ("saturday", ["saturday"]),
        ("gloss", ["friday-night", "saturday"]),
        ("周五 印尼", []),
        ("周五的 Indonesia", ["friday-night"]),
        ("mars", []),
    ],
)
def test_it_finds_the_show_that_is_meant(asked: str, meant: list[str]) -> None:
    assert [show.key for show in find_shows(HOUSE, asked, WEDNESDAY, BERLIN)] == meant


def test_it_says_who_covers_a_show_and_the_time_after_it() -> None:
    (market,) = covers(HOUSE, HOUSE.shows["friday-night"]).markets

    assert (market.by.schedule, market.by.backups) == ("jakarta", ("berlin",))
    assert market.end == at("2026-03-06T13:30")
    # Evenings end at 20:00 in Jakarta, 13:00 UTC; the half hour after the show has nobody.
    assert [(one.start, one.person) for one in market.stretches] == [
        (at("2026-03-06T12:00"), "ben"),
        (at("2026-03-06T13:00"), None),
    ]
    assert market.unread == ("ben",), "he reads German alone"


def test_it_names_markets_that_nobody_covers_and_shows_without_a_time() -> None:
    assert cover(HOUSE, "fr").schedule is None
    assert covers(HOUSE, HOUSE.shows["someday"]).start is None


def test_it_names_who_could_fill_a_gap_readers_of_its_languages_first() -> None:
    first = gaps(HOUSE, WEDNESDAY, WEDNESDAY + 4 * DAY)[0]

    assert (first.schedule, first.start, first.end) == ("jakarta", at("2026-03-06T13:00"), at("2026-03-06T13:30"))
    assert [want.show for want in first.wants] == ["friday-night"]
    # Ana is on call for Berlin then, so she is not free.
    assert [(one.person, one.speaks) for one in candidates(HOUSE, first)] == [("sri", ("id",)), ("ben", ())]


def test_a_gap_survives_its_button() -> None:
    first = gaps(HOUSE, WEDNESDAY, WEDNESDAY + 4 * DAY)[0]

    ref = ref_of(first)

    assert ref is not None
    assert gap_of(ref.removeprefix("gap:")) == (first.schedule, first.start, first.end)
    for wrong in ("", "emea", "emea:1", "emea:2:1", "emea:99999999999:99999999999", "emea:-1:5"):
        with pytest.raises(ValueError, match=f"^{re.escape(wrong)}$"):
            gap_of(wrong)


def test_it_counts_nights_weekends_and_wake_ups_on_each_persons_clock() -> None:
    pages = [PageAt("ana", at("2026-03-05T22:00")), PageAt("ana", at("2026-03-05T12:00")), PageAt("ben", WEDNESDAY)]

    (ana,) = fairness(HOUSE, ["berlin"], at("2026-03-01T23:00"), at("2026-03-29T22:00"), pages)

    # Four whole weeks from Monday 00:00 to Monday 00:00 in Berlin, the last Sunday an hour short.
    assert ana.hours == timedelta(hours=4 * 168 - 1)
    assert (ana.nights, len(ana.weekends)) == (29, 4)
    assert ana.night_hours == timedelta(hours=28 * 9 - 1)
    assert (ana.pages, ana.wake_ups) == (2, 1)


def test_it_suggests_a_weekend_to_whoever_has_none() -> None:
    house = load_text(
        """
people: {ana: {timezone: Europe/Berlin}, ben: {timezone: Europe/Berlin}}
schedules:
  emea:
    timezone: Europe/Berlin
    layers:
      - {name: weekends, start: 2026-01-05, rotation: {type: weekly, members: [ana]}}
      - name: days
        start: 2026-01-05
        rotation: {type: weekly, members: [ben]}
        restrictions: [{days: [mon, tue, wed, thu, fri], from: "00:00", to: "24:00"}]
""",
        "livedesk.yaml",
    )

    swaps = suggestions(house, "emea", at("2026-03-01T23:00"), at("2026-03-29T22:00"))

    weekend = swaps[0]
    assert (weekend.kind, weekend.giver, weekend.theirs) == ("weekends", "ana", 4)
    assert (weekend.taker, weekend.others) == ("ben", 0)
    assert weekend.saturday is not None
    assert weekend.saturday.isoformat() == "2026-03-21"


def test_a_market_whose_policy_names_a_person_has_somebody() -> None:
    house = load_text(
        """
people: {ana: {timezone: Europe/Berlin}}
markets: {de: {name: Germany}, fr: {name: France}}
shows: {late: {title: Late, starts_at: "2026-03-06T12:00:00Z"}}
policies: {direct: {steps: [{notify: [{person: ana}]}]}}
routing: [{markets: [de], policy: direct}]
""",
        "livedesk.yaml",
    )
    asker = Asker(None, BERLIN, "en", None)

    answer = plan_covers.answer(house, "late", asker, WEDNESDAY, tongue("en"))

    assert answer.headline == "Late: nobody for a part of it in France"
