"""What a demonstration site is, as its TOML files say it: hosts, routes, pages, and what a scan must find.

The same shapes describe a site (`site.toml`), an imitated third party (`party.toml`) and the truth about a site
(`expected.toml`). An unknown key is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from scanner.model.base import Model
from scanner.model.finding import Severity

HostName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$")
]
"""A host name in lower case, without scheme and port."""

PathGlob = Annotated[str, StringConstraints(pattern=r"^/")]
"""A path on a host, from its slash; `*` stands for any run of characters, slashes included."""


_COOKIE_LINE = re.compile(r"[^\s;,=]+=")


class PackageFile(Model):
    """A file of an installed Python distribution, served as it is; the distribution is not imported."""

    distribution: str
    path: str


class Route(Model):
    """One declared answer. The first route whose conditions hold answers; where none does, the host's files do.

    Conditions: `host` (default: each host of the file), `path`, `method`, `query` and `cookies` (a glob for each
    name that must be there), `lacks_cookies` (names that must not be there).

    Answer: at most one of `file` (relative to the file's folder), `text`, `pixel` (a transparent GIF of 43 bytes),
    `package` and `redirect`; with none of them the body is empty. `status` is 200, or 302 for a redirect.
    `set_cookies` are whole `Set-Cookie` lines; a cookie that the request carries keeps its value and is renewed,
    as servers do. `cors` echoes the asking origin and allows credentials. `delay_ms` is waited before answering.

    Placeholders are filled in `text`, `redirect`, `headers` and `set_cookies`: see `scanner.demo.placeholders`.
    """

    path: PathGlob
    host: HostName | None = None
    method: Literal["GET", "POST", "OPTIONS"] | None = None
    query: dict[str, str] = Field(default_factory=dict)
    cookies: dict[str, str] = Field(default_factory=dict)
    lacks_cookies: tuple[str, ...] = ()
    status: int | None = Field(None, ge=200, le=599)
    file: str | None = None
    text: str | None = None
    pixel: bool = False
    package: PackageFile | None = None
    redirect: str | None = None
    content_type: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    set_cookies: tuple[str, ...] = ()
    cors: bool = False
    delay_ms: int = Field(0, ge=0, le=10_000)

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        given = [name for name in ("file", "text", "pixel", "package", "redirect") if getattr(self, name)]
        if len(given) > 1:
            raise ValueError(f"a route has one body, not {' and '.join(given)}")
        for line in self.set_cookies:
            if not _COOKIE_LINE.match(line):
                raise ValueError(f"set_cookies: {line!r} is no `name=value; attributes` line")
        return self


class SiteHost(Model):
    """One host of a site: answered from a `folder` of files, or by an imitated `party` (its scripts on a first
    party's subdomain, as with tagging on one's own server). `headers` go with every answer from the folder, and
    `set_cookies` with every page of it.
    """

    name: HostName
    folder: str | None = None
    party: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    set_cookies: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _folder_or_party(self) -> Self:
        if (self.folder is None) == (self.party is None):
            raise ValueError("a host has either a folder or a party")
        return self


class ConsentRecord(Model):
    """The first-party cookie in which a site keeps the visitor's choice, so that the server's log can tell the state
    of a request. `accept` and `reject` are globs over the cookie's percent-decoded value.
    """

    cookie: str
    accept: str
    reject: str | None = None


class SiteFile(Model):
    """`site.toml`. `pages` are paths on the start address' host, the start page first: what a scan looks at."""

    title: str
    description: str
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    start: Annotated[str, StringConstraints(pattern=r"^https://[^/]+/")]
    pages: tuple[PathGlob, ...] = Field(min_length=1)
    hosts: tuple[SiteHost, ...] = Field(min_length=1)
    third_parties: tuple[str, ...] = ()
    consent: ConsentRecord | None = None
    routes: tuple[Route, ...] = ()


class PartyFile(Model):
    """`party.toml`: one third party, its real host names, and how it answers there."""

    title: str
    imitates: str
    hosts: tuple[HostName, ...] = Field(min_length=1)
    routes: tuple[Route, ...] = Field(min_length=1)


class ExpectedFinding(Model):
    """A finding that a scan must report. `subjects` are compared as a set; `why` says what the site does."""

    rule: str
    severity: Severity
    subjects: tuple[str, ...] = Field(min_length=1)
    why: str


class ForbiddenFinding(Model):
    """Findings that a scan must not report: of `rule` (`*`: any), of `at_least` this severity, naming `subject`."""

    rule: str
    at_least: Severity = "info"
    subject: str | None = None
    why: str


class ExpectedFile(Model):
    """`expected.toml`: the truth about a site, written from what it does."""

    expected: tuple[ExpectedFinding, ...] = ()
    must_not: tuple[ForbiddenFinding, ...] = ()


class DemoSite(Model):
    """One demonstration site. `hosts` are its own, `third_party_hosts` those of the third parties it uses; `pages`
    are whole addresses, the start page first.
    """

    name: str
    title: str
    description: str
    language: str
    start: str
    hosts: tuple[str, ...]
    third_party_hosts: tuple[str, ...]
    pages: tuple[str, ...]
    expected: tuple[ExpectedFinding, ...]
    must_not: tuple[ForbiddenFinding, ...]

    def all_hosts(self) -> Iterator[str]:
        """Every host name that a visit of this site may ask for."""
        yield from self.hosts
        yield from self.third_party_hosts
