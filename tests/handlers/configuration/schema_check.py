"""Checks a document against the part of JSON Schema (draft 2020-12) that our schema is written in.

Small on purpose, and strict: a keyword it does not know fails, so that the schema cannot come to say something that
no test looks at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from handlers.configuration.tree import Listing, Scalar, Tree

_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
_SAY_NOTHING = {"$schema", "title", "description", "examples"}
_KNOWN = {
    *("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "items"),
    *("minItems", "uniqueItems", "properties", "patternProperties", "additionalProperties", "propertyNames"),
    *("required", "minProperties", "maxProperties", "anyOf", "$ref", "$defs"),
    *_SAY_NOTHING,
}


_HERE = "#/$defs/"


def faults(
    value: Any, schema: Mapping[str, Any] | bool, at: str = "$", known: Mapping[str, Any] | None = None
) -> Iterator[str]:
    """Where the value breaks the schema, as `path: keyword`. `known` are the definitions of the whole schema."""
    if isinstance(schema, bool):
        if not schema:
            yield f"{at}: false"
        return
    assert set(schema) <= _KNOWN, f"{at}: {set(schema) - _KNOWN} is not checked by any test"
    known = schema.get("$defs", known or {})
    if "$ref" in schema:
        assert schema["$ref"].startswith(_HERE), schema["$ref"]
        yield from faults(value, known[schema["$ref"].removeprefix(_HERE)], at, known)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{at}: type"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: enum"
    if isinstance(value, str):
        yield from _of_string(value, schema, at)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _of_number(value, schema, at)
    elif isinstance(value, list):
        yield from _of_array(value, schema, at, known)
    elif isinstance(value, dict):
        yield from _of_object(value, schema, at, known)
    if "anyOf" in schema and all(any(faults(value, each, at, known)) for each in schema["anyOf"]):
        yield f"{at}: anyOf"


def _is(value: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        return isinstance(value, int if kind == "integer" else int | float) and not isinstance(value, bool)
    return isinstance(value, _TYPES[kind])


def _of_string(value: str, schema: Mapping[str, Any], at: str) -> Iterator[str]:
    # ECMAScript's `$` is the very end; Python's would let a line feed follow.
    if "pattern" in schema and not re.search(schema["pattern"].replace("$", r"\Z"), value):
        yield f"{at}: pattern"
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{at}: length"


def _of_number(value: float, schema: Mapping[str, Any], at: str) -> Iterator[str]:
    if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: range"
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        yield f"{at}: exclusiveMinimum"


def _of_array(value: list[Any], schema: Mapping[str, Any], at: str, known: Mapping[str, Any]) -> Iterator[str]:
    if len(value) < schema.get("minItems", 0):
        yield f"{at}: minItems"
    if schema.get("uniqueItems") and any(item in value[:index] for index, item in enumerate(value)):
        yield f"{at}: uniqueItems"
    for index, item in enumerate(value):
        yield from faults(item, schema.get("items", True), f"{at}[{index}]", known)


def _of_object(value: dict[str, Any], schema: Mapping[str, Any], at: str, known: Mapping[str, Any]) -> Iterator[str]:
    for name in schema.get("required", []):
        if name not in value:
            yield f"{at}.{name}: required"
    if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", len(value)):
        yield f"{at}: count"
    for key, item in value.items():
        yield from faults(key, schema.get("propertyNames", True), f"{at}.{key} (name)")
        matching = [each for pattern, each in schema.get("patternProperties", {}).items() if re.search(pattern, key)]
        if key in schema.get("properties", {}):
            matching.append(schema["properties"][key])
        for each in matching or [schema.get("additionalProperties", True)]:
            yield from faults(item, each, f"{at}.{key}", known)


def as_editors_read(tree: Tree) -> Any:
    """Plain values by YAML 1.2's core schema, which editors use: no `NO` for false, no dates, no sexagesimals."""
    if isinstance(tree, Listing):
        return [as_editors_read(item) for item in tree.items]
    if not isinstance(tree, Scalar):
        return {key: as_editors_read(value) for key, (_, value) in tree.entries.items()}
    if not tree.plain:
        return tree.text
    if tree.is_null:
        return None
    if tree.text.lower() in ("true", "false"):
        return tree.text.lower() == "true"
    if re.fullmatch(r"[-+]?[0-9]+", tree.text):
        return int(tree.text)
    if re.fullmatch(r"[-+]?[0-9]+\.[0-9]*", tree.text):
        return float(tree.text)
    return tree.text
