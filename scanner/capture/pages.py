"""Choosing the pages of a site: few, different, the same in every state, and the same tomorrow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scanner.model.evidence import Link
from scanner.site import host_of, site_of

_FILES = re.compile(
    r"\.(pdf|zip|gz|tar|rar|7z|exe|dmg|msi|apk|iso|docx?|xlsx?|pptx?|odt|ods|csv|json|xml|rss|atom|ics|vcf|txt|epub|"
    r"jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|mp3|mp4|m4a|webm|ogg|wav|mov|avi|css|js|mjs|woff2?|ttf|map)$",
    re.IGNORECASE,
)
# Links that do something instead of showing something.
_ACTING = re.compile(
    r"(?<![a-z])(log-?out|log-?off|sign-?out|sign-?off|abmelden|ausloggen|deconnexion|déconnexion|logga-ut|afmelden|uitloggen|"
    r"cerrar-?sesion|esci|unsubscribe|abbestellen|desabonner|delete|remove|destroy|loeschen|löschen|supprimer|"
    r"add[-_]?to[-_]?(cart|basket|bag|wishlist)|cart/add|wp-admin|wp-login|wp-json|cgi-bin|xmlrpc|feed|print|share|"
    r"download|export|checkout|kasse|payment|pay|order/confirm|vote|report-abuse|cdn-cgi)(?![a-z])",
    re.IGNORECASE,
)
_ACTING_QUERY = frozenset(
    {"action", "add-to-cart", "add_to_cart", "logout", "delete", "remove", "replytocom", "download"}
)
_NOISE = re.compile(
    r"^(utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|_ga|_gl|ref|source|sid|session(_?id)?|phpsessid|jsessionid|cftoken)$",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_LEGAL = re.compile(
    r"(privacy|cookie|datenschutz|confidentialit|privacidad|protezione-dati|riservatezza|integritet|personvern|"
    r"privatliv|tietosuoja|prywatn|impressum|legal|imprint|mentions|aviso|note-legali|gdpr|dsgvo|rgpd)",
    re.IGNORECASE,
)
_CALENDAR = re.compile(r"/(19|20)\d\d/(0?[1-9]|1[0-2])(/|$)|[?&](date|month|year|day)=", re.IGNORECASE)


def choose_pages(start: str, links: Sequence[Link], pages: int) -> tuple[str, ...]:
    """The pages to visit after the start page, at most `pages - 1`.

    One legal page at the most comes among the first three, because a site's own words on cookies often bring embeds
    of their own; after it one page of each pattern of address, in the order of the links, before a second of any.
    """
    wanted = max(0, pages - 1)
    candidates = list(_candidates(start, links))
    legal = [url for url in candidates if _LEGAL.search(urlsplit(url).path)][:1]
    rest = [url for url in candidates if url not in legal]
    rounds: dict[str, int] = {}
    ranked: list[tuple[int, int, str]] = []
    for position, url in enumerate(rest):
        pattern = _pattern(url)
        turn = rounds.get(pattern, 0)
        rounds[pattern] = turn + 1
        late = 1 if _CALENDAR.search(url) else 0
        ranked.append((turn + 5 * late, position, url))
    ranked.sort()
    chosen = [url for _, _, url in ranked]
    if legal and wanted >= 2:
        chosen[1:1] = legal
    elif legal and not chosen:
        chosen = legal
    return tuple(chosen[:wanted])


def normal_form(url: str) -> str:
    """An address without fragment, session and campaign parameters, for telling pages apart."""
    parts = urlsplit(url)
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _NOISE.match(k)]
    path = _SESSION_IN_PATH.sub("", parts.path) or "/"
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, urlencode(query), ""))


def _candidates(start: str, links: Sequence[Link]) -> Iterable[str]:
    site = site_of(host_of(start))
    seen = {_identity(normal_form(start))}
    for link in links:
        try:
            url = normal_form(link.url)
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme not in ("http", "https") or site_of(host_of(url)) != site:
            continue
        if _FILES.search(parts.path) or _ACTING.search(parts.path):
            continue
        if any(key.lower() in _ACTING_QUERY for key, _ in parse_qsl(parts.query, keep_blank_values=True)):
            continue
        identity = _identity(url)
        if identity not in seen:
            seen.add(identity)
            yield url


def _identity(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"


def _pattern(url: str) -> str:
    """The shape of an address: `/products/blue-shirt-42` and `/products/hat` are of one shape."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    shape = [*segments[:-1], "*"] if len(segments) > 1 else segments
    shape = ["#" if re.fullmatch(r"[\d_-]+", segment) else segment for segment in shape]
    keys = sorted(key for key, _ in parse_qsl(parts.query, keep_blank_values=True))
    return f"{parts.netloc}/{'/'.join(shape)}?{'&'.join(keys)}"
