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
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from handlers.commands import oncall_register
from handlers.commands.calendar_lines import add_calendar_commands
from handlers.commands.oncall_change_lines import add_change_commands
from handlers.commands.oncall_deed_lines import add_deed_commands

if TYPE_CHECKING:
    from desk.configuration.model import Configuration
    from handlers.settings import Settings
    from store.engine import Store

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
oncall_app = typer.Typer(help="Who is on call, from the configuration file, and changing it.", no_args_is_help=True)
source_app = typer.Typer(help="Keys with which sources of feedback prove who they are.", no_args_is_help=True)
app.add_typer(oncall_app, name="oncall")
oncall_register.register(oncall_app)
app.add_typer(source_app, name="source")

Json = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
ConfigFile = Annotated[Path, typer.Option("--config", help="The configuration file.")]


# ── the house ────────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.asynccontextmanager
async def house(settings: Settings) -> AsyncIterator[dict[str, Job]]:
    """Open the store, load the configuration and plug everything together; what runs until the end, by name.

    Raises `SettingsError`, `ConfigurationError`, `OpeningError` or `SlackSetupError` when it cannot be opened.
    """
    from sqlalchemy.exc import DatabaseError

    from analytics.understand import Understanding
    from desk.analyse.flow import CONSUMER, Analyst
    from handlers.answers import DeskAnswers
    from handlers.api import make_api, serve_api
    from handlers.backtesting import Backtesting
    from handlers.calendars.feed import calendar_loader
    from handlers.calendars.feed import make_router as calendar_router
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
    from handlers.further import further_ways, open_further
    from handlers.in_force import InForce
    from handlers.notices import FailureNotices
    from handlers.opening import Lead, open_store
    from handlers.registry import CHAT_PLATFORMS, TRANSLATORS
    from handlers.right_of_way import RightOfWay
    from handlers.sender import Sender
    from handlers.shifts import ShiftKeeper
    from handlers.standing import Standing
    from handlers.translate.chain import TranslationChain
    from handlers.worker import Worker
    from store import events, outbox, shifts, workspaces

    async with contextlib.AsyncExitStack() as stack:
        clock = read_clock(settings.clock)
        keys = settings.keys()
        store = open_store(settings.database())
        stack.callback(store.close)
        lead = Lead(settings.database().url)
        lead.take(store)
        stack.callback(lead.release)
        workspace = store.write(lambda c: workspaces.ensure(c, settings.workspace, clock.now()))
        in_force = InForce(store, workspace, settings.config, clock.now, further_ways(settings))

        def current() -> Configuration:
            return in_force.configuration

        holder = f"{os.getpid()}:{secrets.token_hex(4)}"
        drawing = Drawing()
        stack.push_async_callback(drawing.close)
        further = open_further(settings, store, workspace, current, clock.now, stack)
        composer = Composer(store, current, drawing, lambda: in_force.glossary, further.unseal)
        policy = settings.translation()
        chain = TranslationChain(
            [TRANSLATORS[name](policy) for name in policy.chain], glossary=lambda: in_force.glossary
        )
        stack.callback(chain.close)
        enricher = Enricher(store, workspace, chain, clock.now, lambda: in_force.glossary)
        backtesting = Backtesting(settings.database().url, workspace, settings.settle)
        right_of_way = RightOfWay()
        public_url = settings.http().public_url
        answers = DeskAnswers(
            store, workspace, current, clock, composer, backtesting, public_url, further.contacting, right_of_way
        )
        edges = {}
        for name in settings.platforms_in_use():
            needs = Needs(settings, answers, Deliveries(store, name), clock.now)
            edges[name] = await stack.enter_async_context(CHAT_PLATFORMS[name](needs))
        platforms = {name: edge.platform for name, edge in edges.items()}
        if tuple(platforms) == ("terminal",):
            # To try Livedesk with a file that was written for Slack: what is meant for it is shown here.
            platforms["slack"] = platforms["terminal"]
        platforms |= further.platforms
        notices = FailureNotices(workspace, current, clock.now)
        sender = Sender(
            store,
            workspace,
            platforms,
            composer.fill,
            holder=holder,
            on_sent=enricher.sent,
            on_failed=notices.tell,
            on_trouble=further.troubles.tell,
        )
        following = {name: edge.shifts for name, edge in edges.items() if edge.shifts is not None}
        keeper = ShiftKeeper(store, workspace, following, current, clock.now)
        understanding = Understanding()
        worker = Worker(store, workspace, Analyst(understanding), current, clock, settings.settle, holder, right_of_way)
        stack.callback(worker.close)
        loop = asyncio.get_running_loop()
        store.listen(outbox.OUTBOX, lambda: loop.call_soon_threadsafe(sender.wake))
        store.listen(shifts.SHIFTS, lambda: loop.call_soon_threadsafe(keeper.wake))
        store.listen(events.EVENTS, lambda: loop.call_soon_threadsafe(worker.wake))
        intake = Committer(store, workspace, keys)
        router = make_router(
            intake,
            SourceKeys(store, workspace, keys.secret_key),
            clock.now,
            defaults_of=lambda source: source_defaults(current(), source),
            rate_of=lambda source: (
                current().sources[source].per_second if source in current().sources else DEFAULT_RATE
            ),
            counts=intake,
            give_way=right_of_way.given,
        )

        standing = Standing(store, workspace, current, clock.now)

        async def health() -> dict[str, Any]:
            try:
                waiting = await store.reading(lambda c: events.backlog(c, workspace, CONSUMER))
                sending = await store.reading(lambda c: outbox.counts(c, workspace))
                oncall = await standing.numbers()
            except DatabaseError as failed:
                return {"status": f"the database cannot be read ({type(failed.orig).__name__})"}
            return {
                "status": "ok",
                "events": {"waiting": waiting, "unreadable": understanding.unreadable},
                "messages": sending,
                "oncall": oncall,
            }

        calendars = calendar_router(calendar_loader(store, workspace, current, clock.now))
        routes = [route for edge in edges.values() for route in edge.routes]
        api = make_api([router, calendars, further.router, *routes], health)
        sweeper = Sweeper(store, workspace, current, clock)
        yield {
            "sender": sender.run,
            "worker": worker.run,
            "enricher": enricher.run,
            "clock": lambda: ticking(sweeper, clock),
            "shifts": keeper.run,
            "http": lambda: serve_api(api, settings.http()),
            "charts": drawing.warm,
            "configuration": in_force.watch,
        }


