"""What is due, done: each row is settled in the transaction that does it, so nothing is done twice or lost."""

from __future__ import annotations

from desk.acknowledged import flow as acknowledged
from desk.acknowledged import keeping
from desk.changes import flow as changes
from desk.digest import flow as digest
from desk.following import flow as following
from desk.gaps import flow as gaps
from desk.handover import flow as handover
from desk.highlights import flow as highlights
from desk.incidents import life, snapshots
from desk.moment import Moment
from desk.mutes import flow as muting
from desk.mutes.rules import LAPSE
from desk.oncall import flow as oncall
from desk.oncall import pages, requests
from desk.oncall.steps import ESCALATE, HELD
from desk.reach import flow as reach
from desk.reachable import flow as reachable
from desk.shifts import flow as shifts
from desk.telling import flow as telling
from store import due
from store.due import Due

LOOKED_AT = (digest.KIND, highlights.KIND)


def look(moment: Moment, row: Due) -> object:
    """What has to be read for a due row, where that is much: it is read before the transaction that does it, because
    everybody else who writes waits for that one."""
    if row.kind == digest.KIND:
        return digest.look(moment, row.ref)
    if row.kind == highlights.KIND:
        return highlights.look(moment, row.ref)
    return None


def settle(moment: Moment, row: Due, seen: object = None) -> bool:
    """Do one due row; False when somebody else was first or it was cancelled meanwhile. `seen` is what `look` saw, a
    moment ago; it looks now, where that is left out."""
    if not due.settle(moment.connection, row, moment.now):
        return False
    if row.kind == ESCALATE:
        oncall.step(moment, int(row.ref))
    elif row.kind == HELD:
        pages.deliver(moment, int(row.ref))
    elif row.kind == keeping.ASK:
        acknowledged.ask(moment, int(row.ref))
    elif row.kind == keeping.EXPIRES:
        acknowledged.expire(moment, int(row.ref), row.payload)
    elif row.kind == following.KIND:
        following.follow(moment, row.ref, row.payload)
    elif row.kind == life.EXPIRE:
        life.expire(moment, int(row.ref))
    elif row.kind == LAPSE:
        muting.lapse(moment, int(row.ref))
    elif row.kind == digest.KIND:
        written = seen if isinstance(seen, digest.Written) else digest.look(moment, row.ref)
        digest.tell(moment, row.ref, row.payload, written)
    elif row.kind == snapshots.KIND:
        snapshots.opened(moment, int(row.ref))
    elif row.kind == highlights.KIND:
        picked = seen if isinstance(seen, list) else highlights.look(moment, row.ref)
        highlights.tell(moment, row.ref, picked)
    elif row.kind == requests.LAPSE:
        requests.lapse(moment, int(row.ref))
    elif row.kind == gaps.KIND:
        gaps.tell(moment, row.ref, row.payload)
    elif row.kind == shifts.KIND:
        shifts.give(moment, row.ref, row.payload)
    elif row.kind == handover.KIND:
        handover.step(moment, row.ref)
    elif row.kind == changes.KIND:
        changes.tell_change(moment, row.ref, row.payload)
    elif row.kind == reach.NOTIFY:
        reach.again(moment, row.ref, row.payload)
    elif row.kind == reachable.KIND:
        reachable.tell(moment, row.ref, row.payload)
    elif row.kind == telling.KIND:
        telling.tell_held(moment, row.payload)
    return True
