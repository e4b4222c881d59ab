"""One world of the gallery: the desk on a database, and everything between its outbox and a person's eyes."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import update

from desk.intake import flow as intake
from desk.intake.event import FeedbackEvent
from desk.moment import Moment
from handlers.answers import DeskAnswers
from handlers.backtesting import Backtesting
from handlers.clock.clocks import wall_now
from handlers.composer import Composer
from handlers.configuration import load_text
from handlers.contacting import Contacting
from handlers.deliveries import Deliveries
from handlers.drawing import Drawing
from handlers.edge import Needs
from handlers.enricher import Enricher
from handlers.platform import Pacing
from handlers.sender import Sender
from handlers.settings import Settings
from handlers.slack.edge import slack_edge
from handlers.slack.platform import PACING
from handlers.translate.chain import TranslationChain
from handlers.translate.glossary import Glossary
from handlers.translate.libre import libre
from sandbox import translator
from sandbox.control import Result
from sandbox.server import Sandbox, running
from store.engine import Store
from store.outbox import Claimed
from store.tables import outbox
from store.workspaces import ensure
from tests.factories import NOON, WORKSPACE
from tests.gallery import house
from tests.gallery.house import Reader
from tests.handlers.slack.rig import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.stories.evening import KEY, SETTLE, SHOW, TICK, Evening

COMMENTS = Path(__file__).parents[2] / "examples" / "demo" / "comments.yaml"
TALK = ("greeting", "praise", "interest", "chatter", "question", "order")
LANGUAGES = {"us": ("en", "es"), "eu": ("de", "fr", "ar"), "sea": ("th", "id", "vi")}
LATER = TICK / 2  # within a tick: what is due a few seconds after it has been judged
PATIENCE = 90  # seconds; a replay takes some
UNPACED = Pacing(per_destination=PACING.per_destination * 0, per_minute=100_000)


class HandClock:
    """The clock of an evening: it stands until the evening moves on."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening

    def now(self) -> datetime:
        return self.evening.at

    def speed(self) -> float:
        return 1.0


@dataclass
class World:
    evening: Evening
    box: Sandbox
    sender: Sender
    enricher: Enricher
    reader: Reader
    comments: Mapping[str, Mapping[str, list[str]]]
    locale: str
    sent: list[Claimed] = field(default_factory=list)
    numbers: Iterable[int] = field(default_factory=itertools.count)

    def said(self, about: str, *languages: str) -> list[str]:
        """Comments of the demo about one thing, in these languages, taken in turn."""
        found = [self.comments[language].get(about, []) for language in languages]
        return [text for some in itertools.zip_longest(*found) for text in some if text]

    def ticks(
        self,
        count: int,
        extra: Mapping[str, list[str]] | None = None,
        done: Mapping[str, Mapping[str, int]] | None = None,
        *,
        talk: int = 6,
        markets: Iterable[str] = ("us",),
        each: int = 6,
    ) -> None:
        """Let ticks pass: `talk` ordinary comments in each of the markets and of those in which more happens, `each` of
        `extra` (market → texts) taken in turn, and what viewers have `done` (market → kind → how many of them)."""
        evening = self.evening
        for _ in range(count):
            evening.at += TICK
            for market in dict.fromkeys([*markets, *(extra or {}), *(done or {})]):
                talks = [self.said(about, *LANGUAGES[market]) for about in TALK]
                pool = [text for some in itertools.zip_longest(*talks) for text in some if text]
                evening.say([(f"v{n}", pool[n % len(pool)]) for n in self.next(talk)], market)
                texts = (extra or {}).get(market, [])
                evening.say([(f"c{n}", texts[n % len(texts)]) for n in self.next(each if texts else 0)], market)
                self._do((done or {}).get(market, {}), market)
            self.settle()

    def settle(self) -> None:
        """What has been said is understood, and what is due is done."""
        evening = self.evening
        evening.at += SETTLE
        evening.work()
        self._derive()
        evening.at += LATER
        evening.sweep()
        evening.at -= SETTLE + LATER

    def _derive(self) -> None:
        """Minutes and hours, which charts and commands read."""
        analyst, store = self.evening.analyst, self.evening.store
        while analyst.owes:
            derived = store.read(lambda c: analyst.derive(c, WORKSPACE))
            store.write(lambda c, it=derived: analyst.settle(c, WORKSPACE, 1, it))

    def next(self, count: int) -> list[int]:
        return list(itertools.islice(iter(self.numbers), count))

    def _do(self, done: Mapping[str, int], market: str) -> None:
        events = []
        for kind, times in done.items():
            for place, number in enumerate(self.next(times)):
                at = self.evening.at - TICK * (place + 1) / (times + 1)
                events.append(
                    FeedbackEvent("shop", f"d{number}", at, kind, show=SHOW, market=market, viewer=f"s{number}")
                )
        if events:
            delivery, now = intake.Delivery("shop", events), self.evening.at
            self.evening.store.write(lambda c: intake.accept(c, WORKSPACE, KEY, [delivery], now))

    async def deliver(self) -> None:
        """Everything that waits is sent, then its translations and charts, until nothing more comes of it."""
        await self.box.control.clock(self.evening.at.timestamp())
        self._just_written()
        while True:
            await self.sender.drain()
            waiting, self.sent[:] = list(self.sent), []
            if not waiting:
                return
            for one in waiting:
                await self.enricher.enrich(one.message, already_rich=one.rich)

    async def card(self) -> dict[str, Any]:
        """The newest card in the team's channel."""
        await self.deliver()
        found = await self.box.control.messages(self.reader.channel)
        return next(one for one in reversed(found) if any(block["type"] == "actions" for block in one["blocks"]))

    async def tap(self, card: dict[str, Any], verb: str, user: str) -> None:
        """Press the button of a card that does `verb`."""
        found = await self.box.control.messages(self.reader.channel)
        blocks = next(one["blocks"] for one in found if one["ts"] == card["ts"])
        buttons = [one for block in blocks if block["type"] == "actions" for one in block["elements"]]
        value = next(str(one["value"]) for one in buttons if str(one.get("value", "")).startswith(f"{verb}|"))
        result = await self.box.control.click(user, self.reader.channel, card["ts"], value=value, until="followup")
        assert not result.error, f"{verb}: {result.error}"

    async def press(self, user: str, channel: str, verb: str, until: str = "answer") -> Result:
        """Somebody presses the newest button that does `verb`, of what they see in a channel or their conversation."""
        await self.deliver()
        for one in reversed(await self.box.control.messages(channel, viewer=user)):
            for block in one["blocks"]:
                for element in block.get("elements", []) if block["type"] == "actions" else []:
                    value = str(element.get("value", ""))
                    if value.startswith(f"{verb}|"):
                        return await self.box.control.click(user, channel, one["ts"], value=value, until=until)
        raise AssertionError(f"nothing in {channel} can be pressed that does {verb}")

    def house(self, **changes: Any) -> None:
        """Another configuration from now on; `changes` replace sections of it."""
        text = house.text(self.locale, **changes)
        self.evening.configuration = replace(load_text(text, "livedesk.yaml"), version=1)

    def until(self, at: datetime, every: timedelta = timedelta(minutes=1)) -> None:
        """Let time go by without comments; what is due is done."""
        while self.evening.at < at:
            self.evening.at = min(self.evening.at + every, at)
            while self.evening.sweep():
                pass

    def write(self, work: Callable[[Moment], Any]) -> Any:
        return self.evening.store.write(lambda c: work(self.evening.moment(c)))

    async def settled(self, replies: int) -> None:
        """Until so many answers stand in the channel that only the reader sees."""

        async def all_there() -> bool:
            found = await self.box.control.messages(self.reader.channel, viewer=self.reader.user)
            return sum(bool(one["visible_to"]) for one in found) >= replies

        await self.box.control.wait_for(all_there, PATIENCE)

    def _just_written(self) -> None:
        """An evening is played faster than it is sent: what waits would be called delayed."""
        unsent = update(outbox).where(outbox.c.state == "pending", outbox.c.attempts == 0)
        self.evening.store.write(lambda c: c.execute(unsent.values(begun_at=wall_now())))

    async def ask(self, text: str, until: str = "answer", user: str = "") -> Result:
        """What the reader (or another `user`) types in the team's channel, answered."""
        await self.box.control.clock(self.evening.at.timestamp())
        result = await self.box.control.command(
            user or self.reader.user, self.reader.channel, text, until=until, timeout=PATIENCE
        )
        assert not result.error, f"{text}: {result.error}"
        return result


