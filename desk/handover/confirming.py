"""What the page behind a link of a hand-over note's e-mail shows, and what its button does: the same as the button in
chat."""

from __future__ import annotations

from desk.handover import flow, said
from desk.handover.note import received
from desk.handover.rules import HAVE_IT
from desk.moment import Moment
from desk.questions.asking import Asker
from desk.reach.answering import Shown
from desk.readers import Reader, reader
from desk.words import Tongue


def show(moment: Moment, number: int, version: int, person: str) -> Shown | None:
    """How a note stands for the person of a link, in their language; None when it or they are not known here any more.
    Changes nothing: mail scanners and previews follow links."""
    row = flow.find(moment, number)
    if row is None or person not in moment.configuration.people:
        return None
    to = reader(moment.configuration, person)
    t = to.t
    headline = received(flow.note_of(row), moment.configuration, to).headline
    label = t("I have it")
    too_late = said.why_not(moment, row, HAVE_IT, _asker(to), t)
    if too_late is None and row.version != version:
        too_late = t("The note has changed since then: there is a newer mail.")
    if too_late is not None:
        return _shown(headline, too_late, label, t)
    return Shown(headline, t("Say so once you have read it: then nobody asks again."), label, True, str(t.locale))


def confirm(moment: Moment, number: int, version: int, person: str) -> Shown | None:
    """Confirm as the button does; what became of it."""
    before = show(moment, number, version, person)
    if before is None or not before.open:
        return before
    to = reader(moment.configuration, person)
    text = said.act(moment, number, HAVE_IT, version, _asker(to), to.t)
    done = flow.get(moment, number).state == "confirmed"
    return Shown(before.headline, text, before.label, False, before.locale, done)


def _asker(to: Reader) -> Asker:
    return Asker(to.person, to.zone, str(to.t.locale), None)


def _shown(headline: str, text: str, label: str, t: Tongue) -> Shown:
    return Shown(headline, text, label, False, str(t.locale))
