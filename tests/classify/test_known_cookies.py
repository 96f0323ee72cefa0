"""A list of well-known cookies, written without looking at the catalogue, is the measure of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

with (Path(__file__).parent / "known_cookies.csv").open(encoding="utf-8", newline="") as _file:
    KNOWN = tuple(csv.DictReader(_file))

STRANGERS = ("id", "token", "lang", "theme", "cart", "sid", "uid", "user", "session", "s", "c", "v", "tp", "_s", "data")
STRANGERS += ("language", "locale", "visitor", "guest", "player", "market", "settings", "remember_me", "auth", "ref")


@pytest.mark.parametrize("row", KNOWN, ids=[f"{row['name']}@{row['domain']}" for row in KNOWN])
def test_a_well_known_cookie_has_its_vendor_and_category(catalogue, row):
    """Several right answers are parted by `|`."""
    match = catalogue.lookup(f"{row['name']}@{row['domain']}")
    assert match.vendor_id in row["vendor"].split("|")
    assert match.category in row["category"].split("|")
    assert match.purpose and match.cited


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("kind", ["cookie", "local", "session"])
def test_a_plain_name_on_a_sites_own_domain_is_claimed_for_nobody(catalogue, name, kind):
    """Whatever the place it is kept in."""
    assert catalogue.cookie(name, "shop.test", kind=kind) is None


@pytest.mark.parametrize("name", [*STRANGERS, "tuuid", "uuid", "A3"])
def test_a_plain_name_without_a_domain_is_claimed_for_nobody(catalogue, name):
    """Where it is known on some domains, the answer says on which."""
    match = catalogue.lookup(name)
    assert (match.match, match.vendor, match.category) == (None, None, "unknown")
    assert ("@DOMAIN" in match.as_text()) is bool(match.bound_to)
    assert (match.bound_to, match.used_by) == (catalogue.bound(name), catalogue.users(name))


def test_the_domains_of_a_bound_name_are_told(catalogue):
    """So that the next question can name one."""
    assert catalogue.lookup("uid").bound_to
    assert "Shopify" in catalogue.lookup("_s").used_by
    domain = catalogue.lookup("tp").bound_to[0]
    assert catalogue.lookup(f"tp@{domain}").vendor == "Bombora"
