"""The verdict: one plain, fair sentence, what supports it, and four figures.

Nothing is judged here. Sentences are read off the findings and the outcome of every check: what was not measured
is never called good.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.messages import Labels, Message, known, number, say, say_n
from scanner.model.finding import Finding
from scanner.model.inventory import Cookie
from scanner.model.scan import Scan
from scanner.report.companies import companies, recipient
from scanner.report.figures import Figure, figures, named, undeclared_cookies
from scanner.report.pointers import resolve_all
from scanner.report.states import never_asks
from scanner.report.words import in_order, listing, state_label

Tone = Literal["high", "medium", "clear", "open", "failed"]
"""How the verdict is coloured: `open` says that too little was seen for a verdict."""

TONE_LABELS: Labels[Tone] = Labels(
    {
        "high": Message("Action needed"),
        "medium": Message("Changes needed"),
        "clear": Message("No serious fault found"),
        "open": Message("No verdict possible"),
        "failed": Message("Not scanned"),
    }
)

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

# Each takes a whole sentence without its full stop (`doing`), so that other languages can order their words.
_BEFORE_CHOICE = Message("{doing} before visitors can choose.")
_NEVER_ASKED = Message("{doing} and never asks visitors for consent.")
_AFTER_SENTENCES: dict[str, Message] = {
    "tracking-after-reject": Message("{doing} even after visitors refuse."),
    "withdrawal-ignored": Message("{doing} even after visitors withdraw their consent."),
    "gpc-ignored": Message("{doing} although visitors send the Global Privacy Control signal."),
    "category-not-respected": Message("{doing} for purposes that visitors did not choose."),
}
_BEFORE_AND_AFTER: dict[str, Message] = {
    "tracking-after-reject": Message("{doing} before visitors can choose, and goes on after they refuse."),
    "withdrawal-ignored": Message("{doing} before visitors can choose, and goes on after they withdraw their consent."),
    "gpc-ignored": Message(
        "{doing} before visitors can choose, and goes on although they send the Global Privacy Control signal."
    ),
    "category-not-respected": Message(
        "{doing} before visitors can choose, and goes on for purposes that they did not choose."
    ),
}
_SENDS = Message("This site sends data to {names}")
_MAY_SEND = Message("This site may send data to {names}")
_STORES = Message(
    "This site stores {count} cookie that needs consent", "This site stores {count} cookies that need consent"
)
_MAY_STORE = Message(
    "This site may store {count} cookie that needs consent", "This site may store {count} cookies that need consent"
)
_TRACKS = Message("This site follows visitors")
_MAY_TRACK = Message("This site may follow visitors")
_SERVICES: dict[frozenset[str], Message] = {
    frozenset({"marketing"}): Message("{count} advertising service", "{count} advertising services"),
    frozenset({"analytics"}): Message("{count} statistics service", "{count} statistics services"),
}
_ANY_SERVICES = Message("{count} outside service", "{count} outside services")
_BOTH = Message("{first} and {second}")


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
    return Verdict(tone, sentence, _support(scan, serious), figures(scan))


def _failure(scan: Scan) -> str:
    reason = scan.problems[0].message.strip() if scan.problems else say("no reason was recorded")
    return say("This site could not be scanned: {reason}.", reason=known(reason).rstrip("."))


def _without_fault(scan: Scan) -> tuple[Tone, str]:
    outcomes = {check.rule: check.outcome for check in scan.checks}
    inconclusive = sum(outcome == "inconclusive" for outcome in outcomes.values())
    before = scan.states.get("before")
    if before is None or not before.reached or outcomes.get("tracking-before-consent") in (None, "inconclusive"):
        return "open", say("Too little could be seen for a verdict: whether this site waits for consent is not known.")
    if outcomes["tracking-before-consent"] == "found":
        if not scan.findings:
            return "clear", say("Only smaller points were found.")
        title = scan.findings[0].title.rstrip(".")
        return "clear", say("Only smaller points were found, first of all: {title}.", title=title)
    refused = outcomes.get("tracking-after-reject") == "passed"
    listed = {outcomes.get("undeclared-cookie"), outcomes.get("undeclared-vendor")}
    named = scan.declaration.found and listed <= {"passed", "not-applicable"}
    sentence = _nothing_seen(refused=refused, named=named)
    if inconclusive:
        undecided = say_n("{count} check could not be decided.", "{count} checks could not be decided.", inconclusive)
        sentence = f"{sentence} {undecided}"
    return "clear", sentence


def _nothing_seen(*, refused: bool, named: bool) -> str:
    if refused and named:
        return say(
            "Nothing that needs consent was seen before a visitor chooses, nor after they refuse, and the policy names "
            "what was seen."
        )
    if refused:
        return say("Nothing that needs consent was seen before a visitor chooses, nor after they refuse.")
    if named:
        return say("Nothing that needs consent was seen before a visitor chooses, and the policy names what was seen.")
    return say("Nothing that needs consent was seen before a visitor chooses.")


def _fault(scan: Scan, serious: Sequence[Finding]) -> str:
    if tracked := _tracked(scan, serious):
        return tracked
    if unfair := named(serious, _BANNER):
        return say("Visitors are not given a free choice: {title}.", title=unfair[0].title.rstrip("."))
    if named(serious, ("policy-missing",)):
        return say("This site uses cookies or similar techniques, and no cookie policy was found.")
    if broken := named(serious, ("promise-broken",)):
        return _promises(broken)
    if omitted := _omitted(scan):
        return say("The cookie policy does not name {omitted} that this site uses.", omitted=omitted)
    title = serious[0].title.rstrip(".")
    return say_n(
        "One point needs attention: {title}.",
        "{count} points need attention, first of all: {title}.",
        len(serious),
        title=title,
    )


def _tracked(scan: Scan, serious: Sequence[Finding]) -> str:
    """The sentence on visitors who are followed without consent; empty where none are."""
    before, after = named(serious, _BEFORE), named(serious, _AFTER)
    if before and any(finding.rule == "tracking-without-banner" for finding in before):
        return _NEVER_ASKED(doing=_doing(scan, before))
    if before and after:
        return _BEFORE_AND_AFTER[after[0].rule](doing=_doing(scan, before))
    if before:
        return _BEFORE_CHOICE(doing=_doing(scan, before))
    return _AFTER_SENTENCES[after[0].rule](doing=_doing(scan, after)) if after else ""


def _support(scan: Scan, serious: Sequence[Finding]) -> tuple[str, ...]:
    """Short further sentences on what the verdict's sentence leaves out."""
    support: list[str] = []
    told = _fault(scan, serious) if serious else ""
    outcomes = {check.rule: check.outcome for check in scan.checks}
    if serious and outcomes.get("tracking-before-consent") == "passed":
        support.append(say("Before a choice, nothing that needs consent was seen."))
    if unfair := named(serious, _BANNER):
        support.append(f"{unfair[0].title.rstrip('.')}.")
    if named(serious, ("policy-missing",)):
        support.append(say("No cookie policy was found on the pages visited."))
    if broken := named(serious, ("promise-broken",)):
        support.append(_promises(broken))
    if scan.declaration.found and (omitted := _omitted(scan)):
        support.append(say("The cookie policy does not name {omitted} that this site uses.", omitted=omitted))
    if _says_no_policy(serious):
        support = [said for said in support if said != say("No cookie policy was found on the pages visited.")]
    return tuple(said for said in support if said.rstrip(".") not in told)


