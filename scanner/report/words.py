"""The words of the report: categories, states, severities, durations, sizes and times as a site's owner reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scanner.messages import Labels, Message, language, number
from scanner.model.base import Category, Party, StateName
from scanner.model.finding import Confidence, Severity

CATEGORIES: tuple[Category, ...] = ("marketing", "analytics", "unknown", "functional", "necessary")
"""Categories, the ones that matter most to a visitor first."""

NEEDS_CONSENT: tuple[Category, ...] = ("marketing", "analytics")
"""Categories that, as a rule, need a visitor's consent."""

CATEGORY_LABELS: Labels[Category] = Labels(
    {
        "marketing": Message("Advertising"),
        "analytics": Message("Statistics"),
        "unknown": Message("Unknown purpose"),
        "functional": Message("Functional"),
        "necessary": Message("Necessary"),
    }
)

SEVERITY_LABELS: Labels[Severity] = Labels(
    {"high": Message("High"), "medium": Message("Medium"), "low": Message("Low"), "info": Message("Note")}
)

CONFIDENCE_LABELS: Labels[Confidence] = Labels(
    {
        "certain": Message("Certain: seen directly"),
        "likely": Message("Likely: follows from what was seen"),
        "check": Message("Please check: the signs point this way, a person should confirm it"),
    }
)

PARTY_LABELS: Labels[Party] = Labels({"first": Message("This site"), "third": Message("Another site")})

STORAGE_LABELS: Labels[str] = Labels(
    {
        "local": Message("Local storage"),
        "session": Message("Session storage"),
        "indexeddb": Message("Browser database (IndexedDB)"),
        "cache": Message("Cache storage"),
    }
)

BEACON_LABELS: Labels[str] = Labels(
    {
        "pixel": Message("Invisible picture (pixel)"),
        "beacon": Message("Beacon (sendBeacon)"),
        "ping": Message("Link ping"),
        "fetch": Message("Script request"),
        "script": Message("Script address"),
        "css": Message("Style sheet address"),
        "socket": Message("Open connection (WebSocket)"),
    }
)

TECHNIQUE_LABELS: Labels[str] = Labels(
    {
        "canvas": Message("Canvas fingerprinting"),
        "audio": Message("Audio fingerprinting"),
        "webgl": Message("Graphics card fingerprinting (WebGL)"),
        "fonts": Message("Font fingerprinting"),
        "keystrokes": Message("Reading of keystrokes"),
        "session-replay": Message("Session recording"),
        "cname-cloaking": Message("Outside company under this site's name (CNAME)"),
        "cookie-sync": Message("Identifiers exchanged between companies"),
        "bounce-tracking": Message("Detour through another site"),
    }
)

_STATE_LABELS: Labels[StateName] = Labels(
    {
        "before": Message("Before a choice"),
        "accept": Message("After accepting"),
        "reject": Message("After refusing"),
        "withdraw": Message("After withdrawing"),
        "gpc": Message("With Global Privacy Control"),
    }
)

_STATE_ORDER: tuple[StateName, ...] = ("before", "accept", "reject", "withdraw", "gpc")

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MONTHS = (
    Message("January"),
    Message("February"),
    Message("March"),
    Message("April"),
    Message("May"),
    Message("June"),
    Message("July"),
    Message("August"),
    Message("September"),
    Message("October"),
    Message("November"),
    Message("December"),
)

_YEARS = Message("{count} year", "{count} years")
_MONTHS_LONG = Message("{count} month", "{count} months")
_UNITS = (
    (_DAY, Message("{count} day", "{count} days"), Message("about {count} day", "about {count} days")),
    (_HOUR, Message("{count} hour", "{count} hours"), Message("about {count} hour", "about {count} hours")),
    (_MINUTE, Message("{count} minute", "{count} minutes"), Message("about {count} minute", "about {count} minutes")),
)
_SECONDS = Message("{count} second", "{count} seconds")
_SESSION = Message("until the browser is closed")
_NOT_KNOWN = Message("not known")
_AT_ONCE = Message("deleted at once")
_NO_TIME = Message("at a time not known")
_DATE = Message("{day} {month} {year}")
_MOMENT = Message("{day} {month} {year}, {clock} UTC")
_ONLY = Message("Only “{category}” accepted")
_AND = Message("{first} and {last}")
_AND_MORE = Message("{names} and {count} more", "{names} and {count} more")
_CLIPPED = Message("{text} … ({count} more character)", "{text} … ({count} more characters)")


def state_label(state: StateName) -> str:
    """A consent state in words; a state for one category names the category."""
    if state.startswith("category:"):
        return _ONLY(category=state.partition(":")[2])
    return _STATE_LABELS.get(state, state)


