"""The consent states and pages of a scan, and what went wrong."""

from __future__ import annotations

from typing import Literal

from scanner.classify.attribution import Attribution, chooses
from scanner.model.base import StateName
from scanner.model.consent import BannerButton, BannerSeen
from scanner.model.evidence import Visit
from scanner.model.inventory import Banner, Button, Choice, Page, Problem, State
from scanner.model.recorded import Evidence

Outcome = Literal["complete", "partial", "failed"]


def read_pages(evidence: Evidence, attribution: Attribution) -> tuple[Page, ...]:
    """Each page once in each state, sorted by state and address; pages that were only read as policies stay out."""
    found: dict[tuple[StateName, str], Page] = {}
    for visit in evidence.visits:
        state = _state_of(visit, attribution)
        if visit.purpose != "page" or state is None:
            continue
        known = found.get((state, visit.url))
        if known is None or (known.error is not None and visit.error is None):
            found[state, visit.url] = Page(
                url=visit.url,
                state=state,
                status=visit.status,
                title=visit.title,
                ms=visit.load_ms,
                error=visit.error,
                settled_by=visit.settling.method if visit.settling else None,
                life_ms=visit.settling.life_ms if visit.settling else None,
            )
    return tuple(found[key] for key in sorted(found))


def _state_of(visit: Visit, attribution: Attribution) -> StateName | None:
    """The state a visit ended in: a context whose choice was not made never left `before`."""
    return attribution.state(visit.context, "chosen" if chooses(visit.context) else "initial")


def read_states(evidence: Evidence, attribution: Attribution, pages: tuple[Page, ...]) -> dict[StateName, State]:
    """All states that were asked for, and `before`, which every other passes through."""
    names = dict.fromkeys(evidence.scan.states)
    if any(page.state == "before" for page in pages) or any(chooses(name) for name in names):
        names = {"before": None, **names}
    return {name: _state(name, evidence, attribution, pages) for name in names}


def _state(name: StateName, evidence: Evidence, attribution: Attribution, pages: tuple[Page, ...]) -> State:
    loaded = tuple(page.url for page in pages if page.state == name)
    if chooses(name):
        reached = attribution.made(name)
    elif name == "before":
        # Every context that makes a choice begins without one.
        reached = any(
            visit.error is None and (visit.context == name or (chooses(visit.context) and visit.context != "withdraw"))
            for visit in evidence.visits
        )
    else:
        reached = any(visit.error is None for visit in evidence.visits if visit.context == name)
    choice = attribution.choice(name)
    signals = [one for one in evidence.signals if attribution.state(one.context, one.phase) == name]
    own = [one for one in signals if one.context == name] or signals
    return State(
        reached=reached,
        pages=tuple(sorted(loaded)),
        banner=_banner(name, evidence, attribution),
        choice=Choice(
            made=choice.made,
            verified=choice.verified,
            clicks=choice.clicks,
            how=choice.how,
            error=choice.error,
            via_api=choice.via_api,
        )
        if choice is not None
        else Choice(),
        signals=own[-1].values if own else {},
        screenshots=tuple(sorted(shot.file for shot in evidence.screenshots if shot.context == name)),
    )


def _banner(name: StateName, evidence: Evidence, attribution: Attribution) -> Banner:
    """The banner as it first stood in this state's context, with the buttons of its second layer."""
    seen = [one for one in evidence.banners if one.context == name]
    if not seen and name == "before":
        seen = [one for one in evidence.banners if attribution.state(one.context, one.phase) == "before"]
    loaded = [one for one in seen if one.moment == "loaded"]
    first = next((one for one in (*loaded, *(one for one in seen if one.moment == "settings")) if one.found), None)
    if first is None:
        return Banner(found=False)
    settings = [one for one in seen if one.moment == "settings" and one is not first]
    looks = _buttons([first, *settings])
    return Banner(
        found=True,
        cmp=first.cmp or next((one.cmp for one in seen if one.cmp), None),
        method=first.method,
        languages=tuple(sorted(first.languages)),
        buttons=tuple(Button(action=look.action, layer=look.layer, text=look.text) for look in looks),
        preselected=tuple(sorted({text for one in (first, *settings) for text in one.preselected})),
        looks=looks,
    )


def _buttons(seen: list[BannerSeen]) -> tuple[BannerButton, ...]:
    """Each button once, by layer, action and words."""
    found: dict[tuple[int, str, str], BannerButton] = {}
    for one in seen:
        for button in one.buttons:
            found.setdefault((button.layer, button.action, button.text), button)
    return tuple(found[key] for key in sorted(found))


def read_outcome(evidence: Evidence) -> Outcome:
    """How the scan ended; one that was cut short is partial if anything loaded."""
    if evidence.finished is not None:
        return evidence.finished.outcome
    return "partial" if any(visit.error is None for visit in evidence.visits) else "failed"


def _only_tried(visit: Visit, evidence: Evidence) -> bool:
    """Whether a visit only tried one of the usual addresses of a policy: that none is there is no problem."""
    return visit.purpose == "policy" and visit.error_kind == "http-status" and not evidence.scan.policy


def read_problems(evidence: Evidence) -> tuple[Problem, ...]:
    """Pages that did not load, what could not be seen, and a scan that was cut short."""
    found = {
        Problem(state=visit.context, url=visit.url, kind=visit.error_kind or "load", message=visit.error)
        for visit in evidence.visits
        if visit.error is not None and not _only_tried(visit, evidence)
    }
    found |= {Problem(state=gap.context, url=gap.url, kind=gap.what, message=gap.message) for gap in evidence.gaps}
    if evidence.finished is None:
        found.add(Problem(kind="interrupted", message="The scan was cut short; what had been seen is kept."))
    return tuple(sorted(found, key=lambda one: (one.state or "", one.url or "", one.kind, one.message)))
