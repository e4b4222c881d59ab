"""Readers of single settings: each returns one value, or raises ValueError with a reason that holds no secret."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from desk.contacts.methods import is_email
from handlers.configuration.problems import did_you_mean


def words(value: object) -> object:
    """`libre, google` as a tuple; `none` is no word at all."""
    if not isinstance(value, str):
        return value
    words = tuple(word.strip() for word in value.split(",") if word.strip())
    return () if words == ("none",) else words


def database(value: SecretStr) -> SecretStr:
    url = value.get_secret_value()
    if not re.match(r"(sqlite:///.|postgresql(\+psycopg)?://.)", url):
        raise ValueError("is neither an SQLite file (sqlite:///…) nor a PostgreSQL server (postgresql://…)")
    return value


def url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not an http or https address")
    return value.rstrip("/") + "/"


def email(value: str) -> str:
    if not is_email(value):
        raise ValueError("is not an e-mail address")
    return value


def clock(value: str) -> str:
    """Only the form: making the clock is `handlers.clock.clocks.read_clock`'s."""
    if value == "wall" or value.startswith("file:"):
        return value
    start, at, speed = value.partition("@")
    try:
        zone_given = datetime.fromisoformat(start).tzinfo is not None
        fast_enough = not at or 0 < float(speed) <= 100_000
    except ValueError:
        zone_given = fast_enough = False
    if not (zone_given and fast_enough):
        raise ValueError("is neither `wall` nor an instant with its offset and a speed")
    return value


def beginning(*prefixes: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefixes):
            raise ValueError(f"does not begin with {prefixes[0]}; it may be another of the app's tokens")
        return value

    return AfterValidator(check)


def long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < 32:
        raise ValueError("is shorter than 32 characters, so it could be guessed; make one with: openssl rand -hex 32")
    return value


def fernet(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}=", value.get_secret_value()):
        raise ValueError(
            "is not a Fernet key (32 bytes in URL-safe base64); make one with: "
            "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
        )
    return value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(words)]
Url = Annotated[str, AfterValidator(url)]


def one_of(known: tuple[str, ...]) -> AfterValidator:
    def check(value: tuple[str, ...]) -> tuple[str, ...]:
        for word in value:
            if word not in known:
                raise ValueError(f"{word[:40]!r} is not one of {', '.join(known)}{did_you_mean(word, known)}")
        return tuple(dict.fromkeys(value))

    return AfterValidator(check)
