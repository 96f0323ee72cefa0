"""Addresses that a report may link to. Everything in a scan was written by strangers."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

_PHRASE = 60


def safe_link(url: str | None) -> str | None:
    """The address where it is plain http or https, else null: no other scheme ever becomes a link."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def passage_link(url: str | None, passage: str) -> str | None:
    """A link that opens a page at the quoted words (a text fragment, which browsers without it ignore)."""
    address = safe_link(url)
    words = passage.split()
    if address is None or not words:
        return address
    fragment = _text_fragment(words)
    return f"{address}{'' if '#' in address else '#'}:~:text={fragment}"


def _text_fragment(words: list[str]) -> str:
    """Whole text where it is short, else its beginning and its end, in the syntax of the URL fragment directive."""
    whole = " ".join(words)
    if len(whole) <= 2 * _PHRASE:
        return _encoded(whole)
    start, end = words[:1], words[-1:]
    for word in words[1:]:
        if len(" ".join([*start, word])) > _PHRASE:
            break
        start.append(word)
    for word in reversed(words[len(start) : -1]):
        if len(" ".join([word, *end])) > _PHRASE:
            break
        end.insert(0, word)
    return f"{_encoded(' '.join(start))},{_encoded(' '.join(end))}"


def _encoded(text: str) -> str:
    # Hyphen, comma and ampersand have a meaning of their own inside the directive.
    return quote(text, safe="").replace("-", "%2D")
