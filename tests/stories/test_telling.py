"""Notices to people who have no chat account, on a real database: shifts, hand-over notes and changes reach them by
e-mail or webhook; nobody is woken; a way that fails is said, and each is tried once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from desk.handover import confirming
from desk.messages import Message, load
from desk.oncall.current import current
from desk.oncall.model import Override
from desk.reachable import flow as reachability
from desk.undelivered import flow as undelivered
from handlers.acknowledging.links import AcknowledgeLinks
from handlers.clock.clocks import wall_now
from store import outbox
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import SHOW
from tests.stories.shifts import ANA, HOUSE, Shifts, berlin, texts
from tests.stories.test_evenings import AMBIENT
from tests.stories.verified import CODE, verified

CHANNEL = "C0EMEAOPS1"
MAIL, HOOK = "ben@example.com", "https://hooks.example.com/ben"
BEN_BY_MAIL = HOUSE.replace("contacts: {slack: U0BENKRUGR}", "contacts: {email: ben@example.com}")
IN_CHINESE = BEN_BY_MAIL.replace("languages: [de], contacts: {email", "languages: [zh], contacts: {email")


def opened(store: Store, at: str = "06T12:30", house: str = BEN_BY_MAIL, *, by_mail: bool = True) -> Shifts:
    made = Shifts(store, berlin(at), house)
    made.configuration = replace(made.configuration, further_ways=("email", "webhook"))
    if by_mail:
        verify(made, "email", MAIL)
    return made


def verify(house: Shifts, method: str, address: str, person: str = "ben") -> None:
    house.store.write(lambda c: verified(house.moment(c), person, address, method))


def mails(house: Shifts, address: str = MAIL) -> list[Message]:
    return [one for one in house.told(address) if one.headline != CODE]


def headlines(told: list[Message]) -> list[str]:
    return [one.headline for one in told]


def fail(house: Shifts, destination: str, reason: str = "the mail server refuses the address (550 5.1.1)") -> None:
    """What the sender tells of all that waits for a destination: it failed for good."""
    claimed = house.store.write(
        lambda c: outbox.claim(c, WORKSPACE, "test", wall_now(), timedelta(minutes=1), limit=200)
    )
    for one in claimed:
        if one.destination != destination or one.body["headline"] == CODE:
            house.store.write(lambda c, one=one: outbox.sent(c, one, f"x/{one.message}", wall_now()))
            continue

        def tell(connection: Any, one: outbox.Claimed = one) -> None:
            outbox.failed(connection, one, reason, wall_now())
            undelivered.note(
                house.moment(connection), one.message, one.platform, one.destination, reason, for_good=True, gone=True
            )

        house.store.write(tell)


def bodies(house: Shifts, method: str) -> list[Mapping[str, Any]]:
    return [body for where, _, body in house.store.read(lambda c: outbox.pending(c, WORKSPACE)) if where == method]


# ── what reaches them ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_shift_that_starts_is_told_by_mail_where_there_is_no_chat(store: Store) -> None:
    house = opened(store)

    house.until(berlin("06T13:00"))

    (told,) = [one for one in mails(house) if "on call" in one.headline]
    assert told.headline == "You are on call for emea until 21:00 (Berlin)"
    assert told.zone == "Europe/Berlin"
    assert told.mentions == ("ben",), "a webhook says whom it is for"
    assert (told.actions, told.footer) == ((), ()), "nothing to press or to type where there is no chat"


def test_it_is_in_their_own_language(store: Store) -> None:
    house = opened(store, house=IN_CHINESE)

    house.until(berlin("06T13:00"))

    (told,) = [one for one in mails(house) if "emea" in one.headline]
    assert told.locale == "zh_Hans_CN"
    assert "值班" in told.headline


def test_an_address_that_nobody_has_verified_gets_no_notice(store: Store) -> None:
    house = opened(store, by_mail=False)

    house.until(berlin("06T13:30"))

    assert mails(house) == []
    assert "Ana Weber hands emea over to you" in headlines(house.told(CHANNEL)), "the note goes to the team instead"


def test_the_hand_over_note_is_mailed_with_a_link_that_confirms_it(store: Store) -> None:
    house = opened(store)
    house.until(berlin("06T13:00"))
    house.write("ana", "I promised Li a call.")
    house.press("send_note", "ana")

    note = next(one for one in mails(house) if one.headline == "Ana Weber hands emea over to you")
    assert "I promised Li a call." in texts(note)
    links = AcknowledgeLinks(Fernet.generate_key().decode(), "https://live.example.com", lambda: house.at)
    (link,) = links.of(note)
    claim = links.read(link.url.rpartition("/")[2])
    assert not isinstance(claim, str)
    assert (claim.about, claim.number, claim.person, link.label) == ("handover", 1, "ben", "I have it")
    shown = house.store.read(lambda c: confirming.show(house.moment(c), claim.number, claim.version, claim.person))
    assert shown is not None
    assert shown.open
    assert house.note().state == "sent", "a look changes nothing"

    done = house.store.write(lambda c: confirming.confirm(house.moment(c), claim.number, claim.version, claim.person))

    assert done is not None
    assert done.done
    assert (house.note().state, house.note().confirmed_by) == ("confirmed", "ben")
    again = house.store.write(lambda c: confirming.confirm(house.moment(c), claim.number, claim.version, claim.person))
    assert again is not None
    assert not again.done
    assert not again.open
    assert "Confirmed by ben" in texts(house.told(ANA)[0])
    house.until(berlin("06T20:00"))
    assert not any("not confirmed" in one for one in headlines(house.told(CHANNEL)))


def test_remarks_written_after_a_note_was_mailed_go_out_in_another_mail(store: Store) -> None:
    house = opened(store)
    house.until(berlin("06T13:00"))
    house.press("send_note", "ana")
    claimed = house.store.write(lambda c: outbox.claim(c, WORKSPACE, "t", wall_now(), timedelta(minutes=1), limit=200))
    for one in claimed:
        house.store.write(lambda c, one=one: outbox.sent(c, one, f"x/{one.message}", wall_now()))

    house.write("ana", "The second card reader.")

    (note,) = [one for one in mails(house) if one.headline == "Ana Weber hands emea over to you"]
    assert "The second card reader." in texts(note)
    assert note.actions[0].version == house.note().version, "its link is good for what holds now"


def test_viewers_words_are_left_out_and_what_is_ours_stays(store: Store) -> None:
    house = opened(store, at="06T12:00")
    asked = "does <b>it</b> ship to http://evil.example?"
    house.pass_ticks(6, AMBIENT)
    for number in range(3):
        house.say([(f"asker{number}", asked)], "eu")
        house.pass_ticks(1, AMBIENT)
    house.until(berlin("06T13:00"), every=timedelta(minutes=10))
    house.press("send_note", "ana")

    (note,) = [one for one in mails(house) if one.headline == "Ana Weber hands emea over to you"]
    assert note.quotes() == []
    assert "evil" not in str(bodies(house, "email"))
    said = texts(note)
    assert "Questions that nobody has answered" in said
    assert "What viewers wrote is shown in your chat alone." in said
    assert SHOW in said or "viewers" in said


def test_a_change_of_their_shifts_is_told_by_mail(store: Store) -> None:
    house = opened(store)

    change(house)
    house.until(berlin("06T12:32"))

    (told,) = [one for one in mails(house) if one.headline == "Your shifts have changed"]
    assert "Changed by ana ." in texts(told)


def change(house: Shifts) -> None:
    """Maya is on call for two hours of Ben's, three days from now."""
    before = house.store.read(lambda c: current(house.moment(c), "emea"))
    extra = Override("maya", berlin("09T14:00"), berlin("09T16:00"))
    after = replace(before, overrides=(*before.overrides, extra))
    house.configuration = replace(house.configuration, schedules={"emea": after})
    house.changed(before, after, "ana")


