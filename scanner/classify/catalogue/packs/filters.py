"""Filter lists: which rule, exception and section speak of a request."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from scanner.classify.catalogue.packs.rule import RequestType, Rule, parse_rule
from scanner.model.base import Category, Party
from scanner.site import site_of

_WORDS_OF_ADDRESS = re.compile(r"[a-z0-9%]{3,}")
_META = re.compile(r"!\s*(Title|Last modified|Version)\s*:\s*(.+)", re.IGNORECASE)
_FRAME = re.compile(r"^!\s*[-*=]+|[-*=]+!?\s*$|https?://\S+|^!+\s*")
_DATE = re.compile(r"(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w* (\d{4})|(20\d\d)-?(\d\d)-?(\d\d)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Asked(NamedTuple):
    """One request as lists look at it: full address, its host, the page's host, party and type (null: any)."""

    url: str
    host: str
    top_host: str
    party: Party
    kind: RequestType | None = None


class ListMatch(NamedTuple):
    """The rule that speaks of a request, the exception that takes it back (if any), and where the rule stands."""

    rule: str
    exception: str | None
    section: str
    title: str
    date: str
    category: Category


class _Placed(NamedTuple):
    rule: Rule
    section: str


class _Index:
    """Rules under a host or a word that every address they match must hold."""

    def __init__(self) -> None:
        self._by_host: defaultdict[str, list[_Placed]] = defaultdict(list)
        self._by_word: defaultdict[str, list[_Placed]] = defaultdict(list)
        self._regexes: dict[str, re.Pattern[str]] = {}

    def add(self, placed: _Placed) -> None:
        """Keep a rule where requests that it may fit will find it."""
        host = placed.rule.host
        if host is not None:
            self._by_host[host].append(placed)
            return
        # The word with the fewest rules so far keeps every group small.
        words = placed.rule.words()
        self._by_word[min(words, key=lambda word: len(self._by_word.get(word, ())), default="")].append(placed)

    def match(self, asked: Asked, words: Iterable[str]) -> _Placed | None:
        """The first rule whose conditions and pattern fit a request."""
        for placed in self._candidates(asked.host, words):
            if placed.rule.options.page:
                continue
            if _holds(placed.rule, asked) and (placed.rule.host is not None or self._fits(placed.rule, asked.url)):
                return placed
        return None

    def page(self, asked: Asked) -> _Placed | None:
        """The exception that frees all that a page asks for."""
        for placed in self._candidates(asked.top_host, ()):
            if placed.rule.options.page and placed.rule.host is not None:
                return placed
        return None

    def _candidates(self, host: str, words: Iterable[str]) -> Iterator[_Placed]:
        name = host
        while name:
            yield from self._by_host.get(name, ())
            name = name.partition(".")[2]
        for word in words:
            yield from self._by_word.get(word, ())
        yield from self._by_word.get("", ())

    def _fits(self, rule: Rule, url: str) -> bool:
        regex = self._regexes.get(rule.text)
        if regex is None:
            regex = self._regexes[rule.text] = rule.regex()
        return regex.search(url) is not None


class FilterList:
    """One filter list. `category` is what a request is that the list would block."""

    def __init__(self, text: str, *, title: str, date: str, category: Category) -> None:
        self.title = title
        self.date = date
        self.category = category
        self._text = text

    @cached_property
    def _indexes(self) -> tuple[_Index, _Index, _Index]:
        """Rules, important rules, and exceptions; an exception for whole pages stands under the page's host."""
        rules, important, exceptions = _Index(), _Index(), _Index()
        found = list(_placed(self._text))
        withdrawn = {_without_bad(one.rule.text) for one in found if one.rule.options.bad}
        for one in found:
            if one.rule.options.bad or one.rule.text in withdrawn:
                continue
            if one.rule.exception:
                exceptions.add(one)
            else:
                (important if one.rule.options.important else rules).add(one)
        return rules, important, exceptions

    def blocks(self, asked: Asked, words: Sequence[str]) -> tuple[str, str, bool] | None:
        """Text and section of the first rule that holds, and whether no exception can take it back."""
        rules, important, _ = self._indexes
        found = important.match(asked, words)
        if found is not None:
            return found.rule.text, found.section, True
        found = rules.match(asked, words)
        return (found.rule.text, found.section, False) if found is not None else None

    def excepts(self, asked: Asked, words: Sequence[str]) -> str | None:
        """The exception that holds for a request, or for the page that makes it."""
        exceptions = self._indexes[2]
        found = exceptions.match(asked, words) or exceptions.page(asked)
        return found.rule.text if found is not None else None


