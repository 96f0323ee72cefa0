"""The pages of `fixtures/banners`: hosted platforms imitated in markup of our own, odd banners, and look-alikes.

`stage.js` of that folder gives each page its settings (the query), its log on the server and its storage. A page keeps
its choice where and as the platform that it imitates keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tests.capture.consent.pages import Case, page

FOLDER = Path(__file__).resolve().parents[3] / "fixtures" / "banners"

TWO = frozenset({"analytics", "marketing"})
THREE = frozenset({"functional", "analytics", "marketing"})

_HEAD = "<link rel=stylesheet href=/banners/shop.css><script src=/banners/stage.js></script>"


@dataclass(frozen=True)
class Staged:
    """One page with its settings. `everything` is what accepting grants; `refusal` is null or why none is possible."""

    case: Case
    everything: frozenset[str]
    refusal: str | None = None
    by_interface: bool = False
    """Whether consent can be taken back by the platform's own call alone."""


def body(folder: str, name: str, lang: str = "en") -> str:
    """The markup of one page of the folder."""
    return page((FOLDER / folder / f"{name}.html").read_text(), lang=lang, head=_HEAD)


def platform(
    name: str, query: str, lang: str = "en", everything: frozenset[str] = THREE, refusal: str | None = None
) -> Staged:
    """An imitated platform with these settings, in this language."""
    label = f"{name}-{lang}" + ("-" + query.replace("=", "").replace("&", "-") if query else "")
    return Staged(Case(label, lang, body("platforms", name, lang), f"{query}&lang={lang}"), everything, refusal)


_AM = TWO
_FM = frozenset({"functional", "marketing"})
_FA = frozenset({"functional", "analytics"})
_ONE = frozenset({"analytics"})
_SP = THREE | {"li7"}

PLATFORMS: tuple[Staged, ...] = (
    platform("onetrust", "reject=1"),
    platform("onetrust", "on=1", "de"),
    platform("onetrust", "on=1&reject2=1&cross=1", "it"),
    platform("cookiebot", "custom=1&on=1", "en"),
    platform("cookiebot", "no=1&inline=1&on=1", "de"),
    platform("cookiebot", "no=none&inline=1&on=1", "da"),
    platform("cookiebot", "no=none&custom=1&on=1&widget=1", "en"),
    platform("usercentrics", "reject=1", "de", _FM),
    platform("usercentrics", "reject=0&on=1", "nl", _FM),
    platform("usercentrics-3", "reject=1", "pl", _AM),
    platform("usercentrics-3", "on=1", "en", _AM),
    platform("didomi", "no=link", "fr"),
    platform("didomi", "no=button", "en"),
    platform("didomi", "bulk=1", "es"),
    platform("didomi", "", "en"),
    platform("quantcast", "reject=1", "es"),
    platform("quantcast", "bulk=1", "en"),
    platform("quantcast", "on=1", "en"),
    platform("sourcepoint", "reject=1", "de", _SP),
    platform("sourcepoint", "reject2=1&on=1", "it", _SP),
    platform("sourcepoint", "on=1", "en", _SP),
    platform("sourcepoint", "pay=1", "de", _SP, "pay"),
    platform("trustarc", "reject=1", "en", _FM),
    platform("trustarc", "bulk=1&on=1", "ja", _FM),
    platform("trustarc", "on=1", "en", _FM),
    platform("trustarc", "kind=radio&on=1&auto=1", "en", _FM),
    platform("complianz", "", "nl"),
    platform("complianz", "reject=0&on=1", "fr"),
    platform("cookieyes", "reject=1", "pt"),
    platform("cookieyes", "on=1", "en"),
    platform("iubenda", "no=button", "it"),
    platform("iubenda", "no=link", "it"),
    platform("iubenda", "no=cross", "en"),
    platform("iubenda", "no=none&on=1&bulk=1", "en"),
    platform("iubenda", "no=none&on=1", "it"),
    platform("axeptio", "", "fr", _AM),
    platform("axeptio", "noreject=1&on=1", "en", _AM),
    platform("borlabs", "reject=1&ticks=1&on=1", "de", _FA),
    platform("borlabs", "ticks=1&on=1", "de", _FA),
    platform("borlabs", "on=1", "en", _FA),
    platform("funding-choices", "reject=1", "de"),
    platform("funding-choices", "", "en"),
    platform("funding-choices", "on=1", "de"),
    platform("real-cookie-banner", "", "de"),
    platform("real-cookie-banner", "reject=0&groups=1&on=1", "en"),
    platform("moove", "reject=1", "pl", _AM),
    platform("moove", "on=1", "en", _AM),
    platform("cookie-notice", "reject=1", "hr", _ONE),
    platform("cookie-notice", "reject=1&cross=1", "en", _ONE),
    platform("cookie-notice", "", "en", _ONE, "none"),
    platform("webtoffee", "reject=1", "sv"),
    platform("webtoffee", "on=1", "en"),
    platform("cookiefirst", "reject=1", "cs"),
    platform("cookiefirst", "on=1", "en"),
    platform("cookie-script", "reject=1", "lt", _AM),
    platform("cookie-script", "inline=1&on=1", "en", _AM),
    platform("consentmanager", "reject=1", "de", _AM),
    platform("consentmanager", "on=1", "en", _AM),
    platform("consentmanager", "bulk=1&on=1", "de", _AM),
    platform("termly", "reject=1", "es"),
    platform("termly", "on=1", "en"),
    platform("termly", "on=1&bulk=1", "en"),
    platform("osano-hosted", "reject=1", "en"),
    platform("osano-hosted", "on=1", "fi"),
    platform("civic", "reject=1", "en", _AM),
    platform("civic", "on=1", "en", _AM),
    platform("civic", "bulk=1&on=1", "cy", _AM),
    platform("shopify", "reject=1", "de"),
    platform("shopify", "on=1", "en"),
    platform("shopify", "on=1&bulk=1", "en"),
    platform("wix", "reject=1&settings=1", "en"),
    platform("wix", "settings=1&on=1", "he"),
    platform("wix", "", "en", THREE, "none"),
    platform("squarespace", "reject=1", "nb", _AM),
    platform("squarespace", "on=1", "en", _AM),
    platform("squarespace", "bulk=1&on=1", "en", _AM),
    platform("transcend", "reject=1", "it"),
    platform("transcend", "on=1", "en"),
    platform("transcend", "us=1", "en"),
    platform("ketch", "reject=1", "en", _AM),
    platform("ketch", "on=1", "en", _AM),
    platform("ketch", "on=1&bulk=1", "en", _AM),
    platform("cookiehub", "reject=1", "is", _AM),
    platform("cookiehub", "on=1", "en", _AM),
    platform("commanders-act", "reject=1", "fr", _AM),
    platform("commanders-act", "on=1", "fr", _AM),
    platform("commanders-act", "", "en", _AM),
    platform("sirdata", "reject=1", "fr"),
    platform("sirdata", "bulk=1", "fr"),
    platform("sirdata", "on=1", "fr"),
    platform("cookie-information", "reject=1", "da"),
    platform("cookie-information", "ticks=1&on=1", "en"),
    platform("drupal", "", "ro", _FA),
    platform("drupal", "cats=1&on=1", "en", _FA),
    platform("hubspot", "reject=1", "ja"),
    platform("hubspot", "more=1&on=1", "en"),
    platform("hubspot", "", "en", THREE, "none"),
)
"""Every imitated platform with several settings, in several languages."""

