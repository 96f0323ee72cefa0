"""Sentences with named fields, kept apart from the logic so that a catalogue of translations can stand in for them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A text in plain English with named fields in braces; `many` replaces `one` where `count` is not 1."""

    one: str
    many: str | None = None

    def __call__(self, count: int = 1, /, **fields: object) -> str:
        """The text with its fields filled in; `count` is itself a field."""
        text = self.one if count == 1 or self.many is None else self.many
        return text.format(count=count, **fields)


AND_MORE = Message("and {count} more", "and {count} more")


def enumerate_words(words: tuple[str, ...], limit: int = 8) -> str:
    """Some names in a row; a long row is cut, and the rest is counted."""
    if len(words) <= limit:
        return ", ".join(words)
    return ", ".join((*words[:limit], AND_MORE(len(words) - limit)))


def steps(*sentences: str) -> str:
    """Numbered instructions, one a line."""
    return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(sentences, start=1))


def lines(sentences: tuple[str, ...], limit: int = 12) -> str:
    """Sentences one a line; what lies beyond the limit is counted and stands in `scan.json`."""
    shown = list(sentences[:limit])
    if len(sentences) > limit:
        shown.append(MORE_FACTS(len(sentences) - limit))
    return "\n".join(shown)


MORE_FACTS = Message(
    "One more observation of this kind stands in the tables of the report.",
    "{count} more observations of this kind stand in the tables of the report.",
)
