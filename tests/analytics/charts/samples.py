"""A Friday show as charts get to see it: written for the tests, with names in several scripts."""

from __future__ import annotations

import math
import random
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from analytics.funnel import funnel
from analytics.retention import Segment, exit_peaks

FRIDAY_SHOW = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
ZONES = {"en": "America/Los_Angeles", "zh_CN": "Asia/Shanghai"}
SHOWS = {"en": "Spring serum night", "zh_CN": "春季精华专场"}
CATEGORIES = {
    "en": ["payment", "delivery", "stream quality", "price", "stock"],
    "zh_CN": ["支付", "物流", "直播质量", "价格", "库存"],
}
TITLES = {
    "en": ["Welcome", "Serum: what is inside", "เซรั่มลดราคา", "عرض خاص", "Q&A for $9.99"],
    "zh_CN": ["开场", "精华成分讲解", "เซรั่มลดราคา", "عرض خاص", "答疑 $9.99"],
}
ENDS = [0, 4, 14, 24, 31, 40]


def at(minute: float) -> str:
    return (FRIDAY_SHOW + timedelta(minutes=minute)).isoformat()


def segments(locale: str) -> list[dict[str, str]]:
    return [
        {"start": at(start), "end": at(end), "title": title}
        for start, end, title in zip(ENDS, ENDS[1:], TITLES[locale], strict=False)
    ]


