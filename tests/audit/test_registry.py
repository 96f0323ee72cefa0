"""Every registered rule is complete, tested, documented, and speaks in texts that can be translated."""

from __future__ import annotations

import importlib
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.audit import PROFILES, RULES
from scanner.audit.message import Message
from scanner.audit.rule import Rule
from scanner.model.finding import SEVERITIES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "scanner" / "audit" / "rules"
NAMES = [rule.name for rule in RULES]


def module_of(rule: Rule) -> str:
    return rule.name.replace("-", "_")


def test_names_are_unique_and_every_file_is_registered() -> None:
    assert len(set(NAMES)) == len(NAMES)
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert files == {module_of(rule) for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_tested_for_all_outcomes(rule: Rule) -> None:
    tests = ROOT / "tests" / "audit" / f"test_{module_of(rule)}.py"
    text = tests.read_text(encoding="utf-8")
    assert f'RULE = "{rule.name}"' in text
    assert "inconclusive" in text
    assert re.search(r"\"passed\"|== \(\)", text)
    assert re.search(r"\.severity|outcome == \"found\"", text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_all_that_its_page_needs(rule: Rule) -> None:
    for text in (rule.title, rule.checks, rule.subject, rule.confidence, rule.fairness):
        assert text.strip() == text != ""
    assert rule.needs
    assert rule.legal
    assert rule.fixes
    order = [SEVERITIES.index(severity) for severity, _ in rule.severity]
    assert order == sorted(set(order))
    for reference in rule.legal:
        assert reference.url.startswith("https://")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_templates_have_named_fields_only(rule: Rule) -> None:
    for message in (*rule.texts, *rule.fixes):
        for text in (message.one, message.many or ""):
            for _, name, _, _ in string.Formatter().parse(text):
                assert name is None or name.isidentifier()


def test_the_pages_are_current() -> None:
    """The documentation is what the tool writes from the rules."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "rules_docs.py"), "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_profiles_switch_off_only_rules_that_exist() -> None:
    for profile in PROFILES:
        assert profile.off <= set(NAMES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_title_and_detail_of_a_rule_is_registered_for_translation(rule: Rule) -> None:
    module = importlib.import_module(f"scanner.audit.rules.{module_of(rule)}")
    own = {name: value for name, value in vars(module).items() if isinstance(value, Message) and name.isupper()}
    missing = [name for name, text in own.items() if name.startswith(("TITLE", "DETAIL")) and text not in rule.texts]
    assert missing == []
