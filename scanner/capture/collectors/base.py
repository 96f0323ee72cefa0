"""What a collector is: one channel of evidence, in one file, for one tab."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from scanner.capture.cdp import Session
from scanner.capture.collectors.workers import SharedWorkers
from scanner.capture.log import VisitLog
from scanner.capture.network import Network
from scanner.capture.settle import PageTime

Moment = Literal["in-page", "after-page"]
"""When a state of things is read: with the page still there, or once it was left and its last hits were answered."""


@dataclass
class TabState:
    """What all collectors of one tab share.

    `root` is the browser's session, `page` the tab's; `context_id` the browser context's id in the browser. `log` is
    the visit that runs now; between visits what still happens belongs to the last one. `shared` is the browser's.
    """

    root: Session
    page: Session
    context_id: str
    log: VisitLog | None = None
    network: Network = field(default_factory=Network)
    binding: str = ""
    shared: SharedWorkers = field(default_factory=SharedWorkers)
    time: PageTime = field(init=False)

    def __post_init__(self) -> None:
        self.time = PageTime(self.page, self.network)


class Collector:
    """Base of all collectors: each overrides what it needs."""

    moment: ClassVar[Moment] = "in-page"

    def __init__(self, tab: TabState) -> None:
        self.tab = tab

    def attach(self, session: Session) -> None:
        """A target of the tab appeared (the page, a frame's process, a worker) and has not run a line yet.

        Commands are posted, not awaited: the target starts only when the browser has taken them all.
        """

    def begin(self) -> None:
        """A new visit begins in the tab."""

    async def snapshot(self, log: VisitLog) -> None:
        """The end of a phase: write down the state of things."""

    async def finish(self, log: VisitLog) -> None:
        """The visit is over: write down whatever was gathered on the way."""
