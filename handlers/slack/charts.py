"""Brings a drawn chart to Slack, so that a message can show it in an image block.

The file is uploaded without a channel and without alt text (an upload with `alt_txt` can fail to be shared, silently:
slackapi/python-slack-sdk#1575), then waited for until Slack has recognised it as a picture: an image block that names
it earlier is refused. The finding travels in the block's own alt text.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections import OrderedDict
from datetime import timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.outcomes import FAILURES, outcome_of

log = structlog.get_logger(__name__)

# A chart is an extra: whatever its message says is more urgent than the picture.
LONGEST = timedelta(seconds=10)
# Slack usually needs a few hundred milliseconds, so looks are close together there and rarer for a slow one: doubled,
# a chart that was ready just after a look waited as long again. files.info allows 100 calls a minute.
FIRST_LOOK, LATER_LOOKS, SLOWEST_LOOK = 0.1, 1.15, 1.0
REMEMBERED = 256  # files by content: a retry, or an edit that leaves the chart as it was, uploads nothing


class ChartUploads:
    """Uploads each picture once and remembers its file for as long as the process lives."""

    def __init__(self, client: AsyncWebClient, longest: timedelta = LONGEST) -> None:
        self._client = client
        self._longest = longest
        self._files: OrderedDict[bytes, str] = OrderedDict()

    async def upload(self, png: bytes, name: str) -> str | None:
        """The id of a file that is ready to be shown, or None when Slack could not be brought to take it in time."""
        content = hashlib.sha256(png).digest()
        if content in self._files:
            self._files.move_to_end(content)
            return self._files[content]
        try:
            async with asyncio.timeout(self._longest.total_seconds()):
                file = await self._upload(png, name)
        except FAILURES as error:
            reason = outcome_of(error, repeatable=True)
            log.warning("chart not uploaded", chart=name, reason=reason.reason)
            return None
        self._files[content] = file
        while len(self._files) > REMEMBERED:
            self._files.popitem(last=False)
        return file

    def forget(self, file: str) -> None:
        """The file cannot be shown (deleted in Slack, say): upload the picture anew next time."""
        self._files = OrderedDict((content, one) for content, one in self._files.items() if one != file)

    async def _upload(self, png: bytes, name: str) -> str:
        ticket = await self._client.files_getUploadURLExternal(filename=f"{name}.png", length=len(png))
        file = str(ticket["file_id"])
        session = self._client.session
        assert session is not None, "made by slack_client"
        async with session.post(
            str(ticket["upload_url"]),
            data=io.BytesIO(png),
            headers={"Content-Type": "application/octet-stream"},
            proxy=self._client.proxy,
        ) as answer:
            answer.raise_for_status()
        await self._client.files_completeUploadExternal(files=[{"id": file, "title": name}])
        pause = FIRST_LOOK
        while True:
            await asyncio.sleep(pause)
            if await self._is_ready(file):
                return file
            pause = min(pause * LATER_LOOKS, SLOWEST_LOOK)

    async def _is_ready(self, file: str) -> bool:
        found = await self._client.files_info(file=file)
        return bool((found.get("file") or {}).get("mimetype"))
