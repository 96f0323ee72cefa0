"""undeclared-storage: keys of web storage that the policy does not list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.audit import companies, facts, legal, needs, remedies
from scanner.audit.case import Case, pointer
from scanner.audit.message import Message, lines, say, steps
from scanner.audit.rule import Answer, Hit, Rule, Undecided
from scanner.audit.tracking import FOLLOWING, need_of
from scanner.audit.wording import CATEGORIES, named
from scanner.model.finding import SEVERITIES, Quote, Severity
from scanner.model.inventory import StorageEntry
from scanner.site import host_of

TITLE = Message(
    "A storage entry of {owner} is not in the policy", "{count} storage entries of {owner} are not in the policy"
)
DETAIL = Message(
    "Beside cookies, browsers keep data for a site in web storage, which counts like a cookie. The policy does not "
    "list {names}.\n{facts}"
)
IN_GENERAL = Message("The policy does say in general that such storage is used.")
ADD = Message("Add {names} to the cookie list (category: {category}), with purpose, and how long the data stays.")
CLEAR = Message("Have data that is no longer needed deleted: local storage has no date of expiry of its own.")


def _check(case: Case) -> Iterator[Answer]:
    groups: dict[tuple[Severity, str], list[int]] = {}
    for index, entry in enumerate(case.inventory.storage):
        if index in case.pairing.rows_of_storage or _is_told(case, entry):
            continue
        owner = entry.vendor or host_of(entry.origin) or entry.origin
        groups.setdefault((_severity(case, entry), owner), []).append(index)
    for (severity, owner), indexes in sorted(groups.items(), key=lambda group: SEVERITIES.index(group[0][0])):
        yield _hit(case, severity, owner, tuple(indexes))
    unread = next((problem for problem in case.inventory.problems if problem.kind == "storage"), None)
    if unread is not None:
        yield Undecided(say("Not all storage could be read: {problem}", problem=unread.message))


def _is_told(case: Case, entry: StorageEntry) -> bool:
    """Whether the sentence that speaks of storage names the entry: a plain word there is read as no name of a list."""
    name = re.compile(rf"(?<![\w-]){re.escape(entry.key)}(?![\w-])")
    return any(name.search(claim.evidence) for _, claim in case.claims("local_storage_used"))


def _severity(case: Case, entry: StorageEntry) -> Severity:
    if entry.category in FOLLOWING and need_of(entry) == "consent":
        return "low" if _company_quote(case, entry) is not None else "medium"
    lasting = entry.kind in ("local", "indexeddb")
    if entry.category == "unknown" and entry.identifier and lasting and not case.has_claim("local_storage_used"):
        return "low"
    return "info"


def _company_quote(case: Case, entry: StorageEntry) -> Quote | None:
    vendor = case.vendor(entry.vendor_id, entry.vendor)
    for declared in case.declaration.vendors:
        if vendor is not None and companies.covers(declared.name, vendor) == "full":
            return Quote(quote=declared.quote, source=declared.source)
    return None


def _hit(case: Case, severity: Severity, owner: str, indexes: tuple[int, ...]) -> Hit:
    entries = tuple(case.inventory.storage[index] for index in indexes)
    subjects = tuple(dict.fromkeys(f"{entry.key}@{host_of(entry.origin) or entry.origin}" for entry in entries))
    names = named(tuple(dict.fromkeys(entry.key for entry in entries)))
    general = case.quote("local_storage_used")
    notes = (IN_GENERAL(),) if general is not None else ()
    quote = next((found for entry in entries if (found := _company_quote(case, entry))), None)
    categories = named(tuple(dict.fromkeys(CATEGORIES[entry.category]() for entry in entries)))
    sentences = (*notes, *(facts.of_storage(entry) for entry in entries))
    return Hit(
        severity=severity,
        title=TITLE(len(subjects), owner=owner),
        subjects=subjects,
        states=tuple(sorted({state for entry in entries for state in entry.states})),
        detail=DETAIL(names=names, facts=lines(sentences)),
        observed=tuple(pointer("storage", index) for index in indexes),
        declared=quote or general,
        fix=steps(ADD(names=names, category=categories), remedies.POLICY_PLATFORM(), CLEAR()),
        confidence="certain" if case.declaration.cookies and general is None else "likely",
    )


RULE = Rule(
    name="undeclared-storage",
    group="declaration",
    title="Web storage stands in the policy as cookies do",
    checks="Whether each key of local storage, session storage, IndexedDB and cache storage is covered by a name or "
    "pattern of the policy. One finding for each company or host and severity.",
    needs=(needs.ANY_PAGE, needs.POLICY),
    severity=(
        ("medium", "an entry for statistics or marketing, of a company that the policy does not name either"),
        (
            "low",
            "such an entry whose company is named; a lasting entry of unknown purpose that can recognise a visitor, "
            "where the policy does not speak of storage at all",
        ),
        ("info", "all others"),
    ),
    subject="Every entry as `key@host`, the host being that of its origin.",
    confidence="`certain` where a list exists and lacks the key; `likely` where the policy has no list, or speaks of "
    "storage in general.",
    fairness="An entry of unknown purpose is called unknown, never a tracker. One that the policy's sentence about "
    "storage names counts as told.",
    legal=(legal.EPRIVACY_5_3, legal.EDPB_TECHNICAL_SCOPE, legal.GDPR_12_13),
    texts=(TITLE, DETAIL, IN_GENERAL),
    fixes=(ADD, remedies.POLICY_PLATFORM, CLEAR),
    check=_check,
)