# ── nobody is woken ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["email", "webhook"])
def test_what_happens_in_their_night_is_told_in_their_morning(store: Store, method: str) -> None:
    house = opened(store, at="06T23:30", by_mail=method == "email")
    if method == "webhook":
        verify(house, method, HOOK)
    where = MAIL if method == "email" else HOOK
    change(house)

    house.until(berlin("07T06:59"), every=timedelta(minutes=10))
    assert mails(house, where) == []
    house = _restarted(house)
    house.until(berlin("07T07:01"))

    assert headlines(mails(house, where)) == ["Your shifts have changed"]


def _restarted(house: Shifts) -> Shifts:
    fresh = house.killed()
    fresh.configuration = house.configuration
    return fresh


def test_no_notice_is_marked_as_urgent(store: Store) -> None:
    house = opened(store)
    house.until(berlin("06T13:00"))

    assert {body["kind"] for body in bodies(house, "email")} == {"notice"}


# ── when a way fails ─────────────────────────────────────────────────────────────────────────────────────────────


def test_when_the_only_way_fails_the_teams_channel_says_so_once(store: Store) -> None:
    house = opened(store)
    house.until(berlin("06T13:00"))

    fail(house, MAIL)
    house.until(berlin("06T13:05"))

    (told,) = [one for one in house.told(CHANNEL) if "could not be told" in one.headline]
    assert told.headline == "Ben Krüger could not be told by e-mail: the mail server refuses the address (550 5.1.1)"
    assert "You are on call for emea until 21:00 (Berlin)" in texts(told)
    assert "No other way is left" in texts(told)
    assert MAIL not in texts(told)
    assert mails(house) == [], "it is not tried again and again"


