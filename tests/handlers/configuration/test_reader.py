from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.configuration.model import Configuration, Person, Segment, Step, Target, Term
from desk.configuration.words import words_of
from desk.oncall.model import Restriction
from handlers.configuration import ConfigurationError, Problem, examine_text, load_file, load_text
from handlers.configuration.sections import SECTIONS
from tests.handlers.configuration.bad_files import BAD_FILES, BadFile


def problems_of(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_text(text, "livedesk.yaml")
    return str(caught.value).splitlines()


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.name)
def test_it_names_the_line_and_field_of_what_is_wrong(bad: BadFile) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_text(bad.text, "livedesk.yaml")

    problem = caught.value.problems[0]
    assert (problem.line, problem.field) == (bad.line, bad.field)
    assert bad.reason in str(problem)


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.name)
def test_it_says_one_thing_about_one_fault(bad: BadFile) -> None:
    assert len(problems_of(bad.text)) == 1


def test_it_tells_every_problem_at_once_in_the_order_of_the_file() -> None:
    text = """
people:
  ana: {timezone: Europe/Berln, country: de}
schedules:
  emea:
    timezone: Europe/Berlin
    layers:
      - rotation: {type: dayly, start: 2026-01-05, members: [ana, bob]}
    overrides:
      - {person: ana, start: "2026-03-29T07:00:00", end: "2026-03-29T15:00:00Z"}
"""

    lines = problems_of(text)

    assert [line.split(": ")[0] for line in lines] == [
        "livedesk.yaml:3", "livedesk.yaml:3", "livedesk.yaml:8", "livedesk.yaml:8", "livedesk.yaml:10",
    ]  # fmt: skip
    assert lines[0] == (
        "livedesk.yaml:3: people.ana.timezone: there is no time zone 'Europe/Berln', did you mean Europe/Berlin?"
    )


def test_it_sees_overlaps_beside_other_faults() -> None:
    text = """
people: {ana: {}}
schedules:
  emea:
    timezone: Nowhere
    overrides:
      - {person: ana, start: 2026-03-29T07:00:00Z, end: 2026-03-29T15:00:00Z}
      - {person: ana, start: 2026-03-29T08:00:00Z, end: 2026-03-29T16:00:00Z}
"""

    assert [line.split(": ")[1] for line in problems_of(text)] == [
        "schedules.emea.timezone", "schedules.emea.overrides[1]",
    ]  # fmt: skip


def test_it_sees_overlaps_with_an_override_that_began_long_before() -> None:
    text = """
people: {ana: {}}
schedules:
  emea:
    timezone: Europe/Berlin
    overrides:
      - {person: ana, start: 2026-03-29T07:00:00Z, end: 2026-03-29T15:00:00Z}
      - {person: ana, start: 2026-03-29T08:00:00Z, end: 2026-03-29T09:00:00Z}
      - {person: ana, start: 2026-03-29T10:00:00Z, end: 2026-03-29T11:00:00Z}
"""

    assert [line.split(": ")[0] for line in problems_of(text)] == ["livedesk.yaml:8", "livedesk.yaml:9"]


def test_it_lets_overrides_touch() -> None:
    text = """
people: {ana: {}}
schedules:
  emea:
    timezone: Europe/Berlin
    overrides:
      - {person: ana, start: 2026-03-29T07:00:00Z, end: 2026-03-29T15:00:00Z}
      - {person: null, start: 2026-03-29T15:00:00Z, end: 2026-03-29T16:00:00Z}
"""

    overrides = load_text(text, "x").schedules["emea"].overrides

    assert [override.person for override in overrides] == ["ana", None]


