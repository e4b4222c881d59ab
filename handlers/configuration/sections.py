"""Every section of `livedesk.yaml` but `schedules:`, and the file as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from desk.configuration.model import Market, Person, Segment, Show, Signal, Source, SuggestedAnswer, Team
from desk.oncall.model import WEEKDAYS
from desk.signals import SIGNALS
from handlers.configuration import words
from handlers.configuration.notify import NOTIFY, check_notify
from handlers.configuration.paging import GROUP, MARKET, POLICY, ROUTE, URGENCY, WINDOW, condition
from handlers.configuration.scalars import CONTACT, CONTACT_IDS, read_contact
from handlers.configuration.schedules import PERSON, SCHEDULE, SHIFT_NOTICE, WEEKDAY, end_after_start
from handlers.configuration.severities import SEVERITY
from handlers.configuration.shapes import Field, ListOf, NamedOf, Open, OrNothing, Record, Reference, Said
from handlers.configuration.vocabulary import CATEGORIES, Glossary, Vocabulary, content

MARKETS = ListOf(MARKET)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
REOPEN = words.duration(timedelta(0), _DAY)
# What belongs to no show is watched by the hour: less than two of them would end what still goes on.
EXPIRE = words.duration(timedelta(hours=2), 30 * _DAY)


# ── people, teams, markets ───────────────────────────────────────────────────────────────────────────────────────


# Of somebody who says none: low urgency waits for eight.
WORKING_DAY = (timedelta(hours=8), timedelta(hours=17))


def _day(start: timedelta, end: timedelta) -> tuple[timedelta, timedelta]:
    """When low urgency may reach somebody: from the start of their working hours to 22:00, or to their end if that is
    later."""
    return start, (end if end <= start else max(end, timedelta(hours=22)))


PEOPLE = Record(
    "person",
    {
        "name": Field(words.TITLE, "as shown; the key if left out"),
        "timezone": Field(words.ZONE, "where they live: their night, their morning, their holidays; UTC if left out"),
        "languages": Field(words.LANGUAGES, "what they read, best first"),
        "working_hours": Field(
            WINDOW,
            "their working hours on their own clock, 09:00 to 17:00 if left out; low urgency waits for their start",
        ),
        "country": Field(words.COUNTRY, "whose public holidays they have"),
        "contacts": Field(Open(read_contact, CONTACT_IDS, CONTACT), "their id on each platform, e-mail, webhook"),
        "notify": Field(NOTIFY, "how a page reaches them, and again; by chat at once, by all after 3m if left out"),
        "shift_notice": Field(SHIFT_NOTICE, "what they want to be told of their shifts, before what a schedule says"),
    },
    build=lambda said: Person(
        key=said.key,
        name=said.get("name", said.key),
        **said.given(
            zone="timezone",
            languages="languages",
            country="country",
            working_hours="working_hours",
            contacts="contacts",
            shift_notice="shift_notice",
            notify="notify",
        ),
        day=_day(*said.get("working_hours", WORKING_DAY)),
    ),
    check=check_notify,
)


def _check_team(said: Said) -> None:
    for person in said.get("viewers", ()):
        if person in said.get("leads", ()) or person in said.get("members", ()):
            said.refuse("viewers", f"{person} is a member or lead of the same team, who may change more than a viewer")


TEAM = Record(
    "team",
    {
        "name": Field(words.TITLE, "as shown; the key if left out"),
        "timezone": Field(words.ZONE, "its morning is when the digest comes", required=True),
        "locale": Field(words.one_of("en", "zh_CN"), "language of Livedesk's own words, en if left out"),
        "language": Field(words.LANGUAGE, "language into which viewers' words are translated, en if left out"),
        "channels": Field(ListOf(words.CHANNEL), "where it is told; the first one gets incidents"),
        "members": Field(ListOf(PERSON), "who belongs to it"),
        "leads": Field(ListOf(PERSON), "members who may change anybody's on-call shifts in its schedules from chat"),
        "viewers": Field(ListOf(PERSON), "who may look and change nothing; everybody else may change their own shifts"),
        "markets": Field(MARKETS, "the markets it looks after, all if left out"),
        "digest_at": Field(OrNothing(words.TIME), "local time of its digest, 09:00 if left out; null for none"),
        "digest_days": Field(
            ListOf(WEEKDAY, at_least=1, when_empty="names no day; for no digest write digest_at: null"),
            "days with a digest, every day if left out",
        ),
        "gaps_ahead": Field(
            OrNothing(words.duration(_DAY, 60 * _DAY)),
            "hours without anybody on call are announced in its morning so long before, 7d if left out; null for never",
        ),
        "highlights_every": Field(
            OrNothing(words.duration(timedelta(minutes=1), _DAY)),
            "at most one highlights message in this time, 10m if left out; null for none",
        ),
        "reopen_within": Field(
            REOPEN, "an incident that comes back so soon after its end goes on, on the same card; 20m if left out"
        ),
        "expire_after": Field(
            EXPIRE, "an incident that nobody resolved ends after so long without complaints; 12h if left out"
        ),
    },
    build=lambda said: Team(
        key=said.key,
        name=said.get("name", said.key),
        digest_days=frozenset(said.get("digest_days", WEEKDAYS)),
        members=tuple(dict.fromkeys((*said.get("members", ()), *said.get("leads", ())))),
        **said.given(
            zone="timezone", locale="locale", language="language", channels="channels", leads="leads",
            viewers="viewers", markets="markets", digest_at="digest_at", gaps_ahead="gaps_ahead",
            highlights_every="highlights_every", reopen_within="reopen_within", expire_after="expire_after",
        ),
    ),
    check=_check_team,
)  # fmt: skip

_FLOORS = {
    "exits": "12 viewers",
    "abandoned_carts": "8 missing checkouts",
    "payment_failures": "4 viewers",
    "stalls": "8 viewers",
    "silence": "2 minutes",
}

SIGNAL = Record(
    "signal",
    {
        "watch": Field(words.BOOL, "whether it is watched in this market, true if left out"),
        "floor": Field(
            words.number(0, 100_000),
            f"the fewest within two minutes that anybody is told of: {', '.join(_FLOORS.values())} if left out",
        ),
    },
    build=lambda said: Signal(**said.given(watch="watch", floor="floor")),
)

SIGNALS_RECORD = Record(
    "market's signals",
    {name: Field(SIGNAL, f"{name.replace('_', ' ')}; {_FLOORS[name]} are the floor if left out") for name in SIGNALS},
    build=lambda said: {name: said[name] for name in SIGNALS if name in said},
)

MARKET_RECORD = Record(
    "market",
    {
        "name": Field(words.TITLE, "as shown; the key if left out"),
        "timezone": Field(words.ZONE, "its local time, shown beside what happened there; UTC if left out"),
        "languages": Field(words.LANGUAGES, "what viewers write there, most frequent first"),
        "currency": Field(words.CURRENCY, "ISO 4217"),
        "cover_after": Field(
            words.duration(timedelta(0), _DAY), "how long after a show somebody should still be on call, 1h if left out"
        ),
        "prime_time": Field(WINDOW, "when its viewers watch, on its own clock, 18:00 to 23:00 if left out"),
        "sensitivity": Field(
            words.number(0, 100),
            "multiplies the evidence a spike needs: 2 alarms later and less, 1 if left out; "
            "`bot.py backtest` says what another would have done",
        ),
        "reopen_within": Field(REOPEN, "as for teams, for incidents of this market; left out: as its team has it"),
        "expire_after": Field(EXPIRE, "as for teams, for incidents of this market; left out: as its team has it"),
        "severity": Field(SEVERITY, "what is urgent (P1) and what is important (P2) here"),
        "vocabulary": Field(Vocabulary(described=False), "words of this market, on top of those of all markets"),
        "urgency": Field(URGENCY, "who is woken here; a policy that says it too decides"),
        "signals": Field(SIGNALS_RECORD, "what viewers do and sources leave undone; all are watched if left out"),
    },
    build=lambda said: Market(
        key=said.key,
        name=said.get("name", said.key),
        **said.given(
            zone="timezone", languages="languages", currency="currency", cover_after="cover_after",
            prime_time="prime_time", sensitivity="sensitivity", reopen_within="reopen_within",
            expire_after="expire_after", severity="severity", vocabulary="vocabulary", signals="signals",
        ),
    ),
)  # fmt: skip


# ── shows ────────────────────────────────────────────────────────────────────────────────────────────────────────

SEGMENT = Record(
    "segment",
    {
        "start": Field(words.OFFSET, "minutes:seconds since the show's start, or minutes", required=True),
        "end": Field(words.OFFSET, "the first moment without it", required=True),
        "title": Field(words.TITLE, "as shown on charts and incidents", required=True),
        "product": Field(words.TITLE, "the product being sold"),
        "variant": Field(words.TITLE, "which variant of the script is on air"),
    },
    build=lambda said: Segment(said["start"], said["end"], said["title"], said.get("product"), said.get("variant")),
    check=end_after_start,
)


def _check_show(said: Said) -> None:
    if "starts_at" in said and "ends_at" in said:
        if said["ends_at"] <= said["starts_at"]:
            said.refuse("ends_at", "is not after starts_at")
        for segment, line, at in said.items("run_of_show"):
            if said["starts_at"] < said["ends_at"] < said["starts_at"] + segment.end:
                said.reading.refuse(line, at, "ends after the show does (ends_at)")
    longest: tuple[timedelta, int] | None = None
    for segment, line, at in sorted(said.items("run_of_show"), key=lambda item: item[0].start):
        if longest and segment.start < longest[0]:
            said.reading.refuse(line, at, f"overlaps the segment of line {longest[1]}")
        if not longest or segment.end > longest[0]:
            longest = segment.end, line


SHOW = Record(
    "show",
    {
        "title": Field(words.TITLE, "as shown; the key if left out"),
        "starts_at": Field(words.INSTANT, "an instant, with its offset; may be told later"),
        "ends_at": Field(words.INSTANT, "an instant, with its offset"),
        "markets": Field(MARKETS, "where it is sold, all if left out"),
        "run_of_show": Field(ListOf(SEGMENT, repeats=True), "its segments; what lies between them is fine"),
        "recording": Field(
            words.RECORDING, "where it can be watched; `{seconds}` becomes how far into the show a comment was made"
        ),
    },
    build=lambda said: Show(
        key=said.key,
        title=said.get("title", said.key),
        segments=tuple(sorted(said.get("run_of_show", ()), key=lambda segment: segment.start)),
        **said.given(starts_at="starts_at", ends_at="ends_at", markets="markets", recording="recording"),
    ),
    check=_check_show,
)


# ── answers and sources ──────────────────────────────────────────────────────────────────────────────────────────


ANSWER = Record(
    "suggested answer",
    {
        "markets": Field(condition(MARKET), "for these markets, all if left out"),
        "categories": Field(condition(words.one_of(*CATEGORIES)), "for these complaints, all if left out"),
        "language": Field(words.LANGUAGE, "the language it is written in", required=True),
        "text": Field(words.PROSE, "what your team would answer", required=True),
    },
    build=lambda said: SuggestedAnswer(
        said["language"],
        said["text"],
        frozenset(said.get("markets", ())),
        frozenset(said.get("categories", ())),
    ),
)

SOURCE = Record(
    "source",
    {
        "market": Field(MARKET, "of its events that name none"),
        "show": Field(Reference("shows", "show"), "of its events that name none"),
        "resolution": Field(
            words.duration(timedelta(0), _DAY), "how coarse its clock is: 60s for one of whole minutes; 0s if left out"
        ),
        "per_second": Field(
            words.whole(1, 100_000), "events accepted a second before it is told to slow down, 2000 if left out"
        ),
        "silence": Field(
            OrNothing(words.duration(timedelta(seconds=30), 7 * _DAY)),
            "how long it may say nothing when it usually would before anybody is told; 2m if left out, null: for ever",
        ),
    },
    build=lambda said: Source(
        key=said.key,
        **said.given(market="market", show="show", resolution="resolution", per_second="per_second", silence="silence"),
    ),
)


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────────

SECTIONS: Mapping[str, Field] = {
    "people": Field(NamedOf(PEOPLE), "who works here, by name; a person needs no field"),
    "groups": Field(NamedOf(GROUP), "people whom a policy's step may name together"),
    "teams": Field(NamedOf(TEAM), "who is told what, where, in which language and at which hour"),
    "markets": Field(NamedOf(MARKET_RECORD), "where a show is sold"),
    "shows": Field(NamedOf(SHOW), "shows that are planned in the file; others are declared as they come"),
    "schedules": Field(NamedOf(SCHEDULE), "who is on call, when"),
    "policies": Field(NamedOf(POLICY), "escalation policies: who is paged, then who, until somebody acknowledges"),
    "routing": Field(ListOf(ROUTE, repeats=True), "which incident goes to whom; the first rule that matches decides"),
    "sources": Field(NamedOf(SOURCE), "defaults for sources of feedback"),
    "vocabulary": Field(Vocabulary(), "your own words, by language: what comments are read with in every market"),
    "glossary": Field(Glossary(), "what a translation may not get wrong: terms, as viewers write them"),
    "answers": Field(
        ListOf(ANSWER, repeats=True),
        "answers that incident cards suggest, the first that fits in the reader's language",
    ),
    "admin_channel": Field(words.CHANNEL, "where failures that need a human are shown"),
}


def json_schema() -> dict[str, Any]:
    """The file's JSON Schema (draft 2020-12), for editors. It cannot follow names from one section to another, nor
    compare two instants; the loader can."""
    properties = {name: {**section.shape.schema(), "description": section.doc} for name, section in SECTIONS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Livedesk configuration",
        "description": "Teams, markets, people, shows, on-call schedules and routing: livedesk.yaml.",
        "type": "object",
        "properties": {"$schema": {"type": "string"}, **properties},
        "patternProperties": {"^x-": {"description": "yours: a place for anchors"}},
        "additionalProperties": False,
        "$defs": {"words": content("any").schema()},
    }
