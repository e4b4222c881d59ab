"""What every chat platform promises, checked over each of them with the same words."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

import pytest

from desk.marks import rules as marking
from desk.messages import Action, ChartRef, Facts, Fill, Heading, Message, Paragraph, Quote, Table, Text, Words
from desk.words import tongue
from handlers.platform import KEY_LENGTH, Absent, Delivered, Found, GiveUp, Outcome, Platform
from handlers.slack.platform import split
from handlers.terminal.platform import TerminalPlatform
from tests.handlers.slack import rig

DAY = date(2026, 3, 6)
KEY = "incident-7".ljust(KEY_LENGTH, "x")
SOLD_OUT = Message("incident", "The serum is sold out", severity="P2", parts=(Paragraph((Text("Since 20:12."),)),))


class Room(Protocol):
    """A platform with somewhere to post to, and eyes to see what stands there."""

    platform: Platform
    destination: str
    person: str

    async def shown(self, address: str) -> str | None:
        """Everything a reader sees at an address; None where nothing is."""
        ...

    async def pings(self, address: str) -> list[str]: ...


class SlackRoom:
    destination, person = rig.EMEA, rig.ANA

    def __init__(self, workspace: rig.Workspace) -> None:
        self.platform = workspace.platform
        self._control = workspace.control

    async def _message(self, address: str) -> dict[str, object] | None:
        channel, ts = split(address)
        everything = await self._control.messages(channel)
        for parent in list(everything):
            everything += await self._control.messages(channel, thread=str(parent["ts"]))
        return next((one for one in everything if one["ts"] == ts), None)

    async def shown(self, address: str) -> str | None:
        message = await self._message(address)
        return None if message is None else f"{message['text']} {message['blocks']}"

    async def pings(self, address: str) -> list[str]:
        message = await self._message(address)
        return [] if message is None else list(message["pings"])  # type: ignore[call-overload]


class TerminalRoom:
    destination, person = "live-emea", "ana"

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.platform: Platform = TerminalPlatform(self._stream)

    async def shown(self, address: str) -> str | None:
        blocks = [block for block in self._stream.getvalue().split("── ") if block.startswith(f"{address} ")]
        return None if not blocks or "(deleted)" in blocks[-1] else blocks[-1]

    async def pings(self, address: str) -> list[str]:
        """A terminal can only ping by its bell."""
        return ["bell"] * (await self.shown(address) or "").count("\a")


@pytest.fixture(params=["slack", "terminal"])
async def room(request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    if request.param == "slack":
        async with rig.workspace() as workspace:
            yield SlackRoom(workspace)
    else:
        yield TerminalRoom()


def address(outcome: Outcome) -> str:
    assert isinstance(outcome, Delivered), outcome
    return outcome.address


def a_while_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


async def test_it_gives_an_address_at_which_the_message_stands(room: Room) -> None:
    posted = await room.platform.post(room.destination, None, SOLD_OUT, Fill(), KEY)

    shown = await room.shown(address(posted))
    assert shown is not None
    assert "The serum is sold out" in shown
    assert "P2" in shown
    assert "Since 20:12." in shown


async def test_it_reaches_a_person_as_well_as_a_channel(room: Room) -> None:
    posted = await room.platform.post(room.person, None, SOLD_OUT, Fill(), KEY)

    assert "The serum is sold out" in (await room.shown(address(posted)) or "")
    assert await room.platform.find(room.person, None, KEY, a_while_ago()) == Found(address(posted))


async def test_it_offers_to_mark_an_alert_and_shows_what_was_said(room: Room) -> None:
    buttons = marking.actions(7, 1, tongue("en"))
    counted = Text(marking.small_print(["noise", "useful", "noise"], tongue("en")))
    posted = await room.platform.post(
        room.destination, None, replace(SOLD_OUT, actions=buttons, footer=(counted,)), Fill(), KEY
    )

    shown = await room.shown(address(posted)) or ""
    assert all(words in shown for words in ("Useful", "Noise", "useful: 1 · noise: 2"))


async def test_it_edits_in_place(room: Room) -> None:
    posted = await room.platform.post(room.destination, None, SOLD_OUT, Fill(), KEY)

    edited = await room.platform.edit(address(posted), Message("incident", "The serum is back"), Fill(), KEY)

    shown = await room.shown(address(posted))
    assert edited == posted
    assert shown is not None
    assert "The serum is back" in shown
    assert "sold out" not in shown


async def test_it_deletes_and_says_the_same_when_there_is_nothing_left_to_delete(room: Room) -> None:
    posted = await room.platform.post(room.destination, None, SOLD_OUT, Fill(), KEY)

    assert await room.platform.delete(address(posted)) == posted
    assert await room.shown(address(posted)) is None
    assert await room.platform.delete(address(posted)) == posted


async def test_it_gives_up_on_an_edit_of_what_is_gone(room: Room) -> None:
    posted = await room.platform.post(room.destination, None, SOLD_OUT, Fill(), KEY)
    await room.platform.delete(address(posted))

    assert isinstance(await room.platform.edit(address(posted), SOLD_OUT, Fill(), KEY), GiveUp)


async def test_it_finds_by_key_what_it_posted_and_nothing_else(room: Room) -> None:
    await room.platform.post(room.destination, None, SOLD_OUT, Fill(), "another")
    posted = await room.platform.post(room.destination, None, SOLD_OUT, Fill(), KEY)

    assert await room.platform.find(room.destination, None, KEY, a_while_ago()) == Found(address(posted))
    assert await room.platform.find(room.destination, None, "a third", a_while_ago()) == Absent()


async def test_it_still_finds_a_message_after_an_edit_and_not_after_a_deletion(room: Room) -> None:
    posted = await room.platform.post(room.destination, None, SOLD_OUT, Fill(), KEY)
    await room.platform.edit(address(posted), Message("incident", "The serum is back"), Fill(), KEY)

    assert await room.platform.find(room.destination, None, KEY, a_while_ago()) == Found(address(posted))
    await room.platform.delete(address(posted))
    assert await room.platform.find(room.destination, None, KEY, a_while_ago()) == Absent()


async def test_it_posts_into_a_thread_and_finds_it_there(room: Room) -> None:
    parent = await room.platform.post(room.destination, None, SOLD_OUT, Fill(), KEY)
    line = Message("history", "Ana acknowledged")

    reply = await room.platform.post(room.destination, address(parent), line, Fill(), "reply")

    assert "Ana acknowledged" in (await room.shown(address(reply)) or "")
    assert address(reply) != address(parent)
    found = await room.platform.find(room.destination, address(parent), "reply", a_while_ago())
    assert found == Found(address(reply))


async def test_it_gives_up_on_a_key_that_some_platform_could_not_keep(room: Room) -> None:
    outcome = await room.platform.post(room.destination, None, SOLD_OUT, Fill(), "k" * (KEY_LENGTH + 1))

    assert isinstance(outcome, GiveUp)


@pytest.mark.parametrize(
    "said", ["<!channel> refund", "<@U0WEICHEN1>", "@everyone \a\a", "<!here|hi> &lt;!channel&gt;"]
)
async def test_it_never_pings_by_what_a_viewer_wrote(room: Room, said: str) -> None:
    message = Message("incident", "Voices", parts=(Quote(DAY, 1, "en"), Quote(DAY, 2, "en")))
    words = {(DAY, 1): Words(said, "en"), (DAY, 2): Words(said, "de", said + "!", "LibreTranslate")}

    posted = await room.platform.post(room.destination, None, message, Fill(words=words), KEY)

    assert await room.pings(address(posted)) == []


async def test_it_draws_an_erased_quote_as_such_and_keeps_nothing_of_it(room: Room) -> None:
    message = Message("incident", "Voices", parts=(Quote(DAY, 1, "en", "minute 12"),))
    words = {(DAY, 1): Words("my name is Jo", "en")}
    posted = await room.platform.post(room.destination, None, message, Fill(words=words), KEY)
    assert "my name is Jo" in (await room.shown(address(posted)) or "")

    await room.platform.edit(address(posted), message, Fill(), KEY)

    shown = await room.shown(address(posted)) or ""
    assert "Erased at the viewer's request" in shown.replace('\\"', '"')
    assert "my name is Jo" not in shown


async def test_it_says_the_finding_of_a_chart_and_shows_every_kind_of_part(room: Room) -> None:
    message = Message(
        "digest",
        "Your morning",
        parts=(
            Heading("By market"),
            Facts((("Comments", (Text("8,214"),)),)),
            Table(("Market", "Complaints"), (("us", "38"),)),
        ),
        chart=ChartRef("complaints", {}, "Complaints rise to 38 a minute"),
        actions=(Action("open", "show:aurora", 1, "Open the show"),),
    )

    posted = await room.platform.post(room.destination, None, message, Fill(chart_png=rig.chart()), KEY)

    shown = await room.shown(address(posted)) or ""
    for words in ("Your morning", "By market", "8,214", "us", "38", "Complaints rise to 38 a minute", "Open the show"):
        assert words in shown
