"""The commands of `bot.py oncall` that answer questions about the plan. Nothing heavy is imported before one is run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
ConfigFile = Annotated[Path, typer.Option("--config", help="The configuration file.")]
Schedule = Annotated[str | None, typer.Argument(help="Name under schedules: in the file.")]
Start = Annotated[str | None, typer.Option("--from", help="From here, with an offset; from now on if left out.")]
Database = Annotated[
    str | None, typer.Option(help="URL of a database: what was changed from chat counts too. The file alone without.")
]
End = Annotated[str | None, typer.Option("--to", help="To here, with an offset.")]

_FILE = Path("livedesk.yaml")


def register(app: typer.Typer) -> None:
    """Add every command of this file."""
    for command in (explain, week, me, covers, gaps, coverage, fairness, propose, route, reach):
        app.command()(command)


def explain(
    schedule: Schedule = None,
    config: ConfigFile = _FILE,
    at: Annotated[str | None, typer.Option(help="Instant, with an offset; now if left out.")] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say why this person: every layer that was asked, and why it did or did not decide."""
    from handlers.commands import oncall_questions as questions
    from handlers.commands.oncall_asked import SECTIONS
    from handlers.commands.oncall_plans import ask

    raise typer.Exit(
        ask(config, as_json, _now(), lambda asked: questions.explain(asked, schedule, at), SECTIONS, database)
    )


def week(
    schedule: Schedule = None,
    config: ConfigFile = _FILE,
    start: Start = None,
    zone: Annotated[str | None, typer.Option(help="Whose clock; the schedule's if left out.")] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Write seven days of the final schedule, a line a day."""
    from handlers.commands import oncall_questions as questions
    from handlers.commands.oncall_asked import SECTIONS
    from handlers.commands.oncall_plans import ask

    raise typer.Exit(
        ask(config, as_json, _now(), lambda asked: questions.week(asked, schedule, start, zone), SECTIONS, database)
    )


def me(
    person: Annotated[str, typer.Argument(help="Key under people: in the file.")],
    config: ConfigFile = _FILE,
    start: Start = None,
    end: End = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Write a person's shifts ahead, on their own clock."""
    from handlers.commands import oncall_questions as questions
    from handlers.commands.oncall_asked import SECTIONS
    from handlers.commands.oncall_plans import ask

    raise typer.Exit(
        ask(config, as_json, _now(), lambda asked: questions.me(asked, person, start, end), SECTIONS, database)
    )


def covers(
    show: Annotated[str, typer.Argument(help="A show's key, or words such as 'Friday Jakarta'.")],
    config: ConfigFile = _FILE,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say who covers a show in each of its markets, and whether they read the viewers' languages."""
    from handlers.commands import oncall_questions as questions
    from handlers.commands.oncall_plans import ask

    raise typer.Exit(ask(config, as_json, _now(), lambda asked: questions.covers(asked, show), None, database))


def gaps(
    config: ConfigFile = _FILE,
    days: Annotated[int, typer.Option(help="So many days ahead.", min=1, max=366)] = 14,
    start: Start = None,
    end: End = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say where nobody is on call while a show, or a schedule without gaps, wants somebody, and who could fill it."""
    from handlers.commands import oncall_questions as questions
    from handlers.commands.oncall_plans import ask

    raise typer.Exit(
        ask(config, as_json, _now(), lambda asked: questions.gaps(asked, start, end, days), None, database)
    )


def coverage(
    config: ConfigFile = _FILE,
    start: Start = None,
    zone: Annotated[str | None, typer.Option(help="Whose clock; UTC if left out.")] = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Weigh each market's prime time and shows of a week against the hours in which somebody is on call for it."""
    from handlers.commands import oncall_questions as questions
    from handlers.commands.oncall_plans import ask

    raise typer.Exit(ask(config, as_json, _now(), lambda asked: questions.coverage(asked, start, zone), None, database))


def fairness(
    schedule: Schedule = None,
    config: ConfigFile = _FILE,
    start: Start = None,
    end: End = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say who carries how many hours, nights, weekends and holidays, and what would even it out."""
    from handlers.commands import oncall_questions as questions
    from handlers.commands.oncall_asked import SECTIONS
    from handlers.commands.oncall_plans import ask

    raise typer.Exit(
        ask(config, as_json, _now(), lambda asked: questions.fairness(asked, schedule, start, end), SECTIONS, database)
    )


def propose(
    config: ConfigFile = _FILE,
    name: Annotated[str, typer.Option(help="Name of the schedule.")] = "proposed",
    market: Annotated[str | None, typer.Option(help="For one market: whoever reads its languages.")] = None,
    rotation: Annotated[str, typer.Option(help="weekly or daily.")] = "weekly",
    weekdays: Annotated[bool, typer.Option("--weekdays", help="Monday to Friday alone.")] = False,
    start: Start = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Propose layers that follow the sun, with what they cover and who carries what, as YAML. Writes nothing."""
    from handlers.commands import oncall_questions as questions
    from handlers.commands.oncall_plans import ask

    raise typer.Exit(
        ask(
            config,
            as_json,
            _now(),
            lambda asked: questions.propose(asked, name, market, rotation, weekdays, start),
            None,
            database,
        )
    )


def route(
    market: Annotated[str | None, typer.Option(help="Key of the market under markets: in the file.")] = None,
    category: Annotated[str | None, typer.Option(help="A complaint or a signal, such as payment.")] = None,
    language: Annotated[str | None, typer.Option(help="The viewers'; the market's first if left out.")] = None,
    severity: Annotated[str, typer.Option(help="P1, P2 or P3.")] = "P1",
    at: Annotated[str | None, typer.Option(help="Instant, with an offset; now if left out.")] = None,
    config: ConfigFile = _FILE,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say which rule would take an incident, and whom each step would page, when, on whose clock. Pages nobody."""
    from handlers.commands.oncall_plans import ask
    from handlers.commands.oncall_route import route as routed

    raise typer.Exit(
        ask(
            config,
            as_json,
            _now(),
            lambda asked: routed(asked, market, category, language, severity, at, database),
            None,
            database,
        )
    )


def reach(
    config: ConfigFile = _FILE,
    days: Annotated[int, typer.Option(help="So many days ahead.", min=1, max=366)] = 7,
    as_json: Json = False,
) -> None:
    """Say who comes on call without a way to be reached by a page, as far as the file tells."""
    from handlers.commands.oncall_plans import ask
    from handlers.commands.oncall_reach import reach as answer

    raise typer.Exit(ask(config, as_json, _now(), lambda asked: answer(asked, days)))


def _now() -> datetime:
    return datetime.now(UTC)
