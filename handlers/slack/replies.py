"""Answers to the one who typed or tapped, sent straight to Slack's `response_url`.

They do not pass through the outbox: they concern one person, now, and may be lost. Slack takes five of them within
30 minutes of what they answer.
"""

from __future__ import annotations

from typing import Any, Literal

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from handlers.slack.blockkit import validate_message
from handlers.slack.client import TIMEOUT_SECONDS
from handlers.slack.outcomes import FAILURES

log = structlog.get_logger(__name__)

Audience = Literal["ephemeral", "in_channel"]
Fate = Literal["taken", "refused", "unclear"]


class Replies:
    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def send(self, response_url: str, payload: dict[str, Any], audience: Audience = "ephemeral") -> Fate:
        """Whether Slack took it. Nothing is replaced: what was answered before stays where it is."""
        problems = validate_message(payload)
        if problems:
            log.error("answer not valid", problems=[str(problem) for problem in problems[:5]])
            return "refused"
        hook = AsyncWebhookClient(
            response_url,
            timeout=TIMEOUT_SECONDS,
            ssl=self._client.ssl,
            session=self._client.session,
            logger=self._client.logger,
            retry_handlers=[],
        )
        hook.proxy = self._client.proxy  # otherwise taken from the environment, loopback or not
        body = {**payload, "response_type": audience, "replace_original": False}
        try:
            answer = await hook.send_dict({**body, "unfurl_links": False, "unfurl_media": False})
        except FAILURES as error:
            log.warning("answer lost", error=type(error).__name__)
            return "unclear"
        if answer.status_code != 200:
            log.warning("answer refused", status=answer.status_code, reason=answer.body[:200])
            return "refused"
        return "taken"
