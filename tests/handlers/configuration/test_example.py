"""examples/livedesk.yaml: the one full example, from which the demo runs."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.configuration.model import Configuration
from handlers.configuration import dump, examine_file, restore, warnings

EXAMPLE = Path(__file__).parents[3] / "examples" / "livedesk.yaml"
FRIDAY_SHOW = datetime(2026, 3, 6, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def example() -> Configuration:
    return examine_file(EXAMPLE).configuration


def test_it_uses_every_section(example: Configuration) -> None:
    for field in fields(Configuration):
        assert field.name in ("version", "further_ways") or getattr(example, field.name), field.name


def test_it_is_free_of_oddities(example: Configuration) -> None:
    assert examine_file(EXAMPLE).notes == ()
    assert warnings(example, FRIDAY_SHOW) == []


def test_it_shows_each_feature_of_schedules(example: Configuration) -> None:
    schedules = example.schedules.values()
    layers = [layer for schedule in schedules for layer in schedule.layers]

    assert {"weekly", "daily", "custom"} <= {layer.rotation.type for layer in layers}
    assert any(schedule.holidays for schedule in schedules)
    assert any(schedule.leave for schedule in schedules)
    assert any(override.person is None for schedule in schedules for override in schedule.overrides)
    assert len({layer.zone for layer in example.schedules["follow-the-sun"].layers}) == 3


def test_it_has_an_override_over_a_change_of_clocks(example: Configuration) -> None:
    (override,) = example.schedules["emea"].overrides

    zone = example.schedules["emea"].zone
    assert override.start.astimezone(zone).utcoffset() == timedelta(hours=1)
    assert override.end.astimezone(zone).utcoffset() == timedelta(hours=2)


def test_it_fills_the_show_without_a_gap(example: Configuration) -> None:
    show = example.shows["aurora-skincare"]

    assert show.starts_at == FRIDAY_SHOW
    assert show.segments[0].start == timedelta(0)
    assert show.segments[-1].end == timedelta(minutes=40)
    assert all(one.end == two.start for one, two in zip(show.segments, show.segments[1:], strict=False))


def test_it_names_schedules_where_readers_of_the_file_look_for_them(example: Configuration) -> None:
    """Other tools find schedules by `  name:` under `schedules:`."""
    text = EXAMPLE.read_text("utf-8")
    block = re.search(r"^schedules:\n((?:[ #].*\n|\n)*)", text, re.MULTILINE)

    assert block
    assert re.findall(r"^  ([\w.-]+):$", block[1], re.MULTILINE) == list(example.schedules)


def test_it_tells_editors_where_the_schema_is() -> None:
    first = EXAMPLE.read_text("utf-8").splitlines()[0]

    assert first.startswith("# yaml-language-server: $schema=")
    assert (EXAMPLE.parent / first.partition("$schema=")[2]).is_file()


def test_it_survives_being_stored(example: Configuration) -> None:
    assert restore(dump(example)) == example
