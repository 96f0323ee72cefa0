"""`diff`: what changed between two scans, as a page, and as the lines that a terminal shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.diff.shape import BeaconLine, Caveat, Change, Difference
from scanner.messages import Labels, Message, say, say_n
from scanner.model.base import StateName
from scanner.model.finding import Severity
from scanner.report.environment import page
from scanner.report.words import (
    CATEGORY_LABELS,
    CLAIM_LABELS,
    SEVERITY_LABELS,
    clipped,
    duration,
    in_order,
    inside,
    moment,
    state_label,
)

_PROPERTIES: Labels[str] = Labels(
    {
        "category": Message("Purpose group"),
        "lifetime": Message("Kept for"),
        "states": Message("Seen"),
        "vendor": Message("Company"),
        "secure": Message("Only over encrypted connections (Secure)"),
        "http_only": Message("Hidden from scripts (HttpOnly)"),
        "same_site": Message("Sent along from other sites (SameSite)"),
    }
)
_TRUTH: Labels[str] = Labels({"true": Message("yes"), "false": Message("no")})


@dataclass(frozen=True, slots=True)
class Line:
    """One change: what it is about, what there is to say, and a severity for findings."""

    name: str
    told: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """All changes of one kind."""

    title: str
    new: tuple[Line, ...]
    gone: tuple[Line, ...]
    changed: tuple[Line, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing of this kind changed."""
        return not (self.new or self.gone or self.changed)


def render_diff(difference: Difference) -> str:
    """The difference as one self-contained page."""
    return page(
        "diff.html.j2",
        "tables.js",
        difference=difference,
        parts_=parts(difference),
        headline=headline(difference),
        caveats=caveats(difference),
    )


def headline(difference: Difference) -> str:
    """The difference in a sentence."""
    if difference.empty:
        return say("Nothing changed between the two scans.")
    new, gone = len(difference.findings.new), len(difference.findings.gone)
    first = say_n("{count} finding is new or worse", "{count} findings are new or worse", new)
    second = say_n("{count} is gone", "{count} are gone", gone)
    return say("{first}, {second}.", first=first, second=second)


def caveats(difference: Difference) -> tuple[str, ...]:
    """Why a difference may lie in the measuring, in sentences."""
    return tuple(_caveat(one, difference) for one in difference.caveats)


def _caveat(one: Caveat, difference: Difference) -> str:
    state = state_label(one.state) if one.state else ""
    match one.kind:
        case "other-site":
            return say(
                "The two scans are of different sites: {old} and {new}.",
                old=difference.old.host,
                new=difference.new.host,
            )
        case "old-failed":
            return say("The older scan failed: everything seems new.")
        case "new-failed":
            return say("The newer scan failed: everything seems gone.")
        case "old-partial":
            return say("The older scan is partial: what seems new may have been there.")
        case "new-partial":
            return say("The newer scan is partial: what seems gone may still be there.")
        case "state-only-old":
            return say("“{state}” was measured in the older scan only and is left out of the comparison.", state=state)
        case "state-only-new":
            return say("“{state}” was measured in the newer scan only and is left out of the comparison.", state=state)
        case _:
            return say("The two scans did not visit the same pages.")


def parts(difference: Difference) -> tuple[Part, ...]:
    """The changes by kind: what matters most to an owner first."""
    return (
        _findings(difference),
        _vendors(difference),
        _cookies(difference),
        Part(
            say("Data sent (beacons)"),
            tuple(_beacon(line) for line in difference.beacons.new),
            tuple(_beacon(line) for line in difference.beacons.gone),
        ),
        *_policy(difference),
    )


def _findings(difference: Difference) -> Part:
    new = []
    for one in difference.findings.new:
        told = ", ".join(one.subjects or one.finding.subjects)
        if one.was is not None and not one.subjects:
            told = say(
                "worse than before ({old}, now {new})",
                old=inside(SEVERITY_LABELS[one.was]),
                new=inside(SEVERITY_LABELS[one.finding.severity]),
            )
        new.append(Line(one.finding.title, clipped(told, 300), one.finding.severity))
    gone = []
    for lost in difference.findings.gone:
        told = ", ".join(lost.subjects)
        if not lost.decided:
            unsure = say("this time the check could not be decided, so it may still be there")
            told = f"{told}; {unsure}" if told else unsure
        gone.append(Line(lost.finding.title, clipped(told, 300), lost.finding.severity))
    return Part(say("Findings"), tuple(new), tuple(gone))


