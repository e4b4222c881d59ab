from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from desk import messages
from desk.messages import Message, Quote
from handlers.configuration import load_file
from handlers.demo.evidence import Evidence
from handlers.demo.person import Asked, Tap
from handlers.demo.replay import Surprise, Tally
from handlers.demo.report import assemble, iso, lost
from handlers.demo.stage import CONFIGURATION
from store.audit import Digest, Fate, Said
from store.incidents import Incident, Page, Scope
from tests.factories import NOON

TODAY = date(2026, 3, 6)
EXAMPLE = load_file(CONFIGURATION)
NOTHING = Evidence([], 0, [], {}, [], [], [], {}, {}, [], {}, [], [])


def fate(event_id: str, **given: Any) -> Fate:
    values = {"rows": 1, "kind": "chat_comment", "has_text": True, "readings": 1}
    return Fate(source="shop", event_id=event_id, **{**values, **given})


def made(evidence: Evidence = NOTHING, tally: Tally | None = None, **given: Any) -> dict[str, Any]:
    report = assemble(evidence, EXAMPLE, tally or Tally(), given.get("asked", []), given.get("taps", []))
    return dict(json.loads(json.dumps(report)))


def test_it_loses_nothing_that_is_stored_once_and_understood() -> None:
    fates = [fate("1"), fate("2", kind="like", has_text=False, readings=0), fate("3", has_text=False, readings=0)]

    assert lost({("shop", "1"), ("shop", "2"), ("shop", "3")}, fates) == []


def test_it_counts_as_lost_what_was_taken_and_is_not_there() -> None:
    assert lost({("shop", "1"), ("shop", "2")}, [fate("1")]) == [("shop", "2")]


def test_it_counts_as_lost_what_has_an_identity_and_no_event() -> None:
    assert lost({("shop", "1")}, [fate("1", rows=0, kind=None, has_text=False, readings=0)]) == [("shop", "1")]


def test_it_counts_as_lost_what_was_said_and_never_understood() -> None:
    assert lost({("shop", "1")}, [fate("1", readings=0)]) == [("shop", "1")]


def test_it_counts_an_event_that_was_stored_twice() -> None:
    report = made(replace(NOTHING, fates=[fate("1")], rows=2), Tally(taken={("shop", "1")}))

    assert report["lost"] == 1


def test_it_has_every_key_that_a_report_must_have() -> None:
    assert set(made()) >= {
        "events", "languages", "incidents", "pages", "highlights", "digests", "commands", "posts", "lost",
    }  # fmt: skip


def test_it_writes_instants_in_utc() -> None:
    berlin = datetime.fromisoformat("2026-03-06T13:21:40+01:00")

    assert iso(berlin) == "2026-03-06T12:21:40Z"
    assert iso(None) is None


def test_it_counts_events_by_what_the_sources_were_told() -> None:
    counts = {"accepted": 7, "duplicate": 2, "late": 1, "refused": 3}
    sources = [{"source": "shop", **counts}, {"source": "player", **counts}]
    surprise = Surprise("shop", "9", "refused", "accepted", "")

    report = made(replace(NOTHING, rows=14, sources=sources), Tally(late=2, surprises=[surprise]))

    assert (report["events"]["stored"], report["events"]["duplicate"], report["events"]["refused"]) == (14, 4, 6)
    assert report["events"]["unexpected"][0]["event_id"] == "9"


def test_it_lists_languages_from_the_most_spoken_one() -> None:
    assert made(replace(NOTHING, languages={"de": 6, "en": 90, "th": 12}))["languages"] == ["en", "th", "de"]


def test_it_lists_no_language_that_was_hardly_heard_or_could_not_be_told() -> None:
    assert made(replace(NOTHING, languages={"und": 50, "en": 90, "ms": 1}))["languages"] == ["en"]


INCIDENT = Incident(
    1, 1, "aurora-skincare", "payment", "acknowledged", 2, "P1", NOON, NOON + timedelta(minutes=1),
    NOON + timedelta(minutes=2), "maya", None, None, NOON, 1, "americas", "us-payments", 0, 1,
    {"words": ["declined"], "samples": [["2026-03-06", 3]]}, 5,
)  # fmt: skip


def scope(market: str) -> Scope:
    return Scope(1, 1, "aurora-skincare", market, "payment", NOON, None, 9.0, 30.0, 0.5, 0.4, 40, None, True)


