"""A running bot and its file: what is right comes into force, what is wrong is told of and changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import bot
from handlers.configuration import ConfigurationError
from handlers.in_force import InForce
from store import due, outbox
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import HOUSE

ROTATION = "rotation: {type: weekly, start: 2026-01-05, members: [maya]}"
OVERRIDE = 'person: jon, start: "2026-03-07T00:00:00Z", end: "2026-03-08T00:00:00Z"'
LAYERS = "    layers:\n"

# Each: what is done to the file, the line of the mistake, and a word of the reason.
MISTAKES: dict[str, tuple[Callable[[str], str], str, str]] = {
    "an unknown zone": (
        lambda text: text.replace("mericas:\n    timezone: America/Los_Angeles", "mericas:\n    timezone: Mars/Phobos"),
        "timezone: Mars/Phobos", "no time zone 'Mars/Phobos'",
    ),
    "an unknown person": (
        lambda text: text.replace("members: [maya]}", "members: [mya]}"), "members: [mya]}", "no person 'mya'"
    ),
    "a rotation with no members": (
        lambda text: text.replace("members: [maya]}", "members: []}"), "members: []}", "at least one member"
    ),
    "overlapping overrides": (
        lambda text: text.replace(
            LAYERS,
            f"    overrides:\n      - {{{OVERRIDE}}}\n      - {{{OVERRIDE.replace('jon', 'maya')}}}  # again\n{LAYERS}",
        ),
        "# again", "overlaps the override of line",
    ),
    "an end before its start": (
        lambda text: text.replace(LAYERS, f"    overrides:\n    - {{{OVERRIDE.replace('03-08', '03-06')}}}\n{LAYERS}"),
        "03-06T", "not after the start",
    ),
    "a date that does not exist": (
        lambda text: text.replace("start: 2026-01-05", "start: 2026-02-30"), "2026-02-30", "no 2026-02-30"
    ),
    "a policy that loops": (
        lambda text: text.replace("  page:\n", "  page:\n    repeat: 1000\n"), "repeat: 1000", "between 0 and 9"
    ),
    "a policy that leads to a policy": (
        lambda text: text.replace("{notify: [{person: jon}]", "{notify: [{policy: page}]"), "policy: page}]",
        "no such field",
    ),
    "a policy that ends in nobody": (
        lambda text: text.replace("{notify: [{person: jon}]", "{notify: []"), "notify: []", "nobody"
    ),
    "a policy that asks a schedule that is not there": (
        lambda text: text.replace("[{schedule: americas}]", "[{schedule: americans}]"), "americans", "no schedule"
    ),
    "a policy that asks schedules of nobody": (
        lambda text: text.replace(
            "policies:\n",
            "  empty: {timezone: UTC}\npolicies:\n  nobody: {steps: [{notify: [{schedule: empty}]}]}\n",
        ),
        "nobody: {steps", "ends in nobody",
    ),
    "a key that there is not": (lambda text: text + "schedulse: {}\n", "schedulse", "did you mean schedules?"),
    "no YAML at all": (lambda text: text + "}{", "}{", "cannot be read as YAML"),
}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written = tmp_path / "livedesk.yaml"
    written.write_text(HOUSE, "utf-8")
    return written


def in_force(store: Store, path: Path) -> InForce:
    return InForce(store, WORKSPACE, path, lambda: NOON)


def change(path: Path, text: str) -> None:
    """Write it, and let its time differ from the last one's even where a file system counts whole seconds."""
    before = path.stat().st_mtime_ns
    path.write_text(text, "utf-8")
    os.utime(path, ns=(before + 10**9, before + 10**9))


def line_of(text: str, mark: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if mark in line)


def notices(store: Store) -> list[str]:
    """What waits for the admin channel, each with everything it says."""
    return [
        f"{body['headline']} {body['parts']}"
        for _, where, body in store.read(lambda c: outbox.pending(c, WORKSPACE))
        if where == "C0ADMIN001"
    ]


async def settled(kept: InForce) -> bool:
    """A change is taken when it rests from one look to the next."""
    assert not await kept.look()
    return await kept.look()


