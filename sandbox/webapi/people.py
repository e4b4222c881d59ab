"""users.*, dnd.*, usergroups.*: who there is, and whether they want to be disturbed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sandbox.posting import SlackError
from sandbox.webapi.arguments import Arguments

if TYPE_CHECKING:
    from sandbox.hub import Hub
    from sandbox.roster import User, UserGroup


def _user(hub: Hub, arguments: Arguments, name: str = "user") -> User:
    user = hub.workspace.user(str(arguments.get(name, "")))
    if user is None:
        raise SlackError("user_not_found")
    return user


def described(hub: Hub, user: User, locale: bool) -> dict[str, Any]:
    offset = datetime.fromtimestamp(hub.now(), UTC).astimezone(ZoneInfo(user.tz)).utcoffset()
    return {
        "id": user.id,
        "team_id": hub.roster.team_id,
        "name": user.name,
        "deleted": False,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1_735_689_600,
        "profile": {
            "title": user.title,
            "real_name": user.real_name,
            "display_name": user.name,
            "real_name_normalized": user.real_name,
            "display_name_normalized": user.name,
            "team": hub.roster.team_id,
        },
        **({"locale": user.locale} if locale else {}),
    }


async def info(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    return {"user": described(hub, _user(hub, arguments), arguments.flag("include_locale"))}


async def list_all(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    page, beside = arguments.page(list(hub.roster.users.values()))
    locale = arguments.flag("include_locale")
    return {"members": [described(hub, one, locale) for one in page], "cache_ts": int(hub.now()), **beside}


async def presence(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    return {"presence": hub.workspace.presence.get(_user(hub, arguments).id, "active")}


MOST_AT_ONCE = 50  # people whom dnd.teamInfo tells of


def _disturbed(hub: Hub, user: str) -> dict[str, Any]:
    start, end = hub.workspace.dnd.get(user, (1, 1))
    return {"dnd_enabled": end > 1, "next_dnd_start_ts": int(start), "next_dnd_end_ts": int(end)}


async def dnd(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    return {**_disturbed(hub, _user(hub, arguments).id), "snooze_enabled": False}


async def team_dnd(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    """Of up to fifty people; one whom the bot cannot see spoils the whole answer."""
    users = [one for one in str(arguments.get("users", "")).replace(" ", "").split(",") if one]
    if not users:
        raise SlackError("no_users_provided")
    if len(users) > MOST_AT_ONCE:
        raise SlackError("too_many_users")
    if any(hub.workspace.user(one) is None for one in users):
        raise SlackError("user_not_visible")
    return {"users": {user: _disturbed(hub, user) for user in users}}


def _group(hub: Hub, group: UserGroup, users: bool) -> dict[str, Any]:
    known: dict[str, Any] = {
        "id": group.id,
        "team_id": hub.roster.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "user_count": len(group.users),
    }
    return {**known, "users": list(group.users)} if users else known


async def usergroups(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    users = arguments.flag("include_users")
    return {"usergroups": [_group(hub, one, users) for one in hub.roster.usergroups.values()]}


async def usergroup_users(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    group = hub.roster.usergroups.get(arguments.need("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


async def set_usergroup_users(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    """Replaces the whole list, which may not be empty."""
    group = hub.roster.usergroups.get(arguments.need("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    users = tuple(one for one in str(arguments.get("users", "")).replace(" ", "").split(",") if one)
    if not users:
        raise SlackError("no_users_provided")
    if any(hub.workspace.user(one) is None for one in users):
        raise SlackError("invalid_users")
    if any((known := hub.workspace.user(one)) is not None and known.is_bot for one in users):
        raise SlackError("invalid_user")
    hub.roster.usergroups[group.id] = replace(group, users=users)
    return {"usergroup": _group(hub, hub.roster.usergroups[group.id], True)}
