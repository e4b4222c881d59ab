"""One plan, asked in every way: the page, the preview, the exported calendar and the file written anew say the same,
minute by minute, where clocks do something odd."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from desk.configuration.model import Policy, Step, Target
from desk.oncall.escalation import START, Notify, escalate
from desk.oncall.model import Schedule
from desk.oncall.resolve import Row, final_schedule, who
from handlers.calendars.writing import write
from handlers.configuration import load_text
from tests.desk.oncall.examples import layer
from tests.desk.oncall.oracle import Oracle
from tests.desk.oncall.strategies import MOMENTS, Moment
from tests.desk.oncall.test_against_oracle import AFTER, BEFORE, around, oncall_by_step
from tests.desk.oncall.written import written
from tests.handlers.calendars.feeds import feed

FULL = os.environ.get("LIVEDESK_ORACLE") == "full"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
AROUND = timedelta(hours=36)
POLICY = Policy("page", (Step((Target("schedule", "emea"),), timedelta(minutes=5)),))
Span = tuple[datetime, datetime, str | None]


def paged(schedule: Schedule, at: datetime) -> frozenset[str]:
    """Whom a page would wake: the first step of a policy that asks this schedule, as it is taken."""
    decision = escalate(POLICY, START, at, {schedule.name: who(schedule, at)})
    return frozenset(one.person for one in decision.people) if isinstance(decision, Notify) else frozenset()


def exported(schedule: Schedule, start: datetime, end: datetime) -> list[Span]:
    """The rows that another program reads in the exported calendar, clipped to what was asked for."""
    read = Calendar.from_ical(write(feed(schedule, start=start, end=end)))
    return [
        (max(one["DTSTART"].dt, start), one["DTEND"].dt, str(one["X-LIVEDESK-PERSON"]) or None)
        for one in read.walk("VEVENT")
    ]


def spans(rows: Collection[Row]) -> list[Span]:
    return [(row.start, row.end, row.person) for row in rows]


def told(rows: Collection[Span]) -> list[Span]:
    return sorted(rows, key=lambda row: (row[0], row[2] or ""))


def says_the_same_in_every_way(schedule: Schedule, start: datetime, end: datetime, chance: Random) -> None:
    preview = final_schedule(schedule, start, end)
    for number, people in enumerate(oncall_by_step(preview, start, end, MINUTE)):
        at = start + number * MINUTE
        assert paged(schedule, at) == people, f"the page of {at}"
    assert told(exported(schedule, start, end)) == told(spans(preview))
    text = written(schedule, chance)
    again = load_text(text, "livedesk.yaml").schedules[schedule.name]
    assert spans(final_schedule(again, start, end)) == spans(preview), text


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_page_preview_calendar_and_file_agree(moment: Moment) -> None:
    @settings(max_examples=40 if FULL else 3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(around(moment), st.randoms(use_true_random=False))
    def agrees(schedule: Schedule, chance: Random) -> None:
        says_the_same_in_every_way(schedule, moment.at - AROUND, moment.at + AROUND, chance)

    agrees()


# ── the day that Samoa skipped ───────────────────────────────────────────────────────────────────────────────────

APIA = ZoneInfo("Pacific/Apia")
MIDNIGHT = datetime(2011, 12, 30, 10, tzinfo=UTC)  # 29 December ends in Apia, and 31 December begins
SAMOA = Schedule(
    "emea",
    APIA,
    layers=(
        layer("ana", "ben", "chi", name="days", zone=APIA, hand_off="09:00", start=date(2011, 12, 27)),
        layer("dov", "eva", name="nights", zone=APIA, start=date(2011, 12, 28), type="hourly", every=12,
              hand_off="20:00", begins=date(2011, 12, 30)),
    ),
)  # fmt: skip


def test_it_leaves_neither_gap_nor_overlap_where_a_date_is_missing() -> None:
    """Worked out by hand. 27 December 09:00 is Ana's hand-off, the 28th Ben's, the 29th Chi's; that of the 30th falls
    on the 31st, where the next one is, and a shift of no length takes no turn: the 31st is Ana's. The layer of nights
    begins on the date that is missing, so with the 31st; of its twelve-hour shifts those at 08:00 and 20:00 of the
    30th fall on those of the 31st."""
    rows = final_schedule(SAMOA, MIDNIGHT - 2 * DAY, MIDNIGHT + DAY)

    assert [(f"{row.start.astimezone(APIA):%d %H:%M}", row.person) for row in rows if row.start < MIDNIGHT] == [
        ("28 00:00", "ana"),
        ("28 09:00", "ben"),
        ("29 09:00", "chi"),
    ]
    assert rows[2].end == MIDNIGHT
    assert {row.person for row in rows if row.start >= MIDNIGHT} <= {"dov", "eva"}
    assert sum((row.end - row.start for row in rows), timedelta()) == 3 * DAY

    without_nights = Schedule("emea", APIA, layers=SAMOA.layers[:1])
    after = final_schedule(without_nights, MIDNIGHT - DAY, MIDNIGHT + 2 * DAY)
    assert [(f"{row.start.astimezone(APIA):%d %H:%M}", row.end - row.start, row.person) for row in after] == [
        ("29 00:00", timedelta(hours=9), "ben"),
        ("29 09:00", DAY, "chi"),
        ("31 09:00", DAY, "ana"),
        ("01 09:00", timedelta(hours=15), "ben"),
    ]


def test_it_agrees_with_the_oracle_where_a_date_is_missing_and_in_every_way() -> None:
    start = MIDNIGHT.replace(hour=0) - BEFORE
    oracle = Oracle(SAMOA, start, MIDNIGHT.replace(hour=0) + AFTER)
    first, last = MIDNIGHT - AROUND, MIDNIGHT + AROUND

    found = oncall_by_step(final_schedule(SAMOA, first, last), first, last, MINUTE)

    for number, people in enumerate(found, (first - start) // MINUTE + oracle.start):
        assert people == set(oracle.oncall(number))
    for seed in range(4):
        says_the_same_in_every_way(SAMOA, first, last, Random(seed))
