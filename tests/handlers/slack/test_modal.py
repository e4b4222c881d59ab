"""Forms as modals, through the real Bolt app and a sandbox that refuses what Slack would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from desk.forms import Choice, Form, Instant, Refused
from handlers.slack.blockkit import validate_view
from handlers.slack.modal import draw_form, errors_of, values_of
from tests.handlers.slack import rig
from tests.handlers.slack.test_app import Bot

NOON = datetime(2026, 3, 6, 12, 0, 30, tzinfo=UTC)
FORM = Form(
    word="override",
    title="Override",
    fields=(
        Choice("person", "Who", (("ana", "Ana Weber"), ("wei", "<!channel> *Wei* & 陈")), "ana", hint="who takes over"),
        Instant("start", "From", NOON),
        Instant("end", "Until", optional=True),
    ),
    submit="Override",
    intro="It replaces <!here> whoever is on call.",
)


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with rig.workspace(trigger_life=30.0) as slack:
        bot = Bot(slack)
        bot.desk.typed = FORM
        async with bot.online():
            yield bot


def test_a_form_is_a_view_that_slack_takes() -> None:
    view = draw_form(FORM, "C0EMEAOPS1")

    assert validate_view(view) == []
    assert view["blocks"][2]["element"] == {
        "type": "datetimepicker",
        "action_id": "start",
        "initial_date_time": int(NOON.timestamp()) - 30,
    }
    assert "&lt;!here&gt;" in view["blocks"][0]["text"]["text"]


@pytest.mark.parametrize("number", [1, 100, 101, 950])
def test_more_choices_than_a_menu_holds_are_groups_of_it(number: int) -> None:
    options = tuple((f"p{n}", f"Person {n} " + "x" * 100) for n in range(number))
    form = Form("override", "A title that is far too long for Slack", (Choice("person", "Who", options, "p0"),), "Go")

    view = draw_form(form, "C0EMEAOPS1")

    assert validate_view(view) == []
    element = view["blocks"][0]["element"]
    groups = element.get("option_groups") or [element]
    assert sum(len(group["options"]) for group in groups) == number


def test_a_picker_gets_no_start_that_slack_would_refuse() -> None:
    form = Form("x", "X", (Instant("start", "From", datetime(1970, 1, 2, tzinfo=UTC)),), "Go")

    assert validate_view(draw_form(form, "")) == []


def test_what_is_wrong_outside_of_the_form_stands_at_its_first_field() -> None:
    view = draw_form(FORM, "")

    errors = errors_of(view, Refused({"end": "Too early.", "": "I don't know you.", "person": "Not them."}))

    assert errors == {"end": "Too early.", "person": "I don't know you. Not them."}


def test_an_empty_form_has_no_values() -> None:
    assert values_of({"state": {"values": {"a": {"a": {"type": "datetimepicker", "selected_date_time": None}}}}}) == {
        "a": None
    }


async def test_a_form_comes_back_with_instants_and_keys(bot: Bot) -> None:
    await bot.slack.control.command(rig.ANA, rig.EMEA, "/oncall form")
    end = int(NOON.timestamp()) + 3600

    sent = await bot.slack.control.submit_view(rig.ANA, {"person": "wei", "end": end})

    assert sent.acked
    ((word, values, asker),) = bot.desk.sent
    assert (word, asker.user, asker.channel) == ("override", rig.ANA, rig.EMEA)
    assert values == {
        "person": "wei",
        "start": datetime.fromtimestamp(int(NOON.timestamp()) - 30, UTC),
        "end": datetime.fromtimestamp(end, UTC),
    }
    (view,) = await bot.slack.control.views(rig.ANA)
    assert "Done: override" in str(view["blocks"]), "what was done takes the place of the form"


async def test_what_is_wrong_stands_at_its_field_and_the_form_stays(bot: Bot) -> None:
    bot.desk.refused = Refused({"end": "The end is not after the start: choose a later end."})
    await bot.slack.control.command(rig.ANA, rig.EMEA, "/oncall form")

    sent = await bot.slack.control.submit_view(rig.ANA, {})

    assert sent.answers[-1].errors == {"end": "The end is not after the start: choose a later end."}
    (view,) = await bot.slack.control.views(rig.ANA)
    assert view["callback_id"] == "form:override"


FURTHER = Form(
    "override", "Override", (Choice("instead_of", "Instead of", (("ana", "Ana"), ("*", "All"))),), "Go", ref="[1]"
)


async def test_a_form_that_asks_further_takes_its_place_and_comes_back_with_its_reference(bot: Bot) -> None:
    bot.desk.further = FURTHER
    await bot.slack.control.command(rig.ANA, rig.EMEA, "/oncall form")
    await bot.slack.control.submit_view(rig.ANA, {})

    (view,) = await bot.slack.control.views(rig.ANA)
    assert [block["block_id"] for block in view["blocks"]] == ["instead_of"]
    nothing_chosen = await bot.slack.control.submit_view(rig.ANA, {})
    assert nothing_chosen.errors
    bot.desk.further = None
    await bot.slack.control.submit_view(rig.ANA, {"instead_of": "ana"})

    assert bot.desk.written[-1] == ("[1]", "ana")
    (view,) = await bot.slack.control.views(rig.ANA)
    assert "Done: override" in str(view["blocks"])


async def test_what_asks_further_is_shown_although_it_took_too_long(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.slack.app.FORM_PATIENCE", 0.05)
    held = asyncio.Event()

    async def slow(*given: object) -> object:
        await held.wait()
        return FURTHER

    monkeypatch.setattr(bot.desk, "submit", slow)
    await bot.slack.control.command(rig.ANA, rig.EMEA, "/oncall form")

    await bot.slack.control.submit_view(rig.ANA, {})
    held.set()
    await bot.app.conversation.drain()

    (view,) = await bot.slack.control.views(rig.ANA)
    assert view["callback_id"] == "form:override"
    assert view["blocks"][0]["block_id"] == "instead_of"


async def test_a_form_that_fails_says_so_with_a_reference(bot: Bot) -> None:
    await bot.slack.control.command(rig.ANA, rig.EMEA, "/oncall form")
    bot.desk.broken = RuntimeError("the database is gone")

    await bot.slack.control.submit_view(rig.ANA, {})

    (view,) = await bot.slack.control.views(rig.ANA)
    assert "reference" in str(view["blocks"])
    assert "database" not in str(view["blocks"])


async def test_where_slack_opens_no_form_the_command_is_answered_in_words(bot: Bot) -> None:
    await bot.slack.control.fault("views.open", "error")

    answer = await bot.slack.control.command(rig.ANA, rig.EMEA, "/oncall form", until="answer")

    assert answer.answers[-1].via == "response_url"
    assert ("oncall", "form") in [(command, text) for command, text, _ in bot.desk.asked]


async def test_what_takes_too_long_says_where_to_look(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.slack.app.FORM_PATIENCE", 0.05)
    held = asyncio.Event()
    submit = bot.desk.submit

    async def slow(*given: object) -> object:
        await held.wait()
        return await submit(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(bot.desk, "submit", slow)
    await bot.slack.control.command(rig.ANA, rig.EMEA, "/oncall form")

    await bot.slack.control.submit_view(rig.ANA, {})
    held.set()
    await bot.app.conversation.drain()

    (view,) = await bot.slack.control.views(rig.ANA)
    assert "/oncall log" in str(view["blocks"])
    assert len(bot.desk.sent) == 1, "it is done all the same"
