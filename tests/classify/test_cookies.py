"""Cookies merged from lines, scripts and jars: who set them, for how long, and what became of them."""

from __future__ import annotations

import pytest

GTM = "https://www.googletagmanager.com/gtm.js?id=GTM-1"
TAG = "https://www.googletagmanager.com/gtag/js?id=G-1"


def test_a_line_and_the_jar_make_one_cookie(record, jar_cookie):
    """The lifetime is what the site asked for; what the browser kept is capped."""
    scan = record("before")
    scan.request(
        "before",
        "https://www.shop.test/",
        kind="Document",
        set_cookie="long=abc; Domain=shop.test; Path=/; Max-Age=63072000; Secure; SameSite=Lax",
    )
    scan.jar("before", jar_cookie("long", "abc", lifetime=400 * 86400 - 3))
    cookie = scan.cookie("long")
    assert (cookie.domain, cookie.path, cookie.host_only, cookie.party) == (".shop.test", "/", False, "first")
    assert (cookie.lifetime_seconds, cookie.kept_seconds, cookie.session) == (63072000, 34560000, False)
    assert (cookie.set_by.kind, cookie.set_by.url) == ("http", "https://www.shop.test/")
    assert cookie.set_by.raw.startswith("long=abc;")


def test_expires_counts_from_the_date_of_the_response(record):
    """A server whose clock is off still gives a right lifetime."""
    scan = record("before")
    scan.request(
        "before",
        "https://www.shop.test/",
        set_cookie="a=1; expires=Sun, 22-Nov-2020 10:30:00 GMT",
        response_headers=(("Date", "Sun, 22 Nov 2020 09:30:00 GMT"),),
    )
    assert scan.cookie("a").lifetime_seconds == 3600


def test_expires_without_a_date_counts_from_the_visit(record):
    """The visit's start and the request's time stand in for the missing header."""
    scan = record("before")
    scan.request("before", "https://www.shop.test/", set_cookie="a=1; expires=Mon, 22 Nov 2027 09:30:00 GMT", ms=0.0)
    assert scan.cookie("a").lifetime_seconds == 365 * 86400


def test_max_age_beats_expires(record):
    """RFC 6265, section 5.3."""
    scan = record("before")
    scan.script("before", "a=1; expires=Mon, 22 Nov 2027 09:30:00 GMT; max-age=60")
    assert scan.cookie("a").lifetime_seconds == 60


def test_a_script_cookie_counts_from_the_pages_own_clock(record):
    """`document.cookie` with `expires`."""
    scan = record("before")
    scan.script("before", "a=1; expires=Sun, 22 Nov 2026 10:30:00 GMT; path=/")
    cookie = scan.cookie("a")
    assert (cookie.lifetime_seconds, cookie.domain, cookie.host_only) == (3600, "www.shop.test", True)
    assert (cookie.set_by.kind, cookie.set_by.url, cookie.set_by.line) == ("script", "https://www.shop.test/app.js", 7)


def test_cookie_store_calls_are_read_as_json(record):
    """Milliseconds since the epoch, and its own defaults."""
    scan = record("before")
    raw = '{"name": "a", "value": "1", "expires": 1795343400000, "domain": "shop.test"}'
    scan.script("before", raw, api="cookieStore.set")
    cookie = scan.cookie("a")
    assert (cookie.lifetime_seconds, cookie.domain, cookie.path, cookie.same_site) == (
        3600,
        ".shop.test",
        "/",
        "strict",
    )


def test_what_set_a_cookie_leads_back_to_the_tag_that_loaded_it(record):
    """Initiators, nearest first: the setting script, what loaded it, what loaded that."""
    scan = record("before")
    scan.request("before", GTM, kind="Script", stack=["https://www.shop.test/"])
    scan.request("before", TAG, kind="Script", stack=[GTM])
    scan.script("before", "x=1", stack=[TAG])
    cookie = scan.cookie("x")
    assert cookie.set_by.url == TAG
    assert cookie.set_by.initiators == (GTM, "https://www.shop.test/")


def test_redirect_hops_come_before_the_script_that_began_them(record):
    """The nearest initiator of a hop is the hop before it."""
    scan = record("before")
    first = scan.request("before", "https://a.test/1", stack=["https://www.shop.test/app.js"], status=302)
    scan.request(
        "before", "https://b.test/2", redirect_of=first, stack=["https://www.shop.test/app.js"], set_cookie="x=1"
    )
    assert scan.cookie("x").set_by.initiators == ("https://a.test/1", "https://www.shop.test/app.js")


