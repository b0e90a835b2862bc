"""Logs as one JSON object a line, without names, numbers or secrets of people.

Code logs an event by a fixed word and keys of its own (`log.info("upload_read", rows=12)`). What a
key in `HIDDEN` would carry is dropped, whoever logs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

HIDDEN = frozenset(
    {
        "address",
        "authorization",
        "cookie",
        "display_name",
        "email",
        "identity_number",
        "name",
        "password",
        "phone",
        "secret",
        "session",
        "token",
        "username",
    }
)


def hide(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put a mark in the place of what a log must not hold."""
    for key in HIDDEN & event.keys():
        event[key] = "[hidden]"
    return event


SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    hide,
]


def configure(level: str) -> dict[str, Any]:
    """Send structlog through the standard library and return Django's LOGGING for `level`."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    as_json = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": as_json},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
    }
