"""What a command, a tap or the Home tab leads to: ask the desk, draw, answer.

Slack waits for none of it, except for a tap, and then only until what it changes is durable. Nothing in here may fail
silently: whoever asked gets an answer or a sentence that says what to do, with a reference that is also in the log.
"""

from __future__ import annotations

import asyncio
import secrets
import traceback
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from desk.forms import Form, Refused
from desk.messages import Facts, Fill, Message, Paragraph, Table, Text, When
from handlers.answering import Answering, Asker
from handlers.phrases import phrases
from handlers.slack.blockkit import validate_view
from handlers.slack.charts import ChartUploads
from handlers.slack.modal import (
    draw_form,
    errors_of,
    filled_in,
    keeps_words,
    place_of,
    result_view,
    slow_view,
    word_of,
)
from handlers.slack.outcomes import FAILURES, outcome_of
from handlers.slack.parts import Block, plain_text, small
from handlers.slack.people import People
from handlers.slack.render import BLOCKS, NotUploaded, Picture, Surface, Uploaded, draw
from handlers.slack.replies import Audience, Replies
from handlers.wording import one_line

log = structlog.get_logger(__name__)

SHARE = "share"
SHAREABLE = 500  # answers that can be shared exactly as they were seen; older ones are asked for anew


@dataclass(frozen=True, slots=True)
class Question:
    command: str  # without its slash
    text: str

    def typed(self) -> str:
        return f"/{self.command} {self.text}".strip()