def test_party_is_decided_by_the_site_in_the_address_bar(record):
    """A subdomain is first party; a host that merely carries the page's name is not."""
    scan = record("before")
    scan.request("before", "https://img.shop.test/i", set_cookie="own=1; Domain=shop.test")
    scan.request("before", "https://x.test/?dl=www.shop.test", set_cookie="other=1")
    parties = {cookie.name: cookie.party for cookie in scan.inventory().cookies}
    assert parties == {"own": "first", "other": "third"}


def test_a_jar_cookie_of_another_site_is_third_party_though_nobody_saw_it_set(record, jar_cookie):
    """Its setter is unknown; its lifetime too."""
    scan = record("before")
    scan.jar("before", jar_cookie("a", "1", ".x.test", lifetime=3600))
    cookie = scan.cookie("a")
    assert (cookie.party, cookie.set_by.kind, cookie.lifetime_seconds) == ("third", "unknown", None)
    assert (cookie.session, cookie.kept_seconds) == (False, 3600)


def test_a_refused_cookie_is_kept_with_the_browsers_reason(record):
    """Refused: it was attempted, and identifies nobody."""
    scan = record()
    scan.request("before", "https://x.test/i", set_cookie="a=4f1c9be02a7d4e88", blocked=["UserPreferences"])
    scan.request("reject", "https://x.test/i", set_cookie="a=77ab01ffc2e94d13", blocked=["UserPreferences"])
    cookie = scan.cookie("a")
    assert (cookie.blocked, cookie.identifier, cookie.states) == ("UserPreferences", False, ("before",))


def test_a_cookie_refused_once_and_kept_once_is_not_blocked(record):
    """The attempt that worked counts."""
    scan = record("before")
    scan.request("before", "https://x.test/i", set_cookie="a=1; Path=/", blocked=["SameSiteLax"])
    scan.request("before", "https://x.test/j", set_cookie="a=1; Path=/")
    assert scan.cookie("a").blocked is None


def test_a_script_cookie_that_never_reached_the_jar_was_not_kept(record):
    """Nobody deleted it, and the jar was looked at: the browser refused it silently."""
    scan = record("before")
    scan.script("before", "a=1; path=/; max-age=3600")
    scan.jar("before")
    assert scan.cookie("a").blocked == "NotKept"


def test_a_script_cookie_that_may_have_run_out_is_not_taken_for_refused(record):
    """A life of seconds ends before anybody looks."""
    scan = record("before")
    scan.script("before", "a=1; path=/; max-age=5")
    scan.jar("before")
    assert scan.cookie("a").blocked is None


def test_a_cookie_set_and_deleted_again_is_marked(record):
    """Only events show it: the jar is empty at the end."""
    scan = record("before")
    scan.script("before", "probe=1; path=/", ms=10)
    scan.script("before", "probe=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT", ms=11)
    scan.jar("before")
    cookie = scan.cookie("probe")
    assert (cookie.deleted, cookie.blocked, cookie.states) == (True, None, ("before",))


def test_the_deletion_of_what_never_was_is_no_cookie(record):
    """Consent platforms clear long lists of names."""
    scan = record("before")
    scan.script("before", "_ga=; path=/; max-age=0")
    scan.request("before", "https://www.shop.test/", set_cookie="_gid=; Max-Age=-1")
    assert scan.inventory().cookies == ()


def test_a_script_that_tries_a_public_suffix_sets_no_cookie_there(record):
    """Scripts find out their site by trying every level."""
    scan = record("before")
    scan.script("before", "a=1; domain=test; path=/")
    assert scan.inventory().cookies == ()


@pytest.mark.parametrize("domain", ["other.test", "sub.www.shop.test"])
def test_a_script_cannot_set_for_a_domain_that_is_not_its_own(record, domain):
    """The attempt is told, with the reason."""
    scan = record("before")
    scan.script("before", f"a=1; domain={domain}; path=/")
    assert (scan.cookie("a").domain, scan.cookie("a").blocked) == (f".{domain}", "InvalidDomain")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("a=1; path=/; HttpOnly", "HttpOnly"),
        ("a=1; path=/; SameSite=None", "SameSiteNoneInsecure"),
        ("a=1; path=/; Partitioned", "InvalidPartitioned"),
        ("__Host-a=1; path=/x; Secure", "InvalidPrefix"),
        ("__Secure-a=1; path=/", "InvalidPrefix"),
        (f"a={'x' * 5000}; path=/", "NameValuePairExceedsMaxSize"),
        ("a=1; path=/", "NotKept"),
    ],
)
def test_what_a_script_asked_in_vain_has_the_reason_that_its_words_give(record, raw, reason):
    """The browser says nothing of it."""
    scan = record("before")
    scan.script("before", raw)
    scan.jar("before")
    assert scan.cookie(raw.partition("=")[0]).blocked == reason


