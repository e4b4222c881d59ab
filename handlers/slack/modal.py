"""A neutral form as a modal, what comes back from it, and the view that takes its place.

Dates and times are Slack's own pickers, on the clock of whoever fills them in; what comes back is an instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from desk.forms import Choice, Filled, Form, Instant, Refused, Values, Words
from handlers.phrases import phrases
from handlers.slack.parts import Block, plain_text, section
from handlers.slack.text import styled
from handlers.wording import cut, one_line

PREFIX = "form:"
OPTIONS = 100  # of a select, and of a group of one
TITLE, LABEL, OPTION, HINT, WORDS = 24, 100, 72, 150, 3000
_EARLIEST, _LATEST = 10**9, 10**10 - 1  # of a picker's initial value


def draw_form(form: Form, channel: str) -> dict[str, Any]:
    """The view of a form. `channel` comes back with it (whose team is meant can depend on it), and so do the form's
    language and what it is about."""
    blocks = [_input(field) for field in form.fields]
    if form.intro:
        blocks.insert(0, section(styled(one_line(form.intro, 500), "plain")))
    return {
        "type": "modal",
        "callback_id": PREFIX + form.word,
        "private_metadata": f"{channel}|{form.locale}|{form.ref}",
        "title": plain_text(one_line(form.title, TITLE)),
        "submit": plain_text(one_line(form.submit, TITLE)),
        "close": plain_text(phrases(form.locale).cancel),
        "blocks": blocks,
    }


def place_of(view: Mapping[str, Any]) -> tuple[str, str]:
    """(the channel in which the form was asked for, its language)."""
    channel, _, rest = str(view.get("private_metadata") or "").partition("|")
    return channel, rest.partition("|")[0] or "en"


def filled_in(view: Mapping[str, Any]) -> Filled:
    """What came back: what was filled in, and what the form is about."""
    ref = str(view.get("private_metadata") or "").partition("|")[2].partition("|")[2]
    return Filled(values_of(view), ref)


def keeps_words(view: Mapping[str, Any]) -> bool:
    """Whether somebody has written into it: that stays before their eyes until it is kept."""
    return any((block.get("element") or {}).get("type") == "plain_text_input" for block in view.get("blocks") or [])


def word_of(view: Mapping[str, Any]) -> str:
    return str(view.get("callback_id") or "").removeprefix(PREFIX)


def values_of(view: Mapping[str, Any]) -> Values:
    """What was filled in, by field."""
    values: dict[str, str | datetime | None] = {}
    state = (view.get("state") or {}).get("values") or {}
    for block, elements in state.items():
        for element in elements.values():
            if element.get("type") == "datetimepicker":
                at = element.get("selected_date_time")
                values[block] = datetime.fromtimestamp(int(at), UTC) if at else None
            elif element.get("type") == "plain_text_input":
                values[block] = element.get("value")
            else:
                values[block] = (element.get("selected_option") or {}).get("value")
    return values


def errors_of(view: Mapping[str, Any], refused: Refused) -> dict[str, str]:
    """A sentence a field; what belongs to a field that this form does not have stands at its first one, for Slack
    takes no others."""
    fields = [block["block_id"] for block in view.get("blocks") or [] if block.get("type") == "input"]
    errors: dict[str, str] = {}
    for name, sentence in refused.errors.items():
        place = name if name in fields else fields[0]
        errors[place] = one_line(f"{errors.get(place, '')} {sentence}".strip(), HINT * 3)
    return errors


def result_view(drawn: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """What a form became."""
    say = phrases(locale)
    blocks: Sequence[Block] = drawn["blocks"]
    return {
        "type": "modal",
        "title": plain_text(say.result),
        "close": plain_text(say.close),
        "blocks": list(blocks),
    }


def slow_view(sentence: str, locale: str, reference: str = "") -> dict[str, Any]:
    """A sentence in the place of a form; with a reference where it has one."""
    text = sentence.format(reference=reference) if reference else sentence
    return result_view({"blocks": [section(styled(text, "plain"))]}, locale)


def _input(field: Choice | Instant | Words) -> Block:
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": plain_text(one_line(field.label, LABEL)),
        "optional": field.optional,
        "element": _element(field),
    }
    if field.hint:
        block["hint"] = plain_text(one_line(field.hint, HINT))
    return block


def _element(field: Choice | Instant | Words) -> Block:
    if isinstance(field, Choice):
        return _pick(field)
    return _picker(field) if isinstance(field, Instant) else _text(field)


def _pick(field: Choice) -> Block:
    options = [_option(value, label) for value, label in field.options]
    element: Block = {"type": "static_select", "action_id": field.name}
    if len(options) <= OPTIONS:
        element["options"] = options
    else:
        element["option_groups"] = [
            {"label": plain_text(f"{start + 1}–{start + len(group)}"), "options": group}
            for start in range(0, min(len(options), OPTIONS * OPTIONS), OPTIONS)
            if (group := options[start : start + OPTIONS])
        ]
    initial = next((one for one in options if one["value"] == field.initial), None)
    return element | ({"initial_option": initial} if initial else {})


def _option(value: str, label: str) -> Block:
    return {"text": plain_text(one_line(label, OPTION) or "–"), "value": value}


def _picker(field: Instant) -> Block:
    element: Block = {"type": "datetimepicker", "action_id": field.name}
    at = int(field.initial.timestamp()) if field.initial is not None else 0
    # Whole minutes: the picker knows no seconds.
    return element | ({"initial_date_time": at // 60 * 60} if _EARLIEST <= at <= _LATEST else {})


def _text(field: Words) -> Block:
    """What stands in it already is shown as it is: the field knows no markup."""
    most = min(field.most, WORDS)
    element: Block = {"type": "plain_text_input", "action_id": field.name, "multiline": True, "max_length": most}
    return element | ({"initial_value": cut(field.initial, most)} if field.initial else {})
