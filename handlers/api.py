"""The one HTTP application: intake, Slack's signed requests, health and metrics."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any

import uvicorn
from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from handlers.settings import HttpPolicy

MOST_AT_ONCE = 256  # connections and requests; beyond that, 503: a flood must not fill the memory with bodies

GRACE = 3  # seconds for requests under way at the end; without a limit one open connection would hold up the exit

Health = Callable[[], Awaitable[Mapping[str, Any]]]


def make_api(routers: Iterable[APIRouter], health: Health) -> FastAPI:
    """`health` gives the numbers of `/health` and `/metrics`; its `status` is "ok" or what is wrong."""
    api = FastAPI(
        title="Livedesk",
        description="Send what a live show's audience says and does. See docs/intake.md.",
        version="1",
        docs_url="/docs",
        redoc_url=None,
    )
    for router in routers:
        api.include_router(router)
    registry = CollectorRegistry()
    gauges: dict[str, Gauge] = {}

    @api.get("/health", tags=["operations"], summary="Whether the bot is well, and what waits")
    async def get_health(response: Response) -> dict[str, Any]:
        found = dict(await health())
        response.status_code = 200 if found.get("status") == "ok" else 503
        return found

    @api.get("/metrics", tags=["operations"], include_in_schema=False)
    async def get_metrics() -> Response:
        for name, value in _numbers(await health()):
            if name not in gauges:
                gauges[name] = Gauge(f"livedesk_{name}", f"See docs/operations.md, {name}", registry=registry)
            gauges[name].set(value)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return api


def _numbers(found: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, float]]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{prefix}{name}_")
        elif isinstance(value, int | float):
            yield prefix + name, float(value)


class AddressTakenError(Exception):
    """Something else listens there; the message says what to do."""


async def serve_api(api: FastAPI, policy: HttpPolicy) -> None:
    """Serve until cancelled. Signals are the composition root's business, not the server's."""
    config = uvicorn.Config(
        api,
        host=policy.host,
        port=policy.port,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=GRACE,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(task)
    except SystemExit:
        raise AddressTakenError(
            f"port {policy.port} on {policy.host} is taken: stop what listens there, or set LIVEDESK_HTTP_PORT"
        ) from None
    finally:
        server.should_exit = True
        if not task.done():
            await task


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C ends the whole house in order, not the HTTP server alone."""
        yield
