"""Whom a message would ping."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.mentions import in_message, in_text, typed
from sandbox.server import Sandbox
from tests.sandbox.conftest import ANA, EMEA, web_client


@pytest.mark.parametrize(
    ("text", "pings"),
    [
        ("<@U1> and <@W2|wei>", {"@U1", "@W2"}),
        ("<!here> <!channel> <!everyone>", {"@here", "@channel", "@everyone"}),
        ("<!here|here>", {"@here"}),
        ("<!subteam^S1|@oncall>", {"@S1"}),
        ("&lt;!channel&gt; @channel <https://x|<!here>", {"@here"}),
        ("<#C1|live> <!date^1^{time}|x> <https://x>", set()),
    ],
)
def test_it_reads_mentions_from_text(text: str, pings: set[str]) -> None:
    assert in_text(text) == pings


@pytest.mark.parametrize(
    ("blocks", "pings"),
    [
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "<!here>"}}], ["@here"]),
        ([{"type": "section", "text": {"type": "plain_text", "text": "<!here>"}}], []),
        ([{"type": "section", "fields": [{"type": "mrkdwn", "text": "<@U1>"}]}], ["@U1"]),
        ([{"type": "context", "elements": [{"type": "mrkdwn", "text": "<@U1>"}]}], ["@U1"]),
        ([{"type": "markdown", "text": "<!everyone>"}], ["@everyone"]),
        (
            [
                {
                    "type": "rich_text",
                    "elements": [
                        {
                            "type": "rich_text_quote",
                            "elements": [
                                {"type": "text", "text": "<!channel> @everyone"},
                                {"type": "user", "user_id": "U2"},
                                {"type": "broadcast", "range": "here"},
                                {"type": "usergroup", "usergroup_id": "S3"},
                            ],
                        }
                    ],
                }
            ],
            ["@S3", "@U2", "@here"],
        ),
    ],
)
def test_it_reads_mentions_from_blocks(blocks: list[dict[str, Any]], pings: list[str]) -> None:
    assert in_message({"blocks": blocks}) == pings


@given(st.text())
def test_it_finds_no_mention_in_what_somebody_typed_and_was_escaped(text: str) -> None:
    assert in_text(typed(text, {}, {}).replace("<!", "")) == set()


def test_it_turns_names_into_tokens_and_leaves_other_words() -> None:
    users, channels = {"ben": "U1"}, {"live-emea": "C1"}

    sent = typed("@ben see #live-emea, @nobody; a@ben.example #7 & <b>", users, channels)

    assert sent == "<@U1> see <#C1|live-emea>, @nobody; a@ben.example #7 &amp; &lt;b&gt;"


async def test_it_records_who_was_pinged(box: Sandbox) -> None:
    await web_client(box).chat_postMessage(channel=EMEA, text=f"<@{ANA}> look: &lt;!channel&gt;")

    [message] = await box.control.messages(EMEA)

    assert message["pings"] == [f"@{ANA}"]
