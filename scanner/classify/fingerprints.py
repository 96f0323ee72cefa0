"""Which scripts read features of a device by which it can be told from others.

A picture, a sound or a measurement that is read back proves nothing by itself: charts are exported, badges drawn,
signatures kept, emoji tested. What counts is what was drawn and how it was read. The criteria for pictures are those
of Englehardt and Narayanan ("Online tracking: a 1-million-site measurement and analysis", 2016, section 6): sixteen
pixels or more each way, text of at least ten different characters or two colours, and no use of the drawing state as
charts make it. They are narrowed for what has become common since.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from scanner.classify.addresses import quick_host
from scanner.classify.attribution import Attribution
from scanner.model.base import StateName
from scanner.model.evidence import ScriptCall

Kind = Literal["canvas", "audio", "webgl", "fonts"]
Strength = Literal["strong", "weak"]

_SIZE = re.compile(r"(\d+)\s*[x×]\s*(\d+)")
_FACT = re.compile(r"(\w+)=(\d+)")
_MIN_SIDE = 16
_MIN_LETTERS = 10
_MIN_COLOURS = 2
_UNSIZED = (300, 150)
"""The size of a canvas that nobody gave one: formats are tested on it, nothing is drawn."""
_MIN_SAMPLES = 1_000
"""Length of a rendered sound; tests of what the browser can do render a few samples."""
_READS_WHOLE = re.compile(r"toDataURL|toBlob|convertToBlob")
_MAKES_WORKER = re.compile(r"new (?:Shared)?Worker")


class Reading(NamedTuple):
    """One kind of feature that a script reads, by which interface. `script` is an address, `host` whose it is."""

    kind: Kind
    host: str
    script: str
    api: str
    state: StateName


def read_fingerprints(calls: Iterable[ScriptCall], attribution: Attribution) -> Iterator[Reading]:
    """All readings that tell devices apart, by script.

    Weak ones (the name of the graphics card, a drawing without text) count only beside a strong one of another kind.
    """
    calls = tuple(calls)
    makers = {
        call.url: maker for call in calls if call.url and _MAKES_WORKER.fullmatch(call.api) and (maker := _script(call))
    }
    by_script: defaultdict[str, list[tuple[Kind, Strength, ScriptCall]]] = defaultdict(list)
    for call in calls:
        script = _script(call)
        judged = _judged(call)
        if judged is not None:
            by_script[makers.get(script, script)].append((*judged, call))
    for script, made in by_script.items():
        made += list(_of_graphics(made))
        strong = {kind for kind, strength, _ in made if strength == "strong"}
        for kind, strength, call in made:
            state = attribution.state(call.context, call.phase)
            if state is not None and (strength == "strong" or strong - {kind}):
                yield Reading(kind, quick_host(script.removeprefix("blob:")), script, call.api, state)


def _script(call: ScriptCall) -> str:
    return next((frame.url for frame in call.stack if frame.url), call.frame_url)


def _judged(call: ScriptCall) -> tuple[Kind, Strength] | None:
    """What a call reads, and whether that speaks alone; null where it reads nothing of the kind."""
    name = call.api
    if name.startswith(("canvas.measureText", "fonts.")):
        return "fonts", "strong"
    if name.startswith("canvas.") and _facts(call).get("gl"):
        return "webgl", "weak"
    if name.startswith("canvas."):
        strength = _of_canvas(call)
        return ("canvas", strength) if strength is not None else None
    if name.startswith("webgl."):
        return "webgl", "weak"
    if name in ("audio.startRendering", "audio.read"):
        strength = _of_sound(call)
        return ("audio", strength) if strength is not None else None
    return None


def _of_canvas(call: ScriptCall) -> Strength | None:
    size = _SIZE.search(call.detail)
    sides = (int(size[1]), int(size[2])) if size else None
    if sides is not None and min(sides) < _MIN_SIDE:
        return None
    facts = _facts(call)
    if not facts:
        # Evidence that does not tell what was drawn.
        return "strong" if _READS_WHOLE.search(call.api) and sides != _UNSIZED else None
    if facts.get("images") or facts.get("saved"):
        return None
    if facts.get("letters", 0) >= _MIN_LETTERS or (facts.get("letters") and facts.get("colours", 0) >= _MIN_COLOURS):
        return "strong"
    return "weak" if _READS_WHOLE.search(call.api) and not facts.get("shown") and sides != _UNSIZED else None


def _of_sound(call: ScriptCall) -> Strength | None:
    facts = _facts(call)
    samples = re.match(r"\d+", call.detail)
    long = samples is not None and int(samples[0]) >= _MIN_SAMPLES
    if not facts:
        return "strong" if call.api == "audio.startRendering" and long else None
    # Rendering alone is use; what was rendered has to be read, and to come from an oscillator, not from a file.
    return "strong" if call.api == "audio.read" and long and facts.get("oscillators") else None


def _of_graphics(
    made: Iterable[tuple[Kind, Strength, ScriptCall]],
) -> Iterator[tuple[Kind, Strength, ScriptCall]]:
    """Graphics: the card's own name, and beside it a picture that nobody sees or a long list of its limits.

    Maps and games ask for the name to work around faults of drivers, and read single pixels under the pointer.
    """
    calls = [call for kind, _, call in made if kind == "webgl"]
    if not any(call.api == "webgl.getParameter" and call.detail in ("renderer", "vendor") for call in calls):
        return
    for call in calls:
        size = _SIZE.search(call.detail)
        picture = size is not None and min(int(size[1]), int(size[2])) >= _MIN_SIDE
        unseen = call.api != "webgl.getParameter" and picture and not _facts(call).get("shown")
        if unseen or call.detail == "40 parameters":
            yield "webgl", "strong", call


def _facts(call: ScriptCall) -> dict[str, int]:
    return {name: int(number) for name, number in _FACT.findall(call.detail)}