def complaints(locale: str, minutes: int = 40) -> dict[str, Any]:
    chance = random.Random(3)
    names = CATEGORIES[locale]
    counts = {name: [chance.randrange(0, 3 - index // 2) for _ in range(minutes)] for index, name in enumerate(names)}
    for minute in range(min(18, minutes), min(27, minutes)):
        counts[names[0]][minute] += 22 - 2 * abs(minute - 21)
    comments = [chance.randrange(60, 140) + (150 if 24 <= minute < 28 else 0) for minute in range(minutes)]
    return {
        "locale": locale,
        "zone": ZONES[locale],
        "show": SHOWS[locale],
        "minutes": [at(minute) for minute in range(minutes)],
        "comments": comments,
        "complaints": counts,
        "segments": segments(locale),
        "incidents": [{"at": at(18.5), "label": "P1 " + names[0]}],
    }


def incident(locale: str, ended: bool = False) -> dict[str, Any]:
    chance = random.Random(4)
    observed = [chance.randrange(1, 6) for _ in range(15)] + [9, 21, 30, 34, 31, 28]
    return {
        "locale": locale,
        "zone": ZONES[locale],
        "category": CATEGORIES[locale][0],
        "markets": ["Germany", "France", "Spain"] if locale == "en" else ["德国", "法国"],
        "minutes": [at(minute) for minute in range(len(observed))],
        "observed": observed,
        "usual": 3.4,
        "began_at": at(14.8),
        "ended_at": at(19.5) if ended else None,
    }


def signal(locale: str, name: str = "payment_failures") -> dict[str, Any]:
    return {
        "locale": locale,
        "zone": ZONES[locale],
        "signal": name,
        "markets": ["Germany", "France", "Spain"] if locale == "en" else ["德国"],
        "minutes": [at(minute) for minute in range(20)],
        "observed": [0.04, 0.0, 0.05] * 5 + [0.2, 0.38, 0.41, 0.36, 0.4],
        "usual": 0.04,
        "share": True,
        "began_at": at(15.2),
        "ended_at": None,
    }


def sentiment(locale: str, minutes: int = 40) -> dict[str, Any]:
    chance = random.Random(5)
    n = [0 if 30 <= m < 33 else chance.randrange(3, 8) if m > 33 else chance.randrange(40, 90) for m in range(minutes)]
    mean = [0.25 - 0.75 * math.exp(-(((m - 21) / 4) ** 2)) for m in range(minutes)]
    scores = [
        [max(-1.0, min(1.0, chance.gauss(centre, 0.45))) for _ in range(count)]
        for centre, count in zip(mean, n, strict=True)
    ]
    return {
        "locale": locale,
        "zone": ZONES[locale],
        "show": SHOWS[locale],
        "minutes": [at(minute) for minute in range(minutes)],
        "n": n,
        "sum": [sum(each) for each in scores],
        "squares": [sum(score * score for score in each) for each in scores],
        "outside": {
            "n": [3] * minutes,
            "sum": [3 * (0.25 - 0.5 * math.exp(-(((m - 21) / 4) ** 2))) for m in range(minutes)],
            "squares": [0.4] * minutes,
        },
        "gestures": [round(chance.uniform(10, 40) * (3 if m in (12, 13) else 1)) for m in range(minutes)],
        "satisfaction": {"n": 41, "share": 0.84},
        "segments": segments(locale),
    }


def oncall(locale: str, gap: bool = True) -> dict[str, Any]:
    people = ["Anna Schmidt", "王芳", "สมชาย ใจดี", "ليلى حداد"]
    rows: list[dict[str, Any]] = []
    start = FRIDAY_SHOW - timedelta(hours=5)
    for shift in range(18):
        end = start + timedelta(hours=12)
        missing = gap and shift == 7
        person = None if missing else people[shift // 2 % 2 * 2 + shift % 2]
        rows.append({"start": start.isoformat(), "end": end.isoformat(), "person": person})
        start = end
    return {"locale": locale, "zone": ZONES[locale], "schedule": "EU", "now": at(0), "rows": rows}


def coverage(locale: str) -> dict[str, Any]:
    """Three markets over a week: one covered, one with its evenings open, one by a backup alone."""
    names = (
        ["United States", "ประเทศไทย", "المملكة العربية السعودية"] if locale == "en" else ["美国", "泰国", "沙特阿拉伯"]
    )

    def each(hour: float, length: float) -> list[list[str]]:
        return [[at(60 * (24 * day + hour)), at(60 * (24 * day + hour + length))] for day in range(7)]

    shows = [[at(0), at(100)], [at(60 * 48), at(60 * 48 + 100)]]
    return {
        "locale": locale,
        "zone": ZONES[locale],
        "now": at(0),
        "markets": [
            {"market": names[0], "prime": each(6, 5), "shows": shows, "staffed": [[at(0), at(60 * 168)]], "backup": []},
            {"market": names[1], "prime": each(3, 5), "shows": shows, "staffed": each(5, 9), "backup": []},
            {"market": names[2], "prime": each(9, 5), "shows": [], "staffed": each(0, 9), "backup": each(9, 6)},
        ],
    }


def fairness(locale: str) -> dict[str, Any]:
    people = ["Anna Schmidt", "王芳", "สมชาย ใจดี", "ليلى حداد"]
    return {
        "locale": locale,
        "zone": ZONES[locale],
        "schedule": "EU",
        "start": at(0),
        "end": at(60 * 24 * 28),
        "people": [
            {"person": name, "hours": hours, "night": hours / 4, "nights": 14 - 3 * number, "weekends": 3 - number,
             "wake_ups": 3 - number}
            for number, (name, hours) in enumerate(zip(people, (310.0, 150.5, 120.0, 0.0), strict=True))
        ],
    }  # fmt: skip


def retention(locale: str) -> dict[str, Any]:
    chance = random.Random(6)
    present, viewers, leaves = 300.0, [], []
    for tick in range(240):
        left = sum(chance.random() < 0.004 for _ in range(round(present))) + (28 if 36 <= tick < 44 else 0)
        left += 45 if tick == 150 else 0
        joined = max(0, round(14 * math.exp(-tick / 60)) + chance.randrange(0, 4))
        viewers.append(round(present))
        leaves.append(left)
        present = max(20.0, present + joined - left)
    run = [
        Segment(start * 60, end * 60, title) for start, end, title in zip(ENDS, ENDS[1:], TITLES[locale], strict=False)
    ]
    return {
        "locale": locale,
        "zone": ZONES[locale],
        "show": SHOWS[locale],
        "started_at": at(0),
        "tick_seconds": 10,
        "viewers": viewers,
        "peaks": [asdict(peak) for peak in exit_peaks(leaves, viewers, 10, run)],
        "segments": segments(locale),
    }


def funnels(locale: str) -> dict[str, Any]:
    names = ["Germany", "United States", "ประเทศไทย"] if locale == "en" else ["德国", "美国", "ประเทศไทย"]
    counts = [
        {"click": 812, "cart": 240, "checkout": 131, "paid": 12},
        {"click": 1_930, "cart": 611, "checkout": 342, "paid": 301},
        {"click": 95, "cart": 31, "checkout": 15, "paid": 13},
    ]
    made = funnel(dict(zip(names, counts, strict=True)))
    return {"locale": locale, "show": SHOWS[locale], "markets": [asdict(one) for one in made]}


SAMPLES = {
    "complaints": complaints,
    "incident": incident,
    "sentiment": sentiment,
    "signal": signal,
    "coverage": coverage,
    "fairness": fairness,
    "oncall": oncall,
    "retention": retention,
    "funnel": funnels,
}
