"""Driving a browser and writing down what it saw, without a word of judgement."""

from __future__ import annotations

from scanner.capture.cdp import ProtocolError
from scanner.capture.instrument import Instrument, open_instrument
from scanner.capture.instrument import calibrate_browser as calibrate
from scanner.capture.locate import find_browser
from scanner.capture.login import Discretion
from scanner.capture.plan import BrowserOptions, Plan, Progress
from scanner.capture.printing import print_page, printer
from scanner.capture.sink import Sink

__all__ = [
    "BrowserOptions",
    "Discretion",
    "Instrument",
    "Plan",
    "Progress",
    "ProtocolError",
    "Sink",
    "calibrate",
    "find_browser",
    "open_instrument",
    "print_page",
    "printer",
]
