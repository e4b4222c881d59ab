"""`/oncall calendar` in the composed bot: a link for one person's eyes, read by their calendar."""

from __future__ import annotations

import re
from pathlib import Path

from icalendar import Calendar

from tests.databases import on_sqlite
from tests.stories.stage import house, stage
from tests.stories.test_house import AMERICAS, MAYA

LINK = re.compile(r"http://[\w.:]+/v1/calendars/ldc_[\w-]+\.ics")


@on_sqlite
async def test_it_gives_a_person_their_shifts_until_they_ask_again(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path) as told, house(told.settings):
        first = (await told.control.command(MAYA, AMERICAS, "/oncall calendar")).answers[-1]
        (url,) = set(LINK.findall(str(first.blocks)))
        async with told.http.get(url) as read:
            (calendar,) = Calendar.from_ical(await read.read(), multiple=True)

        second = (await told.control.command(MAYA, AMERICAS, "/oncall calendar")).answers[-1]
        async with told.http.get(url) as again:
            ended = again.status
        asked = (await told.control.command(MAYA, AMERICAS, "/oncall Calendar help")).answers[-1]
        (kept,) = set(LINK.findall(str(second.blocks)))
        async with told.http.get(kept) as still:
            works = still.status
        stopped = (await told.control.command(MAYA, AMERICAS, "/oncall calendar stop")).answers[-1]
        stranger = (await told.control.command("U0WEICHEN1", AMERICAS, "/oncall calendar")).answers[-1]

        assert {str(one["SUMMARY"]) for one in calendar.walk("VEVENT")} == {"On call: americas"}
        assert "no longer works" in str(second.blocks)
        assert LINK.findall(str(second.blocks))[0] != url
        assert "LIVEDESK_PUBLIC_URL" in str(first.blocks), "nobody else reaches 127.0.0.1"
        assert ended == 404
        assert "/oncall calendar" in str(asked.blocks)
        assert works == 200, "a word that is not known changes nothing"
        assert "has ended" in stopped.text
        assert "share" not in str(first.blocks)
        assert not LINK.search(str(stranger.blocks))
        assert not any("ldc_" in str(one) for one in await told.control.messages(AMERICAS))
