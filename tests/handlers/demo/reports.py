"""A report of a headless run in which all went as it should, to be spoilt by tests one thing at a time."""

from __future__ import annotations

from datetime import date
from typing import Any

from handlers.demo.verdicts import Expected
from sandbox.show import START

EXPECTED = Expected(
    start=START,
    stored=9000,
    duplicate=150,
    refused=60,
    night_owl="maya",
    mornings={"americas": date(2026, 3, 6), "hangzhou": date(2026, 3, 7)},
)


def good_report() -> dict[str, Any]:
    return {
        "events": {"stored": 9000, "duplicate": 150, "refused": 60, "late": 0, "unexpected": []},
        "languages": ["en", "zh", "de", "es", "th", "id", "fr", "it"],
        "incidents": [
            {
                "id": 1,
                "market": "us",
                "category": "payment",
                "scopes": [
                    {"market": "us", "category": "payment_failures"},
                    {"market": "us", "category": "payment"},
                ],
                "severity": "P1",
                "opened_at": "2026-03-06T12:21:40Z",
            },
            {
                "id": 2,
                "market": "eu",
                "category": "stream_quality",
                "scopes": [{"market": "eu", "category": "stream_quality"}],
                "severity": "P2",
                "opened_at": "2026-03-06T12:32:10Z",
            },
        ],
        "pages": [
            {
                "incident": 1,
                "person": "maya",
                "paged_at": "2026-03-06T12:21:42Z",
                "acknowledged_at": "2026-03-06T12:21:50Z",
                "local_time": "2026-03-06T04:21:42-08:00",
                "state": "acknowledged",
            },
            {
                "incident": 2,
                "person": "lin",
                "paged_at": "2026-03-06T12:32:12Z",
                "acknowledged_at": None,
                "local_time": "2026-03-06T20:32:12+08:00",
                "state": "cancelled",
            },
        ],
        "highlights": [
            {
                "team": "hangzhou",
                "at": "2026-03-06T12:10:00Z",
                "quotes": [{"wants_translation": True, "translation": "什么时候发货？"}],
            }
        ],
        "digests": [
            {"team": "americas", "local_date": "2026-03-06", "posted": True},
            {"team": "hangzhou", "local_date": "2026-03-07", "posted": True},
        ],
        "commands": [{"text": "/live now", "person": "wei", "problem": ""}],
        "taps": [
            {"verb": "acknowledge", "incident": 1, "told": "It is yours."},
            {"verb": "resolve", "incident": 1, "told": "Resolved. Thank you."},
            {"verb": "resolve", "incident": 1, "told": "This is already over: Maya Torres resolved it (04:29)."},
        ],
        "posts": {"sent": 40, "failed": 0, "duplicate": 0, "waiting": 0},
        "lost": 0,
    }