class Conversation:
    """`body` is what Slack sent, as Bolt parsed it; `now` is the bot's one clock."""

    def __init__(
        self,
        answering: Answering,
        client: AsyncWebClient,
        charts: ChartUploads,
        people: People,
        now: Callable[[], datetime],
    ) -> None:
        self._answering = answering
        self._client = client
        self._charts = charts
        self._people = people
        self._replies = Replies(client)
        self._now = now
        self._shown: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it beside the acknowledgement. Held on to, because asyncio alone would let a running task vanish."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self) -> None:
        """Wait for every answer under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def command(self, body: dict[str, Any]) -> None:
        """`/live complaints serum`: answer the one who typed it."""
        url, asker = body.get("response_url"), None
        question = Question(str(body["command"]).removeprefix("/"), str(body.get("text") or "").strip())
        try:
            asker = await self._people.asker(body["user_id"], body["channel_id"], body.get("user_name", ""))
            if await self._opened(question, asker, body.get("trigger_id")):
                return
            await self._reply(url, await self._answered(question, asker))
            if (later := await self._answering.follow(question.command, question.text, asker)) is not None:
                await self._reply(url, await self._shown_to_one(later, question, asker))
        except Exception as error:
            await self._apologise(url, asker, "command", error, command=question.command)

    async def tap(self, body: dict[str, Any], done: asyncio.Event) -> None:
        """A button with an action of the desk: do it, set `done`, and tell the one who tapped what became of it."""
        encoded = _chosen(body["actions"][0])
        url, asker = body.get("response_url"), None
        try:
            asker = await self._people.asker(body["user"]["id"], _channel(body), body["user"].get("name", ""))
            answer = await self._answering.act(encoded, asker)
            done.set()
            if url:
                await self._reply(url, await self._drawn(answer))
            elif (body.get("view") or {}).get("type") == "modal":
                view = result_view(await self._drawn(answer, surface="modal"), asker.locale)
                await self._client.views_update(view_id=body["view"]["id"], view=view)
            else:  # from the Home tab, which has no channel to answer in
                await self._publish_home(asker, answer)
        except Exception as error:
            done.set()
            await self._apologise(url, asker, "tap", error, action=encoded[:100])

    async def submit(self, body: dict[str, Any], answer: asyncio.Future[dict[str, Any]]) -> None:
        """A form was sent: `answer` is what its acknowledgement says."""
        asker = None
        said: dict[str, Any]
        done: Message | Form | Refused | None = None
        try:
            view = body["view"]
            channel, _ = place_of(view)
            asker = await self._people.asker(body["user"]["id"], channel, body["user"].get("name", ""))
            done = await self._answering.submit(word_of(view), filled_in(view), asker)
            if done is None:
                said = {}
            elif isinstance(done, Refused):
                said = {"response_action": "errors", "errors": errors_of(view, done)}
            elif isinstance(done, Form):
                said = {"response_action": "update", "view": _view(done, channel)}
            else:
                shown = result_view(await self._drawn(done, surface="modal"), asker.locale)
                said = {"response_action": "update", "view": shown}
        except Exception as error:
            reference = _reference()
            _log("form", error, reference, user=asker.user if asker else "")
            locale = asker.locale if asker else "en"
            failed = phrases(locale).failed
            if keeps_words(body["view"]):
                refused = Refused({"": failed.format(reference=reference)})
                said = {"response_action": "errors", "errors": errors_of(body["view"], refused)}
            else:
                said = {"response_action": "update", "view": slow_view(failed, locale, reference)}
        if not answer.done():
            answer.set_result(said)
        elif isinstance(done, Form):  # it took too long, and what asks further must not be lost
            try:
                await self._client.views_update(view_id=body["view"]["id"], view=said["view"])
            except FAILURES as error:
                log.warning("form not shown", word=done.word, reason=outcome_of(error, repeatable=False).reason)

    def slow(self, body: dict[str, Any]) -> dict[str, Any]:
        """What a form says whose change takes longer than Slack waits."""
        _, locale = place_of(body["view"])
        return {"response_action": "update", "view": slow_view(phrases(locale).slow, locale)}

    def opens(self, body: dict[str, Any]) -> bool:
        """Whether a tap opens a form."""
        return self._answering.opens(_chosen(body["actions"][0]))

    async def open(self, body: dict[str, Any]) -> None:
        """A tap on a button that opens a form. A trigger is good for three seconds, so nothing else comes before it."""
        encoded = _chosen(body["actions"][0])
        url, asker = body.get("response_url"), None
        try:
            asker = await self._people.asker(body["user"]["id"], _channel(body), body["user"].get("name", ""))
            found = await self._answering.open(encoded, asker)
            if isinstance(found, Message):
                await self._reply(url, await self._drawn(found))
            else:
                await self._show(found, asker, body["trigger_id"])
        except Exception as error:
            await self._apologise(url, asker, "form", error, action=encoded[:100])

    async def _opened(self, question: Question, asker: Asker, trigger: str | None) -> bool:
        """Whether a command opened a form. Without one it is answered in words, and so it is where Slack opens none."""
        if not trigger:
            return False
        form = await self._answering.form(question.command, question.text, asker)
        if form is None:
            return False
        try:
            await self._show(form, asker, trigger)
        except FAILURES as error:
            reason = outcome_of(error, repeatable=False).reason
            log.warning("form not opened", word=form.word, reason=reason)
            return False
        return True

    async def _show(self, form: Form, asker: Asker, trigger: str) -> None:
        await self._client.views_open(trigger_id=trigger, view=_view(form, asker.channel))

    async def share(self, body: dict[str, Any]) -> None:
        """Post what one person asked for everybody in the channel, as they saw it."""
        reference, _, typed = str(body["actions"][0].get("value") or "").partition("|")
        url, asker = body.get("response_url"), None
        try:
            asker = await self._people.asker(body["user"]["id"], _channel(body), body["user"].get("name", ""))
            command, _, text = typed.removeprefix("/").partition(" ")
            payload = self._shown.get(reference) or await self._drawn(
                await self._answering.ask(command, text, asker), with_chart=True
            )
            line = phrases(asker.locale).shared_by.format(name=asker.name, command=typed)
            shared = {**payload, "blocks": [*payload["blocks"][: BLOCKS["message"] - 1], small(one_line(line, 300))]}
            await self._reply(url, shared, "in_channel")
        except Exception as error:
            await self._apologise(url, asker, "share", error)

    async def home(self, user: str) -> None:
        """The Home tab of one person: what needs them now."""
        try:
            await self._publish_home(await self._people.asker(user, ""))
        except Exception as error:
            _log("home", error, _reference(), user=user)

    async def _reply(self, url: str | None, payload: dict[str, Any], audience: Audience = "ephemeral") -> None:
        """Send it; in words alone where Slack refuses a picture."""
        if url and await self._replies.send(url, payload, audience) == "refused" and _has_picture(payload):
            await self._replies.send(url, _without_picture(payload), audience)

    async def _answered(self, question: Question, asker: Asker) -> dict[str, Any]:
        message = await self._answering.ask(question.command, question.text, asker)
        return await self._shown_to_one(message, question, asker)

    async def _shown_to_one(self, message: Message, question: Question, asker: Asker) -> dict[str, Any]:
        """The answer with its button to share it, where it has figures."""
        fill = await self._answering.fill(message, "slack", with_chart=True)
        picture = await self._picture(message, fill)
        reference = secrets.token_hex(6)
        value = f"{reference}|{question.typed()}"
        has_figures = message.chart is not None or any(isinstance(part, Facts | Table) for part in message.parts)
        if not has_figures or len(value) > 1900:
            return draw(message, fill, picture)
        self._shown[reference] = draw(replace(message, actions=()), fill, picture)
        while len(self._shown) > SHAREABLE:
            self._shown.popitem(last=False)
        return draw(message, fill, picture, buttons=[_share_button(value, asker)])

    async def _drawn(
        self, message: Message, *, with_chart: bool = False, surface: Surface = "message"
    ) -> dict[str, Any]:
        fill = await self._answering.fill(message, "slack", with_chart=with_chart)
        return draw(message, fill, await self._picture(message, fill), surface=surface)

    async def _picture(self, message: Message, fill: Fill) -> Picture:
        if message.chart is None or fill.chart_png is None:
            return None
        file = await self._charts.upload(fill.chart_png, message.chart.name)
        return Uploaded(file) if file else NotUploaded()

    async def _publish_home(self, asker: Asker, outcome: Message | None = None) -> None:
        message = await self._answering.ask("live", "home", asker)
        footer = (*message.footer, *((Text(" · "),) if message.footer else ()))
        updated = Text(phrases(message.locale).updated + " ")
        message = replace(message, footer=(*footer, updated, When(self._now(), "date_time")))
        if outcome is not None:
            message = replace(message, parts=(Paragraph((Text(outcome.headline, "strong"),)), *message.parts))
        fill = await self._answering.fill(message, "slack", with_chart=False)
        view = {"type": "home", "blocks": draw(message, fill, surface="home")["blocks"]}
        problems = validate_view(view)
        if problems:
            raise ValueError(f"a Home tab that Slack would refuse: {problems[0].pointer} {problems[0].code}")
        await self._client.views_publish(user_id=asker.user, view=view)

    async def _apologise(
        self, url: str | None, asker: Asker | None, doing: str, error: Exception, **fields: str
    ) -> str:
        reference = _reference()
        _log(doing, error, reference, user=asker.user if asker else "", **fields)
        if url:
            say = phrases(asker.locale if asker else "en")
            await self._replies.send(url, {"text": say.failed.format(reference=reference)})
        return reference


def _chosen(action: dict[str, Any]) -> str:
    """What a button carries, or the choice made in a menu."""
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def _channel(body: dict[str, Any]) -> str:
    """Where a button stands; empty on the Home tab."""
    return str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")


def _share_button(value: str, asker: Asker) -> Block:
    label = phrases(asker.locale).share
    return {"type": "button", "action_id": SHARE, "text": plain_text(label), "value": value}


def _has_picture(payload: dict[str, Any]) -> bool:
    return any(block["type"] == "image" for block in payload["blocks"])


def _without_picture(payload: dict[str, Any]) -> dict[str, Any]:
    """The same answer in words alone: a picture that Slack cannot show must not cost the finding."""
    kept = [
        small(one_line(block["alt_text"], 1900)) if block["type"] == "image" else block for block in payload["blocks"]
    ]
    return {**payload, "blocks": kept}


def _view(form: Form, channel: str) -> dict[str, Any]:
    view = draw_form(form, channel)
    problems = validate_view(view)
    if problems:
        raise ValueError(f"a form that Slack would refuse: {problems[0].pointer} {problems[0].code}")
    return view


def _reference() -> str:
    return secrets.token_hex(4)


def _log(doing: str, error: Exception, reference: str, **fields: str) -> None:
    """What went wrong and where, without the error's own text: it may quote what a viewer or a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("slack request failed", doing=doing, error=type(error).__name__, at=where, reference=reference, **fields)