def test_an_answer_whose_cookie_never_lay_in_the_jar_was_refused(record):
    """A request that was to take no cookies: the browser does not name them as refused."""
    scan = record("before")
    scan.request("before", "https://www.shop.test/api", set_cookie="a=1; Path=/")
    scan.jar("before")
    assert scan.cookie("a").blocked == "NotKept"


def test_where_the_browser_may_have_dropped_a_cookie_nothing_is_claimed(record, jar_cookie):
    """A full jar loses old cookies."""
    scan = record("before")
    scan.script("before", "a=1; path=/")
    scan.jar("before", *(jar_cookie(f"c{number}", "1") for number in range(160)))
    assert scan.cookie("a").blocked is None


def test_cookie_store_ends_a_path_with_a_slash_where_the_jar_shows_it(record, jar_cookie):
    """Else as it was asked for."""
    scan = record("before")
    for name in ("a", "b"):
        scan.script("before", f'{{"name": "{name}", "value": "1", "path": "/x"}}', api="cookieStore.set")
    scan.jar(
        "before", jar_cookie("a", "1", "www.shop.test", path="/x/"), jar_cookie("b", "1", "www.shop.test", path="/x")
    )
    assert [(one.name, one.path, one.set_by.kind) for one in scan.inventory().cookies] == [
        ("a", "/x/", "script"),
        ("b", "/x", "script"),
    ]


def test_pages_are_those_that_set_a_cookie(record, jar_cookie):
    """Not all those in which it lay in the jar: which those are depends on the order of the visits."""
    scan = record("before")
    scan.request("before", "https://www.shop.test/", set_cookie="a=1; Path=/")
    scan.jar("before", jar_cookie("a", "1", "www.shop.test"))
    scan.visit("before", "https://www.shop.test/other")
    scan.jar("before", jar_cookie("a", "1", "www.shop.test"))
    assert scan.cookie("a").pages == ("https://www.shop.test/",)


def test_one_name_on_two_domains_and_paths_is_several_cookies(record):
    """Identity is name, domain, path and partition."""
    scan = record("before")
    scan.request(
        "before", "https://www.shop.test/a/b", set_cookie=["a=1", "a=1; Path=/", "a=1; Path=/; Domain=shop.test"]
    )
    found = {(cookie.domain, cookie.path) for cookie in scan.inventory().cookies}
    assert found == {("www.shop.test", "/a"), ("www.shop.test", "/"), (".shop.test", "/")}


def test_a_partitioned_line_and_its_jar_cookie_are_one(record, jar_cookie):
    """The line says `Partitioned`, the jar names the partition."""
    scan = record("before")
    scan.request("before", "https://x.test/i", set_cookie="a=1; Path=/; Secure; SameSite=None; Partitioned")
    scan.jar("before", jar_cookie("a", "1", "x.test", partition_key="https://shop.test", same_site="none"))
    cookie = scan.cookie("a")
    assert (cookie.partition_key, cookie.party, cookie.set_by.kind) == ("https://shop.test", "third", "http")


def test_hosts_to_which_a_cookie_went_are_listed_once(record, jar_cookie):
    """Sorted, without doubles."""
    scan = record("before")
    scan.jar("before", jar_cookie("a", "1"))
    for host in ("www", "api", "www"):
        scan.request("before", f"https://{host}.shop.test/x", sent=["a@.shop.test"])
    assert scan.cookie("a").sent_to == ("api.shop.test", "www.shop.test")


def test_first_seen_is_the_earliest_state_and_time(record):
    """`before` comes before all other states, whatever the order of the records."""
    scan = record()
    scan.choice("accept")
    scan.request("accept", "https://www.shop.test/x", set_cookie="a=1; Path=/", phase="chosen", ms=5.0)
    scan.request("before", "https://www.shop.test/y", set_cookie="a=1; Path=/", ms=70.0)
    seen = scan.cookie("a").first_seen
    assert (seen.state, seen.ms, seen.page) == ("before", 70.0, "https://www.shop.test/")


