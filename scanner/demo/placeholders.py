"""Placeholders in the answers of demonstration sites: values that a real server would make up for each request.

`{uuid}` a random UUID; `{hex:N}`, `{digits:N}`, `{base64:N}` N random characters (the first digit is not zero);
`{time}` and `{time_ms}` now, in seconds and milliseconds since the epoch; `{host}` and `{path}` of the request,
`{site}` its host's registrable domain; `{query}` its whole query; `{query:NAME}` and `{cookie:NAME}` one value (empty
where there is none). Anything else in braces stays as it is.
"""

from __future__ import annotations

import re
import secrets
import string
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.site import site_of

_PLACEHOLDER = re.compile(r"\{(uuid|hex|digits|base64|time_ms|time|host|site|path|query|cookie)(?::([^{}]+))?\}")
_ALPHABETS = {
    "hex": "0123456789abcdef",
    "digits": string.digits,
    "base64": string.ascii_letters + string.digits + "-_",
}


@dataclass(frozen=True)
class Asked:
    """What of a request its answer may repeat."""

    host: str
    path: str
    query_text: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)


def fill(text: str, asked: Asked) -> str:
    """The text with every placeholder replaced."""

    def value(match: re.Match[str]) -> str:
        kind, argument = match.group(1), match.group(2)
        if kind in _ALPHABETS:
            return _random(_ALPHABETS[kind], argument) or match.group(0)
        if argument is not None:
            named = {"query": asked.query, "cookie": asked.cookies}.get(kind)
            return match.group(0) if named is None else named.get(argument, "")
        return _plain(kind, asked) or match.group(0)

    return _PLACEHOLDER.sub(value, text)


def fill_cookie(line: str, asked: Asked) -> str:
    """A `Set-Cookie` line with its placeholders replaced; the value of a cookie that came with the request stays."""
    name, _, rest = line.partition("=")
    known = asked.cookies.get(name.strip())
    _, semicolon, attributes = rest.partition(";")
    # An empty value deletes the cookie, also where the request carries it.
    if known is None or not rest.partition(";")[0].strip():
        return fill(line, asked)
    return f"{name}={known}{semicolon}{fill(attributes, asked)}"


def _random(alphabet: str, argument: str | None) -> str:
    if argument is None or not argument.isdigit():
        return ""
    first = alphabet.replace("0", "") if alphabet == string.digits else alphabet
    return "".join(secrets.choice(alphabet if place else first) for place in range(int(argument)))


def _plain(kind: str, asked: Asked) -> str:
    match kind:
        case "uuid":
            return str(uuid.uuid4())
        case "time":
            return str(int(time.time()))
        case "time_ms":
            return str(int(time.time() * 1000))
        case "host":
            return asked.host
        case "site":
            return site_of(asked.host)
        case "path":
            return asked.path
        case "query":
            return asked.query_text
    return ""
