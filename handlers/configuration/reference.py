"""What may stand in `livedesk.yaml`, as Markdown tables written from the same grammar that reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from handlers.configuration.sections import SECTIONS
from handlers.configuration.shapes import Field, ListOf, NamedOf, Record, Shape


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


def _record_in(at: str, shape: Shape) -> tuple[Record | None, str]:
    if isinstance(shape, NamedOf):
        return shape.record, at
    if isinstance(shape, ListOf):
        return _record_in(f"{at}[]" if at else "", shape.item)
    return (shape, at) if isinstance(shape, Record) else (None, at)


def _good_values(shape: Shape) -> str:
    schema = shape.schema()
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
