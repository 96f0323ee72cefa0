"""What a page's consent signals say, read from the raw values that the inventory keeps for each state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from scanner.audit.case import Case
from scanner.audit.message import Message, enumerate_words
from scanner.model.base import StateName

WAITING_TYPES = ("ad_storage", "analytics_storage", "ad_user_data", "ad_personalization")
"""The types of Google Consent Mode that wait for consent."""

# A category or service of a consent record that waits for consent, whatever else may be granted along.
_WAITS = re.compile(r"analy|statist|perform|market|advert|target|social|^ads?$|werb|c0002|c0004|c0005", re.I)

TCF = Message("The TCF string grants consent for the purposes {purposes}.")
TCF_NONE = Message("The TCF string grants consent for no purpose.")
CONSENT_MODE = Message("Google Consent Mode stands at “granted” for {types}.")
CONSENT_MODE_NONE = Message("Google Consent Mode stands at “denied” for {types}.")
RECORD = Message("The consent record {name} says that {granted} is granted.")
RECORD_NONE = Message("The consent record {name} says that nothing is granted.")


@dataclass(frozen=True, slots=True)
class Said:
    """One signal: its name, the key under which the state holds it, whether anything is granted, and its words."""

    system: str
    key: str
    granted: bool
    sentence: str


def read(case: Case, name: StateName) -> tuple[Said, ...]:
    """All signals of a state that say anything about consent."""
    state = case.state(name)
    if state is None:
        return ()
    return (
        *_tcf(state.signals.get("tcf")),
        *_consent_mode(state.signals.get("google_consent_mode")),
        *_records(state.signals.get("cmp_cookie")),
    )


def _mapping(value: JsonValue) -> Mapping[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _tcf(value: JsonValue) -> Iterator[Said]:
    """The decoded string; where none could be decoded, what the interface answered once a choice stands."""
    signal = _mapping(value)
    decoded = _mapping(signal.get("decoded"))
    data = _mapping(signal.get("data"))
    if data.get("gdprApplies") is False:
        return
    if "purposes" in decoded:
        listed = decoded["purposes"]
        purposes = tuple(str(number) for number in listed) if isinstance(listed, list) else ()
    elif "purposeConsents" in data:
        purposes = tuple(number for number, given in _mapping(data["purposeConsents"]).items() if given is True)
    else:
        return
    sentence = TCF(purposes=enumerate_words(purposes, 12)) if purposes else TCF_NONE()
    yield Said("tcf", "tcf", bool(purposes), sentence)


def _consent_mode(value: JsonValue) -> Iterator[Said]:
    """Where the commands of the page leave each type: the general default, then the updates in their order."""
    commands = _mapping(value).get("commands")
    stands: dict[str, str] = {}
    for command in commands if isinstance(commands, list) else ():
        parts = _mapping(command)
        values = _mapping(parts.get("values"))
        if values.get("region") or parts.get("command") not in ("default", "update"):
            continue
        for kind in WAITING_TYPES:
            if values.get(kind) in ("granted", "denied"):
                stands[kind] = str(values[kind])
    granted = tuple(kind for kind, word in stands.items() if word == "granted")
    if granted:
        yield Said("google_consent_mode", "google_consent_mode", True, CONSENT_MODE(types=enumerate_words(granted)))
    elif stands:
        types = enumerate_words(tuple(stands))
        yield Said("google_consent_mode", "google_consent_mode", False, CONSENT_MODE_NONE(types=types))


def _records(value: JsonValue) -> Iterator[Said]:
    """Records of known platforms: the words of any other may mean something else than they seem to."""
    for name, record in sorted(_mapping(value).items()):
        parts = _mapping(record)
        if "platform" not in parts or parts.get("verdict") not in ("all", "some", "none"):
            continue
        listed = parts.get("granted")
        granted = tuple(str(word) for word in listed) if isinstance(listed, list) else ()
        if parts["verdict"] == "some" and not any(_WAITS.search(word) for word in granted):
            continue
        if granted:
            yield Said(name, "cmp_cookie", True, RECORD(name=name, granted=enumerate_words(granted)))
        else:
            yield Said(name, "cmp_cookie", False, RECORD_NONE(name=name))
