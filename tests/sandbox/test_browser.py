"""Where there is no Chromium, the page's tests say why they skip, and fail where nothing may be skipped."""

from __future__ import annotations

import pytest

from tests.sandbox import browser


@pytest.fixture(autouse=True)
def no_chromium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "which", lambda name: None)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("LIVEDESK_NO_SKIP", raising=False)


def test_it_skips_with_a_reason() -> None:
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        browser.chromium()


def test_it_fails_where_nothing_may_be_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEDESK_NO_SKIP", "1")

    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        browser.chromium()


def test_it_takes_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", __file__)

    assert browser.chromium() == __file__
