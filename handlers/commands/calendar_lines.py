"""The calendar commands of `bot.py oncall` on the command line. Imports nothing heavy: `--help` is quick."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from handlers.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
ConfigFile = Annotated[Path, typer.Option("--config", help="The configuration file.")]


def add_calendar_commands(oncall: typer.Typer, settings: Callable[[], Settings]) -> None:
    """`settings` gives them, or ends the program with what is wrong with them."""

    @oncall.command()
    def calendar(
        schedule: Annotated[str | None, typer.Option(help="A calendar of everybody in a schedule.")] = None,
        person: Annotated[str | None, typer.Option(help="A calendar of one person's shifts.")] = None,
        revoke: Annotated[bool, typer.Option("--revoke", help="End its link instead.")] = False,
        every: Annotated[bool, typer.Option("--list", help="List all links, who made them and when.")] = False,
        locale: Annotated[str, typer.Option(help="Language of the calendar, such as zh_CN.")] = "en",
        as_json: Json = False,
    ) -> None:
        """Make a secret link to subscribe to, and show it, this once; the link before it ends."""
        from handlers.commands.calendar import link, list_links

        if every:
            raise typer.Exit(list_links(settings(), as_json=as_json))
        now = datetime.now(UTC)
        raise typer.Exit(link(settings(), schedule, person, revoke=revoke, locale=locale, as_json=as_json, now=now))

    @oncall.command()
    def export(
        start: Annotated[str, typer.Option("--from", help="From here, with an offset …")],
        end: Annotated[str, typer.Option("--to", help="… to here.")],
        schedule: Annotated[str | None, typer.Option(help="Everybody in a schedule …")] = None,
        person: Annotated[str | None, typer.Option(help="… or one person's shifts.")] = None,
        config: ConfigFile = Path("livedesk.yaml"),
        database: Annotated[
            str | None, typer.Option(help="URL of a database: what was changed from chat counts too.")
        ] = None,
    ) -> None:
        """Write who is on call as an iCalendar file, from the configuration file alone."""
        from handlers.commands.calendar import export as run

        raise typer.Exit(run(config, schedule, person, start, end, datetime.now(UTC), database))

    @oncall.command("import")
    def import_(
        file: Annotated[str, typer.Argument(help="An iCalendar file; - for standard input.")],
        into: Annotated[Literal["leave", "overrides"], typer.Option("--as", help="What its events are.")],
        person: Annotated[
            str | None, typer.Option(help="Whose they are; for overrides, e-mail tells if left out.")
        ] = None,
        schedule: Annotated[str | None, typer.Option(help="Of which schedule; for leave all of the person's.")] = None,
        start: Annotated[str | None, typer.Option("--from", help="From here, with an offset; now if left out.")] = None,
        end: Annotated[str | None, typer.Option("--to", help="To here; a year later if left out.")] = None,
        config: ConfigFile = Path("livedesk.yaml"),
        write: Annotated[
            Path | None, typer.Option(help="Add what is taken to this file, keeping its comments.")
        ] = None,
        as_json: Json = False,
    ) -> None:
        """Show what a calendar would give as leave or overrides, with the lines to paste; --write adds them."""
        from handlers.commands.calendar_import import Asked, run

        source = None if file == "-" else Path(file)
        asked = Asked(source, config, into, person, schedule, start, end, write, as_json)
        raise typer.Exit(run(asked, sys.stdin.buffer, datetime.now(UTC)))
