"""tracking-before-consent: found, fair, and honest about what it could not see."""

from __future__ import annotations

import pytest

from scanner.model.inventory import SetBy

from .builders import (
    AFTER_ACCEPT,
    DAY,
    claim,
    cookie,
    declaration,
    ga_beacon,
    ga_cookie,
    inventory,
    judged,
    matomo_cookie,
    meta_beacon,
    request,
    row,
    session_cookie,
    state,
    states,
    storage,
    without_banner,
)

RULE = "tracking-before-consent"


def test_all_that_one_company_does_is_one_finding_with_exact_subjects() -> None:
    seen = inventory(ga_cookie(), ga_cookie("_ga_AB12CD34EF"), ga_beacon(), meta_beacon())
    findings, check = judged(RULE, seen)
    assert check.outcome == "found"
    assert [(one.severity, one.subject) for one in findings] == [
        ("high", "_ga@shop.test, _ga_AB12CD34EF@shop.test, region1.google-analytics.com"),
        ("high", "www.facebook.com"),
    ]
    assert findings[0].observed == ("/cookies/0", "/cookies/1", "/beacons/0")
    assert findings[0].states == ("before",)
    assert findings[0].confidence == "certain"
    assert "412 ms after https://shop.test/ began to load" in findings[0].detail
    assert "https://www.googletagmanager.com/gtag/js" in findings[0].detail
    assert "id=G-1" not in findings[0].detail


def test_the_policy_s_promise_is_quoted_word_for_word() -> None:
    said = declaration(claim("prior_consent_nonessential", "Statistics only after you say yes"))
    (finding,), _ = judged(RULE, inventory(ga_cookie()), said)
    assert finding.declared is not None
    assert finding.declared.quote == "Statistics only after you say yes"


def test_a_stored_identifier_in_local_storage_counts() -> None:
    entry = storage("_uid", category="marketing", vendor="Meta Pixel", identifier=True)
    (finding,), _ = judged(RULE, inventory(entry))
    assert (finding.severity, finding.subject) == ("high", "_uid@shop.test")


def test_a_marketing_pixel_without_identifier_is_medium() -> None:
    (finding,), _ = judged(RULE, inventory(meta_beacon(identifiers=())))
    assert finding.severity == "medium"


def test_a_gathering_host_that_got_an_identifier_before_consent_alone_is_likely() -> None:
    host = request(
        "px.ads.example", category="marketing", tracker=True, carries_identifier=True, states=("before",), vendor="Ads"
    )
    (finding,), _ = judged(RULE, inventory(host))
    assert (finding.subject, finding.severity, finding.confidence) == ("px.ads.example", "high", "likely")


def test_a_cookie_that_the_policy_itself_calls_marketing_is_taken_at_its_word() -> None:
    seen = inventory(cookie("adw_uid", identifier=True, lifetime_seconds=90.0 * DAY))
    (finding,), _ = judged(RULE, seen, declaration(row("adw_uid", category="marketing")))
    assert (finding.subject, finding.confidence) == ("adw_uid@shop.test", "likely")
    assert finding.declared is not None
    assert finding.declared.quote == "adw_uid | as declared"


@pytest.mark.parametrize(
    "harmless",
    [
        session_cookie(),
        cookie("XSRF-TOKEN", category="necessary", role="csrf", consent_exempt="yes"),
        cookie("__cf_bm", domain=".cdn.test", category="necessary", role="bot-detection", vendor="Cloudflare"),
        cookie("AWSALB", category="necessary", role="load-balancing", identifier=True, lifetime_seconds=7.0 * DAY),
        cookie("CookieConsent", category="necessary", role="consent-record", identifier=True),
        cookie("OPTOUT", domain=".ads.test", category="marketing", role="opt-out"),
        cookie("lang", category="functional", role="language", lifetime_seconds=365.0 * DAY),
        cookie("sid", identifier=True, lifetime_seconds=365.0 * DAY),
        cookie("u", domain=".stranger.test", identifier=True, lifetime_seconds=365.0 * DAY),
        ga_cookie(blocked="UserPreferences"),
        ga_cookie(states=AFTER_ACCEPT),
        ga_beacon(cookieless=True, consent_signal="G100"),
        ga_beacon(consent_signal="G100"),
        ga_beacon(identifiers=()),
        request("fonts.gstatic.com", category="functional", vendor="Google Fonts"),
        request("js.stripe.com", category="necessary", vendor="Stripe", carries_identifier=True),
        request("cdn.jsdelivr.net"),
    ],
    ids=lambda thing: getattr(thing, "name", None) or getattr(thing, "host", ""),
)
def test_what_needs_no_consent_is_never_accused(harmless: object) -> None:
    findings, check = judged(RULE, inventory(harmless))
    assert findings == ()
    assert check.outcome == "passed"


def test_exempt_audience_measurement_is_shown_with_its_condition_as_information() -> None:
    hit = ga_beacon(url="https://stats.shop.test/matomo.php", host="stats.shop.test", party="first", vendor="Matomo")
    (finding,), _ = judged(RULE, inventory(matomo_cookie(), hit))
    assert (finding.severity, finding.confidence) == ("info", "check")
    assert "Only for statistics of this site alone." in finding.detail


@pytest.mark.parametrize(
    "broken",
    [
        matomo_cookie(lifetime_seconds=730.0 * DAY),
        matomo_cookie(synced_with=("partner.test",)),
        matomo_cookie(domain="stats.test", party="third"),
    ],
)
def test_an_exemption_whose_condition_is_plainly_broken_does_not_hold(broken: object) -> None:
    (finding,), _ = judged(RULE, inventory(broken))
    assert finding.severity == "high"


def test_the_session_cookie_that_goes_along_to_the_site_s_own_host_recognises_nobody() -> None:
    """A page counter without cookies, served through the site itself, gets the session cookie like every request."""
    hit = ga_beacon(host="shop.test", url="https://shop.test/api/event", party="first", identifiers=("PHPSESSID",))
    assert judged(RULE, inventory(session_cookie(), hit))[1].outcome == "passed"
    (finding,), _ = judged(RULE, inventory(ga_cookie(), hit.model_copy(update={"identifiers": ("PHPSESSID", "_ga")})))
    assert finding.severity == "high"


def test_a_classification_from_the_setter_is_only_likely() -> None:
    seen = inventory(
        cookie("x1", category="marketing", category_source="vendor of the third-party setter", identifier=True)
    )
    (finding,), _ = judged(RULE, seen)
    assert finding.confidence == "likely"


def test_a_cookie_deleted_at_once_recognises_nobody() -> None:
    (finding,), _ = judged(RULE, inventory(ga_cookie(deleted=True)))
    assert (finding.severity, finding.confidence) == ("medium", "likely")


def test_a_cookie_set_by_an_answer_names_that_answer() -> None:
    seen = inventory(ga_cookie(set_by=SetBy(kind="http", url="https://t.test/px?id=1"), first_seen=None))
    (finding,), _ = judged(RULE, seen)
    assert "by the answer from https://t.test/px, on https://shop.test/" in finding.detail


def test_without_a_banner_the_question_does_not_arise() -> None:
    findings, check = judged(RULE, inventory(ga_cookie(), consent=without_banner()))
    assert (findings, check.outcome) == ((), "not-applicable")


def test_without_the_state_before_it_is_inconclusive() -> None:
    seen = inventory(ga_cookie(), consent=states(before=state(reached=False, error="the page did not load")))
    findings, check = judged(RULE, seen)
    assert (findings, check.outcome) == ((), "inconclusive")
    assert "the page did not load" in check.reason