async def _run(settings: Settings) -> None:
    """Run the house until SIGINT or SIGTERM. A job that fails is told of and started again; the others go on."""
    from handlers.clock.clocks import wall_now

    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with house(settings) as jobs:
        started = wall_now()
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(_keep_going(name, job), name=name) for name, job in jobs.items()
        ]
        ended: asyncio.Task[Any] = asyncio.create_task(stop.wait())
        policy = settings.http()
        _log().info("livedesk serves", http=f"http://{policy.host}:{policy.port}", workspace=settings.workspace)
        try:
            # A job that ends is done (charts are warmed up); one that raises says that the house cannot go on.
            await asyncio.wait([ended, asyncio.gather(*tasks)], return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in (ended, *tasks):
                task.cancel()
            await asyncio.gather(ended, *tasks, return_exceptions=True)
            _log().info("livedesk ends", seconds=round((wall_now() - started).total_seconds()))


async def _keep_going(name: str, job: Job) -> None:
    from handlers.api import AddressTakenError

    wait = 1.0
    while True:
        try:
            await job()
            return
        except AddressTakenError:
            raise
        except Exception:  # whatever a job dies of, the others and its next life go on
            _log().exception("a job failed and will be started again", job=name, seconds=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 60.0)


def _log() -> Any:
    import structlog

    return structlog.get_logger("bot")


def _settings() -> Settings:
    """The settings, or the end of the program with every wrong one named."""
    from handlers.logs import configure_logs
    from handlers.settings import SettingsError, read_settings

    try:
        settings = read_settings()
    except SettingsError as wrong:
        _stop(str(wrong), WRONG)
    configure_logs(settings.logging())
    return settings


@contextlib.contextmanager
def _store(settings: Settings) -> Iterator[tuple[Store, int]]:
    """The database and the workspace's id, for a command that works beside a running bot."""
    from handlers.clock.clocks import wall_now
    from handlers.opening import OpeningError, open_store
    from store import workspaces

    try:
        store = open_store(settings.database())
    except OpeningError as failed:
        _stop(str(failed), FAILED)
    try:
        yield store, store.write(lambda c: workspaces.ensure(c, settings.workspace, wall_now()))
    finally:
        store.close()


def _stop(reason: str, code: int) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(code)


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def serve() -> None:
    """Run the bot: intake, analysis, pages, digests and chat, in one process. Settings: docs/configuration.md."""
    from handlers.api import AddressTakenError
    from handlers.configuration import ConfigurationError
    from handlers.opening import OpeningError
    from handlers.settings import SettingsError
    from handlers.slack.socket import SlackSetupError

    settings = _settings()
    # Threads that compute give way to the event loop after a millisecond instead of five.
    sys.setswitchinterval(0.001)
    try:
        asyncio.run(_run(settings))
    except (SettingsError, ConfigurationError) as wrong:
        _stop(str(wrong), WRONG)
    except (OpeningError, SlackSetupError, AddressTakenError) as failed:
        _stop(str(failed), FAILED)


@app.command()
def demo(
    headless: Annotated[bool, typer.Option("--headless", help="With a scripted person, to its end.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write what happened as JSON, charts beside it.")] = None,
    speed: Annotated[float | None, typer.Option(help="How many times as fast as the show.", min=1, max=120)] = None,
    port: Annotated[int | None, typer.Option(help="Port of the sandbox's page.")] = None,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its database and logs.")] = Path("var/demo"),
) -> None:
    """Play a show in a local Slack workspace, with everything Livedesk does (docs/demo.md)."""
    from handlers.demo.run import main

    raise typer.Exit(main(headless=headless, report=report, speed=speed, port=port, folder=folder))


@app.command()
def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of page, Web API and sockets.")] = 8765,
    roster: Annotated[Path | None, typer.Option(help="Users and channels; the demo's when left out.")] = None,
    state: Annotated[Path | None, typer.Option(help="Keep messages in this file over restarts.")] = None,
    request_url: Annotated[
        str | None, typer.Option(help="Deliver by signed HTTP to this address, instead of a socket.")
    ] = None,
    rate_scale: Annotated[float, typer.Option(help="1 is Slack's pace, 10 ten times as much, 0 no limits.")] = 1.0,
) -> None:
    """Open a local Slack workspace to try and to test the bot without an account."""
    from sandbox.roster import RosterError
    from sandbox.server import run

    delivery: Literal["socket", "http"] = "http" if request_url else "socket"
    try:
        run(host, port, roster, state, rate_scale=rate_scale, delivery=delivery, request_url=request_url)
    except (RosterError, ValueError) as wrong:
        _stop(str(wrong), WRONG)
    except OSError as taken:
        _stop(f"port {port} cannot be opened ({taken.strerror}): name another one with --port", FAILED)


