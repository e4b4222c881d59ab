"""What a market takes for urgent and for important: `severity:` of a market."""

from __future__ import annotations

from typing import Any

from desk.incidents.severity import DEFAULT, Severities, Thresholds
from handlers.configuration import words
from handlers.configuration.shapes import Field, Record, Said

MOST_MONEY = 1_000_000_000


def _thresholds(title: str, usual: Thresholds) -> Record:
    def build(said: Said) -> Thresholds:
        given: dict[str, Any] = {"excess": usual.excess, "times": usual.times, "viewers": usual.viewers}
        return Thresholds(**{**given, **said.given(excess="excess", times="times", viewers="viewers")})

    return Record(
        title,
        {
            "excess": Field(
                words.number(0, 10_000), f"complaints a minute above the usual, {usual.excess:g} if left out"
            ),
            "times": Field(words.number(0, 1000), f"and this many times the usual, {usual.times:g} if left out"),
            "viewers": Field(
                words.whole(1, 10_000), f"and from this many different viewers, {usual.viewers} if left out"
            ),
        },
        build=build,
    )


def _check(said: Said) -> None:
    urgent, important = said.get("P1", DEFAULT.p1), said.get("P2", DEFAULT.p2)
    for name in ("excess", "times", "viewers"):
        first, second = getattr(urgent, name), getattr(important, name)
        if first < second:
            at = "P1" if "P1" in said else "P2"
            said.refuse(at, f"{name} of P1 is {first:g}, below the {second:g} of P2: what is urgent is important, too")


SEVERITY = Record(
    "severity rule",
    {
        "P1": Field(_thresholds("threshold of P1", DEFAULT.p1), "urgent: somebody is paged"),
        "P2": Field(_thresholds("threshold of P2", DEFAULT.p2), "important: somebody is paged; below it is P3, posted"),
        "money": Field(
            words.whole(1, MOST_MONEY),
            "money in carts and payments within three minutes, in the market's currency, that is a rush; "
            "twice the show's usual if left out",
        ),
    },
    build=lambda said: Severities(**said.given(p1="P1", p2="P2", money="money")),
    check=_check,
)
