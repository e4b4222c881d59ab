from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from desk.messages import Action, Fill, Message, Paragraph, Sealed, Text
from handlers.acknowledging.links import AcknowledgeLinks, Claim
from handlers.email.compose import compose
from handlers.email.platform import EmailPlatform
from handlers.platform import Absent, Delivered, GiveUp, TryLater
from handlers.settings import SmtpPolicy
from tests.factories import NOON
from tests.handlers.email.server import MailServer, certificate, mail_server

LINKS = AcknowledgeLinks(Fernet.generate_key().decode(), "https://livedesk.example/", lambda: NOON)
PAGE = Message(
    "page",
    "Page: P1 · Payment complaints in United States",
    severity="P1",
    parts=(Paragraph((Text("12 a minute from 9 viewers"),)),),
    actions=(Action("acknowledge", "incident:7", 3, "Acknowledge"), Action("resolve", "incident:7", 3, "Resolve")),
    mentions=("maya",),
)
MAYA = "maya@example.com"
KEY = "ld0123456789abcdef0123"


def policy(server: MailServer, **given: Any) -> SmtpPolicy:
    made = SmtpPolicy("127.0.0.1", server.port, "none", "livedesk@example.com", "", "")
    return replace(made, **given)


def platform(server: MailServer, context: ssl.SSLContext | None = None, **given: Any) -> EmailPlatform:
    return EmailPlatform(policy(server, **given), LINKS, lambda: NOON, context, whole_seconds=5.0)


async def test_it_sends_a_page_with_a_link_to_acknowledge() -> None:
    async with mail_server() as server:
        outcome = await platform(server).post(MAYA, None, PAGE, Fill(names={"maya": "Maya"}), KEY)

    assert outcome == Delivered(KEY)
    assert server.envelopes == [("livedesk@example.com", MAYA)]
    (mail,) = server.mails
    assert mail["Subject"] == "Page: P1 · Payment complaints in United States"
    assert mail["Message-ID"] == f"<{KEY}@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = (part.get_content() for part in mail.iter_parts())
    (url,) = [line for line in plain.splitlines() if line.startswith("https://livedesk.example/v1/acknowledge/lda_")]
    assert url in html
    assert "12 a minute from 9 viewers" in plain
    assert "Resolve" not in plain, "nothing that looks like a button and is none"
    claim = LINKS.read(url.rpartition("/")[2])
    assert claim == Claim(7, 3, "maya", NOON + timedelta(hours=24))


async def test_it_takes_up_a_try_whose_answer_was_lost_under_the_same_message_id() -> None:
    async with mail_server(MailServer(drop_after_data=1)) as server:
        first = await platform(server).post(MAYA, None, PAGE, Fill(), KEY)
        second = await platform(server).post(MAYA, None, PAGE, Fill(), KEY)

    assert isinstance(first, TryLater)
    assert second == Delivered(KEY)
    assert [mail["Message-ID"] for mail in server.mails] == [f"<{KEY}@example.com>"] * 2


@pytest.mark.parametrize(
    ("answers", "kind", "gone", "said"),
    [
        ({"RCPT": "550 5.1.1 maya@example.com unknown"}, GiveUp, True, "refuses the address (550 5.1.1)"),
        ({"RCPT": "550 no"}, GiveUp, True, "(550)"),
        ({"RCPT": "554 5.7.1 relaying denied"}, GiveUp, False, "(554 5.7.1)"),
        ({"RCPT": "450 4.2.1 later"}, TryLater, None, "(450 4.2.1)"),
        ({"MAIL": "553 5.7.1 who are you"}, TryLater, None, "LIVEDESK_SMTP_FROM"),
        ({"DATA": "554 5.6.0 no"}, GiveUp, False, "refuses the mail (554 5.6.0)"),
        ({"DATA": "451 4.3.0 disk"}, TryLater, None, "451 4.3.0"),
        ({"CONNECT": "421 4.3.2 busy"}, TryLater, None, "421"),
        ({"EHLO": "500 what", "HELO": "500 what"}, TryLater, None, "mail server"),
    ],
)
async def test_it_tells_what_passes_from_what_never_will(
    answers: dict[str, str], kind: type, gone: bool | None, said: str
) -> None:
    async with mail_server(MailServer(answers=answers)) as server:
        outcome = await platform(server).post(MAYA, None, PAGE, Fill(), KEY)

    assert isinstance(outcome, kind)
    assert said in outcome.reason  # type: ignore[attr-defined]
    assert "maya" not in outcome.reason, "an admin's notice shows no address"  # type: ignore[attr-defined]
    if isinstance(outcome, GiveUp):
        assert outcome.gone is gone


