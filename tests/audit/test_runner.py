"""The runner: failed scans, blind browsers, regions."""

from __future__ import annotations

import pytest

from scanner.audit import PROFILES, RULES, audit
from scanner.audit.profiles import profile_named
from scanner.errors import UsageError
from scanner.model.inventory import Problem

from .builders import NO_POLICY, browser, declaration, ga_cookie, inventory, judged, named, row, session_cookie


def test_a_failed_scan_has_no_findings_and_concludes_nothing() -> None:
    result = audit(inventory(ga_cookie(), outcome="failed"), NO_POLICY)
    assert result.findings == ()
    assert {check.outcome for check in result.checks} == {"inconclusive"}
    assert len(result.checks) == len(RULES)


def test_a_browser_that_failed_its_calibration_passes_nothing_by_absence() -> None:
    blind = inventory(browser=browser(passed=False))
    _, check = judged("tracking-before-consent", blind)
    assert check.outcome == "inconclusive"
    assert "third-party-cookie" in check.reason


def test_what_a_blind_browser_did_see_is_still_found() -> None:
    blind = inventory(ga_cookie(), browser=browser(passed=False))
    assert judged("tracking-before-consent", blind)[1].outcome == "found"


def test_a_scan_without_a_record_of_its_browser_is_judged_as_it_is() -> None:
    assert judged("tracking-before-consent", inventory(browser=None))[1].outcome == "passed"


def test_a_scan_that_was_cut_short_passes_nothing_by_absence() -> None:
    cut = inventory(problems=(Problem(state="before", kind="time", message="the limit of 600 s was reached"),))
    _, check = judged("tracking-before-consent", cut)
    assert check.outcome == "inconclusive"
    assert "600 s" in check.reason
    other = inventory(problems=(Problem(state="before", kind="http-status", message="answered 404"),))
    assert judged("tracking-before-consent", other)[1].outcome == "passed"


def test_an_unknown_region_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="eu, uk, ch, us-ca"):
        audit(inventory(), declaration(), profile="mars")


@pytest.mark.parametrize("name", ["ch", "us-ca"])
def test_regions_without_prior_consent_do_not_ask_for_it(name: str) -> None:
    findings, check = judged("tracking-before-consent", inventory(ga_cookie()), profile=name)
    assert (findings, check.outcome) == ((), "not-applicable")
    assert profile_named(name).title in check.reason


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_references_are_those_of_the_region(profile: object) -> None:
    name = profile.name  # type: ignore[attr-defined]
    findings, _ = judged("tracking-after-reject", inventory(ga_cookie(states=("reject",))), profile=name)
    text = " ".join(reference.name for finding in findings for reference in finding.legal)
    own = {"eu": "ePrivacy Directive", "uk": "UK Privacy", "ch": "Swiss", "us-ca": "California"}
    assert own[name] in text
    assert name in ("eu",) or "ePrivacy Directive" not in text


def test_the_worst_comes_first() -> None:
    result = audit(inventory(ga_cookie(), session_cookie(secure=False)), declaration(row("never")))
    assert result.findings[0].severity == "high"
    assert result.findings[-1].severity == "info"


def test_a_site_that_respects_the_law_has_nothing_above_information() -> None:
    """Consent asked and respected, every cookie and company declared exactly."""
    seen = inventory(
        session_cookie(),
        ga_cookie(states=("accept",), lifetime_seconds=390.0 * 86400),
    )
    said = declaration(
        row("PHPSESSID", category="necessary", duration="session", purpose="Keeps you signed in"),
        row("_ga", category="analytics", duration=390 * 86400, purpose="Counts visits", provider="Google"),
        named("Google Analytics", "analytics"),
    )
    assert [finding for finding in audit(seen, said).findings if finding.severity != "info"] == []
