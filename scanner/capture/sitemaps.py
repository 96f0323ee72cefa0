"""Sitemaps: addresses of pages, and of further sitemaps, from XML or plain text, plain or compressed.

https://www.sitemaps.org/protocol.html. A sitemap is a file of a stranger's: it is read piece by piece up to a limit of
bytes and of addresses, without document type, entities or network.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

MOST_BYTES = 8_000_000
"""How much of a sitemap is fetched, and how much of one is read after decompression."""

MOST_ADDRESSES = 5_000
"""How many addresses of one sitemap are read: more do not make the choice of a few pages better."""

_PIECE = 65_536
_LONGEST = 2_000
_GZIP = b"\x1f\x8b"
_ENTRIES = {"url": "page", "sitemap": "sitemap"}


@dataclass(frozen=True)
class Sitemap:
    """What one sitemap lists, in its order. A broken one holds what stood before it broke."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_sitemap(data: bytes) -> Sitemap:
    """Read a sitemap, whatever the server calls it. What is none gives an empty one."""
    pieces = _plain(data)
    first = next(pieces, b"")
    head = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"http://", b"https://")):
        return Sitemap(pages=tuple(_lines(b"".join((first, *pieces)))))
    if not head.startswith(b"<") and not first.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Sitemap()
    found: dict[str, list[str]] = {"page": [], "sitemap": []}
    for kind, url in _entries(first, pieces):
        found[kind].append(url)
        if len(found["page"]) + len(found["sitemap"]) >= MOST_ADDRESSES:
            break
    return Sitemap(tuple(dict.fromkeys(found["page"])), tuple(dict.fromkeys(found["sitemap"])))


def _entries(first: bytes, pieces: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    """Kind and address of each entry, as it is read."""
    parser = etree.XMLPullParser(
        events=("end",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    piece: bytes | None = first
    while piece is not None:
        try:
            parser.feed(piece)
        except etree.XMLSyntaxError:
            piece = None
        for _, element in parser.read_events():
            name = _local(element)
            if name == "loc":
                kind = _ENTRIES.get(_local(element.getparent()))
                # An entity that was not expanded is a child, and then the text is not the whole address.
                text = "" if len(element) else (element.text or "").strip()
                if kind is not None and text.startswith(("http://", "https://")) and len(text) <= _LONGEST:
                    yield kind, text
            elif name in _ENTRIES:
                element.clear()
        piece = None if piece is None else next(pieces, None)


def _local(element: object) -> str:
    tag = getattr(element, "tag", None)
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _lines(data: bytes) -> list[str]:
    lines = [line.strip() for line in data.decode("utf-8-sig", "replace").splitlines()[:MOST_ADDRESSES]]
    return [line for line in lines if line.startswith(("http://", "https://")) and len(line) <= _LONGEST]


def _plain(data: bytes) -> Iterator[bytes]:
    """The bytes in pieces, decompressed where they are compressed, up to the limit."""
    if not data.startswith(_GZIP):
        for start in range(0, min(len(data), MOST_BYTES), _PIECE):
            yield data[start : start + _PIECE]
        return
    unpacker, left = zlib.decompressobj(wbits=31), MOST_BYTES
    while data and left > 0 and not unpacker.eof:
        try:
            piece = unpacker.decompress(data, min(_PIECE, left))
        except zlib.error:
            return
        if not piece and data == unpacker.unconsumed_tail:
            return
        data, left = unpacker.unconsumed_tail, left - len(piece)
        if piece:
            yield piece
