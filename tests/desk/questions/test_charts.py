"""What answers and cards hand to the charts: the right figures, in a shape that can be drawn, with words beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics.charts import CHARTS
from desk.incidents.charts import chart_of
from desk.messages import ChartRef
from desk.oncall.resolve import Row
from desk.questions import charts, flow
from desk.questions.asking import Asker, MeantShow
from desk.questions.figures import Minute, ShowFigures
from desk.words import tongue
from store import incidents
from store.engine import Store
from tests.factories import NOON
from tests.stories.evening import HOUSE, SHOW, Evening

RUN_OF_SHOW = """
shows:
  aurora-skincare:
    title: Aurora 春季专场
    starts_at: 2026-03-06T12:00:00Z
    run_of_show:
      - {start: "0:00", end: "3:00", title: Welcome}
      - {start: "3:00", end: "20:00", title: เซรั่มลดราคา}
"""
LAG = [("", "it keeps lagging"), ("", "stream is frozen"), ("", "buffering again"), ("", "the stream lags")]
CALM = ["love this", "hello", "so pretty", "great host"]
BERLIN = Asker("ana", ZoneInfo("Europe/Berlin"), "en", None)
CHINESE = Asker("ana", ZoneInfo("Asia/Shanghai"), "zh_CN", None)


@pytest.fixture
def evening(store: Store) -> Evening:
    """Six minutes of a show, the last of which lags in America."""
    lived = Evening(store, NOON, HOUSE + RUN_OF_SHOW)
    lived.pass_ticks(30, CALM)
    lived.pass_ticks(6, CALM, {"us": LAG * 3})
    return lived


def asked(evening: Evening, text: str, asker: Asker = BERLIN) -> ChartRef:
    command, _, rest = text.partition(" ")
    message = evening.store.read(lambda c: flow.answer(evening.moment(c), command, rest, asker))
    assert message.chart is not None
    return message.chart


@pytest.mark.parametrize("asker", [BERLIN, CHINESE], ids=["en", "zh"])
@pytest.mark.parametrize("question", ["live complaints", "live sentiment", "oncall americas"])
def test_it_hands_over_what_can_be_drawn(evening: Evening, question: str, asker: Asker) -> None:
    chart = asked(evening, question, asker)

    figure = CHARTS[chart.name].draw(chart.data)

    assert len(figure.axes) >= 1, "an empty axis is a sentence instead"
    assert CHARTS[chart.name].finding(chart.data)


def test_it_counts_each_minute_of_the_show(evening: Evening) -> None:
    data = asked(evening, "live complaints").data

    assert data["minutes"][0] == NOON.isoformat()
    assert sum(data["complaints"]["stream quality"]) == 6 * len(LAG) * 3
    assert sum(data["comments"]) == 36 * 2 * len(CALM) + 6 * len(LAG) * 3
    assert len(data["minutes"]) == len(data["comments"]) == len(data["complaints"]["stream quality"])


def test_it_says_how_far_a_live_show_has_been_counted(evening: Evening) -> None:
    evening.pass_ticks(1, CALM, {"us": LAG * 3})

    data = asked(evening, "live complaints").data

    assert data["minutes"][-1] < data["until"] < (NOON + timedelta(minutes=7)).isoformat()


def test_it_tells_the_finding_to_those_who_cannot_see(evening: Evening) -> None:
    assert "72 in 360 comments, 100% of them about stream quality; most at 13:05, 72 in the minute" in (
        asked(evening, "live complaints").alt
    )
    assert "100% 关于直播画质与声音；20:05 最多" in asked(evening, "live complaints", CHINESE).alt


def test_it_shows_what_was_on_air_and_which_incident_began(evening: Evening) -> None:
    data = asked(evening, "live complaints").data

    assert [one["title"] for one in data["segments"]] == ["Welcome", "เซรั่มลดราคา"]
    assert data["segments"][1]["start"] == (NOON + timedelta(minutes=3)).isoformat()
    assert [one["label"] for one in data["incidents"]] == ["stream quality"]


def test_it_names_people_as_they_are_called(evening: Evening) -> None:
    chart = asked(evening, "oncall americas")

    assert {row["person"] for row in chart.data["rows"]} == {"Maya Torres"}
    assert chart.alt == "Turns in americas: Maya Torres 168 h."


def test_it_shows_hours_without_anybody_as_such(evening: Evening) -> None:
    day = timedelta(days=1)
    rows = (
        Row(NOON, NOON + day, "maya", "in the rotation"),
        Row(NOON + day, NOON + 2 * day, None, "nobody"),
        Row(NOON + 2 * day, NOON + 3 * day, "gone", "in the rotation"),
    )

    chart = evening.store.read(
        lambda c: charts.oncall(evening.configuration, evening.at, "americas", rows, BERLIN, tongue("en"))
    )

    assert chart is not None
    assert chart.alt == "Turns in americas: Maya Torres 24 h, nobody 24 h, and gone 24 h."
    assert [row["person"] for row in chart.data["rows"]] == ["Maya Torres", None, "gone"]


def test_it_draws_nothing_of_nothing(evening: Evening) -> None:
    show = MeantShow(SHOW, "Aurora", 0, 60, False)
    silent = ShowFigures(0, 60, {0: Minute()}, {}, {}, {})

    def drawn(connection: Any) -> list[ChartRef | None]:
        moment, t = evening.moment(connection), tongue("en")
        return [
            charts.complaints(moment, show, silent, BERLIN, t),
            charts.sentiment(moment, show, silent, BERLIN, t),
            charts.oncall(moment.configuration, moment.now, "americas", (), BERLIN, t),
        ]

    assert evening.store.read(drawn) == [None, None, None]


def incident_chart(evening: Evening) -> ChartRef:
    def made(connection: Any) -> ChartRef | None:
        [row] = evening.incidents()
        return chart_of(evening.moment(connection), row, incidents.scopes(connection, row.id), tongue("en"))

    chart = evening.store.read(made)
    assert chart is not None
    return chart


def test_it_draws_an_incident_from_minutes_that_are_whole(evening: Evening) -> None:
    """Minutes by the clock would end in one that has barely begun and looks like the end of the trouble."""
    evening.pass_ticks(1, CALM, {"us": LAG * 3})  # ten seconds into a new minute

    chart = incident_chart(evening)

    assert chart.data["observed"][-1] == 6 * len(LAG) * 3
    assert datetime.fromisoformat(chart.data["minutes"][-1]) == evening.at - timedelta(minutes=1)
    assert len(CHARTS[chart.name].draw(chart.data).axes) == 1


def test_it_starts_an_incidents_chart_early_enough_to_show_what_is_usual(evening: Evening) -> None:
    chart = incident_chart(evening)

    began = datetime.fromisoformat(chart.data["began_at"]).astimezone(UTC)
    assert datetime.fromisoformat(chart.data["minutes"][0]) <= began - timedelta(minutes=20)
