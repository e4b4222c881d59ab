"""conversations.*: which there are, who is in them, what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.posting import SlackError
from sandbox.webapi.arguments import Arguments

if TYPE_CHECKING:
    from sandbox.hub import Hub
    from sandbox.workspace import Conversation, Message

_TYPES = {"channel": "public_channel", "private": "private_channel", "im": "im"}


def described(hub: Hub, conversation: Conversation) -> dict[str, Any]:
    common = {"id": conversation.id, "created": 1_735_689_600, "is_archived": False, "is_org_shared": False}
    if conversation.kind == "im":
        return {**common, "is_im": True, "user": conversation.name, "is_user_deleted": False, "priority": 0}
    return {
        **common,
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": conversation.kind == "channel",
        "is_group": conversation.kind == "private",
        "is_im": False,
        "is_mpim": False,
        "is_private": conversation.kind == "private",
        "is_general": False,
        "is_shared": False,
        "is_member": hub.app.bot_user in conversation.members,
        "topic": {"value": _escaped(conversation.topic), "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(conversation.members),
    }


def _of_types(hub: Hub, arguments: Arguments) -> list[Conversation]:
    """Conversations of the wanted `types` that the bot may know of."""
    types = str(arguments.get("types", "public_channel")).replace(" ", "").split(",")
    bot = hub.app.bot_user
    return [
        one
        for one in hub.workspace.conversations.values()
        if _TYPES[one.kind] in types and (one.kind == "channel" or bot in one.members)
    ]


async def list_all(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    page, beside = arguments.page(_of_types(hub, arguments))
    return {"channels": [described(hub, one) for one in page], **beside}


async def of_user(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    user = str(arguments.get("user", hub.app.bot_user))
    page, beside = arguments.page([one for one in _of_types(hub, arguments) if user in one.members])
    return {"channels": [described(hub, one) for one in page], **beside}


async def info(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    conversation = arguments.conversation(hub.workspace)
    if conversation.kind != "channel" and hub.app.bot_user not in conversation.members:
        raise SlackError("channel_not_found")
    return {"channel": described(hub, conversation)}


async def members(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    conversation = arguments.conversation(hub.workspace)
    page, beside = arguments.page(sorted(conversation.members))
    return {"members": page, **beside}


async def open_im(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    if arguments.get("channel"):
        conversation = arguments.conversation(hub.workspace, member=hub.app.bot_user)
        return {"channel": {"id": conversation.id}, "no_op": True, "already_open": True}
    users = arguments.need("users").split(",")
    if len(users) > 1:
        raise SlackError("not_enabled", message="the sandbox has no group conversations")
    if users[0] == hub.app.bot_user or hub.workspace.user(users[0]) is None:
        raise SlackError("user_not_found")
    conversation = hub.workspace.open_im(users[0])
    return {"channel": described(hub, conversation) if arguments.flag("return_im") else {"id": conversation.id}}


async def join(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    conversation = arguments.conversation(hub.workspace)
    if conversation.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    more = {"warning": "already_in_channel"} if hub.app.bot_user in conversation.members else {}
    hub.workspace.join(conversation, hub.app.bot_user)
    return {"channel": described(hub, conversation), **more}


LONGEST_TOPIC = 250  # characters


def _escaped(text: str) -> str:
    """As Slack gives texts back: the three characters that its markup is made of, as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def set_topic(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    """Slack tells of it in the channel, too; here the topic alone changes."""
    conversation = arguments.conversation(hub.workspace, member=hub.app.bot_user)
    if conversation.kind == "im":
        raise SlackError("method_not_supported_for_channel_type")
    topic = str(arguments.get("topic", ""))
    if len(topic) > LONGEST_TOPIC:
        raise SlackError("too_long")
    conversation.topic = topic
    return {"channel": described(hub, conversation)}


def _told(message: Message, arguments: Arguments) -> dict[str, Any]:
    if arguments.flag("include_all_metadata"):
        return message.body
    return {name: value for name, value in message.body.items() if name != "metadata"}


def _between(messages: list[Message], arguments: Arguments) -> list[Message]:
    """Messages between `oldest` and `latest`; the ends belong to it only with `inclusive`."""
    try:
        oldest, latest = float(arguments.get("oldest", 0)), float(arguments.get("latest", 1e12))
    except (TypeError, ValueError) as error:
        raise SlackError("invalid_ts_oldest") from error
    if arguments.flag("inclusive"):
        return [one for one in messages if oldest <= float(one.ts) <= latest]
    return [one for one in messages if oldest < float(one.ts) < latest]


async def history(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    """What stands in the channel itself, newest first; replies are only in their thread."""
    conversation = arguments.conversation(hub.workspace, member=hub.app.bot_user)
    messages = _between(hub.workspace.visible(conversation.id, None), arguments)
    page, beside = arguments.page(messages[::-1], most=999)
    more = bool(beside["response_metadata"]["next_cursor"])
    told = [_told(one, arguments) for one in page]
    return {"messages": told, "has_more": more, "pin_count": 0, **(beside if more else {})}


async def replies(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    """A thread, oldest first, with its first message."""
    conversation = arguments.conversation(hub.workspace, member=hub.app.bot_user)
    parent = conversation.messages.get(arguments.need("ts"))
    if parent is None or parent.visible_to is not None:
        raise SlackError("thread_not_found")
    within = _between(hub.workspace.replies(conversation.id, parent.ts), arguments)
    page, beside = arguments.page([parent, *within])
    more = bool(beside["response_metadata"]["next_cursor"])
    return {"messages": [_told(one, arguments) for one in page], "has_more": more, **(beside if more else {})}
