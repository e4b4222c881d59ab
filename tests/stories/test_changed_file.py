"""The file is changed while the bot runs, and while somebody is being paged by a policy that is gone from it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.incidents import flow as incident_flow
from handlers.configuration import load_text
from store.engine import Store
from tests.databases import on_sqlite
from tests.stories.evening import HOUSE, Evening
from tests.stories.stage import Stage, house, stage
from tests.stories.tales import rise

RENAMED = HOUSE.replace("  page:\n", "  wake:\n").replace("policy: page", "policy: wake")
WITHOUT = (
    HOUSE[: HOUSE.index("policies:")]
    + "routing:\n  - {markets: [us], team: americas}\nadmin_channel: slack:C0ADMIN001\n"
)


def paged(store: Store, changed: str) -> Evening:
    """Maya has been paged; the file is changed; nobody acknowledges within five minutes."""
    evening = Evening(store)
    store.write(lambda c: incident_flow.meet(evening.moment(c), [rise(evening.at, "payment")]))
    evening.configuration = replace(load_text(changed, "livedesk.yaml"), version=2)
    evening.at += timedelta(minutes=5)
    assert evening.sweep() >= 1
    return evening


def test_the_rules_in_force_say_who_is_paged_now(store: Store) -> None:
    evening = paged(store, RENAMED)

    (incident,) = evening.incidents()
    assert incident.policy == "wake"
    assert [one.person for one in evening.pages()] == ["maya", "maya"], "from its first step"
    assert any("“page” is gone" in text for text in evening.said("C0AMERICAS"))
    evening.at += timedelta(minutes=5)
    evening.sweep()
    assert [one.person for one in evening.pages()] == ["maya", "maya", "jon"]


def test_it_never_ends_in_silence_where_no_rule_pages_any_more(store: Store) -> None:
    evening = paged(store, WITHOUT)

    assert ("exhausted", "livedesk") in evening.record()
    assert any(text.startswith("Nobody acknowledged:") for text in evening.said("C0ADMIN001"))
    evening.at += timedelta(hours=1)
    assert evening.sweep() == 0, "nothing is left behind to fail again and again"


@on_sqlite
async def test_a_running_bot_takes_its_changed_file_and_refuses_a_wrong_one(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The composed bot: what is right counts in the next answer, what is wrong is told of and changes nothing."""
    monkeypatch.setattr("handlers.in_force.LOOK_EVERY", 0.05)

    async def on_call(told: Stage) -> str:
        return (await told.control.command("U0MAYATORR", "C0AMERICAS", "/oncall americas", timeout=60)).text

    async def admins_read(told: Stage, saying: str) -> str:
        found = await told.control.wait_for_message("C0ADMIN001", lambda one: saying in one["text"], timeout=60)
        return str(found["text"])

    async with stage(database_url, tmp_path) as told, house(told.settings):
        assert "Maya Torres" in await on_call(told)
        await write(tmp_path, HOUSE.replace("members: [maya]}", "members: [mya]}"))
        assert "no person 'mya' under people, did you mean maya?" in await admins_read(told, "is not taken")
        assert "Maya Torres" in await on_call(told)

        await write(tmp_path, HOUSE.replace("members: [maya]}", "members: [jon]}"))
        await admins_read(told, "is right again")
        assert "Jon Park" in await on_call(told)


async def write(folder: Path, text: str) -> None:
    await asyncio.to_thread((folder / "livedesk.yaml").write_text, text, "utf-8")
