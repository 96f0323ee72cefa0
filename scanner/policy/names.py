"""What is the name of a cookie, and how several names share one cell."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from scanner.policy.lexicon import load

MAX_NAME = 160

_PLACEHOLDER = r"<[^<>\n]{1,60}>|\{[^{}\n]{1,60}\}|\[[^\[\]\n]{1,60}\]"
_TOKEN = re.compile(rf"(?:{_PLACEHOLDER}|[^\s,;<>{{}}\[\]\"“”„«»‘’|])+")
_EDGES = " \t\"'“”„«»‘’`´,;:|•·▪"
_FOOTNOTE = re.compile(r"[¹²³⁴-⁹†‡]+$|(?<=[\w*])\s*\[\d{1,2}\]$")
_COUNT = re.compile(r"\s*[\[(]x?\s?\d{1,3}x?[\])]$", re.I)
_ESCAPED = re.compile(r"\\([_*#\[\]<>.\-|])")
_NOTE = re.compile(r"\s+\((?P<note>[^()]{0,200})\)\s*$|\s+\([^()]{0,200}$")
_URL = re.compile(r"^(?:[a-z]+://|www\.|mailto:)|://|@[\w-]+\.\w", re.I)
_FILE = re.compile(r"\.(?:js|css|html?|php|aspx?|gif|png|jpe?g|svg|pdf|jsp|json|xml|ico|txt)$", re.I)
_DOMAIN = re.compile(
    r"^\.?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z]{2}|com|net|org|io|info|biz|gov|edu|app|dev|cloud|shop|online|site|agency|digital|group|swiss|eus|cat|gal|tv|me)$",
    re.I,
)
_CAMEL = re.compile(r"[a-z][A-Z]")
_SHOUTED = re.compile(r"[A-Z][A-Z0-9]{4,}|[A-Z]{3,}[a-z]{4,}")
_IDENTIFIER = re.compile(r"[\w.\-:#*<>{}\[\]$%@~+/!|=()&^?'… ]+")
_SPLIT = re.compile(r"\s*(?:[,;|\n]|\s(?:and|und|et|e|y|en|i|och|og|sowie|or|oder|ou|o|of|lub|&|\+)\s|\s/\s)\s*")
_DESCRIBED = re.compile(r"^(?P<name>\S+)\s*(?::\s|\s[–—\-]+\s|\s=\s)(?P<rest>.*)$", re.S)
_BESIDE = frozenset(
    {"cookie", "cookies", "the", "le", "la", "der", "das", "het", "de", "il", "el", "etc", "plik", "and", "or"}
)
_PROTECTED = re.compile(_PLACEHOLDER)


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(load("names")[kind])


@lru_cache(maxsize=16384)
def tidy(text: str) -> str:
    """A name as a reader sees it: no escapes, quotes, bullets, footnote marks or counts around it."""
    name = _ESCAPED.sub(r"\1", text).strip(_EDGES)
    name = _FOOTNOTE.sub("", _COUNT.sub("", name)).strip(_EDGES)
    name = re.sub(r"^(?:[-–—*]\s+|\d{1,2}[.)]\s+)", "", name)
    if name.endswith(".") and not name.endswith(".."):
        name = name[:-1]
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1].strip(_EDGES)
    return name.strip()


def is_domain(text: str) -> bool:
    """Whether a text is a host name (or the domain of a cookie, with its leading dot)."""
    return _DOMAIN.match(text.strip().lstrip(".*")) is not None


@lru_cache(maxsize=16384)
def is_code_like(name: str) -> bool:
    """Whether a single word is so plainly an identifier that it needs no context to be taken for a cookie's name."""
    if not is_token(name) or name.lower() in _words("words"):
        return False
    bare = _PROTECTED.sub("*", name)
    if _URL.search(name) or is_domain(name) or _FILE.search(name) or bare.endswith("()"):
        return False
    if re.search(r"\*[A-Z][a-z]{2,}$", bare):
        return False  # a placeholder, and the next cell glued to it
    if re.fullmatch(r"[#*]?\d[\d.,:/-]*%?|[IVXLC]+\.?|_+", bare):
        return False
    letters = re.sub(r"[^A-Za-z]", "", bare)
    if len(letters) < 2:
        return False
    if "_" in bare:
        return True
    return bool(
        re.match(r"(?:JSESSIONID|PHPSESSID|ASPSESSIONID|CFID|CFTOKEN|XSRF-TOKEN|CSRF-TOKEN)", bare)
        or re.fullmatch(r"(?:__Host|__Secure)-.+", bare)
        or re.fullmatch(r"wp-(?:settings|wpml|postpass|saving)[\w*-]*", bare)
    )


