"""Notices by the real sender and the real mail platform to a real mail server; the link in them, by the real page."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from typing import Any

from aiohttp import ClientSession
from cryptography.fernet import Fernet

from desk.messages import Fill, Message
from handlers.acknowledging.http import make_router, page_handler
from handlers.acknowledging.links import AcknowledgeLinks
from handlers.email.platform import EmailPlatform
from handlers.sender import Sender
from handlers.settings import SmtpPolicy
from handlers.troubles import Troubles
from store.engine import Store
from tests.factories import WORKSPACE
from tests.fakes.platform import ScriptedPlatform
from tests.handlers.email.server import MailServer, mail_server
from tests.handlers.feedback.serving import serve
from tests.stories.shifts import Shifts, berlin
from tests.stories.test_telling import CHANNEL, opened

LINK = re.compile(r"/v1/acknowledge/lda_[\w.-]+")


def mailing(house: Shifts, server: MailServer, links: AcknowledgeLinks, chat: ScriptedPlatform) -> Sender:
    policy = SmtpPolicy("127.0.0.1", server.port, "none", "livedesk@example.com", "", "")
    mail = EmailPlatform(policy, links, lambda: house.at)
    troubles = Troubles(WORKSPACE, lambda: house.configuration, lambda: house.at)

    async def fill(message: Message, platform: str, rich: bool) -> Fill:
        del message, platform, rich
        return Fill(names={key: one.name for key, one in house.configuration.people.items()})

    return Sender(
        house.store,
        WORKSPACE,
        {"email": mail, "slack": chat},
        fill,
        holder="test",
        on_trouble=troubles.tell,
    )


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


async def test_a_note_is_mailed_read_and_confirmed_by_its_link(store: Store) -> None:
    house = opened(store, at="06T12:59")
    links = AcknowledgeLinks(Fernet.generate_key().decode(), "", lambda: house.at)
    async with mail_server() as server, AsyncExitStack() as stack:
        house.until(berlin("06T13:00"))
        house.write("ana", "I promised Li a call.")
        house.press("send_note", "ana")
        await mailing(house, server, links, ScriptedPlatform()).drain()

        subjects = [str(mail["Subject"]) for mail in server.mails]
        assert "You are on call for emea until 21:00 (Berlin)" in subjects
        note = server.mails[subjects.index("Ana Weber hands emea over to you")]
        assert "I promised Li a call." in text_of(note)
        handle = page_handler(store, WORKSPACE, lambda: house.configuration, lambda: house.at)
        port = await stack.enter_async_context(serve(lambda: make_router(links, handle)))
        client = await stack.enter_async_context(ClientSession(f"http://127.0.0.1:{port}"))
        found = LINK.search(text_of(note))
        assert found is not None
        async with client.get(found[0]) as looked:
            assert "I have it" in await looked.text()
        assert house.note().state == "sent"
        async with client.post(found[0]) as tapped:
            assert "Thank you: Ana Weber sees that you have it." in await tapped.text()

    assert (house.note().state, house.note().confirmed_by) == ("confirmed", "ben")


async def test_a_mailbox_that_is_gone_is_said_in_the_channel_and_never_tried_again(store: Store) -> None:
    house = opened(store, at="06T12:59")
    links = AcknowledgeLinks(Fernet.generate_key().decode(), "", lambda: house.at)
    chat = ScriptedPlatform()
    async with mail_server(MailServer(answers={"RCPT": "550 5.1.1 no such user"})) as server:
        house.until(berlin("06T13:00"))
        sender = mailing(house, server, links, chat)
        await sender.drain()
        house.until(berlin("06T13:02"))
        await sender.drain()

    told = [said for where, said, _ in chat.posted if where == CHANNEL and "could not be told by e-mail" in said]
    assert told == ["Ben Krüger could not be told by e-mail: the mail server refuses the address (550 5.1.1)"]
    assert server.mails == []
