"""What a robots.txt permits."""

from __future__ import annotations

import time

import pytest

from scanner.capture.robots import MOST_BYTES, Robots, robots_url

RULES = b"""\xef\xbb\xbfUser-agent: *
Disallow: /private
Disallow: /*.php$
Allow: /private/open
Sitemap: https://shop.test/map.xml
Sitemap: /relative.xml

User-agent: cookie-scanner
Disallow: /not-for-scanners
"""


def test_the_group_that_names_this_program_goes_before_the_one_for_all() -> None:
    robots = Robots.read(200, RULES)
    assert robots.permits("https://shop.test/private")
    assert not robots.permits("https://shop.test/not-for-scanners/1")
    assert robots.sitemaps == ("https://shop.test/map.xml",)


def test_the_longest_rule_decides() -> None:
    robots = Robots.read(200, RULES.replace(b"User-agent: cookie-scanner", b"User-agent: other"))
    assert not robots.permits("https://shop.test/private/x")
    assert robots.permits("https://shop.test/private/open/x")
    assert not robots.permits("https://shop.test/a/b.php")
    assert robots.permits("https://shop.test/a/b.php?x=1")
    assert robots.permits("https://shop.test/")


@pytest.mark.parametrize(
    ("status", "permitted"),
    [(404, True), (401, True), (204, True), (301, True), (500, False), (503, False), (None, False)],
)
def test_no_rules_permit_all_and_a_server_in_trouble_permits_nothing(status: int | None, permitted: bool) -> None:
    robots = Robots.read(status, b"")
    assert robots.permits("https://shop.test/") is permitted
    assert (robots.problem is None) is permitted


def test_bytes_that_are_no_rules_permit_all() -> None:
    assert Robots.read(200, b"<html>\x00\xff\xfe not found").permits("https://shop.test/a")
    assert Robots.read(200, b"\xff\xfeU\x00s\x00").permits("https://shop.test/a")


def test_hostile_rules_cost_no_time() -> None:
    rules = b"User-agent: *\n" + b"Disallow: /" + b"*a" * 2000 + b"b\n" + b"Disallow: /x" * 40_000
    began = time.process_time()
    robots = Robots.read(200, rules[: 2 * MOST_BYTES])
    assert robots.permits("https://shop.test/" + "a" * 2000)
    assert time.process_time() - began < 3


def test_each_origin_has_rules_of_its_own() -> None:
    assert robots_url("https://shop.test:8443/a/b?c#d") == "https://shop.test:8443/robots.txt"
