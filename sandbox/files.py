"""Files: what was uploaded, and whether Slack would be done with it yet."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"GIF8", "gif", "image/gif"),
)
PICTURES = ("png", "jpg", "gif")


@dataclass(slots=True)
class File:
    """`ready_at` (seconds since 1970) is when processing ends: None until the upload is completed."""

    id: str
    name: str
    length: int
    user: str
    created: float
    title: str = ""
    content: bytes | None = None
    ready_at: float | None = None
    alt_text: str = ""
    shares: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # channel → [{ts, thread_ts?}]

    @property
    def kind(self) -> tuple[str, str]:
        """(file type, MIME type), from its first bytes and not from its name."""
        for start, kind, mime in _KINDS:
            if (self.content or b"").startswith(start):
                return kind, mime
        if self.name.endswith((".txt", ".csv", ".md")):
            return "text", "text/plain"
        return "binary", "application/octet-stream"

    def is_ready(self, now: float) -> bool:
        return self.ready_at is not None and now >= self.ready_at

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of a PNG or GIF, in pixels."""
        head = (self.content or b"")[:24]
        if head.startswith(b"\x89PNG") and len(head) == 24:
            width, height = struct.unpack(">II", head[16:24])
            return int(width), int(height)
        if head.startswith(b"GIF8") and len(head) >= 10:
            width, height = struct.unpack("<HH", head[6:10])
            return int(width), int(height)
        return None

    def url(self, base: str, team: str) -> str:
        return f"{base}/files-pri/{team}-{self.id}/{quote(self.name)}"

    def as_dict(self, base: str, team: str, now: float, kinds: dict[str, str]) -> dict[str, Any]:
        """The file as Slack shows it; without type, size and shares while it is still being processed.

        `kinds` says for each channel whether it is public, private or im.
        """
        ready = self.is_ready(now)
        filetype, mimetype = self.kind if ready else ("", "")
        shares: dict[str, dict[str, Any]] = {}
        for channel, entries in self.shares.items() if ready else ():
            shares.setdefault("public" if kinds.get(channel) == "channel" else "private", {})[channel] = entries
        known: dict[str, Any] = {
            "id": self.id,
            "created": int(self.created),
            "timestamp": int(self.created),
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": mimetype,
            "filetype": filetype,
            "pretty_type": filetype.upper(),
            "user": self.user,
            "user_team": team,
            "mode": "hosted",
            "size": self.length,
            "is_external": False,
            "is_public": "public" in shares,
            "channels": [c for c in self.shares if kinds.get(c) == "channel"] if ready else [],
            "groups": [c for c in self.shares if kinds.get(c) == "private"] if ready else [],
            "ims": [c for c in self.shares if kinds.get(c) == "im"] if ready else [],
            "shares": shares,
            "url_private": self.url(base, team),
            "url_private_download": self.url(base, team) + "?download=1",
            "permalink": f"{base}/files/{self.user}/{self.id}",
            "alt_txt": self.alt_text,
        }
        if ready and self.size:
            known["original_w"], known["original_h"] = self.size
        return known
