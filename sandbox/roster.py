"""Who and what is in the workspace at the start: people, channels and the one installed app, from YAML or JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times as fast, where it was built in


class RosterError(ValueError):
    """The roster file cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str
    real_name: str
    tz: str = "UTC"
    locale: str = "en-US"
    title: str = ""
    is_admin: bool = False
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    name: str
    topic: str = ""
    members: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False
    suggestions: tuple[str, ...] = ()  # whole lines the page offers while one types


@dataclass(frozen=True, slots=True)
class UserGroup:
    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class App:
    id: str
    name: str
    bot_user: str
    bot_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    scopes: tuple[str, ...]
    events: tuple[str, ...]
    commands: tuple[Command, ...] = ()
    home: bool = True


@dataclass(frozen=True, slots=True)
class Roster:
    team_id: str
    team_name: str
    domain: str
    app: App
    users: dict[str, User]
    channels: dict[str, Channel]
    usergroups: dict[str, UserGroup] = field(default_factory=dict)


def load(path: Path) -> Roster:
    """Read a roster; `RosterError` says what is wrong in which entry.

    Members of a channel are named by user id; `all` stands for everybody. The bot is a member where it is listed.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 # a safe one; JSON is YAML, too
    except (OSError, yaml.YAMLError) as error:
        raise RosterError(f"{path}: cannot be read: {error}") from error
    if not isinstance(raw, dict):
        raise RosterError(f"{path}: needs the keys team, app, users and channels at the top")
    try:
        return _roster(raw)
    except KeyError as error:
        raise RosterError(f"{path}: the key {error} is missing") from error
    except (TypeError, AttributeError) as error:
        raise RosterError(f"{path}: {error}") from error
    except RosterError as error:
        raise RosterError(f"{path}: {error}") from error


def _roster(raw: dict[str, Any]) -> Roster:
    team, app = raw["team"], dict(raw["app"])
    users = {entry["id"]: _user(entry) for entry in raw["users"]}
    bot = User(app["bot_user"], app["name"].lower(), app["name"], "UTC", "en-US", app.pop("title", ""), is_bot=True)
    users[bot.id] = bot
    commands = tuple(
        Command(**{**entry, "suggestions": tuple(entry.get("suggestions", ()))}) for entry in app.pop("commands", [])
    )
    app["scopes"], app["events"] = tuple(app["scopes"]), tuple(app["events"])
    app.setdefault("bot_id", "B" + bot.id[1:])
    return Roster(
        team_id=team["id"],
        team_name=team["name"],
        domain=team.get("domain", "sandbox"),
        app=App(commands=commands, **app),
        users=users,
        channels={entry["id"]: _channel(entry, users) for entry in raw["channels"]},
        usergroups={
            entry["id"]: UserGroup(**{**entry, "users": tuple(entry.get("users", ()))})
            for entry in raw.get("usergroups") or []
        },
    )


def _user(entry: dict[str, Any]) -> User:
    user = User(**entry)
    try:
        ZoneInfo(user.tz)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise RosterError(f"user {user.id}: {user.tz!r} is no IANA time zone (a good one: Europe/Berlin)") from error
    return user


def _channel(entry: dict[str, Any], users: dict[str, User]) -> Channel:
    named = entry.get("members", "all")
    members = tuple(users) if named == "all" else tuple(named)
    unknown = [member for member in members if member not in users]
    if unknown:
        raise RosterError(f"channel {entry['id']}: there is no user {unknown[0]}")
    return Channel(**{**entry, "members": members})
