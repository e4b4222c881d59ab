"""`/oncall route` on a real database: who would be reached, by what, and what would not; it is what then happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from desk.contacts import flow as contacts
from desk.messages import Message
from desk.oncall.duty import known_of
from desk.oncall.routed import Asked, dry_run
from desk.questions import flow as questions
from desk.questions.asking import Asker
from handlers.clock.clocks import wall_now
from store import contacts as stored
from store import shifts
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import HOUSE
from tests.stories.rises import URGENT, Rises
from tests.stories.shifts import texts
from tests.stories.verified import CODES, verified

GROUPED = HOUSE.replace(
    "      - {notify: [{person: jon}], wait: 10m}\n",
    "      - {notify: [{group: leads}], wait: 10m}\n",
).replace("policies:\n", 'groups:\n  leads: {members: [jon], user_group: "slack:S0LEADS001"}\npolicies:\n')
BY_MAIL = GROUPED.replace("contacts: {slack: U0JONPARK1}", "contacts: {email: jon@example.com}")


def opened(store: Store, house: str) -> Rises:
    evening = Rises(store, house)
    evening.configuration = replace(evening.configuration, further_ways=("email", "webhook"))
    return evening


def members(evening: Rises, *accounts: str) -> None:
    evening.store.write(lambda c: shifts.keep_members(c, WORKSPACE, "slack:S0LEADS001", list(accounts), evening.at))


def route(evening: Rises, text: str = "route us payment P1", locale: str = "en") -> Message:
    asker = Asker("maya", ZoneInfo("America/Los_Angeles"), locale, None)
    found: Message = evening.store.read(lambda c: questions.answer(evening.moment(c), "oncall", text, asker))
    return found


def test_members_of_a_user_group_are_named_and_strangers_in_it_too(store: Store) -> None:
    evening = opened(store, GROUPED)
    members(evening, "U0ANAWEBER", "U0STRANGER")

    said = texts(route(evening))

    assert "ana : Slack at once, Slack after 3 minutes" in said
    assert "one account in slack:S0LEADS001, of the group leads, stands under no person" in said


def test_a_user_group_that_nobody_has_read_is_said(store: Store) -> None:
    assert "the members of slack:S0LEADS001, of the group leads, are not known here" in texts(
        route(opened(store, GROUPED))
    )


def test_an_address_without_its_code_reaches_nobody_and_is_named(store: Store) -> None:
    evening = opened(store, BY_MAIL)

    said = texts(route(evening))
    assert "jon : nothing reaches them, so they are passed over; e-mail not verified, so not used" in said
    assert "jon has no contact to be paged at" in said

    store.write(lambda c: verified(evening.moment(c), "jon", "jon@example.com"))
    assert "jon : e-mail at once, e-mail after 3 minutes" in texts(route(evening))


def test_what_is_used_beside_another_way_is_not_called_unused(store: Store) -> None:
    both = GROUPED.replace("contacts: {slack: U0JONPARK1}", "contacts: {slack: U0JONPARK1, email: jon@example.com}")
    evening = opened(store, both)

    said = texts(route(evening))

    assert "jon : Slack at once, Slack and e-mail after 3 minutes" in said
    assert "e-mail not verified: used beside the others, never relied on" in said


def test_a_way_that_failed_that_waits_or_that_cannot_be_sent_is_named(store: Store) -> None:
    house = GROUPED.replace(
        "contacts: {slack: U0JONPARK1}", "contacts: {slack: U0JONPARK1, discord: '123456', email: jon@example.com}"
    )
    evening = opened(store, house)
    evening.configuration = replace(evening.configuration, further_ways=("webhook",))
    hook = "https://hooks.example.com/jon"
    store.write(
        lambda c: contacts.send_code(
            evening.moment(c), evening.configuration.people["jon"], "webhook", hook, "123456", CODES,
            Message(kind="notice", headline="code"),
        )
    )  # fmt: skip
    store.write(lambda c: stored.note_failure(c, WORKSPACE, "slack", "U0JONPARK1", "deactivated", wall_now()))

    said = texts(route(evening))

    assert "Slack tried, although its last delivery failed for good" in said
    assert "webhook waits for its code, so not used" in said
    assert "e-mail not used: this installation cannot send by it" in said
    assert "Discord not used: this installation cannot send by it" in said


def test_it_is_said_in_the_readers_language(store: Store) -> None:
    said = texts(route(opened(store, BY_MAIL), locale="zh_CN"))

    assert "not verified" not in said
    assert "未验证" in said


def test_who_is_rehearsed_is_who_is_paged(store: Store) -> None:
    evening = opened(store, BY_MAIL)
    members(evening, "U0ANAWEBER")
    rehearsed = store.read(
        lambda c: dry_run(
            evening.configuration, Asked("us", "payment", "en", "P1", evening.at), known_of(evening.moment(c))
        )
    )
    evening.rise(URGENT)
    evening.pass_time(timedelta(minutes=6))

    expected = [one.person for step in rehearsed.steps for one in step.people]
    assert [page.person for page in evening.pages()] == expected == ["maya", "ana"]
