"""Whom of several a step pages first: who is awake, and who reads the viewers' language. Never anybody else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from desk.configuration.model import Person, Preference
from desk.oncall.hours import every_day, within
from desk.oncall.walltime import local
from desk.words import tongue

AWAKE = every_day(timedelta(hours=7), timedelta(hours=22))  # on their own clock


def ordered(
    candidates: Sequence[str],
    prefer: Sequence[Preference],
    people: Mapping[str, Person],
    language: str,
    now: datetime,
    paged: Collection[str] = (),
) -> list[tuple[str, str]]:
    """(person, why they come before the next) of all candidates, best first.

    Who has had no page of this incident comes before who has, so that the same step, taken again, goes on to the next
    of them; then what `prefer` names, in its order; then the order in which they were given. The reason is empty where
    nothing tells two people apart, and for the last one.
    """

    def qualities(person: str) -> tuple[bool, ...]:
        return person not in paged, *(_has(one, person, people, language, now) for one in prefer)

    ranked = sorted(candidates, key=lambda person: tuple(not quality for quality in qualities(person)))
    return [
        (person, _why(person, ranked[number + 1 :], prefer, people, language, now, paged))
        for number, person in enumerate(ranked)
    ]


def is_awake(person: Person, now: datetime) -> bool:
    return within(AWAKE, person.zone, now)


def reads(person: Person, language: str) -> bool:
    """Whether somebody reads a language; a region plays no part (`pt-BR` is `pt`)."""
    wanted = language.partition("-")[0]
    return bool(wanted) and any(known.partition("-")[0] == wanted for known in person.languages)


def _has(quality: Preference, key: str, people: Mapping[str, Person], language: str, now: datetime) -> bool:
    person = people.get(key)
    if person is None:
        return False
    return is_awake(person, now) if quality == "awake" else reads(person, language)


def _why(
    key: str,
    others: Sequence[str],
    prefer: Sequence[Preference],
    people: Mapping[str, Person],
    language: str,
    now: datetime,
    paged: Collection[str],
) -> str:
    """`Ben before Ana: awake (10:20 there), reads Indonesian`."""
    if not others:
        return ""
    reasons = []
    if key not in paged and any(other in paged for other in others):
        reasons.append("not paged for this before")
    person = people.get(key)
    for quality in prefer:
        if person is None or not _has(quality, key, people, language, now):
            continue
        if quality == "awake":
            reasons.append(f"awake ({local(now, person.zone):%H:%M} there)")
        else:
            reasons.append(f"reads {tongue('en').language(language.partition('-')[0])}")
    names = [people[other].name if other in people else other for other in others]
    before = f"{person.name if person else key} before {', '.join(names[:3])}"
    before += f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{before}: {', '.join(reasons)}" if reasons else f"{before}: named first"
