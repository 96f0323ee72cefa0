"""What can be watched, and how: the models of the tables of scan.toml that go beyond a single scan."""

from __future__ import annotations

import datetime
import ipaddress
import re
from typing import Literal, Self
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, field_validator, model_validator

from scanner.config.fleet.cadence import Cadence
from scanner.config.fleet.zones import known_zone
from scanner.config.login import Login
from scanner.config.schema import Config
from scanner.config.secret import Hidden, Secret, revealed
from scanner.model.base import Model

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_QUIET = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def _only_here(host: str) -> bool:
    """Whether only programs of this machine can reach a server that listens on this host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def site_name(value: str) -> str:
    """The name itself. Raises ValueError where it could not be a folder's name everywhere."""
    if not NAME.fullmatch(value):
        raise ValueError(
            f"{value!r} cannot be a site's name: 1 to 100 of a-z, A-Z, 0-9, '.', '_', '-', beginning with one of "
            "the letters or digits"
        )
    return value


class WatchedSite(Model):
    """One `[[site]]`, with everything that stands beneath it folded in.

    `name` is its identity in history, and a folder's name. The first of `urls` is where a visit starts; the others are
    always visited too. `config` is how it is scanned. Without a `cadence` it is never due by itself. `notify` names
    the targets of `[notify.NAME]` that hear of changes.
    """

    name: str
    urls: tuple[str, ...] = Field(min_length=1)
    config: Config
    cadence: Cadence | None = None
    owner: str | None = None
    notify: tuple[str, ...] = ()
    enabled: bool = True

    @property
    def url(self) -> str:
        """The address at which a visit starts."""
        return self.urls[0]

    @property
    def login(self) -> Login | None:
        """How a visitor of this site comes to be logged in."""
        return self.config.login

    @field_validator("name")
    @classmethod
    def _file_name(cls, value: str) -> str:
        return site_name(value)


class HistoryPlace(Model):
    """`[history]`: where the history and the reports lie, and for how long.

    `database` is a file (SQLite) or `postgresql://user@host/name`, whose `password` is a secret; `reports` a folder
    or an fsspec address such as `s3://bucket/reports`. A scan's files may go when it is older than `keep_days` (null:
    age does not matter) and not among its site's last `keep_scans` (null: none is safe by its number); with neither,
    everything stays. A site's last scan and its last good one always stay.
    """

    database: Hidden = Field("reports/history.db", repr=False)
    password: Secret | None = None
    reports: str = "reports"
    keep_days: int | None = Field(None, ge=1)
    keep_scans: int | None = Field(None, ge=1)

    @field_validator("database")
    @classmethod
    def _no_open_password(cls, value: Hidden) -> Hidden:
        if isinstance(value, str) and "://" in value and urlsplit(value).password:
            raise ValueError('a password stands in the address; write password = { env = "NAME" } instead')
        return value

    def address(self) -> str:
        """The path or URL of the database with its password in it: for whoever connects, never for a log.

        Raises UsageError where a secret cannot be had.
        """
        database = revealed(self.database)
        if self.password is None or "://" not in database:
            return database
        parts = urlsplit(database)
        user, at, host = parts.netloc.rpartition("@")
        name = f"{user}:{quote(self.password.value(), safe='')}" if at else f":{quote(self.password.value(), safe='')}"
        return urlunsplit(parts._replace(netloc=f"{name}@{host}"))


class WorkerSize(Model):
    """`[worker]`: how much one machine does at once, and how patient it is. Times are seconds.

    `slots` scans run side by side; a browser is replaced after `recycle_after` scans, or when it and its processes
    use more than `memory_mb` (null: no limit). A run is ended after `deadline_s`; a machine that has not been heard
    of for `lease_s` has lost its run. A failed capture is tried again up to `retries` times, first after
    `retry_after_s`. Between two scans that speak to one host lie `host_pause_s`; after `breaker_failures` failed
    scans in a row a host is left alone for `breaker_pause_s`.
    """

    slots: int = Field(1, ge=1, le=64)
    recycle_after: int = Field(50, ge=1)
    memory_mb: int | None = Field(2000, ge=200)
    deadline_s: float = Field(900.0, gt=0, le=86_400)
    lease_s: float = Field(1200.0, gt=0, le=172_800)
    retries: int = Field(2, ge=0, le=20)
    retry_after_s: float = Field(300.0, ge=0)
    host_pause_s: float = Field(10.0, ge=0)
    breaker_failures: int = Field(5, ge=1)
    breaker_pause_s: float = Field(3600.0, ge=0)

    @model_validator(mode="after")
    def _deadline_first(self) -> Self:
        if self.deadline_s >= self.lease_s:
            raise ValueError("`deadline_s` must be shorter than `lease_s`: a run must end before it counts as lost")
        return self


class Target(Model):
    """One `[notify.NAME]`: `url` is an Apprise address (such as `mailto://`, `slack://`), itself or as a secret."""

    url: Hidden = Field(repr=False)

    def address(self) -> str:
        """The address with whatever it holds. Raises UsageError where the secret cannot be had."""
        return revealed(self.url)


class Alerts(Model):
    """`[alerts]`: which changes are told, and when.

    A new finding is told at `level` and above; a site that cannot be reached after `unreachable_after` failed scans
    in a row. Within `quiet` (`22:00-07:00`, by the clock of `timezone`) nothing is sent; it is sent afterwards.
    `link` is the address under which the dashboard or the reports can be seen; `attach` sends the report along.
    """

    level: Literal["high", "medium", "low"] = "medium"
    unreachable_after: int = Field(3, ge=1)
    quiet: str | None = None
    timezone: str = "UTC"
    link: str | None = None
    attach: bool = False

    @field_validator("quiet")
    @classmethod
    def _hours(cls, value: str | None) -> str | None:
        if value is not None and (not _QUIET.fullmatch(value) or value[:5] == value[6:]):
            raise ValueError('quiet hours are written as "22:00-07:00"')
        return value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return known_zone(value)

    @field_validator("link")
    @classmethod
    def _web(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("an address that begins with http:// or https:// is needed")
        return value

    @property
    def quiet_hours(self) -> tuple[datetime.time, datetime.time] | None:
        """From when until when nothing is sent, by the clock of `timezone`; the second may be the next day's."""
        if self.quiet is None:
            return None
        start, end = self.quiet.split("-")
        return datetime.time.fromisoformat(start), datetime.time.fromisoformat(end)


class Serve(Model):
    """`[serve]`: the dashboard. `users` are names and passwords; beyond loopback there must be one.

    `scans` lets those who see it start scans.
    """

    host: str = "127.0.0.1"
    port: int = Field(8484, ge=1, le=65_535)
    users: dict[str, Secret] = Field(default_factory=dict)
    scans: bool = False

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if not self.users and not _only_here(self.host):
            raise ValueError(
                f'{self.host} can be reached from other machines: [serve.users] needs a NAME = {{ env = "PASSWORD" }}'
            )
        return self


class Fleet(Model):
    """All of scan.toml that goes beyond a single scan."""

    sites: tuple[WatchedSite, ...] = ()
    history: HistoryPlace = HistoryPlace()
    worker: WorkerSize = WorkerSize()
    notify: dict[str, Target] = Field(default_factory=dict)
    alerts: Alerts = Alerts()
    serve: Serve = Serve()

    def site(self, name: str) -> WatchedSite | None:
        """The site of that name; null where there is none."""
        return next((site for site in self.sites if site.name == name), None)
