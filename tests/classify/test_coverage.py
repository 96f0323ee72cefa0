"""How coverage of the frequency tables is counted (`make catalogue`)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from catalogue_coverage import Row, cover_names, cover_sites, read_table, samples, together


@pytest.fixture
def vendors(make_vendor):
    """A vendor whose names hold on any site, one whose names are bound, one that needs company."""
    return (
        make_vendor("free", cookie=[{"name": "_free"}, {"name": "top100_id"}, {"name": "a:b"}, {"name": "_free_<id>"}]),
        make_vendor("bound", hosts=["bound.test"], cookie=[{"name": "id", "party": "third"}]),
        make_vendor("shop", cookie=[{"name": "_shop_x"}, {"name": "cart", "needs_vendor": True}]),
    )


@pytest.mark.parametrize(
    ("text", "anywhere", "scoped"),
    [
        ("_free", 10, 10),
        ("top<n>_id", 10, 10),
        ("a%3Ab", 10, 10),
        ("_free_<hex>", 10, 10),
        ("cart", 0, 10),
        ("id", 0, 4),
        ("unheard-of", 0, 0),
        ("<hex>", 0, 0),
    ],
)
def test_a_name_counts_as_far_as_its_scope_reaches(make_catalogue, vendors, text, anywhere, scoped):
    """A name that is bound to a domain counts for no more than that domain sets."""
    sites = (Row("bound.test", 4), Row("else.test", 100))
    names = cover_names(make_catalogue(*vendors), vendors, (Row(text, 10),), sites)
    assert (names.total, names.anywhere, names.scoped) == (10, anywhere, scoped)
    assert [row.count for row in names.missing] == ([10 - scoped] if scoped < 10 else [])


def test_without_a_table_of_sites_a_bound_name_counts_in_full(make_catalogue, vendors):
    """There is nothing to hold it against."""
    assert cover_names(make_catalogue(*vendors), vendors, (Row("id", 10),)).scoped == 10


def test_names_and_sites_together_are_an_estimate_with_a_floor(make_catalogue, vendors):
    """Half by name, half of the rest by site."""
    catalogue = make_catalogue(*vendors)
    names = cover_names(catalogue, vendors, (Row("_free", 10), Row("unheard-of", 10)))
    sites = cover_sites(catalogue, (Row("bound.test", 5), Row("else.test", 5)))
    assert (sites.covered, sites.known, sites.missing) == (5, 1, (Row("else.test", 5),))
    assert together(names, sites) == (0.5, 0.75)


def test_tables_are_known_by_their_columns(tmp_path):
    """And another table is refused."""
    names, sites, other = (tmp_path / name for name in ("n.csv", "s.csv", "o.csv"))
    names.write_text("rank,name_pattern,instances\n1,_ga,7\n", encoding="utf-8")
    sites.write_text("rank,site,cookie_instances\n1,a.test,3\n", encoding="utf-8")
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    assert read_table(names) == ("names", (Row("_ga", 7),))
    assert read_table(sites) == ("sites", (Row("a.test", 3),))
    with pytest.raises(ValueError, match=r"o\.csv"):
        read_table(other)


def test_a_collapsed_name_stands_for_names_of_its_shape():
    """Each variable part in the forms that it takes."""
    assert "_hjSession_12345678" in set(samples("_hjSession_<n>"))
    assert list(samples("plain")) == ["plain"]
