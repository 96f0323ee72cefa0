"""TC strings, GPP strings and the records of platforms are decoded to what was set."""

# ruff: noqa: E501

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.capture.consent.signals import gpp, tcf
from scanner.capture.consent.signals.records import read


def _bits(value: int, width: int) -> str:
    return f"{value:0{width}b}"


def _field(chosen: frozenset[int], width: int) -> str:
    return "".join("1" if n in chosen else "0" for n in range(1, width + 1))


def _vendors(chosen: frozenset[int], *, ranges: bool) -> str:
    """Written after the specification, by another way than the decoder reads."""
    highest = max(chosen, default=0)
    if not ranges:
        return _bits(highest, 16) + "0" + _field(chosen, highest)
    return _bits(highest, 16) + "1" + _range(chosen)


def _range(chosen: frozenset[int]) -> str:
    spans: list[list[int]] = []
    for number in sorted(chosen):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    written = [
        "0" + _bits(first, 16) if first == last else "1" + _bits(first, 16) + _bits(last, 16) for first, last in spans
    ]
    return _bits(len(spans), 12) + "".join(written)


def _encode(bits: str) -> str:
    padded = bits + "0" * (-len(bits) % 8)
    data = bytes(int(padded[i : i + 8], 2) for i in range(0, len(padded), 8))
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _tc(
    purposes: frozenset[int],
    interests: frozenset[int],
    vendors: frozenset[int],
    *,
    ranges: bool,
    disclosed: frozenset[int],
) -> str:
    core = (
        _bits(2, 6) + _bits(17_000_000_000, 36) + _bits(17_000_000_010, 36) + _bits(300, 12) + _bits(7, 12) + _bits(1, 6)
        + _bits(3, 6) + _bits(4, 6) + _bits(120, 12) + _bits(5, 6) + "1" + "0" + _field(frozenset({1}), 12)
        + _field(purposes, 24) + _field(interests, 24) + "0" + _bits(8, 6) + _bits(17, 6)
        + _vendors(vendors, ranges=ranges) + _vendors(frozenset(), ranges=False)
        + _bits(1, 12) + _bits(2, 6) + _bits(1, 2) + _range(frozenset({4, 5, 9}))
    )  # fmt: skip
    return _encode(core) + "." + _encode(_bits(1, 3) + _vendors(disclosed, ranges=ranges))


numbers = st.frozensets(st.integers(1, 24))
many = st.frozensets(st.integers(1, 900), max_size=60)


@given(purposes=numbers, interests=numbers, vendors=many, disclosed=many, ranges=st.booleans())
@settings(max_examples=60)
def test_tc_strings_are_read_bit_for_bit(
    purposes: frozenset[int],
    interests: frozenset[int],
    vendors: frozenset[int],
    disclosed: frozenset[int],
    ranges: bool,
) -> None:
    """Whatever was written is read back."""
    found = tcf.decode(_tc(purposes, interests, vendors, ranges=ranges, disclosed=disclosed))
    assert (found.purposes, found.legitimate_interests, found.vendors) == (purposes, interests, vendors)
    assert found.disclosed_vendors == disclosed
    assert (found.created, found.updated, found.cmp_id, found.policy) == (1_700_000_000.0, 1_700_000_001.0, 300, 5)
    assert (found.language, found.publisher_country, found.vendor_list) == ("DE", "IR", 120)
    assert (found.service_specific, found.special_features) == (True, frozenset({1}))
    assert found.restrictions == (tcf.Restriction(2, 1, frozenset({4, 5, 9})),)


@pytest.mark.parametrize("text", ["", "nonsense", "AAAA", "C", "CPXx", "1YNN"])
def test_what_is_no_tc_string_is_refused(text: str) -> None:
    """Never a half-read string."""
    with pytest.raises(tcf.NotATcStringError):
        tcf.decode(text)


def test_gpp_headers_name_their_sections() -> None:
    """The examples of the specification: one section, then two."""
    section = "CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA"
    assert gpp.decode(f"DBABMA~{section}").sections == {2: section}
    assert gpp.decode(f"DBACNYA~{section}~1YNN").sections == {2: section, 6: "1YNN"}


_DIDOMI = base64.b64encode(
    json.dumps({"purposes": {"enabled": ["cookies"], "disabled": ["advertising"]}}).encode()
).decode()


