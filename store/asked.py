"""Who asked and who wrote in a show, what the shop replied, and what somebody says was answered on air."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select

from store.statements import upsert
from store.tables import answered, events, readings

Ref = tuple[date, int]

BY, SHOP = "by", "shop"  # `"attributes": {"by": "shop"}` marks what the shop itself wrote (docs/intake.md)
_BY_SHOP = func.coalesce(events.c.attributes[BY].as_string(), "") == SHOP


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was asked, redacted, with the handle by which its asker can be answered."""

    day: date
    event: int
    at: datetime
    viewer: bytes | None
    lang: str
    sentiment: float
    intent: str
    redacted: str
    source: str
    reply_to: str | None

    @property
    def ref(self) -> Ref:
        return self.day, self.event


@dataclass(frozen=True, slots=True)
class Reply:
    """What the shop wrote in answer to the comment with this handle."""

    source: str
    reply_to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """Somebody (a person's key, or `platform:name`) says that a question was answered on air."""

    day: date
    event: int
    at: datetime
    actor: str


def _of(workspace: int, show: str | None, start: datetime, end: datetime) -> list[ColumnElement[bool]]:
    return [
        events.c.workspace == workspace,
        events.c.show.is_(None) if show is None else events.c.show == show,
        events.c.at >= start,
        events.c.at < end,
    ]


def questions(
    connection: Connection,
    workspace: int,
    show: str | None,
    start: datetime,
    end: datetime,
    *,
    markets: Iterable[str] = (),
    limit: int,
) -> list[Question]:
    """What viewers asked in [start, end), in the order in which it arrived: the first `limit`.

    `show` None asks for what belongs to no show. What the shop asked itself is left out.
    """
    query = (
        select(
            readings.c.day,
            readings.c.event,
            events.c.at,
            events.c.viewer,
            readings.c.lang,
            readings.c.sentiment,
            readings.c.intent,
            readings.c.redacted,
            events.c.source,
            events.c.reply_to,
        )
        .select_from(readings.join(events, and_(events.c.day == readings.c.day, events.c.id == readings.c.event)))
        .where(*_of(workspace, show, start, end), readings.c.intent == "question", ~_BY_SHOP)
    )
    if markets := list(markets):
        query = query.where(events.c.market.in_(markets))
    query = query.order_by(readings.c.day, readings.c.event).limit(limit)
    return [Question(*tuple(row)) for row in connection.execute(query)]


def writers(
    connection: Connection,
    workspace: int,
    show: str,
    start: datetime,
    end: datetime,
    kinds: Sequence[str],
    markets: Iterable[str] = (),
) -> int:
    """How many different viewers wrote something (events of `kinds`) in [start, end); unknown ones count each."""
    query = select(func.count(events.c.viewer.distinct()), func.count() - func.count(events.c.viewer)).where(
        *_of(workspace, show, start, end), events.c.kind.in_(kinds), events.c.text.is_not(None), ~_BY_SHOP
    )
    if markets := list(markets):
        query = query.where(events.c.market.in_(markets))
    known, unknown = connection.execute(query).one()
    return int(known) + int(unknown)


def replies(
    connection: Connection, workspace: int, show: str | None, start: datetime, end: datetime, kinds: Sequence[str]
) -> list[Reply]:
    """What the shop replied to comments in [start, end), oldest first."""
    query = (
        select(events.c.source, events.c.reply_to, events.c.at)
        .where(*_of(workspace, show, start, end), events.c.kind.in_(kinds), events.c.reply_to.is_not(None), _BY_SHOP)
        .order_by(events.c.at)
    )
    return [Reply(*tuple(row)) for row in connection.execute(query)]


_MARK = upsert(lambda insert: insert(answered).on_conflict_do_nothing().returning(answered.c.event))


def mark(connection: Connection, workspace: int, show: str | None, ref: Ref, at: datetime, actor: str) -> bool:
    """Note that a question was answered on air; False when somebody had said so before."""
    row = {"workspace": workspace, "day": ref[0], "event": ref[1], "show": show or "", "at": at, "actor": actor}
    return connection.execute(_MARK(connection), row).one_or_none() is not None


def unmark(connection: Connection, workspace: int, ref: Ref) -> bool:
    """Take the note back; False when there was none."""
    gone = delete(answered).where(
        answered.c.workspace == workspace, answered.c.day == ref[0], answered.c.event == ref[1]
    )
    return bool(connection.execute(gone).rowcount)


def marks(connection: Connection, workspace: int, show: str | None) -> list[Mark]:
    """All such notes of a show (None: of what belongs to none), oldest first."""
    query = (
        select(answered.c.day, answered.c.event, answered.c.at, answered.c.actor)
        .where(answered.c.workspace == workspace, answered.c.show == (show or ""))
        .order_by(answered.c.at)
    )
    return [Mark(*tuple(row)) for row in connection.execute(query)]


def show_of(connection: Connection, workspace: int, ref: Ref) -> tuple[str | None] | None:
    """The show of an event of ours, in a tuple because it may have none; None when the event is not known."""
    query = select(events.c.show).where(events.c.workspace == workspace, events.c.day == ref[0], events.c.id == ref[1])
    row = connection.execute(query).one_or_none()
    return None if row is None else (row[0],)
