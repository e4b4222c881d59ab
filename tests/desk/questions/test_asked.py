"""What viewers asked, on a real database: counted, estimated, answered, and the same after a restart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desk.intake import flow as intake
from desk.intake.event import FeedbackEvent
from desk.messages import Message, Quote, dump, load
from desk.questions import asked, questions
from desk.questions.asked import Asked
from desk.questions.asking import meant
from desk.words import tongue
from store import outbox, readings
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import KEY, SHOW, TICK, Evening
from tests.stories.test_mornings import plan

SKIN = (("sol", "¿sirve para piel morena?"), ("una", "does it suit dark skin?"), ("tre", "这个色号适合深肤色吗"))
NUMBERS = count(1)
VEGAN = (("kai", "is it vegan?"), ("lea", "vegan??"))


@pytest.fixture
def evening(store: Store) -> Evening:
    return Evening(store)


def of_show(evening: Evening, **given: Any) -> list[Asked]:
    def look(connection: Any) -> list[Asked]:
        moment = evening.moment(connection)
        show = meant(moment, SHOW)
        assert show is not None
        return asked.of_show(moment, show, **given)

    return evening.store.read(look)


def words(evening: Evening, one: Asked) -> str:
    return evening.store.read(lambda c: readings.words(c, [one.cluster.medoid]))[one.cluster.medoid][0]


def note(one: Asked) -> str:
    return asked.note(one, tongue("en"), ZoneInfo("Europe/Berlin"))


def tap(evening: Evening, one: Asked, verb: str = questions.ANSWERED) -> Message:
    day, event = one.cluster.id
    return evening.store.write(
        lambda c: questions.act(evening.moment(c), f"{day.isoformat()}:{event}", verb, "maya", tongue("en"))
    )


def later(evening: Evening, ticks: int = 1) -> None:
    evening.at += TICK * ticks


def tell(evening: Evening, events: Iterable[Mapping[str, Any]], before: timedelta = TICK) -> None:
    """Send events without any words of Evening's own; they happened `before` now."""
    made = [
        FeedbackEvent(
            **{"source": "tiktok", "event_id": f"t{next(NUMBERS)}", "at": evening.at - before, "show": SHOW, **one}
        )
        for one in events
    ]
    evening.store.write(lambda c: intake.accept(c, WORKSPACE, KEY, [intake.Delivery("tiktok", made)], evening.at))


def test_it_counts_who_asked_in_whatever_language(evening: Evening) -> None:
    evening.say([*SKIN, ("una", "so does it really suit dark skin?"), *VEGAN])
    evening.work()

    skin, vegan = of_show(evening)

    assert (skin.cluster.viewers, skin.silent, skin.answered) == (3, None, None)
    assert set(skin.cluster.languages) == {"en", "es", "zh"}
    assert asked.askers(skin, tongue("en")).startswith("3 viewers in ")
    assert asked.askers(vegan, tongue("en")) == "2 viewers in English"
    assert note(vegan) == "not answered yet"


def test_it_narrows_to_the_markets_of_a_team(evening: Evening) -> None:
    evening.say(SKIN)
    evening.say([("ana", "ist das auch für dunkle Haut geeignet?")], market="eu")
    evening.work()

    (one,) = of_show(evening, markets=["eu"])

    assert (one.cluster.viewers, one.cluster.languages) == (1, ("de",))
    assert asked.askers(one, tongue("en")) == "one viewer, in German"


@pytest.mark.parametrize(
    "there",
    [
        [{"kind": "join", "viewer": f"w{n}"} for n in range(200)],
        [{"kind": "join"} for _ in range(200)],
        [{"kind": "viewer_count", "value": Decimal(200)}],
    ],
    ids=["known viewers join", "unknown viewers join", "the platform counts"],
)
def test_it_estimates_the_silent_from_how_many_were_there(evening: Evening, there: list[dict[str, Any]]) -> None:
    evening.say([*SKIN, *((f"c{n}", "love it") for n in range(17))])
    tell(evening, there)
    evening.work()

    (one,) = of_show(evening)

    assert one.silent is not None
    assert 0 < one.silent.low < one.silent.likely < one.silent.high < 200
    assert "more wonder silently (" in note(one)


def test_it_knows_no_silent_viewers_where_nobody_counts_them(evening: Evening) -> None:
    evening.say([*SKIN, *((f"c{n}", "love it") for n in range(17))])
    evening.work()

    (one,) = of_show(evening)

    assert one.silent is None


def test_it_takes_a_reply_by_the_shop_for_an_answer_to_all_who_asked(evening: Evening) -> None:
    for number, (viewer, text) in enumerate(SKIN):
        evening.say([(viewer, text)], reply_to=f"comment-{number}")
    later(evening)
    evening.say([("shop", "Yes! Shade 05 is made for it.")], reply_to="comment-1", attributes={"by": "shop"})
    later(evening)
    evening.say([("new", "is it good for dark skin?")])
    evening.work()

    (one,) = of_show(evening)

    assert one.answered is not None
    assert (one.answered.how, one.answered.since, one.cluster.viewers) == ("reply", 1, 4)
    assert note(one).endswith("answered by a reply at 13:00, asked by 1 since")


def test_it_takes_no_viewer_for_the_shop(evening: Evening) -> None:
    evening.say([("una", "does it suit dark skin?")], reply_to="comment-1")
    later(evening)
    evening.say([("troll", "yes it does")], reply_to="comment-1", attributes={"by": "a fan"})
    evening.say([("shop", "hello everybody")], attributes={"by": "shop"})
    evening.work()

    (one,) = of_show(evening)

    assert one.answered is None


