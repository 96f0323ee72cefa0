"""One run of a watched site, from its lock to its place in history: the same for every kind of runner.

`open_runner` gives a Runner; the local scheduler, the worker of a queue and the dashboard's "start a scan" each call
its `run`. Being called twice for one run, by whomever, does no harm: a run whose finished files lie in the place of
reports is recorded from them, and a run is recorded, and told of, once.
"""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import structlog

from scanner.capture.instrument import Instrument
from scanner.classify import Catalogue, load_catalogue
from scanner.config import Config
from scanner.config.address import target_url
from scanner.config.fleet import Fleet, WatchedSite
from scanner.judging import Done, audit, policy_sentences
from scanner.model.scan import Scan
from scanner.model.watch import HostLimits, Outgoing, Recorded, Run
from scanner.printing import print_report
from scanner.recording import Progress, capture
from scanner.report import load_scan
from scanner.schedule.browsers import Browsers, end
from scanner.schedule.cadence import next_slot
from scanner.schedule.due import location_of, moment_of, run_of
from scanner.schedule.folders import Folders, check_writable
from scanner.schedule.retrying import again_at, passing_failure
from scanner.schedule.temporary import own_temporary_folder
from scanner.site import host_of
from scanner.store.history import History
from scanner.store.places import Place

Result = Literal["recorded", "known", "retry", "held", "busy"]
"""How a call of `Runner.run` ended.

`recorded`: scanned and recorded. `known`: it had been scanned before, and is recorded. `retry`: the capture failed for
a reason that may pass; call again at `again`. `held`: the host is to be left alone until `again` (politeness, or too
many failures in a row). `busy`: another run of this machine is at this site.
"""

Clock = Callable[[], datetime.datetime]
"""The present moment, aware, in UTC."""

_GRACE_S = 15.0
"""How long a capture that was ended may take to let go, before its browser is killed."""
_ORDERLY = 0.9
"""The share of a run's time after which capture ends by itself, state by state, rather than being ended."""

_SUSPICIOUS = 3
"""So many processes killed over one run are no accident."""

_log = structlog.get_logger("scanner.schedule")


@dataclass(frozen=True)
class Heard:
    """A run in the moment of its recording: what those who tell people of changes get to know."""

    site: WatchedSite
    run: Run
    scan: Scan
    recorded: Recorded


Tell = Callable[[Heard], Iterable[Outgoing]]
"""Makes the messages of a run that is being recorded; they are queued in the same transaction (`History.record`)."""


@dataclass(frozen=True)
class RunEnd:
    """What became of one call. `attempt` counts captures of this run from 1 (0: none was made in this call).

    `recorded` is there for `recorded` and, where this call did it, for `known`; `again` for `retry` and `held`;
    `message` says why, in one line.
    """

    run: Run
    result: Result
    attempt: int = 0
    seconds: float = 0.0
    recorded: Recorded | None = None
    again: datetime.datetime | None = None
    message: str | None = None


