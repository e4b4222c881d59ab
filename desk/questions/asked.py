"""What viewers of a show asked: one question however it was put, how many stand behind it, and whether it was answered.

Two things count as an answer: a reply that the shop wrote to one of those who asked, and somebody's word that it was
said on air. Both hold for everything that is one question with it, also when the clusters are made anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from analytics.highlights import Candidate
from analytics.questions import QuestionCluster, cluster
from analytics.silent import Silent, silent_viewers
from analytics.sketch import DistinctSketch, merged
from desk.intake.event import SPOKEN
from desk.moment import Moment
from desk.questions.asking import MeantShow
from desk.words import Tongue
from store import asked, rollups
from store.asked import Question, Ref

# Asked in one show at most, in the order of arrival: past that, what is asked new is no longer clustered. 5 s of work.
MOST_ASKED = 10_000
_MINUTE = timedelta(minutes=1)
_MOST_LANGUAGES = 3  # named, those in which most asked


@dataclass(frozen=True, slots=True)
class Answered:
    """`since` counts the viewers who asked all the same afterwards; `actor` is None for a reply."""

    how: Literal["on_air", "reply"]
    at: datetime
    actor: str | None
    since: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `silent` is None when it is not known how many were there."""

    show: str | None
    cluster: QuestionCluster
    silent: Silent | None
    answered: Answered | None


def of_show(moment: Moment, show: MeantShow, markets: Sequence[str] = ()) -> list[Asked]:
    """What was asked in a show so far, most viewers first; in `markets` alone when any are given."""
    if show.first is None or show.last is None:
        return []
    start, end = datetime.fromtimestamp(show.first, UTC), datetime.fromtimestamp(show.last, UTC) + timedelta(seconds=1)
    return _asked(moment, show.key, start, end, markets)


def of_no_show(moment: Moment, start: datetime, end: datetime, markets: Sequence[str] = ()) -> list[Asked]:
    """What was asked in [start, end) outside of every show: in reviews and support messages, say."""
    return _asked(moment, None, start, end, markets)


def between(
    moment: Moment, show: str | None, start: datetime, end: datetime, markets: Sequence[str], most: int
) -> list[Asked]:
    """What was asked in [start, end), in a show or (None) outside of every one: of the first `most` questions."""
    return _asked(moment, show, start, end, markets, most)


def _asked(
    moment: Moment, show: str | None, start: datetime, end: datetime, markets: Sequence[str], most: int = MOST_ASKED
) -> list[Asked]:
    connection, workspace = moment.connection, moment.workspace
    questions = asked.questions(connection, workspace, show, start, end, markets=markets, limit=most)
    clusters = cluster([_candidate(one) for one in questions])
    if not clusters:
        return []
    answers = _answers(moment, show, start, end, questions)
    writers = viewers = None
    if show is not None:
        writers = asked.writers(connection, workspace, show, start, end, sorted(SPOKEN), markets)
        viewers = present(moment, show, start, end, markets)
    by_ref = {one.ref: one for one in questions}
    told = []
    for one in clusters:
        silent = None if writers is None else silent_viewers(one.viewers, max(writers, one.viewers), viewers)
        told.append(Asked(show, one, silent, _answered([by_ref[ref] for ref in one.members], answers)))
    return told


def _candidate(one: Question) -> Candidate:
    return Candidate(one.ref, one.redacted, one.lang, one.intent, one.sentiment, one.viewer, one.at)


def _answers(
    moment: Moment, show: str | None, start: datetime, end: datetime, questions: Sequence[Question]
) -> Mapping[Ref, tuple[datetime, str | None]]:
    """When each question was answered and by whom (None: by a reply), the earliest answer of each."""
    answers: dict[Ref, tuple[datetime, str | None]] = {}
    for mark in asked.marks(moment.connection, moment.workspace, show):
        answers.setdefault((mark.day, mark.event), (mark.at, mark.actor))
    of_handle: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for one in questions:
        if one.reply_to is not None:
            of_handle[one.source, one.reply_to].append(one)
    for reply in asked.replies(moment.connection, moment.workspace, show, start, end, sorted(SPOKEN)):
        for one in of_handle.get((reply.source, reply.reply_to), ()):
            if reply.at >= one.at and (one.ref not in answers or reply.at < answers[one.ref][0]):
                answers[one.ref] = reply.at, None
    return answers


