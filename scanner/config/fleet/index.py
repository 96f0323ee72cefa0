"""Sites from a sitemap index: one for each host that it names.

https://www.sitemaps.org/protocol.html: an index lists sitemaps, a sitemap lists pages; here either will do, and a plain
text with an address on each line. The file may be a stranger's: it is read without document type, entities or network.
"""

from __future__ import annotations

import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree  # type: ignore[import-untyped]

from scanner.errors import UsageError
from scanner.kept import keep, kept_in

Fetch = Callable[[str], bytes]
"""Brings the bytes of a web address. Raises UsageError where it cannot."""

MOST_BYTES = 50 * 1024 * 1024
"""The protocol's own limit for one file, uncompressed."""

_TIMEOUT_S = 30.0
_GZIP = b"\x1f\x8b"


def hosts_of(data: bytes, name: str) -> tuple[str, ...]:
    """The start address of each distinct host of an index, in its order. Raises UsageError for what is none."""
    plain = _plain(data, name)
    head = plain.removeprefix(b"\xef\xbb\xbf").lstrip()
    listed = _lines(head) if head.startswith((b"http://", b"https://")) else _entries(plain, name)
    starts: dict[str, str] = {}
    for url in listed:
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and host:
            starts.setdefault(parts.netloc.rpartition("@")[2].lower(), f"{parts.scheme}://")
    if not starts:
        raise UsageError(f"{name}: no address of a site in it: is this a sitemap index?")
    return tuple(f"{scheme}{host}/" for host, scheme in starts.items())


def read_index(path: Path) -> tuple[str, ...]:
    """The start addresses of an index that lies in a file. Raises UsageError."""
    try:
        with path.open("rb") as stream:
            return hosts_of(stream.read(MOST_BYTES + 1), str(path))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{str(path)!r} cannot be the name of a file") from error


def fetch_index(url: str) -> bytes:
    """Fetch an index; where it cannot be had, what was fetched the last time.

    Raises UsageError where there is neither.
    """
    kept = kept_in("sitemap-index", sha256(url.encode()).hexdigest()[:32])
    try:
        request = urllib.request.Request(url, headers={"User-Agent": "cookie-scanner", "Accept-Encoding": "identity"})
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            data: bytes = answer.read(MOST_BYTES + 1)
        hosts_of(data, url)
    except (OSError, HTTPException, ValueError, UsageError) as error:
        try:
            return kept.read_bytes()
        except OSError:
            reason = getattr(error, "reason", None) or error
            raise UsageError(f"{url}: cannot be fetched: {reason}") from error
    keep(kept, data)
    return data


def _entries(data: bytes, name: str) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise UsageError(f"{name}:{line}: cannot be read as a sitemap index: {error.msg}") from error
    places = (element for element in root.iter() if isinstance(element.tag, str) and element.tag.endswith("loc"))
    # An entity that was not expanded is a child, and then the text is not the whole address.
    return [(element.text or "").strip() for element in places if not len(element)]


def _lines(data: bytes) -> list[str]:
    return [line.strip() for line in data.decode("utf-8", "replace").splitlines()]


def _plain(data: bytes, name: str) -> bytes:
    if data.startswith(_GZIP):
        try:
            unpacker = zlib.decompressobj(wbits=31)
            data = unpacker.decompress(data, MOST_BYTES + 1)
        except zlib.error as error:
            raise UsageError(f"{name}: cannot be unpacked: {error}") from error
    if len(data) > MOST_BYTES:
        raise UsageError(f"{name}: larger than a sitemap index may be ({MOST_BYTES // 1024 // 1024} MiB)")
    return data
