"""Highlights while a show is live: a few representative comments per team, never the same twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from desk.configuration.model import Team
from desk.incidents.why import segment_at, title_of
from desk.messages import Message, Paragraph, Part, Quote, Text
from desk.moment import Moment
from desk.outbox.flow import say
from desk.picking import candidates, pick
from desk.words import Tongue, tongue
from store import due, readings, reports, watching
from store.readings import Spoken

KIND = "highlights"
MOST, LEAST = 5, 2
STILL_LIVE = timedelta(minutes=3)
BEFORE_IT = 10  # seconds: viewers write of what they have just seen


def plan(moment: Moment, show: str) -> None:
    """Plan the first highlights of a live show, for every team that wants some."""
    for team in moment.configuration.teams.values():
        if team.highlights_every is not None and team.channels:
            due.plan_once(
                moment.connection,
                moment.workspace,
                KIND,
                f"{team.key}|{show}",
                moment.now + team.highlights_every,
            )


def look(moment: Moment, ref: str) -> list[Spoken]:
    """The comments since the last highlights that a team is to see; nothing is written."""
    team_key, _, show = ref.partition("|")
    team = moment.configuration.teams.get(team_key)
    if team is None or team.highlights_every is None or not team.channels:
        return []
    start = moment.now - team.highlights_every
    said = readings.spoken(
        moment.connection, moment.workspace, start, moment.now, show=show, markets=team.markets, limit=1500
    )
    shown = reports.already_highlighted(moment.connection, moment.workspace, team.key, show)
    by_ref = {(one.day, one.event): one for one in said}
    return [by_ref[one.ref] for one in pick(candidates(said, moment.configuration), MOST, already=shown)]


def tell(moment: Moment, ref: str, picked: Sequence[Spoken]) -> None:
    """Post a team's highlights, as `look` has found them, and plan the next while the show goes on."""
    team_key, _, show = ref.partition("|")
    team = moment.configuration.teams.get(team_key)
    if team is None or team.highlights_every is None or not team.channels:
        return
    if len(picked) >= LEAST:
        _post(moment, team, show, picked)
        refs = [(one.day, one.event) for one in picked]
        reports.keep_highlighted(moment.connection, moment.workspace, team.key, show, refs, moment.now)
    if _still_live(moment, show):
        due.put(moment.connection, moment.workspace, KIND, ref, moment.now + team.highlights_every)


def _post(moment: Moment, team: Team, show: str, picked: Sequence[Spoken]) -> None:
    t = tongue(team.locale)
    questions = sum(one.intent == "question" for one in picked)
    headline = (
        t("What viewers ask and say · {show}", show=title_of(moment, show))
        if questions
        else t("What viewers say · {show}", show=title_of(moment, show))
    )
    parts: list[Part] = []
    for one in picked:
        note, link = note_of(moment, one, t), link_of(moment, one)
        parts.append(Quote(one.day, one.event, team.language, note, link))
    if not questions:
        parts.insert(0, Paragraph((Text(t("No questions in these minutes.")),)))
    message = Message(
        kind="highlights",
        headline=headline,
        parts=tuple(parts),
        footer=(Text(t("Chosen to represent what was said and to differ from each other.")),),
        locale=team.locale,
        zone=str(team.zone),
    )
    say(moment, moment.channel(team.channels[0]), message, rich=False)


def note_of(moment: Moment, one: Spoken, t: Tongue) -> str:
    """Where and when it was said: minute of the show, market, segment or product."""
    notes = []
    planned = moment.configuration.shows.get(one.show or "")
    if planned is not None and planned.starts_at is not None:
        notes.append(t("minute {n}", n=int((one.at - planned.starts_at).total_seconds() // 60)))
    market = moment.configuration.markets.get(one.market or "")
    if market is not None:
        notes.append(market.name)
    segment = segment_at(moment, one.show or "", one.at)
    if segment is not None:
        notes.append(segment.title)
    elif one.product:
        notes.append(one.product)
    return " · ".join(notes)


def link_of(moment: Moment, one: Spoken) -> str:
    """Where the moment at which it was said can be watched; empty when the show's recording is not known."""
    planned = moment.configuration.shows.get(one.show or "")
    if planned is None or not planned.recording or planned.starts_at is None or one.at < planned.starts_at:
        return ""
    seconds = max(0, int((one.at - planned.starts_at).total_seconds()) - BEFORE_IT)
    return planned.recording.replace("{seconds}", str(seconds))


def _still_live(moment: Moment, show: str) -> bool:
    watched = watching.of_show(moment.connection, moment.workspace, show)
    return watched is not None and moment.now - datetime.fromtimestamp(watched.newest, UTC) <= STILL_LIVE
