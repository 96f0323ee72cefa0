"""The words of the report: categories, states, severities, durations, sizes and times as a site's owner reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scanner.model.base import Category, Party, StateName
from scanner.model.declaration import ClaimCode
from scanner.model.finding import Confidence, Severity

CATEGORIES: tuple[Category, ...] = ("marketing", "analytics", "unknown", "functional", "necessary")
"""Categories, the ones that matter most to a visitor first."""

NEEDS_CONSENT: tuple[Category, ...] = ("marketing", "analytics")
"""Categories that, as a rule, need a visitor's consent."""

CATEGORY_LABELS: dict[Category, str] = {
    "marketing": "Advertising",
    "analytics": "Statistics",
    "unknown": "Unknown purpose",
    "functional": "Functional",
    "necessary": "Necessary",
}

SEVERITY_LABELS: dict[Severity, str] = {"high": "High", "medium": "Medium", "low": "Low", "info": "Note"}

CONFIDENCE_LABELS: dict[Confidence, str] = {
    "certain": "Certain: seen directly",
    "likely": "Likely: follows from what was seen",
    "check": "Please check: the signs point this way, a person should confirm it",
}

PARTY_LABELS: dict[Party, str] = {"first": "This site", "third": "Another site"}

STORAGE_LABELS: dict[str, str] = {
    "local": "Local storage",
    "session": "Session storage",
    "indexeddb": "Browser database (IndexedDB)",
    "cache": "Cache storage",
}

BEACON_LABELS: dict[str, str] = {
    "pixel": "Invisible picture (pixel)",
    "beacon": "Beacon (sendBeacon)",
    "ping": "Link ping",
    "fetch": "Script request",
    "script": "Script address",
    "css": "Style sheet address",
    "socket": "Open connection (WebSocket)",
}

TECHNIQUE_LABELS: dict[str, str] = {
    "canvas": "Canvas fingerprinting",
    "audio": "Audio fingerprinting",
    "webgl": "Graphics card fingerprinting (WebGL)",
    "fonts": "Font fingerprinting",
    "keystrokes": "Reading of keystrokes",
    "session-replay": "Session recording",
    "cname-cloaking": "Outside company under this site's name (CNAME)",
    "cookie-sync": "Identifiers exchanged between companies",
    "bounce-tracking": "Detour through another site",
}

_STATE_LABELS: dict[StateName, str] = {
    "before": "Before a choice",
    "accept": "After accepting",
    "reject": "After refusing",
    "withdraw": "After withdrawing",
    "gpc": "With Global Privacy Control",
}

_STATE_ORDER: tuple[StateName, ...] = ("before", "accept", "reject", "withdraw", "gpc")

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def state_label(state: StateName) -> str:
    """A consent state in words; a state for one category names the category."""
    if state.startswith("category:"):
        return f"Only “{state.partition(':')[2]}” accepted"
    return _STATE_LABELS.get(state, state)


def in_order(states: Iterable[StateName]) -> tuple[StateName, ...]:
    """Consent states in the order in which a report shows them."""
    known = {state: rank for rank, state in enumerate(_STATE_ORDER)}
    return tuple(sorted(set(states), key=lambda state: (known.get(state, len(known)), state)))


def number(value: int) -> str:
    """A whole number with thousands separated: `5,000`."""
    return f"{value:,}"


