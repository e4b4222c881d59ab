"""What the charts conclude from their figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from analytics.charts import CHARTS, incident, oncall, sentiment
from analytics.charts.canvas import balanced, fitted, width, wrapped
from analytics.charts.fonts import families
from analytics.charts.wording import compact, number, percent, short, words, zone_name
from tests.analytics.charts import samples


def test_it_counts_what_the_top_category_makes_up() -> None:
    data = samples.complaints("en")

    assert CHARTS["complaints"].finding(data) == (
        "Spring serum night: 67% of the complaints are about payment, most at 05:21"
    )
    assert "6.4% of 4,571 comments" in CHARTS["complaints"].alt(data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"markets": ["Germany"]}, "Germany: 10 times the usual complaints about payment since 05:14"),
        ({"markets": ["Germany", "France"]}, "Germany and France: 10 times"),
        ({}, "Germany and 2 more markets: 10 times"),
        ({"usual": 0.1}, "34 complaints a minute about payment since 05:14, usually hardly any"),
        ({"usual": 0.9, "ended_at": samples.at(19.5)}, "about payment from 05:14 to 05:19, usually hardly any"),
        ({"ended_at": samples.at(19.5)}, "were 10 times the usual from 05:14 to 05:19"),
    ],
)
def test_it_tells_an_incident_by_its_size_against_usual(change: dict[str, Any], said: str) -> None:
    assert said in CHARTS["incident"].finding({**samples.incident("en"), **change})


def test_it_draws_the_band_it_is_given_or_works_one_out() -> None:
    given = {**samples.incident("en"), "usual": [3.0] * 21, "low": [1.0] * 21, "high": [9.0] * 21}

    for data in (given, samples.incident("en")):
        assert CHARTS["incident"].draw(data).axes


def test_it_is_less_sure_of_a_mood_when_few_speak() -> None:
    data = samples.sentiment("en")
    del data["outside"]

    steps = sentiment.steps(cast(sentiment.Sentiment, data))
    sure, unsure = steps[5], steps[36]

    assert steps[31].mean is None
    assert unsure.n < sure.n
    assert unsure.high - unsure.low > 2 * (sure.high - sure.low)
    assert all(-1 <= step.low <= step.high <= 1 for step in steps)


def test_it_draws_a_machine_alone_with_its_widest_interval_and_never_its_numbers() -> None:
    steps = sentiment.steps(cast(sentiment.Sentiment, samples.sentiment("en")))

    silent = steps[31]

    assert silent.mean == pytest.approx(0.25, abs=0.01)
    assert silent.n == 3
    assert silent.high - silent.low > 2 * (steps[5].high - steps[5].low)


def test_it_keeps_a_lane_for_reactions_only_where_somebody_reacted() -> None:
    data = samples.sentiment("en")

    with_lane, without = CHARTS["sentiment"].draw(data), CHARTS["sentiment"].draw({**data, "gestures": [0] * 40})

    assert (len(with_lane.axes), len(without.axes)) == (2, 1)
    assert "reactions a minute" in " ".join(text.get_text() for text in with_lane.texts)
    assert "satisfaction 84% (41 rated)" in [text.get_text() for text in without.texts]


def test_it_names_the_market_behind_a_show_of_any_length() -> None:
    data = {**samples.sentiment("en"), "market": "Germany", "show": "Aurora " * 20}

    assert " · Germany: the mood was mixed" in CHARTS["sentiment"].finding(data)


def test_it_tells_those_who_cannot_see_what_lies_beside_the_curve() -> None:
    said = CHARTS["sentiment"].alt(samples.sentiment("en"))

    assert "Weighed in: 120 scores from outside. Satisfaction 84% of the best mark (41 rated)." in said
    assert "reactions a minute, 1,106 in all" in said


def test_it_does_not_take_three_who_agree_for_certainty() -> None:
    data = samples.sentiment("en")
    data["n"][0], data["sum"][0], data["squares"][0] = 3, 1.5, 0.75  # three times 0.5

    first = sentiment.steps(cast(sentiment.Sentiment, data))[0]

    assert first.high - first.low > 0.4


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(0, 12, "Anna"), (12, 24, "王芳")], "EU: Anna is on call until Fri 17:00, then 王芳"),
        ([(0, 200, "Anna")], "EU: Anna is on call all week"),
        ([(0, 12, None), (12, 24, "Anna")], "EU: nobody is on call until Fri 17:00"),
        ([(0, 200, None)], "EU: nobody is on call all week"),
        ([(0, 12, "Anna"), (0, 12, "Ben"), (12, 24, None)], "EU: Anna, Ben is on call until Fri 17:00, then nobody"),
    ],
)
def test_it_says_who_is_on_call_until_when_and_who_is_next(rows: list[tuple[int, int, str | None]], said: str) -> None:
    start = samples.FRIDAY_SHOW
    data = {
        **samples.oncall("en"),
        "rows": [
            {
                "start": (start + timedelta(hours=first)).isoformat(),
                "end": (start + timedelta(hours=last)).isoformat(),
                "person": person,
            }
            for first, last, person in rows
        ],
    }

    assert CHARTS["oncall"].finding(data) == said
    CHARTS["oncall"].draw(data)


def test_it_counts_hours_of_the_week_alone() -> None:
    data = {
        **samples.oncall("en"),
        "rows": [
            {"start": samples.at(-60 * 24), "end": samples.at(60 * 24), "person": "Anna"},
            {"start": samples.at(60 * 24), "end": samples.at(60 * 24 * 30), "person": None},
        ],
    }

    alt = CHARTS["oncall"].alt(data)

    assert "Anna 24 h, nobody 144 h" in alt
    assert "Nobody for 144 hours in the week, first from Sat 05:00." in alt


def test_it_gives_the_day_on_which_clocks_change_its_23_hours() -> None:
    data = {**samples.oncall("en"), "zone": "Europe/Berlin", "now": datetime(2026, 3, 27, tzinfo=UTC).isoformat()}

    days = oncall._days(datetime(2026, 3, 27, tzinfo=UTC), cast(oncall.OnCall, data))

    lengths = [(end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(hours=1) for start, end in days]
    assert lengths == [24, 24, 23, 24, 24, 24, 24, 24]


def test_it_names_the_exit_peak_that_cost_most() -> None:
    assert CHARTS["retention"].finding(samples.retention("en")) == (
        "Spring serum night: about 225 more than usual left at 05:07, during “Serum: what is inside”"
    )
    assert "no moment at which clearly more left" in CHARTS["retention"].finding(
        {**samples.retention("en"), "peaks": []}
    )


def test_it_names_the_market_and_step_that_lose_buyers() -> None:
    data = samples.funnels("en")

    assert "Germany loses buyers at paying: only 9.2% go on, elsewhere 88%" in CHARTS["funnel"].finding(data)
    healthy = {**data, "markets": [{**one, "worst": None} for one in data["markets"]]}
    assert CHARTS["funnel"].finding(healthy) == "Spring serum night: 11% of those who clicked bought"


def test_it_writes_nine_usual_minutes_in_ten_into_the_band() -> None:
    low, high = incident._band([4.0], -1), incident._band([4.0], 1)

    assert low == [0.0]
    assert high == [pytest.approx(4 + 1.645 * (4 + 0.35 * 16) ** 0.5)]


@pytest.mark.parametrize(
    ("zone", "locale", "name"),
    [
        ("America/Los_Angeles", "en", "Los Angeles time"),
        ("America/Los_Angeles", "zh_CN", "洛杉矶时间"),
        ("Europe/Berlin", "zh_Hans_CN", "柏林时间"),
        ("UTC", "en", "UTC"),
    ],
)
def test_it_calls_a_zone_by_its_city(zone: str, locale: str, name: str) -> None:
    assert zone_name(zone, locale) == name


def test_it_writes_figures_no_longer_than_they_mean() -> None:
    assert [number(value, "en") for value in (3.44, 34.4, 12_345.6)] == ["3.4", "34", "12,346"]
    assert [percent(value, "en") for value in (0.0642, 0.5, 0.0996)] == ["6.4%", "50%", "10%"]


def test_it_speaks_english_where_it_has_no_words_in_a_language() -> None:
    table = {"en": {"now": "now"}, "zh_CN": {"now": "现在"}}

    assert [words(table, locale)["now"] for locale in ("zh", "zh-Hans-CN", "de", "")] == ["现在", "现在", "now", "now"]


def test_it_cuts_and_wraps_by_width_and_not_by_letters() -> None:
    sentence = "春季精华专场：德国在付款环节流失买家：仅 9.2% 继续，其他市场 88%"

    lines = wrapped(sentence, 19, 700, 2)

    assert lines[0].endswith("：")
    assert "".join(lines).replace(" ", "") == sentence.replace(" ", "")
    assert all(width(line, 19) <= 705 for line in lines)
    assert fitted("wwwwwwww", 14, 60).endswith("…")
    assert fitted("iiii", 14, 60) == "iiii"
    assert fitted("wwwwwwww", 14, 10) == ""
    assert short("a" * 50) == "a" * 39 + "…"


def test_it_leaves_no_last_word_alone_on_a_line() -> None:
    lines = balanced("Germany: 10 times the usual complaints about payment since 05:14", 19, 900, 2)

    assert len(lines) == 2
    assert width(lines[1], 19) > 0.5 * width(lines[0], 19)


def test_it_looks_for_glyphs_in_latin_then_chinese_then_the_rest() -> None:
    assert families()[:2] == ("Noto Sans", "Noto Sans CJK SC")
    assert {"Noto Sans Thai", "Noto Sans Arabic", "Noto Sans Devanagari", "Noto Emoji"} <= set(families())


@pytest.mark.parametrize(
    ("until", "unfinished"), [({"until": samples.at(39.5)}, True), ({"until": samples.at(40)}, False), ({}, False)]
)
def test_it_draws_the_minute_that_is_still_running_as_unfinished(until: dict[str, str], unfinished: bool) -> None:
    figure = CHARTS["complaints"].draw({**samples.complaints("en"), **until})

    assert ("so far " in [text.get_text() for text in figure.axes[0].texts]) is unfinished


@pytest.mark.parametrize(
    ("value", "locale", "said"), [(9_999, "en", "9,999"), (30_170, "en", "30K"), (30_170, "zh_CN", "3万")]
)
def test_it_writes_large_counts_short_enough_for_an_axis(value: float, locale: str, said: str) -> None:
    assert compact(value, locale) == said