@app.command()
def ingest(
    file: Annotated[Path, typer.Argument(help="NDJSON or CSV, plain or gzip.")],
    source: Annotated[str | None, typer.Option(help="Name of the source; the file's own name if left out.")] = None,
    preset: Annotated[str | None, typer.Option(help="How columns are named; told by the file if left out.")] = None,
    columns: Annotated[str | None, typer.Option("--map", help="FIELD=COLUMN,…, such as text=comment,at=ts.")] = None,
    kind: Annotated[str | None, typer.Option(help="Kind of every row, such as review.")] = None,
    start: Annotated[str | None, typer.Option(help="When its time 0 was, for relative times (with a zone).")] = None,
    market: Annotated[str | None, typer.Option(help="Market of every row.")] = None,
    show: Annotated[str | None, typer.Option(help="Show of every row.")] = None,
    resolution: Annotated[str | None, typer.Option(help="How coarse its clock is, such as 60s.")] = None,
    again: Annotated[bool, typer.Option("--again", help="From the first row, whatever was read before.")] = False,
    refused: Annotated[Path | None, typer.Option(help="Write refused rows here, as NDJSON.")] = None,
    as_json: Json = False,
) -> None:
    """Read a file of feedback into the store; a running bot takes it from there. Reading it again changes nothing."""
    from handlers.clock.clocks import read_clock
    from handlers.commands.ingest import WrongFlagError, read_options, run
    from handlers.feedback.committer import FileIntake, source_defaults
    from handlers.feedback.presets import MappingError

    settings = _settings()
    named = source or file.name.split(".")[0]
    with _store(settings) as (store, workspace):
        from handlers.opening import stored_configuration

        known = stored_configuration(store, workspace)
        try:
            options = read_options(
                source=named,
                start=start,
                map=columns,
                resolution=resolution,
                preset=preset,
                kind=kind,
                market=market,
                show=show,
                again=again,
                refused=refused,
                **({"defaults": source_defaults(known, named)} if known else {}),
            )
        except (WrongFlagError, MappingError) as wrong:
            _stop(str(wrong), WRONG)
        intake = FileIntake(store, workspace, settings.keys())
        raise typer.Exit(run(file, options, intake, read_clock(settings.clock).now, as_json=as_json))