def count(value: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 cookie`, `5,000 cookies`."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def listing(names: Sequence[str], most: int = 3) -> str:
    """Names joined as in a sentence, the rest counted: `Meta, TikTok and 3 more`."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {number(len(names) - most + 1)} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def duration(seconds: float | None, *, session: bool = False) -> str:
    """A lifetime in words: `2 years`, `13 months`, `400 days`, `until the browser is closed`, `not known`.

    The largest unit that says it exactly (to half a percent) wins, so that 90 days do not turn into about 3 months.
    """
    if session:
        return "until the browser is closed"
    if seconds is None:
        return "not known"
    if seconds <= 0:
        return "deleted at once"
    days = seconds / _DAY
    if days >= 350 and _close(days, years := max(1, round(days / 365.25)), 365.25):
        return count(years, "year")
    if days >= 100 and (months := _months(days)):
        return count(months, "month")
    for size, unit in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        whole = round(seconds / size)
        if whole >= 1 and abs(seconds - whole * size) <= 0.005 * seconds:
            return count(whole, unit)
    for size, unit in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= 2 * size:
            return f"about {count(round(seconds / size), unit)}"
    return count(max(1, round(seconds)), "second")


def _months(days: float) -> int:
    """How many months so many days are, counting a month as 30 days or as a twelfth of a year; else 0."""
    return next((n for n in range(int(days // 31), int(days // 30) + 1) if 30 * n <= days <= 30.4375 * n + 0.5), 0)


def _close(days: float, units: int, size: float) -> bool:
    return abs(days - units * size) <= 0.005 * days


def elapsed(ms: float | None) -> str:
    """A time since a page began to load: `15 ms`, `1.2 s`, or `at a time not known`."""
    if ms is None:
        return "at a time not known"
    return f"{round(ms)} ms" if ms < 999.5 else f"{ms / 1000:,.1f} s"


def moment(utc: str | None) -> str:
    """A moment as people write it: `22 November 2026, 09:30 UTC`."""
    if utc is None:
        return "not known"
    date, _, clock = utc.partition("T")
    year, month, day = date.split("-")
    name = _MONTHS[int(month) - 1] if 1 <= int(month) <= 12 else month
    return f"{int(day)} {name} {year}, {clock[:5]} UTC"


def size(octets: int) -> str:
    """A size in decimal units: `812 B`, `4.2 kB`, `1.3 MB`."""
    if octets < 1000:
        return f"{octets} B"
    if octets < 1_000_000:
        return f"{octets / 1000:,.1f} kB"
    return f"{octets / 1_000_000:,.1f} MB"


def rule_label(rule: str) -> str:
    """A rule's name as words: `tracking-before-consent` reads `Tracking before consent`."""
    return rule.replace("-", " ").capitalize()


def clipped(text: str, most: int = 600) -> str:
    """A text of at most so many characters, with the number of characters left out."""
    return text if len(text) <= most else f"{text[:most]} … ({number(len(text) - most)} more characters)"


OUTCOME_LABELS: dict[str, str] = {
    "passed": "No fault found",
    "found": "Fault found",
    "inconclusive": "Could not be decided",
    "not-applicable": "Does not apply",
}

CLAIM_LABELS: dict[ClaimCode, str] = {
    "category_necessary": "Necessary cookies are in use",
    "category_functional": "Functional cookies are in use",
    "category_analytics": "Statistics cookies are in use",
    "category_marketing": "Advertising cookies are in use",
    "third_party_cookies_used": "Cookies of other companies are in use",
    "local_storage_used": "Browser storage is in use",
    "pixels_or_beacons_used": "Pixels or beacons are in use",
    "no_cookies": "No cookies are used",
    "no_tracking": "Visitors are not tracked",
    "only_necessary_cookies": "Only necessary cookies are used",
    "no_third_party_cookies": "No cookies of other companies are used",
    "no_marketing_cookies": "No advertising cookies are used",
    "no_analytics_cookies": "No statistics cookies are used",
    "prior_consent_nonessential": "Consent is asked before anything that is not necessary",
    "consent_banner": "A banner asks for consent",
    "implied_consent": "Using the site counts as consent",
    "consent_withdrawable": "Consent can be withdrawn",
    "necessary_no_consent": "Necessary cookies are set without consent",
    "consent_lifetime_stated": "How long a consent lasts is stated",
    "dnt_honoured": "Do Not Track or Global Privacy Control is respected",
    "control_browser_settings": "Cookies can be controlled in the browser",
    "control_preference_centre": "Cookies can be controlled in a settings page",
    "control_vendor_optout": "Single companies offer an opt-out",
    "control_industry_optout": "Industry pages offer an opt-out",
    "blocking_degrades_site": "Blocking cookies may impair the site",
    "no_sale": "Data are not sold",
    "no_third_party_sharing": "Data are not shared with others",
    "shares_with_service_providers": "Data are shared with service providers",
    "shares_with_ad_partners": "Data are shared with advertising partners",
    "discloses_to_authorities": "Data may be disclosed to authorities",
    "transfer_outside_eea": "Data leave the European Economic Area",
    "no_transfer_outside_eea": "Data do not leave the European Economic Area",
    "transfer_safeguards": "Transfers have safeguards",
    "ip_anonymised": "IP addresses are shortened or anonymised",
    "anonymous_or_aggregate": "Data are anonymous or aggregated",
    "retention_period_stated": "A retention period is stated",
    "retention_as_needed": "Data are kept as long as needed",
    "basis_consent": "Legal basis: consent",
    "basis_legitimate_interest": "Legal basis: legitimate interest",
    "basis_contract": "Legal basis: contract",
    "basis_legal_obligation": "Legal basis: legal obligation",
    "controller_identified": "The responsible company is named",
    "contact_given": "A contact is given",
    "dpo_mentioned": "A data protection officer is mentioned",
    "complaint_authority": "The right to complain to an authority is mentioned",
    "data_subject_rights": "Visitors' rights are mentioned",
    "children_statement": "Children are mentioned",
}
