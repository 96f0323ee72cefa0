"""Policy documents given as files: HTML, Markdown, text or PDF, whatever their encoding."""

from __future__ import annotations

import codecs
import hashlib
import re
from pathlib import Path

from scanner.errors import PolicyError
from scanner.model.recorded import Document

MAX_BYTES = 24_000_000

PDF = "application/pdf"
"""Media type of documents whose `text` holds the bytes of a PDF, each as the character of its number (Latin-1)."""

_SUFFIXES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".php": "text/html",
    ".aspx": "text/html",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".json": "application/json",
    ".js": "text/javascript",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.I)
_MARKUP = re.compile(
    r"^\s*(?:<!doctype\s+html|<html\b|<\?xml|<head\b|<body\b|<div\b|<table\b|<section\b|<h[1-6]\b|<p\b)", re.I
)
_MARKDOWN = re.compile(r"^(?:#{1,6} \S|\|.*\|\s*$|[-*] \S|.*\]\(https?://)", re.M)
_BINARY = (
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a compressed file"),
)


def document_from_file(path: Path) -> Document:
    """A policy document from a file, told by its suffix or, failing that, by its content.

    Raises `PolicyError` where it cannot be opened, is of a kind that cannot be read (office documents, images)
    or is beyond all measure.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise PolicyError(f"{path}: too large to be a policy ({size:,} bytes)")
        data = path.read_bytes()
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read ({error.strerror or error})") from error
    return document_from_bytes(data, str(path), _SUFFIXES.get(path.suffix.lower()))


def document_from_bytes(
    data: bytes, url: str, media_type: str | None = None, *, charset: str | None = None
) -> Document:
    """A policy document from bytes. `charset` is what the server said, where there was one.

    Raises `PolicyError` where the bytes are plainly no text.
    """
    digest = hashlib.sha256(data).hexdigest()
    if b"%PDF-" in data[:1024]:
        return Document(url=url, media_type=PDF, sha256=digest, text=data.decode("latin-1"))
    for mark, kind in _BINARY:
        if data.lstrip()[:8].startswith(mark):
            raise PolicyError(f"{url}: this is {kind}; save the policy as HTML, PDF, Markdown or text and give that")
    text = decode(data, charset)
    if media_type is None:
        media_type = _guess(text)
    return Document(url=url, media_type=media_type, sha256=digest, text=text)


def decode(data: bytes, charset: str | None = None) -> str:
    """Bytes to text, never failing: by byte order mark, the charset given, UTF-8, what the page says, Windows-1252."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    declared = _XML.search(data[:1024]) or _META.search(data[:4096])
    candidates = [charset, "utf-8", declared.group(1).decode("ascii") if declared else None]
    for candidate in candidates:
        text = _try(data, candidate)
        if text is not None:
            return text
    if b"\x00" in data[:200] and data[:200].count(b"\x00") > len(data[:200]) // 4:
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", "replace")
    # Mostly UTF-8 with a few broken bytes (a cut file) is still UTF-8; anything else is read as browsers do.
    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") <= max(1, len(text) // 1000):
        return text
    return data.decode("cp1252", "replace")


def _try(data: bytes, encoding: str | None) -> str | None:
    if not encoding:
        return None
    # A page that calls itself Latin-1 is Windows-1252 (WHATWG Encoding Standard).
    name = "cp1252" if encoding.lower() in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii") else encoding
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _guess(text: str) -> str:
    if _MARKUP.match(text) or re.search(r"</(?:p|div|table|body|html)>", text[:20_000], re.I):
        return "text/html"
    return "text/markdown" if len(_MARKDOWN.findall(text[:50_000])) >= 2 else "text/plain"