@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_it_reads_what_was_written_and_not_what_yaml_1_1_makes_of_it(quote: str) -> None:
    """09:00 would be 540, NO false, an unquoted date a date, `on:` a key of true."""
    text = f"""
people:
  on: {{country: {quote}NO{quote}, languages: [{quote}no{quote}]}}
schedules:
  no:
    timezone: Europe/Oslo
    layers:
      - start: {quote}2026-01-05{quote}
        rotation:
          {{type: daily, hand_off: {quote}09:00{quote}, start: {quote}2026-01-05{quote}, members: [{quote}on{quote}]}}
        restrictions: [{{days: [mon], from: {quote}09:00{quote}, to: {quote}24:00{quote}}}]
    overrides:
      - {{person: on, start: {quote}2026-03-29T09:00:00+02:00{quote}, end: {quote}2026-03-29 10:00:00 +02:00{quote}}}
"""

    configuration = load_text(text, "x")

    assert configuration.people["on"] == Person("on", "on", country="NO", languages=("no",))
    schedule = configuration.schedules["no"]
    layer = schedule.layers[0]
    assert (layer.start, layer.rotation.start, layer.rotation.hand_off) == (date(2026, 1, 5), date(2026, 1, 5), time(9))
    assert layer.restrictions == (Restriction(frozenset({"mon"}), timedelta(hours=9), timedelta(days=1)),)
    assert schedule.overrides[0].start == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert schedule.overrides[0].end == datetime(2026, 3, 29, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("14", 840), ("2.5", 150), ('"0:30"', 30), ("12:30", 750), ('"90:00"', 5400), ("1:05:00", 3900)],
)
def test_it_reads_offsets_in_minutes_and_in_minutes_and_seconds(written: str, meant: int) -> None:
    text = f"shows:\n  s:\n    run_of_show: [{{start: 0, end: {written}, title: Opening}}]\n"

    segments = load_text(text, "x").shows["s"].segments

    assert segments == (Segment(timedelta(0), timedelta(seconds=meant), "Opening"),)


@pytest.mark.parametrize(("written", "meant"), [("90s", 90), ("5m", 300), ("2h", 7200), ("1h30m", 5400), ("1d", 86400)])
def test_it_reads_durations(written: str, meant: int) -> None:
    text = f"people: {{a: {{}}}}\npolicies:\n  p: {{steps: [{{notify: [{{person: a}}], wait: {written}}}]}}\n"

    steps = load_text(text, "x").policies["p"].steps

    assert steps == (Step((Target("person", "a"),), timedelta(seconds=meant)),)


def test_it_sorts_the_run_of_show_by_time() -> None:
    text = "shows:\n  s:\n    run_of_show: [{start: 5, end: 9, title: B}, {start: 0, end: 5, title: A}]\n"

    assert [segment.title for segment in load_text(text, "x").shows["s"].segments] == ["A", "B"]


def test_it_lets_a_rotation_start_with_its_layer_and_a_layer_bring_the_zone() -> None:
    text = """
people: {ana: {}}
schedules:
  s:
    layers:
      - {timezone: Asia/Tokyo, start: 2026-01-05, rotation: {type: daily, members: [ana]}}
"""

    schedule = load_text(text, "x").schedules["s"]

    assert schedule.zone == ZoneInfo("Asia/Tokyo")
    assert schedule.layers[0].rotation.start == date(2026, 1, 5)


def test_it_tells_a_schedule_the_countries_and_zones_of_its_members() -> None:
    text = """
people:
  ana: {timezone: Europe/Berlin, country: DE}
  ben: {country: GB}
  eve: {timezone: Asia/Tokyo, country: JP}
schedules:
  s: {timezone: UTC, layers: [{rotation: {type: daily, start: 2026-01-05, members: [ana, ben]}}]}
"""

    schedule = load_text(text, "x").schedules["s"]

    assert schedule.countries == {"ana": "DE", "ben": "GB"}
    assert schedule.zones == {"ana": ZoneInfo("Europe/Berlin")}, "where ben lives, nobody said"


def test_it_follows_anchors_and_merge_keys() -> None:
    text = """
x-berlin: &berlin {timezone: Europe/Berlin, country: DE}
people:
  ana: {<<: *berlin, name: Ana}
  ben: *berlin
  lea: {<<: *berlin, timezone: Europe/Paris}
"""

    people = load_text(text, "x").people

    assert people["ana"] == Person("ana", "Ana", ZoneInfo("Europe/Berlin"), country="DE")
    assert people["ben"].zone == ZoneInfo("Europe/Berlin")
    assert people["lea"].zone == ZoneInfo("Europe/Paris")


