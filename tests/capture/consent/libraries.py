"""Pages with real consent libraries: one that comes with a Python package, the others from npm into a cache.

The libraries are never part of the repository. Where npm is not there, or has no network, their tests are skipped.
"""

# ruff: noqa: E501

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import unquote

from tests.capture.consent.pages import Case, page
from tests.npm import installed

PACKAGES = (
    "vcc2@npm:vanilla-cookieconsent@2.9.2",
    "vcc3@npm:vanilla-cookieconsent@3.1.0",
    "klaro@0.7.22",
    "tarteaucitronjs@1.34.0",
    "cookieconsent@3.1.1",
)

Judge = Callable[[Mapping[str, str]], frozenset[str] | None]
"""What the library's own cookies say was granted; null where it kept no choice."""


@dataclass(frozen=True)
class Library:
    """One library with one set of settings. `impossible` names what it does not offer."""

    case: Case
    judge: Judge
    everything: frozenset[str]
    impossible: tuple[str, ...] = ()


def npm_folder() -> Path | None:
    """Where the libraries lie, installed if need be; null where that is not possible."""
    return installed("consent-libraries", PACKAGES)


def pypi_folder() -> Path:
    """The library that a Python package ships. The package itself is not imported: it needs a framework of its own."""
    return Path(str(distribution("js.cookieconsent").locate_file("js/cookieconsent/resources")))


_OPTIONAL = frozenset({"analytics", "marketing"})


def _json_cookie(name: str, pick: Callable[[object], set[str]]) -> Judge:
    def judge(cookies: Mapping[str, str]) -> frozenset[str] | None:
        return frozenset(pick(json.loads(unquote(cookies[name])))) if name in cookies else None

    return judge


def _vcc3(name: str, *, first: bool, second: bool, on: bool) -> Library:
    texts = {
        "consentModal": {
            "title": "We use cookies",
            "description": "Our website uses cookies to measure its use.",
            "acceptAllBtn": "Accept all",
            **({"acceptNecessaryBtn": "Reject all"} if first else {}),
            "showPreferencesBtn": "Manage preferences",
        },
        "preferencesModal": {
            "title": "Cookie preferences",
            "acceptAllBtn": "Accept all",
            **({"acceptNecessaryBtn": "Reject all"} if second else {}),
            "savePreferencesBtn": "Save preferences",
            "closeIconLabel": "Close",
            "sections": [
                {
                    "title": "Strictly necessary cookies",
                    "description": "They are needed.",
                    "linkedCategory": "necessary",
                },
                {"title": "Analytics cookies", "description": "They measure.", "linkedCategory": "analytics"},
                {"title": "Marketing cookies", "description": "They advertise.", "linkedCategory": "marketing"},
            ],
        },
    }
    config = {
        "categories": {
            "necessary": {"enabled": True, "readOnly": True},
            "analytics": {"enabled": on},
            "marketing": {"enabled": on},
        },
        "language": {"default": "en", "translations": {"en": texts}},
    }
    body = f"<link rel=stylesheet href=/files/npm/vcc3/dist/cookieconsent.css><script src=/files/npm/vcc3/dist/cookieconsent.umd.js></script><script>CookieConsent.run({json.dumps(config)})</script>"
    return Library(
        Case(name, "en", page(body)),
        _json_cookie("cc_cookie", lambda d: set(d["categories"]) - {"necessary"}),
        _OPTIONAL,
    )  # type: ignore[index]


def _vcc2(name: str, *, first: bool, second: bool, on: bool) -> Library:
    blocks = [
        {
            "title": "Strictly necessary cookies",
            "description": "They are needed.",
            "toggle": {"value": "necessary", "enabled": True, "readonly": True},
        },
        {
            "title": "Analytics cookies",
            "description": "They measure.",
            "toggle": {"value": "analytics", "enabled": on, "readonly": False},
        },
        {
            "title": "Marketing cookies",
            "description": "They advertise.",
            "toggle": {"value": "marketing", "enabled": on, "readonly": False},
        },
    ]
    texts = {
        "consent_modal": {
            "title": "We use cookies",
            "description": "Our website uses cookies to measure its use.",
            "primary_btn": {"text": "Accept all", "role": "accept_all"},
            "secondary_btn": {"text": "Reject all", "role": "accept_necessary"}
            if first
            else {"text": "Cookie settings", "role": "settings"},
        },
        "settings_modal": {
            "title": "Cookie preferences",
            "save_settings_btn": "Save settings",
            "accept_all_btn": "Accept all",
            **({"reject_all_btn": "Reject all"} if second else {}),
            "close_btn_label": "Close",
            "blocks": [{"title": "Cookie usage", "description": "You can choose."}, *blocks],
        },
    }
    body = f"<link rel=stylesheet href=/files/npm/vcc2/dist/cookieconsent.css><script src=/files/npm/vcc2/dist/cookieconsent.js></script><script>initCookieConsent().run({json.dumps({'current_lang': 'en', 'autorun': True, 'languages': {'en': texts}})})</script>"
    return Library(
        Case(name, "en", page(body)),
        _json_cookie("cc_cookie", lambda d: set(d["categories"]) - {"necessary"}),
        _OPTIONAL,
    )  # type: ignore[index]


