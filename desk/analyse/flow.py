"""The analyst: a batch of events becomes readings, roll-ups, verdicts and incidents, in one transaction.

The cursor moves in that same transaction, so a batch that is done twice changes nothing and one that fails is done
again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from analytics.emotion import is_emoji_alone, satisfaction
from analytics.reading import Reading, Said
from analytics.rollups import Counted, roll_up
from analytics.understand import Understanding
from analytics.vocabulary.teams import NOTHING, TeamWords
from desk.analyse import cells, minutes
from desk.analyse.earlier import Earlier, Viewer
from desk.highlights import flow as highlights
from desk.intake.event import SPOKEN
from desk.moment import Moment
from desk.watch import flow as watch
from desk.watch import rules as watch_rules
from desk.watch.stragglers import Patience
from store import events, readings, rollups, watching
from store.events import StoredEvent

CONSUMER = "analyst"
BATCH = 500  # events; about 150 ms of work


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did. `closed`: some ticks were. `more`: there is more to do at once. `next_close`: when the next
    tick can be closed."""

    taken: int
    closed: bool
    more: bool
    next_close: datetime | None


class Analyst:
    """Works through the bus. One at a time per workspace: it holds the lease whose fencing number is `fence`."""

    def __init__(self, understanding: Understanding) -> None:
        self._understanding = understanding
        self._watched = watch.Memory()
        self._ticks = cells.Memory()
        self._earlier = Earlier()
        self._debts = minutes.Debts()

    def warm_up(self, languages: Iterable[str], words: Iterable[TeamWords] = ()) -> None:
        """Load what reading texts in these languages needs, a second or two, before a show has to wait for it.

        `words` are the team's own, of each market.
        """
        spoken = list(languages)
        for own in dict.fromkeys((NOTHING, *words)):
            self._understanding.knowing(own).warm(spoken)

    def patience(self, least: timedelta) -> Patience:
        """For `commit`: as its shows' events have lately needed, `least` or more."""
        return self._watched.stragglers.patience(least)

    def fetch(self, connection: Connection, workspace: int) -> tuple[int, list[StoredEvent]]:
        since = events.position(connection, CONSUMER)
        return since, events.after(connection, workspace, since, BATCH)

    def understand(
        self,
        batch: Sequence[StoredEvent],
        languages: Mapping[str, tuple[str, ...]],
        words: Mapping[str, TeamWords] | None = None,
    ) -> dict[int, Reading]:
        """Readings of what was said, by event id.

        `languages` are those that are likely in each market, `words` the team's own for each, under "" for a market
        that is not named.
        """
        if not batch:
            return {}
        self._earlier.begin(batch[0].id)
        own = words or {}
        by_words: dict[TeamWords, list[StoredEvent]] = {}
        for one in batch:
            if one.kind in SPOKEN and one.text:
                market = one.market or ""
                by_words.setdefault(own.get(market) or own.get("", NOTHING), []).append(one)
        understood: dict[int, Reading] = {}
        for known, spoken in by_words.items():
            said = [self._said(one, languages.get(one.market or "", ())) for one in spoken]
            readings = self._understanding.knowing(known).read(said)
            understood |= {one.id: reading for one, reading in zip(spoken, readings, strict=True)}
        told = ((_viewer(one), understood[one.id].lang) for one in batch if one.id in understood)
        self._earlier.note(((viewer, lang) for viewer, lang in told if viewer is not None), batch[-1].id)
        return understood

    def _said(self, one: StoredEvent, market_languages: tuple[str, ...]) -> Said:
        viewer = _viewer(one)
        return Said(one.text or "", one.lang, market_languages, self._earlier.of(viewer) if viewer else ())

    def commit(
        self,
        moment: Moment,
        since: int,
        batch: Sequence[StoredEvent],
        understood: dict[int, Reading],
        fence: int,
        patience: Patience,
        read_until: datetime | None = None,
    ) -> Step:
        """Write all that follows from a batch, which may be empty: ticks close by the clock too.

        `read_until` is when the batch was fetched, by the clock: what came after that is not in it, so no tick is
        judged that it might belong to. A full batch is read until its last event alone, because more waits behind it.
        `patience` says how long a tick waits for its stragglers.
        """
        connection, workspace = moment.connection, moment.workspace
        if batch:
            events.advance(connection, CONSUMER, since, batch[-1].id, fence)
            readings.keep(
                connection, [_row(workspace, one, understood[one.id]) for one in batch if one.id in understood]
            )
            self._roll_up(moment, since, batch, understood)
            self._note_shows(moment, batch)
            self._watched.heard.add(since, batch)
            self._watched.said.add(since, batch, understood)
            self._watched.stragglers.add((one.show, _lag(one)) for one in batch if one.show)
        is_full = len(batch) == BATCH
        told_until = batch[-1].received_at if is_full else read_until or moment.now
        advanced = watch.advance(moment, patience, told_until, self._watched)
        if advanced.closed is not None:
            if not batch:
                events.hold(connection, CONSUMER, fence)  # closing ticks, too, is for the holder of the lease alone
            self._debts.owe(advanced.closed)
            self._watched.stragglers.over(advanced.closed.show)
        return Step(
            taken=len(batch),
            closed=advanced.closed is not None,
            more=is_full or advanced.more,
            next_close=watch.next_close(advanced.live, patience),
        )

    @property
    def owes(self) -> bool:
        """Whether minutes and hours are to be derived."""
        return self._debts.left

    def derive(self, connection: Connection, workspace: int) -> minutes.Derived:
        """Work out some of the minutes and hours that are owed; `settle` writes them. No batch may come in between.

        Units of their own, as no alarm is to wait for them.
        """
        return self._debts.derive(connection, workspace)

    def settle(self, connection: Connection, workspace: int, fence: int, derived: minutes.Derived) -> None:
        events.hold(connection, CONSUMER, fence)
        self._debts.settle(connection, workspace, derived)

    def _roll_up(
        self, moment: Moment, since: int, batch: Sequence[StoredEvent], understood: dict[int, Reading]
    ) -> None:
        by_show: dict[str, list[Counted]] = {}
        for one in batch:
            by_show.setdefault(one.show or "", []).append(_counted(one, understood.get(one.id)))
        self._ticks.begin(since)
        for show, counted in by_show.items():
            fresh = roll_up(counted, seconds=rollups.TICK)
            starts = {key.start for key in fresh}
            missing = self._ticks.missing(show, starts)
            if missing:
                first, last = min(missing), max(missing)
                stored = rollups.load(
                    moment.connection, moment.workspace, rollups.TICK, show, first, last + rollups.TICK
                )
                self._ticks.learn(show, missing, cells.from_rows(stored))
            rollups.save(moment.connection, moment.workspace, rollups.TICK, cells.to_rows(self._ticks.add(show, fresh)))
            minutes.add_late(moment.connection, moment.workspace, show, fresh)
        self._ticks.end(batch[-1].id)

    def _note_shows(self, moment: Moment, batch: Sequence[StoredEvent]) -> None:
        spans: dict[str, tuple[int, int, int]] = {}
        for one in batch:
            at, received = int(one.at.timestamp()), int(one.received_at.timestamp())
            oldest, newest, heard = spans.get(one.show or "", (at, at, received))
            spans[one.show or ""] = (min(oldest, at), max(newest, at), max(heard, received))
        begun = watch.touch(moment, spans)
        for show, (oldest, newest, heard) in spans.items():
            if show:
                planned = moment.configuration.shows.get(show)
                watching.see_show(
                    moment.connection,
                    moment.workspace,
                    show,
                    planned.title if planned else show,
                    datetime.fromtimestamp(oldest, UTC),
                    datetime.fromtimestamp(newest, UTC),
                )
                if show in begun and heard - newest <= watch_rules.LIVE_FOR[watch_rules.TICK]:
                    highlights.plan(moment, show)


