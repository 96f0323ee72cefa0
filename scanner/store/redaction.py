"""What must stand nowhere in a scan's files: known by its value, taken out of every record and text before it is kept.

A value is looked for as it stands, and as it stands inside of addresses, JSON, HTML, base64 and hexadecimal digits.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit

from pydantic import BaseModel

from scanner.model.evidence import JarSnapshot, Record, Request, ScriptCookieWrite, StorageSnapshot
from scanner.model.probes import BroughtCookie, LoginBrought

MARK = "[secret]"
"""What stands in the place of a secret."""

SHORTEST = 4
"""Characters that a value must have to be told from the rest of a text."""

_HOST_MARK = "secret"
# What only tells one record from another, or is one of a few words, holds no secret and must stay what it is.
_STRUCTURE = frozenset(
    {"kind", "schema_", "context", "phase", "id", "visit", "redirect_of", "states", "file", "sha256", "method", "api"}
    | {"started", "finished", "taken", "retrieved", "resource_type", "storage", "outcome", "same_site", "how", "what"}
    | {"media_type", "mime_type", "ended", "error_kind", "tool_version", "browser"}
)
_HOSTS = frozenset({"host", "site", "domain"})
# The host of an address inside of a text: a mark there must leave it an address.
_HOST = re.compile(r"((?:https?|wss?)://[^/?#\s\"'<>\\]+)", re.IGNORECASE)
_CREDENTIALS = re.compile(r"auth|token|session|api-?key|csrf|xsrf", re.IGNORECASE)
_STABLE = re.compile(r"[A-Za-z0-9]+")
_STATES = frozenset(
    {"accept", "accepted", "active", "allow", "allowed", "default", "denied", "desktop", "disabled", "dismissed"}
    | {"enabled", "english", "deutsch", "expanded", "granted", "hidden", "mobile", "necessary", "normal", "opened"}
    | {"reject", "rejected", "session", "system", "tablet", "undefined", "visible"}
)
_LOCALE = re.compile(r"[A-Za-z]{2}[-_][A-Za-z]{2,4}")
_NUMBER = re.compile(r"-?\d{1,6}(\.\d+)?")
_WORD_LENGTH = 5
_LEAF_LENGTH = 8


class Sink(Protocol):
    """Where records and files go."""

    def record(self, record: Record) -> None:
        """Keep a record."""

    def file(self, name: str, data: bytes) -> None:
        """Keep a file."""


class Redactor:
    """Knows the values that are secret, and takes them out of texts."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._probes: list[tuple[str, str]] = []
        """What gives a value away, and the value: few enough to look for in every record."""

    def conceal(self, values: Collection[str], *, certain: bool = False) -> None:
        """From now on these values are secret, and so is what they are made of.

        Values that stand on any page anyhow are passed over, unless it is `certain` that they are secret.
        """
        parts = {part for value in values for part in _parts(value)}
        parts = {part for part in parts if not everyday(part)} | (set(values) if certain else set())
        for value in sorted(parts - self._known):
            if len(value) >= SHORTEST:
                self._known.add(value)
                self._probes += ((probe, value) for probe in probes(value))

    @property
    def knows_something(self) -> bool:
        """Whether there is any secret yet."""
        return bool(self._probes)

    def touches(self, text: str) -> bool:
        """Whether there is anything secret in a text."""
        return any(probe in text for probe, _ in self._probes)

    def text(self, text: str) -> str:
        """The text without anything secret; the hosts of addresses in it remain hosts."""
        values = self._in(text)
        if not values:
            return text
        # A secret that holds an address goes first, and as a whole.
        text = _replaced(text, {value for value in values if "://" in value}, MARK)
        parts = _HOST.split(text)
        return "".join(
            _replaced(part, values, MARK) if number % 2 == 0 else self.host(part) for number, part in enumerate(parts)
        )

    def host(self, text: str) -> str:
        """The same of a host, or an address up to it: a value that any host may bear remains."""
        values = {value for value in self._in(text) if not everyday(value) and len(value) >= _LEAF_LENGTH}
        return _replaced(text, values, _HOST_MARK)

    def _in(self, text: str) -> set[str]:
        return {value for probe, value in self._probes if probe in text}


