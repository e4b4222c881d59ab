"""Hand-over notes: made when a shift ends, or when somebody asks for theirs; edited, sent, confirmed.

What a note waits for is one due row; what is done when it is due follows from the note alone (`rules.due_next`). So a
restart loses nothing, and whatever has happened meanwhile is taken into account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from desk.handover import facts as snapshots
from desk.handover import note as notes
from desk.handover import rules
from desk.handover.figures import gather
from desk.handover.note import Note
from desk.handover.people import Turn, awake, turn, turn_at
from desk.handover.rules import Times
from desk.incidents.rules import LIVEDESK
from desk.messages import Message
from desk.moment import Moment
from desk.oncall.concerns import team_of
from desk.oncall.current import current
from desk.oncall.notices import HandOver
from desk.outbox.flow import say
from desk.readers import Reader, reader
from desk.telling import flow as telling
from desk.telling.flow import retell, tell
from desk.words import tongue
from store import due, handovers
from store.handovers import Handover

KIND = "handover"
MOST_AT_ONCE = 8  # steps of a note that are due together; more would be a mistake of ours


def shift_ended(moment: Moment, schedule: str, leaver: str, start: datetime, end: datetime) -> None:
    """Somebody's shift is over: their note is made, or the one that they have begun goes on."""
    its = turn(moment, schedule, leaver, start, end)
    if current(moment, schedule).handover is None:
        _tell_end(moment, schedule, leaver, its)
        return
    known = handovers.newest_of(moment.connection, moment.workspace, schedule, leaver)
    same = known is not None and known.began_at < end and start < known.at
    if known is None or not same:
        advance(moment, _make(moment, schedule, leaver, its))
    elif known.state == "draft":
        _move(moment, known, its)
        advance(moment, known.id)
    elif known.comer != its.comer:
        # It was handed to somebody who has not taken over after all.
        advance(moment, _make(moment, schedule, leaver, its, remarks=known.remarks))
    else:
        advance(moment, known.id)


def by_hand(moment: Moment, schedule: str, leaver: str) -> Handover | None:
    """The note of somebody's shift that goes on, or of the one that is just over; None when there is neither."""
    known = handovers.newest_of(moment.connection, moment.workspace, schedule, leaver)
    its = turn_at(moment, schedule, leaver, moment.now)
    if its is None:
        lately = known is not None and known.at > moment.now - timedelta(hours=12)
        return known if lately else None
    if known is not None and known.began_at < its.end and its.start < known.at and known.state != "lapsed":
        if known.state == "draft":
            _move(moment, known, its)
        return get(moment, known.id)
    made = _make(moment, schedule, leaver, its)
    advance(moment, made)
    return get(moment, made)


def _make(moment: Moment, schedule: str, leaver: str, its: Turn, remarks: str = "") -> int:
    end = min(its.end, moment.now)
    facts = gather(moment, schedule, its.start, max(end, its.start), its.until)
    made = handovers.make(
        moment.connection,
        workspace=moment.workspace,
        schedule=schedule,
        leaver=leaver,
        comer=its.comer,
        began_at=its.start,
        at=its.end,
        until=its.until,
        state="draft",
        facts=snapshots.dump(facts),
        remarks=remarks,
        made_at=moment.now,
    )
    handovers.record(moment.connection, made, 1, moment.now, LIVEDESK, "made", {"comer": its.comer})
    return made


def _move(moment: Moment, row: Handover, its: Turn) -> None:
    """A draft whose shift goes on, ends now, or ends at another time than was planned: its facts are those of now."""
    facts = gather(moment, row.schedule, its.start, max(min(its.end, moment.now), its.start), its.until)
    values = {"began_at": its.start, "at": its.end, "comer": its.comer, "until": its.until}
    detail = {"comer": its.comer, "at": its.end.isoformat()}
    _turn(moment, row, LIVEDESK, "moved", detail, facts=snapshots.dump(facts), **values)
    _refresh(moment, row.id)  # its buttons are those of this version


def _turn(moment: Moment, row: Handover, who: str, what: str, detail: Mapping[str, Any], **values: Any) -> bool:
    """A new version of a note; False, with nothing done, when somebody was first."""
    if not handovers.change(moment.connection, row.id, row.version, **values):
        return False
    handovers.record(moment.connection, row.id, row.version + 1, moment.now, who, what, detail)
    return True


