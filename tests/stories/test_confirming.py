"""An acknowledgement that ends unless its owner confirms it, on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desk import sweep
from desk.messages import Message
from desk.reach import answering
from handlers.configuration import load_text
from store import due
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import HOUSE
from tests.stories.rises import URGENT, Rises
from tests.stories.verified import verified

EXPIRING = HOUSE.replace("  page:\n", "  page:\n    acknowledgement_expires: 30m\n")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def taken(store: Store) -> Rises:
    """Maya has it in hand."""
    evening = Rises(store, EXPIRING)
    evening.rise(URGENT)
    assert evening.tap("acknowledge", "maya").done
    return evening


def question(evening: Rises) -> Message:
    return next(one for one in evening.messages("U0MAYATORR", "page") if one.headline.startswith("Still on it?"))


def state(evening: Rises) -> str:
    (incident,) = evening.incidents()
    return incident.state


def test_it_asks_the_owner_before_it_ends_and_says_on_the_card_until_when(taken: Rises) -> None:
    (card,) = taken.messages("C0AMERICAS", "incident")
    assert "unless confirmed, until" in str(card.parts)
    assert "confirm" in [action.verb for action in card.actions]

    taken.pass_time(25 * MINUTE)

    asked = question(taken)
    assert [action.verb for action in asked.actions] == ["confirm", "resolve"]
    assert asked.mentions == ("maya",)
    assert state(taken) == "acknowledged"


def is_theirs_again_for_half_an_hour(taken: Rises) -> None:
    """When Maya confirms what she is asked."""
    (action, _) = question(taken).actions

    assert taken.tap("confirm", "maya", version=action.version).done

    taken.pass_time(29 * MINUTE)
    assert state(taken) == "acknowledged"
    taken.pass_time(2 * MINUTE)
    assert state(taken) == "open"


def test_a_confirmation_begins_the_time_anew(taken: Rises) -> None:
    taken.pass_time(26 * MINUTE)
    is_theirs_again_for_half_an_hour(taken)


def test_without_it_the_incident_is_open_again_and_paging_goes_on_where_it_stood(taken: Rises) -> None:
    """Also when the process was killed in between."""
    taken.pass_time(20 * MINUTE)
    taken = taken.restart()
    taken.pass_time(11 * MINUTE)

    assert state(taken) == "open"
    assert [page.person for page in taken.pages()] == ["maya", "jon"], "the second step"
    assert ("lapsed", "livedesk") in taken.record()
    told = [message.headline for message in taken.messages("C0AMERICAS", "history")]
    assert "Open again: not confirmed in time by" in told
    settled = taken.messages("U0MAYATORR", "page")
    assert any(one.headline.startswith("Not confirmed in time") and not one.actions for one in settled)


def test_it_wakes_nobody_for_what_has_calmed_down(taken: Rises) -> None:
    taken.rise(0.5, calm=True)
    taken.pass_time(31 * MINUTE)

    assert state(taken) == "resolved"
    assert [page.person for page in taken.pages()] == ["maya"]


def test_resolving_ends_the_question(taken: Rises) -> None:
    taken.pass_time(26 * MINUTE)
    assert taken.tap("resolve", "maya").done
    taken.pass_time(10 * MINUTE)

    assert state(taken) == "resolved"
    assert ("lapsed", "livedesk") not in taken.record()
    assert any(one.headline.endswith("is over") for one in taken.messages("U0MAYATORR", "page"))


def test_only_the_owner_can_confirm_and_only_once(taken: Rises) -> None:
    (incident,) = taken.incidents()

    assert not taken.tap("confirm", "jon", version=incident.version).done
    assert taken.tap("confirm", "maya", version=incident.version).done
    assert taken.tap("confirm", "maya", version=incident.version).text == "You have confirmed it already."


@pytest.mark.parametrize("first", ["confirm", "resolve", "expiry"])
def test_a_race_has_one_outcome(taken: Rises, first: str) -> None:
    """A sweep has read that the time is over while somebody taps: whoever writes first decides."""
    taken.pass_time(26 * MINUTE)
    (action, _) = question(taken).actions
    taken.at += 5 * MINUTE
    read = [
        row for row in taken.store.read(lambda c: due.waiting(c, WORKSPACE, taken.at)) if row.kind == "acknowledgement"
    ]

    def expire() -> bool:
        return any(taken.store.write(lambda c, row=row: sweep.settle(taken.moment(c), row)) for row in read)

    if first == "expiry":
        assert expire()
        assert not taken.tap("confirm", "maya", version=action.version).done
        assert state(taken) == "open"
    else:
        assert taken.tap(first, "maya", version=action.version).done
        assert not expire()
        assert state(taken) == ("acknowledged" if first == "confirm" else "resolved")


def test_a_policy_that_was_exhausted_begins_anew(store: Store) -> None:
    evening = Rises(store, EXPIRING)
    evening.rise(URGENT)
    evening.pass_time(20 * MINUTE)
    assert evening.tap("acknowledge", "maya").done
    evening.pass_time(31 * MINUTE)

    assert [page.person for page in evening.pages()] == ["maya", "jon", "maya"]


def test_without_the_setting_it_holds_for_ever(store: Store) -> None:
    evening = Rises(store, HOUSE)
    evening.rise(URGENT)
    evening.tap("acknowledge", "maya")
    evening.pass_time(timedelta(hours=3), timedelta(minutes=15))

    assert state(evening) == "acknowledged"
    assert "no" in evening.tap("confirm", "maya").text


# ── the file changes meanwhile ───────────────────────────────────────────────────────────────────────────────────

GONE = EXPIRING.replace("  page:\n", "  other:\n").replace("policy: page", "policy: other")
NONE_LEFT = (
    EXPIRING[: EXPIRING.index("policies:")]
    + """
