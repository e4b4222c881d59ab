"""Our own words in the reader's language: English in the code, other languages in `locales/*.po`.

The catalogues are read as they are (no compiled copies to fall out of step); a test holds them complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, get_timezone_location
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

LOCALES = Path(__file__).parent / "locales"
SPOKEN_HERE = ("en", "zh_CN")


@dataclass(frozen=True)
class Tongue:
    """One language of ours. Call it with the English text; names in braces are filled in after translating."""

    locale: Locale
    catalogue: Mapping[str, str]

    def __call__(self, text: str, /, **values: object) -> str:
        said = self.catalogue.get(text) or text
        return said.format(**values) if values else said

    def number(self, value: float) -> str:
        """At most one digit after the point, and none where it would say nothing."""
        return format_decimal(round(value, 1), locale=self.locale)

    def percent(self, value: float) -> str:
        digits = "#,##0.#%" if value < 0.1 else "#,##0%"
        return format_percent(value, format=digits, locale=self.locale)

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount without its cents, which nobody needs at a glance."""
        return format_currency(amount, currency, "¤#,##0", locale=self.locale, currency_digits=False)

    def listed(self, items: list[str]) -> str:
        return format_list(items, locale=self.locale) if items else ""

    def duration(self, value: timedelta) -> str:
        """In days, hours and minutes; in seconds where it is less than a minute.

        >>> tongue("en").duration(timedelta(hours=1, minutes=30))
        '1 hour 30 minutes'
        """
        seconds = round(value.total_seconds())
        if seconds < 60:
            return str(format_unit(seconds, "duration-second", locale=self.locale))
        units = (("day", seconds // 86400), ("hour", seconds // 3600 % 24), ("minute", seconds // 60 % 60))
        return " ".join(str(format_unit(n, f"duration-{unit}", locale=self.locale)) for unit, n in units if n)

    def language(self, code: str) -> str:
        """The name of a language: `th` is "Thai" to one reader and "泰语" to another."""
        return str(self.locale.languages.get(code, code))

    def time(self, at: datetime, zone: ZoneInfo) -> str:
        return format_time(at.astimezone(zone), "HH:mm", locale=self.locale)

    def day(self, at: datetime, zone: ZoneInfo) -> str:
        return format_date(at.astimezone(zone).date(), self._day, locale=self.locale)

    def day_time(self, at: datetime, zone: ZoneInfo) -> str:
        return format_datetime(at.astimezone(zone), f"{self._day} HH:mm", locale=self.locale)

    @property
    def _day(self) -> str:
        return "M月d日EEE" if self.locale.language == "zh" else "EEE d MMM"

    def local_time(self, at: datetime, zone: ZoneInfo, now: datetime) -> str:
        """A time on somebody's own clock, with their place; with its day where that is not within a day.

        >>> noon = datetime.fromisoformat("2026-03-06T12:00:00Z")
        >>> tongue("en").local_time(noon, ZoneInfo("America/Los_Angeles"), noon)
        '04:00 (Los Angeles)'
        """
        said = self.time(at, zone) if abs(at - now) < timedelta(hours=24) else self.day_time(at, zone)
        return f"{said} ({self.city(zone)})"

    def city(self, zone: ZoneInfo) -> str:
        """Whose clock it is: "Los Angeles" to one reader and "洛杉矶" to another."""
        if "/" not in zone.key:
            return zone.key
        return str(get_timezone_location(zone, locale=self.locale, return_city=True))


@cache
def tongue(locale: str) -> Tongue:
    """The language nearest to `locale` that we speak: an exact match, the same language, or English."""
    wanted = locale.replace("-", "_")
    near = [known for known in SPOKEN_HERE if known.split("_")[0] == wanted.split("_")[0]]
    chosen = wanted if wanted in SPOKEN_HERE else (near[0] if near else "en")
    path = LOCALES / f"{chosen}.po"
    catalogue: dict[str, str] = {}
    if path.exists():
        with path.open("rb") as file:
            for entry in read_po(file, locale=chosen):
                if entry.id and isinstance(entry.string, str):
                    catalogue[str(entry.id)] = entry.string
    return Tongue(_locale(wanted, chosen), catalogue)


def _locale(wanted: str, chosen: str) -> Locale:
    """The reader's own region where we speak their language (en_GB); never German dates in English sentences."""
    if wanted.split("_")[0] == chosen.split("_")[0]:
        with suppress(UnknownLocaleError, ValueError):
            return Locale.parse(wanted)
    return Locale.parse(chosen)


# The names of categories, so that the catalogue's test sees them as words of ours.
def category_name(t: Tongue, category: str) -> str:
    return {
        "delivery": t("delivery"),
        "price": t("price"),
        "quality": t("quality"),
        "size_fit": t("size and fit"),
        "authenticity": t("authenticity"),
        "payment": t("payment"),
        "after_sale": t("after-sale"),
        "stream_quality": t("stream quality"),
        "host": t("host"),
        "stock": t("stock"),
        "other": t("other"),
        "exits": t("sudden exits"),
        "abandoned_carts": t("carts without checkout"),
        "payment_failures": t("payment failures"),
        "stalls": t("player stalls"),
        "silence": t("silence of a source"),
        "manual": t("paged by hand"),
    }.get(category, category)


def method_name(t: Tongue, method: str) -> str:
    """A way to reach somebody, as it stands in a sentence."""
    return {"email": t("e-mail"), "webhook": t("webhook")}.get(method, method.capitalize())