def _klaro(name: str, *, decline: bool, on: bool, modal: bool, lang: str = "en") -> Library:
    config = {
        "acceptAll": True,
        "hideDeclineAll": not decline,
        "default": on,
        "mustConsent": modal,
        "lang": lang,
        "services": [
            {"name": "analytics", "title": "Analytics", "purposes": ["analytics"]},
            {"name": "marketing", "title": "Advertising", "purposes": ["marketing"]},
        ],
    }
    body = f"<script>var klaroConfig = {json.dumps(config)}</script><script defer src=/files/npm/klaro/dist/klaro.js></script>"
    return Library(
        Case(name, lang, page(body, lang=lang)),
        _json_cookie("klaro", lambda d: {k for k, v in d.items() if v}),
        _OPTIONAL,
    )  # type: ignore[attr-defined]


def _tarteaucitron(name: str, *, deny: bool, orientation: str, lang: str = "en") -> Library:
    config = {
        "privacyUrl": "",
        "hashtag": "#tarteaucitron",
        "cookieName": "tarteaucitron",
        "orientation": orientation,
        "showAlertSmall": False,
        "cookieslist": False,
        "adblocker": False,
        "DenyAllCta": deny,
        "AcceptAllCta": True,
        "highPrivacy": True,
        "handleBrowserDNTRequest": False,
        "removeCredit": True,
        "moreInfoLink": False,
        "showIcon": True,
        "closePopup": False,
        "useExternalCss": False,
    }
    services = "".join(
        f"tarteaucitron.services.{key} = {{key: '{key}', type: '{kind}', name: '{key.title()}', uri: '/x', needConsent: true, cookies: [], js: function () {{}}, fallback: function () {{}}}}; (tarteaucitron.job = tarteaucitron.job || []).push('{key}');"
        for key, kind in (("analytics", "analytic"), ("marketing", "ads"))
    )
    body = f"<script>var tarteaucitronForceLanguage = '{lang}'</script><script src=/files/npm/tarteaucitronjs/tarteaucitron.js></script><script src=/files/npm/tarteaucitronjs/tarteaucitron.services.js></script><script>tarteaucitron.init({json.dumps(config)}); {services}</script>"

    def judge(cookies: Mapping[str, str]) -> frozenset[str] | None:
        kept = unquote(cookies.get("tarteaucitron", ""))
        return frozenset(k for k in _OPTIONAL if f"!{k}=true" in kept) if "=true" in kept or "=false" in kept else None

    return Library(Case(name, lang, page(body, lang=lang)), judge, _OPTIONAL)


def _osano(name: str, kind: str, source: str, *, impossible: tuple[str, ...] = ()) -> Library:
    body = f"<link rel=stylesheet href=/files/{source}/cookieconsent.min.css><script src=/files/{source}/cookieconsent.min.js></script><script>addEventListener('load', () => cookieconsent.initialise({{type: '{kind}', palette: {{popup: {{background: '#000'}}, button: {{background: '#fd0'}}}}}}))</script>"

    def judge(cookies: Mapping[str, str]) -> frozenset[str] | None:
        return {
            "allow": frozenset({"all"}),
            "deny": frozenset(),
            "dismiss": frozenset({"all"} if kind != "opt-in" else ()),
        }.get(cookies.get("cookieconsent_status", ""))  # type: ignore[return-value]

    return Library(Case(name, "en", page(body)), judge, frozenset({"all"}), impossible)


FROM_PYPI = (
    _osano("osano-pypi-info", "info", "pypi", impossible=("reject",)),
    _osano("osano-pypi-opt-in", "opt-in", "pypi"),
    _osano("osano-pypi-opt-out", "opt-out", "pypi"),
)
FROM_NPM = (
    _vcc3("vcc3-first", first=True, second=True, on=False),
    _vcc3("vcc3-second", first=False, second=True, on=True),
    _vcc3("vcc3-toggles", first=False, second=False, on=True),
    _vcc2("vcc2-first", first=True, second=True, on=False),
    _vcc2("vcc2-second", first=False, second=True, on=True),
    _vcc2("vcc2-toggles", first=False, second=False, on=True),
    _klaro("klaro-decline", decline=True, on=False, modal=False),
    _klaro("klaro-toggles", decline=False, on=True, modal=False),
    _klaro("klaro-modal-de", decline=True, on=True, modal=True, lang="de"),
    _tarteaucitron("tarteaucitron-deny", deny=True, orientation="bottom"),
    _tarteaucitron("tarteaucitron-middle-fr", deny=True, orientation="middle", lang="fr"),
    _tarteaucitron("tarteaucitron-settings", deny=False, orientation="top", lang="de"),
    _osano("osano-npm-info", "info", "npm/cookieconsent/build", impossible=("reject",)),
    _osano("osano-npm-opt-in", "opt-in", "npm/cookieconsent/build"),
    _osano("osano-npm-opt-out", "opt-out", "npm/cookieconsent/build"),
)
