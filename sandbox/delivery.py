"""How payloads reach the bot: over one of its sockets, or as a signed HTTP request.

Events are sent again when nobody acknowledges them; commands and clicks are not, as in Slack.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

if TYPE_CHECKING:
    from sandbox.faults import Fault
    from sandbox.hub import Hub


@dataclass(frozen=True, slots=True)
class Acked:
    """The bot answered in time. `body` is what it said along with it: a text, a JSON object or nothing."""

    body: Any = None


@dataclass(frozen=True, slots=True)
class NotAcked:
    """`reason` is Slack's: timeout, connection_failed, http_error, http_timeout, or no_connection."""

    reason: str
    no_retry: bool = False


class Transport(Protocol):
    async def send(
        self, kind: str, payload: dict[str, Any], attempt: int, reason: str, fault: Fault | None
    ) -> Acked | NotAcked: ...


@dataclass(eq=False)
class Connection:
    """One Socket Mode WebSocket."""

    socket: web.WebSocketResponse
    request: web.Request
    number: int
    pending: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    def ended(self) -> None:
        for future in self.pending.values():
            if not future.done():
                future.set_exception(ConnectionResetError())
        self.pending.clear()

    async def cut(self) -> None:
        """Close without a goodbye, as a broken network would."""
        if self.request.transport is not None:
            self.request.transport.abort()


