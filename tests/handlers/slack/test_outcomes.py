from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from handlers.platform import GiveUp, TryLater, Unclear
from handlers.slack.outcomes import ADVICE, GONE, LONGEST, outcome_of


def refused(status: int = 200, headers: dict[str, Any] | None = None, **body: Any) -> SlackApiError:
    return SlackApiError("refused", SimpleNamespace(status_code=status, headers=headers or {}, data=body))


@example(429, "", "-INFINITY", False)
@example(429, "", "nan", False)
@given(st.integers(100, 599), st.text(), st.text(), st.booleans())
def test_it_makes_an_outcome_of_whatever_slack_answers(status: int, error: str, wait: str, repeatable: bool) -> None:
    outcome = outcome_of(refused(status, {"Retry-After": wait}, error=error), repeatable=repeatable)

    assert isinstance(outcome, TryLater | GiveUp | Unclear)
    assert not (repeatable and isinstance(outcome, Unclear))
    assert outcome.reason


@pytest.mark.parametrize("error", sorted(ADVICE))
def test_it_tells_an_admin_one_thing_to_do_about_every_known_refusal(error: str) -> None:
    outcome = outcome_of(refused(error=error), repeatable=False)

    assert outcome == GiveUp(f"{error}: {ADVICE[error]}", gone=error in GONE)


@pytest.mark.parametrize(
    ("header", "wait"),
    [("30", timedelta(seconds=30)), ("0", timedelta(seconds=1)), ("1e9", LONGEST), ("soon", timedelta(seconds=30))],
)
def test_it_reads_how_long_to_wait(header: str, wait: timedelta) -> None:
    outcome = outcome_of(refused(429, {"retry-after": header}), repeatable=False)

    assert isinstance(outcome, TryLater)
    assert outcome.after == wait


def test_it_names_the_scope_that_is_missing() -> None:
    outcome = outcome_of(refused(error="missing_scope", needed="files:write", provided="chat:write"), repeatable=False)

    assert isinstance(outcome, GiveUp)
    assert "files:write" in outcome.reason


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        aiohttp.ServerDisconnectedError(),
        aiohttp.SocketTimeoutError(),
        ConnectionResetError(),
        OSError(),
    ],
)
def test_it_does_not_know_what_became_of_a_posting_whose_answer_is_lost(error: Exception) -> None:
    assert isinstance(outcome_of(error, repeatable=False), Unclear)
    assert isinstance(outcome_of(error, repeatable=True), TryLater)


def test_it_knows_that_nothing_arrived_where_no_connection_was_opened() -> None:
    assert isinstance(outcome_of(aiohttp.ConnectionTimeoutError(), repeatable=False), TryLater)
