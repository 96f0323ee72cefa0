"""What a site says of itself: the cookies, vendors and claims of its policy, each with the words that say so."""

from __future__ import annotations

from typing import Literal, get_args

from scanner.model.base import DeclaredCategory, Model, Party, UtcTime

PurposeCategory = Literal[
    "analytics",
    "marketing",
    "social",
    "functional",
    "security",
    "payment",
    "hosting",
    "email",
    "error_monitoring",
    "consent",
    "necessary",
    "other",
]

ClaimCode = Literal[
    "category_necessary",
    "category_functional",
    "category_analytics",
    "category_marketing",
    "third_party_cookies_used",
    "local_storage_used",
    "pixels_or_beacons_used",
    "no_cookies",
    "no_tracking",
    "only_necessary_cookies",
    "no_third_party_cookies",
    "no_marketing_cookies",
    "no_analytics_cookies",
    "prior_consent_nonessential",
    "consent_banner",
    "implied_consent",
    "consent_withdrawable",
    "necessary_no_consent",
    "consent_lifetime_stated",
    "dnt_honoured",
    "control_browser_settings",
    "control_preference_centre",
    "control_vendor_optout",
    "control_industry_optout",
    "blocking_degrades_site",
    "no_sale",
    "no_third_party_sharing",
    "shares_with_service_providers",
    "shares_with_ad_partners",
    "discloses_to_authorities",
    "transfer_outside_eea",
    "no_transfer_outside_eea",
    "transfer_safeguards",
    "ip_anonymised",
    "anonymous_or_aggregate",
    "retention_period_stated",
    "retention_as_needed",
    "basis_consent",
    "basis_legitimate_interest",
    "basis_contract",
    "basis_legal_obligation",
    "controller_identified",
    "contact_given",
    "dpo_mentioned",
    "complaint_authority",
    "data_subject_rights",
    "children_statement",
]
CLAIM_CODES: tuple[str, ...] = get_args(ClaimCode)

Duration = int | Literal["session", "persistent"] | None
"""Seconds, or one of the two words, or null where nothing is said."""


class Source(Model):
    """One document that was read. `retrieved` is null for a file given by the user. `kind` tells a text that visitors
    can read from a list of cookies that a consent platform loads for its dialogue."""

    url: str
    kind: Literal["page", "list"] = "page"
    title: str = ""
    language: str | None = None
    retrieved: UtcTime | None = None
    sha256: str


class DeclaredCookie(Model):
    """One declared row. `name` is as written; `quote` the words of the row; `source` the document's address."""

    name: str
    provider: str | None = None
    category: DeclaredCategory | None = None
    purpose: str | None = None
    duration: Duration = None
    duration_text: str | None = None
    party: Party | None = None
    quote: str
    source: str


class DeclaredVendor(Model):
    """A company or service that the policy names as active on this site."""

    name: str
    purpose_category: PurposeCategory | None = None
    quote: str
    source: str


class Claim(Model):
    """A statement about this site's own practice; `evidence` is verbatim."""

    code: ClaimCode
    evidence: str
    source: str


class Remark(Model):
    """Something of note about the policy itself. `subject` is the placeholder as written, the name of the thing that
    no longer exists, or the date of the last change (ISO 8601); `quote` is verbatim."""

    kind: Literal["placeholder", "outdated", "last_changed"]
    subject: str
    quote: str
    source: str


class Declaration(Model):
    """All that was read from all policy documents of a site, every list sorted."""

    found: bool
    sources: tuple[Source, ...] = ()
    policy_language: str | None = None
    cookies: tuple[DeclaredCookie, ...] = ()
    vendors: tuple[DeclaredVendor, ...] = ()
    claims: tuple[Claim, ...] = ()
    remarks: tuple[Remark, ...] = ()
