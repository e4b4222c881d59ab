"""Settings, read once from the environment and `.env`; each part is handed a small frozen policy of its own.

    Settings          what was said, checked one by one
    ├─ .database()      DatabasePolicy        ├─ .translation()   TranslationPolicy
    ├─ .slack()         SlackPolicy           ├─ .logging()       LogPolicy
    ├─ .http()          HttpPolicy            ├─ .keys()          Keys, made once if need be
    ├─ .smtp()          SmtpPolicy            │
    └─ SettingsError    every wrong setting with its name, what is wrong and a good example; never a secret's value

What only one way of running needs (a Slack token, say) is asked for when its policy is, so that `bot.py ingest` starts
without Slack. docs/configuration.md has the table of all settings, written from the fields below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from handlers import setting_values as values
from handlers.configuration.problems import did_you_mean
from handlers.keys import Keys, KeysError, load_or_create_keys, viewer_key_id

PREFIX = "LIVEDESK_"
TRANSLATORS = ("libre", "deepl", "google", "mymemory")
PLATFORMS = ("slack", "terminal")

# Variables that begin like ours and are read by the tests alone.
_OF_TESTS = frozenset(("LIVEDESK_NO_SKIP", "LIVEDESK_ORACLE", "LIVEDESK_TEST_POSTGRES_URL"))


@dataclass(frozen=True, slots=True)
class WrongSetting:
    """`name` is the variable's. `reason` never holds a secret."""

    name: str
    reason: str
    example: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}" + (f" (for example {self.name}={self.example})" if self.example else "")


class SettingsError(ValueError):
    """The bot cannot start with these settings; `str` has one a line."""

    def __init__(self, wrong: Iterable[WrongSetting]) -> None:
        self.wrong = tuple(wrong)
        super().__init__("\n".join(map(str, self.wrong)))


# ── policies ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class DatabasePolicy:
    url: str = field(repr=False)  # may hold a password
    workspace: str


@dataclass(frozen=True, slots=True)
class SlackPolicy:
    """`mode` is never "off" here. `app_token` is for the socket, `signing_secret` for HTTP; the other one may be ""."""

    mode: Literal["socket", "http"]
    api_url: str
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    host: str
    port: int
    public_url: str


@dataclass(frozen=True, slots=True)
class SmtpPolicy:
    """`security`: TLS after STARTTLS, refused if the server offers none; from the first byte; or none at all. `user` ""
    is no login."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TranslationPolicy:
    """`chain` names services in the order in which they are tried; empty: nothing is translated."""

    chain: tuple[str, ...]
    libre_url: str
    libre_key: str = field(repr=False)
    deepl_key: str = field(repr=False)

    @property
    def deepl_is_free(self) -> bool:
        """Keys of DeepL's free plan end in `:fx` and go to another host."""
        return self.deepl_key.endswith(":fx")


@dataclass(frozen=True, slots=True)
class LogPolicy:
    level: str
    format: Literal["console", "json"]


# ── the settings ─────────────────────────────────────────────────────────────────────────────────────────────────


