from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.messages import (
    Action,
    Bullets,
    ChartRef,
    Command,
    Facts,
    Fill,
    Heading,
    Message,
    Paragraph,
    PersonName,
    Quote,
    Table,
    Text,
    When,
    Words,
)
from handlers.slack.blockkit import validate_blocks, validate_message, validate_view
from handlers.slack.parts import weigh
from handlers.slack.render import NotUploaded, Uploaded, draw
from tests.handlers.slack.strategies import fills, messages

DAY = date(2026, 3, 6)
SHOW_STARTS = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
CHART = Uploaded("F0CHART0001")
pictures = st.sampled_from([None, CHART, NotUploaded()])
TOKEN = re.compile(r"<[^<>]*>")


def incident(**changes: Any) -> Message:
    return replace(Message("incident", "Payment complaints in the US are four times as frequent as usual"), **changes)


def of_type(payload: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [block for block in payload["blocks"] if block["type"] == kind]


def strings(value: Any, inside: str = "") -> Iterator[tuple[str, str]]:
    """(type of the object that holds it, text) of everything readable."""
    if isinstance(value, list):
        for item in value:
            yield from strings(item, inside)
    elif isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, str) and name in ("text", "alt_text"):
                yield value.get("type", ""), item
            else:
                yield from strings(item, value.get("type", ""))


def read(payload: dict[str, Any]) -> str:
    return "\n".join(text for _, text in strings(payload["blocks"]))


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(messages, fills, pictures)
def test_it_draws_whatever_the_desk_says_within_slacks_limits(message: Message, fill: Fill, picture: Any) -> None:
    payload = draw(message, fill, picture)

    assert validate_message(payload) == []
    assert weigh(payload["blocks"]) <= 12_000


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(messages, fills)
def test_it_draws_any_message_on_the_home_tab_too(message: Message, fill: Fill) -> None:
    payload = draw(message, fill, surface="home")

    assert validate_view({"type": "home", "blocks": payload["blocks"]}) == []


def test_the_number_of_what_found_no_room_has_room_itself() -> None:
    full = [Paragraph((Text("word " * 116),)) for _ in range(20)]
    last = [incident(parts=(*full, *([Paragraph((Text("x" * size),))] * 12))) for size in range(100, 400)]

    weights = [weigh(draw(message, Fill())["blocks"]) for message in last]

    assert max(weights) <= 12_000
    assert max(weights) > 11_980, "else none of them is full to the brim"


def test_it_counts_what_found_no_room() -> None:
    message = incident(parts=tuple(Quote(DAY, n) for n in range(1, 101)))
    fill = Fill(words={(DAY, n): Words(f"comment number {n}", "de", mark="not translated") for n in range(1, 101)})

    payload = draw(message, fill)

    shown = len(of_type(payload, "rich_text"))
    assert f"… and {100 - shown} more" in read(payload)
    assert 20 <= shown < 25


def test_it_leaves_no_heading_over_nothing() -> None:
    message = incident(parts=(*(Paragraph((Text("word " * 590),)) for _ in range(4)), Heading("Voices"), Quote(DAY, 1)))
    fill = Fill(words={(DAY, 1): Words("long " * 120, "en")})

    payload = draw(message, fill)

    assert "Voices" not in read(payload)
    assert "… and 1 more" in read(payload)


def test_it_splits_a_long_paragraph_and_loses_no_word_of_it() -> None:
    story = " ".join(f"word{n}" for n in range(900))

    payload = draw(incident(parts=(Paragraph((Text(story),)),)), Fill())

    assert " ".join(read(payload).split("\n")[1:]).split() == story.split()


# ── what viewers wrote ───────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(messages, fills, pictures)
def test_it_only_ever_pings_whom_the_message_names(message: Message, fill: Fill, picture: Any) -> None:
    payload = draw(message, fill, picture)

    parsed = [payload["text"], *(text for kind, text in strings(payload["blocks"]) if kind == "mrkdwn")]
    tokens = {token for text in parsed for token in TOKEN.findall(text)}
    assert {token for token in tokens if not token.startswith("<!date^")} <= {"<@U0ANAWEBER>"}
    assert not any(kind in json.dumps(payload) for kind in ('"broadcast"', '"user_id"', '"usergroup"'))
    if "ana" not in message.mentions and not any(
        isinstance(span, PersonName) and span.notify for span in spans_of(message)
    ):
        assert "<@" not in "".join(parsed)


