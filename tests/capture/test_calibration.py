"""The instrument proves itself, and a blind one says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.capture import calibrate, find_browser
from scanner.capture.calibration import CHECKS, judge, sees_third_party_cookies
from scanner.capture.remembered import keep_result, kept_result
from scanner.model.instrument import Browser


@pytest.mark.browser
async def test_this_browser_sees_all_it_must_and_the_result_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    executable = find_browser()
    browser = await calibrate(executable)
    assert [check.name for check in browser.calibration.checks if not check.passed] == []
    assert browser.calibration.passed
    assert browser.third_party_cookies
    assert browser.version.count(".") == 3
    assert kept_result(executable) == browser


def test_an_instrument_that_saw_nothing_passes_nothing() -> None:
    calibration = judge([])
    assert not calibration.passed
    assert [check.passed for check in calibration.checks] == [False] * len(CHECKS)
    assert not sees_third_party_cookies(calibration)


def test_a_result_counts_for_one_build_of_the_browser_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    executable = tmp_path / "browser"
    executable.write_bytes(b"one")
    browser = Browser(
        name="B", version="1.2.3.4", executable=str(executable), third_party_cookies=True, calibration=judge([])
    )
    keep_result(str(executable), browser)
    assert kept_result(str(executable)) == browser
    executable.write_bytes(b"another")
    assert kept_result(str(executable)) is None
