"""A client that acts as the people of the workspace, looks at what they see, and breaks things on purpose."""

# ruff: noqa: ASYNC109 -- the sandbox holds the wait, so that the time limit has to travel to it

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import aiohttp

GAP = 0.01  # seconds between two looks, so that a check which itself calls the Web API does not spin


class ControlError(Exception):
    """The sandbox would not do it; `error` is its name for why."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(f"{error}: {message}" if message else error)
        self.error = error


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing the bot answered. `via`: ack, response_url, ephemeral, update, message, view, errors, or failure (then
    it is Slack's own text). `ms` counts from the moment the command or click was handed to delivery."""

    via: str
    ms: float
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    channel: str | None = None
    ts: str | None = None
    ephemeral: bool = False
    view: dict[str, Any] | None = None
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a command, click or submission. `error`: operation_timeout or dispatch_failed, as the person saw it;
    `timed_out`: it had not gone as far as it was waited for."""

    id: str | None
    acked: bool
    ack_ms: float | None
    ack: Any
    error: str | None
    answers: list[Answer]
    errors: dict[str, str]
    timed_out: bool

    @property
    def answer(self) -> Answer | None:
        """The first thing the person saw, the acknowledgement's own text included."""
        return next((one for one in self.answers if one.via not in ("message", "failure")), None)

    @property
    def reply(self) -> Answer | None:
        """The first thing that was said to the person: no edit of a message, which may have come for another reason."""
        return next((one for one in self.answers if one.via not in ("message", "failure", "update")), None)

    @property
    def answer_ms(self) -> float | None:
        return self.answer.ms if self.answer else None

    @property
    def chart(self) -> Answer | None:
        """The first answer with a picture."""
        return next((one for one in self.answers if one.files and one.via != "message"), None)

    @property
    def chart_ms(self) -> float | None:
        return self.chart.ms if self.chart else None

    @property
    def text(self) -> str:
        """Everything that was answered, as text."""
        return "\n".join(one.text for one in self.answers if one.text)


