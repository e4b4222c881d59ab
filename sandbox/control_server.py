"""/sandbox/*: what the page and `sandbox.control.Control` use to act as people, to look, and to break things."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox import mentions
from sandbox.calls import doubled
from sandbox.faults import Fault
from sandbox.posting import SlackError, files_of

if TYPE_CHECKING:
    from sandbox.hub import Hub
    from sandbox.workspace import Conversation, Message

LONGEST_WAIT = 120.0


class ControlServer:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    def routes(self) -> list[web.RouteDef]:
        looking = {
            "calls": self.calls,
            "changes": self.changes,
            "doubled": self.doubled,
            "faults": self.pending_faults,
            "home": self.home,
            "interaction": self.interaction,
            "messages": self.messages,
            "state": self.state,
            "stream": self.stream,
            "views": self.views,
        }
        acting = {
            "click": self.click,
            "clock": self.clock,
            "close_view": self.close_view,
            "command": self.command,
            "disconnect": self.disconnect,
            "fault": self.fault,
            "faults/clear": self.clear_faults,
            "guide": self.guide,
            "member": self.member,
            "open_home": self.open_home,
            "open_dm": self.open_dm,
            "person": self.person,
            "say": self.say,
            "submit": self.submit,
            "use_http": self.use_http,
        }
        return [web.get(f"/sandbox/{name}", self._answering(look)) for name, look in looking.items()] + [
            web.post(f"/sandbox/{name}", self._answering(act)) for name, act in acting.items()
        ]

    def _answering(
        self, handler: Callable[[web.Request], Awaitable[Any]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                result = await handler(request)
            except SlackError as refusal:
                return web.json_response({"error": refusal.error, **refusal.more}, status=400)
            except (KeyError, TypeError, ValueError) as error:
                return web.json_response({"error": "invalid_arguments", "message": str(error)}, status=400)
            return result if isinstance(result, web.StreamResponse) else web.json_response(result)

        return answer

    # Looking

    async def state(self, request: web.Request) -> dict[str, Any]:
        hub, viewer = self.hub, request.query.get("viewer")
        workspace = hub.workspace
        return {
            "number": hub.feed.number,
            "boot": workspace.boot,
            "team": {"id": hub.roster.team_id, "name": hub.roster.team_name},
            "app": {"id": hub.app.id, "name": hub.app.name, "user": hub.app.bot_user, "home": hub.app.home},
            "commands": [asdict(command) for command in hub.app.commands],
            "users": [
                {**asdict(user), "presence": workspace.presence.get(user.id, "active")}
                for user in hub.roster.users.values()
            ],
            "usergroups": [asdict(group) for group in hub.roster.usergroups.values()],
            "channels": [self._channel(one, viewer) for one in workspace.conversations.values()],
            "connections": len(hub.deliveries.sockets.connections),
            "delivery": "http" if hub.deliveries.transport is hub.deliveries.http else "socket",
            "guide": workspace.guide,
            "now": hub.now(),
            "shown_at": workspace.shown_at(hub.now()),
            "speed": workspace.speed,
        }

    def _channel(self, conversation: Conversation, viewer: str | None) -> dict[str, Any]:
        seen = self.hub.workspace.visible(conversation.id, viewer)
        return {
            "id": conversation.id,
            "name": conversation.name,
            "kind": conversation.kind,
            "topic": conversation.topic,
            "members": sorted(conversation.members),
            "ts": [message.ts for message in seen[-200:] if message.body.get("user") != viewer],
        }

    def _conversation(self, channel: str) -> Conversation:
        found = self.hub.workspace.conversations.get(channel)
        if found is None:
            raise SlackError("channel_not_found", message=f"there is no channel {channel}")
        return found

    def _user(self, user: str) -> str:
        if user not in self.hub.roster.users:
            raise SlackError("user_not_found", message=f"there is no user {user}")
        return user

    def _told(self, message: Message) -> dict[str, Any]:
        return {
            **message.body,
            "channel": message.channel,
            "visible_to": message.visible_to,
            "shown_at": message.shown_at,
            "pings": message.pings,
            "pictures": files_of(self.hub, message.body),
        }

    async def messages(self, request: web.Request) -> list[dict[str, Any]]:
        """Messages of a channel or of one thread, oldest first; `viewer` adds what only that person sees."""
        query = request.query
        channel = self._conversation(query["channel"]).id
        if "ts" in query:
            one = self.hub.workspace.find(channel, query["ts"])
            fits = one is not None and one.visible_to in (None, query.get("viewer"))
            return [self._told(one)] if one is not None and fits else []
        visible = self.hub.workspace.visible(channel, query.get("viewer"), query.get("thread"))
        return [self._told(message) for message in visible[-int(query.get("last", 100_000)) :]]

    async def calls(self, request: web.Request) -> list[dict[str, Any]]:
        query = request.query
        return self.hub.calls.select(
            query.get("method"), query.get("channel"), query.get("key"), int(query.get("after", 0))
        )

    async def doubled(self, request: web.Request) -> list[dict[str, Any]]:
        """Metadata keys that stand on two messages of one channel: something was posted twice."""
        del request
        return doubled([(one.channel, one.key, one.ts) for one in self.hub.workspace.everything() if one.key])

    async def changes(self, request: web.Request) -> dict[str, Any]:
        """Wait until something changed after number `since`, at most `timeout` seconds."""
        since, timeout = int(request.query.get("since", 0)), float(request.query.get("timeout", 0))
        return {"number": await self.hub.feed.after(since, min(timeout, LONGEST_WAIT))}

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events of everything the page shows. Changes to what one person sees are for all; the page asks
        with its own viewer, and gets nothing it should not see."""
        after = int(request.headers.get("Last-Event-ID") or request.query.get("after") or self.hub.feed.number)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            await response.write(b"retry: 1000\n\n")
            async for change in self.hub.feed.follow(after):
                if change is None:
                    await response.write(b": alive\n\n")
                else:
                    await response.write(f"id: {change['number']}\ndata: {json.dumps(change)}\n\n".encode())
        return response

    async def home(self, request: web.Request) -> dict[str, Any]:
        return {"view": self.hub.workspace.views.homes.get(self._user(request.query["user"]))}

    async def views(self, request: web.Request) -> dict[str, Any]:
        return {"views": self.hub.workspace.views.stacks.get(self._user(request.query["user"]), [])}

    async def pending_faults(self, request: web.Request) -> list[dict[str, Any]]:
        del request
        return self.hub.faults.pending()

    async def interaction(self, request: web.Request) -> dict[str, Any]:
        """How far a command or click has come; with `until` and `timeout`, waits for it."""
        begun = self.hub.interactions.get(request.query["id"])
        if begun is None:
            raise SlackError("not_found", message="this interaction is not known any more")
        timeout = min(float(request.query.get("timeout", 0)), LONGEST_WAIT)
        return await self.hub.interactions.wait(begun, request.query.get("until", "answer"), timeout)

    # Acting

    async def _finish(self, begun: Any, body: dict[str, Any]) -> dict[str, Any]:
        timeout = min(float(body.get("timeout", 10)), LONGEST_WAIT)
        return await self.hub.interactions.wait(begun, body.get("until", "answer"), timeout)

    async def command(self, request: web.Request) -> dict[str, Any]:
        body = await request.json()
        if body.get("thread"):
            raise SlackError("not_in_thread", message="Slack takes no slash commands in threads")
        user, channel = self._user(body["user"]), self._conversation(body["channel"])
        return await self._finish(self.hub.interactions.command(user, channel.id, body["text"]), body)

    async def click(self, request: web.Request) -> dict[str, Any]:
        body = await request.json()
        user, interactions = self._user(body["user"]), self.hub.interactions
        if body.get("view_id"):
            found = self.hub.workspace.views.find(body["view_id"])
            if found is None:
                raise SlackError("not_found", message="this view is not open any more")
            return await self._finish(interactions.click_in_view(user, found[1], body), body)
        message = self.hub.workspace.find(self._conversation(body["channel"]).id, body["ts"])
        if message is None or message.visible_to not in (None, user):
            raise SlackError("message_not_found", message="there is no such message to click on")
        return await self._finish(interactions.click(user, message, body), body)

    async def submit(self, request: web.Request) -> dict[str, Any]:
        """Submit the top modal. `errors` by block id come from Slack's client or from the bot; {} when it passed."""
        body = await request.json()
        user = self._user(body["user"])
        view = self.hub.workspace.views.top(user)
        if view is None:
            raise SlackError("not_found", message="no modal is open")
        begun, errors = self.hub.interactions.submit(user, view, body.get("values") or {})
        if begun is None:
            return {"acked": False, "errors": errors, "answers": [], "error": None, "ack_ms": None}
        report = await self._finish(begun, {"until": "ack", **body})
        said: dict[str, str] = next((one["errors"] for one in report["answers"] if one["via"] == "errors"), {})
        return {**report, "errors": said}

    async def close_view(self, request: web.Request) -> dict[str, Any]:
        user = self._user((await request.json())["user"])
        view = self.hub.workspace.views.top(user)
        if view is not None:
            self.hub.interactions.close(user, view)
        return {}

    async def say(self, request: web.Request) -> dict[str, Any]:
        """Write a message; `typed` says that the text is as typed (to be escaped), not as Slack stores it."""
        body = await request.json()
        user, conversation = self._user(body["user"]), self._conversation(body["channel"])
        if user not in conversation.members:
            raise SlackError("not_in_channel", message=f"{user} is not in {conversation.name}")
        text = str(body["text"])
        if body.get("typed"):
            text = mentions.typed(text, *self.hub.interactions.names())
        return self._told(self.hub.interactions.say(user, conversation.id, text, body.get("thread")))

    async def open_home(self, request: web.Request) -> dict[str, Any]:
        """Open the bot's Home tab, and wait up to `timeout` seconds for a view to be published."""
        body = await request.json()
        user, loop = self._user(body["user"]), asyncio.get_running_loop()
        homes, before = self.hub.workspace.views.homes, self.hub.workspace.views.homes.get(user)
        self.hub.interactions.open_home(user)
        deadline = loop.time() + min(float(body.get("timeout", 0)), LONGEST_WAIT)
        while homes.get(user) is before and (left := deadline - loop.time()) > 0:
            await self.hub.feed.after(self.hub.feed.number, left)
        return {"view": homes.get(user)}

    async def open_dm(self, request: web.Request) -> dict[str, Any]:
        user = self._user((await request.json())["user"])
        return {"channel": self.hub.workspace.open_im(user).id}

    async def member(self, request: web.Request) -> dict[str, Any]:
        """Let someone join (or leave) a channel; the bot, too."""
        body = await request.json()
        conversation, user = self._conversation(body["channel"]), self._user(body["user"])
        if body.get("leave"):
            conversation.members.discard(user)
            self.hub.feed.publish("channel", channel=conversation.id)
        else:
            self.hub.workspace.join(conversation, user)
        return {"members": sorted(conversation.members)}

    async def person(self, request: web.Request) -> dict[str, Any]:
        """Set presence (active, away) and do-not-disturb (two times in seconds since 1970, or null) of a person."""
        body = await request.json()
        user = self._user(body["user"])
        if "presence" in body:
            self.hub.workspace.presence[user] = body["presence"]
        if "dnd" in body:
            self.hub.workspace.dnd.pop(user, None)
            if body["dnd"]:
                start, end = body["dnd"]
                self.hub.workspace.dnd[user] = (float(start), float(end))
        self.hub.feed.publish("person", user=user)
        return {}

    async def fault(self, request: web.Request) -> dict[str, Any]:
        body = await request.json()
        known = {one.name for one in fields(Fault)}
        unknown = set(body) - known
        if unknown:
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}")
        self.hub.faults.add(Fault(**body))
        return {}

    async def clear_faults(self, request: web.Request) -> dict[str, Any]:
        del request
        self.hub.faults.clear()
        return {}

    async def disconnect(self, request: web.Request) -> dict[str, Any]:
        """Close all sockets: with a warning first (`reason`), or at once and without a goodbye (`abrupt`)."""
        body = await request.json()
        if body.get("abrupt"):
            await self.hub.deliveries.sockets.cut()
        else:
            reason = body.get("reason", "refresh_requested")
            await self.hub.deliveries.sockets.refresh(reason, float(body.get("after", 0)))
        return {}

    async def guide(self, request: web.Request) -> dict[str, Any]:
        """Set the banner: {"title", "items": […], "progress": 0…1}; null takes it away."""
        guide = await request.json()
        if guide is not None and not isinstance(guide.get("items", []), list):
            raise ValueError("items must be a list")
        self.hub.workspace.guide = guide
        self.hub.feed.publish("guide", guide=guide)
        return {}

    async def clock(self, request: web.Request) -> dict[str, Any]:
        """Set what the page's clock shows: seconds since 1970, running `speed` times as fast from now on."""
        body = await request.json()
        self.hub.workspace.set_clock(float(body["shown"]), self.hub.now(), float(body.get("speed", 1)))
        return {}

    async def use_http(self, request: web.Request) -> dict[str, Any]:
        """Deliver signed HTTP to this URL from now on, after Slack's check of it; null goes back to sockets."""
        body = await request.json()
        deliveries = self.hub.deliveries
        if body["request_url"] is None:
            deliveries.transport = deliveries.sockets
            return {"verified": True}
        deliveries.use_http(body["request_url"])
        return {"verified": await deliveries.verify_request_url()}
