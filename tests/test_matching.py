"""Declared names against observed ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.matching import clean, match


@pytest.mark.parametrize(
    ("declared", "observed"),
    [
        ("_ga", "_ga"),
        ("_GA", "_ga"),
        ("_ga_*", "_ga_AB12CD34EF"),
        ("_ga_<container-id>", "_ga_AB12CD34EF"),
        ("_ga_container-id", "_ga_AB12CD34EF"),
        ("_ga_XXXXXXXXXX", "_ga_AB12CD34EF"),
        ("_ga_ID", "_ga_AB12CD34EF"),
        ("_ga_[ID]", "_ga_AB12CD34EF"),
        ("_ga_…", "_ga_AB12CD34EF"),
        ("_ga_...", "_ga_AB12CD34EF"),
        ("_ga_", "_ga_AB12CD34EF"),
        ("\\_ga\\_\\*", "_ga_AB12CD34EF"),
        ("_ga_ZZ99YY88XX", "_ga_AB12CD34EF"),
        ("_gat_UA-XXXXXXX-X", "_gat_UA-1234567-1"),
        ("_gat_UA-nnnnnnn-nn", "_gat_UA-1234567-12"),
        ("_hjSession_{id}", "_hjSession_3421"),
        ("_hjSession_{site_id}", "_hjSession_3421"),
        ("_hjSession", "_hjSession_3421"),
        ("_hjSessionUser_ID", "_hjSessionUser_3421"),
        ("_pk_id.#", "_pk_id.1.1fff"),
        ("_pk_id", "_pk_id.1.1fff"),
        ("_pk_id.1.ab12", "_pk_id.7.1fff"),
        ("wordpress_logged_in_[hash]", "wordpress_logged_in_0123456789abcdef0123456789abcdef"),
        ("wordpress_logged_in", "wordpress_logged_in_0123456789abcdef0123456789abcdef"),
        ("ASPSESSIONIDXXXXXXXX", "ASPSESSIONIDSQBTQRTA"),
        ("__cf_bm [x2]", "__cf_bm"),
        ("__cf_bm (x2)", "__cf_bm"),
        ("_ga (Google Analytics)", "_ga"),
        ("„_ga“", "_ga"),
        ("`_ga`", "_ga"),
        ("'_ga',", "_ga"),
        ("_ga, _gid", "_gid"),
        ("_ga / _gid", "_ga"),
        ("*_session", "shop_session"),
        ("ab_%s", "ab_home"),
        ("sess_12345678-1234-1234-1234-123456789abc", "sess_87654321-4321-4321-4321-cba987654321"),
    ],
)
def test_a_declared_name_covers(declared: str, observed: str) -> None:
    assert match(declared, observed) is not None


@pytest.mark.parametrize(
    ("declared", "observed"),
    [
        ("_ga", "_gat"),
        ("_ga", "_gid"),
        ("_ga_*", "_gac_UA-1"),
        ("_ga_*", "_ga"),
        ("*", "_ga"),
        ("xxx", "_ga"),
        ("_*", "_ga"),
        ("{id}", "_ga"),
        ("id", "sid"),
        ("session", "session_token"),
        ("wordpress", "wordpress_test_cookie"),
        ("_pk_id", "_pk_ses.1.1fff"),
        ("_pk_id", "_pk_cvar"),
        ("user_id", "user_name"),
        ("my_session_id", "my_theme"),
        ("USER_ID", "USER_THEME"),
        ("", "_ga"),
        ("   ", "_ga"),
    ],
)
def test_a_declared_name_does_not_cover(declared: str, observed: str) -> None:
    assert match(declared, observed) is None


def test_a_name_that_exists_by_itself_covers_no_longer_one() -> None:
    """`_ga` lists the cookie `_ga`; the cookie of a measurement stream is another one."""
    assert match("_ga", "_ga_AB12CD34EF", frozenset({"_ga", "_ga_ab12cd34ef"})) is None
    assert match("_ga", "_ga_AB12CD34EF", frozenset({"_ga_ab12cd34ef"})) is not None


def test_the_exact_name_wins_over_the_pattern_and_the_longer_pattern_over_the_shorter() -> None:
    exact, long, short = match("_ga_x1", "_ga_x1"), match("_ga_*", "_ga_x1"), match("_ga*", "_ga_x1")
    assert exact is not None
    assert long is not None
    assert short is not None
    assert exact.level > long.level
    assert long.literal > short.literal


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_answered(declared: str, observed: str) -> None:
    match(declared, observed)
    assert clean(clean(declared)) == clean(declared)


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{2,30}[A-Za-z0-9]", fullmatch=True))
def test_every_plain_name_covers_itself(name: str) -> None:
    assert match(name, name) is not None
    assert match(f"“{name.upper()}”", name) is not None


def test_a_hostile_pattern_takes_no_time() -> None:
    """Thousands of stars against a long name end at once: the search is linear."""
    assert match("a*" * 3000 + "b", "a" * 20000) is None
