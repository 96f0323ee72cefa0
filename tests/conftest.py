"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

pytest_plugins = ["tests.watchdog"]


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """A log that one test configured does not go on into the next, whose standard error is another file."""
    yield
    structlog.reset_defaults()
