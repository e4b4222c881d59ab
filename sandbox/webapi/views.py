"""views.*: modals and the Home tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.posting import SlackError
from sandbox.webapi.arguments import Arguments

if TYPE_CHECKING:
    from sandbox.hub import Hub


async def open_view(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    trigger = hub.interactions.use_trigger(arguments.need("trigger_id"))
    view = hub.modals.open(trigger.user, arguments.get("view"))
    hub.interactions.answered(trigger.interaction, "view", view=dict(view))
    return {"view": view}


async def push(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    trigger = hub.interactions.use_trigger(arguments.need("trigger_id"))
    view = hub.modals.push(trigger.user, arguments.get("view"))
    hub.interactions.answered(trigger.interaction, "view", view=dict(view))
    return {"view": view}


async def update(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    found = hub.workspace.views.find(arguments.get("view_id"), arguments.get("external_id"))
    if found is None:
        raise SlackError("not_found")
    user, old = found
    return {"view": hub.modals.update(user, old, arguments.get("view"), arguments.get("hash"))}


async def publish(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    user = arguments.need("user_id")
    if hub.workspace.user(user) is None:
        raise SlackError("user_not_found")
    return {"view": hub.modals.publish(user, arguments.get("view"), arguments.get("hash"))}
