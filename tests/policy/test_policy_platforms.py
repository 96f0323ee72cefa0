"""The lists that consent platforms load for their own dialogues are read as declarations."""

from __future__ import annotations

import json

import pytest

from scanner.model.declaration import Declaration
from scanner.policy import document_from_bytes, read

COOKIEBOT = """CookieConsentDialog.cookieTableNecessary = [
["CookieConsent","Cookiebot","Keeps the choice","1 year","HTTP","1"]];
CookieConsentDialog.cookieTableStatistics = [["_pk_id#","Matomo","Counts visits","13 months","HTTP","1"]];
CookieConsentDialog.cookieTableAdvertising = [];"""
ONETRUST = {
    "DomainData": {
        "Groups": [
            {
                "GroupName": "Strictly Necessary Cookies",
                "FirstPartyCookies": [
                    {"Name": "OptanonConsent", "Host": "shop.example", "IsSession": False, "Length": "364"}
                ],
                "Hosts": [],
            },
            {
                "GroupName": "Targeting Cookies",
                "FirstPartyCookies": [],
                "Hosts": [{"DisplayName": "YouTube", "Cookies": [{"Name": "YSC", "IsSession": True, "Length": "0"}]}],
            },
        ]
    }
}
DISCLOSURES = {
    "templates": [
        {
            "dataProcessor": "Google Analytics",
            "categorySlug": "marketing",
            "deviceStorage": {
                "disclosures": [
                    {"identifier": "_ga", "type": "cookie", "maxAgeSeconds": 63072000},
                    {"identifier": "ga_state", "type": "web"},
                ]
            },
        }
    ]
}
TERMLY = {
    "cookies": {
        "essential": [
            {
                "name": "__cf_bm",
                "category": "essential",
                "tracker_type": "http_cookie",
                "country": "United States",
                "domain": ".vimeo.com",
                "service": "Cloudflare",
                "en_us": "Tells bots from people.",
                "expire": "30 minutes",
            }
        ],
        "performance": [
            {"name": "scale", "tracker_type": "html_local_storage", "domain": "lamps.example", "en_us": "Size"}
        ],
        "unclassified": [{"name": "lamp_x", "tracker_type": "http_cookie", "expire": "29 days"}],
    }
}
OSANO = [
    {
        "name": "_ga",
        "provider": "Google Analytics",
        "purpose": "Tells visitors apart.",
        "expiry": "2 years",
        "classification": "ANALYTICS",
    },
    {"name": "lang", "provider": "", "purpose": "Language", "expiry": "Session", "classification": "PERSONALIZATION"},
]
RECORDS = {
    "necessary": [{"cookie_id": "choice-kept", "duration": {"en": "1 year", "de": "1 Jahr"}, "description": "x"}],
    "analytics": [{"cookie_id": "_ga_*", "duration": "2 years", "description": "Counts"}],
    "banner": {"name": "box", "type": "popup", "description": "How it looks"},
}


def declared(text: str, media_type: str = "application/json") -> Declaration:
    return read([document_from_bytes(text.encode(), "https://list.example/a", media_type)])


@pytest.mark.parametrize(
    ("text", "media_type", "rows"),
    [
        (
            COOKIEBOT,
            "text/javascript",
            {("CookieConsent", "Cookiebot", "necessary", 31536000), ("_pk_id#", "Matomo", "analytics", 33696000)},
        ),
        (
            json.dumps(ONETRUST),
            "application/json",
            {("OptanonConsent", "shop.example", "necessary", 31449600), ("YSC", "YouTube", "marketing", "session")},
        ),
        (
            json.dumps(DISCLOSURES),
            "application/json",
            {
                ("_ga", "Google Analytics", "marketing", 63072000),
                ("ga_state", "Google Analytics", "marketing", "persistent"),
            },
        ),
        (
            json.dumps(TERMLY),
            "application/json",
            {
                ("__cf_bm", "Cloudflare", "necessary", 1800),
                ("scale", "lamps.example", "functional", "persistent"),
                ("lamp_x", None, None, 2505600),
            },
        ),
        (
            json.dumps(OSANO),
            "application/json",
            {("_ga", "Google Analytics", "analytics", 63072000), ("lang", None, "functional", "session")},
        ),
        (
            json.dumps(RECORDS),
            "application/json",
            {("choice-kept", None, "necessary", 31536000), ("_ga_*", None, "analytics", 63072000)},
        ),
    ],
)
def test_each_platform_s_list_gives_its_rows(text: str, media_type: str, rows: set[tuple[object, ...]]) -> None:
    found = declared(text, media_type)
    assert found.found
    assert {(c.name, c.provider, c.category, c.duration) for c in found.cookies} == rows


def test_third_party_rows_of_a_list_say_that_third_parties_set_cookies() -> None:
    found = declared(json.dumps(ONETRUST))
    assert {c.party for c in found.cookies} == {"first", "third"}
    assert "third_party_cookies_used" in {claim.code for claim in found.claims}
    assert [vendor.name for vendor in found.vendors] == ["YouTube"]


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 5000, '{"a":' * 3000, "null", '{"theme": {"name": "dark"}}', "var x = 1"]
)
def test_what_is_no_list_declares_nothing(text: str) -> None:
    assert not declared(text).found
    assert not declared(text, "text/javascript").found
