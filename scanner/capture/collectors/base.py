"""What a collector is: one channel of evidence, in one file, for one tab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from scanner.capture.cdp import Session
from scanner.capture.log import VisitLog
from scanner.capture.network import Network


@dataclass
class TabState:
    """What all collectors of one tab share.

    `root` is the browser's session, `page` the tab's; `context_id` the browser context's id in the browser. `log` is
    the visit that runs now; between visits what still happens belongs to the last one.
    """

    root: Session
    page: Session
    context_id: str
    log: VisitLog | None = None
    network: Network = field(default_factory=Network)
    keep_file: Callable[[str, bytes], None] = lambda _name, _data: None
    binding: str = ""


class Collector:
    """Base of all collectors: each overrides what it needs."""

    def __init__(self, tab: TabState) -> None:
        self.tab = tab

    def attach(self, session: Session) -> None:
        """A target of the tab appeared (the page, a frame's process, a worker) and has not run a line yet.

        Commands are posted, not awaited: the target starts only when the browser has taken them all.
        """

    def begin(self, log: VisitLog) -> None:
        """A new visit begins in the tab."""

    async def snapshot(self, log: VisitLog) -> None:
        """The end of a phase: write down the state of things."""

    async def finish(self, log: VisitLog) -> None:
        """The visit is over: write down whatever was gathered on the way."""
