"""Driving a browser and writing down what it saw, without a word of judgement.

What is named here loads quickly: a browser is to start before everything that reads its pages is loaded. What needs
more is found in its module: `instrument`, `printing`, `login`.
"""

from __future__ import annotations

from scanner.capture.cdp import ProtocolError
from scanner.capture.locate import find_browser
from scanner.capture.opening import calibrate_browser as calibrate
from scanner.capture.opening import open_instrument
from scanner.capture.plan import BrowserOptions, Plan, Progress

__all__ = ["BrowserOptions", "Plan", "Progress", "ProtocolError", "calibrate", "find_browser", "open_instrument"]
