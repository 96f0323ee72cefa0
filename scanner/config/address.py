"""Web addresses as users write them."""

from __future__ import annotations

from urllib.parse import urlsplit

from scanner.errors import UsageError


def target_url(text: str) -> str:
    """The address to scan from what a user typed; `https://` is understood where no scheme is given.

    Raises UsageError for what is no web address.
    """
    url = text.strip()
    if "://" not in url:
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"{text!r} is no web address: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise UsageError(f"{text!r} is no web address: only http and https can be scanned")
    if (
        not host
        or parts.netloc.endswith(":")
        or any(character.isspace() or character in '<>"\\^`{|}' for character in url)
    ):
        raise UsageError(f"{text!r} is no web address: write something like https://www.example.com/")
    if not host.isascii():
        parts = parts._replace(netloc=parts.netloc.lower().replace(host, _as_browsers_write(host, text)))
        url = parts.geturl()
    return url if parts.path else parts._replace(path="/").geturl()


def _as_browsers_write(host: str, text: str) -> str:
    """A host in letters of any script as it stands in requests: UTS 46, as the URL Standard has it."""
    import idna  # noqa: PLC0415 - few addresses have such letters

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise UsageError(f"{text!r} is no web address: {error}") from error
