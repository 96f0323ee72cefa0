"""How tests start a Chromium of their own, beside the one that the product starts."""

from __future__ import annotations

LIGHT = "--disable-features=" + ",".join(
    (
        # Two pages of the browser's own address bar for each window: a second of processor time.
        "WebUIOmniboxPopup",
        "WebUIOmniboxAimPopup",
        # What the driver switches off by itself where it is given no such list.
        "AcceptCHFrame",
        "AvoidUnnecessaryBeforeUnloadCheckSync",
        "DestroyProfileOnBrowserClose",
        "DialMediaRouteProvider",
        "GlobalMediaControls",
        "HttpsUpgrades",
        "LensOverlay",
        "MediaRouter",
        "PaintHolding",
        "ThirdPartyStoragePartitioning",
        "Translate",
    )
)
"""A switch for the command line: without it each new window costs as much as a page."""
