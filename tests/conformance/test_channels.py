"""One scan of the conformance site: everything is seen, nothing is invented, and every field is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.conformance.measure import measure

pytestmark = pytest.mark.browser


async def test_every_channel_is_seen_as_it_was(tmp_path: Path) -> None:
    """`tools/bench_channels.py` does the same several times and prints a table."""
    measured = await measure(tmp_path)
    assert measured.outcome == "complete"
    faults = {
        channel.name: (channel.missed, channel.invented, channel.wrong)
        for channel in measured.channels
        if not channel.perfect
    }
    assert faults == {}
    assert sum(channel.due for channel in measured.channels) > 1_000
