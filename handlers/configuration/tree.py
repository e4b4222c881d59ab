"""The text of a YAML file as a tree that remembers its lines, and nothing about what the values mean.

Scalars stay as they were written: YAML 1.1 would read `NO` (Norway) as false, `on:` as true, `09:00` as 540 and an
unquoted date as a date, and what a word means is for the field that holds it to say (`scalars.py`).

The tree is put together from PyYAML's events rather than by its composer, which recurses (a file of brackets alone
would exhaust the stack) and lets a later key silently replace an earlier one. Aliases share one subtree; what they
would grow to is counted, so that a few lines cannot stand for millions of values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_BYTES = 1_000_000  # a team's whole configuration is some 20 kB; more than this is not one
MAX_VALUES = 100_000  # after aliases are followed
MAX_DEPTH = 40  # the deepest field of ours lies at 8

# libyaml is about ten times as fast; wheels have it, a build from source may not.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What YAML allows in a file (YAML 1.2, section 5.1). Checked here so that the line can be told, and because libyaml
# cannot even be handed a lone surrogate.
_NOT_PRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_CORE = "tag:yaml.org,2002:"
_READABLE_TAGS = frozenset(_CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map"))

Refuse = Callable[[int, str, str], None]
"""`refuse(line, field, reason)` notes one problem; reading goes on where it can."""


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """One written value. `plain`: it stood without quotes, so it may mean a number, a truth value or nothing."""

    line: int
    text: str
    plain: bool = True
    size: int = 1

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in _NULL


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    line: int
    items: tuple[Tree, ...]
    size: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """Keys are unique: a repeated one was refused and its first value kept."""

    line: int
    entries: dict[str, tuple[int, Tree]] = field(default_factory=dict)  # key → (line of the key, value)
    size: int = 1


Tree = Scalar | Listing | Mapping


def join(at: str, key: str) -> str:
    """The path of a key below `at`.

    >>> join("schedules", "emea"), join("schedules", "night shift"), join("", "people")
    ('schedules.emea', 'schedules."night shift"', 'people')
    """
    shown = key if re.fullmatch(r"[\w-]+", key) else json.dumps(key[:80], ensure_ascii=False)
    return f"{at}.{shown}" if at else shown


class _TooMuchError(Exception):
    """Reading stops here; the problem has been noted."""


def read_tree(text: str, refuse: Refuse) -> Tree | None:
    """The one document of `text`, or None (with at least one problem noted) when there is no tree to be had."""
    text = text.removeprefix("\ufeff")
    if found := _NOT_PRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        refuse(line, "file", f"the character U+{ord(found[0]):04X} cannot stand in a YAML file; delete it")
        return None
    if len(text.encode()) > MAX_BYTES:
        refuse(1, "file", f"the file is larger than {MAX_BYTES // 1000} kB, which no configuration should be")
        return None
    composer = _Composer(refuse)
    try:
        for event in yaml.parse(_json_as_yaml(text), Loader=_LOADER):
            composer.take(event)
    except _TooMuchError:
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        reason = error.problem or error.context or "it is not YAML"
        if "\t" in _indentation(text, line):
            reason = "a tab stands where YAML wants spaces; indent with spaces"
        refuse(line, "file", f"cannot be read as YAML: {reason}")
        return None
    except yaml.YAMLError as error:
        refuse(1, "file", f"cannot be read as YAML: {str(error).splitlines()[0]}")
        return None
    if composer.root is None:
        refuse(1, "file", "the file is empty; start from examples/livedesk.yaml")
    return composer.root


def _indentation(text: str, line: int) -> str:
    written = text.split("\n")[line - 1 : line]
    return written[0][: len(written[0]) - len(written[0].lstrip())] if written else ""


_JSON_STRING_OR_TAB = re.compile(r'"(?:[^"\\]|\\.)*"|\t')
# Inside double quotes YAML would take these for line breaks; its own escapes for them:
_LINE_BREAKS = {0x85: "\\N", 0x2028: "\\L", 0x2029: "\\P"}


def _json_as_yaml(text: str) -> str:
    r"""JSON is YAML, but for `\/`, surrogate pairs as `\ud83d\ude00`, and tabs, which PyYAML does not take.

    Lines stay where they are, since no JSON string can hold a raw line feed.
    """
    if not text.lstrip().startswith(("{", "[")) or not ("\t" in text or "\\" in text):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text  # flow-style YAML, or broken; the YAML parser will say which

    def rewritten(match: re.Match[str]) -> str:
        if match[0] == "\t":
            return " "
        literal = json.dumps(json.loads(match[0]), ensure_ascii=False).translate(_LINE_BREAKS)
        return re.sub("[\ud800-\udfff\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", literal)

    return _JSON_STRING_OR_TAB.sub(rewritten, text)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    line: int
    at: str
    anchor: str | None
    is_mapping: bool
    items: list[Tree] = field(default_factory=list)
    entries: dict[str, tuple[int, Tree]] = field(default_factory=dict)
    merged: list[Tree] = field(default_factory=list)
    key: Scalar | None = None
    size: int = 1

    def path_of_next(self) -> str:
        if not self.is_mapping:
            return f"{self.at}[{len(self.items)}]"
        return self.at if self.key is None else join(self.at, self.key.text)


class _Composer:
    def __init__(self, refuse: Refuse) -> None:
        self.root: Tree | None = None
        self._refuse = refuse
        self._open: list[_Open] = []
        self._anchors: dict[str, Tree | None] = {}  # None while what it names is still open

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._check_tag(event.tag, line)
            self._place(Scalar(line, event.value, bool(event.implicit[0])), event.anchor)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._check_tag(event.tag, line)
            self._begin(line, event.anchor, isinstance(event, yaml.MappingStartEvent))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._place(self._named(str(event.anchor), line), None)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self._stop(line, "a second document begins here (`---`); keep everything in one")

    def _begin(self, line: int, anchor: str | None, is_mapping: bool) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._stop(line, f"values are nested more than {MAX_DEPTH} deep")
        if anchor:
            self._anchors[anchor] = None
        self._open.append(_Open(line, self._here(), anchor, is_mapping))

    def _end(self) -> None:
        done = self._open.pop()
        tree: Tree
        if done.is_mapping:
            for other in done.merged:
                done.entries = self._merge_into(done.entries, other, done)
            tree = Mapping(done.line, done.entries, done.size)
        else:
            tree = Listing(done.line, tuple(done.items), done.size)
        self._place(tree, done.anchor)

    def _place(self, tree: Tree, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = tree
        if not self._open:
            self.root = tree
            return
        parent = self._open[-1]
        parent.size += tree.size
        if parent.size > MAX_VALUES:
            self._stop(tree.line, f"the file stands for more than {MAX_VALUES} values once its aliases are followed")
        if not parent.is_mapping:
            parent.items.append(tree)
        elif parent.key is None:
            parent.key = self._as_key(tree, parent)
        else:
            self._add_entry(parent, parent.key, tree)
            parent.key = None

    def _as_key(self, tree: Tree, parent: _Open) -> Scalar:
        if isinstance(tree, Scalar):
            return tree
        self._stop(tree.line, "a key must be a plain word, not a list or a mapping")
        raise AssertionError("unreachable")

    def _add_entry(self, parent: _Open, key: Scalar, value: Tree) -> None:
        if key.plain and key.text == "<<":
            parent.merged.extend(value.items if isinstance(value, Listing) else [value])
        elif key.text in parent.entries:
            first = parent.entries[key.text][0]
            self._refuse(key.line, join(parent.at, key.text), f"is given twice; the first stands on line {first}")
        else:
            parent.entries[key.text] = (key.line, value)

    def _merge_into(
        self, entries: dict[str, tuple[int, Tree]], other: Tree, parent: _Open
    ) -> dict[str, tuple[int, Tree]]:
        """What the mapping says itself wins over what `<<:` brings in."""
        if isinstance(other, Mapping):
            return {**other.entries, **entries}
        self._refuse(other.line, join(parent.at, "<<"), "only a mapping, or a list of them, can be merged in")
        return entries

    def _named(self, anchor: str, line: int) -> Tree:
        if anchor not in self._anchors:
            self._stop(line, f"*{anchor} refers to an anchor that no earlier line sets (&{anchor})")
        tree = self._anchors[anchor]
        if tree is None:
            self._stop(line, f"*{anchor} stands inside what it refers to")
        assert tree is not None
        return tree

    def _check_tag(self, tag: str | None, line: int) -> None:
        if tag is not None and tag != "!" and tag not in _READABLE_TAGS:
            shown = tag.replace(_CORE, "!!")
            self._stop(line, f"the tag {shown[:80]} is not read here; write the plain value")

    def _here(self) -> str:
        return self._open[-1].path_of_next() if self._open else ""

    def _stop(self, line: int, reason: str) -> None:
        here = self._here()
        self._refuse(line, here if 0 < len(here) <= 200 else "file", reason)
        raise _TooMuchError
