"""What holds for every audit, whatever was seen: determinism, valid pointers, order, honesty about gaps."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.audit import RULES, audit, score
from scanner.audit.promises import PROMISES
from scanner.model.declaration import Declaration
from scanner.model.finding import SEVERITIES, Finding
from scanner.model.inventory import Inventory

from .builders import (
    ACCEPT,
    ACK,
    DAY,
    SETTINGS,
    VENDORS,
    banner,
    beacon,
    button,
    claim,
    cookie,
    declaration,
    ga_beacon,
    ga_cookie,
    inventory,
    matomo_cookie,
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

THINGS: tuple[object, ...] = (
    ga_cookie(),
    ga_cookie("_ga_AB12CD34EF", states=("accept",)),
    ga_cookie("_gid", states=("reject",), lifetime_seconds=DAY * 1.0),
    matomo_cookie(),
    session_cookie(secure=False),
    cookie("mystery, with {braces}", domain=".other.test", identifier=True, lifetime_seconds=DAY * 10.0),
    cookie("IDE", domain=".doubleclick.test", category="marketing", synced_with=("a.test",), blocked="x"),
    cookie("sync", domain=".a.test", category="marketing", synced_with=("b.test",), identifier=True),
    ga_beacon(),
    ga_beacon(cookieless=True, consent_signal="G100", event="ping"),
    meta_beacon(states=("before",), consent_signal="G111"),
    beacon("px.adwerk.example", identifiers=("uid",)),
    request("js.stripe.com", vendor="Stripe", vendor_id="stripe", category="necessary"),
    request("t.test", tracker=True, category="marketing", carries_identifier=True, vendor="T"),
    storage("_fbp", category="marketing", vendor="Meta Pixel", identifier=True),
    storage("state", kind="session"),
    technique("canvas", "fp.test"),
    technique("audio", "fp.test", states=("accept",)),
    technique("session-replay", "r.test"),
    technique("keystrokes", "k.test"),
    technique("cookie-sync", "b.test"),
    technique("cname-cloaking", "m.shop.test"),
)
SAID: tuple[object, ...] = (
    *(claim(promise.code) for promise in PROMISES),
    claim("implied_consent"),
    claim("transfer_safeguards", "Privacy Shield"),
    row("_ga", category="necessary", duration=DAY, provider="Stripe"),
    row("_ga_*", category="analytics", duration=730 * DAY),
    row("sync", party="first"),
    row("never", duration="session"),
    named("Google", "analytics"),
    named("Google+", "social"),
)
CONSENT: tuple[Any, ...] = (
    states(),
    without_banner(),
    states(banner(ACK), reject=state(reached=False)),
    states(banner(ACCEPT, SETTINGS, button("reject", "No", 2), preselected=("Ads",))),
    states(banner(ACCEPT, button("pay", "Pay"))),
    states(
        withdraw=state(reached=False),
        gpc=state(),
        reject=state(made="reject", verified=False),
        **{"category:analytics": state(made="save")},
    ),
    {"before": state(reached=False)},
    {},
)


def some(pool: tuple[object, ...]) -> st.SearchStrategy[list[object]]:
    return st.lists(st.sampled_from(pool), unique_by=id, max_size=len(pool))


inventories = st.builds(
    lambda things, consent, outcome: inventory(*things, consent=consent, outcome=outcome, vendors=VENDORS),
    some(THINGS),
    st.sampled_from(CONSENT),
    st.sampled_from(("complete", "partial")),
)
declarations = st.builds(
    lambda said, found: declaration(*said) if found else declaration(found=False), some(SAID), st.booleans()
)
profiles = st.sampled_from(("eu", "uk", "ch", "us-ca"))


def resolved(seen: Inventory, said: Declaration, pointer: str) -> object:
    place: Any = seen.model_dump() | {"declaration": said.model_dump()}
    for step in pointer.removeprefix("/").split("/"):
        step = step.replace("~1", "/").replace("~0", "~")
        place = place[int(step)] if isinstance(place, tuple | list) else place[step]
    return place


def assert_sound(finding: Finding, seen: Inventory, said: Declaration) -> None:
    rule = next(rule for rule in RULES if rule.name == finding.rule)
    assert finding.observed
    for pointer in finding.observed:
        resolved(seen, said, pointer)
    assert finding.subject
    assert finding.severity in {severity for severity, _ in rule.severity}
    for text in (finding.title, finding.detail, finding.fix):
        assert text.strip() == text != ""
        assert "{" not in text.replace("{braces}", "")
        assert "None" not in text
    if finding.declared is not None:
        texts = [*said.cookies, *said.vendors]
        quotes = {one.quote for one in texts} | {one.evidence for one in said.claims}
        assert finding.declared.quote in quotes


@settings(max_examples=250)
@given(inventories, declarations, profiles)
def test_every_audit_is_sound(seen: Inventory, said: Declaration, profile: str) -> None:
    """Findings prove themselves, the worst come first, every rule has an outcome, and nothing depends on chance."""
    result = audit(seen, said, profile=profile)
    assert result == audit(seen, said, profile=profile)
    for finding in result.findings:
        assert_sound(finding, seen, said)
    ranks = [SEVERITIES.index(finding.severity) for finding in result.findings]
    assert ranks == sorted(ranks)
    assert [check.rule for check in result.checks] == [rule.name for rule in RULES]
    found = {finding.rule for finding in result.findings}
    for check in result.checks:
        assert (check.outcome == "found") == (check.rule in found)
        assert check.outcome in ("found", "passed") or check.reason
    keys = [
        (finding.rule, finding.severity, finding.subject, finding.states, finding.title) for finding in result.findings
    ]
    assert len(keys) == len(set(keys))
    figure = score(seen, result)
    assert figure is None or 0 <= figure <= 100


@settings(max_examples=60)
@given(inventories, declarations)
def test_nothing_passes_where_nothing_was_seen(seen: Inventory, said: Declaration) -> None:
    """With every state unreached, no rule is passed that speaks of the site's conduct."""
    blank = seen.model_copy(
        update={"states": {name: one.model_copy(update={"reached": False}) for name, one in seen.states.items()}}
    )
    result = audit(blank, said)
    spoken = {check.rule for check in result.checks if check.outcome in ("passed", "found")}
    assert spoken <= {"declaration-incomplete", "policy-stale"}


@settings(max_examples=60)
@given(inventories, declarations)
def test_a_refused_cookie_changes_no_finding_above_info(seen: Inventory, said: Declaration) -> None:
    """What the browser refused was not set: taking it away accuses nobody less."""
    without = seen.model_copy(update={"cookies": tuple(one for one in seen.cookies if one.blocked is None)})

    def grave(one: Inventory) -> list[tuple[str, str, str]]:
        return [
            (finding.rule, finding.severity, finding.subject)
            for finding in audit(one, said).findings
            if finding.severity != "info"
        ]

    assert grave(seen) == grave(without)
