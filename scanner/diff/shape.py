"""The shape of a difference: what `diff --json` prints. `gone` is what only the old scan has, `new` only the new."""

from __future__ import annotations

from typing import Literal

from scanner.model.base import Category, Model, StateName, UtcTime
from scanner.model.finding import Finding, Severity


class Side(Model):
    """One of the two scans."""

    url: str
    host: str
    started: UtcTime
    outcome: Literal["complete", "partial", "failed"]
    states: tuple[StateName, ...]
    pages: int
    score: int | None


class CookieLine(Model):
    """A cookie that only one scan has."""

    name: str
    domain: str
    category: Category
    vendor: str | None
    states: tuple[StateName, ...]


class Change(Model):
    """One property in which the two scans differ, in the words of `scan.json`."""

    what: Literal["category", "lifetime", "states", "vendor", "secure", "http_only", "same_site"]
    old: str
    new: str


class ChangedCookie(Model):
    """A cookie that both scans have, and that is not what it was."""

    name: str
    domain: str
    changes: tuple[Change, ...]


class Cookies(Model):
    """Cookies by name and domain."""

    new: tuple[CookieLine, ...]
    gone: tuple[CookieLine, ...]
    changed: tuple[ChangedCookie, ...]


class VendorLine(Model):
    """A company (or an unknown site) that receives data in one scan; `states` are those in which."""

    name: str
    category: Category
    states: tuple[StateName, ...]


class MovedVendor(Model):
    """A company that received data in other consent states before."""

    name: str
    old: tuple[StateName, ...]
    new: tuple[StateName, ...]


class Vendors(Model):
    """Who receives data."""

    new: tuple[VendorLine, ...]
    gone: tuple[VendorLine, ...]
    moved: tuple[MovedVendor, ...]


class BeaconLine(Model):
    """A kind of report that only one scan has: to whom, which event, for which account."""

    host: str
    vendor: str | None
    category: Category
    event: str | None
    account: str | None
    states: tuple[StateName, ...]


class Beacons(Model):
    """Reports sent."""

    new: tuple[BeaconLine, ...]
    gone: tuple[BeaconLine, ...]


class GoneFinding(Model):
    """A finding that the new scan has not. `decided`: the new scan could check the rule, so that it is mended."""

    finding: Finding
    subjects: tuple[str, ...]
    decided: bool


class NewFinding(Model):
    """A finding that is new, or has new subjects (`subjects`), or is worse than it was (`was`)."""

    finding: Finding
    subjects: tuple[str, ...]
    was: Severity | None = None


class Findings(Model):
    """Findings by rule and subject."""

    new: tuple[NewFinding, ...]
    gone: tuple[GoneFinding, ...]
    unchanged: int


class Row(Model):
    """A declared cookie of one policy, in its words."""

    name: str
    quote: str


class Statement(Model):
    """A promise or statement that only one of the two policies makes."""

    code: str
    words: str


class Policy(Model):
    """The declared side. `new_sentences` and `gone_sentences` are null where a scan's documents were not at hand."""

    new_cookies: tuple[Row, ...]
    gone_cookies: tuple[Row, ...]
    changed_cookies: tuple[tuple[Row, Row], ...]
    new_vendors: tuple[Row, ...]
    gone_vendors: tuple[Row, ...]
    new_statements: tuple[Statement, ...]
    gone_statements: tuple[Statement, ...]
    new_sentences: tuple[str, ...] | None = None
    gone_sentences: tuple[str, ...] | None = None


class Caveat(Model):
    """Why a difference may lie in the measuring and not in the site."""

    kind: Literal[
        "other-site",
        "old-failed",
        "new-failed",
        "old-partial",
        "new-partial",
        "state-only-old",
        "state-only-new",
        "pages",
    ]
    state: StateName | None = None


class Difference(Model):
    """All that changed from one scan to another."""

    schema_version: Literal["cookie-scanner/diff/1"] = "cookie-scanner/diff/1"
    old: Side
    new: Side
    caveats: tuple[Caveat, ...]
    cookies: Cookies
    vendors: Vendors
    beacons: Beacons
    findings: Findings
    policy: Policy

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        lists = (
            self.cookies.new, self.cookies.gone, self.cookies.changed,
            self.vendors.new, self.vendors.gone, self.vendors.moved,
            self.beacons.new, self.beacons.gone, self.findings.new, self.findings.gone,
            self.policy.new_cookies, self.policy.gone_cookies, self.policy.changed_cookies,
            self.policy.new_vendors, self.policy.gone_vendors,
            self.policy.new_statements, self.policy.gone_statements,
            self.policy.new_sentences or (), self.policy.gone_sentences or (),
        )  # fmt: skip
        return not any(lists)
