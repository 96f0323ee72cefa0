"""scan.toml: what is accepted, and how a mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.config import Config, override, read_config
from scanner.errors import UsageError


def _read(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "scan.toml"
    path.write_text(text, encoding="utf-8")
    return read_config(path)


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_config(None) == Config()
    assert Config().states == ("before", "accept", "reject")


def test_the_file_in_the_working_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scan.toml").write_text("[scan]\npages = 3\n")
    monkeypatch.chdir(tmp_path)
    assert read_config(None).pages == 3


def test_every_kind_of_value_is_read(tmp_path: Path) -> None:
    config = _read(
        tmp_path,
        """
[scan]
urls = "https://shop.example/"
policy = ["policy.html", "https://shop.example/cookies"]
states = "before, accept"
format = ["sarif"]
fail_on = "medium"
page_timeout = 20
viewport = [390, 844]

[recipe."shop.example"]
accept = "#yes"
reject = ["#more", "#no"]
""",
    )
    assert config.urls == ("https://shop.example/",)
    assert config.policy == ("policy.html", "https://shop.example/cookies")
    assert config.states == ("before", "accept")
    assert config.viewport == (390, 844)
    assert config.recipe["shop.example"].accept == ("#yes",)
    assert config.recipe["shop.example"].reject == ("#more", "#no")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[scan]\npages = 3\nstats = ['before']", ("scan.toml:3", "'stats'", "'states'")),
        ("[scam]\n", ("scan.toml:1", "'scam'", "'scan'")),
        ("\n[scan]\nstates = ['befor']", ("scan.toml:3", "befor", "before")),
        ("[scan]\npages = 'many'", ("scan.toml:2", "pages", "integer")),
        ("[scan]\npages = 0", ("scan.toml:2", "pages", "1")),
        ("[scan]\npages = ", ("scan.toml", "not valid TOML", "line")),
        ("[recipe.'a.example']\nacept = '#x'", ("scan.toml:2", "'acept'", "'accept'")),
        ("scan = 3", ("scan.toml", "[scan]")),
        ("[scan]\nfail_on = 'severe'", ("scan.toml:2", "fail_on", "high")),
    ],
)
def test_a_mistake_names_file_line_key_and_remedy(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as caught:
        _read(tmp_path, text)
    message = str(caught.value)
    assert "\n" not in message
    assert [word for word in words if word not in message] == []


def test_a_missing_or_binary_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_config(tmp_path / "none.toml")
    (tmp_path / "scan.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="UTF-8"):
        read_config(tmp_path / "scan.toml")


def test_the_command_line_wins_and_silence_changes_nothing() -> None:
    config = Config(pages=7, jobs=3)
    changed = override(config, {"pages": 2, "jobs": None, "states": "before"})
    assert (changed.pages, changed.jobs, changed.states) == (2, 3, ("before",))
    with pytest.raises(UsageError, match="--fail-on"):
        override(config, {"fail_on": "awful"})
