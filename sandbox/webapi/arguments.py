"""A call's arguments, however they were sent: JSON, a form (with JSON in strings), or the query of a GET."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.posting import SlackError

if TYPE_CHECKING:
    from sandbox.workspace import Conversation, Workspace

# Arguments that are JSON values, and arrive as text in forms and queries.
_STRUCTURED = ("attachments", "blocks", "files", "message", "metadata", "view")


async def read(request: web.Request) -> dict[str, Any]:
    """All arguments of a call; `SlackError` for a body that is not what it says it is."""
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        try:
            sent = json.loads(body) if body else {}
        except ValueError as error:
            raise SlackError("invalid_json") from error
        if not isinstance(sent, dict):
            raise SlackError("json_not_object")
        arguments |= sent
    elif request.method == "POST":
        arguments |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    for name in _STRUCTURED:
        value = arguments.get(name)
        if isinstance(value, str) and value:
            try:
                arguments[name] = json.loads(value)
            except ValueError as error:
                raise SlackError("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from error
    return {name: value for name, value in arguments.items() if value is not None}


class Arguments(dict[str, Any]):
    """The same, with the readings that methods need."""

    def need(self, name: str) -> str:
        value = self.get(name)
        if value in (None, ""):
            raise SlackError(
                "invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]}
            )
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        return str(self.get(name, default)).lower() in ("1", "true")

    def number(self, name: str, default: int, most: int) -> int:
        try:
            value = int(self.get(name, default))
        except (TypeError, ValueError) as error:
            raise SlackError("invalid_arguments") from error
        if not 1 <= value <= most:
            raise SlackError("invalid_limit")
        return value

    def conversation(self, workspace: Workspace, *, member: str | None = None, name: str = "channel") -> Conversation:
        """The conversation an argument names by its id; with `member`, only where that user is in."""
        found = workspace.conversations.get(str(self.get(name, "")))
        if found is None:
            raise SlackError("channel_not_found")
        if member is not None and member not in found.members:
            raise SlackError("not_in_channel" if found.kind == "channel" else "channel_not_found")
        return found

    def page(self, items: list[Any], default: int = 100, most: int = 1000) -> tuple[list[Any], dict[str, Any]]:
        """One page of a list by `cursor` and `limit`, and what goes beside it in the answer."""
        try:
            start = int(base64.b64decode(str(self.get("cursor", ""))).decode() or 0)
        except (ValueError, binascii.Error) as error:
            raise SlackError("invalid_cursor") from error
        end = start + self.number("limit", default, most)
        following = base64.b64encode(str(end).encode()).decode() if end < len(items) else ""
        return items[start:end], {"response_metadata": {"next_cursor": following}}
