"""Names of companies in policies against the catalogue's."""

from __future__ import annotations

import pytest

from scanner.audit.companies import candidates, covers, is_host, names_host, same_owner, tokens
from scanner.model.vendor import Vendor

from .builders import GOOGLE_ADS, GOOGLE_ANALYTICS, GOOGLE_FONTS, MATOMO, META, STRIPE

YOUTUBE = Vendor(id="youtube", name="YouTube", owner="Google LLC", category="marketing")
GOOGLE = Vendor(id="google", name="Google", owner="Google LLC", category="functional")
HOTJAR = Vendor(id="hotjar", name="Hotjar", owner="Contentsquare", category="analytics")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Google Ireland Limited", ("google",)),
        ("Meta Platforms Ireland Ltd.", ("meta",)),
        ("Stripe, Inc.", ("stripe",)),
        ("Hotjar Ltd", ("hotjar",)),
        ("etracker GmbH", ("etracker",)),
        ("Criteo S.A.", ("criteo",)),
        ("Contentsquare SAS", ("contentsquare",)),
        ("X Corp.", ("x",)),
        ("Ltd", ("ltd",)),
        ("Google’s", ("google",)),
    ],
)
def test_legal_forms_and_countries_are_dropped(name: str, words: tuple[str, ...]) -> None:
    assert tokens(name) == words


@pytest.mark.parametrize(
    ("declared", "vendor", "coverage"),
    [
        ("Google", GOOGLE_ANALYTICS, "full"),
        ("Google LLC, 1600 Amphitheatre Parkway, Mountain View", GOOGLE_ANALYTICS, "full"),
        ("Google", YOUTUBE, "full"),
        ("Alphabet Inc.", YOUTUBE, "full"),
        ("GoogleAnalytics", GOOGLE_ANALYTICS, "full"),
        ("Google Analytics 4", GOOGLE_ANALYTICS, "part"),
        ("Facebook", META, "full"),
        ("Facebook Inc.", META, "full"),
        ("Meta", META, "full"),
        ("Meta Platforms Ireland Limited (Facebook, Instagram)", META, "full"),
        ("Google und Meta", META, "full"),
        ("Hotjar Recordings", HOTJAR, "part"),
        ("Google Analytics", GOOGLE, "part"),
        ("Google Analytics", GOOGLE_ADS, "sibling"),
        ("Google Analytics", YOUTUBE, "sibling"),
        ("Google Maps", GOOGLE_FONTS, "sibling"),
        ("Google", STRIPE, None),
        ("Go", GOOGLE_ANALYTICS, None),
        ("Meta", MATOMO, None),
        ("", STRIPE, None),
    ],
)
def test_owners_cover_products_and_products_only_themselves(
    declared: str, vendor: Vendor, coverage: str | None
) -> None:
    assert covers(declared, vendor) == coverage


@pytest.mark.parametrize(
    ("declared", "host", "is_its"),
    [
        ("AdWerk GmbH", "pixel.adwerk.example", True),
        ("adwerk.example", "pixel.adwerk.example", True),
        (".adwerk.example", "adwerk.example", True),
        ("Ad Werk", "px.ad-werk.example", True),
        ("Werk", "pixel.adwerk.example", False),
        ("AB", "ab.example", False),
        ("other.example", "adwerk.example", False),
    ],
)
def test_a_host_is_named_by_its_site(declared: str, host: str, is_its: bool) -> None:
    assert names_host(declared, host) is is_its


def test_small_helpers() -> None:
    assert same_owner(GOOGLE_ADS, GOOGLE_ANALYTICS)
    assert not same_owner(GOOGLE_ADS, STRIPE)
    assert is_host("www.google.com")
    assert not is_host("Google Inc.")
    assert "Facebook" in candidates("Meta Platforms (Facebook)")
