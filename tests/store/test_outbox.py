from __future__ import annotations

from datetime import timedelta
from typing import Any

from store import outbox
from store.engine import Store
from tests.factories import NOON, WORKSPACE

LEASE = timedelta(seconds=10)


def say(store: Store, text: str, **given: Any) -> int:
    body = {"kind": given.pop("kind", "notice"), "headline": text}
    return store.write(lambda c: outbox.say(c, WORKSPACE, "slack", "C1", body, NOON, NOON, **given))


def claim(store: Store, after: timedelta = timedelta(0), **given: Any) -> list[outbox.Claimed]:
    return store.write(lambda c: outbox.claim(c, WORKSPACE, "me", NOON + after, LEASE, **given))


def test_it_sends_only_the_newest_revision(store: Store) -> None:
    message = say(store, "first")
    store.write(lambda c: outbox.revise(c, message, {"kind": "notice", "headline": "second"}, NOON, NOON))

    (one,) = claim(store)

    assert (one.body["headline"], one.revision) == ("second", 2)
    assert claim(store) == []


def test_it_never_has_two_revisions_of_a_message_on_their_way(store: Store) -> None:
    message = say(store, "first")
    (first,) = claim(store)
    store.write(lambda c: outbox.revise(c, message, {"kind": "notice", "headline": "second"}, NOON, NOON))

    assert claim(store) == []

    store.write(lambda c: outbox.sent(c, first, "C1/1", NOON))
    (second,) = claim(store)
    assert (second.address, second.body["headline"]) == ("C1/1", "second")


def test_it_sends_pages_before_everything_else(store: Store) -> None:
    say(store, "breakfast", kind="digest")
    say(store, "wake up", kind="page")

    assert [one.body["headline"] for one in claim(store)] == ["wake up", "breakfast"]


def test_it_looks_before_posting_again_when_a_sender_died(store: Store) -> None:
    say(store, "first")
    claim(store)

    (again,) = claim(store, after=LEASE)

    assert again.unclear
    assert again.address is None


def test_it_lets_a_reply_wait_for_what_it_answers(store: Store) -> None:
    card = say(store, "card")
    say(store, "reply", thread_of=card)
    (first,) = claim(store)

    assert claim(store) == []

    store.write(lambda c: outbox.sent(c, first, "C1/1", NOON))
    (reply,) = claim(store)
    assert reply.thread == "C1/1"


def test_it_lets_a_reply_go_alone_when_its_parent_never_can(store: Store) -> None:
    card = say(store, "card")
    say(store, "reply", thread_of=card)
    (first,) = claim(store)
    store.write(lambda c: outbox.failed(c, first, "channel_not_found", NOON))

    (reply,) = claim(store)

    assert reply.thread is None
    assert store.read(lambda c: outbox.failures(c, WORKSPACE)) == [("slack", "C1", "channel_not_found", NOON)]


def test_it_withdraws_what_nobody_has_begun_to_send(store: Store) -> None:
    waiting, sending = say(store, "a"), say(store, "b")
    claim(store, limit=1)

    assert not store.write(lambda c: outbox.withdraw(c, waiting))
    assert store.write(lambda c: outbox.withdraw(c, sending))
    assert claim(store) == []


def test_it_gives_way_to_a_newer_revision_instead_of_trying_again(store: Store) -> None:
    message = say(store, "first")
    (first,) = claim(store)
    store.write(lambda c: outbox.revise(c, message, {"kind": "notice", "headline": "second"}, NOON, NOON))
    store.write(lambda c: outbox.later(c, first, NOON + LEASE, "rate limited", unclear=False))

    (second,) = claim(store)

    assert second.body["headline"] == "second"


def test_it_remembers_which_viewers_words_a_message_quotes(store: Store) -> None:
    message = say(store, "with a quote", quotes=[(NOON.date(), 7)])

    store.write(lambda c: outbox.revise(c, message, {"kind": "notice", "headline": "without"}, NOON, NOON))

    assert store.read(lambda c: outbox.body_of(c, message)) == {"kind": "notice", "headline": "without"}


def test_it_names_what_was_sent_as_text_alone(store: Store) -> None:
    message = say(store, "card", rich=False)
    (first,) = claim(store)
    store.write(lambda c: outbox.sent(c, first, "C1/1", NOON))

    assert store.read(lambda c: outbox.unenriched(c, WORKSPACE)) == [message]


def test_a_first_post_waits_for_no_chart_because_newer_numbers_took_its_place(store: Store) -> None:
    message = say(store, "open", rich=False)
    store.write(lambda c: outbox.revise(c, message, {"kind": "incident", "headline": "higher"}, NOON, NOON))

    (one,) = claim(store)
    assert (one.body["headline"], one.rich) == ("higher", False)

    store.write(lambda c: outbox.sent(c, one, "C1/1", NOON))
    store.write(lambda c: outbox.revise(c, message, {"kind": "incident", "headline": "over"}, NOON, NOON))
    (again,) = claim(store)
    assert again.rich


def test_it_remembers_since_when_something_waits_to_be_seen(store: Store) -> None:
    message = say(store, "open")
    later = NOON + timedelta(seconds=20)
    store.write(lambda c: outbox.revise(c, message, {"kind": "notice", "headline": "higher"}, later, later))

    (one,) = claim(store, after=timedelta(seconds=30))

    assert one.untold_since == NOON


def test_what_follows_without_news_is_as_late_as_what_it_follows(store: Store) -> None:
    """The chart that comes a second after a late card must not make the card look as if it had been in time."""
    message = say(store, "open")
    (one,) = claim(store, after=timedelta(seconds=40))
    sent_at = NOON + timedelta(seconds=40)
    store.write(lambda c: outbox.sent(c, one, "C1/1", sent_at))

    late = store.read(lambda c: outbox.lateness(c, message))
    body = {"kind": "notice", "headline": "open"}
    store.write(lambda c: outbox.revise(c, message, body, NOON, sent_at, late=late))
    (again,) = claim(store, after=timedelta(seconds=41))

    assert late == timedelta(seconds=40)
    assert again.untold_since == NOON
