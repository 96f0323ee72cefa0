"""Programming interfaces by which consent platforms show their settings again.

The last resort for taking consent back: no visitor can press them, so what is done through them is recorded as that.
Each is the platform's documented call. Facts only, kept here so that the general method itself knows no platform.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlatformWay:
    """One call. `function` must exist in the page's own world before `call` is made there."""

    platform: str
    function: str
    call: str


PLATFORM_WAYS: tuple[PlatformWay, ...] = (
    PlatformWay("OneTrust", "OneTrust.ToggleInfoDisplay", "OneTrust.ToggleInfoDisplay()"),
    PlatformWay("Cookiebot", "Cookiebot.renew", "Cookiebot.renew()"),
    PlatformWay("Usercentrics", "UC_UI.showSecondLayer", "UC_UI.showSecondLayer()"),
    PlatformWay("Usercentrics", "__ucCmp.showSecondLayer", "__ucCmp.showSecondLayer()"),
    PlatformWay("Didomi", "Didomi.preferences.show", "Didomi.preferences.show()"),
    PlatformWay("klaro", "klaro.show", "klaro.show(undefined, true)"),
    PlatformWay("tarteaucitron", "tarteaucitron.userInterface.openPanel", "tarteaucitron.userInterface.openPanel()"),
    PlatformWay("vanilla-cookieconsent", "CookieConsent.showPreferences", "CookieConsent.showPreferences()"),
    PlatformWay("Cookie Information", "CookieConsent.renew", "CookieConsent.renew()"),
    PlatformWay("iubenda", "_iub.cs.api.openPreferences", "_iub.cs.api.openPreferences()"),
    PlatformWay("Axeptio", "openAxeptioCookies", "openAxeptioCookies()"),
    PlatformWay("CookieFirst", "CookieFirst.openPanel", "CookieFirst.openPanel()"),
    PlatformWay("CookieYes", "revisitCkyConsent", "revisitCkyConsent()"),
    PlatformWay("Osano", "Osano.cm.showDrawer", "Osano.cm.showDrawer()"),
    PlatformWay("Civic", "CookieControl.open", "CookieControl.open()"),
    PlatformWay("Termly", "displayPreferenceModal", "displayPreferenceModal()"),
    PlatformWay("Shopify", "privacyBanner.showPreferences", "privacyBanner.showPreferences()"),
    PlatformWay("Google Funding Choices", "googlefc.showRevocationMessage", "googlefc.showRevocationMessage()"),
    PlatformWay("Transcend", "transcend.showConsentManager", "transcend.showConsentManager()"),
    PlatformWay("Ketch", "ketch", "ketch('showPreferences')"),
    PlatformWay("CookieHub", "cookiehub.openSettings", "cookiehub.openSettings()"),
    PlatformWay("Commanders Act", "tC.privacyCenter.showPrivacyCenter", "tC.privacyCenter.showPrivacyCenter()"),
    PlatformWay("Sirdata", "Sddan.cmp.displayUI", "Sddan.cmp.displayUI()"),
    PlatformWay("TrustArc", "truste.eu.clickListener", "truste.eu.clickListener()"),
    PlatformWay("consentmanager", "__cmp", "__cmp('showScreenAdvanced')"),
    PlatformWay("IAB TCF", "__tcfapi", "__tcfapi('displayConsentUi', 2, function () {})"),
)


def available(way: PlatformWay) -> str:
    """An expression that is true where the page offers the call."""
    parts = way.function.split(".")
    path = "window" + "".join(f"?.[{part!r}]" for part in parts)
    return f"typeof {path} === 'function'"


def calling(way: PlatformWay) -> str:
    """An expression that makes the call; what it returns, or throws, says nothing."""
    return f"(() => {{ try {{ {way.call}; }} catch {{ }} return true; }})()"
