"""Demonstration sites from disk: found, read, checked as a whole. A mistake in a TOML file is one clear line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from scanner.demo.model import DemoSite, ExpectedFile, PartyFile, Route, SiteFile
from scanner.errors import UsageError
from scanner.model.base import Model

THIRD_PARTIES = "_third_parties"
_M = TypeVar("_M", bound=Model)


@dataclass(frozen=True)
class Party:
    """An imitated third party and the folder of its files."""

    name: str
    folder: Path
    file: PartyFile


@dataclass(frozen=True)
class Site:
    """A site, the folder of its files, the third parties it uses, and the truth about it."""

    name: str
    folder: Path
    file: SiteFile
    parties: tuple[Party, ...]
    truth: ExpectedFile

    def described(self) -> DemoSite:
        """The site as others need to know it."""
        address = urlsplit(self.file.start)
        origin = f"{address.scheme}://{address.netloc}"
        return DemoSite(
            name=self.name,
            title=self.file.title,
            description=self.file.description,
            language=self.file.language,
            start=self.file.start,
            hosts=tuple(host.name for host in self.file.hosts),
            third_party_hosts=tuple(
                sorted(
                    {
                        host
                        for party in self.parties
                        if party.name in self.file.third_parties
                        for host in party.file.hosts
                    }
                )
            ),
            pages=tuple(origin + path for path in self.file.pages),
            expected=self.truth.expected,
            must_not=self.truth.must_not,
        )


def sites_folder() -> Path:
    """Where the sites are: inside the installed package, or in `fixtures/sites` of a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "sites", here.parent.parent / "fixtures" / "sites"):
        if folder.is_dir():
            return folder
    raise UsageError("the demonstration sites are missing from this installation; install cookie-scanner again")


def site_names(folder: Path | None = None) -> tuple[str, ...]:
    """Names of all demonstration sites, sorted."""
    root = folder or sites_folder()
    return tuple(sorted(entry.name for entry in root.iterdir() if (entry / "site.toml").is_file()))


def read_site(name: str, folder: Path | None = None) -> Site:
    """Read and check one site. Raises UsageError that names the file and the key."""
    root = folder or sites_folder()
    where = root / name
    if not (where / "site.toml").is_file():
        raise UsageError(f"no demonstration site is called {name!r}; there are {', '.join(site_names(root))}")
    file = _read(where / "site.toml", SiteFile)
    truth = _read(where / "expected.toml", ExpectedFile)
    wanted = dict.fromkeys((*file.third_parties, *(host.party for host in file.hosts if host.party)))
    parties = tuple(_read_party(party, root, where / "site.toml") for party in wanted)
    site = Site(name, where, file, parties, truth)
    _check_site(site)
    return site


def check_hosts(sites: Iterable[Site]) -> None:
    """Every host name has one answerer. Raises UsageError that names both claimants."""
    owner: dict[str, str] = {}
    for site in sites:
        claims = [(host.name, f"site {site.name}") for host in site.file.hosts]
        claims += [(host, f"third party {party.name}") for party in site.parties for host in party.file.hosts]
        for host, claimant in claims:
            if owner.setdefault(host, claimant) != claimant:
                raise UsageError(f"{host} belongs to {owner[host]} and to {claimant}; a host has one answerer")


@lru_cache(maxsize=64)
def package_path(distribution: str, path: str) -> Path:
    """Where an installed distribution keeps a file. Raises UsageError where it does not."""
    try:
        found = metadata.distribution(distribution)
    except metadata.PackageNotFoundError as error:
        raise UsageError(
            f"the demonstration needs the Python package {distribution}: pip install {distribution}"
        ) from error
    located = Path(str(found.locate_file(path)))
    if not located.is_file():
        raise UsageError(f"the Python package {distribution} {found.version} has no file {path}")
    return located


def _read_party(name: str, root: Path, asker: Path) -> Party:
    folder = root / THIRD_PARTIES / name
    if not (folder / "party.toml").is_file():
        known = sorted(entry.name for entry in (root / THIRD_PARTIES).glob("*") if (entry / "party.toml").is_file())
        raise UsageError(f"{asker}: no third party is called {name!r}; there are {', '.join(known) or 'none'}")
    file = _read(folder / "party.toml", PartyFile)
    _check_routes(file.routes, file.hosts, folder, folder / "party.toml")
    return Party(name, folder, file)


def _check_site(site: Site) -> None:
    where = site.folder / "site.toml"
    own = [host.name for host in site.file.hosts]
    for host in own:
        if own.count(host) > 1:
            raise UsageError(f"{where}: hosts: {host} stands there twice")
    for entry in site.file.hosts:
        if entry.folder is not None and not (site.folder / entry.folder).is_dir():
            raise UsageError(f"{where}: hosts: {entry.name}: there is no folder {entry.folder!r} in {site.folder}")
    start = urlsplit(site.file.start)
    if start.hostname not in own:
        raise UsageError(f"{where}: start: {start.hostname} is none of the site's hosts ({', '.join(own)})")
    if site.file.pages[0] != start.path:
        raise UsageError(f"{where}: pages: the first page is the start page, {start.path}")
    _check_routes(site.file.routes, own, site.folder, where)


def _check_routes(routes: Iterable[Route], hosts: Iterable[str], folder: Path, where: Path) -> None:
    names = tuple(hosts)
    for number, route in enumerate(routes):
        place = f"{where}: routes.{number} ({route.path})"
        if route.host is not None and route.host not in names:
            raise UsageError(f"{place}: host {route.host} is none of {', '.join(names)}")
        if route.file is not None and not (folder / route.file).is_file():
            raise UsageError(f"{place}: there is no file {route.file!r} in {folder}")


def _read(path: Path, model: type[_M]) -> _M:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"{path}: is missing") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from error
    try:
        # Through JSON, where a list may become a tuple although types are strict.
        return model.model_validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        message = (
            "unknown key" if problem["type"] == "extra_forbidden" else problem["msg"].removeprefix("Value error, ")
        )
        raise UsageError(f"{path}: {place}: {message}" if place else f"{path}: {message}") from error
