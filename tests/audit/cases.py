"""For every rule three cases: one where it finds a fault, one where it finds none, one where it cannot know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scanner.model.declaration import Declaration
from scanner.model.inventory import Inventory, PersonalData

from .builders import (
    ACCEPT,
    ACK,
    AFTER_ACCEPT,
    DAY,
    NO_POLICY,
    REJECT,
    SETTINGS,
    banner,
    button,
    claim,
    cookie,
    declaration,
    ga_beacon,
    ga_cookie,
    inventory,
    meta_beacon,
    named,
    request,
    row,
    session_cookie,
    state,
    states,
    storage,
    technique,
    without_banner,
)

Case = tuple[Inventory, Declaration]


@dataclass(frozen=True, slots=True)
class Cases:
    """The three cases of a rule; `profile` names a region whose rules include it."""

    rule: str
    positive: Case
    negative: Case
    inconclusive: Case
    profile: str = "eu"


SAID = declaration()
BLIND = inventory(consent={"before": state(reached=False)}), SAID
"""A site of which no page was seen."""
AFTER_REFUSAL = ("accept", "reject")
ONLY = "category:analytics"
SECOND_LAYER = banner(ACCEPT, SETTINGS, button("reject", "Reject all", 2))
ONE_SIDED = states(banner(ACK), reject=state(banner(ACK), reached=False, error="no way to refuse is offered"))
UNPROVEN = states(reject=state(made="reject", verified=False))
RECORD = cookie("CookieConsent", category="necessary", role="consent-record", states=AFTER_ACCEPT)


def _mode(said: str) -> dict[str, Any]:
    """What a page told Google Consent Mode about advertising."""
    command = {"layer": "dataLayer", "index": 0, "command": "default", "values": {"ad_storage": said}}
    return {"google_consent_mode": {"commands": [command], "state": None}}


SYNCED = cookie("uuid2", domain=".ads.test", category="marketing", identifier=True, synced_with=("px.partner.test",))
KEYS = technique("keystrokes", "keys.test", party="third", data=("email",), confidence="certain")
SENT = PersonalData(
    data="email", source="typed", form="plain", where="address", host="collect.example", party="third",
    category="unknown", states=("before",),
)  # fmt: skip
PIXEL = storage("_fbp", category="marketing", vendor="Meta Pixel", vendor_id="meta-pixel", identifier=True)
STRIPE = request("js.stripe.com", vendor="Stripe", vendor_id="stripe", category="necessary")
WITHDRAWN = states(withdraw=state(made="withdraw", clicks=2))
BOTH = ("accept", "withdraw")
LISTED = declaration(row("_ga"), row("PHPSESSID"))

CASES: tuple[Cases, ...] = (
    Cases("tracking-before-consent", (inventory(ga_cookie()), SAID), (inventory(session_cookie()), SAID), BLIND),
    Cases(
        "tracking-after-reject",
        (inventory(ga_cookie(states=AFTER_REFUSAL)), SAID),
        (inventory(ga_cookie(states=AFTER_ACCEPT), session_cookie()), SAID),
        (inventory(ga_cookie(states=AFTER_ACCEPT), consent=states(reject=state(reached=False))), SAID),
    ),
    Cases(
        "tracking-without-banner",
        (inventory(ga_cookie(), consent=without_banner()), SAID),
        (inventory(session_cookie(), consent=without_banner()), SAID),
        BLIND,
    ),
    Cases("no-reject-option", (inventory(ga_cookie(), consent=ONE_SIDED), SAID), (inventory(ga_cookie()), SAID), BLIND),
    Cases(
        "reject-harder-than-accept",
        (inventory(consent=states(SECOND_LAYER, reject=state(SECOND_LAYER, "reject", clicks=2))), SAID),
        (inventory(), SAID),
        (inventory(consent={"before": state(SECOND_LAYER, reached=False)}), SAID),
    ),
    Cases(
        "preselected-choices",
        (inventory(consent=states(banner(preselected=("Marketing",)))), SAID),
        (inventory(), SAID),
        BLIND,
    ),
    Cases(
        "no-withdrawal",
        (inventory(ga_cookie(), consent=states(withdraw=state(reached=False, error="no way back was found"))), SAID),
        (inventory(ga_cookie(), consent=WITHDRAWN), SAID),
        (inventory(ga_cookie()), SAID),
    ),
    Cases(
        "withdrawal-ignored",
        (inventory(ga_cookie(states=BOTH), ga_beacon(states=BOTH), consent=WITHDRAWN), SAID),
        (inventory(ga_cookie(states=AFTER_ACCEPT), consent=WITHDRAWN), SAID),
        (inventory(ga_cookie()), SAID),
    ),
    Cases(
        "choice-not-remembered",
        (inventory(RECORD, consent=UNPROVEN), SAID),
        (inventory(RECORD), SAID),
        (inventory(consent=UNPROVEN), SAID),
    ),
    Cases(
        "cookie-wall",
        (inventory(consent=states(banner(ACCEPT, button("pay", "Subscribe")))), SAID),
        (inventory(consent=states(banner(ACCEPT, REJECT, button("pay", "Subscribe")))), SAID),
        BLIND,
    ),
    Cases(
        "consent-signal-mismatch",
        (inventory(consent=states(reject=state(made="reject", signals=_mode("granted")))), SAID),
        (inventory(consent=states(reject=state(made="reject", signals=_mode("denied")))), SAID),
        BLIND,
    ),
    Cases(
        "gpc-ignored",
        (inventory(meta_beacon(states=("gpc",)), consent=states(gpc=state())), SAID),
        (inventory(meta_beacon(states=AFTER_ACCEPT), consent=states(gpc=state())), SAID),
        (inventory(meta_beacon()), SAID),
        profile="us-ca",
    ),
    Cases(
        "category-not-respected",
        (inventory(meta_beacon(states=(ONLY,)), consent=states(**{ONLY: state(made="save")})), SAID),
        (inventory(ga_cookie(states=(ONLY,)), consent=states(**{ONLY: state(made="save")})), SAID),
        (inventory(meta_beacon()), SAID),
    ),
    Cases(
        "policy-missing",
        (inventory(ga_cookie()), NO_POLICY),
        (inventory(ga_cookie()), SAID),
        (BLIND[0], NO_POLICY),
    ),
    Cases(
        "undeclared-cookie",
        (inventory(ga_cookie("_gid")), LISTED),
        (inventory(ga_cookie(), session_cookie()), LISTED),
        (inventory(ga_cookie()), NO_POLICY),
    ),
    Cases(
        "undeclared-storage",
        (inventory(PIXEL), LISTED),
        (inventory(storage("theme")), declaration(row("theme"))),
        (inventory(PIXEL), NO_POLICY),
    ),
    Cases(
        "undeclared-vendor",
        (inventory(meta_beacon()), declaration(named("Google Analytics"))),
        (inventory(meta_beacon()), declaration(named("Meta"))),
        (inventory(meta_beacon()), NO_POLICY),
    ),
    Cases(
        "declared-not-observed",
        (inventory(ga_cookie()), declaration(row("_ga"), row("_fbp"))),
        (inventory(ga_cookie()), declaration(row("_ga"))),
        (inventory(ga_cookie(), consent=states(accept=state(reached=False))), declaration(row("_fbp"))),
    ),
    Cases(
        "category-mismatch",
        (inventory(ga_cookie()), declaration(row("_ga", category="necessary"))),
        (inventory(ga_cookie()), declaration(row("_ga", category="analytics"))),
        (inventory(ga_cookie()), NO_POLICY),
    ),
    Cases(
        "lifetime-mismatch",
        (inventory(ga_cookie()), declaration(row("_ga", duration=30 * DAY))),
        (inventory(ga_cookie()), declaration(row("_ga", duration=730 * DAY))),
        (inventory(ga_cookie()), NO_POLICY),
    ),
    Cases(
        "party-mismatch",
        (inventory(cookie("m", domain=".pay.test")), declaration(row("m", party="first"))),
        (inventory(cookie("m", domain=".pay.test")), declaration(row("m", party="third"))),
        (inventory(cookie("m", domain=".pay.test")), NO_POLICY),
    ),
    Cases(
        "vendor-mismatch",
        (inventory(ga_cookie(), STRIPE), declaration(row("_ga", provider="Stripe"))),
        (inventory(ga_cookie(), STRIPE), declaration(row("_ga", provider="Google"))),
        (inventory(ga_cookie()), NO_POLICY),
    ),
    Cases(
        "promise-broken",
        (inventory(ga_cookie()), declaration(claim("no_cookies", "We use no cookies"))),
        (inventory(), declaration(claim("no_marketing_cookies", "We use no marketing cookies"))),
        (inventory(ga_cookie()), NO_POLICY),
    ),
    Cases(
        "declaration-incomplete",
        (inventory(), declaration(row("a", purpose="Measures"))),
        (inventory(), declaration(row("a", purpose="Measures", duration=DAY))),
        (inventory(), NO_POLICY),
    ),
    Cases(
        "policy-stale",
        (inventory(), declaration(claim("transfer_safeguards", "We rely on the EU-US Privacy Shield"))),
        (inventory(), declaration(claim("transfer_safeguards", "We rely on standard contractual clauses"))),
        (inventory(), NO_POLICY),
    ),
    Cases(
        "excessive-lifetime",
        (inventory(ga_cookie(lifetime_seconds=3650.0 * DAY)), SAID),
        (inventory(ga_cookie(lifetime_seconds=396.0 * DAY)), SAID),
        BLIND,
    ),
    Cases(
        "insecure-cookie",
        (inventory(session_cookie(secure=False)), SAID),
        (inventory(session_cookie()), SAID),
        BLIND,
    ),
    Cases(
        "cookie-sync",
        (inventory(SYNCED, technique("cookie-sync", "px.partner.test")), SAID),
        (inventory(session_cookie()), SAID),
        BLIND,
    ),
    Cases(
        "cname-cloaking",
        (inventory(technique("cname-cloaking", "m.shop.test"), request("m.shop.test", category="analytics")), SAID),
        (inventory(request("m.shop.test")), SAID),
        (inventory(unresolved_hosts=("m.shop.test",)), SAID),
    ),
    Cases(
        "fingerprinting",
        (inventory(technique("canvas", "fp.test"), technique("audio", "fp.test")), SAID),
        (inventory(request("fp.test")), SAID),
        BLIND,
    ),
    Cases(
        "session-replay",
        (inventory(technique("session-replay", "r.test"), request("r.test", category="analytics")), SAID),
        (inventory(request("r.test")), SAID),
        BLIND,
    ),
    Cases("keystroke-capture", (inventory(KEYS), SAID), (inventory(request("keys.test")), SAID), BLIND),
    Cases(
        "personal-data-sent",
        (inventory(personal_data=(SENT,)), SAID),
        (inventory(personal_data=(SENT.model_copy(update={"host": "api.shop.test", "party": "first"}),)), SAID),
        BLIND,
    ),
    Cases(
        "unknown-cookie",
        (inventory(cookie("zzid", domain=".other.test", identifier=True, lifetime_seconds=90.0 * DAY)), SAID),
        (inventory(ga_cookie()), SAID),
        BLIND,
    ),
)
