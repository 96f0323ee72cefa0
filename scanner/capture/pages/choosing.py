"""Choosing the pages of a site: few, different, the same in every state, and the same tomorrow."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from scanner.capture.pages.addresses import identity, is_left_alone, language_of, lateness, normal_form, shape, split
from scanner.model.evidence import Link
from scanner.site import host_of, site_of

# Stems by which a site's own words on data, cookies and itself are known, in addresses and in the words of links.
_PRIVACY = re.compile(
    r"privacy|cookie|gdpr|dsgvo|rgpd|datenschutz|confidentialit|donn[eé]es-personnelles|vie-priv|privacidad|"
    r"protecci[oó]n-de-datos|protezione-dat|riservatezza|privacidade|prote[cç][aã]o-de-dados|gegevensbescherming|"
    r"privatliv|personoplysning|integritet|personuppgift|personvern|informasjonskapsl|tietosuoja|ev[aä]steet|"
    r"prywatno|ciasteczk|ochrana-osobn|soukrom|s[uú]krom|adatv[eé]del|adatkezel|s[uü]ti-?k|confiden[tț]ialit|"
    r"zasebnost|privatnost|piškotk|kolačić|απορρητ|απόρρητ|поверителност|бисквитк|конфиденциальн|конфіденційн|gizlilik|"
    r"kvkk|[cç]erez|privaatsus|privātum|privatum|プライバシー|隐私|隱私|개인정보",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"impressum|imprint|(?<![a-z])legal(?![a-z])|mentions-?l[eé]gales|aviso-?legal|note-?legali|juridi|colofon|"
    r"terms(-of|-and|-&)|(?<![a-z])agb(?![a-z])|r[eé]glement|regulamin|obchodn[ií]-podm",
    re.IGNORECASE,
)
_ELSEWHERE = 1
_OTHER_LANGUAGE = 3


@dataclass(frozen=True)
class Choice:
    """The pages to visit, in order; how many kinds of pages there were to choose from; and what was not permitted."""

    pages: tuple[str, ...]
    kinds: int
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Page:
    url: str
    parts: SplitResult
    text: str
    listed: int | None

    @property
    def words(self) -> str:
        return "-".join(f"{unquote(self.parts.path)} {self.parts.fragment} {self.text}".split())


def choose_pages(start: str, links: Sequence[Link], pages: int) -> tuple[str, ...]:
    """The pages to visit after the start page, at most `pages - 1`, from its links alone."""
    return choose((start,), links, pages).pages


def choose(
    start: Sequence[str],
    links: Sequence[Link],
    pages: int,
    *,
    lists: Sequence[int | None] = (),
    further: Sequence[str] = (),
    permitted: Callable[[str], bool] = lambda _: True,
) -> Choice:
    """The pages to visit after the start page (under each address of `start`, the last being where it led).

    A legal page comes second wherever two or more are wanted, because a site's own words on cookies often bring
    embeds of their own; the rest is one page of each kind, in the order of the links and then of `further` addresses,
    before a second one of any. Of one kind are addresses of the same shape, and links of the same list on the page:
    `lists` gives for each link the number of its list, or null.
    """
    wanted = max(0, pages - 1)
    candidates, forbidden = _candidates(start, links, lists, further, permitted)
    home = urlsplit(start[-1])
    turns: dict[object, int] = {}
    ranked: list[tuple[int, int, _Page]] = []
    for position, page in enumerate(candidates):
        kind = shape(page.parts, listed=page.listed is not None)
        turn = turns.get(kind, 0)
        turns[kind] = turn + 1
        ranked.append((turn + _delay(page.parts, home), position, page))
    ranked.sort(key=lambda entry: entry[:2])
    chosen = [page.url for _, _, page in ranked]
    legal = _legal(candidates)
    if legal is not None and (wanted >= 2 or len(chosen) == 1):
        chosen.remove(legal)
        chosen.insert(1, legal)
    elif legal is not None:
        chosen.remove(legal)
    kinds = sum(1 for rank, _, _ in ranked if rank == 0)
    return Choice(tuple(chosen[:wanted]), kinds, forbidden)


def _legal(candidates: Sequence[_Page]) -> str | None:
    for words in (_PRIVACY, _LEGAL):
        for page in candidates:
            if words.search(page.words):
                return page.url
    return None


def _delay(parts: SplitResult, home: SplitResult) -> int:
    delay = lateness(parts)
    if parts.netloc.lower().removeprefix("www.") != home.netloc.lower().removeprefix("www."):
        delay += _ELSEWHERE
    language, ours = language_of(parts), language_of(home)
    # `/tv/` may be a section; beside a start page that names its language, or alone, it is a language.
    if language is not None and language != ours and (ours is not None or parts.path.strip("/").lower() == language):
        delay += _OTHER_LANGUAGE
    return delay


def _candidates(
    start: Sequence[str],
    links: Sequence[Link],
    lists: Sequence[int | None],
    further: Sequence[str],
    permitted: Callable[[str], bool],
) -> tuple[list[_Page], tuple[str, ...]]:
    sites = {site_of(host_of(url)) for url in start}
    seen = {identity(normal_form(url)) for url in start}
    found: list[_Page] = []
    forbidden: list[str] = []
    numbers = [*lists, *[None] * (len(links) - len(lists))]
    offered = [(link.url, link.text, number) for link, number in zip(links, numbers, strict=True)]
    for address, text, listed in [*offered, *((url, "", None) for url in further)]:
        parts = split(address)
        if parts is None:
            continue
        url = normal_form(address)
        name = identity(url)
        if name in seen or site_of(host_of(url)) not in sites or is_left_alone(parts, text):
            continue
        seen.add(name)
        if permitted(url):
            found.append(_Page(url, urlsplit(url), text, listed))
        else:
            forbidden.append(url)
    return found, tuple(forbidden)
