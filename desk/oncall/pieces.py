"""A schedule cut into pieces within which nothing changes: who is on call in each, and how that came about."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from desk.oncall.away import Absence, Away, show
from desk.oncall.model import Layer, Override, Schedule
from desk.oncall.rotation import turns
from desk.oncall.walltime import utc


class Pick(NamedTuple):
    """Whom one layer, or an override, puts on call. `person` None: nobody, because everybody in `away` is away or
    because the override says so."""

    person: str | None
    layer: str = ""
    turn: int = 0
    away: tuple[tuple[str, Absence], ...] = ()  # those whose turn came before, and why it passed over them
    override: Override | None = None


class Piece(NamedTuple):
    """Half-open instants. `picks` are those on call, highest priority first; `passed` those that put nobody there."""

    start: datetime
    end: datetime
    picks: tuple[Pick, ...]
    passed: tuple[Pick, ...]

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(pick.person for pick in self.picks if pick.person is not None)


class _Slot(NamedTuple):
    start: datetime
    end: datetime
    pick: Pick


class Pieces:
    """Cuts one schedule. Its layers' turns are counted once and shared."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._away = Away(schedule)
        self._layers = [(layer, turns(layer)) for layer in reversed(schedule.layers)]  # highest first

    def between(self, start: datetime, end: datetime) -> list[Piece]:
        """The pieces that fill [start, end), in order."""
        lanes = [self._override_lane(start, end), *self._layer_lanes(start, end)]
        alone = self._one_of_several(start, end)
        bounds = {start, end}
        for lane in (*lanes, alone):
            for slot in lane:
                bounds.add(slot.start)
                bounds.add(slot.end)
        positions = [0] * len(lanes)
        pieces = []
        for opens, closes in pairwise(sorted(bounds)):
            picks: list[Pick] = []
            passed: list[Pick] = []
            for number, lane in enumerate(lanes):
                position = positions[number]
                while position < len(lane) and lane[position].end <= opens:
                    position += 1
                positions[number] = position
                if position == len(lane) or lane[position].start > opens:
                    continue
                pick = lane[position].pick
                if pick.person is None:
                    passed.append(pick)
                elif all(pick.person != other.person for other in picks):
                    picks.append(pick)
                if pick.override or len(picks) == self._schedule.people:
                    break
            for slot in alone:
                if slot.start <= opens < slot.end:
                    _replace_one(picks, passed, slot.pick)
            pieces.append(Piece(opens, closes, tuple(picks), tuple(passed)))
        return pieces

    def looks(self, at: datetime) -> list[tuple[Layer | None, Pick | None]]:
        """What the overrides (layer None), then each layer from the highest, and then the overrides that replace one
        person of several have to say at an instant, whether or not it comes to their word; a pick of None is nothing at
        all."""
        end = at + datetime.resolution
        lanes = [self._override_lane(at, end), *self._layer_lanes(at, end)]
        named = [None, *(layer for layer, _ in self._layers)]
        found = [(layer, lane[0].pick if lane else None) for layer, lane in zip(named, lanes, strict=True)]
        return [*found, *((None, slot.pick) for slot in self._one_of_several(at, end))]

    def _override_lane(self, start: datetime, end: datetime) -> list[_Slot]:
        """Overrides never overlap in a valid schedule; should they, the later in the list has the last word."""
        found: list[_Slot] = []
        for override in self._schedule.overrides:
            opens, closes = max(utc(override.start), start), min(utc(override.end), end)
            if opens >= closes or override.instead_of is not None:
                continue
            if any(opens < slot.end and slot.start < closes for slot in found):
                found = [kept for slot in found for kept in _outside(slot, opens, closes)]
            found += self._slots(override, opens, closes)
        return sorted(found, key=lambda slot: slot.start)

    def _one_of_several(self, start: datetime, end: datetime) -> list[_Slot]:
        """Overrides that replace one person, the oldest first. They lie over all else, and over each other."""
        found: list[_Slot] = []
        for override in self._schedule.overrides:
            opens, closes = max(utc(override.start), start), min(utc(override.end), end)
            if opens < closes and override.instead_of is not None:
                found += self._slots(override, opens, closes)
        return found

    def _slots(self, override: Override, opens: datetime, closes: datetime) -> Iterator[_Slot]:
        absences = self._away.of(override.person, opens, closes) if override.person else []
        for first, last in _cut(opens, closes, _bounds(absences)):
            away = [(override.person, absence) for absence in absences if absence.start <= first < absence.end]
            # An override stands against leave; what is kept here is only so that the reason can say so.
            noted = tuple((person, absence) for person, absence in away[:1] if person)
            yield _Slot(first, last, Pick(override.person, away=noted, override=override))

    def _layer_lanes(self, start: datetime, end: datetime) -> Iterator[list[_Slot]]:
        for layer, worked in self._layers:
            members = worked.members
            absences = {member: found for member in set(members) if (found := self._away.of(member, start, end))}
            bounds = _bounds([absence for found in absences.values() for absence in found])
            lane = []
            for opens, closes, turn in worked.duties(start, end):
                for first, last in _cut(opens, closes, bounds):
                    lane.append(_Slot(first, last, _on_turn(layer.name, members, turn, absences, first)))
            yield lane

    def why(self, piece: Piece, at: datetime) -> str:
        """A piece in words, as of an instant in it, with the names of those on call."""
        said = [f"{pick.person}: {self.why_pick(pick)}" for pick in piece.picks]
        return "; ".join(said + self._why_passed(piece)) if said else f"nobody: {self.why_nobody(piece, at)}"

    def why_nobody(self, piece: Piece, at: datetime) -> str:
        """What each layer has to say about a piece without anybody, as of an instant in it."""
        if any(pick.override for pick in piece.passed):
            return "; ".join(self._why_passed(piece))
        vacant = {pick.layer: self._why_vacant(pick) for pick in piece.passed}
        said = [vacant.get(layer.name) or self._why_absent(layer, at) for layer, _ in self._layers]
        return "; ".join(said) or "the schedule has no layers"

    def why_pick(self, pick: Pick) -> str:
        """Why this person, in words."""
        zone = self._schedule.zone
        if pick.override:
            though = "".join(f", although {absence.why(zone)}" for _, absence in pick.away)
            instead = f", instead of {pick.override.instead_of}" if pick.override.instead_of is not None else ""
            return f"override until {show(pick.override.end, zone)}{instead}{though}"
        instead = f", standing in for {self._why_away(pick)}" if pick.away else ""
        return f"layer {pick.layer}, turn {pick.turn + 1}{instead}"

    def _why_passed(self, piece: Piece) -> list[str]:
        return [self._why_vacant(pick) for pick in piece.passed]

    def _why_vacant(self, pick: Pick) -> str:
        if pick.override:
            return f"an override leaves it empty on purpose until {show(pick.override.end, self._schedule.zone)}"
        return f"layer {pick.layer} has nobody available: {self._why_away(pick)}"

    def _why_away(self, pick: Pick) -> str:
        return ", ".join(f"{person} ({absence.why(self._schedule.zone)})" for person, absence in pick.away)

    def _why_absent(self, layer: Layer, at: datetime) -> str:
        worked = turns(layer)
        if at < worked.open_time.starts_at:
            return f"layer {layer.name} begins on {layer.start}"
        if at >= worked.open_time.ends_at:
            return f"layer {layer.name} ended on {layer.end}"
        if at < worked.first_hand_off:
            return f"layer {layer.name} has its first hand-off at {show(worked.first_hand_off, layer.zone)}"
        return f"layer {layer.name} is outside its hours"


