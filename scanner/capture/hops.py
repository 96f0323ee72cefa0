"""One hop of one request, as events of the protocol fill it in any order, and the record made of it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.model.base import Phase, StateName
from scanner.model.evidence import CookieKey, Initiator, Request, SetCookieLine, StackFrame
from scanner.site import host_of

BODY_LIMIT = 65_536
"""Characters of a request's body that are kept."""

_URL_LIMIT = 32_768
_HEADER_LIMIT = 8_192
_STACK_LIMIT = 24
_NO_WORD_FOR_IT = "UnknownError"


@dataclass
class Hop:
    """A request between two redirects, still being filled in."""

    id: str
    request_id: str
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
    asked_at: float = 0.0
    """The browser's own count of seconds when it was sent."""
    keepalive: bool = False
    body: str | None = None
    body_cut: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    mime_type: str | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    remote_address: str | None = None
    body_bytes: int | None = None
    from_cache: bool = False
    from_service_worker: bool = False
    failure: str | None = None
    sent_extra: Mapping[str, Any] | None = None
    received_extra: Mapping[str, Any] | None = None
    expects_extra: bool | None = None

    def take_body(self, text: str) -> None:
        """Keep a request's body, cut where it is long."""
        self.body_cut = len(text) > BODY_LIMIT
        self.body = text[:BODY_LIMIT]

    def take_response(self, response: Mapping[str, Any]) -> None:
        """Keep what a response event says."""
        self.status = int(response.get("status", 0)) or None
        self.mime_type = response.get("mimeType") or None
        self.response_headers = dict(response.get("headers", {}))
        address = response.get("remoteIPAddress")
        if address:
            self.remote_address = f"{address}:{response.get('remotePort', 0)}"
        self.from_cache = self.from_cache or bool(response.get("fromDiskCache") or response.get("fromPrefetchCache"))
        self.from_service_worker = bool(response.get("fromServiceWorker"))

    def record(self) -> Request:
        """The record, with all that is known by now."""
        sent, received = self.sent_extra or {}, self.received_extra or {}
        headers = dict(sent.get("headers") or self.headers)
        answers = dict(received.get("headers") or self.response_headers)
        status = self.status
        if status is None and received.get("statusCode"):
            status = int(received["statusCode"])
        return Request(
            id=self.id,
            visit=self.visit,
            context=self.context,
            phase=self.phase,
            ms=self.ms,
            url=self.url[:_URL_LIMIT],
            method=self.method,
            resource_type=self.resource_type,
            frame_url=self.frame_url,
            top_url=self.top_url,
            initiator=self.initiator,
            redirect_of=self.redirect_of,
            keepalive=self.keepalive,
            post_data=self.body,
            post_data_truncated=self.body_cut,
            request_headers=_header_pairs(headers),
            status=status,
            mime_type=self.mime_type,
            response_headers=_header_pairs(answers, without="set-cookie"),
            remote_address=self.remote_address,
            body_bytes=self.body_bytes,
            from_cache=self.from_cache,
            from_service_worker=self.from_service_worker,
            failure=self.failure,
            cookies_sent=_cookies_sent(sent.get("associatedCookies", ())),
            set_cookies=_set_cookies(answers, received.get("blockedCookies", ())),
            cookies_hidden=self._cookies_hidden(),
        )

    def _cookies_hidden(self) -> bool:
        """Whether an answer came over the network of which only the filtered headers are known, or none."""
        if self.received_extra is not None or self.from_cache or self.from_service_worker or self.failure:
            return False
        if self.resource_type == "WebSocket":
            # A page is shown the cookies of its own host's sockets.
            return host_of(self.url) != host_of(self.frame_url)
        return self.url.startswith("http") and (self.status is not None or self.keepalive)


def _header_pairs(headers: Mapping[str, Any], without: str = "") -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.lower(), str(value)[:_HEADER_LIMIT])
        for name, value in sorted(headers.items())
        if name.lower() != without and not name.startswith(":")
    )


def partition_of(cookie: Mapping[str, Any]) -> str | None:
    """The partition key of a cookie as the protocol gives it: the top-level site, or null."""
    key = cookie.get("partitionKey")
    if isinstance(key, Mapping):
        return str(key.get("topLevelSite") or "") or None
    return str(key) if key else None


def _cookies_sent(associated: Iterable[Mapping[str, Any]]) -> tuple[CookieKey, ...]:
    return tuple(
        CookieKey(
            name=item["cookie"]["name"],
            domain=item["cookie"]["domain"],
            path=item["cookie"]["path"],
            partition_key=partition_of(item["cookie"]),
        )
        for item in associated
        if not item.get("blockedReasons")
    )


def _set_cookies(headers: Mapping[str, Any], blocked: Iterable[Mapping[str, Any]]) -> tuple[SetCookieLine, ...]:
    """The raw lines (the protocol joins them by line breaks), each with the browser's reasons against it.

    A line that is listed as refused without a reason was refused for one that the protocol has no word for.
    """
    reasons: dict[str, list[tuple[str, ...]]] = {}
    for item in blocked:
        against = tuple(item.get("blockedReasons", ())) or (_NO_WORD_FOR_IT,)
        reasons.setdefault(item.get("cookieLine", ""), []).append(against)
    lines: list[SetCookieLine] = []
    for name, value in headers.items():
        if name.lower() != "set-cookie":
            continue
        for raw in str(value).split("\n"):
            known = reasons.get(raw)
            lines.append(SetCookieLine(raw=raw, blocked=known.pop(0) if known else ()))
    return tuple(lines)


def initiator_of(raw: Mapping[str, Any]) -> Initiator:
    """The browser's word on what started a request; asynchronous parents of a stack follow their children."""
    frames: list[StackFrame] = []
    stack = raw.get("stack")
    while stack and len(frames) < _STACK_LIMIT:
        for frame in stack.get("callFrames", ()):
            if frame.get("url"):
                frames.append(
                    StackFrame(
                        url=frame["url"][:_URL_LIMIT],
                        function=frame.get("functionName", "")[:200],
                        line=int(frame.get("lineNumber", 0)) + 1,
                        column=int(frame.get("columnNumber", 0)) + 1,
                    )
                )
        stack = stack.get("parent")
    line = raw.get("lineNumber")
    # Scripts from blob:, data: and document.write are put down to addresses that are not theirs.
    doubtful = any(frame.url.startswith(("blob:", "data:")) for frame in frames[:1])
    url = raw.get("url") or (frames[0].url if frames else None) or None
    return Initiator(
        kind=str(raw.get("type", "other")),
        url=None if url is not None and url.startswith("about:") else url,
        line=int(line) + 1 if line is not None else None,
        stack=tuple(frames[:_STACK_LIMIT]),
        confidence="likely" if doubtful else "certain",
    )


def body_of(request: Mapping[str, Any]) -> str | None:
    """A request's body where the event carries it, null where it must be asked for or there is none."""
    text = request.get("postData")
    if isinstance(text, str):
        return text
    parts = [entry.get("bytes") for entry in request.get("postDataEntries", ())]
    if parts and all(isinstance(part, str) for part in parts):
        try:
            return b"".join(base64.b64decode(part) for part in parts).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return None
    return None
