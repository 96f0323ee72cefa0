"""Packs that a user may point to: filter lists, and databases of trackers."""

from __future__ import annotations

import json
import os

import pytest

from scanner.classify import CatalogueError, load_catalogue
from scanner.classify.catalogue.packs.databases import read_database
from scanner.classify.catalogue.packs.filters import Asked, FilterList, judge, kind_of, read_filter_list
from scanner.classify.catalogue.packs.opening import installed_list
from scanner.classify.catalogue.packs.rule import parse_rule
from scanner.site import host_of, party_of

LIST = """[Adblock Plus 2.0]
! Title: PrivacyTest tracking list
! Last modified: 02 Nov 2026 10:00 UTC
! ---------- Third-party tracking services ----------!
||counter.test^$third-party
||both.test^
||paths.test/hit/*.gif|
||typed.test^$script
||untyped.test^$~script,~image
! Hotjar
||heat.test^$third-party
! a section
/collect-all.
-pixel.gif?
|https://start.test/a
||only.test^$domain=shop.test|~sub.shop.test
||anysuffix.test^$domain=brand.*
/track[0-9]+\\.js/
||popup.test^$popup
||odd.test^$whatever
||gone.test^
||gone.test^$badfilter
||strong.test^$important
shop.test##.advert
@@||counter.test/allowed^
@@||free.test^$document
@@||strong.test^
"""


@pytest.fixture
def tracking():
    """The list above."""
    return FilterList(LIST, title="Test", date="2026-11-02", category="analytics")


def ask(lists, url, top="www.shop.test", kind=None):
    """What the lists say of a request of a page on `top`."""
    host = host_of(url)
    return judge(lists, Asked(url, host, top, party_of(host, top), kind))


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("https://counter.test/x", "||counter.test^$third-party"),
        ("https://a.b.counter.test/x", "||counter.test^$third-party"),
        ("https://notcounter.test/x", None),
        ("https://counter.test.example/x", None),
        ("https://paths.test/hit/7.gif", "||paths.test/hit/*.gif|"),
        ("https://paths.test/hit/7.gif?x", None),
        ("https://any.example/collect-all.js", "/collect-all."),
        ("https://any.example/COLLECT-ALL.js", "/collect-all."),
        ("https://any.example/recollect-all.js", None),
        ("https://any.example/my-pixel.gif?u=1", "-pixel.gif?"),
        ("https://start.test/abc", "|https://start.test/a"),
        ("http://other.example/?u=https://start.test/a", None),
        ("https://any.example/track42.js", r"/track[0-9]+\.js/"),
        ("https://popup.test/", None),
        ("https://odd.test/", None),
        ("https://gone.test/", None),
        ("https://unheard-of.test/", None),
    ],
)
def test_a_rule_is_found_by_its_pattern(tracking, url, rule):
    """Anchors, separators, wildcards, regular expressions; rules for other purposes are passed over."""
    found = ask([tracking], url)
    assert (found.rule if found else None) == rule


@pytest.mark.parametrize(
    ("url", "top", "kind", "found"),
    [
        ("https://counter.test/x", "www.counter.test", None, False),
        ("https://both.test/x", "both.test", None, True),
        ("https://typed.test/x", "shop.test", "script", True),
        ("https://typed.test/x", "shop.test", "image", False),
        ("https://untyped.test/x", "shop.test", "image", False),
        ("https://untyped.test/x", "shop.test", "ping", True),
        ("https://only.test/x", "www.shop.test", None, True),
        ("https://only.test/x", "sub.shop.test", None, False),
        ("https://only.test/x", "else.test", None, False),
        ("https://anysuffix.test/x", "www.brand.co.uk", None, True),
        ("https://anysuffix.test/x", "brand.else.test", None, False),
    ],
)
def test_a_rule_holds_under_its_conditions_only(tracking, url, top, kind, found):
    """Party, type of request, the page's site."""
    assert (ask([tracking], url, top, kind) is not None) is found


