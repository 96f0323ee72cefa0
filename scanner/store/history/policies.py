"""Has a policy's text changed? Its bytes say little: a page is put together anew for every visitor.

The text is compared by the sums of its sentences. A text that cannot be compared with the last one (another basis; a
reading by another version of this program) is remembered and not told. Nor is a piece that is another at every visit,
such as the day's date, once it has shown that it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scanner.store.history.deriving import Draft, Edits
from scanner.store.history.facts import DocumentFact

_EACH = 8


def policies(
    known: Sequence[Any], documents: Iterable[DocumentFact], *, tool: str, previous: int | None
) -> tuple[Edits, list[Draft]]:
    """Documents against the versions known (rows of `policies`); `previous` is when the last good scan started."""
    edits, drafts = Edits(), []
    documents = tuple(documents)
    versions = _by_url(known)
    read = {document.url for document in documents}
    replaced = [url for url, rows in versions.items() if url not in read and rows[0].last_seen == previous]
    for document in documents:
        rows = versions.get(document.url, ())
        if not rows:
            edits.add.append(policy_columns(document, tool))
            elsewhere = any(row.sha256 == document.sha256 for row in known)
            if replaced and not elsewhere and any(row.basis == document.basis for row in known):
                drafts.append(Draft("policy-changed", document.url, detail=f"stands in place of {replaced[0]}"))
            continue
        detail = _version(edits, rows, document, tool)
        if detail is not None:
            drafts.append(Draft("policy-changed", document.url, detail=detail))
    return edits, drafts


def _version(edits: Edits, rows: Sequence[Any], document: DocumentFact, tool: str) -> str | None:
    """Note which text a document has now; what changed in words, where that is to be told."""
    current = rows[0]
    if current.sha256 == document.sha256 and current.basis == document.basis:
        edits.touch.append(current.id)
        return None
    if current.bytes_sha256 == document.bytes_sha256:
        # The same bytes have the same text: it is the reading that changed.
        edits.alter.append({"row": current.id} | policy_columns(document, tool) | {"returns": current.returns})
        return None
    earlier = next((row for row in rows if row.sha256 == document.sha256 and row.basis == document.basis), None)
    if earlier is None:
        edits.add.append(policy_columns(document, tool))
    else:
        edits.alter.append({"row": earlier.id} | policy_columns(document, tool) | {"returns": earlier.returns + 1})
    if current.basis != document.basis or (document.basis == "declared" and current.tool != tool):
        return None
    now, then = set(document.sums), _sums(current)
    added, removed = now - then, then - now
    if (earlier is not None and earlier.returns) or _restless(rows, added, removed):
        return None
    return f"{_sentences(len(added))} new, {len(removed)} gone"


def _restless(rows: Sequence[Any], added: set[str], removed: set[str]) -> bool:
    """Whether only that went which the last scan had brought, and some of what the one before had brought went then."""
    if len(rows) < 3 or any(row.scans > 1 for row in rows[:2]) or len(added) > len(removed):
        return False
    last, before, oldest = (_sums(row) for row in rows[:3])
    return removed <= last - before and not (before - oldest).isdisjoint(before - last)


def _by_url(known: Iterable[Any]) -> Mapping[str, Sequence[Any]]:
    """The versions of each document, the last seen first."""
    found: dict[str, list[Any]] = {}
    for row in known:
        found.setdefault(row.url, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.last_seen, row.id), reverse=True)
    return found


def policy_columns(document: DocumentFact, tool: str) -> dict[str, Any]:
    """A row of `policies`."""
    return {
        "url": document.url,
        "title": document.title,
        "language": document.language,
        "basis": document.basis,
        "sha256": document.sha256,
        "sums": "".join(document.sums),
        "bytes_sha256": document.bytes_sha256,
        "tool": tool,
        "returns": 0,
    }


def _sums(row: Any) -> set[str]:
    return {row.sums[place : place + _EACH] for place in range(0, len(row.sums), _EACH)}


def _sentences(number: int) -> str:
    return "1 sentence" if number == 1 else f"{number} sentences"