# ── what is done by itself ───────────────────────────────────────────────────────────────────────────────────────


def step(moment: Moment, ref: str) -> None:
    """What a note waits for is due."""
    if handovers.get(moment.connection, moment.workspace, int(ref)) is not None:
        advance(moment, int(ref))


def advance(moment: Moment, number: int) -> None:
    """Do all that is due of a note, and plan what comes next."""
    for _ in range(MOST_AT_ONCE):
        row = get(moment, number)
        following = rules.due_next(_times(moment, row), _waits(moment, row))
        if following is None:
            due.cancel(moment.connection, moment.workspace, KIND, str(number), moment.now)
            return
        do, at = following
        if at > moment.now:
            due.put(moment.connection, moment.workspace, KIND, str(number), at)
            return
        if do != "show" and row.until is not None and row.until <= moment.now:
            do = "lapse"  # after a downtime: the shift that it was for is over, too
        _do(moment, row, do)


def _do(moment: Moment, row: Handover, do: rules.Do) -> None:
    if do == "show":
        _show(moment, row)
    elif do == "send":
        _send(moment, row, LIVEDESK)
    elif do == "deliver":
        _deliver(moment, row)
    elif do == "remind":
        handovers.keep(moment.connection, row.id, reminded_at=moment.now)
        to = reader(moment.configuration, row.comer or "")
        following = rules.due_next(_times(moment, get(moment, row.id)), _waits(moment, row))
        told_at = following[1] if following and following[0] == "team" else None
        tell(moment, to.person, notes.reminder(note_of(row), told_at, moment.configuration, to))
    elif do == "team":
        handovers.keep(moment.connection, row.id, team_told_at=moment.now)
        _tell_team(moment, row, notes.unconfirmed)
    else:
        _turn(moment, row, LIVEDESK, "lapsed", {}, state="lapsed")
        _refresh(moment, row.id)


def _show(moment: Moment, row: Handover) -> None:
    """The end of a shift rings, also where its note was begun before: the older message loses its buttons."""
    if row.draft_message is not None:
        retell(moment, row.draft_message, replace(_draft(moment, row), actions=()))
    said = tell(moment, row.leaver, _draft(moment, row))
    handovers.keep(moment.connection, row.id, draft_message=said, shown_at=moment.now)


def _send(moment: Moment, row: Handover, who: str) -> bool:
    """The note goes its way, with the facts as they are now. One whose writer is on call still waits for their end."""
    values: dict[str, Any] = {"state": "sent", "sent_at": moment.now, "sent_by": who}
    if _exists(moment, row):
        its = turn_at(moment, row.schedule, row.leaver, moment.now)
        if its is not None and its.start < row.at and who == LIVEDESK:
            _move(moment, row, its)
            return False
        end = max(min(row.at, moment.now), row.began_at)
        values["facts"] = snapshots.dump(gather(moment, row.schedule, row.began_at, end, row.until))
    if not _turn(moment, row, who, "sent", {"remarks": row.remarks}, **values):
        return False
    _refresh(moment, row.id)
    return True


def _deliver(moment: Moment, row: Handover) -> None:
    """To the one who takes over; to the team's channel where nobody does, or where there is no way to them."""
    said = None
    reached = row.comer is not None and telling.way_for(moment, row.comer) is not None
    if row.comer is not None and reached:
        to = reader(moment.configuration, row.comer)
        # Who sleeps has it now only where their morning would be too late for it.
        said = tell(moment, row.comer, notes.received(note_of(row), moment.configuration, to), night="mail")
    if not reached:
        said = _tell_team(moment, row, lambda *told: notes.received(*told, mention=True))
    handovers.keep(moment.connection, row.id, told_at=moment.now, message=said)


def _tell_team(moment: Moment, row: Handover, compose: Any) -> int | None:
    to, where = _team(moment, row)
    message: Message = compose(note_of(row), moment.configuration, to)
    return say(moment, where, message, rich=not message.quotes()) if where else None


def _team(moment: Moment, row: Handover) -> tuple[Reader, tuple[str, str] | None]:
    team = team_of(moment.configuration, row.schedule)
    channel = team.channels[0] if team and team.channels else moment.configuration.admin_channel
    to = Reader("", tongue(team.locale), team.zone, team.language) if team else _stranger()
    return to, moment.channel(channel) if channel else None


