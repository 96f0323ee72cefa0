"""One network rule of a filter list, in the syntax that Adblock Plus began and EasyList is written in.

Syntax: https://help.adblockplus.org/hc/en-us/articles/360062733293. Rules that hide parts of a page, change responses
or concern pop-ups say nothing of who receives a request; they are passed over, and so is every rule with an option
that is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_COSMETIC = re.compile(r"#@?[#$?%]#|#@?[$?%]?[$?%]?#|\$\$")
_OPTIONS = re.compile(r"\$(~?[\w-]+(?:=[^,\s]*)?(?:,~?[\w-]+(?:=[^,\s]*)?)*)$")
_TYPES = {
    "script": "script",
    "image": "image",
    "stylesheet": "stylesheet",
    "css": "stylesheet",
    "object": "object",
    "xmlhttprequest": "xhr",
    "xhr": "xhr",
    "subdocument": "frame",
    "frame": "frame",
    "ping": "ping",
    "beacon": "ping",
    "websocket": "websocket",
    "media": "media",
    "font": "font",
    "other": "other",
}
_HARMLESS = frozenset({"important", "match-case", "redirect", "redirect-rule", "rewrite", "all", "empty", "mp4"})
_ANCHOR = re.compile(r"\|\|([a-z0-9_-]+(?:\.[a-z0-9_-]+)+)\^?\|?$")
_WORD = re.compile(r"(?<![a-z0-9%*])[a-z0-9%]{3,}(?![a-z0-9%*])")

RequestType = Literal[
    "script", "image", "stylesheet", "object", "xhr", "frame", "ping", "websocket", "media", "font", "other"
]
"""What a page asked for, in the lists' words."""


class Options(NamedTuple):
    """When a rule holds. Empty `types` means all; `party` is null where it does not matter."""

    types: frozenset[str]
    party: Literal["first", "third"] | None
    on: tuple[str, ...]
    not_on: tuple[str, ...]
    important: bool
    match_case: bool
    page: bool
    bad: bool


class Rule(NamedTuple):
    """One rule: the address pattern, its options, and whether it makes an exception."""

    text: str
    pattern: str
    options: Options
    exception: bool

    @property
    def host(self) -> str | None:
        """The host of a rule that concerns a host as a whole (`||host^`), else null."""
        found = _ANCHOR.fullmatch(self.pattern)
        return found[1] if found else None

    def words(self) -> list[str]:
        """Whole words that every matching address holds, in lower case, the longest first."""
        if self.pattern.startswith("/") and self.pattern.endswith("/") and len(self.pattern) > 2:
            return []
        text = self.pattern.lower()
        # A pattern without an anchor may begin or end inside a word.
        inner = text if text.startswith("|") else "*" + text
        inner = inner if text.endswith("|") else inner + "*"
        return sorted((found[0] for found in _WORD.finditer(inner)), key=lambda word: (-len(word), word))

    def regex(self) -> re.Pattern[str]:
        """The pattern as a regular expression, to be searched for in an address."""
        flags = 0 if self.options.match_case else re.IGNORECASE
        text = self.pattern
        if text.startswith("/") and text.endswith("/") and len(text) > 2:
            return re.compile(text[1:-1], flags)
        start = end = ""
        if text.startswith("||"):
            start, text = r"^[a-z][a-z0-9+.-]*://(?:[^/?#]*\.)?", text[2:]
        elif text.startswith("|"):
            start, text = "^", text[1:]
        if text.endswith("|"):
            end, text = "$", text[:-1]
        body = "".join(_translate(text.strip("*")))
        return re.compile(start + body + end, flags)


def _translate(text: str) -> Iterator[str]:
    for char in text:
        if char == "*":
            yield ".*"
        elif char == "^":
            yield r"(?:[^\w.%-]|$)"
        else:
            yield re.escape(char)


def parse_rule(line: str) -> Rule | None:
    """The rule of a line; null for a comment, a rule of another kind, or one that is not understood."""
    text = line.strip()
    if not text or text[0] in "![" or _COSMETIC.search(text):
        return None
    exception = text.startswith("@@")
    pattern = text[2:] if exception else text
    found = None if pattern.startswith("/") and pattern.endswith("/") else _OPTIONS.search(pattern)
    options = _options(found[1].split(",") if found else [], exception)
    if options is None:
        return None
    pattern = pattern[: found.start()] if found else pattern
    if len(pattern.strip("*|^")) < 3 and not (exception and options.page) and not options.on:
        return None
    rule = Rule(text, pattern, options, exception)
    try:
        if pattern.startswith("/"):
            rule.regex()
    except re.error:
        return None
    return rule


def _options(words: list[str], exception: bool) -> Options | None:
    types: set[str] = set()
    without: set[str] = set()
    party: Literal["first", "third"] | None = None
    on: list[str] = []
    not_on: list[str] = []
    page = bad = False
    for word in words:
        name, _, value = word.partition("=")
        negated = name.startswith("~")
        plain = name.lstrip("~")
        if plain in ("third-party", "3p", "first-party", "1p"):
            party = "third" if (plain in ("third-party", "3p")) != negated else "first"
        elif plain in ("domain", "from"):
            for site in value.lower().split("|"):
                (not_on if site.startswith("~") else on).append(site.lstrip("~"))
        elif plain in _TYPES:
            (without if negated else types).add(_TYPES[plain])
        elif plain in ("document", "doc") and exception:
            page = True
        elif plain in ("document", "doc", "popup"):
            # A visited page or a new window: no request that a page makes.
            types.add("page")
        elif plain == "badfilter":
            bad = True
        elif plain not in _HARMLESS:
            return None
    if types and types <= {"page"}:
        return None
    kinds = frozenset(types or (set(_TYPES.values()) - without if without else ()))
    names = {word.partition("=")[0] for word in words}
    return Options(kinds, party, tuple(on), tuple(not_on), "important" in names, "match-case" in names, page, bad)
