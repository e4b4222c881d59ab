from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from desk.messages import Action, Fill, Message
from handlers.configuration import load_file
from handlers.demo import script
from handlers.demo.person import alt_text, buttons, what_is_wrong
from handlers.demo.stage import CONFIGURATION
from handlers.slack.render import draw
from sandbox import roster
from sandbox.control import Answer, Result
from sandbox.settings import DEFAULT_ROSTER
from sandbox.show import PLAN

EXAMPLE = load_file(CONFIGURATION)
WORKSPACE = roster.load(DEFAULT_ROSTER)


def result(*answers: Answer, acked: bool = True, error: str | None = None, timed_out: bool = False) -> Result:
    return Result("1", acked, 2.0, None, error, list(answers), {}, timed_out)


WORDS = Answer("response_url", 40.0, "all is well")
CHART = Answer("response_url", 300.0, "complaints", files=[{"url_private": "http://127.0.0.1/a.png"}])


@pytest.mark.parametrize(
    ("came", "wants_chart"), [(result(WORDS), False), (result(CHART), True), (result(WORDS, CHART), True)]
)
def test_it_finds_nothing_wrong_with_what_was_answered(came: Result, wants_chart: bool) -> None:
    assert what_is_wrong(came, wants_chart) == ""


@pytest.mark.parametrize(
    ("came", "wants_chart", "reason"),
    [
        (result(acked=False, error="operation_timeout"), False, "operation_timeout"),
        (result(acked=False), False, "not acknowledged"),
        (result(timed_out=True), False, "nothing was answered"),
        (result(WORDS, timed_out=True), True, "no chart"),
    ],
)
def test_it_says_why_a_command_counts_as_not_answered(came: Result, wants_chart: bool, reason: str) -> None:
    assert reason in what_is_wrong(came, wants_chart)


def posted(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"channel": "C1", "ts": "1.0", "blocks": list(blocks)}


def test_it_finds_the_buttons_of_an_incident_as_slack_draws_them() -> None:
    actions = (
        Action("acknowledge", "incident:7", 3, "Acknowledge", "primary"),
        Action("resolve", "incident:7", 3, "X"),
    )
    drawn = draw(Message("page", "Payments fail", actions=actions), Fill())

    found = buttons(posted(*drawn["blocks"]))

    assert [(one.verb, one.incident, one.channel, one.ts) for one in found] == [
        ("acknowledge", 7, "C1", "1.0"),
        ("resolve", 7, "C1", "1.0"),
    ]


def test_it_passes_over_buttons_that_act_on_something_else() -> None:
    share = {"type": "button", "action_id": "share", "value": "ab12|/live now"}

    assert buttons(posted({"type": "actions", "elements": [share, {"type": "static_select"}]})) == []


def test_it_takes_a_message_without_blocks_for_one_without_buttons() -> None:
    assert buttons({"channel": "C1", "ts": "1.0"}) == []


def test_it_reads_what_a_picture_says_to_those_who_cannot_see_it() -> None:
    assert alt_text([{"type": "header"}, {"type": "image", "alt_text": "38% about payment"}]) == "38% about payment"
    assert alt_text([{"type": "header"}]) == ""


def test_it_asks_as_people_and_in_channels_that_there_are() -> None:
    for ask in (*script.DURING, *script.AFTER):
        assert EXAMPLE.people[ask.person].contacts["slack"] in WORKSPACE.users
        assert ask.channel in WORKSPACE.channels


def test_it_asks_during_the_show_and_after_it() -> None:
    over = timedelta(seconds=PLAN.length)

    assert all(timedelta(0) < ask.at < over for ask in script.DURING)
    assert all(ask.at > over for ask in script.AFTER)
    assert over > script.RESOLVED_AT