routing:
  - {markets: [us], team: americas}
admin_channel: "slack:C0ADMIN001"
"""
)


def changed(evening: Rises, house: str) -> Rises:
    evening.house = house
    evening.configuration = replace(load_text(house, "livedesk.yaml"), version=2)
    return evening


def test_its_policy_may_vanish_and_it_ends_all_the_same(taken: Rises) -> None:
    """By the rules now in force, from their first step."""
    changed(taken, GONE).pass_time(26 * MINUTE)
    assert question(taken).actions, "the owner is asked, as they were promised"
    taken = taken.restart()
    taken.pass_time(5 * MINUTE)

    assert state(taken) == "open"
    told = [message.headline for message in taken.messages("C0AMERICAS", "history")]
    assert "The escalation policy “page” is gone from livedesk.yaml" in told
    assert "Open again: not confirmed in time by" in told
    assert [page.person for page in taken.pages()] == ["maya", "maya"], "the first step of the other policy"
    assert taken.incidents()[0].policy == "other"


def test_it_can_be_confirmed_while_its_policy_is_gone(taken: Rises) -> None:
    changed(taken, GONE).pass_time(26 * MINUTE)
    is_theirs_again_for_half_an_hour(taken)


def test_where_no_policy_is_left_the_admins_are_told(taken: Rises) -> None:
    changed(taken, NONE_LEFT).pass_time(31 * MINUTE)

    assert state(taken) == "open"
    assert [page.person for page in taken.pages()] == ["maya"]
    (told,) = taken.messages("C0ADMIN001", "notice")
    assert told.headline.startswith("Nobody acknowledged:")


def test_a_policy_that_lets_none_expire_any_more_says_so(taken: Rises) -> None:
    changed(taken, HOUSE).pass_time(31 * MINUTE)

    assert state(taken) == "acknowledged"
    told = [message.headline for message in taken.messages("C0AMERICAS", "history")]
    assert "Acknowledgements do not expire here any more: it stays in the hands of" in told


def test_it_is_confirmed_by_the_link_of_a_mail(store: Store) -> None:
    mailed = EXPIRING.replace("{slack: U0MAYATORR}", "{email: maya@example.com}")
    evening = Rises(store, mailed)
    evening.configuration = replace(evening.configuration, further_ways=("email",))
    store.write(lambda c: verified(evening.moment(c), "maya", "maya@example.com"))
    evening.rise(URGENT)
    assert evening.tap("acknowledge", "maya").done

    evening.pass_time(26 * MINUTE)

    asked = next(one for one in evening.messages("maya@example.com", "page") if one.headline.startswith("Still on it?"))
    version = asked.actions[0].version
    shown = store.read(lambda c: answering.show(evening.moment(c), 1, version, "maya"))
    assert shown is not None
    assert (shown.open, shown.label) == (True, "Still on It")
    done = store.write(lambda c: answering.acknowledge(evening.moment(c), 1, version, "maya"))
    assert done is not None
    assert done.done
    evening.pass_time(25 * MINUTE)
    assert state(evening) == "acknowledged"
    late = store.write(lambda c: answering.acknowledge(evening.moment(c), 1, version, "maya"))
    assert late is not None
    assert not late.done
