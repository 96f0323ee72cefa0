"""Which pages are worth reading as the site's policy, told by the words and addresses of links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from scanner.model.evidence import Link
from scanner.policy.lexicon import all_words, fold, load, phrase_pattern
from scanner.site import host_of, site_of

Kind = Literal["cookie", "privacy", "legal"]
KINDS: tuple[Kind, ...] = ("cookie", "privacy", "legal")

_MAX_WORDS = 12
_FILES = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|zip|mp4|mp3|css|js|xml|ics|docx?|xlsx?)$", re.I)
_ENDING = re.compile(r"\.(?:html?|php|aspx?|jsp|pdf)$", re.I)
_NO_WORD = re.compile(r"(?:[^\w\u3099\u309a]|_)+")  # the two are the voice marks of kana, which folding sets apart
_SURE = 7
"""Letters of a stem from which on finding it inside a longer word is no accident."""
_LONGEST = 200
_DEEPEST = 5
"""Parts of the path of a policy that no link calls one; articles and products mostly lie deeper, or say more."""
_SHORTEST = 7
"""Letters below which a word of an address that is in no name of a policy says that it is none."""


class _Candidate(NamedTuple):
    """Lower sorts first: kind, how well it matched, then the order of the links."""

    rank: int
    order: int
    url: str
    why: str


@cache
def _words(kind: Kind | Literal["not"]) -> re.Pattern[str]:
    return phrase_pattern(all_words(load("discovery")[kind]["words"]))


@cache
def _addresses(kind: Kind) -> tuple[str, ...]:
    return tuple(sorted(load("discovery")[kind]["address"], key=len, reverse=True))


def choose_documents(links: Sequence[Link], start_url: str) -> tuple[tuple[str, str], ...]:
    """Addresses that may hold the policy, best first, each with the reason.

    Links come first: cookie policies before privacy policies before legal pages, those that say so in their words
    and their address before those that do so in one. A link without words (an entry of a sitemap, an icon) counts only
    where its whole last part speaks of a policy. Only links within the same site count, or to a service that hosts
    policies for others. Then come well-known paths of the start page's host. No address appears twice; the fragment is
    dropped.
    """
    candidates = sorted(candidate for order, link in enumerate(links) for candidate in _judge(link, order, start_url))
    chosen: dict[str, tuple[str, str]] = {}
    for candidate in candidates:
        chosen.setdefault(_key(candidate.url), (candidate.url, candidate.why))
    for url, why in _well_known(start_url):
        chosen.setdefault(_key(url), (url, why))
    return tuple(chosen.values())


def _judge(link: Link, order: int, start_url: str) -> Iterator[_Candidate]:
    if not link.text.strip() and not _last_words(_path(link.url)):
        return
    url = _absolute(link.url, start_url)
    if url is None or not (_same_site(url, start_url) or _policy_host(url)):
        return
    text = " ".join(link.text.split())
    folded = fold(text)
    short = 0 < len(text.split()) <= _MAX_WORDS
    for position, kind in enumerate(KINDS):
        match = _words(kind).search(folded) if short else None
        stem = _stem(url, kind) if folded else _bare_stem(url, kind)
        if match is None and stem is None:
            continue
        if _about_something_else(url, folded, stem):
            continue
        rank = position * 10 + (0 if match and stem else 3 if match else 5)
        rank += 2 if urlsplit(url).path.lower().endswith(".pdf") else 0
        rank += 0 if folded else min(4, urlsplit(url).path.count("/"))
        why = f'link "{text}"' if match is not None else f'address has "{stem}"'
        yield _Candidate(rank, order, url, f"legal page, {why}" if kind == "legal" else why)
        return


def _about_something_else(url: str, folded: str, stem: str | None) -> bool:
    """Whether a link opens a dialogue of settings, or is about cookies that one eats."""
    path = fold(unquote(urlsplit(url).path)).replace("/", " ")
    if _words("not").search(path):
        return True
    return _words("not").search(folded) is not None and (stem is None or len(stem) < 8)


def _path(url: str) -> str:
    """The path of an address; nothing where it is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _absolute(url: str, start_url: str) -> str | None:
    """The address without its fragment; None for what no browser loads as a page."""
    try:
        parts = urlsplit(urljoin(start_url, url.strip()))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc or _FILES.search(parts.path):
        return None
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))


