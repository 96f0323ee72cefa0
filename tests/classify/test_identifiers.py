"""Which values tell one browser from another."""

from __future__ import annotations

import pytest

from scanner.classify.identifiers import identifying_tokens, tokens_of, words_in

NOW = 1795339800.0
CONTEXTS = ("before", "accept", "reject")


def verdict(*values, name="x", role=None, later=None):
    """Whether values of three fresh profiles identify; `later` are those at the end."""
    seen = {context: [value] for context, value in zip(CONTEXTS, values, strict=False)}
    for context, value in zip(CONTEXTS, later or (), strict=False):
        seen[context].append(value)
    return bool(identifying_tokens(seen, NOW, name=name, role=role))


@pytest.mark.parametrize(
    "values",
    [
        ("4f1c9be02a7d4e88", "77ab01ffc2e94d13", "a0b9c8d7e6f50412"),
        (
            "0d6c4b1e-58a7-4b8e-9a31-1f2e3d4c5b6a",
            "9c1b2a3d-4e5f-4a6b-8c7d-0e1f2a3b4c5d",
            "5f4e3d2c-1b0a-4998-8877-66554433221f",
        ),
        ("GA1.1.1239481273.1795339812", "GA1.1.832194410.1795339815", "GA1.1.2093847561.1795339818"),
        ("fb.1.1795339812000.348120984", "fb.1.1795339815000.998120381", "fb.1.1795339818000.120984733"),
        ("v1%3A8a7s6d5f4g3h2j1k%3A0", "v1%3Aq1w2e3r4t5y6u7i8%3A0", "v1%3Az9x8c7v6b5n4m3l2%3A0"),
        (
            "019a5b3c-1d2e-7abc-8def-0123456789ab",
            "019a5b3c-1d3e-7bbc-9def-1123456789ab",
            "019a5b3c-1d4e-7cbc-adef-2123456789ab",
        ),
        ("XkqPzRtVwLmNbYsHd", "QwErTyUiOpAsDfGhJ", "ZpLqMwKxNjVbHcGyF"),
        ("eyJpZCI6IjhhN3M2ZDVmNGczaCJ9", "eyJpZCI6InExdzJlM3I0dDV5NiJ9", "eyJpZCI6Ino5eDhjN3Y2YjVuNCJ9"),
    ],
)
def test_a_value_that_differs_between_profiles_and_lasts_identifies(values):
    """Hexadecimal, UUID, client ids, inside percent-encoding and base64."""
    assert verdict(*values, later=values)


@pytest.mark.parametrize(
    "values",
    [
        ("4f1c9be02a7d4e88", "4f1c9be02a7d4e88", "4f1c9be02a7d4e88"),
        ("1795339812", "1795339815", "1795339818"),
        ("1795339812345", "1795339815345", "1795339818345"),
        ("2026-11-22T09:30:12Z", "2026-11-22T09:30:15Z", "2026-11-22T09:30:18Z"),
        ("20261122093012", "20261122093015", "20261122093018"),
        ("1795339812.123456", "1795339815.654321", "1795339818.321654"),
        ("en-GB", "de-DE", "fr-FR"),
        ("A", "B", "C"),
        ("group-17", "group-3", "group-9"),
        ("6b02f8d8", "6b02f8e1", "6b02f8ff"),
        ("1a203c45678", "1a203c45fff", "1a203c46abc"),
        ("1843.7000000029802", "2011.2999999970198", "1902.0999999940395"),
        ("hasSeenWelcomeDialogTwice", "userDismissedNewsletterBar", "acceptedEverythingAlready"),
        ("2~70.89.93.108~dv.", "2~~dv.70.89", "1~43.46.55.61"),
        ("statistics:true,marketing:false", "statistics:false,marketing:true", "all"),
        ("rejected-everything", "accepted-everything", "undecided"),
        ("", "", ""),
    ],
)
def test_constants_moments_languages_and_groups_do_not(values):
    """They differ by what the visitor did or when, not by who the visitor is."""
    assert not verdict(*values, later=values)


