"""The channels of evidence, one file each. A new one is a new file and one line here."""

from __future__ import annotations

from scanner.capture.collectors.base import Collector, TabState
from scanner.capture.collectors.frames import Frames
from scanner.capture.collectors.jar import Jar
from scanner.capture.collectors.requests import Requests
from scanner.capture.collectors.script_hook import ScriptHook


def collectors_for(tab: TabState) -> tuple[Collector, ...]:
    """All collectors for one tab, in the order in which they take their snapshots and write their records."""
    requests = Requests(tab)
    return (requests, ScriptHook(tab, requests), Jar(tab), Frames(tab))
