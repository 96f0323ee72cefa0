"""Sections of GPP strings for the United States, written bit by bit after the specification and read back."""

from __future__ import annotations

import string

import pytest

from scanner.capture.consent.signals import gpp, gpp_us, tcf
from scanner.capture.consent.signals.reading import us_values

_SIGNS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_MSPA = "10" + "00" + "01"  # no covered transaction; option mode not applicable; service provider mode


def _encode(bits: str) -> str:
    bits += "0" * (-len(bits) % 6)
    return "".join(_SIGNS[int(bits[i : i + 6], 2)] for i in range(0, len(bits), 6))


def _fibonacci(number: int) -> str:
    """Fibonacci coding, the other way round than it is read: the largest part first."""
    parts = [1, 2]
    while parts[-1] <= number:
        parts.append(parts[-1] + parts[-2])
    bits, rest = "", number
    for part in reversed(parts[:-1]):
        bits, rest = ("1" + bits, rest - part) if part <= rest else ("0" + bits, rest)
    return bits.rstrip("0") + "1"


def _header(*numbers: int) -> str:
    bits = f"{3:06b}{1:06b}{len(numbers):012b}"
    for last, number in zip((0, *numbers), numbers, strict=False):
        bits += "0" + _fibonacci(number - last)
    return _encode(bits)


_GPC_ON, _GPC_OFF = _encode("01" + "1"), _encode("01" + "0")
_CALIFORNIA = (
    "000001"  # version 1
    + "01" + "01" + "10"  # notices: sale, sharing, limit of the use of sensitive data
    + "01" + "10"  # opted out of the sale, not of the sharing
    + "01" * 9 + "10" * 2 + "00"
    + _MSPA
)  # fmt: skip
_NATIONAL = "01" + "01" + "10" + "01" + "00" + "00" + "01" + "10" + "01"


def test_california_is_read_bit_for_bit() -> None:
    """Notices, opt-outs, lists, the agreement's fields, and the segment of Global Privacy Control."""
    found = gpp_us.decode(8, f"{_encode(_CALIFORNIA)}.{_GPC_ON}")
    assert found == gpp_us.UsSection(
        "usca",
        1,
        {
            "sale_opt_out_notice": "provided",
            "sharing_opt_out_notice": "provided",
            "sensitive_data_limit_use_notice": "not-provided",
            "sale_opt_out": "opted-out",
            "sharing_opt_out": "not-opted-out",
            "sensitive_data_processing": (1,) * 9,
            "known_child_sensitive_data_consents": (2, 2),
            "personal_data_consents": 0,
            "mspa_covered_transaction": "no",
            "mspa_opt_out_option_mode": "not-applicable",
            "mspa_service_provider_mode": "yes",
        },
        gpc=True,
    )


@pytest.mark.parametrize(("version", "sensitive", "children"), [(1, 12, 2), (2, 16, 3)])
def test_both_versions_of_the_national_section_are_told_apart(version: int, sensitive: int, children: int) -> None:
    """The second version has longer lists, so that what follows them stands elsewhere."""
    bits = f"{version:06b}" + _NATIONAL + "10" * sensitive + "01" * children + "01" + _MSPA
    found = gpp_us.decode(7, _encode(bits) + "." + _GPC_OFF)
    assert found is not None
    assert (found.prefix, found.version, found.gpc) == ("usnat", version, False)
    opted = [found.fields[f"{name}_opt_out"] for name in ("sale", "sharing", "targeted_advertising")]
    assert opted == ["opted-out", "not-opted-out", "opted-out"]
    assert found.fields["sensitive_data_processing"] == (2,) * sensitive
    assert found.fields["known_child_sensitive_data_consents"] == (1,) * children
    assert found.fields["mspa_service_provider_mode"] == "yes"