class Redacting:
    """A sink in front of another one: nothing secret gets through. What a login brought stays secret as it changes."""

    def __init__(self, behind: Sink, redactor: Redactor) -> None:
        self._behind = behind
        self._redactor = redactor
        self._logged_in = False
        self._cookies: dict[str, list[BroughtCookie]] = {}
        self._items: set[tuple[str, str]] = set()

    def record(self, record: Record) -> None:
        """Keep a record without anything secret in it."""
        if isinstance(record, LoginBrought):
            self._logged_in = True
            for cookie in record.cookies:
                self._cookies.setdefault(cookie.name, []).append(cookie)
            self._items |= {(item.origin, item.key) for item in record.items}
        elif self._logged_in:
            self._redactor.conceal(list(self._renewed(record)))
            record = self._own_places(record)
        if self._redactor.knows_something and self._redactor.touches("\n".join(_texts_of(record))):
            record = self._clean(record)
        self._behind.record(record)

    def file(self, name: str, data: bytes) -> None:
        """Keep a file; where it is text, without anything secret in it."""
        if self._redactor.knows_something:
            # What is not text is a picture, or a PDF, whose own compression hides any text.
            with suppress(UnicodeDecodeError):
                data = self._redactor.text(data.decode("utf-8")).encode("utf-8")
        self._behind.file(name, data)

    def _renewed(self, record: Record) -> Iterator[str]:
        """Values of what the login brought as the site has changed them since."""
        if isinstance(record, Request):
            host = _host_of(record.url)
            for line in record.set_cookies:
                yield from self._value_of(line.raw, host)
        elif isinstance(record, ScriptCookieWrite) and record.api == "document.cookie":
            yield from self._value_of(record.raw, _host_of(record.frame_url))
        elif isinstance(record, JarSnapshot):
            yield from (one.value for one in record.cookies if self._is_brought(one.name, one.domain))
        elif isinstance(record, StorageSnapshot):
            yield from (item.value for item in record.items if (record.origin, item.key) in self._items)

    def _value_of(self, line: str, host: str) -> Iterator[str]:
        name, _, rest = line.partition("=")
        if self._is_brought(name.strip(), host):
            yield rest.partition(";")[0].strip().strip('"')

    def _is_brought(self, name: str, host: str) -> bool:
        host = host.lstrip(".")
        domains = [cookie.domain.lstrip(".") for cookie in self._cookies.get(name, ())]
        return any(host == domain or host.endswith(f".{domain}") for domain in domains)

    def _own_places(self, record: Record) -> Record:
        """The record with what the login brought marked in the places where it is kept, however plain it looks."""
        if isinstance(record, JarSnapshot):
            cookies = tuple(
                one.model_copy(update={"value": MARK}) if self._is_brought(one.name, one.domain) and one.value else one
                for one in record.cookies
            )
            return record.model_copy(update={"cookies": cookies})
        if isinstance(record, StorageSnapshot):
            items = tuple(
                item.model_copy(update={"value": MARK}) if (record.origin, item.key) in self._items else item
                for item in record.items
            )
            return record.model_copy(update={"items": items})
        if isinstance(record, Request):
            headers = tuple((name, self._header(name, value)) for name, value in record.request_headers)
            return record.model_copy(update={"request_headers": headers})
        return record

    def _header(self, name: str, value: str) -> str:
        """A header of a request: one that proves who asks says nothing, a cookie that was brought has no value."""
        if name.lower() != "cookie":
            return MARK if _CREDENTIALS.search(name) else value
        pairs = [pair.strip().partition("=") for pair in value.split(";")]
        return "; ".join(f"{key}={MARK if key in self._cookies else rest}" for key, _, rest in pairs)

    def _clean(self, value: Any, name: str = "") -> Any:
        if isinstance(value, str):
            return self._redactor.host(value) if name in _HOSTS else self._redactor.text(value)
        if isinstance(value, BaseModel):
            fields = (field for field in type(value).model_fields if field not in _STRUCTURE)
            return value.model_copy(update={field: self._clean(getattr(value, field), field) for field in fields})
        if isinstance(value, tuple):
            return tuple(self._clean(item) for item in value)
        if isinstance(value, Mapping):
            return {self._clean(key): self._clean(item) for key, item in value.items()}
        return value


