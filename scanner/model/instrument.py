"""The browser that served as the instrument, and the proof that it sees."""

from __future__ import annotations

from scanner.model.base import Model


class CalibrationCheck(Model):
    """One thing the instrument must see, and whether it does."""

    name: str
    passed: bool
    detail: str = ""


class Calibration(Model):
    """Result of the calibration page: can this browser be believed?"""

    passed: bool
    checks: tuple[CalibrationCheck, ...] = ()


class Browser(Model):
    """The browser that served as the instrument."""

    name: str
    version: str
    executable: str = ""
    third_party_cookies: bool
    calibration: Calibration
