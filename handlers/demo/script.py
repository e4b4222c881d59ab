"""What the scripted people of a headless run ask, where and when."""

from __future__ import annotations

from datetime import timedelta

from handlers.demo.person import Ask
from sandbox.show import PLAN
from sandbox.show.beats import OUTAGE
from sandbox.show.plan import minutes

HANGZHOU, EMEA, AMERICAS, ADMIN = "C0HANGZHOU", "C0EMEAOPS1", "C0AMERICAS", "C0ADMIN001"
RESOLVED_AT = timedelta(seconds=OUTAGE.end + 120)  # two minutes after payments go through again


def _at(clock: str) -> timedelta:
    return timedelta(seconds=minutes(clock))


DURING = (
    Ask(_at("9:30"), "wei", HANGZHOU, "/live now"),
    Ask(_at("11:10"), "ben", EMEA, "/live now"),
    Ask(_at("13:30"), "ben", EMEA, "/live help"),
    Ask(_at("16:40"), "lin", HANGZHOU, "/live now"),
    Ask(_at("19:00"), "jon", AMERICAS, "/oncall americas", wants_chart=True),
    Ask(_at("23:30"), "maya", AMERICAS, "/live now"),
    Ask(_at("24:10"), "maya", AMERICAS, "/live complaints", wants_chart=True),
    Ask(_at("24:50"), "wei", HANGZHOU, "/oncall"),
    Ask(_at("26:00"), "olga", ADMIN, "/live coffee"),
    Ask(_at("32:40"), "ana", EMEA, f"/live complaints {PLAN.key}", wants_chart=True),
    Ask(_at("36:00"), "ben", EMEA, "/live sentiment", wants_chart=True),
)
AFTER = (
    Ask(_at("42:00"), "jon", AMERICAS, "/live complaints", wants_chart=True),
    Ask(_at("42:00"), "wei", HANGZHOU, f"/live sentiment {PLAN.key}", wants_chart=True),
    Ask(_at("42:20"), "maya", AMERICAS, "/oncall"),
    Ask(_at("42:20"), "olga", ADMIN, "/oncall emea", wants_chart=True),
    Ask(_at("42:40"), "ana", EMEA, "/live now"),
    Ask(_at("42:40"), "lin", HANGZHOU, "/live help"),
)