def _texts_of(value: Any) -> Iterator[str]:
    """Every text in a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts_of(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts_of(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts_of((key, item))


def forms(value: str) -> set[str]:
    """A value as it may stand in a text: plain, in an address, in JSON, in HTML, in base64, in hexadecimal digits."""
    return _written(value) | set(_encoded(value))


def probes(value: str) -> set[str]:
    """Texts of which one stands wherever a form of the value does."""
    stable = max(_STABLE.findall(value), key=len, default="")
    return ({stable} if len(stable) >= SHORTEST else _written(value)) | set(_encoded(value))


def _written(value: str) -> set[str]:
    """The forms that leave letters of the alphabet and digits as they are."""
    found = {value, quote(value), quote(value, safe=""), quote_plus(value)}
    found |= {quote(value, safe="!'()*~"), quote(value, safe=";,/?:@&=+$!'()*~#")}  # as scripts encode
    found |= {re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), one) for one in found}
    found |= {quote(one, safe="") for one in found}
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    escaped |= {one.replace("/", "\\/") for one in escaped}
    escaped |= {json.dumps(one, ensure_ascii=plain)[1:-1] for one in escaped for plain in (True, False)}
    return found | escaped | {html.escape(value), html.escape(value, quote=False)}


def _encoded(value: str) -> Iterator[str]:
    for text in {value, quote(value, safe="")}:
        data = text.encode("utf-8")
        yield from (data.hex(), data.hex().upper())
        for one in _base64(data):
            yield from (one, one.replace("+", "-").replace("/", "_"))


def _base64(data: bytes) -> Iterator[str]:
    """What the bytes become in base64, wherever in a longer text they begin."""
    whole = base64.b64encode(data).decode("ascii")
    yield from (whole, whole.rstrip("="))
    for before in range(3):
        start, end = (before * 8 + 5) // 6, (before + len(data)) * 8 // 6
        yield base64.b64encode(b"\0" * before + data + b"\0\0").decode("ascii")[start:end]


def _replaced(text: str, values: Iterable[str], mark: str) -> str:
    for form in sorted({form for value in values for form in forms(value)}, key=lambda one: (-len(one), one)):
        text = text.replace(form, mark)
    return text


def _parts(value: str) -> Iterator[str]:
    """A value, as it reads without percent signs, and the longer texts that it holds where it is JSON."""
    for one in dict.fromkeys((value, unquote_plus(value))):
        yield one
        try:
            rest: list[Any] = [json.loads(one)] if one[:1] in ("{", "[", '"') else []
        except ValueError:
            rest = []
        while rest:
            part = rest.pop()
            if isinstance(part, str) and len(part) >= _LEAF_LENGTH:
                yield part
            elif isinstance(part, dict):
                rest += part.values()
            elif isinstance(part, list):
                rest += part


def everyday(value: str) -> bool:
    """Whether a value is of those that stand on any page: a short word, a small number, a language, an address.

    To take such a one out of all texts would spoil them, and hide nothing.
    """
    return (
        value.lower() in _STATES
        or (value.isalpha() and len(value) <= _WORD_LENGTH)
        or bool(_NUMBER.fullmatch(value))
        or bool(_LOCALE.fullmatch(value))
        or _is_address(value)
    )


def _is_address(value: str) -> bool:
    """Whether a value is a plain web address, without anything behind its path that could be a secret."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and plain


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
