"""Incidents that come back, that nobody ends, and that somebody mutes, told on a real database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from desk.messages import Message, load
from store import audit, due
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import HOUSE, Evening
from tests.stories.test_evenings import AMBIENT, complaints

HOUR = timedelta(hours=1)


def all_said(evening: Evening, destination: str, kind: str) -> list[Message]:
    """Every message of a kind in its newest form, oldest first."""
    said = evening.store.read(lambda c: audit.said(c, WORKSPACE))
    return [load(one.body) for one in said if one.destination == destination and one.kind == kind]


def card(evening: Evening, destination: str = "C0AMERICAS") -> Message:
    (only,) = all_said(evening, destination, "incident")
    return only


def thread(evening: Evening) -> list[str]:
    return [one.headline for one in all_said(evening, "C0AMERICAS", "history")]


def verbs(message: Message) -> list[str]:
    """What changes it: it can be marked as useful or noise in every state."""
    return [action.verb for action in message.actions if action.verb not in ("useful", "noise")]


@pytest.fixture
def evening(store: Store) -> Evening:
    """Four quiet minutes, then payments fail in the United States, and Maya is paged."""
    told = Evening(store)
    told.pass_ticks(24, AMBIENT)
    told.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    assert [page.person for page in told.pages()] == ["maya"]
    return told


# ── coming back ──────────────────────────────────────────────────────────────────────────────────────────────────


def back_again(evening: Evening, who: str = "jon") -> None:
    """Resolved, calm for four minutes, and there again."""
    assert evening.tap("resolve", who).done
    evening.pass_ticks(24, AMBIENT)
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})


def test_what_comes_back_soon_goes_on_on_the_same_card(evening: Evening) -> None:
    back_again(evening)

    (incident,) = evening.incidents()
    assert (incident.state, incident.version, incident.reopened) == ("open", 3, 1)
    assert incident.resolved_at is None
    assert card(evening).headline.startswith("Open again, second time: ")
    assert "Came back" in str(card(evening).parts)
    assert verbs(card(evening))[:3] == ["acknowledge", "escalate", "resolve"]
    assert {action.version for action in card(evening).actions} == {3}


def test_paging_begins_anew_for_what_comes_back(evening: Evening) -> None:
    evening.tap("acknowledge", "maya")
    back_again(evening, "maya")

    assert [(page.person, page.state, page.opening) for page in evening.pages()] == [
        ("maya", "acknowledged", 0),
        ("maya", "paged", 1),
    ]
    evening.at += timedelta(minutes=5)
    evening.sweep()
    assert [page.person for page in evening.pages()] == ["maya", "maya", "jon"]


def test_whoever_had_resolved_it_is_told_in_the_thread(evening: Evening) -> None:
    back_again(evening, "jon")

    (told,) = [one for one in all_said(evening, "C0AMERICAS", "history") if "Open again" in one.headline]
    assert told.headline == "Open again, second time, after it was resolved by"
    assert told.mentions == ("jon",)


def test_somebody_whom_the_file_does_not_know_is_named(evening: Evening) -> None:
    back_again(evening, "slack:Kim")

    (told,) = [one for one in all_said(evening, "C0AMERICAS", "history") if "Open again" in one.headline]
    assert told.mentions == ()
    assert "Kim" in str(told.parts)


def test_what_ended_by_itself_comes_back_too(evening: Evening) -> None:
    evening.pass_ticks(60, AMBIENT)
    assert [one.state for one in evening.incidents()] == ["resolved"]

    evening.pass_ticks(12, AMBIENT, {"us": complaints(6)})

    assert [(one.state, one.reopened) for one in evening.incidents()] == [("open", 1)]
    assert "Open again, second time: it had ended by itself." in thread(evening)


def test_what_comes_back_late_is_a_new_incident(store: Store) -> None:
    house = HOUSE.replace("members: [maya, jon]", "reopen_within: 3m, members: [maya, jon]")
    told = Evening(store, house=house)
    told.pass_ticks(24, AMBIENT)
    told.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    back_again(told)

    assert [one.state for one in told.incidents()] == ["resolved", "open"]
    assert len(all_said(told, "C0AMERICAS", "incident")) == 2


def test_a_button_from_before_it_came_back_is_answered_and_does_nothing(evening: Evening) -> None:
    back_again(evening)

    late = evening.tap("resolve", "jon", version=1)

    assert not late.done
    assert "it is open again" in late.text
    assert [one.state for one in evening.incidents()] == ["open"]


def test_a_market_that_returns_uses_its_old_row(evening: Evening) -> None:
    """The card lists each market once."""
    evening.pass_ticks(6, AMBIENT, {"us": complaints(6), "eu": complaints(6)})
    assert evening.tap("resolve", "maya").done
    evening.pass_ticks(24, AMBIENT)

    evening.pass_ticks(10, AMBIENT, {"us": complaints(6), "eu": complaints(6)})

    (incident,) = evening.incidents()
    scopes = evening.store.read(lambda c: [one.market for one in _scopes(c, incident.id)])
    assert sorted(scopes) == ["eu", "us"]


def _scopes(connection: Any, incident: int) -> Any:
    from store import incidents

    return incidents.scopes(connection, incident)


# ── expiring ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_somebody_took_and_never_resolved_expires(evening: Evening) -> None:
    evening.tap("acknowledge", "maya")
    evening.pass_ticks(30, AMBIENT)

    evening.at += 11 * HOUR
    evening.sweep()
    assert [one.state for one in evening.incidents()] == ["acknowledged"]
    evening.at += 2 * HOUR
    evening.sweep()

    (incident,) = evening.incidents()
    assert (incident.state, incident.resolved_by) == ("expired", "livedesk")
    assert card(evening).headline.startswith("Expired: ")
    assert verbs(card(evening)) == []
    assert thread(evening)[-1] == "Expired: nobody resolved it, and for 12 hours nothing of it was seen"
    assert evening.record()[-1] == ("expired", "livedesk")


def test_it_never_expires_while_complaints_go_on(store: Store) -> None:
    told = Evening(store, house=HOUSE.replace("members: [maya, jon]", "expire_after: 2h, members: [maya, jon]"))
    told.pass_ticks(24, AMBIENT)
    told.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    told.tap("acknowledge", "maya")

    for _ in range(5):
        told.at += HOUR
        told.pass_ticks(2, AMBIENT, {"us": complaints(6)})
        told.sweep()
        assert [one.state for one in told.incidents()][:1] == ["acknowledged"]
    told.at += 2 * HOUR
    told.sweep()

    assert told.incidents()[0].state == "expired"


def test_late_taps_on_what_expired_are_answered(evening: Evening) -> None:
    evening.tap("acknowledge", "maya")
    evening.at += 13 * HOUR
    evening.sweep()

    for verb in ("acknowledge", "resolve", "escalate", "mute_2h", "unmute"):
        late = evening.tap(verb, "jon", version=2)
        assert not late.done
        assert "it expired" in late.text


def test_a_rise_after_it_expired_is_a_new_incident(evening: Evening) -> None:
    evening.tap("acknowledge", "maya")
    evening.pass_ticks(30, AMBIENT)
    evening.at += timedelta(minutes=11)
    evening.work()  # the show has ended
    evening.at += 13 * HOUR
    evening.sweep()
    assert [one.state for one in evening.incidents()] == ["expired"]

    evening.pass_ticks(24, AMBIENT)
    evening.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    assert [one.state for one in evening.incidents()] == ["expired", "open"]


def test_resolving_cancels_the_end_that_was_planned(evening: Evening) -> None:
    assert evening.store.read(lambda c: due.planned(c, WORKSPACE, "expire", "1")) is not None

    evening.tap("resolve", "maya")

    assert evening.store.read(lambda c: due.planned(c, WORKSPACE, "expire", "1")) is None


# ── muting ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_muting_an_open_incident_stops_its_pages_and_its_card_says_so(evening: Evening) -> None:
    answer = evening.tap("mute_30m", "maya", version=1)

    assert answer.done
    evening.at += timedelta(minutes=20)
    evening.sweep()
    assert [(page.person, page.state) for page in evening.pages()] == [("maya", "cancelled")]
    assert evening.said("U0MAYATORR") == []
    assert card(evening).headline.startswith("Muted: ")
    assert "Muted until" in str(card(evening).parts)
    assert verbs(card(evening)) == ["acknowledge", "resolve", "unmute"]
    assert ("muted", "maya") in evening.record()


def test_escalating_what_is_muted_pages_nobody(evening: Evening) -> None:
    evening.tap("mute_30m", "maya")

    answer = evening.tap("escalate", "jon")

    assert not answer.done
    assert "muted" in answer.text
    assert len(evening.pages()) == 1


def test_when_the_mute_ends_and_it_goes_on_it_pages_then(evening: Evening) -> None:
    evening.ask("live", "mute payment aurora 3m")
    evening.pass_ticks(17, AMBIENT, {"us": complaints(6)})
    evening.sweep()
    assert len(evening.pages()) == 1

    evening.at += timedelta(seconds=15)
    evening.sweep()

    assert [(page.person, page.state) for page in evening.pages()] == [("maya", "cancelled"), ("maya", "paged")]
    assert "The mute has ended, and it still goes on." in thread(evening)
    assert "Was muted" in str(card(evening).parts)
    assert evening.record()[-2:] == [("unmuted", "livedesk"), ("paged", "livedesk")]


def quiet(store: Store, command: str = "mute payment 30m") -> Evening:
    told = Evening(store)
    told.pass_ticks(24, AMBIENT)
    answer = told.ask("live", command)
    assert answer.headline.startswith("Muted: "), answer.headline
    return told


@pytest.mark.parametrize("command", ["mute payment 30m", "mute payment aurora 30m", "mute payment until the show ends"])
def test_a_rise_under_a_mute_is_recorded_and_nobody_is_told(store: Store, command: str) -> None:
    told = quiet(store, command)

    told.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    told.sweep()

    (incident,) = told.incidents()
    assert (incident.state, incident.card) == ("open", None)
    assert told.pages() == []
    assert told.said("C0AMERICAS") == []
    assert ("opened", "livedesk") in told.record()
    assert "muted" in str(told.ask("live", "incidents").parts)


def test_what_still_rises_when_the_mute_ends_is_shown_and_paged_then(store: Store) -> None:
    told = quiet(store, "mute payment 2m")
    told.pass_ticks(16, AMBIENT, {"us": complaints(6)})

    told.sweep()

    assert [page.person for page in told.pages()] == ["maya"]
    assert "Payment complaints" in card(told).headline
    assert "Was muted" in str(card(told).parts)
    assert "Was muted" in str(all_said(told, "U0MAYATORR", "page")[0].parts)


def test_what_was_over_when_the_mute_ends_is_told_in_one_line(store: Store) -> None:
    told = quiet(store)
    told.pass_ticks(8, AMBIENT, {"us": complaints(6)})
    told.pass_ticks(60, AMBIENT)
    assert [one.state for one in told.incidents()] == ["resolved"]
    assert told.said("C0AMERICAS") == []

    told.at += timedelta(minutes=30)
    told.sweep()

    assert told.said("C0AMERICAS") == ["Missed while payment was muted: one rise, and it is over"]
    assert told.pages() == []


def test_a_mute_until_the_show_ends_ends_with_it(store: Store) -> None:
    told = quiet(store, "mute payment aurora until the show ends")
    told.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    told.at += timedelta(minutes=11)
    told.work()

    assert told.ask("live", "mutes").headline == "Nothing is muted"
    assert told.said("C0AMERICAS") == ["Missed while payment was muted: one rise, and it is over"]


def test_muting_one_category_leaves_the_others_alone(store: Store) -> None:
    told = quiet(store, "mute price 30m")

    told.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    assert [page.person for page in told.pages()] == ["maya"]


def test_unmuting_pages_at_once_and_says_who(store: Store) -> None:
    told = quiet(store)
    told.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    answer = told.ask("live", "unmute payment")

    assert answer.headline == "Unmuted: payment, in every show"
    assert [page.person for page in told.pages()] == ["maya"]
    assert "It still goes on. Unmuted by" in thread(told)
    assert ("unmuted", "maya") in told.record()


def test_muting_again_replaces_the_mute_and_keeps_it_silent(store: Store) -> None:
    told = quiet(store, "mute payment 3m")
    told.pass_ticks(8, AMBIENT, {"us": complaints(6)})

    told.ask("live", "mute payment 2h")
    told.pass_ticks(12, AMBIENT, {"us": complaints(6)})
    told.sweep()

    assert told.pages() == []
    assert told.said("C0AMERICAS") == []
    mutes = told.ask("live", "mutes")
    assert mutes.headline == "One mute holds"
    assert "Ended in the last seven days" in str(mutes.parts)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("mute", "Which complaints?"),
        ("mute nonsense 2h", "Which complaints?"),
        ("mute payment", "For how long?"),
        ("mute payment forever", "For how long?"),
        ("mute payment 90d", "A mute lasts from"),
        ("mute payment no-such-show 2h", "I know no show"),
        ("unmute", "Nothing is muted"),
        ("unmute 99", "This is not muted any more"),
        ("mutes", "Nothing is muted"),
    ],
)
def test_what_cannot_be_muted_is_answered_with_examples(evening: Evening, command: str, said: str) -> None:
    assert evening.ask("live", command).headline.startswith(said)
    assert card(evening).headline.startswith("P")


# ── looking back ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_lists_what_is_open_and_what_was(evening: Evening) -> None:
    evening.at += timedelta(minutes=2)
    evening.tap("acknowledge", "maya")

    listed = evening.ask("live", "incidents")

    assert listed.headline == "One incident is open"
    (row,) = listed.parts[0].rows
    assert row[0] == "1"
    assert "payment · United States" in row[1]
    assert row[2] == "in hand"
    assert row[4] == "Maya Torres"
    assert row[5].startswith("2 minutes") or row[5].startswith("3 minutes")
    assert row[6] == ""
    evening.tap("resolve", "jon")
    listed = evening.ask("live", "incidents aurora")
    assert listed.headline == "No incident is open"
    assert "resolved by Jon Park" in listed.parts[0].rows[0][6]


def test_it_shows_the_whole_record_of_one(evening: Evening) -> None:
    evening.tap("acknowledge", "maya")
    back_again(evening, "slack:Kim")

    told = evening.ask("live", "incidents 1")

    assert "Incident 1" in told.headline
    said = str(told.parts)
    for what in ("opened in United States", "paged Maya Torres", "acknowledged", "resolved", "open again in"):
        assert what in said
    assert "Kim" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("incidents 77", "I know no incident 77"),
        ("incidents no-such-show", "I know no show"),
        ("incidents #1", "Incident 1"),
    ],
)
def test_it_answers_whatever_is_asked_for(evening: Evening, text: str, said: str) -> None:
    assert said in evening.ask("live", text).headline


def test_it_says_so_when_there_was_none(store: Store) -> None:
    assert Evening(store).ask("live", "incidents").headline == "There were no incidents yet"