_IMPOSSIBLE = {"wall-no-reject": "none", "pay-de": "pay"}
WILD: tuple[Staged, ...] = tuple(
    Staged(Case(f"wild-{f.stem}", "en", body("wild", f.stem), ""), TWO, _IMPOSSIBLE.get(f.stem))
    for f in sorted((FOLDER / "wild").glob("*.html"))
)
"""Odd banners."""

LOOK_ALIKES: tuple[Case, ...] = tuple(
    Case(f"alike-{f.stem}", "en", body("decoys", f.stem), "watch=1") for f in sorted((FOLDER / "decoys").glob("*.html"))
)
"""Pages without a consent banner."""


def _back(
    name: str, query: str, lang: str, everything: frozenset[str] = THREE, *, by_interface: bool = False
) -> Staged:
    return replace(platform(name, query, lang, everything), by_interface=by_interface)


WAYS_BACK: tuple[Staged, ...] = (
    _back("onetrust", "reject=1", "en"),
    _back("cookiebot", "no=1&inline=1&widget=1", "de"),
    _back("cookiebot", "no=1&inline=1", "de", by_interface=True),
    _back("usercentrics", "reject=1", "de", _FM, by_interface=True),
    _back("didomi", "no=link", "fr", by_interface=True),
    _back("complianz", "", "nl"),
    _back("cookieyes", "reject=1", "pt"),
    _back("iubenda", "no=button&footer=1", "it"),
    _back("osano-hosted", "reject=1", "en"),
    _back("drupal", "withdraw=1", "ro", _FA),
    _back("borlabs", "reject=1&footer=1", "de", _FA),
    _back("borlabs", "ticks=1&on=1&footer=1", "en", _FA),
    _back("webtoffee", "on=1", "en"),
    _back("cookiehub", "on=1", "en", _AM, by_interface=True),
    Staged(Case("policy-way-back", "en", body("wild-back", "policy-page")), TWO),
)
"""Platforms and pages with a way to take consent back."""

NO_WAYS_BACK: tuple[Staged, ...] = (_back("borlabs", "on=1", "en", _FA), _back("moove", "reject=1", "pl", _AM))
"""Platforms whose pages keep no way to take consent back: no link, no button, no call."""
