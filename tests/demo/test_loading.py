"""Sites from disk: a mistake in a TOML file is one clear line that names the file and the key."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.demo.loading import check_hosts, package_path, read_site, site_names, sites_folder
from scanner.errors import UsageError
from tests.demo.asking import SITE, WriteSite

PARTY = """
title = "Counter"
imitates = "a counter"
hosts = ["count.counter.test"]

[[routes]]
path = "/hit"
pixel = true
"""


def test_a_site_is_read_with_its_truth_and_whole_addresses(write_site: WriteSite) -> None:
    expected = """
    [[expected]]
    rule = "policy-missing"
    severity = "low"
    subjects = ["policy"]
    why = "There is none."
    """
    described = read_site("own", write_site(expected=expected)).described()
    assert described.pages == ("https://www.own.example/",)
    assert described.hosts == ("www.own.example",)
    assert [one.rule for one in described.expected] == ["policy-missing"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('title = "Own"', 'titel = "Own"'), r"own/site\.toml: title: Field required"),
        (('language = "en"', 'language = "en"\ncolour = "red"'), r"own/site\.toml: colour: unknown key"),
        (('language = "en"', 'language = "English"'), r"own/site\.toml: language: "),
        (('pages = ["/"]', 'pages = ["about"]'), r"own/site\.toml: pages\.0: "),
        (('pages = ["/"]', 'pages = ["/about"]'), r"own/site\.toml: pages: the first page is the start page, /"),
        (('folder = "pages"', ""), r"hosts\.0: a host has either a folder or a party"),
        (('folder = "pages"', 'folder = "nowhere"'), r"www\.own\.example: there is no folder 'nowhere'"),
        (("https://www.own.example/", "https://other.example/"), r"start: other\.example is none of the site's hosts"),
        (('language = "en"', 'language = "en"\nthird_parties = ["nobody"]'), r"no third party is called 'nobody'"),
        (('title = "Own"', 'title = "Own'), r"own/site\.toml: not valid TOML: .*line 2"),
    ],
)
def test_a_mistake_is_named(write_site: WriteSite, change: tuple[str, str], message: str) -> None:
    folder = write_site(SITE.replace(*change))
    with pytest.raises(UsageError, match=message) as caught:
        read_site("own", folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("route", "message"),
    [
        ('path = "/a"\ntext = "x"\npixel = true', r"routes\.0: a route has one body, not text and pixel"),
        ('path = "a"', r"routes\.0\.path: "),
        ('path = "/a"\nstatus = 42', r"routes\.0\.status: "),
        ('path = "/a"\nfile = "gone.js"', r"routes\.0 \(/a\): there is no file 'gone\.js'"),
        ('path = "/a"\nhost = "other.example"', r"routes\.0 \(/a\): host other\.example is none of"),
        ('path = "/a"\nset_cookies = ["; Path=/"]', r"routes\.0: set_cookies: '; Path=/' is no"),
        ('path = "/a"\nredirct = "/b"', r"routes\.0\.redirct: unknown key"),
    ],
)
def test_a_mistake_in_a_route_is_named(write_site: WriteSite, route: str, message: str) -> None:
    folder = write_site(f"{SITE}\n[[routes]]\n{route}\n")
    with pytest.raises(UsageError, match=message):
        read_site("own", folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[expected]]\nrule = 'x'", r"expected\.toml: expected\.0\.severity: Field required"),
        (
            "[[expected]]\nrule = 'x'\nseverity = 'huge'\nsubjects = ['a']\nwhy = ''",
            r"expected\.toml: expected\.0\.severity: ",
        ),
        ("[[must_not]]\nrule = 'x'\nwhy = ''\nabove = 'low'", r"expected\.toml: must_not\.0\.above: unknown key"),
    ],
)
def test_a_mistake_in_the_truth_is_named(write_site: WriteSite, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_site("own", write_site(expected=text))


def test_a_site_without_a_truth_is_no_site(write_site: WriteSite) -> None:
    folder = write_site()
    (folder / "own" / "expected.toml").unlink()
    with pytest.raises(UsageError, match=r"expected\.toml: is missing"):
        read_site("own", folder)


def test_text_that_is_not_utf8_is_named(write_site: WriteSite) -> None:
    folder = write_site()
    (folder / "own" / "site.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(UsageError, match=r"site\.toml: is not UTF-8 text \(byte 9\)"):
        read_site("own", folder)


def test_an_unknown_site_is_answered_with_those_that_are_there(write_site: WriteSite) -> None:
    with pytest.raises(UsageError, match=r"no demonstration site is called 'other'; there are own"):
        read_site("other", write_site())


def test_one_host_has_one_answerer(write_site: WriteSite, write_party: Callable[[str, str], None]) -> None:
    folder = write_site()
    write_site(name="twin")
    with pytest.raises(UsageError, match=r"www\.own\.example belongs to site own and to site twin"):
        check_hosts([read_site("own", folder), read_site("twin", folder)])
    write_party("counter", PARTY)
    write_party("rival", PARTY)
    write_site(SITE.replace('language = "en"', 'language = "en"\nthird_parties = ["counter", "rival"]'))
    with pytest.raises(UsageError, match=r"count\.counter\.test belongs to third party counter and to third party"):
        check_hosts([read_site("own", folder)])


def test_the_sites_of_a_checkout_are_found() -> None:
    assert sites_folder().name == "sites"
    assert len(site_names()) >= 10
    assert all(not name.startswith("_") for name in site_names())


def test_the_file_of_a_package_is_found_without_importing_it() -> None:
    path = package_path("js-cookieconsent", "js/cookieconsent/resources/cookieconsent.min.js")
    assert "cookieconsent" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("distribution", "path", "message"),
    [
        ("no-such-package", "a.js", "the demonstration needs the Python package no-such-package: pip install"),
        ("js-cookieconsent", "a.js", re.escape("js-cookieconsent") + r" \S+ has no file a\.js"),
    ],
)
def test_a_missing_package_or_file_says_what_to_do(distribution: str, path: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        package_path(distribution, path)


def test_no_two_sites_or_third_parties_share_a_host() -> None:
    check_hosts(read_site(name) for name in site_names())


def test_every_third_party_is_used_and_used_ones_are_there() -> None:
    parties: Path = sites_folder() / "_third_parties"
    there = {entry.name for entry in parties.iterdir() if entry.is_dir()}
    used = {party.name for name in site_names() for party in read_site(name).parties}
    assert there == used
