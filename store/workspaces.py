"""Workspaces and the numbered versions of their configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from store.engine import insert
from store.tables import configurations, workspaces


def ensure(connection: Connection, name: str, now: datetime) -> int:
    """The id of the workspace called `name`, made if need be."""
    connection.execute(insert(connection, workspaces).values(name=name, created_at=now).on_conflict_do_nothing())
    found: int = connection.execute(select(workspaces.c.id).where(workspaces.c.name == name)).scalar_one()
    return found


def keep_configuration(connection: Connection, workspace: int, body: Mapping[str, Any], now: datetime) -> int:
    """The number of the version with this body; a new one unless it equals the newest."""
    digest = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    newest = connection.execute(
        select(configurations.c.version, configurations.c.digest)
        .where(configurations.c.workspace == workspace)
        .order_by(configurations.c.version.desc())
        .limit(1)
    ).first()
    if newest and newest.digest == digest:
        return int(newest.version)
    version = (newest.version if newest else 0) + 1
    connection.execute(
        configurations.insert().values(
            workspace=workspace, version=version, digest=digest, body=dict(body), loaded_at=now
        )
    )
    return version


def newest_configuration(connection: Connection, workspace: int) -> tuple[int, Mapping[str, Any]] | None:
    row = connection.execute(
        select(configurations.c.version, configurations.c.body)
        .where(configurations.c.workspace == workspace)
        .order_by(configurations.c.version.desc())
        .limit(1)
    ).first()
    return (row.version, row.body) if row else None


def find(connection: Connection, name: str) -> int | None:
    """The id of the workspace called `name`, if there is one."""
    return connection.execute(select(workspaces.c.id).where(workspaces.c.name == name)).scalar()
