"""The gallery's configuration: one team, awake or asleep, that reads English or Chinese, and three markets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.factories import NOON

CHANNEL = {"en": "C0AMERICAS", "zh_CN": "C0HANGZHOU"}
ADMIN = "C0ADMIN001"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: the one on call, their own conversation with the bot, and their team's channel."""

    person: str
    user: str
    channel: str

    @property
    def direct(self) -> str:
        return f"D{self.user[1:]}"


READERS = {
    "en": Reader("maya", "U0MAYATORR", CHANNEL["en"]),
    "zh_CN": Reader("wei", "U0WEICHEN1", CHANNEL["zh_CN"]),
}

_ENGLISH = {
    "zone": "America/Los_Angeles",
    "language": "en",
    "team": "Americas operations",
    "people": {
        "maya": ("Maya Torres", "America/Los_Angeles", "U0MAYATORR"),
        "jon": ("Jon Park", "America/Los_Angeles", "U0JONPARK1"),
    },
    "markets": {"us": "United States", "eu": "European Union", "sea": "Southeast Asia"},
    "title": "Aurora skincare: spring launch",
    "segments": ("Opening", "Serum: ingredient list", "Cream", "Set and farewell"),
}
_CHINESE = {
    "zone": "Asia/Shanghai",
    "language": "zh",
    "team": "杭州直播间",
    "people": {
        "wei": ("陈伟", "Asia/Shanghai", "U0WEICHEN1"),
        "lin": ("赵琳", "Asia/Shanghai", "U0LINZHAO1"),
    },
    "markets": {"us": "美国", "eu": "欧盟", "sea": "东南亚"},
    "title": "Aurora 护肤：春季首发",
    "segments": ("开场", "精华：成分表", "面霜", "套装与告别"),
}
_MARKETS: Mapping[str, Mapping[str, Any]] = {
    "us": {"timezone": "America/Los_Angeles", "languages": ["en", "es"], "currency": "USD"},
    "eu": {"timezone": "Europe/Berlin", "languages": ["de", "fr", "ar"], "currency": "EUR"},
    "sea": {"timezone": "Asia/Bangkok", "languages": ["th", "id", "vi"], "currency": "THB"},
}
_ANSWERS = (
    {
        "categories": ["payment"],
        "language": "en",
        "text": "We are on it. You were not charged twice, and your cart is kept for an hour.",
    },
    {
        "categories": ["payment"],
        "language": "es",
        "text": "Ya lo estamos arreglando. No se te cobró dos veces y tu carrito se guarda una hora.",
    },
    {"categories": ["payment"], "language": "zh", "text": "我们正在处理。不会重复扣款，购物车会保留一小时。"},
    {
        "categories": ["delivery"],
        "markets": ["sea"],
        "language": "th",
        "text": "สินค้ากำลังจัดส่ง เราจะส่งลิงก์ติดตามพัสดุให้ทางอีเมลคืนนี้ค่ะ",
    },
)


def text(locale: str, **changes: Any) -> str:
    """livedesk.yaml for a team of `locale`; `changes` replace top-level sections."""
    said: Mapping[str, Any] = _CHINESE if locale == "zh_CN" else _ENGLISH
    first, second = said["people"]
    starts = ("0:00", "5:00", "18:00", "33:00", "90:00")
    segments = [
        {"start": start, "end": end, "title": title, **({"product": product} if product else {})}
        for start, end, title, product in zip(
            starts, starts[1:], said["segments"], ("", "serum", "cream", "set"), strict=False
        )
    ]
    house: dict[str, Any] = {
        "people": {
            key: {"name": name, "timezone": zone, "contacts": {"slack": user}}
            for key, (name, zone, user) in said["people"].items()
        },
        "teams": {
            "desk": {
                "name": said["team"],
                "timezone": said["zone"],
                "locale": locale,
                "language": said["language"],
                "channels": [f"slack:{CHANNEL[locale]}"],
                "members": [first, second],
                "markets": list(_MARKETS),
                "highlights_every": "10m",
            }
        },
        "markets": {key: {"name": said["markets"][key], **values} for key, values in _MARKETS.items()},
        "shows": {
            "aurora-skincare": {
                "title": said["title"],
                "starts_at": NOON.isoformat(),
                "ends_at": NOON.replace(hour=13, minute=30).isoformat(),
                "markets": list(_MARKETS),
                "run_of_show": segments,
            }
        },
        "schedules": {
            "nights": {
                "timezone": said["zone"],
                "layers": [
                    {"name": "weekly", "rotation": {"type": "weekly", "start": "2026-01-05", "members": [first]}}
                ],
            }
        },
        "policies": {
            "page": {
                "steps": [
                    {"notify": [{"schedule": "nights"}], "wait": "5m"},
                    {"notify": [{"person": second}], "wait": "10m"},
                ]
            }
        },
        "routing": [{"team": "desk", "policy": "page"}],
        "answers": list(_ANSWERS),
        "admin_channel": f"slack:{ADMIN}",
    }
    return yaml.safe_dump({**house, **changes}, allow_unicode=True, sort_keys=False)


def read(locale: str) -> Any:
    """The same as data, to change."""
    return yaml.safe_load(text(locale))
