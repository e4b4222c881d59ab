"""The demo from first to last: the stage is opened, the show is played, the mornings after it come."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console

from desk.configuration.model import Configuration
from desk.digest.rules import Morning, next_morning
from desk.oncall.resolve import who
from handlers.demo import guide, script
from handlers.demo.evidence import Evidence, gather
from handlers.demo.person import People
from handlers.demo.processes import ChildFailedError, free_port
from handlers.demo.replay import IntakeError, Poster, Tally, clock_reaches, replay
from handlers.demo.report import assemble
from handlers.demo.stage import QUIET_WITHIN, Stage, StageTakenError, open_stage, until
from handlers.demo.telling import Telling
from handlers.demo.verdicts import Expected, Verdict, judge
from handlers.opening import stored_configuration
from sandbox import show
from sandbox.control import ControlError
from sandbox.show import PLAN, SOURCES, START, Batch
from sandbox.show.beats import OUTAGE
from store import audit

OK, FAILED, WRONG = 0, 1, 2
SPEED = 8.0  # forty minutes in five
HEADLESS_SPEED = 30.0  # forty minutes in eighty seconds: half a core for the bot, so that nothing queues up
# At that speed a stall of half a second is a quarter of a minute of the show: what arrives in it still counts.
HEADLESS_SETTLE = timedelta(seconds=0.5)
PORT = 8765
GATHERED = 0.1  # seconds of wall time over which a source gathers events into one request
LEAD = 1.0  # seconds of wall time between the bot being ready and the show's start
OVERTIME = 180.0  # seconds of wall time for a headless run beyond the show's own; after that something hangs


def main(
    *,
    headless: bool = False,
    report: Path | None = None,
    speed: float | None = None,
    port: int | None = None,
    folder: Path = Path("var/demo"),
) -> int:
    """`bot.py demo`. 0: all went as it should (or a person ended it), 1: something fell short, 2: it cannot start."""
    console = Console()
    if report is not None and not report.resolve().parent.is_dir():
        console.print(f"there is no folder {report.resolve().parent} to write the report to", soft_wrap=True)
        return WRONG
    try:
        return asyncio.run(
            run_demo(headless=headless, report=report, speed=speed, port=port, folder=folder, console=console)
        )
    except (ChildFailedError, IntakeError, ControlError, aiohttp.ClientError, TimeoutError) as failed:
        reason = str(failed) or "it was not over when it should have been"
        console.print(f"The demo broke off: {reason}", markup=False, soft_wrap=True)
        console.print(f"The logs are in {folder.resolve()}.", markup=False, soft_wrap=True)
        return FAILED
    except (StageTakenError, OSError) as wrong:
        console.print(str(wrong), markup=False, soft_wrap=True)
        return WRONG


async def run_demo(
    *, headless: bool, report: Path | None, speed: float | None, port: int | None, folder: Path, console: Console
) -> int:
    """Play it. Ends early on SIGINT and SIGTERM, in order; the raised errors are those that `main` explains."""
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    speed = speed or (HEADLESS_SPEED if headless else SPEED)
    evening = Evening(folder, speed, Telling(console, START), headless=headless)
    page = port if port is not None or headless else free_port(PORT)
    playing = asyncio.create_task(evening.play(page, report))
    ended = asyncio.create_task(stopped.wait())
    try:
        async with asyncio.timeout(PLAN.length / speed + OVERTIME if headless else None):
            await asyncio.wait([playing, ended], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (playing, ended):
            if not task.done():
                task.cancel()
        await asyncio.wait([playing, ended])
    if playing.cancelled():
        console.print("Ended.")
        return FAILED if headless else OK
    return playing.result()


@dataclass
class Evening:
    """One demo. `restarts` counts how often the bot ended and was started again."""

    folder: Path
    speed: float
    telling: Telling
    headless: bool
    tally: Tally = field(default_factory=Tally)
    restarts: int = 0

    async def play(self, port: int | None, report: Path | None) -> int:
        began = time.monotonic()
        gathered = timedelta(seconds=GATHERED * self.speed)
        preparing = asyncio.create_task(asyncio.to_thread(lambda: list(show.batches(show.events(), gathered))))
        self.telling.say("Opening a Slack workspace and starting the bot …")
        settle = HEADLESS_SETTLE if self.headless else None
        async with open_stage(self.folder, START, self.speed, port=port, settle=settle) as stage:
            self.telling.say(f"Look at it: {stage.url}/")
            configuration = await asyncio.to_thread(stored_configuration, stage.store, stage.workspace)
            assert configuration is not None, "the bot keeps its configuration before it is ready"
            looking_after = asyncio.create_task(self._look_after(stage))
            try:
                people = self._people(stage, configuration, report)
                await self._show(stage, await preparing, people)
                await self._mornings(stage, configuration)
                if not self.headless:
                    await self._stay(stage)
                return await self._conclude(stage, configuration, people, report, began)
            finally:
                looking_after.cancel()
                with suppress(asyncio.CancelledError):
                    await looking_after

    # ── the show ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _show(self, stage: Stage, batches: Sequence[Batch], people: People) -> None:
        tokens = {source: stage.keys.new_bearer(source, START) for source in SOURCES}
        await stage.set_clock(START - timedelta(seconds=LEAD * self.speed), self.speed)
        following = asyncio.create_task(self.telling.follow(stage))
        on_call = asyncio.create_task(people.answer_pages()) if self.headless else None
        try:
            with self.telling.bar():
                async with Poster(stage.intake, tokens, self.tally) as poster:
                    parts = [replay(batches, stage.clock, START, poster)]
                    if self.headless:
                        parts += [people.ask_all(script.DURING, START), self._resolve(stage, people)]
                    await _together(parts)
                if self.headless:
                    await people.ask_all(script.AFTER, START)
                await stage.until_quiet()
        finally:
            for task in (following, on_call):
                if task is not None:
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task

    async def _resolve(self, stage: Stage, people: People) -> None:
        await clock_reaches(stage.clock, START + script.RESOLVED_AT)
        for person, _ in list(people.pages):
            await people.resolve_twice(person)

    async def _mornings(self, stage: Stage, configuration: Configuration) -> None:
        """Jump to just before each team's digest, one after the other, and wait until it is posted.

        One that never comes is found by the verdicts, with a better reason than a time-out.
        """
        await self.telling.guide(stage, guide.OVER, timedelta(seconds=PLAN.length))
        for team, morning in mornings(configuration):
            await stage.set_clock(morning.at - timedelta(seconds=0.2 * self.speed), self.speed)
            zone = configuration.teams[team].zone
            self.telling.say(f"  {morning.at.astimezone(zone):%A %H:%M} in {zone.key}: the digest of {team}")
            await until(partial(self._has_digest, stage, team, morning.date), QUIET_WITHIN)
        await stage.until_quiet()

    async def _has_digest(self, stage: Stage, team: str, day: date) -> bool:
        made = await stage.store.reading(lambda c: audit.digests_made(c, stage.workspace))
        said = {one.message: one for one in await stage.store.reading(lambda c: audit.said(c, stage.workspace))}
        ours = [said[one.message] for one in made if (one.team, one.local_date) == (team, day) and one.message]
        return bool(ours) and ours[0].address is not None

    async def _stay(self, stage: Stage) -> None:
        """Leave everything running, at the pace of real time, until somebody ends it."""
        await stage.set_clock(stage.clock.now(), 1.0)
        await self.telling.guide(stage, guide.MORNING, timedelta(seconds=PLAN.length))
        self.telling.say(f"The show is over and every team has its digest. Go on looking: {stage.url}/")
        self.telling.say("Ctrl-C ends the demo.")
        await asyncio.Event().wait()

    # ── looking after it ─────────────────────────────────────────────────────────────────────────────────────────

    async def _look_after(self, stage: Stage) -> None:
        """Start the bot again whenever it ends, as a service manager would."""
        while True:
            status = await stage.bot.ended()
            self.restarts += 1
            self.telling.say(f"The bot ended ({status}) and is started again: nothing is lost, nothing is said twice.")
            await stage.start_bot()

    # ── what came of it ──────────────────────────────────────────────────────────────────────────────────────────

    def _people(self, stage: Stage, configuration: Configuration, report: Path | None) -> People:
        users = {key: one.contacts["slack"] for key, one in configuration.people.items() if "slack" in one.contacts}
        folder, stem = (report.resolve().parent, report.stem) if report else (stage.folder, "report")
        return People(stage.control, stage.clock, users, stage.token, folder, stem)

    async def _conclude(
        self, stage: Stage, configuration: Configuration, people: People, path: Path | None, began: float
    ) -> int:
        found = await gather(stage.store, stage.workspace, PLAN.key, START, stage.control)
        made = assemble(found, configuration, self.tally, people.asked, people.taps)
        await self._keep_cards(stage, people, found, made, path.stem if path else "report")
        judged = [*judge(made, expected(configuration)), self._stayed_up()]
        made["verdicts"] = [{"rule": one.rule, "holds": one.holds, "fell_short": one.fell_short} for one in judged]
        made["run"] = {
            "seconds": round(time.monotonic() - began, 1),
            "speed": self.speed,
            "requests": self.tally.requests,
            "sent_again": self.tally.again,
            "slowest_ms": round(self.tally.slowest_ms, 1),
            "behind_seconds": round(self.tally.behind.total_seconds(), 1),
        }
        if path is not None:
            text = json.dumps(made, ensure_ascii=False, indent=2)
            await asyncio.to_thread(path.write_text, text + "\n", encoding="utf-8")
        return self._tell(judged, made, path)

    async def _keep_cards(self, stage: Stage, people: People, found: Evidence, made: dict[str, Any], stem: str) -> None:
        """The chart on each incident's card, as a file beside the report."""
        for incident in made["incidents"]:
            card = next((one for one in found.said if (one.kind, one.incident) == ("incident", incident["id"])), None)
            channel, _, ts = (card.address or "" if card else "").partition("/")
            if not ts:
                continue
            shown = [one for one in await stage.control.messages(channel) if one["ts"] == ts]
            if shown and shown[0]["pictures"]:
                incident["chart"] = f"{stem}-incident-{incident['id']}.png"
                await people.keep_picture(shown[0]["pictures"][0], incident["chart"])

    def _stayed_up(self) -> Verdict:
        return Verdict("The bot stayed up", f"it ended {self.restarts} times" if self.restarts else "")

    def _tell(self, judged: Sequence[Verdict], made: dict[str, Any], path: Path | None) -> int:
        say = self.telling.say
        for one in judged:
            say(
                f"  {'holds' if one.holds else 'FELL SHORT'}: {one.rule}" + ("" if one.holds else f": {one.fell_short}")
            )
        short = sum(not one.holds for one in judged)
        say(
            f"{made['events']['stored']:,} events in {len(made['languages'])} languages, "
            f"{len(made['incidents'])} incidents, {len(made['pages'])} pages, {made['posts']['sent']} posts, "
            f"{len(made['commands'])} commands in {made['run']['seconds']:.0f} s"
            + (f"; report: {path}" if path else "")
        )
        if short:
            say(f"{short} of {len(judged)} fell short. The logs are in {self.folder.resolve()}.")
        return FAILED if short else OK


async def _together(parts: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All of them; the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except ExceptionGroup as several:
        first: Exception = several
        while isinstance(first, ExceptionGroup):
            first = first.exceptions[0]
        raise first from None


def mornings(configuration: Configuration) -> list[tuple[str, Morning]]:
    """(team, its first digest after the show), in the order in which they come."""
    over = START + timedelta(seconds=PLAN.length)
    found = [
        (team.key, morning)
        for team in configuration.teams.values()
        if team.digest_at is not None
        and (morning := next_morning(over, team.zone, team.digest_at, team.digest_days)) is not None
    ]
    return sorted(found, key=lambda one: one[1].at)


def expected(configuration: Configuration) -> Expected:
    """What the show and the configuration say should come of it."""
    counts = show.expected()
    onset: datetime = START + timedelta(seconds=OUTAGE.start)
    return Expected(
        start=START,
        stored=counts.stored,
        duplicate=counts.duplicate,
        refused=counts.refused,
        night_owl=who(configuration.schedules["americas"], onset).oncall[0][0],
        mornings={team: morning.date for team, morning in mornings(configuration)},
    )
