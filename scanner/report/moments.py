"""When a thing was first seen: since the page began to load, and since the click that made the choice."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.messages import say
from scanner.model.base import StateName
from scanner.model.inventory import FirstSeen, State
from scanner.report.words import elapsed, state_label

States = Mapping[StateName, State]


def since_load(ms: float) -> str:
    """A time since the page began to load."""
    return say("{time} after the page began to load", time=elapsed(ms))


def since_choice(seen: FirstSeen, states: States) -> str:
    """A time since the choice was made, with the words of the button; empty where the time is not known.

    The clock runs from the first press. So the button is named only where one press made the choice.
    """
    if seen.after_choice_ms is None:
        return ""
    time = elapsed(seen.after_choice_ms)
    button = pressed(states.get(seen.state))
    if button:
        return say("{time} after the click on “{button}”", time=time, button=button)
    return say("{time} after the choice was begun", time=time)


def pressed(state: State | None) -> str:
    """The words of the one button whose press made a state's choice; empty where that is not certain."""
    if state is None or state.choice.clicks != 1 or state.choice.via_api:
        return ""
    words = {one.text for one in state.banner.buttons if one.action == state.choice.made and one.layer == 1}
    return words.pop() if len(words) == 1 else ""


def moment_of(seen: FirstSeen, states: States) -> str:
    """The moment in a few words: `0.4 s after the click on “Reject all”`."""
    if told := since_choice(seen, states):
        return told
    undecided = say("before any choice") if seen.state in ("before", "gpc") else say("before the click")
    after = say("after the click") if seen.phase == "chosen" else undecided
    return f"{since_load(seen.ms) if seen.ms is not None else say('time not known')}, {after}"


def first_seen(seen: FirstSeen | None, states: States) -> tuple[tuple[str, str], ...]:
    """When and where a thing was first seen, as labels and values."""
    if seen is None:
        return ()
    when = moment_of(seen, states)
    if seen.after_choice_ms is not None and seen.ms is not None:
        when = f"{when}, {since_load(seen.ms)}"
    return ((say("First seen"), f"{when} ({state_label(seen.state)})"), (say("On page"), seen.page))
