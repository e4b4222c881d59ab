"""What chat platforms show of the shift and what is still to be shown; what they last said of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from store.engine import insert, wake
from store.tables_shift import disturbances, followed, platform_groups

SHIFTS = "shifts"


@dataclass(frozen=True, slots=True)
class Followed:
    schedule: str
    kind: str
    target: str
    wanted: Any
    revision: int
    state: str
    attempts: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Do-not-disturb of one account: half-open; both None when it is off."""

    account: str
    starts_at: datetime | None
    ends_at: datetime | None


_FOLLOWED = [followed.c[name] for name in Followed.__slots__]


def want(
    connection: Connection,
    workspace: int,
    schedule: str,
    kind: str,
    target: str,
    wanted: Any,
    now: datetime,
    wall: datetime,
) -> bool:
    """What should be shown from now on; False, with nothing written, when it is that already."""
    known = of(connection, workspace, schedule, kind)
    if known is not None and (known.target, known.wanted) == (target, wanted):
        return False
    values = {
        "target": target, "wanted": wanted, "revision": known.revision + 1 if known else 1, "state": "pending",
        "not_before": wall, "attempts": 0, "reason": None, "changed_at": now,
    }  # fmt: skip
    made = insert(connection, followed).values(workspace=workspace, schedule=schedule, kind=kind, **values)
    connection.execute(made.on_conflict_do_update(index_elements=["workspace", "schedule", "kind"], set_=values))
    wake(connection, SHIFTS)
    return True


def of(connection: Connection, workspace: int, schedule: str, kind: str) -> Followed | None:
    query = select(*_FOLLOWED).where(
        followed.c.workspace == workspace, followed.c.schedule == schedule, followed.c.kind == kind
    )
    row = connection.execute(query).first()
    return Followed(*tuple(row)) if row else None


def pending(connection: Connection, workspace: int, wall: datetime) -> list[Followed]:
    """What may be shown now."""
    query = (
        select(*_FOLLOWED)
        .where(followed.c.workspace == workspace, followed.c.state == "pending", followed.c.not_before <= wall)
        .order_by(followed.c.not_before, followed.c.schedule, followed.c.kind)
    )
    return [Followed(*tuple(row)) for row in connection.execute(query)]


def settle(connection: Connection, workspace: int, one: Followed, **values: Any) -> bool:
    """What became of showing `one`; False when something newer is wanted by now."""
    changed = connection.execute(
        update(followed)
        .where(
            followed.c.workspace == workspace,
            followed.c.schedule == one.schedule,
            followed.c.kind == one.kind,
            followed.c.revision == one.revision,
        )
        .values(attempts=followed.c.attempts + 1, **values)
    )
    return changed.rowcount == 1


def try_again(connection: Connection, workspace: int, wall: datetime) -> None:
    """What failed may have been mended meanwhile."""
    connection.execute(
        update(followed)
        .where(followed.c.workspace == workspace, followed.c.state == "failed")
        .values(state="pending", not_before=wall, reason=None)
    )
    wake(connection, SHIFTS)


def failures(connection: Connection, workspace: int) -> list[Followed]:
    query = select(*_FOLLOWED).where(followed.c.workspace == workspace, followed.c.state == "failed")
    return [Followed(*tuple(row)) for row in connection.execute(query.order_by(followed.c.schedule, followed.c.kind))]


# ── what a platform says of people ───────────────────────────────────────────────────────────────────────────────


def keep_disturbances(
    connection: Connection, workspace: int, platform: str, found: Sequence[Disturbance], read_at: datetime
) -> None:
    for one in found:
        values = {"starts_at": one.starts_at, "ends_at": one.ends_at, "read_at": read_at}
        made = insert(connection, disturbances).values(
            workspace=workspace, platform=platform, account=one.account, **values
        )
        connection.execute(made.on_conflict_do_update(index_elements=["workspace", "platform", "account"], set_=values))


def disturbances_of(
    connection: Connection, workspace: int, platform: str, accounts: Sequence[str], since: datetime
) -> dict[str, Disturbance]:
    """What was read of accounts at `since` or later."""
    if not accounts:
        return {}
    query = select(disturbances.c.account, disturbances.c.starts_at, disturbances.c.ends_at).where(
        disturbances.c.workspace == workspace,
        disturbances.c.platform == platform,
        disturbances.c.account.in_(accounts),
        disturbances.c.read_at >= since,
    )
    return {row.account: Disturbance(*tuple(row)) for row in connection.execute(query)}


def keep_members(
    connection: Connection, workspace: int, target: str, accounts: Sequence[str], read_at: datetime
) -> None:
    values = {"accounts": list(accounts), "read_at": read_at}
    made = insert(connection, platform_groups).values(workspace=workspace, target=target, **values)
    connection.execute(made.on_conflict_do_update(index_elements=["workspace", "target"], set_=values))


def members(connection: Connection, workspace: int, targets: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The accounts in each user group that was ever read."""
    if not targets:
        return {}
    query = select(platform_groups.c.target, platform_groups.c.accounts).where(
        platform_groups.c.workspace == workspace, platform_groups.c.target.in_(targets)
    )
    return {row.target: row.accounts for row in connection.execute(query)}
