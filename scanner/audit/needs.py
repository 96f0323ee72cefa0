"""What a rule may need before it can be answered. Each need says, where it is missing, why."""

from __future__ import annotations

from scanner.audit.case import Case
from scanner.audit.message import Labels, Message, known, say
from scanner.audit.rule import Need
from scanner.model.base import StateName

_STATE_WORDS: Labels[str] = Labels(
    {
        "before": Message("before any choice"),
        "accept": Message("after accepting"),
        "reject": Message("after refusing"),
        "withdraw": Message("after withdrawing consent"),
        "gpc": Message("with the browser signal Global Privacy Control"),
    }
)
_ONLY = Message("after allowing only {category}")
_NOT_VISITED = Message("The site was not visited {when} in this scan.")
_NOT_OBSERVED = Message("The site could not be observed {when}.")
_NOT_OBSERVED_WHY = Message("The site could not be observed {when}: {why}")


def state_words(name: StateName) -> str:
    """A consent state for a reader: `before any choice`, `after refusing`."""
    return _STATE_WORDS.get(name) or _ONLY(category=name.partition(":")[2])


def _unreached(case: Case, name: StateName) -> str | None:
    state = case.state(name)
    if state is None:
        return _NOT_VISITED(when=state_words(name))
    if not state.reached:
        if state.choice.error:
            return _NOT_OBSERVED_WHY(when=state_words(name), why=known(state.choice.error))
        return _NOT_OBSERVED(when=state_words(name))
    return None


def _no_page(case: Case) -> str | None:
    if _unreached(case, "before") is None:
        return None
    if any(state.reached for state in case.inventory.states.values()):
        return None
    return say("No page of the site could be observed in any state.")


def _no_policy(case: Case) -> str | None:
    if case.declaration.found:
        return None
    return say("No cookie or privacy policy was found to compare with.")


def _no_full_view(case: Case) -> str | None:
    """Everything a site does is seen after accepting; where it never asks, before any choice."""
    if case.banner is None and case.reached("before"):
        return None
    return _unreached(case, "accept")


def _withdrawal_untried(case: Case) -> str | None:
    if case.state("withdraw") is None:
        return _NOT_VISITED(when=state_words("withdraw"))
    return _unreached(case, "accept")


ANY_PAGE = Need("at least one page observed in any state", _no_page)
BEFORE = Need("the site observed before any choice", lambda case: _unreached(case, "before"))
ACCEPT = Need("the site observed after accepting", lambda case: _unreached(case, "accept"))
REJECT = Need("the site observed after refusing", lambda case: _unreached(case, "reject"))
WITHDRAW = Need("the site observed after withdrawing consent", lambda case: _unreached(case, "withdraw"))
WITHDRAW_TRIED = Need("an attempt to withdraw consent after accepting", _withdrawal_untried)
GPC = Need("the site observed with Global Privacy Control", lambda case: _unreached(case, "gpc"))
POLICY = Need("a cookie or privacy policy that was found and read", _no_policy)
FULL_VIEW = Need("the site observed after accepting (before any choice, where it has no banner)", _no_full_view)


def unreached(case: Case, name: StateName) -> str | None:
    """Why a state cannot be spoken of; null where it was reached."""
    return _unreached(case, name)
