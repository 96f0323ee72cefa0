"""A fresh database, and the history in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scanner.store.history import History, open_history
from tests.postgres import server


@pytest.fixture
def database() -> str:
    return server().database()


@pytest.fixture
def history(database: str) -> Iterator[History]:
    opened = open_history(database)
    yield opened
    opened.close()