class Runner:
    """Scans runs in browsers that they share. Made by `open_runner`."""

    def __init__(
        self,
        fleet: Fleet,
        history: History,
        place: Place,
        *,
        browsers: Browsers,
        folders: Folders,
        tell: Tell | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._worker = fleet.worker
        self._history = history
        self._place = place
        self._browsers = browsers
        self._folders = folders
        self._tell = tell
        self._clock = clock or utc_now
        self._catalogues: dict[tuple[str, ...], Catalogue] = {}
        self._limits = HostLimits(
            pause_s=self._worker.host_pause_s,
            failures=self._worker.breaker_failures,
            breaker_pause_s=self._worker.breaker_pause_s,
            lease_s=self._worker.lease_s,
        )

    async def run(
        self,
        site: WatchedSite,
        due: datetime.datetime,
        *,
        missed: int = 0,
        by_hand: bool = False,
        progress: Progress | None = None,
    ) -> RunEnd:
        """Carry out one run: at most one capture. `missed` is for the log: slots that passed without a run.

        A run `by_hand` (due now, because somebody asked for it) waits for no host, and whatever comes of it is
        recorded: nobody will come back to try again. `progress` is called in the event loop. Cancelled, it lets go of
        the site; the evidence so far stays in the working folder until the next try.

        Raises:
            BrowserNotFoundError: no browser starts here.
            UsageError: the site's configuration cannot be carried out.
            EvidenceError: the disk, or the store of reports, refuses.
            HistoryError: the history cannot be used.
        """
        run, began = run_of(site.name, due), time.monotonic()
        with self._folders.locks.take(site.name, run.due, self._clock()) as mine:
            if mine:
                ended = await self._locked(site, run, progress or _silent, by_hand=by_hand)
            else:
                ended = RunEnd(run, "busy", message="another run is at this site")
        ended = replace(ended, seconds=round(time.monotonic() - began, 3))
        _tell_log(ended, missed)
        return ended

    async def _locked(self, site: WatchedSite, run: Run, progress: Progress, *, by_hand: bool) -> RunEnd:
        """The run of a site that is ours: known already, not yet to be tried, or tried now."""
        await asyncio.to_thread(self._let_go_of_the_dead, run)
        if await asyncio.to_thread(self._history.is_recorded, run):
            self._folders.clear(run)
            return RunEnd(run, "known")
        if await asyncio.to_thread(self._place.exists, location_of(run)):
            return RunEnd(run, "known", recorded=await asyncio.to_thread(self._record_from_place, site, run))
        attempts, last = await asyncio.to_thread(self._history.attempts, run)
        if last is not None:
            again = again_at(run, attempts, last, self._clock(), self._worker)
            if again > self._clock():
                return RunEnd(run, "retry", again=again, message=f"{attempts} captures failed")
        host = host_of(target_url(site.url))
        held = await asyncio.to_thread(self._history.started, host, self._clock(), self._limits)
        if held is not None and not by_hand:
            return RunEnd(run, "held", again=held, message=f"{host} is to be left alone for a while")
        claim = host if held is None else ""
        ok: bool | None = None
        try:
            folder = await asyncio.to_thread(self._folders.fresh, run, claim)
            done, died = await self._captured(site, folder, progress)
            ok = done.scan.outcome != "failed"
        finally:
            if claim:
                await asyncio.shield(asyncio.to_thread(self._let_go, site.name, claim, ok))
        tries = 0 if by_hand else self._worker.retries
        return await self._settled(site, run, done, attempts, tries, died=died)

    async def _captured(self, site: WatchedSite, folder: Path, progress: Progress) -> tuple[Done, bool]:
        """Capture, judge and write the reports of a run; and whether its browser died over it."""
        config, url = service_config(site.config, self._worker.deadline_s), target_url(site.url)
        limit = self._worker.deadline_s
        async with self._browsers.lease(config, url) as instrument:
            await _ended_in_time(
                capture(instrument, url, config, folder, progress, limit_s=limit), instrument, limit + _GRACE_S
            )
            died = not instrument.alive
        done = await asyncio.to_thread(audit, folder, config, self._catalogue(config))
        await print_report(done, config)
        return done, died

    async def _settled(
        self, site: WatchedSite, run: Run, done: Done, attempts: int, retries: int, *, died: bool
    ) -> RunEnd:
        """Whether a capture is what is recorded of its run, or is made once more."""
        failure = passing_failure(done.scan)
        if died and done.scan.outcome != "complete":
            failure = ("crashed", "the browser died")
        if failure is not None and attempts < retries:
            now = self._clock()
            again = again_at(run, attempts + 1, now, now, self._worker)
            coming = next_slot(site.cadence, site.name, moment_of(run)) if site.cadence is not None else None
            # A try after the next slot would never come: that slot's run takes its place.
            if coming is None or again < coming:
                kind, message = failure
                count = await asyncio.to_thread(self._history.attempt, run, kind=kind, message=message, at=now)
                self._folders.clear(run)
                return RunEnd(run, "retry", attempt=count, again=again, message=f"{kind}: {message}")
        recorded = await asyncio.to_thread(self._publish, site, run, done.folder)
        return RunEnd(run, "recorded", attempt=attempts + 1, recorded=recorded)

    def _publish(self, site: WatchedSite, run: Run, folder: Path) -> Recorded:
        """Put the files where reports lie, then record them from there: never the other way round."""
        if not self._place.put_folder(folder, location_of(run)):
            return self._record_from_place(site, run)  # somebody was quicker; there is one scan of a run
        return self._record(site, run, folder)

    def _record_from_place(self, site: WatchedSite, run: Run) -> Recorded:
        folder = self._folders.of(run)
        return self._record(site, run, self._place.fetch_folder(location_of(run), folder))

    def _record(self, site: WatchedSite, run: Run, folder: Path) -> Recorded:
        scan = load_scan(folder)
        tell = self._tell
        recorded = self._history.record(
            scan,
            run=run,
            url=site.url,
            owner=site.owner,
            location=location_of(run),
            sentences=policy_sentences(folder),
            tell=None if tell is None else lambda recorded: tell(Heard(site, run, scan, recorded)),
        )
        self._folders.clear(run)
        return recorded

    def _let_go_of_the_dead(self, run: Run) -> None:
        """Give back the host that a run of this site held when its process was killed: its lock is ours now.

        That a process was killed says nothing of the site. But a run over which several were is put off like one that
        failed, lest it take everything down with it again and again.
        """
        claim = self._folders.claimed(run.site)
        if claim is None:
            return
        if claim.host:
            self._history.ended(claim.host, self._clock(), self._limits, ok=None)
            self._folders.given_back(run.site, claim)
        if claim.due != run.due:
            self._folders.let_go(run.site)
        elif claim.starts >= _SUSPICIOUS and not self._history.is_recorded(run):
            message = f"{claim.starts} processes were killed while they scanned it"
            self._history.attempt(run, kind="crashed", message=message, at=self._clock())
            self._folders.let_go(run.site)

    def _let_go(self, site: str, host: str, ok: bool | None) -> None:
        self._history.ended(host, self._clock(), self._limits, ok=ok)
        self._folders.let_go(site)

    def _catalogue(self, config: Config) -> Catalogue:
        if config.catalogue not in self._catalogues:
            self._catalogues[config.catalogue] = load_catalogue(tuple(Path(name) for name in config.catalogue))
        return self._catalogues[config.catalogue]


@asynccontextmanager
async def open_runner(
    fleet: Fleet,
    history: History,
    place: Place,
    *,
    tell: Tell | None = None,
    clock: Clock | None = None,
    browser_replaced: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[Runner]:
    """A runner for a fleet; at the end all its browsers are gone. What killed runners have left is removed first.

    `browser_replaced` hears why a browser is replaced: `scans`, `memory`, `died`, `did not start`, `idle` or `end`.

    Raises:
        UsageError: the folder in which runs are made cannot be written.
    """
    folders = Folders(fleet.history.reports)
    check_writable(folders)
    swept = await asyncio.to_thread(folders.sweep, (clock or utc_now)())
    if swept:
        _log.info("leftovers removed", sites=swept)
    worker = fleet.worker
    browsers = Browsers(
        slots=worker.slots,
        recycle_after=worker.recycle_after,
        memory_mb=worker.memory_mb,
        replaced=browser_replaced,
    )
    with own_temporary_folder():
        try:
            yield Runner(fleet, history, place, browsers=browsers, folders=folders, tell=tell, clock=clock)
        finally:
            await browsers.close()


def service_config(config: Config, deadline_s: float) -> Config:
    """How a service scans a site: to public addresses only, unless the configuration says which others.

    Nobody watches what a service does: a name that leads into its own network is not followed there. Behind a proxy
    no address can be checked, and whoever set one has decided. The scan ends by itself a little before the run's time
    is up.
    """
    changes: dict[str, object] = {"site_timeout": min(config.site_timeout, deadline_s * _ORDERLY)}
    if "guard" not in config.model_fields_set and config.proxy is None:
        changes["guard"] = "public"
    return config.model_copy(update=changes)


def utc_now() -> datetime.datetime:
    """The clock of this machine."""
    return datetime.datetime.now(datetime.UTC)


async def _ended_in_time(work: Coroutine[None, None, None], instrument: Instrument, limit_s: float) -> None:
    """Wait for a capture. One that does not let go in time, or once it is cancelled, loses its browser."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=limit_s)
    except asyncio.CancelledError:
        task.cancel()
        if not (await asyncio.wait({task}, timeout=_GRACE_S))[0]:
            end(instrument)
        raise
    if not task.done():
        _log.error("a capture does not end; its browser is killed", limit_s=limit_s)
        end(instrument)
        task.cancel()
        await asyncio.wait({task}, timeout=_GRACE_S)
    if task.done() and not task.cancelled():
        task.result()


def _silent(_host: str, _step: object) -> None:
    """Nobody wants to know how far it is."""


def _tell_log(ended: RunEnd, missed: int) -> None:
    facts: dict[str, object] = {"site": ended.run.site, "due": ended.run.due, "seconds": ended.seconds}
    if ended.attempt:
        facts["attempt"] = ended.attempt
    if missed:
        facts["missed"] = missed
    if ended.recorded is not None:
        row = ended.recorded.row
        facts |= {"outcome": row.outcome, "cookies": row.cookies, "findings": sum(row.findings.values())}
        facts |= {"changes": len(ended.recorded.changes)}
        if row.problem:
            facts["problem"] = row.problem
    if ended.again is not None:
        facts["again"] = ended.again.isoformat(timespec="seconds")
    if ended.message is not None:
        facts["why"] = ended.message
    level = "warning" if ended.result == "retry" or facts.get("outcome") == "failed" else "info"
    if ended.result == "held":
        level = "debug"  # a hundred sites of one host are held a hundred times
    getattr(_log, level)(f"run {ended.result}", **facts)