@pytest.mark.parametrize(
    ("url", "top", "exception"),
    [
        ("https://counter.test/allowed/x", "shop.test", "@@||counter.test/allowed^"),
        ("https://counter.test/x", "www.free.test", "@@||free.test^$document"),
        ("https://counter.test/x", "shop.test", None),
        ("https://strong.test/x", "shop.test", None),
    ],
)
def test_an_exception_takes_a_rule_back(tracking, url, top, exception):
    """For an address or a whole page; not where the rule says that it is important."""
    assert ask([tracking], url, top).exception == exception


def test_an_exception_of_one_list_holds_for_another(tracking):
    """As in ad blockers."""
    other = FilterList("@@||both.test^\n", title="Other", date="2026-11-02", category="marketing")
    assert ask([tracking, other], "https://both.test/").exception == "@@||both.test^"


def test_a_match_says_where_it_stands(tracking):
    """The heading above the rule, the list and its date."""
    found = ask([tracking], "https://heat.test/x")
    assert (found.section, found.title, found.date) == ("Hotjar", "Test", "2026-11-02")
    assert ask([tracking], "https://counter.test/").section == "Third-party tracking services"


@pytest.mark.parametrize("line", ["", "! note", "[Adblock]", "a.test##x", "a.test#@#x", "/(/", "||x.test^$csp=y", "*"])
def test_lines_that_are_no_network_rule_are_passed_over(line):
    """Comments, rules that hide, broken patterns, options that change answers."""
    assert parse_rule(line) is None


def test_types_of_browsers_are_known_to_lists():
    """Those that have no word there match rules of any type."""
    assert (kind_of("XHR"), kind_of("Fetch"), kind_of("Document"), kind_of("Preflight")) == (
        "xhr",
        "xhr",
        "frame",
        None,
    )


@pytest.fixture
def list_file(tmp_path):
    """The list above in a file, last changed on a known day."""
    path = tmp_path / "tracking.txt"
    path.write_text(LIST, encoding="utf-8")
    os.utime(path, (1_780_000_000, 1_780_000_000))
    return path


def test_a_list_tells_its_title_date_and_what_it_is_against(tmp_path, list_file):
    """By its head; by the file where the head has no date."""
    found = read_filter_list(list_file, "2026-05-28")
    assert (found.title, found.date, found.category) == ("PrivacyTest tracking list", "2026-11-02", "analytics")
    list_file.write_text("[Adblock]\n! Title: EasyList\n! Last modified: %timestamp%\n", encoding="utf-8")
    found = read_filter_list(list_file, "2026-05-28")
    assert (found.date, found.category) == ("2026-05-28", "marketing")
    list_file.write_text("Just some text.", encoding="utf-8")
    assert read_filter_list(list_file, "2026-05-28") is None


def test_a_list_speaks_where_the_catalogue_is_silent(record, list_file):
    """Of cookies that strangers set, and of requests; the rule and the list's date are cited."""
    scan = record("before")
    scan.catalogue = load_catalogue((list_file,))
    scan.request("before", "https://counter.test/x.gif", set_cookie="odd=1; SameSite=None; Secure")
    scan.request("before", "https://heat.test/x.js")
    scan.request("before", "https://www.shop.test/collect-all.js")
    scan.request("before", "https://counter.test/allowed/x.gif")
    cookie = scan.cookie("odd")
    assert (cookie.category, cookie.vendor) == ("analytics", "counter.test")
    assert cookie.category_source == (
        "filter list (pack PrivacyTest tracking list, 2026-11-02: ||counter.test^$third-party)"
    )
    host = scan.host("heat.test")
    assert (host.vendor, host.category, host.tracker) == ("Hotjar", "analytics", True)
    assert scan.host("www.shop.test").tracker is False
    assert scan.catalogue.packs == ("PrivacyTest tracking list",)


def test_a_list_never_outweighs_the_catalogue(list_file):
    """Even where it names a host that the catalogue knows as harmless."""
    list_file.write_text(LIST + "||consent.cookiebot.com^\n", encoding="utf-8")
    known = load_catalogue((list_file,))
    match = known.lookup("https://consent.cookiebot.com/uc.js")
    assert (match.vendor, match.category) == ("Cookiebot", "necessary")
    assert known.lookup("https://counter.test/").match == "filter list: ||counter.test^$third-party"
    assert known.lookup("counter.test").vendor == "counter.test"
    assert known.lookup("https://counter.test/allowed/").match is None


