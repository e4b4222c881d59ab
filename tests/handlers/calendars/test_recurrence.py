from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.calendars import recurrence
from handlers.calendars.problems import CalendarError
from tests.handlers.calendars.files import BERLIN, event, spans, when

DAY = timedelta(days=1)
NIGHT = ("DTSTART;TZID=Europe/Berlin:20260327T220000", "DTEND;TZID=Europe/Berlin:20260328T060000")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def oracle(rule: dict[str, object], first: date, last: date) -> list[date]:
    """The dates of a rule by trying every day, from what RFC 5545 says in words."""
    found = []
    day = first
    while day <= last:
        months = (day.year - first.year) * 12 + day.month - first.month
        weeks = ((day - timedelta(days=day.weekday())) - (first - timedelta(days=first.weekday()))) // timedelta(
            weeks=1
        )
        apart = {"DAILY": (day - first).days, "WEEKLY": weeks, "MONTHLY": months}[str(rule["FREQ"])]
        by_day = rule.get("BYDAY") or ([DAYS[first.weekday()]] if rule["FREQ"] == "WEEKLY" else None)
        by_month_day = rule.get("BYMONTHDAY") or ([first.day] if rule["FREQ"] == "MONTHLY" and not by_day else None)
        fits = apart % int(str(rule["INTERVAL"])) == 0
        if by_day is not None:
            fits = fits and DAYS[day.weekday()] in by_day  # type: ignore[operator]
        if by_month_day is not None:
            fits = fits and day.day in by_month_day  # type: ignore[operator]
        if fits:
            found.append(day)
        day += DAY
    return found


@st.composite
def rules(draw: st.DrawFn) -> dict[str, object]:
    frequency = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY")))
    rule: dict[str, object] = {"FREQ": frequency, "INTERVAL": draw(st.integers(1, 5))}
    if draw(st.booleans()):
        rule["BYDAY"] = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True))
    if frequency == "MONTHLY" and "BYDAY" not in rule and draw(st.booleans()):
        rule["BYMONTHDAY"] = draw(st.lists(st.integers(1, 31), min_size=1, max_size=3, unique=True))
    return rule


@settings(max_examples=80, deadline=None)
@given(rules(), st.dates(date(2026, 1, 2), date(2026, 3, 28)), st.integers(0, 95))
def test_it_takes_place_when_the_rule_says_also_when_clocks_change(
    rule: dict[str, object], first: date, quarter: int
) -> None:
    told = ";".join(f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}"
                    for name, value in rule.items())  # fmt: skip
    at = datetime(first.year, first.month, first.day) + quarter * timedelta(minutes=15)
    begins = f"DTSTART;TZID=Europe/Berlin:{at:%Y%m%dT%H%M%S}"
    end = datetime(2026, 5, 1, tzinfo=UTC)

    found = when(event(begins, "DURATION:PT1H", f"RRULE:{told}"), end=end)

    days = sorted({first, *oracle(rule, first, date(2026, 5, 2))})
    walls = [datetime(day.year, day.month, day.day, at.hour, at.minute, tzinfo=BERLIN) for day in days]
    expected = [wall.astimezone(UTC) for wall in walls]
    assert [one.start for one in found] == [start for start in expected if start < end]
    assert {one.end - one.start for one in found} <= {timedelta(hours=1)}


def test_it_ends_at_the_same_time_of_day_when_clocks_change() -> None:
    assert spans(event(*NIGHT, "RRULE:FREQ=DAILY;COUNT=3")) == [
        "03-27T21:00 8:00:00",
        "03-28T21:00 7:00:00",
        "03-29T20:00 8:00:00",
    ]


def test_it_lets_hours_pass_and_counts_days_on_the_wall() -> None:
    begins = "DTSTART;TZID=Europe/Berlin:20260328T120000"

    assert spans(event(begins, "DURATION:PT20H")) == ["03-28T11:00 20:00:00"]
    assert spans(event(begins, "DURATION:P1D")) == ["03-28T11:00 23:00:00"]
    assert spans(event(begins, "DURATION:P1DT2H")) == ["03-28T11:00 1 day, 1:00:00"]


def test_it_takes_whole_days_where_the_person_lives() -> None:
    days = event("DTSTART;VALUE=DATE:20260328", "DTEND;VALUE=DATE:20260330")

    assert spans(days) == ["03-27T23:00 1 day, 23:00:00"]
    assert spans(days, home=ZoneInfo("Asia/Shanghai")) == ["03-27T16:00 2 days, 0:00:00"]
    assert spans(event("DTSTART;VALUE=DATE:20260701")) == ["06-30T22:00 1 day, 0:00:00"]
    assert spans(event("DTSTART;VALUE=DATE:20260701", "DTEND;VALUE=DATE:20260701")) == ["06-30T22:00 1 day, 0:00:00"]


def test_it_reads_times_without_a_zone_where_the_person_lives() -> None:
    (found,) = when(event("DTSTART:20260701T090000", "DTEND:20260701T100000"), home=ZoneInfo("Asia/Tokyo"))

    assert found.start == datetime(2026, 7, 1, tzinfo=UTC)
    assert found.floating


@pytest.mark.parametrize(
    ("until", "count"),
    [("20260304T080000Z", 3), ("20260304T075959Z", 2), ("20260304", 3), ("20260304T235959", 3)],
)
def test_it_recurs_until_an_instant(until: str, count: int) -> None:
    nine = event("DTSTART;TZID=Europe/Berlin:20260302T090000", "DURATION:PT1H", f"RRULE:FREQ=DAILY;UNTIL={until}")

    assert len(when(nine)) == count


