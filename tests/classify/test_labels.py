"""The order of decision, step by step, and what is never claimed."""

from __future__ import annotations

import re

import pytest

FBEVENTS = "https://connect.facebook.net/en_US/fbevents.js"
GTM = "https://www.googletagmanager.com/gtm.js?id=GTM-1"
LIBRARY = "https://cdnjs.cloudflare.com/ajax/libs/js-cookie/3.0.5/js.cookie.min.js"
RANDOM = "9f86d081884c7d659a2feaa0c55ad015"


def step(one):
    """The step of decision, without what it rests on."""
    return one.category_source.partition(" (")[0]


def test_exact_name_and_domain_comes_first(record):
    """A name that is common elsewhere is the vendor's on the vendor's own domain."""
    scan = record("before")
    scan.request("before", "https://widget.criteo.com/x", set_cookie="uid=1; Domain=criteo.com")
    cookie = scan.cookie("uid")
    assert (cookie.vendor, cookie.category, step(cookie)) == (
        "Criteo",
        "marketing",
        "exact name and domain",
    )


def test_exact_name_alone_suffices_for_a_distinctive_name(record):
    """`_fbp` is Meta's on any site."""
    scan = record("before")
    scan.script("before", "_fbp=fb.1.1795339800000.1; domain=shop.test")
    cookie = scan.cookie("_fbp")
    assert (cookie.vendor_id, cookie.category, cookie.role) == ("meta", "marketing", "visitor-id")
    assert step(cookie) == "exact name"


def test_a_pattern_matches_names_with_variable_parts(record):
    """`_ga_<id>` by its longest literal part."""
    scan = record("before")
    scan.script("before", "_ga_ABC123=GS1.1.1; domain=shop.test")
    cookie = scan.cookie("_ga_ABC123")
    assert (cookie.vendor_id, step(cookie)) == (
        "google-analytics",
        "longest pattern",
    )


def test_a_third_partys_unknown_cookie_is_its_setters(record):
    """The host tells whose it is."""
    scan = record("before")
    scan.request("before", "https://dpm.demdex.net/x", set_cookie="nobodyknows=1")
    cookie = scan.cookie("nobodyknows")
    assert (cookie.vendor_id, cookie.category) == ("adobe-audience-manager", "marketing")
    assert step(cookie) == "vendor of the third-party setter"


def test_a_first_party_cookie_is_of_the_vendor_whose_script_set_it(record):
    """The nearest script on the stack."""
    scan = record("before")
    scan.script("before", "brandnew=1", stack=[FBEVENTS, "https://www.shop.test/"])
    cookie = scan.cookie("brandnew")
    assert (cookie.vendor_id, cookie.category) == ("meta", "marketing")
    assert step(cookie) == ("vendor of the script that set a first-party cookie")


def test_a_library_from_a_shared_host_is_passed_over_for_its_caller(record):
    """js-cookie from a CDN sets what somebody else asks it to."""
    scan = record("before")
    scan.script("before", "one=1", stack=[LIBRARY, FBEVENTS])
    scan.script("before", "two=1", stack=[LIBRARY, "https://www.shop.test/app.js"])
    found = {cookie.name: cookie.vendor_id for cookie in scan.inventory().cookies}
    assert found == {"one": "meta", "two": None}


def test_a_tag_managers_container_runs_other_peoples_code(record):
    """A cookie that a custom tag sets is not Google's."""
    scan = record("before")
    scan.script("before", "mine=1", stack=[GTM])
    cookie = scan.cookie("mine")
    assert (cookie.vendor, cookie.category, cookie.category_source) == (None, "unknown", "unknown")


def test_the_sites_own_script_gives_no_vendor(record):
    """Even where a vendor's script called it."""
    scan = record("before")
    scan.script("before", "mine=1", stack=["https://www.shop.test/app.js", FBEVENTS])
    assert scan.cookie("mine").vendor is None


def test_a_cname_target_tells_the_vendor_of_a_first_party_host(record):
    """A subdomain that leads to a vendor by name."""
    scan = record("before")
    scan.request("before", "https://stats.shop.test/x", set_cookie="odd=1; Domain=shop.test")
    inventory = scan.inventory(cnames={"stats.shop.test": "shop.sc.omtrdc.net"})
    cookie = inventory.cookies[0]
    assert (cookie.vendor_id, step(cookie)) == (
        "adobe-analytics",
        "CNAME target",
    )
    assert [(one.kind, one.host) for one in inventory.techniques] == [("cname-cloaking", "stats.shop.test")]


def test_a_random_http_only_session_value_of_the_site_itself_is_a_session(record):
    """Inferred, and marked so."""
    scan = record("before")
    scan.request("before", "https://www.shop.test/", set_cookie=f"x9={RANDOM}; HttpOnly", kind="Document")
    cookie = scan.cookie("x9")
    assert (cookie.category, cookie.role, cookie.vendor) == ("necessary", "session-id", None)
    assert step(cookie) == "inferred: session id"


@pytest.mark.parametrize(
    "line",
    [
        f"x9={RANDOM}",
        f"x9={RANDOM}; HttpOnly; Max-Age=86400",
        "x9=on; HttpOnly",
    ],
)
def test_without_that_behaviour_nothing_is_inferred(record, line):
    """Readable by scripts, longer than the visit, or no random value."""
    scan = record("before")
    scan.request("before", "https://www.shop.test/", set_cookie=line, kind="Document")
    assert scan.cookie("x9").category_source == "unknown"


