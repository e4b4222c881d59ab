"""What the Block Kit table is written in: rules for one value, shapes for one object, and what a walk has seen.

A rule takes (value, JSON pointer, walk) and adds a `Problem` to the walk for each thing Slack would refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing Slack would refuse. `pointer` is a JSON pointer into what was validated ("" for the whole)."""

    pointer: str
    code: str
    message: str
    constraint: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The problem as `blocks.validate` writes it."""
        return {
            "pointer": self.pointer,
            "code": self.code,
            "message": self.message,
            "constraint": dict(self.constraint),
        }

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


@dataclass(slots=True)
class Walk:
    """What one pass over a payload has seen so far."""

    surface: Surface
    problems: list[Problem] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)  # of the block being walked
    types: list[str] = field(default_factory=list)
    focused: int = 0
    text: int = 0
    markdown: int = 0

    def refuse(self, at: str, message: str, kind: str, *, code: str = "failed_constraint", **more: Any) -> None:
        self.problems.append(Problem(at, code, message, {"type": kind, **more}))


Rule = Callable[[Any, str, Walk], None]


@dataclass(frozen=True, slots=True)
class Shape:
    """What an object may hold. `exactly_one` and `any_of` name groups of fields; `open` takes fields not named here
    (for the newest blocks, whose reference still changes)."""

    fields: Mapping[str, Rule]
    needs: tuple[str, ...] = ()
    exactly_one: tuple[tuple[str, ...], ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    surfaces: tuple[Surface, ...] = ("message", "modal", "home")
    open: bool = False


# Rules: each returns a check for one value.


def anything(value: Any, at: str, walk: Walk) -> None:
    del value, at, walk


def flag(value: Any, at: str, walk: Walk) -> None:
    if not isinstance(value, bool):
        walk.refuse(at, "must be a boolean", "type", expected="boolean")


def string(most: int | None = None, *, least: int = 1, pattern: str = "") -> Rule:
    def check(value: Any, at: str, walk: Walk) -> None:
        if not isinstance(value, str):
            return walk.refuse(at, "must be a string", "type", expected="string")
        if most is not None and len(value) > most:
            walk.refuse(at, f"must be less than {most + 1} characters", "max_length", expected=most, got=len(value))
        if len(value) < least:
            walk.refuse(at, f"must be more than {least - 1} characters", "min_length", expected=least, got=len(value))
        elif pattern and not re.fullmatch(pattern, value):
            walk.refuse(at, f"does not match the pattern {pattern}", "pattern", expected=pattern)

    return check


def shown(most: int | None = None) -> Rule:
    """A bare string that readers see, so that it counts towards the sum of the message."""
    plain = string(most)

    def check(value: Any, at: str, walk: Walk) -> None:
        plain(value, at, walk)
        walk.text += len(value) if isinstance(value, str) else 0

    return check


def number(low: float | None = None, high: float | None = None) -> Rule:
    def check(value: Any, at: str, walk: Walk) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            walk.refuse(at, "must be a number", "type", expected="number")
        elif (low is not None and value < low) or (high is not None and value > high):
            walk.refuse(at, f"must be from {low} to {high}", "range", minimum=low, maximum=high, got=value)

    return check


def one_of(*values: str) -> Rule:
    def check(value: Any, at: str, walk: Walk) -> None:
        if value not in values:
            walk.refuse(at, f"must be one of: {', '.join(values)}", "enum", expected=list(values), got=value)

    return check


def many(rule: Rule, low: int, high: int) -> Rule:
    def check(value: Any, at: str, walk: Walk) -> None:
        if not isinstance(value, list):
            return walk.refuse(at, "must be an array", "type", expected="array")
        if len(value) > high:
            walk.refuse(at, f"no more than {high} items allowed", "max_items", expected=high, got=len(value))
        if len(value) < low:
            walk.refuse(at, f"no fewer than {low} items allowed", "min_items", expected=low, got=len(value))
        for index, item in enumerate(value):
            rule(item, f"{at}/{index}", walk)

    return check


def text(most: int, *kinds: str) -> Rule:
    """A text object. Without kinds it may be `plain_text` or `mrkdwn`."""
    allowed = kinds or ("plain_text", "mrkdwn")

    def check(value: Any, at: str, walk: Walk) -> None:
        if not isinstance(value, dict):
            return walk.refuse(at, "must be a text object", "type", expected="object")
        kind = value.get("type")
        if kind not in allowed:
            return walk.refuse(f"{at}/type", f"unsupported type: {kind}", "enum", expected=list(allowed), got=kind)
        extra = {"emoji": flag} if kind == "plain_text" else {"verbatim": flag}
        check_fields(Shape({"type": anything, "text": shown(most), **extra}, needs=("text",)), value, at, walk)

    return check


def typed(table: Mapping[str, Shape], *allowed: str) -> Rule:
    """An object whose `type` names its shape in `table`; `allowed` narrows which of them fit in this place."""

    def check(value: Any, at: str, walk: Walk) -> None:
        names = allowed or tuple(table)
        if not isinstance(value, dict):
            return walk.refuse(at, "must be an object", "type", expected="object")
        kind = value.get("type")
        if kind not in names:
            return walk.refuse(f"{at}/type", f"unsupported type: {kind}", "enum", expected=list(names), got=kind)
        check_shape(table[kind], value, at, walk)

    return check


def check_fields(shape: Shape, value: Mapping[str, Any], at: str, walk: Walk) -> None:
    for name in shape.needs:
        if value.get(name) is None:
            walk.refuse(at, f"missing required field: {name}", "required", code="missing_field", expected=name)
    for group in shape.exactly_one:
        given = [name for name in group if value.get(name) is not None]
        if len(given) != 1:
            walk.refuse(at, f"needs exactly one of: {', '.join(group)}", "exactly_one_of", expected=list(group))
    for group in shape.any_of:
        if not any(value.get(name) is not None for name in group):
            walk.refuse(at, f"needs one of: {', '.join(group)}", "any_of", expected=list(group))
    for name, item in value.items():
        rule = shape.fields.get(name)
        if rule is not None:
            if item is not None:
                rule(item, f"{at}/{name}", walk)
        elif name != "type" and not shape.open:
            walk.refuse(at, f"invalid additional property: {name}", "additional", code="additional_property")


def check_shape(shape: Shape, value: Any, at: str, walk: Walk) -> None:
    if not isinstance(value, dict):
        return walk.refuse(at, "must be an object", "type", expected="object")
    check_fields(shape, value, at, walk)
    action = value.get("action_id") if "action_id" in shape.fields else None
    if isinstance(action, str):
        if action in walk.action_ids:
            walk.refuse(f"{at}/action_id", f"`action_id` {action!r} already exists in this block", "unique")
        walk.action_ids.add(action)
    walk.focused += value.get("focus_on_load") is True
