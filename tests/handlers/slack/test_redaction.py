from __future__ import annotations

import io
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack.redaction import HideSecrets, hidden, hide_secrets, sdk_logger

SECRETS = [
    "xoxb-1234-5678-AbCdEf",
    "xapp-1-A0LIVEDESK-99-deadbeef",
    "xoxe.xoxb-1-abc",
    "xoxe-1-abc",
    "https://hooks.slack.com/commands/T0/123/AbC",
    "1f-2e",
    "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
]
LINES = [
    "token xoxb-1234-5678-AbCdEf refused",
    "{'token': 'xapp-1-A0LIVEDESK-99-deadbeef'}",
    "rotated xoxe.xoxb-1-abc with xoxe-1-abc",
    "POST https://hooks.slack.com/commands/T0/123/AbC failed",
    "connecting to wss://wss.slack.com/link/?ticket=1f-2e&app_id=x",
    "signature v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
]


@pytest.mark.parametrize("line", LINES)
def test_it_hides_every_kind_of_secret_and_leaves_the_rest_readable(line: str) -> None:
    shown = hidden(line)

    assert "[hidden]" in shown
    assert not any(secret in shown for secret in SECRETS)
    assert shown.split()[0] in ("token", "{'token':", "rotated", "POST", "connecting", "signature")


@given(st.text(), st.sampled_from(SECRETS[:3]), st.text(st.characters(categories=["Zs", "Po"]), min_size=1))
def test_it_finds_a_token_wherever_it_stands(before: str, token: str, after: str) -> None:
    assert token not in hidden(f"{before} {token}{after}")


def test_it_keeps_tokens_out_of_structured_logs_at_any_depth() -> None:
    out = io.StringIO()
    log = structlog.wrap_logger(
        structlog.PrintLogger(out), processors=[hide_secrets, structlog.processors.JSONRenderer()]
    )

    log.info("posting", headers={"Authorization": "Bearer xoxb-1-2-abc"}, tried=["xapp-1-A"], n=7, whole=True)

    assert out.getvalue() == (
        '{"headers": {"Authorization": "Bearer [hidden]"}, "tried": ["[hidden]"], "n": 7, "whole": true, '
        '"event": "posting"}\n'
    )


def test_it_keeps_tokens_out_of_the_standard_librarys_logs_and_their_tracebacks() -> None:
    out = io.StringIO()
    logger = logging.Logger("test", logging.DEBUG)
    logger.addHandler(logging.StreamHandler(out))
    logger.addFilter(HideSecrets())

    try:
        raise ValueError("xoxb-1-2-abc")
    except ValueError:
        logger.exception("with %s", "xapp-1-A")

    assert "ValueError" in out.getvalue()
    assert "xoxb" not in out.getvalue()
    assert "xapp" not in out.getvalue()


def test_it_never_lets_the_sdk_write_whole_payloads() -> None:
    assert sdk_logger(logging.DEBUG).level == logging.INFO
    assert sdk_logger().level == logging.WARNING
