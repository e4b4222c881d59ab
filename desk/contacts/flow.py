"""Contact methods in the store: which ways there are to a person, added and verified by a code, removed again."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, Protocol

from desk.configuration.model import Person
from desk.contacts.methods import Way, ways
from desk.messages import Message
from desk.moment import Moment
from desk.outbox.flow import say
from store import contacts
from store.contacts import Contact

CODE_LASTS = timedelta(minutes=15)
TRIES = 5
CODES_AN_HOUR = 5  # for whatever addresses: a code is a message to somebody who may never have asked for it
MOST_METHODS = 5


class Codes(Protocol):
    """What the installation's key does for codes; the key itself stays outside of the desk."""

    def new(self) -> str:
        """Six digits that nobody can guess."""
        ...

    def sealed(self, code: str) -> str:
        """The code as it may stand in the store, to be opened when it is sent."""
        ...

    def digest(self, contact: int, code: str) -> str: ...


Refusal = Literal["known", "too_many", "too_often"]


def ways_of(moment: Moment) -> Mapping[str, tuple[Way, ...]]:
    """The ways to everybody, by person."""
    added: dict[str, list[tuple[str, str, bool, bool]]] = {}
    for row in contacts.kept(moment.connection, moment.workspace):
        added.setdefault(row.person, []).append(_fact(row))
    failed = {(one.method, one.address) for one in contacts.failures(moment.connection, moment.workspace)}
    further = moment.configuration.further_ways
    return {
        key: ways(person, (moment.platform,), further, added.get(key, ()), failed)
        for key, person in moment.configuration.people.items()
    }


def ways_to(moment: Moment, person: Person) -> tuple[Way, ...]:
    """The ways to one person, those to rely on first."""
    added = [_fact(row) for row in contacts.kept(moment.connection, moment.workspace, person.key)]
    failed = {(one.method, one.address) for one in contacts.failures(moment.connection, moment.workspace)}
    return ways(person, (moment.platform,), moment.configuration.further_ways, added, failed)


def waiting_of(moment: Moment) -> Mapping[str, tuple[str, ...]]:
    """The methods of everybody that were added in chat and wait for their code, by person."""
    found: dict[str, dict[str, None]] = {}
    for row in contacts.kept(moment.connection, moment.workspace):
        person = moment.configuration.people.get(row.person)
        if person is not None and row.verified_at is None and not _of_file(person, row):
            found.setdefault(row.person, {})[row.method] = None
    return {person: tuple(methods) for person, methods in found.items()}


def mark_of(moment: Moment, person: Person) -> tuple[tuple[int, bool], ...]:
    """(number, verified) of what is kept of somebody, and how many codes went out: another where something was done."""
    rows = contacts.kept(moment.connection, moment.workspace, person.key)
    codes = contacts.codes_since(moment.connection, moment.workspace, person.key, moment.now - timedelta(hours=1))
    return (*((row.id, row.verified_at is not None) for row in rows), (codes, False))


def unverified(moment: Moment, person: Person) -> list[Contact]:
    """What was added in chat and waits for its code."""
    rows = contacts.kept(moment.connection, moment.workspace, person.key)
    return [row for row in rows if row.verified_at is None and not _of_file(person, row)]


def send_code(
    moment: Moment, person: Person, method: str, address: str, code: str, codes: Codes, made: Message
) -> Contact | Refusal:
    """Send a code to an address through the method itself; `made` is the message that carries it. The method is added
    where it is not there yet. Why it was not, in a word, where nothing was sent."""
    connection, workspace = moment.connection, moment.workspace
    rows = contacts.kept(connection, workspace, person.key)
    same = next((row for row in rows if (row.method, row.address) == (method, address)), None)
    origin = "file" if person.contacts.get(method) == address else "chat"
    if same is not None and same.verified_at is not None and (same.origin == "chat" or origin == "file"):
        return "known"
    if same is None and len(rows) >= MOST_METHODS:
        return "too_many"
    if contacts.codes_since(connection, workspace, person.key, moment.now - timedelta(hours=1)) >= CODES_AN_HOUR:
        return "too_often"
    contact = contacts.add(connection, workspace, person.key, method, address, origin, moment.now)
    message = say(moment, (method, address), made)
    digest = codes.digest(contact.id, code)
    contacts.keep_code(connection, contact.id, digest, moment.now, moment.now + CODE_LASTS, message)
    return contact


def verify(moment: Moment, person: Person, code: str, codes: Codes) -> Contact | None:
    """The method that a code verifies; None when it is none of this person's, is too old, or was tried too often.

    A wrong one counts against every code it might have been meant for. All are compared, each in constant time.
    """
    usable = contacts.usable_codes(moment.connection, moment.workspace, person.key, moment.now, TRIES)
    right = None
    for one in usable:
        if hmac.compare_digest(codes.digest(one.contact, code), one.digest):
            right = one
    if right is None:
        contacts.count_try(moment.connection, [one.id for one in usable])
        return None
    contacts.verify(moment.connection, right.contact, moment.now)
    rows = contacts.kept(moment.connection, moment.workspace, person.key)
    found = next(row for row in rows if row.id == right.contact)
    contacts.forget_failure(moment.connection, moment.workspace, found.method, found.address)
    return found


def remove(moment: Moment, person: Person, wanted: str) -> list[Contact]:
    """Remove what was added in chat and is called so: by its method, or its address; what was removed."""
    rows = contacts.kept(moment.connection, moment.workspace, person.key)
    found = [row for row in rows if wanted in (row.method, row.address) and not _of_file(person, row)]
    for row in found:
        contacts.remove(moment.connection, row.id, moment.now)
    return found


def _of_file(person: Person, row: Contact) -> bool:
    return person.contacts.get(row.method) == row.address


def _fact(row: Contact) -> tuple[str, str, bool, bool]:
    return row.method, row.address, row.verified_at is not None, row.origin == "file"
