"""Of what a configuration is made: values, references, lists, mappings by name, records.

The grammar (`grammar.py`) is written in these once; reading a file and the JSON Schema for editors both come from it,
so the two cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from handlers.configuration.problems import Problem, did_you_mean
from handlers.configuration.scalars import KEY, UnreadableError
from handlers.configuration.tree import Listing, Scalar, Tree, join
from handlers.configuration.tree import Mapping as Branch


class _Bad:
    """Stands where a value could not be read; its problem has been noted."""

    def __repr__(self) -> str:
        return "BAD"


BAD: Final[Any] = _Bad()


# Nobody mends more at once; and looking for what each of thousands of wrong names was meant to be would take hours.
MOST_PROBLEMS = 200


class EnoughError(Exception):
    """Reading stops: MOST_PROBLEMS have been noted."""


@dataclass(slots=True)
class Reading:
    """One reading of one file: the problems so far, and the names that each section defines."""

    file: str
    names: Mapping[str, Collection[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)  # odd, but no reason to refuse the file

    def refuse(self, line: int, at: str, reason: str, example: str = "") -> None:
        self.problems.append(Problem(self.file, line, at or "file", reason, example))
        if len(self.problems) == MOST_PROBLEMS:
            raise EnoughError

    def note(self, line: int, at: str, reason: str) -> None:
        self.notes.append(Problem(self.file, line, at, reason))


class Shape(Protocol):
    def read(self, tree: Tree, at: str, reading: Reading) -> Any:
        """The value, or BAD after noting why not."""

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema, draft 2020-12."""


def what(tree: Tree) -> str:
    """What stands where something else was wanted, in words."""
    if isinstance(tree, Scalar):
        return "nothing (was it forgotten after the colon?)" if tree.is_null else f"the single value {tree.text[:40]!r}"
    return "a list" if isinstance(tree, Listing) else "a mapping"


