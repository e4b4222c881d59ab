"""Actions as Block Kit buttons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from desk.messages import Action, Message
from handlers.phrases import phrases
from handlers.wording import one_line

Block = dict[str, Any]

BUTTONS = 25  # in one block
OPTIONS = 100  # in one menu


def drawn_buttons(actions: Sequence[Action], message: Message) -> list[Block]:
    """One button an action; only the first primary stays primary, for two of them point nowhere. Actions of one menu
    are a menu, where the first of them stands."""
    drawn: list[Block] = []
    seen: set[str] = set()
    primary = True
    for action in actions:
        if action.menu:
            choices = [one for one in actions if one.menu == action.menu]
            if action is choices[0]:
                drawn.append(_menu(choices, len(drawn)))
            continue
        name = next(name for n in count() if (name := _action_id(action, n)) not in seen)
        seen.add(name)
        button: Block = {
            "type": "button",
            "action_id": name,
            "text": _plain(one_line(action.label, 70) or one_line(action.verb, 70) or "–"),
            "value": action.encoded,
        }
        if action.style == "danger" or (action.style == "primary" and primary):
            button["style"] = action.style
            primary = primary and action.style != "primary"
        if action.confirm:
            button["confirm"] = _confirm(action, message)
        drawn.append(button)
    return drawn


def _menu(choices: Sequence[Action], place: int) -> Block:
    """Named by its place among the elements: two menus of one message may begin with the same choice."""
    options = [
        {"text": _plain(one_line(one.label, 70) or one_line(one.verb, 70) or "–"), "value": one.encoded}
        for one in choices[:OPTIONS]
    ]
    return {
        "type": "static_select",
        "action_id": f"act:menu:{place}:{choices[0].ref}"[:200],
        "placeholder": _plain(one_line(choices[0].menu, 70) or "…"),
        "options": options,
    }


def _action_id(action: Action, n: int) -> str:
    """Stable over edits of the same message, and none twice in it. The part that acts is the button's value."""
    return f"act:{action.verb}:{action.ref}"[:200] + (f":{n}" if n else "")


def _confirm(action: Action, message: Message) -> Block:
    say = phrases(message.locale)
    dialog: Block = {
        "title": _plain(say.confirm),
        "text": _plain(one_line(action.confirm, 280) or say.confirm),
        "confirm": _plain(one_line(action.label, 28) or "OK"),
        "deny": _plain(say.cancel),
    }
    return dialog | ({"style": "danger"} if action.style == "danger" else {})


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}
