"""TC strings read by two decoders: ours, and one that others wrote."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.capture.consent.signals import tcf
from tests.capture.consent.signals.test_strings import _tc

iab_tcf = pytest.importorskip("iab_tcf")

_PURPOSES = st.frozensets(st.integers(1, 11), max_size=11)
_VENDORS = st.frozensets(st.integers(1, 300), max_size=12)


@settings(max_examples=25)
@given(purposes=_PURPOSES, interests=_PURPOSES, vendors=_VENDORS, ranges=st.booleans())
def test_both_decoders_read_the_same(
    purposes: frozenset[int], interests: frozenset[int], vendors: frozenset[int], *, ranges: bool
) -> None:
    """Purposes, legitimate interests and vendors, as bits and as ranges."""
    text = _tc(purposes, interests, vendors, ranges=ranges, disclosed=frozenset()).split(".")[0]
    ours, theirs = tcf.decode(text), iab_tcf.decode(text)
    assert ours.purposes == {n for n, on in theirs.purposes_consent.items() if on}
    assert ours.legitimate_interests == {n for n, on in theirs.purposes_legitimate_interests.items() if on}
    assert ours.vendors == {n for n in range(1, 301) if theirs.is_vendor_allowed(n)}
    assert (ours.cmp_id, ours.cmp_version, ours.vendor_list) == (
        theirs.cmp_id,
        theirs.cmp_version,
        theirs.vendor_list_version,
    )
    assert ours.language.encode() == theirs.consent_language
    assert ours.publisher_country.encode() == theirs.publisher_cc
