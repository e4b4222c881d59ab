from __future__ import annotations

import json

import pytest

from desk.oncall.roles import Refusal, leads_of, leads_over, may_change, may_send_away, role_of, teams_of
from handlers.configuration import ConfigurationError, dump, load_text, restore

HOUSE = """
people: {maya: {}, jon: {}, ana: {}, wei: {}, olga: {}}
teams:
  americas: {timezone: UTC, leads: [maya], members: [jon]}
  emea: {timezone: UTC, leads: [ana], viewers: [wei]}
  apac: {timezone: UTC, viewers: [jon]}
schedules:
  us: {timezone: UTC, layers: [{rotation: {type: daily, start: 2026-01-05, members: [maya, jon]}}]}
  eu: {timezone: UTC, layers: [{rotation: {type: daily, start: 2026-01-05, members: [ana]}}]}
policies:
  page: {steps: [{notify: [{schedule: eu}]}]}
routing:
  - {team: emea, policy: page}
"""
TOLD = load_text(HOUSE, "livedesk.yaml")


def test_a_schedule_belongs_to_who_takes_turns_in_it_and_to_who_is_routed_to_it() -> None:
    assert [team.key for team in teams_of(TOLD, "us")] == ["americas"]
    assert [team.key for team in teams_of(TOLD, "eu")] == ["emea"]
    assert leads_of(TOLD, "us") == ("maya",)
    assert leads_of(TOLD, "eu") == ("ana",)


def test_a_lead_belongs_to_the_team() -> None:
    assert TOLD.teams["americas"].members == ("jon", "maya")


@pytest.mark.parametrize(
    ("person", "role"), [("maya", "lead"), ("ana", "lead"), ("jon", "member"), ("wei", "viewer"), ("olga", "member")]
)
def test_everybody_is_a_member_unless_named_otherwise(person: str, role: str) -> None:
    assert role_of(TOLD, person) == role


@pytest.mark.parametrize(
    ("who", "schedule", "person", "refusal"),
    [
        ("maya", "us", "jon", None),
        ("maya", "us", None, None),
        ("maya", "eu", "jon", Refusal("others", ("ana",))),
        ("maya", "eu", "maya", None),
        ("jon", "us", "jon", None),
        ("jon", "us", "maya", Refusal("others", ("maya",))),
        ("jon", "us", None, Refusal("others", ("maya",))),
        ("wei", "us", "wei", Refusal("viewer", ("maya",))),
        ("olga", "us", "olga", None),
    ],
)
def test_members_change_themselves_and_leads_anybody(
    who: str, schedule: str, person: str | None, refusal: Refusal | None
) -> None:
    assert may_change(TOLD, who, schedule, [person]) == refusal


def test_leave_of_others_is_for_the_leads_of_their_teams_and_schedules() -> None:
    assert leads_over(TOLD, "jon") == ("maya",)
    assert may_send_away(TOLD, "maya", "jon") is None
    assert may_send_away(TOLD, "ana", "jon") == Refusal("others", ("maya",))
    assert may_send_away(TOLD, "jon", "jon") is None
    assert may_send_away(TOLD, "jon", "olga") == Refusal("others", ())
    assert may_send_away(TOLD, "wei", "wei") == Refusal("viewer", ())


def test_roles_are_kept_with_the_configuration() -> None:
    assert restore(json.loads(json.dumps(dump(TOLD)))) == TOLD


def test_a_viewer_who_is_a_lead_of_the_same_team_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="jon is a member or lead of the same team"):
        load_text(HOUSE.replace("members: [jon]}", "members: [jon], viewers: [jon]}"), "livedesk.yaml")


def test_a_file_without_roles_is_as_valid_as_before() -> None:
    text = "people: {ana: {}}\nteams: {emea: {timezone: UTC, members: [ana]}}\n"

    assert role_of(load_text(text, "livedesk.yaml"), "ana") == "member"
