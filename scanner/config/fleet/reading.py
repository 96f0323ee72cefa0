"""scan.toml with its sites, read and checked, turned into one frozen Fleet."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scanner.config.fleet.index import Fetch, fetch_index, hosts_of, read_index
from scanner.config.fleet.rows import Declared, read_rows
from scanner.config.fleet.schema import Fleet, WatchedSite
from scanner.config.fleet.tables import DefaultsTable, ScanToml, SiteTable, options_said
from scanner.config.mistakes import Mistake
from scanner.config.places import beside, file_beside
from scanner.config.positions import Place
from scanner.config.reading import misplaced
from scanner.config.schema import Config
from scanner.config.source import Source, find_source, first_of
from scanner.errors import UsageError

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Inspection:
    """A file looked at from end to end: what it comes to (as far as it is right), and everything wrong with it.

    `unfetched` are the indexes at web addresses that nobody fetched: their sites are missing. `declared` tells, by
    the name of each site, where it stands.
    """

    fleet: Fleet
    mistakes: tuple[Mistake, ...] = ()
    unfetched: tuple[str, ...] = ()
    declared: Mapping[str, Declared] = field(default_factory=dict)
    source: Source | None = None

    def mistake(self, place: Place, message: str) -> Mistake:
        """A mistake about what stands at a place of scan.toml."""
        assert self.source is not None, "without a file nothing can be wrong with it"
        return self.source.mistake(place, message)

    def site_mistake(self, name: str, key: str, message: str) -> Mistake:
        """A mistake about one key of a site, wherever that site has it from."""
        site = self.declared[name]
        if key in site.table.model_fields_set or self.source is None:
            return site.mistake(key, message)
        for table in ("defaults", "scan"):
            if key in self.source.tables.get(table, {}):
                return self.source.mistake((table, key), message)
        return site.mistake(key, message)


def read_fleet(path: Path | None, fetch: Fetch = fetch_index) -> Fleet:
    """Read scan.toml with everything that it watches; without a path, the one in the working directory.

    Where there is none, nothing is watched. An index of sites at a web address is brought by `fetch`. Raises
    UsageError with file, line and key.
    """
    inspection = inspect_fleet(path, fetch)
    if inspection.mistakes:
        raise first_of(list(inspection.mistakes))
    return inspection.fleet


def inspect_fleet(path: Path | None, fetch: Fetch | None = None) -> Inspection:
    """Read scan.toml and gather every mistake in it and in the files that it names; null: nothing is fetched.

    Raises UsageError for a file that cannot be read at all.
    """
    source = find_source(path)
    return Inspection(Fleet()) if source is None else _Reading(source, fetch).result()


class _Reading:
    """One file on its way to a fleet."""

    def __init__(self, source: Source, fetch: Fetch | None) -> None:
        self._source = source
        self._fetch = fetch
        self._base = source.path.parent
        self._mistakes: list[Mistake] = misplaced(source)
        self._unfetched: list[str] = []
        self._declared: dict[str, Declared] = {}
        parts: dict[str, Any] = {}
        for name, value in source.tables.items():
            # Each site is read by itself: one that is wrong does not hide the others.
            if name != "site" or not isinstance(value, tuple):
                part = source.part(ScanToml, {name: value}, self._mistakes)
                parts |= {name: getattr(part, name)} if part is not None else {}
        self._file = ScanToml.model_construct(**parts)

    def result(self) -> Inspection:
        """The fleet, and everything that is wrong."""
        declared = [*self._tables(), *self._rows()]
        declared += self._index({urlsplit(site.table.url[0]).netloc for site in declared})
        self._check_targets(declared)
        sites = self._distinct(declared)
        file = self._file
        fleet = Fleet(
            history=file.history,
            worker=file.worker,
            notify=file.notify,
            alerts=file.alerts,
            serve=file.serve,
        )
        return Inspection(
            beside(self._base, fleet).model_copy(update={"sites": tuple(sites)}),
            tuple(sorted(set(self._mistakes))),
            tuple(self._unfetched),
            self._declared,
            self._source,
        )

    # Where sites are declared.

    def _tables(self) -> Iterable[Declared]:
        tables = self._source.tables.get("site", ())
        for number, values in enumerate(tables if isinstance(tables, tuple) else ()):
            place = ("site", number)
            if not isinstance(values, Mapping):
                self._mistakes.append(self._source.mistake(place, "site: each one is a table of its own: [[site]]"))
                continue
            table = self._source.part(SiteTable, values, self._mistakes, place)
            if table is not None:
                lines = {key: self._source.positions.line((*place, key)) for key in values}
                yield Declared(table, str(self._source.path), {"": self._source.positions.line(place), **lines})

    def _rows(self) -> list[Declared]:
        found: list[Declared] = []
        for number, name in enumerate(self._file.sites):
            try:
                found += read_rows(self._base / name, self._mistakes)
            except UsageError as error:
                self._mistakes.append(self._source.mistake(("sites", number), f"sites: {error}"))
        return found

    def _index(self, known: set[str]) -> list[Declared]:
        """One site for each host of the indexes, but for hosts at which a declared site begins."""
        found: list[Declared] = []
        for number, name in enumerate(self._file.sitemap_index):
            place = ("sitemap_index", number)
            try:
                urls = self._starts(name)
            except UsageError as error:
                self._mistakes.append(self._source.mistake(place, f"sitemap_index: {error}"))
                continue
            line = self._source.positions.line(place)
            for url in urls:
                if urlsplit(url).netloc not in known:
                    known.add(urlsplit(url).netloc)
                    table = self._source.part(SiteTable, {"url": url}, self._mistakes, place)
                    found += [Declared(table, str(self._source.path), {"": line})] if table is not None else []
        return found

    def _starts(self, name: str) -> tuple[str, ...]:
        if not name.startswith(("http://", "https://")):
            return read_index(self._base / name)
        if self._fetch is None:
            self._unfetched.append(name)
            return ()
        return hosts_of(self._fetch(name), name)

    # What no single table can know.

    def _check_targets(self, declared: Iterable[Declared]) -> None:
        tables = self._source.tables.get("notify", {})
        known = tuple(tables) if isinstance(tables, Mapping) else ()
        place = ("defaults", "notify")
        for message in _unknown_targets(self._file.defaults, known):
            self._mistakes.append(self._source.mistake(place, message))
        for site in declared:
            self._mistakes += [site.mistake("notify", message) for message in _unknown_targets(site.table, known)]

    def _distinct(self, declared: Iterable[Declared]) -> list[WatchedSite]:
        """The sites; two of one name, or of names that are one to a file system, are a mistake."""
        first: dict[str, Declared] = {}
        sites: list[WatchedSite] = []
        for one in declared:
            name = one.table.name or _name_of(one.table.url[0])
            other = first.setdefault(name.casefold(), one)
            if other is not one:
                where = f"{other.file}:{other.lines.get('name', other.lines[''])}"
                hint = "" if one.table.name else "; give each a name of its own with `name`"
                self._mistakes.append(one.mistake("name", f"a second site of the name {name!r}, as in {where}{hint}"))
                continue
            self._declared[name] = one
            sites.append(self._folded(name, one.table))
        return sites

    def _folded(self, name: str, table: SiteTable) -> WatchedSite:
        """A site with everything that stands beneath it."""
        file, defaults = self._file, self._file.defaults
        options = options_said(file.scan) | options_said(defaults) | options_said(table)
        options["accept"] = (*file.accept, *defaults.accept, *table.accept)
        options["recipe"] = file.recipe | defaults.recipe | table.recipe
        for key in ("policy", "catalogue"):
            if key in options:
                options[key] = tuple(file_beside(self._base, one) for one in options[key])
        if options.get("baseline") is not None:
            options["baseline"] = file_beside(self._base, options["baseline"])
        if options.get("login") is not None:
            options["login"] = beside(self._base, options["login"])
        cadence = table.cadence.over(defaults.cadence) if table.cadence is not None else defaults.cadence
        said = {
            key: getattr(one, key)
            for one in (defaults, table)
            for key in ("owner", "notify", "enabled")
            if key in one.model_fields_set
        }
        return WatchedSite(
            name=name,
            urls=table.url,
            config=Config.model_validate(options | {"urls": table.url[:1], "also": table.url[1:]}),
            cadence=cadence.cadence() if cadence is not None else None,
            **said,
        )


def _name_of(url: str) -> str:
    """The name of a site that has none: its host, and the port where there is one."""
    return _NOT_IN_A_NAME.sub("-", urlsplit(url).netloc.lower()).strip("-.")[:100]


def _unknown_targets(table: DefaultsTable, known: tuple[str, ...]) -> Iterable[str]:
    for name in table.notify:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"write a table [notify.{name}] with its `url`"
            yield f"notify: there is no [notify.{name}]; {hint}"
