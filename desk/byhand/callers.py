"""What those who paged by hand hear of it."""

from __future__ import annotations

from desk.incidents import showing
from desk.messages import Command, Message, Paragraph, Text
from desk.moment import Moment
from desk.readers import reader
from desk.telling.flow import tell


def taken(moment: Moment, incident: int, by: str) -> None:
    """Somebody has acknowledged: whoever paged hears who it is."""
    row = showing.get(moment, incident)
    for caller in dict.fromkeys(one.who for one in showing.by_hand(row.why)):
        if caller == by:
            continue
        to = reader(moment.configuration, caller)
        t = to.t
        known = moment.configuration.people.get(by)
        name = known.name if known else by.partition(":")[2] or by
        headline = t("{person} has your page (incident {number})", person=name, number=incident)
        message = Message(kind="notice", headline=headline, locale=str(t.locale), zone=str(to.zone))
        tell(moment, caller, message, night="tells")


def unanswered(moment: Moment, incident: int) -> None:
    """Nobody has answered, and nobody is paged again: whoever paged must not believe that somebody has it."""
    row = showing.get(moment, incident)
    for caller in dict.fromkeys(one.who for one in showing.by_hand(row.why)):
        to = reader(moment.configuration, caller)
        t = to.t
        message = Message(
            kind="notice",
            headline=t("Nobody has answered your page (incident {number}), and nobody is paged again", number=incident),
            parts=(Paragraph((Text(t("Call somebody, or page somebody else:") + " "), Command("/oncall page"))),),
            locale=str(t.locale),
            zone=str(to.zone),
        )
        tell(moment, caller, message, night="tells")
