"""Invented values to type into forms: made for one visitor of one scan, and found nowhere else."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scanner.model.probes import CanaryData

_CONSONANTS = "bdfgjklmnprstvz"
_VOWELS = "aeiou"
_DOMAIN = "example.com"
"""Reserved for examples: no mailbox can exist there (RFC 2606, section 3)."""
_PHONE_PREFIX = "07700900"
"""British mobile numbers kept free for drama by Ofcom: 07700 900000 to 900999."""


@dataclass
class Canaries:
    """One visitor's values, always the same for the same `seed`, and which fields they were typed into.

    No value holds a space: pressed in the wrong place, that key would push a button.
    """

    seed: str = field(default_factory=lambda: secrets.token_hex(8))
    values: Mapping[CanaryData, str] = field(init=False)
    _typed: set[str] = field(default_factory=set, init=False)
    _scripts: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        self.values = {
            "email": f"{_word(chance, 10)}{chance.randrange(100, 1000)}@{_DOMAIN}",
            "name": _word(chance, 10).capitalize(),
            "phone": f"{_PHONE_PREFIX}{chance.randrange(124, 1000)}",
            "search": _word(chance, 10),
            "text": _word(chance, 12),
        }

    def is_new(self, sign: str, scripts: Iterable[str]) -> bool:
        """Whether this field was not typed into yet, or stands on a page with scripts that were not there before."""
        return sign not in self._typed or not self._scripts.issuperset(scripts)

    def typed(self, sign: str) -> None:
        """A field with that sign was typed into."""
        self._typed.add(sign)

    def saw(self, scripts: Iterable[str]) -> None:
        """All fields of a page with these scripts were seen to."""
        self._scripts.update(scripts)


def _word(chance: random.Random, letters: int) -> str:
    return "".join(chance.choice(_VOWELS if place % 2 else _CONSONANTS) for place in range(letters))
