"""Commands, buttons and the Home tab, through the real Bolt app on a real socket to a sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import structlog

from desk.messages import Action, Fill, Message
from handlers.slack.app import SlackApp, build_app
from handlers.slack.platform import split
from handlers.slack.socket import SocketMode, connected
from tests.handlers.slack import rig
from tests.handlers.slack.desk import COMPLAINTS, HELP, Desk, Remembered

SHOW_NIGHT = datetime(2026, 3, 6, 20, 12, tzinfo=UTC)


class Bot:
    def __init__(self, slack: rig.Workspace) -> None:
        self.slack = slack
        self.desk = Desk()
        self.deliveries = Remembered()
        self.app: SlackApp = build_app(self.desk, self.deliveries, slack.client, slack.charts, lambda: SHOW_NIGHT)

    @asynccontextmanager
    async def online(self) -> AsyncIterator[SocketMode]:
        async with connected(self.app.bolt, self.slack.client, rig.APP_TOKEN, ping=0.5) as socket:
            await self.slack.control.wait_connected()
            yield socket
            await self.app.conversation.drain()


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with rig.workspace() as slack:
        bot = Bot(slack)
        async with bot.online():
            yield bot


def shown(answer: Any) -> str:
    assert answer is not None
    return f"{answer.text} {answer.blocks}"


def button(blocks: list[dict[str, Any]], action_id: str) -> dict[str, Any]:
    rows = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    return next(element for element in rows if element["action_id"] == action_id)


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_acknowledges_a_command_and_then_answers_with_the_chart_for_one_person(bot: Bot) -> None:
    result = await bot.slack.control.command(rig.ANA, rig.EMEA, "/live complaints aurora", until="chart")

    assert result.acked
    assert result.chart is not None
    assert result.chart.via == "response_url"
    assert result.chart.ephemeral
    assert "38 payment complaints" in shown(result.chart)
    assert "Complaints rise from 3 to 38 a minute" in shown(result.chart)


@pytest.mark.parametrize("text", ["/live", "/live complaints", "/oncall", "/oncall what? <>&*", "/live " + "x" * 3000])
async def test_it_leaves_whatever_follows_a_command_to_the_desk(bot: Bot, text: str) -> None:
    await bot.slack.control.command(rig.ANA, rig.EMEA, text)

    command, _, rest = text.removeprefix("/").partition(" ")
    ((asked, said, _),) = bot.desk.asked
    assert asked == command
    assert said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == rest


async def test_it_tells_the_desk_who_asks_in_which_zone_and_language_and_looks_them_up_once(bot: Bot) -> None:
    for _ in range(2):
        await bot.slack.control.command(rig.WEI, rig.HANGZHOU, "/live help")

    asker = bot.desk.asked[-1][2]
    assert (asker.user, asker.name, asker.channel) == (rig.WEI, "Wei Chen", rig.HANGZHOU)
    assert (asker.zone, asker.locale) == ("Asia/Shanghai", "zh-CN")
    assert len(await bot.slack.control.calls("users.info")) == 1


async def test_it_answers_in_utc_and_english_when_slack_does_not_know_the_person(bot: Bot) -> None:
    await bot.slack.control.fault("users.info", "error")

    await bot.slack.control.command(rig.WEI, rig.HANGZHOU, "/live help")

    asker = bot.desk.asked[0][2]
    assert (asker.zone, asker.locale) == ("UTC", "en")


async def test_it_says_the_finding_in_words_when_the_picture_is_refused(bot: Bot) -> None:
    await bot.slack.control.command(rig.ANA, rig.EMEA, "/live complaints", until="chart")
    bot.slack.box.hub.workspace.files.clear()

    result = await bot.slack.control.command(rig.ANA, rig.EMEA, "/live complaints", until="followup")

    assert "Complaints rise from 3 to 38 a minute" in shown(result.answer)
    assert result.chart is None


async def test_it_shares_for_everybody_exactly_what_one_person_saw(bot: Bot) -> None:
    seen = (await bot.slack.control.command(rig.ANA, rig.EMEA, "/live complaints aurora", until="chart")).chart
    assert seen is not None
    assert seen.ts is not None
    assert button(seen.blocks, "share")["text"]["text"] == "Share to Channel"
    bot.desk.answer = Message("answer", "39 payment complaints by now")

    await bot.slack.control.click(rig.ANA, rig.EMEA, seen.ts, "share", until="chart")

    (message,) = await bot.slack.control.messages(rig.EMEA)
    assert "38 payment complaints" in str(message["blocks"])
    assert "Shared by Ana Weber · /live complaints aurora" in str(message["blocks"])
    assert message["pings"] == []
    assert not any(block["type"] == "actions" for block in message["blocks"])


async def test_it_answers_at_once_and_again_when_it_knows_more(bot: Bot) -> None:
    bot.desk.answer = HELP
    bot.desk.later = COMPLAINTS

    result = await bot.slack.control.command(rig.ANA, rig.EMEA, "/live backtest 7 1.4", until="chart")

    assert [one.ephemeral for one in result.answers] == [True, True]
    assert "Try /live complaints" in shown(result.answers[0])
    assert "38 payment complaints" in shown(result.answers[1])
    assert button(result.answers[1].blocks, "share")


async def test_it_asks_anew_to_share_an_answer_from_before_a_restart(bot: Bot) -> None:
    seen = (await bot.slack.control.command(rig.ANA, rig.EMEA, "/live complaints aurora", until="chart")).chart
    assert seen is not None
    assert seen.ts is not None
    bot.app.conversation._shown.clear()

    await bot.slack.control.click(rig.ANA, rig.EMEA, seen.ts, "share", until="chart")

    assert [(command, text) for command, text, _ in bot.desk.asked] == [("live", "complaints aurora")] * 2
    assert "38 payment complaints" in str(await bot.slack.control.messages(rig.EMEA))


async def test_it_offers_no_sharing_of_help(bot: Bot) -> None:
    result = await bot.slack.control.command(rig.ANA, rig.EMEA, "/live help")

    assert "Ask me about a show" in shown(result.answer)
    assert "share" not in shown(result.answer)


# ── buttons ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_does_what_a_button_says_and_tells_the_one_who_tapped(bot: Bot) -> None:
    message = Message("incident", "Sold out", actions=(Action("acknowledge", "incident:7", 3, "Acknowledge"),))
    posted = await bot.slack.platform.post(rig.EMEA, None, message, Fill(), "k1")
    channel, ts = split(getattr(posted, "address", ""))

    result = await bot.slack.control.click(rig.ANA, channel, ts, "act:acknowledge:incident:7", until="followup")

    assert result.acked
    assert result.answer is not None
    assert result.answer.ephemeral
    assert "Done: acknowledge|incident:7|3" in shown(result.answer)
    ((encoded, asker),) = bot.desk.acted
    assert (encoded, asker.user, asker.channel) == ("acknowledge|incident:7|3", rig.ANA, rig.EMEA)


async def test_it_does_what_is_chosen_in_a_menu(bot: Bot) -> None:
    choices = [Action(verb, "incident:7", 3, verb, menu="Mute…") for verb in ("mute_30m", "mute_2h")]
    message = Message("incident", "Sold out", actions=tuple(choices))
    posted = await bot.slack.platform.post(rig.EMEA, None, message, Fill(), "k1")
    channel, ts = split(getattr(posted, "address", ""))

    result = await bot.slack.control.click(
        rig.ANA, channel, ts, "act:menu:0:incident:7", chosen="mute_2h|incident:7|3", until="followup"
    )

    assert result.acked
    assert "Done: mute_2h|incident:7|3" in shown(result.answer)
    assert [encoded for encoded, _ in bot.desk.acted] == ["mute_2h|incident:7|3"]


async def test_it_acknowledges_a_tap_only_once_it_is_done(bot: Bot) -> None:
    message = Message("incident", "Sold out", actions=(Action("acknowledge", "incident:7", 3, "Acknowledge"),))
    posted = await bot.slack.platform.post(rig.EMEA, None, message, Fill(), "k1")
    channel, ts = split(getattr(posted, "address", ""))
    bot.desk.free.clear()
    click = partial(bot.slack.control.click, rig.ANA, channel, ts, "act:acknowledge:incident:7", until="ack")

    early = await click(timeout=0.2)
    bot.desk.free.set()
    later = await click()

    assert (early.acked, later.acked) == (False, True)


async def test_it_acknowledges_a_tap_in_time_although_the_desk_is_slow(bot: Bot) -> None:
    message = Message("incident", "Sold out", actions=(Action("acknowledge", "incident:7", 3, "Acknowledge"),))
    posted = await bot.slack.platform.post(rig.EMEA, None, message, Fill(), "k1")
    channel, ts = split(getattr(posted, "address", ""))
    bot.desk.free.clear()

    slow = await bot.slack.control.click(rig.ANA, channel, ts, "act:acknowledge:incident:7", until="ack")
    bot.desk.free.set()

    assert slow.error is None
    assert slow.acked


# ── the Home tab ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_shows_on_the_home_tab_what_needs_one_now(bot: Bot) -> None:
    view = await bot.slack.control.open_home(rig.ANA)

    assert view is not None
    assert "Nothing needs you right now" in str(view["blocks"])
    assert "Updated <!date^1772827920^" in str(view["blocks"])
    assert bot.desk.asked[0][:2] == ("live", "home")


async def test_it_answers_a_tap_on_the_home_tab_by_publishing_it_anew(bot: Bot) -> None:
    view = await bot.slack.control.open_home(rig.ANA)
    assert view is not None

    await bot.slack.control.click_in_view(rig.ANA, view["id"], "act:resolve:incident:7")
    await bot.app.conversation.drain()

    home = await bot.slack.control.home(rig.ANA)
    assert home is not None
    assert "Done: resolve|incident:7|3" in str(home["blocks"])


# ── deliveries and failures ──────────────────────────────────────────────────────────────────────────────────────


async def test_it_runs_an_event_once_although_slack_brings_it_twice(bot: Bot) -> None:
    await bot.slack.control.fault("events_api", "deliver_twice")

    await bot.slack.control.open_home(rig.ANA)
    await bot.slack.control.wait_for(lambda: len(bot.deliveries.seen) == 2)
    await bot.app.conversation.drain()

    assert len(bot.desk.asked) == 1


async def test_it_rather_answers_twice_than_not_at_all_when_deliveries_cannot_be_remembered(bot: Bot) -> None:
    async def broken(event_id: str) -> bool:
        raise OSError(event_id)

    bot.deliveries.first_time = broken  # type: ignore[method-assign]

    assert await bot.slack.control.open_home(rig.ANA) is not None


@pytest.mark.parametrize("doing", ["command", "tap"])
async def test_it_says_what_to_do_when_something_breaks_and_logs_no_words(bot: Bot, doing: str) -> None:
    bot.desk.broken = RuntimeError("my card 4111 was charged twice")
    message = Message("incident", "Sold out", actions=(Action("acknowledge", "incident:7", 3, "Acknowledge"),))
    posted = await bot.slack.platform.post(rig.EMEA, None, message, Fill(), "k1")
    channel, ts = split(getattr(posted, "address", ""))

    with structlog.testing.capture_logs() as logs:
        if doing == "command":
            result = await bot.slack.control.command(rig.ANA, rig.EMEA, "/live my card 4111", until="followup")
        else:
            action = "act:acknowledge:incident:7"
            result = await bot.slack.control.click(rig.ANA, channel, ts, action, until="followup")

    (entry,) = [entry for entry in logs if entry["event"] == "slack request failed"]
    assert entry["error"] == "RuntimeError"
    assert f"give your admin the reference {entry['reference']}" in shown(result.answer)
    assert "4111" not in str(logs) + shown(result.answer)


async def test_it_apologises_in_the_language_of_the_one_who_asked(bot: Bot) -> None:
    bot.desk.broken = RuntimeError()

    result = await bot.slack.control.command(rig.WEI, rig.HANGZHOU, "/live complaints", until="followup")

    assert "请稍后重试" in shown(result.answer)


async def test_it_goes_on_after_slack_closed_the_socket(bot: Bot) -> None:
    await bot.slack.control.disconnect(abrupt=True)
    await bot.slack.control.wait_connected()

    result = await bot.slack.control.command(rig.ANA, rig.EMEA, "/live help", timeout=15)

    assert "Ask me about a show" in shown(result.answer)


async def test_it_tells_people_when_the_bot_token_is_no_longer_good(bot: Bot) -> None:
    await bot.slack.control.fault("auth.test", "refuse", error="token_revoked")

    result = await bot.slack.control.command(rig.ANA, rig.EMEA, "/live help")

    assert "cannot sign in" in shown(result.answer)
    assert bot.desk.asked == []


async def test_it_answers_many_people_at_once(bot: Bot) -> None:
    results = await asyncio.gather(
        *(bot.slack.control.command(rig.ANA, rig.EMEA, "/live complaints", until="chart") for _ in range(20))
    )

    assert all(result.chart is not None for result in results)
    assert len(bot.desk.asked) == 20
    assert COMPLAINTS.headline in shown(results[0].chart)
