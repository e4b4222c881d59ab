from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from desk.messages import Action, Message
from handlers.acknowledging.links import AcknowledgeLinks, Claim
from handlers.slack.redaction import hidden
from tests.factories import NOON

KEY = Fernet.generate_key().decode()
LINKS = AcknowledgeLinks(KEY, "https://livedesk.example/", lambda: NOON)
CLAIM = Claim(7, 3, "maya", NOON + timedelta(hours=1))
TOKEN = LINKS.token(CLAIM)


@given(
    st.integers(1, 2**53),
    st.integers(1, 10**6),
    st.text(min_size=1, max_size=64).filter(lambda text: text.isprintable()),
)
def test_a_link_says_what_it_was_made_of(incident: int, version: int, person: str) -> None:
    claim = Claim(incident, version, person, NOON + timedelta(seconds=1))
    token = LINKS.token(claim)

    assert LINKS.read(token) == claim or len(token) > 600


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("ABCabc012-_.="))
def test_no_other_text_is_a_link(at: int, letter: str) -> None:
    changed = TOKEN[:at] + letter + TOKEN[at + 1 :]

    assert (LINKS.read(changed) == CLAIM) == (changed == TOKEN)


@pytest.mark.parametrize(
    "text",
    ["", "lda_", "lda_.", "lda_é.é", "lda_" + "A" * 9999, TOKEN[4:], TOKEN + "=", TOKEN[:-1]],
    ids=[str(n) for n in range(8)],  # a token is another one in every process of a run
)
def test_what_is_none_of_ours_is_wrong(text: str) -> None:
    assert LINKS.read(text) == "wrong"


def test_it_ends() -> None:
    later = AcknowledgeLinks(KEY, "https://livedesk.example/", lambda: NOON + timedelta(hours=1))

    assert later.read(TOKEN) == "expired"


def test_another_installation_does_not_know_it() -> None:
    assert AcknowledgeLinks(Fernet.generate_key().decode(), "", lambda: NOON).read(TOKEN) == "wrong"


def test_no_log_shows_it() -> None:
    assert TOKEN not in hidden(f"GET /v1/acknowledge/{TOKEN} 200, {TOKEN}")
    assert "ldw_abc" not in hidden("signed with ldw_abc")


def test_a_hand_over_note_has_a_link_of_its_own() -> None:
    have_it = Action("have_it", "handover:7", 4, "I have it", "primary")
    note = Message("notice", "Ana hands emea over to you", actions=(have_it,), mentions=("ben",))

    (link,) = LINKS.of(note)

    claim = LINKS.read(link.url.rpartition("/")[2])
    assert claim == Claim(7, 4, "ben", NOON + timedelta(hours=24), "handover")
    assert claim != LINKS.read(LINKS.token(Claim(7, 4, "ben", NOON + timedelta(hours=24)))), "not of incident 7"
    assert LINKS.of(Message("notice", "somebody paged", actions=(Action("acknowledge", "incident:7", 3, "x"),))) == []
