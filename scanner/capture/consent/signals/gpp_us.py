"""The sections of an IAB Global Privacy Platform string for the United States: opt-outs, notices, and GPC.

Source: "Global Privacy Platform", IAB Tech Lab, Sections/US-National and Sections/US-States, and the list of section
ids in "Section Information". A section is a core segment and, after a full stop, further ones that begin with their
type in two bits; type 1 carries the Global Privacy Control signal. The core is a version of six bits, then fields of
two bits each, some of them lists.

Sections 24 and above (Maryland, Indiana, Kentucky, Rhode Island) are laid out in another way, whose specification was
still open to comment: they are not decoded.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.capture.consent.signals.tcf import Bits, NotATcStringError

_GPC_SEGMENT = 1

_NOTICE = ("not-applicable", "provided", "not-provided", None)
_OPT_OUT = ("not-applicable", "opted-out", "not-opted-out", None)
_YES_NO = ("not-applicable", "yes", "no", None)

Field = tuple[str, int]
"""A field's name and its length: 0 for one value, else the number of values in its list."""

Value = str | int | tuple[int, ...] | None


@dataclass(frozen=True)
class Layout:
    """The core segment of one version of one section."""

    prefix: str
    version: int
    fields: tuple[Field, ...]
    gpc: bool


@dataclass(frozen=True)
class UsSection:
    """A decoded section.

    `prefix` is the name of the section in the client-side interface (`usca`). `fields` keep the order of the section:
    notices are `provided`, `not-provided` or `not-applicable`; opt-outs `opted-out`, `not-opted-out` or
    `not-applicable`; the fields of the Multi-State Privacy Agreement `yes`, `no` or `not-applicable`; null stands for
    a value that the specification does not give. Consents and sensitive data stay numbers, since editions of the
    specification disagree on which number means consent. `gpc` is null where the section has no such segment.
    """

    prefix: str
    version: int
    fields: dict[str, Value]
    gpc: bool | None

    @property
    def opt_outs(self) -> dict[str, str]:
        """What was opted out of, or not: of the sale, the sharing, targeted advertising. What does not apply is left
        out."""
        given = ((name, value) for name, value in self.fields.items() if name.endswith("_opt_out"))
        return {name: value for name, value in given if value in ("opted-out", "not-opted-out")}


_SELLING: tuple[Field, ...] = (("sale_opt_out_notice", 0), ("targeted_advertising_opt_out_notice", 0))
_CHOICES: tuple[Field, ...] = (("sale_opt_out", 0), ("targeted_advertising_opt_out", 0))
_MSPA: tuple[Field, ...] = (
    ("mspa_covered_transaction", 0),
    ("mspa_opt_out_option_mode", 0),
    ("mspa_service_provider_mode", 0),
)


def _national(version: int, sensitive: int, children: int) -> Layout:
    fields: tuple[Field, ...] = (
        ("sharing_notice", 0),
        ("sale_opt_out_notice", 0),
        ("sharing_opt_out_notice", 0),
        ("targeted_advertising_opt_out_notice", 0),
        ("sensitive_data_processing_opt_out_notice", 0),
        ("sensitive_data_limit_use_notice", 0),
        ("sale_opt_out", 0),
        ("sharing_opt_out", 0),
        ("targeted_advertising_opt_out", 0),
        ("sensitive_data_processing", sensitive),
        ("known_child_sensitive_data_consents", children),
        ("personal_data_consents", 0),
        *_MSPA,
    )
    return Layout("usnat", version, fields, gpc=True)


_CALIFORNIA = Layout(
    "usca",
    1,
    (
        ("sale_opt_out_notice", 0),
        ("sharing_opt_out_notice", 0),
        ("sensitive_data_limit_use_notice", 0),
        ("sale_opt_out", 0),
        ("sharing_opt_out", 0),
        ("sensitive_data_processing", 9),
        ("known_child_sensitive_data_consents", 2),
        ("personal_data_consents", 0),
        *_MSPA,
    ),
    gpc=True,
)


