"""The commands of `bot.py oncall` that change who is on call. Imports nothing heavy: `--help` is quick."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from handlers.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Another configuration file than the bot's.")]
Database = Annotated[str | None, typer.Option(help="URL of another database than the bot's.")]
Who = Annotated[str, typer.Option("--as", help="Who does it: a key under people: in the file, with their rights.")]
Start = Annotated[str | None, typer.Option("--from", help="From here, with an offset; now if left out.")]
End = Annotated[str, typer.Option("--to", help="To here, with an offset.")]


def add_change_commands(oncall: typer.Typer, settings: Callable[[], Settings]) -> None:
    """`settings` gives them, or ends the program with what is wrong with them."""

    @oncall.command()
    def override(
        schedule: Annotated[str, typer.Argument(help="Name under schedules: in the file.")],
        person: Annotated[str, typer.Argument(help="Who is on call instead; nobody leaves it empty on purpose.")],
        end: End,
        who: Who,
        start: Start = None,
        instead_of: Annotated[
            str | None,
            typer.Option(help="Of several on call, whom alone it replaces; everybody if left out, or said."),
        ] = None,
        config: ConfigFile = None,
        database: Database = None,
        as_json: Json = False,
    ) -> None:
        """Put somebody else, or nobody, on call for a while. It counts at once, in the running bot too."""
        from handlers.commands.oncall_changes import Place, set_override

        place = Place(settings(), config, database, who, as_json, datetime.now(UTC))
        raise typer.Exit(set_override(place, schedule, person, start, end, instead_of))

    @oncall.command()
    def leave(
        person: Annotated[str, typer.Argument(help="Who is away.")],
        end: End,
        who: Who,
        start: Start = None,
        config: ConfigFile = None,
        database: Database = None,
        as_json: Json = False,
    ) -> None:
        """Add somebody's leave, in every schedule."""
        from handlers.commands.oncall_changes import Place, set_leave

        place = Place(settings(), config, database, who, as_json, datetime.now(UTC))
        raise typer.Exit(set_leave(place, person, start, end))

    @oncall.command()
    def undo(
        number: Annotated[int, typer.Argument(help="Of the change, as `log` shows it.", min=1, max=10**15)],
        who: Who,
        config: ConfigFile = None,
        database: Database = None,
        as_json: Json = False,
    ) -> None:
        """Take a change back from now on. To undo an undoing is to do the change again."""
        from handlers.commands.oncall_changes import Place, take_back

        place = Place(settings(), config, database, who, as_json, datetime.now(UTC))
        raise typer.Exit(take_back(place, number))

    @oncall.command()
    def log(
        schedule: Annotated[str | None, typer.Argument(help="Changes to this schedule alone.")] = None,
        limit: Annotated[int, typer.Option(help="So many, newest first.", min=1, max=10_000)] = 20,
        config: ConfigFile = None,
        database: Database = None,
        as_json: Json = False,
    ) -> None:
        """Write who changed what and when, and who was on call before and is since."""
        from handlers.commands.oncall_changes import Place, list_changes

        place = Place(settings(), config, database, None, as_json, datetime.now(UTC))
        raise typer.Exit(list_changes(place, schedule, limit))
