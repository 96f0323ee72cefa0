"""What the browser saw, record by record, without a word of judgement.

Evidence on disk is a folder: `records.jsonl` (one record of this module a line, appended as it happens), the
documents and pictures that records name, and `manifest.json` with the SHA-256 of every file.

Time. `ms` is milliseconds of the page's own life since its navigation began. Where a visit used virtual time, that
life runs faster than the clock on the wall, and `ms` counts the life. `UtcTime` fields are the clock on the wall.

Phase. In a state that makes a choice, `initial` is everything before the click and `chosen` everything the click
caused and all that followed. A state that makes no choice (`before`, `gpc`) is `initial` from end to end.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from scanner.model.base import Model, Phase, StateName, UtcTime
from scanner.model.consent import BannerSeen, ChoiceMade, Screenshot, SignalsRead
from scanner.model.instrument import Browser
from scanner.model.probes import CanaryPlanted, LoginBrought, NameResolved


class StackFrame(Model):
    """One frame of a script's call stack. `line` and `column` count from 1."""

    url: str
    function: str = ""
    line: int | None = None
    column: int | None = None


class Initiator(Model):
    """What started a request, as the browser says: kind, and the scripts on the stack, nearest first."""

    kind: str
    url: str | None = None
    line: int | None = None
    stack: tuple[StackFrame, ...] = ()
    confidence: Literal["certain", "likely"] = "certain"


class CookieKey(Model):
    """What tells one cookie from another in a jar. `domain` has a leading dot unless the cookie is host-only."""

    name: str
    domain: str
    path: str
    partition_key: str | None = None


class SetCookieLine(Model):
    """One raw `Set-Cookie` line of a response, and why the browser refused it (empty: it did not)."""

    raw: str
    blocked: tuple[str, ...] = ()


class ScanStarted(Model):
    """First record of every scan: what was asked, of whom, with what."""

    kind: Literal["scan"] = "scan"
    schema_: Literal["cookie-scanner/evidence/1"] = Field("cookie-scanner/evidence/1", alias="schema")
    tool_version: str
    url: str
    host: str
    site: str
    started: UtcTime
    states: tuple[StateName, ...]
    pages: int
    policy: str | None = None
    host_rules: str | None = None
    ignore_https_errors: bool = False
    browser: Browser | None = None


class Request(Model):
    """One hop of one request, with what it carried and what came back.

    A redirect is several records: each later hop names the one before in `redirect_of`. `resource_type` is the
    browser's word (Document, Script, Image, Ping, XHR, Fetch, WebSocket, ...). `cookies_hidden`: the browser did not
    say which cookies came with the answer, as with the handshake of a socket to another host or a worker's script.
    """

    kind: Literal["request"] = "request"
    id: str
    visit: str
    context: StateName
    phase: Phase
    ms: float
    url: str
    method: str
    resource_type: str
    frame_url: str
    top_url: str
    initiator: Initiator
    redirect_of: str | None = None
    keepalive: bool = False
    post_data: str | None = None
    post_data_truncated: bool = False
    request_headers: tuple[tuple[str, str], ...] = ()
    status: int | None = None
    mime_type: str | None = None
    response_headers: tuple[tuple[str, str], ...] = ()
    remote_address: str | None = None
    body_bytes: int | None = None
    from_cache: bool = False
    from_service_worker: bool = False
    failure: str | None = None
    cookies_sent: tuple[CookieKey, ...] = ()
    set_cookies: tuple[SetCookieLine, ...] = ()
    cookies_hidden: bool = False


class ScriptCookieWrite(Model):
    """A cookie written or deleted by script, caught at the moment of the call.

    `raw` is the string given to `document.cookie`, or the JSON of the argument of a `cookieStore` call. `page_time`
    is the page's own `Date.now()` (milliseconds since the epoch): a lifetime asked for through `expires` counts
    from there.
    """

    kind: Literal["script-cookie"] = "script-cookie"
    visit: str
    context: StateName
    phase: Phase
    ms: float
    api: Literal["document.cookie", "cookieStore.set", "cookieStore.delete"]
    raw: str
    page_time: float
    frame_url: str
    top_url: str
    stack: tuple[StackFrame, ...] = ()


