"""A tap on "Fill": whoever taps is on call for the gap, by an override."""

from __future__ import annotations

from desk.messages import Message
from desk.moment import Moment
from desk.oncall.changing import paint, second
from desk.oncall.current import planned
from desk.oncall.filling import gap_of
from desk.oncall.gaps import gaps
from desk.oncall.painting import Paint
from desk.oncall.roles import may_change
from desk.oncall.walltime import utc
from desk.questions.asking import Asker
from desk.questions.change_asked import leave_notes, outcome, refused, stranger, why_not
from desk.questions.plan_asked import name_of, said
from desk.words import Tongue


def fill(moment: Moment, ref: str, asker: Asker, t: Tongue) -> Message:
    """Must run in a unit of work that writes; ValueError when `ref` is no gap's."""
    configuration = planned(moment)
    schedule, start, end = gap_of(ref)
    if schedule not in configuration.schedules:
        raise ValueError(ref)
    if asker.person is None:
        return stranger(asker, t)
    refusal = may_change(configuration, asker.person, schedule, [asker.person])
    if refusal is not None:
        return refused(why_not(configuration, refusal, schedule, t), asker, t)
    now = second(moment.now)
    still = [gap for gap in gaps(configuration, start, end) if gap.schedule == schedule and gap.end > utc(now)]
    if not still:
        return said(t("This gap is filled, or over"), (), asker, t)
    paints = [Paint(schedule, asker.person, max(gap.start, now), gap.end) for gap in still]
    done = paint(moment, "fill", paints, asker.person, asker.via)
    headline = t("{person} fills the gap in {schedule}", person=name_of(configuration, asker.person), schedule=schedule)
    first, last = paints[0].start, paints[-1].end
    notes = leave_notes(configuration, configuration.schedules[schedule], [asker.person], first, last, t)
    return outcome(headline, done, notes, asker, t)
