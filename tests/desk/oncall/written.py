"""A schedule as somebody else would write it in livedesk.yaml: quoted or not, in blocks or on one line, with any
offset, what is usual left out or said all the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from desk.oncall.model import WEEKDAYS, Layer, Restriction, Rotation, Schedule
from tests.desk.oncall.strategies import PEOPLE

OFFSETS = (0, 120, -420, 345, -570, 840)  # minutes east of Greenwich


def written(schedule: Schedule, chance: Random) -> str:
    """The text of a file with `schedule` in it."""
    document = _document(schedule, chance)
    if chance.random() < 0.2:
        return json.dumps(document, indent=chance.choice((None, 2)))
    return "# who is on call\n" + "\n".join(_block(document, chance, 0)) + "\n"


def _document(schedule: Schedule, chance: Random) -> dict[str, Any]:
    people: dict[str, Any] = {}
    for person in chance.sample(PEOPLE, len(PEOPLE)):
        people[person] = {}
        if person in schedule.countries:
            people[person]["country"] = schedule.countries[person]
        if person in schedule.zones:
            people[person]["timezone"] = schedule.zones[person].key
    plan: dict[str, Any] = {"timezone": schedule.zone.key}
    if schedule.people != 1 or chance.random() < 0.3:
        plan["people"] = schedule.people
    if schedule.holidays or chance.random() < 0.3:
        plan["holidays"] = schedule.holidays
    if schedule.layers:
        plan["layers"] = [_layer(layer, schedule, chance) for layer in schedule.layers]
    if schedule.overrides:
        overrides = chance.sample(schedule.overrides, len(schedule.overrides))
        plan["overrides"] = [{"person": one.person, **_span(one.start, one.end, chance)} for one in overrides]
    if schedule.leave:
        plan["leave"] = [{"person": one.person, **_span(one.start, one.end, chance)} for one in schedule.leave]
    sections = {"people": people, "schedules": {schedule.name: _shuffled(plan, chance)}}
    return _shuffled(sections, chance)


def _layer(layer: Layer, schedule: Schedule, chance: Random) -> dict[str, Any]:
    said: dict[str, Any] = {"rotation": _rotation(layer.rotation, chance)}
    if chance.random() < 0.7:
        said["name"] = layer.name
    if layer.zone != schedule.zone or chance.random() < 0.3:
        said["timezone"] = layer.zone.key
    if layer.start:
        said["start"] = layer.start.isoformat()
    if layer.end:
        said["end"] = layer.end.isoformat()
    if layer.restrictions:
        said["restrictions"] = [_restriction(one, chance) for one in layer.restrictions]
    return _shuffled(said, chance)


def _rotation(rotation: Rotation, chance: Random) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": rotation.type,
        "members": list(rotation.members),
        "start": rotation.start.isoformat(),
    }
    if rotation.hand_off.hour or rotation.hand_off.minute or chance.random() < 0.5:
        said["hand_off"] = f"{rotation.hand_off:%H:%M}"
    if rotation.type == "custom":
        said["lengths"] = list(rotation.lengths)
    elif rotation.every != 1 or chance.random() < 0.3:
        said["every"] = rotation.every
    if rotation.type == "weekly" and (rotation.weekday != "mon" or chance.random() < 0.5):
        said["weekday"] = rotation.weekday
    return _shuffled(said, chance)


def _restriction(one: Restriction, chance: Random) -> dict[str, Any]:
    said: dict[str, Any] = {"from": _clock(one.start), "to": _clock(one.end)}
    if len(one.days) < len(WEEKDAYS) or chance.random() < 0.3:
        said["days"] = chance.sample(sorted(one.days), len(one.days))
    return _shuffled(said, chance)


def _clock(since_midnight: timedelta) -> str:
    minutes = since_midnight // timedelta(minutes=1)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _span(start: datetime, end: datetime, chance: Random) -> dict[str, str]:
    return {"start": _instant(start, chance), "end": _instant(end, chance)}


def _instant(at: datetime, chance: Random) -> str:
    moved = at.astimezone(timezone(timedelta(minutes=chance.choice(OFFSETS)))).isoformat()
    return moved.replace("+00:00", "Z") if chance.random() < 0.5 else moved


def _shuffled(said: Mapping[str, Any], chance: Random) -> dict[str, Any]:
    return dict(chance.sample(list(said.items()), len(said)))


# ── YAML ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _block(value: Any, chance: Random, depth: int) -> list[str]:
    """The lines of a mapping or list that is not empty."""
    pad = "  " * depth
    lines = []
    heads = [(f"{_scalar(key, chance)}:", one) for key, one in value.items()] if isinstance(value, dict) else [
        ("-", one) for one in value
    ]  # fmt: skip
    for head, one in heads:
        if isinstance(one, dict | list) and one and chance.random() < 0.6:
            lines += [pad + head, *_block(one, chance, depth + 1)]
        else:
            lines.append(f"{pad}{head} {_flow(one, chance)}" + chance.choice(("", "", "  # as agreed")))
    return lines


def _flow(value: Any, chance: Random) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key, chance)}: {_flow(one, chance)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one, chance) for one in value) + "]"
    return _scalar(value, chance)


def _scalar(value: Any, chance: Random) -> str:
    if value is None:
        return chance.choice(("null", "~"))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return chance.choice((str(value), f'"{value}"', f"'{value}'"))
