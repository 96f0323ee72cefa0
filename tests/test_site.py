"""Host to site: who is first party and who is third."""

from __future__ import annotations

import pytest

from scanner.site import host_of, party_of, site_of


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.shop.co.uk", "shop.co.uk"),
        (".Shop.Example.", "shop.example"),
        ("shop.test", "shop.test"),
        ("a.b.c.invalid", "c.invalid"),
        ("one.github.io", "one.github.io"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("co.uk", "co.uk"),
        ("www.münchen.example", "münchen.example"),
        ("", ""),
    ],
)
def test_a_host_belongs_to_its_registrable_domain(host: str, site: str) -> None:
    assert site_of(host) == site


def test_two_sites_on_a_shared_suffix_are_strangers() -> None:
    assert party_of("two.github.io", "one.github.io") == "third"


def test_a_name_inside_an_address_decides_nothing() -> None:
    """An analytics host stays third party although the page's address stands in its URL."""
    host = host_of("https://stats.example/collect?page=https://shop.test/")
    assert party_of(host, "shop.test") == "third"
    assert party_of("cdn.shop.test", "www.shop.test") == "first"


@pytest.mark.parametrize("url", ["", "about:blank", "data:text/html,x", "http://[broken", "https:///x"])
def test_an_address_without_a_host_gives_an_empty_one(url: str) -> None:
    assert host_of(url) == ""
