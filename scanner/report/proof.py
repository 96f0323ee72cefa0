"""Proof: what a finding's pointers lead to, told so that an owner can follow and an engineer can act."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import JsonValue

from scanner.messages import Labels, Message, known, say, say_n
from scanner.model.base import Model
from scanner.model.declaration import Claim, DeclaredCookie, DeclaredVendor
from scanner.model.inventory import (
    Banner,
    Beacon,
    Button,
    Choice,
    Cookie,
    Page,
    PersonalData,
    RequestHost,
    State,
    StorageEntry,
    Technique,
)
from scanner.model.scan import Scan
from scanner.report.moments import States, first_seen, moment_of, since_load
from scanner.report.personal import DATA_LABELS, SOURCE_LABELS, manner
from scanner.report.pointers import Target, resolve
from scanner.report.words import (
    BEACON_LABELS,
    CLAIM_LABELS,
    STORAGE_LABELS,
    TECHNIQUE_LABELS,
    clipped,
    duration,
    in_order,
    listing,
    state_label,
)

Fact = tuple[str, str]
"""A label and its value."""

_ACTIONS: Labels[str] = Labels(
    {
        "accept": Message("accepts"),
        "reject": Message("refuses"),
        "settings": Message("opens settings"),
        "save": Message("saves a selection"),
        "close": Message("closes"),
        "pay": Message("asks for payment"),
        "ack": Message("acknowledges only"),
    }
)

_ANSWERS: Labels[str] = Labels(
    {
        "accept": Message("accepted"),
        "reject": Message("refused"),
        "withdraw": Message("withdrawn"),
        "save": Message("a selection saved"),
        "ack": Message("acknowledged, where nothing else accepts"),
        "close": Message("closed"),
    }
)

_SETTERS: Labels[str] = Labels(
    {"http": Message("the answer of a server"), "script": Message("a script"), "unknown": Message("not known")}
)
_CODE_LABELS: Labels[str] = Labels(
    {"http": Message("Set-Cookie line"), "script": Message("As the script wrote it"), "unknown": Message("As seen")}
)


@dataclass(frozen=True, slots=True)
class Proof:
    """One piece of evidence: its kind and name, facts, the line as sent (`code`), and the chain that led to it.

    `chain` is addresses, nearest first; `pointer` leads into `scan.json`; `brief` is the fact that matters most.
    """

    kind: str
    name: str
    facts: tuple[Fact, ...] = ()
    code_label: str = ""
    code: str = ""
    chain: tuple[str, ...] = ()
    pointer: str = ""
    brief: str = ""


def proofs(scan: Scan, pointers: Sequence[str]) -> tuple[Proof, ...]:
    """The proof behind each pointer, in order; one that leads nowhere says so."""
    told: list[Proof] = []
    for pointer in pointers:
        target = resolve(scan, pointer)
        told.append(Proof(say("Reference"), pointer, pointer=pointer) if target is None else _tell(target, scan.states))
    return tuple(told)


def _tell(target: Target, states: States) -> Proof:
    for kind, teller in _TIMED:
        if isinstance(target.item, kind):
            return replace(teller(target.item, states), pointer=target.pointer)
    for kind, told in _TELLERS:
        if isinstance(target.item, kind):
            proof: Proof = told(target.item)
            return replace(proof, pointer=target.pointer, brief=proof.brief or _state_of(target.pointer))
    return Proof(say("Record"), target.pointer, code=clipped(as_text(target.item)), pointer=target.pointer)


def _state_of(pointer: str) -> str:
    """The consent state that a pointer leads into; a banner looks much the same in each."""
    steps = pointer.split("/")
    return state_label(steps[2].replace("~1", "/").replace("~0", "~")) if steps[1] == "states" and steps[2:] else ""


def as_text(item: object) -> str:
    """Any value of a scan as readable JSON."""
    value: Any = item.model_dump(mode="json", by_alias=True) if isinstance(item, Model) else item
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)


def signal_lines(signals: dict[str, JsonValue]) -> tuple[Fact, ...]:
    """Consent signals as name and value; what was not there is left out."""
    return tuple((name, clipped(as_text(value), 2000)) for name, value in sorted(signals.items()) if value is not None)


def _states(states: Sequence[str]) -> Fact:
    return (say("Seen"), "; ".join(state_label(state) for state in in_order(states)))


def lifetime(cookie: Cookie) -> str:
    """How long a cookie was asked to live; where that is not known, how long the browser keeps it."""
    if cookie.lifetime_seconds is None and cookie.kept_seconds is not None and not cookie.session:
        return duration(cookie.kept_seconds)
    return duration(cookie.lifetime_seconds, session=cookie.session)


def kept_as(entry: StorageEntry) -> str:
    """How long web storage lives, which depends on its kind alone."""
    return say("until the tab is closed") if entry.kind == "session" else say("until deleted")


def shortened(cookie: Cookie) -> str:
    """What the browser keeps of a longer lifetime that was asked for (it has a cap), or nothing."""
    asked, kept = cookie.lifetime_seconds, cookie.kept_seconds
    return duration(kept) if asked is not None and kept is not None and asked > kept * 1.01 + 60 else ""


def set_by(cookie: Cookie) -> str:
    """What set a cookie, in words."""
    who = _SETTERS[cookie.set_by.kind]
    likely = f" ({say('likely')})" if cookie.set_by.confidence == "likely" else ""
    line = f", {say('line {line}', line=cookie.set_by.line)}" if cookie.set_by.line is not None else ""
    where = f": {cookie.set_by.url}{line}" if cookie.set_by.url else ""
    return f"{who}{where}{likely}"


def cookie_flags(cookie: Cookie) -> str:
    """The technical attributes of a cookie in a line."""
    given = cookie.same_site != "unset"
    flags = [
        say("path {path}", path=cookie.path),
        say("host only") if cookie.host_only else say("also for subdomains"),
        "Secure" if cookie.secure else say("not Secure"),
        "HttpOnly" if cookie.http_only else say("readable by scripts"),
        f"SameSite={cookie.same_site.capitalize()}" if given else say("SameSite not set"),
    ]
    flags += [say("partitioned for {site}", site=cookie.partition_key)] * (cookie.partition_key is not None)
    return ", ".join(flags)


def cookie_facts(cookie: Cookie, states: States) -> tuple[Fact, ...]:
    """Everything about a cookie that an engineer asks for, besides the line that set it."""
    facts: list[Fact] = [(say("Set by"), set_by(cookie)), (say("Kept for"), lifetime(cookie))]
    if kept := shortened(cookie):
        facts.append((say("Cut by the browser to"), kept))
    facts += first_seen(cookie.first_seen, states)
    facts.append((say("Attributes"), cookie_flags(cookie)))
    if cookie.sent_to:
        facts.append((say("Sent to"), listing(cookie.sent_to, 8)))
    if cookie.synced_with:
        facts.append((say("Value shared with"), listing(cookie.synced_with, 8)))
    if cookie.identifier:
        facts.append((say("Value"), say("holds an identifier")))
    if cookie.blocked is not None:
        facts.append((say("Refused by the browser"), cookie.blocked))
    if cookie.deleted:
        facts.append((say("Afterwards"), say("deleted again during the visit")))
    if cookie.consent_exempt == "depends" and cookie.exempt_condition:
        facts.append((say("Without consent only if"), known(cookie.exempt_condition)))
    return tuple(facts)


def _cookie(cookie: Cookie, states: States) -> Proof:
    facts = (*cookie_facts(cookie, states), _states(cookie.states))
    label = _CODE_LABELS[cookie.set_by.kind]
    code = clipped(cookie.set_by.raw) if cookie.set_by.raw else ""
    return Proof(
        say("Cookie"),
        f"{cookie.name}@{cookie.domain}",
        facts,
        label,
        code,
        cookie.set_by.initiators,
        brief=moment_of(cookie.first_seen, states) if cookie.first_seen else "",
    )


def _beacon(beacon: Beacon, states: States) -> Proof:
    facts: list[Fact] = [(say("Kind"), BEACON_LABELS[beacon.kind]), *first_seen(beacon.first_seen, states)]
    for label, value in (
        (say("Company"), beacon.vendor),
        (say("Event"), beacon.event),
        (say("Account"), beacon.account),
        (say("Consent signal sent"), beacon.consent_signal),
        (say("Carries"), ", ".join(beacon.identifiers)),
    ):
        if value:
            facts.append((label, value))
    facts += [(say("Sent"), say_n("{count} time", "{count} times", beacon.count))] * (beacon.count > 1)
    facts += [(say("Cookies"), say("none were used"))] * beacon.cookieless
    facts.append(_states(beacon.states))
    address = clipped(beacon.example_url or beacon.url)
    brief = moment_of(beacon.first_seen, states) if beacon.first_seen else ""
    return Proof(say("Data sent"), beacon.host, tuple(facts), say("Address"), address, beacon.initiators, brief=brief)


def _request(request: RequestHost) -> Proof:
    facts: list[Fact] = [(say("Requests"), say_n("{count} request", "{count} requests", request.count))]
    facts += [(say("Company"), request.vendor)] if request.vendor else []
    if request.first_ms is not None:
        facts.append((say("First request"), since_load(request.first_ms)))
    facts += [(say("Carries"), say("an identifier"))] * request.carries_identifier
    facts.append(_states(request.states))
    address = clipped(request.example_url) if request.example_url else ""
    brief = since_load(request.first_ms) if request.first_ms is not None else ""
    return Proof(
        say("Requests to"), request.host, tuple(facts), say("Example"), address, request.initiators, brief=brief
    )


def _storage(entry: StorageEntry) -> Proof:
    facts: list[Fact] = [
        (say("Origin"), entry.origin),
        (say("Company"), entry.vendor or say("not known")),
        _states(entry.states),
    ]
    facts += [(say("Pages"), listing(entry.pages, 4))] if entry.pages else []
    return Proof(STORAGE_LABELS[entry.kind], entry.key, tuple(facts))


def _technique(technique: Technique) -> Proof:
    facts = (
        (say("Host"), technique.host),
        (say("Detail"), technique.detail or say("none recorded")),
        _states(technique.states),
    )
    chain = (technique.script,) if technique.script else ()
    return Proof(say("Technique"), TECHNIQUE_LABELS[technique.kind], facts, chain=chain)


def _personal(sent: PersonalData) -> Proof:
    facts: list[Fact] = [
        (say("Sent to"), f"{sent.vendor} ({sent.host})" if sent.vendor else sent.host),
        (say("How"), manner(sent)),
        (say("Where it came from"), SOURCE_LABELS[sent.source]),
        _states(sent.states),
    ]
    facts += [(say("Pages"), listing(sent.pages, 4))] if sent.pages else []
    chain = (sent.script,) if sent.script else ()
    return Proof(say("Personal data"), DATA_LABELS[sent.data], tuple(facts), chain=chain, brief=manner(sent))


def button_words(button: Button) -> str:
    """A button as a visitor reads it, and what it does."""
    layer = "" if button.layer == 1 else f", {say('second layer')}"
    return f"“{button.text}” ({_ACTIONS[button.action]}{layer})"


def banner_facts(banner: Banner) -> tuple[Fact, ...]:
    """What the banner offered."""
    if not banner.found:
        return ((say("Banner"), say("none was found")),)
    facts: list[Fact] = [
        (say("Buttons"), "; ".join(button_words(button) for button in banner.buttons) or say("none were read"))
    ]
    facts += [(say("Platform"), banner.cmp)] if banner.cmp else []
    facts += [(say("Chosen in advance"), "; ".join(banner.preselected))] if banner.preselected else []
    return tuple(facts)


def choice_words(choice: Choice) -> str:
    """What was answered to the banner."""
    if choice.made is None:
        return known(choice.error) if choice.error else say("no choice was made")
    parts = [_ANSWERS.get(choice.made) or choice.made]
    parts += [say_n("{count} click", "{count} clicks", choice.clicks)] if choice.clicks is not None else []
    parts.append(say("confirmed after a reload") if choice.verified else say("not confirmed"))
    parts += [say("through the platform's interface instead of a button")] if choice.via_api else []
    return ", ".join(parts)


def _state(state: State) -> Proof:
    facts = (*banner_facts(state.banner), (say("Choice"), choice_words(state.choice)))
    return Proof(say("Consent state"), say("reached") if state.reached else say("not reached"), facts)


def _page(page: Page) -> Proof:
    status = str(page.status) if page.status is not None else page.error or say("no answer")
    facts = ((say("Answer"), status), (say("Title"), page.title or say("none")))
    return Proof(say("Page"), page.url, facts, brief=status)


_TIMED: tuple[tuple[type[Any], Callable[[Any, States], Proof]], ...] = ((Cookie, _cookie), (Beacon, _beacon))

_TELLERS: tuple[tuple[type[Any], Callable[[Any], Proof]], ...] = (
    (RequestHost, _request),
    (StorageEntry, _storage),
    (Technique, _technique),
    (PersonalData, _personal),
    (State, _state),
    (Banner, lambda item: Proof(say("Banner"), item.cmp or say("of this site"), banner_facts(item))),
    (
        Button,
        lambda item: Proof(
            say("Button"), item.text, ((say("Does"), _ACTIONS[item.action]), (say("Layer"), str(item.layer)))
        ),
    ),
    (Choice, lambda item: Proof(say("Choice"), choice_words(item), ((say("How"), item.how or say("not recorded")),))),
    (Page, _page),
    (
        DeclaredCookie,
        lambda item: Proof(say("Declared cookie"), item.name, code_label=say("The policy"), code=item.quote),
    ),
    (
        DeclaredVendor,
        lambda item: Proof(say("Declared company"), item.name, code_label=say("The policy"), code=item.quote),
    ),
    (
        Claim,
        lambda item: Proof(say("Statement"), CLAIM_LABELS[item.code], code_label=say("The policy"), code=item.evidence),
    ),
)
