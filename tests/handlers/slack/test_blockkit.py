"""The Block Kit check, rule by rule, and against anything at all."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack.blockkit import validate_blocks, validate_message, validate_view


def plain(text: str = "Words") -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "Words") -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "Words", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str = "acknowledge", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain("Acknowledge"), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain("Yes"), "deny": plain("No")}
CARD: list[dict[str, Any]] = [
    {"type": "header", "text": plain("Payment complaints are rising in the United States")},
    section("*42* complaints in 60 s", fields=[mrkdwn("*Market*\nus"), mrkdwn("*Since*\n12:14")]),
    rich(
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "Viewers", "style": {"bold": True}}]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "支付失败了 😡"}]},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0BENKRUGR"}]}],
        },
    ),
    {"type": "image", "slack_file": {"id": "F0123456789"}, "alt_text": "Complaints a minute, peak 42"},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("us · payment"), plain("P1")]},
    actions(button(style="primary", value="acknowledge|7|1"), button("resolve", style="danger", confirm=CONFIRM)),
    {"type": "markdown", "text": "**bold**"},
]


def test_it_takes_an_incident_card_of_every_block_we_send() -> None:
    problems = validate_blocks(CARD)

    assert problems == []


def test_it_writes_a_problem_as_blocks_validate_does() -> None:
    [problem] = validate_blocks([{"type": "section", "text": {"type": "invalid", "text": "hi"}}])

    assert problem.as_dict() == {
        "pointer": "/0/text/type",
        "code": "failed_constraint",
        "message": "unsupported type: invalid",
        "constraint": {"type": "enum", "expected": ["plain_text", "mrkdwn"], "got": "invalid"},
    }


@pytest.mark.parametrize(
    ("block", "pointer", "kind"),
    [
        (section("x" * 3001), "/0/text/text", "max_length"),
        (section(""), "/0/text/text", "min_length"),
        ({"type": "section"}, "/0", "any_of"),
        ({"type": "section", "fields": [mrkdwn()] * 11}, "/0/fields", "max_items"),
        ({"type": "section", "fields": [mrkdwn("x" * 2001)]}, "/0/fields/0/text", "max_length"),
        ({"type": "header", "text": mrkdwn()}, "/0/text/type", "enum"),
        ({"type": "header", "text": plain("x" * 151)}, "/0/text/text", "max_length"),
        ({"type": "context", "elements": [mrkdwn()] * 11}, "/0/elements", "max_items"),
        ({"type": "context", "elements": [button()]}, "/0/elements/0/type", "enum"),
        (actions(*(button(f"a{n}") for n in range(26))), "/0/elements", "max_items"),
        (actions(), "/0/elements", "min_items"),
        (actions(button("x" * 256)), "/0/elements/0/action_id", "max_length"),
        (actions(button(value="x" * 2001)), "/0/elements/0/value", "max_length"),
        (actions(button(style="warning")), "/0/elements/0/style", "enum"),
        (actions(button(text=plain("x" * 76))), "/0/elements/0/text/text", "max_length"),
        (actions(button(text=mrkdwn())), "/0/elements/0/text/type", "enum"),
        (actions(button(colour="red")), "/0/elements/0", "additional"),
        (actions(button("same"), button("same")), "/0/elements/1/action_id", "unique"),
        (
            actions(button(confirm={**CONFIRM, "title": plain("x" * 101)})),
            "/0/elements/0/confirm/title/text",
            "max_length",
        ),
        (
            actions(button(confirm={**CONFIRM, "confirm": plain("x" * 31)})),
            "/0/elements/0/confirm/confirm/text",
            "max_length",
        ),
        (actions(button(confirm={"title": plain()})), "/0/elements/0/confirm", "required"),
        (
            actions({"type": "static_select", "options": [{"text": plain(), "value": "x" * 151}]}),
            "/0/elements/0/options/0/value",
            "max_length",
        ),
        (
            actions({"type": "static_select", "options": [{"text": plain(), "value": "x"}] * 101}),
            "/0/elements/0/options",
            "max_items",
        ),
        (actions({"type": "static_select"}), "/0/elements/0", "exactly_one_of"),
        (
            actions({"type": "overflow", "options": [{"text": plain(), "value": "x"}] * 6}),
            "/0/elements/0/options",
            "max_items",
        ),
        ({"type": "image", "image_url": "https://x/a.png"}, "/0", "required"),
        ({"type": "image", "alt_text": "x"}, "/0", "exactly_one_of"),
        (
            {"type": "image", "alt_text": "x", "slack_file": {"id": "F0123456789", "url": "https://x"}},
            "/0/slack_file",
            "exactly_one_of",
        ),
        ({"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}}, "/0/slack_file/id", "pattern"),
        ({"type": "image", "alt_text": "x" * 2001, "image_url": "https://x"}, "/0/alt_text", "max_length"),
        ({"type": "banner"}, "/0/type", "enum"),
        ({"type": ["section"]}, "/0/type", "enum"),
        ("section", "/0", "type"),
        (
            rich({"type": "rich_text_quote", "elements": [{"type": "text", "text": ""}]}),
            "/0/elements/0/elements/0/text",
            "min_length",
        ),
        (
            rich({"type": "rich_text_section", "elements": [{"type": "broadcast", "range": "all"}]}),
            "/0/elements/0/elements/0/range",
            "enum",
        ),
        ({"type": "markdown", "text": "x" * 12_001}, "/0/text", "max_length"),
        ({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]}, "/0/rows/0", "max_items"),
        ({"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 10_001}]]}, "/0/rows", "max_length"),
        ({"type": "alert", "text": plain()}, "/0/type", "surface"),
    ],
)
def test_it_refuses_in_a_message(block: Any, pointer: str, kind: str) -> None:
    problems = validate_blocks([block])

    assert (pointer, kind) in [(problem.pointer, problem.constraint["type"]) for problem in problems]


def test_it_allows_fifty_blocks_in_a_message_and_a_hundred_in_a_modal() -> None:
    dividers = [{"type": "divider"}] * 51

    in_message, in_modal = validate_blocks(dividers), validate_blocks(dividers, "modal")

    assert [problem.constraint["expected"] for problem in in_message] == [50]
    assert in_modal == []


def test_it_refuses_a_block_id_used_twice() -> None:
    problems = validate_blocks([section(block_id="a"), section(block_id="a")])

    assert [problem.pointer for problem in problems] == ["/1/block_id"]


def test_it_lets_two_blocks_use_one_action_id() -> None:
    problems = validate_blocks([actions(button("open")), actions(button("open"))])

    assert problems == []


def test_it_adds_up_the_words_of_all_blocks() -> None:
    within, beyond = [section("x" * 2640)] * 5, [section("x" * 2641)] * 5

    assert validate_blocks(within) == []
    assert [problem.constraint["expected"] for problem in validate_blocks(beyond)] == [13_200]


def test_it_adds_up_the_markdown_of_a_payload() -> None:
    problems = validate_blocks([{"type": "markdown", "text": "x" * 6001}] * 2)

    assert [problem.constraint["expected"] for problem in problems] == [12_000]


def test_it_allows_one_table_a_message() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}

    assert [problem.pointer for problem in validate_blocks([table, table])] == [""]


def test_it_keeps_markdown_and_tables_out_of_views() -> None:
    problems = validate_blocks([{"type": "markdown", "text": "x"}], "home")

    assert [problem.constraint["type"] for problem in problems] == ["surface"]


def test_it_refuses_an_empty_message() -> None:
    assert [problem.code for problem in validate_message({})] == ["no_text"]


def test_it_holds_text_to_what_an_edit_may_have() -> None:
    assert validate_message({"text": "x" * 4000}) == []
    assert [problem.pointer for problem in validate_message({"text": "x" * 4001})] == ["/text"]


def test_it_points_into_a_messages_blocks_and_attachments() -> None:
    bad = [{"type": "banner"}]

    problems = validate_message({"text": "x", "blocks": bad, "attachments": [{"color": "#f00", "blocks": bad}]})

    assert [problem.pointer for problem in problems] == ["/blocks/0/type", "/attachments/0/blocks/0/type"]


def test_it_refuses_markdown_text_beside_text() -> None:
    problems = validate_message({"text": "x", "markdown_text": "x"})

    assert [problem.code for problem in problems] == ["markdown_text_conflict"]


def test_it_refuses_metadata_of_the_wrong_form() -> None:
    problems = validate_message({"text": "x", "metadata": {"key": "a"}})

    assert [problem.code for problem in problems] == ["invalid_metadata_format"]


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        ({"type": "modal", "title": plain("x" * 25), "blocks": []}, "/title/text"),
        ({"type": "modal", "blocks": []}, ""),
        ({"type": "modal", "title": plain(), "blocks": [], "submit": plain("x" * 25)}, "/submit/text"),
        ({"type": "modal", "title": plain(), "blocks": [], "private_metadata": "x" * 3001}, "/private_metadata"),
        ({"type": "home"}, ""),
        ({"type": "page", "blocks": []}, "/type"),
        ([], ""),
        (
            {
                "type": "modal",
                "title": plain(),
                "blocks": [{"type": "input", "label": plain(), "element": {"type": "plain_text_input"}}],
            },
            "",
        ),
    ],
)
def test_it_refuses_a_view(view: Any, pointer: str) -> None:
    assert pointer in [problem.pointer for problem in validate_view(view)]


def test_it_takes_a_modal_with_inputs() -> None:
    element = {"type": "plain_text_input", "action_id": "note", "multiline": True, "max_length": 500}
    view = {
        "type": "modal",
        "callback_id": "resolve",
        "title": plain("Resolve"),
        "submit": plain("Save"),
        "blocks": [
            {"type": "input", "block_id": "note", "label": plain("What was it?"), "element": element, "optional": True},
            {"type": "alert", "text": mrkdwn("This closes the incident.")},
        ],
    }

    assert validate_view(view) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)


@given(JSON)
def test_it_answers_any_json_with_problems_and_never_a_crash(value: Any) -> None:
    for found in (validate_blocks(value), validate_view(value)):
        assert all(problem.message and problem.code for problem in found)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


@given(place=st.sampled_from([p for p in _places(CARD) if p]), value=JSON)
def test_it_survives_any_value_in_any_place_and_points_to_something_that_exists(
    place: tuple[Any, ...], value: Any
) -> None:
    card: Any = copy.deepcopy(CARD)
    target = card
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value

    for problem in validate_blocks(card):
        parent: Any = card
        for key in problem.pointer.split("/")[1:-1]:  # the last step may name what is missing
            parent = parent[int(key)] if isinstance(parent, list) else parent[key]
        assert isinstance(parent, dict | list)
