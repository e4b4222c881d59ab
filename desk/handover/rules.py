"""The life of a hand-over note, as pure functions: what may be done to it in which state, and what is due next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from desk.oncall.notices import HandOver
from desk.oncall.resolve import Row

State = Literal["draft", "sent", "confirmed", "lapsed"]
Do = Literal["show", "send", "deliver", "remind", "team", "lapse"]

REMARKS, SEND, HAVE_IT = "remarks", "send_note", "have_it"  # verbs of buttons
VERBS = (REMARKS, SEND, HAVE_IT)
REF = "handover"

MOST_REMARKS = 3000  # characters, as many as the strictest platform's field takes
MOST_LINES = 60
UNKNOWN_END = timedelta(days=1)  # a note to somebody whose shift has no end, or to a channel, lapses after it

# What each verb needs, and what it makes of the note.
ALLOWED: dict[str, dict[str, State]] = {
    REMARKS: {"draft": "draft", "sent": "sent"},
    SEND: {"draft": "sent"},
    HAVE_IT: {"sent": "confirmed"},
    "lapse": {"draft": "lapsed", "sent": "lapsed"},
}


def transition(state: str, verb: str) -> State | None:
    """What a verb makes of a note; None when it is too late, or too early, for it.

    >>> transition("draft", "send_note"), transition("confirmed", "have_it")
    ('sent', None)
    """
    return ALLOWED[verb].get(state)


@dataclass(frozen=True, slots=True)
class Times:
    """What the timers of a note depend on. `leaver_awake_at` and `comer_awake_at` are the end of the night in which it
    is handed over, or sent; the moment itself for somebody who is awake then."""

    state: str
    made_at: datetime
    at: datetime
    until: datetime | None
    to_channel: bool
    shown: bool  # whether the leaver has been told, after their shift
    sent_at: datetime | None
    told_at: datetime | None
    reminded_at: datetime | None
    team_told_at: datetime | None
    leaver_awake_at: datetime
    comer_awake_at: datetime


def due_next(times: Times, waits: HandOver) -> tuple[Do, datetime] | None:
    """What is done next by itself, and when; None when nothing is.

    The leaver sees the draft when their shift is over, or in their morning. It is sent after a while, at once when its
    writer is asleep. The next person is not woken for it: they have it when their night is over, unless their shift
    would be over by then. They are reminded, then the team is told, once; when their shift ends, it lapses.
    """
    found = [_of_comer(times, waits)]
    if not times.shown and times.state in ("draft", "sent"):
        found.append(("show", max(times.leaver_awake_at, times.made_at)))
    return min((one for one in found if one is not None), key=lambda one: (one[1], one[0] != "show"), default=None)


def sends_at(times: Times, waits: HandOver) -> datetime | None:
    """When a draft goes by itself."""
    return found[1] if (found := _of_comer(times, waits)) and found[0] == "send" else None


def _of_comer(times: Times, waits: HandOver) -> tuple[Do, datetime] | None:
    if times.state == "draft":
        ready = max(times.at, times.made_at)
        return "send", ready if times.leaver_awake_at > times.at else ready + waits.send_after
    if times.state != "sent" or times.sent_at is None:
        return None
    starts = max(times.at, times.sent_at)
    ends = times.until if times.until is not None and times.until > times.at else starts + UNKNOWN_END
    if times.to_channel:
        return ("deliver", times.sent_at) if times.told_at is None else ("lapse", starts + UNKNOWN_END)
    asleep = times.comer_awake_at >= ends
    if times.told_at is None:
        return "deliver", times.sent_at if asleep else times.comer_awake_at
    if asleep:
        return "lapse", ends  # it lies there for when a page wakes them; nothing else does
    if times.reminded_at is None:
        return _before(ends, "remind", max(times.told_at, times.at) + waits.confirm_within)
    if times.team_told_at is None:
        return _before(ends, "team", times.reminded_at + waits.confirm_within)
    return "lapse", ends


def _before(ends: datetime, do: Do, at: datetime) -> tuple[Do, datetime]:
    return (do, at) if at < ends else ("lapse", ends)


def comer(rows: Sequence[Row], leaver: str, at: datetime) -> tuple[str, datetime] | None:
    """(who takes over from somebody whose shift ends at `at`, until when), of rows around it; None when nobody does.

    Whoever starts then does. Of several who leave and start at once, each takes over from one; where nobody starts,
    whoever is still there.
    """
    leaving = sorted({row.person for row in rows if row.person is not None and row.end == at})
    starting = sorted((row.person, row.end) for row in rows if row.person is not None and row.start == at)
    starting = [one for one in starting if one[0] != leaver]
    if starting:
        place = leaving.index(leaver) if leaver in leaving else 0
        return starting[place % len(starting)]
    staying = sorted(
        (row.person, row.end)
        for row in rows
        if row.person is not None and row.person != leaver and row.start <= at < row.end
    )
    return staying[0] if staying else None


_GAP = re.compile(r"\n{3,}")


def cleaned(remarks: str) -> str:
    """Remarks as they are kept: line breaks of one kind, no empty screens between lines, no more than 60 of them.

    >>> cleaned(" a \\r\\n\\n\\n\\n\\nb ")
    'a\\n\\nb'
    """
    lines = [line.rstrip() for line in remarks.replace("\x00", "").splitlines()]
    text = _GAP.sub("\n\n", "\n".join(lines)).strip()
    kept = text.split("\n")
    return text if len(kept) <= MOST_LINES else "\n".join([*kept[: MOST_LINES - 1], " ".join(kept[MOST_LINES - 1 :])])
