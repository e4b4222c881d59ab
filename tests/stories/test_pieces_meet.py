"""Held pages, rings, bundles, mutes, files that change and pages by hand, where one of them meets another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from desk.incidents import flow as incident_flow
from desk.incidents.rules import Rise
from desk.incidents.why import Why
from desk.oncall.steps import ESCALATE
from desk.reach.flow import NOTIFY
from handlers.configuration import load_text
from store import due
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import HOUSE, SHOW
from tests.stories.rises import IMPORTANT, URGENT, Rises

# 04:00 in Los Angeles. P2 waits for the morning there, P1 does not.
ALONE = HOUSE.replace("      - {notify: [{person: jon}], wait: 10m}\n", "")
LOW = ALONE.replace("  page:\n", "  page:\n    urgency: {P2: low}\n")
MORNING = datetime.fromisoformat("2026-03-06T16:00:00Z")  # 08:00 in Los Angeles
MINUTE = timedelta(minutes=1)
MAYA = "U0MAYATORR"


def until(night: Rises, at: datetime) -> None:
    night.pass_time(at - night.at, MINUTE)


def next_step(night: Rises) -> datetime | None:
    return night.store.read(lambda c: due.planned(c, WORKSPACE, ESCALATE, "1"))


def rings(night: Rises, person: str = MAYA) -> int:
    return len(night.messages(person, "page"))


def test_a_page_held_for_a_steps_hours_rings_as_often_as_any_other_that_is_urgent(store: Store) -> None:
    house = ALONE.replace("wait: 5m}", 'wait: 30m, only: {from: "08:00", to: "22:00"}, else: hold}')
    night = Rises(store, house)
    night.rise(URGENT)
    (page,) = night.pages()
    assert page.held_until == MORNING

    until(night, MORNING + 5 * MINUTE)

    assert rings(night) == 2, "at once, and again three minutes later"


def test_a_page_that_waited_for_a_morning_rings_once(store: Store) -> None:
    night = Rises(store, LOW)
    night.rise(IMPORTANT)

    until(night, MORNING + 5 * MINUTE)

    assert rings(night) == 1


@pytest.mark.parametrize("how", ["worsens", "escalated"])
def test_that_nobody_answers_is_told_soon_when_held_pages_go_out_after_the_last_step(store: Store, how: str) -> None:
    night = Rises(store, LOW)
    night.rise(IMPORTANT)
    night.pass_time(30 * MINUTE)
    assert next_step(night) == MORNING + 5 * MINUTE, "every step is taken, and somebody sleeps"

    if how == "worsens":
        night.rise(URGENT)
    else:
        assert night.tap("escalate", "jon").done
    assert rings(night) == 1
    night.pass_time(6 * MINUTE)

    assert any("Nobody acknowledged" in said for said in night.said("C0ADMIN001"))


def test_what_becomes_urgent_when_every_quiet_page_went_unanswered_pages_anew(store: Store) -> None:
    night = Rises(store, LOW)
    night.rise(IMPORTANT)
    until(night, MORNING + 15 * MINUTE)
    assert any("Nobody acknowledged" in said for said in night.said("C0ADMIN001"))

    night.rise(URGENT)

    assert [page.state for page in night.pages()] == ["paged", "paged"]


@pytest.mark.parametrize(
    ("rule", "was"),
    [("{team: emea, severities: [P2, P3]}", IMPORTANT), ("{team: emea, severities: [P3], policy: quiet}", 4.0)],
)
def test_whom_the_rule_for_the_worse_severity_names_is_paged_when_nobody_was(
    store: Store, rule: str, was: float
) -> None:
    """By the policy that pages now, it would have been urgent before; by the one it had, it was not."""
    house = ALONE.replace("routing:\n", f"routing:\n  - {rule}\n").replace(
        "  page:\n", "  quiet: {steps: [{notify: [{person: jon}]}]}\n  page:\n    urgency: {P3: low}\n"
    )
    night = Rises(store, house)
    night.rise(was)
    assert night.pages() == []

    night.at += MINUTE
    night.rise(URGENT)

    assert [(page.person, page.state) for page in night.pages()] == [("maya", "paged")]


def other_rise(night: Rises, observed: float, category: str) -> None:
    said = Rise(
        SHOW, "us", category, night.at, night.at, True, False, observed, 1.0, 0.4, 0.02, round(observed)
    )  # fmt: skip
    why = Why(round(observed), None, (), "", ("en",))
    night.store.write(lambda c: incident_flow.meet(night.moment(c), [(said, why)]))


def test_what_joins_the_page_of_a_minute_rings_as_its_own_severity_asks(store: Store) -> None:
    """The page of an important one has not left yet, and an urgent one becomes a line of it."""
    house = ALONE.replace(
        "contacts: {slack: U0MAYATORR}}",
        "contacts: {slack: U0MAYATORR},\n    notify: [{after: 0, by: slack},"
        " {after: 2m, by: slack, severities: [P1]}, {after: 4m, by: slack, severities: [P1]}]}",
    )
    night = Rises(store, house)
    night.rise(IMPORTANT)
    night.at += timedelta(seconds=20)
    other_rise(night, URGENT, "delivery")
    assert [one.severity for one in night.incidents()] == ["P2", "P1"]
    assert night.pages(1)[0].message == night.pages(2)[0].message

    night.pass_time(4 * MINUTE + timedelta(seconds=30), timedelta(seconds=10))

    assert rings(night) == 3


def test_what_joins_a_quiet_page_and_is_urgent_rings_again(store: Store) -> None:
    """One policy's pages of P2 wait for the morning and ring once; another's do not wait."""
    house = LOW.replace("wait: 5m}", "wait: 30m}").replace(
        "routing:\n", "routing:\n  - {categories: [delivery], team: americas, policy: loud}\n"
    )
    house = house.replace("policies:\n", "policies:\n  loud: {steps: [{notify: [{schedule: americas}], wait: 30m}]}\n")
    night = Rises(store, house)
    night.rise(IMPORTANT)
    until(night, MORNING)
    other_rise(night, IMPORTANT, "delivery")
    assert night.pages(1)[0].message == night.pages(2)[0].message

    night.pass_time(5 * MINUTE)

    assert rings(night) == 2


def reloaded(night: Rises, house: str) -> None:
    night.house, night.configuration = house, replace(load_text(house, "livedesk.yaml"), version=2)


RENAMED = ALONE.replace("  page:\n", "  wake:\n").replace("policy: page", "policy: wake")


def test_what_a_mute_kept_silent_is_paged_by_the_rules_in_force_when_it_ends(store: Store) -> None:
    night = Rises(store, ALONE)
    night.rise(URGENT)
    night.tap("mute_2h", "jon")
    reloaded(night, RENAMED)

    night.tap("unmute", "jon")

    assert [(page.person, page.state) for page in night.pages()][1:] == [("maya", "paged")]
    assert night.incidents()[0].policy == "wake"


def test_escalating_by_a_policy_that_is_gone_takes_the_rules_in_force(store: Store) -> None:
    night = Rises(store, ALONE)
    night.rise(URGENT)
    reloaded(night, RENAMED)

    assert night.tap("escalate", "jon").text.startswith("Escalated")

    assert night.incidents()[0].policy == "wake"
    assert [page.person for page in night.pages()] == ["maya", "maya"]


def test_nothing_rings_any_more_for_what_was_acknowledged_by_way_of_a_bundle(store: Store) -> None:
    night = Rises(store, ALONE)
    night.rise(URGENT)
    night.at += timedelta(seconds=20)
    other_rise(night, URGENT, "delivery")
    message = night.pages(1)[0].message

    night.tap("acknowledge", "maya", 1)
    assert night.store.read(lambda c: due.planned(c, WORKSPACE, NOTIFY, str(message))) is not None
    night.tap("acknowledge", "maya", 2)

    assert night.store.read(lambda c: due.planned(c, WORKSPACE, NOTIFY, str(message))) is None