def spans_of(message: Message) -> Iterator[Any]:
    yield from message.footer
    for part in message.parts:
        if isinstance(part, Paragraph):
            yield from part.spans
        elif isinstance(part, Facts):
            for _, value in part.pairs:
                yield from value
        elif isinstance(part, Bullets):
            for item in part.items:
                yield from item


@pytest.mark.parametrize("said", ["<!channel> refund!", "*refund* `now` <@U0ANAWEBER>", "&lt;!here&gt;"])
def test_it_shows_viewers_words_as_written_where_nothing_can_fire(said: str) -> None:
    message, fill = incident(parts=(Quote(DAY, 1),)), Fill(words={(DAY, 1): Words(said, "en")})

    payload = draw(message, fill)

    (quote,) = of_type(payload, "rich_text")
    assert quote["elements"][0] == {"type": "rich_text_quote", "elements": [{"type": "text", "text": said}]}
    assert said not in [text for kind, text in strings(payload["blocks"]) if kind == "mrkdwn"]


def test_it_keeps_viewers_words_out_of_the_notification() -> None:
    message = incident(parts=(Quote(DAY, 1),))

    payload = draw(message, Fill(words={(DAY, 1): Words("my card 4111 was charged twice", "en")}))

    assert "card" not in payload["text"]


def test_it_puts_the_translation_first_the_original_beneath_and_where_it_came_from_in_small_print() -> None:
    message = incident(parts=(Quote(DAY, 1, "en", "minute 12 · serum · ×14"),))
    fill = Fill(words={(DAY, 1): Words("Zahlung geht nicht", "de", "Payment does not work", "LibreTranslate")})

    payload = draw(message, fill)

    (quote,) = of_type(payload, "rich_text")
    assert [element["text"] for element in quote["elements"][0]["elements"]] == [
        "Payment does not work",
        "\nZahlung geht nicht",
    ]
    assert "from German · LibreTranslate · minute 12 · serum · ×14" in read(payload)


def test_a_quote_links_to_its_moment_behind_the_small_print() -> None:
    message = incident(parts=(Quote(DAY, 1, "en", "minute 12", "https://video.example/watch?v=1&t=710s"),))

    payload = draw(message, Fill(words={(DAY, 1): Words("<https://evil.example|free>", "en")}))

    assert validate_message(payload) == []
    below = [block["elements"] for block in of_type(payload, "context")]
    linked = [[one["text"] for one in elements] for elements in below if len(elements) == 2]
    assert linked == [["English · minute 12", "<https://video.example/watch?v=1&amp;t=710s|watch it>"]]


def test_it_says_plainly_when_a_quote_was_not_translated() -> None:
    fill = Fill(words={(DAY, 1): Words("Zahlung geht nicht", "de", mark="not translated: the service did not answer")})

    payload = draw(incident(parts=(Quote(DAY, 1, "en"),)), fill)

    assert "German · not translated: the service did not answer" in read(payload)


def test_it_draws_an_erased_quote_as_such() -> None:
    payload = draw(incident(parts=(Quote(DAY, 1, note="minute 12"),)), Fill())

    assert "Erased at the viewer's request" in read(payload)
    assert "minute 12" not in read(payload)


# ── people and instants ──────────────────────────────────────────────────────────────────────────────────────────


def test_it_pings_the_mentioned_in_the_message_and_in_its_notification() -> None:
    message = incident(mentions=("ana", "ana"))

    payload = draw(message, Fill(names={"ana": "Ana Weber"}, contacts={"ana": "U0ANAWEBER"}))

    assert payload["text"].startswith("<@U0ANAWEBER> ")
    assert [text for kind, text in strings(payload["blocks"]) if "<@" in text] == ["<@U0ANAWEBER>"]


