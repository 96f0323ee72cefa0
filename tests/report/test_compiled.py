"""Compiled templates are kept for the next run, and only what this program made itself is run."""

from __future__ import annotations

import io
import marshal
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2.bccache import bc_magic

from scanner.report import compiled, environment

LANGUAGES = ("en", "de", "fr", "es", "it")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where templates are kept, and nothing is yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "cookie-scanner" / "templates"


def _make() -> None:
    environment.environment.cache_clear()
    environment.get_ready()
    environment.environment.cache_clear()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were compiled."""
    found: list[str] = []
    compile_it: Callable[..., object] = environment.Environment.compile

    def told(self: object, source: object, name: str, *rest: object, **more: object) -> object:
        found.append(name)
        return compile_it(self, source, name, *rest, **more)

    monkeypatch.setattr(environment.Environment, "compile", told)
    return found


def test_each_is_compiled_once(kept: Path, counted: list[str]) -> None:
    _make()
    first = len(counted)
    assert first == len(list(kept.iterdir())) > 5
    _make()
    assert len(counted) == first


@pytest.mark.parametrize("what", ["cut short", "changed", "of another version", "somebody else's", "a folder", "empty"])
def test_what_is_not_as_it_was_made_is_made_again(
    kept: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    _make()
    first = len(counted)
    for file in list(kept.iterdir()):
        whole = file.read_bytes()
        if what == "cut short":
            file.write_bytes(whole[:-20])
        elif what == "changed":
            file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        elif what == "of another version":
            monkeypatch.setattr(compiled, "_made_with", lambda: b"something else")
        elif what == "somebody else's":
            stranger = SimpleNamespace(fstat=os.fstat, geteuid=lambda: os.geteuid() + 1)
            monkeypatch.setattr(compiled, "os", stranger)
        elif what == "a folder":
            file.unlink()
            file.mkdir()
        else:
            file.write_bytes(b"")
    _make()
    assert len(counted) == 2 * first


@pytest.mark.parametrize("place", ["/dev/null", "/proc"])
def test_where_nothing_can_be_kept_all_goes_on(place: str, counted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", place)
    _make()
    assert counted


def test_what_is_kept_does_not_depend_on_the_language_of_the_run_that_made_it(tmp_path: Path) -> None:
    """Jinja works out constants while it compiles: with a text among them, one run's language would be the next's."""
    code = "import sys; from scanner.messages import speaking; from scanner.report.environment import get_ready\n"
    code += "with speaking(sys.argv[1]):\n    get_ready()\n"
    made = []
    for language in LANGUAGES:
        outside = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / language), "PYTHONHASHSEED": "0"}
        subprocess.run([sys.executable, "-c", code, language], env=outside, check=True)
        folder = tmp_path / language / "cookie-scanner" / "templates"
        made.append({file.name: _code(file) for file in folder.iterdir()})
    assert made[0] and all(other == made[0] for other in made)


def _code(file: Path) -> object:
    """The code in a file; its bytes tell apart what was once the same object, too."""
    stream = io.BytesIO(file.read_bytes()[32:])
    stream.read(len(bc_magic))
    pickle.load(stream)
    return marshal.load(stream)
