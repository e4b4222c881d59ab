"""Signed HTTP: Slack calls the bot. For installations that can be reached and want no standing connection.

Nothing of a request is read before its signature holds, over the exact bytes that came.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

PATH = "/slack/events"  # commands, buttons and events alike, as in the manifest
LARGEST = 1024 * 1024  # Slack sends at most a view of 250 kB and what surrounds it


def slack_routes(bolt: AsyncApp, signing_secret: str) -> APIRouter:
    """A router with the one address that Slack calls. ValueError without a secret: unsigned requests are nobody's."""
    if not signing_secret.strip():
        raise ValueError(
            "SLACK_SIGNING_SECRET is needed to take Slack's requests over HTTP: "
            "copy it from Basic Information at https://api.slack.com/apps"
        )
    verifier = SignatureVerifier(signing_secret)
    handler = AsyncSlackRequestHandler(bolt)
    router = APIRouter()

    @router.post(PATH, include_in_schema=False)
    async def receive(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response("The request is too large.", status_code=413)
        if not _is_signed(verifier, body, request):
            return Response("The signature does not hold.", status_code=401)
        answer: Response = await handler.handle(request)
        return answer

    return router


async def _body(request: Request) -> bytes | None:
    """The raw bytes, kept for Bolt to read again; None as soon as they are too many."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST:
            return None
        chunks.append(chunk)
    request._body = b"".join(chunks)  # what `Request.body()` itself keeps; a stream can be read only once
    return request._body


def _is_signed(verifier: SignatureVerifier, body: bytes, request: Request) -> bool:
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    try:
        return timestamp.isascii() and timestamp.isdigit() and verifier.is_valid(body, timestamp, signature)
    except (ValueError, TypeError):  # a body that is no text, a time of a thousand digits, a signature beyond ASCII
        return False