@app.command()
def analyze(
    file: Annotated[Path | None, typer.Argument(help="NDJSON, a text a line; standard input if left out.")] = None,
) -> None:
    """Read texts and write what is understood of each: language, sentiment, intent, categories, redacted text."""
    from handlers.commands.analyze import analyze as run

    raise typer.Exit(run(file, sys.stdin.buffer, sys.stdout))


@app.command()
def vocabulary(
    config: ConfigFile = Path("livedesk.yaml"),
    against: Annotated[Path | None, typer.Option(help="Another file; what the bot reads with if left out.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="Comments from here (with an offset) …")] = None,
    end: Annotated[str | None, typer.Option("--to", help="… to here.")] = None,
    days: Annotated[int, typer.Option(help="Comments of so many days until now.", min=1, max=3660)] = 7,
    market: Annotated[str | None, typer.Option(help="Comments of one market.")] = None,
    examples: Annotated[int, typer.Option(help="Examples of each change.", min=0, max=100)] = 3,
    as_json: Json = False,
) -> None:
    """Show what a file's own words would change in last week's comments, before the bot takes them. Writes nothing."""
    from handlers.clock.clocks import read_clock
    from handlers.commands.vocabulary import Asked
    from handlers.commands.vocabulary import vocabulary as run

    settings = _settings()
    asked = Asked(config, against, start, end, days, market, examples, as_json)
    raise typer.Exit(run(settings.database(), asked, read_clock(settings.clock).now()))


@app.command()
def backtest(
    start: Annotated[str, typer.Option("--from", help="Alerts from here (with an offset) …")],
    end: Annotated[str, typer.Option("--to", help="… to here.")],
    config: Annotated[Path | None, typer.Option(help="The settings to try; only those in force if left out.")] = None,
    market: Annotated[str | None, typer.Option(help="Alerts of one market.")] = None,
    database: Annotated[str | None, typer.Option(help="URL of another database than the bot's.")] = None,
    as_json: Json = False,
) -> None:
    """Replay stored shows under a file's settings: which alerts would have come, which were noise. Writes nothing."""
    from handlers.commands.backtest import Flags
    from handlers.commands.backtest import backtest as run

    settings = _settings()
    flags = Flags(config, start, end, market, database, as_json)
    raise typer.Exit(run(settings.database(), flags, settings.settle))


@app.command()
def detect(file: Annotated[str, typer.Argument(help="CSV with timestamp,value; - for standard input.")]) -> None:
    """Score a series for spikes as it would be scored live, and write it with score and alarm."""
    from handlers.commands.detect import detect as run

    raise typer.Exit(run(file, sys.stdout))


@oncall_app.command()
def who(
    schedule: Annotated[str, typer.Option(help="Name under schedules: in the file.")],
    config: ConfigFile = Path("livedesk.yaml"),
    at: Annotated[str | None, typer.Option(help="Instant, such as 2026-03-29T01:00:00Z; now if left out.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="Write the final schedule from here …")] = None,
    end: Annotated[str | None, typer.Option("--to", help="… to here.")] = None,
    database: oncall_register.Database = None,
    as_json: Json = False,
) -> None:
    """Say who is on call and why, or write the final schedule of a range."""
    from handlers.commands.oncall import who as run

    raise typer.Exit(run(config, schedule, at, start, end, as_json, datetime.now(UTC), database))


@source_app.command("key")
def source_key(
    source: Annotated[str, typer.Argument(help="Name of the source, such as tiktok-us.")],
    hmac: Annotated[bool, typer.Option("--hmac", help="A secret to sign with, instead of a bearer token.")] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="End all keys of the source.")] = False,
) -> None:
    """Make a key for a source and show it, this once."""
    from handlers.commands.source import make_key

    raise typer.Exit(make_key(_settings(), source, hmac=hmac, revoke=revoke, now=datetime.now(UTC)))


@source_app.command("list")
def source_list(as_json: Json = False) -> None:
    """What each source has sent: received, accepted, duplicate, late, refused, last seen."""
    from handlers.commands.source import list_sources

    raise typer.Exit(list_sources(_settings(), as_json=as_json))


@app.command()
def migrate(
    down_to: Annotated[str | None, typer.Option("--down-to", help="Go back to this revision; base is nothing.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say whether the tables are the newest.")] = False,
) -> None:
    """Bring the database's tables to the newest version."""
    from handlers.commands.migrate import migrate as run

    raise typer.Exit(run(_settings().database(), down_to=down_to, check=check))


@app.command()
def doctor(
    as_json: Json = False,
    write_docs: Annotated[bool, typer.Option("--write-docs", help="Make generated pages again.")] = False,
) -> None:
    """Check settings, configuration, database, Slack, translators and fonts, and say what to do next."""
    from handlers.commands.doctor import doctor as run
    from handlers.commands.doctor import write_docs as write

    if write_docs:
        for path in write(Path(__file__).parent):
            typer.echo(f"wrote {path}")
        return
    from handlers.commands.doctor_reach import reaching_checks
    from handlers.opening import database_checks
    from handlers.registry import TRANSLATORS
    from handlers.settings import Settings, SettingsError, read_settings

    settings: Settings | SettingsError
    try:
        settings = read_settings()
    except SettingsError as wrong:
        settings = wrong
    checks, services = [], []
    if isinstance(settings, Settings):
        checks = [*database_checks(settings), *reaching_checks(settings, datetime.now(UTC))]
        services = [TRANSLATORS[name](settings.translation()) for name in settings.translators]
    now = datetime.now(UTC)
    raise typer.Exit(run(settings, now, sys.stdout, database=checks, services=services, as_json=as_json))


add_calendar_commands(oncall_app, _settings)
add_change_commands(oncall_app, _settings)
add_deed_commands(oncall_app, _settings)


if __name__ == "__main__":
    app()
