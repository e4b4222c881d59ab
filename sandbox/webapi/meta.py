"""api.test, auth.test, apps.connections.open, blocks.validate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.slack.blockkit import validate_blocks, validate_message, validate_view
from sandbox.posting import SlackError
from sandbox.webapi.arguments import Arguments

if TYPE_CHECKING:
    from sandbox.hub import Hub


async def api_test(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    del hub
    if arguments.get("error"):
        raise SlackError(str(arguments["error"]), args=dict(arguments))
    return {"args": {name: value for name, value in arguments.items() if name != "token"}}


async def auth_test(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    del arguments
    app, roster = hub.app, hub.roster
    return {
        "url": f"{hub.address.url}/",
        "team": roster.team_name,
        "user": roster.users[app.bot_user].name,
        "team_id": roster.team_id,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


async def open_connection(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    del arguments
    if len(hub.deliveries.sockets.connections) >= 10:
        raise SlackError("too_many_websockets")
    return {"url": hub.deliveries.sockets.new_url()}


async def validate(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    del hub
    given = [name for name in ("blocks", "view", "message") if name in arguments]
    if len(given) != 1:
        said = "must provide exactly one of `blocks`, `view`, or `message`"
        raise SlackError("invalid_arguments", response_metadata={"messages": [said]})
    checks: dict[str, Any] = {"blocks": validate_blocks, "view": validate_view, "message": validate_message}
    problems = checks[given[0]](arguments[given[0]])
    if problems:
        raise SlackError(f"invalid_{given[0]}", errors=[problem.as_dict() for problem in problems])
    return {}
