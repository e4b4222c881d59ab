"""Opening, pushing, updating and publishing views, as the Web API and the answers to submissions do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.slack.blockkit import validate_view
from sandbox.posting import SlackError, check_files, refuse
from sandbox.views import DEEPEST, new_hash
from sandbox.workspace import with_block_ids

if TYPE_CHECKING:
    from sandbox.hub import Hub


class Modals:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    def _build(self, view: Any, kind: str, **place: Any) -> dict[str, Any]:
        if not isinstance(view, dict) or view.get("type") != kind:
            raise SlackError("invalid_arguments", response_metadata={"messages": [f"view.type must be {kind}"]})
        refuse(validate_view(view), "invalid_arguments")
        check_files(self.hub, view["blocks"], "/blocks")
        app = self.hub.app
        view = {**view, "blocks": with_block_ids(view["blocks"])}
        return self.hub.workspace.views.build(view, self.hub.roster.team_id, app.id, app.bot_id, **place)

    def open(self, user: str, view: Any) -> dict[str, Any]:
        built = self._build(view, "modal")
        self.hub.workspace.views.stacks[user] = [built]
        self.hub.feed.publish("views", user=user)
        return built

    def push(self, user: str, view: Any) -> dict[str, Any]:
        stack = self.hub.workspace.views.stacks.get(user) or []
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= DEEPEST:
            raise SlackError("push_limit_reached")
        built = self._build(view, "modal", root=stack[0], previous=stack[-1])
        stack.append(built)
        self.hub.feed.publish("views", user=user)
        return built

    def update(self, user: str, old: dict[str, Any], view: Any, expected: str | None = None) -> dict[str, Any]:
        """Put another view in the place of `old`; what was typed into blocks that stay is kept by the page."""
        if expected is not None and expected != old["hash"]:
            raise SlackError("hash_conflict")
        built = self._build(view, old["type"])
        kept = {name: old[name] for name in ("id", "root_view_id", "previous_view_id")}
        built |= {**kept, "hash": new_hash()}
        old.clear()
        old.update(built)
        self.hub.feed.publish("home" if built["type"] == "home" else "views", user=user)
        return old

    def publish(self, user: str, view: Any, expected: str | None = None) -> dict[str, Any]:
        """Set a person's Home tab."""
        if not self.hub.app.home:
            raise SlackError("not_enabled")
        old = self.hub.workspace.views.homes.get(user)
        if expected is not None and old is not None and expected != old["hash"]:
            raise SlackError("hash_conflict")
        built = self._build(view, "home")
        if old is not None:
            built["id"] = built["root_view_id"] = old["id"]
        self.hub.workspace.views.homes[user] = built
        self.hub.feed.publish("home", user=user)
        return built