@dataclass(frozen=True, slots=True)
class Value:
    """One word, read by `parse`. `literal`: a number or truth value, which stands without quotes."""

    parse: Callable[[str], Any]
    json: Mapping[str, Any]
    literal: bool = False

    def read(self, tree: Tree, at: str, reading: Reading) -> Any:
        if not isinstance(tree, Scalar) or tree.is_null:
            reading.refuse(tree.line, at, f"a single value is wanted here, not {what(tree)}")
            return BAD
        if self.literal and not tree.plain:
            reading.refuse(tree.line, at, f'"{tree.text[:40]}" is a text; write it without quotes')
            return BAD
        try:
            return self.parse(tree.text)
        except UnreadableError as error:
            reading.refuse(tree.line, at, error.reason, error.example)
            return BAD

    def schema(self) -> dict[str, Any]:
        return dict(self.json)


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of something that another section defines."""

    section: str
    singular: str

    def read(self, tree: Tree, at: str, reading: Reading) -> Any:
        if not isinstance(tree, Scalar) or tree.is_null:
            reading.refuse(tree.line, at, f"the name of a {self.singular} is wanted here, not {what(tree)}")
            return BAD
        known = reading.names.get(self.section)
        if known is not None and tree.text not in known:
            hint = did_you_mean(tree.text, known)
            reason = f"there is no {self.singular} {tree.text[:60]!r} under {self.section}{hint}"
            reading.refuse(tree.line, at, reason)
            return BAD
        return tree.text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "description": f"a {self.singular}, by its name under {self.section}"}


@dataclass(frozen=True, slots=True)
class OrNothing:
    """A value, or `null` on purpose."""

    shape: Shape

    def read(self, tree: Tree, at: str, reading: Reading) -> Any:
        if isinstance(tree, Scalar) and tree.is_null:
            return None
        return self.shape.read(tree, at, reading)

    def schema(self) -> dict[str, Any]:
        inner = self.shape.schema()
        if "enum" in inner:
            inner["enum"] = [*inner["enum"], None]
        kinds = inner.get("type", [])
        inner["type"] = [*([kinds] if isinstance(kinds, str) else kinds), "null"]
        return inner


@dataclass(frozen=True, slots=True)
class ListOf:
    """Items in order. `repeats`: the same one may stand there twice."""

    item: Shape
    at_least: int = 0
    repeats: bool = False
    when_empty: str = "is empty"

    def read(self, tree: Tree, at: str, reading: Reading) -> Any:
        if isinstance(tree, Scalar) and tree.is_null and not self.at_least:
            return ()
        if not isinstance(tree, Listing):
            single = isinstance(tree, Scalar) and not tree.is_null
            example = f"[{tree.text[:40]}]" if single and isinstance(tree, Scalar) else ""
            reading.refuse(tree.line, at, f"a list is wanted here, not {what(tree)}", example)
            return BAD
        if len(tree.items) < self.at_least:
            reading.refuse(tree.line, at, self.when_empty)
        values = [self.item.read(item, f"{at}[{index}]", reading) for index, item in enumerate(tree.items)]
        if not self.repeats:
            seen = set()
            for index, value in enumerate(values):
                if value is not BAD and value in seen:
                    reading.refuse(tree.items[index].line, f"{at}[{index}]", "stands in the list twice")
                seen.add(value)
        return tuple(values)

    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "array" if self.at_least else ["array", "null"], "items": self.item.schema()}
        if self.at_least:
            schema["minItems"] = self.at_least
        if not self.repeats:
            schema["uniqueItems"] = True
        return schema


@dataclass(frozen=True, slots=True)
class NamedOf:
    """A mapping from names of the writer's own choosing to records."""

    record: Record

    def read(self, tree: Tree, at: str, reading: Reading) -> Any:
        if isinstance(tree, Scalar) and tree.is_null:
            return {}
        if not isinstance(tree, Branch):
            reading.refuse(tree.line, at, f"names with their settings are wanted here, not {what(tree)}")
            return BAD
        made: dict[str, Any] = {}
        for key, (line, value) in tree.entries.items():
            if not re.fullmatch(KEY, key):
                reason = f"{key[:80]!r} cannot be a name: letters, digits, spaces and _ . - only, 64 at most"
                reading.refuse(line, join(at, key), reason, "emea-nights")
            made[key] = self.record.read(value, join(at, key), reading, key)
        return made

    def schema(self) -> dict[str, Any]:
        names = {"pattern": r"^\S(.{0,62}\S)?$"}
        return {
            "type": ["object", "null"],
            "propertyNames": names,
            "additionalProperties": self.record.schema(),
        }


