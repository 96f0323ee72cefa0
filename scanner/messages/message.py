"""Sentences with named fields, kept apart from the logic; a catalogue of translations stands in for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from scanner.messages.catalogue import translation
from scanner.messages.speech import language, number

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Message:
    """A text in plain English with named fields in braces; `many` replaces `one` where `count` is not 1.

    Calling it gives the text in the language spoken at that moment. Messages are made when a module is loaded,
    with their text written out, so that a tool can collect them all.
    """

    one: str
    many: str | None = None

    def __call__(self, count: int = 1, /, **fields: object) -> str:
        """The text with its fields filled in; `count` is itself a field."""
        text = self.told(count)
        return text.format(count=number(count), **fields) if "{" in text or "}" in text else text

    def told(self, count: int = 1) -> str:
        """The text with its fields still open."""
        spoken = language()
        if spoken != "en":
            found = translation(spoken, self.one, count)
            if found is not None:
                return found
        return self.one if count == 1 or self.many is None else self.many


def say(text: str, /, **fields: object) -> str:
    """A message said where it stands: the English text, in the language spoken now, with its fields filled in."""
    return Message(text)(1, **fields)


def say_n(one: str, many: str, count: int, /, **fields: object) -> str:
    """The same for a number of things; `count` is itself a field."""
    return Message(one, many)(count, **fields)


def mark(text: str) -> str:
    """The text itself, collected for translation: for what is kept in English and told later by `known`."""
    return text


def known(text: str) -> str:
    """A text that was recorded in English, translated where the catalogue has exactly these words."""
    return (translation(language(), text, 1) or text) if language() != "en" else text


class Labels(Mapping[Key, str]):
    """Words for the members of a closed list, in the language spoken when they are asked for."""

    def __init__(self, words: Mapping[Key, Message]) -> None:
        self._words = dict(words)

    def __getitem__(self, key: Key) -> str:
        return self._words[key]()

    def __iter__(self) -> Iterator[Key]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)
