"""Consent records that platforms keep in cookies and storage, decoded to what was granted.

Formats are facts that anybody can read in a browser; where a value does not fit, nothing is said about it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

from scanner.capture.consent.signals.granted import Granted, pairs
from scanner.capture.consent.signals.platforms import PLATFORMS
from scanner.capture.consent.words.topics import category_of

Verdict = Literal["all", "none", "some"]
"""Of what needs consent: everything, nothing, or a part is granted."""

_WORD_ALL = re.compile(r"^(?:accept(?:ed)?|allow(?:ed)?|grant(?:ed)?|agree(?:d)?|all|opt-?in)(?:[-_ ]?all)?$", re.I)
_WORD_NONE = re.compile(
    r"^(?:reject(?:ed)?|den(?:y|ied)|decline(?:d)?|refuse(?:d)?|disagree(?:d)?|disallow(?:ed)?|none|opt-?out"
    r"|(?:only[-_ ]?)?(?:necessary|essential|required|minimal)(?:[-_ ]?only)?)(?:[-_ ]?all)?$",
    re.I,
)
_NAME = re.compile(
    r"consent|cookie.?(?:law|notice|info|banner|pref|first|hub|script|control|yes|bar|policy|choice|setting|status|accept)"
    r"|^cc_|cookies?$|gdpr|rgpd|optanon|privacy|didomi|klaro|tarteaucitron|orejime|borlabs|cky|axeptio|_iub|cmplz|uc_|"
    r"usprivacy|gpp|cmapi|notice_|cmp|choice|opt.?(?:in|out)",
    re.I,
)
LONGEST = 4000
"""Characters of a record's value that are kept."""


@dataclass(frozen=True)
class ConsentRecord:
    """One record: where it lies, its text, the platform it belongs to, and what it says was granted."""

    name: str
    value: str
    platform: str | None = None
    granted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    verdict: Verdict | None = None


def read(name: str, value: str) -> ConsentRecord | None:
    """The record that a cookie or storage entry holds, or null where its name is none of a consent record.

    `name` may carry a store in front (`localStorage:uc_settings`).
    """
    bare = name.split(":", 1)[-1]
    for platform, pattern, decoder in PLATFORMS:
        if pattern.fullmatch(bare):
            return _record(name, value, platform, _safely(decoder, unquote(value)))
    if not _NAME.search(bare):
        return None
    return _record(name, value, None, _safely(_general, unquote(value)))


def _record(name: str, value: str, platform: str | None, granted: Granted | None) -> ConsentRecord:
    verdict: Verdict | None = None
    if granted:
        verdict = "all" if all(granted.values()) else "none" if not any(granted.values()) else "some"
    said = granted or {}
    return ConsentRecord(
        name=name,
        value=value[:LONGEST],
        platform=platform,
        granted=tuple(sorted(k for k, on in said.items() if on)),
        refused=tuple(sorted(k for k, on in said.items() if not on)),
        verdict=verdict,
    )


def _safely(decoder: Callable[[str], Granted | None], value: str) -> Granted | None:
    try:
        return decoder(value)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, StopIteration):
        return None


def _general(value: str) -> Granted | None:
    """A record of nobody we know: JSON with categories, lists of categories, or one plain word."""
    text = value.strip().strip('"')
    if _WORD_ALL.match(text):
        return {"everything": True}
    if _WORD_NONE.match(text):
        return {"anything optional": False}
    if text[:1] in "{[":
        return _tree(json.loads(value)) or None
    if re.search(r"\w+[:=]\w+[,&;|]", text + ","):
        parts = [re.split(r"[:=]", p, maxsplit=1) for p in re.split(r"[,&;|]", text) if re.search(r"[:=]", p)]
        return pairs((p[0], p[1]) for p in parts) or None
    names = re.split(r"[,|+ ]", text)
    return _named(names) if len(names) > 1 else None


def _tree(data: Any) -> Granted:
    """Categories anywhere in a JSON value."""
    found: Granted = {}
    if isinstance(data, list):
        return _named([str(item) for item in data if isinstance(item, str)]) or {}
    if isinstance(data, dict):
        found.update(pairs(data.items()))
        for key, value in data.items():
            if isinstance(value, dict | list) and key not in found:
                inner = _tree(value)
                if re.search(r"reject|declin|refus|disabl|denied", key, re.I) and isinstance(value, list):
                    inner = dict.fromkeys(inner, False)
                found.update({k: v for k, v in inner.items() if k not in found})
            elif isinstance(value, str) and re.search(r"status|choice|decision|consent|action|type", key, re.I):
                if _WORD_ALL.match(value):
                    found.setdefault("everything", True)
                elif _WORD_NONE.match(value):
                    found.setdefault("anything optional", False)
    return found


def _named(names: list[str]) -> Granted | None:
    """A list of granted categories; it counts where at least one name is a category."""
    kinds = {n: category_of(n.replace("_", " "), "", n, ("en",)) for n in names if n}
    if not any(kind != "unknown" for kind in kinds.values()):
        return None
    optional = {n: True for n, kind in kinds.items() if kind not in ("necessary", "unknown")}
    return optional or {"anything optional": False}
