"""The log of a service: one line for each thing that happened, for people or for programs, without any secret."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog

LogFormat = Literal["text", "json"]

_PASSWORD = re.compile(r"(?<=://)[^/\s@]*:[^/\s@]*(?=@)")


def configure_log(form: LogFormat | None = None, *, stream: TextIO | None = None, debug: bool = False) -> None:
    """Let the log go to standard error: as lines for people on a terminal, as JSON lines elsewhere.

    `form` decides otherwise. Call it once, before anything is logged.
    """
    target = stream or sys.stderr
    text = form == "text" or (form is None and target.isatty())
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        without_passwords,
    ]
    if text:
        # A traceback with the values of variables, as is usual there, could hold any secret.
        plain = structlog.dev.plain_traceback
        processors.append(
            structlog.dev.ConsoleRenderer(
                colors=target.isatty(), sort_keys=False, timestamp_key="at", exception_formatter=plain
            )
        )
    else:
        processors += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=True)]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=target),
        cache_logger_on_first_use=False,
    )


def without_passwords(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take what stands before the `@` of an address out of every text: names and passwords of proxies, databases."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _PASSWORD.sub("…", value)
    return event
