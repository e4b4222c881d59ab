"""Who a message would ping, and how a person's typing becomes Slack's tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(
    r"<(?:@(?P<user>[UW][A-Z0-9]+)|!subteam\^(?P<group>S[A-Z0-9]+)|!(?P<all>channel|here|everyone|group))(?:\|[^<>]*)?>"
)


def in_text(text: str) -> set[str]:
    """`@U…`, `@S…`, `@channel`, `@here`, `@everyone` that Slack would read in a mrkdwn text.

    >>> sorted(in_text("<@U1> and <!channel|all> but &lt;!here&gt;"))
    ['@U1', '@channel']
    """
    found = set()
    for match in _TOKEN.finditer(text):
        found.add("@" + (match["user"] or match["group"] or match["all"].replace("group", "channel")))
    return found


def in_message(body: Mapping[str, Any]) -> list[str]:
    """Everything that is pinged by a message's text, blocks and attachments, sorted.

    The text beside blocks counts as well: it is what a notification reads.
    """
    found = in_text(str(body.get("text") or ""))
    for place in (body.get("blocks"), body.get("attachments")):
        found |= _in_blocks(place)
    return sorted(found)


def _in_blocks(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*(_in_blocks(item) for item in value)) if value else set()
    if not isinstance(value, Mapping):
        return set()
    kind = value.get("type")
    if kind == "mrkdwn" or (kind == "markdown" and isinstance(value.get("text"), str)):
        return in_text(str(value.get("text", "")))
    if kind == "user":
        return {f"@{value.get('user_id')}"}
    if kind == "usergroup":
        return {f"@{value.get('usergroup_id')}"}
    if kind == "broadcast":
        return {f"@{value.get('range')}"}
    return set().union(*(_in_blocks(item) for key, item in value.items() if key != "confirm"))


def typed(text: str, users: Mapping[str, str], channels: Mapping[str, str], *, escape: bool = True) -> str:
    """A person's typing as Slack's client would send it: `&<>` escaped, @name and #channel turned into tokens.

    `users` and `channels` map names to ids. Names nobody has stay as they were typed.
    """
    if escape:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def user(match: re.Match[str]) -> str:
        name = match[1].lower()
        if name in ("channel", "here", "everyone"):
            return f"<!{name}>"
        return f"<@{users[name]}>" if name in users else match[0]

    def channel(match: re.Match[str]) -> str:
        name = match[1].lower()
        return f"<#{channels[name]}|{name}>" if name in channels else match[0]

    text = re.sub(r"(?<![\w@<])@([\w.-]*\w)", user, text)
    return re.sub(r"(?<![\w#<&])#([\w-]*\w)", channel, text)
