"""files.*: the three steps of an upload, and what becomes of it. Processing goes on after the answer, as in Slack."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.files import File
from sandbox.posting import SlackError, check_files, described
from sandbox.webapi.arguments import Arguments

if TYPE_CHECKING:
    from sandbox.hub import Hub


async def get_upload_url(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    name = arguments.need("filename")
    length = arguments.number("length", 0, 1_000_000_000)
    file = File("F" + secrets.token_hex(5).upper(), name, length, hub.app.bot_user, hub.now())
    file.alt_text = str(arguments.get("alt_txt", ""))
    hub.workspace.files[file.id] = file
    ticket = secrets.token_urlsafe(18)
    hub.uploads[ticket] = file.id
    return {"upload_url": f"{hub.address.url}/upload/v1/{ticket}", "file_id": file.id}


async def upload(hub: Hub, request: web.Request) -> web.Response:
    """The second step: the bytes, raw or as a multipart form."""
    file = hub.workspace.files.get(hub.uploads.pop(request.match_info["ticket"], ""))
    if file is None:
        return web.Response(status=404, text="This upload URL is unknown or was used.")
    if request.content_type == "multipart/form-data":
        fields = await request.post()
        part = next((one for one in fields.values() if isinstance(one, web.FileField)), None)
        content = part.file.read() if part is not None else b""
    else:
        content = await request.read()
    if len(content) != file.length:
        return web.Response(status=400, text=f"announced {file.length} bytes, got {len(content)}")
    file.content = content
    return web.Response(text=f"OK - {file.length}")


async def complete_upload(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    wanted = arguments.get("files")
    if not isinstance(wanted, list) or not wanted:
        raise SlackError("invalid_arguments")
    files = []
    for one in wanted:
        file = hub.workspace.files.get(str(one.get("id"))) if isinstance(one, dict) else None
        if file is None or file.content is None:
            raise SlackError("file_not_found")
        file.title = str(one.get("title") or file.title or file.name)
        files.append(file)
    channels = [one for one in str(arguments.get("channels", "") or arguments.get("channel_id", "")).split(",") if one]
    for channel in channels:
        # Names are refused on purpose: Slack takes only ids here, and naive fakes hide the bug.
        conversation = hub.workspace.conversations.get(channel)
        if conversation is None or hub.app.bot_user not in conversation.members:
            raise SlackError("channel_not_found" if conversation is None else "not_in_channel")
    thread = arguments.get("thread_ts")
    if thread and (len(channels) != 1 or thread not in hub.workspace.conversations[channels[0]].messages):
        raise SlackError("thread_not_found")
    blocks = None if arguments.get("initial_comment") else arguments.get("blocks")
    if blocks:
        check_files(hub, blocks, "/blocks")
    hub.spawn(_process(hub, files, channels, thread, str(arguments.get("initial_comment", "")), blocks))
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


async def _process(
    hub: Hub, files: list[File], channels: list[str], thread: str | None, comment: str, blocks: Any
) -> None:
    await asyncio.sleep(hub.settings.file_delay)
    for file in files:
        file.ready_at = hub.now()
    hub.feed.touch()
    # An upload with `alt_txt` can be shared nowhere without any error (slackapi/python-slack-sdk#1818, still open).
    files = [file for file in files if not file.alt_text]
    if not files:
        return
    for channel in channels:
        body: dict[str, Any] = {
            "user": hub.app.bot_user,
            "bot_id": hub.app.bot_id,
            "app_id": hub.app.id,
            "text": comment,
            "files": [described(hub, file) for file in files],
            "upload": True,
            **({"thread_ts": thread} if thread else {}),
            **({"blocks": blocks} if blocks else {}),
        }
        message = hub.workspace.post(channel, body, hub.now())
        for file in files:
            entry = {"ts": message.ts, **({"thread_ts": thread} if thread else {})}
            file.shares.setdefault(channel, []).append(entry)
        message.body["files"] = [described(hub, file) for file in files]
        hub.interactions.note(message, "message")
        hub.interactions.tell_of(message)


async def info(hub: Hub, arguments: Arguments) -> dict[str, Any]:
    file = hub.workspace.files.get(arguments.need("file"))
    if file is None:
        raise SlackError("file_not_found")
    return {"file": described(hub, file), "comments": [], "response_metadata": {"next_cursor": ""}}


async def download(hub: Hub, request: web.Request) -> web.Response:
    """url_private: for the bot's token, and for the page that carries this run's cookie."""
    bearer = request.headers.get("Authorization") == f"Bearer {hub.app.bot_token}"
    if not bearer and not secrets.compare_digest(request.cookies.get("sandbox_page", ""), hub.page_key):
        return web.Response(status=403, text="This file is for members of the workspace only.")
    _, _, name = request.match_info["file"].partition("-")
    file = hub.workspace.files.get(name)
    if file is None or file.content is None:
        return web.Response(status=404, text="There is no such file.")
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
    if file.kind[0] not in ("png", "jpg", "gif"):
        headers["Content-Disposition"] = "attachment"
    return web.Response(body=file.content, content_type=file.kind[1], headers=headers)