@dataclass(frozen=True, slots=True)
class Open:
    """A mapping whose keys are not ours to list (platforms), each value read by `parse(key, text)`."""

    parse: Callable[[str, str], str]
    known: Mapping[str, str]  # key → pattern of its value
    otherwise: str  # pattern of the value of any other key

    def read(self, tree: Tree, at: str, reading: Reading) -> Any:
        if isinstance(tree, Scalar) and tree.is_null:
            return {}
        if not isinstance(tree, Branch):
            reading.refuse(tree.line, at, f"platforms and ids are wanted, not {what(tree)}", "{slack: U0ANAWEBER}")
            return BAD
        made: dict[str, str] = {}
        for key, (line, value) in tree.entries.items():
            hint = "" if key in self.known else did_you_mean(key, self.known)
            if hint or not re.fullmatch(r"[a-z][a-z0-9_-]*", key):
                reading.refuse(line, join(at, key), f"{key[:40]!r} is not a platform{hint}", "" if hint else "slack")
                continue
            read = Value(lambda text, key=key: self.parse(key, text), {})  # type: ignore[misc]
            made[key] = read.read(value, join(at, key), reading)
        return made

    def schema(self) -> dict[str, Any]:
        known = {key: {"type": "string", "pattern": pattern} for key, pattern in self.known.items()}
        return {
            "type": ["object", "null"],
            "properties": known,
            "additionalProperties": {"type": "string", "pattern": self.otherwise},
        }


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record. `doc` is shown by editors and in docs/configuration.md."""

    shape: Shape
    doc: str
    required: bool = False

    @property
    def may_be_left_out(self) -> bool:
        return not self.required and not isinstance(self.shape, OrNothing)


@dataclass(slots=True)
class Said:
    """What one record of the file says: the fields that could be read, and where each stands."""

    key: str
    line: int
    at: str
    reading: Reading
    values: dict[str, Any] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return self.values.get(name, BAD) is not BAD

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        value = self.values.get(name, BAD)
        return default if value is BAD else value

    def given(self, **fields: str) -> dict[str, Any]:
        """Keyword arguments from the fields that were written: `given(zone="timezone")`."""
        return {argument: self.values[name] for argument, name in fields.items() if name in self}

    def items(self, name: str) -> Iterator[tuple[Any, int, str]]:
        """The readable items of a list, each with its line and path."""
        tree = self.trees.get(name)
        if name in self and isinstance(tree, Listing):
            for index, (value, item) in enumerate(zip(self.values[name], tree.items, strict=True)):
                if value is not BAD:
                    yield value, item.line, f"{join(self.at, name)}[{index}]"

    def place(self, name: str) -> tuple[int, str]:
        tree = self.trees.get(name)
        return (tree.line if tree else self.line), join(self.at, name)

    def refuse(self, name: str, reason: str, example: str = "") -> None:
        self.reading.refuse(*self.place(name), reason, example)

    def note(self, name: str, reason: str) -> None:
        self.reading.note(*self.place(name), reason)


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known fields. `check` looks at fields together and runs on whatever could be read; `build` makes
    the value and runs only when nothing in the record was refused."""

    title: str
    fields: Mapping[str, Field]
    build: Callable[[Said], Any]
    check: Callable[[Said], None] = lambda said: None
    extra: Mapping[str, Any] = field(default_factory=dict)  # what else the schema should say

    def read(self, tree: Tree, at: str, reading: Reading, key: str = "") -> Any:
        if isinstance(tree, Scalar) and tree.is_null:
            tree = Branch(tree.line)
        if not isinstance(tree, Branch):
            reading.refuse(tree.line, at, f"the fields of a {self.title} are wanted here, not {what(tree)}")
            return BAD
        before = len(reading.problems)
        said = self._said(tree, at, reading, key)
        self.check(said)
        return BAD if len(reading.problems) > before else self.build(said)

    def _said(self, tree: Branch, at: str, reading: Reading, key: str) -> Said:
        said = Said(key, tree.line, at, reading)
        for name, (line, value) in tree.entries.items():
            known = self.fields.get(name)
            if known is None:
                hint = did_you_mean(name, self.fields) or f"; it has {', '.join(self.fields)}"
                reading.refuse(line, join(at, name), f"a {self.title} has no such field{hint}")
                continue
            if isinstance(value, Scalar) and value.is_null and value.text and known.may_be_left_out:
                continue  # `end: null`, as programs write it, is `end` left out; a bare `end:` was forgotten
            said.trees[name] = value
            said.values[name] = known.shape.read(value, join(at, name), reading)
        for name, known in self.fields.items():
            if known.required and name not in tree.entries:
                reading.refuse(tree.line, join(at, name), f"is missing: {known.doc}")
        return said

    def schema(self) -> dict[str, Any]:
        required = [name for name, known in self.fields.items() if known.required]
        schema: dict[str, Any] = {
            "type": "object" if required else ["object", "null"],
            "properties": {name: _described(known) for name, known in self.fields.items()},
            "additionalProperties": False,
        }
        if required:
            schema["required"] = required
        return {**schema, **self.extra}


def _described(known: Field) -> dict[str, Any]:
    return {**known.shape.schema(), "description": known.doc}
