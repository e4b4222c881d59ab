"""A message to a person that did not go out: what that means for their page, for their notice, for their code, and for
whether they can be reached at all."""

from __future__ import annotations

from desk.contacts.flow import ways_of, ways_to
from desk.contacts.methods import masked
from desk.messages import Message, Paragraph, Text
from desk.moment import Moment
from desk.outbox.flow import say
from desk.reach import flow as reach
from desk.reachable import flow as reachability
from desk.telling import flow as telling
from desk.words import tongue
from store import contacts


def note(moment: Moment, message: int, method: str, address: str, reason: str, *, for_good: bool, gone: bool) -> None:
    """`for_good`: it will not be tried again. `gone`: because the address itself is refused; then no page relies on it
    until something arrives there. `reason` names no address."""
    if gone and any(
        (way.method, way.address) == (method, address) for ways in ways_of(moment).values() for way in ways
    ):
        contacts.note_failure(moment.connection, moment.workspace, method, address, reason, moment.wall)
        reachability.soon(moment)
    if not telling.trouble(moment, message, reason, for_good=for_good):
        reach.trouble(moment, message, reason, for_good=for_good)
    _code_failed(moment, message, reason)


def _code_failed(moment: Moment, message: int, reason: str) -> None:
    """Whoever waits for a code that does not come is told in chat."""
    contact = contacts.of_code_message(moment.connection, message)
    person = moment.configuration.people.get(contact.person) if contact else None
    if contact is None or person is None:
        return
    way = next((way for way in ways_to(moment, person) if way.counts and way.method != contact.method), None)
    if way is None:
        return
    team = next((team for team in moment.configuration.teams.values() if person.key in team.members), None)
    t = tongue(team.locale if team else "en")
    told = Message(
        kind="notice",
        headline=t("The code for {address} could not be sent", address=masked(contact.method, contact.address)),
        parts=(Paragraph((Text(reason),)),),
        locale=str(t.locale),
        zone=str(person.zone),
    )
    say(moment, (way.method, way.address), told)
