"""The history: everything that is known of the watched sites, behind one object."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, and_, select

from scanner.model.base import UtcTime
from scanner.model.scan import Scan
from scanner.model.watch import (
    ChangeRow,
    CookieLife,
    FindingLife,
    HostLimits,
    Outgoing,
    PolicyVersion,
    Recorded,
    Retention,
    Run,
    ScanRow,
    SiteGlance,
    SiteRow,
    VendorLife,
    Waiting,
    Week,
)
from scanner.store.history import attempts, hosts, outbox, reading, retention
from scanner.store.history.database import Database
from scanner.store.history.facts import read_facts
from scanner.store.history.moments import aware, micros
from scanner.store.history.recording import Entry, record
from scanner.store.history.rows import cookie_life, finding_life, policy_version, vendor_life
from scanner.store.history.tables import COOKIES, FINDINGS, POLICIES, SCANS, SITES, VENDORS

_HOLD = timedelta(minutes=5)


class History:
    """Everything that is known of the watched sites. Thread-safe; each method is one short transaction.

    Every moment is an aware datetime. Every method raises HistoryError where the database cannot be used now.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def name(self) -> str:
        """The database's path, or its address without the password."""
        return self._database.name

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def record(
        self,
        scan: Scan,
        *,
        run: Run,
        url: str,
        location: str,
        owner: str | None = None,
        sentences: Mapping[str, Sequence[str]] | None = None,
        tell: Callable[[Recorded], Iterable[Outgoing]] | None = None,
        now: datetime | None = None,
    ) -> Recorded:
        """Record a scan for its run, and what it changed, all or nothing.

        A run that is recorded already stays as it is: `Recorded.fresh` is false. `sentences` are those of each policy
        document by its address, where they are at hand. `tell` makes messages of what changed; they are queued in the
        same transaction, so that none is lost or sent twice. It may be called again for the same scan where the
        connection was lost, and has no business but making messages.
        """
        moment = micros(now or datetime.now(UTC))
        entry = Entry(scan, read_facts(scan, sentences), run, url, owner, location, moment)
        return self._database.write(lambda connection: record(connection, entry, tell))

    def is_recorded(self, run: Run) -> bool:
        """Whether a scan is recorded for a run."""
        query = (
            select(SCANS.c.id)
            .join(SITES, SITES.c.id == SCANS.c.site)
            .where(and_(SITES.c.name == run.site, SCANS.c.due == micros(run.due)))
        )
        return self._database.read(lambda connection: connection.execute(query).first() is not None)

    def last_due(self, site: str) -> datetime | None:
        """When the newest recorded run of a site was due."""
        return self.last_dues().get(site)

    def last_dues(self) -> dict[str, datetime]:
        """When the newest recorded run of each site was due."""
        query = select(SITES.c.name, SITES.c.last_due).where(SITES.c.last_due.is_not(None))
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {name: aware(due) for name, due in rows}

    def attempt(self, run: Run, *, kind: str, message: str, at: datetime) -> int:
        """Remember a failed capture of a run that is not recorded yet. Returns how many there were with this one."""
        return self._database.write(lambda connection: attempts.add(connection, run, kind, message, at))

    def attempts(self, run: Run) -> tuple[int, datetime | None]:
        """How many captures of a run have failed, and when the last did."""
        return self._database.read(lambda connection: attempts.count(connection, run))

    def sites(self, *, names: Collection[str] | None = None) -> tuple[SiteRow, ...]:
        """The sites that were ever scanned (or those of some names), worst first."""
        return self._database.read(lambda connection: reading.sites(connection, names))

    def glances(self) -> tuple[SiteGlance, ...]:
        """All sites that were ever scanned, worst first, with what it takes to find them and to put them in order."""
        return self._database.read(reading.glances)

    def site(self, name: str) -> SiteRow | None:
        """One site; null where it was never scanned."""
        return next(iter(self.sites(names=(name,))), None)

    def scans(self, site: str, *, limit: int | None = None, before: int | None = None) -> tuple[ScanRow, ...]:
        """A site's scans, newest first; `before` is the number of the scan to go on from."""
        return self._database.read(lambda connection: reading.scans(connection, site, limit, before))

    def scan(self, id: int) -> ScanRow | None:  # noqa: A002 - as the rows call it
        """One scan by its number."""
        return self._database.read(lambda connection: reading.scan(connection, id))

    def cookies(self, site: str) -> tuple[CookieLife, ...]:
        """Every cookie that a site ever had; those that are gone come last."""
        found = self._database.read(lambda connection: reading.lives(connection, COOKIES, site, cookie_life))
        return tuple(sorted(found, key=lambda life: (life.gone, life.name.casefold(), life.name, life.domain)))

    def vendors(self, site: str) -> tuple[VendorLife, ...]:
        """Every company that a site ever contacted; those that are gone come last."""
        found = self._database.read(lambda connection: reading.lives(connection, VENDORS, site, vendor_life))
        return tuple(sorted(found, key=lambda life: (life.gone, life.name.casefold(), life.name)))

    def findings(self, site: str) -> tuple[FindingLife, ...]:
        """Every finding that a site ever had, worst first; those that are resolved come last."""
        found = self._database.read(lambda connection: reading.lives(connection, FINDINGS, site, finding_life))
        return tuple(sorted(found, key=reading.finding_weight))

    def policies(self, site: str) -> tuple[PolicyVersion, ...]:
        """Every text of a site's policy documents: by document, the last seen first."""
        found = self._database.read(lambda connection: reading.lives(connection, POLICIES, site, policy_version))
        newest = sorted(found, key=lambda version: micros(version.last_seen), reverse=True)
        return tuple(sorted(newest, key=lambda version: version.url))

    def changes(
        self, site: str | None = None, *, limit: int | None = None, before: int | None = None, scan: int | None = None
    ) -> tuple[ChangeRow, ...]:
        """What changed, newest first, on one site or all; `before` is the number of the change to go on from."""
        return self._database.read(lambda connection: reading.changes(connection, site, limit, before, scan))

    def search(
        self, text: str, *, kind: Literal["vendor", "cookie"] | None = None, before_consent: bool = False
    ) -> tuple[CookieLife | VendorLife, ...]:
        """Companies and cookies of all sites with a text in their name (a cookie also in its domain and vendor).

        With `before_consent` only what is still there before any choice.
        """
        return self._database.read(
            lambda connection: reading.search(connection, text, kind, before_consent=before_consent)
        )

    def trend(
        self, *, weeks: int, now: datetime | None = None, names: Collection[str] | None = None
    ) -> tuple[Week, ...]:
        """How many sites (or of those of some names) stood how at the end of each of the last weeks, the oldest first.

        The last week is the present one.
        """
        moment = now or datetime.now(UTC)
        return self._database.read(lambda connection: reading.trend(connection, weeks, moment, names))

    def may_start(self, host: str, now: datetime, limits: HostLimits) -> datetime | None:
        """Null where a scan may speak to a host now; otherwise the moment from which to ask again."""
        return self._database.read(lambda connection: hosts.may_start(connection, host, now, limits))

    def started(self, host: str, now: datetime, limits: HostLimits) -> datetime | None:
        """Claim a host for a scan: null where it is claimed; otherwise, as for `may_start`, when to ask again.

        Of several that ask at once, on whatever machine, one gets it.
        """
        return self._database.write(lambda connection: hosts.started(connection, host, now, limits))

    def ended(self, host: str, now: datetime, limits: HostLimits, *, ok: bool | None) -> None:
        """A scan has let go of a host. `ok` is null where it says nothing of the host, as when it was cancelled."""
        self._database.write(lambda connection: hosts.ended(connection, host, now, limits, ok=ok))

    def resting(self, now: datetime) -> int:
        """How many hosts are left alone now, after too many failed scans in a row."""
        return self._database.read(lambda connection: hosts.resting(connection, now))

    def queue(self, run: Run, messages: Iterable[Outgoing]) -> int:
        """Queue messages of a run: once for each target, whatever happens. Returns how many are new."""
        several = tuple(messages)
        return self._database.write(lambda connection: sum(outbox.put(connection, run, one) for one in several))

    def take(self, now: datetime, *, hold: timedelta = _HOLD, limit: int = 100) -> tuple[Waiting, ...]:
        """Take messages that may be sent now. Nobody else gets them until `hold` has passed."""
        return self._database.write(lambda connection: outbox.take(connection, now, hold, limit))

    def pending(self) -> tuple[tuple[Waiting, UtcTime], ...]:
        """Every message that waits to be sent, and when it may be; nothing is taken."""
        return self._database.read(outbox.pending)

    def delivered(self, id: int, now: datetime | None = None) -> None:  # noqa: A002 - as the rows call it
        """A message has arrived."""
        moment = now or datetime.now(UTC)
        self._database.write(lambda connection: outbox.delivered(connection, id, moment))

    def failed(self, id: int, why: str, *, again: datetime | None, now: datetime | None = None) -> None:  # noqa: A002
        """A message could not be sent; it may be taken `again` from then on, or is given up where that is null."""
        moment = now or datetime.now(UTC)
        self._database.write(lambda connection: outbox.failed(connection, id, why, again=again, now=moment))

    def prune(
        self,
        keep: Retention,
        *,
        now: datetime | None = None,
        protected: Collection[str] = (),
        dry_run: bool = False,
    ) -> tuple[str, ...]:
        """Forget scans that need not stay. Returns the locations whose files may go, earlier ones included.

        Call `removed` when they are gone. Scans at `protected` locations stay (baselines). With `dry_run` nothing is
        forgotten, and the locations are those that would be.
        """
        moment = now or datetime.now(UTC)

        def work(connection: Connection) -> tuple[str, ...]:
            going = retention.forgettable(connection, keep, moment, protected)
            locations = [location for _, location in going]
            if dry_run:
                return tuple(dict.fromkeys((*retention.leftovers(connection), *locations)))
            retention.forget(connection, [number for number, _ in going], locations)
            return retention.leftovers(connection)

        return self._database.read(work) if dry_run else self._database.write(work)

    def removed(self, locations: Collection[str]) -> None:
        """The files of forgotten scans are gone from these locations."""
        self._database.write(lambda connection: retention.removed(connection, locations))
