"""How an incident stood, kept in its thread: at the opening, when it worsened, and at the end.

The card is edited and only ever tells of now; after the show these tell how it went.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.incidents import card as cards
from desk.incidents import showing
from desk.incidents.rules import MANUAL
from desk.messages import Paragraph, Part, Quote, Severity, Text
from desk.moment import Moment
from desk.signals import is_signal
from desk.words import Tongue
from store import due, incidents
from store.incidents import Incident

KIND = "picture"  # of the due row
# The picture of the opening is no part of the transaction that alerts, and gives way to what is more urgent in its
# channel. No tick ends within it, so that the figures are still those of the opening.
GIVES_WAY = timedelta(seconds=4)
# In its first minute every rise doubles with every tick, and that is no news.
APART = timedelta(minutes=1)
HIGHER = 2.0  # times as high as in the last picture: worth another one
PICTURED, PICTURED_AT = "pictured", "pictured_at"  # in an incident's `why`: complaints a minute, and when


def plan_opening(moment: Moment, incident: int) -> None:
    due.put(moment.connection, moment.workspace, KIND, str(incident), moment.now + GIVES_WAY)


def opened(moment: Moment, incident: int) -> None:
    """With the samples of that moment, which a card that becomes a line among others does not show."""
    row = showing.get(moment, incident)
    t, team = showing.voice(moment, row)
    language = team.language if team else "en"
    _take(moment, row, t, t("How it stood at the opening"), samples_for=language)


def worsened(moment: Moment, incident: int, was: Severity, now_is: Severity) -> None:
    row = showing.get(moment, incident)
    if row.muted is not None:
        return
    t, _ = showing.voice(moment, row)
    _take(moment, row, t, t("Worse: {was} is now {now}", was=was, now=now_is))


def grown(moment: Moment, row: Incident) -> None:
    """Take a picture when it has become much higher than in the last one."""
    last, at = row.why.get(PICTURED), row.why.get(PICTURED_AT)
    if row.muted is not None or last is None or at is None or moment.now - datetime.fromisoformat(at) < APART:
        return
    if _peak(moment, row.id) < HIGHER * last:
        return
    t, _ = showing.voice(moment, row)
    _take(moment, row, t, t("Higher than before"))


def ended(moment: Moment, incident: int, said: str, who: str | None, at: datetime | None = None) -> None:
    """The last line of an incident, with the whole of it."""
    row = showing.get(moment, incident)
    t, _ = showing.voice(moment, row)
    minutes = round(((row.resolved_at or moment.now) - row.began_at) / timedelta(minutes=1))
    lasted = timedelta(minutes=max(1, minutes))
    # What viewers do about the same trouble is a scope too, and is not counted in complaints.
    scopes = [one for one in incidents.scopes(moment.connection, incident) if not is_signal(one.category)]
    summary = (
        ""
        if is_signal(row.category) or row.category == MANUAL
        else t(
            "{duration}, {peak} a minute at the highest, {complaints} complaints.",
            duration=t.duration(lasted),
            peak=t.number(sum(scope.peak for scope in scopes)),
            complaints=sum(scope.complaints for scope in scopes),
        )
    )
    _take(moment, row, t, said, who=who, at=at, summary=summary)


def _take(
    moment: Moment,
    row: Incident,
    t: Tongue,
    text: str,
    *,
    who: str | None = None,
    at: datetime | None = None,
    samples_for: str | None = None,
    summary: str = "",
) -> None:
    facts = showing.card_facts(moment, row, t)
    spans = (Text(summary),) if summary else cards.finding(facts, t)
    more: list[Part] = [Paragraph(spans)]
    if samples_for is not None:
        more += [Quote(day, event, samples_for) for day, event in facts.samples]
    showing.say_history(moment, row, text, who, at=at, more=more, chart=facts.chart)
    pictured = {PICTURED: max(_peak(moment, row.id), 1.0), PICTURED_AT: moment.now.isoformat()}
    incidents.note(moment.connection, row.id, why={**showing.get(moment, row.id).why, **pictured})


def _peak(moment: Moment, incident: int) -> float:
    return sum(scope.peak for scope in incidents.scopes(moment.connection, incident))