def test_it_takes_null_for_a_field_left_out() -> None:
    """As programs write it; a bare `timezone:` was forgotten and is refused."""
    assert load_text("people: {ana: {timezone: null, country: ~}}", "x").people["ana"] == Person("ana", "ana")


@pytest.mark.parametrize("text", ["{}", "people:\n", "people: {}\nrouting: []\nteams: null\n"])
def test_it_takes_sections_that_say_nothing(text: str) -> None:
    assert load_text(text, "x") == Configuration()


def test_it_keeps_the_difference_between_no_digest_and_the_usual_one() -> None:
    teams = load_text("teams: {a: {timezone: UTC, digest_at: null}, b: {timezone: UTC}}", "x").teams

    assert (teams["a"].digest_at, teams["b"].digest_at) == (None, time(9))


@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_it_reads_json(indent: int | str | None, ascii_only: bool) -> None:
    people = {"ana": {"name": 'Ana "😀" 陈/Ü \\', "timezone": "Europe/Berlin"}, "ben": {}}

    text = json.dumps({"people": people}, indent=indent, ensure_ascii=ascii_only)

    assert load_text(text, "x").people["ana"].name == people["ana"]["name"]


def test_it_counts_the_lines_of_json_too() -> None:
    text = json.dumps({"people": {"ana": {"name": "😀", "timezone": "Berlin"}}}, indent="\t")

    assert problems_of(text)[0].startswith("livedesk.yaml:5: people.ana.timezone: ")


def test_it_looks_at_the_asked_sections_alone() -> None:
    text = "people: {ana: {}}\nteams: {emea: {members: [nobody]}}\nrouting: nonsense\n"

    configuration = load_text(text, "x", frozenset({"people", "schedules"}))

    assert configuration == Configuration(people={"ana": Person("ana", "ana")})


def test_it_notes_what_a_rotation_does_not_use() -> None:
    text = """people: {ana: {}}
schedules:
  s:
    timezone: UTC
    layers:
      - rotation: {type: daily, weekday: tue, start: 2026-01-05, members: [ana]}
"""

    notes = examine_text(text, "x").notes

    assert [(note.line, note.field) for note in notes] == [(6, "schedules.s.layers[0].rotation.weekday")]


def test_it_stops_an_alias_bomb() -> None:
    text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for name, last in zip("bcdefgh", "abcdefg", strict=True):
        text += f"{name}: &{name} [{', '.join([f'*{last}'] * 10)}]\n"

    assert "aliases" in problems_of(text)[0]


def test_it_stops_after_two_hundred_problems() -> None:
    """A file of wrong names alone would otherwise be compared, name by name, for hours."""
    people = "\n".join(f"  p{number}: {{}}" for number in range(20_000))
    members = ", ".join(f"q{number}" for number in range(20_000))

    problems = problems_of(f"people:\n{people}\nteams:\n  t: {{timezone: UTC, members: [{members}]}}\n")

    assert len(problems) == 200


@pytest.mark.parametrize("bracket", ["[", "{a: ", "- ", "? "])
def test_it_stops_at_values_nested_without_end(bracket: str) -> None:
    assert problems_of(bracket * 100_000)


