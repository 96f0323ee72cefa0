"""What proves a choice, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.capture.consent.signals.reading import Signals
from scanner.capture.consent.signals.records import ConsentRecord
from scanner.capture.consent.words.topics import category_of

STORAGE_TYPES = ("ad_storage", "analytics_storage", "ad_user_data", "ad_personalization")
"""The types of Google Consent Mode that wait for consent."""


@dataclass(frozen=True)
class Proof:
    """What held (`proofs`) and what contradicts (`contradictions`), in words."""

    proofs: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Observed:
    """What was seen around a choice: signals before, right after, and after a reload; whether the notice left."""

    before: Signals
    after: Signals
    reloaded: Signals
    gone: bool
    gone_after_reload: bool


def prove(wanted: str, observed: Observed) -> Proof:
    """Weigh what was seen against what was wanted (`accept`, `reject`, `withdraw`, `category:...`)."""
    proofs: list[str] = []
    if observed.gone:
        proofs.append("banner-gone")
    if observed.gone_after_reload:
        proofs.append("gone-after-reload")
    changed = _changed(observed.before, observed.after, observed.reloaded)
    if changed:
        proofs.append("consent-record-changed")
    agree: list[str] = []
    contradict: list[str] = []
    said_by_signals = (*_tc(wanted, observed), *_us(wanted, observed), *_consent_mode(wanted, observed))
    for said, where in (*_records(wanted, changed), *said_by_signals):
        (agree if said else contradict).append(where)
    if agree and not contradict:
        proofs.append("signal-agrees")
    return Proof(tuple(proofs), tuple(dict.fromkeys(contradict)))


def _changed(before: Signals, *later: Signals) -> list[ConsentRecord]:
    """The records that the choice changed or made, as they stand at last."""
    found: dict[str, ConsentRecord] = {}
    for signals in later:
        for name, record in signals.records.items():
            old = before.records.get(name)
            if old is None or old.value != record.value:
                found[name] = record
    return list(found.values())


def _records(wanted: str, changed: list[ConsentRecord]) -> list[tuple[bool, str]]:
    found = []
    for record in changed:
        if record.verdict is None:
            continue
        said = f"{record.name} says {_said(record)}"
        if wanted == "accept":
            found.append((record.verdict != "none", said))
        elif wanted in ("reject", "withdraw"):
            found.append((record.verdict == "none", said))
        else:
            fits = _only(wanted.removeprefix("category:"), record)
            if fits is not None:
                found.append((fits, said))
    return found


def _said(record: ConsentRecord) -> str:
    if record.verdict == "none":
        return "nothing is granted"
    return f"granted: {', '.join(record.granted[:6])}"


def _only(name: str, record: ConsentRecord) -> bool | None:
    """Whether a record grants one category alone; null where its names are not categories."""
    kinds = {category_of(key.replace("_", " "), "", key, ("en",)) for key in (*record.granted, *record.refused)}
    if "unknown" in kinds or name not in ("functional", "analytics", "marketing"):
        return None
    granted = {category_of(key.replace("_", " "), "", key, ("en",)) for key in record.granted}
    return granted == {name}


def _tc(wanted: str, observed: Observed) -> list[tuple[bool, str]]:
    now, before = observed.reloaded.tc or observed.after.tc, observed.before.tc
    if now is None or (before is not None and before == now):
        return []
    said = f"the TC string grants {len(now.purposes)} purposes and {len(now.vendors)} vendors"
    if wanted == "accept":
        return [(bool(now.purposes), said)]
    if wanted in ("reject", "withdraw"):
        return [(not now.purposes, said)]
    return []


def _us(wanted: str, observed: Observed) -> list[tuple[bool, str]]:
    """Opt-outs of the GPP string that the choice moved.

    A string that stands there for the first time may hold what the platform sets for everybody: it can agree, but
    contradicts nothing.
    """
    if wanted not in ("accept", "reject", "withdraw"):
        return []
    found = []
    for prefix, section in sorted((observed.reloaded.us or observed.after.us).items()):
        old = observed.before.us.get(prefix)
        for name, value in section.opt_outs.items():
            if old is not None and old.opt_outs.get(name) == value:
                continue
            fits = value == ("not-opted-out" if wanted == "accept" else "opted-out")
            if fits or old is not None:
                found.append((fits, f"the GPP string ({prefix}) says {name}: {value}"))
    return found


def _consent_mode(wanted: str, observed: Observed) -> list[tuple[bool, str]]:
    """Google Consent Mode: only what the page said after the click, before any reload, speaks of the choice."""
    old = len(observed.before.commands)
    state: dict[str, str] = {}
    for command in observed.after.commands[old:]:
        values = command.get("values")
        if command.get("command") == "update" and isinstance(values, dict):
            state |= {k: v for k, v in values.items() if k in STORAGE_TYPES and v in ("granted", "denied")}
    if not state:
        return []
    granted = sorted(k for k, v in state.items() if v == "granted")
    said = f"Google Consent Mode was told: granted {', '.join(granted) or 'nothing'}"
    if wanted == "accept":
        return [(bool(granted), said)]
    if wanted in ("reject", "withdraw"):
        return [(not granted, said)]
    return []