@asynccontextmanager
async def world(locale: str, folder: Path, drawing: Drawing, template: Path, **changes: Any) -> AsyncIterator[World]:
    """A fresh one. `template` is a migrated, empty SQLite file; `changes` replace sections of the configuration."""
    database = folder / "livedesk.db"
    await asyncio.to_thread(shutil.copyfile, template, database)
    async with AsyncExitStack() as stack:
        store = Store(f"sqlite:///{database}")
        stack.callback(store.close)
        store.write(lambda c: ensure(c, "test", NOON))
        evening = Evening(store, house=house.text(locale, **changes))
        clock = HandClock(evening)
        box = await stack.enter_async_context(running(rate_scale=0.0, file_delay=0.02))
        words = await stack.enter_async_context(translator.running(translator.read_translations()))
        glossary = Glossary.of(evening.configuration)
        composer = Composer(store, lambda: evening.configuration, drawing, lambda: glossary)
        chain = TranslationChain([libre(words.url)], glossary=lambda: glossary)
        stack.callback(chain.close)
        enricher = Enricher(store, WORKSPACE, chain, clock.now, lambda: glossary)
        backtesting = Backtesting(f"sqlite:///{database}", WORKSPACE, SETTLE)
        contacting = Contacting(
            store,
            WORKSPACE,
            lambda: evening.configuration,
            clock.now,
            Fernet.generate_key().decode(),
            private_urls=True,
        )
        answers = DeskAnswers(
            store, WORKSPACE, lambda: evening.configuration, clock, composer, backtesting, contacting=contacting
        )
        settings = Settings(
            SLACK_BOT_TOKEN=SecretStr(BOT_TOKEN),
            SLACK_APP_TOKEN=SecretStr(APP_TOKEN),
            SLACK_SIGNING_SECRET=SecretStr(SIGNING_SECRET),
            SLACK_API_URL=box.api_url,
            viewer_key=SecretStr("a viewer key that is only for tests, and long"),
            _env_file=None,
        )
        edge = await stack.enter_async_context(
            slack_edge(Needs(settings, answers, Deliveries(store, "slack"), clock.now))
        )
        edge.platform.pacing = UNPACED
        sent: list[Claimed] = []
        sender = Sender(
            store, WORKSPACE, {"slack": edge.platform}, composer.fill, holder="gallery", on_sent=sent.append
        )
        await box.control.wait_connected()
        comments = await asyncio.to_thread(lambda: yaml.safe_load(COMMENTS.read_text("utf-8")))
        yield World(evening, box, sender, enricher, house.READERS[locale], comments, locale, sent)
