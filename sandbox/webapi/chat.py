"""chat.*: posting, editing, deleting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.posting import SlackError, check_message, content
from sandbox.webapi.arguments import Arguments

if TYPE_CHECKING:
    from sandbox.hub import Hub
    from sandbox.workspace import Conversation, Message


def _destination(hub: Hub, arguments: Arguments) -> Conversation:
    """A channel by id or #name, or the direct conversation with a user named by id."""
    wanted = arguments.need("channel")
    if wanted in hub.workspace.roster.users and wanted != hub.app.bot_user:
        return hub.workspace.open_im(wanted)
    named = {"#" + one.name: one.id for one in hub.workspace.conversations.values() if one.kind != "im"}
    arguments["channel"] = named.get(wanted, wanted)
    conversation = arguments.conversation(hub.workspace)
    if hub.app.bot_user not in conversation.members:
        if conversation.kind != "channel":
            raise SlackError("channel_not_found")
        if "chat:write.public" not in hub.app.scopes:
            raise SlackError("not_in_channel")
    return conversation


def _threaded(conversation: Conversation, arguments: Arguments) -> dict[str, Any]:
    thread = arguments.get("thread_ts")
    if not thread:
        return {}
    parent = conversation.messages.get(str(thread))
    if parent is None or parent.visible_to is not None:
        raise SlackError("thread_not_found")
    broadcast = {"subtype": "thread_broadcast"} if arguments.flag("reply_broadcast") else {}
    return {"thread_ts": parent.body.get("thread_ts", parent.ts), **broadcast}


def told(message: Message) -> dict[str, Any]:
    """A message as the answer to a post or edit holds it."""
    return {name: value for name, value in message.body.items() if name != "metadata"}


async def post_message(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    conversation = _destination(hub, arguments)
    check_message(hub, arguments)
    body = content(hub, arguments) | _threaded(conversation, arguments)
    message = hub.workspace.post(conversation.id, body, hub.now())
    hub.interactions.note(message, "message")
    hub.interactions.tell_of(message)
    return {"channel": conversation.id, "ts": message.ts, "message": message.body}


async def post_ephemeral(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    conversation, user = _destination(hub, arguments), arguments.need("user")
    if user not in conversation.members:
        raise SlackError("user_not_in_channel")
    check_message(hub, arguments)
    body = content(hub, arguments) | _threaded(conversation, arguments)
    message = hub.workspace.post(conversation.id, body, hub.now(), visible_to=user)
    hub.interactions.note(message, "ephemeral")
    return {"message_ts": message.ts}


def _own(hub: Hub, arguments: Arguments, otherwise: str) -> Message:
    """The bot's own message that `channel` and `ts` name. Ephemeral ones are found by no method."""
    conversation = arguments.conversation(hub.workspace)
    message = conversation.messages.get(arguments.need("ts"))
    if message is None or message.visible_to is not None:
        raise SlackError("message_not_found")
    if message.body.get("bot_id") != hub.app.bot_id:
        raise SlackError(otherwise)
    return message


async def update(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    message = _own(hub, arguments, "cant_update_message")
    check_message(hub, arguments)
    changes: dict[str, Any] = {}
    # What is left out stays, what is empty goes: so an edit that only brings text keeps the blocks.
    for name in ("text", "blocks", "attachments", "metadata"):
        if name in arguments:
            changes[name] = arguments[name] or None
    if "text" in changes and changes["text"] is None:
        changes["text"] = ""
    before = told(message)
    hub.workspace.edit(message, changes, hub.app.bot_user, hub.now())
    hub.interactions.note(message, "update")
    change = {"subtype": "message_changed", "hidden": True, "message": told(message), "previous_message": before}
    hub.interactions.tell_of(message, {**change, "ts": hub.workspace.new_ts(hub.now())})
    return {"channel": message.channel, "ts": message.ts, "text": message.body["text"], "message": message.body}


async def delete(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    message = _own(hub, arguments, "cant_delete_message")
    hub.workspace.delete(message)
    change = {"subtype": "message_deleted", "hidden": True, "deleted_ts": message.ts, "previous_message": told(message)}
    hub.interactions.tell_of(message, {**change, "ts": hub.workspace.new_ts(hub.now())})
    return {"channel": message.channel, "ts": message.ts}


async def get_permalink(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    conversation = arguments.conversation(hub.workspace)
    message = conversation.messages.get(arguments.need("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    link = f"{hub.address.url}/archives/{conversation.id}/p{message.ts.replace('.', '')}"
    if message.thread:
        link += f"?thread_ts={message.thread}&cid={conversation.id}"
    return {"channel": conversation.id, "permalink": link}


async def add_reaction(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    conversation = arguments.conversation(hub.workspace, member=hub.app.bot_user)
    message = conversation.messages.get(arguments.need("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    name, bot = arguments.need("name").strip(":"), hub.app.bot_user
    reactions = message.body.setdefault("reactions", [])
    found = next((one for one in reactions if one["name"] == name), None)
    if found is None:
        found = {"name": name, "users": [], "count": 0}
        reactions.append(found)
    if bot in found["users"]:
        raise SlackError("already_reacted")
    found["users"].append(bot)
    found["count"] += 1
    hub.workspace.changed(message)
    return {}
