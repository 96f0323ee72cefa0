"""Regional profiles: which rules apply where a site's visitors live, and which law a finding then refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.audit import legal
from scanner.audit.legal import LegalReference
from scanner.audit.message import mark
from scanner.errors import UsageError

_GDPR = (
    legal.GDPR_4_11,
    legal.GDPR_5_1_A,
    legal.GDPR_5_1_E,
    legal.GDPR_6_1,
    legal.GDPR_7,
    legal.GDPR_7_3,
    legal.GDPR_12_13,
    legal.GDPR_13_1_E,
    legal.GDPR_21_5,
    legal.GDPR_25,
    legal.GDPR_32,
    legal.GDPR_44,
)
_EU_GUIDANCE = (
    legal.EDPB_CONSENT,
    legal.EDPB_BANNERS,
    legal.EDPB_TECHNICAL_SCOPE,
    legal.WP29_EXEMPTION,
    legal.CNIL_GUIDELINES,
    legal.CNIL_AUDIENCE,
    legal.GARANTE_GUIDELINES,
    legal.AEPD_GUIDE,
)
_EU_COURT = (legal.PLANET49, legal.FASHION_ID, legal.SCHREMS_II)

_OPT_IN_RULES = frozenset(
    {
        "tracking-before-consent",
        "tracking-without-banner",
        "no-reject-option",
        "reject-harder-than-accept",
        "preselected-choices",
        "cookie-wall",
    }
)


@dataclass(frozen=True)
class Profile:
    """A region. `off` names the rules that its law does not ask for; `replaces` maps references of the EU to its own
    (null: left out)."""

    name: str
    title: str
    note: str
    off: frozenset[str] = frozenset()
    replaces: Mapping[LegalReference, LegalReference | None] = field(default_factory=dict)

    def legal(self, references: tuple[LegalReference, ...]) -> tuple[LegalReference, ...]:
        """The references of a rule as they read in this region, each once."""
        mapped = (self.replaces.get(reference, reference) for reference in references)
        return tuple(dict.fromkeys(reference for reference in mapped if reference is not None))


def _mapping(
    pairs: dict[LegalReference, LegalReference | None], rest: tuple[LegalReference, ...], to: LegalReference | None
) -> Mapping[LegalReference, LegalReference | None]:
    return {**dict.fromkeys(rest, to), **pairs}


PROFILES: tuple[Profile, ...] = (
    Profile(
        name="eu",
        title=mark("European Union and European Economic Area"),
        note="Storing on, or reading from, a visitor's device needs prior consent unless it is strictly necessary. "
        "The ePrivacy Directive is carried out by national law, which may differ in detail. A browser signal "
        "(Global Privacy Control) binds nobody by itself here.",
        off=frozenset({"gpc-ignored"}),
    ),
    Profile(
        name="uk",
        title=mark("United Kingdom"),
        note="As in the European Union, by the Privacy and Electronic Communications Regulations and the UK GDPR.",
        off=frozenset({"gpc-ignored"}),
        replaces=_mapping(
            {legal.EPRIVACY_5_3: legal.PECR_6, **dict.fromkeys(_EU_GUIDANCE, legal.ICO_GUIDANCE)}, _GDPR, legal.UK_GDPR
        ),
    ),
    Profile(
        name="ch",
        title=mark("Switzerland"),
        note="Visitors must be informed and able to refuse; prior consent is not asked for in general. Rules on "
        "prior consent are switched off; what a site promises, and whether it respects a refusal, is checked.",
        off=_OPT_IN_RULES | {"gpc-ignored"},
        replaces=_mapping(
            {legal.EPRIVACY_5_3: legal.SWISS_FMG_45C}, (*_GDPR, *_EU_GUIDANCE, *_EU_COURT), legal.SWISS_FADP
        ),
    ),
    Profile(
        name="us-ca",
        title=mark("California"),
        note="Visitors may opt out of sale and sharing, also by the browser signal Global Privacy Control; prior "
        "consent is not asked for in general. Rules on prior consent are switched off.",
        off=_OPT_IN_RULES,
        replaces=_mapping(
            {
                legal.EPRIVACY_5_3: legal.CCPA_135,
                legal.GDPR_21_5: legal.CCPA_135,
                legal.GDPR_7_3: legal.CCPA_135,
                legal.GDPR_12_13: legal.CCPA_100,
                legal.GDPR_13_1_E: legal.CCPA_100,
                legal.GDPR_5_1_A: legal.CCPA_100,
            },
            (*_GDPR, *_EU_GUIDANCE, *_EU_COURT),
            None,
        ),
    ),
)


def profile_named(name: str) -> Profile:
    """The profile of that name; raises `UsageError` with the names that exist."""
    for profile in PROFILES:
        if profile.name == name:
            return profile
    known = ", ".join(profile.name for profile in PROFILES)
    raise UsageError(f"unknown profile {name!r}: known are {known}")
