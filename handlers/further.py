"""What reaches people beside chat, plugged together: e-mail where a mail server is set, webhooks, the links to
acknowledge, `/oncall contact`, and what becomes of what could not be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter

from desk.configuration.model import Configuration
from desk.contacts.methods import EMAIL, WEBHOOK
from handlers.acknowledging.http import make_router, page_handler
from handlers.acknowledging.links import AcknowledgeLinks
from handlers.clock.clocks import wall_now
from handlers.contacting import Contacting
from handlers.platform import Platform
from handlers.purposes import ContactCodes, webhook_secret
from handlers.troubles import Troubles
from store.engine import Store

if TYPE_CHECKING:
    from handlers.settings import Settings


@dataclass(frozen=True, slots=True)
class Further:
    """`unseal` opens what stands sealed in a message."""

    platforms: Mapping[str, Platform]
    router: APIRouter
    contacting: Contacting
    troubles: Troubles
    unseal: Callable[[str], str]


def further_ways(settings: Settings) -> tuple[str, ...]:
    """By what else than chat this installation can send, in the order of preference."""
    return (EMAIL, WEBHOOK) if settings.smtp() is not None else (WEBHOOK,)


def open_further(
    settings: Settings,
    store: Store,
    workspace: int,
    configuration: Callable[[], Configuration],
    now: Callable[[], datetime],
    stack: AsyncExitStack,
) -> Further:
    """`now` is clock time; `stack` closes what is held open."""
    secret_key = settings.keys().secret_key
    links = AcknowledgeLinks(secret_key, settings.http().public_url, now)
    return Further(
        _platforms(settings, secret_key, links, stack),
        make_router(links, page_handler(store, workspace, configuration, now)),
        Contacting(store, workspace, configuration, now, secret_key, private_urls=settings.webhook_private),
        Troubles(workspace, configuration, now),
        ContactCodes(secret_key).opened,
    )


def _platforms(
    settings: Settings, secret_key: str, links: AcknowledgeLinks, stack: AsyncExitStack
) -> Mapping[str, Platform]:
    made: dict[str, Platform] = {}
    smtp = settings.smtp()
    if smtp is not None:
        from handlers.email.platform import EmailPlatform

        email = EmailPlatform(smtp, links, wall_now)
        stack.callback(email.close)
        made[EMAIL] = email
    from handlers.webhook.platform import WebhookPlatform

    def secret_of(address: str) -> str:
        return webhook_secret(secret_key, address)

    made[WEBHOOK] = WebhookPlatform(secret_of, links, wall_now, private=settings.webhook_private)
    return made
