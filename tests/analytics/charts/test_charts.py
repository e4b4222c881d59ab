"""What every chart keeps to, whatever it shows: drawn without a warning, legible, said in words, calm when empty."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.text import Text

from analytics.charts import CHARTS
from analytics.charts.canvas import DPI, SIZE
from tests.analytics.charts.samples import SAMPLES

EVERY = [(name, locale) for name in CHARTS for locale in ("en", "zh_CN")]
EMPTY: dict[str, dict[str, Any]] = {
    "complaints": {"minutes": [], "comments": [], "complaints": {}, "incidents": []},
    "incident": {"minutes": [], "observed": []},
    "signal": {"minutes": [], "observed": []},
    "sentiment": {"minutes": [], "n": [], "sum": [], "squares": []},
    "coverage": {"markets": []},
    "fairness": {"people": []},
    "oncall": {"rows": []},
    "retention": {"viewers": [], "peaks": []},
    "funnel": {"markets": []},
}
HOSTILE = "👩‍🚀 <!channel> $x^2_{1}$ \u202etxt\u202c\x00\n" + "長い" * 60 + " नमस्ते שלום 한국어 ภาษาไทย العربية"


def drawn(name: str, data: dict[str, Any]) -> Figure:
    figure = CHARTS[name].draw(json.loads(json.dumps(data)))
    figure.savefig(io.BytesIO(), format="png")
    return figure


@cache
def sample(name: str, locale: str) -> Figure:
    """Drawn once for all who only look at it."""
    return drawn(name, SAMPLES[name](locale))


def texts(figure: Figure) -> Iterator[Text]:
    for artist in figure.findobj(Text):
        assert isinstance(artist, Text)
        if artist.get_text().strip() and artist.get_visible():
            yield artist


@pytest.mark.parametrize(("name", "locale"), EVERY)
def test_it_writes_nothing_smaller_than_thirteen_pixels_on_nine_hundred(name: str, locale: str) -> None:
    figure = sample(name, locale)

    smallest = min(float(text.get_fontsize()) for text in texts(figure))

    assert smallest * DPI / 72 * 900 / (SIZE[0] * DPI) >= 13


@pytest.mark.parametrize(("name", "locale"), EVERY)
def test_it_keeps_every_word_on_the_canvas(name: str, locale: str) -> None:
    figure = sample(name, locale)
    axes_ticks = {label for axes in figure.axes for label in (*axes.get_xticklabels(), *axes.get_yticklabels())}

    for text in set(texts(figure)) - axes_ticks:
        box = text.get_window_extent()
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= SIZE[0] * DPI, text
        assert box.y1 <= SIZE[1] * DPI, text


@pytest.mark.parametrize(("name", "locale"), EVERY)
def test_it_says_its_finding_as_title_and_to_those_who_cannot_see(name: str, locale: str) -> None:
    data = SAMPLES[name](locale)

    finding, alt = CHARTS[name].finding(data), CHARTS[name].alt(data)
    title = sample(name, locale).texts[0].get_text()

    assert alt.startswith(finding)
    assert len(alt) > len(finding) + 20
    assert "".join(title.split()) == "".join(finding.split())
    assert ("的" in alt or "，" in alt) == (locale == "zh_CN")


@pytest.mark.parametrize(("name", "locale"), EVERY)
def test_it_says_a_calm_sentence_in_place_of_an_empty_axis(name: str, locale: str) -> None:
    data = {**SAMPLES[name](locale), **EMPTY[name]}

    figure = drawn(name, data)

    assert figure.axes == []
    assert len(list(texts(figure))) == 2
    assert CHARTS[name].alt(data)


@pytest.mark.parametrize("name", CHARTS)
def test_it_bears_names_that_fight_back(name: str) -> None:
    def poisoned(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {one: poisoned(inner, one) for one, inner in value.items()}
        if isinstance(value, list):
            return [poisoned(one, key) for one in value]
        named = key in ("show", "category", "title", "label", "person", "schedule", "segment", "market", "markets")
        return HOSTILE if named and isinstance(value, str) else value

    figure = drawn(name, poisoned(SAMPLES[name]("en")))

    assert all("\u202e" not in text.get_text() and "\x00" not in text.get_text() for text in texts(figure))


@given(st.text(max_size=120))
@settings(max_examples=15, deadline=None)
def test_it_leaves_room_for_the_finding_behind_any_name(show: str) -> None:
    data = {**SAMPLES["complaints"]("en"), "show": show}

    assert CHARTS["complaints"].finding(data).endswith("most at 05:21")


@pytest.mark.parametrize(
    ("zone", "noon"), [("America/Los_Angeles", "05:00"), ("Asia/Shanghai", "20:00"), ("Asia/Kathmandu", "17:45")]
)
def test_it_writes_the_reader_s_local_time_and_names_the_zone(zone: str, noon: str) -> None:
    figure = drawn("incident", {**SAMPLES["incident"]("en"), "zone": zone})

    said = [text.get_text() for text in texts(figure)]

    assert noon in said
    assert zone.split("/")[1].replace("_", " ") + " time" in said


def test_it_refuses_a_time_without_offset_and_a_zone_that_does_not_exist() -> None:
    data = SAMPLES["incident"]("en")

    with pytest.raises(ValueError, match="needs its offset"):
        CHARTS["incident"].draw({**data, "began_at": "2026-03-27T12:00:00"})
    with pytest.raises(ValueError, match="no time zone 'Mars/Base'"):
        CHARTS["incident"].draw({**data, "zone": "Mars/Base"})


def test_it_needs_no_global_state_of_pyplot() -> None:
    code = "import sys; from analytics.charts import CHARTS; sys.exit('matplotlib.pyplot' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
