"""The verdict: one plain, fair sentence, what supports it, and four figures.

Nothing is judged here. Sentences are read off the findings and the outcome of every check: what was not measured
is never called good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.model.base import StateName
from scanner.model.finding import Finding
from scanner.model.inventory import Cookie
from scanner.model.scan import Scan
from scanner.report.companies import Company, companies, recipient
from scanner.report.pointers import resolve_all
from scanner.report.words import NEEDS_CONSENT, count, in_order, listing, number, state_label

Tone = Literal["high", "medium", "clear", "open", "failed"]
"""How the verdict is coloured: `open` says that too little was seen for a verdict."""

TONE_LABELS: dict[Tone, str] = {
    "high": "Action needed",
    "medium": "Changes needed",
    "clear": "No serious fault found",
    "open": "No verdict possible",
    "failed": "Not scanned",
}

_BEFORE = ("tracking-before-consent", "tracking-without-banner")
_AFTER = ("tracking-after-reject", "withdrawal-ignored", "gpc-ignored", "category-not-respected")
_BANNER = (
    "no-reject-option",
    "reject-harder-than-accept",
    "preselected-choices",
    "cookie-wall",
    "no-withdrawal",
    "choice-not-remembered",
)
_AFTER_WORDS = {
    "tracking-after-reject": "after visitors refuse",
    "withdrawal-ignored": "after visitors withdraw their consent",
    "gpc-ignored": "although visitors send the Global Privacy Control signal",
    "category-not-respected": "for purposes that visitors did not choose",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: a number (or a dash where it was not measured), what it counts, and the small print."""

    value: str
    label: str
    note: str
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands at the top of the report."""

    tone: Tone
    sentence: str
    support: tuple[str, ...]
    figures: tuple[Figure, ...]

    @property
    def label(self) -> str:
        """The tone in words, so that colour is never alone."""
        return TONE_LABELS[self.tone]


def verdict(scan: Scan) -> Verdict:
    """The verdict of a scan."""
    if scan.outcome == "failed":
        return Verdict("failed", _failure(scan), (), ())
    serious = tuple(finding for finding in scan.findings if finding.severity in ("high", "medium"))
    if not serious:
        tone, sentence = _without_fault(scan)
    else:
        tone = "high" if any(finding.severity == "high" for finding in serious) else "medium"
        sentence = _fault(scan, serious)
    return Verdict(tone, sentence, _support(scan, serious, sentence), figures(scan))


def _failure(scan: Scan) -> str:
    reason = scan.problems[0].message.strip() if scan.problems else "no reason was recorded"
    return f"This site could not be scanned: {reason.rstrip('.')}."


def _without_fault(scan: Scan) -> tuple[Tone, str]:
    outcomes = {check.rule: check.outcome for check in scan.checks}
    inconclusive = sum(outcome == "inconclusive" for outcome in outcomes.values())
    before = scan.states.get("before")
    if before is None or not before.reached or outcomes.get("tracking-before-consent") in (None, "inconclusive"):
        return "open", "Too little could be seen for a verdict: whether this site waits for consent is not known."
    if outcomes["tracking-before-consent"] == "found":
        first = f", first of all: {_lower(scan.findings[0].title)}" if scan.findings else ""
        return "clear", f"Only smaller points were found{first}."
    sentence = "Nothing that needs consent was seen before a visitor chooses"
    if outcomes.get("tracking-after-reject") == "passed":
        sentence += ", nor after they refuse"
    named = {outcomes.get("undeclared-cookie"), outcomes.get("undeclared-vendor")}
    if scan.declaration.found and named <= {"passed", "not-applicable"}:
        sentence += ", and the policy names what was seen"
    sentence += "."
    if inconclusive:
        sentence += f" {count(inconclusive, 'check')} could not be decided."
    return "clear", sentence


def _fault(scan: Scan, serious: Sequence[Finding]) -> str:
    before, after = _named(serious, _BEFORE), _named(serious, _AFTER)
    if before:
        asked = not any(finding.rule == "tracking-without-banner" for finding in before)
        doing = _doing(scan, before)
        end = "before visitors can choose" if asked else "and never asks visitors for consent"
        sentence = f"This site {_may(before, doing)} {end}"
        if after:
            sentence += f", and goes on {_AFTER_WORDS[after[0].rule].replace('visitors', 'they', 1)}"
        return sentence + "."
    if after:
        return f"This site still {_may(after, _doing(scan, after))} {_AFTER_WORDS[after[0].rule]}."
    if unfair := _named(serious, _BANNER):
        return f"Visitors are not given a free choice: {_lower(unfair[0].title)}."
    if _named(serious, ("policy-missing",)):
        return "This site uses cookies or similar techniques, and no cookie policy was found."
    if broken := _named(serious, ("promise-broken",)):
        return f"The cookie policy makes {_promises(broken)} that this site does not keep."
    if omitted := _omitted(scan):
        return f"The cookie policy does not name {omitted} that this site uses."
    worst = serious[0]
    if len(serious) == 1:
        return f"One point needs attention: {_lower(worst.title)}."
    return f"{number(len(serious))} points need attention, first of all: {_lower(worst.title)}."


def _support(scan: Scan, serious: Sequence[Finding], sentence: str) -> tuple[str, ...]:
    """Short further sentences on what the verdict's sentence leaves out."""
    support: list[str] = []
    outcomes = {check.rule: check.outcome for check in scan.checks}
    if serious and outcomes.get("tracking-before-consent") == "passed":
        support.append("Before a choice, nothing that needs consent was seen.")
    if "free choice" not in sentence and (unfair := _named(serious, _BANNER)):
        support.append(f"{unfair[0].title.rstrip('.')}.")
    if "policy was found" not in sentence and _named(serious, ("policy-missing",)):
        support.append("No cookie policy was found on the pages visited.")
    if "does not keep" not in sentence and (broken := _named(serious, ("promise-broken",))):
        support.append(f"The cookie policy makes {_promises(broken)} that the site does not keep.")
    if "does not name" not in sentence and scan.declaration.found and (omitted := _omitted(scan)):
        support.append(f"The cookie policy does not name {omitted} that the site uses.")
    return tuple(support)