def test_it_does_not_count_what_the_shop_asks(evening: Evening) -> None:
    evening.say([("una", "is it vegan?")])
    evening.say([("shop", "is it vegan? of course it is"), ("shop", "vegan?")], attributes={"by": "shop"})
    evening.work()

    (one,) = of_show(evening)

    assert one.cluster.viewers == 1


def test_it_notes_that_a_question_was_answered_on_air_and_takes_it_back(evening: Evening) -> None:
    evening.say(SKIN)
    evening.work()
    (one,) = of_show(evening)

    said = tap(evening, one)
    again = tap(evening, one)
    (marked,) = of_show(evening)
    undone = tap(evening, one, questions.TAKE_BACK)
    (open_again,) = of_show(evening)

    assert said.headline == "Noted: answered on air."
    assert [action.verb for action in said.actions] == [questions.TAKE_BACK]
    assert again.headline == "It was noted as answered before."
    assert marked.answered is not None
    assert (marked.answered.how, marked.answered.actor, marked.answered.since) == ("on_air", "maya", 0)
    assert undone.headline == "Taken back: it counts as not answered."
    assert open_again.answered is None
    assert tap(evening, one, questions.TAKE_BACK).headline == "Nothing to take back."


def test_it_says_of_an_unknown_question_that_nothing_was_changed(evening: Evening) -> None:
    message = evening.store.write(
        lambda c: questions.act(evening.moment(c), "2026-03-06:999", questions.ANSWERED, "maya", tongue("en"))
    )

    assert "nothing was changed" in message.headline
    with pytest.raises(ValueError, match="nonsense"):
        evening.store.write(
            lambda c: questions.act(evening.moment(c), "nonsense", questions.ANSWERED, "maya", tongue("en"))
        )


def test_it_keeps_clusters_and_their_answers_as_the_show_goes_on_and_after_a_restart(evening: Evening) -> None:
    chance = Random(5)
    pool = [*SKIN, *VEGAN, ("x", "does it come with a mirror?"), ("y", "mirror included?"), ("z", "offline?")]
    before: dict[Any, set[Any]] = {}
    for round_ in range(8):
        evening.say([(f"{viewer}-{round_}", text) for viewer, text in chance.choices(pool, k=4)])
        # A comment that was held up somewhere: it happened before all others, and arrives now.
        late = {"kind": "chat_comment", "viewer": f"late-{round_}", "text": "does the mirror come with it"}
        tell(evening, [late], before=timedelta(minutes=30))
        evening.work()
        if round_ % 3 == 2:
            evening = evening.restart()
        found = of_show(evening)
        now = {one.cluster.id: set(one.cluster.members) for one in found}
        assert before.keys() <= now.keys()
        assert all(members <= now[key] for key, members in before.items())
        if round_ == 3:
            marked = found[0]
            tap(evening, marked)
        if round_ > 3:
            assert [one.cluster.id for one in found if one.answered] == [marked.cluster.id]
        before = now
        later(evening)


# ── /live questions ──────────────────────────────────────────────────────────────────────────────────────────────


def test_it_answers_the_command_with_words_counts_and_buttons(evening: Evening) -> None:
    evening.say([*SKIN, *VEGAN], market="us")
    evening.work()
    skin, vegan = of_show(evening)
    tap(evening, vegan)

    message = evening.ask("live", "questions")

    assert message.headline == f"{SHOW}: 2 different questions, 1 not answered yet"
    first, second = message.quotes()
    assert (first.day, first.event) == skin.cluster.medoid
    assert first.language == "en"
    assert first.note == "not answered yet"
    assert "1 · 3 viewers in " in str(message.parts[0])
    assert "answered on air at 04:00" in second.note
    day, event = skin.cluster.id
    assert [(one.encoded, one.label) for one in message.actions] == [
        (f"answered|question:{day.isoformat()}:{event}|0", "1 was answered on air")
    ]
    assert "no source tells how many were there" in message.footer[0].text
    assert load(dump(message)) == message


def test_it_says_when_nobody_asked(evening: Evening) -> None:
    evening.say([("una", "love it")])
    evening.work()

    message = evening.ask("live", "questions aurora")

    assert message.headline == f"Nobody asked anything in {SHOW}"
    assert message.quotes() == []


def test_it_names_the_shows_it_knows_when_asked_for_another(evening: Evening) -> None:
    evening.say([("una", "is it vegan?")])
    evening.work()

    message = evening.ask("live", "questions no-such-show")

    assert message.headline == "I know no show called “no-such-show”"
    assert f"/live questions {SHOW}" in str(message.parts)


def test_it_lists_the_command_in_the_help(evening: Evening) -> None:
    assert "/live questions" in str(evening.ask("live", "help").parts)


# ── the digest ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_tells_the_digest_who_else_wonders_and_what_was_answered(evening: Evening) -> None:
    plan(evening)
    evening.say([*SKIN, *VEGAN], market="us")
    evening.say([("ola", "do you ship to Canada?")], kind="support_message", show=None, market="us")
    evening.work()
    skin, _ = of_show(evening)
    tap(evening, skin)
    evening.at += timedelta(hours=6)
    evening.sweep()

    waiting = evening.store.read(lambda c: outbox.pending(c, WORKSPACE))
    (digest,) = [load(body) for _, where, body in waiting if where == "C0AMERICAS" and body["kind"] == "digest"]

    heading = next(place for place, part in enumerate(digest.parts) if getattr(part, "text", "").startswith("What v"))
    quotes = [part for part in digest.parts[heading + 1 : heading + 4] if isinstance(part, Quote)]
    assert [quote.note.partition(" · ")[0] for quote in quotes] == [SHOW, SHOW, "one viewer, in English"]
    assert quotes[0].note.endswith("answered on air at 04:00")
    assert replace(quotes[0], note="").language == "en"
