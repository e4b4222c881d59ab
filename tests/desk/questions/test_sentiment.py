"""`/live sentiment`: what was written, measured elsewhere, rated and tapped, from events to the answer's words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desk.messages import Message, Paragraph, Table
from desk.questions import flow
from desk.questions.asking import Asker, meant_in
from store import rollups
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import SETTLE, SHOW, TICK, Evening

BERLIN = Asker("ana", ZoneInfo("Europe/Berlin"), "en", None)
CHINESE = Asker("ana", ZoneInfo("Asia/Shanghai"), "zh_CN", None)
GLAD = ["love this", "so pretty", "great host", "amazing"]


def felt(evening: Evening, kind: str, value: str | None = None, times: int = 1, **more: Any) -> None:
    number = None if value is None else Decimal(value)
    evening.say([(f"{kind}{at}", "") for at in range(times)], kind=kind, value=number, **more)


def settle(evening: Evening) -> None:
    evening.at += SETTLE
    evening.work()
    evening.at -= SETTLE


@pytest.fixture
def evening(store: Store) -> Evening:
    """A glad minute in both markets; in America a machine that is not glad, ratings, likes and emoji."""
    lived = Evening(store, NOON)
    lived.pass_ticks(5, GLAD)
    lived.at += TICK
    felt(lived, "emotion", "-1", times=60)
    felt(lived, "satisfaction", "9", attributes={"scale": 10})
    felt(lived, "satisfaction", "4")
    felt(lived, "satisfaction", "87")
    felt(lived, "like", "30", times=4)
    felt(lived, "gift", "4.99", currency="EUR", market="eu")
    lived.say([("a", "🔥🔥"), ("b", "👏"), ("c", "so pretty 🔥")])
    settle(lived)
    return lived


def asked(evening: Evening, text: str = "", asker: Asker = BERLIN) -> Message:
    return evening.store.read(lambda c: flow.answer(evening.moment(c), "live", f"sentiment {text}", asker))


def words(message: Message) -> str:
    parts = [part for part in message.parts if isinstance(part, Paragraph)]
    spans = [span for part in parts for span in (*part.spans, *message.footer)]
    return " ".join(str(getattr(span, "text", "…")) for span in spans)


def table(message: Message) -> dict[str, tuple[str, ...]]:
    [found] = [part for part in message.parts if isinstance(part, Table)]
    return {str(row[0]): tuple(str(cell) for cell in row[1:]) for row in found.rows}


def test_it_weighs_in_what_was_measured_elsewhere_and_says_so(evening: Evening) -> None:
    answer = asked(evening)

    assert "over 43 comments, with 60 scores from outside." in words(answer)
    assert "count as at most 3 comments a minute" in words(answer)
    assert answer.headline.endswith("the mood was good"), "sixty scores of a machine do not outvote people"
    assert answer.chart is not None
    assert sum(answer.chart.data["outside"]["n"]) == 60


def test_it_tells_how_satisfied_they_were_on_whatever_scale(evening: Evening) -> None:
    said = words(asked(evening))

    assert "Satisfaction 85% of the best mark (2 rated)." in said
    assert "outside of their scale: 1. Send attributes.scale." in said


def test_it_counts_each_gesture_once_and_comments_of_emoji_alone_with_them(evening: Evening) -> None:
    answer = asked(evening)

    assert "Reactions (likes, gifts, comments of emoji alone): 7, most at" in words(answer)
    assert answer.chart is not None
    assert sum(answer.chart.data["gestures"]) == 7
    assert "reactions a minute, 7 in all" in answer.chart.alt


def test_it_has_a_row_for_each_market(evening: Evening) -> None:
    rows = table(asked(evening))

    assert list(rows) == ["Europe", "United States"]
    assert rows["Europe"][1:] == ("20", "—", "1")
    assert rows["United States"][1:] == ("23", "85% (2)", "6")


@pytest.mark.parametrize("text", ["eu", "Europe", f"{SHOW} eu", "aurora europe", " Aurora-Skincare  EU "])
def test_it_narrows_to_one_market(evening: Evening, text: str) -> None:
    answer = asked(evening, text)

    assert answer.headline == f"{SHOW} · Europe: the mood was good"
    assert list(table(answer)) == ["Europe"]
    assert "over 20 comments." in words(answer)
    assert answer.chart is not None
    assert answer.chart.data["market"] == "Europe"
    assert sum(answer.chart.data["n"]) == 20
    assert not sum(answer.chart.data["outside"]["n"])


def test_it_still_knows_no_show_that_does_not_exist(evening: Evening) -> None:
    assert asked(evening, "nosuch").headline == "I know no show called “nosuch”"


def test_it_takes_a_show_that_is_called_like_a_market_for_the_show(store: Store) -> None:
    lived = Evening(store, NOON)
    lived.at += TICK
    lived.say([("a", "hello")], show="eu")
    settle(lived)

    show, market = store.read(lambda c: meant_in(lived.moment(c), "EU"))

    assert show is not None
    assert (show.key, market) == ("eu", None)


def test_it_says_that_nobody_wrote_where_only_a_machine_spoke(store: Store) -> None:
    lived = Evening(store, NOON)
    lived.at += TICK
    felt(lived, "emotion", "0.5", times=9, market=None)
    settle(lived)

    answer = asked(lived)

    assert "+0.50 on average, from 9 scores from outside alone: nobody wrote." in words(answer)
    assert not any(isinstance(part, Table) for part in answer.parts), (
        "a machine's scores of the host belong to no market"
    )


def test_it_tells_what_they_tapped_where_nobody_wrote(store: Store) -> None:
    lived = Evening(store, NOON)
    lived.at += TICK
    felt(lived, "reaction", times=2)
    settle(lived)

    answer = asked(lived)

    assert answer.headline == f"Nobody has written in {SHOW}"
    assert "emoji alone): 2, most at" in words(answer)
    assert answer.chart is None


def test_it_says_all_of_it_in_chinese(evening: Evening) -> None:
    said = words(asked(evening, asker=CHINESE))

    assert "另计入 60 个外部情绪评分" in said
    assert "满意度为满分的 85%（2 个评分）" in said
    assert "互动（点赞、礼物、纯表情评论）7 次" in said
    assert "(+0.64) 。" in said, "a sentence ends as Chinese ones do"


def test_it_keeps_emoji_out_of_the_languages_that_were_spoken(evening: Evening) -> None:
    start = int(NOON.timestamp())

    spoken = evening.store.read(lambda c: rollups.by_language(c, WORKSPACE, SHOW, start, start + 600))

    assert rollups.NO_WORDS not in spoken
    assert spoken["en"] > 0
