"""Step by step what happened to a consent notice, as lines for a terminal. Nothing here prints."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.capture.consent.explain import (
    ButtonRead,
    CandidateWeighed,
    Concluded,
    Event,
    Explanation,
    Looked,
    Pressed,
    SignalsCompared,
)
from scanner.terminal import clean, state_words

_MOST_TEXT = 160
_MOST_PLACES = 5


def walkthrough(host: str, state: str, explanation: Explanation) -> Iterator[str]:
    """All steps of one consent state in order, and the recipe to start from."""
    yield f"{host}, {state_words(state)}:"
    if not explanation.events:
        yield "  no banner was looked for"
        return
    for number, event in enumerate(explanation.events, start=1):
        lines = list(_event(event))
        yield f"{number:3}. {lines[0]}"
        yield from (f"     {line}" for line in lines[1:])
    yield "  a recipe to start from, for scan.toml:"
    yield from (f"     {clean(line, 2000)}" for line in explanation.recipe.splitlines())


def _event(event: Event) -> Iterator[str]:
    if isinstance(event, Looked):
        yield from _looked(event)
    elif isinstance(event, Pressed):
        where = f", at {event.selector}" if event.selector else ""
        yield clean(f"{event.did}: {event.target!r}{where}", 2000)
        yield clean(f"then: {event.result}")
    elif isinstance(event, SignalsCompared):
        yield f"consent records, {event.moment}: {len(event.records) or 'none'}"
        yield from (clean(f"{name}: {said}") for name, said in event.records.items())
        if event.tc_string is not None:
            yield clean(f"TC string: {event.tc_string}")
    else:
        yield from _concluded(event)


def _looked(event: Looked) -> Iterator[str]:
    if not event.candidates:
        yield "looked: nothing on the page is like a consent notice"
        return
    believed = sum(candidate.taken for candidate in event.candidates)
    yield (
        f"looked: {len(event.candidates)} places may be a notice; believed from a score of {event.threshold:g}: "
        f"{believed or 'none'}"
    )
    for candidate in event.candidates[:_MOST_PLACES]:
        yield from _candidate(candidate)


def _candidate(candidate: CandidateWeighed) -> Iterator[str]:
    mark = "taken: " if candidate.taken else ""
    frame = f" in the frame {candidate.frame_url}" if candidate.frame_url else ""
    yield clean(f"{mark}score {candidate.score:g}{frame}: {candidate.selector or 'no selector'}", 2000)
    yield clean(f"  reasons: {', '.join(candidate.reasons) or 'none'}", 1000)
    yield clean(f"  text: {candidate.text!r}", _MOST_TEXT)
    for button in candidate.buttons:
        yield clean(f"  button {_button(button)}", 2000)
    for choice in candidate.choices:
        stands = "on" if choice.on else "off"
        locked = ", locked" if choice.locked else ""
        yield clean(f"  choice {choice.words!r}: {choice.category}, {stands}{locked}")


def _button(button: ButtonRead) -> str:
    why = f" ({button.why})" if button.why else ""
    return f"{button.words or button.name!r} read as {button.role}{why}, {button.selector or 'no selector'}"


def _concluded(event: Concluded) -> Iterator[str]:
    made = event.made or "nothing"
    verified = "verified" if event.verified else "not verified"
    yield clean(f"asked for {event.wanted}: made {made}, {verified}" + (f"; {event.how}" if event.how else ""), 1000)
    if event.proofs:
        yield f"proofs: {', '.join(event.proofs)}"
    if event.contradictions:
        yield clean(f"against it: {'; '.join(event.contradictions)}", 1000)
    if event.error:
        yield clean(f"because: {event.error}", 1000)
