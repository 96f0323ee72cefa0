"""How a visitor's pages present themselves: window, language, time zone, place, and whether they object to tracking."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.capture.cdp import Params
from scanner.capture.plan import BrowserOptions

Command = tuple[str, Params]

_ACCURACY_M = 50.0
# https://www.w3.org/TR/gpc/#the-sec-gpc-header-field-for-http-requests
GPC_HEADER = {"Sec-GPC": "1"}
GPC_SCRIPT = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true, configurable: true})"


@dataclass(frozen=True)
class Manners:
    """The commands for each new page of a visitor, and for each frame in a process of its own."""

    page: tuple[Command, ...]
    frame: tuple[Command, ...]

    def of(self, kind: str) -> tuple[Command, ...]:
        """The commands for a target of this type; none for workers, which the browser gives the page's settings."""
        return {"page": self.page, "iframe": self.frame}.get(kind, ())


def place(geolocation: tuple[float, float]) -> dict[str, float]:
    """Where the visitor is, in the protocol's words."""
    return {"latitude": geolocation[0], "longitude": geolocation[1], "accuracy": _ACCURACY_M}


def manners(options: BrowserOptions, *, gpc: bool) -> Manners:
    """How a visitor behaves by the browser's options. `gpc`: it sends Global Privacy Control."""
    width, height = options.viewport
    screen = {"width": width, "height": height, "screenWidth": width, "screenHeight": height}
    everywhere: list[Command] = [
        (
            "Emulation.setEmulatedMedia",
            {
                "media": "",
                "features": [
                    {"name": "prefers-color-scheme", "value": "light"},
                    {"name": "prefers-reduced-motion", "value": "no-preference"},
                ],
            },
        ),
    ]
    if options.locale:
        everywhere.append(("Emulation.setLocaleOverride", {"locale": options.locale}))
    if options.timezone:
        everywhere.append(("Emulation.setTimezoneOverride", {"timezoneId": options.timezone}))
    if options.geolocation:
        everywhere.append(("Emulation.setGeolocationOverride", place(options.geolocation)))
    if gpc:
        everywhere.append(("Network.setExtraHTTPHeaders", {"headers": GPC_HEADER}))
        everywhere.append(("Page.addScriptToEvaluateOnNewDocument", {"source": GPC_SCRIPT}))
    window: list[Command] = [
        ("Emulation.setDeviceMetricsOverride", {**screen, "deviceScaleFactor": 1, "mobile": False}),
        ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
    ]
    return Manners((*window, *everywhere), tuple(everywhere))
