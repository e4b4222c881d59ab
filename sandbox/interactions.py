"""What people do, as the bot gets to know of it: commands, clicks, submissions, messages, the Home tab.

An `Interaction` remembers when the bot was told, when it acknowledged and everything it answered, with wall times.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox import mentions
from sandbox.delivery import Acked, NotAcked
from sandbox.payloads import actor, channel_of, clicked, pressable, private
from sandbox.posting import SlackError, files_of
from sandbox.views import missing, state_of

if TYPE_CHECKING:
    from sandbox.hub import Hub
    from sandbox.workspace import Message

KEPT = 20_000
ATTRIBUTED_FOR = 60.0  # seconds in which a plain message or edit still counts as an answer


@dataclass(slots=True)
class Interaction:
    id: str
    kind: str  # command, click, submit, close, say, home
    user: str
    channel: str | None
    what: str
    started_ns: int
    started_at: float
    message_ts: str | None = None
    acked_ns: int | None = None
    ack: Any = None
    error: str | None = None
    answers: list[dict[str, Any]] = field(default_factory=list)  # via, ns, and channel/ts or view


@dataclass(slots=True)
class Trigger:
    user: str
    interaction: str
    expires_at: float
    used: bool = False


class Interactions:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._kept: deque[Interaction] = deque(maxlen=KEPT)
        self.triggers: dict[str, Trigger] = {}

    def get(self, interaction: str) -> Interaction | None:
        return next((one for one in reversed(self._kept) if one.id == interaction), None)

    def _begin(self, kind: str, user: str, channel: str | None, what: str, ts: str | None = None) -> Interaction:
        begun = Interaction(
            secrets.token_hex(6), kind, user, channel, what, self.hub.monotonic_ns(), self.hub.now(), ts
        )
        self._kept.append(begun)
        return begun

    def _trigger(self, interaction: Interaction) -> str:
        if len(self.triggers) > KEPT:
            del self.triggers[next(iter(self.triggers))]
        made = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self.triggers[made] = Trigger(interaction.user, interaction.id, self.hub.now() + self.hub.settings.trigger_life)
        return made

    def use_trigger(self, trigger_id: str) -> Trigger:
        """The trigger, used up from now on. `SlackError` as Slack refuses a stale or used one."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self.hub.now() > trigger.expires_at:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    # What people do

    def command(self, user: str, channel: str, text: str) -> Interaction:
        """Someone typed a slash command; the answer is waited for elsewhere."""
        name, _, rest = text.strip().partition(" ")
        known = next((one for one in self.hub.app.commands if one.command == name), None)
        if known is None:
            raise SlackError("unknown_command", message=f"{name} is not a command of this workspace")
        rest = rest.strip()
        if known.should_escape:
            rest = mentions.typed(rest, *self.names())
        begun = self._begin("command", user, channel, text)
        payload = {
            "token": "sandbox-verification-token",
            "team_id": self.hub.roster.team_id,
            "team_domain": self.hub.roster.domain,
            "channel_id": channel,
            "channel_name": channel_of(self.hub, channel)["name"],
            "user_id": user,
            "user_name": self.hub.roster.users[user].name,
            "command": name,
            "text": rest,
            "api_app_id": self.hub.app.id,
            "is_enterprise_install": "false",
            "response_url": self.hub.response_urls.give(begun.id, user, channel),
            "trigger_id": self._trigger(begun),
        }
        self.hub.spawn(self._deliver(begun, "slash_commands", payload))
        return begun

    def click(self, user: str, message: Message, wanted: dict[str, Any]) -> Interaction:
        """Someone pressed a button or chose an option. `wanted`: action_id or value, block_id?, chosen?."""
        block, element = pressable(message.body.get("blocks") or [], wanted)
        begun = self._begin("click", user, message.channel, element["action_id"], message.ts)
        thread = message.body.get("thread_ts")
        payload = {
            **self._common("block_actions", user),
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": message.channel,
                "is_ephemeral": message.visible_to is not None,
            },
            "trigger_id": self._trigger(begun),
            "channel": channel_of(self.hub, message.channel),
            "message": {name: value for name, value in message.body.items() if name != "metadata"},
            "state": {"values": state_of({"blocks": message.body.get("blocks") or []}, {})},
            "response_url": self.hub.response_urls.give(begun.id, user, message.channel, message, thread),
            "actions": [clicked(block, element, wanted.get("chosen"), self.hub.now())],
        }
        self.hub.spawn(self._deliver(begun, "interactive", payload))
        return begun

    def click_in_view(self, user: str, view: dict[str, Any], wanted: dict[str, Any]) -> Interaction:
        """The same on a modal or on the Home tab."""
        block, element = pressable(view["blocks"], wanted)
        begun = self._begin("click", user, None, element["action_id"])
        values = state_of(view, wanted.get("values") or {})
        payload = {
            **self._common("block_actions", user),
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": self._trigger(begun),
            "view": {**view, "state": {"values": values}},
            "actions": [clicked(block, element, wanted.get("chosen"), self.hub.now())],
        }
        self.hub.spawn(self._deliver(begun, "interactive", payload))
        return begun

    def submit(
        self, user: str, view: dict[str, Any], typed: dict[str, Any]
    ) -> tuple[Interaction | None, dict[str, str]]:
        """Someone pressed a modal's submit button; errors by block id when Slack's client would not send it."""
        values = state_of(view, typed)
        errors = missing(view, values)
        if errors:
            return None, errors
        begun = self._begin("submit", user, None, view["callback_id"])
        view["state"] = {"values": values}
        payload = {
            **self._common("view_submission", user),
            "trigger_id": self._trigger(begun),
            "view": view,
            "response_urls": [],
        }
        self.hub.spawn(self._deliver(begun, "interactive", payload, view=view))
        return begun, {}

    def close(self, user: str, view: dict[str, Any]) -> None:
        """Someone closed the top view."""
        stack = self.hub.workspace.views.stacks.get(user, [])
        stack[:] = [one for one in stack if one is not view]
        self.hub.feed.publish("views", user=user)
        if view["notify_on_close"]:
            begun = self._begin("close", user, None, view["callback_id"])
            payload = {**self._common("view_closed", user), "view": view, "is_cleared": False}
            self.hub.spawn(self._deliver(begun, "interactive", payload))

    def say(self, user: str, channel: str, text: str, thread: str | None = None) -> Message:
        """Someone wrote a message; the bot hears of it through the events it subscribed to."""
        body: dict[str, Any] = {"user": user, "text": text, "client_msg_id": secrets.token_hex(16)}
        body |= {"thread_ts": thread} if thread else {}
        message = self.hub.workspace.post(channel, body, self.hub.now())
        self.tell_of(message)
        return message

    def open_home(self, user: str) -> Interaction:
        begun = self._begin("home", user, None, "home")
        if "app_home_opened" in self.hub.app.events:
            event = {
                "type": "app_home_opened",
                "user": user,
                "channel": self.hub.workspace.open_im(user).id,
                "tab": "home",
                "event_ts": self.hub.workspace.new_ts(self.hub.now()),
            }
            view = self.hub.workspace.views.homes.get(user)
            self.hub.deliveries.event({**event, "view": view} if view else event)
        return begun

    def tell_of(self, message: Message, event: dict[str, Any] | None = None) -> None:
        """Send the `message` (and `app_mention`) events that the app would get for a message or a change to one."""
        app, conversation = self.hub.app, self.hub.workspace.conversations[message.channel]
        if app.bot_user not in conversation.members:
            return
        own = message.body.get("user") == app.bot_user
        if own and not self.hub.settings.echo_own:
            return
        full = self.hub.workspace.as_event(message)
        kind = {"im": "message.im", "private": "message.groups"}.get(conversation.kind, "message.channels")
        if kind in app.events:
            place = {"type": "message", "channel": message.channel, "channel_type": full["channel_type"]}
            self.hub.deliveries.event({**place, **event} if event else full)
        mentioned = f"@{app.bot_user}" in message.pings and conversation.kind != "im"
        if "app_mention" in app.events and mentioned and not own and not event:
            self.hub.deliveries.event({**full, "type": "app_mention"})

    # What comes back

    async def _deliver(
        self, begun: Interaction, kind: str, payload: dict[str, Any], view: dict[str, Any] | None = None
    ) -> None:
        outcome = await self.hub.deliveries.once(kind, payload)
        if isinstance(outcome, NotAcked):
            late = outcome.reason in ("timeout", "http_timeout")
            begun.error = "operation_timeout" if late else "dispatch_failed"
            self._show_failure(begun)
        else:
            begun.acked_ns, begun.ack = self.hub.monotonic_ns(), outcome.body
            try:
                self._take_ack(begun, outcome, view)
            except SlackError as refusal:
                begun.error = refusal.error
                self._show_failure(begun)
        self.hub.feed.touch()

    def _take_ack(self, begun: Interaction, outcome: Acked, view: dict[str, Any] | None) -> None:
        body = outcome.body
        if view is not None:
            self._after_submission(begun, view, body if isinstance(body, dict) else {})
        elif begun.kind == "command" and body:
            given = self.hub.response_urls.of(begun.id)
            payload = body if isinstance(body, dict) else {"text": str(body)}
            if given is not None and (payload.get("text") or payload.get("blocks")):
                self.hub.response_urls.answer(given, payload, via="ack")

    def _after_submission(self, begun: Interaction, view: dict[str, Any], ack: dict[str, Any]) -> None:
        views, action = self.hub.workspace.views, ack.get("response_action")
        stack = views.stacks.setdefault(begun.user, [])
        if action == "errors":
            begun.answers.append({"via": "errors", "ns": self.hub.monotonic_ns(), "errors": ack.get("errors") or {}})
        elif action == "update":
            self.hub.modals.update(begun.user, view, ack["view"])
        elif action == "push":
            self.hub.modals.push(begun.user, ack["view"])
        elif action == "clear":
            stack.clear()
        else:
            stack[:] = [one for one in stack if one is not view]
        self.hub.feed.publish("views", user=begun.user)

    def answered(self, interaction: str, via: str, message: Message | None = None, **more: Any) -> None:
        """Note an answer to one interaction."""
        begun = self.get(interaction)
        if begun is None:
            return
        answer: dict[str, Any] = {"via": via, "ns": self.hub.monotonic_ns(), **more}
        if message is not None:
            answer |= {
                "channel": message.channel,
                "ts": message.ts,
                "body": dict(message.body),
                "ephemeral": message.visible_to is not None,
            }
        begun.answers.append(answer)
        self.hub.feed.touch()

    def note(self, message: Message, via: str) -> None:
        """Guess whether a message, edit or ephemeral that came over the Web API answers something someone just did."""
        since = self.hub.now() - ATTRIBUTED_FOR
        for begun in reversed(self._kept):
            if begun.started_at < since:
                return
            if via == "ephemeral":
                fits = begun.user == message.visible_to and begun.channel == message.channel
            elif via == "update":
                fits = begun.message_ts == message.ts
            else:
                direct = self.hub.workspace.conversations[message.channel].kind == "im"
                fits = (begun.message_ts is not None and begun.message_ts == message.thread) or (
                    begun.channel == message.channel and (direct or (begun.kind == "command" and message.key is None))
                )
            if fits:
                return self.answered(begun.id, via, message)

    def _show_failure(self, begun: Interaction) -> None:
        if begun.channel is not None:
            what = begun.what.split(" ")[0] if begun.kind == "command" else "This action"
            text = f'{what} failed with the error "{begun.error}"'
            message = private(self.hub, begun.user, begun.channel, text)
            self.answered(begun.id, "failure", message)

    def _common(self, kind: str, user: str) -> dict[str, Any]:
        return {
            "type": kind,
            "user": actor(self.hub, user),
            "api_app_id": self.hub.app.id,
            "token": "sandbox-verification-token",
            "team": {"id": self.hub.roster.team_id, "domain": self.hub.roster.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def names(self) -> tuple[dict[str, str], dict[str, str]]:
        """Names of users and of channels, with their ids."""
        users = {user.name: user.id for user in self.hub.roster.users.values()}
        channels = {one.name: one.id for one in self.hub.workspace.conversations.values() if one.kind != "im"}
        return users, channels

    def report(self, begun: Interaction) -> dict[str, Any]:
        """An interaction as the control API tells it: times in ms since it was sent to the bot."""

        def ms(ns: int | None) -> float | None:
            return None if ns is None else round((ns - begun.started_ns) / 1e6, 3)

        answers = []
        for answer in begun.answers:
            body = answer.get("body") or {}
            told = {name: value for name, value in answer.items() if name not in ("ns", "body")}
            told |= {"ms": ms(answer["ns"]), "text": body.get("text", ""), "blocks": body.get("blocks") or []}
            answers.append({**told, "files": files_of(self.hub, body)})
        return {
            "id": begun.id,
            "kind": begun.kind,
            "acked": begun.acked_ns is not None,
            "ack_ms": ms(begun.acked_ns),
            "ack": begun.ack,
            "error": begun.error,
            "answers": answers,
        }

    async def wait(self, begun: Interaction, until: str, seconds: float) -> dict[str, Any]:
        """Report once it went as far as `until` (ack, answer, followup, chart), failed, or so many seconds passed.

        answer: anything shown to the person, the acknowledgement's own text included. followup: something after that,
        and more than an edit of the message, which may have come for another reason.
        chart: an answer with a picture in it.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            seen = self.hub.feed.number
            report = self.report(begun)
            if begun.error or _reached(report, until):
                return report
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return {**report, "timed_out": True}
            await self.hub.feed.after(seen, left)


def _reached(report: dict[str, Any], until: str) -> bool:
    answers = [answer for answer in report["answers"] if answer["via"] != "message"]
    if until == "ack" or not report["acked"]:
        return bool(report["acked"])
    if until == "followup":
        return any(answer["via"] not in ("ack", "update") for answer in answers)
    if until == "chart":
        return any(answer["files"] for answer in answers)
    return bool(answers)