def _lag(one: StoredEvent) -> float:
    """Seconds from when it happened to when it was received."""
    return (one.received_at - one.at).total_seconds()


def _viewer(one: StoredEvent) -> Viewer | None:
    return (one.show or "", one.viewer) if one.viewer else None


def _counted(one: StoredEvent, reading: Reading | None) -> Counted:
    lang, sentiment = None, None
    if reading is not None:
        lang = rollups.NO_WORDS if is_emoji_alone(one.text or "") else reading.lang
        sentiment = reading.sentiment
    elif one.kind == "emotion" and one.value is not None:
        sentiment = float(one.value)
    elif one.kind == "satisfaction":
        sentiment = satisfaction(one.value, one.scale)
    return Counted(
        at=one.at,
        show=one.show,
        market=one.market,
        lang=lang,
        product=one.product,
        kind=one.kind,
        category=reading.category if reading else None,
        intent=reading.intent if reading else None,
        sentiment=sentiment,
        value=one.value,
        currency=one.currency,
        viewer_hash=int.from_bytes(one.viewer[:8], "big") if one.viewer else None,
    )


def _row(workspace: int, one: StoredEvent, reading: Reading) -> dict[str, object]:
    return {
        "day": one.day,
        "event": one.id,
        "model": reading.model,
        "workspace": workspace,
        "lang": reading.lang,
        "sentiment": reading.sentiment,
        "label": reading.label,
        "intent": reading.intent,
        "intent_confidence": reading.intent_confidence,
        "category": reading.category,
        "categories": [
            {"name": found.name, "confidence": found.confidence, "why": list(found.why)} for found in reading.categories
        ],
        "redacted": reading.redacted,
    }