def judge(lists: Sequence[FilterList], asked: Asked) -> ListMatch | None:
    """What filter lists say of a request: the first rule that holds; an exception of any list takes it back."""
    words = sorted(set(_WORDS_OF_ADDRESS.findall(asked.url.lower())))
    for one in lists:
        found = one.blocks(asked, words)
        if found is None:
            continue
        rule, section, final = found
        exception = None if final else next((text for each in lists if (text := each.excepts(asked, words))), None)
        return ListMatch(rule, exception, section, one.title, one.date, one.category)
    return None


def read_filter_list(path: Path, fallback_date: str) -> FilterList | None:
    """A filter list from a file; null where the file is none. Raises `OSError` and `UnicodeDecodeError`."""
    text = path.read_text(encoding="utf-8")
    head = text[:8192]
    meta = {found[1].lower(): found[2].strip() for found in _META.finditer(head)}
    if not head.startswith("[") and "title" not in meta:
        return None
    title = meta.get("title") or path.stem
    dates = (_date(meta.get(key, "")) for key in ("last modified", "version"))
    date = next(filter(None, dates), fallback_date)
    category = _category_of(title)
    return FilterList(
        text, title=title, date=date, category=category if category != "unknown" else _category_of(path.stem)
    )


def _category_of(title: str) -> Category:
    """What a list is against, by its title; `unknown` where that does not tell."""
    lowered = title.lower()
    if "privacy" in lowered or "track" in lowered:
        return "analytics"
    if "easylist" in lowered or re.search(r"\bad(s|vert|\b|block|server)", lowered):
        return "marketing"
    return "unknown"


def _date(text: str) -> str:
    found = _DATE.search(text)
    if found is None:
        return ""
    if found[1]:
        return f"{found[3]}-{_MONTHS.index(found[2]) + 1:02d}-{int(found[1]):02d}"
    return f"{found[4]}-{found[5]}-{found[6]}"


def _placed(text: str) -> Iterator[_Placed]:
    """All rules of a list, each with the heading above it."""
    section = ""
    for line in text.splitlines():
        if line.startswith("!"):
            if not line.startswith("!#") and not _META.match(line):
                section = _heading(line) or section
            continue
        rule = parse_rule(line)
        if rule is not None:
            yield _Placed(rule, section)


def _heading(comment: str) -> str:
    """The words of a comment line, without its frame and addresses."""
    text = comment
    for _ in range(2):
        text = _FRAME.sub("", text).strip()
    return text[:120]


def _without_bad(text: str) -> str:
    return re.sub(r"[,$]badfilter(?=,|$)", "", text)


def _holds(rule: Rule, asked: Asked) -> bool:
    """Whether a rule's conditions are met, the address aside."""
    options = rule.options
    if options.party is not None and options.party != asked.party:
        return False
    if options.types and asked.kind is not None and asked.kind not in options.types:
        return False
    if any(_on(asked.top_host, site) for site in options.not_on):
        return False
    return not options.on or any(_on(asked.top_host, site) for site in options.on)


def _on(host: str, site: str) -> bool:
    """Whether a page's host lies on a site of a rule; `name.*` stands for the name under any suffix."""
    if site.endswith(".*"):
        name = site[:-2]
        return f".{name}." in f".{host}." and site_of(host).partition(".")[0] == name.rpartition(".")[2]
    return host == site or host.endswith(f".{site}")


def kind_of(resource_type: str) -> RequestType | None:
    """The lists' word for a browser's type of request; null where they have none."""
    known: dict[str, RequestType] = {
        "Script": "script",
        "Image": "image",
        "Stylesheet": "stylesheet",
        "XHR": "xhr",
        "Fetch": "xhr",
        "EventSource": "xhr",
        "Ping": "ping",
        "CSPViolationReport": "other",
        "WebSocket": "websocket",
        "Media": "media",
        "Font": "font",
        "Document": "frame",
        "Other": "other",
    }
    return known.get(resource_type)
