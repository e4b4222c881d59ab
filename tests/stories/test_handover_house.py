"""Shifts in the composed bot, against a local Slack workspace: taps, the field, a page by hand, a file that changes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.databases import on_sqlite
from tests.factories import NOON
from tests.stories.shifts import ANA, BEN, HOUSE, MAYA
from tests.stories.stage import Stage, house, stage

EMEA = "C0EMEAOPS1"
# The stage begins at noon UTC, 13:00 in Berlin: Ana leaves three minutes later.
LEAVING = HOUSE.replace('to: "13:00"', 'to: "13:03"').replace('from: "13:00"', 'from: "13:03"')
HOSTILE = "Look at the <!channel> stock & <https://evil.example|this>, <@U0MAYATORR>.\nTwice."


async def direct(told: Stage, person: str, saying: str) -> dict[str, Any]:
    """The newest direct message of somebody that says it, waited for."""

    async def look() -> dict[str, Any] | None:
        found = [
            one for one in await told.control.direct_messages(person) if saying in f"{one['text']} {one['blocks']}"
        ]
        return found[-1] if found else None

    found: dict[str, Any] = await told.control.wait_for(look, timeout=40)
    return found


async def tap(told: Stage, person: str, message: dict[str, Any], value: str, until: str = "followup") -> Any:
    return await told.control.click(person, message["channel"], message["ts"], value=value, until=until)


async def test_a_shift_ends_with_a_note_that_is_edited_sent_and_confirmed(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path, text=LEAVING) as told:
        # The clock goes at its own pace, so that nothing comes due while a slow machine taps; the test moves it on.
        told.clock.set(NOON, 1.0)
        async with house(told.settings):
            told.clock.set(NOON + timedelta(minutes=4), 1.0)
            draft = await direct(told, ANA, "Your shift in emea is over: Ben Krüger is on call now")
            start = await direct(told, BEN, "You are on call for emea until")
            assert "You relieve" in str(start["blocks"])

            opened = await tap(told, ANA, draft, "remarks|handover:1|1", until="answer")
            assert opened.answer.via == "view"
            assert (await told.control.submit_view(ANA, {"remarks": HOSTILE})).errors == {}
            draft = await direct(told, ANA, "Twice.")
            assert "&lt;!channel&gt;" in str(draft["blocks"]), "escaped like anything hostile"

            assert "send_note|handover:1|2" in str(draft["blocks"]), "its buttons are those of its newest version"
            sent = await tap(told, ANA, draft, "send_note|handover:1|2")
            assert "Sent to Ben" in sent.text
            received = await direct(told, BEN, "Ana Weber hands emea over to you")
            assert "Twice." in str(received["blocks"])
            assert "<!channel>" not in str(received["blocks"])
            assert "<@U0MAYATORR>" not in f"{received['text']} {received['blocks']}"

            confirmed = await tap(told, BEN, received, "have_it|handover:1|3")
            assert "Ana Weber sees that you have it" in confirmed.text
            assert "Confirmed by" in str((await direct(told, ANA, "Confirmed by"))["blocks"])
            assert await told.control.direct_messages(MAYA) == []
            assert await told.control.doubled() == []


@on_sqlite
async def test_somebody_is_paged_by_hand_and_a_changed_file_is_told(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path, text=LEAVING.replace("13:03", "12:00")) as told:
        told.clock.set(NOON, 1.0)
        async with house(told.settings):
            answer = await told.control.command(MAYA, EMEA, "/oncall page emea <!here> no sound", timeout=30)
            assert "Paged: Ben Krüger" in answer.text
            paged = await direct(told, BEN, "Paged by hand")
            assert "&lt;!here&gt;" in str(paged["blocks"])
            taken = await tap(told, BEN, paged, "acknowledge|incident:1|1")
            assert "It is yours" in taken.text
            await direct(told, MAYA, "Ben Krüger has your page")
            refused = await told.control.command("U0JONPARK1", EMEA, "/oncall page emea hello")
            assert "I do not know you yet" in refused.text

            note = await told.control.command(BEN, EMEA, "/oncall handover")
            assert "Your hand-over note for emea" in note.text
            opened = await tap(
                told, BEN, {"channel": note.answers[-1].channel, "ts": note.answers[-1].ts},
                "remarks|handover:1|1", until="answer",
            )  # fmt: skip
            assert opened.answer.via == "view"

        changed = LEAVING.replace("13:03", "12:00").replace('to: "21:00"', 'to: "20:00"')
        (tmp_path / "livedesk.yaml").write_text(changed, "utf-8")
        async with house(told.settings):
            told.clock.set(told.clock.now() + timedelta(minutes=2), 1.0)
            news = await direct(told, BEN, "Your shifts have changed")
            assert "You lose Fri 6 Mar 20:00–21:00 (Berlin), in emea" in str(news["blocks"])
            assert await told.control.doubled() == []