def _answered(members: Sequence[Question], answers: Mapping[Ref, tuple[datetime, str | None]]) -> Answered | None:
    found = [answers[one.ref] for one in members if one.ref in answers]
    if not found:
        return None
    at, actor = min(found, key=lambda answer: answer[0])
    since = {one.viewer or one.ref for one in members if one.at > at}
    return Answered("reply" if actor is None else "on_air", at, actor, len(since))


def present(moment: Moment, show: str, start: datetime, end: datetime, markets: Sequence[str] = ()) -> int | None:
    """How many viewers were there at least, over [start, end); None when no source tells.

    The largest of three that each can only be too low: different viewers who joined or whose players were heard;
    the most who had joined and not yet left; the most that the platforms counted at once.
    """
    begin = int(start.timestamp()) // 60 * 60
    until = int((end + _MINUTE).timestamp()) // 60 * 60
    where = (moment.connection, moment.workspace, show, begin, until)
    heard = [
        DistinctSketch.from_bytes(sketch)
        for market, sketch in rollups.sketches(*where, ("join", "leave", "heartbeat"))
        if not markets or market in markets
    ]
    known = [round(merged(heard).estimate())] if heard else []
    staying = most = 0
    for cell in rollups.counts(*where, kinds=("join", "leave"), every=60):
        if not markets or cell.market in markets:
            staying += cell.count if cell.kind == "join" else -cell.count
            most = max(most, staying)
    # Platforms count every few seconds or every minute, each in its own market: within a minute they are of one time.
    counted: dict[int, dict[str, float]] = defaultdict(dict)
    for at, market, mean in rollups.means(*where, "viewer_count"):
        if not markets or market in markets:
            minute = counted[at // 60]
            minute[market] = max(minute.get(market, 0.0), mean)
    return max([*known, most, *(round(sum(minute.values())) for minute in counted.values())]) or None


def answered_on_air(moment: Moment, question: Ref, who: str) -> bool | None:
    """Note that a question was; False when it was noted before, None when no such question is known."""
    show = asked.show_of(moment.connection, moment.workspace, question)
    if show is None:
        return None
    return asked.mark(moment.connection, moment.workspace, show[0], question, moment.now, who)


def take_back(moment: Moment, question: Ref) -> bool | None:
    """Forget that a question was answered on air; False when nobody had said so, None when it is not known."""
    if asked.show_of(moment.connection, moment.workspace, question) is None:
        return None
    return asked.unmark(moment.connection, moment.workspace, question)


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────


def note(one: Asked, t: Tongue, zone: ZoneInfo) -> str:
    """Who else would ask, and whether it was answered: the small print under the clearest wording."""
    return " · ".join(part for part in (silent(one, t), answer(one, t, zone)) if part)


def askers(one: Asked, t: Tongue) -> str:
    names = [t.language(code) for code in one.cluster.languages if code != "und"]
    if len(names) > _MOST_LANGUAGES + 1:
        names = [*names[:_MOST_LANGUAGES], t("{n} more languages", n=len(names) - _MOST_LANGUAGES)]
    languages = t.listed(names)
    if one.cluster.viewers == 1:
        return t("one viewer, in {languages}", languages=languages) if languages else t("one viewer")
    if not languages:
        return t("{n} viewers", n=one.cluster.viewers)
    return t("{n} viewers in {languages}", n=one.cluster.viewers, languages=languages)


def silent(one: Asked, t: Tongue) -> str:
    if one.silent is None or one.silent.high == 0:
        return ""
    values = {"n": t.number(one.silent.likely), "low": t.number(one.silent.low), "high": t.number(one.silent.high)}
    return t("about {n} more wonder silently ({low} to {high})", **values)


def answer(one: Asked, t: Tongue, zone: ZoneInfo) -> str:
    if one.answered is None:
        return t("not answered yet")
    at = t.time(one.answered.at, zone)
    said = (
        t("answered on air at {at}", at=at) if one.answered.how == "on_air" else t("answered by a reply at {at}", at=at)
    )
    if one.answered.since:
        said += ", " + t("asked by {n} since", n=one.answered.since)
    return said
