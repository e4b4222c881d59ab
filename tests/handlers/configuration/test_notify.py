from __future__ import annotations

from datetime import timedelta

import pytest

from desk.configuration.model import Notification
from desk.oncall.urgency import USUAL
from handlers.configuration import ConfigurationError, dump, load_text, restore
from handlers.configuration.notify import SEVERITIES

PERSON = """people:
  ana:
    contacts: {{slack: U0ANAWEBER, email: ana@example.com, webhook: "https://hooks.example.com/a"}}
    notify: {}
"""


def test_rules_are_read_kept_and_restored() -> None:
    made = load_text(
        PERSON.format("[{after: 0, by: slack}, {after: 2m, by: email, severities: [P1]}, {after: 5m, by: all}]"), "x"
    )

    assert made.people["ana"].notify == (
        Notification(timedelta(0), "slack"),
        Notification(timedelta(minutes=2), "email", frozenset(("P1",))),
        Notification(timedelta(minutes=5), "all"),
    )
    assert restore(dump(made)) == made


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("[{after: 1m, by: slack}]", "nothing is sent at once for P1"),
        ("[{after: 0, by: slack, severities: [P1]}, {after: 1m, by: email}]", "nothing is sent at once for P2"),
        ("[{after: 0, by: pigeon}]", "pigeon"),
        ("[{after: 5h, by: slack}]", "4h"),
        ("[{after: -1m, by: slack}]", "not a duration"),
        ("[{after: 5, by: slack}]", "which unit?"),
        ("[{by: slack}]", "after"),
        ("[{after: 0, by: slack, severities: [P4]}]", "P4"),
        ("{after: 0, by: slack}", "a list is wanted"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rules: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_text(PERSON.format(rules), "livedesk.yaml")

    assert said in str(refused.value)
    assert "livedesk.yaml:4" in str(refused.value)


@pytest.mark.parametrize(
    "contact",
    ['email: "ana@example.com\\r\\nBcc: x@y.example"', "webhook: 'file:///etc/passwd'", "webhook: hooks.example.com"],
)
def test_an_address_that_is_none_is_refused(contact: str) -> None:
    with pytest.raises(ConfigurationError, match=r"livedesk\.yaml:2"):
        load_text(f"people:\n  ana: {{contacts: {{{contact}}}}}\n", "livedesk.yaml")


def test_the_severities_are_the_desks() -> None:
    assert set(SEVERITIES) == set(USUAL)