def test_easyprivacy_is_found_where_debian_puts_it(tmp_path):
    """For Chromium and for Firefox; other names are paths."""
    folder = tmp_path / "usr/share/chromium/extensions/ublock-origin/assets/thirdparties/easylist"
    folder.mkdir(parents=True)
    (folder / "easyprivacy.txt").write_text(LIST, encoding="utf-8")
    assert installed_list("easyprivacy", tmp_path) == folder / "easyprivacy.txt"
    assert installed_list("easylist", tmp_path) is None
    assert installed_list("../x", tmp_path) is None


RADAR = {
    "domain": "radar.test",
    "owner": {"name": "Radar, Inc.", "displayName": "Radar", "privacyPolicy": "https://radar.test/privacy"},
    "categories": ["Analytics", "Advertising"],
}


@pytest.fixture
def databases(tmp_path):
    """The three shapes of database, each with its own host."""
    folder = tmp_path / "tracker-radar"
    (folder / "domains" / "US").mkdir(parents=True)
    (folder / "domains" / "US" / "radar.test.json").write_text(json.dumps(RADAR), encoding="utf-8")
    (folder / "domains" / "US" / "nobody.test.json").write_text(
        json.dumps({"domain": "nobody.test", "owner": {}, "categories": ["Analytics"]}), encoding="utf-8"
    )
    tds = tmp_path / "tds.json"
    row = {"owner": {"name": "List Ltd", "displayName": "List"}, "categories": ["CDN"]}
    tds.write_text(json.dumps({"trackers": {"list.test": row, "_bad host": row}}), encoding="utf-8")
    services = tmp_path / "services.json"
    services.write_text(
        json.dumps(
            {
                "categories": {
                    "Analytics": [
                        {"Meter": {"https://meter.test/": ["meter.test", "hotjar.com"], "performance": "true"}}
                    ],
                    "Cryptomining": [{"Miner": {"https://miner.test/": ["miner.test"]}}],
                }
            }
        ),
        encoding="utf-8",
    )
    return folder, tds, services


def test_databases_name_hosts_that_the_catalogue_does_not_know(databases):
    """Owner, category, role; never against the catalogue; a host without an owner or a known word stays unknown."""
    known = load_catalogue(databases)
    radar = known.host("x.radar.test")
    assert (radar.vendor.name, radar.category, radar.role) == ("Radar", "marketing", "ads")
    assert radar.cited.startswith("pack tracker-radar, 20")
    assert (known.host("list.test").role, known.host("meter.test").vendor.name) == ("cdn", "Meter")
    assert known.host("hotjar.com").vendor.id == "hotjar"
    assert (known.host("nobody.test"), known.host("miner.test")) == (None, None)
    assert known.packs == ("tracker-radar", "tds", "services")
    assert known.edition == load_catalogue().edition


def test_a_cookie_of_a_host_that_only_a_database_knows_is_its_owners(record, databases):
    """By the step of the third-party setter, with the database cited."""
    scan = record("before")
    scan.catalogue = load_catalogue(databases)
    scan.request("before", "https://radar.test/x.gif", set_cookie="odd=1")
    cookie = scan.cookie("odd")
    assert (cookie.vendor, cookie.category) == ("Radar", "marketing")
    assert cookie.category_source.startswith("vendor of the third-party setter (pack tracker-radar, 20")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.json", "[]", "no filter list"),
        ("x.json", "{", "x.json"),
        ("x.txt", "no list", "no filter list"),
        ("x.toml", 'id = "x"', "no filter list"),
    ],
)
def test_a_file_that_is_no_pack_is_an_error(tmp_path, name, text, words):
    """One line that names it."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=words):
        load_catalogue((tmp_path / name,))


def test_a_database_without_a_known_shape_is_none(tmp_path):
    """A file of other data."""
    (tmp_path / "a.json").write_text('{"other": 1}', encoding="utf-8")
    assert read_database(tmp_path / "a.json", "2026-11-22") is None
