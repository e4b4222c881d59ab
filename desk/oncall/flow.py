"""Paging: the steps of an incident's escalation policy, taken one after the other until somebody acknowledges.

The next step is always a row with a due time, written in the transaction that took this one. So no restart forgets
it, and whoever acknowledges cancels it in the same transaction that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk import messages
from desk.configuration.model import Policy, Step, Target
from desk.incidents import card as cards
from desk.incidents import flow as incidents_flow
from desk.messages import Message, Paragraph, Text
from desk.moment import Moment
from desk.oncall.resolve import who
from desk.words import Tongue, tongue
from store import due, incidents, outbox
from store.incidents import Incident

ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Reached:
    """What a step came to: people with a way to reach them, channels, and why others were not reached."""

    people: Sequence[tuple[str, str]]  # (person, why them)
    channels: Sequence[str]
    missed: Sequence[str]
