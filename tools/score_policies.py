"""Score what is read from policies against truth files: precision, recall and F1 for each metric.

    python tools/score_policies.py [DIR ...] [-v] [--misses]

A directory holds documents (`NAME.html`, `.md`, `.txt`, `.pdf`) beside their truth (`NAME.truth.json`). Without one,
the fixtures of this repository are scored. A truth file may leave out `vendors` or `claims`; what it leaves out is not
scored.

Rules. Names are compared without case, quotes, escapes and counts, every placeholder alike. An attribute is scored as
a set of pairs (name, value); durations agree within three in a hundred; a pair on a name that the truth does not have
is wrong. Rows marked `optional`, periods marked `duration_open`, and categories that the truth leaves open are not
scored. `*_alt` values are right as well.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.policy import document_from_file, read

SUFFIXES = (".html", ".htm", ".md", ".txt", ".pdf")
METRICS = ("names", "duration", "category", "party", "vendors", "claims")
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "policies"

Row = dict[str, Any]
Attribute = Callable[[Row], tuple[list[Any], bool]]


@dataclass
class Count:
    """Right, invented and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, other: Count) -> None:
        self.right += other.right
        self.wrong += other.wrong
        self.missed += other.missed

    def figures(self) -> tuple[float | None, float | None, float | None]:
        """Precision, recall, F1; None where there is nothing to divide by."""
        found, wanted = self.right + self.wrong, self.right + self.missed
        return (
            self.right / found if found else None,
            self.right / wanted if wanted else None,
            2 * self.right / (found + wanted) if found + wanted else None,
        )


def normal_name(name: str) -> str:
    """The form in which names are compared."""
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    text = re.sub(r"\s*\[x\d+\]$", "", text.replace("\\", ""))
    text = re.sub(r"<[^<>]*>|\{[^{}]*\}|\[[^\[\]]*\]|#+|…|\.{3}|x{3,}|%s", "*", text.strip(" `\"'“”‘’„«»,;:"))
    return re.sub(r"\*+", "*", re.sub(r"\s+", " ", text))


