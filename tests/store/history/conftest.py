"""Every test of the history runs on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.store.history import History, open_history
from tests.postgres import server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new, empty history may be opened."""
    return str(tmp_path / "history.db") if request.param == "sqlite" else server().database()


@pytest.fixture
def history(address: str) -> Iterator[History]:
    """A new, empty history."""
    book = open_history(address)
    yield book
    book.close()