def test_a_value_that_changes_with_every_page_does_not_last():
    """A nonce differs between profiles, and within one."""
    assert not verdict(
        "4f1c9be02a7d4e88",
        "77ab01ffc2e94d13",
        "a0b9c8d7e6f50412",
        later=("00aa11bb22cc33dd", "44ee55ff66aa77bb", "88cc99dd00ee11ff"),
    )


@pytest.mark.parametrize("name", ["CookieConsent", "gdpr_state", "usprivacy", "shop-xsrf", "cookie_settings"])
def test_a_consent_record_is_none_though_it_holds_a_random_number(name):
    """By its name, where the catalogue does not know it."""
    assert not verdict("4f1c9be02a7d4e88", "77ab01ffc2e94d13", name=name)


@pytest.mark.parametrize("role", ["consent-record", "test", "csrf", "opt-out", "timestamp"])
def test_the_catalogues_role_rules_out(role):
    """Whatever the value looks like."""
    assert not verdict("4f1c9be02a7d4e88", "77ab01ffc2e94d13", role=role)


def test_with_one_profile_alone_only_the_catalogue_can_tell():
    """A constant looks the same as an identifier when there is nothing to compare."""
    assert not verdict("4f1c9be02a7d4e88")
    assert verdict("4f1c9be02a7d4e88", role="visitor-id")
    assert not verdict("yes", role="visitor-id")


def test_a_short_value_identifies_where_the_catalogue_says_what_it_holds():
    """Some vendors need no more than six characters; a stranger's six prove nothing."""
    values = ("1q2w3e^2^fk9^0^1500", "z9x8c7^2^fk9^0^1501", "m4n5b6^2^fk9^0^1502")
    assert verdict(*values, later=values, role="visitor-id")
    assert not verdict(*values, later=values)


def test_the_common_part_of_two_values_is_no_identifier():
    """A site's own number beside the visitor's."""
    found = identifying_tokens(
        {"before": ["site88127364.4f1c9be02a7d4e88"], "accept": ["site88127364.77ab01ffc2e94d13"]}, NOW
    )
    assert found["before"] == frozenset({"4f1c9be02a7d4e88"})


def test_a_short_or_worded_value_has_no_tokens():
    """Words are long too."""
    assert tokens_of("performance-and-marketing", int(NOW)) == frozenset()
    assert tokens_of("abc123", int(NOW)) == frozenset()


def test_words_of_an_address_undo_percent_encoding_and_base64():
    """An identifier travels in many coats."""
    assert "4f1c9be02a7d4e88" in words_in("https://x.test/?u=https%253A%252F%252Fy.test%252F4f1c9be02a7d4e88")
    assert "8a7s6d5f4g3h" in words_in("https://x.test/?d=eyJpZCI6IjhhN3M2ZDVmNGczaCJ9")
    assert "1239481273.1795339812" in words_in("https://x.test/?cid=1239481273.1795339812&x=1")


def test_the_three_contexts_of_a_scan_prove_an_unknown_cookie(record, jar_cookie):
    """End to end: an unknown name with an identifier in it."""
    scan = record()
    for context, value in zip(CONTEXTS, ("4f1c9be02a7d4e88", "77ab01ffc2e94d13", "a0b9c8d7e6f50412"), strict=True):
        scan.jar(context, jar_cookie("zz", value, lifetime=86400), jar_cookie("yy", "constant-0123456789"))
        scan.storage(context, {"vv": value, "ww": "constant-0123456789"})
    inventory = scan.inventory()
    assert {cookie.name: cookie.identifier for cookie in inventory.cookies} == {"zz": True, "yy": False}
    assert {entry.key: entry.identifier for entry in inventory.storage} == {"vv": True, "ww": False}
