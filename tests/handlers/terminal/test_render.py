from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings

from desk.messages import (
    Action,
    Bullets,
    Buttons,
    ChartRef,
    Facts,
    Fill,
    Message,
    Paragraph,
    PersonName,
    Quote,
    Table,
    Text,
    When,
    Words,
)
from handlers.terminal.render import lines
from tests.handlers.slack.strategies import fills, messages

DAY = date(2026, 3, 6)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(messages, fills)
def test_it_writes_any_message_without_a_single_control_character(message: Message, fill: Fill) -> None:
    drawn = lines(message, fill)

    assert drawn[0].strip()
    assert all(
        line.isprintable() or not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in line) for line in drawn
    )
    assert not any("\u202e" in line or "\n" in line for line in drawn)


def test_it_writes_a_whole_card_as_lines() -> None:
    message = Message(
        "incident",
        "Payment complaints in the US are four times as frequent as usual",
        severity="P1",
        mentions=("ana",),
        parts=(
            Paragraph((Text("Since "), When(datetime(2026, 3, 6, 12, 14, tzinfo=UTC)), Text(", 38 of 120 comments."))),
            Facts((("Market", (Text("US"),)),)),
            Quote(DAY, 1, "en", "×14"),
            Quote(DAY, 2),
            Table(("Market", "Count"), (("us", "38"), ("eu", "2"))),
            Bullets(((Text("On call: "), PersonName("ana")),)),
        ),
        chart=ChartRef("complaints", {}, "Rises from 3 to 38 a minute"),
        actions=(Action("acknowledge", "incident:7", 3, "Acknowledge"), Action("resolve", "incident:7", 3, "Resolve")),
        footer=(Text("Incident 7"),),
        zone="Asia/Shanghai",
    )
    fill = Fill(
        words={(DAY, 1): Words("Zahlung geht nicht", "de", "Payment fails", "LibreTranslate")},
        names={"ana": "Ana Weber"},
    )

    assert lines(message, fill) == [
        "[P1 · urgent] Payment complaints in the US are four times as frequent as usual",
        "@Ana Weber",
        "Since 8:14 PM (Shanghai), 38 of 120 comments.",
        "  Market: US",
        "  | Payment fails",
        "  |   Zahlung geht nicht",
        "    from German · LibreTranslate · ×14",
        "  | Erased at the viewer's request",
        "  Market  Count",
        "  us         38",
        "  eu          2",
        "• On call: Ana Weber",
        "▦ Rises from 3 to 38 a minute",
        "[Acknowledge]  [Resolve]",
        "— Incident 7",
    ]


def test_it_puts_the_buttons_of_each_thing_below_it() -> None:
    def one(number: int) -> tuple[Paragraph, Buttons]:
        said = Paragraph((Text(f"Incident {number}"),))
        return said, Buttons((Action("acknowledge", f"incident:{number}", 1, "Acknowledge"),))

    drawn = lines(Message("incident", "Two at once", parts=(*one(1), *one(2))), Fill())

    assert drawn == ["Two at once", "Incident 1", "  [Acknowledge]", "Incident 2", "  [Acknowledge]"]
