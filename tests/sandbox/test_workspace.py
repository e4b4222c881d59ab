"""The workspace's memory: roster, state file, feed, clock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.feed import KEPT, Feed
from sandbox.roster import RosterError, load
from sandbox.server import Sandbox, running
from sandbox.settings import DEFAULT_ROSTER
from tests.sandbox.conftest import ANA, EMEA, QUICK, png, roster, web_client


def test_it_reads_the_demos_roster() -> None:
    known = load(DEFAULT_ROSTER)

    assert known.users["U0WEICHEN1"].tz == "Asia/Shanghai"
    assert all(known.app.bot_user in channel.members for channel in known.channels.values())
    assert [command.command for command in known.app.commands] == ["/live", "/oncall"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("tz: Europe/Lisbon|tz: Lisbon", "good one: Europe/Berlin"),
        ("name: live-emea,|name: live-emea, members: [U0NOBODY00],", "no user U0NOBODY00"),
        ("team:|tribe:", "'team' is missing"),
        ("name: ana,|nom: ana,", "nom"),
        ("team: {|team: [", "cannot be read"),
    ],
)
def test_it_says_what_is_wrong_in_a_roster(tmp_path: Path, change: str, said: str) -> None:
    before, _, after = change.partition("|")
    path = tmp_path / "roster.yaml"
    path.write_text(DEFAULT_ROSTER.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")

    with pytest.raises(RosterError) as caught:
        load(path)

    assert said in str(caught.value)
    assert str(path) in str(caught.value)


async def test_it_keeps_messages_files_and_homes_over_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with running(QUICK, roster=roster(), state=path) as box:
        client = web_client(box)
        first = (await client.chat_postMessage(channel=EMEA, text="kept"))["ts"]
        await client.chat_postMessage(channel=ANA, text="private")
        await client.views_publish(user_id=ANA, view={"type": "home", "blocks": [{"type": "divider"}]})
        await client.files_upload_v2(channel=EMEA, content=png(), filename="chart.png")
        await box.control.wait_for_message(EMEA, lambda one: bool(one.get("files")))
    async with running(QUICK, roster=roster(), state=path) as box:
        messages = await box.control.messages(EMEA)
        later = (await web_client(box).chat_postMessage(channel=EMEA, text="new"))["ts"]
        direct = await box.control.direct_messages(ANA)
        home = await box.control.home(ANA)

    assert (messages[0]["ts"], messages[0]["text"]) == (first, "kept")
    assert messages[1]["pictures"][0]["mimetype"] == "image/png"
    assert [one["text"] for one in direct] == ["private"]
    assert home is not None
    assert float(later) > float(first)


async def test_it_writes_the_state_while_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with running(QUICK, roster=roster(), state=path) as box:
        await box.control.say(ANA, EMEA, "kept")

        def written() -> bool:
            box.hub.feed.touch()  # so that the question is asked again until the file is there
            return path.exists() and "kept" in path.read_text(encoding="utf-8")

        assert await box.control.wait_for(written)


async def test_it_refuses_a_state_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"version": 1}), encoding="utf-8")

    with pytest.raises(ValueError, match="move it away"):
        async with running(QUICK, state=path):
            pass


async def test_it_shows_the_demos_clock_beside_the_machines(box: Sandbox) -> None:
    await box.control.clock(1_772_800_000, speed=60)

    message = await box.control.say(ANA, EMEA, "x")

    assert 1_772_800_000 <= message["shown_at"] < 1_772_803_600
    assert float(message["ts"]) > 1_772_900_000


async def test_it_follows_changes_in_order_from_where_one_was() -> None:
    feed = Feed()
    for n in range(5):
        feed.publish("message", n=n)
    feed.touch()

    seen = []
    async for change in feed.follow(2, pulse=0):
        if change is None:
            break
        seen.append(change["n"])

    assert seen == [2, 3, 4]


async def test_it_says_so_when_changes_are_gone() -> None:
    feed = Feed()
    for _ in range(KEPT + 10):
        feed.publish("message")

    first = await anext(feed.follow(3, pulse=0))

    assert first is not None
    assert (first["kind"], first["number"]) == ("reset", KEPT + 10)


async def test_it_tells_calls_by_method_channel_and_key(box: Sandbox) -> None:
    client = web_client(box)
    await client.chat_postMessage(
        channel=EMEA, text="x", metadata={"event_type": "page", "event_payload": {"key": "k"}}
    )
    await client.auth_test()

    [call] = await box.control.calls(key="k")

    assert (call["method"], call["channel"], call["outcome"]) == ("chat.postMessage", EMEA, "ok")
    assert call["ts"] == (await box.control.messages(EMEA))[0]["ts"]
    assert [one["method"] for one in await box.control.calls(after=call["number"])] == ["auth.test"]
