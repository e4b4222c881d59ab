"""Somebody's way, verified as by the code that came there."""

from __future__ import annotations

from cryptography.fernet import Fernet

from desk.contacts import flow
from desk.messages import Message
from desk.moment import Moment
from handlers.purposes import ContactCodes

CODES = ContactCodes(Fernet.generate_key().decode())
CODE = "code"  # the headline of the message that carries it


def verified(moment: Moment, person: str, address: str, method: str = "email") -> None:
    known = moment.configuration.people[person]
    code = CODES.new()
    flow.send_code(moment, known, method, address, code, CODES, Message(kind="notice", headline=CODE))
    assert flow.verify(moment, known, code, CODES) is not None
