"""What a failed call to Slack means for the message: try later, give up, or look first.

https://docs.slack.dev/apis/web-api/ and each method's own list of errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import isnan
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from handlers.platform import GiveUp, TryLater, Unclear

# What a call may raise. AttributeError: slack-sdk reads `.get` of a body that a proxy answered as plain text.
FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError, AttributeError)

SOON = timedelta(seconds=5)
RATE_LIMITED = timedelta(seconds=30)  # when Slack says "slow down" without saying for how long
LONGEST = timedelta(hours=1)

# "It's possible some aspect of the operation succeeded before the error was raised", says Slack of the first two.
_UNCLEAR = {"internal_error", "fatal_error"}
_RATE = {"ratelimited", "rate_limited"}
_TEMPORARY = {
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
    "accesslimited",
    "external_channel_migrating",
}

_REINSTALL = "reinstall the app and put its new bot token into SLACK_BOT_TOKEN"
_INVITE = "invite the bot there (/invite @Livedesk), or name another channel in livedesk.yaml"
ADVICE: Mapping[str, str] = {
    "channel_not_found": f"Slack knows no such channel, or it is private and the bot is not in it: {_INVITE}",
    "not_in_channel": f"the bot is not in this channel: {_INVITE}",
    "is_archived": "this channel is archived: unarchive it, or name another one in livedesk.yaml",
    "restricted_action": "this workspace keeps the bot from posting there: allow it in the channel's settings",
    "restricted_action_read_only_channel": "only some people may post in this channel: add the bot to them",
    "invalid_auth": f"Slack does not accept the bot token: {_REINSTALL}",
    "not_authed": "no bot token was sent: set SLACK_BOT_TOKEN",
    "account_inactive": f"the app was removed from the workspace: {_REINSTALL}",
    "token_revoked": f"the bot token was revoked: {_REINSTALL}",
    "token_expired": f"the bot token has expired: {_REINSTALL}",
    "not_allowed_token_type": "this is no bot token: SLACK_BOT_TOKEN starts with xoxb-, SLACK_APP_TOKEN with xapp-",
    "user_not_found": "Slack knows no such person: correct contacts.slack of this person in livedesk.yaml",
    "user_disabled": "this person's Slack account is deactivated: correct livedesk.yaml",
    "cannot_dm_bot": "this id belongs to a bot, which cannot be messaged: correct contacts.slack in livedesk.yaml",
    "message_not_found": "the message is gone: somebody deleted it in Slack",
    "cant_update_message": "the message was posted with another token: it can only be posted anew",
    "cant_delete_message": "the message was posted with another token: delete it in Slack by hand",
    "edit_window_closed": "this workspace's settings forbid editing after some time: allow it for apps",
    "thread_not_found": "the message it answers is gone: somebody deleted it in Slack",
    "no_such_subteam": "Slack knows no such user group: correct user_group in livedesk.yaml",
    "permission_denied": "this workspace lets only some people change user groups: allow everybody under Workspace "
    "settings → Permissions → User Groups, or take user_group out of livedesk.yaml",
    "invalid_users": "one of the people on call is not in this workspace: correct contacts.slack in livedesk.yaml",
    "invalid_user": "a guest or a bot cannot be in a user group: correct contacts.slack in livedesk.yaml",
    "paid_teams_only": "user groups belong to Slack's paid plans: take user_group out of livedesk.yaml",
    "user_is_restricted": "this workspace keeps the bot from setting the topic: allow it in the channel's settings",
    "method_not_supported_for_channel_type": "this kind of conversation has no topic: name a channel in livedesk.yaml",
    "messages_tab_disabled": "direct messages to the app are off: switch on the Messages tab under App Home",
}
# These say that the person behind a direct message cannot be reached in Slack at all.
GONE = {"user_not_found", "user_disabled", "cannot_dm_bot", "messages_tab_disabled"}
OURS = "this is a mistake of Livedesk's own: please report it"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Slack said, read from whichever shape the error came in."""

    status: int
    error: str
    retry_after: timedelta | None
    detail: str = ""


def refusal(error: SlackApiError) -> Refusal:
    """Status, error code and Retry-After of a failed call; `error` is "" when the answer could not be read."""
    response = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 200
    data = response if isinstance(response, Mapping) else getattr(response, "data", None)
    body: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    headers = getattr(response, "headers", None) or {}
    details = body.get("errors") or (body.get("response_metadata") or {}).get("messages") or body.get("needed") or ""
    return Refusal(int(status), str(body.get("error") or ""), _retry_after(headers), str(details)[:300])


def _retry_after(headers: Mapping[str, Any]) -> timedelta | None:
    for name, value in headers.items():
        if str(name).lower() == "retry-after":
            try:
                seconds = float(value[0] if isinstance(value, list) else value)
            except ValueError:
                return None
            return None if isnan(seconds) else timedelta(seconds=min(max(seconds, 1.0), LONGEST.total_seconds()))
    return None


def outcome_of(error: BaseException, *, repeatable: bool, posting: bool = False) -> TryLater | GiveUp | Unclear:
    """What to do after a call raised `error`.

    `repeatable`: doing it twice is the same as once (an edit, a deletion), so a lost answer only means "again".
    `posting`: a rate limit stops the whole workspace. One channel is already kept to Slack's pace, so being told to
    slow down while posting means that the workspace's own ceiling was reached.
    """
    unclear = (lambda reason: TryLater(reason, SOON)) if repeatable else Unclear
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return TryLater(f"no connection to Slack ({type(error).__name__})", SOON)
    if not isinstance(error, SlackApiError):
        return unclear(f"Slack's answer was lost ({type(error).__name__})")
    said = refusal(error)
    if said.status == 429 or said.error in _RATE:
        return TryLater("Slack asks to slow down", said.retry_after or RATE_LIMITED, whole_workspace=posting)
    if said.status == 503 or said.error in _TEMPORARY:
        return TryLater(f"Slack is not available ({said.error or said.status})", said.retry_after or SOON)
    if said.status >= 500 or said.error in _UNCLEAR or not said.error:
        return unclear(f"Slack failed while it worked on this ({said.error or said.status})")
    return GiveUp(advice(said), gone=said.error in GONE)


def advice(said: Refusal) -> str:
    """One line for an admin: what Slack answered and what to do about it."""
    if said.error == "missing_scope":
        return f"missing_scope: the app lacks the scope {said.detail or '?'}: update its manifest and reinstall it"
    todo = ADVICE.get(said.error, OURS)
    return f"{said.error}: {todo}" + (f" ({said.detail})" if said.detail and todo is OURS else "")
