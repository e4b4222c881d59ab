"""Whom an override replaces: everybody who is on call in that time, or one of several, whoever else is stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.configuration.model import Configuration
from desk.moment import Moment
from desk.oncall import foreseen
from desk.oncall.current import planned
from desk.oncall.resolve import Row
from desk.oncall.spans import Span, common, without
from desk.questions.asking import Asker
from desk.questions.change_asked import person_in
from desk.questions.plan_asked import name_of, names_of
from desk.words import Tongue

EVERYBODY = "everybody"
_EVERYBODY_WORDS = frozenset((EVERYBODY, "everyone", "all", "所有人", "全部"))
_INSTEAD = re.compile(r"(?:^|\s)(?:instead\s+of|in\s+place\s+of|代替|替换)\s*(?P<whom>\S.*)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Instead:
    """Whom alone an override replaces; `person` None is everybody."""

    person: str | None


def instead_in(configuration: Configuration, text: str, asker: Asker) -> tuple[Instead | str | None, str]:
    """(whom a text says is replaced, the text without it). A string is words that name nobody, None says nothing."""
    found = _INSTEAD.search(text)
    if found is None:
        return None, text
    before, whom = text[: found.start()], found["whom"]
    first, _, rest = whom.partition(" ")
    if first.casefold() in _EVERYBODY_WORDS and first.casefold() not in configuration.people:
        return Instead(None), f"{before} {rest}".strip()
    named, rest = person_in(configuration, whom, asker)
    if named is None or named.person is None:
        return whom, text
    return Instead(named.person), f"{before} {rest}".strip()


def rows_of(moment: Moment, schedule: str, start: datetime, end: datetime) -> tuple[Row, ...]:
    """The final schedule as it is now. A unit that writes works it out before its turn."""
    plan = planned(moment).schedules[schedule]
    foreseen.foresee(moment.connection, [(plan, (start, end))])
    return foreseen.rows(moment.connection, plan, start, end)


def people_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """Who is on call, by when they come."""
    return tuple(dict.fromkeys(row.person for row in rows if row.person is not None))


def several(rows: Sequence[Row]) -> tuple[str, ...]:
    """The people of these rows, if more than one of them is on call at any moment; else none."""
    last: datetime | None = None
    for row in sorted((row for row in rows if row.person is not None), key=lambda row: row.start):
        if last is not None and row.start < last:
            return people_of(rows)
        last = row.end
    return ()


def why_not_instead(
    configuration: Configuration, schedule: str, person: str | None, instead_of: str, rows: Sequence[Row], t: Tongue
) -> str | None:
    """Why an override of `instead_of` by `person` (None: nobody) would change nothing, or nobody could want it."""
    name, other = (name_of(configuration, one) if one else "" for one in (person, instead_of))
    if person == instead_of:
        return t("Nobody can be on call instead of themselves: name somebody else.")
    if instead_of not in people_of(rows):
        there = names_of(configuration, people_of(rows), t) or t("nobody")
        return t(
            "{person} is not on call for {schedule} in that time. On call then: {people}.",
            person=other,
            schedule=schedule,
            people=there,
        )
    if person is not None and not without(_spans(rows, instead_of), _spans(rows, person)):
        return t("{person} is on call there at that time already.", person=name)
    return None


def instead_notes(
    configuration: Configuration,
    person: str | None,
    instead: Instead | None,
    before: Sequence[Row],
    after: Sequence[Row],
    hint: str,
    t: Tongue,
) -> list[str]:
    """Who was replaced, and who is left on call. `hint` is how to replace one of several, `{person}` for whom."""
    notes = []
    were = several(before)
    if instead is not None and instead.person is not None:
        other = name_of(configuration, instead.person)
        theirs = _spans(before, instead.person)
        if person is not None and common(theirs, _spans(before, person)):
            notes.append(
                t(
                    "For some of that time {person} is on call beside {other} already; nobody takes the place then.",
                    person=name_of(configuration, person),
                    other=other,
                )
            )
        if without([(row.start, row.end) for row in before], theirs):
            notes.append(t("Where {person} is not on call in that time, it changes nothing.", person=other))
    elif were:
        people = names_of(configuration, were, t)
        notes.append(t("It replaces everybody who was on call: {people}.", people=people))
        if instead is None:
            one = next((key for key in were if key != person), were[0])
            notes.append(t("To replace one of them alone: {how}", how=hint.replace("{person}", one)))
    return [*notes, left_on_call(configuration, after, t)]


def left_on_call(configuration: Configuration, rows: Sequence[Row], t: Tongue) -> str:
    """Who is on call after a change, in a sentence."""
    people = people_of(rows)
    if not people:
        return t("Nobody is on call in that time.")
    if len(people) == 1:
        told = t("On call in that time: {person}, nobody else.", person=name_of(configuration, people[0]))
    else:
        told = t("On call in that time: {people}.", people=names_of(configuration, people, t))
    if any(row.person is None for row in rows):
        told += " " + t("For some of it, nobody is.")
    return told


def _spans(rows: Iterable[Row], person: str) -> list[Span]:
    return [(row.start, row.end) for row in rows if row.person == person]
