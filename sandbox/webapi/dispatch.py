"""From an HTTP request under /api/ to a method: record, faults, token, scopes, pace, and Slack's way of refusing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.calls import Call
from sandbox.faults import Fault
from sandbox.posting import SlackError
from sandbox.webapi import arguments as reading
from sandbox.webapi.arguments import Arguments
from sandbox.webapi.methods import METHODS, Method

if TYPE_CHECKING:
    from sandbox.hub import Hub


async def serve(hub: Hub, request: web.Request) -> web.StreamResponse:
    """Answer one call. Every one is recorded, those that fail by a fault included."""
    name = request.match_info["method"]
    call = hub.calls.arrived(name, hub.now(), hub.monotonic_ns())
    fault: Fault | None = None
    try:
        arguments = Arguments(await reading.read(request))
        _describe(call, arguments)
        fault = hub.faults.take(name, call.channel)
        if fault is not None:
            call.fault = fault.kind
            struck = await _before(request, call, fault)
            if struck is not None:
                return struck
        answer = await _answer(hub, request, name, call, arguments)
    except SlackError as refusal:
        call.outcome = refusal.error
        answer = _json(hub, {"ok": False, "error": refusal.error, **refusal.more}, name)
    finally:
        call.took_ms = (hub.monotonic_ns() - call.at_ns) / 1e6
        hub.feed.touch()
    if fault is not None:
        if fault.kind == "delay_answer":
            await asyncio.sleep(fault.seconds)
        elif fault.kind == "drop_answer":
            _cut(request)
        elif fault.kind == "close_socket":
            await hub.deliveries.sockets.cut()
    return answer


async def _answer(hub: Hub, request: web.Request, name: str, call: Call, arguments: Arguments) -> web.Response:
    method = METHODS.get(name)
    if method is None:
        raise SlackError("unknown_method", req_method=name)
    _authorise(hub, method, _token(request, arguments))
    wait = hub.limits.retry_after(name, method.tier, call.channel, call.at_ns / 1e9)
    if wait:
        return _ratelimited(call, wait)
    result = await method.answer(hub, arguments)
    call.outcome = "ok"
    call.ts = result.get("ts") or result.get("message_ts") or call.ts
    call.channel = result["channel"] if isinstance(result.get("channel"), str) else call.channel
    return _json(hub, {"ok": True, **result}, name)


def _describe(call: Call, arguments: Arguments) -> None:
    channel, metadata = arguments.get("channel") or arguments.get("channel_id"), arguments.get("metadata")
    call.channel = channel if isinstance(channel, str) else None
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    if isinstance(payload, dict) and payload.get("key") is not None:
        call.key = str(payload["key"])
    ts = arguments.get("ts")
    call.ts = ts if isinstance(ts, str) else None


def _token(request: web.Request, arguments: Arguments) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else str(arguments.get("token", ""))


def _authorise(hub: Hub, method: Method, token: str) -> None:
    if method.caller == "anyone":
        return
    app = hub.app
    if not token:
        raise SlackError("not_authed")
    if token not in (app.bot_token, app.app_token):
        raise SlackError("invalid_auth")
    if token != (app.app_token if method.caller == "app" else app.bot_token):
        raise SlackError("not_allowed_token_type")
    provided = ("connections:write",) if method.caller == "app" else app.scopes
    if method.scopes and not set(method.scopes) & set(provided):
        raise SlackError("missing_scope", needed=",".join(method.scopes), provided=",".join(provided))


async def _before(request: web.Request, call: Call, fault: Fault) -> web.Response | None:
    """What a fault does instead of the call; None when the call goes on."""
    if fault.kind == "ratelimited":
        return _ratelimited(call, max(1, round(fault.seconds)))
    if fault.kind == "error":
        call.outcome, call.status = "error", 500
        return web.Response(status=500, text="internal_error")
    if fault.kind == "refuse":
        raise SlackError(fault.error)
    if fault.kind == "drop_request":
        call.outcome = "dropped"
        _cut(request)
        return web.Response(status=500)
    if fault.kind == "delay_request":
        await asyncio.sleep(fault.seconds)
    return None


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _ratelimited(call: Call, wait: int) -> web.Response:
    call.outcome, call.status = "ratelimited", 429
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(wait)})


def _json(hub: Hub, answer: dict[str, Any], name: str) -> web.Response:
    method = METHODS.get(name)
    headers = {}
    if method is not None and method.caller == "bot":
        headers["X-OAuth-Scopes"] = ",".join(hub.app.scopes)
        headers["X-Accepted-OAuth-Scopes"] = ",".join(method.scopes)
    return web.json_response(answer, headers=headers)
