"""How rules put sentences together: rows of names, numbered steps, lines of facts."""

from __future__ import annotations

from scanner.messages import Labels, Message, known, mark, say, say_n

__all__ = ["Labels", "Message", "enumerate_words", "known", "lines", "mark", "say", "say_n", "steps"]

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