def _same_site(url: str, start_url: str) -> bool:
    return site_of(host_of(url)) == site_of(host_of(start_url))


def _policy_host(url: str) -> bool:
    host = host_of(url)
    return any(host == name or host.endswith(f".{name}") for name in load("discovery")["hosts"]["all"])


def _stem(url: str, kind: Kind) -> str | None:
    """The word in an address that speaks of a policy; the last parts of the path count, and the query."""
    parts = urlsplit(url)
    pieces = [piece for piece in parts.path.split("/") if piece][-2:] + parts.query.split("&")
    host_first = host_of(url).split(".")[0]
    for piece in [*pieces, host_first]:
        squeezed = re.sub(r"[^a-z0-9]+", "", fold(unquote(piece)))
        words = set(re.split(r"[^a-z0-9]+", fold(unquote(piece))))
        for stem in _addresses(kind):
            if stem in words or (len(stem) >= 7 and stem in squeezed and len(squeezed) <= len(stem) + 24):
                return stem
    return None


@cache
def _vocabulary() -> frozenset[str]:
    """Every word that stands in the names of policies, and what stands beside them in addresses."""
    data = load("discovery")
    phrases = [*data["beside"]["all"]]
    for kind in KINDS:
        phrases += [word for words in data[kind]["words"].values() for word in words]
    return frozenset(piece for phrase in phrases for piece in _NO_WORD.split(fold(phrase)) if piece)


@lru_cache(maxsize=32_768)
def _last_words(path: str) -> tuple[str, ...]:
    """The words of the last part of a path, where it can be the whole name of a page; else none."""
    pieces = [piece for piece in path.split("/") if piece]
    if not 0 < len(pieces) <= _DEEPEST or len(pieces[-1]) > _LONGEST:
        return ()
    last = fold(unquote(_ENDING.sub("", pieces[-1])))
    words = tuple(word for word in _NO_WORD.split(last) if word)
    if any(len(word) < _SHORTEST and word not in _vocabulary() and not word.isdecimal() for word in words):
        return ()
    if not _any_policy().search("".join(words)) and not _any_policy().search(" ".join(words)):
        return ()
    return () if _things().search(fold(unquote("/".join(pieces[:-1]))).replace("/", " ")) else words


@cache
def _any_policy() -> re.Pattern[str]:
    """Whether anything of a policy's name is in a text at all: what most addresses of a sitemap fail."""
    stems = {stem for kind in KINDS for stem in _addresses(kind)}
    words = {word for kind in KINDS for word in map(fold, all_words(load("discovery")[kind]["words"]))}
    return re.compile("|".join(sorted(re.escape(word.rstrip("*")) for word in stems | words)))


@cache
def _things() -> re.Pattern[str]:
    return phrase_pattern(load("discovery")["things"]["all"])


def _bare_stem(url: str, kind: Kind) -> str | None:
    """What an address says that says nothing else: `/cookie-policy-eu.html`, but not `/butter-cookies`."""
    words = _last_words(urlsplit(url).path)
    squeezed = "".join(words)
    for stem in _addresses(kind) if words else ():
        if stem == squeezed:
            return stem
        if (stem in words or (len(stem) >= _SURE and stem in squeezed)) and all(
            word in _vocabulary() or word.isdecimal() or stem in word or word in stem for word in words
        ):
            return stem
    named = _words(kind).search(" ".join(words)) if words else None
    return named.group() if named and all(word in _vocabulary() or word.isdecimal() for word in words) else None


def _well_known(start_url: str) -> Iterator[tuple[str, str]]:
    parts = urlsplit(start_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return
    paths = load("discovery")["paths"]
    country = host_of(start_url).rsplit(".", 1)[-1]
    for path in dict.fromkeys([*paths["any"], *paths.get(country, ())]):
        yield urlunsplit((parts.scheme, parts.netloc, path, "", "")), f"well-known path {path}"


def _key(url: str) -> str:
    """Two spellings of one address: scheme, `www.`, capitals of the host and a final slash make no difference."""
    parts = urlsplit(url)
    host = (parts.netloc.lower()).removeprefix("www.")
    return f"{host}{parts.path.rstrip('/') or '/'}?{parts.query}"
