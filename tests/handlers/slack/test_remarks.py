"""A form that a button opens and somebody writes into, the remarks on a hand-over note, through the real Bolt app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import structlog

from desk.forms import Refused
from desk.messages import Action, Message
from handlers.slack.blockkit import validate_view
from handlers.slack.modal import draw_form
from handlers.slack.platform import split
from tests.handlers.slack import rig
from tests.handlers.slack.desk import FIELD, REMARKS
from tests.handlers.slack.test_app import Bot

EDIT = Action("remarks", "handover:7", 3, "Add remarks")
NOTE = Message("notice", "Your shift in emea is over", actions=(EDIT, Action("send_note", "handover:7", 3, "Send")))


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with rig.workspace(trigger_life=30.0) as slack:
        bot = Bot(slack)
        async with bot.online():
            yield bot


async def press(bot: Bot, verb: str = "remarks", until: str = "answer") -> Any:
    from desk.messages import Fill

    sent = await bot.slack.platform.post(rig.ANA, None, NOTE, Fill(), "key-of-the-note-0001")
    channel, ts = split(sent.address)  # type: ignore[union-attr]
    return await bot.slack.control.click(rig.ANA, channel, ts, f"act:{verb}:handover:7", until=until)


async def test_a_button_opens_the_field_and_what_is_typed_reaches_the_desk(bot: Bot) -> None:
    result = await press(bot)

    assert result.answer is not None
    assert result.answer.via == "view"
    (view,) = await bot.slack.control.views(rig.ANA)
    assert view["title"]["text"] == "Hand-over"
    submitted = await bot.slack.control.submit_view(rig.ANA, {"remarks": "Look at the stock.\nTwice."})
    assert submitted.errors == {}
    assert bot.desk.written == [("remarks|handover:7|3", "Look at the stock.\nTwice.")]
    assert await bot.slack.control.views(rig.ANA) == []


async def test_the_other_buttons_of_the_note_go_to_the_desk_as_ever(bot: Bot) -> None:
    await press(bot, "send_note")

    assert [encoded for encoded, _ in bot.desk.acted] == ["send_note|handover:7|3"]


async def test_what_cannot_be_kept_stays_in_the_field_with_the_reason(bot: Bot) -> None:
    bot.desk.refused = Refused({"remarks": "The note has changed while you wrote."})
    await press(bot)

    result = await bot.slack.control.submit_view(rig.ANA, {"remarks": "Too late."})

    assert result.errors == {"remarks": "The note has changed while you wrote."}
    assert len(await bot.slack.control.views(rig.ANA)) == 1


async def test_who_may_not_write_is_told_so_without_a_field(bot: Bot) -> None:
    bot.desk.field = Message("answer", "This note is Ben Krüger's to write.")

    result = await press(bot)

    assert result.answer is not None
    assert "Ben Krüger's to write" in result.answer.text
    assert await bot.slack.control.views(rig.ANA) == []


async def test_a_desk_that_fails_is_said_to_have_failed_and_no_remark_is_logged(bot: Bot) -> None:
    await press(bot)
    bot.desk.broken = RuntimeError("secret words")
    with structlog.testing.capture_logs() as logs:
        result = await bot.slack.control.submit_view(rig.ANA, {"remarks": "secret words"})

    assert "reference" in result.errors["remarks"]
    assert len(await bot.slack.control.views(rig.ANA)) == 1, "what was typed is still there"
    assert "secret words" not in str(logs)


@pytest.mark.parametrize("remarks", ["", "x", "x" * 3000, "&<>" * 1000, "👩‍🚀" * 700, "<!channel> *b*\n> q"])
def test_whatever_was_written_before_the_field_is_one_that_slack_takes(remarks: str) -> None:
    long = replace(REMARKS, label="l" * 999, hint="h" * 999, most=9999)

    assert validate_view(draw_form(replace(FIELD, fields=(replace(REMARKS, initial=remarks),)), "C0EMEAOPS1")) == []
    assert validate_view(draw_form(replace(FIELD, title="t" * 99, fields=(long,)), "")) == []


async def test_what_is_kept_late_closes_the_field_all_the_same(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing takes the place of what somebody has written before it is kept."""
    monkeypatch.setattr("handlers.slack.app.FORM_PATIENCE", 0.0)
    await press(bot)

    submitted = await bot.slack.control.submit_view(rig.ANA, {"remarks": "Look at the stock."})

    assert submitted.errors == {}
    assert await bot.slack.control.views(rig.ANA) == []
