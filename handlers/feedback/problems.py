"""Answers to requests that failed as a whole, as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class RequestError(Exception):
    """A request that is not carried out: nothing of it was stored. `more` are further members, such as `line`."""

    def __init__(
        self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: str | int | None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = {name: value for name, value in more.items() if value is not None}

    def response(self) -> Response:
        body: dict[str, Any] = {"title": HTTPStatus(self.status).phrase, "status": self.status, "detail": self.detail}
        return Response(orjson.dumps({**body, **self.more}), self.status, self.headers, MEDIA_TYPE)


def unauthorized(detail: str) -> RequestError:
    return RequestError(401, detail, headers={"WWW-Authenticate": 'Bearer realm="livedesk"'})


def slow_down(status: int, detail: str, seconds: float) -> RequestError:
    """429 or 503: the same request is welcome again after `seconds`, rounded up to whole ones."""
    wait = max(1, math.ceil(seconds))
    return RequestError(status, detail, headers={"Retry-After": str(wait)}, retry_after=wait)
