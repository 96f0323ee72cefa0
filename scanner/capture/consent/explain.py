"""Step by step: what was seen, weighed and pressed on a consent notice, and a recipe to start from.

A `Trace` listens while a notice is answered. It changes nothing and judges nothing; what it holds is data for a
renderer. Selectors are written as recipes write them: ` >>> ` goes into a shadow root or a frame.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Literal, Protocol

from scanner.capture.consent.signals.reading import Signals
from scanner.capture.consent.signals.records import ConsentRecord
from scanner.model.base import Model
from scanner.model.consent import ChoiceMade


class ButtonRead(Model):
    """One button as it was read. `why` names the words that decided; `selector` leads to it."""

    words: str
    name: str = ""
    role: str
    strength: float
    why: str = ""
    selector: str = ""
    disabled: bool = False
    link: bool = False


class ChoiceRead(Model):
    """One toggle, radio button or level as it stood."""

    words: str
    category: str
    on: bool
    locked: bool
    visible: bool
    forbids: bool = False


class CandidateWeighed(Model):
    """One place of the page that may be a notice, with its score and the reasons for it, such as `cookie+4`."""

    score: float
    reasons: tuple[str, ...]
    taken: bool
    selector: str = ""
    frame_url: str | None = None
    text: str = ""
    buttons: tuple[ButtonRead, ...] = ()
    choices: tuple[ChoiceRead, ...] = ()


class Looked(Model):
    """One look at the page that showed something new. `threshold` is the score from which a notice is believed."""

    kind: Literal["looked"] = "looked"
    threshold: float
    candidates: tuple[CandidateWeighed, ...]


class Pressed(Model):
    """One thing done: what for, to which words, how, what was seen after it, and where it stands."""

    kind: Literal["pressed"] = "pressed"
    did: str
    target: str
    result: str
    selector: str = ""


class SignalsCompared(Model):
    """The page's consent records at one moment: their names to what they say; the TC string in a few words."""

    kind: Literal["signals"] = "signals"
    moment: str
    records: dict[str, str]
    tc_string: str | None = None


class Concluded(Model):
    """The end: what was asked, made and proven."""

    kind: Literal["concluded"] = "concluded"
    wanted: str
    made: str | None
    verified: bool
    how: str
    proofs: tuple[str, ...]
    contradictions: tuple[str, ...]
    error: str | None


Event = Looked | Pressed | SignalsCompared | Concluded


class Explanation(Model):
    """Everything that happened to one notice, in order, and a recipe to start from (text for `scan.toml`)."""

    events: tuple[Event, ...]
    recipe: str


class Watcher(Protocol):
    """What the parts of a session tell whoever listens."""

    def looked(self, event: Looked) -> None:
        """A look showed something new."""

    def pressed(self, event: Pressed) -> None:
        """Something was pressed."""


@dataclass
class Trace:
    """Listens to one session, or to several of one site in turn."""

    events: list[Event] = field(default_factory=list)
    _last: Looked | None = None
    _ways: dict[str, list[str]] = field(default_factory=dict)
    _pressed: list[str] = field(default_factory=list)

    def looked(self, event: Looked) -> None:
        """Keep a look, unless it shows what the one before showed."""
        if event != self._last:
            self._last = event
            self.events.append(event)

    def pressed(self, event: Pressed) -> None:
        """Keep a press."""
        self.events.append(event)
        if event.selector:
            self._pressed.append(event.selector)

    def signals(self, moment: str, read: Signals) -> None:
        """Keep what the page's records said."""
        records = {name: _said(record) for name, record in sorted(read.records.items())}
        tc_string = (
            None if read.tc is None else f"purposes {_numbers(read.tc.purposes)}, vendors {len(read.tc.vendors)}"
        )
        self.events.append(SignalsCompared(moment=moment, records=records, tc_string=tc_string))

    def concluded(self, choice: ChoiceMade) -> None:
        """Keep the end of one answer; what was pressed for it becomes a line of the recipe."""
        self.events.append(
            Concluded(
                wanted=choice.wanted,
                made=choice.made,
                verified=choice.verified,
                how=choice.how,
                proofs=choice.proofs,
                contradictions=choice.contradictions,
                error=choice.error,
            )
        )
        if choice.wanted in ("accept", "reject", "withdraw") and self._pressed:
            self._ways.setdefault(choice.wanted, list(dict.fromkeys(self._pressed)))
        self._pressed.clear()

    def explanation(self, host: str) -> Explanation:
        """All events, and a recipe for `host` (as it stands in the address bar)."""
        return Explanation(events=tuple(self.events), recipe=self._recipe(host))

    def _recipe(self, host: str) -> str:
        taken = next((c for e in self.events if isinstance(e, Looked) for c in e.candidates if c.taken), None)
        best = taken or max(
            (c for e in self.events if isinstance(e, Looked) for c in e.candidates), key=lambda c: c.score, default=None
        )
        lines = [f"[recipe.{_toml(host)}]"]
        if best is not None and best.selector:
            lines.append(f"banner = {_toml(best.selector)}")
        for action in ("accept", "reject", "settings", "save", "withdraw"):
            given = self._ways.get(action) or (_of_role(best, action) if action not in ("save", "withdraw") else [])
            if not given:
                if action in ("accept", "reject"):
                    lines.append(f'# {action} = "..."      (nothing was read as that)')
                continue
            if action == "settings" and "reject" in self._ways:
                continue
            shown = _toml(given[0]) if len(given) == 1 else "[" + ", ".join(map(_toml, given)) + "]"
            lines.append(f"{action} = {shown}")
        return "\n".join(lines) + "\n"


def _said(record: ConsentRecord) -> str:
    if record.verdict is None:
        return "says nothing that is understood"
    granted, refused = ", ".join(record.granted) or "nothing", ", ".join(record.refused) or "nothing"
    return f"granted {granted}; refused {refused}"


def _numbers(found: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(found))) or "none"


def _toml(text: str) -> str:
    """A string as TOML writes it: in single quotes where it holds double ones and can be."""
    return f"'{text}'" if '"' in text and "'" not in text else json.dumps(text, ensure_ascii=False)


def _of_role(candidate: CandidateWeighed | None, role: str) -> list[str]:
    if candidate is None:
        return []
    held = [b for b in candidate.buttons if b.role == role and b.selector and not b.disabled]
    return [max(held, key=lambda b: b.strength).selector] if held else []
