"""Commands that change who is on call: `/oncall WORD …`. One file a command, one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from desk.messages import Message
from desk.moment import Moment
from desk.oncall import showing as cards
from desk.questions import (
    change_cover,
    change_fill,
    change_leave,
    change_log,
    change_override,
    change_swap,
    change_take,
)
from desk.questions.asking import Asker
from desk.questions.change_asked import UNDO, number
from desk.questions.plan_gaps import FILL
from desk.words import Tongue

Typed = Callable[[Moment, str, Asker, Tongue], Message]


@dataclass(frozen=True, slots=True)
class Command:
    """What becomes of what was typed. Where the bare word opens a form, `forms.py` says so."""

    typed: Typed
    changes: bool = True


COMMANDS: Mapping[str, Command] = {
    "take": Command(change_take.typed),
    "override": Command(change_override.typed),
    "swap": Command(change_swap.typed),
    "cover": Command(change_cover.typed),
    "leave": Command(change_leave.typed),
    "log": Command(change_log.answer, changes=False),
}

_KINDS = {"change": (UNDO,), "gap": (FILL,), "request": cards.VERBS, "offer": cards.VERBS}


def word_of(text: str) -> str:
    """The command that a text asks for; '' when it asks for none."""
    word = text.strip().partition(" ")[0].casefold()
    return word if word in COMMANDS else ""


def changes(text: str) -> bool:
    """Whether what was typed changes something."""
    word = word_of(text)
    return bool(word) and COMMANDS[word].changes


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message | None:
    """What became of a typed command; None when it is none, or names a schedule of that name. Where `changes` says
    so, it must run in a unit of work that writes."""
    word = word_of(text)
    if not word or text.strip() in moment.configuration.schedules:
        return None
    return COMMANDS[word].typed(moment, text.strip()[len(word) :].strip(), asker, t)


def acts(kind: str, verb: str) -> bool:
    """Whether a button is one of these commands'."""
    return verb in _KINDS.get(kind, ())


def act(moment: Moment, kind: str, verb: str, rest: str, asker: Asker, t: Tongue) -> Message:
    """What became of a tap; `rest` is what follows the kind in a reference. Must run in a unit of work that writes;
    ValueError when the reference is none of ours."""
    if kind == "change":
        return change_log.take_back(moment, number(rest), asker, t)
    if kind == "gap":
        return change_fill.fill(moment, rest, asker, t)
    if verb == cards.GIVE:
        return change_swap.given(moment, rest, asker, t)
    if verb == cards.OFFER:
        return change_swap.offered(moment, number(rest), asker, t)
    return change_cover.decided(moment, verb, number(rest), asker, t)
