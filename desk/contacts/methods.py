"""The ways in which a person can be reached, and which of them may be relied on."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from desk.configuration.model import Person

EMAIL, WEBHOOK = "email", "webhook"
CODED = (EMAIL, WEBHOOK)  # whoever has such an address proves it with a code; a chat vouches for its own accounts
ONCE = CODED  # what has been sent by these cannot be edited or taken back

LONGEST = 200

# The same as in the file (`handlers/configuration/scalars.py`): printable ASCII alone, so nothing can end a header.
_EMAIL = re.compile(r"[A-Za-z0-9.!#%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_URL = re.compile(r"https?://[!-~]+")


@dataclass(frozen=True, slots=True)
class Way:
    """One address of a person. `verified`: a code said so, or its chat does. `works`: its last delivery has not failed
    for good. `origin` is the file or the chat in which it was added."""

    method: str
    address: str
    verified: bool
    works: bool = True
    origin: Literal["file", "chat"] = "file"

    @property
    def counts(self) -> bool:
        """Whether a page may rely on it."""
        return self.verified and self.works


def ways(
    person: Person,
    chats: Sequence[str],
    further: Collection[str],
    added: Iterable[tuple[str, str, bool, bool]] = (),
    failed: Collection[tuple[str, str]] = (),
) -> tuple[Way, ...]:
    """The ways to a person, those to rely on first, then in the order chat, e-mail, webhook.

    `chats` are the platforms in use and `further` what else this installation can send by. `added` are (method,
    address, verified, of the file) rows of the store; one of chat that is not verified is no way yet. `failed` are
    (method, address) that did not work.
    """
    rows = list(added)
    proven = {(method, address) for method, address, verified, _ in rows if verified}
    found: dict[tuple[str, str], Way] = {}
    for method in (*chats, *CODED):
        address = person.contacts.get(method)
        if address and (method in chats or method in further):
            where = (method, address)
            found[where] = Way(method, address, method in chats or where in proven, where not in failed)
    for method, address, verified, of_file in rows:
        where = (method, address)
        if verified and not of_file and method in further and where not in found:
            found[where] = Way(method, address, True, where not in failed, "chat")
    order = [*chats, *CODED]
    return tuple(sorted(found.values(), key=lambda way: (not way.counts, order.index(way.method))))


def reachable(ways: Iterable[Way]) -> bool:
    return any(way.counts for way in ways)


def masked(method: str, address: str) -> str:
    """An address as others may see it.

    >>> masked("email", "ana@example.com"), masked("webhook", "https://hooks.example.com/T1/secret?x=1")
    ('a…@example.com', 'https://hooks.example.com/…')
    >>> masked("slack", "U0ANAWEBER")
    'U0ANAWEBER'
    """
    if method == EMAIL:
        local, _, domain = address.rpartition("@")
        return f"{local[:1]}…@{domain}"
    if method == WEBHOOK:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.hostname}/…"
    return address


def is_email(text: str) -> bool:
    return len(text) <= LONGEST and _EMAIL.fullmatch(text) is not None


def is_url(text: str, *, private: bool) -> bool:
    """Whether an address can be posted to: https with a host and no password in it; `private` allows http, too, and
    addresses of the machine's own network.

    Names are looked up, and judged again, when something is sent.
    """
    if len(text) > LONGEST or _URL.fullmatch(text) is None:
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return False
    if private:
        return True
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return parts.scheme == "https" and host != "localhost" and not host.endswith(".localhost")
    return parts.scheme == "https" and literal.is_global
