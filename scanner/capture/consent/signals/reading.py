"""One reading of all consent signals of a page, decoded, in the shape of the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pydantic import JsonValue

from scanner.capture.cdp import ProtocolError
from scanner.capture.consent.method import Pace
from scanner.capture.consent.page import Page, keep, look_at
from scanner.capture.consent.signals import gpp, gpp_us, tcf
from scanner.capture.consent.signals.records import ConsentRecord, read
from scanner.capture.consent.waiting import until

ANSWER_MS = 1000.0
"""Page time in which the page's interfaces must have answered."""


@dataclass(frozen=True)
class Signals:
    """What the page says about the choice at one moment.

    `values` is the shape of the evidence: `tcf`, `gpp`, `usp`, `google_consent_mode`, `cmp_cookie`, `gpc`, each only
    where there is something. `records` are the consent records by name.
    """

    values: dict[str, JsonValue] = field(default_factory=dict)
    records: dict[str, ConsentRecord] = field(default_factory=dict)
    tc: tcf.TcString | None = None
    commands: tuple[dict[str, Any], ...] = ()
    us: dict[str, gpp_us.UsSection] = field(default_factory=dict)
    """Sections of the GPP string for the United States, by their prefix (`usca`)."""


@lru_cache(maxsize=1)
def _script() -> str:
    source = files("scanner.capture.consent.signals").joinpath("signals.js").read_text("utf-8")
    return source[source.index("() =>") :].rstrip().rstrip(";")


async def read_signals(page: Page, pace: Pace) -> Signals:
    """Read everything now; grants the page a little time where its interfaces answer late."""
    raw: dict[str, Any] = {}
    try:
        kept = await keep(page.wire, f"({_script()})()")

        async def answered() -> bool:
            raw.update(await look_at(page.wire, kept, "o => JSON.parse(JSON.stringify(o))"))
            return not raw.get("pending")

        await until(pace, answered, ANSWER_MS)
        await page.wire.send("Runtime.releaseObject", {"objectId": kept})
    except ProtocolError:
        pass  # the page went away while it was read: what was read until then stands
    return _signals(raw, await _cookies(page))


async def _cookies(page: Page) -> dict[str, str]:
    try:
        return await page.cookies()
    except ProtocolError:
        return {}


def _signals(raw: dict[str, Any], cookies: dict[str, str]) -> Signals:
    records = {}
    for name, value in (*cookies.items(), *(raw.get("storage") or {}).items()):
        record = read(name, value)
        if record is not None:
            records[name] = record
    values: dict[str, JsonValue] = {}
    tc, values_tcf = _tcf(raw)
    if values_tcf is not None:
        values["tcf"] = values_tcf
    us: dict[str, gpp_us.UsSection] = {}
    if raw.get("gpp"):
        us, values["gpp"] = _gpp(raw["gpp"])
    if isinstance(raw.get("usp"), dict):
        values["usp"] = raw["usp"]
    commands = tuple(raw.get("consentMode") or ())
    if commands or raw.get("consentState"):
        values["google_consent_mode"] = {"commands": list(commands), "state": raw.get("consentState")}
    if records:
        values["cmp_cookie"] = {name: _shown(record) for name, record in sorted(records.items())}
    values["gpc"] = {"globalPrivacyControl": raw.get("gpc"), "doNotTrack": raw.get("dnt")}
    return Signals(values, records, tc, commands, us)


def _shown(record: ConsentRecord) -> dict[str, JsonValue]:
    shown: dict[str, JsonValue] = {"value": record.value}
    if record.platform:
        shown["platform"] = record.platform
    if record.verdict:
        shown |= {"granted": list(record.granted), "refused": list(record.refused), "verdict": record.verdict}
    return shown


def _tcf(raw: dict[str, Any]) -> tuple[tcf.TcString | None, dict[str, JsonValue] | None]:
    data = raw.get("tcf") if isinstance(raw.get("tcf"), dict) else None
    ping = raw.get("tcfPing") if isinstance(raw.get("tcfPing"), dict) else None
    if data is None and ping is None:
        return None, None
    shown: dict[str, JsonValue] = {"ping": ping, "data": data}
    text = (data or {}).get("tcString")
    decoded = _decoded(text) if isinstance(text, str) and text else None
    if decoded is not None:
        shown["decoded"] = tc_values(decoded)
    return decoded, shown


def _decoded(text: str) -> tcf.TcString | None:
    try:
        return tcf.decode(text)
    except tcf.NotATcStringError:
        return None


def tc_values(string: tcf.TcString) -> dict[str, JsonValue]:
    """A decoded TC string as plain values."""
    return {
        "cmp_id": string.cmp_id,
        "policy": string.policy,
        "vendor_list": string.vendor_list,
        "language": string.language,
        "publisher_country": string.publisher_country,
        "service_specific": string.service_specific,
        "purposes": _numbers(string.purposes),
        "legitimate_interests": _numbers(string.legitimate_interests),
        "special_features": _numbers(string.special_features),
        "vendors": _numbers(string.vendors),
        "vendor_legitimate_interests": _numbers(string.vendor_legitimate_interests),
        "disclosed_vendors": None if string.disclosed_vendors is None else _numbers(string.disclosed_vendors),
    }


def _numbers(found: frozenset[int]) -> list[JsonValue]:
    return list[JsonValue](sorted(found))


def _gpp(data: Any) -> tuple[dict[str, gpp_us.UsSection], JsonValue]:
    if not isinstance(data, dict):
        return {}, None
    shown: dict[str, JsonValue] = dict(data)
    text = data.get("gppString")
    if not isinstance(text, str) or not text:
        return {}, shown
    try:
        parsed = gpp.decode(text)
    except tcf.NotATcStringError:
        return {}, shown
    shown["sections"] = {str(number): section for number, section in parsed.sections.items()}
    inner = _decoded(parsed.sections[gpp.TCF_EU]) if gpp.TCF_EU in parsed.sections else None
    if inner is not None:
        shown["tcf_eu"] = tc_values(inner)
    sections = gpp_us.read(parsed.sections)
    if sections:
        shown["us"] = {prefix: us_values(section) for prefix, section in sorted(sections.items())}
    return sections, shown


def us_values(section: gpp_us.UsSection) -> dict[str, JsonValue]:
    """A decoded section for the United States as plain values."""
    shown: dict[str, JsonValue] = {"version": section.version}
    for name, value in section.fields.items():
        shown[name] = list[JsonValue](value) if isinstance(value, tuple) else value
    return shown if section.gpc is None else shown | {"gpc": section.gpc}
