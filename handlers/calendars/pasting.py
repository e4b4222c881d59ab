"""Leave and overrides as lines of `livedesk.yaml`: to paste, or added to a file without touching another line."""

from __future__ import annotations

import json
import os
import re
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml

from handlers.calendars.taking import Taken
from handlers.configuration import ConfigurationError, load_text

Section = Literal["leave", "overrides"]
_SECTIONS = frozenset({"people", "schedules"})
_SIMPLE = re.compile(r"[A-Za-z][\w-]*", re.ASCII)
_SPECIAL = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])


class NotWrittenError(Exception):
    """The file is as it was; the text says why."""


@dataclass(frozen=True, slots=True)
class Addition:
    """What is to be added under one schedule."""

    schedule: str
    section: Section
    zone: ZoneInfo  # in whose offsets the instants are written
    entries: tuple[Taken, ...]

    def lines(self) -> list[str]:
        return [f"- {{person: {_scalar(one.person)}, {self._span(one)}}}" for one in self.entries]

    def _span(self, one: Taken) -> str:
        start, end = (_instant(at, self.zone) for at in (one.start, one.end))
        return f'start: "{start}", end: "{end}"'


def to_paste(additions: Sequence[Addition]) -> str:
    """YAML with the entries where they belong."""
    lines = ["schedules:"]
    for one in additions:
        lines += [f"  {_scalar(one.schedule)}:", f"    {one.section}:", *(f"      {line}" for line in one.lines())]
    return "\n".join(lines)


def add_to_file(path: Path, additions: Sequence[Addition]) -> None:
    """Add the entries to a file, all of them or none, keeping its comments and every line that is there.

    Raises NotWrittenError where the file is laid out in a way that this cannot be sure of, or would not be valid
    afterwards; it is then unchanged.
    """
    path = path.resolve()  # so that a link stays one
    try:
        before = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotWrittenError(f"{path} cannot be read ({type(error).__name__})") from None
    after = before
    for one in additions:
        if one.entries:
            after = _added(after, one)
    _check(before, after, additions, str(path))
    _replace(path, after)


def _added(text: str, addition: Addition) -> str:
    """The text with the entries as new lines."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        raise NotWrittenError("the file is no YAML") from None
    schedule = _block(_block(_block(root, None), "schedules"), addition.schedule)
    key, value = _entry(schedule, addition.section)
    column = schedule.value[0][0].start_mark.column
    if key is None:
        at = _last_line(schedule) + 1
        new = [" " * column + f"{addition.section}:", *(" " * (column + 2) + one for one in addition.lines())]
    elif isinstance(value, yaml.SequenceNode) and value.value and not value.flow_style:
        at = _last_line(value) + 1
        new = [" " * value.start_mark.column + one for one in addition.lines()]
    elif isinstance(value, yaml.ScalarNode) and value.value == "" and value.style is None:
        at = key.start_mark.line + 1
        new = [" " * (column + 2) + one for one in addition.lines()]
    else:
        where = f"`{addition.section}:` of {addition.schedule}"
        raise NotWrittenError(f"{where} is not written as a list with an entry a line")
    if not lines[at - 1].endswith("\n"):
        lines[at - 1] += newline
    return "".join([*lines[:at], *(one + newline for one in new), *lines[at:]])


def _block(node: Any, name: str | None) -> yaml.MappingNode:
    """A mapping that is written with a key a line: the node itself, or what stands under `name` in it."""
    if name is not None:
        _, node = _entry(node, name)
    if not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value:
        where = f"`{name}:`" if name else "it"
        raise NotWrittenError(f"{where} is not written with a key a line")
    return node


def _entry(node: yaml.MappingNode, name: str) -> tuple[Any, Any]:
    return next(((key, value) for key, value in node.value if key.value == name), (None, None))


def _last_line(node: Any) -> int:
    """The line on which a node's last word stands. The end that the parser gives to a block is the next word's
    beginning, with every comment in between."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        key, value = node.value[-1]
        return max(int(key.end_mark.line), _last_line(value))
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1])
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        raise NotWrittenError("it ends with a text of several lines")
    return int(node.end_mark.line)


def _check(before: str, after: str, additions: Sequence[Addition], name: str) -> None:
    """Read it as the bot will: what was there is there, what is new is new, and nothing else changed."""
    try:
        old, new = load_text(before, name, _SECTIONS), load_text(after, name, _SECTIONS)
    except ConfigurationError as error:
        raise NotWrittenError(f"the file would not be valid: {error}") from None
    plain_old, plain_new = (yaml.safe_load(text) for text in (before, after))
    for one in additions:
        entries = getattr(old.schedules[one.schedule], one.section)
        expected = [(entry.person, entry.start, entry.end) for entry in (*entries, *one.entries)]
        got = [(entry.person, entry.start, entry.end) for entry in getattr(new.schedules[one.schedule], one.section)]
        if got != expected:
            raise NotWrittenError("the entries would not stand where they belong")
        for said in (plain_old, plain_new):
            said["schedules"][one.schedule].pop(one.section, None)
    if plain_old != plain_new or not _is_part(before.splitlines(), after.splitlines()):
        raise NotWrittenError("something else in it would change")


def _is_part(lines: Sequence[str], of: Sequence[str]) -> bool:
    """Whether all lines are there, in order."""
    remaining = iter(of)
    return all(line in remaining for line in lines)


def _replace(path: Path, text: str) -> None:
    """Whole or not at all, with the owner's mode."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            Path(fresh).chmod(mode)
            Path(fresh).replace(path)
        finally:
            Path(fresh).unlink(missing_ok=True)
    except OSError as error:
        raise NotWrittenError(f"{path} cannot be written ({error.strerror})") from None


def _instant(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat()


def _scalar(text: str | None) -> str:
    if text is None:
        return "null"
    simple = _SIMPLE.fullmatch(text) and text.casefold() not in _SPECIAL
    return text if simple else json.dumps(text, ensure_ascii=False)