def test_the_next_verified_way_is_tried_and_then_it_ends(store: Store) -> None:
    house = opened(store)
    verify(house, "webhook", HOOK)
    house.until(berlin("06T13:00"))

    fail(house, MAIL)
    assert headlines(mails(house, HOOK)) == ["You are on call for emea until 21:00 (Berlin)"]
    (told,) = [one for one in house.told(CHANNEL) if "could not be told" in one.headline]
    assert "Tried next: webhook." in texts(told)

    fail(house, HOOK, "the webhook answers 410")
    assert mails(house, HOOK) == []
    assert [one for one in mails(house) if "on call" in one.headline] == []
    (last,) = [one for one in house.told(CHANNEL) if "could not be told by webhook" in one.headline]
    assert "No other way is left" in texts(last)


def test_a_chat_account_that_is_gone_gives_way_to_a_verified_mail(store: Store) -> None:
    house = opened(store, house=HOUSE, by_mail=False)
    verify(house, "email", MAIL)
    house.until(berlin("06T13:00"))

    fail(house, "U0BENKRUGR", "this account is deactivated")

    assert headlines(mails(house)) == ["You are on call for emea until 21:00 (Berlin)"]
    house.until(berlin("06T13:15"))
    assert "Ana Weber hands emea over to you" in headlines(mails(house)), "what comes next goes there at once"


def test_the_warning_that_a_page_may_not_reach_them_is_in_their_language(store: Store) -> None:
    house = opened(store, house=IN_CHINESE, by_mail=False)

    house.store.write(lambda c: reachability.soon(house.moment(c)))
    house.until(berlin("06T12:31"))

    (told,) = mails(house)
    assert told.locale == "zh_Hans_CN", "to the address that waits for its code, for it is about just that"
    assert "bot.py oncall contact ben" in texts(told)


def test_what_was_read_from_the_store_is_what_was_written(store: Store) -> None:
    house = opened(store)
    house.until(berlin("06T13:00"))

    for body in bodies(house, "email"):
        assert load(body).zone == "Europe/Berlin" or load(body).headline == CODE
