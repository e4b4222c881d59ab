"""Do-not-disturb, as chat platforms tell it: shown where somebody is paged, and trusted for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from desk.moment import Moment
from desk.oncall.current import current
from desk.oncall.resolve import upcoming, who
from desk.words import Tongue
from store import shifts

STALE = timedelta(hours=2)  # what was read longer ago says nothing of now
SOON = timedelta(hours=12)  # people who come on call so soon are asked about, too


def silent_until(moment: Moment, people: Iterable[str]) -> dict[str, datetime]:
    """Until when each of these people has do-not-disturb on, those who have it on alone."""
    accounts = {
        account: person
        for person in people
        if person in moment.configuration.people
        and (account := moment.configuration.people[person].contacts.get(moment.platform))
    }
    found = shifts.disturbances_of(
        moment.connection, moment.workspace, moment.platform, list(accounts), moment.now - STALE
    )
    return {
        accounts[one.account]: one.ends_at
        for one in found.values()
        if one.starts_at is not None and one.ends_at is not None and one.starts_at <= moment.now < one.ends_at
    }


def words(moment: Moment, person: str, until: datetime, t: Tongue) -> str:
    """`Ana Weber has do-not-disturb on in Slack until 07:00 (Berlin): …`."""
    known = moment.configuration.people[person]
    return t(
        "{person} has do-not-disturb on in {platform} until {at}: pages may stay silent on their phone",
        person=known.name,
        platform=moment.platform.capitalize(),
        at=t.local_time(until, known.zone, moment.now),
    )


def coming(moment: Moment, ahead: timedelta = SOON) -> list[str]:
    """Everybody who is on call, or comes on call within `ahead`, in any schedule."""
    found: dict[str, None] = {}
    for name in moment.configuration.schedules:
        schedule = current(moment, name)
        found |= dict.fromkeys(who(schedule, moment.now).people)
        rows = upcoming(schedule, moment.now, count=4)
        found |= {row.person: None for row in rows if row.person is not None and row.start <= moment.now + ahead}
    return list(found)
