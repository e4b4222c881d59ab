"""The commands of `bot.py oncall` that do what people do in chat. Imports nothing heavy: `--help` is quick."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from handlers.commands.oncall_change_lines import ConfigFile, Database, Json, Who

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.commands.oncall_changes import Place
    from handlers.settings import Settings

Words = Annotated[list[str] | None, typer.Argument(help="As in chat: [SCHEDULE] [TIMES], on the clock of --as.")]
Number = Annotated[int, typer.Argument(help="Of the incident, as its card shows it.", min=1, max=10**15)]

# The buttons of an incident: the word, and what it does.
_ON_INCIDENTS = {
    "acknowledge": "Take an incident in hand: nobody else is woken for it.",
    "confirm": "Say that you are still at an incident, where the policy asks.",
    "escalate": "Take the next step of an incident's policy now.",
    "resolve": "Close an incident for everybody.",
}


def add_deed_commands(oncall: typer.Typer, settings: Callable[[], Settings]) -> None:
    """`settings` gives them, or ends the program with what is wrong with them."""

    def place(config: Path | None, database: str | None, who: str | None, as_json: bool) -> Place:
        from handlers.commands.oncall_changes import Place

        return Place(settings(), config, database, who, as_json, datetime.now(UTC))

    def typed(word: str, words: list[str] | None, where: Place) -> None:
        from handlers.commands.oncall_deeds import say

        raise typer.Exit(say(where, word, words or []))

    @oncall.command()
    def take(
        who: Who, words: Words = None, config: ConfigFile = None, database: Database = None, as_json: Json = False
    ) -> None:
        """Take over now: `take emea until 18:00`, `take emea for 2h`, or until the present shift ends."""
        typed("take", words, place(config, database, who, as_json))

    @oncall.command()
    def swap(
        who: Who, words: Words = None, config: ConfigFile = None, database: Database = None, as_json: Json = False
    ) -> None:
        """Ask to swap a shift: `swap emea 2026-03-29 21:00 with jon`, or with anybody."""
        typed("swap", words, place(config, database, who, as_json))

    @oncall.command()
    def cover(
        who: Who, words: Words = None, config: ConfigFile = None, database: Database = None, as_json: Json = False
    ) -> None:
        """Ask your team to take your present or next shift, or your shifts in some time: `cover me emea tomorrow`."""
        typed("cover", words, place(config, database, who, as_json))

    @oncall.command()
    def requests(config: ConfigFile = None, database: Database = None, as_json: Json = False) -> None:
        """Write the swaps and covers that are asked for, with what is offered."""
        from handlers.commands.oncall_deeds import list_requests

        raise typer.Exit(list_requests(place(config, database, None, as_json)))

    @oncall.command()
    def answer(
        number: Annotated[int, typer.Argument(help="Of the request, or of the offer.", min=1, max=10**15)],
        what: Annotated[
            str, typer.Argument(help="take, offer, refuse or withdraw for a request; agree or decline for an offer.")
        ],
        who: Who,
        at: Annotated[str | None, typer.Option(help="An instant in the shift that you offer, with an offset.")] = None,
        config: ConfigFile = None,
        database: Database = None,
        as_json: Json = False,
    ) -> None:
        """Answer what `requests` shows."""
        from handlers.commands.oncall_deeds import answer as run

        raise typer.Exit(run(place(config, database, who, as_json), number, what, at))

    @oncall.command()
    def page(
        words: Annotated[list[str], typer.Argument(help="A schedule or @person, then what it is about.")],
        who: Who,
        config: ConfigFile = None,
        database: Database = None,
        as_json: Json = False,
    ) -> None:
        """Page whoever is on call, or somebody: `page emea the studio has no sound`. A running bot sends it."""
        typed("page", words, place(config, database, who, as_json))

    @oncall.command()
    def handover(
        who: Who,
        schedule: Annotated[str | None, typer.Argument(help="Of your shift; the one you have if left out.")] = None,
        remark: Annotated[
            str | None, typer.Option(help="Your remarks, in the place of those in it; - reads them from the input.")
        ] = None,
        send: Annotated[bool, typer.Option("--send", help="Hand it over now.")] = False,
        confirm: Annotated[
            int | None, typer.Option(help="You have the note of this number.", min=1, max=10**15)
        ] = None,
        config: ConfigFile = None,
        database: Database = None,
        as_json: Json = False,
    ) -> None:
        """Show the hand-over note of your shift, write remarks in it, send it; or confirm one that you were given."""
        from handlers.commands import oncall_handover as handing_over

        where = place(config, database, who, as_json)
        if confirm is not None:
            if schedule is not None or remark is not None or send:
                typer.echo("--confirm is about somebody else's note: give it alone", err=True)
                raise typer.Exit(2)
            raise typer.Exit(handing_over.confirm(where, confirm))
        text = sys.stdin.read() if remark == "-" else remark
        raise typer.Exit(handing_over.hand_over(where, schedule, text, send=send))

    @oncall.command()
    def contact(
        person: Annotated[str, typer.Argument(help="Whose ways: a key under people: in the file.")],
        words: Annotated[
            list[str] | None, typer.Argument(help="add email ADDRESS, verify CODE, remove email, test or check.")
        ] = None,
        config: ConfigFile = None,
        database: Database = None,
        as_json: Json = False,
    ) -> None:
        """Say how somebody is reached; add, verify, remove and try their ways. The code comes by the way itself."""
        from handlers.commands.oncall_contact import contact as run

        raise typer.Exit(run(place(config, database, person, as_json), words or []))

    def on_incident(verb: str, says: str) -> None:
        @oncall.command(verb, help=says)
        def command(
            number: Number, who: Who, config: ConfigFile = None, database: Database = None, as_json: Json = False
        ) -> None:
            from handlers.commands.oncall_deeds import incident

            raise typer.Exit(incident(place(config, database, who, as_json), number, verb))

    for verb, says in _ON_INCIDENTS.items():
        on_incident(verb, says)
