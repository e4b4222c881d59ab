"""What one written word means: times, dates, instants, durations, zones, numbers, addresses.

Each reader takes the text as it stands in the file and returns the value, or raises `UnreadableError` with a reason
and an example of a good one. Whether the word was quoted makes no difference, except where a number or a truth value
is wanted, so that `09:00`, `NO` and an unquoted date mean what their writer meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handlers.configuration.problems import did_you_mean


class UnreadableError(ValueError):
    def __init__(self, reason: str, example: str = "") -> None:
        super().__init__(reason)
        self.reason, self.example = reason, example


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")


# Patterns are shared with the JSON Schema, whose regular expressions are ECMAScript's: only what both dialects know.
TIME = r"^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
TIME_OR_END_OF_DAY = r"^(([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)$"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)? ?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$"
)
_NAIVE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?$"
DURATION = r"^([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$"
OFFSET = r"^([0-9]{1,2}:[0-5][0-9]:[0-5][0-9]|[0-9]{1,3}:[0-5][0-9]|[0-9]{1,4}(\.[0-9]{1,3})?)$"
ZONE = r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
COUNTRY = r"^[A-Z]{2}$"
CURRENCY = r"^[A-Z]{3}$"
KEY = r"^\w([\w .-]{0,62}\w)?$"  # letters of any script, which ECMAScript has no short word for
CHANNEL = r"^([a-z][a-z0-9_-]*):([^\s]+)$"
CONTACT = r"^[^\s].{0,199}$"

# Ids of the platforms we know. A platform that is not listed may be used all the same: its handler knows its ids.
CHANNEL_IDS = {"slack": r"^[CGD][A-Z0-9]{2,20}$", "discord": r"^[0-9]{5,20}$"}
CONTACT_IDS = {
    "slack": r"^[UW][A-Z0-9]{2,20}$",
    "discord": r"^[0-9]{5,20}$",
    # Printable ASCII without quotes, so that nothing in an address can end a mail's header or command.
    "email": r"^[A-Za-z0-9.!#%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]{1,63}([.][A-Za-z0-9-]{1,63})+$",
    "webhook": r"^https?://[^\s@/?#]{1,180}([/?][!-\"%-~]*)?$",
}
EXAMPLE_IDS = {
    "slack": "U0ANAWEBER",
    "discord": "80351110224678912",
    "email": "ana@example.com",
    "webhook": "https://hooks.example.com/ana",
}

# Dates outside these are slips of the pen, and at the very ends of the calendar other zones have no date at all.
FIRST_YEAR, LAST_YEAR = 1900, 2999


def read_zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        from zoneinfo import available_timezones  # reads the whole zone directory: only when a name is wrong

        hint = did_you_mean(text, available_timezones())
        reason = f"there is no time zone {_shown(text)}{hint}"
        raise UnreadableError(reason, "" if hint else "Europe/Berlin") from None


def read_time(text: str) -> time:
    """Wall time, `9:00`, `09:00` or `09:00:30`."""
    if not re.fullmatch(TIME, text):
        raise UnreadableError(f"{_shown(text)} is not a time of day", '"09:00"')
    hour, minute, *second = (int(part) for part in text.split(":"))
    return time(hour, minute, sum(second))


def read_window_edge(text: str) -> timedelta:
    """Wall time as an offset from its midnight; `24:00` is the end of the day."""
    if not re.fullmatch(TIME_OR_END_OF_DAY, text):
        raise UnreadableError(f"{_shown(text)} is not a time of day", '"09:00"')
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))


def read_date(text: str) -> date:
    """A local date, `2026-01-05`."""
    if not re.fullmatch(DATE, text):
        raise UnreadableError(f"{_shown(text)} is not a date (year-month-day, without a time)", "2026-01-05")
    try:
        value = date.fromisoformat(text)
    except ValueError:
        raise UnreadableError(f"the calendar has no {text}", "2026-01-05") from None
    _check_year(value.year)
    return value


def read_instant(text: str) -> datetime:
    """An instant with its offset, `2026-03-29T07:00:00Z` or `… +02:00`; given back in UTC."""
    if re.fullmatch(_NAIVE, text):
        raise UnreadableError(f"{_shown(text)} has no zone; add Z or an offset", '"2026-03-29T09:00:00+02:00"')
    if not re.fullmatch(INSTANT, text):
        raise UnreadableError(f"{_shown(text)} is not an instant (date, time and offset)", '"2026-03-29T07:00:00Z"')
    try:
        value = datetime.fromisoformat(text.upper().replace(" ", "T", 1).replace(" ", ""))
    except ValueError as error:
        raise UnreadableError(f"{_shown(text)} is not an instant: {error}", '"2026-03-29T07:00:00Z"') from None
    _check_year(value.year)
    return value.astimezone(UTC)


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        reason = f"the year {year} is not between {FIRST_YEAR} and {LAST_YEAR}; leave the field out for no limit"
        raise UnreadableError(reason)


def read_duration(text: str) -> timedelta:
    """`90s`, `5m`, `2h`, `1d` or several together, largest first: `1h30m`."""
    found = re.fullmatch(DURATION, text)
    if not text or not found:
        unit = " (which unit? 90s, 5m and 2h are durations)" if text.isdigit() else ""
        raise UnreadableError(f"{_shown(text)} is not a duration{unit}", "5m")
    days, hours, minutes, seconds = (int(part[:-1]) if part else 0 for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def read_offset(text: str) -> timedelta:
    """Time since a show's start: `12:30` (minutes:seconds), `1:05:00`, or minutes, `14`."""
    if not re.fullmatch(OFFSET, text):
        raise UnreadableError(f"{_shown(text)} is not a time since the show's start", "12:30")
    if ":" not in text:
        return timedelta(milliseconds=round(float(text) * 60_000))
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return timedelta(seconds=seconds)


