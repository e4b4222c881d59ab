"""The composed bot with a mail server: a page that chat does not answer, answered by the link in a mail."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.handlers.email.server import MailServer, mail_server
from tests.stories.evening import HOUSE
from tests.stories.stage import SPEED, Stage, house, stage
from tests.stories.test_evenings import AMBIENT
from tests.stories.test_house import AMERICAS, MANY, MAYA, card, page

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
            await told.evening(6, AMBIENT, MANY)
            told.clock.set(told.clock.now(), 4.0)
            paged = await page(told)
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
            tap = await told.control.click(
                MAYA, paged["channel"], paged["ts"], value="resolve|incident:1|2", until="followup"
            )
            assert "Resolved" in tap.text
            assert len(server.mails) == 2, "what was still to ring has been cancelled"
            assert await told.control.doubled() == []
            everything = str(await told.control.messages(AMERICAS))
            assert MAIL not in everything
            assert "lda_" not in everything


async def test_a_mail_server_that_is_down_holds_up_nothing_else(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.email.platform.AGAIN", timedelta(seconds=0.5))
    async with mail_server(MailServer(answers={"CONNECT": "421 4.3.2 busy"})) as server:
        rules = RULES.replace("slack: U0MAYATORR}", f"slack: U0MAYATORR, email: {MAIL}}}").replace("40s", "20s")
        async with stage(database_url, tmp_path, text=rules) as told:
            settings = told.settings.model_copy(
                update={
                    "smtp_host": "127.0.0.1",
                    "smtp_port": server.port,
                    "smtp_security": "none",
                    "smtp_from": "livedesk@example.com",
                }
            )
            async with house(settings):
                await told.evening(20, AMBIENT)
                await told.evening(6, AMBIENT, MANY)
                told.clock.set(told.clock.now(), 4.0)
                await page(told)
                shown = await card(told)

                async def said() -> Any:
                    lines = await told.control.messages(AMERICAS, thread=str(shown["ts"]))
                    return next((one for one in lines if "by e-mail waits" in str(one)), None)

                assert await told.control.wait_for(said, timeout=60)
                assert server.sessions >= 2
                assert (await told.control.command(MAYA, AMERICAS, "/oncall contact")).text