async def test_it_gives_a_server_that_hangs_or_never_ends_no_more_than_its_time() -> None:
    for server in (MailServer(hang_at="MAIL"), MailServer(flood_at="MAIL")):
        async with mail_server(server):
            slow = EmailPlatform(policy(server), LINKS, lambda: NOON, whole_seconds=1.0)
            began = time.monotonic()
            outcome = await slow.post(MAYA, None, PAGE, Fill(), KEY)

        assert isinstance(outcome, TryLater)
        assert time.monotonic() - began < 8


async def test_it_waits_for_a_server_that_is_not_there() -> None:
    async with mail_server() as server:
        pass

    outcome = await platform(server).post(MAYA, None, PAGE, Fill(), KEY)

    assert isinstance(outcome, TryLater)


async def test_it_logs_in_once_the_connection_is_encrypted(tmp_path: Path) -> None:
    ours, theirs = certificate(tmp_path)
    login = {"security": "starttls", "user": "livedesk", "password": "right"}
    async with mail_server(MailServer(tls=ours, login=("livedesk", "right"))) as server:
        outcome = await platform(server, theirs, **login).post(MAYA, None, PAGE, Fill(), KEY)
    async with mail_server(MailServer(tls=ours, login=("livedesk", "right"))) as server:
        wrong = await platform(server, theirs, **{**login, "password": "guess"}).post(MAYA, None, PAGE, Fill(), KEY)
        stranger = await platform(server, ssl.create_default_context(), **login).post(MAYA, None, PAGE, Fill(), KEY)

    assert outcome == Delivered(KEY)
    assert isinstance(wrong, TryLater)
    assert "LIVEDESK_SMTP_PASSWORD" in wrong.reason
    assert "guess" not in wrong.reason
    assert isinstance(stranger, TryLater)
    assert "not trusted" in stranger.reason
    assert server.mails == []


async def test_it_never_falls_back_to_an_open_connection() -> None:
    async with mail_server() as server:
        outcome = await platform(server, security="starttls").post(MAYA, None, PAGE, Fill(), KEY)

    assert isinstance(outcome, TryLater)
    assert "STARTTLS" in outcome.reason
    assert server.mails == []


async def test_it_speaks_tls_from_the_first_byte(tmp_path: Path) -> None:
    ours, theirs = certificate(tmp_path)
    server = MailServer()
    running = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=ours)
    server.port = running.sockets[0].getsockname()[1]
    async with running:
        outcome = await platform(server, theirs, security="tls").post(MAYA, None, PAGE, Fill(), KEY)

    assert outcome == Delivered(KEY)


@pytest.mark.parametrize(
    "address", ["", "maya", "maya@", "a@b.example\r\nBcc: eve@example.com", "a b@example.com", "é@example.com", "a@b"]
)
async def test_it_writes_to_no_address_that_is_none(address: str) -> None:
    async with mail_server() as server:
        outcome = await platform(server).post(address, None, PAGE, Fill(), KEY)

    assert isinstance(outcome, GiveUp)
    assert server.sessions == 0


def test_nothing_in_a_headline_becomes_a_header() -> None:
    evil = replace(PAGE, headline="Page\r\nBcc: eve@example.com\r\n\r\n<script>", parts=(Paragraph((Text("<b>&"),)),))

    mail = compose(evil, Fill(), (), "livedesk@example.com", MAYA, KEY, NOON, reach=True)

    assert mail["Bcc"] is None
    assert mail["Subject"] == "Page Bcc: eve@example.com <script>"
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "&lt;b&gt;&amp;" in html.get_content()


async def test_it_opens_what_is_sealed_only_when_it_is_sent() -> None:
    code = Message("notice", "Your Livedesk code", parts=(Paragraph((Text("type "), Sealed("token"))),))
    async with mail_server() as server:
        await platform(server).post(MAYA, None, code, Fill(opened={"token": "123456"}), KEY)

    (mail,) = server.mails
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "type 123456" in plain.get_content()
    assert "acknowledge" not in plain.get_content()


async def test_what_was_sent_stays_as_it_is() -> None:
    async with mail_server() as server:
        made = platform(server)

        assert await made.edit(KEY, PAGE, Fill(), KEY) == Delivered(KEY)
        assert await made.delete(KEY) == Delivered(KEY)
        assert await made.find(MAYA, None, KEY, NOON) == Absent()
    assert server.sessions == 0


async def test_a_hand_over_note_has_a_link_and_no_urgency() -> None:
    have_it = Action("have_it", "handover:7", 4, "I have it", "primary")
    words = Paragraph((Text("Remarks: <b>call</b> Li\r\nBcc: eve@example.com"),))
    note = Message("notice", "Ana hands emea over to you", parts=(words,), actions=(have_it,), mentions=("maya",))
    async with mail_server() as server:
        await platform(server).post(MAYA, None, note, Fill(), KEY)

    (mail,) = server.mails
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert (mail["Importance"], mail["Bcc"]) == (None, None)
    assert "I have it" in plain
    assert "What viewers wrote" not in plain, "of a note that quotes nobody"
    assert "&lt;b&gt;call&lt;/b&gt;" in html
