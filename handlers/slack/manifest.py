"""The app manifest, made from what the code does: paste it into "Create New App → From a manifest".

`python -m handlers.slack.manifest` prints it (`--http https://bot.example.com` for signed HTTP). A test compares the
methods below with every Web API call in this folder, so that no scope is asked for without a use.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Any

from handlers.slack.app import COMMANDS, EVENTS
from handlers.slack.http import PATH

# What each method that we call needs of a bot token. https://docs.slack.dev/reference/methods
SCOPES: Mapping[str, tuple[str, ...]] = {
    "auth.test": (),
    "apps.connections.open": (),  # connections:write, which belongs to the app-level token
    "chat.delete": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "conversations.setTopic": ("channels:write.topic", "groups:write.topic"),
    "dnd.info": ("dnd:read",),
    "dnd.teamInfo": ("dnd:read",),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "usergroups.users.list": ("usergroups:read",),
    "usergroups.users.update": ("usergroups:write",),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}
_COMMANDS_SCOPE = "commands"


def scopes() -> list[str]:
    """Every bot scope that is needed, sorted."""
    return sorted({scope for needed in SCOPES.values() for scope in needed} | {_COMMANDS_SCOPE})


def manifest(public_url: str | None = None) -> dict[str, Any]:
    """The manifest for Socket Mode, or, with the bot's public https address, for signed HTTP."""
    if public_url is not None and not public_url.startswith("https://"):
        raise ValueError(f"Slack calls https addresses only, such as https://bot.example.com: {public_url!r}")
    url = None if public_url is None else public_url.rstrip("/") + PATH
    address = {} if url is None else {"url": url}
    request = {} if url is None else {"request_url": url}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Livedesk",
            "description": "Listens to a live show's audience, pages whoever is on call, reports to everybody else.",
            "long_description": (
                "Livedesk listens to what the audience of a live show says and does, in every market and language. "
                "When complaints spike it opens an incident in the right channel and pages whoever is on call there; "
                "everybody else reads a translated digest in their own morning. Ask it with /live and /oncall."
            ),
            "background_color": "#1f2937",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Livedesk", "always_online": True},
            "slash_commands": [
                {
                    "command": one.command,
                    **address,
                    "description": one.description,
                    "usage_hint": one.usage_hint,
                    "should_escape": False,
                }
                for one in COMMANDS
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def as_json(public_url: str | None = None) -> str:
    return json.dumps(manifest(public_url), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    arguments = argparse.ArgumentParser(description="Print the Slack app manifest.")
    arguments.add_argument("--http", metavar="URL", help="the bot's public https address; left out: Socket Mode")
    given = arguments.parse_args()
    try:
        sys.stdout.write(as_json(given.http))
    except ValueError as error:
        arguments.error(str(error))


if __name__ == "__main__":
    main()
