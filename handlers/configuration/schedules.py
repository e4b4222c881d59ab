"""The `schedules:` section: layers, rotations, restrictions, overrides, leave (docs/oncall.md says what they mean)."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from desk.oncall.model import WEEKDAYS, Follow, Layer, Leave, Override, Restriction, Rotation, Schedule
from desk.oncall.notices import HandOver, ShiftNotice
from handlers.configuration import words
from handlers.configuration.shapes import Field, ListOf, OrNothing, Record, Reference, Said

PERSON = Reference("people", "person")
WEEKDAY = words.one_of(*WEEKDAYS)


def end_after_start(said: Said) -> None:
    if "start" in said and "end" in said and said["end"] <= said["start"]:
        said.refuse("end", "is not after the start")


# ── rotation ─────────────────────────────────────────────────────────────────────────────────────────────────────

_ONLY_FOR = {"weekday": ("weekly",), "lengths": ("custom",), "every": ("daily", "weekly", "hourly")}


def _check_rotation(said: Said) -> None:
    kind = said.get("type")
    if kind == "custom" and "lengths" not in said.trees:
        said.refuse("type", "a custom rotation needs `lengths`, the days of each shift", "lengths: [2, 2, 3]")
    for name, kinds in _ONLY_FOR.items():
        if kind and name in said and kind not in kinds:
            said.note(name, f"means nothing in a rotation of type {kind}; it is for {', '.join(kinds)}")


def _build_rotation(said: Said) -> Rotation | Said:
    # Without a start of its own it starts with its layer, so only the layer can finish it.
    return said if "start" not in said else _rotation(said, said["start"])


def _rotation(said: Said, start: object) -> Rotation:
    kind = said["type"]
    chosen = said.given(hand_off="hand_off", **{name: name for name, kinds in _ONLY_FOR.items() if kind in kinds})
    return Rotation(type=kind, members=said["members"], start=start, **chosen)  # type: ignore[arg-type]


ROTATION = Record(
    "rotation",
    {
        "type": Field(words.one_of("daily", "weekly", "hourly", "custom"), "how shifts are counted", required=True),
        "members": Field(
            ListOf(PERSON, at_least=1, repeats=True, when_empty="a rotation needs at least one member"),
            "who takes turns, in this order; a name may stand there twice",
            required=True,
        ),
        "start": Field(words.DATE, "local date from which hand-offs are counted; the layer's start if left out"),
        "hand_off": Field(words.TIME, "local time of the hand-off, 00:00 if left out"),
        "every": Field(words.whole(1, 10_000), "days, weeks or hours between hand-offs, 1 if left out"),
        "weekday": Field(WEEKDAY, "day of a weekly hand-off, mon if left out"),
        "lengths": Field(
            ListOf(words.whole(1, 10_000), at_least=1, repeats=True, when_empty="needs at least one number of days"),
            "days of successive shifts of a custom rotation, repeating",
        ),
    },
    build=_build_rotation,
    check=_check_rotation,
)


# ── layers ───────────────────────────────────────────────────────────────────────────────────────────────────────

RESTRICTION = Record(
    "restriction",
    {
        "days": Field(
            ListOf(WEEKDAY, at_least=1, repeats=True, when_empty="names no day; leave it out for every day"),
            "days on which the window starts, every day if left out",
        ),
        "from": Field(words.WINDOW_START, "local time at which the window starts", required=True),
        "to": Field(
            words.WINDOW_END,
            "local time at which it ends; at or before `from` it is the next day's, 24:00 is the end of the day",
            required=True,
        ),
    },
    build=lambda said: Restriction(days=frozenset(said.get("days", WEEKDAYS)), start=said["from"], end=said["to"]),
)


def _check_layer(said: Said) -> None:
    end_after_start(said)
    rotation = said.get("rotation")
    if isinstance(rotation, Said) and "start" not in said.trees:
        said.refuse("rotation", "needs a `start`, from which its hand-offs are counted", "start: 2026-01-05")


def _build_layer(said: Said) -> tuple[Said, ZoneInfo | None]:
    # The zone may be the schedule's, which is read after; `_build_schedule` finishes the layer.
    return said, said.get("timezone")


def _layer(said: Said, number: int, zone: ZoneInfo) -> Layer:
    rotation = said["rotation"]
    return Layer(
        name=said.get("name", f"layer {number}"),
        zone=zone,
        rotation=_rotation(rotation, said["start"]) if isinstance(rotation, Said) else rotation,
        restrictions=said.get("restrictions", ()),
        start=said.get("start"),
        end=said.get("end"),
    )


LAYER = Record(
    "layer",
    {
        "name": Field(words.TITLE, "shown in previews and reasons"),
        "timezone": Field(words.ZONE, "zone of its hand-offs, dates and restrictions; the schedule's if left out"),
        "start": Field(words.DATE, "first local date with the layer"),
        "end": Field(words.DATE, "first local date without it"),
        "rotation": Field(ROTATION, "who takes turns, and when", required=True),
        "restrictions": Field(ListOf(RESTRICTION, repeats=True), "windows with somebody; always if left out"),
    },
    build=_build_layer,
    check=_check_layer,
)


# ── schedules ────────────────────────────────────────────────────────────────────────────────────────────────────

_SPAN = {
    "start": Field(words.INSTANT, "an instant, with its offset", required=True),
    "end": Field(words.INSTANT, "an instant, with its offset; the first one without", required=True),
}

OVERRIDE = Record(
    "override",
    {
        "person": Field(OrNothing(PERSON), "who is on call instead; null is nobody, on purpose", required=True),
        **_SPAN,
    },
    build=lambda said: Override(person=said["person"], start=said["start"], end=said["end"]),
    check=end_after_start,
)

LEAVE = Record(
    "leave",
    {"person": Field(PERSON, "who is away", required=True), **_SPAN},
    build=lambda said: Leave(person=said["person"], start=said["start"], end=said["end"]),
    check=end_after_start,
)


_DAY = timedelta(days=1)

SHIFT_NOTICE = Record(
    "shift notice",
    {
        "before": Field(
            words.duration(timedelta(0), _DAY),
            "a direct message so long before it starts, too (in the evening before a night); 0s, none, if left out",
        ),
        "start": Field(words.BOOL, "a direct message when a shift starts, true if left out"),
        "end": Field(words.BOOL, "a direct message when a shift ends, true if left out"),
        "at_most_every": Field(
            words.duration(timedelta(0), 7 * _DAY),
            "starts are told at most once in this time, the next ones in the same message; 8h if left out",
        ),
        "shortest": Field(
            words.duration(timedelta(0), 7 * _DAY),
            "a shorter shift ends without a word, unless an incident is open; 2h if left out",
        ),
    },
    build=lambda said: ShiftNotice(
        **said.given(before="before", start="start", end="end", at_most_every="at_most_every", shortest="shortest")
    ),
)

_WAIT = words.duration(timedelta(minutes=1), _DAY)

HANDOVER = Record(
    "hand-over",
    {
        "send_after": Field(_WAIT, "a note that nobody sends goes by itself so long after the shift; 15m if left out"),
        "confirm_within": Field(
            _WAIT, "who takes over is reminded after it, and the team is told after as long again; 15m if left out"
        ),
    },
    build=lambda said: HandOver(**said.given(send_after="send_after", confirm_within="confirm_within")),
)

FOLLOW = Record(
    "schedule's follow",
    {
        "user_group": Field(words.USER_GROUP, "a user group whose members are always those on call"),
        "channel_topic": Field(words.CHANNEL, "a channel whose topic names who is on call, beside what people wrote"),
    },
    build=lambda said: Follow(**said.given(user_group="user_group", channel_topic="channel_topic")),
)


def _check_schedule(said: Said) -> None:
    layers = list(said.items("layers"))
    if "timezone" not in said.trees and (not layers or any(zone is None for (_, zone), _, _ in layers)):
        said.refuse("timezone", "is missing, and not every layer says its own", "timezone: Europe/Berlin")
    longest: tuple[Override, int] | None = None  # the one that ends last so far, and its line
    for override, line, at in sorted(said.items("overrides"), key=lambda item: item[0].start):
        if longest and override.start < longest[0].end:
            reason = f"overlaps the override of line {longest[1]}; a file may say only one at a time"
            said.reading.refuse(line, at, reason)
        if not longest or override.end > longest[0].end:
            longest = override, line


def _build_schedule(said: Said) -> Schedule:
    layers = said.get("layers", ())
    zone = said.get("timezone") or layers[0][1]
    return Schedule(
        name=said.key,
        zone=zone,
        layers=tuple(_layer(layer, number, own or zone) for number, (layer, own) in enumerate(layers, 1)),
        **said.given(
            overrides="overrides",
            leave="leave",
            people="people",
            no_gaps="no_gaps",
            holidays="holidays",
            shift_notice="shift_notice",
            handover="handover",
            follow="follow",
        ),
    )


SCHEDULE = Record(
    "schedule",
    {
        "timezone": Field(words.ZONE, "zone of the layers that name none"),
        "people": Field(words.whole(1, 100), "how many are on call at a time, 1 if left out"),
        "no_gaps": Field(words.BOOL, "somebody is wanted at every hour: announce hours without anybody days ahead"),
        "holidays": Field(words.BOOL, "skip people on the public holidays of their country"),
        "follow": Field(FOLLOW, "what a chat platform shows of the shift, kept up at every change"),
        "layers": Field(ListOf(LAYER, repeats=True), "from lowest to highest priority: the last one wins"),
        "overrides": Field(ListOf(OVERRIDE, repeats=True), "instants at which somebody else, or nobody, is on call"),
        "leave": Field(ListOf(LEAVE, repeats=True), "who is away, and when"),
        "shift_notice": Field(SHIFT_NOTICE, "what its people are told of their shifts"),
        "handover": Field(OrNothing(HANDOVER), "how a hand-over note waits; null for no notes"),
    },
    build=_build_schedule,
    check=_check_schedule,
)


def members_of(schedule: Schedule) -> frozenset[str]:
    return frozenset(person for layer in schedule.layers for person in layer.rotation.members)