def _named(findings: Iterable[Finding], rules: Sequence[str]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.rule in rules)


def _may(findings: Sequence[Finding], doing: str) -> str:
    """`sends data` becomes `may send data` where every finding still asks for a person's check."""
    if any(finding.confidence != "check" for finding in findings):
        return doing
    verb, _, rest = doing.partition(" ")
    return f"may {verb.removesuffix('s')} {rest}"


def _doing(scan: Scan, findings: Sequence[Finding]) -> str:
    """What the findings say the site does: `sends data to Meta and Google Analytics`."""
    outside: dict[str, str] = {}
    cookies = 0
    # A company whose cookie was set, but that no request went to, received nothing: the figures say the same.
    contacted = {company.name for company in companies(scan)}
    for finding in findings:
        for target in resolve_all(scan, finding.observed):
            told = recipient(target.item)
            if isinstance(target.item, Cookie):
                cookies += 1
            if told is not None and told[0] in contacted and (told[2] == "third" or told[0] != scan.target.site):
                outside.setdefault(told[0], told[1])
    names = sorted(outside, key=lambda name: (outside[name] != "marketing", name.casefold()))
    if not names:
        return f"stores {count(cookies, 'cookie')} that need{'s' * (cookies == 1)} consent" if cookies else "tracks"
    if len(names) <= 2:
        return f"sends data to {listing(names)}"
    kinds = {outside[name] for name in names}
    adjective = {frozenset({"marketing"}): "advertising ", frozenset({"analytics"}): "statistics "}
    return f"sends data to {number(len(names))} {adjective.get(frozenset(kinds), '')}companies"


def _promises(broken: Sequence[Finding]) -> str:
    return "a promise" if len(broken) == 1 else f"{number(len(broken))} promises"


def _lower(title: str) -> str:
    """A title as the end of a sentence: small first letter unless it begins with a name in capitals."""
    text = title.strip().rstrip(".")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _omitted(scan: Scan) -> str:
    cookies, names = len(undeclared_cookies(scan)), len(_undeclared_vendors(scan))
    parts = [count(cookies, "cookie")] * bool(cookies)
    parts += [f"{number(names)} {'company' if names == 1 else 'companies'}"] * bool(names)
    return " and ".join(parts)


