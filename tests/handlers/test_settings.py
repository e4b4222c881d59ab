from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from handlers import settings as module
from handlers.registry import CHAT_PLATFORMS, TRANSLATORS
from handlers.settings import (
    DatabasePolicy,
    HttpPolicy,
    LogPolicy,
    Settings,
    SettingsError,
    is_secret,
    read_settings,
    settings_table,
    unknown_variables,
    variable,
)

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
FERNET = Fernet.generate_key().decode()
HEX = "9b" * 32
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "8f74"}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("LIVEDESK_", "SLACK_")):
            monkeypatch.delenv(name)


def set_all(monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def test_it_runs_with_nothing_set() -> None:
    settings = read_settings(None)

    assert settings.database() == DatabasePolicy("sqlite:///var/livedesk.db", "default")
    assert settings.http() == HttpPolicy("127.0.0.1", 8080, "http://127.0.0.1:8080/")
    assert settings.logging() == LogPolicy("info", "console")
    assert settings.translation().chain == ()
    assert settings.settle == timedelta(milliseconds=100)


def test_it_takes_what_is_set_to_nothing_for_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files pass every variable, set or not."""
    set_all(monkeypatch, LIVEDESK_HTTP_PORT="", SLACK_BOT_TOKEN="", LIVEDESK_TRANSLATORS="")

    assert read_settings(None).http_port == 8080


def test_it_reads_a_file_of_settings_and_lets_the_environment_win(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("# ours\nLIVEDESK_HTTP_PORT=9000\nLIVEDESK_LOG_FORMAT=json\nSLACK_BOT_TOKEN='xoxb-file'\nOTHER=1\n")
    set_all(monkeypatch, LIVEDESK_HTTP_PORT="9001", SLACK_APP_TOKEN="xapp-environment")

    settings = read_settings(file)

    assert (settings.http_port, settings.log_format) == (9001, "json")
    slack = settings.slack()
    assert slack is not None
    assert (slack.bot_token, slack.app_token) == ("xoxb-file", "xapp-environment")


def test_it_names_a_file_of_settings_that_it_cannot_read(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("LIVEDESK_WORKSPACE=Krüger\n".encode("latin-1"))

    with pytest.raises(SettingsError, match="is not UTF-8"):
        read_settings(file)


WRONG = [
    ("LIVEDESK_DATABASE_URL", "mysql://db", "neither an SQLite file"),
    ("LIVEDESK_DATABASE_URL", "sqlite://", "neither an SQLite file"),
    ("LIVEDESK_WORKSPACE", "a b", "pattern"),
    ("LIVEDESK_HTTP_HOST", "http://here", "pattern"),
    ("LIVEDESK_HTTP_PORT", "eighty", "valid integer"),
    ("LIVEDESK_HTTP_PORT", "70000", "65535"),
    ("LIVEDESK_PLATFORMS", "slack,discrod", "'discrod' is not one of slack, terminal"),
    ("LIVEDESK_SLACK_MODE", "sockets", "should be 'socket', 'http' or 'off', not 'sockets'"),
    ("SLACK_BOT_TOKEN", "xapp-1-token", "does not begin with xoxb-"),
    ("SLACK_APP_TOKEN", "xoxb-token", "does not begin with xapp-"),
    ("SLACK_API_URL", "slack.com/api", "is not an http or https address: 'slack.com/api'"),
    ("LIVEDESK_VIEWER_KEY", "too short", "openssl rand -hex 32"),
    ("LIVEDESK_VIEWER_KEY_ID", "a name that is too long", "pattern"),
    ("LIVEDESK_SECRET_KEY", HEX, "is not a Fernet key"),
    ("LIVEDESK_TRANSLATORS", "libre,gogle", "did you mean google?"),
    ("LIVEDESK_LIBRETRANSLATE_URL", "localhost:5000", "is not an http or https address"),
    ("LIVEDESK_CLOCK", "2026-03-06T12:00:00@40", "neither `wall` nor an instant"),
    ("LIVEDESK_CLOCK", "2026-03-06T12:00:00Z@fast", "neither `wall` nor an instant"),
    ("LIVEDESK_CLOCK", "2026-03-06T12:00:00Z@nan", "neither `wall` nor an instant"),
    ("LIVEDESK_SETTLE_SECONDS", "-1", "greater than or equal to 0"),
    ("LIVEDESK_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
    ("LIVEDESK_LOG_FORMAT", "xml", "'console' or 'json'"),
]


@pytest.mark.parametrize(("name", "value", "reason"), WRONG)
def test_it_names_the_wrong_setting_and_gives_a_good_example(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as caught:
        read_settings(None)

    (wrong,) = caught.value.wrong
    assert wrong.name == name
    assert reason in wrong.reason
    assert f"for example {name}=" in str(wrong)


def test_it_tells_every_wrong_setting_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, LIVEDESK_HTTP_PORT="eighty", LIVEDESK_CLOCK="noon", SLACK_BOT_TOKEN="secret")

    with pytest.raises(SettingsError) as caught:
        read_settings(None)

    assert {wrong.name for wrong in caught.value.wrong} == {"LIVEDESK_HTTP_PORT", "LIVEDESK_CLOCK", "SLACK_BOT_TOKEN"}
    assert len(str(caught.value).splitlines()) == 3


SECRETS = [variable(name) for name in Settings.model_fields if is_secret(name)]


def test_it_knows_which_settings_are_secrets() -> None:
    assert SECRETS == [
        "LIVEDESK_DATABASE_URL",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "LIVEDESK_VIEWER_KEY",
        "LIVEDESK_SECRET_KEY",
        "LIVEDESK_SMTP_PASSWORD",
        "LIVEDESK_LIBRETRANSLATE_KEY",
        "LIVEDESK_DEEPL_KEY",
    ]


def test_it_never_shows_the_value_of_a_wrong_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "hunter2")
    monkeypatch.setenv("SLACK_API_URL", "ftp://user:hunter2@proxy/api")
    monkeypatch.setenv("LIVEDESK_HTTP_PORT", "eighty")

    with pytest.raises(SettingsError) as caught:
        read_settings(None)

    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__, "the library's own error must not be printed with it"


def test_it_never_shows_a_good_secret_either(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/hunter2/livedesk.db"
    set_all(
        monkeypatch,
        **{"LIVEDESK_DATABASE_URL": url, "SLACK_BOT_TOKEN": "xoxb-hunter2", "SLACK_APP_TOKEN": "xapp-hunter2"},
        **{"LIVEDESK_VIEWER_KEY": "hunter2" * 6, "LIVEDESK_DEEPL_KEY": "hunter2"},
    )

    settings = read_settings(None)

    for shown in (settings, settings.database(), settings.slack(), settings.translation(), settings.keys()):
        assert "hunter2" not in repr(shown)
        assert "hunter2" not in str(shown)


# ── what only one way of running needs ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mode", "missing"),
    [("socket", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]), ("http", ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"])],
)
def test_it_asks_for_tokens_only_when_slack_is_used(
    monkeypatch: pytest.MonkeyPatch, mode: str, missing: list[str]
) -> None:
    monkeypatch.setenv("LIVEDESK_SLACK_MODE", mode)
    settings = read_settings(None)

    with pytest.raises(SettingsError) as caught:
        settings.slack()

    assert [wrong.name for wrong in caught.value.wrong] == missing


@pytest.mark.parametrize("off", [{"LIVEDESK_SLACK_MODE": "off"}, {"LIVEDESK_PLATFORMS": "terminal"}])
def test_it_needs_no_tokens_without_slack(monkeypatch: pytest.MonkeyPatch, off: dict[str, str]) -> None:
    set_all(monkeypatch, **off)

    assert read_settings(None).slack() is None


def test_it_ends_the_address_of_slack_with_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, SLACK_API_URL="http://127.0.0.1:8090/api", **SLACK)

    slack = read_settings(None).slack()

    assert slack is not None
    assert slack.api_url == "http://127.0.0.1:8090/api/"


def test_it_keeps_the_order_of_translators(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(
        monkeypatch,
        LIVEDESK_TRANSLATORS="deepl, libre,google , libre",
        LIVEDESK_DEEPL_KEY="2f7e:fx",
        LIVEDESK_LIBRETRANSLATE_URL="http://127.0.0.1:5000",
    )

    policy = read_settings(None).translation()

    assert policy.chain == ("deepl", "libre", "google")
    assert policy.libre_url == "http://127.0.0.1:5000/"
    assert policy.deepl_is_free


@pytest.mark.parametrize(
    ("translator", "missing"), [("libre", "LIVEDESK_LIBRETRANSLATE_URL"), ("deepl", "LIVEDESK_DEEPL_KEY")]
)
def test_it_asks_for_what_a_translator_needs(monkeypatch: pytest.MonkeyPatch, translator: str, missing: str) -> None:
    monkeypatch.setenv("LIVEDESK_TRANSLATORS", translator)

    with pytest.raises(SettingsError, match=f"{missing}: is not set, and LIVEDESK_TRANSLATORS names {translator}"):
        read_settings(None)


@pytest.mark.parametrize("clock", ["wall", "2026-03-06T12:00:00Z@40", "2026-03-06T13:00:00+01:00", "file:var/clock"])
def test_it_takes_every_form_of_clock(monkeypatch: pytest.MonkeyPatch, clock: str) -> None:
    monkeypatch.setenv("LIVEDESK_CLOCK", clock)

    assert read_settings(None).clock == clock


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_makes_keys_once_beside_an_sqlite_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIVEDESK_DATABASE_URL", f"sqlite:///{tmp_path}/var/livedesk.db")

    first, second = read_settings(None).keys(), read_settings(None).keys()

    assert first == second
    assert (tmp_path / "var" / "keys.json").is_file()


def test_it_prefers_the_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_all(
        monkeypatch,
        LIVEDESK_DATABASE_URL=f"sqlite:///{tmp_path}/livedesk.db",
        LIVEDESK_VIEWER_KEY=HEX,
        LIVEDESK_VIEWER_KEY_ID="2026-a",
        LIVEDESK_SECRET_KEY=FERNET,
    )

    keys = read_settings(None).keys()

    assert (keys.viewer_key_id, keys.viewer_key, keys.secret_key) == ("2026-a", HEX.encode(), FERNET)
    assert list(tmp_path.iterdir()) == []


def test_it_demands_shared_keys_for_a_shared_database(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, LIVEDESK_DATABASE_URL="postgresql://db/livedesk", LIVEDESK_VIEWER_KEY=HEX)

    with pytest.raises(SettingsError) as caught:
        read_settings(None).keys()

    assert [wrong.name for wrong in caught.value.wrong] == ["LIVEDESK_SECRET_KEY"]


def test_it_says_so_when_keys_cannot_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIVEDESK_DATABASE_URL", f"sqlite:///{tmp_path}/livedesk.db")
    read_settings(None).keys()
    (tmp_path / "keys.json").chmod(0o644)

    with pytest.raises(SettingsError, match="chmod 600"):
        read_settings(None).keys()


# ── the table, and names ─────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_written_up_in_the_documentation() -> None:
    """`bot.py doctor --write-docs` brings the page up to date."""
    assert settings_table() in PAGE.read_text("utf-8")


def test_it_describes_every_setting_with_an_example() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.examples, name
        assert f"`{variable(name)}`" in settings_table()


def test_it_knows_what_is_plugged_in() -> None:
    assert set(module.TRANSLATORS) == set(TRANSLATORS)
    assert set(module.PLATFORMS) == set(CHAT_PLATFORMS)


def test_it_sees_variables_that_only_look_like_settings() -> None:
    environment = ["LIVEDESK_HTTP_PROT", "LIVEDESK_NO_SKIP", "LIVEDESK_HTTP_PORT", "SLACK_BOT_TOKEN", "PATH"]

    assert unknown_variables(environment) == ["LIVEDESK_HTTP_PROT is no setting, did you mean LIVEDESK_HTTP_PORT?"]
