"""Slack as a platform: posts, edits, deletes and finds Livedesk's messages.

An address is `CHANNEL/TS`. The key of a message travels in its metadata, which is how `find` recognises it; Slack has
no idempotency key of its own. Metadata can be read by every app of the workspace and holds nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from desk.messages import Fill, Message
from handlers.platform import (
    KEY_LENGTH,
    Absent,
    Delivered,
    Found,
    GiveUp,
    Outcome,
    Pacing,
    Search,
    Unknown,
)
from handlers.slack.blockkit import validate_message
from handlers.slack.charts import ChartUploads
from handlers.slack.outcomes import FAILURES, OURS, outcome_of, refusal
from handlers.slack.render import NotUploaded, Picture, Uploaded, draw

log = structlog.get_logger(__name__)

EVENT_TYPE = "livedesk_message"

# https://docs.slack.dev/apis/web-api/rate-limits: about one message a second per channel, "several hundred" a minute
# per workspace. 200 leaves room for answers to commands, which do not pass through the outbox.
# Slack asks for a second between two messages in a channel and allows bursts over that for a short while.
PACING = Pacing(per_destination=timedelta(seconds=1), per_minute=200, burst=2)

PAGE = 200
PAGES = 10  # 2,000 messages since the try whose fate is unclear: beyond that, somebody has to look
CLOCK_SKEW = timedelta(minutes=2)  # between our clock and the one that stamps Slack's messages

# No links, names or channels are made out of what stands in the text, and nothing unfolds below it.
AS_WRITTEN: dict[str, Any] = {"parse": "none", "link_names": False}
NOT_UNFURLED: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}


class SlackPlatform:
    """`handlers.platform.Platform` over one workspace's bot token. `client` must not retry by itself."""

    name = "slack"
    pacing = PACING

    def __init__(self, client: AsyncWebClient, charts: ChartUploads) -> None:
        if client.retry_handlers:
            raise ValueError("posting needs a client with retry_handlers=[]: slack-sdk's default can post twice")
        self._client = client
        self._charts = charts
        self._conversations: dict[str, str] = {}  # person → direct-message channel

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome:
        """Post to a channel (`C…`) or to a person (`U…`), below `thread` (an address) if given."""
        if len(key) > KEY_LENGTH:
            return GiveUp(f"a key has at most {KEY_LENGTH} characters: {key!r}")
        try:
            channel = await self._channel(destination, thread)
        except FAILURES as error:
            return outcome_of(error, repeatable=True, posting=True)
        picture = await self._picture(message, fill)
        outcome = await self._post(channel, thread, message, fill, key, picture)
        if isinstance(picture, Uploaded) and _refused_blocks(outcome):
            # Slack takes back a file that somebody deleted, or is slower with it than files.info says.
            self._charts.forget(picture.file)
            outcome = await self._post(channel, thread, message, fill, key, NotUploaded())
        return outcome

    async def edit(self, address: str, message: Message, fill: Fill, key: str) -> Outcome:
        channel, ts = split(address)
        picture = await self._picture(message, fill)
        outcome = await self._edit(channel, ts, message, fill, key, picture)
        if isinstance(picture, Uploaded) and _refused_blocks(outcome):
            self._charts.forget(picture.file)
            outcome = await self._edit(channel, ts, message, fill, key, NotUploaded())
        return outcome

    async def delete(self, address: str) -> Outcome:
        channel, ts = split(address)
        try:
            await self._client.chat_delete(channel=channel, ts=ts)
        except FAILURES as error:
            if isinstance(error, SlackApiError) and refusal(error).error == "message_not_found":
                return Delivered(address)  # gone is what was asked for
            return outcome_of(error, repeatable=True)
        return Delivered(address)

    async def find(self, destination: str, thread: str | None, key: str, since: datetime) -> Search:
        """Look through what was posted since then for the message that carries `key`."""
        try:
            channel = await self._channel(destination, thread)
        except FAILURES as error:
            refused = outcome_of(error, repeatable=True)
            # Where no conversation can be opened nothing was posted, and posting says why.
            return Absent() if isinstance(refused, GiveUp) and refused.gone else Unknown(refused.reason)
        try:
            return await self._search(channel, thread, key, since - CLOCK_SKEW)
        except FAILURES as error:
            if thread and isinstance(error, SlackApiError) and refusal(error).error == "thread_not_found":
                return Absent()
            return Unknown(outcome_of(error, repeatable=True).reason)

    async def _channel(self, destination: str, thread: str | None) -> str:
        if thread:
            return split(thread)[0] or destination
        if destination[:1] not in ("U", "W"):
            return destination
        if destination not in self._conversations:
            opened = await self._client.conversations_open(users=destination)
            self._conversations[destination] = str(opened["channel"]["id"])
        return self._conversations[destination]

    async def _picture(self, message: Message, fill: Fill) -> Picture:
        if message.chart is None or fill.chart_png is None:
            return None
        file = await self._charts.upload(fill.chart_png, message.chart.name)
        return Uploaded(file) if file else NotUploaded()

    async def _post(
        self, channel: str, thread: str | None, message: Message, fill: Fill, key: str, picture: Picture
    ) -> Outcome:
        payload = _payload(message, fill, key, picture)
        if isinstance(payload, GiveUp):
            return payload
        try:
            posted = await self._client.chat_postMessage(
                channel=channel, thread_ts=split(thread)[1] if thread else None, **NOT_UNFURLED, **payload
            )
        except FAILURES as error:
            return outcome_of(error, repeatable=False, posting=True)
        return Delivered(f"{posted['channel']}/{posted['ts']}")

    async def _edit(self, channel: str, ts: str, message: Message, fill: Fill, key: str, picture: Picture) -> Outcome:
        payload = _payload(message, fill, key, picture)
        if isinstance(payload, GiveUp):
            return payload
        try:
            await self._client.chat_update(channel=channel, ts=ts, **payload)
        except FAILURES as error:
            return outcome_of(error, repeatable=True)
        return Delivered(f"{channel}/{ts}")

    async def _search(self, channel: str, thread: str | None, key: str, since: datetime) -> Search:
        cursor: str | None = None
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "limit": PAGE,
            "include_all_metadata": True,
        }
        for _ in range(PAGES):
            if thread:
                page = await self._client.conversations_replies(ts=split(thread)[1], cursor=cursor, **asked)
            else:
                page = await self._client.conversations_history(cursor=cursor, **asked)
            for found in page.get("messages") or []:
                metadata = found.get("metadata") or {}
                carried = (metadata.get("event_payload") or {}).get("key")
                if metadata.get("event_type") == EVENT_TYPE and carried == key:
                    return Found(f"{channel}/{found['ts']}")
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return Absent()
        return Unknown(f"more than {PAGE * PAGES} messages in {channel} since then: look for it there by hand")


