"""What the page says while the show runs: what to look at, and what to try. Commands stand in backticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sandbox.show import PLAN
from sandbox.show.plan import minutes


@dataclass(frozen=True, slots=True)
class Beat:
    """From this minute of the show on."""

    at: str
    title: str
    items: tuple[str, ...]


BEATS = (
    Beat(
        "0:00",
        "The show is on the air: 20:00 in Hangzhou, 13:00 in Berlin, 04:00 in Los Angeles",
        (
            "Type `/live now` in any channel for viewers, comments, mood and sales of this moment.",
            "Choose on the left who you are. *Maya Torres* reads English in Los Angeles, *Wei Chen* Chinese in "
            "Hangzhou; times and language follow the reader.",
            "Viewers ask the same three questions in many languages. A question is no alarm: the digest will bring "
            "them.",
        ),
    ),
    Beat(
        "8:00",
        "The ingredient list begins",
        (
            "One viewer in six will leave two minutes into it, without a word of complaint. Nobody is paged for that.",
            "Compare `/live now` before and after minute 10.",
        ),
    ),
    Beat(
        "12:00",
        "One angry viewer in the United States writes 25 times about a parcel",
        ("One viewer is one viewer: no incident. `/live complaints` shows the comments.", "Ask who is on: `/oncall`"),
    ),
    Beat(
        "15:00",
        "The product drop comes at minute 16",
        (
            "Everything rises to five times as much, complaints too; as a share they stay as few. Nobody is paged.",
            "Try `/live now` in the middle of it.",
        ),
    ),
    Beat(
        "18:00",
        "Back to normal; the cream is shown",
        (
            "Be *Maya Torres* now and open *#live-americas*: in three minutes something breaks, at 04:21 of her night.",
            "Who is on call for her market? `/oncall americas`",
        ),
    ),
    Beat(
        "21:00",
        "No payment goes through in the United States",
        (
            "*#live-americas* gets one incident: words at once, then the chart and the translations as an edit of the "
            "same message.",
            "As *Maya Torres*, open the message from *Livedesk* and press *Acknowledge*: it is yours, and nobody else "
            "is woken.",
            "Or do nothing, and watch it go to the next step of the policy after two minutes of the show.",
            "`/live complaints` and `/live now` show what is broken.",
        ),
    ),
    Beat(
        "27:00",
        "Payment works again",
        (
            "Those who waited pay now. The card says that it has calmed down; press *Resolve* to close it.",
            "Press a button on something that is over, and you are told so.",
        ),
    ),
    Beat(
        "31:00",
        "The sound is gone in Europe",
        (
            "A smaller incident: kein Ton, pas de son, non si sente niente. Read the quotes with their translations.",
            "Be *Lin Zhao*: in Hangzhou the same appears in Chinese.",
        ),
    ),
    Beat(
        "33:00",
        "The last offer, and goodbye",
        (
            "*#live-hangzhou* and *#live-emea* have highlights: a few comments that represent what was said.",
            "`/live sentiment` draws how the audience felt, minute by minute.",
        ),
    ),
)

OVER = Beat(
    "40:00",
    "The show is over; the clock jumps to each team's next morning",
    ("Each team gets one digest, at its own time, in its own language.",),
)
MORNING = Beat(
    "40:00",
    "The next morning: every team has its digest",
    (
        "*#live-americas*, *#live-hangzhou* (in Chinese) and *#live-emea* each have a digest of the night.",
        "Ask about what was: `/live complaints aurora-skincare`, `/live sentiment aurora-skincare`",
        "Press *Share to Channel* below an answer to show it to everybody.",
        "Ctrl-C in the terminal ends the demo.",
    ),
)


def beat_at(offset: timedelta) -> Beat:
    """What to say so long after the start; before it, what is said at the start."""
    begun = [beat for beat in BEATS if minutes(beat.at) <= offset.total_seconds()]
    return begun[-1] if begun else BEATS[0]


def progress(offset: timedelta) -> float:
    """How much of the show has been, from 0 to 1."""
    return min(1.0, max(0.0, offset.total_seconds() / PLAN.length))


def title(beat: Beat, offset: timedelta) -> str:
    """The headline with the minute that it is."""
    if beat not in BEATS:
        return beat.title
    return f"Minute {max(0, int(offset.total_seconds() // 60))} · {beat.title}"


def items(beat: Beat, bot_pid: int | None) -> Sequence[str]:
    """What to try; killing the bot is always among it."""
    if bot_pid is None:
        return beat.items
    return (*beat.items, f"Type `kill -9 {bot_pid}` in a terminal: the bot comes back, and nothing is lost or doubled.")
