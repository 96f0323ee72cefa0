"""Writes docs/rules/ from the rules themselves: one page for each rule, and an index.

Run it without arguments after changing a rule; `--check` only says whether the pages are current (exit 1: not).
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from scanner.audit import PROFILES, RULES
from scanner.audit.message import Message
from scanner.audit.rule import Rule

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"
NOTE = "<!-- Written by tools/rules_docs.py from the rule itself: change the rule, then run the tool. -->"
GROUPS = {
    "consent": "Consent: is the visitor asked, and the answer respected?",
    "declaration": "Declaration: does the policy tell the truth?",
    "conduct": "Conduct: what the site does beside",
}


def pages() -> dict[str, str]:
    """All pages by file name."""
    return {"README.md": _index(), **{f"{rule.name}.md": _page(rule) for rule in RULES}}


def _index() -> str:
    parts = [
        "# Rules",
        NOTE,
        "Every rule is one file in `scanner/audit/rules/`, listed in that folder's registry. A rule lays what was "
        "observed beside what the policy says. Its outcome is `found`, `passed`, `not-applicable`, or `inconclusive` "
        "where what it needs was not observed: nothing passes on missing evidence. Findings are technical observations "
        "with references to read on, not legal advice.",
        "Severity says how bad a finding is if it is true (`high`, `medium`, `low`, `info`); confidence says how sure "
        "it is (`certain`, `likely`, `check`).",
    ]
    for group, title in GROUPS.items():
        rows = [f"| [{rule.name}]({rule.name}.md) | {rule.title} |" for rule in RULES if rule.group == group]
        parts += [f"## {title}", "\n".join(["| rule | what is right |", "| --- | --- |", *rows])]
    parts += ["## Regions", _profiles()]
    return _joined(parts)


def _profiles() -> str:
    rows = ["| profile | region | note | rules switched off |", "| --- | --- | --- | --- |"]
    for profile in PROFILES:
        off = ", ".join(f"`{rule.name}`" for rule in RULES if rule.name in profile.off) or "none"
        rows.append(f"| `{profile.name}` | {profile.title} | {profile.note} | {off} |")
    return "\n".join(rows)


def _page(rule: Rule) -> str:
    needs = "\n".join(f"- {need.name}" for need in rule.needs)
    severities = [f"| `{severity}` | {when} |" for severity, when in rule.severity]
    references = "\n".join(f"- [{reference.name}]({reference.url})" for reference in rule.legal)
    off = [f"`{profile.name}`" for profile in PROFILES if rule.name in profile.off]
    parts = [
        f"# {rule.name}",
        NOTE,
        f"**{rule.title}.**",
        "## What it checks",
        rule.checks,
        "## What it needs",
        f"{needs}\n\nWithout it the rule is inconclusive.",
        "## Severity",
        "\n".join(["| severity | when |", "| --- | --- |", *severities]),
        "## Subject",
        rule.subject,
        "## Confidence",
        rule.confidence,
        "## Fairness",
        rule.fairness,
        "## Advice it gives",
        "\n".join(f"- {_readable(message)}" for message in rule.fixes),
        "## References",
        f"A finding is a technical observation, not legal advice. These say where to read on.\n\n{references}",
    ]
    if off:
        parts += ["## Regions", f"Switched off in the profiles {', '.join(off)}."]
    return _joined(parts)


def _readable(message: Message) -> str:
    """A template with its fields as words in angle brackets, safe in Markdown."""
    text = re.sub(r"\{(\w+)\}", r"‹\1›", message.many or message.one)
    return " ".join(text.split())


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the pages are current")
    options = parser.parse_args(arguments)
    wanted = pages()
    kept = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
    if options.check:
        stale = sorted(name for name in wanted.keys() | kept.keys() if wanted.get(name) != kept.get(name))
        for name in stale:
            print(f"docs/rules/{name} is not current: run tools/rules_docs.py")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in kept.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
