"""The forms that people fill in. One file a form, one line here: every chat platform that has forms draws them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from desk.forms import Filled, Form, Refused
from desk.handover import said as handover
from desk.handover.rules import REMARKS
from desk.messages import Action, Message
from desk.moment import Moment
from desk.oncall.changing import LEAVE
from desk.oncall.showing import SWAP
from desk.questions import change_leave, change_override, change_swap
from desk.questions.asking import Asker
from desk.questions.change_override import OVERRIDE
from desk.words import Tongue

Takes = Callable[[Moment, Filled, Asker, Tongue], Message | Form | Refused | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """`takes` does what came back, or asks further by another form; None of it is that there is nothing to say. `typed`
    is what the bare word opens as a command; None of it is that the command answers. `tapped` is what a button of that
    verb opens, given what the button says (`Action.encoded`), or why it opens nothing; a ValueError when it says
    nothing that makes sense."""

    takes: Takes
    typed: Callable[[Moment, Asker, Tongue], Form | None] | None = None
    tapped: Callable[[Moment, str, Asker, Tongue], Form | str] | None = None


FORMS: Mapping[str, Kind] = {
    OVERRIDE: Kind(change_override.submitted, typed=change_override.form),
    SWAP: Kind(change_swap.submitted, typed=change_swap.form),
    LEAVE: Kind(change_leave.submitted, typed=change_leave.form),
    REMARKS: Kind(handover.submitted, tapped=handover.form),
}


def has_form(text: str) -> bool:
    """Whether what was typed after `/oncall` may open a form."""
    kind = FORMS.get(text.strip().casefold())
    return kind is not None and kind.typed is not None


def typed(moment: Moment, text: str, asker: Asker, t: Tongue) -> Form | None:
    """The form that a typed command opens; None when the command itself answers, or names a schedule of that name."""
    kind = FORMS.get(text.strip().casefold())
    if kind is None or kind.typed is None or text.strip() in moment.configuration.schedules:
        return None
    return kind.typed(moment, asker, t)


def opens(encoded: str) -> bool:
    """Whether a button opens a form."""
    try:
        kind = FORMS.get(Action.decode(encoded)[0])
    except ValueError:
        return False
    return kind is not None and kind.tapped is not None


def tapped(moment: Moment, encoded: str, asker: Asker, t: Tongue) -> Form | str:
    """The form that a button opens, or why it opens none; ValueError when it is none of these buttons."""
    kind = FORMS.get(Action.decode(encoded)[0])
    if kind is None or kind.tapped is None:
        raise ValueError(encoded)
    return kind.tapped(moment, encoded, asker, t)


def submitted(moment: Moment, word: str, filled: Filled, asker: Asker, t: Tongue) -> Message | Form | Refused | None:
    """What became of a form, or the form that asks further; None when it is done and there is nothing to say. Must run
    in a unit of work that writes; ValueError when there is no such form."""
    kind = FORMS.get(word)
    if kind is None:
        raise ValueError(word)
    return kind.takes(moment, filled, asker, t)
