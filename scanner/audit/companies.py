"""Is an observed vendor named by the policy? Names of companies are compared without legal forms and countries."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from scanner.model.vendor import Vendor
from scanner.site import site_of

Coverage = Literal["full", "part", "sibling"]
"""`full`: named, or its owner is. `part`: only one product of the observed company is named.
`sibling`: another product of the same owner is named."""

_FORM_WORDS = (
    "inc incorporated llc llp ltd limited gmbh mbh ag kg kgaa ohg ug se sa sas sarl sl slu srl spa sro bv nv ab as asa "
    "aps oy oyj plc corp corporation company co pty pte kk zoo spzoo sàrl eurl"
)
_LEGAL_FORMS = frozenset(_FORM_WORDS.split())
_PLACE_WORDS = (
    "ireland europe european emea international global usa us uk deutschland germany france italia italy españa "
    "spain nederland netherlands österreich austria schweiz switzerland worldwide holdings holding group platforms "
    "technologies operations"
)
_PLACES = frozenset(_PLACE_WORDS.split())
# Companies that changed their name; policies often keep the old one.
_RENAMED = {"facebook": "meta", "alphabet": "google", "twitter": "x"}
_HOST = re.compile(r"^\.?([a-z0-9_-]+\.)+[a-z]{2,}$", re.I)
_MIN_PREFIX = 3


@lru_cache(maxsize=8192)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a company's name that tell it from others, in lower case."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"[’']s\b|[™®©]", "", text)
    text = re.sub(r"\b(?:[a-z]\.){2,}", lambda found: found.group().replace(".", "") + " ", text)
    words = [word for word in re.split(r"[^\w+]+", text) if word]
    kept = [word for word in words if word not in _LEGAL_FORMS]
    while len(kept) > 1 and kept[-1] in _PLACES:
        kept.pop()
    return tuple(kept or words)


@lru_cache(maxsize=8192)
def candidates(declared: str) -> tuple[str, ...]:
    """The names in one declared text: `Meta Platforms (Facebook)`, `Google / YouTube`, a name with an address."""
    inside = re.findall(r"\(([^()]+)\)", declared)
    outside = re.sub(r"\([^()]*\)", " ", declared)
    parts = [declared, outside, *inside, *re.split(r"\s*[/|;,&]\s*|\s+(?:and|und|et|y|e|en)\s+", outside)]
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def is_host(text: str) -> bool:
    """Whether a provider is given as a domain rather than by name."""
    return bool(_HOST.match(text.strip()))


def names_host(declared: str, host: str) -> bool:
    """Whether a declared name or domain means the owner of a host: `AdWerk GmbH` and `pixel.adwerk.example`."""
    sites, labels = _as_hosts(declared)
    site = site_of(host)
    return site in sites or re.sub(r"[^\w]", "", site.split(".")[0]) in labels


@lru_cache(maxsize=8192)
def _as_hosts(declared: str) -> tuple[frozenset[str], frozenset[str]]:
    """The sites that a declared text gives, and the first labels of sites that its names would have."""
    parts = candidates(declared)
    joined = ("".join(tokens(part)) for part in parts if not is_host(part))
    return (
        frozenset(site_of(part) for part in parts if is_host(part)),
        frozenset(label for label in joined if len(label) >= _MIN_PREFIX),
    )


@lru_cache(maxsize=65536)
def covers(declared: str, vendor: Vendor) -> Coverage | None:
    """Whether a declared name means the vendor; the widest answer of all names in the declared text."""
    found: Coverage | None = None
    order: tuple[Coverage, ...] = ("full", "part", "sibling")
    for part in candidates(declared):
        one = None if is_host(part) else _covers_one(tokens(part), vendor)
        if one is not None and (found is None or order.index(one) < order.index(found)):
            found = one
    return found


def same_owner(first: Vendor, second: Vendor) -> bool:
    """Whether two vendors belong to one company, as far as the catalogue knows."""
    return bool(_owner(first)) and _owner(first) == _owner(second)


def _covers_one(words: tuple[str, ...], vendor: Vendor) -> Coverage | None:
    if not words:
        return None
    own = [tokens(name) for name in (vendor.name, *vendor.aliases)]
    joined = "".join(words)
    if any(joined == "".join(name) for name in own):
        return "full"
    owner = _owner(vendor)
    renamed = tuple(_RENAMED.get(word, word) for word in words)
    if owner and owner in (words, renamed):
        return "full"
    if len(joined) >= _MIN_PREFIX and any(words == name[: len(words)] for name in own):
        return "full"
    if any(name == words[: len(name)] for name in own):
        return "part"
    if owner and renamed[: len(owner)] == owner:
        return "sibling"
    return None


def _owner(vendor: Vendor) -> tuple[str, ...]:
    words = tokens(vendor.owner) if vendor.owner else ()
    return tuple(_RENAMED.get(word, word) for word in words)
