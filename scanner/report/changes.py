"""What to change in today's policy: each passage that a finding quotes, once, and how it should read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.messages import Message, say
from scanner.model.declaration import Declaration
from scanner.model.scan import Scan
from scanner.report.companies import companies
from scanner.report.declared import DeclarationDraft, Entry
from scanner.report.findings import FindingView
from scanner.report.links import passage_link
from scanner.report.words import CATEGORY_LABELS, PARTY_LABELS, listing

_ROW = re.compile(r"/declaration/cookies/(\d{1,9})")

# A promise that an observation contradicts, as it would be true. The others are to be kept, not rewritten.
_TRUE_PROMISES: dict[str, Message] = {
    "no_cookies": Message("This website uses cookies and similar techniques. They are listed below."),
    "no_tracking": Message(
        "With your consent, this website and the companies named below measure and recognise visits: {companies}."
    ),
    "only_necessary_cookies": Message(
        "Besides necessary cookies, this website uses cookies for other purposes, with your consent. They are listed "
        "below."
    ),
    "no_third_party_cookies": Message(
        "Other companies set cookies on this website as well; the list below names them and their purposes."
    ),
    "no_marketing_cookies": Message(
        "With your consent, this website uses techniques for advertising. They are listed below."
    ),
    "no_analytics_cookies": Message(
        "With your consent, this website uses cookies for statistics. They are listed below."
    ),
    "no_third_party_sharing": Message("This website passes data on to these companies: {companies}."),
}


_ASKED = Message("This website asks for your consent first. Until you agree, it uses only what is necessary.")
_OF_WORDS = frozenset(
    {
        "category-mismatch",
        "declaration-incomplete",
        "declared-not-observed",
        "lifetime-mismatch",
        "party-mismatch",
        "policy-stale",
        "promise-broken",
        "vendor-mismatch",
    }
)
"""Rules whose findings the policy can be blamed for, rather than the site alone."""


@dataclass(frozen=True, slots=True)
class Change:
    """One passage of the policy; `instead` is how it could read, empty where the site and not the words must change."""

    heading: str
    quote: str
    link: str | None
    instead: str
    views: tuple[FindingView, ...]
    of_words: bool
    """Whether changing the words mends it; else the site itself has to change."""


def changes(scan: Scan, made: DeclarationDraft, views: Sequence[FindingView]) -> tuple[Change, ...]:
    """All passages that findings quote, worst first; findings on one passage stand together."""
    passages: dict[tuple[str, str], list[FindingView]] = {}
    for view in views:
        declared = view.finding.declared
        if declared is not None and not view.finding.rule.startswith("undeclared-"):
            passages.setdefault((declared.source, declared.quote), []).append(view)
    return tuple(
        Change(
            heading=_heading(scan, found),
            quote=quote,
            link=passage_link(source, quote),
            instead=_instead(scan, made, found),
            views=tuple(found),
            of_words=any(view.finding.rule in _OF_WORDS for view in found),
        )
        for (source, quote), found in passages.items()
    )


def additions(views: Sequence[FindingView]) -> tuple[FindingView, ...]:
    """Findings on what the policy leaves out."""
    return tuple(view for view in views if view.finding.rule.startswith("undeclared-"))


def _heading(scan: Scan, views: Sequence[FindingView]) -> str:
    rows = _rows(scan.declaration, views)
    if rows:
        names = tuple(dict.fromkeys(scan.declaration.cookies[row].name for row in rows))
        return say("The row of {names}", names=listing(names))
    return say("A statement of the policy")


def _rows(declaration: Declaration, views: Sequence[FindingView]) -> tuple[int, ...]:
    found = (int(match[1]) for view in views for pointer in view.finding.observed if (match := _ROW.fullmatch(pointer)))
    return tuple(dict.fromkeys(row for row in found if row < len(declaration.cookies)))


def _instead(scan: Scan, made: DeclarationDraft, views: Sequence[FindingView]) -> str:
    if rows := _rows(scan.declaration, views):
        entries = tuple(dict.fromkeys(_entry_text(entry) for row in rows for entry in _entries(scan, made, row, views)))
        return "\n".join(entries[:6])
    if any(_is_implied_consent(scan, view) for view in views):
        return _ASKED()
    for view in views:
        if view.finding.rule == "promise-broken" and (message := _TRUE_PROMISES.get(view.finding.subject)) is not None:
            known = tuple(company.name for company in companies(scan) if company.needs_consent)
            return message(companies=", ".join(known)) if known or "{" not in message.one else ""
    return ""


def _is_implied_consent(scan: Scan, view: FindingView) -> bool:
    """Whether the quoted passage takes the use of the site for consent."""
    quote = view.finding.declared
    return quote is not None and any(
        claim.code == "implied_consent" and claim.evidence == quote.quote for claim in scan.declaration.claims
    )


def _entries(scan: Scan, made: DeclarationDraft, row: int, views: Sequence[FindingView]) -> Iterator[Entry]:
    """Complete rows of the draft for the cookies that a finding on a declared row observed."""
    names = {subject.rpartition("@")[0] or subject for view in views for subject in view.finding.subjects}
    names.add(scan.declaration.cookies[row].name)
    for _, group in made.groups:
        yield from (entry for entry in group if names.intersection((entry.name, *entry.names)))


def _entry_text(entry: Entry) -> str:
    return say(
        "{name}: {category}. Provider: {provider}. Purpose: {purpose}. Kept for: {duration}. Party: {party}.",
        name=entry.name,
        category=CATEGORY_LABELS[entry.category],
        provider=entry.provider,
        purpose=entry.purpose.rstrip("."),
        duration=entry.duration,
        party=PARTY_LABELS[entry.party],
    )