def undeclared_cookies(scan: Scan) -> tuple[int, ...]:
    """Positions in `cookies` of those that a finding calls undeclared."""
    found = {
        int(pointer.rpartition("/")[2])
        for finding in _named(scan.findings, ("undeclared-cookie",))
        for pointer in finding.observed
        if pointer.startswith("/cookies/") and pointer.count("/") == 2 and pointer.rpartition("/")[2].isdigit()
    }
    return tuple(sorted(position for position in found if position < len(scan.cookies)))


def _undeclared_vendors(scan: Scan) -> frozenset[str]:
    return frozenset(
        name.strip()
        for finding in _named(scan.findings, ("undeclared-vendor",))
        for name in finding.subject.split(", ")
        if name.strip()
    )


def figures(scan: Scan) -> tuple[Figure, ...]:
    """The four figures of a scan that saw something."""
    everyone = companies(scan)
    return (
        _receiving(scan, everyone, "before", "before a visitor chooses"),
        _receiving(scan, everyone, "reject", "after a visitor refuses"),
        _policy_figure(scan),
        _findings_figure(scan),
    )


def _receiving(scan: Scan, everyone: Sequence[Company], state: StateName, when: str) -> Figure:
    seen = scan.states.get(state)
    if seen is None or not seen.reached:
        why = "not part of this scan" if seen is None else seen.choice.error or "this state was not reached"
        return Figure("–", f"{state_label(state)}: not measured", why)
    contacted = [company for company in everyone if state in company.states]
    hungry = [company for company in contacted if company.states[state] in NEEDS_CONSENT]
    note = f"of {count(len(contacted), 'outside company', 'outside companies')} contacted"
    note = note if contacted else "no outside company was contacted"
    verb = "company receives" if len(hungry) == 1 else "companies receive"
    return Figure(number(len(hungry)), f"advertising or statistics {verb} data {when}", note, alarming=bool(hungry))


def _policy_figure(scan: Scan) -> Figure:
    if not scan.declaration.found:
        return Figure("–", "no cookie policy was found", "so nothing can be compared")
    outcome = {check.rule: check for check in scan.checks}.get("undeclared-cookie")
    if outcome is None or outcome.outcome == "inconclusive":
        return Figure("–", "cookies missing from the policy: not decided", outcome.reason if outcome else "not checked")
    stored = sum(cookie.blocked is None for cookie in scan.cookies)
    missing = len(undeclared_cookies(scan))
    return Figure(
        number(missing),
        f"{'cookie is' if missing == 1 else 'cookies are'} missing from the policy",
        f"of {number(stored)} seen",
        alarming=bool(missing),
    )


def _findings_figure(scan: Scan) -> Figure:
    tally = {level: sum(finding.severity == level for finding in scan.findings) for level in ("high", "medium", "low")}
    total = len(scan.findings)
    note = ", ".join(f"{number(n)} {level}" for level, n in tally.items() if n) or "none above a note"
    return Figure(
        number(total), "finding" if total == 1 else "findings", note, alarming=bool(tally["high"] + tally["medium"])
    )


def limits(scan: Scan) -> tuple[str, ...]:
    """What the reader must know before believing the rest: blindness, states not reached, checks not decided."""
    said: list[str] = []
    if scan.outcome == "failed":
        return ()
    if scan.browser is not None and not scan.browser.calibration.passed:
        blind = [check.name for check in scan.browser.calibration.checks if not check.passed]
        missed = (
            f"In a test before the scan it missed: {', '.join(blind)}." if blind else "It was not tested beforehand."
        )
        said.append(f"The browser that was used may not see everything. {missed}")
    for state in in_order(scan.states):
        if not scan.states[state].reached:
            why = (scan.states[state].choice.error or "the site gave no way to reach it").rstrip(".")
            said.append(f"“{state_label(state)}” could not be measured: {why}.")
        elif (choice := scan.states[state].choice).made is not None and not choice.verified:
            said.append(f"“{state_label(state)}”: a button was pressed, but it is not proven that the site took it.")
    undecided = [check for check in scan.checks if check.outcome == "inconclusive"]
    if undecided:
        said.append(f"{count(len(undecided), 'check')} of {number(len(scan.checks))} could not be decided.")
    if scan.outcome == "partial":
        said.append("The scan is partial: some pages or states are missing. “How it was measured” lists them.")
    return tuple(said)