def test_a_third_party_session_value_is_not_inferred(record):
    """Only what the site itself sets."""
    scan = record("before")
    scan.request("before", "https://unknown.test/", set_cookie=f"x9={RANDOM}; HttpOnly")
    assert scan.cookie("x9").category == "unknown"


def test_a_guard_word_with_matching_behaviour_is_necessary(record):
    """csrf and xsrf, short-lived, by the site's own answer."""
    scan = record("before")
    scan.request("before", "https://www.shop.test/", set_cookie=f"shop-csrf={RANDOM}", kind="Document")
    cookie = scan.cookie("shop-csrf")
    assert (cookie.category, cookie.role, cookie.category_source) == ("necessary", "csrf", "inferred: necessary word")


def test_a_guard_word_that_lives_for_a_year_is_not_believed(record):
    """The word alone proves nothing."""
    scan = record("before")
    scan.request("before", "https://www.shop.test/", set_cookie=f"shop-csrf={RANDOM}; Max-Age=31536000")
    assert scan.cookie("shop-csrf").category == "unknown"


@pytest.mark.parametrize("name", ["id", "token", "lang", "theme", "cart", "sid", "uid", "user", "visitor_id", "c", "i"])
def test_a_plain_name_of_the_site_itself_is_given_to_nobody(record, name):
    """Neither a stranger's nor a guess."""
    scan = record("before")
    scan.script("before", f"{name}=4f1c9be0; max-age=31536000")
    cookie = scan.cookie(name)
    assert (cookie.vendor, cookie.category) == (None, "unknown")


def test_a_third_partys_plain_name_is_its_own_not_another_vendors(record):
    """`uid` on a host of one company is never the other company's `uid`."""
    scan = record("before")
    scan.request("before", "https://unknown.test/", set_cookie="uid=1")
    scan.request("before", "https://sync.quantserve-unknown.test/", set_cookie="IDE=1")
    assert {cookie.vendor for cookie in scan.inventory().cookies} == {None}


def test_a_third_party_entry_does_not_hold_on_the_sites_own_domain(record):
    """A shop's own `test_cookie` is not DoubleClick's."""
    scan = record("before")
    scan.request("before", "https://www.shop.test/", set_cookie="test_cookie=1")
    assert scan.cookie("test_cookie").vendor is None


def test_a_generic_name_holds_where_its_software_is_seen_otherwise(record):
    """A shop system's `cart`, on a site that shows the shop system by other names."""
    scan = record("before")
    scan.script("before", "cart=abc")
    assert scan.cookie("cart").vendor is None
    scan.script("before", "_shopify_y=4f1c9be0-2a7d-4e88-9c11-77ab01ffc2e9")
    assert scan.cookie("cart").vendor == "Shopify"


def test_storage_keys_are_known_by_kind(record):
    """A key of local storage, and the same name as a cookie."""
    scan = record("before")
    scan.storage("before", {"_gcl_ls": "{}", "unheard-of": "1"})
    assert (scan.entry("_gcl_ls").vendor, scan.entry("_gcl_ls").category) == ("Google Ads", "marketing")
    assert (scan.entry("unheard-of").category, scan.entry("unheard-of").vendor) == ("unknown", None)


def test_storage_of_a_third_partys_frame_is_that_partys(record):
    """By its origin."""
    scan = record("before")
    scan.storage("before", {"odd": "1"}, origin="https://www.youtube.com")
    entry = scan.entry("odd")
    assert (entry.party, entry.vendor, step(entry)) == (
        "third",
        "YouTube",
        "vendor of the third-party setter",
    )


def test_makers_of_the_sites_own_software_take_no_part_in_the_site(record):
    """PHP gets no data; Google Analytics does."""
    scan = record("before")
    scan.request("before", "https://www.shop.test/", set_cookie=f"PHPSESSID={RANDOM}")
    scan.script("before", "_ga=GA1.1.1.1; domain=shop.test")
    inventory = scan.inventory()
    assert {cookie.vendor for cookie in inventory.cookies} == {"PHP", "Google Analytics"}
    assert [vendor.id for vendor in inventory.vendors] == ["google-analytics"]


def test_a_known_name_whose_category_depends_takes_it_from_who_set_it(record):
    """What a widespread snippet does is known; whose it is, the script tells."""
    scan = record("before")
    scan.script("before", "_gd1795339800000=1", stack=[FBEVENTS])
    scan.script("before", "__tld__=1")
    found = {cookie.name: cookie for cookie in scan.inventory().cookies}
    mine, theirs = found["__tld__"], found["_gd1795339800000"]
    assert (mine.vendor, mine.category, mine.role) == (None, "unknown", "test")
    assert (theirs.vendor_id, theirs.category, theirs.role) == ("meta", "marketing", "test")
    assert mine.purpose and theirs.purpose == found["_gd1795339800000"].purpose
    assert theirs.category_source.startswith("vendor of the script that set a first-party cookie")


def test_every_classification_cites_the_catalogue_and_a_date(record):
    """The day on which the fact was checked."""
    scan = record("before")
    scan.script("before", "_fbp=fb.1.1.1; domain=shop.test")
    scan.request("before", "https://dpm.demdex.net/x", set_cookie="nobodyknows=1")
    scan.storage("before", {"_gcl_ls": "{}"})
    inventory = scan.inventory()
    for one in (*inventory.cookies, *inventory.storage):
        assert re.search(r"\(catalogue, 20\d\d-\d\d-\d\d\)$", one.category_source)
