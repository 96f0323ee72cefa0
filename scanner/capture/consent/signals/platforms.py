"""How the common consent platforms write down what was granted, one decoder for each.

Formats are facts that anybody can read in a browser. A decoder may raise ValueError, KeyError, TypeError,
AttributeError, IndexError or StopIteration where a value does not fit; nothing is said about such a value then.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from urllib.parse import unquote

from scanner.capture.consent.signals import tcf
from scanner.capture.consent.signals.granted import Granted, flag, pairs
from scanner.capture.consent.words.topics import category_of


def services(value: str) -> Granted:
    """A plain object of services, none of which is a category by name; technical keys begin with `$` or `_`."""
    data = json.loads(value)
    return {k: f for k, v in data.items() if not k.startswith(("$", "_")) and (f := flag(v)) is not None}


def _onetrust(value: str) -> Granted:
    fields = dict(part.split("=", 1) for part in value.split("&") if "=" in part)
    groups = dict(g.split(":", 1) for g in unquote(fields["groups"]).split(",") if ":" in g)
    return {k: v == "1" for k, v in groups.items() if k not in ("C0001", "1")}


def _cookiebot(value: str) -> Granted | None:
    if value in ("0", "-1", "-2"):
        return None
    found = dict(re.findall(r"(preferences|statistics|marketing):(true|false)", value))
    return {k: v == "true" for k, v in found.items()}


def _colon_list(value: str) -> Granted:
    """`analytics:yes,advertisement:no` as CookieYes writes it."""
    return pairs(tuple(p.split(":", 1)) for p in value.split(",") if ":" in p)  # type: ignore[misc]


def _categories_list(value: str) -> Granted:
    """vanilla-cookieconsent 2 and 3: the categories that were accepted; the others are not named."""
    data = json.loads(value)
    accepted = [str(c) for c in data["categories"]]
    optional = [c for c in accepted if category_of(c.replace("_", " "), "", c, ("en",)) != "necessary"]
    refused = [str(c) for c in data.get("rejectedCategories", ())]
    return {**dict.fromkeys(optional, True), **dict.fromkeys(refused, False)} or {"anything optional": False}


def _tarteaucitron(value: str) -> Granted:
    return {k: v == "true" for k, v in re.findall(r"!([\w-]+)=(true|false|wait)", value) if v != "wait"}


def _osano(value: str) -> Granted | None:
    said = {"allow": True, "deny": False}.get(value.strip())
    return None if said is None else {"everything": said}


def _didomi(value: str) -> Granted:
    data = json.loads(base64.b64decode(value + "=" * (-len(value) % 4)))
    purposes = data["purposes"]
    enabled = {str(p): True for p in purposes.get("enabled", ())}
    return {**enabled, **{str(p): False for p in purposes.get("disabled", ())}}


def _usercentrics(value: str) -> Granted | None:
    """The record does not say which services are essential, but what was pressed: then only that is told."""
    services = [s for s in json.loads(value)["services"] if not s.get("isEssential")]
    last = {str(s["history"][-1].get("action")) for s in services if s.get("history")}
    said = {"onDenyAllServices": False, "onAcceptAllServices": True}.get(last.pop()) if len(last) == 1 else None
    if said is not None:
        return {"everything optional": said}
    known = {str(s.get("name") or s["id"]): bool(s["status"]) for s in services}
    return known if len(set(known.values())) == 1 or any(s.get("isEssential") is False for s in services) else None


def _usercentrics_3(value: str) -> Granted:
    """Services by name; where all that is optional was refused, the platform says so in one word."""
    consent = json.loads(value)["consent"]
    said = {"ALL_DENIED": False, "ALL_ACCEPTED": True}.get(str(consent.get("status")))
    if said is not None:
        return {"everything optional": said}
    services = consent["services"].values()
    return {
        str(s.get("name")): bool(s["consent"])
        for s in services
        if category_of(str(s.get("name")), "", "", ("en",)) != "necessary"
    }


def _borlabs(value: str) -> Granted:
    """Groups that were accepted; the essential one always is."""
    consents = json.loads(value)["consents"]
    optional = {str(g): True for g in consents if g != "essential"}
    return optional or {"anything optional": False}


def _cookie_script(value: str) -> Granted | None:
    data = json.loads(value)
    kept = data.get("categories")
    chosen = json.loads(kept) if isinstance(kept, str) and kept else kept or []
    if data.get("action") == "reject" or (data.get("action") and not chosen):
        return {"anything optional": False}
    return {str(c): True for c in chosen} or None


def _iubenda(value: str) -> Granted | None:
    data = json.loads(value)
    purposes = {k: bool(v) for k, v in (data.get("purposes") or {}).items() if k != "1"}
    return purposes or ({"everything": bool(data["consent"])} if "consent" in data else None)


def _trustarc(value: str) -> Granted | None:
    levels = re.match(r"permit\s+([\d,]+)", value)
    if levels is None:
        return None
    granted = {int(n) for n in levels[1].split(",") if n}
    return {f"level {n}": n in granted for n in (2, 3)}


def _shopify(value: str) -> Granted:
    """`con.CMP`: analytics, marketing, preferences and sale of data, each "1", "0" or "" (not asked)."""
    names = {"a": "analytics", "m": "marketing", "p": "preferences", "s": "sale of data"}
    said = json.loads(value)["con"]["CMP"]
    return {names[k]: v == "1" for k, v in said.items() if k in names and v in ("0", "1")}


def _wix(value: str) -> Granted:
    data = json.loads(value)
    return {
        name: bool(data[key]) for key, name in (("func", "functional"), ("anl", "analytics"), ("adv", "advertising"))
    }


def _moove(value: str) -> Granted:
    return {k: str(v) == "1" for k, v in json.loads(value).items() if k != "strict"}


def _hubspot(value: str) -> Granted:
    names = {"1": "analytics", "2": "advertisement", "3": "functionality"}
    pairs = [part.split(":", 1) for part in value.split(",") if ":" in part]
    return {names.get(key, key): said == "true" for key, said in pairs}


def _ketch(value: str) -> Granted:
    data = json.loads(base64.b64decode(value + "=" * (-len(value) % 4)))
    names = {str(k): str(v["status"]) == "granted" for k, v in data.items() if isinstance(v, dict) and "status" in v}
    return {k: on for k, on in names.items() if category_of(k.replace("_", " "), "", "", ("en",)) != "necessary"}


def _cookiehub(value: str) -> Granted:
    data = json.loads(base64.b64decode(value + "=" * (-len(value) % 4)))
    found = {str(c.get("id") or c.get("cid")): bool(c["value"]) for c in data["categories"]}
    return {k: on for k, on in found.items() if k not in ("necessary", "1")}


def _cookie_information(value: str) -> Granted:
    data = json.loads(value)
    said = {**dict.fromkeys(data["consents_approved"], True), **dict.fromkeys(data.get("consents_denied", ()), False)}
    return {str(k): on for k, on in said.items() if str(k) != "cookie_cat_necessary"} or {"anything optional": False}


def _vendors(value: str) -> Granted:
    """`,google_analytics,hotjar,`: the vendors that were granted; an empty list grants none."""
    names = [name for name in value.split(",") if name and not name.startswith("$")]
    return dict.fromkeys(names, True) or {"anything optional": False}


def _osano_hosted(value: str) -> Granted:
    said = json.loads(value)
    kept = said.get("consent", said)
    return {k: v == "ACCEPT" for k, v in kept.items() if v in ("ACCEPT", "DENY") and k not in ("ESSENTIAL", "OPT_OUT")}


def _termly(value: str) -> Granted:
    kept = json.loads(value)["TERMLY_COOKIE_CONSENT"]["value"]
    return {k: bool(v) for k, v in kept.items() if isinstance(v, bool) and k not in ("essential", "unclassified")}


def _transcend(value: str) -> Granted:
    purposes = json.loads(value)["purposes"]
    return {k: v is True for k, v in purposes.items() if k != "Essential" and isinstance(v, bool)}


def _sourcepoint(value: str) -> Granted | None:
    status = json.loads(value)["gdpr"]["consentStatus"]
    if status.get("rejectedAll"):
        return {"everything optional": False}
    return {"everything optional": True} if status.get("consentedAll") else None


def _commanders_act(value: str) -> Granted:
    """`2,3`: the categories that were granted."""
    numbers = [n for n in value.split(",") if n.strip().isdigit()]
    return {f"category {n}": True for n in numbers} or {"anything optional": False}


def _funding_choices(value: str) -> Granted:
    return _tc_string(
        next(part[0] for part in json.loads(value) if isinstance(part, list) and part and isinstance(part[0], str))
    )


def _drupal(value: str) -> Granted | None:
    said = {"0": False, "2": True}.get(value.strip())
    return None if said is None else {"everything optional": said}


def _nothing(_: str) -> Granted | None:
    """Kept beside the record, and no record itself."""
    return None


def _civic(value: str) -> Granted:
    return {k: v == "accepted" for k, v in json.loads(value)["optionalCookies"].items()}


def _tc_string(value: str) -> Granted:
    read_string = tcf.decode(value)
    return {f"purpose {n}": n in read_string.purposes for n in range(1, 12)}


def _us_privacy(value: str) -> Granted | None:
    said = {"Y": False, "N": True}.get(value[2:3])
    return None if said is None else {"sale": said}


def _one_word(value: str) -> Granted | None:
    said = flag(value)
    return None if said is None else {"it": said}


PLATFORMS: tuple[tuple[str, re.Pattern[str], Callable[[str], Granted | None]], ...] = (
    ("OneTrust", re.compile(r"OptanonConsent"), _onetrust),
    ("Cookiebot", re.compile(r"CookieConsent"), _cookiebot),
    ("CookieYes", re.compile(r"cookieyes-consent"), _colon_list),
    ("GDPR Cookie Consent", re.compile(r"cookielawinfo-checkbox-(?!necessary).+"), _one_word),
    ("Complianz", re.compile(r"cmplz_(?:marketing|statistics|preferences)"), _one_word),
    ("Complianz", re.compile(r"cmplz_(?:statistics-anonymous|.+)"), _nothing),
    ("Borlabs", re.compile(r"borlabs-cookie"), _borlabs),
    ("klaro", re.compile(r"klaro"), services),
    ("Osano cookieconsent", re.compile(r"cookieconsent_status(?:_.+)?"), _osano),
    ("tarteaucitron", re.compile(r"tarteaucitron"), _tarteaucitron),
    ("vanilla-cookieconsent", re.compile(r"cc_cookie"), _categories_list),
    ("Didomi", re.compile(r"didomi_token"), _didomi),
    ("Usercentrics", re.compile(r"uc_settings"), _usercentrics),
    ("Usercentrics", re.compile(r"ucData"), _usercentrics_3),
    ("Usercentrics", re.compile(r"uc_(?:user_interaction|ui_version|gcm|tcf)"), _nothing),
    ("Cookie-Script", re.compile(r"CookieScriptConsent"), _cookie_script),
    ("CookieFirst", re.compile(r"cookiefirst-consent"), lambda v: pairs(json.loads(v).items())),
    ("Axeptio", re.compile(r"axeptio_cookies"), services),
    ("Axeptio", re.compile(r"axeptio_authorized_vendors"), _vendors),
    ("Axeptio", re.compile(r"axeptio_all_vendors"), _nothing),
    ("iubenda", re.compile(r"_iub_cs-\w+"), _iubenda),
    ("TrustArc", re.compile(r"cmapi_cookie_privacy"), _trustarc),
    ("Civic", re.compile(r"CookieControl"), _civic),
    ("orejime", re.compile(r"orejime"), services),
    ("Shopify", re.compile(r"_tracking_consent"), _shopify),
    ("Wix", re.compile(r"consent-policy"), _wix),
    ("GDPR Cookie Compliance", re.compile(r"moove_gdpr_popup"), _moove),
    ("HubSpot", re.compile(r"__hs_cookie_cat_pref"), _hubspot),
    ("HubSpot", re.compile(r"__hs_(?:opt_out|initial_opt_in|do_not_track|gpc_banner_dismiss)"), _nothing),
    ("Ketch", re.compile(r"_ketch_consent_v1_"), _ketch),
    ("CookieHub", re.compile(r"cookiehub"), _cookiehub),
    ("Cookie Information", re.compile(r"CookieInformationConsent"), _cookie_information),
    ("Osano", re.compile(r"osano_consentmanager"), _osano_hosted),
    ("Termly", re.compile(r"TERMLY_API_CACHE"), _termly),
    ("Transcend", re.compile(r"tcm(?:Consent)?"), _transcend),
    ("Sourcepoint", re.compile(r"_sp_user_consent_\w+"), _sourcepoint),
    ("Commanders Act", re.compile(r"TC_PRIVACY_CENTER"), _commanders_act),
    ("Commanders Act", re.compile(r"TC_PRIVACY"), _nothing),
    ("Google Funding Choices", re.compile(r"FCCDCF"), _funding_choices),
    ("EU Cookie Compliance", re.compile(r"cookie-agreed"), _drupal),
    ("EU Cookie Compliance", re.compile(r"cookie-agreed-version"), _nothing),
    ("Cookie Notice", re.compile(r"cookie_notice_accepted"), _one_word),
    ("GDPR Cookie Consent", re.compile(r"cookielawinfo-checkbox-necessary|viewed_cookie_policy"), _nothing),
    ("Squarespace", re.compile(r"ss_(?:performance|marketing)CookiesAllowed"), _one_word),
    ("IAB TCF", re.compile(r"eu(?:pub)?consent-v2"), _tc_string),
    ("IAB USP", re.compile(r"usprivacy"), _us_privacy),
)
