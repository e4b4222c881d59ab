"""Changing who is on call from chat: the composed bot, a sandbox workspace, modals, buttons, two people."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.databases import on_sqlite
from tests.stories.evening import HOUSE
from tests.stories.stage import Stage, house, stage
from tests.stories.test_house import AMERICAS, MAYA

PATIENT = {"trigger_life": 30.0}  # a machine that is busy with other tests
JON, ANA, WEI = "U0JONPARK1", "U0ANAWEBER", "U0WEICHEN1"
TURNS = (
    HOUSE.replace(
        "{type: weekly, start: 2026-01-05, members: [maya]}", "{type: daily, start: 2026-01-05, members: [maya, jon]}"
    )
    .replace("members: [maya, jon], markets: [us]", "members: [maya, jon], leads: [maya], markets: [us]")
    .replace("members: [ana], markets: [eu]", "members: [ana], markets: [eu]")
)

# Maya and Jon are on call together.
PAIRS = HOUSE.replace("members: [maya, jon], markets", "members: [maya, jon], leads: [maya], markets").replace(
    "    layers:\n",
    "    people: 2\n    layers:\n      - {name: beside, rotation: {type: daily, start: 2026-01-05, members: [jon]}}\n",
)


async def asked(told: Stage, user: str, text: str) -> Any:
    return (await told.control.command(user, AMERICAS, text, timeout=30)).answers[-1]


def button(message: Any, verb: str) -> str:
    """The value of the first button that does this."""
    blocks = message["blocks"] if isinstance(message, dict) else message.blocks
    return next(
        str(element["value"])
        for block in blocks
        for element in block.get("elements", ())
        if str(element.get("value", "")).startswith(f"{verb}|")
    )


@on_sqlite
async def test_an_override_is_set_in_a_modal_and_undone_at_a_tap(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path, text=TURNS, **PATIENT) as told, house(told.settings):
        before = await asked(told, MAYA, "/oncall americas")
        opened = await asked(told, MAYA, "/oncall override")
        (view,) = await told.control.views(MAYA)
        now = int(told.clock.now().timestamp())
        wrong = await told.control.submit_view(MAYA, {"person": "jon", "start": now + 7200, "end": now + 3600})
        again = await told.control.submit_view(
            MAYA, {"person": "ana", "start": now // 60 * 60, "end": now // 60 * 60 + 7200}
        )
        (result,) = await told.control.views(MAYA)
        during = await asked(told, JON, "/oncall americas")
        explained = await asked(told, JON, "/oncall explain americas")
        log = await asked(told, MAYA, "/oncall log")
        undone = await told.control.click(
            MAYA, str(log.channel), str(log.ts), value=button(log, "undo"), until="followup"
        )
        after = await asked(told, JON, "/oncall americas")

        assert opened.via == "view"
        assert [block["block_id"] for block in view["blocks"] if block["type"] == "input"] == [
            "schedule",
            "person",
            "start",
            "end",
        ]
        assert wrong.answers[-1].errors == {"end": "The end is not after the start: choose a later end."}
        assert again.acked
        assert "Ana Weber is on call" in str(result["blocks"])
        assert "Ana Weber on call" in during.text
        assert "override" in str(explained.blocks)
        assert "Undone: change 1" in undone.text
        assert before.text.split("\n")[0] == after.text.split("\n")[0]


@on_sqlite
async def test_the_modal_asks_whom_it_replaces_where_several_are_on_call(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path, text=PAIRS, **PATIENT) as told, house(told.settings):
        await asked(told, MAYA, "/oncall override")
        now = int(told.clock.now().timestamp()) // 60 * 60
        await told.control.submit_view(MAYA, {"schedule": "americas", "person": "ana", "start": now, "end": now + 3600})
        (further,) = await told.control.views(MAYA)
        nothing = await told.control.submit_view(MAYA, {})
        before = await asked(told, JON, "/oncall americas")
        await told.control.submit_view(MAYA, {"instead_of": "maya"})
        (result,) = await told.control.views(MAYA)
        after = await asked(told, JON, "/oncall americas")
        typed = await asked(told, MAYA, "/oncall take americas")
        async with told.http.get(f"{told.url}/metrics") as answer:
            metrics = await answer.text()

        (choice,) = [block for block in further["blocks"] if block["type"] == "input"]
        labels = [option["text"]["text"] for option in choice["element"]["options"]]
        assert labels == ["Jon Park", "Maya Torres", "Everybody"]
        assert nothing.errors, "nobody is replaced by a slip"
        assert "Ana Weber" not in before.text
        assert "Ana Weber is on call instead of Maya Torres" in str(result["blocks"])
        assert "On call in that time: Ana Weber and Jon Park." in str(result["blocks"])
        assert "Ana Weber" in after.text
        assert "Jon Park" in after.text
        assert "In whose place?" in typed.text
        assert "livedesk_oncall_gaps_now 0.0" in metrics


@on_sqlite
async def test_what_a_modal_did_is_undone_in_the_modal(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path, text=TURNS, **PATIENT) as told, house(told.settings):
        await asked(told, JON, "/oncall leave")
        await told.control.submit_view(JON, {})
        (result,) = await told.control.views(JON)

        await told.control.click_in_view(JON, result["id"], "act:undo:change:1")

        async def undone() -> bool:
            return "Undone: change 1" in str(await told.control.views(JON))

        await told.control.wait_for(undone)
        assert "Jon Park is on leave" in str(result["blocks"])


SWAPPED = "Jon Park and Maya Torres swapped shifts"


async def test_a_swap_is_asked_for_offered_and_agreed_to(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path, text=TURNS, **PATIENT) as told, house(told.settings):
        await asked(told, MAYA, "/oncall swap")
        (view,) = await told.control.views(MAYA)
        fields = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
        mine = fields["shift"]["options"][1]
        await told.control.submit_view(MAYA, {"shift": mine["value"], "asked": "jon"})
        card = await told.control.wait_for_message(AMERICAS, lambda one: "would like to swap" in one["text"])
        direct = await told.control.open_dm(JON)
        dm = await told.control.wait_for_message(direct, lambda one: "would like to swap" in one["text"])

        ana = await told.control.click(ANA, AMERICAS, card["ts"], value=button(card, "offer"), until="followup")
        shown = await told.control.click(JON, direct, dm["ts"], value=button(dm, "offer"), until="followup")
        choices = shown.answers[-1]
        gift = button(choices, "give")
        given = await told.control.click(JON, str(choices.channel), str(choices.ts), value=gift, until="followup")
        maya_dm = await told.control.open_dm(MAYA)
        offer = await told.control.wait_for_message(maya_dm, lambda one: "offers a shift for yours" in one["text"])
        taps = [
            told.control.click(MAYA, maya_dm, offer["ts"], value=button(offer, "agree"), until="followup")
            for _ in range(2)
        ]
        both = await asyncio.gather(*taps)
        await told.control.wait_for_message(AMERICAS, lambda one: SWAPPED in one["text"])
        reply = await told.control.wait_for_message(
            AMERICAS, lambda one: one["ts"] != card["ts"] and SWAPPED in one["text"], thread=card["ts"]
        )
        schedule, start, end = mine["value"].split(":")
        theirs = [int(part) for part in gift.split("|")[1].split(":")[-2:]]
        given_away, received = [
            await asked(told, ANA, f"/oncall explain americas {datetime.fromtimestamp(at, UTC).isoformat()}")
            for at in (int(start), theirs[0])
        ]
        log = await asked(told, JON, "/oncall log americas")

        assert schedule == "americas"
        assert "take" not in ana.text or "asked of Jon Park" in ana.text
        assert "Which shift of yours" in shown.text
        assert "Offered; Maya Torres decides" in given.text
        texts = sorted(one.text for one in both)
        assert sum(SWAPPED in text for text in texts) == 1, texts
        assert sum("first" in text for text in texts) == 1, "of two taps, one swaps"
        assert {f"@{MAYA}", f"@{JON}"} <= set(reply["pings"])
        assert "Jon Park" in given_away.text
        assert "Maya Torres" in received.text
        assert "swapped shifts" in str(log.blocks)
        assert int(end) > int(start)


@on_sqlite
async def test_a_shift_is_given_away_with_a_tap(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path, text=TURNS, **PATIENT) as told, house(told.settings):
        asker = await asked(told, MAYA, "/oncall cover me")
        card = await told.control.wait_for_message(AMERICAS, lambda one: "asks somebody to take" in one["text"])
        own = await told.control.click(MAYA, AMERICAS, card["ts"], value=button(card, "take_it"), until="followup")
        stranger = await told.control.click(WEI, AMERICAS, card["ts"], value=button(card, "take_it"), until="followup")
        taps = [
            told.control.click(who, AMERICAS, card["ts"], value=button(card, "take_it"), until="followup")
            for who in (JON, ANA)  # at once: a tap later there is nothing left to tap on
        ]
        both = sorted([one.text for one in await asyncio.gather(*taps)], key=lambda text: "was first" in text)

        assert "Your team is asked" in asker.text
        assert "your own shift" in own.text
        assert "我不认识您" in stranger.text
        assert WEI in stranger.text, "and how that is mended"
        takers = [name for name in ("Jon Park", "Ana Weber") if f"{name} takes americas" in both[0]]
        assert len(takers) == 1, both
        assert f"{takers[0]} was first" in both[1], "of two taps, one takes"


@on_sqlite
async def test_roles_decide_who_may_and_refusals_say_who(database_url: str, tmp_path: Path) -> None:
    text = TURNS.replace("leads: [maya]", "leads: [maya], viewers: [ana]").replace("members: [ana], ", "")
    async with stage(database_url, tmp_path, text=text, **PATIENT) as told, house(told.settings):
        now = told.clock.now().replace(second=0, microsecond=0)
        span = f"{_utc(now + timedelta(hours=30))} to {_utc(now + timedelta(hours=31))}"

        viewer = await asked(told, ANA, f"/oncall override americas me {span}")
        member = await asked(told, JON, f"/oncall override americas maya {span}")
        own = await asked(told, JON, f"/oncall override americas me {span}")
        lead = await asked(told, MAYA, f"/oncall override americas nobody {span}")
        others_leave = await asked(told, JON, f"/oncall leave maya {span}")
        by_lead = await asked(told, MAYA, f"/oncall leave jon {span}")
        form = await asked(told, ANA, "/oncall override")
        unknown = await asked(told, WEI, "/oncall take americas")

        assert "You are a viewer" in str(viewer.blocks)
        assert "Maya Torres" in str(viewer.blocks)
        assert "For others only a lead of americas may: Maya Torres." in str(member.blocks)
        assert "Jon Park is on call" in own.text
        assert "nobody is on call, on purpose" in lead.text
        assert "For others only a lead" in str(others_leave.blocks)
        assert "Jon Park is on leave" in by_lead.text
        assert form.via != "view"
        assert WEI in str(unknown.blocks)


@on_sqlite
async def test_whoever_takes_over_is_on_call_at_once(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path, text=TURNS, **PATIENT) as told, house(told.settings):
        first = await asked(told, JON, "/oncall take americas for 2h")
        who = await asked(told, MAYA, "/oncall americas")
        other = await asked(told, MAYA, "/oncall take americas for 1h")
        now = await asked(told, JON, "/oncall americas")
        feed = await asked(told, MAYA, "/oncall me")

        assert "Jon Park is on call for americas now" in first.text
        assert "Jon Park on call" in who.text
        assert "Maya Torres is on call for americas now" in other.text
        assert "Maya Torres on call" in now.text
        assert "Maya Torres is on call now" in feed.text


def _utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%MZ")
