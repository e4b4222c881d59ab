"""`bot.py oncall handover`: the note of somebody's shift, shown, written in, sent and confirmed without a chat."""

from __future__ import annotations

from desk.handover import flow, rules, said
from desk.messages import Message
from desk.moment import Moment
from desk.questions.asking import Asker
from desk.readers import reader
from desk.words import Tongue
from handlers.commands.oncall_asked import RefusedError, named
from handlers.commands.oncall_changes import Place
from handlers.commands.oncall_deeds import Told, act
from store.handovers import Handover


def hand_over(place: Place, schedule: str | None, remark: str | None, *, send: bool) -> int:
    """Show the note of `--as`'s shift; `remark` takes the place of the remarks in it, and `send` hands it over.

    Returns the exit code: 0; 2 with the reason when nothing was changed; 1 without a database.
    """

    def do(moment: Moment, asker: Asker, t: Tongue) -> Told:
        if schedule is not None:
            named(moment.configuration, schedule)
        row = said.own(moment, schedule, asker.person or "", t)
        if isinstance(row, str):
            raise RefusedError(row)
        if remark is not None:
            refusal = said.remark(moment, row.id, row.version, remark, asker, t)
            if refusal is not None:
                raise RefusedError(refusal)
        if send:
            row = flow.get(moment, row.id)
            refusal = said.why_not(moment, row, rules.SEND, asker, t)
            if refusal is not None:
                raise RefusedError(refusal)
            said.act(moment, row.id, rules.SEND, row.version, asker, t)
        return _shown(moment, flow.get(moment, row.id), asker)

    return act(place, do)


def confirm(place: Place, number: int) -> int:
    """`--as` has a note that was handed over to them. Exit codes as for `hand_over`."""

    def do(moment: Moment, asker: Asker, t: Tongue) -> Told:
        row = flow.find(moment, number)
        version = row.version if row is not None else 0
        answer = said.act(moment, number, rules.HAVE_IT, version, asker, t)
        now_is = flow.find(moment, number)
        done = now_is is not None and now_is.version != version
        return Told(Message(kind="answer", headline=answer), done, {"handover": number})

    return act(place, do)


def _shown(moment: Moment, row: Handover, asker: Asker) -> Told:
    to = reader(moment.configuration, asker.person or "")
    facts = {"handover": row.id, "state": row.state, "schedule": row.schedule, "to": row.comer, "remarks": row.remarks}
    return Told(flow.as_answer(moment, row, to), True, facts)
