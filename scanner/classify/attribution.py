"""Which consent state an observation belongs to: its context and phase, and whether a choice was made at all."""

from __future__ import annotations

from scanner.model.base import Phase, StateName
from scanner.model.consent import ChoiceMade
from scanner.model.recorded import Evidence

_ANSWERS: dict[str, frozenset[str]] = {
    "accept": frozenset({"accept", "ack", "save"}),
    "reject": frozenset({"reject", "save", "close", "withdraw"}),
    "withdraw": frozenset({"withdraw", "reject", "save"}),
    "category": frozenset({"save", "accept", "reject"}),
}
"""Which answers lead to a state: pressing OK where only that is offered is no refusal."""

_CHOOSING = frozenset(_ANSWERS)


def chooses(state: StateName) -> bool:
    """Whether a state is one in which the visitor answers."""
    return state.partition(":")[0] in _CHOOSING


class Attribution:
    """Decides the state of each observation of one scan.

    In a context that makes a choice, what came before the choice was seen without any: it belongs to `before`. What
    came after belongs to the context's state if the choice was made. Where it was not, nothing was chosen, and all
    belongs to `before`; where another answer than the one wanted was given, what followed belongs to no state.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._choices: dict[StateName, ChoiceMade] = {}
        for choice in evidence.choices:
            kept = self._choices.get(choice.context)
            # A context that withdraws accepts first: the choice that counts is the one it is named after.
            if kept is None or choice.wanted == choice.context or kept.wanted != choice.context:
                self._choices[choice.context] = choice

    def choice(self, context: StateName) -> ChoiceMade | None:
        """The choice by which a context got its state."""
        return self._choices.get(context)

    def made(self, context: StateName) -> bool:
        """Whether the choice that leads to the state of this context was made."""
        choice = self._choices.get(context)
        if choice is None or choice.made is None or choice.wanted != context:
            return False
        return choice.made in _ANSWERS[context.partition(":")[0]]

    def state(self, context: StateName, phase: Phase) -> StateName | None:
        """The state of an observation; null where it belongs to none of them."""
        if not chooses(context):
            return context
        if phase == "chosen":
            if self.made(context):
                return context
            choice = self._choices.get(context)
            return "before" if choice is None or choice.made is None else None
        # What precedes a withdrawal is the time after an acceptance.
        return None if context == "withdraw" else "before"