@pytest.mark.parametrize("name", MISTAKES)
async def test_a_running_bot_refuses_it_with_line_and_reason_and_goes_on(store: Store, path: Path, name: str) -> None:
    make, mark, reason = MISTAKES[name]
    kept = in_force(store, path)
    before = kept.configuration
    wrong = make(HOUSE)
    assert wrong != HOUSE
    change(path, wrong)

    assert not await settled(kept)

    assert kept.configuration is before
    (notice,) = notices(store)
    assert "livedesk.yaml was changed and is not taken" in notice
    assert f"livedesk.yaml:{line_of(wrong, mark)}: " in notice
    assert reason in notice
    assert str(path.parent) not in notice, "where the file lies is nobody's business in a channel"
    assert not await kept.look()
    assert len(notices(store)) == 1, "told once"


@pytest.mark.parametrize("name", MISTAKES)
def test_a_bot_that_starts_refuses_it_too(store: Store, path: Path, name: str) -> None:
    make, mark, reason = MISTAKES[name]
    wrong = make(HOUSE)
    path.write_text(wrong, "utf-8")

    with pytest.raises(ConfigurationError) as refused:
        in_force(store, path)

    assert any(one.line == line_of(wrong, mark) and reason in str(one) for one in refused.value.problems)


async def test_it_takes_a_change_that_is_right_and_plans_what_it_asks_for(store: Store, path: Path) -> None:
    kept = in_force(store, path)
    change(path, HOUSE.replace("name: EMEA, ", 'name: EMEA, digest_at: "07:30", '))

    assert await settled(kept)

    assert kept.configuration.version == 2
    planned = store.read(lambda c: due.planned(c, WORKSPACE, "digest", "emea"))
    assert planned is not None
    assert (planned.hour, planned.minute) == (6, 30), "half past seven in Berlin"
    assert notices(store) == []


async def test_it_says_when_a_file_that_was_refused_is_right_again(store: Store, path: Path) -> None:
    kept = in_force(store, path)
    change(path, HOUSE + "schedulse: {}\n")
    assert not await settled(kept)
    change(path, HOUSE + "# mended\n")

    assert await settled(kept)

    assert "is right again: version 1 is in force" in notices(store)[-1]


async def test_it_waits_until_a_file_has_been_written_to_its_end(store: Store, path: Path) -> None:
    kept = in_force(store, path)
    for half in (HOUSE[: len(HOUSE) // 2], HOUSE[: len(HOUSE) // 2 + 40], HOUSE.replace("name: EMEA", "name: Europe")):
        change(path, half)
        assert not await kept.look()

    assert await kept.look()
    assert kept.configuration.teams["emea"].name == "Europe"
    assert notices(store) == []


def take_away(path: Path) -> None:
    path.unlink()


async def test_it_goes_on_without_its_file(store: Store, path: Path) -> None:
    kept = in_force(store, path)
    take_away(path)

    assert not await settled(kept)

    assert "cannot be opened" in notices(store)[0]
    assert kept.configuration.people


async def test_a_mistake_is_no_disaster_where_nobody_named_an_admin_channel(store: Store, path: Path) -> None:
    silent = HOUSE.replace('admin_channel: "slack:C0ADMIN001"\n', "")
    change(path, silent)
    kept = in_force(store, path)
    change(path, silent + "schedulse: {}\n")

    assert not await settled(kept)
    assert notices(store) == []


# ── through bot.py ───────────────────────────────────────────────────────────────────────────────────────────────

OF_SCHEDULES = [name for name in MISTAKES if "policy" not in name]


@pytest.mark.parametrize("name", OF_SCHEDULES)
def test_the_command_line_refuses_it_with_line_and_reason(path: Path, name: str) -> None:
    make, mark, reason = MISTAKES[name]
    wrong = make(HOUSE)
    path.write_text(wrong, "utf-8")

    done = CliRunner().invoke(bot.app, ["oncall", "who", "--config", str(path), "--schedule", "americas", "--json"])

    assert (done.exit_code, done.stdout) == (2, "")
    assert f"livedesk.yaml:{line_of(wrong, mark)}: " in done.stderr
    assert reason in done.stderr
