"""`response_url`: five answers in thirty minutes to one command or click."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.posting import SlackError, check_message, content

if TYPE_CHECKING:
    from sandbox.hub import Hub
    from sandbox.workspace import Message


@dataclass(slots=True)
class ResponseUrl:
    interaction: str
    user: str
    channel: str
    expires_at: float
    uses_left: int
    original: Message | None = None  # what `replace_original` and `delete_original` mean
    thread: str | None = None


class ResponseUrls:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._given: dict[str, ResponseUrl] = {}  # by ticket, oldest first
        self._of: dict[str, ResponseUrl] = {}  # by interaction

    def give(
        self, interaction: str, user: str, channel: str, original: Message | None = None, thread: str | None = None
    ) -> str:
        self._forget()
        ticket = secrets.token_urlsafe(18)
        settings = self.hub.settings
        expires_at = self.hub.now() + settings.response_url_life
        given = ResponseUrl(interaction, user, channel, expires_at, settings.response_url_uses, original, thread)
        self._given[ticket] = self._of[interaction] = given
        kind = "actions" if original else "commands"
        return f"{self.hub.address.url}/{kind}/{self.hub.roster.team_id}/{ticket}"

    def of(self, interaction: str) -> ResponseUrl | None:
        return self._of.get(interaction)

    def _forget(self) -> None:
        """Drop what expired long ago; until then a late answer is told `expired_url`."""
        long_ago = self.hub.now() - self.hub.settings.response_url_life
        while self._given and (oldest := next(iter(self._given))) and self._given[oldest].expires_at < long_ago:
            self._of.pop(self._given.pop(oldest).interaction, None)

    async def serve(self, request: web.Request) -> web.Response:
        call = self.hub.calls.arrived("response_url", self.hub.now(), self.hub.monotonic_ns())
        given = self._given.get(request.match_info["ticket"])
        try:
            payload = await request.json()
        except ValueError:
            payload = None
        try:
            if given is None:
                raise SlackError("invalid_url")
            call.channel = given.channel
            if self.hub.now() > given.expires_at:
                raise SlackError("expired_url")
            if given.uses_left <= 0:
                raise SlackError("used_url")
            if not isinstance(payload, dict):
                raise SlackError("invalid_payload")
            fault = self.hub.faults.take("response_url", given.channel)
            if fault is not None and fault.kind == "error":
                call.outcome, call.status, call.fault = "error", 500, fault.kind
                return web.Response(status=500, text="internal_error")
            given.uses_left -= 1
            self.answer(given, payload)
        except SlackError as refusal:
            call.outcome, call.status = refusal.error, 404 if refusal.error.endswith("_url") else 400
            return web.json_response({"ok": False, "error": refusal.error, **refusal.more}, status=call.status)
        finally:
            call.took_ms = (self.hub.monotonic_ns() - call.at_ns) / 1e6
            self.hub.feed.touch()
        call.outcome = "ok"
        return web.Response(text="ok")

    def answer(self, given: ResponseUrl, payload: dict[str, Any], via: str = "response_url") -> None:
        """Do what an answer asks for. `SlackError` says what Slack would not take."""
        workspace, now = self.hub.workspace, self.hub.now()
        original = given.original
        if original is not None and workspace.find(original.channel, original.ts) is None:
            original = None
        if payload.get("delete_original"):
            if original is not None:
                workspace.delete(original)
            return
        check_message(self.hub, payload)
        body = content(self.hub, payload)
        replace = payload.get("replace_original") is True
        if replace and original is not None:
            workspace.edit(original, {**{"blocks": None, "attachments": None, "metadata": None}, **body}, None, now)
            message = original
        else:
            body |= {"thread_ts": thread} if (thread := payload.get("thread_ts") or given.thread) else {}
            in_channel = payload.get("response_type") == "in_channel"
            message = workspace.post(given.channel, body, now, None if in_channel else given.user)
            given.original = given.original or message
        self.hub.interactions.answered(given.interaction, via, message)
