"""How the columns of a file become the fields of an event: the formats known by name, and the ones named by flags."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any, Final

from desk.intake.event import KINDS, FeedbackEvent

EVENT_FIELDS: Final = tuple(one.name for one in fields(FeedbackEvent) if one.name != "source")
ATTRIBUTE: Final = "attributes."  # `attributes.device` is one attribute; `attributes` alone is a JSON object


class MappingError(Exception):
    """The file cannot be understood as asked: what to say instead."""


@dataclass(frozen=True, slots=True)
class RowMapping:
    """Where each field of an event comes from: `columns` from field to column (`author.id` looks into an object)."""

    columns: Mapping[str, str]
    kind: str | None = None  # of every row
    kinds: Mapping[str, str] = field(default_factory=dict)  # their kind → ours
    resolution: timedelta = timedelta(0)

    def value_of(self, row: Mapping[str, Any], name: str) -> Any:
        column = self.columns.get(name)
        return _look_up(row, column) if column is not None else None

    def event(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as an event that is still to be checked. Empty columns say nothing."""
        event: dict[str, Any] = {}
        attributes: dict[str, Any] = {}
        for name, column in self.columns.items():
            value = row.get(column)
            if value is None and "." in column:
                value = _look_up(row, column)
            if value is None or value == "":
                continue
            if name.startswith(ATTRIBUTE):
                attributes[name[len(ATTRIBUTE) :]] = value
            else:
                event[name] = value
        if attributes:
            event["attributes"] = attributes
        if self.kind is not None:
            event["kind"] = self.kind
        elif self.kinds:
            theirs = event.get("kind")
            event["kind"] = self.kinds.get(theirs, theirs) if isinstance(theirs, str) else theirs
        return event


@dataclass(frozen=True, slots=True)
class Preset:
    """A format known by name. A file that has all columns of `needs` is taken for one."""

    name: str
    about: str
    needs: frozenset[str]
    mapping: RowMapping


_CHAT = {"show": "stream", "at": "ts", "viewer": "user", "text": "text", "lang": "lang"}
_SHOP = {"at": "event_time", "kind": "event_type", "product": "product_id", "value": "price", "viewer": "user_id"}

PRESETS: Final[Mapping[str, Preset]] = {
    preset.name: preset
    for preset in (
        Preset(
            "livedesk",
            "the fields of POST /v1/feedback under their own names",
            frozenset({"at", "kind"}),
            RowMapping({name: name for name in EVENT_FIELDS}),
        ),
        Preset(
            "chat",
            "a live chat: stream, ts, user, text, platform, and viewers where it is shown",
            frozenset({"ts", "user", "text"}),
            RowMapping(
                {**_CHAT, "attributes.platform": "platform", "attributes.viewers": "viewers"}, kind="chat_comment"
            ),
        ),
        Preset(
            "shop",
            "a shop's log as REES46 publishes it: event_time, event_type, product_id, price, user_id, user_session",
            frozenset({"event_time", "event_type", "product_id"}),
            RowMapping(
                {
                    **_SHOP,
                    "attributes.session": "user_session",
                    "attributes.category": "category_code",
                    "attributes.brand": "brand",
                },
                kinds={"view": "product_click", "cart": "add_to_cart"},
            ),
        ),
        Preset(
            "viewers",
            "how many watched, minute by minute: offset_s, viewers",
            frozenset({"offset_s", "viewers"}),
            RowMapping({"at": "offset_s", "value": "viewers"}, kind="viewer_count", resolution=timedelta(minutes=1)),
        ),
    )
}


def read_map(text: str) -> dict[str, str]:
    """`--map text=comment,at=ts` as {field: column}; MappingError names a field that does not exist."""
    columns: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, column = (piece.strip() for piece in part.partition("="))
        if not equals or not column:
            raise MappingError(f"--map takes field=column pairs, such as text=comment,at=ts; {part!r} is none")
        if name not in EVENT_FIELDS and (not name.startswith(ATTRIBUTE) or name == ATTRIBUTE):
            known = ", ".join(EVENT_FIELDS)
            raise MappingError(f"--map names a field {name!r} that no event has; there are {known} and {ATTRIBUTE}…")
        columns[name] = column
    return columns


def choose(
    found: Collection[str],
    *,
    preset: str | None = None,
    columns: Mapping[str, str] | None = None,
    kind: str | None = None,
    resolution: timedelta | None = None,
    is_whole: bool = True,
) -> RowMapping:
    """The mapping for a file with the columns `found`: a preset, named or recognised, and what the flags change in it.

    With `is_whole`, `found` is all there is (a CSV header), so a flag that names another column is a mistake.
    """
    columns = columns or {}
    if kind is not None and kind not in KINDS:
        raise MappingError(f"--kind {kind!r} is no kind of feedback; it is one of {', '.join(sorted(KINDS))}")
    if preset is not None and preset not in PRESETS:
        raise MappingError(f"--preset {preset!r} is not known; it is one of {', '.join(PRESETS)}")
    missing = sorted({column for column in columns.values() if column not in found})
    if is_whole and missing:
        raise MappingError(f"the file has no column {_listed(missing)}; it has {_listed(found)}")
    base = (PRESETS[preset] if preset else _recognised(found) or PRESETS["livedesk"]).mapping
    mapping = replace(base, columns={**base.columns, **columns})
    if kind is not None:
        mapping = replace(mapping, kind=kind)
    elif "kind" in columns:
        mapping = replace(mapping, kind=None)
    if resolution is not None:
        mapping = replace(mapping, resolution=resolution)
    _check_reachable(mapping, found)
    return mapping


def _recognised(found: Collection[str]) -> Preset | None:
    fitting = [preset for preset in PRESETS.values() if preset.needs <= set(found)]
    if len(fitting) > 1:
        names = " and ".join(preset.name for preset in fitting)
        raise MappingError(f"the columns fit {names}; say which with --preset")
    return fitting[0] if fitting else None


def _check_reachable(mapping: RowMapping, found: Collection[str]) -> None:
    """Without a time or a kind every single row would be refused: better to say it once."""

    def is_there(name: str) -> bool:
        column = mapping.columns.get(name)
        return column is not None and (column in found or column.partition(".")[0] in found)

    hint = (
        f"the file has {_listed(found)}. Say what is what, for example --map at=COLUMN,text=COLUMN --kind chat_comment"
    )
    if not is_there("at"):
        raise MappingError(f"no column says when it happened; {hint}")
    if mapping.kind is None and not is_there("kind"):
        raise MappingError(f"no column says what kind of feedback it is; {hint}")


def _listed(found: Collection[str]) -> str:
    """Columns as they may be shown: the file could be anything."""
    shown = [name[:40] if name[:40].isprintable() else ascii(name[:40])[1:-1] for name in found]
    return ", ".join(shown[:30]) + (" …" if len(shown) > 30 else "")


def _look_up(row: Mapping[str, Any], column: str) -> Any:
    """The value under a column's name or, where there is none, under a path of names with dots."""
    if column in row:
        return row[column]
    value: Any = row
    for name in column.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