def test_a_cookie_that_only_a_hidden_answer_can_have_brought_is_put_down_to_it(record, jar_cookie):
    """The browser shows no cookies of a socket to another host; where two answers may be meant, none is named."""
    for urls, kind in ((["wss://x.test/live"], "http"), (["wss://x.test/live", "wss://x.test/other"], "unknown")):
        scan = record("before")
        for url in urls:
            scan.request(
                "before", url, kind="WebSocket", status=101, cookies_hidden=True, stack=["https://x.test/t.js"]
            )
        scan.jar("before", jar_cookie("a", "1", "x.test"))
        cookie = scan.cookie("a")
        assert cookie.set_by.kind == kind
        if kind == "http":
            assert (cookie.set_by.url, cookie.set_by.confidence) == ("wss://x.test/live", "likely")
            assert (cookie.lifetime_seconds, cookie.pages) == (None, ("https://www.shop.test/",))


def test_cookies_of_a_handshake_are_read_from_its_header(record, jar_cookie):
    """The protocol does not list them; path and domain decide which of one name went along."""
    scan = record("before")
    scan.jar(
        "before",
        jar_cookie("a", "1", "www.shop.test"),
        jar_cookie("a", "1", "www.shop.test", path="/elsewhere"),
        jar_cookie("b", "1", "www.shop.test"),
    )
    scan.request("before", "wss://www.shop.test/live", kind="WebSocket", request_headers=(("cookie", "a=1; c=2"),))
    sent = {(one.name, one.path): one.sent_to for one in scan.inventory().cookies}
    assert sent == {("a", "/"): ("www.shop.test",), ("a", "/elsewhere"): (), ("b", "/"): ()}


def test_a_site_that_had_its_cookies_cleared_is_not_said_to_have_been_refused_any(record):
    """`Clear-Site-Data` empties the jar."""
    scan = record("before")
    scan.script("before", "a=1; path=/")
    scan.request("before", "https://www.shop.test/out", response_headers=(("clear-site-data", '"cookies"'),))
    scan.jar("before")
    assert scan.cookie("a").blocked is None


IDS = {"before": "4f1c9be02a7d4e88", "accept": "77ab01ffc2e94d13", "reject": "a0b9c8d7e6f50412"}
OTHERS = {"before": "b1d3f5a79c2e4680", "accept": "0c9e8d7b6a5f4132", "reject": "e4d3c2b1a0f98765"}


def _raced(scan, state, jar_cookie, *, returns):
    """Two requests go out before the first answer: the second answer takes the place of the first."""
    scan.visit(state, started="2026-11-22T09:30:00Z")
    for number, value in enumerate((OTHERS[state], IDS[state])):
        scan.request(state, f"https://t.example/{number}", set_cookie=f"wm={value}; Max-Age=9999", ms=100.0 + number)
    kept = jar_cookie("wm", IDS[state], "t.example")
    scan.jar(state, kept, taken="2026-11-22T09:30:01Z")
    if returns:
        scan.visit(state, started="2026-11-22T09:30:02Z")
        scan.jar(state, kept, taken="2026-11-22T09:30:03Z")


@pytest.mark.parametrize(
    ("returning", "expected"),
    [
        pytest.param(tuple(IDS), True, id="each context shows what lasts"),
        pytest.param(("before",), True, id="without a banner the other states are left after one page"),
        pytest.param((), False, id="nobody has shown that anything lasts"),
    ],
)
def test_first_requests_that_race_do_not_hide_an_identifier(record, jar_cookie, returning, expected):
    scan = record()
    for state in IDS:
        _raced(scan, state, jar_cookie, returns=state in returning)
    assert scan.cookie("wm").identifier is expected


def test_a_value_asked_for_once_in_one_context_and_anew_in_others_is_no_identifier(record, jar_cookie):
    scan = record()
    for state, value in IDS.items():
        for number in range(1 if state == "before" else 2):
            asked = value if number == 0 else OTHERS[state]
            scan.request(
                state, f"https://t.example/{number}", set_cookie=f"wm={asked}; Max-Age=9999", ms=100.0 + number
            )
        scan.jar(state, jar_cookie("wm", asked, "t.example"))
    assert not scan.cookie("wm").identifier


def test_a_value_that_each_page_sets_anew_is_no_identifier_though_two_tabs_see_it(record, jar_cookie):
    scan = record()
    for state, value in IDS.items():
        scan.visit(state, started="2026-11-22T09:30:00.000Z")
        scan.request(state, "https://t.example/0", set_cookie=f"wm={OTHERS[state]}; Max-Age=9999")
        scan.jar(state, jar_cookie("wm", OTHERS[state], "t.example"), taken="2026-11-22T09:30:01Z")
        for _ in range(2):
            scan.visit(state, started="2026-11-22T09:30:02Z")
            scan.request(state, "https://t.example/1", set_cookie=f"wm={value}; Max-Age=9999")
            scan.jar(state, jar_cookie("wm", value, "t.example"), taken="2026-11-22T09:30:03Z")
    assert not scan.cookie("wm").identifier
