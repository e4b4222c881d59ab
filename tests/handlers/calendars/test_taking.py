from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from desk.configuration.model import Person
from handlers.calendars.problems import CalendarError
from handlers.calendars.reading import read
from handlers.calendars.taking import Outcome, by_mail, leave, overrides
from tests.handlers.calendars.files import BERLIN, END, START, event, file

NINE, TEN = "DTSTART:20260701T090000Z", "DTEND:20260701T100000Z"
WHOLE_DAY = ("DTSTART;VALUE=DATE:20260701", "TRANSP:TRANSPARENT")
PEOPLE = {
    "ana": Person("ana", "Ana", contacts={"email": "Ana@x.example"}),
    "ben": Person("ben", "Ben", contacts={"email": "ben@x.example"}),
    "chi": Person("chi", "Chi"),
}


def away(*parts: str) -> Outcome:
    return leave(read(file(*parts)), "ana", BERLIN, START, END)


def shifts(*parts: str) -> Outcome:
    return overrides(read(file(*parts)), "emea", lambda one: by_mail(PEOPLE, one), lambda person: BERLIN, START, END)


@pytest.mark.parametrize(
    ("lines", "summary", "taken"),
    [
        ((NINE, TEN), "Dentist", True),
        ((NINE, TEN, "STATUS:CANCELLED"), "Dentist", False),
        ((NINE, TEN, "TRANSP:TRANSPARENT"), "Out of office", False),
        (WHOLE_DAY, "Ben's birthday", False),
        (WHOLE_DAY, "Out of office!", True),
        (WHOLE_DAY, "年假", True),
        (WHOLE_DAY, "Urlaub", True),
        (WHOLE_DAY, "cleaver sale", False),
        ((*WHOLE_DAY, "X-MICROSOFT-CDO-BUSYSTATUS:OOF"), "Gone", True),
        ((NINE,), "Reminder", False),
    ],
)
def test_it_takes_as_leave_what_says_so(lines: tuple[str, ...], summary: str, taken: bool) -> None:
    outcome = away(event(*lines, summary=summary))

    assert bool(outcome.taken) == taken
    assert bool(outcome.left_out) != taken


def test_it_takes_nothing_of_a_file_that_takes_everything_back() -> None:
    outcome = away("METHOD:CANCEL", event(NINE, TEN))

    assert (outcome.taken, outcome.left_out[0].why) == ([], "it is cancelled")


def test_it_takes_all_or_nothing() -> None:
    with pytest.raises(CalendarError, match="before it starts"):
        away(event(NINE, TEN), event("DTSTART:20260702T090000Z", "DTEND:20260702T080000Z", uid="2"))


def test_it_tells_how_times_were_understood() -> None:
    outcome = away(
        event("DTSTART;VALUE=DATE:20260706", "RRULE:FREQ=YEARLY"),
        event("DTSTART:20260701T090000", "DTEND:20260701T100000", uid="2"),
        event("DTSTART:20200701T090000Z", uid="3"),
    )

    assert outcome.notes == [
        "whole days are those of Europe/Berlin (ana)",
        "times without a zone are read in Europe/Berlin (ana)",
        'line 3, "Away", uid 1: it recurs without end and is taken until 2027-01-01 (--to)',
        "1 of 3 events have nothing between 2026-01-01 and 2027-01-01",
    ]


def test_it_takes_the_same_time_once() -> None:
    assert len(away(event(NINE, TEN), event(NINE, TEN, uid="2")).taken) == 1


@pytest.mark.parametrize(
    ("lines", "person"),
    [
        (("ATTENDEE;CN=Ana:mailto:ana@X.example",), "ana"),
        (("ATTENDEE:mailto:someone@else.example", "ORGANIZER:mailto:ben@x.example"), "ben"),
        (("ATTENDEE;PARTSTAT=DECLINED:mailto:ana@x.example", "ATTENDEE:MAILTO:ben@x.example"), "ben"),
        (("ATTENDEE;CUTYPE=ROOM:mailto:ana@x.example", "ORGANIZER:mailto:ben@x.example"), "ben"),
        (("X-LIVEDESK-PERSON:chi", "ATTENDEE:mailto:ben@x.example"), "chi"),
        (("X-LIVEDESK-PERSON:",), None),
    ],
)
def test_it_tells_whose_shift_it_is(lines: tuple[str, ...], person: str | None) -> None:
    (taken,) = shifts(event(NINE, TEN, *lines)).taken

    assert taken.person == person


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((), "say --person"),
        (("ATTENDEE:mailto:who@else.example",), "no attendee or organizer"),
        (("ATTENDEE:mailto:ana@x.example", "ATTENDEE:mailto:ben@x.example"), "several people \\(ana, ben\\)"),
        (("X-LIVEDESK-PERSON:zoe",), "no 'zoe' under people"),
    ],
)
def test_it_does_not_guess_whose_shift_it_is(lines: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CalendarError, match=reason):
        shifts(event(NINE, TEN, *lines))


def test_it_refuses_shifts_that_overlap() -> None:
    other = event("DTSTART:20260701T093000Z", TEN, "ATTENDEE:mailto:ben@x.example", uid="2", summary="Late")

    with pytest.raises(CalendarError, match='line 10, "Late": it overlaps line 3, "Away"'):
        shifts(event(NINE, TEN, "ATTENDEE:mailto:ana@x.example"), other)


def test_it_leaves_out_shifts_of_another_schedule() -> None:
    outcome = shifts(event(NINE, TEN, "X-LIVEDESK-PERSON:ana", "X-LIVEDESK-SCHEDULE:apac"))

    assert (outcome.taken, outcome.left_out[0].why) == ([], "it is of the schedule apac")


def test_it_reads_each_persons_times_where_they_live() -> None:
    floating = ("DTSTART:20260701T090000", "DTEND:20260701T100000")
    homes = {"ana": BERLIN, "ben": ZoneInfo("Asia/Tokyo"), None: BERLIN}
    found = overrides(
        read(file(event(*floating, "ATTENDEE:mailto:ana@x.example"),
                  event(*floating, "ATTENDEE:mailto:ben@x.example", uid="2"))),
        "emea", lambda one: by_mail(PEOPLE, one), homes.__getitem__, START, END,
    )  # fmt: skip

    assert [(one.person, one.start) for one in found.taken] == [
        ("ben", datetime(2026, 7, 1, 0, tzinfo=UTC)),
        ("ana", datetime(2026, 7, 1, 7, tzinfo=UTC)),
    ]