def test_it_refuses_a_file_larger_than_a_configuration_can_be(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("people: {}\n" + "#" * 1_000_000)

    with pytest.raises(ConfigurationError, match=r"large\.yaml:1: file: the file is larger than 1000 kB"):
        load_file(path)


def test_it_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.yaml:1: file: cannot be opened"):
        load_file(tmp_path / "none.yaml")


def test_it_names_the_line_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("people:\n  ben: {name: Ben Krüger}\n".encode("latin-1"))

    with pytest.raises(ConfigurationError, match=r"latin\.yaml:2: file: is not UTF-8"):
        load_file(path)


def test_it_reads_past_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfpeople: {ana: {}}\r\n")

    assert list(load_file(path).people) == ["ana"]


WORDS = st.sampled_from(
    [
        *["people", "schedules", "teams", "routing", "ana", "null", "~", "2026-01-05", "09:00"],
        *"[]{}:-,&*!|>'\"#%\n\t",
        "<<",
        "*ana",
        "&ana",
    ]
)


def problems_or_none(text: str) -> list[Problem] | None:
    try:
        load_text(text, "x")
    except ConfigurationError as error:
        return list(error.problems)
    return None


@given(st.one_of(st.text(), st.lists(WORDS, max_size=30).map(" ".join), st.lists(WORDS, max_size=30).map("\n".join)))
def test_it_takes_or_refuses_any_text_and_never_breaks(text: str) -> None:
    problems = problems_or_none(text)

    assert problems is None or problems
    assert all(problem.line >= 1 and problem.reason for problem in problems or ())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["ana", "UTC", "09:00", "5m"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "timezone",
    "layers",
    "overrides",
    "members",
    "steps",
    "notify",
    "run_of_show",
    "contacts",
    "languages",
    "team",
]


@given(st.sampled_from(sorted(SECTIONS)), st.sampled_from(FIELDS), VALUES)
def test_it_takes_or_refuses_any_value_in_any_field(section: str, field: str, value: object) -> None:
    record = {field: value}
    text = json.dumps({section: [record] if section == "routing" else {"x": record}})

    problems = problems_or_none(text)

    assert all(str(problem).startswith("x:1: ") for problem in problems or ())


WORDS_FIELDS = ["ask", "praise", "complaint", "polarity", "symbols", "calm", "nonsense"]
PHRASES = VALUES | st.text("ab(|)~#*^$, ?!😡\n", max_size=20)


@settings(deadline=None)  # the first of a language reads its file
@given(st.sampled_from(["any", "en", "zh", "nl"]), st.sampled_from(WORDS_FIELDS), PHRASES)
def test_it_takes_or_refuses_any_words_and_compiles_what_it_takes(lang: str, field: str, value: object) -> None:
    text = json.dumps({"markets": {"us": {"vocabulary": {lang: {field: value}}}}})
    if problems := problems_or_none(text):
        assert all(str(problem).startswith("x:1: ") for problem in problems)
        return

    words = words_of(load_text(text, "x"))["us"]

    assert all(words[known].spot("no sound").tokens for known in list(words)[:1])


@given(st.text(max_size=6), VALUES)
def test_it_takes_or_refuses_any_term(term: str, value: object) -> None:
    problems = problems_or_none(json.dumps({"glossary": {term: value}}))

    assert all(str(problem).startswith("x:1: ") for problem in problems or ())


def test_it_reads_phrases_as_a_text_or_as_a_list() -> None:
    as_text = load_text("vocabulary: {en: {ask: 'how (much|many),  spill link'}}", "x")
    as_list = load_text("vocabulary:\n  en:\n    ask:\n      - how (much|many)\n      - spill link, \n", "x")

    assert as_text.vocabulary == as_list.vocabulary == {"en": {"ask": "how (much|many), spill link"}}


def test_it_gathers_words_of_one_weight() -> None:
    loaded = load_text("vocabulary: {en: {polarity: {2: dewy, '2.0': glassy, -1.5: meh}, symbols: {3: 🫠 🪩}}}", "x")

    assert loaded.vocabulary["en"] == {"polarity": {"2": "dewy, glassy", "-1.5": "meh"}, "symbols": {"3": "🫠 🪩"}}


def test_it_reads_a_glossary() -> None:
    loaded = load_text("glossary: {精华: {en: serum, pt-BR: sérum}, GlowSerum: {keep: yes}}", "x")

    assert loaded.glossary == {
        "精华": Term(translations={"en": "serum", "pt-BR": "sérum"}),
        "GlowSerum": Term(keep=True),
    }
