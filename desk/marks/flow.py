"""Useful or noise: what people say of an alert, kept, and shown on its card."""

from __future__ import annotations

from datetime import datetime

from desk.incidents import showing
from desk.incidents.rules import MANUAL
from desk.incidents.said import Answer
from desk.marks.rules import NOISE, Alert, Mark, verdict
from desk.moment import Moment
from desk.words import Tongue
from store import incidents, marks


def act(moment: Moment, incident: int, mark: Mark, who: str, t: Tongue) -> Answer:
    """Note what `who` (a person's key, or `platform:name`) thinks of an alert, whatever has become of it since."""
    row = incidents.get(moment.connection, moment.workspace, incident)
    if row is None:
        return Answer(t("Incident {number} is not known here any more.", number=incident), False)
    before = marks.by(moment.connection, incident, who)
    if before == mark:
        said = t("You have called it noise before.") if mark == NOISE else t("You have called it useful before.")
        return Answer(said, False)
    marks.keep(moment.connection, moment.workspace, incident, who, mark, moment.now)
    incidents.record(moment.connection, incident, moment.now, who, "marked", {"mark": mark, "before": before})
    showing.show_card(moment, incident, rich=True)
    if mark == NOISE:
        return Answer(
            t("Noted as noise. Nothing changes by itself: /live alerts says what another setting would do."), True
        )
    return Answer(t("Noted as useful. Thank you."), True)


def alerts(moment: Moment, start: datetime, end: datetime) -> list[Alert]:
    """The incidents that were opened in [start, end), with what people made of them, oldest first."""
    said: dict[int, list[str]] = {}
    for one in marks.of_opened(moment.connection, moment.workspace, start, end):
        said.setdefault(one.incident, []).append(one.mark)
    scopes = incidents.scopes_of_opened(moment.connection, moment.workspace, start, end)
    return [
        Alert(
            row.id, tuple(scope.market for scope in scopes.get(row.id, ())), row.category, verdict(said.get(row.id, ()))
        )
        for row in incidents.between(moment.connection, moment.workspace, start, end)
        if row.category != MANUAL  # nobody's detector opened it
    ]
