"""Block Kit's limits, as tables: one shape per block, element, rich-text part and composition object.

The numbers come from docs.slack.dev (reference/block-kit), `@slack/types` and slack-sdk's models; where the platform
truncates or leaves a limit undocumented, the stricter figure stands here, so that what passes is shown whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.slack.blockkit_rules import (
    Rule,
    Shape,
    Walk,
    anything,
    check_shape,
    flag,
    many,
    number,
    one_of,
    shown,
    string,
    text,
    typed,
)

MAX_TEXT = 4000  # `chat.update` refuses more; `chat.postMessage` would take it, and could then never be edited
MAX_BLOCKS: Mapping[str, int] = {"message": 50, "modal": 100, "home": 100}
MAX_BLOCK_TEXT = 13_200  # undocumented `msg_blocks_too_long` (slackapi/bolt-js#2509)
MAX_MARKDOWN = 12_000  # summed over all markdown blocks of a payload
MAX_TABLE_TEXT = 10_000
MAX_VIEW_BYTES = 250_000
MOST_PER_PAYLOAD = {"table": 1, "data_visualization": 2}


def _object(name: str) -> Rule:
    return lambda value, at, walk: check_shape(OBJECTS[name], value, at, walk)


def _markdown(value: Any, at: str, walk: Walk) -> None:
    shown(MAX_MARKDOWN)(value, at, walk)
    walk.markdown += len(value) if isinstance(value, str) else 0


def _options(most: int, kind: str = "option") -> Rule:
    return many(_object(kind), 1, most)


def _context_item(value: Any, at: str, walk: Walk) -> None:
    if isinstance(value, dict) and value.get("type") in ("plain_text", "mrkdwn"):
        return text(2000)(value, at, walk)
    typed(ELEMENTS, "image")(value, at, walk)


def _cells(value: Any, at: str, walk: Walk) -> None:
    before = walk.text
    many(many(typed(CELLS), 1, 20), 1, 100)(value, at, walk)
    if walk.text - before > MAX_TABLE_TEXT:
        walk.refuse(at, f"a table holds at most {MAX_TABLE_TEXT} characters", "max_length", expected=MAX_TABLE_TEXT)


def _data_rows(value: Any, at: str, walk: Walk) -> None:
    many(many(typed(CELLS), 1, 20), 2, 201)(value, at, walk)
    if isinstance(value, list) and len({len(row) for row in value if isinstance(row, list)}) > 1:
        walk.refuse(at, "every row needs the same number of cells", "same_length")


# The tables. `block_id` and `type` belong to every block, `action_id` to every interactive element.

_ID = string(255)
_PLAIN = "plain_text"
_URL = string(3000)
_PLACEHOLDER = text(150, _PLAIN)
_CONFIRM = _object("confirm")
_IMAGE = {"image_url": _URL, "slack_file": _object("slack_file"), "alt_text": string(2000)}
_STYLE = dict.fromkeys(("bold", "italic", "strike", "code", "highlight", "client_highlight", "unlink"), flag)

OBJECTS: dict[str, Shape] = {
    "confirm": Shape(
        {
            "title": text(100, _PLAIN),
            "text": text(300),
            "confirm": text(30, _PLAIN),
            "deny": text(30, _PLAIN),
            "style": one_of("primary", "danger"),
        },
        needs=("title", "text", "confirm", "deny"),
    ),
    "option": Shape(
        {"text": text(75), "value": string(150), "description": text(75), "url": _URL}, needs=("text", "value")
    ),
    "menu_option": Shape(
        {"text": text(75, _PLAIN), "value": string(150), "description": text(75, _PLAIN), "url": _URL},
        needs=("text", "value"),
    ),
    "option_group": Shape(
        {"label": text(75, _PLAIN), "options": _options(100, "menu_option")}, needs=("label", "options")
    ),
    "slack_file": Shape({"id": string(pattern=r"F[A-Z0-9]{8,}"), "url": _URL}, exactly_one=(("id", "url"),)),
    "style": Shape(_STYLE),
    "dispatch": Shape({"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}),
    "filter": Shape({}, open=True),
    "column": Shape({"align": one_of("left", "center", "right"), "is_wrapped": flag}),
}


def _interactive(fields: Mapping[str, Rule], **more: Any) -> Shape:
    return Shape({"action_id": _ID, "confirm": _CONFIRM, "focus_on_load": flag, **fields}, **more)


def _select(fields: Mapping[str, Rule], *, several: bool, **more: Any) -> Shape:
    extra: dict[str, Rule] = {"max_selected_items": number(1, 100)} if several else {}
    return _interactive({"placeholder": _PLACEHOLDER, **extra, **fields}, **more)


def _selects(several: bool) -> dict[str, Shape]:
    prefix = "multi_" if several else ""
    first = "initial_options" if several else "initial_option"
    chosen: Rule = _options(100, "menu_option") if several else _object("menu_option")

    def initial(kind: str) -> dict[str, Rule]:
        return {f"initial_{kind}s": many(_ID, 1, 100)} if several else {f"initial_{kind}": _ID}

    respond: dict[str, Rule] = {} if several else {"response_url_enabled": flag}
    return {
        f"{prefix}static_select": _select(
            {
                "options": _options(100, "menu_option"),
                "option_groups": many(_object("option_group"), 1, 100),
                first: chosen,
            },
            several=several,
            exactly_one=(("options", "option_groups"),),
        ),
        f"{prefix}external_select": _select({"min_query_length": number(0), first: chosen}, several=several),
        f"{prefix}users_select": _select(initial("user"), several=several),
        f"{prefix}channels_select": _select({**initial("channel"), **respond}, several=several),
        f"{prefix}conversations_select": _select(
            {
                **initial("conversation"),
                **respond,
                "default_to_current_conversation": flag,
                "filter": _object("filter"),
            },
            several=several,
        ),
    }


def _input(fields: Mapping[str, Rule], **more: Any) -> Shape:
    return _interactive({"placeholder": _PLACEHOLDER, "dispatch_action_config": _object("dispatch"), **fields}, **more)


ELEMENTS: dict[str, Shape] = {
    "button": _interactive(
        {
            "text": text(75, _PLAIN),
            "url": _URL,
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
        needs=("text",),
    ),
    "image": Shape(_IMAGE, needs=("alt_text",), exactly_one=(("image_url", "slack_file"),)),
    "overflow": _interactive({"options": _options(5, "menu_option")}, needs=("options",)),
    "checkboxes": _interactive({"options": _options(10), "initial_options": _options(10)}, needs=("options",)),
    "radio_buttons": _interactive({"options": _options(10), "initial_option": _object("option")}, needs=("options",)),
    "datepicker": _interactive({"initial_date": string(pattern=r"\d{4}-\d\d-\d\d"), "placeholder": _PLACEHOLDER}),
    "timepicker": _interactive(
        {"initial_time": string(pattern=r"\d\d:\d\d"), "placeholder": _PLACEHOLDER, "timezone": string(255)}
    ),
    "datetimepicker": _interactive({"initial_date_time": number(10**9, 10**10 - 1)}),
    "plain_text_input": _input(
        {
            "initial_value": string(3000, least=0),
            "multiline": flag,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        }
    ),
    "email_text_input": _input({"initial_value": string()}),
    "url_text_input": _input({"initial_value": string()}),
    "number_input": _input(
        {"is_decimal_allowed": flag, "initial_value": string(), "min_value": string(), "max_value": string()},
        needs=("is_decimal_allowed",),
    ),
    "rich_text_input": _input({"initial_value": anything}),
    "file_input": Shape({"action_id": _ID, "filetypes": anything, "max_files": number(1, 10)}),
    "workflow_button": _interactive({"text": text(75, _PLAIN), "workflow": anything}, needs=("text",), open=True),
    **_selects(several=False),
    **_selects(several=True),
}
_PICKERS = (*tuple(name for name in ELEMENTS if name.endswith(("_select", "picker"))), "checkboxes", "radio_buttons")
_IN_ACTIONS = ("button", "overflow", "workflow_button", "rich_text_input", *_PICKERS)
_IN_SECTION = ("button", "overflow", "workflow_button", "image", *_PICKERS)
_IN_INPUT = (*(name for name in ELEMENTS if name.endswith("_input")), *_PICKERS)

_STYLED: dict[str, Rule] = {"style": _object("style")}
INLINE: dict[str, Shape] = {
    "text": Shape({"text": shown(), **_STYLED}, needs=("text",)),
    "link": Shape({"url": _URL, "text": shown(), "unsafe": flag, **_STYLED}, needs=("url",)),
    "emoji": Shape({"name": string(), "unicode": string(), "skin_tone": number(1, 6), **_STYLED}, needs=("name",)),
    "user": Shape({"user_id": string(pattern=r"[UW][A-Z0-9]+"), **_STYLED}, needs=("user_id",)),
    "usergroup": Shape({"usergroup_id": string(pattern=r"S[A-Z0-9]+"), **_STYLED}, needs=("usergroup_id",)),
    "channel": Shape({"channel_id": string(pattern=r"[CGD][A-Z0-9]+"), **_STYLED}, needs=("channel_id",)),
    "broadcast": Shape({"range": one_of("here", "channel", "everyone"), **_STYLED}, needs=("range",)),
    "date": Shape(
        {"timestamp": number(0), "format": string(), "url": _URL, "fallback": string(), **_STYLED},
        needs=("timestamp", "format"),
    ),
    "color": Shape({"value": string(pattern=r"#[0-9a-fA-F]{6}"), **_STYLED}, needs=("value",)),
}
_LINE: dict[str, Rule] = {"elements": many(typed(INLINE), 0, 10_000), "border": number(0, 1)}
RICH: dict[str, Shape] = {
    "rich_text_section": Shape({"elements": _LINE["elements"]}, needs=("elements",)),
    "rich_text_quote": Shape(_LINE, needs=("elements",)),
    "rich_text_preformatted": Shape({**_LINE, "language": string()}, needs=("elements",)),
}
RICH["rich_text_list"] = Shape(
    {
        "elements": many(typed(RICH, "rich_text_section"), 1, 10_000),
        "style": one_of("bullet", "ordered"),
        "indent": number(0, 8),
        "offset": number(0),
        "border": number(0, 1),
    },
    needs=("elements", "style"),
)
_RICH_TEXT: dict[str, Rule] = {"elements": many(typed(RICH), 1, 10_000)}
CELLS: dict[str, Shape] = {
    "raw_text": Shape({"text": shown()}, needs=("text",)),
    "raw_number": Shape({"value": number(), "text": shown()}, open=True),
    "rich_text": Shape({**_RICH_TEXT, "block_id": _ID}, needs=("elements",)),
}

BLOCKS: dict[str, Shape] = {
    "section": Shape(
        {
            "text": text(3000),
            "fields": many(text(2000), 1, 10),
            "accessory": typed(ELEMENTS, *_IN_SECTION),
            "expand": flag,
        },
        any_of=(("text", "fields"),),
    ),
    "header": Shape({"text": text(150, _PLAIN), "level": number(1, 4)}, needs=("text",)),
    "divider": Shape({}),
    "image": Shape(
        {**_IMAGE, "title": text(2000, _PLAIN)}, needs=("alt_text",), exactly_one=(("image_url", "slack_file"),)
    ),
    "context": Shape({"elements": many(_context_item, 1, 10)}, needs=("elements",)),
    "actions": Shape({"elements": many(typed(ELEMENTS, *_IN_ACTIONS), 1, 25)}, needs=("elements",)),
    "input": Shape(
        {
            "label": text(2000, _PLAIN),
            "element": typed(ELEMENTS, *_IN_INPUT),
            "hint": text(2000, _PLAIN),
            "optional": flag,
            "dispatch_action": flag,
        },
        needs=("label", "element"),
    ),
    "rich_text": Shape(_RICH_TEXT, needs=("elements",)),
    "markdown": Shape({"text": _markdown}, needs=("text",), surfaces=("message",)),
    "table": Shape(
        {"rows": _cells, "column_settings": many(_object("column"), 1, 20)}, needs=("rows",), surfaces=("message",)
    ),
    "data_table": Shape(
        {
            "rows": _data_rows,
            "caption": string(),
            "page_size": number(1, 100),
            "row_header_column_index": number(0, 19),
        },
        needs=("rows", "caption"),
        surfaces=("message",),
    ),
    "data_visualization": Shape({"title": shown(50)}, surfaces=("message", "home"), open=True),
    "alert": Shape({"text": text(200)}, needs=("text",), surfaces=("modal",), open=True),
    "card": Shape({"body": text(200), "actions": many(typed(ELEMENTS, "button"), 1, 3)}, open=True),
    "carousel": Shape({"elements": many(anything, 1, 10)}, open=True),
    "container": Shape({"child_blocks": many(anything, 1, 10)}, open=True),
    "video": Shape(
        {"title": text(200, _PLAIN), "video_url": _URL, "thumbnail_url": _URL, "alt_text": string(2000)},
        needs=("title", "video_url", "thumbnail_url", "alt_text"),
        open=True,
    ),
    "file": Shape({"external_id": _ID, "source": one_of("remote")}, needs=("external_id", "source")),
}

_TITLE = text(24, _PLAIN)
VIEW = Shape(
    {
        "title": _TITLE,
        "submit": _TITLE,
        "close": _TITLE,
        "blocks": anything,
        "private_metadata": string(3000, least=0),
        "callback_id": string(255, least=0),
        "external_id": string(255, least=0),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
    needs=("blocks",),
)
