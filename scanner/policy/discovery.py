"""Which pages are worth reading as the site's policy, told by the words and addresses of links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from scanner.model.evidence import Link
from scanner.policy.lexicon import all_words, fold, load, phrase_pattern
from scanner.site import host_of, site_of

Kind = Literal["cookie", "privacy", "legal"]
KINDS: tuple[Kind, ...] = ("cookie", "privacy", "legal")

_MAX_WORDS = 12
_FILES = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|zip|mp4|mp3|css|js|xml|ics|docx?|xlsx?)$", re.I)


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
    and their address before those that do so in one. Only links within the same site count, or to a service that
    hosts policies for others. Then come well-known paths of the start page's host. No address appears twice; the
    fragment is dropped.
    """
    candidates = sorted(candidate for order, link in enumerate(links) for candidate in _judge(link, order, start_url))
    chosen: dict[str, tuple[str, str]] = {}
    for candidate in candidates:
        chosen.setdefault(_key(candidate.url), (candidate.url, candidate.why))
    for url, why in _well_known(start_url):
        chosen.setdefault(_key(url), (url, why))
    return tuple(chosen.values())


def _judge(link: Link, order: int, start_url: str) -> Iterator[_Candidate]:
    url = _absolute(link.url, start_url)
    if url is None or not (_same_site(url, start_url) or _policy_host(url)):
        return
    text = " ".join(link.text.split())
    folded = fold(text)
    short = 0 < len(text.split()) <= _MAX_WORDS
    for position, kind in enumerate(KINDS):
        match = _words(kind).search(folded) if short else None
        stem = _stem(url, kind)
        if match is None and stem is None:
            continue
        if _about_something_else(url, folded, stem):
            continue
        rank = position * 10 + (0 if match and stem else 3 if match else 5)
        rank += 2 if urlsplit(url).path.lower().endswith(".pdf") else 0
        why = f'link "{text}"' if match is not None else f'address has "{stem}"'
        yield _Candidate(rank, order, url, why)
        return


def _about_something_else(url: str, folded: str, stem: str | None) -> bool:
    """Whether a link opens a dialogue of settings, or is about cookies that one eats."""
    path = fold(unquote(urlsplit(url).path)).replace("/", " ")
    if _words("not").search(path):
        return True
    return _words("not").search(folded) is not None and (stem is None or len(stem) < 8)


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
