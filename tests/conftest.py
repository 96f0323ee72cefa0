"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.watchdog"]

# How long an example takes is the machine's affair: no test is decided by the clock on the wall.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """A log that one test configured does not go on into the next, whose standard error is another file."""
    yield
    structlog.reset_defaults()
