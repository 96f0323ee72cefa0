"""Lookups: patterns, scopes, precedence, and answers to people."""

from __future__ import annotations

import json
import re
import time
import tracemalloc

import pytest

from scanner.classify.catalogue.checks import problems
from scanner.classify.catalogue.compiled import compile_layer
from scanner.classify.catalogue.generic import needs_scope
from scanner.classify.catalogue.index import LayerIndex
from scanner.classify.catalogue.load import (
    CatalogueError,
    data_folder,
    encode,
    load_catalogue,
    read_folder,
    shipped_layer,
)
from scanner.classify.catalogue.patterns import PatternError, example, is_literal, literal_length, parse, to_regex
from scanner.classify.catalogue.schema import lifetime_seconds
from scanner.errors import UsageError

REST = 'category = "marketing"\nconsent_exempt = "no"\nrole = "other"\npurpose = "X."\n'


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("_ga_<id>", "_ga_AB12", True),
        ("_ga_<id>", "x_ga_AB12", False),
        ("_ga_<id>", "_ga_", False),
        ("_ga_<id>", "_GA_AB12", False),
        ("_hjSession_<n>", "_hjSession_123", True),
        ("_hjSession_<n>", "_hjSession_12a", False),
        ("wp_<hex>", "wp_0aF9", True),
        ("wp_<hex>", "wp_0aG9", False),
        ("p_<uuid>", "p_0d6c4b1e-58a7-4b8e-9a31-1f2e3d4c5b6a", True),
        ("p_<uuid>", "p_0d6c4b1e", False),
        ("AMCV_*", "AMCV_", True),
        ("AMCV_*", "AMCV_53%40AdobeOrg", True),
        ("a.b<n>", "axb1", False),
        ("_pk_id.<n>.<hex>", "_pk_id.7.1fff", True),
    ],
)
def test_patterns_are_anchored_and_case_sensitive(pattern, name, matches):
    """Tokens match what they say; a dot is a dot."""
    assert bool(re.fullmatch(to_regex(pattern), name)) is matches


@pytest.mark.parametrize("pattern", ["<num>", "a<", "*", "<n><hex>", "a>b"])
def test_a_pattern_that_cannot_be_used_is_refused(pattern):
    """Unknown tokens, and patterns without any literal character."""
    with pytest.raises(PatternError):
        parse(pattern)


def test_a_patterns_example_matches_it():
    """The checks find overlaps by it."""
    for pattern in ("_ga_<id>", "x<n>y<hex>", "p_<uuid>_*"):
        assert re.fullmatch(to_regex(pattern), example(pattern))
    assert (is_literal("a"), is_literal("a*"), literal_length("a<n>bc")) == (True, False, 3)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2y", 63072000), ("13mo", 33696000), ("30min", 1800), ("session", None), ("persistent", None), (None, None)],
)
def test_lifetimes_are_seconds(text, seconds):
    """Words that are no number give none."""
    assert lifetime_seconds(text) == seconds


@pytest.fixture
def two(make_vendor, make_catalogue):
    """Two vendors that share names."""
    return make_catalogue(
        make_vendor(
            "alpha",
            hosts=["alpha.test"],
            host=[{"name": "cdn.alpha.test", "role": "cdn", "category": "functional"}],
            cookie=[
                {"name": "uid", "party": "third"},
                {"name": "_al", "domains": ["alpha.test"]},
                {"name": "_alpha_*"},
                {"name": "_alpha_id_<n>", "role": "session-id"},
                {"name": "_alpha_exact", "lifetime": "1y"},
                {"name": "cart", "needs_vendor": True},
                {"name": "_shape", "value": r"\d+\.\d+"},
                {"name": "both", "kind": "local", "domains": ["alpha.test"]},
            ],
        ),
        make_vendor(
            "beta",
            hosts=["beta.test"],
            host=[
                {"name": "shared.test", "path": "/ads/", "role": "ads"},
                {"name": "shared.test", "path": "/ads/off/", "role": "consent", "category": "necessary"},
            ],
            cookie=[{"name": "uid", "party": "third"}, {"name": "_alpha_exact", "domains": ["beta.test"]}],
        ),
    )


