"""User groups, topics and do-not-disturb: the real Slack client and a sandbox workspace, on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desk.following import flow as following
from desk.oncall.model import Override
from handlers.platform import Delivered, GiveUp
from handlers.shifts import ShiftKeeper
from handlers.slack.shifts import SlackShifts
from store import shifts
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.handlers.slack.rig import ANA, EMEA, Workspace, workspace
from tests.sandbox.conftest import roster
from tests.stories.evening import HOUSE
from tests.stories.rises import URGENT, Rises

GROUP, MAYA, JON = "S0EMEAONC1", "U0MAYATORR", "U0JONPARK1"
FOLLOWED = HOUSE.replace(
    "  americas:\n    timezone: America/Los_Angeles\n    layers:",
    "  americas:\n    timezone: America/Los_Angeles\n"
    f"    follow: {{user_group: 'slack:{GROUP}', channel_topic: 'slack:{EMEA}'}}\n    layers:",
)


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    async with workspace() as made:
        yield made


@pytest.fixture
def evening(store: Store) -> Rises:
    return Rises(store, FOLLOWED)


def keeper(evening: Rises, slack: Workspace) -> ShiftKeeper:
    platforms = {"slack": SlackShifts(slack.client)}
    return ShiftKeeper(evening.store, WORKSPACE, platforms, lambda: evening.configuration, lambda: evening.at)


def override(evening: Rises, person: str | None, length: timedelta = timedelta(hours=1)) -> None:
    """Somebody else from now on, as chat would do it."""
    configuration = evening.configuration
    plan = configuration.schedules["americas"]
    changed = replace(plan, overrides=(Override(person, evening.at, evening.at + length),))
    evening.configuration = replace(configuration, schedules={"americas": changed})
    evening.store.write(lambda c: following.changed(evening.moment(c), "americas"))
    evening.sweep()


async def members(slack: Workspace) -> list[str]:
    return list((await slack.client.usergroups_users_list(usergroup=GROUP))["users"])


async def topic(slack: Workspace) -> str:
    return str((await slack.client.conversations_info(channel=EMEA))["channel"]["topic"]["value"])


def plan(evening: Rises) -> None:
    evening.store.write(lambda c: following.plan(evening.moment(c)))
    evening.sweep()


async def test_a_group_and_a_topic_follow_the_shift(evening: Rises, slack: Workspace) -> None:
    hands = keeper(evening, slack)
    plan(evening)
    assert await hands.show() == 2
    assert await members(slack) == [MAYA]
    first = await topic(slack)

    override(evening, "jon")
    await hands.show()
    assert await members(slack) == [JON]
    assert await topic(slack) == (
        "Operations for Europe, days in Berlin [☎ americas: Jon Park until Fri 6 Mar 05:00 (Los Angeles)]"
    )

    evening.pass_time(timedelta(hours=1))
    await hands.show()
    assert await members(slack) == [MAYA], "the end of the override is a change of its own"
    assert await topic(slack) == first


async def test_nothing_is_written_while_nothing_changes(evening: Rises, slack: Workspace) -> None:
    hands = keeper(evening, slack)
    plan(evening)
    await hands.show()
    before = len(await slack.control.calls())

    evening.pass_time(timedelta(hours=1), timedelta(minutes=5))
    plan(evening.restart())

    assert await hands.show() == 0
    assert len(await slack.control.calls()) == before


async def test_a_group_cannot_be_empty_so_it_keeps_its_last_members_and_an_admin_is_told_once(
    evening: Rises, slack: Workspace
) -> None:
    hands = keeper(evening, slack)
    plan(evening)
    await hands.show()

    override(evening, None)
    evening.pass_time(timedelta(minutes=30), timedelta(minutes=5))
    await hands.show()

    assert await members(slack) == [MAYA]
    assert evening.said("C0ADMIN001") == ["The user group of americas keeps its last members"]
    assert "nobody until" in await topic(slack)


async def test_what_people_write_into_the_topic_stays(evening: Rises, slack: Workspace) -> None:
    hands = keeper(evening, slack)
    await slack.client.conversations_setTopic(channel=EMEA, topic="Runbook <here> & there")
    plan(evening)
    await hands.show()
    override(evening, "jon")
    await hands.show()

    assert (await topic(slack)).startswith("Runbook &lt;here&gt; &amp; there [☎ americas: Jon Park until ")


async def test_the_newest_wins(evening: Rises, slack: Workspace) -> None:
    """What was wanted when Slack was asked is not written off as done when something newer is wanted by now."""
    plan(evening)
    (old, *_) = evening.store.read(lambda c: shifts.pending(c, WORKSPACE, datetime.now(UTC)))
    override(evening, "jon")

    assert not evening.store.write(lambda c: shifts.settle(c, WORKSPACE, old, state="done"))
    await keeper(evening, slack).show()
    assert await members(slack) == [JON]


async def test_what_slack_will_never_do_is_told_to_an_admin(evening: Rises, slack: Workspace) -> None:
    hands = keeper(evening, slack)
    await slack.control.fault("usergroups.users.update", "refuse", error="permission_denied")
    plan(evening)
    await hands.show()
    await hands.show()

    assert evening.said("C0ADMIN001") == ["The user group of americas could not be set"]
    plan(evening)
    await hands.show()
    assert await members(slack) == [MAYA], "after a restart it is tried again"


async def test_it_waits_when_slack_asks_to_slow_down(evening: Rises, slack: Workspace) -> None:
    hands = keeper(evening, slack)
    await slack.control.fault("usergroups.users.update", "ratelimited", seconds=30)
    plan(evening)
    await hands.show()
    assert await hands.show() == 0

    waiting = evening.store.read(lambda c: shifts.pending(c, WORKSPACE, datetime.now(UTC) + timedelta(seconds=40)))
    assert [(one.kind, one.state) for one in waiting] == [("user_group", "pending")]
    assert evening.said("C0ADMIN001") == []


async def test_where_no_platform_shows_shifts_nothing_is_told_or_tried_for_ever(evening: Rises) -> None:
    plan(evening)
    nowhere = ShiftKeeper(evening.store, WORKSPACE, {}, lambda: evening.configuration, lambda: evening.at)

    assert await nowhere.show() == 0
    assert evening.said("C0ADMIN001") == []
    assert evening.store.read(lambda c: shifts.pending(c, WORKSPACE, datetime.now(UTC))) == []


# ── do-not-disturb ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_do_not_disturb_is_said_and_changes_nothing(evening: Rises, slack: Workspace) -> None:
    until = NOON + timedelta(hours=3)
    span = (NOON - timedelta(hours=6)).timestamp(), until.timestamp()
    await slack.control.person(MAYA, dnd=span)
    await keeper(evening, slack).read()

    evening.rise(URGENT)

    said = "Maya Torres has do-not-disturb on in Slack until 07:00 (Los Angeles): pages may stay silent on their phone"
    assert [page.state for page in evening.pages()] == ["paged"]
    assert said in [message.headline for message in evening.messages("C0AMERICAS", "history")]
    assert said in str(evening.ask("oncall"))
    assert said in str(evening.ask("oncall", "americas"))

    evening.at = until
    assert "do-not-disturb" not in str(evening.ask("oncall"))


async def test_one_account_that_is_gone_does_not_hide_the_others(slack: Workspace) -> None:
    await slack.control.person(ANA, dnd=(1_800_000_000, 1_800_030_000))

    told = await SlackShifts(slack.client).do_not_disturb([MAYA, "U0NOBODY00", ANA])

    assert told == {
        MAYA: None,
        ANA: (datetime.fromtimestamp(1_800_000_000, UTC), datetime.fromtimestamp(1_800_030_000, UTC)),
    }


async def test_sixty_people_are_asked_about_in_two_calls() -> None:
    known = roster()
    users = {f"U0PERSON{n:02d}": replace(known.users[MAYA], id=f"U0PERSON{n:02d}", name=f"p{n}") for n in range(60)}
    async with workspace(roster=replace(known, users={**known.users, **users})) as slack:
        told = await SlackShifts(slack.client).do_not_disturb(list(users))
        calls = [one for one in await slack.control.calls() if one["method"] == "dnd.teamInfo"]

    assert not isinstance(told, GiveUp)
    assert len(calls) == 2
    assert set(told) == set(users)


# ── a user group as the receiver of a page ───────────────────────────────────────────────────────────────────────


async def test_a_step_can_name_a_user_group_of_slack(store: Store, slack: Workspace) -> None:
    house = HOUSE.replace("[{schedule: americas}]", "[{group: leads}]").replace(
        "teams:\n", f"groups:\n  leads: {{members: [ana], user_group: 'slack:{GROUP}'}}\nteams:\n", 1
    )
    evening = Rises(store, house)
    assert isinstance(await SlackShifts(slack.client).set_members(GROUP, [JON, "U0OLGAPETR"]), Delivered)
    await keeper(evening, slack).read()

    evening.rise(URGENT)

    assert [page.person for page in evening.pages()] == ["ana", "jon"], "its own people first; Olga is not in the file"
