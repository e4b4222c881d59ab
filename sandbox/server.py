"""The sandbox as a process of its own, or inside a test."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from aiohttp import web

from sandbox import roster as rosters
from sandbox import state as states
from sandbox.control import Control
from sandbox.control_server import ControlServer
from sandbox.hub import Hub
from sandbox.page import add_page
from sandbox.roster import Roster
from sandbox.settings import DEFAULT_ROSTER, Settings
from sandbox.webapi import dispatch, files

LARGEST_BODY = 64 * 1024 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other web sites: a page somewhere else must not press buttons here through somebody's browser."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("Host"):
        return web.Response(status=403, text="Only the sandbox's own page may call this.")
    return await handler(request)


def application(hub: Hub) -> web.Application:
    app = web.Application(middlewares=[_same_origin], client_max_size=LARGEST_BODY)

    async def api(request: web.Request) -> web.StreamResponse:
        return await dispatch.serve(hub, request)

    async def upload(request: web.Request) -> web.Response:
        return await files.upload(hub, request)

    async def download(request: web.Request) -> web.Response:
        return await files.download(hub, request)

    app.add_routes(
        [
            web.get("/api/{method}", api),
            web.post("/api/{method}", api),
            web.get("/link", hub.deliveries.sockets.serve),
            web.post("/upload/v1/{ticket}", upload),
            web.get("/files-pri/{file}/{name}", download),
            web.post("/{kind:commands|actions}/{team}/{ticket}", hub.response_urls.serve),
            *ControlServer(hub).routes(),
        ]
    )
    add_page(app, hub)
    return app


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox that runs: its page, its Web API (for `AsyncWebClient(base_url=…)`) and a client to act as people."""

    url: str
    api_url: str
    control: Control
    hub: Hub


@contextlib.asynccontextmanager
async def running(
    settings: Settings | None = None, *, roster: Path | Roster | None = None, **changes: Any
) -> AsyncIterator[Sandbox]:
    """A sandbox in this event loop, on a free port unless the settings name one. `changes` are fields of `Settings`."""
    settings = replace(settings or Settings(port=0), **changes)
    loaded = roster if isinstance(roster, Roster) else rosters.load(roster or DEFAULT_ROSTER)
    hub = Hub(loaded, settings)
    if settings.state is not None:
        states.load(hub.workspace, settings.state)
    runner = web.AppRunner(application(hub), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        port = int(runner.addresses[0][1])
        hub.use_address(settings.public_url or f"http://{settings.host}:{port}")
        if settings.state is not None:
            hub.spawn(states.keep(hub, settings.state))
        async with Control(hub.address.url) as control:
            yield Sandbox(hub.address.url, hub.address.api, control, hub)
    finally:
        await hub.close()
        await runner.cleanup()
        if settings.state is not None:
            states.write(hub.workspace, settings.state)


def greeting(hub: Hub) -> str:
    """What a person needs to know at the start."""
    app, url = hub.app, hub.address.url
    lines = [
        f"The sandbox workspace “{hub.roster.team_name}” is open.",
        "",
        f"  Look at it       {url}/",
        "",
        "Settings for the bot (put them into .env or the environment):",
        f"  SLACK_API_URL={hub.address.api}",
        f"  SLACK_BOT_TOKEN={app.bot_token}",
        f"  SLACK_APP_TOKEN={app.app_token}",
        f"  SLACK_SIGNING_SECRET={app.signing_secret}",
        "",
    ]
    if hub.settings.delivery == "http":
        lines += [f"Commands, clicks and events go to {hub.settings.request_url} as signed HTTP requests.", ""]
    kept = hub.settings.state or "memory only"
    lines.append(f"Ctrl-C stops it. Messages are kept in {kept}.")
    return "\n".join(lines) + "\n"


async def serve(settings: Settings, roster: Path | None = None) -> None:
    """Run until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers; Ctrl-C works there all the same
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(settings, roster=roster) as sandbox:
        sys.stdout.write(greeting(sandbox.hub))
        sys.stdout.flush()
        await stop.wait()


def run(
    host: str = "127.0.0.1",
    port: int = 8765,
    roster: Path | None = None,
    state: Path | None = None,
    *,
    strict_rate: bool = True,
    rate_scale: float = 1.0,
    delivery: Literal["socket", "http"] = "socket",
    request_url: str | None = None,
    public_url: str | None = None,
) -> None:
    """Run a sandbox in this process until it is stopped. OSError when the port is taken, `RosterError` and ValueError
    when a file cannot be used; their messages say what to do."""
    settings = Settings(
        host=host,
        port=port,
        state=state,
        rate_scale=rate_scale if strict_rate else 0.0,
        delivery=delivery,
        request_url=request_url,
        public_url=public_url,
    )
    asyncio.run(serve(settings, roster))
