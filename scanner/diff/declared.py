"""What changed in the policy: rows, companies, statements, and its sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from scanner.diff.shape import Policy, Row, Statement
from scanner.model.declaration import Declaration, DeclaredCookie


def policy(
    old: Declaration, new: Declaration, old_text: Sequence[str] | None, new_text: Sequence[str] | None
) -> Policy:
    """The difference of two declarations, and of the texts they were read from where both are given."""
    told = old_text is not None and new_text is not None
    return Policy(
        new_cookies=_only(new, old),
        gone_cookies=_only(old, new),
        changed_cookies=tuple(_changed(old, new)),
        new_vendors=_vendors(new, old),
        gone_vendors=_vendors(old, new),
        new_statements=_statements(new, old),
        gone_statements=_statements(old, new),
        new_sentences=_sentences(new_text or (), old_text or ()) if told else None,
        gone_sentences=_sentences(old_text or (), new_text or ()) if told else None,
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _only(here: Declaration, there: Declaration) -> tuple[Row, ...]:
    known = {_plain(row.name) for row in there.cookies}
    return tuple(Row(name=row.name, quote=row.quote) for row in here.cookies if _plain(row.name) not in known)


def _changed(old: Declaration, new: Declaration) -> Iterator[tuple[Row, Row]]:
    """Rows of one name in both policies that say something else; several rows of a name are compared as a whole."""
    before, after = _by_name(old), _by_name(new)
    for name in after:
        first, second = before.get(name, []), after[name]
        if first and [_says(row) for row in first] != [_says(row) for row in second]:
            yield _row(first), _row(second)


def _by_name(declaration: Declaration) -> dict[str, list[DeclaredCookie]]:
    found: dict[str, list[DeclaredCookie]] = {}
    for row in declaration.cookies:
        found.setdefault(_plain(row.name), []).append(row)
    return found


def _says(row: DeclaredCookie) -> tuple[object, ...]:
    return (
        _plain(row.provider or ""),
        row.category,
        _plain(row.purpose or ""),
        row.duration,
        _plain(row.duration_text or ""),
        row.party,
    )


def _row(rows: Sequence[DeclaredCookie]) -> Row:
    return Row(name=rows[0].name, quote="\n".join(row.quote for row in rows))


def _vendors(here: Declaration, there: Declaration) -> tuple[Row, ...]:
    known = {_plain(vendor.name) for vendor in there.vendors}
    found = {
        _plain(vendor.name): Row(name=vendor.name, quote=vendor.quote)
        for vendor in here.vendors
        if _plain(vendor.name) not in known
    }
    return tuple(found.values())


def _statements(here: Declaration, there: Declaration) -> tuple[Statement, ...]:
    known = {claim.code for claim in there.claims}
    found = {claim.code: claim.evidence for claim in reversed(here.claims) if claim.code not in known}
    return tuple(Statement(code=code, words=words) for code, words in sorted(found.items()))


def _sentences(here: Sequence[str], there: Sequence[str]) -> tuple[str, ...]:
    """Sentences that stand here and not there, each once and in order."""
    known = Counter(_plain(text) for text in there)
    found = {_plain(text): text for text in reversed(here) if _plain(text) not in known}
    return tuple(reversed(found.values()))
