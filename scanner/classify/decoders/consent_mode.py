"""Google's consent mode as hits carry it: the parameters `gcs` and `gcd`.

`gcs=G1xy`: x is ad_storage, y analytics_storage; 1 granted, 0 denied, - not set
(https://developers.google.com/tag-platform/security/concepts/consent-mode). `gcd` holds a letter for each of
ad_storage, analytics_storage, ad_user_data and ad_personalization; the letter tells default and update.
"""

from __future__ import annotations

import re

_GCS = re.compile(r"G1([01-])([01-])")
_GCD_LETTERS = re.compile(r"\d([a-z])")
_STORAGE = {"1": "granted", "0": "denied", "-": "not set"}
_LETTERS = {
    "l": "not set",
    "p": "denied",
    "q": "denied",
    "t": "granted",
    "r": "granted",
    "m": "denied",
    "n": "granted",
    "u": "denied",
    "v": "granted",
}
_TYPES = ("ad_storage", "analytics_storage", "ad_user_data", "ad_personalization")


def signal(given: dict[str, str]) -> str | None:
    """The signal in words, with the raw values: `gcs=G100 gcd=... (ad_storage denied, ...)`."""
    gcs, gcd = given.get("gcs"), given.get("gcd")
    raw = [f"{name}={value}" for name, value in (("gcs", gcs), ("gcd", gcd)) if value]
    if not raw:
        return None
    words = {**_of_gcd(gcd), **_of_gcs(gcs)}
    said = [f"{name} {words[name]}" for name in _TYPES if words.get(name) in ("granted", "denied")]
    return " ".join(raw) + (f" ({', '.join(said)})" if said else "")


def denied(given: dict[str, str], storage: str) -> bool:
    """Whether the signal refuses this kind of storage; without a signal nothing is refused."""
    words = {**_of_gcd(given.get("gcd")), **_of_gcs(given.get("gcs"))}
    return words.get(storage) == "denied"


def _of_gcs(value: str | None) -> dict[str, str]:
    found = _GCS.fullmatch(value or "")
    return dict(zip(_TYPES, (_STORAGE[found[1]], _STORAGE[found[2]]), strict=False)) if found else {}


def _of_gcd(value: str | None) -> dict[str, str]:
    letters = _GCD_LETTERS.findall((value or "")[1:])
    if len(letters) < len(_TYPES):
        return {}
    return {name: _LETTERS[letter] for name, letter in zip(_TYPES, letters, strict=False) if letter in _LETTERS}