@pytest.mark.parametrize(
    ("name", "value", "verdict"),
    [
        ("OptanonConsent", quote("isGpcEnabled=0&groups=" + quote("C0001:1,C0002:0,C0004:0")), "none"),
        ("OptanonConsent", quote("groups=" + quote("C0001:1,C0002:1,C0004:0")), "some"),
        ("CookieConsent", quote("{stamp:'x',necessary:true,preferences:true,statistics:true,marketing:true,ver:1}"), "all"),
        ("CookieConsent", quote("{stamp:'x',necessary:true,preferences:false,statistics:false,marketing:false}"), "none"),
        ("cookieyes-consent", "consentid:x,consent:no,action:yes,necessary:yes,functional:no,analytics:no,advertisement:no", "none"),
        ("cmplz_marketing", "allow", "all"),
        ("cmplz_statistics", "deny", "none"),
        ("klaro", quote('{"matomo":true,"youtube":false}'), "some"),
        ("cookieconsent_status", "deny", "none"),
        ("cookieconsent_status", "dismiss", None),
        ("tarteaucitron", "!gtag=false!youtube=false", "none"),
        ("cc_cookie", quote('{"categories":["necessary"],"revision":0}'), "none"),
        ("cc_cookie", quote('{"categories":["necessary","analytics"],"revision":0}'), "all"),
        ("didomi_token", _DIDOMI, "some"),
        ("localStorage:uc_settings", '{"services":[{"id":"a","status":true,"isEssential":true},{"id":"b","status":false}]}', "none"),
        ("borlabs-cookie", quote('{"consents":{"essential":["borlabs-cookie"],"statistics":["ga"]}}'), "all"),
        ("CookieScriptConsent", '{"action":"reject","categories":"[]"}', "none"),
        ("cookiefirst-consent", '{"necessary":true,"performance":false,"functional":false,"advertising":false}', "none"),
        ("axeptio_cookies", '{"$$token":"x","google_analytics":false,"$$completed":true}', "none"),
        ("cmapi_cookie_privacy", "permit 1 required", "none"),
        ("CookieControl", '{"optionalCookies":{"analytics":"revoked"}}', "none"),
        ("usprivacy", "1YYN", "none"),
        ("site_consent", "accepted", "all"),
        ("my_cookie_choice", "rejected", "none"),
        ("cookie-preferences", quote('{"analytics":true,"marketing":false}'), "some"),
        ("gdpr_choice", quote('{"accepted":["necessary","statistics"]}'), "all"),
        ("_tracking_consent", quote('{"con":{"CMP":{"a":"1","m":"0","p":"1","s":""}},"v":"2.1","reg":"GDPR"}'), "some"),
        ("consent-policy", quote('{"ess":1,"func":0,"anl":0,"adv":0,"dt3":0,"ts":28000000}'), "none"),
        ("moove_gdpr_popup", quote('{"strict":"1","thirdparty":"1","advanced":"1"}'), "all"),
        ("__hs_cookie_cat_pref", "1:false,2:false,3:false", "none"),
        ("_ketch_consent_v1_", base64.b64encode(b'{"essential_services":{"status":"granted"},"analytics":{"status":"denied"}}').decode(), "none"),
        ("cookiehub", base64.b64encode(b'{"categories":[{"id":"necessary","value":true},{"id":"analytics","value":true},{"id":"marketing","value":false}]}').decode(), "some"),
        ("CookieInformationConsent", quote('{"consents_approved":["cookie_cat_necessary"],"consents_denied":["cookie_cat_statistic"]}'), "none"),
        ("axeptio_authorized_vendors", ",,", "none"),
        ("axeptio_all_vendors", ",google_analytics,", None),
        ("cmplz_functional", "allow", None),
        ("localStorage:osano_consentmanager", '{"consent":{"ESSENTIAL":"ACCEPT","ANALYTICS":"DENY","MARKETING":"DENY"}}', "none"),
        ("localStorage:TERMLY_API_CACHE", '{"TERMLY_COOKIE_CONSENT":{"value":{"essential":true,"analytics":true,"advertising":true}}}', "all"),
        ("localStorage:ucData", '{"consent":{"status":"ALL_DENIED","services":{"a":{"name":"x","consent":true}}}}', "none"),
        ("localStorage:uc_settings", '{"services":[{"id":"a","status":true},{"id":"b","status":false}]}', None),
        ("localStorage:uc_settings", '{"services":[{"id":"a","status":true,"history":[{"action":"onDenyAllServices"}]},{"id":"b","status":false,"history":[{"action":"onDenyAllServices"}]}]}', "none"),
        ("localStorage:_sp_user_consent_1541", '{"gdpr":{"consentStatus":{"rejectedAll":true,"consentedAll":false}}}', "none"),
        ("TC_PRIVACY_CENTER", "2,3", "all"),
        ("TC_PRIVACY_CENTER", "", "none"),
        ("cookie-agreed", "0", "none"),
        ("cookie_notice_accepted", "true", "all"),
        ("FCCDCF", "[]", None),
        ("FCCDCF", "[null,[7]]", None),
        ("cookie_notice_closed", "true", None),
        ("cookie_consent_id", "8a6e0804-2bd0-4672-b79d", None),
    ],
)  # fmt: skip
def test_consent_records_say_what_was_granted(name: str, value: str, verdict: str | None) -> None:
    """Of each common platform, and of nobody in particular; what does not say is not guessed."""
    record = read(name, value)
    assert record is not None
    assert record.verdict == verdict


@pytest.mark.parametrize("name", ["_ga", "sessionid", "localStorage:theme", "lang"])
def test_other_entries_are_no_consent_records(name: str) -> None:
    """Only names that speak of consent are looked at."""
    assert read(name, "accepted") is None
