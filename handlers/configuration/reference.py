"""What may stand in `livedesk.yaml`, as Markdown tables written from the same grammar that reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from handlers.configuration.sections import SECTIONS
from handlers.configuration.shapes import Field, ListOf, NamedOf, Record, Shape
from handlers.configuration.vocabulary import CATEGORIES, Glossary, Phrases, Vocabulary, Weighed, content


def reference() -> str:
    """A heading and a table for each section; paths are those of one named item, or one rule, of it."""
    return "\n\n".join(_section(name, section) for name, section in SECTIONS.items())


def _section(name: str, section: Field) -> str:
    lines = [f"### `{name}`", "", f"{section.doc[0].upper()}{section.doc[1:]}."]
    rows = list(_rows("", section.shape))
    if rows:
        lines += ["", "| field | meaning | good values |", "|---|---|---|", *rows]
    else:
        lines[-1] += f" For example {_good_values(section.shape)}."
    return "\n".join(lines)


def _rows(at: str, shape: Shape) -> Iterator[str]:
    if isinstance(shape, Vocabulary):
        if shape.described:
            yield from _of_words()
        return
    if isinstance(shape, Glossary):
        yield "| `keep` | Stays as it is in every language that has no translation here. | `true`, `false` |"
        yield "| `LANGUAGE` | What it is in that language. | one line of text |"
        return
    record, at = _record_in(at, shape)
    if record is None:
        return
    for name, field in record.fields.items():
        path = f"{at}.{name}" if at else name
        required = " **Required.**" if field.required else ""
        inner, _ = _record_in(path, field.shape)
        values = "see below" if inner else _good_values(field.shape)
        yield f"| `{path}` | {field.doc[0].upper()}{field.doc[1:]}.{required} | {values} |"
        yield from _rows(path, field.shape)


def _of_words() -> Iterator[str]:
    """One row for each list, and one for each part of all categories, instead of three dozen that say the same."""
    for name, field in content("any").fields.items():
        if name != "complaint":
            yield f"| `LANGUAGE.{name}` | {field.doc[0].upper()}{field.doc[1:]}. | {_good_values(field.shape)} |"
            continue
        complaints = field.shape
        assert isinstance(complaints, Record)
        yield f"| `LANGUAGE.complaint` | {field.doc[0].upper()}{field.doc[1:]}. | {_listed(CATEGORIES)} |"
        category = complaints.fields[CATEGORIES[0]].shape
        assert isinstance(category, Record)
        for part, inner in category.fields.items():
            path = f"LANGUAGE.complaint.CATEGORY.{part}"
            yield f"| `{path}` | {inner.doc[0].upper()}{inner.doc[1:]}. | {_good_values(inner.shape)} |"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _record_in(at: str, shape: Shape) -> tuple[Record | None, str]:
    if isinstance(shape, NamedOf):
        return shape.record, at
    if isinstance(shape, ListOf):
        return _record_in(f"{at}[]" if at else "", shape.item)
    return (shape, at) if isinstance(shape, Record) else (None, at)


def _good_values(shape: Shape) -> str:
    schema = shape.schema()
    if isinstance(shape, Vocabulary):
        return "as in the section `vocabulary`"
    if isinstance(shape, Weighed):
        return "`-3` to `3`, each with " + ("signs" if shape.signs else "phrases")
    if isinstance(shape, Phrases):
        return "phrases"
    if isinstance(shape, ListOf):
        return f"list: {_of_schema(schema['items'])}"
    return _of_schema(schema)


def _of_schema(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(word).strip(chr(34))}`" for word in schema["enum"])
    if "examples" in schema:
        return ", ".join(f"`{example}`" for example in schema["examples"])
    kinds = schema.get("type")
    if kinds == "boolean":
        return "`true`, `false`"
    if kinds in ("integer", "number"):
        above = schema.get("exclusiveMinimum")
        lowest = f"above {above:g}" if above is not None else str(schema["minimum"])
        return f"{lowest} to {schema['maximum']:g}"
    if "properties" in schema:
        return ", ".join(f"`{name}`" for name in schema["properties"])
    return str(schema.get("description", "one line of text"))
