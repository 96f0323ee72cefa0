"""A small version of `tools/chaos_fleet.py`: whoever is killed, each due run is recorded once and nothing stays."""

from __future__ import annotations

import pytest

from tests import postgres
from tools.chaos_fleet import chaos


@pytest.mark.browser
async def test_on_one_machine_each_run_is_recorded_once_whoever_is_killed() -> None:
    assert await chaos("sqlite", 20, 2, seed=8, blows=6, pause=3.0, limit=1800.0) == []


@pytest.mark.browser
@pytest.mark.skipif(postgres.programs() is None, reason=postgres.MISSING)
async def test_on_many_machines_each_run_is_recorded_once_whoever_is_killed_and_if_it_is_the_database() -> None:
    assert await chaos("postgres", 8, 2, seed=8, blows=6, pause=3.0, limit=1800.0) == []
