"""A file that keeps messages, files and Home tabs, so that a sandbox started again still has them."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.files import File
from sandbox.workspace import Message

if TYPE_CHECKING:
    from sandbox.hub import Hub
    from sandbox.workspace import Workspace

SETTLE = 0.2  # seconds: changes that come together are written together


def snapshot(workspace: Workspace) -> dict[str, Any]:
    """Everything that should outlive a restart, as JSON values."""
    files = []
    for file in workspace.files.values():
        known = asdict(file)
        known["content"] = base64.b64encode(file.content).decode() if file.content is not None else None
        files.append(known)
    return {
        "version": 1,
        "files": files,
        "homes": workspace.views.homes,
        "conversations": [
            {
                "id": one.id,
                "members": sorted(one.members),
                "im": one.name if one.kind == "im" else None,
                "messages": [asdict(message) for message in one.messages.values()],
            }
            for one in workspace.conversations.values()
        ],
    }


def restore(workspace: Workspace, saved: dict[str, Any]) -> None:
    """Put a snapshot back. Channels that the roster no longer has are left out."""
    for known in saved["files"]:
        content = base64.b64decode(known["content"]) if known["content"] is not None else None
        workspace.files[known["id"]] = File(**{**known, "content": content})
    workspace.views.homes.update(saved["homes"])
    for one in saved["conversations"]:
        if one["im"] and workspace.user(one["im"]):
            workspace.open_im(one["im"])
        conversation = workspace.conversations.get(one["id"])
        if conversation is None:
            continue
        conversation.members = {member for member in one["members"] if workspace.user(member)}
        for known in one["messages"]:
            conversation.messages[known["ts"]] = Message(**known)
            workspace.seen_ts(known["ts"])


def load(workspace: Workspace, path: Path) -> None:
    """Restore from a file, if there is one. ValueError with its name when it cannot be read."""
    if not path.exists():
        return
    try:
        restore(workspace, json.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} holds no sandbox state ({error}); move it away to start afresh") from error


def write(workspace: Workspace, path: Path) -> None:
    """Write the state so that a crash leaves either the old file or the new one."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(snapshot(workspace)), encoding="utf-8")
    beside.replace(path)


async def keep(hub: Hub, path: Path) -> None:
    """Write the file after every burst of changes, for as long as the sandbox runs."""
    seen = hub.feed.number
    while True:
        seen = await hub.feed.after(seen, 3600)
        await asyncio.sleep(SETTLE)
        seen = hub.feed.number
        write(hub.workspace, path)