class JarCookie(Model):
    """One cookie as the browser keeps it. `expires` is seconds since the epoch, null for a session cookie."""

    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    partition_key: str | None = None
    secure: bool
    http_only: bool
    same_site: Literal["strict", "lax", "none", "unset"]
    expires: float | None = None


class JarSnapshot(Model):
    """The whole cookie jar of one context at one moment. `visit` is the visit that had just been observed."""

    kind: Literal["jar"] = "jar"
    visit: str
    context: StateName
    phase: Phase
    taken: UtcTime
    cookies: tuple[JarCookie, ...]


class StorageItem(Model):
    """One key of web storage; a long value is cut (`bytes` is its true length in UTF-8)."""

    key: str
    value: str = ""
    bytes: int = 0


class StorageSnapshot(Model):
    """What one origin keeps in one kind of storage, seen from one frame.

    For `indexeddb` a key is `database/store`; for `cache` it is the cache's name; for `service-worker` it is the
    scope of a registration, with the script's address as its value. `partition_key` is the top-level site where the
    origin's storage is kept apart for it, as third parties' is.
    """

    kind: Literal["storage"] = "storage"
    visit: str
    context: StateName
    phase: Phase
    storage: Literal["local", "session", "indexeddb", "cache", "service-worker"]
    origin: str
    top_url: str
    frame_url: str
    items: tuple[StorageItem, ...]
    partition_key: str | None = None


class ScriptCall(Model):
    """A call of a browser interface that the instrument watches (`navigator.sendBeacon`, canvas read-back, ...)."""

    kind: Literal["call"] = "call"
    visit: str
    context: StateName
    phase: Phase
    ms: float
    api: str
    url: str | None = None
    detail: str = ""
    frame_url: str
    top_url: str
    stack: tuple[StackFrame, ...] = ()


class ImageSeen(Model):
    """An image element as the page shows it at the end of a visit; sizes in CSS pixels.

    `shown_width` and `shown_height` are the size of its box on the page, null in evidence that lacks it.
    """

    kind: Literal["image"] = "image"
    visit: str
    context: StateName
    phase: Phase
    url: str
    natural_width: int
    natural_height: int
    visible: bool
    frame_url: str
    shown_width: float | None = None
    shown_height: float | None = None


class Settling(Model):
    """How a visit waited: the method, how long a life of the page was observed, and why it ended."""

    method: Literal["virtual-time", "quiet-window", "none"]
    life_ms: float
    ended: str


class Link(Model):
    """A link of a page: absolute address and visible words."""

    url: str
    text: str = ""


class Visit(Model):
    """One page loaded in one context. `error` holds the browser's words where it did not load."""

    kind: Literal["visit"] = "visit"
    id: str
    context: StateName
    purpose: Literal["page", "reload", "policy"] = "page"
    url: str
    final_url: str
    status: int | None = None
    mime_type: str | None = None
    title: str = ""
    language: str | None = None
    started: UtcTime
    wall_ms: float
    load_ms: float | None = None
    settling: Settling | None = None
    links: tuple[Link, ...] = ()
    error: str | None = None
    error_kind: str | None = None


class DocumentKept(Model):
    """A policy document as retrieved; its bytes are in `file`, relative to the evidence folder."""

    kind: Literal["document"] = "document"
    url: str
    final_url: str
    title: str = ""
    language: str | None = None
    media_type: str
    retrieved: UtcTime
    sha256: str
    file: str
    found_by: str = ""


class Gap(Model):
    """Something that could not be seen: a rule that needed it is inconclusive."""

    kind: Literal["gap"] = "gap"
    what: str
    context: StateName | None = None
    visit: str | None = None
    url: str | None = None
    message: str


class ScanFinished(Model):
    """Last record of a scan that came to its end; a scan without it was cut short."""

    kind: Literal["finished"] = "finished"
    finished: UtcTime
    outcome: Literal["complete", "partial", "failed"]


_OfPages = ScanStarted | Request | ScriptCookieWrite | JarSnapshot | StorageSnapshot | ScriptCall | ImageSeen | Visit
_OfConsent = BannerSeen | ChoiceMade | SignalsRead | Screenshot
_OfInstrument = DocumentKept | CanaryPlanted | NameResolved | LoginBrought | Gap | ScanFinished

Record = Annotated[_OfPages | _OfConsent | _OfInstrument, Field(discriminator="kind")]

RECORD: TypeAdapter[Record] = TypeAdapter(Record)