@lru_cache(maxsize=16384)
def is_identifier(name: str) -> bool:
    """A weaker sign than `is_code_like`: camel case, capitals, digits among letters, a dot, a placeholder."""
    if is_code_like(name):
        return True
    if (
        not is_token(name)
        or name.lower() in _words("words")
        or is_domain(name)
        or _URL.search(name)
        or _FILE.search(name)
    ):
        return False
    bare = _PROTECTED.sub("*", name)
    return bool(
        _CAMEL.search(bare)
        or _SHOUTED.search(bare)
        or (re.search(r"[A-Za-z]", bare) and re.search(r"\d", bare))
        or re.search(r"[*#$]", bare)
        or re.fullmatch(r"[A-Z]{2,4}", bare)
        or re.fullmatch(r"[a-z]+(?:[-.:][a-z0-9]+)+", bare)
    )


@lru_cache(maxsize=16384)
def is_token(name: str) -> bool:
    """Whether a text could be a cookie's name at all: one word (placeholders may hold blanks) of plain characters."""
    if not name or len(name) > MAX_NAME or not re.search(r"[A-Za-z\d]", name):
        return False
    bare = _PROTECTED.sub("*", name)
    if " " in bare or name.lower() in _words("code"):
        return False
    return _IDENTIFIER.fullmatch(bare) is not None and bare.isascii() | ("…" in bare)


def is_plain_word(name: str) -> bool:
    """Whether a word says what kind of thing something is, or nothing, rather than naming a cookie."""
    return name.lower().strip("()[]*. ") in _words("words")


def split_names(lines: tuple[str, ...]) -> list[str]:
    """The names in one cell or value, in order, as written. Words that cannot be names are left in, tidied."""
    names: list[str] = []
    for line in lines:
        for part in _parts(line):
            names.extend(_names_in_part(part))
    return list(dict.fromkeys(name for name in names if name))


def _parts(line: str) -> list[str]:
    """Split at commas and the like, but not inside placeholders or brackets."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match.group())
        return f"\ue000{len(held) - 1}\ue001"

    text = re.sub(rf"{_PLACEHOLDER}|\([^()\n]{{0,200}}\)", hold, _ESCAPED.sub(r"\1", line))
    parts = [re.sub(r"\ue000(\d+)\ue001", lambda m: held[int(m.group(1))], part) for part in _SPLIT.split(text)]
    return [part for part in parts if part.strip()]


def _names_in_part(part: str) -> list[str]:
    name = tidy(part)
    if not name:
        return []
    if is_token(name):
        return [name]
    noted = _NOTE.search(name)
    if noted:
        head = tidy(name[: noted.start()])
        if head:
            inner = [tidy(p) for p in _parts(noted.group("note") or "")]
            # "Google Analytics (_ga, _gid)": the names are inside.
            if inner and all(is_code_like(p) for p in inner) and not is_token(head):
                return inner
            return _names_in_part(head)
    described = _DESCRIBED.match(name)
    if described and is_identifier(tidy(described["name"])):
        return [tidy(described["name"])]
    words = _TOKEN.findall(name)
    tidied = [tidy(word) for word in words]
    if len(words) > 1 and all(is_code_like(word) for word in tidied):
        return tidied
    # "Cookie _ga", "_ga cookie"
    codes = [word for word in tidied if is_code_like(word)]
    if len(codes) == 1 and len(words) <= 3 and all(word == codes[0] or word.lower() in _BESIDE for word in tidied):
        return codes
    return [name]
