from __future__ import annotations

import re

import pytest

from desk.configuration.model import Person
from desk.contacts.methods import CODED, is_email, is_url, masked, ways
from handlers.configuration.scalars import CONTACT_IDS

ANA = Person("ana", "Ana", contacts={"slack": "U1", "email": "ana@example.com", "discord": "123456"})


def shown(**given: object) -> list[tuple[str, bool, bool]]:
    made = ways(ANA, ("slack",), given.get("further", CODED), given.get("added", ()), given.get("failed", ()))  # type: ignore[arg-type]
    return [(way.method, way.verified, way.works) for way in made]


def test_a_chat_vouches_for_its_own_accounts_and_mail_needs_a_code() -> None:
    assert shown() == [("slack", True, True), ("email", False, True)]
    assert shown(added=[("email", "ana@example.com", True, True)])[1] == ("email", True, True)


def test_what_this_installation_cannot_send_by_is_no_way() -> None:
    assert shown(further=()) == [("slack", True, True)]


def test_what_was_added_in_chat_counts_once_it_is_verified() -> None:
    hook = "https://hooks.example.com/"
    assert ("webhook", True, True) in shown(added=[("webhook", hook, True, False)])
    assert all(method != "webhook" for method, _, _ in shown(added=[("webhook", hook, False, False)]))
    old = shown(added=[("email", "old@example.com", True, True)])
    assert old == [("slack", True, True), ("email", False, True)], "the file does not name it any more"


def test_what_failed_comes_last() -> None:
    found = shown(added=[("email", "ana@example.com", True, True)], failed=[("slack", "U1")])

    assert found == [("email", True, True), ("slack", True, False)]


@pytest.mark.parametrize(
    "text", ["a@b.example\n", "a@b.example\r\nBcc: x@y.example", "a b@c.example", "a@b", "@b.example", "a@@b.example",
             "a" * 65 + "@b.example", "a@" + "b" * 200 + ".example", '"a"@b.example', "a,b@c.example;", "é@b.example"]
)  # fmt: skip
def test_what_is_no_address_is_refused_in_the_file_and_in_chat_alike(text: str) -> None:
    assert not is_email(text)
    assert not re.fullmatch(CONTACT_IDS["email"], text) or len(text) > 200


@pytest.mark.parametrize("text", ["ana@example.com", "ana.weber+oncall@mail.example.co.uk", "a_b%c@x-y.example"])
def test_addresses_are_taken(text: str) -> None:
    assert is_email(text)
    assert re.fullmatch(CONTACT_IDS["email"], text)


@pytest.mark.parametrize(
    "text", ["ftp://x.example/", "https://u:p@x.example/", "https://x.example/#a", "https://x.example/\n"]
)
def test_what_cannot_be_posted_to_is_refused_in_the_file_and_in_chat_alike(text: str) -> None:
    assert not is_url(text, private=True)
    assert not re.fullmatch(CONTACT_IDS["webhook"], text)


def test_an_address_is_never_shown_whole() -> None:
    assert masked("email", "ana@example.com") == "a…@example.com"
    assert "T0" not in masked("webhook", "https://hooks.example.com/T0/secret")
