"""What was found on a site, labelled: the lists of `scan.json` that rules read and reports print.

Every list is sorted by its identifying fields, so that two scans compare with a text diff. Durations are seconds.
"""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from scanner.model.base import Category, Model, Party, Phase, StateName, UtcTime
from scanner.model.consent import BannerButton, ButtonAction
from scanner.model.instrument import Browser
from scanner.model.vendor import Vendor


class Target(Model):
    """What was scanned. `site` is the registrable domain (eTLD+1)."""

    url: str
    site: str
    host: str


class Problem(Model):
    """Something that went wrong or could not be seen."""

    state: StateName | None = None
    url: str | None = None
    kind: str
    message: str


class Button(Model):
    """A button of the banner as a visitor sees it."""

    action: ButtonAction
    layer: Literal[1, 2]
    text: str


class Banner(Model):
    """The consent banner of one state as first seen in it."""

    found: bool
    cmp: str | None = None
    method: Literal["rule", "heuristic", "recipe"] | None = None
    languages: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    preselected: tuple[str, ...] = ()
    looks: tuple[BannerButton, ...] = ()


class Choice(Model):
    """The choice made in one state; `made` is null where none was."""

    made: str | None = None
    verified: bool = False
    clicks: int | None = None
    how: str = ""
    error: str | None = None
    via_api: bool = False


class State(Model):
    """One consent state: whether it was reached, with which pages, banner, choice and signals."""

    reached: bool
    pages: tuple[str, ...] = ()
    banner: Banner
    choice: Choice
    signals: dict[str, JsonValue]
    screenshots: tuple[str, ...] = ()


class Page(Model):
    """One page in one state. `ms` is the time to the load event."""

    url: str
    state: StateName
    status: int | None = None
    title: str = ""
    ms: float | None = None
    error: str | None = None
    settled_by: str | None = None
    life_ms: float | None = None


class FirstSeen(Model):
    """Where and when a thing was first seen: `ms` of the page's life since navigation, `phase` against the click.

    `after_choice_ms` counts from the click that made the choice, on the page where that was.
    """

    state: StateName
    page: str
    ms: float | None = None
    after_choice_ms: float | None = None
    phase: Phase = "initial"


class SetBy(Model):
    """What set a cookie. `initiators` are addresses, nearest first; `raw` is the line or string that asked for it."""

    kind: Literal["http", "script", "unknown"]
    url: str | None = None
    initiators: tuple[str, ...] = ()
    raw: str | None = None
    line: int | None = None
    confidence: Literal["certain", "likely"] = "certain"


class Cookie(Model):
    """One cookie by name, domain, path and partition.

    `lifetime_seconds` is what the site asked for (null for a session cookie or where unknown), `kept_seconds` what
    the browser kept. `role` is the catalogue's word (`visitor-id`, `consent-record`, ...). `consent_exempt` says
    whether it may be set without consent, with the condition in `exempt_condition`. `states` are those in which it
    was set or lay in the jar; a refused cookie (`blocked`) lists the states of the attempt.
    """

    name: str
    domain: str
    path: str
    partition_key: str | None = None
    host_only: bool
    party: Party
    secure: bool
    http_only: bool
    same_site: str
    session: bool
    lifetime_seconds: float | None = None
    kept_seconds: float | None = None
    set_by: SetBy
    blocked: str | None = None
    sent_to: tuple[str, ...] = ()
    identifier: bool = False
    synced_with: tuple[str, ...] = ()
    category: Category
    category_source: str
    vendor: str | None = None
    vendor_id: str | None = None
    purpose: str | None = None
    role: str | None = None
    consent_exempt: Literal["yes", "no", "depends"] | None = None
    exempt_condition: str | None = None
    deleted: bool = False
    first_seen: FirstSeen | None = None
    states: tuple[StateName, ...]
    pages: tuple[str, ...] = ()


class StorageEntry(Model):
    """One storage key of one origin. `partition_key` is the top-level site for which it is kept apart, if it is."""

    kind: Literal["local", "session", "indexeddb", "cache"]
    origin: str
    key: str
    partition_key: str | None = None
    party: Party
    identifier: bool = False
    category: Category
    category_source: str = "unknown"
    vendor: str | None = None
    vendor_id: str | None = None
    purpose: str | None = None
    role: str | None = None
    consent_exempt: Literal["yes", "no", "depends"] | None = None
    states: tuple[StateName, ...]
    pages: tuple[str, ...] = ()


