from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from analytics.charts.fonts import clusters, families, families_of, font

CLUSTERS = [
    "a",
    "é",
    "e\u0301",
    "9",
    ".",
    "$",
    "−",
    "…",
    " ",
    "न",
    "मि",
    "क्ष",
    "ไ",
    "ท่",
    "ที่",
    "ي",
    "ه",
    "한",
    "漢",
    "长",
    "い",
    "シ",
]
CLUSTERS += ["👩", "🚀", "❤", "👩\u200d🚀", "Ж", "ש", "⇒", "☂"]
WORDS = st.lists(st.sampled_from(CLUSTERS), min_size=1, max_size=10).map("".join)


def picture(text: str, properties: FontProperties) -> np.ndarray:
    figure = Figure(figsize=(4, 0.6), dpi=60)
    canvas = FigureCanvasAgg(figure)
    figure.text(0.02, 0.4, text, fontproperties=properties, parse_math=False)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


@given(WORDS)
@settings(max_examples=60, deadline=None)
@example("नमस्ते 한국어 ภาษาไทย العربية 长い")
@example("e\u0301 n\u0303 नि ที่ 👩\u200d🚀 ❤\ufe0f")
def test_a_few_fonts_draw_what_all_of_them_draw(text: str) -> None:
    everything = FontProperties(family=list(families()), size=14)

    assert np.array_equal(picture(text, font(14, text)), picture(text, everything))


def test_plain_english_needs_one_font() -> None:
    assert families_of("Complaints a minute: 34 %") == ("Noto Sans",)


def test_marks_and_joined_signs_belong_to_what_they_stand_on() -> None:
    assert clusters("ae\u0301न\u093f👩\u200d🚀b") == ["a", "e\u0301", "न\u093f", "👩\u200d🚀", "b"]