def read_channel(text: str) -> str:
    """`platform:id`, such as `slack:C0EMEAOPS1`."""
    found = re.fullmatch(CHANNEL, text)
    if not found:
        raise UnreadableError(f"{_shown(text)} is not a channel; write platform:id", "slack:C0EMEAOPS1")
    platform, address = found.groups()
    pattern = CHANNEL_IDS.get(platform)
    if pattern and not re.fullmatch(pattern, address):
        where = "; Slack shows it at the end of a channel's details" if platform == "slack" else ""
        example = "slack:C0EMEAOPS1" if platform == "slack" else "discord:80351110224678912"
        raise UnreadableError(f"{_shown(address)} is not the id of a {platform.capitalize()} channel{where}", example)
    return text


def read_user_group(text: str) -> str:
    """`platform:id` of a group of people on a platform, such as `slack:S0EMEAONC1`."""
    found = re.fullmatch(CHANNEL, text)
    if not found:
        raise UnreadableError(f"{_shown(text)} is not a user group; write platform:id", "slack:S0EMEAONC1")
    platform, address = found.groups()
    if platform == "slack" and not re.fullmatch(r"S[A-Z0-9]{2,20}", address):
        where = "; Slack shows it in the group's menu as “Copy group ID”"
        raise UnreadableError(f"{_shown(address)} is not the id of a Slack user group{where}", "slack:S0EMEAONC1")
    return text


def read_contact(platform: str, text: str) -> str:
    """A person's id on one platform."""
    pattern = CONTACT_IDS.get(platform, CONTACT)
    if not re.fullmatch(pattern, text) or len(text) > 200:
        where = "; Slack shows it in a profile's menu as “Copy member ID”" if platform == "slack" else ""
        what = {"email": "an address", "webhook": "an https address of at most 200 characters"}.get(
            platform, f"an id on {platform.capitalize()}"
        )
        raise UnreadableError(f"{_shown(text)} is not {what}{where}", EXAMPLE_IDS.get(platform, ""))
    return text


def matching(pattern: str, what: str, example: str) -> Callable[[str], str]:
    """A reader of words of one form. A word that only lacks the right case says so."""

    def read(text: str) -> str:
        if re.fullmatch(pattern, text):
            return text
        for other in (text.upper(), text.lower()):
            if re.fullmatch(pattern, other):
                raise UnreadableError(f"{_shown(text)} is not {what}, did you mean {other}?")
        raise UnreadableError(f"{_shown(text)} is not {what}", example)

    return read


def one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text in words:
            return text
        # “Monday” is close to nothing in difflib's eyes, but anybody sees the `mon` in it.
        begins = [word for word in words if text.casefold().startswith(word.casefold())]
        hint = f", did you mean {begins[0]}?" if begins else did_you_mean(text, words)
        raise UnreadableError(f"{_shown(text)} is not one of {', '.join(words)}{hint}")

    return read


def read_text(text: str) -> str:
    """A name or title: one line, up to 150 characters."""
    if not text.strip() or len(text) > 150 or len(text.splitlines()) > 1:
        raise UnreadableError("a name is one line of 1 to 150 characters", "Aurora skincare: spring launch")
    return text.strip()


RECORDING = r"^https?://[^\s<>|\"\\\\^`\u0000-\u0020]{3,400}$"


def read_recording(text: str) -> str:
    """A web address; `{seconds}` in it is replaced by how far into the show a moment is."""
    good = "https://www.youtube.com/watch?v=EXAMPLE&t={seconds}s"
    if not re.fullmatch(RECORDING, text):
        raise UnreadableError(f"{_shown(text)} is not a web address", good)
    if re.search(r"[{}]", text.replace("{seconds}", "")):
        raise UnreadableError("only {seconds} may stand in braces there", good)
    return text


def read_prose(text: str) -> str:
    """Some sentences: up to 500 characters, line breaks as spaces."""
    if not text.strip() or len(text) > 500:
        raise UnreadableError("an answer has 1 to 500 characters", "We are on it; your card was not charged.")
    return " ".join(text.split())