class Settings(BaseSettings):
    """Made by `read_settings`. `Field(description=…, examples=[…])` is what the table of settings is written from."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,  # compose files pass what is not set as ""
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    config: Path = Field(
        Path("livedesk.yaml"),
        description="The file with people, teams, markets, shows, schedules and routing.",
        examples=["/etc/livedesk/livedesk.yaml"],
    )
    database_url: Annotated[SecretStr, AfterValidator(values.database)] = Field(
        SecretStr("sqlite:///var/livedesk.db"),
        description="Where everything is kept: an SQLite file, or a PostgreSQL server for a team.",
        examples=["postgresql://livedesk:…@db/livedesk"],
    )
    workspace: str = Field(
        "default", pattern=r"^[\w-]{1,64}$", description="The workspace that this process works for.", examples=["emea"]
    )
    http_host: str = Field(
        "127.0.0.1",
        pattern=r"^[\w.:-]+$",
        description="Address on which the HTTP API listens. 0.0.0.0 in a container, behind a proxy with TLS.",
        examples=["0.0.0.0"],  # noqa: S104 - an example, with its condition beside it
    )
    http_port: int = Field(8080, ge=1, le=65535, description="Port of the HTTP API.", examples=["8080"])
    public_url: values.Url | None = Field(
        None,
        description="Address under which others reach the HTTP API, for the links of calendars. "
        "http://HOST:PORT of the API if left out, which works on this machine alone.",
        examples=["https://livedesk.example.com/"],
    )
    platforms: Annotated[values.Words, values.one_of(PLATFORMS)] = Field(
        ("slack",),
        description="Where Livedesk speaks: slack, terminal, or both, with commas.",
        examples=["slack,terminal"],
    )
    slack_mode: Literal["socket", "http", "off"] = Field(
        "socket",
        description="How Slack reaches the bot: a socket that the bot opens, signed HTTP requests, or not at all.",
        examples=["http"],
    )
    slack_bot_token: Annotated[SecretStr, values.beginning("xoxb-", "xoxe.xoxb-")] | None = Field(
        None,
        validation_alias="SLACK_BOT_TOKEN",
        description="Bot token, from OAuth & Permissions of the app.",
        examples=["xoxb-…"],
    )
    slack_app_token: Annotated[SecretStr, values.beginning("xapp-")] | None = Field(
        None,
        validation_alias="SLACK_APP_TOKEN",
        description="App-level token with connections:write, from Basic Information; for the socket.",
        examples=["xapp-…"],
    )
    slack_signing_secret: SecretStr | None = Field(
        None,
        validation_alias="SLACK_SIGNING_SECRET",
        description="Signing secret, from Basic Information; for HTTP.",
        examples=["8f742231b10e…"],
    )
    slack_api_url: values.Url = Field(
        "https://slack.com/api/",
        validation_alias="SLACK_API_URL",
        description="Another address of Slack's Web API, such as the sandbox's.",
        examples=["http://127.0.0.1:8090/api/"],
    )
    viewer_key: Annotated[SecretStr, AfterValidator(values.long_enough)] | None = Field(
        None,
        description="Hashes viewers' names. Made once beside an SQLite database; must be set for PostgreSQL.",
        examples=["9b1f… (64 hex digits)"],
    )
    viewer_key_id: str | None = Field(
        None,
        pattern=r"^[\w-]{1,16}$",
        description="Name of that key, kept with every hash. Made from the key if left out.",
        examples=["2026-a"],
    )
    secret_key: Annotated[SecretStr, AfterValidator(values.fernet)] | None = Field(
        None,
        description="Seals the secrets with which sources sign. Made once beside an SQLite database, as above.",
        examples=["u5f0… (a Fernet key)"],
    )
    smtp_host: str | None = Field(
        None,
        pattern=r"^[\w.:-]+$",
        description="Mail server that sends pages and codes by e-mail; no e-mail is sent if left out.",
        examples=["smtp.example.com"],
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.", examples=["465"])
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="TLS after STARTTLS (mostly port 587), from the first byte (465), or none: only for a server on "
        "this machine, and without a login.",
        examples=["tls"],
    )
    smtp_from: Annotated[str, AfterValidator(values.email)] | None = Field(
        None, description="Address that its mails are from; needed for e-mail.", examples=["livedesk@example.com"]
    )
    smtp_user: str | None = Field(
        None, description="Name to log in with, if the server wants one.", examples=["livedesk"]
    )
    smtp_password: SecretStr | None = Field(None, description="Password of that login.", examples=["p4s5…"])
    webhook_private: bool = Field(
        False,
        description="Whether webhooks may lead to plain http and to addresses of your own network. Whoever may type "
        "`/oncall contact` can then make the bot post there.",
        examples=["true"],
    )
    translators: Annotated[values.Words, values.one_of(TRANSLATORS)] = Field(
        (),
        description="Services that translate what is shown, in the order in which they are tried: "
        f"{', '.join(TRANSLATORS)}, or none. Redacted words leave the company with all but your own libre.",
        examples=["libre,google"],
    )
    libretranslate_url: values.Url | None = Field(
        None, description="Address of a LibreTranslate server; for libre.", examples=["http://127.0.0.1:5000/"]
    )
    libretranslate_key: SecretStr | None = Field(None, description="Its API key, if it wants one.", examples=["b6c1…"])
    deepl_key: SecretStr | None = Field(None, description="API key of DeepL; for deepl.", examples=["2f7e…:fx"])
    clock: Annotated[str, AfterValidator(values.clock)] = Field(
        "wall",
        description="The only source of now. For demos: a start and how many times as fast it runs.",
        examples=["2026-03-06T12:00:00Z@40"],
    )
    settle_seconds: float = Field(
        0.1,
        ge=0,
        le=60,
        description="How long at least a tick of ten seconds waits after its end for events that are under way.",
        examples=["1.5"],
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least of what is logged.", examples=["debug"]
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="Lines for people, or JSON for collectors.", examples=["json"]
    )

    @property
    def settle(self) -> timedelta:
        return timedelta(seconds=self.settle_seconds)

    def platforms_in_use(self) -> tuple[str, ...]:
        """Where Livedesk speaks; raises SettingsError when that is nowhere."""
        used = tuple(name for name in self.platforms if name != "slack" or self.slack_mode != "off")
        if not used:
            raise SettingsError([_missing("platforms", "names slack alone, and Slack is switched off")])
        return used

    def database(self) -> DatabasePolicy:
        return DatabasePolicy(url=self.database_url.get_secret_value(), workspace=self.workspace)

    def http(self) -> HttpPolicy:
        reached = self.public_url or f"http://{self.http_host}:{self.http_port}/"
        return HttpPolicy(host=self.http_host, port=self.http_port, public_url=reached)

    def logging(self) -> LogPolicy:
        return LogPolicy(level=self.log_level, format=self.log_format)

    def translation(self) -> TranslationPolicy:
        return TranslationPolicy(
            chain=self.translators,
            libre_url=self.libretranslate_url or "",
            libre_key=_shown_to_its_owner(self.libretranslate_key),
            deepl_key=_shown_to_its_owner(self.deepl_key),
        )

    def smtp(self) -> SmtpPolicy | None:
        """None when no mail server is set."""
        if self.smtp_host is None:
            return None
        if self.smtp_from is None:
            raise SettingsError([_missing("smtp_from", f"is not set, and {variable('smtp_host')} is")])
        if self.smtp_user and self.smtp_security == "none":
            reason = f"would send {variable('smtp_password')} over the network for all to read"
            raise SettingsError([WrongSetting(variable("smtp_security"), reason, "starttls")])
        return SmtpPolicy(
            host=self.smtp_host,
            port=self.smtp_port,
            security=self.smtp_security,
            sender=self.smtp_from,
            user=self.smtp_user or "",
            password=_shown_to_its_owner(self.smtp_password),
        )

    def slack(self) -> SlackPolicy | None:
        """None when Slack is switched off. Raises SettingsError for a token that its mode needs and nobody set."""
        if self.slack_mode == "off" or "slack" not in self.platforms:
            return None
        needed = ["slack_bot_token", "slack_app_token" if self.slack_mode == "socket" else "slack_signing_secret"]
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise SettingsError(
                _missing(name, f"is not set, and Slack by {self.slack_mode} needs it") for name in missing
            )
        return SlackPolicy(
            mode=self.slack_mode,
            api_url=self.slack_api_url,
            bot_token=_shown_to_its_owner(self.slack_bot_token),
            app_token=_shown_to_its_owner(self.slack_app_token),
            signing_secret=_shown_to_its_owner(self.slack_signing_secret),
        )

    @property
    def keys_file(self) -> Path | None:
        """Where keys are made when none are set; None with a database that several processes may share."""
        url = self.database_url.get_secret_value()
        file, _, _ = url.removeprefix("sqlite:///").partition("?")
        return Path(file).parent / "keys.json" if url.startswith("sqlite:///") else None

    def keys(self) -> Keys:
        """The installation's keys: those of the environment, else those of `keys.json` beside an SQLite database,
        which is made the first time. Raises SettingsError when there are none and none can be made."""
        made: Keys | None = None
        if self.viewer_key is None or self.secret_key is None:
            if self.keys_file is None:
                missing = [name for name in ("viewer_key", "secret_key") if getattr(self, name) is None]
                raise SettingsError(
                    _missing(name, "is not set; several processes share a PostgreSQL database, so they must share it")
                    for name in missing
                )
            try:
                made = load_or_create_keys(self.keys_file)
            except KeysError as error:
                raise SettingsError([WrongSetting(variable("viewer_key"), str(error))]) from None
        return self._keys(made)

    def _keys(self, made: Keys | None) -> Keys:
        if self.viewer_key is None:
            assert made is not None
            viewer_key, key_id = made.viewer_key, made.viewer_key_id
        else:
            viewer_key = self.viewer_key.get_secret_value().encode()
            key_id = self.viewer_key_id or viewer_key_id(viewer_key)
        secret_key = self.secret_key.get_secret_value() if self.secret_key else made.secret_key if made else ""
        return Keys(viewer_key_id=key_id, viewer_key=viewer_key, secret_key=secret_key)


def _shown_to_its_owner(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def variable(name: str) -> str:
    """The environment variable of a field."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else PREFIX + name.upper()


