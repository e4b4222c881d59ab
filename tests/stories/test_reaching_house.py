"""The composed bot with a mail server: a page that chat does not answer, answered by the link in a mail."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from desk.messages import Fill, Message
from handlers.acknowledging.links import AcknowledgeLinks
from handlers.email.platform import EmailPlatform
from handlers.sender import Sender
from handlers.settings import SmtpPolicy
from handlers.troubles import Troubles
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.fakes.platform import ScriptedPlatform
from tests.handlers.email.server import MailServer, mail_server
from tests.stories.evening import HOUSE
from tests.stories.stage import SPEED, Stage, house, stage
from tests.stories.test_evenings import AMBIENT
from tests.stories.test_house import AMERICAS, MANY, MAYA, card, page
from tests.stories.test_reaching import opened, trouble, verified

RULES = HOUSE.replace(
    "contacts: {slack: U0MAYATORR}}",
    "contacts: {slack: U0MAYATORR}, notify: [{after: 0, by: slack}, {after: 40s, by: email}, {after: 4m, by: all}]}",
)
MAIL = "maya@example.com"
LINK = re.compile(r"http://[\w.:]+/v1/acknowledge/lda_[\w.-]+")


async def mails(told: Stage, server: MailServer, number: int) -> Any:
    async def look() -> Any:
        return server.mails[number - 1] if len(server.mails) >= number else None

    return await told.control.wait_for(look, timeout=30)


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


async def test_a_page_that_chat_does_not_answer_is_answered_by_mail(database_url: str, tmp_path: Path) -> None:
    async with mail_server() as server, stage(database_url, tmp_path, text=RULES) as told:
        settings = told.settings.model_copy(
            update={
                "smtp_host": "127.0.0.1",
                "smtp_port": server.port,
                "smtp_security": "none",
                "smtp_from": "livedesk@example.com",
                "smtp_password": SecretStr("never shown"),
            }
        )
        async with house(settings):
            # Codes last a quarter of an hour of the clock, which would be seconds at the evening's pace.
            told.clock.set(told.clock.now(), 1.0)
            added = await told.control.command(MAYA, AMERICAS, f"/oncall contact add email {MAIL}")
            assert "m…@example.com" in added.text
            code = re.search(r"verify (\d{6})", text_of(await mails(told, server, 1)))
            assert code is not None
            verified = await told.control.command(MAYA, AMERICAS, f"/oncall contact verify {code[1]}")
            assert "is verified" in verified.text

            told.clock.set(told.clock.now(), SPEED)
            await told.evening(20, AMBIENT)
            await told.evening(12, AMBIENT, MANY)
            paged = await page(told)
            told.clock.set(told.clock.now(), 4.0)
            mail = await mails(told, server, 2)
            url = LINK.search(text_of(mail))
            assert url is not None

            async with told.http.get(url[0]) as looked:
                shown = await looked.text()
            assert looked.status == 200
            assert '<form method="post">' in shown
            assert "acknowledge|incident:1" in str((await page(told))["blocks"]), "a look changes nothing"
            async with told.http.post(url[0]) as tapped:
                answer = await tapped.text()
            async with told.http.post(url[0]) as again:
                late = await again.text()
            async with told.http.get(url[0][:-2]) as wrong:
                pass

            assert "It is yours" in answer
            assert "already has it" in late
            assert wrong.status == 404
            assert "In hand" in (await card(told, "In hand"))["text"]
            resolve = "resolve|incident:1|2"

            async def offered() -> bool:
                seen = await told.control.direct_messages(MAYA)
                return any(one["ts"] == paged["ts"] and resolve in str(one["blocks"]) for one in seen)

            await told.control.wait_for(offered, timeout=20)  # the page is edited after the card
            tap = await told.control.click(MAYA, paged["channel"], paged["ts"], value=resolve, until="followup")
            assert "Resolved" in tap.text
            assert len(server.mails) == 2, "what was still to ring has been cancelled"
            assert await told.control.doubled() == []
            everything = str(await told.control.messages(AMERICAS))
            assert MAIL not in everything
            assert "lda_" not in everything


async def test_a_mail_server_that_is_down_holds_up_nothing_else(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real sender, mail platform and desk, with a chat that takes everything."""
    monkeypatch.setattr("handlers.email.platform.AGAIN", timedelta(seconds=0.2))
    evening = trouble(verified(opened(store)))
    evening.at += timedelta(minutes=2)
    evening.sweep()
    links = AcknowledgeLinks(Fernet.generate_key().decode(), "http://127.0.0.1/", lambda: NOON)
    troubles = Troubles(WORKSPACE, lambda: evening.configuration, lambda: evening.at)
    chat = ScriptedPlatform()

    async def fill(message: Message, platform: str, rich: bool) -> Fill:
        del message, platform, rich
        return Fill()

    async with mail_server(MailServer(answers={"CONNECT": "421 4.3.2 busy"})) as server:
        policy = SmtpPolicy("127.0.0.1", server.port, "none", "livedesk@example.com", "", "")
        mail = EmailPlatform(policy, links, lambda: NOON)
        sender = Sender(store, WORKSPACE, {"slack": chat, "email": mail}, fill, holder="one", on_trouble=troubles.tell)
        running = asyncio.create_task(sender.run())
        try:
            async with asyncio.timeout(60):
                while not any("by e-mail waits" in said for _, said, _ in chat.posted):
                    await asyncio.sleep(0.05)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            mail.close()

    told = [said for _, said, _ in chat.posted]
    assert any(said.startswith("Page: ") for said in told), "Slack was not held up"
    (line,) = [said for said in told if "by e-mail waits" in said]
    assert "the mail server is not ready (421 4.3.2) · also told by Slack" in line
    assert not any(MAIL in said for said in told)
    assert server.mails == []