def _replace_one(picks: list[Pick], passed: list[Pick], pick: Pick) -> None:
    """Put somebody on call in the place of the one whom an override replaces. Where that one is not on call, it changes
    nothing; where somebody is on call already, nobody takes the place."""
    assert pick.override is not None
    there = [one.person for one in picks]
    if pick.override.instead_of not in there:
        return
    number = there.index(pick.override.instead_of)
    if pick.person is None:
        passed.append(pick)
    if pick.person is None or pick.person in there:
        del picks[number]
    else:
        picks[number] = pick


def _on_turn(layer: str, members: Sequence[str], turn: int, absences: dict[str, list[Absence]], at: datetime) -> Pick:
    """The member whose turn it is or, while they are away, the next one in the layer's order who is not."""
    skipped: dict[str, Absence] = {}
    for number in range(turn, turn + len(members)):
        member = members[number % len(members)]
        for absence in absences.get(member, ()):
            if absence.start <= at < absence.end:
                skipped.setdefault(member, absence)
                break
        else:
            return Pick(member, layer, turn, tuple(skipped.items()))
    return Pick(None, layer, turn, tuple(skipped.items()))


def _bounds(absences: Sequence[Absence]) -> list[datetime]:
    return sorted({at for absence in absences for at in (absence.start, absence.end)})


def _cut(start: datetime, end: datetime, bounds: list[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """[start, end) in parts, cut at those of the sorted `bounds` that lie inside."""
    for bound in bounds[bisect_right(bounds, start) :]:
        if bound >= end:
            break
        yield start, bound
        start = bound
    yield start, end


def _outside(slot: _Slot, start: datetime, end: datetime) -> Iterator[_Slot]:
    """What is left of a slot around [start, end)."""
    if slot.end <= start or slot.start >= end:
        yield slot
        return
    if slot.start < start:
        yield slot._replace(end=start)
    if slot.end > end:
        yield slot._replace(start=end)
