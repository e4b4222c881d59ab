"""How long an acknowledgement holds unless its owner confirms it, and what the owner is asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.messages import Action, Message, Paragraph, Text, When, woven
from desk.words import Tongue

ASK = "ask_owner"  # kinds of due rows
EXPIRES = "acknowledgement"
CONFIRM = "confirm"  # a button's verb
ASKED = "asked"  # in an incident's `why`: [the question's message, the owner, the version it asked about]

LEAD = timedelta(minutes=5)  # before it ends, the owner is asked
SHARE = 3  # of a short time, a third


def ask_at(ends_at: datetime, lasts: timedelta) -> datetime:
    """When the owner is asked: five minutes before the end, of a short time a third.

    >>> noon = datetime(2026, 3, 6, 12)
    >>> ask_at(noon, timedelta(minutes=30)).time().isoformat(), ask_at(noon, timedelta(minutes=6)).time().isoformat()
    ('11:55:00', '11:58:00')
    """
    return ends_at - min(LEAD, lasts / SHARE)


def question(incident: int, version: int, what: str, ends_at: datetime, owner: str, zone: str, t: Tongue) -> Message:
    """Asked of the owner alone, on their own clock."""
    ref = f"incident:{incident}"
    return Message(
        kind="page",
        headline=t("Still on it? {what}", what=what),
        parts=(
            Paragraph(tuple(woven(t("Say so before {at}, or it is open again and paging goes on."), at=When(ends_at)))),
        ),
        actions=(
            Action(CONFIRM, ref, version, t("Still on It"), "primary"),
            Action("resolve", ref, version, t("Resolve"), confirm=t("Close this incident for everybody?")),
        ),
        footer=(Text(t("Incident {number}", number=incident)),),
        mentions=(owner,),
        locale=str(t.locale),
        zone=zone,
    )


def settled(incident: int, state: str, still_theirs: bool, zone: str, t: Tongue) -> Message:
    """The question, once there is nothing to answer any more."""
    if state == "acknowledged" and still_theirs:
        said = t("Confirmed: incident {number} is still yours", number=incident)
    elif state == "open":
        said = t("Not confirmed in time: incident {number} is open again", number=incident)
    elif state == "acknowledged":
        said = t("Somebody else has incident {number} now", number=incident)
    else:
        said = t("Incident {number} is over", number=incident)
    return Message(kind="page", headline=said, locale=str(t.locale), zone=zone)
