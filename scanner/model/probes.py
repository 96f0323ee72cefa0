"""What the instrument itself put into a page or asked of the network, so that what comes of it can be told.

A part of the evidence like every other record; in a module of its own because these are acts, not observations.
"""

from __future__ import annotations

from typing import Literal

from scanner.model.base import Model, StateName

CanaryData = Literal["email", "name", "phone", "search", "text"]
"""What a field asks for, as far as it says so itself."""


class CanaryPlanted(Model):
    """An invented value typed into a form field, key by key, and never sent by the instrument.

    It was made for this scan and stands nowhere else: a request that carries it, or a digest of it, tells what was
    typed. `field` says which field as a person would (its type, name and label). `typed` is what the field held
    afterwards; `ms` the moment of the first key. `frame_url` is the document of the form.
    """

    kind: Literal["canary"] = "canary"
    visit: str
    context: StateName
    phase: Literal["initial", "chosen"]
    ms: float
    data: CanaryData
    value: str
    typed: str = ""
    field: str = ""
    frame_url: str
    top_url: str


class NameResolved(Model):
    """The chain of names (CNAME) behind a host that pages spoke to, from the first target to the last.

    An empty chain is an answer too: the host bears its own addresses. `server` is the name server that was asked;
    `error` says why there was no answer.
    """

    kind: Literal["name"] = "name"
    host: str
    chain: tuple[str, ...] = ()
    server: str | None = None
    error: str | None = None


class BroughtCookie(Model):
    """A cookie that a login brought, by name. `domain` has a leading dot unless the cookie is host-only."""

    name: str
    domain: str
    path: str
    partition_key: str | None = None


class BroughtItem(Model):
    """A key of an origin's localStorage that a login brought."""

    origin: str
    key: str


class LoginBrought(Model):
    """What every visitor of the scan had before the first page: the fruit of a recorded login, or of its steps.

    Names alone: the values are kept out of the evidence. What the site sets again while it is watched is the site's
    own. `databases` are origins whose databases were brought.
    """

    kind: Literal["login"] = "login"
    how: Literal["storage-state", "steps"]
    cookies: tuple[BroughtCookie, ...] = ()
    items: tuple[BroughtItem, ...] = ()
    databases: tuple[str, ...] = ()
