"""Pieces of the payloads that Slack sends for commands and clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.posting import SlackError
from sandbox.views import element_state

if TYPE_CHECKING:
    from sandbox.hub import Hub
    from sandbox.workspace import Message

PRESSED = ("button", "workflow_button")


def actor(hub: Hub, user: str) -> dict[str, Any]:
    person = hub.roster.users[user]
    return {"id": user, "username": person.name, "name": person.name, "team_id": hub.roster.team_id}


def channel_of(hub: Hub, channel: str) -> dict[str, Any]:
    conversation = hub.workspace.conversations[channel]
    return {"id": channel, "name": "directmessage" if conversation.kind == "im" else conversation.name}


def pressable(blocks: list[dict[str, Any]], wanted: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(block, element) with this action_id or button value, optionally in the block named by `block_id`."""
    for block in blocks:
        if wanted.get("block_id") not in (None, block.get("block_id")):
            continue
        places = [block.get("accessory"), block.get("element")]
        places += block.get("elements", []) if block["type"] == "actions" else []
        for element in places:
            if not isinstance(element, dict) or "action_id" not in element:
                continue
            if wanted.get("action_id") in (None, element["action_id"]) and wanted.get("value") in (
                None,
                element.get("value"),
            ):
                return block, element
    have = [
        element.get("action_id")
        for block in blocks
        for element in block.get("elements", [])
        if isinstance(element, dict)
    ]
    sought = {name: wanted[name] for name in ("action_id", "value", "block_id") if wanted.get(name)}
    raise SlackError("no_such_action", message=f"nothing to press with {sought}; there is: {have}")


def clicked(block: dict[str, Any], element: dict[str, Any], chosen: Any, now: float) -> dict[str, Any]:
    """An entry of `actions` in a block_actions payload."""
    action: dict[str, Any] = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": f"{now:.6f}",
    }
    if element["type"] in PRESSED:
        kept: dict[str, Any] = {name: element[name] for name in ("text", "value", "style", "url") if name in element}
        return {**action, **kept}
    return {**action, **element_state(element, chosen)}


def private(hub: Hub, user: str, channel: str, text: str) -> Message:
    """A note from Slack itself that only one person sees."""
    return hub.workspace.post(channel, {"user": "USLACKBOT", "text": text, "subtype": "bot_message"}, hub.now(), user)
