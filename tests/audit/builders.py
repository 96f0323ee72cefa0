"""Small inventories and declarations for tests of rules: a shop with a sound banner, to which each test adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.audit import RULES, audit
from scanner.model.base import StateName
from scanner.model.consent import BannerButton
from scanner.model.declaration import Claim, Declaration, DeclaredCookie, DeclaredVendor, Remark, Source
from scanner.model.finding import AuditResult, Check, Finding
from scanner.model.instrument import Browser, Calibration, CalibrationCheck
from scanner.model.inventory import (
    Banner,
    Beacon,
    Button,
    Choice,
    Cookie,
    FirstSeen,
    Inventory,
    Page,
    RequestHost,
    SetBy,
    State,
    StorageEntry,
    Target,
    Technique,
)
from scanner.model.vendor import Vendor

HOST = "shop.test"
PAGE = f"https://{HOST}/"
POLICY = f"https://{HOST}/cookies"
DAY = 86400
ALL: tuple[StateName, ...] = ("accept", "before", "reject")
AFTER_ACCEPT: tuple[StateName, ...] = ("accept",)

GOOGLE_ANALYTICS = Vendor(
    id="google-analytics", name="Google Analytics", owner="Google LLC", aliases=("GA4",), country="US",
    category="analytics",
)  # fmt: skip
GOOGLE_ADS = Vendor(
    id="google-ads", name="Google Ads", owner="Google LLC", aliases=("AdWords",), country="US", category="marketing"
)
GOOGLE_TAG_MANAGER = Vendor(
    id="google-tag-manager", name="Google Tag Manager", owner="Google LLC", country="US", category="functional"
)
GOOGLE_FONTS = Vendor(id="google-fonts", name="Google Fonts", owner="Google LLC", country="US", category="functional")
META = Vendor(
    id="meta-pixel", name="Meta Pixel", owner="Meta Platforms, Inc.", aliases=("Facebook Pixel", "Facebook"),
    country="US", category="marketing",
)  # fmt: skip
MATOMO = Vendor(id="matomo", name="Matomo", owner="InnoCraft", country="NZ", category="analytics")
STRIPE = Vendor(id="stripe", name="Stripe", owner="Stripe, Inc.", country="US", category="necessary")
CLOUDFLARE = Vendor(id="cloudflare", name="Cloudflare", owner="Cloudflare, Inc.", country="US", category="necessary")
VENDORS = (CLOUDFLARE, GOOGLE_ADS, GOOGLE_ANALYTICS, GOOGLE_FONTS, GOOGLE_TAG_MANAGER, MATOMO, META, STRIPE)


def cookie(name: str, /, domain: str = HOST, **fields: Any) -> Cookie:
    """A first-party session cookie of unknown purpose, seen in every state, unless told otherwise."""
    states: tuple[StateName, ...] = fields.pop("states", ALL)
    given: dict[str, Any] = {
        "path": "/",
        "host_only": not domain.startswith("."),
        "party": "first" if domain.lstrip(".").endswith(HOST) else "third",
        "secure": True,
        "http_only": False,
        "same_site": "lax",
        "session": "lifetime_seconds" not in fields and "kept_seconds" not in fields,
        "set_by": SetBy(kind="unknown"),
        "category": "unknown",
        "category_source": "unknown" if "category" not in fields else "exact name",
        "states": states,
        "pages": (PAGE,),
    }
    return Cookie(name=name, domain=domain, **(given | fields))


def ga_cookie(name: str = "_ga", **fields: Any) -> Cookie:
    """The visitor cookie of Google Analytics, set by its script for two years."""
    given: dict[str, Any] = {
        "domain": f".{HOST}",
        "category": "analytics",
        "vendor": "Google Analytics",
        "vendor_id": "google-analytics",
        "role": "visitor-id",
        "identifier": True,
        "consent_exempt": "no",
        "lifetime_seconds": 730.0 * DAY,
        "kept_seconds": 400.0 * DAY,
        "set_by": SetBy(kind="script", url="https://www.googletagmanager.com/gtag/js?id=G-1", raw="_ga=GA1.1.1.1"),
        "first_seen": FirstSeen(state="before", page=PAGE, ms=412.4),
    }
    return cookie(name, **(given | fields))


def matomo_cookie(**fields: Any) -> Cookie:
    """Matomo's visitor cookie on the site's own domain: exempt on conditions."""
    given: dict[str, Any] = {
        "category": "analytics",
        "vendor": "Matomo",
        "vendor_id": "matomo",
        "role": "visitor-id",
        "identifier": True,
        "consent_exempt": "depends",
        "exempt_condition": "Only for statistics of this site alone.",
        "lifetime_seconds": 393.0 * DAY,
    }
    return cookie("_pk_id.1.1fff", **(given | fields))


def session_cookie(**fields: Any) -> Cookie:
    """The site's own session cookie."""
    given: dict[str, Any] = {
        "category": "necessary",
        "role": "session-id",
        "identifier": True,
        "consent_exempt": "yes",
        "http_only": True,
    }
    return cookie("PHPSESSID", **(given | fields))


