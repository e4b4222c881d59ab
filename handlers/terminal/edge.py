"""The terminal, plugged in: messages as plain lines on standard output, for trying Livedesk without a chat."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from handlers.edge import Edge, Needs
from handlers.terminal.platform import TerminalPlatform


@asynccontextmanager
async def terminal_edge(needs: Needs) -> AsyncIterator[Edge]:
    del needs
    yield Edge(TerminalPlatform(sys.stdout))
