"""What `make catalogue` finds in vendor files that each fit the schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.classify.catalogue.checks import problems


@pytest.fixture
def faults(make_vendor):
    """The problems of some vendors, as `level: text`."""

    def find(*vendors, names=None):
        files = [
            (Path(f"{name}.toml"), vendor)
            for name, vendor in zip(names or [vendor.id for vendor in vendors], vendors, strict=True)
        ]
        return [f"{problem.level}: {problem.text}" for problem in problems(files)]

    return find


def test_a_sound_vendor_has_none(faults, make_vendor):
    """Nothing is said of what is right."""
    sound = make_vendor("a", hosts=["a.test"], cookie=[{"name": "_a_id"}, {"name": "uid", "party": "third"}])
    assert faults(sound) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sources": []}, "no source"),
        ({"checked": "2026-13-22"}, "no date"),
        ({"hosts": ["co.uk"]}, "public suffix"),
        ({"host": [{"name": "github.io", "role": "collect"}]}, "public suffix"),
        ({"cookie": [{"name": "sid"}]}, "anybody may use"),
        ({"cookie": [{"name": "ab"}]}, "anybody may use"),
        ({"cookie": [{"name": "a*"}]}, "fewer than 4"),
        ({"cookie": [{"name": "pt_<id>"}]}, "fewer than 4"),
        ({"cookie": [{"name": "a<n>"}]}, "fewer than 3"),
        ({"cookie": [{"name": "_a_b", "party": "third"}]}, "third-party"),
        ({"cookie": [{"name": "_a_b", "consent_exempt": "depends"}]}, "exempt_condition"),
        ({"cookie": [{"name": "_a_b", "exempt_condition": "if"}]}, "depends"),
        ({"cookie": [{"name": "_a_b", "consent_exempt": "yes"}]}, "not exempt"),
        ({"cookie": [{"name": "_a_b", "purpose": "No stop"}]}, "full stop"),
        ({"cookie": [{"name": "_a_b", "known_by_name": True}]}, "certain domains"),
        ({"cookie": [{"name": "cart", "needs_vendor": True}]}, "unreachable"),
        ({"nobody": True, "hosts": ["a.test"]}, "has no hosts"),
    ],
)
def test_a_fault_is_an_error(faults, make_vendor, fields, words):
    """Each by its words."""
    found = faults(make_vendor("a", **fields))
    assert any(text.startswith("error") and words in text for text in found), found


def test_a_file_is_called_after_its_id(faults, make_vendor):
    """So that it is found again."""
    assert faults(make_vendor("a"), names=["b"]) == ["error: the file is called b.toml, the id is a"]


def test_a_host_under_two_vendors_is_an_error_for_both(faults, make_vendor):
    """A subdomain of another vendor's host is none."""
    found = faults(make_vendor("a", hosts=["x.test", "a.test"]), make_vendor("b", hosts=["x.test", "sub.a.test"]))
    assert found == ["error: host x.test stands also under b", "error: host x.test stands also under a"]


@pytest.mark.parametrize(
    ("first", "second", "collides"),
    [
        ({"name": "_xy_z"}, {"name": "_xy_z"}, True),
        ({"name": "_xy_z"}, {"name": "_xy_z", "kind": "local"}, False),
        ({"name": "_xy_z", "kind": "any"}, {"name": "_xy_z", "kind": "local"}, True),
        ({"name": "_xy_z"}, {"name": "_xy_z", "domains": ["b.test"]}, False),
        ({"name": "uid", "domains": ["b.test"]}, {"name": "uid", "domains": ["b.test", "c.test"]}, True),
        ({"name": "uid", "needs_vendor": True}, {"name": "uid", "needs_vendor": True}, False),
        ({"name": "_xy_z", "value": "a+"}, {"name": "_xy_z", "value": "b+"}, False),
    ],
)
def test_two_entries_of_which_one_can_never_be_chosen(faults, make_vendor, first, second, collides):
    """The same name, kind and scope under two vendors."""
    found = faults(make_vendor("a", cookie=[first]), make_vendor("b", cookie=[second]))
    assert any("stands also under" in text for text in found) is collides


def test_overlapping_patterns_of_two_vendors_are_a_warning(faults, make_vendor):
    """The longer one takes over what the other may have meant."""
    found = faults(make_vendor("a", cookie=[{"name": "_abc<n>"}]), make_vendor("b", cookie=[{"name": "_abc*"}]))
    assert found == ["warning: pattern _abc<n> is taken over by b's _abc*"]


def test_entries_that_change_nothing_are_a_warning(faults, make_vendor):
    """A host that its parent covers."""
    found = faults(make_vendor("a", hosts=["a.test", "x.a.test"], host=[{"name": "y.a.test"}]))
    assert [text.split(":")[0] for text in found] == ["warning", "warning"]
