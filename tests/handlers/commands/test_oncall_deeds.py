"""What `bot.py oncall` does for people without a chat, on a real database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from typer.testing import CliRunner

import bot
from desk.messages import Message, Paragraph, Sealed, load
from handlers.commands import oncall_handover as handing_over
from handlers.commands.oncall_changes import Place
from handlers.commands.oncall_contact import contact
from handlers.commands.oncall_deeds import answer, incident, list_requests, say
from handlers.purposes import ContactCodes
from handlers.settings import Settings
from store import handovers, incidents, outbox, workspaces
from store.engine import Store
from tests.factories import NOON

SECRET = Fernet.generate_key().decode()
FILE = """
people:
  maya: {name: Maya Torres, timezone: UTC, contacts: {slack: U0MAYATORR}}
  jon: {name: Jon Park, timezone: UTC, contacts: {slack: U0JONPARK1}}
  ana: {name: Ana Weber, timezone: UTC}
teams:
  americas: {timezone: UTC, leads: [maya], members: [jon, maya], viewers: [ana], channels: ["slack:C0AMERICAS"]}
schedules:
  americas:
    timezone: UTC
    layers: [{rotation: {type: daily, start: 2026-01-05, members: [maya, jon]}}]
"""


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Place:
    path = tmp_path / "livedesk.yaml"
    path.write_text(FILE, "utf-8")
    store = Store(database_url)
    store.write(lambda c: workspaces.ensure(c, "default", NOON))
    store.close()
    settings = Settings(
        config=path,
        database_url=SecretStr(database_url),
        secret_key=SecretStr(SECRET),
        viewer_key=SecretStr("k" * 44),
        _env_file=None,
    )
    return Place(settings, None, None, "maya", True, NOON)


def by(place: Place, person: str, after: timedelta = timedelta(0)) -> Place:
    return replace(place, who=person, now=place.now + after)


def out(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def wrong(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def read(place: Place, look: Any) -> Any:
    store = Store(place.settings.database().url)
    try:
        workspace = store.read(lambda c: workspaces.find(c, "default"))
        return store.read(lambda c: look(c, workspace))
    finally:
        store.close()


def on_call(place: Place) -> tuple[str, str]:
    """(who is on call at noon, who is not)."""
    from desk.oncall.resolve import who
    from handlers.configuration import load_text

    now = who(load_text(FILE, "livedesk.yaml").schedules["americas"], place.now).people[0]
    return now, "jon" if now == "maya" else "maya"


def test_somebody_takes_over_now(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    _, other = on_call(place)

    assert say(by(place, other), "take", ["americas", "for", "2h"]) == 0

    assert out(capsys)["says"].startswith(f"{'Jon Park' if other == 'jon' else 'Maya Torres'} is on call for americas")
    assert say(by(place, other), "take", ["americas", "for", "two", "moons"]) == 2
    assert "Nothing was changed" in wrong(capsys)
    assert say(by(place, "ana"), "take", ["americas", "for", "2h"]) == 2, "a viewer changes nothing"


def test_a_cover_is_asked_for_listed_and_taken(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    now, other = on_call(place)
    assert say(by(place, now), "cover", ["me", "americas"]) == 0
    capsys.readouterr()

    assert list_requests(place) == 0
    (asked,) = out(capsys)
    assert (asked["kind"], asked["person"], asked["offers"]) == ("cover", now, [])
    assert answer(by(place, now), asked["request"], "take", None) == 2, "one's own"
    assert answer(by(place, other), asked["request"], "take", None) == 0
    assert answer(by(place, other), asked["request"], "take", None) == 2, "it is taken"
    capsys.readouterr()
    assert list_requests(place) == 0
    assert out(capsys) == []


def test_a_swap_is_asked_for_offered_and_agreed_to(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    now, other = on_call(place)
    theirs = "2026-03-08T12:00:00Z" if on_call(by(place, now, timedelta(days=2)))[0] == now else "2026-03-09T12:00:00Z"
    mine = "2026-03-07T12:00:00Z" if on_call(by(place, now, timedelta(days=1)))[0] == other else "2026-03-08T12:00:00Z"
    assert say(by(place, now), "swap", ["americas", theirs, "with", other]) == 0
    capsys.readouterr()
    list_requests(place)
    number = out(capsys)[0]["request"]

    assert answer(by(place, other), number, "offer", None) == 2
    assert "--at" in wrong(capsys)
    assert answer(by(place, other), number, "offer", mine) == 0
    capsys.readouterr()
    list_requests(place)
    (offer,) = out(capsys)[0]["offers"]
    assert answer(by(place, now), offer["offer"], "agree", None) == 0
    assert answer(by(place, now), offer["offer"], "dance", None) == 2


def test_a_swap_that_is_asked_of_somebody_is_turned_down(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    now, other = on_call(place)
    theirs = "2026-03-08T12:00:00Z" if on_call(by(place, now, timedelta(days=2)))[0] == now else "2026-03-09T12:00:00Z"
    assert say(by(place, now), "swap", ["americas", theirs, "with", other]) == 0
    capsys.readouterr()
    list_requests(place)
    number = out(capsys)[0]["request"]

    assert answer(by(place, now), number, "refuse", None) == 2, "one's own is withdrawn"
    assert answer(by(place, other), number, "refuse", None) == 0
    assert "Turned down; they are told" in out(capsys)["says"]
    assert answer(by(place, other), number, "take", None) == 2
    assert "turned it down" in wrong(capsys)


def test_a_page_is_followed_to_its_end(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    now, other = on_call(place)
    assert say(by(place, other), "page", ["americas", "the", "studio", "has", "no", "sound"]) == 0
    assert out(capsys)["says"].startswith("Paged:")
    waiting = read(place, outbox.pending)
    assert "page" in {body["kind"] for _, _, body in waiting}
    assert say(by(place, other), "page", ["americas"]) == 2, "without a word of what it is about"

    assert incident(by(place, now), 1, "confirm") == 2
    assert incident(by(place, now), 1, "escalate") == 0
    assert incident(by(place, now), 1, "acknowledge") == 0
    assert incident(by(place, other), 1, "acknowledge") == 2
    assert "has it" in wrong(capsys)
    assert incident(by(place, now), 1, "resolve") == 0
    assert incident(by(place, now), 99, "resolve") == 2
    assert read(place, lambda c, w: incidents.get(c, w, 1)).state == "resolved"


def test_remarks_are_written_sent_and_confirmed(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    now, other = on_call(place)

    assert handing_over.hand_over(by(place, now), None, "I promised Li a call.", send=True) == 0
    made = out(capsys)
    assert (made["state"], made["remarks"], made["to"]) == ("sent", "I promised Li a call.", other)

    assert handing_over.hand_over(by(place, other), "americas", "not mine", send=False) == 2
    assert "not on call" in wrong(capsys)
    assert handing_over.confirm(by(place, now), made["handover"]) == 2, "one's own"
    assert handing_over.confirm(by(place, other), made["handover"]) == 0
    assert handing_over.confirm(by(place, other), made["handover"]) == 2, "once"
    assert handing_over.hand_over(by(place, now), None, "too late", send=False) == 2
    row = read(place, lambda c, w: handovers.get(c, w, made["handover"]))
    assert (row.state, row.confirmed_by, row.remarks) == ("confirmed", other, "I promised Li a call.")


def test_the_note_is_shown_in_lines(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    now, _ = on_call(place)

    assert handing_over.hand_over(replace(by(place, now), as_json=False), "americas", None, send=False) == 0

    assert "Your hand-over note for americas" in capsys.readouterr().out
    assert handing_over.hand_over(by(place, now), "nowhere", None, send=False) == 2


def test_somebody_without_a_chat_verifies_their_webhook(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    ana = by(place, "ana")
    assert contact(ana, ["add", "webhook", "https://hooks.example.com/ana"]) == 0
    body: Message = next(load(body) for where, _, body in read(place, outbox.pending) if where == "webhook")
    (sealed,) = [
        span.token
        for part in body.parts
        if isinstance(part, Paragraph)
        for span in part.spans
        if isinstance(span, Sealed)
    ]
    assert "give this code to whoever added the address" in str(body), "there is no chat to type it in"
    capsys.readouterr()

    assert contact(ana, ["verify", "000000" if ContactCodes(SECRET).opened(sealed) != "000000" else "000001"]) == 2
    assert contact(ana, ["verify", ContactCodes(SECRET).opened(sealed)]) == 0
    capsys.readouterr()
    assert contact(ana, []) == 0
    assert out(capsys)["says"] == "A page reaches you by webhook"
    assert contact(ana, ["remove", "webhook"]) == 0
    assert contact(ana, ["remove", "webhook"]) == 2
    assert contact(by(place, "zoe"), []) == 2


@pytest.mark.parametrize(
    "word",
    ["take", "swap", "cover", "requests", "answer", "page", "handover", "contact", "acknowledge", "confirm",
     "escalate", "resolve"],
)  # fmt: skip
def test_it_explains_itself(word: str) -> None:
    assert CliRunner().invoke(bot.app, ["oncall", word, "--help"]).exit_code == 0


def test_confirming_and_writing_do_not_go_together() -> None:
    given = ["oncall", "handover", "--as", "maya", "--confirm", "1", "--send"]
    assert CliRunner().invoke(bot.app, given).exit_code == 2
