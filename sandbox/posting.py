"""What every way of posting has in common: Slack's checks of a message, and the body that is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from handlers.slack.blockkit import Problem, validate_message
from sandbox.files import PICTURES

if TYPE_CHECKING:
    from sandbox.files import File
    from sandbox.hub import Hub


class SlackError(Exception):
    """Slack's `{"ok": false, "error": …}`; `more` goes beside the error."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


def refuse(problems: list[Problem], default: str = "invalid_blocks") -> None:
    """Raise what Slack's Web API says of these problems, if there are any."""
    if not problems:
        return
    first = problems[0]
    error = default
    if first.pointer == "/text":
        error = "msg_too_long"
    elif first.code in ("no_text", "markdown_text_conflict", "invalid_metadata_format", "view_too_large"):
        error = first.code
    elif first.constraint.get("type") == "max_length" and first.pointer == "/blocks":
        error = "msg_blocks_too_long"
    elif first.pointer == "/blocks" and first.constraint.get("type") == "type":
        error = "invalid_blocks_format"
    raise SlackError(
        error,
        errors=[str(problem) for problem in problems],
        response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]},
    )


def check_message(hub: Hub, payload: dict[str, Any]) -> None:
    """`SlackError` when Slack would not take this message."""
    refuse(validate_message(payload))
    check_files(hub, payload.get("blocks"), "/blocks")


def check_files(hub: Hub, blocks: Any, at: str) -> None:
    """`SlackError` when a `slack_file` is unknown, still being processed, or no picture."""
    for pointer, named in slack_files(blocks, at):
        file = resolve(hub, named)
        if file is None or not file.is_ready(hub.now()) or file.kind[0] not in PICTURES:
            refuse([Problem(pointer, "failed_constraint", "invalid slack file", {"type": "slack_file"})])


def slack_files(value: Any, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(pointer, slack_file object) of every picture in blocks."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from slack_files(item, f"{at}/{index}")
    elif isinstance(value, dict):
        for name, item in value.items():
            if name == "slack_file" and isinstance(item, dict):
                yield f"{at}/slack_file", item
            else:
                yield from slack_files(item, f"{at}/{name}")


def resolve(hub: Hub, named: dict[str, Any]) -> File | None:
    """The file a `slack_file` object means, by id or by url_private."""
    files = hub.workspace.files
    if "id" in named:
        return files.get(named["id"])
    url = str(named.get("url", "")).split("?")[0]
    team = hub.roster.team_id
    return next((file for file in files.values() if file.url(hub.address.url, team) == url), None)


def content(hub: Hub, payload: dict[str, Any]) -> dict[str, Any]:
    """A message's body as the bot posted it: what was sent is kept as it was sent."""
    body: dict[str, Any] = {
        "user": hub.app.bot_user,
        "bot_id": hub.app.bot_id,
        "app_id": hub.app.id,
        "text": payload.get("text") or payload.get("markdown_text") or "",
    }
    for name in ("blocks", "attachments", "metadata"):
        if payload.get(name):
            body[name] = payload[name]
    if payload.get("markdown_text"):
        body["blocks"] = [{"type": "markdown", "text": payload["markdown_text"]}]
    return body


def files_of(hub: Hub, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The files a message shows: shared into it, or named by its image blocks."""
    found = [resolve(hub, named) for _, named in slack_files(body.get("blocks"), "")]
    found += [hub.workspace.files.get(one["id"]) for one in body.get("files") or []]
    return [described(hub, file) for file in found if file is not None]


def described(hub: Hub, file: File) -> dict[str, Any]:
    """A file as the Web API shows it now."""
    kinds = {one.id: one.kind for one in hub.workspace.conversations.values()}
    return file.as_dict(hub.address.url, hub.roster.team_id, hub.now(), kinds)