def split(address: str) -> tuple[str, str]:
    """(channel, ts) of an address; the channel is empty where only a ts was kept.

    >>> split("C0EMEAOPS1/1772798400.000100"), split("1772798400.000100")
    (('C0EMEAOPS1', '1772798400.000100'), ('', '1772798400.000100'))
    """
    channel, _, ts = address.rpartition("/")
    return channel, ts


def _payload(message: Message, fill: Fill, key: str, picture: Picture) -> dict[str, Any] | GiveUp:
    """What is sent, checked first: Slack would refuse an invalid one every time."""
    try:
        payload = draw(message, fill, picture)
    except Exception as mistake:
        # Drawing again would fail again, and one message must not hold up those behind it.
        log.error("message not drawn", kind=message.kind, error=type(mistake).__name__)
        return GiveUp(f"not sent, it could not be drawn ({type(mistake).__name__}): {OURS}")
    payload["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
    problems = validate_message(payload)
    if problems:
        log.error("message not valid", kind=message.kind, problems=[str(problem) for problem in problems[:5]])
        return GiveUp(f"not sent, Slack would refuse it: {problems[0]}: {OURS}")
    return payload | AS_WRITTEN


def _refused_blocks(outcome: Outcome) -> bool:
    return isinstance(outcome, GiveUp) and outcome.reason.startswith(("invalid_blocks", "invalid_file", "slack_file"))