def _vendors(difference: Difference) -> Part:
    vendors = difference.vendors
    return Part(
        say("Who receives data"),
        tuple(Line(line.name, _about(CATEGORY_LABELS[line.category], line.states)) for line in vendors.new),
        tuple(Line(line.name, _about(CATEGORY_LABELS[line.category], line.states)) for line in vendors.gone),
        tuple(Line(line.name, _moved(_states(line.old), _states(line.new))) for line in vendors.moved),
    )


def _cookies(difference: Difference) -> Part:
    cookies = difference.cookies
    return Part(
        say("Cookies"),
        tuple(
            Line(f"{line.name}@{line.domain}", _about(CATEGORY_LABELS[line.category], line.states, line.vendor))
            for line in cookies.new
        ),
        tuple(
            Line(f"{line.name}@{line.domain}", _about(CATEGORY_LABELS[line.category], line.states, line.vendor))
            for line in cookies.gone
        ),
        tuple(
            Line(f"{one.name}@{one.domain}", "; ".join(_change(change) for change in one.changes))
            for one in cookies.changed
        ),
    )


def _change(change: Change) -> str:
    old, new = _value(change.what, change.old), _value(change.what, change.new)
    return f"{_PROPERTIES[change.what]}: {_moved(old, new)}"


def _value(what: str, value: str) -> str:
    match what:
        case "category":
            return CATEGORY_LABELS[value]  # type: ignore[index]
        case "lifetime":
            return duration(None if value == "session" else float(value), session=value == "session")
        case "states":
            return _states(tuple(value.split(", "))) if value else say("in no state")
        case "secure" | "http_only":
            return _TRUTH[value]
        case _:
            return value or say("not known")


def _moved(old: str, new: str) -> str:
    return say("before: {old}; now: {new}", old=old, new=new)


def _about(category: str, states: tuple[StateName, ...], vendor: str | None = None) -> str:
    return ", ".join(part for part in (vendor, category, _states(states)) if part)


def _states(states: tuple[StateName, ...]) -> str:
    return "; ".join(state_label(state) for state in in_order(states)) or say("in no state")


def _beacon(line: BeaconLine) -> Line:
    told = (line.vendor, line.event, line.account, CATEGORY_LABELS[line.category], _states(line.states))
    return Line(line.host, ", ".join(part for part in told if part))


def _policy(difference: Difference) -> Iterator[Part]:
    policy = difference.policy
    yield Part(
        say("Cookies in the policy"),
        tuple(Line(row.name, clipped(row.quote, 300)) for row in policy.new_cookies),
        tuple(Line(row.name, clipped(row.quote, 300)) for row in policy.gone_cookies),
        tuple(
            Line(new.name, _moved(f"“{clipped(old.quote, 300)}”", f"“{clipped(new.quote, 300)}”"))
            for old, new in policy.changed_cookies
        ),
    )
    yield Part(
        say("Companies that the policy names"),
        tuple(Line(row.name, clipped(row.quote, 300)) for row in policy.new_vendors),
        tuple(Line(row.name, clipped(row.quote, 300)) for row in policy.gone_vendors),
    )
    yield Part(
        say("What the policy states"),
        tuple(Line(_claim(one.code), clipped(one.words, 300)) for one in policy.new_statements),
        tuple(Line(_claim(one.code), clipped(one.words, 300)) for one in policy.gone_statements),
    )
    yield Part(
        say("Sentences of the policy"),
        tuple(Line(clipped(text, 600)) for text in policy.new_sentences or ()),
        tuple(Line(clipped(text, 600)) for text in policy.gone_sentences or ()),
    )


def _claim(code: str) -> str:
    return CLAIM_LABELS.get(code, code)


def sides(difference: Difference) -> str:
    """Which scans were compared, in a line."""
    return say(
        "{host}: {old} compared with {new}",
        host=difference.new.host,
        old=moment(difference.old.started),
        new=moment(difference.new.started),
    )