def _stranger() -> Reader:
    return Reader("", tongue("en"), ZoneInfo("UTC"), "en")


def _tell_end(moment: Moment, schedule: str, leaver: str, its: Turn) -> None:
    """Where a schedule has no notes: one line, and none in the night."""
    if awake(moment.configuration, leaver, its.end) > moment.now:
        return
    to = reader(moment.configuration, leaver)
    tell(moment, leaver, notes.ended(schedule, its.comer, moment.configuration, to))


# ── what people do ───────────────────────────────────────────────────────────────────────────────────────────────


def remark(moment: Moment, row: Handover, who: str, remarks: str) -> bool:
    """Keep somebody's remarks; False when somebody was first. Who has the note already sees the new ones."""
    kept = _turn(moment, row, who, "edited", {"remarks": remarks}, remarks=remarks)
    if kept:
        _refresh(moment, row.id)
        now_is = get(moment, row.id)
        if now_is.draft_message is None:
            said = tell(moment, row.leaver, _draft(moment, now_is), night="tells")
            handovers.keep(moment.connection, row.id, draft_message=said)
        if now_is.message is not None and telling.is_final(moment, now_is.message):
            _deliver(moment, now_is)  # what they have cannot be edited
        advance(moment, row.id)
    return kept


def send(moment: Moment, row: Handover, who: str) -> bool:
    sent = _send(moment, row, who)
    advance(moment, row.id)
    return sent


def confirm(moment: Moment, row: Handover, who: str) -> bool:
    confirmed = {"state": "confirmed", "confirmed_at": moment.now, "confirmed_by": who}
    if not _turn(moment, row, who, "confirmed", {}, **confirmed):
        return False
    advance(moment, row.id)
    _refresh(moment, row.id)
    return True


# ── what is seen ─────────────────────────────────────────────────────────────────────────────────────────────────


def _refresh(moment: Moment, number: int) -> None:
    """Every message of a note says how it stands."""
    row = get(moment, number)
    if row.draft_message:
        retell(moment, row.draft_message, _draft(moment, row))
    if row.message:
        comer = row.comer is not None and telling.way_for(moment, row.comer) is not None
        to = reader(moment.configuration, row.comer or "") if comer else _team(moment, row)[0]
        retell(moment, row.message, notes.received(note_of(row), moment.configuration, to))


def draft_for(moment: Moment, row: Handover, to: Reader) -> Message:
    """A note as its writer sees it, in the language and zone of the one who asks."""
    sends_at = rules.sends_at(_times(moment, row), _waits(moment, row))
    return notes.draft(note_of(row), moment.configuration, to, moment.now, sends_at)


def as_answer(moment: Moment, row: Handover, to: Reader) -> Message:
    """A note for the one who asked for it."""
    return replace(draft_for(moment, row, to), kind="answer")


def _draft(moment: Moment, row: Handover) -> Message:
    return draft_for(moment, row, reader(moment.configuration, row.leaver))


def note_of(row: Handover) -> Note:
    return Note(
        row.id, row.version, row.state, row.schedule, row.leaver, row.comer, row.at, row.until,
        snapshots.load(row.facts), row.remarks, row.sent_at, row.sent_by, row.confirmed_at, row.confirmed_by,
    )  # fmt: skip


def _times(moment: Moment, row: Handover) -> Times:
    return Times(
        row.state,
        row.made_at,
        row.at,
        row.until,
        row.comer is None,
        row.shown_at is not None,
        row.sent_at,
        row.told_at,
        row.reminded_at,
        row.team_told_at,
        leaver_awake_at=awake(moment.configuration, row.leaver, row.at),
        comer_awake_at=awake(moment.configuration, row.comer, row.sent_at or row.at),
    )


def _waits(moment: Moment, row: Handover) -> HandOver:
    return (current(moment, row.schedule).handover if _exists(moment, row) else None) or HandOver()


def _exists(moment: Moment, row: Handover) -> bool:
    return row.schedule in moment.configuration.schedules


def find(moment: Moment, number: int) -> Handover | None:
    """A note that somebody named."""
    return handovers.get(moment.connection, moment.workspace, number)


def get(moment: Moment, number: int) -> Handover:
    """A note that this transaction knows to be there."""
    row = handovers.get(moment.connection, moment.workspace, number)
    assert row is not None, f"hand-over note {number} is gone within its own transaction"
    return row
