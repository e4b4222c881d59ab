"""From the text of `livedesk.yaml` to a `Configuration`, or to every reason why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from desk.configuration.model import Configuration, Person, Route
from desk.oncall.model import Schedule
from desk.oncall.routing import shadowed
from handlers.configuration.problems import ConfigurationError, Problem, did_you_mean
from handlers.configuration.schedules import members_of
from handlers.configuration.sections import SECTIONS
from handlers.configuration.shapes import BAD, EnoughError, Reading
from handlers.configuration.tree import MAX_BYTES, Listing, Scalar, Tree, join, read_tree
from handlers.configuration.tree import Mapping as Branch

EVERYTHING = frozenset(SECTIONS)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration, and what is odd in its file without being wrong (a `weekday` in a daily rotation, say)."""

    configuration: Configuration
    notes: tuple[Problem, ...] = ()


def load_file(path: Path, sections: frozenset[str] | None = None) -> Configuration:
    """The configuration in a file. `sections` limits what is looked at (`{"people", "schedules"}` for on-call
    questions); the rest of the file is then neither checked nor returned.

    Raises ConfigurationError with every problem found.
    """
    return examine_file(path, sections).configuration


def load_text(text: str, name: str, sections: frozenset[str] | None = None) -> Configuration:
    """The same from a text; `name` stands for the file in what is said about it."""
    return examine_text(text, name, sections).configuration


def examine_file(path: Path, sections: frozenset[str] | None = None) -> Loaded:
    """`load_file`, with the notes for whoever wrote the file."""
    name = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = f"cannot be opened: {error.strerror or error}; start from examples/livedesk.yaml"
        raise ConfigurationError([Problem(name, 1, "file", reason)]) from None
    if len(raw) > MAX_BYTES:
        reason = f"the file is larger than {MAX_BYTES // 1000} kB, which no configuration should be"
        raise ConfigurationError([Problem(name, 1, "file", reason)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigurationError([Problem(name, line, "file", "is not UTF-8; save it as UTF-8")]) from None
    return examine_text(text, name, sections)


def examine_text(text: str, name: str, sections: frozenset[str] | None = None) -> Loaded:
    reading = Reading(name)
    tree, made = None, {}
    with suppress(EnoughError):
        tree = read_tree(text, reading.refuse)
        made = _read_sections(tree, EVERYTHING if sections is None else sections, reading) if tree else {}
    if tree and not reading.problems:
        _refuse_policies_of_nobody(made, tree, reading)
    if reading.problems:
        raise ConfigurationError(reading.problems)
    if tree and made.get("routing"):
        _note_shadowed(made["routing"], tree, reading)
    if tree and "schedules" in made:
        made["schedules"] = _with_holidays(made["schedules"], made.get("people", {}), tree)
    return Loaded(Configuration(**made), tuple(reading.notes))


def _read_sections(tree: Tree, sections: Collection[str], reading: Reading) -> dict[str, Any]:
    if not isinstance(tree, Branch):
        reading.refuse(tree.line, "file", f"sections such as {', '.join(SECTIONS)} are wanted", "people: {ana: {}}")
        return {}
    reading.names = {name: _names(tree.entries.get(name)) for name in SECTIONS}
    made: dict[str, Any] = {}
    for key, (line, value) in tree.entries.items():
        if key not in SECTIONS:
            if not key.startswith("x-") and key != "$schema":
                hint = did_you_mean(key, SECTIONS) or f"; there are {', '.join(SECTIONS)}"
                reading.refuse(line, join("", key), f"there is no such section{hint}")
        elif key in sections and not (isinstance(value, Scalar) and value.is_null):
            made[key] = SECTIONS[key].shape.read(value, key, reading)
    return {key: value for key, value in made.items() if value is not BAD}


def _refuse_policies_of_nobody(made: Mapping[str, Any], tree: Tree, reading: Reading) -> None:
    """A policy whose every target is a schedule in which nobody ever is: each page of it would be an alarm."""
    assert isinstance(tree, Branch)
    empty = {
        name
        for name, schedule in made.get("schedules", {}).items()
        if not schedule.layers and not any(override.person for override in schedule.overrides)
    }
    for key, policy in made.get("policies", {}).items():
        targets = [target for step in policy.steps for target in step.notify]
        if all(target.kind == "schedule" and target.name in empty for target in targets):
            section = tree.entries["policies"][1]
            assert isinstance(section, Branch)
            named = ", ".join(dict.fromkeys(target.name for target in targets))
            reason = f"ends in nobody: there is nobody in {named}; give the schedule a layer, or name a person"
            reading.refuse(section.entries[key][0], join("policies", key), reason)


def _names(section: tuple[int, Tree] | None) -> Collection[str]:
    return section[1].entries if section and isinstance(section[1], Branch) else ()


def _note_shadowed(rules: tuple[Route, ...], tree: Tree, reading: Reading) -> None:
    assert isinstance(tree, Branch)
    section = tree.entries["routing"][1]
    assert isinstance(section, Listing)
    for later, earlier in shadowed(rules):
        first = f"routing[{earlier}] (line {section.items[earlier].line})"
        reason = f"is never reached, because {first} matches all that it does"
        reading.note(section.items[later].line, f"routing[{later}]", reason)


def _with_holidays(schedules: Mapping[str, Schedule], people: Mapping[str, Person], tree: Tree) -> dict[str, Schedule]:
    """Each schedule with its members' countries and own zones: a holiday is a member's own local day. Somebody whose
    zone the file does not say is left out, rather than taken to live in UTC."""
    assert isinstance(tree, Branch)
    _, section = tree.entries.get("people", (0, Branch(0)))
    written = section.entries if isinstance(section, Branch) else {}
    at_home = {
        key for key, (_, person) in written.items() if isinstance(person, Branch) and "timezone" in person.entries
    }

    def completed(schedule: Schedule) -> Schedule:
        members = [people[member] for member in sorted(members_of(schedule)) if member in people]
        return replace(
            schedule,
            countries={person.key: person.country for person in members if person.country},
            zones={person.key: person.zone for person in members if person.key in at_home},
        )

    return {name: completed(schedule) for name, schedule in schedules.items()}
