"""What Slack refuses, the sandbox refuses, seen through the real client."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.roster import UserGroup
from sandbox.server import Sandbox, running
from tests.sandbox.conftest import ANA, APP_TOKEN, BOT, ELSEWHERE, EMEA, QUICK, SECRET, button, roster, web_client


async def refused(call: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await call
    data: dict[str, Any] = caught.value.response.data
    return data


async def test_it_names_itself_to_a_good_token(client: AsyncWebClient) -> None:
    told = await client.auth_test()

    assert (told["team_id"], told["user_id"]) == ("T0LIVEDESK", BOT)
    assert "chat:write" in told.headers["x-oauth-scopes"]


async def test_it_refuses_a_wrong_token(box: Sandbox) -> None:
    assert (await refused(web_client(box, "xoxb-wrong").auth_test()))["error"] == "invalid_auth"
    assert (await refused(web_client(box, "").auth_test()))["error"] == "not_authed"


async def test_it_wants_each_kind_of_token_in_its_place(box: Sandbox, client: AsyncWebClient) -> None:
    post = web_client(box, APP_TOKEN).chat_postMessage(channel=EMEA, text="x")
    connect = client.apps_connections_open(app_token=client.token or "")

    assert (await refused(post))["error"] == "not_allowed_token_type"
    assert (await refused(connect))["error"] == "not_allowed_token_type"


async def test_it_says_which_scope_is_missing() -> None:
    known = roster()
    scopes = tuple(scope for scope in known.app.scopes if scope != "usergroups:write")
    async with running(QUICK, roster=replace(known, app=replace(known.app, scopes=scopes))) as box:
        told = await refused(web_client(box).usergroups_users_update(usergroup="S1", users="U1"))

    assert (told["error"], told["needed"]) == ("missing_scope", "usergroups:write")
    assert "chat:write" in told["provided"].split(",")


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0NOWHERE0", "channel_not_found"), (ELSEWHERE, "not_in_channel"), (SECRET, "channel_not_found")],
)
async def test_it_posts_only_where_the_bot_is_a_member(client: AsyncWebClient, channel: str, error: str) -> None:
    assert (await refused(client.chat_postMessage(channel=channel, text="x")))["error"] == error


async def test_it_posts_into_public_channels_with_the_scope_for_it() -> None:
    known = roster()
    public = replace(known, app=replace(known.app, scopes=(*known.app.scopes, "chat:write.public")))

    async with running(QUICK, roster=public) as box:
        told = await web_client(box).chat_postMessage(channel=ELSEWHERE, text="x")

    assert told["channel"] == ELSEWHERE


async def test_it_posts_after_the_bot_has_joined(client: AsyncWebClient) -> None:
    await client.conversations_join(channel=ELSEWHERE)

    assert (await client.chat_postMessage(channel=ELSEWHERE, text="x"))["ok"]


async def test_it_opens_a_direct_conversation_for_a_user_id(client: AsyncWebClient) -> None:
    told = await client.chat_postMessage(channel=ANA, text="x")

    assert told["channel"] == (await client.conversations_open(users=ANA))["channel"]["id"]
    assert told["channel"].startswith("D")


async def test_it_refuses_bad_blocks_with_pointers(client: AsyncWebClient) -> None:
    told = await refused(client.chat_postMessage(channel=EMEA, text="x", blocks=[{"type": "banner"}]))

    assert told["error"] == "invalid_blocks"
    assert told["errors"][0].endswith("[json-pointer:/blocks/0/type]")
    assert told["response_metadata"]["messages"][0].startswith("[ERROR] ")


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"text": "x" * 4001}, "msg_too_long"),
        ({"text": ""}, "no_text"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        (
            {"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2700}}] * 5},
            "msg_blocks_too_long",
        ),
        ({"text": "x", "blocks": [{"type": "actions", "elements": [button("a"), button("a")]}]}, "invalid_blocks"),
        ({"text": "x", "metadata": {"key": "a"}}, "invalid_metadata_format"),
        ({"text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
async def test_it_refuses_to_post(client: AsyncWebClient, sent: dict[str, Any], error: str) -> None:
    told = await refused(client.api_call("chat.postMessage", json={"channel": EMEA, **sent}))

    assert told["error"] == error


async def test_it_knows_no_scheduled_messages(client: AsyncWebClient) -> None:
    told = await refused(client.chat_scheduleMessage(channel=EMEA, post_at="1800000000", text="x"))

    assert told["error"] == "unknown_method"


async def test_it_edits_only_the_bots_own_messages(box: Sandbox, client: AsyncWebClient) -> None:
    said = await box.control.say(ANA, EMEA, "mine")

    assert (await refused(client.chat_update(channel=EMEA, ts=said["ts"], text="x")))["error"] == "cant_update_message"
    assert (await refused(client.chat_delete(channel=EMEA, ts=said["ts"])))["error"] == "cant_delete_message"
    assert (await refused(client.chat_update(channel=EMEA, ts="1.0", text="x")))["error"] == "message_not_found"


async def test_it_keeps_on_edit_what_the_edit_leaves_out(box: Sandbox, client: AsyncWebClient) -> None:
    metadata = {"event_type": "page", "event_payload": {"key": "a"}}
    posted = await client.chat_postMessage(channel=EMEA, text="first", blocks=[{"type": "divider"}], metadata=metadata)

    await client.chat_update(channel=EMEA, ts=posted["ts"], text="second")
    await client.chat_update(channel=EMEA, ts=posted["ts"], text="third", blocks=[])
    [message] = await box.control.messages(EMEA)

    assert (message["text"], message["metadata"]) == ("third", metadata)
    assert "blocks" not in message
    assert message["edited"]["user"] == BOT


async def test_it_shows_an_ephemeral_message_to_one_person_and_to_no_method(
    box: Sandbox, client: AsyncWebClient
) -> None:
    told = await client.chat_postEphemeral(channel=EMEA, user=ANA, text="psst")

    assert [one["text"] for one in await box.control.messages(EMEA, viewer=ANA)] == ["psst"]
    assert await box.control.messages(EMEA, viewer="U0BENKRUGR") == []
    assert (await client.conversations_history(channel=EMEA))["messages"] == []
    update = client.chat_update(channel=EMEA, ts=told["message_ts"], text="x")
    assert (await refused(update))["error"] == "message_not_found"


async def test_it_gives_metadata_only_when_asked(client: AsyncWebClient) -> None:
    metadata = {"event_type": "page", "event_payload": {"key": "a"}}
    await client.chat_postMessage(channel=EMEA, text="x", metadata=metadata)

    without = await client.conversations_history(channel=EMEA)
    with_it = await client.conversations_history(channel=EMEA, include_all_metadata=True)

    assert "metadata" not in without["messages"][0]
    assert with_it["messages"][0]["metadata"] == metadata


async def test_it_lists_history_newest_first_in_pages_and_without_replies(client: AsyncWebClient) -> None:
    posted = [(await client.chat_postMessage(channel=EMEA, text=str(n)))["ts"] for n in range(5)]
    await client.chat_postMessage(channel=EMEA, text="reply", thread_ts=posted[0])

    first = await client.conversations_history(channel=EMEA, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=EMEA, limit=3, cursor=cursor)

    assert [one["text"] for one in first["messages"]] == ["4", "3", "2"]
    assert [one["text"] for one in second["messages"]] == ["1", "0"]
    assert (first["has_more"], second["has_more"]) == (True, False)


async def test_it_cuts_history_between_two_times(client: AsyncWebClient) -> None:
    posted = [(await client.chat_postMessage(channel=EMEA, text=str(n)))["ts"] for n in range(4)]

    between = await client.conversations_history(channel=EMEA, oldest=posted[0], latest=posted[3])
    inclusive = await client.conversations_history(channel=EMEA, oldest=posted[2], inclusive=True)

    assert [one["ts"] for one in between["messages"]] == [posted[2], posted[1]]
    assert [one["ts"] for one in inclusive["messages"]] == [posted[3], posted[2]]


async def test_it_keeps_a_threads_count_at_its_first_message(client: AsyncWebClient) -> None:
    parent = (await client.chat_postMessage(channel=EMEA, text="parent"))["ts"]
    reply = (await client.chat_postMessage(channel=EMEA, text="reply", thread_ts=parent))["ts"]
    answered = await client.conversations_replies(channel=EMEA, ts=parent)
    await client.chat_delete(channel=EMEA, ts=reply)

    alone = await client.conversations_replies(channel=EMEA, ts=parent)

    assert [one["text"] for one in answered["messages"]] == ["parent", "reply"]
    assert (answered["messages"][0]["reply_count"], answered["messages"][0]["latest_reply"]) == (1, reply)
    assert "reply_count" not in alone["messages"][0]


async def test_it_shows_a_broadcast_reply_in_the_channel_as_well(box: Sandbox, client: AsyncWebClient) -> None:
    parent = (await client.chat_postMessage(channel=EMEA, text="parent"))["ts"]
    await client.chat_postMessage(channel=EMEA, text="resolved", thread_ts=parent, reply_broadcast=True)
    await client.chat_postMessage(channel=EMEA, text="detail", thread_ts=parent)

    in_channel = await box.control.messages(EMEA)
    in_thread = await box.control.messages(EMEA, thread=parent)

    assert [one["text"] for one in in_channel] == ["parent", "resolved"]
    assert [one["text"] for one in in_thread] == ["parent", "resolved", "detail"]


async def test_it_gives_timestamps_that_never_repeat_and_only_rise(client: AsyncWebClient) -> None:
    posted = [(await client.chat_postMessage(channel=EMEA, text="x"))["ts"] for _ in range(20)]

    assert posted == sorted(set(posted), key=float)


async def test_it_tells_a_persons_zone_and_their_locale_only_when_asked(client: AsyncWebClient) -> None:
    plain = await client.users_info(user="U0WEICHEN1")
    with_locale = await client.users_info(user="U0WEICHEN1", include_locale=True)

    assert (plain["user"]["tz"], plain["user"]["tz_offset"]) == ("Asia/Shanghai", 28_800)
    assert "locale" not in plain["user"]
    assert with_locale["user"]["locale"] == "zh-CN"


async def test_it_tells_presence_and_do_not_disturb(box: Sandbox, client: AsyncWebClient) -> None:
    await box.control.person(ANA, presence="away", dnd=(1_800_000_000, 1_800_030_000))

    assert (await client.users_getPresence(user=ANA))["presence"] == "away"
    assert (await client.dnd_info(user=ANA))["next_dnd_end_ts"] == 1_800_030_000
    assert not (await client.dnd_info(user="U0BENKRUGR"))["dnd_enabled"]
    team = await client.dnd_teamInfo(users=f"{ANA},U0BENKRUGR")
    assert team["users"][ANA] == {
        "dnd_enabled": True, "next_dnd_start_ts": 1_800_000_000, "next_dnd_end_ts": 1_800_030_000
    }  # fmt: skip
    assert team["users"]["U0BENKRUGR"] == {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    assert (await refused(client.dnd_teamInfo(users="")))["error"] == "no_users_provided"
    assert (await refused(client.dnd_teamInfo(users=f"{ANA},U0NOBODY00")))["error"] == "user_not_visible"


async def test_it_sets_a_topic_of_up_to_250_characters_where_the_bot_is(client: AsyncWebClient) -> None:
    told = await client.conversations_setTopic(channel=EMEA, topic="a < b & c")
    assert told["channel"]["topic"]["value"] == "a &lt; b &amp; c"

    for channel, text, error in (
        (EMEA, "x" * 251, "too_long"),
        (ELSEWHERE, "x", "not_in_channel"),
        ("C0NOWHERE0", "x", "channel_not_found"),
    ):
        assert (await refused(client.conversations_setTopic(channel=channel, topic=text)))["error"] == error


async def test_it_replaces_a_usergroups_people_and_never_with_nobody() -> None:
    known = roster()
    with_group = replace(
        known,
        app=replace(known.app, scopes=(*known.app.scopes, "usergroups:write")),
        usergroups={"S0ONCALL": UserGroup("S0ONCALL", "oncall", "On call", (ANA,))},
    )

    async with running(QUICK, roster=with_group) as box:
        client = web_client(box)
        told = await client.usergroups_users_update(usergroup="S0ONCALL", users="U0MAYATORR")
        empty = await refused(client.usergroups_users_update(usergroup="S0ONCALL", users=""))

    assert told["usergroup"]["users"] == ["U0MAYATORR"]
    assert empty["error"] == "no_users_provided"


async def test_it_validates_blocks_without_a_token(box: Sandbox) -> None:
    client = web_client(box, "")

    told = await refused(client.blocks_validate(blocks=[{"type": "section", "text": {"type": "html", "text": "x"}}]))

    assert told["error"] == "invalid_blocks"
    assert told["errors"][0]["pointer"] == "/0/text/type"
    assert (await client.blocks_validate(blocks=[{"type": "divider"}]))["ok"]


async def test_it_takes_json_forms_and_queries_alike(box: Sandbox) -> None:
    url, bearer = box.api_url + "chat.postMessage", {"Authorization": f"Bearer {web_client(box).token}"}
    blocks = '[{"type": "divider"}]'
    async with aiohttp.ClientSession(headers=bearer) as session:
        sent = [
            await session.post(url, json={"channel": EMEA, "text": "json", "blocks": [{"type": "divider"}]}),
            await session.post(url, data={"channel": EMEA, "text": "form", "blocks": blocks}),
            await session.get(url, params={"channel": EMEA, "text": "query", "blocks": blocks}),
        ]
        told = [(await one.json())["message"] for one in sent]

    assert [(one["text"], one["blocks"][0]["type"]) for one in told] == [
        ("json", "divider"),
        ("form", "divider"),
        ("query", "divider"),
    ]


async def test_it_refuses_what_is_no_json(box: Sandbox) -> None:
    headers = {"Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(box.api_url + "chat.postMessage", data="{", headers=headers) as answer,
    ):
        assert (await answer.json())["error"] == "invalid_json"


async def test_it_is_closed_to_other_web_sites(box: Sandbox) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{box.url}/sandbox/say", json={}, headers=headers)

        assert answer.status == 403
