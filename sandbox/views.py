"""Modals and Home tabs: the stack each person has open, and what they have typed into it."""

from __future__ import annotations

import secrets
from typing import Any

_PICKED = {"datepicker": "selected_date", "timepicker": "selected_time", "datetimepicker": "selected_date_time"}
DEEPEST = 3  # views in one modal's stack


class Views:
    def __init__(self) -> None:
        self.stacks: dict[str, list[dict[str, Any]]] = {}  # user → open views, the top one last
        self.homes: dict[str, dict[str, Any]] = {}

    def build(
        self,
        view: dict[str, Any],
        team: str,
        app: str,
        bot: str,
        *,
        root: dict[str, Any] | None = None,
        previous: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """A view as Slack keeps it: with an id, a hash and the ids of where it stands in its stack."""
        made = "V" + secrets.token_hex(5).upper()
        return {
            "private_metadata": "",
            "callback_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": None,
            "external_id": "",
            **view,
            "id": made,
            "team_id": team,
            "app_id": app,
            "bot_id": bot,
            "app_installed_team_id": team,
            "root_view_id": root["id"] if root else made,
            "previous_view_id": previous["id"] if previous else None,
            "state": {"values": {}},
            "hash": new_hash(),
        }

    def find(self, view_id: str | None, external_id: str | None = None) -> tuple[str, dict[str, Any]] | None:
        """(user, view) of an open modal or a Home."""
        for user, stack in self.stacks.items():
            for view in stack:
                if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                    return user, view
        for user, view in self.homes.items():
            if view["id"] == view_id:
                return user, view
        return None

    def top(self, user: str) -> dict[str, Any] | None:
        stack = self.stacks.get(user)
        return stack[-1] if stack else None


def new_hash() -> str:
    return secrets.token_hex(8)


def inputs(view: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(block, element) of everything in a view that holds a value."""
    found = []
    for block in view.get("blocks", []):
        places = [block.get("element"), block.get("accessory")]
        places += block.get("elements", []) if block["type"] == "actions" else []
        found += [(block, place) for place in places if isinstance(place, dict) and "action_id" in place]
    return found


def element_state(element: dict[str, Any], value: Any) -> dict[str, Any]:
    """What Slack's payload says of an element that holds `value` (an id, a text, an option's value, or a list)."""
    kind = element["type"]
    if kind in ("plain_text_input", "email_text_input", "url_text_input", "number_input"):
        return {"type": kind, "value": None if value in (None, "") else str(value)}
    if kind in ("static_select", "external_select", "radio_buttons", "overflow"):
        return {"type": kind, "selected_option": option(element, value)}
    if kind in ("multi_static_select", "multi_external_select", "checkboxes"):
        return {"type": kind, "selected_options": [found for one in value or [] if (found := option(element, one))]}
    if kind.startswith("multi_"):
        return {"type": kind, "selected_" + kind.removeprefix("multi_").removesuffix("_select"): list(value or [])}
    if kind.endswith("s_select"):
        return {"type": kind, "selected_" + kind.removesuffix("s_select"): value or None}
    if kind in _PICKED:
        return {"type": kind, _PICKED[kind]: value or None}
    return {"type": kind, "value": value}


def option(element: dict[str, Any], value: Any) -> dict[str, Any] | None:
    """The option of a select that has this value, or this label."""
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group["options"]
    for one in options:
        if value is not None and value in (one["value"], one["text"]["text"]):
            return dict(one)
    return None


def initial(element: dict[str, Any]) -> Any:
    """The value an element starts with, in the form `element_state` takes."""
    for name, value in element.items():
        if name in ("initial_option",):
            return value["value"]
        if name in ("initial_options",):
            return [one["value"] for one in value]
        if name.startswith("initial_"):
            return value
    return None


def state_of(view: dict[str, Any], typed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """`state.values` of a submission. `typed` maps action or block ids to plain values; the rest keeps its start."""
    values: dict[str, dict[str, Any]] = {}
    for block, element in inputs(view):
        action = element["action_id"]
        if element["type"] == "button":
            continue
        value = typed.get(action, typed.get(block["block_id"], initial(element)))
        if isinstance(value, dict) and action in value:
            value = value[action]
        values.setdefault(block["block_id"], {})[action] = element_state(element, value)
    return values


def missing(view: dict[str, Any], values: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Block ids of inputs that Slack's client would not let pass, with what it says."""
    errors = {}
    for block, element in inputs(view):
        if block["type"] != "input" or block.get("optional"):
            continue
        state = values[block["block_id"]][element["action_id"]]
        if not any(value for name, value in state.items() if name != "type"):
            errors[block["block_id"]] = "Please complete this required field."
    return errors
