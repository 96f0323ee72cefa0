"""The rules of the house, held by a test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "scanner").rglob("*.py"))
PURE = ("audit", "classify", "policy", "model")
IMPURE_MODULES = {
    "aiohttp",
    "asyncio",
    "datetime.now",
    "http",
    "playwright",
    "random",
    "requests",
    "socket",
    "sqlite3",
    "subprocess",
    "time",
    "urllib.request",
}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "lib"}
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60


def _imports(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _touches(names: set[str], module: str) -> bool:
    return any(name == module or name.startswith(module + ".") for name in names)


def _package(path: Path) -> str:
    parts = path.relative_to(ROOT / "scanner").parts
    return parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_keeps_the_rules(path: Path) -> None:
    """Size, imports and names of every module."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    imports = _imports(tree)
    package = _package(path)
    problems = []
    if _touches(imports, "playwright") and package != "capture":
        problems.append("imports playwright outside capture")
    if _touches(imports, "tldextract") and path.name != "site.py":
        problems.append("imports tldextract outside site.py")
    if package in PURE:
        problems += [f"{package} is pure, but imports {name}" for name in IMPURE_MODULES if _touches(imports, name)]
        if re.search(r"\b(datetime\.now|date\.today|utcnow|time\.time|perf_counter|monotonic)\(", text):
            problems.append(f"{package} is pure, but reads a clock")
    if path.stem in DRAWERS:
        problems.append("is named like a drawer")
    lines = text.count("\n")
    if lines > MAX_MODULE_LINES:
        problems.append(f"has {lines} lines, more than {MAX_MODULE_LINES}")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES and not _is_command(node):
                problems.append(f"{node.name} has {length} lines, more than {MAX_FUNCTION_LINES}")
    if re.search(r"(asyncio\.sleep|wait_for_timeout|time\.sleep)\(\s*[\d.]*[1-9]", text):
        problems.append("waits for a fixed time")
    if any(_leaves_tasks_behind(node) for node in ast.walk(tree)):
        problems.append("gathers tasks that outlive the first failure: use scanner.capture.together, or wait for all")
    if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text) or "NotImplementedError" in text:
        problems.append("leaves something undone")
    assert problems == []


def _leaves_tasks_behind(node: ast.AST) -> bool:
    """Whether a call is an `asyncio.gather` that returns while some of its tasks still run."""
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "asyncio.gather"
        and not any(keyword.arg == "return_exceptions" for keyword in node.keywords)
    )


def _is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A command's parameters are its options, a declaration rather than a function's length."""
    return any("app.command" in ast.unparse(decorator) for decorator in node.decorator_list)


def test_evidence_and_capture_hold_no_words_of_judgement() -> None:
    """Gathering writes down what happened; whether it is a tracker or a violation is for others to say."""
    words = re.compile(r"\b(tracker|trackers|violation|violations|illegal|unlawful|compliant|non-compliant)\b", re.I)
    paths = [ROOT / "scanner/model/evidence.py", *(ROOT / "scanner/capture").rglob("*.py")]
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in paths
        for match in words.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_only_the_command_line_prints() -> None:
    """Every other module returns values; `print` and rich's consoles belong to scanner.cli."""
    found = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if _package(path) != "cli"
        and any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "Console")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    ]
    assert found == []


def test_every_module_says_what_it_is_for() -> None:
    """A docstring opens every module of the product that holds any code."""
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if (tree := ast.parse(path.read_text(encoding="utf-8"))).body and ast.get_docstring(tree) is None
    ]
    assert silent == []


def test_no_file_names_a_registry_or_a_path_of_this_machine() -> None:
    """The project speaks of itself alone."""
    home = str(ROOT.parent) + "/"
    registries = re.compile(r"(pypi\.org|pythonhosted\.org|registry\.npmjs\.org|deb\.debian\.org)")
    found = []
    for pattern in ("**/*.py", "**/*.md", "**/*.toml", "**/*.sh", "**/*.lock", "Makefile", ".ci/run"):
        for path in ROOT.glob(pattern):
            inside = path.relative_to(ROOT)
            if inside.parts[0] in (".venv", "reports", "dist", "build") or "node_modules" in inside.parts:
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            if path != Path(__file__) and (registries.search(text) or (home in text and len(home) > 2)):
                found.append(str(inside))
    assert found == []
