from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.configuration import examine_text, load_text, warnings

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)


def oddities(text: str) -> list[str]:
    return warnings(load_text(text, "livedesk.yaml"), NOON)


def schedule(layers: str, rest: str = "") -> str:
    return f"people: {{ana: {{}}, ben: {{}}}}\nschedules:\n  s: {{timezone: Europe/Berlin, layers: [{layers}]{rest}}}\n"


def daily(hand_off: str, days: str, start: str, end: str) -> str:
    rotation = f'{{type: daily, hand_off: "{hand_off}", start: 2026-01-05, members: [ana, ben]}}'
    return schedule(f'{{rotation: {rotation}, restrictions: [{{days: [{days}], from: "{start}", to: "{end}"}}]}}')


PLAIN = "{rotation: {type: daily, start: 2026-01-05, members: [ana]}}"
WEEK = "mon, tue, wed, thu, fri"


def test_it_has_nothing_to_say_of_people_and_schedules_alone() -> None:
    assert oddities(schedule(PLAIN)) == []


def test_it_proposes_a_midnight_hand_off_for_whole_days() -> None:
    (warning,) = oddities(daily("09:00", WEEK, "00:00", "24:00"))

    assert warning == (
        "schedules.s: layer layer 1: the hand-off at 09:00 lies inside its hours and makes turns of what is left over "
        'before or after a pause; with hand_off: "00:00" nobody gets one'
    )


def test_it_looks_at_nights_and_at_custom_rotations_too() -> None:
    (night,) = oddities(daily("00:00", WEEK, "22:00", "06:00"))
    custom = "{type: custom, lengths: [1, 1], hand_off: '09:00', start: 2026-01-05, members: [ana, ben]}"
    (days,) = oddities(
        schedule(f"{{rotation: {custom}, restrictions: [{{days: [{WEEK}], from: '08:00', to: '17:00'}}]}}")
    )

    assert 'with hand_off: "06:00"' in night
    assert 'with hand_off: "00:00"' in days


@pytest.mark.parametrize(
    ("hand_off", "days", "start", "end"),
    [
        ("09:00", WEEK, "09:00", "17:00"),
        ("00:00", WEEK, "00:00", "24:00"),
        ("22:00", WEEK, "22:00", "06:00"),
        ("18:00", WEEK, "22:00", "06:00"),
        ("09:00", f"{WEEK}, sat, sun", "00:00", "24:00"),
        ("12:00", f"{WEEK}, sat, sun", "09:00", "17:00"),
    ],
)
def test_it_is_content_with_hand_offs_that_make_no_splinters(hand_off: str, days: str, start: str, end: str) -> None:
    assert oddities(daily(hand_off, days, start, end)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schedules: {s: {timezone: UTC}}", "schedules.s: has no layers"),
        (schedule("{end: 2026-03-06, " + PLAIN[1:]), "schedules.s: every layer has ended"),
        ("people: {ana: {timezone: EST}}", "people.ana: EST never changes its clocks; is America/New_York meant?"),
        (schedule(PLAIN, ", holidays: true"), "people.ana has no country"),
        (
            schedule(
                PLAIN,
                ", overrides: [{person: ana, start: 2026-04-04T00:00Z, end: 2026-04-05T00:00Z}]"
                ", leave: [{person: ana, start: 2026-04-03T00:00Z, end: 2026-04-07T00:00Z}]",
            ),
            "ana is on leave until 2026-04-07 02:00 Europe/Berlin and has the override from",
        ),
        (
            schedule(PLAIN, ", leave: [{person: ben, start: 2026-04-03T00:00Z, end: 2026-04-07T00:00Z}]"),
            "ben has leave here but is in no layer",
        ),
        ("teams: {t: {timezone: UTC}}", "teams.t: has no channel"),
        ("teams: {t: {timezone: UTC}}", "admin_channel: is not set"),
        ("teams: {t: {timezone: UTC}}", "routing: no rule matches everything"),
        ("markets: {us: {}, eu: {}}\nteams: {t: {timezone: UTC, markets: [us]}}", "markets.eu: no team looks after it"),
        (
            "people: {ana: {}}\ngroups: {g: {members: [ana]}}\npolicies: {p: {steps: [{notify: [{group: g}]}]}}",
            "policies.p: ends in nobody",
        ),
        (
            "teams: {t: {timezone: UTC}}\nrouting: [{team: t, hours: {from: '08:00', to: '22:00'}}]",
            "routing: no rule matches everything",
        ),
        (
            "people: {ana: {}}\npolicies: {p: {steps: [{notify: [{person: ana}]}]}}\nrouting: [{policy: p}]",
            "people.ana: may be paged by policies.p but has no contacts",
        ),
        (
            schedule(PLAIN) + "policies: {p: {steps: [{notify: [{schedule: s}]}]}}\nrouting: [{policy: p}]",
            "people.ana: may be paged by policies.p through schedules.s but has no contacts",
        ),
        (
            "people: {ana: {}}\npolicies: {p: {steps: [{notify: [{person: ana}]}]}}\nrouting: [{policy: p}]",
            "routing[0]: pages without a team",
        ),
        ("people: {ana: {}}\npolicies: {p: {steps: [{notify: [{person: ana}]}]}}", "policies.p: no routing rule"),
    ],
)
def test_it_warns_of_what_is_probably_not_meant(text: str, said: str) -> None:
    assert any(said in warning for warning in oddities(text))


def test_it_forgets_leave_and_overrides_that_are_over() -> None:
    rest = (
        ", overrides: [{person: ana, start: 2026-02-04T00:00Z, end: 2026-02-05T00:00Z}]"
        ", leave: [{person: ana, start: 2026-02-03T00:00Z, end: 2026-02-07T00:00Z}]"
    )

    assert oddities(schedule(PLAIN, rest)) == []


NOTED = [
    (
        "teams: {t: {timezone: UTC}}\nrouting:\n  - {team: t}\n  - {team: t, severities: [P1]}\n",
        4,
        "routing[1]",
        "is never reached, because routing[0] (line 3)",
    ),
    (
        "people: {a: {}}\npolicies:\n  p:\n    steps:\n"
        "      - {notify: [{person: a}], only: {from: '08:00', to: '22:00'}}\n",
        5,
        "policies.p.steps",
        "at some hours it ends in nobody",
    ),
    (
        "people: {a: {}}\npolicies:\n  p:\n    steps:\n      - {notify: [{person: a}], else: hold}\n",
        5,
        "policies.p.steps[0].else",
        "means nothing without `only`",
    ),
    (
        "people: {a: {}}\npolicies:\n  p:\n    steps:\n      - {notify: [{person: a}], prefer: [awake]}\n",
        5,
        "policies.p.steps[0].prefer",
        "nobody to choose between",
    ),
]


@pytest.mark.parametrize(("text", "line", "field", "said"), NOTED)
def test_it_names_the_line_of_what_can_never_be_or_ends_in_nobody(text: str, line: int, field: str, said: str) -> None:
    (note,) = examine_text(text, "livedesk.yaml").notes

    assert (note.line, note.field) == (line, field)
    assert said in note.reason