def test_it_leaves_out_what_is_excepted_and_adds_further_dates() -> None:
    assert spans(
        event(
            "DTSTART;TZID=Europe/Berlin:20260302T090000",
            "DTEND;TZID=Europe/Berlin:20260302T100000",
            "RRULE:FREQ=DAILY;COUNT=5",
            "EXDATE;TZID=Europe/Berlin:20260303T090000",
            "EXDATE:20260304T080000Z",
            "EXDATE;VALUE=DATE:20260305",
            "RDATE;TZID=Europe/Berlin:20260701T120000",
            "RDATE;VALUE=PERIOD:20260801T100000Z/PT3H,20260802T100000Z/20260802T110000Z",
        )
    ) == ["03-02T08:00 1:00:00", "03-06T08:00 1:00:00", "07-01T10:00 1:00:00", "08-01T10:00 3:00:00",
          "08-02T10:00 1:00:00"]  # fmt: skip


def test_it_follows_exceptions_that_were_moved_or_cancelled() -> None:
    weekly = event("DTSTART;VALUE=DATE:20260706", "RRULE:FREQ=WEEKLY;COUNT=4")
    moved = event("RECURRENCE-ID;VALUE=DATE:20260713", "DTSTART;VALUE=DATE:20260715", "DTEND;VALUE=DATE:20260717")
    cancelled = event("RECURRENCE-ID;VALUE=DATE:20260720", "DTSTART;VALUE=DATE:20260720", "STATUS:CANCELLED")

    found = when(weekly, moved, cancelled)

    kept = [one for one in found if one.by.event.get("STATUS") != "CANCELLED"]
    assert [f"{one.start:%m-%d} {one.end - one.start}" for one in kept] == [
        "07-05 1 day, 0:00:00",
        "07-14 2 days, 0:00:00",
        "07-26 1 day, 0:00:00",
    ]
    assert len(found) == 4


def test_it_takes_an_exception_whose_series_is_not_in_the_file() -> None:
    alone = event("RECURRENCE-ID:20260706T090000Z", "DTSTART:20260707T090000Z", "DTEND:20260707T100000Z")

    assert spans(alone) == ["07-07T09:00 1:00:00"]


def test_it_says_that_a_rule_has_no_end() -> None:
    endless = when(event("DTSTART;VALUE=DATE:20260706", "RRULE:FREQ=WEEKLY"))

    assert all(one.endless for one in endless)
    assert len(endless) == 26


OLD_ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0500
TZOFFSETTO:+0500
END:STANDARD
END:VTIMEZONE""".replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("tzid", "hour"),
    [
        ("Europe/Berlin", 7),  # IANA knows it better than the file
        ("W. Europe Standard Time", 7),
        ("/freeassociation.sourceforge.net/Europe/Berlin", 7),
        ("Our Office", 4),  # only the file knows it
    ],
)
def test_it_knows_zones_by_every_name(tzid: str, hour: int) -> None:
    moved = event(f"DTSTART;TZID={tzid}:20260701T090000", "DURATION:PT1H")

    assert when(OLD_ZONE.format(name=tzid), moved)[0].start == datetime(2026, 7, 1, hour, tzinfo=UTC)


BAD = {
    "no start": (("DTEND:20260701T090000Z",), "no start"),
    "ends before it starts": (("DTSTART:20260701T090000Z", "DTEND:20260701T080000Z"), "before it starts"),
    "negative duration": (("DTSTART:20260701T090000Z", "DURATION:-PT1H"), "less than nothing"),
    "date and time": (("DTSTART;VALUE=DATE:20260701", "DTEND:20260702T080000Z"), "the other way round"),
    "unknown zone": (("DTSTART;TZID=Mars/Phobos:20260701T090000",), "Mars/Phobos"),
    "every second": (("DTSTART:20260701T090000Z", "RRULE:FREQ=SECONDLY"), "SECONDLY"),
    "a day that is not": (("DTSTART:20260701T090000Z", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), "never takes"),
    "count and until": (("DTSTART:20260701T090000Z", "RRULE:FREQ=DAILY;COUNT=2;UNTIL=20260801"), "exclude"),
    "too many": (("DTSTART:20260701T090000Z", "RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24)))
                  + ";BYMINUTE=" + ",".join(map(str, range(60)))), "more than 5,000"),
    "from one on": (("RECURRENCE-ID;RANGE=THISANDFUTURE:20260701T090000Z", "DTSTART:20260701T090000Z"), None),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in BAD if BAD[name][1]])
def test_it_says_what_makes_no_sense(name: str) -> None:
    lines, reason = BAD[name]

    with pytest.raises(CalendarError) as refused:
        when(event(*lines, uid="x-7", summary="Odd"))

    (said,) = refused.value.reasons
    assert said.startswith('line 3, "Odd", uid x-7: ')
    assert str(reason) in said


def test_it_refuses_changes_from_one_time_on() -> None:
    series = event("DTSTART:20260701T090000Z", "RRULE:FREQ=DAILY")

    with pytest.raises(CalendarError, match="THISANDFUTURE"):
        when(series, event(*BAD["from one on"][0]))


def test_it_refuses_two_events_with_one_uid() -> None:
    with pytest.raises(CalendarError, match="line 3 has an event with the same UID"):
        when(event("DTSTART:20260701T090000Z"), event("DTSTART:20260702T090000Z"))


def test_it_gives_up_on_a_rule_that_is_looked_for_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurrence, "PATIENCE", 0.05)

    with pytest.raises(CalendarError, match="uid never: its recurrence takes too long"):
        when(event("DTSTART:20260105T090000Z", "RRULE:FREQ=HOURLY;BYSETPOS=2", uid="never"))