def test_it_names_the_mentioned_whom_slack_does_not_know() -> None:
    payload = draw(incident(mentions=("ghost",)), Fill(names={"ghost": "Gil Host"}))

    assert "Gil Host (not linked to this chat)" in read(payload)
    assert "<@" not in json.dumps(payload)


def test_it_names_a_person_without_pinging_unless_asked() -> None:
    fill = Fill(names={"ana": "Ana Weber"}, contacts={"ana": "U0ANAWEBER"})
    quiet = draw(incident(footer=(Text("On call: "), PersonName("ana"))), fill)
    loud = draw(incident(footer=(Text("On call: "), PersonName("ana", notify=True))), fill)

    assert "On call: Ana Weber" in read(quiet)
    assert "On call: <@U0ANAWEBER>" in read(loud)


def test_it_shows_an_instant_in_each_readers_zone_and_falls_back_to_the_messages_named() -> None:
    message = incident(parts=(Paragraph((When(SHOW_STARTS),)),), zone="Asia/Shanghai", locale="zh_CN")

    payload = draw(message, Fill())

    assert "<!date^1772798400^{time}|20:00 (上海)>" in read(payload)
    assert "20:00 (上海)" in payload["text"]


def test_it_sets_bold_between_chinese_words_so_that_slack_reads_it() -> None:
    message = incident(parts=(Paragraph((Text("支付投诉"), Text("12", "strong"), Text("条"))),))

    assert "支付投诉\u200b*12*\u200b条" in read(draw(message, Fill()))


# ── the rest of a card ───────────────────────────────────────────────────────────────────────────────────────────


def test_it_orders_a_card_headline_figures_picture_voices_buttons_small_print() -> None:
    message = incident(
        severity="P1",
        mentions=("ana",),
        parts=(Paragraph((Text("38 of 120 comments."),)), Facts((("Market", (Text("US"),)),)), Quote(DAY, 1)),
        chart=ChartRef("complaints", {}, "Payment complaints rise from 3 to 38 a minute at 20:12"),
        actions=(Action("acknowledge", "incident:7", 3, "Acknowledge", "primary"),),
        footer=(Text("Incident 7"),),
    )

    payload = draw(message, Fill(words={(DAY, 1): Words("cannot pay", "en")}), CHART)

    assert [block["type"] for block in payload["blocks"]] == [
        *("header", "context", "section", "section", "section", "image", "rich_text", "actions", "context")
    ]
    (image,) = of_type(payload, "image")
    assert image["alt_text"] == "Payment complaints rise from 3 to 38 a minute at 20:12"
    assert image["slack_file"] == {"id": "F0CHART0001"}


@pytest.mark.parametrize(("severity", "shown"), [("P1", "▲ P1 · urgent"), ("P3", "● P3 · for information")])
def test_it_says_severity_in_words_and_in_shape(severity: Any, shown: str) -> None:
    payload = draw(incident(severity=severity), Fill())

    assert shown in read(payload)
    assert payload["text"].startswith(f"{severity}: ")


def test_it_says_severity_once_where_the_headline_names_it() -> None:
    payload = draw(incident(severity="P1", headline="P1 · Payment complaints in the US"), Fill())

    assert payload["text"].startswith("P1 · Payment complaints")
    assert "▲ urgent" in read(payload)
    assert "P1 · urgent" not in read(payload)


def test_it_says_the_finding_when_the_chart_did_not_arrive() -> None:
    message = incident(chart=ChartRef("complaints", {}, "Complaints rise to 38 a minute"))

    assert "The chart could not be added. What it shows: Complaints rise to 38 a minute" in read(
        draw(message, Fill(), NotUploaded())
    )
    assert "chart" not in read(draw(message, Fill(), None))


def test_it_keeps_one_primary_button_and_asks_before_what_destroys() -> None:
    message = incident(
        actions=(
            Action("acknowledge", "incident:7", 3, "Acknowledge", "primary"),
            Action("escalate", "incident:7", 3, "Escalate", "primary"),
            Action("resolve", "incident:7", 3, "Resolve", "danger", confirm="Close it for everybody?"),
        )
    )

    (row,) = of_type(draw(message, Fill()), "actions")

    assert [button.get("style") for button in row["elements"]] == ["primary", None, "danger"]
    assert [button["value"] for button in row["elements"]] == [action.encoded for action in message.actions]
    assert row["elements"][2]["confirm"]["text"]["text"] == "Close it for everybody?"
    assert all(button["action_id"].startswith("act:") for button in row["elements"])