def test_it_tells_an_incident_by_its_first_scope_and_why_without_ids_of_events() -> None:
    (told,) = made(replace(NOTHING, incidents=[(INCIDENT, [scope("us"), scope("eu")])]))["incidents"]

    assert (told["market"], told["category"], told["severity"]) == ("us", "payment", "P1")
    assert told["scopes"] == [{"market": market, "category": "payment"} for market in ("us", "eu")]
    assert told["opened_at"] == "2026-03-06T12:01:00Z"
    assert told["why"] == {"words": ["declined"]}


def page(state: str) -> Page:
    settled = NOON + timedelta(minutes=3) if state != "paged" else None
    return Page(1, 1, "maya", "us", 0, 0, NOON + timedelta(minutes=2), state, settled, 6, "on call")


def test_it_tells_a_page_in_the_time_of_the_one_who_was_paged() -> None:
    (told,) = made(replace(NOTHING, pages=[page("acknowledged")]))["pages"]

    assert told["local_time"] == "2026-03-06T04:02:00-08:00"
    assert told["acknowledged_at"] == "2026-03-06T12:03:00Z"


def test_it_calls_a_cancelled_page_not_acknowledged() -> None:
    (told,) = made(replace(NOTHING, pages=[page("cancelled")]))["pages"]

    assert told["acknowledged_at"] is None


def said(message: Message, number: int, destination: str, state: str = "sent") -> Said:
    address = f"{destination}/1.0" if state == "sent" else None
    return Said(number, message.kind, None, destination, address, NOON, state, True, messages.dump(message))


def test_it_shows_highlights_with_their_translations() -> None:
    message = Message("highlights", "What viewers say", (Quote(TODAY, 1, "zh"), Quote(TODAY, 2, "zh")))
    evidence = replace(
        NOTHING,
        said=[said(message, 1, "C0HANGZHOU")],
        words={(TODAY, 1): ("ราคาเท่าไร", "th"), (TODAY, 2): ("多少钱", "zh")},
        translated={("th", "zh", "ราคาเท่าไร"): "多少钱？"},
    )

    (told,) = made(evidence)["highlights"]

    assert told["team"] == "hangzhou"
    assert [one["translation"] for one in told["quotes"]] == ["多少钱？", None]
    assert [one["wants_translation"] for one in told["quotes"]] == [True, False]


def test_it_tells_a_digest_in_its_teams_own_time_and_whether_it_was_posted() -> None:
    nine = datetime(2026, 3, 7, 1, 0, 4, tzinfo=UTC)
    evidence = replace(
        NOTHING,
        said=[said(Message("digest", "Last night"), 4, "C0HANGZHOU"), said(Message("digest", "x"), 5, "C", "failed")],
        digests=[
            Digest("hangzhou", date(2026, 3, 7), nine, 4),
            Digest("emea", date(2026, 3, 7), nine + timedelta(hours=7), 5),
        ],
    )

    hangzhou, emea = made(evidence)["digests"]

    assert hangzhou["local_time"] == "2026-03-07T09:00:04+08:00"
    assert (hangzhou["posted"], emea["posted"]) == (True, False)


def test_it_counts_posts_edits_and_what_did_not_go_at_once() -> None:
    calls = [
        {"method": "chat.postMessage", "outcome": "ok"},
        {"method": "chat.postMessage", "outcome": "ratelimited"},
        {"method": "chat.update", "outcome": "ok"},
    ]
    doubled = [{"channel": "C1", "key": "k", "ts": ["1", "2"]}]

    posts = made(replace(NOTHING, calls=calls, doubled=doubled, outbox={"failed": 1, "pending": 2, "sent": 9}))["posts"]

    assert (posts["sent"], posts["edited"], posts["failed"], posts["duplicate"]) == (1, 1, 1, 1)
    assert (posts["waiting"], posts["not_at_once"]) == (2, {"ratelimited": 1})


def test_it_lists_commands_in_the_order_in_which_they_were_asked() -> None:
    def asked(text: str, minute: int) -> Asked:
        return Asked(text, "maya", NOON + timedelta(minutes=minute), 5.0, 80.0, "", "chart.png", "", "")

    report = made(asked=[asked("/oncall", 9), asked("/live now", 2)])

    assert [one["text"] for one in report["commands"]] == ["/live now", "/oncall"]
    assert report["commands"][0]["at"] == "2026-03-06T12:02:00Z"


def test_it_lists_the_buttons_that_were_pressed() -> None:
    report = made(taps=[Tap("maya", "acknowledge", 1, NOON, 3.0, 40.0, "It is yours.")])

    assert report["taps"][0]["told"] == "It is yours."