def _state(
    prefix: str, first: str, sensitive: int, children: int, *, opt_out_of: str = "", more: bool = True, gpc: bool = True
) -> Layout:
    """A state whose section follows the common plan.

    `first` is its first notice, `opt_out_of` a notice about sensitive data where it has one, `more` whether consent to
    further processing has a field.
    """
    fields: tuple[Field, ...] = (
        (first, 0),
        *_SELLING,
        *(((opt_out_of, 0),) if opt_out_of else ()),
        *_CHOICES,
        ("sensitive_data_processing", sensitive),
        ("known_child_sensitive_data_consents", children),
        *((("additional_data_processing_consent", 0),) if more else ()),
        *_MSPA,
    )
    return Layout(prefix, 1, fields, gpc)


_SENSITIVE = "sensitive_data_processing_opt_out_notice"

SECTIONS: dict[int, tuple[Layout, ...]] = {
    7: (_national(1, 12, 2), _national(2, 16, 3)),
    8: (_CALIFORNIA,),
    9: (_state("usva", "sharing_notice", 8, 0, more=False, gpc=False),),
    10: (_state("usco", "sharing_notice", 7, 0, more=False),),
    11: (_state("usut", "sharing_notice", 8, 0, opt_out_of=_SENSITIVE, more=False, gpc=False),),
    12: (_state("usct", "sharing_notice", 8, 3, more=False),),
    13: (_state("usfl", "processing_notice", 8, 3, gpc=False),),
    14: (_state("usmt", "sharing_notice", 8, 3),),
    15: (_state("usor", "processing_notice", 11, 3),),
    16: (_state("ustx", "processing_notice", 8, 0),),
    17: (_state("usde", "processing_notice", 9, 5),),
    18: (_state("usia", "processing_notice", 8, 0, opt_out_of="sensitive_data_opt_out_notice", more=False),),
    19: (_state("usne", "processing_notice", 8, 0),),
    20: (_state("usnh", "processing_notice", 8, 3),),
    21: (_state("usnj", "processing_notice", 10, 5),),
    22: (_state("ustn", "processing_notice", 8, 0),),
    23: (_state("usmn", "processing_notice", 8, 0),),
}
"""The layouts of each section id, one for each of its versions."""


def decode(number: int, text: str) -> UsSection | None:
    """Decode one section; null for a section, or a version of one, whose layout is not known.

    Raises `NotATcStringError` for a text that is cut short or no base64url.
    """
    core, *others = text.split(".")
    bits = Bits(core)
    version = bits.number(6)
    layout = next((known for known in SECTIONS.get(number, ()) if known.version == version), None)
    if layout is None:
        return None
    fields = {name: _value(name, length, bits) for name, length in layout.fields}
    return UsSection(layout.prefix, version, fields, _gpc(others) if layout.gpc else None)


def _value(name: str, length: int, bits: Bits) -> Value:
    if length:
        return tuple(bits.number(2) for _ in range(length))
    number = bits.number(2)
    if name.endswith("_notice"):
        return _NOTICE[number]
    if name.endswith("_opt_out"):
        return _OPT_OUT[number]
    return _YES_NO[number] if name.startswith("mspa_") else number


def _gpc(segments: list[str]) -> bool | None:
    for segment in segments:
        bits = Bits(segment)
        if bits.number(2) == _GPC_SEGMENT:
            return bits.flag()
    return None


def read(sections: dict[int, str]) -> dict[str, UsSection]:
    """All sections of a string that can be decoded, by their prefix. One that cannot be read is left out."""
    found: dict[str, UsSection] = {}
    for number, text in sections.items():
        try:
            section = decode(number, text) if number in SECTIONS else None
        except NotATcStringError:
            continue
        if section is not None:
            found[section.prefix] = section
    return found
