"""The page at /: static files without a build, under a policy that lets nothing else in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from sandbox.hub import Hub

HERE = Path(__file__).parent
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# Pictures may come from elsewhere (a message's image_url), everything else only from here.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' http: https: data:; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)


def add_page(app: web.Application, hub: Hub) -> None:
    """Serve the page's files; opening / gives the browser the cookie that the workspace's pictures need."""
    files = {path.name: path for path in HERE.iterdir() if path.suffix in _TYPES}

    async def page(request: web.Request) -> web.StreamResponse:
        path = files.get(request.match_info.get("file", "index.html"))
        if path is None:
            return web.Response(status=404, text="There is no such page.")
        headers = {
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
        }
        response = web.Response(
            body=path.read_bytes(), content_type=_TYPES[path.suffix], charset="utf-8", headers=headers
        )
        if path.name == "index.html":
            response.set_cookie("sandbox_page", hub.page_key, httponly=True, samesite="Strict", path="/files-pri")
        return response

    app.add_routes([web.get("/", page), web.get("/page/{file}", page)])
