"""Recordings of visits, told by what they send: the page as a tree of elements, and what the visitor does on it.

Nobody needs both of one page but to play the visit back. One alone has other uses: error reports and experiments send
parts of pages, protection against robots the movements of the pointer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from scanner.classify.beacons import Observed
from scanner.classify.bodies import said
from scanner.classify.identifiers import unquoted
from scanner.model.evidence import Request

_TREE = re.compile(
    r'"(?:tagName|childNodes|nodeType|nodeName|localName)"\s*:|\\"(?:tagName|childNodes|nodeType)\\"\s*:'
)
_MIN_TREE = 10
"""Mentions of elements that make a tree of a page, not a path to one element."""
_MARKUP = re.compile(r"<(?:html|head|body|div|p|a|span|section|main|script)[\s>]", re.IGNORECASE)
_MIN_MARKUP = 8
_WHOLE = re.compile(r"<html[\s>].*<body[\s>]", re.IGNORECASE | re.DOTALL)
_PLACE = re.compile(
    r'\\?"(?:x|clientX|pageX|screenX)\\?"\s*:\s*-?[\d.]+\s*,\s*\\?"(?:y|clientY|pageY|screenY)\\?"\s*:\s*-?[\d.]+'
)
_MOVES = re.compile(r"mouse|pointer|touch|\"positions\"|timeOffset|scroll", re.IGNORECASE)


def recordings(observed: Iterable[Observed]) -> Iterator[Observed]:
    """The requests that send parts of a recording, of those hosts that got both parts in one visit."""
    groups: defaultdict[tuple[str, str], list[Observed]] = defaultdict(list)
    for one in observed:
        if one.request.post_data and (one.request.method == "POST" or one.request.resource_type == "WebSocket"):
            groups[one.request.visit, one.host].append(one)
    for group in groups.values():
        trees, moves = [], []
        for one in group:
            text = _text(one.request)
            if _holds_tree(text):
                trees.append(one)
            if _MOVES.search(text) and _PLACE.search(text):
                moves.append(one)
        if trees and moves:
            yield from {id(one): one for one in (*trees, *moves)}.values()


def _holds_tree(text: str) -> bool:
    if sum(1 for _ in zip(range(_MIN_TREE), _TREE.finditer(text), strict=False)) >= _MIN_TREE:
        return True
    plain = text.replace("\\u003c", "<").replace("\\u003C", "<")
    return len(_MARKUP.findall(plain)) >= _MIN_MARKUP and _WHOLE.search(plain) is not None


def _text(request: Request) -> str:
    return unquoted(said(unquoted(request.post_data or "")))