def same(one: Any, other: Any) -> bool:
    """Whether two values agree; seconds within three in a hundred."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= max(1.0, 0.03 * max(one, other))
    return bool(one == other)


def score_names(truth: list[Row], found: list[Row]) -> Count:
    """Names as a set."""
    alias = aliases(truth)
    wanted = {normal_name(row["name"]) for row in truth if not row.get("optional")}
    neutral = set(alias.values())
    got = {alias.get(normal_name(row["name"]), normal_name(row["name"])) for row in found}
    count = Count(len(got & wanted), len(got - neutral), len(wanted - got))
    count.notes = [f"+{name}" for name in sorted(got - neutral)] + [f"-{name}" for name in sorted(wanted - got)]
    return count


def aliases(truth: list[Row]) -> dict[str, str]:
    """Every accepted spelling to the one that stands for it."""
    return {
        normal_name(name): normal_name(row["name"]) for row in truth for name in (row["name"], *row.get("name_alt", ()))
    }


def score_attribute(truth: list[Row], found: list[Row], attribute: str) -> Count:
    """Pairs of name and value."""
    alias, count = aliases(truth), Count()
    got: dict[str, list[Any]] = {}
    for row in found:
        value = row.get(attribute)
        if value is not None:
            values = got.setdefault(alias.get(normal_name(row["name"]), normal_name(row["name"])), [])
            if not any(same(value, other) for other in values):
                values.append(value)
    rows: dict[str, list[Row]] = {}
    for row in truth:
        rows.setdefault(normal_name(row["name"]), []).append(row)
    for name in got.keys() | rows.keys():
        if name not in rows:
            count.wrong += len(got[name])
            count.notes += [f"+{name}={value}" for value in got[name]]
        elif not all(row.get("optional") for row in rows[name]):
            _score_one(name, rows[name], got.get(name, []), attribute, count)
    return count


def _score_one(name: str, rows: list[Row], got: list[Any], attribute: str, count: Count) -> None:
    wanted: list[list[Any]] = []
    free: list[Any] = []
    is_open = False
    for row in rows:
        alternatives = [row.get(attribute), *row.get(f"{attribute}_alt", ())]
        values = [value for value in alternatives if value is not None]
        is_open = is_open or bool(row.get(f"{attribute}_open"))
        if attribute != "duration" and row.get(attribute) is None and not row.get("unclassified"):
            is_open = True
        if row.get(f"{attribute}_optional") or (values and None in alternatives):
            free += values
        elif values and not any(same(value, other) for item in wanted for other in item for value in values):
            wanted.append(values)
    left = list(got)
    for item in wanted:
        hit = next((value for value in left if any(same(value, other) for other in item)), None)
        if hit is None:
            count.missed += 1
            count.notes.append(f"-{name}={item[0]}")
        else:
            count.right += 1
            left.remove(hit)
    for value in left:
        if not is_open and not any(same(value, other) for other in (*free, *(x for item in wanted for x in item))):
            count.wrong += 1
            count.notes.append(f"+{name}={value}")


def score_words(truth: Iterable[Row], found: Iterable[str], key: str, others: Iterable[str] = ()) -> Count:
    """A set of words or names, with `optional` ones and alternatives neutral."""
    rows = list(truth)
    forms = {_plain(form): _plain(row[key]) for row in rows for form in (row[key], *row.get("alt", ()))}
    wanted = {_plain(row[key]) for row in rows if not row.get("optional")}
    got = {forms.get(_plain(word), _plain(word)) for word in found}
    neutral = set(forms.values()) | {_plain(word) for word in others}
    count = Count(len(got & wanted), len(got - neutral), len(wanted - got))
    count.notes = [f"+{word}" for word in sorted(got - neutral)] + [f"-{word}" for word in sorted(wanted - got)]
    return count


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def score(truth: Row, found: Row) -> dict[str, Count]:
    """All metrics of one document."""
    cookies = truth["cookies"]
    counts = {"names": score_names(cookies, found["cookies"])}
    for attribute in ("duration", "category", "party"):
        counts[attribute] = score_attribute(cookies, found["cookies"], attribute)
    if "vendors" in truth:
        providers = [str(row["provider"]) for row in cookies if row.get("provider")]
        counts["vendors"] = score_words(
            truth["vendors"],
            (vendor["name"] for vendor in found["vendors"]),
            "name",
            (*providers, *truth.get("operator_names", ())),
        )
    if "claims" in truth:
        counts["claims"] = score_words(truth["claims"], (claim["code"] for claim in found["claims"]), "code")
    return counts


def documents_in(folder: Path) -> list[tuple[Path, Path]]:
    """Documents of a directory that have a truth beside them, sorted by name."""
    pairs = []
    for path in sorted(folder.iterdir()):
        truth = path.with_suffix(".truth.json")
        if path.suffix in SUFFIXES and truth.exists():
            pairs.append((path, truth))
    return pairs


def score_file(document: Path, truth: Path) -> tuple[dict[str, Count], bool]:
    """The counts of one document, and whether its language was told."""
    wanted = json.loads(truth.read_text(encoding="utf-8"))
    found = read([document_from_file(document)]).model_dump(mode="json")
    return score(wanted, found), found["policy_language"] == wanted["policy_language"]


def show(value: float | None) -> str:
    return "   . " if value is None else f"{value:5.2f}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[FIXTURES, FIXTURES / "whole"])
    parser.add_argument("-v", "--verbose", action="store_true", help="one line for each document")
    parser.add_argument("--misses", action="store_true", help="what was invented (+) and missed (-)")
    options = parser.parse_args(arguments)
    totals = {metric: Count() for metric in METRICS}
    macro: dict[str, list[float]] = {metric: [] for metric in METRICS}
    documents = languages = 0
    print(f"{'document':34}" + "".join(f"{metric:>11}" for metric in METRICS))
    for folder in options.folders:
        for document, truth in documents_in(folder):
            counts, language = score_file(document, truth)
            documents += 1
            languages += language
            for metric, count in counts.items():
                totals[metric].add(count)
                f1 = count.figures()[2]
                if f1 is not None:
                    macro[metric].append(f1)
            if options.verbose or options.misses:
                cells = "".join(f"{show(counts[m].figures()[2] if m in counts else None):>11}" for m in METRICS)
                print(f"{document.stem[:33]:34}{cells}{'' if language else '  (language)'}")
            if options.misses:
                for metric, count in counts.items():
                    if count.notes:
                        print(f"    {metric}: " + ", ".join(sorted(count.notes)))
    for position, label in enumerate(("precision", "recall", "F1 (micro)")):
        print(f"{label:34}" + "".join(f"{show(totals[m].figures()[position]):>11}" for m in METRICS))
    means = (sum(macro[m]) / len(macro[m]) if macro[m] else None for m in METRICS)
    print(f"{'F1 (macro over documents)':34}" + "".join(f"{show(mean):>11}" for mean in means))
    print(f"language: {languages}/{documents}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