def _says_no_policy(serious: Sequence[Finding]) -> bool:
    """Whether the sentence itself says that no policy was found: nothing worse comes before it."""
    return not named(serious, (*_BEFORE, *_AFTER, *_BANNER)) and bool(named(serious, ("policy-missing",)))


def _doing(scan: Scan, findings: Sequence[Finding]) -> str:
    """What the findings say the site does: `This site sends data to Meta and Google Analytics`.

    It only may do so where every finding still asks for a person's check.
    """
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
    sure = any(finding.confidence != "check" for finding in findings)
    names = sorted(outside, key=lambda name: (outside[name] != "marketing", name.casefold()))
    if not names and cookies:
        return (_STORES if sure else _MAY_STORE)(cookies)
    if not names:
        return (_TRACKS if sure else _MAY_TRACK)()
    if len(names) <= 2:
        told_names = listing(names)
    else:
        told_names = _SERVICES.get(frozenset(outside.values()), _ANY_SERVICES)(len(names))
    return (_SENDS if sure else _MAY_SEND)(names=told_names)


def _promises(broken: Sequence[Finding]) -> str:
    return say_n(
        "The cookie policy makes a promise that this site does not keep.",
        "The cookie policy makes {count} promises that this site does not keep.",
        len(broken),
    )


def _omitted(scan: Scan) -> str:
    cookies, names = len(undeclared_cookies(scan)), len(_undeclared_vendors(scan))
    parts = [say_n("{count} cookie", "{count} cookies", cookies)] * bool(cookies)
    parts += [_ANY_SERVICES(names)] * bool(names)
    return _BOTH(first=parts[0], second=parts[1]) if len(parts) == 2 else "".join(parts)


def _undeclared_vendors(scan: Scan) -> frozenset[str]:
    return frozenset(
        name.strip()
        for finding in named(scan.findings, ("undeclared-vendor",))
        for name in finding.subject.split(", ")
        if name.strip()
    )


def limits(scan: Scan) -> tuple[str, ...]:
    """What the reader must know before believing the rest: blindness, states not reached, checks not decided."""
    if scan.outcome == "failed":
        return ()
    said: list[str] = [*_blindness(scan)]
    if unasked := never_asks(scan):
        said.append(
            say(
                "The site shows no banner, so nothing could be accepted or refused: what every visitor gets stands "
                "under “{before}”.",
                before=state_label("before"),
            )
        )
    for state in in_order(scan.states):
        choice = scan.states[state].choice
        if unasked and not scan.states[state].reached:
            continue
        if not scan.states[state].reached:
            why = known(choice.error) if choice.error else say("the site gave no way to reach it")
            said.append(say("“{state}” could not be measured: {why}.", state=state_label(state), why=why.rstrip(".")))
        elif choice.made is not None and not choice.verified:
            said.append(
                say(
                    "“{state}”: a button was pressed, but it is not proven that the site took it.",
                    state=state_label(state),
                )
            )
    undecided = [check for check in scan.checks if check.outcome == "inconclusive"]
    if undecided:
        said.append(
            say_n(
                "{count} check of {total} could not be decided.",
                "{count} checks of {total} could not be decided.",
                len(undecided),
                total=number(len(scan.checks)),
            )
        )
    if scan.outcome == "partial":
        said.append(say("The scan is partial: some pages or states are missing. “How it was measured” lists them."))
    return tuple(said)


def _blindness(scan: Scan) -> Iterator[str]:
    if scan.browser is None or scan.browser.calibration.passed:
        return
    blind = ", ".join(known(check.name) for check in scan.browser.calibration.checks if not check.passed)
    if blind:
        yield say(
            "The browser that was used may not see everything. In a test before the scan it missed: {blind}.",
            blind=blind,
        )
    else:
        yield say("The browser that was used may not see everything. It was not tested beforehand.")