class ServiceWorker(Model):
    """One service worker that an origin registered: the addresses it stands in for, and its script."""

    origin: str
    scope: str
    script: str | None = None
    partition_key: str | None = None
    party: Party
    states: tuple[StateName, ...]
    pages: tuple[str, ...] = ()


class RequestHost(Model):
    """All requests to one host. `first_ms` is the earliest request's time since its page's navigation."""

    host: str
    site: str
    party: Party
    vendor: str | None = None
    vendor_id: str | None = None
    category: Category
    tracker: bool
    count: int
    bytes: int
    states: tuple[StateName, ...]
    first_ms: float | None = None
    carries_identifier: bool = False
    initiators: tuple[str, ...] = ()
    example_url: str | None = None


class Beacon(Model):
    """A request whose job is to tell somebody something: one entry for each address (query cut off), event, account.

    `first_seen` gives state, page and time; `initiators` the scripts nearest first; `count` how many hits.
    """

    url: str
    host: str
    party: Party
    kind: Literal["pixel", "beacon", "ping", "fetch", "script", "css", "socket"]
    vendor: str | None = None
    vendor_id: str | None = None
    category: Category
    event: str | None = None
    account: str | None = None
    consent_signal: str | None = None
    cookieless: bool = False
    identifiers: tuple[str, ...] = ()
    initiators: tuple[str, ...] = ()
    example_url: str | None = None
    count: int = 1
    first_seen: FirstSeen | None = None
    states: tuple[StateName, ...]
    pages: tuple[str, ...] = ()


class Technique(Model):
    """A way of tracking that is neither cookie nor beacon.

    `party` is that of the host, where that matters. `data` says what was read (`keystrokes`: `email`, `name`, `phone`,
    `search`, `text`), and `answered` whether the host replied with content, as one that suggests searches does.
    """

    kind: Literal[
        "canvas",
        "audio",
        "webgl",
        "fonts",
        "keystrokes",
        "session-replay",
        "cname-cloaking",
        "cookie-sync",
        "bounce-tracking",
    ]
    script: str | None = None
    host: str
    party: Party | None = None
    data: tuple[str, ...] = ()
    answered: bool = False
    confidence: Literal["certain", "likely", "check"] = "likely"
    states: tuple[StateName, ...]
    detail: str = ""


class PersonalData(Model):
    """What a person would be known by, found in a request to another company.

    `source`: `typed` into a form by the scan and not sent by it; part of the page's own `address`; or seen in the
    `request` alone, under a name that says what it is. `form` is how it was written: plain, base64, hex, or a digest
    of it. `where` in the request: its address, its body, or its `Referer`.
    """

    data: Literal["email", "name", "phone"]
    source: Literal["typed", "address", "request"]
    form: Literal["plain", "base64", "hex", "md5", "sha1", "sha256", "sha512"]
    where: Literal["address", "body", "referrer"]
    host: str
    party: Party
    vendor: str | None = None
    vendor_id: str | None = None
    category: Category
    script: str | None = None
    states: tuple[StateName, ...]
    pages: tuple[str, ...] = ()


class Inventory(Model):
    """Everything found on a site, labelled, before any rule has looked at it.

    `unresolved_hosts` are hosts of the site beside those of its pages, of which nobody asked where they lead by name.
    """

    target: Target
    started: UtcTime
    finished: UtcTime | None = None
    outcome: Literal["complete", "partial", "failed"]
    problems: tuple[Problem, ...] = ()
    browser: Browser | None = None
    states: dict[StateName, State]
    pages: tuple[Page, ...] = ()
    cookies: tuple[Cookie, ...] = ()
    storage: tuple[StorageEntry, ...] = ()
    service_workers: tuple[ServiceWorker, ...] = ()
    requests: tuple[RequestHost, ...] = ()
    beacons: tuple[Beacon, ...] = ()
    techniques: tuple[Technique, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    unresolved_hosts: tuple[str, ...] = ()
    vendors: tuple[Vendor, ...] = ()