class Sockets:
    """Socket Mode. Every payload goes to one of the open connections, in turn."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.connections: list[Connection] = []
        self.tickets: set[str] = set()
        self._opened = 0

    def new_url(self) -> str:
        ticket = secrets.token_urlsafe(12)
        self.tickets.add(ticket)
        return f"{self.hub.address.websocket}?ticket={ticket}&app_id={self.hub.app.id}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=401, text="This ticket was used or never given out; call apps.connections.open.")
        self.tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=True)  # echoes a ping's payload, which slack-sdk insists on
        await socket.prepare(request)
        self._opened += 1
        connection = Connection(socket, request, self._opened)
        self.connections.append(connection)
        self.hub.feed.publish("connections", open=len(self.connections))
        try:
            await socket.send_json(
                {
                    "type": "hello",
                    "num_connections": len(self.connections),
                    "connection_info": {"app_id": self.hub.app.id},
                    "debug_info": {"host": "sandbox", "approximate_connection_time": 18060, "build_number": 1},
                }
            )
            async for frame in socket:
                if frame.type is aiohttp.WSMsgType.TEXT:
                    self._acknowledged(connection, frame.data)
        except ConnectionError:
            pass  # the other side is gone; what it had not acknowledged is sent again
        finally:
            self.connections.remove(connection)
            connection.ended()
            self.hub.feed.publish("connections", open=len(self.connections))
        return socket

    def _acknowledged(self, connection: Connection, frame: str) -> None:
        try:
            ack = json.loads(frame)
            future = connection.pending.pop(ack["envelope_id"], None)
        except (ValueError, KeyError, TypeError):
            return
        if future is not None and not future.done():
            future.set_result(ack.get("payload"))

    async def send(
        self, kind: str, payload: dict[str, Any], attempt: int, reason: str, fault: Fault | None
    ) -> Acked | NotAcked:
        if not self.connections:
            return NotAcked("no_connection")
        self.connections.append(self.connections.pop(0))
        connection = self.connections[-1]
        envelope: dict[str, Any] = {
            "envelope_id": secrets.token_hex(16),
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.pending[envelope["envelope_id"]] = future
        try:
            async with asyncio.timeout(self.hub.settings.ack_timeout):
                await connection.socket.send_json(envelope)
                if fault is not None and fault.kind == "close_socket":
                    await connection.cut()
                return Acked(await future)
        except TimeoutError:
            return NotAcked("timeout")
        except ConnectionError:
            return NotAcked("connection_failed")
        finally:
            connection.pending.pop(envelope["envelope_id"], None)

    async def refresh(self, reason: str, after: float) -> None:
        """Tell every connection that it will be closed, and close it `after` seconds later."""
        for connection in list(self.connections):
            with contextlib.suppress(ConnectionError):
                await connection.socket.send_json(
                    {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
                )
        leaving = list(self.connections)

        async def close() -> None:
            await asyncio.sleep(after)
            for connection in leaving:
                await connection.socket.close()

        self.hub.spawn(close())

    async def cut(self) -> None:
        for connection in list(self.connections):
            await connection.cut()

    async def close(self) -> None:
        for connection in list(self.connections):
            await connection.socket.close(code=1001, message=b"sandbox stops")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request, over its exact raw bytes."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


class SignedHttp:
    """HTTP delivery to `request_url`: JSON for events, forms for commands and clicks."""

    def __init__(self, hub: Hub, request_url: str) -> None:
        self.hub = hub
        self.request_url = request_url
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, kind: str, payload: dict[str, Any], attempt: int, reason: str, fault: Fault | None
    ) -> Acked | NotAcked:
        if kind == "events_api":
            body, form = json.dumps(payload, ensure_ascii=False).encode(), "application/json"
        else:
            fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload, ensure_ascii=False)}
            body, form = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": form,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.hub.app.signing_secret, timestamp, body),
        }
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        limit = aiohttp.ClientTimeout(total=self.hub.settings.ack_timeout)
        try:
            async with self._session.post(self.request_url, data=body, headers=headers, timeout=limit) as answer:
                text = await answer.text()
                if answer.status != 200:
                    return NotAcked("http_error", answer.headers.get("X-Slack-No-Retry") == "1")
                if answer.content_type == "application/json" and text:
                    return Acked(json.loads(text))
                return Acked(text or None)
        except TimeoutError:
            return NotAcked("http_timeout")
        except (aiohttp.ClientError, ValueError):
            return NotAcked("connection_failed")

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class Deliveries:
    """What the rest of the sandbox sends with: strikes faults, sends events again."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.sockets = Sockets(hub)
        self.http = SignedHttp(hub, hub.settings.request_url or "")
        self.transport: Transport = self.http if hub.settings.delivery == "http" else self.sockets

    def use_http(self, request_url: str) -> None:
        self.http.request_url = request_url
        self.transport = self.http

    async def once(self, kind: str, payload: dict[str, Any], attempt: int = 0, reason: str = "") -> Acked | NotAcked:
        """Send one payload and wait for its acknowledgement."""
        fault = self.hub.faults.take(kind)
        if fault is not None and fault.kind == "deliver_late":
            await asyncio.sleep(fault.seconds)
        outcome = await self.transport.send(kind, payload, attempt, reason, fault)
        if fault is not None and fault.kind == "deliver_twice":
            await self.transport.send(kind, payload, attempt, reason, None)
        if fault is not None and fault.kind == "lose_ack":
            return NotAcked("timeout")
        return outcome

    def event(self, event: dict[str, Any]) -> str:
        """Send an event until it is acknowledged or Slack's three retries are used up; its event_id, at once."""
        app, team = self.hub.app, self.hub.roster.team_id
        event_id = "Ev" + secrets.token_hex(5).upper()
        payload = {
            "token": "sandbox-verification-token",
            "team_id": team,
            "api_app_id": app.id,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(self.hub.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": app.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": "4-" + event_id,
        }
        self.hub.spawn(self._until_acked(payload))
        return event_id

    async def _until_acked(self, payload: dict[str, Any]) -> None:
        outcome = await self.once("events_api", payload)
        for attempt, delay in enumerate(self.hub.settings.retry_delays, start=1):
            if isinstance(outcome, Acked) or outcome.no_retry:
                return
            await asyncio.sleep(delay)
            outcome = await self.once("events_api", payload, attempt, outcome.reason)
        if isinstance(outcome, NotAcked):
            self.hub.feed.publish("event_lost", event_id=payload["event_id"], reason=outcome.reason)

    async def verify_request_url(self) -> bool:
        """Slack's check of a request URL when it is set: the challenge must come back."""
        challenge = secrets.token_hex(16)
        payload = {"token": "sandbox-verification-token", "challenge": challenge, "type": "url_verification"}
        outcome = await self.http.send("events_api", payload, 0, "", None)
        body = outcome.body if isinstance(outcome, Acked) else None
        return bool(body == challenge or (isinstance(body, dict) and body.get("challenge") == challenge))

    async def close(self) -> None:
        await self.sockets.close()
        await self.http.close()