@pytest.mark.parametrize(
    ("name", "domain", "vendor", "source"),
    [
        ("uid", "alpha.test", "alpha", "exact name and domain"),
        ("uid", "x.beta.test", "beta", "exact name and domain"),
        ("uid", "shop.test", None, None),
        ("uid", None, None, None),
        ("_alpha_exact", "shop.test", "alpha", "exact name"),
        ("_alpha_exact", "www.beta.test", "beta", "exact name and domain"),
        ("_alpha_id_7", "shop.test", "alpha", "longest pattern"),
        ("_alpha_id_7", "alpha.test", "alpha", "pattern and domain"),
        ("_alpha_other", "shop.test", "alpha", "longest pattern"),
        ("cart", "shop.test", None, None),
        ("_al", "notalpha.test", None, None),
    ],
)
def test_the_order_of_decision(two, name, domain, vendor, source):
    """Exact before pattern, with a domain before without."""
    found = two.cookie(name, domain)
    assert (found.vendor.id if found else None, found.source if found else None) == (vendor, source)


def test_the_longest_pattern_wins(two):
    """By literal characters."""
    assert two.cookie("_alpha_id_7", None).pattern == "_alpha_id_<n>"
    assert two.cookie("_alpha_id_x", None).pattern == "_alpha_*"


def test_a_value_that_does_not_fit_rules_an_entry_out(two):
    """An unknown value does not."""
    assert two.cookie("_shape", None, value="1.2") is not None
    assert two.cookie("_shape", None, value="one") is None
    assert two.cookie("_shape", None) is not None


def test_company_lets_a_generic_name_hold(two):
    """`needs_vendor` with and without the vendor on the site."""
    assert two.cookie("cart", "shop.test", seen=frozenset({"alpha"})).vendor.id == "alpha"
    assert two.cookie("cart", "shop.test", seen=frozenset({"beta"})) is None


def test_kinds_of_storage_are_kept_apart(two):
    """A key of local storage is no cookie."""
    assert two.cookie("both", "alpha.test") is None
    assert two.cookie("both", "alpha.test", kind="local").vendor.id == "alpha"


@pytest.mark.parametrize(
    ("host", "path", "vendor", "role"),
    [
        ("alpha.test", "", "alpha", "service"),
        ("x.y.alpha.test", "", "alpha", "service"),
        ("a.cdn.alpha.test", "", "alpha", "cdn"),
        ("notalpha.test", "", None, None),
        ("test", "", None, None),
        ("shared.test", "/ads/x", "beta", "ads"),
        ("www.shared.test", "/ads/off/x", "beta", "consent"),
        ("shared.test", "/other", None, None),
        ("shared.test", "", None, None),
    ],
)
def test_hosts_are_matched_by_the_longest_parent_and_path(two, host, path, vendor, role):
    """Whole labels only, and the longest prefix of a path."""
    found = two.host(host, path)
    assert (found.vendor.id if found else None, found.role if found else None) == (vendor, role)


@pytest.mark.parametrize(
    ("query", "kind", "vendor", "category"),
    [
        ("_ga", "cookie", "Google Analytics", "analytics"),
        ("_ga_ABC123", "cookie", "Google Analytics", "analytics"),
        ("_gcl_au", "cookie", "Google Ads", "marketing"),
        ("IDE", "cookie", "DoubleClick", "marketing"),
        ("fr", "cookie", "Meta", "marketing"),
        ("MUID", "cookie", "Microsoft Advertising", "marketing"),
        ("IDE@doubleclick.net", "cookie", "DoubleClick", "marketing"),
        ("IDE@.doubleclick.net", "cookie", "DoubleClick", "marketing"),
        ("whatever@doubleclick.net", "cookie", "DoubleClick", "marketing"),
        ("stats.g.doubleclick.net", "host", "Google Analytics", "analytics"),
        ("STATIC.HOTJAR.COM", "host", "Hotjar", "analytics"),
        ("https://www.google.com/recaptcha/api.js?x=1", "host", "Google reCAPTCHA", "functional"),
        ("uc_settings", "cookie", "Usercentrics", "necessary"),
        ("ASP.NET_SessionId", "cookie", "ASP.NET", "necessary"),
    ],
)
def test_a_question_is_answered(catalogue, query, kind, vendor, category):
    """Names, names with a domain, hosts, addresses, storage keys."""
    match = catalogue.lookup(query)
    assert (match.kind, match.vendor, match.category) == (kind, vendor, category)
    assert match.match


@pytest.mark.parametrize(
    "query",
    [
        "id",
        "token",
        "lang",
        "theme",
        "cart",
        "sid",
        "uid",
        "i",
        "c",
        "session_id",
        "IDE@shop.test",
        "shop.test",
        "",
        "@",
        "a@b",
        ".",
    ],
)
def test_what_nobody_can_know_stays_unknown(catalogue, query):
    """Generic names, names on strangers' domains, unknown hosts."""
    match = catalogue.lookup(query)
    assert (match.match, match.vendor, match.category) == (None, None, "unknown")
    assert match.as_text()


