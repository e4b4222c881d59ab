"""Instants, zones and figures as people of a locale write them, and the charts' own few words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import get_timezone_location
from babel.numbers import format_compact_decimal, format_decimal, format_percent

Words = Mapping[str, Mapping[str, str]]


def words(table: Words, locale: str) -> Mapping[str, str]:
    """The chart's own words in the language nearest to `locale`, English when there is none.

    >>> words({"en": {"now": "now"}, "zh_CN": {"now": "现在"}}, "zh-Hans-CN")["now"]
    '现在'
    """
    wanted = locale.replace("-", "_")
    if wanted in table:
        return table[wanted]
    language = wanted.split("_")[0]
    return next((table[known] for known in table if known.split("_")[0] == language), table["en"])


def instant(text: str) -> datetime:
    """An aware instant; ValueError when it carries no offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"an instant needs its offset, such as 2026-03-27T12:00:00+00:00, got {text!r}")
    return at


def zone_of(zone: str) -> tzinfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"no time zone {zone!r}; use an IANA name such as Asia/Shanghai") from error


def clock(at: datetime, zone: str) -> str:
    return at.astimezone(zone_of(zone)).strftime("%H:%M")


def zone_name(zone: str, locale: str) -> str:
    """The zone as its people call it: "Los Angeles time", "洛杉矶时间"."""
    if zone in ("UTC", "Etc/UTC"):
        return "UTC"
    city: str = get_timezone_location(zone_of(zone), locale=babel(locale), return_city=True)
    return f"{city}时间" if babel(locale).language == "zh" else f"{city} time"


def babel(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def short(name: str, most: int = 40) -> str:
    """A name that leaves a title room for its finding."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def number(value: float, locale: str) -> str:
    """At most one digit after the point, and none from 10 on."""
    return format_decimal(round(value, 1) if abs(value) < 10 else round(value), locale=babel(locale))


def compact(value: float, locale: str) -> str:
    """`number`, from 10,000 on in thousands or whatever the language counts in: "30K", "3万"."""
    if abs(value) < 10_000:
        return number(value, locale)
    made: str = format_compact_decimal(value, locale=babel(locale))
    return made


def percent(value: float, locale: str) -> str:
    return format_percent(value, format="#,##0.#%" if abs(value) < 0.0995 else "#,##0%", locale=babel(locale))