def in_order(states: Iterable[StateName]) -> tuple[StateName, ...]:
    """Consent states in the order in which a report shows them."""
    known = {state: rank for rank, state in enumerate(_STATE_ORDER)}
    return tuple(sorted(set(states), key=lambda state: (known.get(state, len(known)), state)))


def inside(text: str) -> str:
    """A label as it stands inside a sentence: a small first letter, but not in German, where nouns keep theirs."""
    return text if language() == "de" or text[1:2].isupper() else text[:1].lower() + text[1:]


def listing(names: Sequence[str], most: int = 3) -> str:
    """Names joined as in a sentence, the rest counted: `Meta, TikTok and 3 more`."""
    if len(names) > most:
        return _AND_MORE(len(names) - most + 1, names=", ".join(names[: most - 1]))
    if len(names) < 2:
        return "".join(names)
    return _AND(first=", ".join(names[:-1]), last=names[-1])


def duration(seconds: float | None, *, session: bool = False) -> str:
    """A lifetime in words: `2 years`, `13 months`, `400 days`, `until the browser is closed`, `not known`.

    The largest unit that says it exactly (to half a percent) wins, so that 90 days do not turn into about 3 months.
    """
    if session:
        return _SESSION()
    if seconds is None:
        return _NOT_KNOWN()
    if seconds <= 0:
        return _AT_ONCE()
    days = seconds / _DAY
    if days >= 350 and _close(days, years := max(1, round(days / 365.25)), 365.25):
        return _YEARS(years)
    if days >= 100 and (months := _months(days)):
        return _MONTHS_LONG(months)
    for length, exactly, _ in _UNITS:
        whole = round(seconds / length)
        if whole >= 1 and abs(seconds - whole * length) <= 0.005 * seconds:
            return exactly(whole)
    for length, _, about in _UNITS:
        if seconds >= 2 * length:
            return about(round(seconds / length))
    return _SECONDS(max(1, round(seconds)))


