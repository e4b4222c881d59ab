"""Uploads: three steps, processed afterwards, shown only to who may see them."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import BOT_TOKEN, EMEA, png


async def ready(box: Sandbox, client: AsyncWebClient, file: str) -> None:
    async def processed() -> bool:
        return bool((await client.files_info(file=file))["file"]["mimetype"])

    await box.control.wait_for(processed)


def picture(file: str) -> list[dict[str, object]]:
    return [{"type": "image", "slack_file": {"id": file}, "alt_text": "42 complaints at 12:14"}]


async def test_it_shares_an_upload_after_it_was_processed(box: Sandbox, client: AsyncWebClient) -> None:
    await client.files_upload_v2(
        channel=EMEA, content=png(20, 10), filename="chart.png", title="Complaints", initial_comment="42 at 12:14"
    )

    message = await box.control.wait_for_message(EMEA)

    [file] = message["files"]
    assert (message["text"], file["title"], file["mimetype"]) == ("42 at 12:14", "Complaints", "image/png")
    assert (file["original_w"], file["original_h"]) == (20, 10)
    assert file["shares"]["public"][EMEA][0]["ts"] == message["ts"]


async def test_it_shares_into_a_thread(box: Sandbox, client: AsyncWebClient) -> None:
    parent = (await client.chat_postMessage(channel=EMEA, text="parent"))["ts"]
    await client.files_upload_v2(channel=EMEA, thread_ts=parent, content=png(), filename="chart.png")

    reply = await box.control.wait_for_message(EMEA, lambda one: bool(one.get("files")), thread=parent)

    assert reply["thread_ts"] == parent


async def test_it_refuses_a_picture_that_is_not_processed_yet(box: Sandbox, client: AsyncWebClient) -> None:
    uploaded = await client.files_upload_v2(content=png(), filename="chart.png")
    file = uploaded["file"]["id"]

    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=EMEA, text="x", blocks=picture(file))
    await ready(box, client, file)
    posted = await client.chat_postMessage(channel=EMEA, text="x", blocks=picture(file))

    assert caught.value.response["error"] == "invalid_blocks"
    assert "invalid slack file" in caught.value.response["errors"][0]
    assert posted["ok"]


async def test_it_refuses_a_file_that_is_no_picture(box: Sandbox, client: AsyncWebClient) -> None:
    uploaded = await client.files_upload_v2(content="not a picture", filename="chart.png")
    await ready(box, client, uploaded["file"]["id"])

    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await client.chat_postMessage(channel=EMEA, text="x", blocks=picture(uploaded["file"]["id"]))


async def test_it_refuses_a_channels_name_in_place_of_its_id(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.files_upload_v2(channel="#live-emea", content=png(), filename="chart.png")


async def test_it_loses_the_share_of_an_upload_with_alt_txt(box: Sandbox, client: AsyncWebClient) -> None:
    """As the real one does, without an error (slackapi/python-slack-sdk#1818)."""
    uploaded = await client.files_upload_v2(channel=EMEA, content=png(), filename="chart.png", alt_txt="42 complaints")
    await ready(box, client, uploaded["file"]["id"])
    await client.chat_postMessage(channel=EMEA, text="later")

    messages = await box.control.messages(EMEA)

    assert [message["text"] for message in messages] == ["later"]


async def test_it_refuses_bytes_that_are_not_as_many_as_announced(box: Sandbox, client: AsyncWebClient) -> None:
    place = await client.files_getUploadURLExternal(filename="chart.png", length=5)
    async with aiohttp.ClientSession() as session:
        answer = await session.post(place["upload_url"], data=b"123")

        assert answer.status == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": place["file_id"]}])


async def test_it_shows_a_file_to_the_bot_and_to_the_page_and_to_nobody_else(
    box: Sandbox, client: AsyncWebClient
) -> None:
    uploaded = await client.files_upload_v2(content=png(), filename="chart.png")
    url = (await client.files_info(file=uploaded["file"]["id"]))["file"]["url_private"]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        stranger = (await session.get(url)).status
        bot = (await session.get(url, headers={"Authorization": f"Bearer {BOT_TOKEN}"})).status
        await session.get(box.url + "/")
        page = await session.get(url)

        assert (stranger, bot, page.status) == (403, 200, 200)
        assert await page.read() == png()
