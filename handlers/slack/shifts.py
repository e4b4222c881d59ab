"""Slack's user groups, channel topics and do-not-disturb."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from slack_sdk.web.async_client import AsyncWebClient

from desk.following import topic
from handlers.platform import Delivered, DoNotDisturb, GiveUp, Outcome, TryLater
from handlers.slack.outcomes import FAILURES, SOON, outcome_of

LONGEST_TOPIC = 250  # characters; https://docs.slack.dev/reference/methods/conversations.setTopic
MOST_AT_ONCE = 50  # people; https://docs.slack.dev/reference/methods/dnd.teamInfo
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # in this order: what was escaped last is undone last


class SlackShifts:
    """`handlers.platform.Shifts` over one workspace's bot token."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def set_members(self, group: str, accounts: Sequence[str]) -> Outcome:
        try:
            found = await self._client.usergroups_users_list(usergroup=group, include_disabled=True)
            if set(found.get("users") or []) != set(accounts):
                await self._client.usergroups_users_update(usergroup=group, users=",".join(accounts))
        except FAILURES as error:
            return outcome_of(error, repeatable=True)
        return Delivered(group)

    async def set_topic(self, channel: str, schedule: str, part: str) -> Outcome:
        try:
            found = await self._client.conversations_info(channel=channel)
            known = _plain(str(((found.get("channel") or {}).get("topic") or {}).get("value") or ""))
            wanted = topic.merged(known, schedule, part, LONGEST_TOPIC)
            if wanted is None:
                return GiveUp(
                    f"the topic that stands there leaves no room within {LONGEST_TOPIC} characters: shorten it"
                )
            if wanted != known:
                await self._client.conversations_setTopic(channel=channel, topic=wanted)
        except FAILURES as error:
            return outcome_of(error, repeatable=True)
        return Delivered(channel)

    async def members(self, group: str) -> Sequence[str] | TryLater | GiveUp:
        try:
            found = await self._client.usergroups_users_list(usergroup=group)
        except FAILURES as error:
            return _refused(error)
        return [str(one) for one in found.get("users") or []]

    async def do_not_disturb(self, accounts: Sequence[str]) -> DoNotDisturb | TryLater | GiveUp:
        told: dict[str, tuple[datetime, datetime] | None] = {}
        for first in range(0, len(accounts), MOST_AT_ONCE):
            batch = accounts[first : first + MOST_AT_ONCE]
            try:
                found = await self._client.dnd_teamInfo(users=",".join(batch))
            except FAILURES as error:
                refused = _refused(error)
                if isinstance(refused, TryLater) or len(accounts) == 1 or refused.reason.startswith("missing_scope"):
                    return refused
                # Somebody among them is not there any more: the others are asked for one by one.
                told |= await self._one_by_one(batch)
                continue
            told |= {str(user): _span(one) for user, one in (found.get("users") or {}).items()}
        return told

    async def _one_by_one(self, accounts: Sequence[str]) -> DoNotDisturb:
        told: dict[str, tuple[datetime, datetime] | None] = {}
        for account in accounts:
            try:
                found = await self._client.dnd_info(user=account)
            except FAILURES as error:
                if isinstance(_refused(error), TryLater):
                    break
                continue
            told[account] = _span(found.data if isinstance(found.data, dict) else {})
        return told


def _span(told: object) -> tuple[datetime, datetime] | None:
    """Slack writes 1 for both ends where there is none."""
    if not isinstance(told, dict) or not told.get("dnd_enabled"):
        return None
    try:
        start, end = (datetime.fromtimestamp(int(told[f"next_dnd_{name}_ts"]), UTC) for name in ("start", "end"))
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
    return (start, end) if start < end else None


def _plain(text: str) -> str:
    for entity, letter in _ENTITIES:
        text = text.replace(entity, letter)
    return text


def _refused(error: BaseException) -> TryLater | GiveUp:
    outcome = outcome_of(error, repeatable=True)
    return outcome if isinstance(outcome, TryLater | GiveUp) else TryLater(outcome.reason, SOON)