def test_it_draws_the_choices_of_one_thing_as_a_menu_where_the_first_of_them_stands() -> None:
    message = incident(
        actions=(
            Action("resolve", "incident:7", 3, "Resolve"),
            Action("mute_30m", "incident:7", 3, "For 30 minutes", menu="Mute…"),
            Action("mute_2h", "incident:7", 3, "For 2 hours", menu="Mute…"),
            Action("escalate", "incident:7", 3, "Escalate"),
        )
    )

    (row,) = of_type(draw(message, Fill()), "actions")

    assert [element["type"] for element in row["elements"]] == ["button", "static_select", "button"]
    menu = row["elements"][1]
    assert menu["placeholder"]["text"] == "Mute…"
    assert [(one["text"]["text"], one["value"]) for one in menu["options"]] == [
        ("For 30 minutes", "mute_30m|incident:7|3"),
        ("For 2 hours", "mute_2h|incident:7|3"),
    ]


def test_it_keeps_action_ids_stable_while_the_version_moves_on() -> None:
    before, after = (
        draw(incident(actions=(Action("resolve", "incident:7", version, "Resolve"),)), Fill()) for version in (3, 4)
    )

    ids = [of_type(payload, "actions")[0]["elements"][0]["action_id"] for payload in (before, after)]
    assert ids[0] == ids[1]


def test_it_sets_the_first_table_as_one_and_the_next_as_aligned_text() -> None:
    table = Table(("Market", "Complaints"), (("us", "38"), ("eu", "")))

    payload = draw(incident(parts=(table, table)), Fill())

    (native,) = of_type(payload, "table")
    assert [[cell["text"] for cell in row] for row in native["rows"]] == [
        ["Market", "Complaints"],
        ["us", "38"],
        ["eu", "–"],
    ]
    (text,) = of_type(payload, "rich_text")
    assert text["elements"][0]["elements"][0]["text"].splitlines()[1].split() == ["us", "38"]


def test_it_cuts_a_long_table_and_says_how_many_rows_are_missing() -> None:
    table = Table(("Minute", "Comments"), tuple((str(n), str(n * n)) for n in range(250)))

    payload = draw(incident(parts=(table,)), Fill())

    assert len(of_type(payload, "table")[0]["rows"]) == 100
    assert "… and 151 more" in read(payload)


def test_it_says_the_point_first_where_no_blocks_are_shown() -> None:
    message = incident(
        severity="P2",
        parts=(Facts((("Market", (Text("US"),)),)), Bullets(((Text("type "), Command("/live complaints")),))),
        chart=ChartRef("complaints", {}, "Rises to 38 a minute"),
    )

    lines = draw(message, Fill())["text"].splitlines()

    assert lines == [
        "P2: Payment complaints in the US are four times as frequent as usual",
        "Market: US",
        "• type /live complaints",
        "Rises to 38 a minute",
    ]


def test_it_escapes_our_own_words_as_well() -> None:
    message = incident(headline="R&D <test>", parts=(Paragraph((Text("a < b & c"),)),))

    payload = draw(message, Fill())

    assert payload["text"] == "R&amp;D &lt;test&gt;\na &lt; b &amp; c"
    assert "a &lt; b &amp; c" in read(payload)
    assert validate_blocks(payload["blocks"]) == []


def test_a_line_of_history_says_what_happened_once() -> None:
    line = Message(
        "history",
        "Acknowledged by",
        parts=(Paragraph((When(SHOW_STARTS), Text(" · Acknowledged by"), Text(" "), PersonName("ana"))),),
    )

    blocks = draw(line, Fill(names={"ana": "Ana Weber"}))["blocks"]

    assert len(blocks) == 1
    assert "Ana Weber" in str(blocks)
