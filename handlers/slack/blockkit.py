"""The one check of Block Kit payloads: before every post, in the sandbox's Web API, and as its `blocks.validate`.

Problems have the shape of Slack's `blocks.validate`: a JSON pointer, a code, a message and the constraint that failed.
The limits stand in `blockkit_table.py`. Imports nothing of ours beyond its own table, so that the sandbox can judge the
bot without sharing its code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from handlers.slack.blockkit_rules import Problem, Surface, Walk, check_fields, check_shape, many, string
from handlers.slack.blockkit_table import (
    BLOCKS,
    MAX_BLOCK_TEXT,
    MAX_BLOCKS,
    MAX_MARKDOWN,
    MAX_TEXT,
    MAX_VIEW_BYTES,
    MOST_PER_PAYLOAD,
    VIEW,
)

__all__ = ["Problem", "Surface", "validate_blocks", "validate_message", "validate_view"]

_ID = string(255)


def _check_block(block: Any, at: str, walk: Walk) -> None:
    if not isinstance(block, dict):
        return walk.refuse(at, "must be an object", "type", expected="object")
    kind = block.get("type")
    shape = BLOCKS.get(kind) if isinstance(kind, str) else None
    if shape is None:
        return walk.refuse(f"{at}/type", f"unsupported type: {kind}", "enum", expected=sorted(BLOCKS), got=kind)
    if walk.surface not in shape.surfaces:
        walk.refuse(f"{at}/type", f"a {kind} block is not allowed in a {walk.surface}", "surface", got=walk.surface)
    walk.types.append(str(kind))
    walk.action_ids.clear()
    named = block.get("block_id")
    if named is not None:
        _ID(named, f"{at}/block_id", walk)
        if isinstance(named, str) and named in walk.block_ids:
            walk.refuse(f"{at}/block_id", f"`block_id` {named!r} already exists", "unique")
        walk.block_ids.add(str(named))
    check_shape(shape, {key: item for key, item in block.items() if key != "block_id"}, at, walk)


def _check_blocks(blocks: Any, at: str, walk: Walk) -> None:
    if not isinstance(blocks, list):
        return walk.refuse(at, "must be an array", "type", expected="array")
    most = MAX_BLOCKS[walk.surface]
    if len(blocks) > most:
        walk.refuse(at, f"no more than {most} items allowed", "max_items", expected=most, got=len(blocks))
    for index, block in enumerate(blocks):
        _check_block(block, f"{at}/{index}", walk)
    for kind, most in MOST_PER_PAYLOAD.items():
        if walk.types.count(kind) > most:
            walk.refuse(at, f"no more than {most} {kind} blocks allowed", "max_items", expected=most)
    sums = [("markdown blocks", walk.markdown, MAX_MARKDOWN)]
    if walk.surface == "message":
        sums.append(("all blocks", walk.text, MAX_BLOCK_TEXT))
    for what, got, limit in sums:
        if got > limit:
            walk.refuse(at, f"{what} together hold more than {limit} characters", "max_length", expected=limit, got=got)
    if walk.focused > 1:
        walk.refuse(at, "only one element may have focus_on_load", "unique")


def validate_blocks(blocks: Any, surface: Surface = "message") -> list[Problem]:
    """Everything Slack would refuse in an array of blocks; an empty list when it would be taken.

    >>> [str(problem) for problem in validate_blocks([{"type": "section", "text": {"type": "html", "text": "hi"}}])]
    ['unsupported type: html [json-pointer:/0/text/type]']
    """
    walk = Walk(surface)
    _check_blocks(blocks, "", walk)
    return walk.problems


def validate_message(payload: Mapping[str, Any]) -> list[Problem]:
    """The same for what `chat.postMessage` takes; looks at `text`, `blocks`, `attachments` and `metadata`."""
    walk = Walk("message")
    text, blocks, attachments = (payload.get(name) for name in ("text", "blocks", "attachments"))
    if not text and not blocks and not attachments and not payload.get("markdown_text"):
        walk.refuse("", "needs text, blocks or attachments", "any_of", code="no_text", expected=["text", "blocks"])
    if text is not None:
        string(MAX_TEXT, least=0)(text, "/text", walk)
    if payload.get("markdown_text") is not None:
        string(MAX_MARKDOWN)(payload["markdown_text"], "/markdown_text", walk)
        if text or blocks:
            walk.refuse("/markdown_text", "excludes text and blocks", "excludes", code="markdown_text_conflict")
    if blocks is not None:
        _check_blocks(blocks, "/blocks", walk)
    if attachments is not None:
        many(_attachment, 0, 100)(attachments, "/attachments", walk)
    metadata = payload.get("metadata")
    if metadata is not None and not (
        isinstance(metadata, dict)
        and isinstance(metadata.get("event_type"), str)
        and isinstance(metadata.get("event_payload"), dict)
    ):
        walk.refuse("/metadata", "needs event_type and event_payload", "type", code="invalid_metadata_format")
    return walk.problems


def _attachment(value: Any, at: str, walk: Walk) -> None:
    if isinstance(value, dict) and value.get("blocks") is not None:
        if not isinstance(value["blocks"], list):
            return walk.refuse(f"{at}/blocks", "must be an array", "type", expected="array")
        for index, block in enumerate(value["blocks"]):
            _check_block(block, f"{at}/blocks/{index}", walk)


def validate_view(view: Any) -> list[Problem]:
    """The same for a modal or Home view, as `views.open` and `views.publish` take it."""
    if not isinstance(view, dict):
        return [Problem("", "failed_constraint", "must be an object", {"type": "type", "expected": "object"})]
    kind = view.get("type")
    if kind not in ("modal", "home"):
        expected = {"type": "enum", "expected": ["modal", "home"], "got": kind}
        return [Problem("/type", "failed_constraint", f"unsupported type: {kind}", expected)]
    walk = Walk(kind)
    check_fields(VIEW, view, "", walk)
    if view.get("blocks") is not None:
        _check_blocks(view["blocks"], "/blocks", walk)
    if kind == "modal" and view.get("title") is None:
        walk.refuse("", "missing required field: title", "required", code="missing_field", expected="title")
    if kind == "modal" and "input" in walk.types and view.get("submit") is None:
        walk.refuse("", "a modal with an input block needs `submit`", "required", code="missing_field")
    size = len(json.dumps(view, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > MAX_VIEW_BYTES:
        walk.refuse("", f"more than {MAX_VIEW_BYTES} bytes", "max_bytes", code="view_too_large", got=size)
    return walk.problems