def beacon(host: str, /, **fields: Any) -> Beacon:
    """A reporting pixel of a third party, seen in every state."""
    given: dict[str, Any] = {
        "url": f"https://{host}/collect",
        "host": host,
        "party": "first" if host.endswith(HOST) else "third",
        "kind": "pixel",
        "category": "unknown",
        "states": ALL,
        "pages": (PAGE,),
    }
    return Beacon(**(given | fields))


def ga_beacon(**fields: Any) -> Beacon:
    """A hit of Google Analytics with a client identifier."""
    given: dict[str, Any] = {
        "url": "https://region1.google-analytics.com/g/collect",
        "kind": "beacon",
        "category": "analytics",
        "vendor": "Google Analytics",
        "vendor_id": "google-analytics",
        "event": "page_view",
        "account": "G-AB12CD34EF",
        "identifiers": ("cid",),
    }
    return beacon("region1.google-analytics.com", **(given | fields))


def meta_beacon(**fields: Any) -> Beacon:
    """A hit of the Meta Pixel with its browser identifier."""
    given: dict[str, Any] = {
        "url": "https://www.facebook.com/tr",
        "category": "marketing",
        "vendor": "Meta Pixel",
        "vendor_id": "meta-pixel",
        "event": "PageView",
        "identifiers": ("fbp",),
    }
    return beacon("www.facebook.com", **(given | fields))


def request(host: str, /, **fields: Any) -> RequestHost:
    """Requests to a third-party host that is nobody's tracker, in every state."""
    given: dict[str, Any] = {
        "host": host,
        "site": ".".join(host.split(".")[-2:]),
        "party": "first" if host.endswith(HOST) else "third",
        "category": "unknown",
        "tracker": False,
        "count": 3,
        "bytes": 1024,
        "states": ALL,
        "first_ms": 80.0,
    }
    return RequestHost(**(given | fields))


def storage(key: str, **fields: Any) -> StorageEntry:
    """A key of the site's own local storage."""
    given: dict[str, Any] = {
        "kind": "local",
        "origin": f"https://{HOST}",
        "key": key,
        "party": "first",
        "category": "unknown",
        "category_source": "unknown" if "category" not in fields else "exact name",
        "states": ALL,
        "pages": (PAGE,),
    }
    return StorageEntry(**(given | fields))


def technique(kind: str, host: str, **fields: Any) -> Technique:
    """A technique of a script of some host."""
    given: dict[str, Any] = {"states": ALL, "script": f"https://{host}/a.js"}
    return Technique(kind=kind, host=host, **(given | fields))


ACCEPT = Button(action="accept", layer=1, text="Accept all")
REJECT = Button(action="reject", layer=1, text="Reject all")
SETTINGS = Button(action="settings", layer=1, text="Settings")
ACK = Button(action="ack", layer=1, text="OK")


def button(action: str, text: str, layer: int = 1) -> Button:
    """A button of a banner."""
    return Button(action=action, layer=layer, text=text)


def look(action: str, **fields: Any) -> BannerButton:
    """How a button of the first layer looks."""
    given: dict[str, Any] = {"layer": 1, "text": action.title()}
    return BannerButton(action=action, **(given | fields))


def banner(*buttons: Button, **fields: Any) -> Banner:
    """A banner with these buttons; without any, one that offers accept and reject side by side."""
    return Banner(found=True, buttons=buttons or (ACCEPT, REJECT), **fields)


NO_BANNER = Banner(found=False)


