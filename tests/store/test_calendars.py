from __future__ import annotations

from datetime import timedelta

from store import calendars
from store.engine import Store
from store.workspaces import ensure, keep_configuration
from tests.factories import NOON

WORKSPACE = 1


def add(store: Store, secret: str, kind: calendars.Kind = "person", subject: str = "ana", minutes: int = 0) -> bool:
    at = NOON + timedelta(minutes=minutes)
    return store.write(lambda c: calendars.add(c, WORKSPACE, kind, subject, secret, "en", "ana", at))


def find(store: Store, secret: str) -> calendars.Link | None:
    return store.read(lambda c: calendars.find(c, WORKSPACE, secret))


def test_it_finds_a_link_by_its_secret_and_keeps_only_the_hash(store: Store) -> None:
    assert not add(store, "ldc_first")

    found = find(store, "ldc_first")

    assert found == calendars.Link("person", "ana", "en", "ana", NOON, None, None)
    assert find(store, "ldc_other") is None
    kept = store.read(lambda c: [tuple(row) for row in c.exec_driver_sql("SELECT * FROM calendar_links")])
    assert "ldc_first" not in str(kept)


def test_it_ends_the_old_link_with_the_new_one(store: Store) -> None:
    add(store, "ldc_first")
    add(store, "ldc_team", kind="schedule", subject="ana")

    assert add(store, "ldc_second", minutes=5)

    assert find(store, "ldc_first") is None
    assert find(store, "ldc_second") is not None
    assert find(store, "ldc_team") is not None


def test_it_lists_who_made_and_who_ended_a_link(store: Store) -> None:
    add(store, "ldc_first")
    later = NOON + timedelta(hours=1)

    ended = store.write(lambda c: calendars.revoke(c, WORKSPACE, "person", "ana", "cli:olga", later))
    again = store.write(lambda c: calendars.revoke(c, WORKSPACE, "person", "ana", "cli:olga", later))

    assert (ended, again) == (1, 0)
    (link,) = store.read(lambda c: calendars.listed(c, WORKSPACE))
    assert (link.made_by, link.revoked_by, link.revoked_at) == ("ana", "cli:olga", later)


def test_it_keeps_workspaces_apart(store: Store) -> None:
    other = store.write(lambda c: ensure(c, "other", NOON))
    add(store, "ldc_first")

    assert store.read(lambda c: calendars.find(c, other, "ldc_first")) is None
    assert store.read(lambda c: calendars.listed(c, other)) == []


def test_it_knows_when_a_configuration_was_loaded(store: Store) -> None:
    version = store.write(lambda c: keep_configuration(c, WORKSPACE, {"people": {}}, NOON))

    assert store.read(lambda c: calendars.loaded_at(c, WORKSPACE, version)) == NOON
    assert store.read(lambda c: calendars.loaded_at(c, WORKSPACE, version + 1)) is None
