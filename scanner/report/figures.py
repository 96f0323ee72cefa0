"""The four figures of the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.messages import Labels, Message, known, number, say, say_n
from scanner.model.base import StateName
from scanner.model.finding import Finding
from scanner.model.scan import Scan
from scanner.report.companies import Company, companies
from scanner.report.states import never_asks
from scanner.report.words import NEEDS_CONSENT, state_label


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: a number (or a dash where it was not measured), what it counts, and the small print."""

    value: str
    label: str
    note: str
    alarming: bool = False


def named(findings: Iterable[Finding], rules: Sequence[str]) -> tuple[Finding, ...]:
    """Findings of certain rules, in their order."""
    return tuple(finding for finding in findings if finding.rule in rules)


def undeclared_cookies(scan: Scan) -> tuple[int, ...]:
    """Positions in `cookies` of those that a finding calls undeclared."""
    found = {
        int(pointer.rpartition("/")[2])
        for finding in named(scan.findings, ("undeclared-cookie",))
        for pointer in finding.observed
        if pointer.startswith("/cookies/") and pointer.count("/") == 2 and pointer.rpartition("/")[2].isdigit()
    }
    return tuple(sorted(position for position in found if position < len(scan.cookies)))


def figures(scan: Scan) -> tuple[Figure, ...]:
    """The four figures of a scan that saw something."""
    everyone = companies(scan)
    return (
        _receiving(scan, everyone, "before", _RECEIVE_BEFORE),
        _receiving(scan, everyone, "reject", _RECEIVE_AFTER),
        _policy_figure(scan),
        _findings_figure(scan),
    )


_RECEIVE_BEFORE = Message(
    "advertising or statistics service receives data before a visitor chooses",
    "advertising or statistics services receive data before a visitor chooses",
)
_RECEIVE_AFTER = Message(
    "advertising or statistics service receives data after a visitor refuses",
    "advertising or statistics services receive data after a visitor refuses",
)
_FOLLOWING: dict[StateName, tuple[str, ...]] = {
    "before": ("tracking-before-consent", "tracking-without-banner"),
    "reject": ("tracking-after-reject",),
}
"""The rules on visitors who are followed without consent, by consent state."""

_LEVELS: Labels[str] = Labels({"high": Message("high"), "medium": Message("medium"), "low": Message("low")})


def _receiving(scan: Scan, everyone: Sequence[Company], state: StateName, label: Message) -> Figure:
    seen = scan.states.get(state)
    if seen is None or not seen.reached:
        if seen is None:
            why = say("not part of this scan")
        else:
            why = known(seen.choice.error) if seen.choice.error else say("this state was not reached")
        if seen is not None and (never_asks(scan) or named(scan.findings, ("no-reject-option",))):
            return Figure("–", say("visitors cannot refuse"), why, alarming=True)
        return Figure("–", say("{state}: not measured", state=state_label(state)), why)
    contacted = [company for company in everyone if state in company.states]
    hungry = [company for company in contacted if company.states[state] in NEEDS_CONSENT]
    note = say_n("of {count} outside service contacted", "of {count} outside services contacted", len(contacted))
    note = note if contacted else say("no outside service was contacted")
    if hungry and _spotless(scan, state):
        note = f"{note}; {say('nothing that needs consent was seen')}"
    return Figure(number(len(hungry)), label(len(hungry)), note, alarming=bool(hungry) and _serious(scan, state))


def _serious(scan: Scan, state: StateName) -> bool:
    """Whether a grave finding stands on visitors who are followed in a state: a contact alone is no fault."""
    found = named(scan.findings, _FOLLOWING[state])
    return any(finding.severity in ("high", "medium") and state in finding.states for finding in found)


def _spotless(scan: Scan, state: StateName) -> bool:
    """Whether the check on a state passed, though companies for advertising or statistics were contacted in it."""
    outcomes = {check.outcome for check in scan.checks if check.rule in _FOLLOWING[state]}
    return "passed" in outcomes and not outcomes & {"found", "inconclusive"}


def _policy_figure(scan: Scan) -> Figure:
    if not scan.declaration.found:
        return Figure("–", say("no cookie policy was found"), say("so nothing can be compared"))
    outcome = {check.rule: check for check in scan.checks}.get("undeclared-cookie")
    if outcome is None or outcome.outcome == "inconclusive":
        why = outcome.reason if outcome else say("not checked")
        return Figure("–", say("cookies missing from the policy: not decided"), why)
    stored = sum(cookie.blocked is None for cookie in scan.cookies)
    missing = len(undeclared_cookies(scan))
    return Figure(
        number(missing),
        say_n("cookie is missing from the policy", "cookies are missing from the policy", missing),
        say("of {total} seen", total=number(stored)),
        alarming=bool(missing),
    )


def _findings_figure(scan: Scan) -> Figure:
    tally = {level: sum(finding.severity == level for finding in scan.findings) for level in _LEVELS}
    total = len(scan.findings)
    notes = total - sum(tally.values())
    parts = [f"{number(n)} {_LEVELS[level]}" for level, n in tally.items() if n]
    parts += [say_n("{count} note", "{count} notes", notes)] * bool(notes)
    note = ", ".join(parts) or say("none")
    return Figure(
        number(total), say_n("finding", "findings", total), note, alarming=bool(tally["high"] + tally["medium"])
    )