def test_an_answer_is_ready_for_json_and_for_people(catalogue):
    """The fields that scripts rely on, and one line."""
    match = catalogue.lookup("_ga")
    assert {"query", "vendor", "category", "match", "purpose", "lifetime"} <= match.as_dict().keys()
    assert json.loads(json.dumps(match.as_dict()))["lifetime_seconds"] == 63072000
    assert "\n" not in match.as_text() and "Google Analytics" in match.as_text()


def test_a_users_pack_takes_precedence_and_says_so(tmp_path, write_vendor):
    """Its entries win over shipped ones at every step, and extend a shipped vendor."""
    entry = 'category = "functional"\nconsent_exempt = "no"\nrole = "preference"\npurpose = "Ours."\n'
    write_vendor(tmp_path / "mine", "own-tool", f'hosts = ["tool.test"]\n[[cookie]]\nname = "_ga*"\n{entry}')
    known = load_catalogue((tmp_path / "mine",))
    found = known.cookie("_ga", "shop.test")
    assert (found.vendor.id, found.category) == ("own-tool", "functional")
    assert (found.source, found.cited) == ("longest pattern", "pack mine, 2026-11-22")
    assert known.host("a.tool.test").vendor.id == "own-tool"
    assert known.cookie("_fbp", "shop.test").vendor.id == "meta"
    assert "own-tool" in {vendor.id for vendor in known.vendors}
    assert known.packs == ("mine",)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("color = 1\n", "color"),
        ('hosts = ["https://x.test"]\n', "hosts"),
        ('[[cookie]]\nname = "a"\n', "category"),
        ("= broken", "line"),
        (
            '[[cookie]]\nname = "<what>"\n' + REST,
            "token",
        ),
        (
            '[[cookie]]\nname = "zz"\nparty = "third"\n' + REST,
            "domains",
        ),
    ],
)
def test_a_pack_that_cannot_be_used_names_file_and_field(tmp_path, write_vendor, more, words):
    """One line for the user."""
    write_vendor(tmp_path, "bad", more)
    with pytest.raises(UsageError, match=words) as caught:
        load_catalogue((tmp_path,))
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_missing_or_empty_pack_is_an_error(tmp_path):
    """A path that was meant must not be passed over."""
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "none", tmp_path / "empty"):
        with pytest.raises(CatalogueError, match=folder.name):
            load_catalogue((folder,))


def ids(layer):
    """The vendors of a compiled layer."""
    return [vendor.id for vendor in LayerIndex(layer).vendors]


def test_the_compiled_file_is_renewed_when_a_source_changes(tmp_path, write_vendor):
    """Added, changed, removed; and a damaged file is replaced."""
    sources = tmp_path / "vendors"
    write_vendor(sources, "one")
    write_vendor(sources, "two")
    assert ids(shipped_layer(tmp_path)) == ["one", "two"]
    kept = (tmp_path / "catalogue.json").read_bytes()
    assert shipped_layer(tmp_path) == json.loads(kept)
    (sources / "two.toml").unlink()
    assert ids(shipped_layer(tmp_path)) == ["one"]
    write_vendor(sources, "one", 'hosts = ["one.test"]\n')
    assert shipped_layer(tmp_path)["hosts"] == {"one.test": 0}
    (tmp_path / "catalogue.json").write_text("{", encoding="utf-8")
    assert ids(shipped_layer(tmp_path)) == ["one"]
    assert not list(tmp_path.glob(".catalogue-*"))


def test_a_package_without_sources_uses_the_compiled_file(tmp_path, write_vendor):
    """As in the wheel; without either, one clear line."""
    sources = tmp_path / "src" / "vendors"
    write_vendor(sources, "one")
    wheel = tmp_path / "wheel"
    wheel.mkdir()
    (wheel / "catalogue.json").write_bytes(encode(compile_layer(read_folder(sources))))
    assert load_catalogue(folder=wheel).counts == (1, 0, 0)
    (wheel / "catalogue.json").unlink()
    with pytest.raises(CatalogueError, match="install it again"):
        load_catalogue(folder=wheel)


def test_the_same_files_compile_to_the_same_bytes():
    """Whatever order they are read in."""
    files = read_folder(data_folder() / "vendors")
    assert encode(compile_layer(files)) == encode(compile_layer(tuple(reversed(files))))


