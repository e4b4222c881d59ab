"""`/oncall contact …` behind every chat: the installation's keys and settings, for the desk that answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from desk.configuration.model import Configuration
from desk.contacts import own
from desk.messages import Message
from desk.moment import Moment
from desk.questions.asking import Asker
from desk.words import tongue
from handlers.clock.clocks import wall_now
from handlers.purposes import ContactCodes, webhook_secret
from store.engine import Store


class Contacting:
    """`private_urls`: whether webhooks may lead into the installation's own network."""

    def __init__(
        self,
        store: Store,
        workspace: int,
        configuration: Callable[[], Configuration],
        now: Callable[[], datetime],
        secret_key: str,
        *,
        private_urls: bool,
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._configuration = configuration
        self._now = now
        self._secret_key = secret_key
        self._codes = ContactCodes(secret_key)
        self._private_urls = private_urls

    def asked(self, command: str, text: str) -> bool:
        return own.asked(command, text)

    async def answer(self, text: str, asker: Asker, platform: str) -> Message:
        """Answer, and do what was asked, in one transaction."""
        configuration = self._configuration()
        return await self._store.writing(
            lambda c: own.answer(
                Moment(c, self._workspace, configuration, self._now(), wall_now(), platform),
                text,
                asker,
                tongue(asker.locale),
                self._codes,
                private_urls=self._private_urls,
                secret_of=lambda address: webhook_secret(self._secret_key, address),
            )
        )