def _months(days: float) -> int:
    """How many months so many days are, counting a month as 30 days or as a twelfth of a year; else 0."""
    return next((n for n in range(int(days // 31), int(days // 30) + 1) if 30 * n <= days <= 30.4375 * n + 0.5), 0)


def _close(days: float, units: int, size: float) -> bool:
    return abs(days - units * size) <= 0.005 * days


def elapsed(ms: float | None) -> str:
    """A time since a page began to load: `15 ms`, `1.2 s`, or `at a time not known`."""
    if ms is None:
        return _NO_TIME()
    return f"{number(round(ms))} ms" if ms < 999.5 else f"{number(ms / 1000, 1)} s"


def moment(utc: str | None) -> str:
    """A moment as people write it: `22 November 2026, 09:30 UTC`."""
    if utc is None:
        return _NOT_KNOWN()
    return _MOMENT(**_date(utc), clock=utc.partition("T")[2][:5])


def day(iso: str) -> str:
    """A day as people write it: `22 November 2026`."""
    return _DATE(**_date(iso))


def _date(iso: str) -> dict[str, object]:
    year, month, date = iso.partition("T")[0].split("-")
    name = _MONTHS[int(month) - 1]() if 1 <= int(month) <= 12 else month
    return {"day": int(date), "month": name, "year": year}


def size(octets: int) -> str:
    """A size in decimal units: `812 B`, `4.2 kB`, `1.3 MB`."""
    if octets < 1000:
        return f"{octets} B"
    if octets < 1_000_000:
        return f"{number(octets / 1000, 1)} kB"
    return f"{number(octets / 1_000_000, 1)} MB"


def rule_label(rule: str) -> str:
    """A rule's name as words: `tracking-before-consent` reads `Tracking before consent`."""
    label = _RULE_LABELS.get(rule)
    return label if label is not None else rule.replace("-", " ").capitalize()


def clipped(text: str, most: int = 600) -> str:
    """A text of at most so many characters, with the number of characters left out."""
    return text if len(text) <= most else _CLIPPED(len(text) - most, text=text[:most])


_RULE_LABELS: Labels[str] = Labels(
    {
        "tracking-before-consent": Message("Tracking before consent"),
        "tracking-after-reject": Message("Tracking after reject"),
        "tracking-without-banner": Message("Tracking without banner"),
        "no-reject-option": Message("No reject option"),
        "reject-harder-than-accept": Message("Reject harder than accept"),
        "preselected-choices": Message("Preselected choices"),
        "no-withdrawal": Message("No withdrawal"),
        "withdrawal-ignored": Message("Withdrawal ignored"),
        "choice-not-remembered": Message("Choice not remembered"),
        "cookie-wall": Message("Cookie wall"),
        "consent-signal-mismatch": Message("Consent signal mismatch"),
        "gpc-ignored": Message("GPC ignored"),
        "category-not-respected": Message("Category not respected"),
        "policy-missing": Message("Policy missing"),
        "undeclared-cookie": Message("Undeclared cookie"),
        "undeclared-storage": Message("Undeclared storage"),
        "undeclared-vendor": Message("Undeclared vendor"),
        "declared-not-observed": Message("Declared not observed"),
        "category-mismatch": Message("Category mismatch"),
        "lifetime-mismatch": Message("Lifetime mismatch"),
        "party-mismatch": Message("Party mismatch"),
        "vendor-mismatch": Message("Vendor mismatch"),
        "promise-broken": Message("Promise broken"),
        "declaration-incomplete": Message("Declaration incomplete"),
        "policy-stale": Message("Policy stale"),
        "excessive-lifetime": Message("Excessive lifetime"),
        "insecure-cookie": Message("Insecure cookie"),
        "cookie-sync": Message("Cookie sync"),
        "cname-cloaking": Message("CNAME cloaking"),
        "fingerprinting": Message("Fingerprinting"),
        "session-replay": Message("Session replay"),
        "keystroke-capture": Message("Keystroke capture"),
        "personal-data-sent": Message("Personal data sent"),
        "unknown-cookie": Message("Unknown cookie"),
    }
)

OUTCOME_LABELS: Labels[str] = Labels(
    {
        "passed": Message("No fault found"),
        "found": Message("Fault found"),
        "inconclusive": Message("Could not be decided"),
        "not-applicable": Message("Does not apply"),
    }
)

CLAIM_LABELS: Labels[str] = Labels(
    {
        "category_necessary": Message("Necessary cookies are in use"),
        "category_functional": Message("Functional cookies are in use"),
        "category_analytics": Message("Statistics cookies are in use"),
        "category_marketing": Message("Advertising cookies are in use"),
        "third_party_cookies_used": Message("Cookies of other companies are in use"),
        "local_storage_used": Message("Browser storage is in use"),
        "pixels_or_beacons_used": Message("Pixels or beacons are in use"),
        "no_cookies": Message("No cookies are used"),
        "no_tracking": Message("Visitors are not tracked"),
        "only_necessary_cookies": Message("Only necessary cookies are used"),
        "no_third_party_cookies": Message("No cookies of other companies are used"),
        "no_marketing_cookies": Message("No advertising cookies are used"),
        "no_analytics_cookies": Message("No statistics cookies are used"),
        "prior_consent_nonessential": Message("Consent is asked before anything that is not necessary"),
        "consent_banner": Message("A banner asks for consent"),
        "implied_consent": Message("Using the site counts as consent"),
        "consent_withdrawable": Message("Consent can be withdrawn"),
        "necessary_no_consent": Message("Necessary cookies are set without consent"),
        "consent_lifetime_stated": Message("How long a consent lasts is stated"),
        "dnt_honoured": Message("Do Not Track or Global Privacy Control is respected"),
        "control_browser_settings": Message("Cookies can be controlled in the browser"),
        "control_preference_centre": Message("Cookies can be controlled in a settings page"),
        "control_vendor_optout": Message("Single companies offer an opt-out"),
        "control_industry_optout": Message("Industry pages offer an opt-out"),
        "blocking_degrades_site": Message("Blocking cookies may impair the site"),
        "no_sale": Message("Data are not sold"),
        "no_third_party_sharing": Message("Data are not shared with others"),
        "shares_with_service_providers": Message("Data are shared with service providers"),
        "shares_with_ad_partners": Message("Data are shared with advertising partners"),
        "discloses_to_authorities": Message("Data may be disclosed to authorities"),
        "transfer_outside_eea": Message("Data leave the European Economic Area"),
        "no_transfer_outside_eea": Message("Data do not leave the European Economic Area"),
        "transfer_safeguards": Message("Transfers have safeguards"),
        "ip_anonymised": Message("IP addresses are shortened or anonymised"),
        "anonymous_or_aggregate": Message("Data are anonymous or aggregated"),
        "retention_period_stated": Message("A retention period is stated"),
        "retention_as_needed": Message("Data are kept as long as needed"),
        "basis_consent": Message("Legal basis: consent"),
        "basis_legitimate_interest": Message("Legal basis: legitimate interest"),
        "basis_contract": Message("Legal basis: contract"),
        "basis_legal_obligation": Message("Legal basis: legal obligation"),
        "controller_identified": Message("The responsible company is named"),
        "contact_given": Message("A contact is given"),
        "dpo_mentioned": Message("A data protection officer is mentioned"),
        "complaint_authority": Message("The right to complain to an authority is mentioned"),
        "data_subject_rights": Message("Visitors' rights are mentioned"),
        "children_statement": Message("Children are mentioned"),
    }
)
