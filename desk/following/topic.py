"""Our part of a channel's topic: marked, so that what people wrote stays theirs.

The part looks like `[☎ emea: Ana Weber until Mon 9 Mar 09:00 (Berlin)]`. Whatever stands before and after it is kept
as it is; where there is none yet, it is put at the end.
"""

from __future__ import annotations

import re

SHORTEST = 24  # of our part: less would name nobody


def mark(schedule: str) -> str:
    """How the part of a schedule begins."""
    return f"[☎ {_plain(schedule)}: "


def part(schedule: str, said: str) -> str:
    """The whole part.

    >>> part("emea", "Ana Weber [lead]")
    '[☎ emea: Ana Weber (lead)]'
    """
    return f"{mark(schedule)}{_plain(said)}]"


def merged(topic: str, schedule: str, ours: str, limit: int) -> str | None:
    """A topic with our part in the place of the old one, or at its end; None when people's words leave no room.

    Never longer than `limit`: our own part is shortened, theirs never is.

    >>> merged("Berlin ops", "emea", "[☎ emea: Ana]", 250)
    'Berlin ops [☎ emea: Ana]'
    >>> merged("Berlin ops [☎ emea: Ana] runbook", "emea", "[☎ emea: Ben]", 250)
    'Berlin ops [☎ emea: Ben] runbook'
    """
    found = re.search(re.escape(mark(schedule)) + r"[^\]]*(\]|$)", topic)
    if found:
        before, after = topic[: found.start()], topic[found.end() :]
    else:
        before, after = (topic.rstrip() + " " if topic.strip() else ""), ""
    room = limit - len(before) - len(after)
    if len(ours) > room:
        if room < max(SHORTEST, len(mark(schedule)) + 2):
            return None
        ours = ours[: room - 2].rstrip() + "…]"
    return f"{before}{ours}{after}"


def _plain(text: str) -> str:
    return " ".join(text.replace("[", "(").replace("]", ")").split())
