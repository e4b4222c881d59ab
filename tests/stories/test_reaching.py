"""How a page reaches a person, on a real database: by their rules, by another way when one fails, and to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.fernet import Fernet

from desk import sweep
from desk.contacts import own
from desk.incidents import flow as incident_flow
from desk.incidents.rules import Rise
from desk.incidents.why import Why
from desk.messages import Command, Message, Paragraph, Sealed, Text, load
from desk.questions.asking import Asker
from desk.reach import answering
from desk.reach.flow import NOTIFY
from desk.reachable import flow as reachability
from desk.undelivered import flow as undelivered
from desk.words import tongue
from handlers.clock.clocks import wall_now
from handlers.purposes import ContactCodes
from store import due, outbox, page_ways
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import HOUSE, SHOW, Evening

MAIL = "maya@example.com"
HOOK = "https://hooks.example.com/maya"
RULES = HOUSE.replace(
    "contacts: {slack: U0MAYATORR}}",
    "contacts: {slack: U0MAYATORR, email: maya@example.com},\n"
    "    notify: [{after: 0, by: slack}, {after: 2m, by: email}, {after: 4m, by: slack}]}",
)
MAYA = Asker("maya", ZoneInfo("America/Los_Angeles"), "en", None)
JON = Asker("jon", ZoneInfo("America/Los_Angeles"), "en", None)
CODES = ContactCodes(Fernet.generate_key().decode())
MINUTE = timedelta(minutes=1)


def opened(store: Store, house: str = RULES) -> Evening:
    told = Evening(store, house=house)
    told.configuration = replace(told.configuration, further_ways=("email", "webhook"))
    return told


@pytest.fixture
def evening(store: Store) -> Evening:
    return opened(store)


def trouble(evening: Evening) -> Evening:
    """An urgent incident, as the detector would report it."""
    rise = Rise(SHOW, "us", "payment", evening.at, evening.at, True, False, 30.0, 1.0, 0.3, 0.02, 30)
    why = Why(30, None, ["declined"], "", ["en"])
    evening.store.write(lambda c: incident_flow.meet(evening.moment(c), [(rise, why)]))
    assert [one.state for one in evening.incidents()] == ["open"]
    return evening


def waiting(evening: Evening, platform: str, kind: str = "page") -> list[Mapping[str, Any]]:
    found = evening.store.read(lambda c: outbox.pending(c, WORKSPACE))
    return [body for where, _, body in found if where == platform and body["kind"] == kind]


def pass_minutes(evening: Evening, minutes: float) -> None:
    for _ in range(round(minutes * 6)):
        evening.at += timedelta(seconds=10)
        evening.sweep()


def contact(evening: Evening, text: str, asker: Asker = MAYA, codes: ContactCodes = CODES) -> Message:
    return evening.store.write(
        lambda c: own.answer(
            evening.moment(c),
            f"contact {text}",
            asker,
            tongue("en"),
            codes,
            private_urls=False,
            secret_of=lambda address: f"ldw_{address}",
        )
    )


def code_of(evening: Evening, platform: str) -> str:
    body = load(waiting(evening, platform, "notice")[-1])
    sealed = [
        span for part in body.parts if isinstance(part, Paragraph) for span in part.spans if isinstance(span, Sealed)
    ]
    return CODES.opened(sealed[0].token)


def verified(evening: Evening, method: str = "email", address: str = MAIL, asker: Asker = MAYA) -> Evening:
    contact(evening, f"add {method} {address}", asker)
    answer = contact(evening, f"verify {code_of(evening, method)}", asker)
    assert "is verified" in answer.headline
    return evening


def fail(evening: Evening, platform: str, reason: str, *, for_good: bool, gone: bool = False) -> None:
    """What the sender tells of the newest page by a platform."""
    claimed = evening.store.write(lambda c: outbox.claim(c, WORKSPACE, "test", wall_now(), MINUTE, limit=200))
    one = [one for one in claimed if one.platform == platform and one.body["kind"] == "page"][-1]
    for other in claimed:
        if other is not one:
            evening.store.write(lambda c, other=other: outbox.sent(c, other, f"x/{other.message}", wall_now()))
    if for_good:
        evening.store.write(lambda c: outbox.failed(c, one, reason, wall_now()))
    else:
        evening.store.write(lambda c: outbox.later(c, one, wall_now(), reason, unclear=False))
    evening.store.write(
        lambda c: undelivered.note(
            evening.moment(c), one.message, one.platform, one.destination, reason, for_good=for_good, gone=gone
        )
    )


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_is_repeated_by_the_persons_rules_until_somebody_acknowledges(evening: Evening) -> None:
    trouble(verified(evening))
    paged_at = evening.pages()[0].paged_at
    assert (len(waiting(evening, "slack")), len(waiting(evening, "email"))) == (1, 0)

    evening.at = paged_at + 2 * MINUTE - timedelta(seconds=1)
    evening.sweep()
    assert waiting(evening, "email") == []
    evening.at = paged_at + 2 * MINUTE
    evening.sweep()
    (mail,) = waiting(evening, "email")
    assert not [part for part in mail["parts"] if part["type"] == "quote"], "no viewer's words where none can be erased"
    assert "Called again by e-mail:" in evening.said("C0AMERICAS")

    evening.tap("acknowledge", "maya")
    pass_minutes(evening, 10)

    assert waiting(evening, "email") == [], "what was not sent yet never is"
    assert len(waiting(evening, "slack")) <= 1
    assert [page.state for page in evening.pages()] == ["acknowledged"], "one page, however many messages"
    assert ("reminded", "livedesk") in evening.record()


def test_without_rules_everything_verified_rings_after_three_minutes(store: Store) -> None:
    evening = verified(opened(store, HOUSE))
    trouble(verified(evening, "webhook", HOOK))
    evening.at = evening.pages()[0].paged_at + 3 * MINUTE
    evening.sweep()

    assert len(waiting(evening, "slack")) == 2
    assert len(waiting(evening, "email")) == 1
    assert len(waiting(evening, "webhook")) == 1
    assert len(evening.pages()) == 1


def test_a_restart_forgets_no_ring_and_repeats_none(evening: Evening) -> None:
    trouble(verified(evening))
    begun = evening.pages()[0].paged_at

    evening = evening.restart()
    evening.at = begun + 4 * MINUTE  # both rings are overdue, and sound once each
    assert evening.sweep() >= 1
    assert (len(waiting(evening, "slack")), len(waiting(evening, "email"))) == (2, 1)

    evening = evening.restart()
    evening.sweep()
    assert (len(waiting(evening, "slack")), len(waiting(evening, "email"))) == (2, 1)


def test_two_sweeps_at_once_ring_once(evening: Evening) -> None:
    trouble(verified(evening))
    evening.at = evening.pages()[0].paged_at + 2 * MINUTE
    rows = [row for row in evening.store.read(lambda c: due.waiting(c, WORKSPACE, evening.at)) if row.kind == NOTIFY]
    done = [evening.store.write(lambda c, row=row: sweep.settle(evening.moment(c), row)) for row in rows * 2]

    assert done.count(True) == len(rows) == 1
    assert len(waiting(evening, "email")) == 1


def test_a_new_step_for_the_same_person_drops_what_the_old_one_would_ring(store: Store) -> None:
    twice = RULES.replace("      - {notify: [{person: jon}], wait: 10m}\n", "").replace("wait: 5m}", "wait: 3m}")
    evening = trouble(verified(opened(store, twice.replace("  page:\n", "  page:\n    repeat: 1\n"))))
    first = evening.pages()[0].message
    evening.at = evening.pages()[0].paged_at + 3 * MINUTE
    evening.sweep()

    planned = evening.store.read(lambda c: due.planned(c, WORKSPACE, NOTIFY, str(first)))
    assert len(evening.pages()) == 2
    assert planned is None


def test_an_unverified_way_is_used_beside_a_sure_one_and_never_alone(store: Store) -> None:
    by_mail = RULES.replace("{after: 0, by: slack}", "{after: 0, by: email}")
    evening = trouble(opened(store, by_mail))

    assert (len(waiting(evening, "slack")), len(waiting(evening, "email"))) == (1, 1)
    first = evening.pages()[0].message
    ways = evening.store.read(lambda c: page_ways.of_call(c, first or 0))
    assert ways[0].method == "slack", "the first message is one that can be edited"


def test_somebody_whose_only_way_is_not_verified_is_passed_over(store: Store) -> None:
    mail_alone = HOUSE.replace("contacts: {slack: U0MAYATORR}", "contacts: {email: maya@example.com}")
    evening = trouble(opened(store, mail_alone))

    assert [page.person for page in evening.pages()] == ["jon"]
    assert any("maya has no contact to be paged at" in said for said in evening.said("C0AMERICAS"))


def test_a_page_by_mail_alone_is_answered_by_its_link_as_by_the_button(store: Store) -> None:
    mail_alone = HOUSE.replace("contacts: {slack: U0MAYATORR}", "contacts: {email: maya@example.com}")
    evening = trouble(verified(opened(store, mail_alone)))
    version = evening.incidents()[0].version

    def link(do: Any, version: int = version, person: str = "maya") -> Any:
        return evening.store.write(lambda c: do(evening.moment(c), 1, version, person))

    assert link(answering.show).open
    assert evening.incidents()[0].state == "open", "looking changes nothing"
    done = link(answering.acknowledge)
    again = link(answering.acknowledge)
    assert (done.done, done.text) == (True, "It is yours. Nobody else will be woken for it.")
    assert (again.done, again.open) == (False, False)
    assert "already has it" in again.text
    assert evening.incidents()[0].acknowledged_by == "maya"
    assert waiting(evening, "email") == []
    assert link(answering.show, person="nobody") is None
    evening.tap("resolve", "jon")
    assert "Jon Park resolved it" in link(answering.acknowledge).text


def test_what_was_mailed_is_not_added_to(store: Store) -> None:
    """A second incident within the minute becomes a line of a chat message; a mail that went out is followed by one."""
    mail_alone = HOUSE.replace("contacts: {slack: U0MAYATORR}", "contacts: {email: maya@example.com}")
    evening = trouble(verified(opened(store, mail_alone)))
    (mail,) = [one for one in evening.store.write(lambda c: outbox.claim(c, WORKSPACE, "test", wall_now(), MINUTE,
               limit=200)) if one.platform == "email" and one.body["kind"] == "page"]  # fmt: skip
    evening.store.write(lambda c: outbox.sent(c, mail, mail.key, wall_now()))
    before = len(waiting(evening, "email"))

    evening.tap("acknowledge", "maya")

    assert len(waiting(evening, "email")) == before == 0


# ── ways that fail ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_failing_mail_server_is_told_of_and_another_way_tried(evening: Evening) -> None:
    trouble(verified(verified(evening), "webhook", HOOK))
    evening.at = evening.pages()[0].paged_at + 2 * MINUTE
    evening.sweep()

    fail(evening, "email", "the mail server took more than 30 s", for_good=False)

    assert len(waiting(evening, "webhook")) == 1
    said = evening.said("C0AMERICAS")
    assert "A page to Maya Torres by e-mail waits: the mail server took more than 30 s · tried next: webhook" in said
    fail(evening, "email", "given up after 60 minutes", for_good=True)
    assert len(waiting(evening, "webhook")) == 0, "sent by now, and not a second time"
    assert any("failed: given up" in line and "also told by" in line for line in evening.said("C0AMERICAS"))


def test_where_no_way_is_left_the_next_step_follows_at_once(store: Store) -> None:
    evening = trouble(opened(store, HOUSE))
    fail(evening, "slack", "user_disabled: this person's Slack account is deactivated", for_good=True, gone=True)
    assert any("no other way is left" in line for line in evening.said("C0AMERICAS"))

    evening.sweep()

    assert [page.person for page in evening.pages()] == ["maya", "jon"]
    (notice,) = [body for body in waiting(evening, "slack", "notice") if "whom a page" in body["headline"]]
    assert "Maya" not in str(notice), "names are filled in when it is sent"


def test_a_way_that_fails_after_somebody_acknowledged_wakes_nobody(evening: Evening) -> None:
    trouble(verified(evening))
    evening.at = evening.pages()[0].paged_at + 2 * MINUTE
    evening.sweep()
    claimed = evening.store.write(lambda c: outbox.claim(c, WORKSPACE, "test", wall_now(), MINUTE, limit=200))
    (mail,) = [one for one in claimed if one.platform == "email" and one.body["kind"] == "page"]
    evening.tap("acknowledge", "maya")
    before = evening.said("C0AMERICAS")

    evening.store.write(
        lambda c: undelivered.note(
            evening.moment(c), mail.message, "email", MAIL, "no such mailbox", for_good=True, gone=True
        )
    )

    assert evening.said("C0AMERICAS") == before


# ── codes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_way_is_verified_by_a_code_that_was_sent_through_it(evening: Evening) -> None:
    added = contact(evening, "add email new@example.com")
    assert added.headline == "A code is on its way to n…@example.com"
    assert "not used yet" in str(contact(evening, ""))
    code = code_of(evening, "email")
    assert code.isdigit()
    assert len(code) == 6
    everything = str(evening.store.read(lambda c: outbox.pending(c, WORKSPACE)))
    assert code not in everything, "in the store it is sealed"

    assert "is verified" in contact(evening, f"verify {code[:3]} {code[3:]}").headline
    assert "not right" in contact(evening, f"verify {code}").headline, "once only"
    assert "Removed" in contact(evening, "remove new@example.com").headline
    assert "no such way" in contact(evening, "remove new@example.com").headline


def test_a_code_expires_and_is_tried_a_few_times_only(evening: Evening) -> None:
    contact(evening, f"add email {MAIL}")
    code = code_of(evening, "email")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        assert "not right" in contact(evening, f"verify {wrong}").headline
    assert "not right" in contact(evening, f"verify {code}").headline, "too many tries"

    contact(evening, f"add email {MAIL}")
    evening.at += timedelta(minutes=15)
    assert "not right" in contact(evening, f"verify {code_of(evening, 'email')}").headline, "too old"


def test_the_code_of_another_person_verifies_nothing(evening: Evening) -> None:
    contact(evening, f"add email {MAIL}")
    code = code_of(evening, "email")

    assert "not right" in contact(evening, f"verify {code}", JON).headline
    assert "is verified" in contact(evening, f"verify {code}").headline


def test_codes_are_few_an_hour_and_so_are_ways(evening: Evening) -> None:
    for number in range(5):
        assert "on its way" in contact(evening, f"add email a{number}@example.com").headline
    assert "ways already" in contact(evening, "add email a9@example.com").headline
    assert "codes an hour" in contact(evening, "add email a1@example.com").headline
    evening.at += timedelta(hours=1, seconds=1)
    assert "on its way" in contact(evening, "add email a1@example.com").headline


@pytest.mark.parametrize(
    "text",
    ["add email maya", "add email <script>@x", "add webhook http://example.com/",
     "add webhook file:///etc/passwd", "add webhook https://127.0.0.1/", "add webhook https://u:p@example.com/",
     "add pigeon maya@example.com", "add email", "verify", "verify 12", "verify abcdef", "remove", "remove slack",
     "nonsense", "add email a@b.example c@d.example"],
)  # fmt: skip
def test_what_makes_no_sense_is_answered_and_changes_nothing(evening: Evening, text: str) -> None:
    answer = contact(evening, text)

    assert answer.headline
    assert evening.store.read(lambda c: outbox.pending(c, WORKSPACE)) == []


def test_somebody_unknown_is_told_so(evening: Evening) -> None:
    stranger = Asker(None, ZoneInfo("UTC"), "en", None)

    assert "don't know you" in contact(evening, f"add email {MAIL}", stranger).headline


def test_an_address_that_slack_made_a_link_of_is_read(evening: Evening) -> None:
    assert "on its way" in contact(evening, f"add email <mailto:{MAIL}|{MAIL}>").headline
    answer = contact(evening, f"add webhook <{HOOK}>")
    assert "https://hooks.example.com/…" in answer.headline
    assert f"ldw_{HOOK}" in str(answer), "the secret, for the one who adds it"


def test_a_test_page_goes_by_every_way_and_counts_as_none(evening: Evening) -> None:
    verified(evening)

    answer = contact(evening, "test")

    assert (len(waiting(evening, "slack")), len(waiting(evening, "email"))) == (1, 1)
    assert MAIL not in str(answer)
    assert evening.pages() == []


def test_a_file_that_drops_an_address_ends_it(evening: Evening) -> None:
    verified(evening)
    assert "Slack and e-mail" in contact(evening, "").headline
    maya = replace(evening.configuration.people["maya"], contacts={"slack": "U0MAYATORR"})
    evening.configuration = replace(evening.configuration, people={**evening.configuration.people, "maya": maya})

    assert contact(evening, "").headline == "A page reaches you by Slack"


# ── reachable ────────────────────────────────────────────────────────────────────────────────────────────────────

UNREACHED = HOUSE.replace("contacts: {slack: U0MAYATORR}", "contacts: {email: maya@example.com}")


def look(evening: Evening) -> None:
    evening.store.write(lambda c: reachability.soon(evening.moment(c)))
    evening.sweep()


def test_somebody_who_cannot_be_reached_is_told_of_once(store: Store) -> None:
    evening = opened(store, UNREACHED)
    look(evening)

    (notice,) = waiting(evening, "slack", "notice")
    assert notice["headline"] == "One person comes on call whom a page may not reach"
    assert MAIL not in str(notice)
    assert waiting(evening, "email", "notice") == [], "it is four in the morning there"
    evening.at += timedelta(hours=3)
    evening.sweep()
    assert [body["headline"] for body in waiting(evening, "email", "notice")] == ["A page may not reach you"]

    for _ in range(3 * 24):
        evening.at += timedelta(hours=1)
        evening.sweep()
    evening = evening.restart()
    evening.configuration = replace(evening.configuration, further_ways=("email", "webhook"))
    look(evening)
    assert len(waiting(evening, "slack", "notice")) == 1, "not again, day by day or after a restart"

    verified(evening)
    evening.sweep()
    contact(evening, "remove email")
    evening.sweep()
    assert len(waiting(evening, "slack", "notice")) == 1, "it stands in the file: verified it stays"


def test_a_deactivated_account_is_told_of_and_forgotten_once_something_arrives(store: Store) -> None:
    evening = trouble(opened(store, HOUSE))
    fail(evening, "slack", "user_disabled", for_good=True, gone=True)
    evening.sweep()
    assert "1 of 2" in contact(evening, "check").headline

    evening.tap("acknowledge", "jon")
    contact(evening, "test")
    claimed = evening.store.write(lambda c: outbox.claim(c, WORKSPACE, "test", wall_now(), MINUTE, limit=200))
    for one in claimed:
        evening.store.write(lambda c, one=one: outbox.sent(c, one, f"y/{one.message}", wall_now()))

    assert contact(evening, "check").headline.startswith("A page reaches everybody")


def test_commands_that_can_be_typed_are_the_ones_that_are_shown(evening: Evening) -> None:
    shown = contact(evening, "nonsense")
    commands = [span.text for part in shown.parts for item in part.items for span in item if isinstance(span, Command)]  # type: ignore[union-attr]

    assert len(commands) == 5
    for command in commands:
        answer = contact(evening, command.removeprefix("/oncall contact "))
        assert "I don't know" not in answer.headline, command
    assert isinstance(shown.parts[0].items[0][1], Text)  # type: ignore[union-attr]


def test_muting_ends_the_ringing(evening: Evening) -> None:
    trouble(verified(evening))
    evening.tap("mute_30m", "jon")

    pass_minutes(evening, 5)

    assert waiting(evening, "email") == []
