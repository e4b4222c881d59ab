"""The field for remarks on a hand-over note: a modal with one text, opened by a button, read when submitted."""

from __future__ import annotations

import re
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from desk.handover.note import RemarksForm
from desk.messages import Action, Message
from handlers.answering import Answering
from handlers.phrases import phrases
from handlers.slack.blockkit import validate_view
from handlers.slack.conversation import Conversation
from handlers.slack.outcomes import FAILURES, outcome_of
from handlers.slack.parts import plain_text
from handlers.slack.people import People
from handlers.wording import cut, one_line

log = structlog.get_logger(__name__)

OPENS = re.compile(r"^act:remarks:")
CALLBACK = "remarks"
BLOCK = "remarks"
_TITLE, _LABEL, _BUTTON = 24, 150, 24  # Slack's limits, in characters


class Remarks:
    """Listeners for Bolt; answers that concern no field go the conversation's way."""

    def __init__(
        self, answering: Answering, client: AsyncWebClient, people: People, conversation: Conversation
    ) -> None:
        self._answering = answering
        self._client = client
        self._people = people
        self._conversation = conversation

    def listen(self, bolt: AsyncApp) -> None:
        """Before whatever else takes taps: the first that fits has them."""
        bolt.action(OPENS)(self.open)
        bolt.view(CALLBACK)(self.submitted)

    async def open(self, ack: Any, body: dict[str, Any]) -> None:
        """A tap on the button. A trigger is good for three seconds, so nothing but the field comes before it."""
        await ack()
        encoded = str(body["actions"][0].get("value") or "")
        asker = await self._people.asker(body["user"]["id"], _channel(body), body["user"].get("name", ""))
        try:
            found = await self._answering.remarks(encoded, asker)
            if isinstance(found, Message):
                await self._conversation.answer(body.get("response_url"), found)
                return
            view = drawn(found)
            problems = validate_view(view)
            if problems:
                raise ValueError(f"a modal that Slack would refuse: {problems[0].pointer} {problems[0].code}")
            await self._client.views_open(trigger_id=body["trigger_id"], view=view)
        except FAILURES as error:
            log.warning("field not opened", user=asker.user, reason=outcome_of(error, repeatable=False).reason)
            await self._conversation.sorry(body.get("response_url"), asker, "field", error)
        except Exception as error:
            await self._conversation.sorry(body.get("response_url"), asker, "field", error)

    async def submitted(self, ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        """What was typed is kept before the field closes; what cannot be kept stays in it, with the reason."""
        asker = await self._people.asker(body["user"]["id"], "", body["user"].get("name", ""))
        typed = view["state"]["values"][BLOCK][BLOCK].get("value") or ""
        try:
            refused = await self._answering.remark(str(view.get("private_metadata") or ""), str(typed), asker)
        except Exception as error:
            reference = await self._conversation.sorry(None, asker, "remarks", error)
            refused = phrases(asker.locale).failed.format(reference=reference)
        if refused is None:
            await ack()
        else:
            await ack(response_action="errors", errors={BLOCK: one_line(refused, 300)})


def drawn(form: RemarksForm) -> dict[str, Any]:
    """A form as a modal. What stands in it already is shown as it is: the field knows no markup."""
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": BLOCK,
        "multiline": True,
        "max_length": form.most,
    }
    if form.remarks:
        element["initial_value"] = cut(form.remarks, form.most)
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": Action(CALLBACK, form.ref, form.version, "").encoded,
        "title": plain_text(one_line(form.title, _TITLE)),
        "submit": plain_text(one_line(form.submit, _BUTTON)),
        "close": plain_text(one_line(form.cancel, _BUTTON)),
        "blocks": [
            {
                "type": "input",
                "block_id": BLOCK,
                "optional": True,  # an empty field takes remarks back
                "label": plain_text(one_line(form.label, _LABEL)),
                "hint": plain_text(one_line(form.hint, _LABEL)),
                "element": element,
            }
        ],
    }


def _channel(body: dict[str, Any]) -> str:
    return str((body.get("channel") or {}).get("id") or "")
