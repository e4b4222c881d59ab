"""Keeps secrets out of every log: Slack's tokens, signatures, tickets and one-time URLs, and our own links and secrets.

`hide_secrets` is a structlog processor (last before the renderer, so that rendered tracebacks pass through it);
`HideSecrets` is the same for the standard library's logging, which slack-sdk and Bolt use.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

HIDDEN = "[hidden]"

_SECRET = re.compile(
    r"""
      \b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w%-]+           # bot, user, refresh, rotated and app-level tokens
    | \bv0=[0-9a-f]{16,}                                   # a request's signature
    | (?<=[Bb]earer\ )[^\s"',]+
    | (?<=hooks\.slack\.com/)(?:commands|actions|services|workflows)/[^\s"'<>,]+
    | (?<=[?&]ticket=)[^\s&"']+                            # opens a socket as this app
    | (?<=/upload/v1/)[^\s"'<>,]+
    | \bldc_[\w-]+                                         # reads somebody's calendar
    | \blda_[\w.-]+                                        # acknowledges in somebody's name
    | \bldw_[\w-]+                                         # signs what is posted to a webhook
    | (?<=/v1/calendars/)[^\s"'<>,?]+
    | (?<=/v1/acknowledge/)[^\s"'<>,?]+
    """,
    re.VERBOSE,
)


def hidden(text: str) -> str:
    """`text` with every secret in it replaced.

    >>> hidden("Authorization: Bearer xoxb-1-2-abc, socket wss://x/link?ticket=7f&app_id=9")
    'Authorization: Bearer [hidden], socket wss://x/link?ticket=[hidden]&app_id=9'
    """
    return _SECRET.sub(HIDDEN, text)


def hide_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: every string of the event, at any depth, without secrets."""
    del logger, method
    for name, value in event.items():
        event[name] = _clean(value)
    return event


def _clean(value: Any, depth: int = 6) -> Any:
    if isinstance(value, str):
        return hidden(value)
    if depth and isinstance(value, Mapping):
        return {name: _clean(item, depth - 1) for name, item in value.items()}
    if depth and isinstance(value, list | tuple):
        return [_clean(item, depth - 1) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return hidden(str(value))


# Bolt reads SLACK_BOT_TOKEN by itself and then warns that the client we gave it has one, too. It is the same one.
_OF_NO_CONCERN = "`token` will be unused"


class HideSecrets(logging.Filter):
    """The record's message and traceback, rendered and without secrets. Lets nearly every record through."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _OF_NO_CONCERN in str(record.msg):
            return False
        record.msg, record.args = hidden(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = hidden(record.exc_text)
        return True


def sdk_logger(level: int = logging.WARNING) -> logging.Logger:
    """The logger for slack-sdk and Bolt, which copy its level and filters to their own.

    Never below INFO: at DEBUG both write whole payloads, and with them what viewers said.
    """
    logger = logging.getLogger("livedesk.slack")
    logger.setLevel(max(level, logging.INFO))
    if not any(isinstance(one, HideSecrets) for one in logger.filters):
        logger.addFilter(HideSecrets())
    return logger
