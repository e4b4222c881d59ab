"""What is plugged in. A new part is one file of its own and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from handlers.edge import OpenEdge
from handlers.slack.edge import slack_edge
from handlers.terminal.edge import terminal_edge
from handlers.translate.base import TranslationService
from handlers.translate.deepl import deepl
from handlers.translate.google import google
from handlers.translate.libre import libre
from handlers.translate.mymemory import mymemory

if TYPE_CHECKING:
    from handlers.settings import TranslationPolicy

CHAT_PLATFORMS: Mapping[str, OpenEdge] = {
    "slack": slack_edge,
    "terminal": terminal_edge,
}

# Each is asked for when LIVEDESK_TRANSLATORS names it, in that order.
TRANSLATORS: Mapping[str, Callable[[TranslationPolicy], TranslationService]] = {
    "libre": lambda policy: libre(policy.libre_url, policy.libre_key),
    "google": lambda _: google(),
    "mymemory": lambda _: mymemory(),
    "deepl": lambda policy: deepl(policy.deepl_key, free=policy.deepl_is_free),
}
