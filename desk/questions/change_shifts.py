"""The shifts that somebody can ask others about, and how a request for one is refused in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from desk.configuration.model import Configuration
from desk.moment import Moment
from desk.oncall.current import planned
from desk.oncall.requests import NotDone
from desk.oncall.week import Shift, shifts_of
from desk.questions.plan_asked import name_of
from desk.words import Tongue

AHEAD = timedelta(weeks=8)
_REF = re.compile(r"(.+):(\d{1,11}):(\d{1,11})")


def shifts_ahead(moment: Moment, person: str, *, begun: bool = False) -> list[Shift]:
    """A person's shifts of the next weeks, by time; `begun` adds those that they have now, from now on."""
    now = moment.now.replace(microsecond=0)
    found = shifts_of(planned(moment).schedules, person, now, now + AHEAD)
    whole = [one for one in found if one.end < now + AHEAD]  # what goes on beyond has no end that is known here
    return [one for one in whole if begun or one.start > now]


def ref_of(shift: Shift) -> str:
    """A shift as a value of a form, or in a button.

    >>> ref_of(Shift("emea", datetime(2026, 3, 10, 8, tzinfo=UTC), datetime(2026, 3, 10, 16, tzinfo=UTC)))
    'emea:1773129600:1773158400'
    """
    return f"{shift.schedule}:{int(shift.start.timestamp())}:{int(shift.end.timestamp())}"


def shift_of(ref: str) -> Shift:
    """The shift of such a reference; ValueError when it is none."""
    found = _REF.fullmatch(ref)
    if not found:
        raise ValueError(ref)
    try:
        start, end = (datetime.fromtimestamp(int(text), UTC) for text in found.groups()[1:])
    except (OverflowError, OSError) as beyond:
        raise ValueError(ref) from beyond
    if start >= end:
        raise ValueError(ref)
    return Shift(found[1], start, end)


def why_not_done(configuration: Configuration, refusal: NotDone, t: Tongue) -> str:
    """A sentence with what to do."""
    by = name_of(configuration, refusal.by) if refusal.by else ""
    sentences = {
        "unknown": t("This is not asked for any more."),
        "taken": t("{person} was first: it is taken.", person=by) if by else t("Somebody was first: it is taken."),
        "withdrawn": t("It was withdrawn, so nobody is asked any more."),
        "expired": t("Its time has come; a swap must be agreed on before, and a shift be taken before it ends."),
        "declined": t("{person} turned it down.", person=by),
        "closed": t("This offer is no longer open."),
        "own": t("This is your own shift; somebody else must take it."),
        "asked_other": t("This is asked of {person}.", person=by),
        "changed": t("The schedule has changed since: {person} no longer has this shift. Ask anew.", person=by),
        "not_theirs": t("This is for {person} to decide.", person=by),
        "begun": t("A shift that has begun cannot be swapped; ask with /oncall cover me."),
        "overlaps": t("The two shifts are at the same time; offer another one."),
        "there": t("{person} is on call there at that time already.", person=by),
        "asked_before": t("You asked for this already; it is still open."),
        "nowhere": t("Nobody would see it: give a team of this schedule a channel in livedesk.yaml."),
    }
    return sentences[refusal.why]
