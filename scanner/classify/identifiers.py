"""Which values tell one browser from another.

A scan gives the proof for nothing: its contexts are fresh profiles. What differs between them and stays the same
within each, is long and random enough, and is no moment in time, identifies the browser. Constants, languages,
settings, test groups and consent records do not.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote

MIN_LENGTH = 8
"""Characters; shorter parts of a value are words, numbers or test groups."""
MIN_LENGTH_KNOWN = 5
"""The same where the catalogue says that the value holds an identifier."""

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_WORDS = re.compile(r"[A-Za-z0-9_-]+")
_LONG_WORDS = re.compile(r"[A-Za-z0-9_-]{8,}")
_PARTS = re.compile(r"[A-Za-z0-9]+")
_DOTTED = re.compile(r"(?<![0-9.])([0-9]{5,})\.([0-9]{9,})(?![0-9.])")
_DATE = re.compile(r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?:T?\d{0,6}Z?)?")
_HEX_TIME = re.compile(r"[0-9a-f]{8}|[0-9a-f]{11}", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_CONSENT_STRING = re.compile(r"(?<![A-Za-z0-9_-])C[A-Za-z0-9_-]{19,}(?:\.[A-Za-z0-9_-]{2,})*(?![A-Za-z0-9_-])")
"""A string of the Transparency and Consent Framework, version 2, with its segments."""
_PRIVACY_STRING = re.compile(r"(?<![A-Za-z0-9_-])DB[A-Za-z0-9_-]{2,}(?:~[A-Za-z0-9_.-]+)+")
"""A string of the Global Privacy Platform: a header of type 3 and version 1, and its sections."""
_TIMING = re.compile(r"(?<![0-9.])[0-9]{1,7}\.[0-9]*(?:0000|9999)[0-9]+(?![0-9.])")
"""Milliseconds as a page measures them (`performance.now()`), with the traces of binary fractions."""
_RUNS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_CONSENT_NAME = re.compile(
    r"consent|gdpr|ccpa|\bcmp|cmp\b|tcf|privacy|cookie[-_]?(law|notice|banner|policy|prefer|setting|accept)|optanon|didomi"
    r"|einwilligung|zustimmung|datenschutz|consenso|consentement|consentimiento|toestemming|samtykke|samtycke|suostumus"
    r"|euconsent|usprivacy|(?:^|[-_.])(csrf|xsrf)",
    re.IGNORECASE,
)
_NOT_IDENTIFYING_ROLES = frozenset(
    {
        "consent-record",
        "opt-out",
        "constant",
        "test",
        "timestamp",
        "language",
        "throttle",
        "counter",
        "csrf",
        "preference",
        "load-balancing",
        "ab-test",
    }
)
_IDENTIFYING_ROLES = frozenset({"visitor-id", "user-id", "session-id"})

_WINDOW = 3 * 31_557_600
"""A number within three years of the scan, read as seconds or milliseconds, is taken for a moment in time."""
_TCF_FIRST, _TCF_LAST = 15_200_000_000, 22_100_000_000
"""Between 2018, when the framework began, and 2040, in tenths of seconds."""
_NARROW = 30 * 86_400
"""The same for forms in which chance hits are likelier: within thirty days."""


def may_identify(name: str, role: str | None) -> bool:
    """Whether a thing of this name and catalogue role may be an identifier at all."""
    if role is not None:
        return role not in _NOT_IDENTIFYING_ROLES
    return _CONSENT_NAME.search(name) is None


def identifying_tokens(
    values: Mapping[str, Sequence[str]],
    now: float,
    *,
    name: str = "",
    role: str | None = None,
    outlived: Collection[str] = (),
) -> dict[str, frozenset[str]]:
    """The identifying parts of a value, for each context that has any.

    `values` gives, for each context, the value at each moment it was looked at, in order; `now` is the time of the
    scan in seconds. With one context alone nothing can be compared: then the catalogue's word (`role`) decides.
    `outlived` are the contexts in which the last value was there before a visit began and still there at its end.
    """
    if not may_identify(name, role):
        return {}
    least = MIN_LENGTH_KNOWN if role in _IDENTIFYING_ROLES else MIN_LENGTH
    lasting = {context: _lasting(seen, now, least) for context, seen in values.items() if seen}
    found: dict[str, frozenset[str]] = {}
    for context, tokens in lasting.items():
        others = [other for key, other in lasting.items() if key != context]
        if not others and role not in _IDENTIFYING_ROLES:
            continue
        mine = tokens.difference(*others) if others else tokens
        if mine:
            found[context] = frozenset(mine)
    if len(lasting) > 1 and len(found) < 2:
        return _differing({context: found[context] for context in found if context in outlived}, values, now, least)
    return found


def _differing(
    found: Mapping[str, frozenset[str]], values: Mapping[str, Sequence[str]], now: float, least: int
) -> dict[str, frozenset[str]]:
    """What lasts in one context alone, where others were left too soon to show that theirs does: had they a value of
    the kind, and another one?"""
    kept: dict[str, frozenset[str]] = {}
    for context, tokens in found.items():
        others = [
            frozenset().union(*(tokens_of(value, int(now), least) for value in seen))
            for key, seen in values.items()
            if key != context and len(seen) > 1
        ]
        mine = tokens.difference(*others)
        if mine and any(others):
            kept[context] = mine
    return kept


def _lasting(seen: Sequence[str], now: float, least: int) -> frozenset[str]:
    """Parts that the last value has in common with the first."""
    first = tokens_of(seen[0], int(now), least)
    if len(seen) == 1 or seen[-1] == seen[0]:
        return first
    return first & tokens_of(seen[-1], int(now), least)


def _without_records(text: str) -> str:
    """A text without what records a choice or a moment, however random it looks."""
    text = _TIMING.sub(" ", _PRIVACY_STRING.sub(" ", text))
    return _CONSENT_STRING.sub(lambda found: " " if _is_consent_string(found[0]) else found[0], text)


def _is_consent_string(text: str) -> bool:
    """Whether a string begins with version 2 and two moments in tenths of seconds, creation and last change.

    Source: IAB Europe, "Transparency and Consent String with Global Vendor & CMP List Formats", the core string.
    """
    try:
        bits = int.from_bytes(base64.urlsafe_b64decode(text[:16]))
    except (binascii.Error, ValueError):
        return False
    created, changed = bits >> (96 - 42) & (1 << 36) - 1, bits >> (96 - 78) & (1 << 36) - 1
    return bits >> 90 == 2 and _TCF_FIRST <= created <= changed <= _TCF_LAST


@lru_cache(maxsize=8192)
def tokens_of(value: str, now: int, least: int = MIN_LENGTH) -> frozenset[str]:
    """The parts of a value that could identify a browser, as far as one value alone can tell."""
    found: set[str] = set()
    for reading in _readings(value):
        rest = text = _without_records(reading)
        for uuid in _UUID.findall(text):
            found.add(uuid)
            rest = rest.replace(uuid, " ")
        for left, right in _DOTTED.findall(text):
            if not _is_near(left, now):
                found.add(f"{left}.{right}")
        for word in _WORDS.findall(rest):
            parts = _PARTS.findall(word)
            if len(parts) > 1 and _looks_random(word, least) and all(_fits_in_random(part, now) for part in parts):
                found.add(word)
            found.update(part for part in parts if _looks_random(part, least) and not _is_time(part, now))
    return frozenset(found)


def words_in(text: str) -> frozenset[str]:
    """All words of an address or a body in which an identifier could travel, percent-encoding and base64 undone."""
    plain = unquoted(text)
    words = _words_of(plain)
    for chunk in _BASE64.findall(plain):
        words.add(chunk.rstrip("="))
        if len(chunk) >= 24 and (decoded := _printable(chunk)) is not None:
            words |= _words_of(decoded)
    return frozenset(words)


def _words_of(text: str) -> set[str]:
    words = set(_LONG_WORDS.findall(text))
    for word in tuple(words):
        if "-" in word or "_" in word:
            words.update(part for part in _PARTS.findall(word) if len(part) >= MIN_LENGTH)
            words.update(_UUID.findall(word))
    words.update(f"{left}.{right}" for left, right in _DOTTED.findall(text))
    return words


def unquoted(text: str) -> str:
    """A text with its percent-encoding undone, twice where it was done twice."""
    for _ in range(2):
        if "%" in text:
            text = unquote(text)
    return text


def _readings(value: str) -> tuple[str, ...]:
    """A value as it stands, percent-decoded, and as text where it is base64 of some."""
    plain = unquoted(value)
    readings = [plain]
    for chunk in _BASE64.findall(plain):
        decoded = _printable(chunk)
        if decoded is not None:
            readings.append(decoded)
            if chunk == plain:
                readings.remove(plain)
    return tuple(readings)


def _printable(chunk: str) -> str | None:
    """The text that a chunk of base64 holds; null where it holds none that a person could read."""
    padded = chunk.rstrip("=")
    padded += "=" * (-len(padded) % 4)
    try:
        text = base64.b64decode(padded, altchars=b"-_" if set("-_") & set(chunk) else b"+/", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return text if text.isprintable() and re.search(r'[{"=:|&.,; ]', text) else None


def _looks_random(token: str, least: int = MIN_LENGTH) -> bool:
    if len(token) < least:
        return False
    if token.isdigit():
        return len(set(token)) >= 4
    if not any(char.isdigit() for char in token):
        mixed = token != token.lower() and token != token.upper() and not token[1:].islower()
        return len(token) >= 16 and mixed and entropy(token) >= 3.3 and not _is_words(token)
    return entropy(token) >= (2.3 if len(token) >= MIN_LENGTH else 1.9)


def _is_words(token: str) -> bool:
    """Whether letters are words written together (`hasSeenDialog`): in random ones small letters stand alone."""
    runs = _RUNS.findall(token)
    return len(token) >= 4 * len(runs)


def entropy(text: str) -> float:
    """Shannon entropy of a text's characters, in bits for each."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values())


def _is_time(token: str, now: float) -> bool:
    """Whether a token reads as a moment near the scan: (milli-, micro-)seconds, also in base 16 or 36, or a date."""
    if token.isdigit():
        number = int(token[:20])
        units = {10: 1, 13: 1_000, 16: 1_000_000}
        unit = units.get(len(token))
        if unit is not None and abs(number / unit - now) < _WINDOW:
            return True
        return _DATE.fullmatch(token) is not None
    if _HEX_TIME.fullmatch(token):
        seconds = int(token, 16) / (1 if len(token) == 8 else 1_000)
        if abs(seconds - now) < _NARROW:
            return True
    if len(token) == 8 and token.isalnum() and token == token.lower():
        return abs(int(token, 36) / 1000 - now) < _NARROW
    return _DATE.fullmatch(token) is not None


def _fits_in_random(part: str, now: float) -> bool:
    """Whether a part may stand within a random value that holds `-` or `_` (base64url): no word, no moment."""
    return not _is_time(part, now) and (len(part) < MIN_LENGTH or _looks_random(part))


def _is_near(digits: str, now: float) -> bool:
    """Whether digits are seconds since the epoch within a month of the scan."""
    return len(digits) == 10 and abs(int(digits) - now) < _NARROW
