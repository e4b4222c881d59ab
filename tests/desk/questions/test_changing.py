"""Every command that changes who is on call answers whatever is typed, in each language, and changes nothing by
mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.calendars import flow as calendars
from desk.forms import Filled, Refused
from desk.messages import Message, dump
from desk.questions import changing, forms
from desk.questions import flow as questions
from desk.questions.asking import Asker
from desk.words import tongue
from store import oncall_changes, oncall_requests
from store.engine import Store
from tests.desk.oncall.test_changing import Desk
from tests.desk.oncall.test_requests import HOUSE

MAYA = Asker("maya", ZoneInfo("America/Los_Angeles"), "en", None, "slack:Maya", ("slack", "U0MAYA"))
STRANGER = replace(MAYA, person=None, contact=("slack", "U0NOBODY"))

WRONG = {
    "take": "Which schedule?",
    "take americas until 25:00": "Nothing was changed",
    "take americas 2026-03-10 09:00 to 17:00": "Taking over begins now",
    "override": "Override: which schedule",
    "override americas": "Override: which schedule",
    "override americas jon": "Override: which schedule",
    "override americas jon for 500d": "Nothing was changed",
    "override americas me 2026-03-10 to 2026-03-09": "Nothing was changed",
    "override americas me 2020-01-01 to 2020-01-02": "Nothing was changed",
    "override americas me 2026-02-30 09:00 to 10:00": "Nothing was changed",
    "override americas olga 09:00 to 10:00": "I know nobody called “olga”",
    "override americas jon tomorrow 09:00 to 10:00": "Nothing was changed",
    "override americas nobody tomorrow 09:00 to 10:00": "Nothing was changed",
    "override nowhere jon 09:00 to 10:00": "Which schedule?",
    "swap": "Which shift of yours?",
    "swap americas with olga": "I know nobody called “olga”",
    "swap pairs": "Which shift of yours?",
    "cover me 2020-01-01 to 2020-01-02": "Nothing was changed",
    "cover me someday": "Nothing was changed",
    "leave": "Leave: from when until when?",
    "leave olga tomorrow": "I know nobody called “olga”",
    "leave ana tomorrow": "Nothing was changed",
    "leave 2026-03-10 to 2026-03-01": "Nothing was changed",
    "log": "Nobody has changed anything yet",
    "log nowhere": "I know no schedule",
}


def ask(desk: Desk, text: str, asker: Asker = MAYA) -> Message:
    run = desk.write if questions.changes("oncall", text) else desk.read
    return run(lambda m: questions.answer(m, "oncall", text, asker))


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, HOUSE)


def test_what_is_wrong_is_said_and_nothing_is_changed(desk: Desk) -> None:
    for text, says in WRONG.items():
        answer = ask(desk, text)
        assert answer.headline.startswith(says), (text, answer.headline)
        assert ask(desk, text, replace(MAYA, locale="zh_CN")).headline != answer.headline, text
        assert ask(desk, text, STRANGER).headline, text
        assert dump(answer)
    assert desk.store.read(lambda c: oncall_changes.edition(c, desk.workspace)) is None


def test_what_is_right_is_done_and_can_be_undone_where_it_is_said(desk: Desk) -> None:
    before = desk.seen()
    for text in (
        "take americas for 20m",
        "override americas me tomorrow 09:00 to 10:00",
        "override americas <@U0MAYA|maya> 2026-03-10 09:00 to 17:00",
        "leave 2026-03-11",
        "leave me 2026-03-12 09:00 to 12:00",
    ):
        answer = ask(desk, text)
        (action,) = answer.actions
        assert action.verb == "undo", text
        undone = desk.write(lambda m, ref=action.ref: changing.act(m, "change", "undo", ref[7:], MAYA, tongue("en")))
        assert undone.headline.startswith("Undone"), text
    assert desk.seen() == before
    log = ask(desk, "log americas")
    assert log.headline == "Changes to americas, newest first"
    assert dump(log)


def test_whole_days_of_leave_are_told_as_days_to_whoever_reads_it_on_that_clock(desk: Desk) -> None:
    for text, told in {
        "leave 2026-03-11": "Wed 11 Mar (whole day)",
        "leave 2026-03-12 to 2026-03-13": "Thu 12 Mar – Fri 13 Mar (whole days)",
        "leave 2026-03-14 09:00 to 2026-03-15": "Sat 14 Mar 09:00 – Sun 15 Mar (whole day)",
        "leave 2026-03-17 09:00 to 13:00": "Tue 17 Mar 09:00 – 13:00",
    }.items():
        assert ask(desk, text).headline.endswith(f"is on leave, {told}")

    days = ("Wed 11 Mar (whole day)", "Thu 12 Mar – Fri 13 Mar (whole days)", "Sun 15 Mar (whole day)")
    log = str(ask(desk, "log").parts)
    assert all(day in log for day in days)
    elsewhere = str(ask(desk, "log", replace(MAYA, person="jon", zone=ZoneInfo("Europe/Berlin"))).parts)
    assert not any(day in elsewhere for day in days), "a day of Los Angeles is none of Berlin"
    why = ask(desk, "explain americas 2026-03-12 10:00")
    assert "on leave until the end of Fri 13 Mar" in str(why.parts)


def test_an_answer_warns_of_leave_and_of_overrides(desk: Desk) -> None:
    ask(desk, "override americas me 2026-03-10 09:00 to 17:00")

    away = ask(desk, "leave 2026-03-10")
    again = ask(desk, "override americas me 2026-03-10 10:00 to 12:00")

    assert "An override keeps them on call for americas" in str(away.parts)
    assert "Maya is on leave in that time" in str(again.parts)


def test_whoever_is_away_and_kept_on_call_by_an_override_is_covered_for_by_asking_their_team(desk: Desk) -> None:
    ask(desk, "override americas me 2026-03-10 09:00 to 17:00")

    away = ask(desk, "leave 2026-03-10")

    assert "Their team is asked to take it: americas, Tue 10 Mar 09:00 – 17:00." in str(away.parts)
    (asked,) = desk.store.read(lambda c: oncall_requests.open_ones(c, desk.workspace))
    assert (asked.kind, asked.person, asked.asked) == ("cover", "maya", None)
    assert (asked.starts_at.hour, asked.ends_at.hour) == (16, 0), "09:00 to 17:00 in Los Angeles"
    desk.at += timedelta(minutes=1)

    undone = desk.write(lambda m: changing.act(m, "change", "undo", away.actions[0].ref[7:], MAYA, tongue("en")))

    assert "Nobody is asked to take their shifts any more." in str(undone.parts)
    assert desk.store.read(lambda c: oncall_requests.open_ones(c, desk.workspace)) == []


def test_everybody_can_ask_as_whom_they_are_known(desk: Desk) -> None:
    mine = ask(desk, "whoami")
    assert mine.headline == "You are Maya"
    said = str(mine.parts)
    for one in ("maya", "UTC, 12:00", "americas: member", "slack: U0MAYA", "Slack"):
        assert one in said, one
    stranger = ask(desk, "whoami", STRANGER)
    assert stranger.headline == "I don't know you"
    assert "contacts: {slack: U0NOBODY}" in str(stranger.parts)
    gone = ask(desk, "whoami", replace(MAYA, person="olga"))
    assert gone.headline == "I don't know you", "who was taken out of the file meanwhile"


def test_leave_without_such_an_override_asks_nobody(desk: Desk) -> None:
    away = ask(desk, "leave 2026-03-10 to 2026-03-14")

    assert "is asked" not in str(away.parts)
    assert desk.store.read(lambda c: oncall_requests.open_ones(c, desk.workspace)) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(changing.COMMANDS)), st.text(max_size=40))
def test_it_answers_whatever_is_typed(store: Store, word: str, text: str) -> None:
    desk = Desk(store, HOUSE)

    assert ask(desk, f"{word} {text}").headline


def test_forms_take_what_they_offer_and_refuse_at_the_field(desk: Desk) -> None:
    t = tongue("en")
    for word in ("override", "swap", "leave"):
        form = desk.read(lambda m, word=word: forms.typed(m, word, MAYA, t))
        assert form is not None, word
        assert desk.read(lambda m, word=word: forms.typed(m, word, STRANGER, t)) is None
        names = {one.name for one in form.fields}
        empty = desk.write(lambda m, word=word: forms.submitted(m, word, Filled({}), MAYA, t))
        assert isinstance(empty, Refused), word
        assert set(empty.errors) <= names, word
        values = {one.name: one.initial for one in form.fields}
        if word == "swap":
            values["shift"] = form.fields[0].options[0][0]  # type: ignore[union-attr]
        done = desk.write(lambda m, word=word, values=values: forms.submitted(m, word, Filled(values), MAYA, t))
        assert isinstance(done, Message), (word, done)


def test_a_calendars_edition_grows_with_every_change(desk: Desk) -> None:
    desk.write(lambda m: calendars.make_link(m, "schedule", "americas", "ldc_secret", "en", "maya"))
    first = desk.read(lambda m: calendars.feed(m, "ldc_secret"))
    number = desk.override("ana", 0, 30)
    second = desk.read(lambda m: calendars.feed(m, "ldc_secret"))
    desk.undo(number)
    third = desk.read(lambda m: calendars.feed(m, "ldc_secret"))

    assert first is not None
    assert second is not None
    assert third is not None
    assert first.edition.number < second.edition.number < third.edition.number
    assert [one.uid for one in first.entries()] == [one.uid for one in third.entries()]
    assert first.entries() != second.entries()