@pytest.mark.parametrize(
    ("number", "prefix", "notices", "sensitive", "children", "more"),
    [
        (9, "usva", 3, 8, 1, 0),
        (10, "usco", 3, 7, 1, 0),
        (11, "usut", 4, 8, 1, 0),
        (12, "usct", 3, 8, 3, 0),
        (13, "usfl", 3, 8, 3, 1),
        (14, "usmt", 3, 8, 3, 1),
        (15, "usor", 3, 11, 3, 1),
        (16, "ustx", 3, 8, 1, 1),
        (17, "usde", 3, 9, 5, 1),
        (18, "usia", 4, 8, 1, 0),
        (19, "usne", 3, 8, 1, 1),
        (20, "usnh", 3, 8, 3, 1),
        (21, "usnj", 3, 10, 5, 1),
        (22, "ustn", 3, 8, 1, 1),
        (23, "usmn", 3, 8, 1, 1),
    ],
)
def test_every_state_is_read_to_its_last_bit(
    number: int, prefix: str, notices: int, sensitive: int, children: int, more: int
) -> None:
    """Opt-outs stand where they were written, and the last fields too; one bit less is cut short."""
    bits = "000001" + "01" * notices + "01" + "10" + "00" * (sensitive + children + more) + _MSPA
    found = gpp_us.decode(number, _encode(bits))
    assert found is not None
    assert (found.prefix, found.gpc) == (prefix, None)
    assert {found.fields[name] for name in found.fields if name.endswith("_notice")} == {"provided"}
    assert found.fields["sale_opt_out"] == "opted-out"
    assert found.fields["targeted_advertising_opt_out"] == "not-opted-out"
    assert [found.fields[f"mspa_{name}"] for name in ("covered_transaction", "service_provider_mode")] == ["no", "yes"]
    short = bits[: (len(bits) - 1) // 6 * 6]
    with pytest.raises(tcf.NotATcStringError):
        gpp_us.decode(number, _encode(short))


def test_a_value_that_the_specification_does_not_give_is_null() -> None:
    """Two bits can say 3; no field means anything by it."""
    found = gpp_us.decode(8, _encode(_CALIFORNIA[:6] + "11" + _CALIFORNIA[8:]))
    assert found is not None
    assert (found.fields["sale_opt_out_notice"], found.fields["sale_opt_out"]) == (None, "opted-out")


def test_a_string_that_another_encoder_wrote_is_read_the_same() -> None:
    """By the IAB Tech Lab's own library (@iabgpp/cmpapi 3.2.0): opted out of the sale, GPC where there is one."""
    text = (
        "DBABrJg~CEAZAAAAAACA.YA~BAQAAACI.YA~BAYAACI~BAYAAIg.YA~BAGAAAiA~BAYAAAIg.YA~BAYAAACI~BAYAAACI.YA~BAYAAAACIA.YA"
        "~BAYAAAiA.YA~BAYAAAACIA.YA~BAGAAAiA.YA~BAYAAAiA.YA~BAYAAACI.YA~BAYAAAAAiA.YA~BAYAAAiA.YA~BAYAAAiA.YA"
    )
    found = gpp_us.read(gpp.decode(text).sections)
    assert len(found) == len(gpp_us.SECTIONS)
    assert {section.fields["sale_opt_out"] for section in found.values()} == {"opted-out"}
    assert {prefix for prefix, section in found.items() if section.gpc is None} == {"usva", "usut", "usfl"}
    assert {section.gpc for section in found.values()} == {True, None}
    national = found.pop("usnat")
    assert (national.version, national.fields["sharing_opt_out"]) == (2, "not-opted-out")
    assert national.fields["mspa_covered_transaction"] == "no"
    for section in found.values():
        if section.prefix != "usca":
            assert section.fields["targeted_advertising_opt_out"] == "not-opted-out"
        assert section.fields["mspa_covered_transaction"] == "no"
        assert section.fields["mspa_service_provider_mode"] == "no"


@pytest.mark.parametrize(("number", "text"), [(7, _encode("000011" + "01" * 40)), (24, "YAAA"), (99, "BAAA")])
def test_an_unknown_section_or_version_is_not_guessed(number: int, text: str) -> None:
    """A layout that is not known says nothing."""
    assert gpp_us.decode(number, text) is None


def test_a_whole_string_gives_what_can_be_read_of_it() -> None:
    """Beside sections of other regions; a broken one is left out and spoils nothing."""
    virginia = _encode("000001" + "01" * 3 + "10" + "01" + "00" * 9 + _MSPA)
    text = "~".join((_header(2, 8, 9, 12), "CPXxRfA", f"{_encode(_CALIFORNIA)}.{_GPC_ON}", virginia, "B"))
    sections = gpp.decode(text).sections
    assert sorted(sections) == [2, 8, 9, 12]
    found = gpp_us.read(sections)
    assert sorted(found) == ["usca", "usva"]
    assert found["usva"].fields["sale_opt_out"] == "not-opted-out"
    shown = us_values(found["usca"])
    assert (shown["version"], shown["sale_opt_out"], shown["gpc"]) == (1, "opted-out", True)
    assert shown["sensitive_data_processing"] == [1] * 9
    assert "gpc" not in us_values(found["usva"])