def test_the_shipped_catalogue_has_no_errors():
    """What `make catalogue` says."""
    folder = data_folder() / "vendors"
    files = [(path, vendor) for path, vendor in zip(sorted(folder.glob("*.toml")), read_folder(folder), strict=True)]
    assert [problem for problem in problems(files) if problem.level == "error"] == []


def test_lookups_are_fast(catalogue):
    """100,000 in a second on one core is the goal; a tenth of it is held here, so that a busy machine passes."""
    names = ["_ga", "_ga_ABC123", "unknown_name_here", "_hjSession_99", "uid", "PHPSESSID", "_pk_id.1.1fff", "zzz"]
    hosts = ["www.google-analytics.com", "a.b.unknown.test", "static.hotjar.com"]
    started = time.process_time()
    for number in range(900):
        for name in names:
            catalogue.lookup(f"{name}")
        for host in hosts:
            catalogue.lookup(f"x{number}.{host}")
    assert 900 * 11 / (time.process_time() - started) > 10_000


@pytest.mark.parametrize(
    ("name", "scoped"),
    [("uid", True), ("sid", True), ("Session_ID", True), ("_ga", False), ("_gcl_au", False), ("ab", True)],
)
def test_generic_names_need_a_scope(name, scoped):
    """Short ones and plain words."""
    assert needs_scope(name) is scoped


@pytest.fixture
def nobodys(make_vendor, make_catalogue):
    """Names that belong to no company, beside a vendor with hosts."""
    return make_catalogue(
        make_vendor(
            "common",
            nobody=True,
            cookie=[
                {"name": "src_word", "role": "attribution"},
                {"name": "_probe<n>", "category": "unknown", "role": "test", "purpose": "Finds a domain."},
            ],
        ),
        make_vendor("alpha", hosts=["alpha.test"], cookie=[{"name": "a:b"}]),
    )


def test_a_name_of_nobody_has_a_purpose_but_no_vendor(nobodys):
    """Standards and snippets that many programs share."""
    match = nobodys.lookup("src_word")
    assert (match.vendor, match.vendor_id, match.category, match.purpose) == (
        None,
        None,
        "marketing",
        "Tells one browser from another.",
    )
    assert "no one company's" in match.as_text()
    assert [vendor.id for vendor in nobodys.vendors] == ["alpha"]


def test_a_name_written_with_percent_signs_is_read_as_it_was_meant(nobodys):
    """`a%3Ab` is `a:b`; a name that merely holds a percent sign is itself."""
    assert nobodys.cookie("a%3Ab", "shop.test").pattern == "a:b"
    assert nobodys.cookie("a%zzb", "shop.test") is None


def test_a_name_that_everybody_knows_is_claimed_without_its_domain(make_vendor, make_catalogue):
    """`known_by_name`, for a question; on a stranger's domain it still holds nowhere."""
    entry = {"name": "qq", "domains": ["alpha.test", "a.example"], "known_by_name": True}
    known = make_catalogue(make_vendor("alpha", hosts=["alpha.test"], cookie=[entry, {"name": "zz", "party": "third"}]))
    assert known.lookup("qq").match == "exact name, only on a.example, alpha.test"
    assert known.lookup("qq@shop.test").match is None
    assert known.lookup("zz").match is None
    assert known.lookup("zz").bound_to == ("alpha.test",)


def test_own_hosts_stand_for_an_entry_without_domains(make_vendor, make_catalogue):
    """All of the vendor's hosts; those that a shorter one covers are not told apart."""
    host = [{"name": "x.alpha.test", "role": "cdn"}, {"name": "else.test", "role": "ads"}]
    known = make_catalogue(
        make_vendor("alpha", hosts=["alpha.test"], host=host, cookie=[{"name": "_own", "party": "third"}])
    )
    assert known.bound("_own") == ("alpha.test", "else.test")
    assert known.cookie("_own", "y.x.alpha.test").source == "exact name and domain"
    assert known.cookie("_own", "shop.test") is None


def test_the_catalogue_is_small_and_loads_quickly():
    """Well under 30 MB; the time, of the processor, is held loosely, so that a busy machine passes."""
    load_catalogue()
    tracemalloc.start()
    try:
        known = load_catalogue()
        known.lookup("_ga@shop.test")
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()
    times = []
    for _ in range(5):
        started = time.process_time()
        load_catalogue()
        times.append(time.process_time() - started)
    assert min(times) < 0.1


def test_the_catalogue_is_as_large_as_it_promises(catalogue):
    """Vendors, patterns, hosts."""
    vendors, patterns, hosts = catalogue.counts
    assert (vendors >= 700, patterns >= 1500, hosts >= 4000) == (True, True, True)
