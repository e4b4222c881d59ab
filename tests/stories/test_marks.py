"""Useful or noise, tapped in a real workspace, and what the bot then says of its own alerts."""

from __future__ import annotations

from pathlib import Path

from store import incidents, marks
from store.engine import Store
from tests.stories.stage import Stage, house, stage
from tests.stories.test_evenings import AMBIENT
from tests.stories.test_house import AMERICAS, MANY, MAYA, card, page

JON = "U0JONPARK1"


async def test_it_takes_marks_on_card_and_page_and_tells_what_they_come_to(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path) as told, house(told.settings):
        await told.evening(20, AMBIENT)
        await told.evening(10, AMBIENT, MANY)
        paged, shown = await page(told), await card(told)

        on_page = await told.control.click(
            MAYA, paged["channel"], paged["ts"], "act:noise:incident:1", until="followup"
        )
        await told.control.click(JON, AMERICAS, shown["ts"], "act:noise:incident:1", until="followup")
        await _footer(told, "noise: 2")
        await card(told, "Over")  # by itself: a mark works also then
        late = await told.control.click(JON, AMERICAS, shown["ts"], "act:useful:incident:1", until="followup")
        await _footer(told, "useful: 1 · noise: 1")
        await told.control.click(JON, AMERICAS, shown["ts"], "act:noise:incident:1", until="followup")
        await _footer(told, "noise: 2")

        assert "Noted as noise" in on_page.text
        assert "Noted as useful" in late.text
        alerts = await told.control.command(MAYA, AMERICAS, "/live alerts united states 2")
        assert "Noise: 1 of 1 marked alerts" in alerts.text
        second = await _told(told, "What another sensitivity would have done")
        assert "United States: marked as noise 1, as useful 0, of 1 in all." in second
        backtest = await told.control.command(MAYA, AMERICAS, "/live backtest 1 90")
        assert "Replaying the last" in backtest.text
        assert "(noise avoided: 1, useful lost: 0)" in await _told(told, "Alerts with these settings")

    store = Store(database_url)
    try:
        kept = store.read(lambda c: marks.of_incident(c, 1))
        changes = [one for one in store.read(lambda c: incidents.history(c, 1)) if one["what"] == "marked"]
    finally:
        store.close()
    assert {(one.actor, one.mark) for one in kept} == {("maya", "noise"), ("jon", "noise")}
    assert [(one["actor"], one["detail"]["mark"]) for one in changes] == [
        ("maya", "noise"),
        ("jon", "noise"),
        ("jon", "useful"),
        ("jon", "noise"),
    ]


async def _footer(told: Stage, saying: str) -> None:
    await told.control.wait_for_message(AMERICAS, lambda one: saying in str(one["blocks"]), timeout=20)


async def _told(told: Stage, saying: str) -> str:
    """What Maya alone is told when the replay is done, whose process gives way to all else that this machine does."""
    found = await told.control.wait_for_message(AMERICAS, lambda one: saying in one["text"], viewer=MAYA, timeout=180)
    return f"{found['text']} {found['blocks']}"
