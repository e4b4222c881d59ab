"""Muting complaints of a show and category, or one page by hand, until some instant, and what happens at that instant.

A rise under a mute is an incident like any other, with its number and its record, only nobody is told: it has no card,
and nobody is paged. The end of a mute is a row with a due time, written in the transaction that muted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from desk.configuration.model import Team
from desk.incidents import said as answers
from desk.incidents import showing, signals
from desk.incidents.rules import LIVEDESK, MANUAL, OVER
from desk.incidents.said import Answer
from desk.messages import Command, Message, Paragraph, Span, Text, When
from desk.moment import Moment
from desk.mutes import rules
from desk.mutes.rules import LAPSE, Length
from desk.oncall import flow as oncall
from desk.outbox.flow import say
from desk.signals import is_signal
from desk.words import Tongue, category_name
from store import due, incidents, mutes
from store.incidents import Incident, Scope
from store.mutes import Mute

MOST_MISSED = 5  # named one by one when a mute ends


def begin(
    moment: Moment, show: str | None, category: str, length: Length, who: str, incident: int | None = None
) -> Mute:
    """Mute complaints of `category` in a show (None: in every one), or one `incident` of them alone. A mute of the same
    is replaced."""
    planned = moment.configuration.shows.get(show or "")
    older = mutes.of_scope(moment.connection, moment.workspace, show, category, incident)
    made = mutes.begin(
        moment.connection,
        workspace=moment.workspace,
        show=show,
        category=category,
        muted_at=moment.now,
        muted_by=who,
        until=rules.end_of(moment.now, length, planned.ends_at if planned else None),
        with_show=length.lasting is None,
        incident=incident,
    )
    mute = mutes.get(moment.connection, moment.workspace, made)
    assert mute is not None
    due.put(moment.connection, moment.workspace, LAPSE, str(made), mute.until)
    for one in older:
        _close(moment, one, who)
        for row in incidents.silenced(moment.connection, one.id):
            incidents.note(moment.connection, row.id, muted=made)
    for row in incidents.open_ones(moment.connection, moment.workspace, show):
        if row.category == category and incident in (None, row.id):
            _silence(moment, row, mute, who)
    return mute


def _silence(moment: Moment, row: Incident, mute: Mute, who: str) -> None:
    """No more pages for what is open already; its card says until when."""
    longest = mutes.over(moment.connection, moment.workspace, row.show, row.category, moment.now, row.id) or mute
    incidents.note(moment.connection, row.id, muted=longest.id)
    oncall.stop(moment, row.id, acknowledged_by=None)
    detail = {"mute": mute.id, "until": mute.until.isoformat()}
    incidents.record(moment.connection, row.id, moment.now, who, "muted", detail)
    t, team = showing.voice(moment, row)
    until = t.day_time(mute.until, team.zone) if team else t("{at} UTC", at=t.day_time(mute.until, showing.UTC))
    showing.say_history(moment, row, t("Muted until {until} by", until=until), who)
    showing.show_card(moment, row.id, rich=True)


# ── ending ───────────────────────────────────────────────────────────────────────────────────────────────────────


def lapse(moment: Moment, mute: int) -> None:
    """The time of a mute is over."""
    end(moment, mute, LIVEDESK)


def show_ended(moment: Moment, show: str) -> None:
    """What was muted until the show ends."""
    for mute in mutes.with_show(moment.connection, moment.workspace, show):
        end(moment, mute.id, LIVEDESK)


def end(moment: Moment, number: int, who: str) -> bool:
    """End a mute: tell of what still goes on, page for it, and say what was missed; False when it had ended."""
    mute = mutes.get(moment.connection, moment.workspace, number)
    if mute is None or not _close(moment, mute, who):
        return False
    missed = []
    for row in incidents.silenced(moment.connection, mute.id):
        other = mutes.over(moment.connection, moment.workspace, row.show, row.category, moment.now, row.id)
        incidents.note(moment.connection, row.id, muted=other.id if other else None)
        if other is not None:
            continue
        if row.state not in OVER:
            _go_on(moment, row, mute, who)
        elif row.resolved_by == LIVEDESK:
            missed.append(row)
    _tell_missed(moment, mute, missed)
    return True


def give_way(moment: Moment, row: Incident, who: str) -> None:
    """Somebody else pages for what was muted for another: that mute ends, without paging anybody by itself."""
    mute = mutes.get(moment.connection, moment.workspace, row.muted) if row.muted is not None else None
    if mute is None or mute.incident != row.id or not _close(moment, mute, who):
        return
    other = mutes.over(moment.connection, moment.workspace, row.show, row.category, moment.now)
    was = [mute.muted_at.isoformat(), moment.now.isoformat(), mute.muted_by]
    why = {**row.why, "was_muted": was}
    incidents.note(moment.connection, row.id, muted=other.id if other else None, why=why, updated_at=moment.now)
    incidents.record(moment.connection, row.id, moment.now, who, "unmuted", {"mute": mute.id})
    t, _ = showing.voice(moment, row)
    showing.say_history(moment, row, t("The mute ends: it was for what was asked before. Paged again by"), who)


def _close(moment: Moment, mute: Mute, who: str) -> bool:
    due.cancel(moment.connection, moment.workspace, LAPSE, str(mute.id), moment.now)
    return mutes.end(moment.connection, mute.id, moment.now, who)


def _go_on(moment: Moment, row: Incident, mute: Mute, who: str) -> None:
    """The mute is over and the incident is not: shown now, and paged as if it had just begun."""
    was = [mute.muted_at.isoformat(), moment.now.isoformat(), mute.muted_by]
    incidents.note(
        moment.connection, row.id, why={**row.why, "was_muted": was}, step_round=0, step=0, updated_at=moment.now
    )
    incidents.record(moment.connection, row.id, moment.now, who, "unmuted", {"mute": mute.id})
    shown_before = row.card is not None
    showing.show_card(moment, row.id, rich=shown_before, choose_samples=True)
    t, _ = showing.voice(moment, row)
    # Somebody may have it in hand, and it may have calmed down meanwhile.
    rising = any(scope.open and scope.calm_at is None for scope in incidents.scopes(moment.connection, row.id))
    if who == LIVEDESK:
        said = t("The mute has ended, and it still goes on.") if rising else t("The mute has ended.")
        showing.say_history(moment, row, said, None)
    else:
        said = t("It still goes on. Unmuted by") if rising else t("Unmuted by")
        showing.say_history(moment, row, said, who)
    if row.state == "open" and not row.why.get("stale"):
        oncall.begin(moment, row.id)
        showing.show_card(moment, row.id, rich=shown_before)


def _tell_missed(moment: Moment, mute: Mute, missed: Sequence[Incident]) -> None:
    """One line for each team that would have heard of it."""
    by_team: dict[str | None, list[Incident]] = defaultdict(list)
    for row in missed:
        by_team[row.team].append(row)
    for rows in by_team.values():
        t, team = showing.voice(moment, rows[0])
        where = showing.destination(moment, team)
        if where is not None:
            say(moment, where, _missed(moment, mute, rows, team, t))


def _missed(moment: Moment, mute: Mute, rows: Sequence[Incident], team: Team | None, t: Tongue) -> Message:
    category = category_name(t, mute.category)
    headline = (
        t("Missed while {category} was muted: {n} rises, all over", category=category, n=len(rows))
        if len(rows) > 1
        else t("Missed while {category} was muted: one rise, and it is over", category=category)
    )
    spans: list[Span] = []
    for row in rows[:MOST_MISSED]:
        scopes = incidents.scopes(moment.connection, row.id)
        markets = t.listed([showing.market_name(moment, scope.market) for scope in scopes])
        said = _how_big(row, scopes, t)
        spans += [
            Text(("; " if spans else "") + f"{markets} "),
            When(row.reopened_at or row.began_at),
            Text("–"),
            When(row.resolved_at or moment.now),
            Text(f" {said} (" if said else " ("),
            Command(f"/live incidents {row.id}"),
            Text(")"),
        ]
    if len(rows) > MOST_MISSED:
        spans.append(Text("; " + t("and {n} more", n=len(rows) - MOST_MISSED)))
    return Message(
        kind="notice",
        headline=headline,
        parts=(Paragraph(tuple(spans)),),
        locale=str(t.locale),
        zone=str(team.zone) if team else "UTC",
    )


def _how_big(row: Incident, scopes: Sequence[Scope], t: Tongue) -> str:
    """The highest rate of complaints, or what a signal was; '' where nothing is known."""
    if is_signal(row.category):
        own = next((scope for scope in scopes if scope.category == row.category), None)
        return signals.figures(t, row.category, signals.of_scope(row.why, own.market, own.category)) if own else ""
    peak = max((scope.peak for scope in scopes if not is_signal(scope.category)), default=0.0)
    return t("{rate} complaints a minute at the highest", rate=t.number(peak))


# ── buttons ──────────────────────────────────────────────────────────────────────────────────────────────────────


def act(moment: Moment, incident: int, verb: str, who: str, t: Tongue, version: int | None = None) -> Answer:
    """Mute or unmute what an incident is about. `version` is the state that the person saw."""
    row = incidents.get(moment.connection, moment.workspace, incident)
    if row is None:
        return Answer(t("Incident {number} is not known here any more.", number=incident), False)
    if row.state in OVER:
        return Answer(answers.over(moment, row, t), False)
    if version is not None and version != row.version:
        return Answer(answers.moved_on(moment, row, t), False)
    if verb == rules.UNMUTE:
        if row.muted is None or not end(moment, row.muted, who):
            return Answer(t("It is not muted."), False)
        return Answer(t("Unmuted: what comes now is told again."), True)
    # A page by hand is one person's call: muting it silences nobody else's, and none about something else.
    alone = row.id if row.category == MANUAL else None
    mute = begin(moment, row.show, row.category, Length(rules.CHOICES[verb]), who, alone)
    team = moment.configuration.teams.get(row.team or "")
    until = t.day_time(mute.until, team.zone if team else showing.UTC)
    return Answer(t("Muted until {until}. It is still recorded: see /live mutes.", until=until), True)
