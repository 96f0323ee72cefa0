"""Web addresses as users write them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from scanner.errors import UsageError

_OTHER_SCHEMES = (
    "about",
    "blob",
    "data",
    "file",
    "ftp",
    "javascript",
    "mailto",
    "tel",
    "urn",
    "view-source",
    "ws",
    "wss",
)
_LABEL = re.compile(r"\w(?:[\w-]*\w)?")


def target_url(text: str) -> str:
    """The address to scan from what a user typed; `https://` is understood where no scheme is given.

    Raises UsageError for what is no web address.
    """
    url = text.strip()
    if url.partition(":")[0].lower() in _OTHER_SCHEMES:
        raise UsageError(f"{text!r} is no web address: only http and https can be scanned")
    if "://" not in url:
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"{text!r} is no web address: write something like https://www.example.com/") from error
    if parts.scheme not in ("http", "https"):
        raise UsageError(f"{text!r} is no web address: only http and https can be scanned")
    if (
        not host
        or parts.netloc.endswith(":")
        or any(character.isspace() or not character.isprintable() or character in '<>"\\^`{|}' for character in url)
    ):
        raise UsageError(f"{text!r} is no web address: write something like https://www.example.com/")
    if not host.isascii():
        host = _as_browsers_write(host, text)
        who, at, _ = parts.netloc.rpartition("@")
        port = f":{parts.port}" if parts.port is not None else ""
        parts = parts._replace(netloc=f"{who}{at}{host}{port}")
        url = parts.geturl()
    if not _is_host(host):
        raise UsageError(f"{text!r} is no web address: write something like https://www.example.com/")
    return url if parts.path else parts._replace(path="/").geturl()


def _is_host(host: str) -> bool:
    """Whether a host is an address in brackets, or labels of letters, digits, hyphens within, and underscores."""
    return ":" in host or all(_LABEL.fullmatch(label) for label in host.removesuffix(".").split("."))


def _as_browsers_write(host: str, text: str) -> str:
    """A host in letters of any script as it stands in requests: UTS 46, as the URL Standard has it."""
    import idna  # noqa: PLC0415 - few addresses have such letters

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise UsageError(f"{text!r} is no web address: {error}") from error
