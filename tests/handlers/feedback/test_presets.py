"""Columns become fields: by a format's name, by its looks, or by flags; else the file is refused unread."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.intake.event import KINDS
from handlers.feedback.presets import EVENT_FIELDS, PRESETS, MappingError, choose, read_map

CHAT = ["stream", "ts", "user", "text", "platform"]
SHOP = ["event_time", "event_type", "product_id", "price", "user_id", "user_session"]
UNKNOWN = ["when", "comment", "who"]


@pytest.mark.parametrize(
    ("columns", "preset"),
    [(["kind", "at", "text"], "livedesk"), (CHAT, "chat"), (SHOP, "shop"), (["offset_s", "viewers"], "viewers")],
)
def test_it_recognises_a_format_by_its_columns(columns: list[str], preset: str) -> None:
    assert choose(columns) == PRESETS[preset].mapping


def test_it_asks_when_two_formats_fit() -> None:
    with pytest.raises(MappingError, match=r"livedesk and chat.*--preset"):
        choose([*CHAT, "at", "kind"])


def test_it_takes_the_format_it_is_told() -> None:
    assert choose([*CHAT, "at", "kind"], preset="chat") == PRESETS["chat"].mapping


def test_it_maps_columns_by_flags() -> None:
    mapping = choose(UNKNOWN, columns=read_map("at=when, text=comment ,viewer=who"), kind="chat_comment")

    event = mapping.event({"when": "2026-03-27T12:00:00Z", "comment": "hi", "who": "", "other": 1})

    assert event == {"at": "2026-03-27T12:00:00Z", "text": "hi", "kind": "chat_comment"}


def test_it_changes_a_preset_by_flags() -> None:
    mapping = choose([*CHAT, "body"], columns={"text": "body"}, resolution=timedelta(minutes=1))

    assert mapping.event({"ts": 5, "text": "old", "body": "new"})["text"] == "new"
    assert mapping.resolution == timedelta(minutes=1)


def test_it_takes_the_kind_from_a_column_that_a_flag_names() -> None:
    mapping = choose([*CHAT, "type"], columns={"kind": "type"})

    assert mapping.event({"ts": 5, "type": "review"})["kind"] == "review"


def test_it_looks_into_objects() -> None:
    mapping = choose(["at", "kind", "author"], columns={"viewer": "author.id"}, is_whole=False)

    assert mapping.event({"author": {"id": 7}})["viewer"] == 7
    assert "viewer" not in mapping.event({"author": "somebody"})
    assert mapping.event({"author": {"id": 7}, "author.id": 8})["viewer"] == 8


def test_it_gathers_attributes() -> None:
    event = PRESETS["chat"].mapping.event({"ts": 1, "text": "hi", "platform": "twitch", "viewers": 13175})

    assert event["attributes"] == {"platform": "twitch", "viewers": 13175}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("view", "product_click"), ("cart", "add_to_cart"), ("purchase", "purchase"), ("sold", "sold"), (7, 7)],
)
def test_it_translates_the_kinds_of_a_shop(theirs: object, ours: object) -> None:
    assert PRESETS["shop"].mapping.event({"event_type": theirs})["kind"] == ours


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({}, "no column says when"),
        ({"columns": {"at": "when"}}, "no column says what kind"),
        ({"columns": {"at": "date"}}, "no column date; it has when, comment, who"),
        ({"preset": "twitter"}, "one of livedesk, chat, shop, viewers"),
        ({"kind": "comment"}, "one of add_to_cart, "),
    ],
)
def test_it_says_what_to_say_instead(flags: dict[str, object], says: str) -> None:
    with pytest.raises(MappingError, match=says):
        choose(UNKNOWN, **flags)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["text", "text=", "=comment", "colour=red", "attributes.=x", "text=a,b"])
def test_it_refuses_a_map_that_means_nothing(text: str) -> None:
    with pytest.raises(MappingError, match="--map"):
        read_map(text)


@given(
    st.dictionaries(st.sampled_from([*EVENT_FIELDS, "attributes.a b"]), st.from_regex(r"[a-z.]{1,5}", fullmatch=True))
)
def test_it_reads_every_map_that_names_fields(columns: dict[str, str]) -> None:
    assert read_map(",".join(f"{name}={column}" for name, column in columns.items())) == columns


@given(st.lists(st.text(), max_size=5), st.booleans())
def test_it_never_fails_otherwise_whatever_the_columns(columns: list[str], is_whole: bool) -> None:
    try:
        choose(columns, is_whole=is_whole, kind="like", columns={"at": "when"})
    except MappingError as refusal:
        message = str(refusal)
    else:
        message = ""

    assert message.isprintable()


def test_it_names_only_fields_and_kinds_that_exist() -> None:
    for preset in PRESETS.values():
        mapping = preset.mapping
        assert {name for name in mapping.columns if not name.startswith("attributes.")} <= set(EVENT_FIELDS)
        assert {*mapping.kinds.values(), *([mapping.kind] if mapping.kind else [])} <= KINDS


@pytest.mark.parametrize("preset", PRESETS)
def test_it_is_in_the_documentation(preset: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "intake.md").read_text(encoding="utf-8")

    assert f"`{preset}`" in page
    assert PRESETS[preset].about in page
