"""What the workspace holds: conversations, messages, files, views. No network, no waiting; time comes from outside."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox import mentions
from sandbox.feed import Feed
from sandbox.files import File
from sandbox.roster import Roster, User
from sandbox.views import Views

SLACKBOT = "USLACKBOT"


@dataclass(slots=True)
class Message:
    """`body` has the form Slack gives it (metadata included); the rest is what the sandbox knows besides.

    `shown_at` is the workspace's clock at posting, which the demo may run faster than `ts`, the machine's.
    """

    channel: str
    ts: str
    body: dict[str, Any]
    visible_to: str | None = None  # an ephemeral message: nobody else, and no API method, ever sees it
    shown_at: float = 0.0
    pings: list[str] = field(default_factory=list)

    @property
    def thread(self) -> str | None:
        """The ts of the thread it is a reply in."""
        parent = self.body.get("thread_ts")
        return parent if parent != self.ts else None

    @property
    def is_broadcast(self) -> bool:
        """Whether it is a reply that stands in the channel, too."""
        return self.body.get("subtype") == "thread_broadcast"

    @property
    def key(self) -> str | None:
        payload = (self.body.get("metadata") or {}).get("event_payload")
        key = payload.get("key") if isinstance(payload, dict) else None
        return str(key) if key is not None else None


@dataclass(slots=True)
class Conversation:
    id: str
    name: str
    members: set[str]
    kind: str = "channel"  # channel, private or im
    topic: str = ""
    messages: dict[str, Message] = field(default_factory=dict)


class Workspace:
    def __init__(self, roster: Roster, feed: Feed) -> None:
        self.roster = roster
        self.feed = feed
        self.boot = secrets.token_hex(4)
        self.conversations = {
            channel.id: Conversation(
                channel.id,
                channel.name,
                set(channel.members),
                "private" if channel.private else "channel",
                channel.topic,
            )
            for channel in roster.channels.values()
        }
        self.files: dict[str, File] = {}
        self.views = Views()
        self.presence: dict[str, str] = {}
        self.dnd: dict[str, tuple[float, float]] = {}
        self.guide: dict[str, Any] | None = None
        self._clock: tuple[float, float, float] | None = None  # (shown, machine's, speed) at one moment
        self._last_ts = 0

    # Time

    def set_clock(self, shown: float, now: float, speed: float) -> None:
        """From `now` on the page's clock reads `shown` and runs `speed` times as fast."""
        self._clock = (shown, now, speed)
        self.feed.publish("clock", shown=shown, speed=speed)

    def shown_at(self, now: float) -> float:
        if self._clock is None:
            return now
        shown, at, speed = self._clock
        return shown + (now - at) * speed

    @property
    def speed(self) -> float:
        return self._clock[2] if self._clock else 1.0

    def new_ts(self, now: float) -> str:
        """A timestamp no other message has, and later than all of them."""
        self._last_ts = max(int(now * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def seen_ts(self, ts: str) -> None:
        seconds, _, fraction = ts.partition(".")
        self._last_ts = max(self._last_ts, int(seconds) * 1_000_000 + int(fraction or 0))

    # Who and where

    def user(self, user: str) -> User | None:
        return self.roster.users.get(user)

    def open_im(self, user: str) -> Conversation:
        """The direct conversation between the bot and a person."""
        name = "D" + user[1:]
        if name not in self.conversations:
            bot = self.roster.app.bot_user
            self.conversations[name] = Conversation(name, user, {user, bot}, "im")
            self.feed.publish("channel", channel=name)
        return self.conversations[name]

    def join(self, conversation: Conversation, user: str) -> None:
        conversation.members.add(user)
        self.feed.publish("channel", channel=conversation.id)

    # Messages

    def post(self, channel: str, body: dict[str, Any], now: float, visible_to: str | None = None) -> Message:
        """Add a message; fills in ts, type, team and block ids, and counts the reply at its parent."""
        ts = self.new_ts(now)
        body = {"type": "message", **body, "ts": ts, "team": self.roster.team_id}
        if body.get("blocks"):
            body["blocks"] = with_block_ids(body["blocks"])
        message = Message(channel, ts, body, visible_to, self.shown_at(now))
        message.pings = mentions.in_message(body)
        self.conversations[channel].messages[ts] = message
        if visible_to is None:
            self._count_replies(message)
        self.feed.publish("message", channel=channel, ts=ts, thread=message.thread, visible_to=visible_to)
        return message

    def edit(self, message: Message, changes: dict[str, Any], by: str | None, now: float) -> None:
        """Change fields of a message; None takes one away. With `by`, the message is marked as edited."""
        for name, value in changes.items():
            if value is None:
                message.body.pop(name, None)
            else:
                message.body[name] = with_block_ids(value) if name == "blocks" else value
        if by is not None:
            message.body["edited"] = {"user": by, "ts": self.new_ts(now)}
        message.pings = sorted({*message.pings, *mentions.in_message(message.body)})
        self.changed(message)

    def changed(self, message: Message) -> None:
        self.feed.publish(
            "changed",
            channel=message.channel,
            ts=message.ts,
            thread=message.thread,
            visible_to=message.visible_to,
        )

    def delete(self, message: Message) -> None:
        del self.conversations[message.channel].messages[message.ts]
        if message.visible_to is None:
            self._count_replies(message)
        self.feed.publish("deleted", channel=message.channel, ts=message.ts, thread=message.thread)

    def find(self, channel: str, ts: str) -> Message | None:
        conversation = self.conversations.get(channel)
        return conversation.messages.get(ts) if conversation else None

    def replies(self, channel: str, parent: str) -> list[Message]:
        return [
            message
            for message in self.conversations[channel].messages.values()
            if message.thread == parent and message.visible_to is None
        ]

    def visible(self, channel: str, viewer: str | None, thread: str | None = None) -> list[Message]:
        """What `viewer` (None: nobody in particular) sees of a channel or of one thread, oldest first."""
        return [
            message
            for message in self.conversations[channel].messages.values()
            if message.visible_to in (None, viewer)
            and (message.thread == thread or message.ts == thread or (thread is None and message.is_broadcast))
        ]

    def everything(self) -> Iterator[Message]:
        for conversation in self.conversations.values():
            yield from conversation.messages.values()

    def _count_replies(self, message: Message) -> None:
        parent = self.find(message.channel, message.thread) if message.thread else None
        if parent is None:
            return
        replies = self.replies(message.channel, parent.ts)
        if not replies:
            for name in ("thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply"):
                parent.body.pop(name, None)
        else:
            users = list(dict.fromkeys(str(reply.body.get("user")) for reply in replies))
            parent.body |= {
                "thread_ts": parent.ts,
                "reply_count": len(replies),
                "reply_users": users,
                "reply_users_count": len(users),
                "latest_reply": replies[-1].ts,
            }
        self.changed(parent)

    def as_event(self, message: Message) -> dict[str, Any]:
        """A message as Slack's `message` event carries it."""
        kind = {"im": "im", "private": "group"}.get(self.conversations[message.channel].kind, "channel")
        body = {name: value for name, value in message.body.items() if name != "metadata"}
        return {**body, "channel": message.channel, "event_ts": message.ts, "channel_type": kind}


def with_block_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Blocks with a made-up `block_id` where they have none, and `action_id`s for what can be pressed."""
    named = []
    for block in blocks:
        block = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)}
        if isinstance(block.get("elements"), list) and block["type"] == "actions":
            block["elements"] = [_with_action_id(element) for element in block["elements"]]
        for place in ("accessory", "element"):
            if isinstance(block.get(place), dict):
                block[place] = _with_action_id(block[place])
        named.append(block)
    return named


def _with_action_id(element: dict[str, Any]) -> dict[str, Any]:
    if element.get("type") == "image":
        return element
    return {**element, "action_id": element.get("action_id") or secrets.token_urlsafe(4)}
