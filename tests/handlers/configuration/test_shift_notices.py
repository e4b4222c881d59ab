"""What the file says of notices and hand-overs: read, kept as a version, and refused with line and field."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk.oncall.notices import UNSAID, WAITS, HandOver, ShiftNotice
from handlers.configuration import ConfigurationError, dump, load_text, restore

HOUSE = """
people:
  ana: {shift_notice: {before: 30m, end: false}}
  ben: {}
schedules:
  emea:
    timezone: Europe/Berlin
    shift_notice: {at_most_every: 0s, shortest: 30m, start: true}
    handover: {send_after: 5m}
    layers: [{rotation: {type: daily, start: 2026-01-05, members: [ana, ben]}}]
  plain:
    timezone: Europe/Berlin
    handover: null
  silent:
    timezone: Europe/Berlin
"""


def test_it_reads_who_is_told_what_and_gives_it_back_as_it_was() -> None:
    read = load_text(HOUSE, "livedesk.yaml")

    assert read.people["ana"].shift_notice == ShiftNotice(before=timedelta(minutes=30), end=False)
    assert read.people["ben"].shift_notice == UNSAID
    emea = read.schedules["emea"]
    assert emea.shift_notice == ShiftNotice(start=True, at_most_every=timedelta(0), shortest=timedelta(minutes=30))
    assert emea.handover == HandOver(send_after=timedelta(minutes=5))
    assert read.schedules["plain"].handover is None
    assert read.schedules["silent"].handover == WAITS
    assert restore(dump(read)) == read


def test_a_version_that_an_earlier_release_kept_means_the_same() -> None:
    older = dump(load_text(HOUSE, "livedesk.yaml"))
    for person in older["people"].values():
        del person["shift_notice"]
    for schedule in older["schedules"].values():
        del schedule["shift_notice"], schedule["handover"]

    read = restore(older)

    assert read.schedules["plain"].handover == WAITS
    assert read.people["ana"].shift_notice == UNSAID


@pytest.mark.parametrize(
    ("was", "wrong", "field"),
    [
        ("before: 30m", "before: 2d", "people.ana.shift_notice.before"),
        ("before: 30m", "before: soon", "people.ana.shift_notice.before"),
        ("before: 30m", "bevor: 30m", "people.ana.shift_notice.bevor"),
        ("send_after: 5m", "send_after: 0s", "schedules.emea.handover.send_after"),
        ("handover: {send_after: 5m}", "handover: later", "schedules.emea.handover"),
        ("start: true", "start: maybe", "schedules.emea.shift_notice.start"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(was: str, wrong: str, field: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_text(HOUSE.replace(was, wrong), "livedesk.yaml")

    assert field in str(refused.value)