def state(shown: Banner | None = None, made: str | None = None, *, reached: bool = True, **fields: Any) -> State:
    """A consent state; `fields` are those of the choice, and `signals`."""
    signals = fields.pop("signals", {})
    choice = Choice(made=made, verified=fields.pop("verified", made is not None), **fields)
    pages = (PAGE,) if reached else ()
    return State(reached=reached, pages=pages, banner=shown or banner(), choice=choice, signals=signals)


def states(shown: Banner | None = None, **others: State) -> dict[str, State]:
    """The three usual states behind one banner, each reached; `others` replace or add."""
    usual = {
        "before": state(shown),
        "accept": state(shown, "accept", clicks=1),
        "reject": state(shown, "reject", clicks=1),
    }
    return usual | others


def without_banner() -> dict[str, State]:
    """The states of a site that never asks."""
    unasked = state(NO_BANNER, reached=False, error="no banner was found")
    return {"before": state(NO_BANNER), "accept": unasked, "reject": unasked}


def browser(*, passed: bool = True) -> Browser:
    """A browser with its calibration."""
    check = CalibrationCheck(name="third-party-cookie", passed=passed)
    return Browser(
        name="chromium",
        version="1",
        third_party_cookies=passed,
        calibration=Calibration(passed=passed, checks=(check,)),
    )


def inventory(*seen: object, consent: Mapping[str, State] | None = None, **fields: Any) -> Inventory:
    """A scan of the shop in which these things were seen, sorted into their lists."""
    given: dict[str, Any] = {
        "target": Target(url=PAGE, site=HOST, host=HOST),
        "started": "2026-11-22T09:30:00Z",
        "outcome": "complete",
        "states": dict(consent if consent is not None else states()),
        "pages": (Page(url=PAGE, state="before", status=200),),
        "vendors": VENDORS,
        "browser": browser(),
    }
    lists = (("cookies", Cookie), ("storage", StorageEntry), ("requests", RequestHost), ("beacons", Beacon))
    for name, kind in (*lists, ("techniques", Technique)):
        given[name] = tuple(thing for thing in seen if isinstance(thing, kind))
    return Inventory(**(given | fields))


def row(name: str, **fields: Any) -> DeclaredCookie:
    """A declared cookie; its quotation is its name in a row."""
    given: dict[str, Any] = {"quote": f"{name} | as declared", "source": POLICY}
    return DeclaredCookie(name=name, **(given | fields))


def named(name: str, purpose: str | None = None) -> DeclaredVendor:
    """A company that the policy names."""
    return DeclaredVendor(name=name, purpose_category=purpose, quote=f"We use {name}.", source=POLICY)


def claim(code: str, evidence: str | None = None) -> Claim:
    """A statement of the policy."""
    return Claim(code=code, evidence=evidence or f"We say: {code}.", source=POLICY)


def remark(kind: str, subject: str, quote: str | None = None) -> Remark:
    """Something of note about the policy itself."""
    return Remark(kind=kind, subject=subject, quote=quote or f"It says {subject}.", source=POLICY)  # type: ignore[arg-type]


def declaration(*said: object, found: bool = True) -> Declaration:
    """A policy that says these things; a `Source` among them stands in the place of the policy page."""
    sources = tuple(thing for thing in said if isinstance(thing, Source)) or (Source(url=POLICY, sha256="0" * 64),)
    return Declaration(
        found=found,
        sources=sources if found else (),
        remarks=tuple(thing for thing in said if isinstance(thing, Remark)),
        policy_language="en" if found else None,
        cookies=tuple(thing for thing in said if isinstance(thing, DeclaredCookie)),
        vendors=tuple(thing for thing in said if isinstance(thing, DeclaredVendor)),
        claims=tuple(thing for thing in said if isinstance(thing, Claim)),
    )


NO_POLICY = declaration(found=False)


def judged(
    rule: str, seen: Inventory, said: Declaration | None = None, profile: str = "eu"
) -> tuple[tuple[Finding, ...], Check]:
    """One rule's findings and outcome in a whole audit."""
    assert rule in {one.name for one in RULES}
    result: AuditResult = audit(seen, said if said is not None else declaration(), profile=profile)
    check = next(check for check in result.checks if check.rule == rule)
    return tuple(finding for finding in result.findings if finding.rule == rule), check
