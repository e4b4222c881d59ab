"""Logging: structlog over the standard library, lines for people or JSON for collectors, on standard error."""

from __future__ import annotations

import logging
import sys

import structlog

from handlers.settings import LogPolicy
from handlers.slack.redaction import hide_secrets


def configure_logs(policy: LogPolicy) -> None:
    """Everything that is logged, by us or by a library, passes the same redaction."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    drawn: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if policy.format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, drawn],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(policy.level.upper())
    for chatty in ("apscheduler", "uvicorn.error", "uvicorn.access", "matplotlib", "fontTools", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
