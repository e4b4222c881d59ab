"""Which methods there are. What is missing here (chat.scheduleMessage, for one) is missing on purpose."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sandbox.webapi import chat, conversations, files, meta, people, views
from sandbox.webapi.arguments import Arguments

if TYPE_CHECKING:
    from sandbox.hub import Hub

Answer = Callable[["Hub", Arguments], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Method:
    """`scopes`: one of them is enough; `caller`: whose token it takes; `tier` as in `sandbox.limits`."""

    answer: Answer
    tier: str | None
    scopes: tuple[str, ...] = ()
    caller: Literal["bot", "app", "anyone"] = "bot"


_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")

METHODS: Mapping[str, Method] = {
    "api.test": Method(meta.api_test, "t4", caller="anyone"),
    "apps.connections.open": Method(meta.open_connection, "t4", ("connections:write",), caller="app"),
    "auth.test": Method(meta.auth_test, None),
    "blocks.validate": Method(meta.validate, None, caller="anyone"),
    "chat.delete": Method(chat.delete, "t3", ("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink, None),
    "chat.postEphemeral": Method(chat.post_ephemeral, "t4", ("chat:write",)),
    "chat.postMessage": Method(chat.post_message, "post", ("chat:write",)),
    "chat.update": Method(chat.update, "t3", ("chat:write",)),
    "conversations.history": Method(conversations.history, "t3", _HISTORY),
    "conversations.info": Method(conversations.info, "t3", _READ),
    "conversations.join": Method(conversations.join, "t3", ("channels:join",)),
    "conversations.list": Method(conversations.list_all, "t2", _READ),
    "conversations.members": Method(conversations.members, "t4", _READ),
    "conversations.open": Method(conversations.open_im, "t3", ("im:write",)),
    "conversations.replies": Method(conversations.replies, "t3", _HISTORY),
    "conversations.setTopic": Method(conversations.set_topic, "t2", ("channels:write.topic", "groups:write.topic")),
    "dnd.info": Method(people.dnd, "t3", ("dnd:read",)),
    "dnd.teamInfo": Method(people.team_dnd, "t2", ("dnd:read",)),
    "files.completeUploadExternal": Method(files.complete_upload, "t4", ("files:write",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, "t4", ("files:write",)),
    "files.info": Method(files.info, "t4", ("files:read",)),
    "reactions.add": Method(chat.add_reaction, "t3", ("reactions:write",)),
    "usergroups.list": Method(people.usergroups, "t2", ("usergroups:read",)),
    "usergroups.users.list": Method(people.usergroup_users, "t2", ("usergroups:read",)),
    "usergroups.users.update": Method(people.set_usergroup_users, "t2", ("usergroups:write",)),
    "users.conversations": Method(conversations.of_user, "t3", _READ),
    "users.getPresence": Method(people.presence, "t3", ("users:read",)),
    "users.info": Method(people.info, "t4", ("users:read",)),
    "users.list": Method(people.list_all, "t2", ("users:read",)),
    "views.open": Method(views.open_view, "t4"),
    "views.publish": Method(views.publish, "t4"),
    "views.push": Method(views.push, "t4"),
    "views.update": Method(views.update, "t4"),
}
