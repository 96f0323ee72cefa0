"""What Procrastinate and the pool of connections have to say, in the log of the service."""

from __future__ import annotations

import logging

import structlog

_SPEAKERS = ("procrastinate", "psycopg.pool")


class _Forward(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        text = record.getMessage() if error is None else f"{record.getMessage()} ({type(error).__name__}: {error})"
        structlog.get_logger("scanner.schedule").log(
            record.levelno, "queue engine", said=" ".join(text.split())[:500], by=record.name
        )


def forward_engine_log(level: int = logging.WARNING) -> None:
    """Let warnings and errors of the queue's engine come out as lines of our log, without tracebacks."""
    for name in _SPEAKERS:
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.propagate = False
        if not any(isinstance(handler, _Forward) for handler in logger.handlers):
            logger.addHandler(_Forward())