class Control:
    """Use it as `async with Control(url) as control`. Every method raises `ControlError` when the sandbox refuses."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Control:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, how: str, path: str, *, seconds: float = 30, **sent: Any) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)  # a proxy must not stand before the loopback
        limit = aiohttp.ClientTimeout(total=seconds)
        url = f"{self.base_url}/sandbox/{path}"
        async with self._session.request(how, url, timeout=limit, **sent) as answer:
            if answer.content_type != "application/json":
                raise ControlError(f"http_{answer.status}", (await answer.text())[:200])
            told = await answer.json()
            if answer.status != 200:
                raise ControlError(str(told.get("error")), str(told.get("message", "")))
            return told

    async def _get(self, path: str, seconds: float = 30, **query: Any) -> Any:
        given = {name: str(value) for name, value in query.items() if value is not None}
        return await self._call("GET", path, seconds=seconds, params=given)

    async def _post(self, path: str, body: Any, seconds: float = 30) -> Any:
        return await self._call("POST", path, seconds=seconds, json=body)

    # Looking

    async def state(self) -> dict[str, Any]:
        """Everything the page starts with: team, app, users, channels, commands, connections, guide, clock."""
        told: dict[str, Any] = await self._get("state")
        return told

    async def channels(self) -> dict[str, dict[str, Any]]:
        """Channels by id."""
        return {one["id"]: one for one in (await self.state())["channels"]}

    async def users(self) -> dict[str, dict[str, Any]]:
        """People by id."""
        return {one["id"]: one for one in (await self.state())["users"]}

    async def messages(
        self, channel: str, thread: str | None = None, viewer: str | None = None
    ) -> list[dict[str, Any]]:
        """Messages of a channel, or of one thread with its first message, oldest first, metadata included.

        Each has `pings` (who it would ping), `pictures` (its files), `visible_to` and `shown_at` beside Slack's fields.
        `viewer` adds the ephemeral messages of that person.
        """
        told: list[dict[str, Any]] = await self._get("messages", channel=channel, thread=thread, viewer=viewer)
        return told

    async def direct_messages(self, user: str) -> list[dict[str, Any]]:
        """What the bot and a person said to each other."""
        return await self.messages(await self.open_dm(user), viewer=user)

    async def calls(
        self, method: str | None = None, channel: str | None = None, key: str | None = None, after: int = 0
    ) -> list[dict[str, Any]]:
        """Recorded Web API calls (see `sandbox.calls.Call`), oldest first; `response_url` is one of the methods."""
        told: list[dict[str, Any]] = await self._get("calls", method=method, channel=channel, key=key, after=after)
        return told

    async def doubled(self) -> list[dict[str, Any]]:
        """Metadata keys that stand on more than one message of a channel."""
        told: list[dict[str, Any]] = await self._get("doubled")
        return told

    async def home(self, user: str) -> dict[str, Any] | None:
        view: dict[str, Any] | None = (await self._get("home", user=user))["view"]
        return view

    async def views(self, user: str) -> list[dict[str, Any]]:
        """The modals a person has open, the top one last."""
        open_views: list[dict[str, Any]] = (await self._get("views", user=user))["views"]
        return open_views

    # Acting as somebody

    async def command(
        self, user: str, channel: str, text: str, *, until: str = "answer", timeout: float = 10
    ) -> Result:
        """Type a slash command and wait: until `ack`, `answer` (anything shown), `followup` (something shown after the
        acknowledgement) or `chart` (a picture), for at most `timeout` seconds."""
        body = {"user": user, "channel": channel, "text": text, "until": until, "timeout": timeout}
        return _result(await self._post("command", body, timeout + 30))

    async def click(
        self,
        user: str,
        channel: str,
        ts: str,
        action_id: str | None = None,
        *,
        value: str | None = None,
        block_id: str | None = None,
        chosen: Any = None,
        until: str = "answer",
        timeout: float = 10,
    ) -> Result:
        """Press a button by action id or value, or choose in a select (`chosen`: option value, label, or id)."""
        body = {
            "user": user,
            "channel": channel,
            "ts": ts,
            "action_id": action_id,
            "value": value,
            "block_id": block_id,
            "chosen": chosen,
            "until": until,
            "timeout": timeout,
        }
        return _result(await self._post("click", body, timeout + 30))

    async def click_in_view(
        self, user: str, view_id: str, action_id: str, *, chosen: Any = None, until: str = "ack", timeout: float = 10
    ) -> Result:
        """The same in a modal or on the Home tab."""
        body = {
            "user": user,
            "view_id": view_id,
            "action_id": action_id,
            "chosen": chosen,
            "until": until,
            "timeout": timeout,
        }
        return _result(await self._post("click", body, timeout + 30))

    async def submit_view(self, user: str, values: Mapping[str, Any] | None = None, *, timeout: float = 10) -> Result:
        """Submit the top modal. `values` maps action ids or block ids to plain values; `errors` in the result are by
        block id and leave the modal open."""
        body = {"user": user, "values": dict(values or {}), "timeout": timeout}
        return _result(await self._post("submit", body, timeout + 30))

    async def close_view(self, user: str) -> None:
        await self._post("close_view", {"user": user})

    async def say(self, user: str, channel: str, text: str, thread: str | None = None) -> dict[str, Any]:
        """Write a message in Slack's own form: `<@U…>` is a mention, `&lt;` a less-than sign."""
        message: dict[str, Any] = await self._post(
            "say", {"user": user, "channel": channel, "text": text, "thread": thread}
        )
        return message

    async def open_home(self, user: str, *, timeout: float = 10) -> dict[str, Any] | None:
        """Open the Home tab and wait for the bot to publish it."""
        view: dict[str, Any] | None = (await self._post("open_home", {"user": user, "timeout": timeout}, timeout + 30))[
            "view"
        ]
        return view

    async def open_dm(self, user: str) -> str:
        """The channel id of the bot's conversation with a person."""
        return str((await self._post("open_dm", {"user": user}))["channel"])

    # Waiting

    async def wait_for(self, check: Callable[[], Any], timeout: float = 10) -> Any:
        """Call `check` (it may be async) now and after every change until it gives something true; return that.

        It never sleeps: the sandbox holds the question until something changed. TimeoutError after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        number = (await self._get("changes", since=0))["number"]
        while True:
            found: Any = check()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"nothing of that kind happened within {timeout:g} s")
            waited = await self._get("changes", left + 30, since=number, timeout=min(left, 60.0))
            number = waited["number"]
            await asyncio.sleep(GAP)

    async def wait_for_message(
        self,
        channel: str,
        matches: Callable[[dict[str, Any]], bool] = lambda message: True,
        *,
        thread: str | None = None,
        viewer: str | None = None,
        timeout: float = 10,
    ) -> dict[str, Any]:
        """The first message of a channel or thread that `matches`, also after an edit."""

        async def look() -> dict[str, Any] | None:
            return next((one for one in await self.messages(channel, thread, viewer) if matches(one)), None)

        found: dict[str, Any] = await self.wait_for(look, timeout)
        return found

    async def wait_connected(self, connections: int = 1, timeout: float = 10) -> None:
        """Until the bot has opened so many sockets."""

        async def enough() -> bool:
            return bool((await self.state())["connections"] >= connections)

        await self.wait_for(enough, timeout)

    # Breaking and arranging

    async def fault(
        self,
        on: str,
        kind: str,
        *,
        times: int = 1,
        seconds: float = 1.0,
        channel: str | None = None,
        error: str = "internal_error",
        skip: int = 0,
    ) -> None:
        """Let the next `times` calls of method `on` (or deliveries: slash_commands, interactive, events_api) go wrong.

        Kinds stand in `sandbox/faults.py`: ratelimited, error, refuse, drop_request, drop_answer, delay_request,
        delay_answer, close_socket; for deliveries deliver_twice, deliver_late, lose_ack, close_socket.
        """
        await self._post(
            "fault",
            {
                "on": on,
                "kind": kind,
                "times": times,
                "seconds": seconds,
                "channel": channel,
                "error": error,
                "skip": skip,
            },
        )

    async def clear_faults(self) -> None:
        await self._post("faults/clear", {})

    async def faults(self) -> list[dict[str, Any]]:
        """Faults that have not struck yet."""
        pending: list[dict[str, Any]] = await self._get("faults")
        return pending

    async def disconnect(self, *, abrupt: bool = False, reason: str = "refresh_requested", after: float = 0) -> None:
        """Close the bot's sockets, with Slack's warning `after` seconds before, or abruptly."""
        await self._post("disconnect", {"abrupt": abrupt, "reason": reason, "after": after})

    async def member(self, channel: str, user: str, *, leave: bool = False) -> None:
        """Let someone (the bot, too) join or leave a channel."""
        await self._post("member", {"channel": channel, "user": user, "leave": leave})

    async def person(self, user: str, **changes: Any) -> None:
        """`presence="away"`, `dnd=(start, end)` in seconds since 1970 or `dnd=None`."""
        await self._post("person", {"user": user, **changes})

    async def use_http(self, request_url: str | None) -> bool:
        """Deliver signed HTTP there from now on (None: sockets again); whether the URL passed Slack's check."""
        return bool((await self._post("use_http", {"request_url": request_url}))["verified"])

    async def guide(self, title: str, items: Sequence[str] = (), progress: float | None = None) -> None:
        """Set the page's banner. Items may hold `code` in backticks and *emphasis* in asterisks."""
        await self._post("guide", {"title": title, "items": list(items), "progress": progress})

    async def clear_guide(self) -> None:
        await self._post("guide", None)

    async def clock(self, shown: float, speed: float = 1) -> None:
        """Let the page's clock show this moment (seconds since 1970) and run so many times as fast."""
        await self._post("clock", {"shown": shown, "speed": speed})


def _result(told: dict[str, Any]) -> Result:
    names = set(Answer.__dataclass_fields__)
    answers = [Answer(**{name: value for name, value in one.items() if name in names}) for one in told["answers"]]
    return Result(
        told.get("id"),
        told["acked"],
        told["ack_ms"],
        told.get("ack"),
        told["error"],
        answers,
        told.get("errors") or {},
        told.get("timed_out", False),
    )
