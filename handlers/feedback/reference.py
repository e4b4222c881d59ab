"""docs/openapi.json: the API's description as a file, for integrators and their tools."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from fastapi import FastAPI

from desk.intake.event import FeedbackEvent, Refused
from handlers.calendars.feed import make_router as calendar_router
from handlers.feedback.http import make_router

OPENAPI_FILE = Path("docs/openapi.json")


class _Nobody:
    """Stands behind a router that is only described, never called."""

    async def accept(self, source: str, items: Sequence[FeedbackEvent | Refused], now: datetime) -> NoReturn:
        raise NotImplementedError

    async def bearer(self, token: str) -> NoReturn:
        raise NotImplementedError

    async def secrets(self, source: str) -> NoReturn:
        raise NotImplementedError

    async def calendar(self, secret: str) -> NoReturn:
        raise NotImplementedError

    async def counts(self, source: str) -> NoReturn:
        raise NotImplementedError


def describe() -> dict[str, Any]:
    """The OpenAPI document of what others call: intake and calendars."""
    nobody = _Nobody()
    app = FastAPI(
        title="Livedesk intake",
        version="1",
        summary="Tell Livedesk what the audience of a show says, does and feels.",
    )
    app.include_router(make_router(nobody, nobody, lambda: datetime.now(UTC), counts=nobody))
    app.include_router(calendar_router(nobody.calendar))
    return app.openapi()


def render() -> str:
    return json.dumps(describe(), ensure_ascii=False, indent=2) + "\n"


def write_openapi(root: Path) -> Path:
    """Write docs/openapi.json below `root`, and say where."""
    path = root / OPENAPI_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(), encoding="utf-8")
    return path
