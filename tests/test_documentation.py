"""Documentation is tested: its commands exist, its options are known, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer.main

from scanner.cli import app
from scanner.config import read_config
from scanner.config.fleet import read_fleet

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "fixtures/**/README.md")
    for path in ROOT.glob(pattern)
    if ".venv" not in path.parts
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"(?<!\!)\[[^\]]+\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))


def _blocks(language: str) -> list[tuple[Path, str]]:
    return [
        (page, match.group(2))
        for page in PAGES
        for match in FENCE.finditer(page.read_text(encoding="utf-8"))
        if match.group(1) == language
    ]


def _lines() -> list[tuple[str, list[str]]]:
    found = []
    for page, block in _blocks("sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words:
                found.append((page.name, words))
    return found


def test_there_are_commands_to_check() -> None:
    assert len(_lines()) > 8


@pytest.mark.parametrize(
    ("page", "words"), _lines(), ids=lambda value: " ".join(value) if isinstance(value, list) else value
)
def test_a_command_in_the_documentation_exists_with_its_options(page: str, words: list[str]) -> None:
    if words[0] == "make":
        assert words[1] in TARGETS
        return
    if words[0] in ("cookie-scanner", ".venv/bin/cookie-scanner"):
        if words[1].startswith("--"):
            return
        command, words = COMMANDS[words[1]], words[1:]
        while hasattr(command, "commands") and len(words) > 1 and words[1] in command.commands:
            command, words = command.commands[words[1]], words[1:]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        used = {word.split("=")[0] for word in words[1:] if word.startswith("--")}
        assert used - known == {"--help"} & used
        return
    script = next((word for word in words if word.startswith(("tools/", ".ci/"))), None)
    assert script is None or (ROOT / script).exists(), f"{page}: {' '.join(words)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    broken = []
    for match in LINK.finditer(FENCE.sub("", page.read_text(encoding="utf-8"))):
        target = (match.group(1) or match.group(2)).split("#")[0]
        if target and not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize(("page", "block"), _blocks("toml"), ids=lambda value: getattr(value, "name", ""))
def test_every_scan_toml_in_the_documentation_is_valid(page: Path, block: str, tmp_path: Path) -> None:
    tables = tomllib.loads(block)
    path = tmp_path / "scan.toml"
    path.write_text(block, encoding="utf-8")
    if set(tables) <= {"scan", "recipe", "accept"}:
        assert read_config(path) is not None
    elif set(tables) & {"site", "defaults", "history", "worker", "notify", "alerts", "serve"}:
        assert read_fleet(path) is not None
    else:
        assert page.name in ("add-a-vendor.md", "README.md", "banners.md")
