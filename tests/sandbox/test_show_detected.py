"""The demo's story as the detector hears it when every text is understood: two troubles, and no false alarm.

Texts are taken for what they were written as, so a failure here is the show's or the detector's, never the reader's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

import pytest

from analytics.detectors import DETECTORS, LIVE_SHOW, Tick
from sandbox import show
from sandbox.show.plan import minutes

TICK = 10
SAID_OF = {"outage": "payment", "no_sound": "stream_quality", "spammer": "delivery"}

Alarm = tuple[str, str, int]  # market, category, second of the show at which its tick ended


def alarms(seed: int) -> list[Alarm]:
    """Every alarm of the production detector over the show, one series for each market and category."""
    totals: Counter[tuple[str, int]] = Counter()
    complaints: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    viewers: dict[tuple[str, str, int], set[str]] = defaultdict(set)
    library = show.read_library()
    for post in show.events(seed):
        event = post.payload
        if post.answer != "accepted" or isinstance(event, bytes) or event["kind"] != "chat_comment":
            continue
        tick = int((datetime.fromisoformat(event["at"]) - show.START).total_seconds() // TICK)
        topic, market = library.find(event["text"]).topic, event["market"]
        totals[market, tick] += 1
        category = topic.removeprefix("complaint.") if topic.startswith("complaint.") else SAID_OF.get(topic)
        if category:
            complaints[market, category][tick] += 1
            viewers[market, category, tick].add(event["viewer"])

    found: list[Alarm] = []
    for (market, category), counts in complaints.items():
        detector, raised = DETECTORS[LIVE_SHOW](), False
        for tick in range(int(show.PLAN.length) // TICK):
            ended = (tick + 1) * TICK
            distinct = len(viewers[market, category, tick])
            verdict = detector.update(Tick(float(ended), float(TICK), counts[tick], totals[market, tick], distinct))
            if verdict.alarm and not raised:
                found.append((market, category, ended))
            raised = (raised or verdict.alarm) and not verdict.calm
    return found


@pytest.mark.parametrize("seed", [show.SEED, 1, 2026])
def test_it_is_alarmed_by_the_two_troubles_in_time_and_by_nothing_else(seed: int) -> None:
    """Not by the exit peak, the angry spammer, the product drop, nor by the complaints that there always are."""
    found = alarms(seed)

    assert [(market, category) for market, category, _ in found] == [("us", "payment"), ("eu", "stream_quality")]
    assert minutes("21:00") < found[0][2] <= minutes("22:00")
    assert minutes("31:00") < found[1][2] <= minutes("33:00")
