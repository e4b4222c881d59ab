from __future__ import annotations

from datetime import date, timedelta

from store import audit, events, outbox, readings, reports, rollups
from store.audit import Fate
from store.engine import Store
from store.rollups import CellKey, CellRow
from tests.factories import NOON, WORKSPACE, new_event

TODAY = NOON.date()


def keep(store: Store, *new: events.NewEvent) -> None:
    store.write(lambda c: events.append(c, WORKSPACE, new, NOON))


def reading(event: int, model: str) -> dict[str, object]:
    return {
        "day": TODAY, "event": event, "model": model, "workspace": WORKSPACE, "lang": "en", "sentiment": 0.5,
        "label": "positive", "intent": "praise", "intent_confidence": 0.9, "category": None, "categories": [],
        "redacted": "lovely",
    }  # fmt: skip


def test_it_tells_the_fate_of_each_identity(store: Store) -> None:
    keep(store, new_event("a"), new_event("b", kind="like", text=None))
    store.write(lambda c: readings.keep(c, [reading(1, "first"), reading(1, "second")]))

    fates = store.read(lambda c: audit.fates(c, WORKSPACE))

    assert fates == [
        Fate("tiktok-us", "a", 1, "chat_comment", True, 2),
        Fate("tiktok-us", "b", 1, "like", False, 0),
    ]


def test_it_sees_an_identity_whose_event_is_gone(store: Store) -> None:
    keep(store, new_event("a"))
    store.write(lambda c: c.execute(events.events.delete()))

    (fate,) = store.read(lambda c: audit.fates(c, WORKSPACE))

    assert (fate.rows, fate.kind, fate.has_text) == (0, None, False)


def test_it_counts_events_as_the_roll_ups_name_them(store: Store) -> None:
    keep(store, new_event("a"), new_event("b"), new_event("c", kind="review", show=None, market=None))

    counted = store.read(lambda c: audit.counted_events(c, WORKSPACE))

    assert counted == {("aurora-skincare", "us", "chat_comment"): 2, ("", "", "review"): 1}
    assert store.read(lambda c: audit.stored_events(c, WORKSPACE)) == 3


def cell(start: int, count: int, lang: str = "en") -> CellRow:
    key = CellKey(start, "aurora-skincare", "us", lang, "", "chat_comment", "")
    return CellRow(key, count, 0, 0.0, 0.0, None, {})


def test_it_adds_up_the_roll_ups_of_one_length_alone(store: Store) -> None:
    store.write(lambda c: rollups.save(c, WORKSPACE, rollups.TICK, [cell(0, 2), cell(10, 3), cell(10, 4, "es")]))
    store.write(lambda c: rollups.save(c, WORKSPACE, rollups.MINUTE, [cell(0, 50)]))

    rolled_up = store.read(lambda c: audit.rolled_up(c, WORKSPACE, rollups.TICK))

    assert rolled_up == {("aurora-skincare", "us", "chat_comment"): 9}


def test_it_shows_each_message_in_its_newest_form(store: Store) -> None:
    def talk(c: outbox.Connection) -> None:
        message = outbox.say(c, WORKSPACE, "slack", "C1", {"kind": "digest", "headline": "old"}, NOON, NOON, rich=False)
        later = NOON + timedelta(minutes=1)
        outbox.revise(c, message, {"kind": "digest", "headline": "new"}, later, later)
        outbox.say(c, WORKSPACE, "slack", "C2", {"kind": "notice", "headline": "other"}, later, later)

    store.write(talk)

    digest, notice = store.read(lambda c: audit.said(c, WORKSPACE))

    assert (digest.kind, digest.destination, digest.made_at) == ("digest", "C1", NOON)
    assert (digest.body["headline"], digest.state, digest.rich, digest.address) == ("new", "pending", False, None)
    assert notice.kind == "notice"


def test_it_lists_digests_in_the_order_in_which_they_were_made(store: Store) -> None:
    covers = (NOON - timedelta(days=1), NOON)
    store.write(lambda c: reports.begin_digest(c, WORKSPACE, "emea", date(2026, 3, 7), covers, NOON + timedelta(1)))
    store.write(lambda c: reports.begin_digest(c, WORKSPACE, "americas", date(2026, 3, 6), covers, NOON))

    made = store.read(lambda c: audit.digests_made(c, WORKSPACE))

    assert [(one.team, one.local_date, one.message) for one in made] == [
        ("americas", date(2026, 3, 6), None),
        ("emea", date(2026, 3, 7), None),
    ]
