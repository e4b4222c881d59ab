#!/usr/bin/env python3
"""Livedesk's command line, and its composition root: the only place where everything meets.

Heavy libraries are imported inside the commands that need them, so that `--help` and small commands stay quick.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from desk.configuration.model import Configuration
    from handlers.settings import Settings

OK, FAILED, WRONG = 0, 1, 2  # exit codes: success, failure, wrong usage or input
DEFAULT_RATE = 2000  # events a second from a source that the configuration does not name

Job = Callable[[], Awaitable[None]]

app = typer.Typer(
    name="livedesk",
    help="Livedesk listens to a live show's audience, pages the right person, and reports in everybody's own morning.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
oncall_app = typer.Typer(help="Who is on call, from the configuration file alone.", no_args_is_help=True)
source_app = typer.Typer(help="Keys with which sources of feedback prove who they are.", no_args_is_help=True)
app.add_typer(oncall_app, name="oncall")
app.add_typer(source_app, name="source")

Json = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
ConfigFile = Annotated[Path, typer.Option("--config", help="The configuration file.")]


# ── the house ────────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.asynccontextmanager
async def house(settings: Settings) -> AsyncIterator[dict[str, Job]]:
    """Open the store, load the configuration and plug everything together; what runs until the end, by name.

    Raises `SettingsError`, `ConfigurationError`, `OpeningError` or `SlackSetupError` when it cannot be opened.
    """
    from analytics.understand import Understanding
    from desk.analyse.flow import CONSUMER, Analyst
    from handlers.answers import DeskAnswers
    from handlers.api import make_api, serve_api
    from handlers.clock.clocks import read_clock
    from handlers.clock.jobs import Sweeper, ticking
    from handlers.composer import Composer
    from handlers.deliveries import Deliveries
    from handlers.drawing import Drawing
    from handlers.edge import Needs
    from handlers.enricher import Enricher
    from handlers.feedback.committer import Committer, source_defaults
    from handlers.feedback.http import make_router
    from handlers.feedback.keys import SourceKeys
    from handlers.notices import FailureNotices
    from handlers.opening import Lead, load_configuration, open_store
    from handlers.registry import CHAT_PLATFORMS, TRANSLATORS
    from handlers.sender import Sender
    from handlers.translate.chain import TranslationChain
    from handlers.worker import Worker
    from store import events, outbox, workspaces

    async with contextlib.AsyncExitStack() as stack:
        clock = read_clock(settings.clock)
        keys = settings.keys()
        store = open_store(settings.database())
        stack.callback(store.close)
        lead = Lead(settings.database().url)
        lead.take(store)
        stack.callback(lead.release)
        workspace = store.write(lambda c: workspaces.ensure(c, settings.workspace, clock.now()))
        configuration = load_configuration(store, workspace, settings.config, clock.now())

        def current() -> Configuration:
            return configuration

        holder = f"{os.getpid()}:{secrets.token_hex(4)}"
        drawing = Drawing()
        stack.push_async_callback(drawing.close)
        composer = Composer(store, current, drawing)
        policy = settings.translation()
        chain = TranslationChain([TRANSLATORS[name](policy) for name in policy.chain])
        stack.callback(chain.close)
        enricher = Enricher(store, workspace, chain, clock.now)
        answers = DeskAnswers(store, workspace, current, clock, composer)
        edges = {}
        for name in settings.platforms:
            needs = Needs(settings, answers, Deliveries(store, name), clock.now)
            edges[name] = await stack.enter_async_context(CHAT_PLATFORMS[name](needs))
        platforms = {name: edge.platform for name, edge in edges.items()}
        notices = FailureNotices(store, workspace, current, clock.now)
        sender = Sender(
            store,
            workspace,
            platforms,
            composer.fill,
            holder=holder,
            on_sent=enricher.sent,
            on_failed=notices.tell,
        )
        worker = Worker(store, workspace, Analyst(Understanding()), current, clock, settings.settle, holder)
        stack.callback(worker.close)
        loop = asyncio.get_running_loop()
        store.listen(outbox.OUTBOX, lambda: loop.call_soon_threadsafe(sender.wake))
        store.listen(events.EVENTS, lambda: loop.call_soon_threadsafe(worker.wake))
        intake = Committer(store, workspace, keys)
        router = make_router(
            intake,
            SourceKeys(store, workspace, keys.secret_key),
            clock.now,
            defaults_of=lambda source: source_defaults(configuration, source),
            rate_of=lambda source: (
                configuration.sources[source].per_second if source in configuration.sources else DEFAULT_RATE
            ),
            counts=intake,
        )

        async def health() -> dict[str, Any]:
            waiting = await store.reading(lambda c: events.backlog(c, workspace, CONSUMER))
            sending = await store.reading(lambda c: outbox.counts(c, workspace))
            return {"status": "ok", "events": {"waiting": waiting}, "messages": sending}

        api = make_api([router, *(route for edge in edges.values() for route in edge.routes)], health)
        sweeper = Sweeper(store, workspace, current, clock)
        yield {
            "sender": sender.run,
            "worker": worker.run,
            "enricher": enricher.run,
            "clock": lambda: ticking(sweeper, clock),
            "http": lambda: serve_api(api, settings.http()),
        }