def _example(name: str) -> str:
    examples = Settings.model_fields[name].examples
    return str(examples[0]) if examples else ""


def _missing(name: str, reason: str) -> WrongSetting:
    return WrongSetting(variable(name), reason, _example(name))


def is_secret(name: str) -> bool:
    """Whether a field's value must never be shown."""
    return "SecretStr" in str(Settings.model_fields[name].annotation)


def read_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Settings from the environment, which wins, and from a `.env` file if there is one.

    Raises SettingsError with everything that is wrong.
    """
    try:
        settings = Settings(_env_file=env_file, _env_file_encoding="utf-8")
    except ValidationError as error:
        raise SettingsError(_wrong(one) for one in error.errors(include_url=False)) from None
    except (UnicodeDecodeError, OSError) as error:
        reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or "cannot be read")
        raise SettingsError([WrongSetting(str(env_file), reason)]) from None
    wrong = []
    if "libre" in settings.translators and not settings.libretranslate_url:
        wrong.append(_missing("libretranslate_url", f"is not set, and {variable('translators')} names libre"))
    if "deepl" in settings.translators and not settings.deepl_key:
        wrong.append(_missing("deepl_key", f"is not set, and {variable('translators')} names deepl"))
    if wrong:
        raise SettingsError(wrong)
    return settings


def _wrong(error: Mapping[str, Any]) -> WrongSetting:
    place = str(error["loc"][0])  # a field's name or, where it has one, its alias
    name = next(name for name in Settings.model_fields if place in (name, variable(name)))
    reason = str(error["msg"]).removeprefix("Value error, ")
    given = error.get("input")
    # An address may hold a password before its @.
    if not is_secret(name) and isinstance(given, str) and "@" not in given and not reason.startswith("'"):
        reason += f", not {given[:60]!r}" if reason.startswith("Input") else f": {given[:60]!r}"
    return WrongSetting(variable(name), reason.removeprefix("Input "), _example(name))


def unknown_variables(environment: Iterable[str]) -> list[str]:
    """Variables that look like settings and are none, each with what was probably meant."""
    known = [variable(name) for name in Settings.model_fields]
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in {*known, *_OF_TESTS})
    return [f"{name} is no setting{did_you_mean(name, known)}" for name in unknown]


def settings_table() -> str:
    """Every setting as a Markdown table: name, meaning, default, example."""
    rows = ["| setting | meaning | default | example |", "|---|---|---|---|"]
    for name, info in Settings.model_fields.items():
        default = info.default.get_secret_value() if isinstance(info.default, SecretStr) else info.default
        if isinstance(default, tuple):
            default = ",".join(default) or ("none" if name == "translators" else None)
        shown = "" if default is None else f"`{default}`"
        rows.append(f"| `{variable(name)}` | {info.description} | {shown} | `{_example(name)}` |")
    return "\n".join(rows)
