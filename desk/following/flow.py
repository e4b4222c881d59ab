"""What a chat platform shows of a shift: a user group whose members are those on call, a topic that names them.

What should be shown is written as a row; a platform's edge shows it, as often as it takes, and only the newest counts.
A due row looks again at every change of the shift, and every few minutes for what was changed in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from desk.following import topic
from desk.messages import Message, Paragraph, Text
from desk.moment import Moment
from desk.oncall.current import current
from desk.oncall.model import Schedule
from desk.oncall.resolve import Answer, upcoming, who
from desk.outbox.flow import say
from desk.words import Tongue, tongue
from store import due, shifts

KIND = "follow"  # of the due row; its ref is the schedule
LOOK_AGAIN = timedelta(minutes=5)
USER_GROUP, TOPIC = "user_group", "channel_topic"


def plan(moment: Moment) -> None:
    """Look at every schedule that is followed, now; what failed before is tried again."""
    shifts.try_again(moment.connection, moment.workspace, moment.wall)
    for name in moment.configuration.schedules:
        changed(moment, name)


def changed(moment: Moment, schedule: str) -> None:
    """A schedule may have another person on call than a moment ago: an override, a swap, leave."""
    known = moment.configuration.schedules.get(schedule)
    if known is not None and known.follow is not None:
        waiting = due.waiting_row(moment.connection, moment.workspace, KIND, schedule)
        due.put(moment.connection, moment.workspace, KIND, schedule, moment.now, waiting.payload if waiting else {})


def follow(moment: Moment, ref: str, payload: Mapping[str, Any]) -> None:
    """Write what should be shown now, and look again at the next change."""
    known = moment.configuration.schedules.get(ref)
    if known is None or known.follow is None:
        return
    schedule = current(moment, ref)
    answer = who(schedule, moment.now)
    kept = False
    if known.follow.user_group is not None:
        kept = not _want_members(moment, ref, known.follow.user_group, answer)
        if kept and not payload.get("kept"):
            _tell_of_kept(moment, ref, answer)
    if known.follow.channel_topic is not None:
        target = known.follow.channel_topic
        said = topic.part(ref, _named(moment, schedule, answer, _tongue_of(moment, target)))
        _want(moment, ref, TOPIC, target, said)
    again = min(_next_change(schedule, answer, moment.now), moment.now + LOOK_AGAIN)
    due.put(moment.connection, moment.workspace, KIND, ref, again, {"kept": True} if kept else {})


def failed(moment: Moment, one: shifts.Followed, reason: str) -> None:
    """A platform will never show this as it is: an admin has to know."""
    t = tongue("en")
    what = t("user group") if one.kind == USER_GROUP else t("channel topic")
    headline = t("The {what} of {schedule} could not be set", what=what, schedule=one.schedule)
    _tell_admins(moment, headline, f"{one.target}: {reason}")


def _want_members(moment: Moment, name: str, target: str, answer: Answer) -> bool:
    """Whether anybody could be named: a user group cannot be empty, so it keeps its last members else."""
    platform = target.partition(":")[0]
    people = [moment.configuration.people[person] for person in answer.people if person in moment.configuration.people]
    accounts = [person.contacts[platform] for person in people if platform in person.contacts]
    if not accounts:
        return False
    _want(moment, name, USER_GROUP, target, accounts)
    return True


def _want(moment: Moment, name: str, kind: str, target: str, wanted: str | Sequence[str]) -> None:
    shifts.want(moment.connection, moment.workspace, name, kind, target, wanted, moment.now, moment.wall)


def _tell_of_kept(moment: Moment, name: str, answer: Answer) -> None:
    t = tongue("en")
    reason = (
        t("Nobody who is on call has an account there: {people}.", people=t.listed(list(answer.people)))
        if answer.oncall
        else t("Nobody is on call: {why}.", why=answer.why)
    )
    _tell_admins(moment, t("The user group of {schedule} keeps its last members", schedule=name), reason)


def _tell_admins(moment: Moment, headline: str, reason: str) -> None:
    if moment.configuration.admin_channel is None:
        return
    message = Message(kind="notice", headline=headline, parts=(Paragraph((Text(reason),)),))
    say(moment, moment.channel(moment.configuration.admin_channel), message)


def _named(moment: Moment, schedule: Schedule, answer: Answer, t: Tongue) -> str:
    """`Ana Weber until Mon 9 Mar 09:00 (Berlin)`: a topic is read days later, so the day is always there."""
    place = schedule.zone.key.rpartition("/")[2].replace("_", " ")
    names = [
        moment.configuration.people[person].name if person in moment.configuration.people else person
        for person in answer.people
    ]
    until = min((until for _, until in answer.oncall if until is not None), default=None)
    if not names:
        following = upcoming(schedule, moment.now)
        if not following:
            return t("nobody")
        at = t.day_time(following[0].start, schedule.zone)
        return t("nobody until {at} ({place})", at=at, place=place)
    if until is None:
        return t.listed(names)
    at = t.day_time(until, schedule.zone)
    return t("{people} until {at} ({place})", people=t.listed(names), at=at, place=place)


def _next_change(schedule: Schedule, answer: Answer, now: datetime) -> datetime:
    ends = [until for _, until in answer.oncall if until is not None]
    return min([*ends, *(row.start for row in upcoming(schedule, now))], default=now + LOOK_AGAIN)


def _tongue_of(moment: Moment, channel: str) -> Tongue:
    teams = moment.configuration.teams.values()
    return tongue(next((team.locale for team in teams if channel in team.channels), "en"))
