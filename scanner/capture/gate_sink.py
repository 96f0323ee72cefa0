"""What the browser says of connections that went through the gate, retold as if there were none."""

from __future__ import annotations

from scanner.capture.failures import failure_of
from scanner.capture.gate import REFUSED, Gate
from scanner.capture.sink import Sink
from scanner.model.evidence import Gap, Record, Request, Visit
from scanner.site import host_of

_PROXY_ERRORS = ("ERR_SOCKS_", "ERR_PROXY_", "ERR_TUNNEL_", "ERR_ADDRESS_UNREACHABLE")


class GateSink:
    """A sink behind the gate: records are retold, and each host that was refused is written down once as a gap."""

    def __init__(self, gate: Gate, sink: Sink) -> None:
        self._gate = gate
        self._sink = sink
        self._lost_pages: dict[str, str] = {}
        self._refused: set[str] = set()

    def record(self, record: Record) -> None:
        """Retell one record and pass it on."""
        record = self._retold(record)
        self._sink.record(record)
        if isinstance(record, Request) and record.failure is not None and record.failure.startswith(REFUSED):
            host = host_of(record.url)
            if host not in self._refused:
                self._refused.add(host)
                why = f"{record.failure.removeprefix(REFUSED).strip()}: nothing was sent to {host}"
                self._sink.record(
                    Gap(what="guard", context=record.context, visit=record.visit, url=record.url, message=why)
                )

    def file(self, name: str, data: bytes) -> None:
        """Pass a file on."""
        self._sink.file(name, data)

    def _retold(self, record: Record) -> Record:
        """A record with the addresses and errors that the browser would have given without a proxy."""
        if isinstance(record, Request):
            failure = self._explained(record.url, record.failure) if record.failure else None
            if record.resource_type == "WebSocket" and record.status is None:
                # The browser does not say why a socket did not come about.
                failure = failure or self._gate.reason(record.url)
            if failure and record.resource_type == "Document":
                self._lost_pages[record.visit] = failure
            through = record.remote_address == self._gate.own_address
            reached = self._gate.address_of(record.url) if through else record.remote_address
            return record.model_copy(update={"failure": failure, "remote_address": reached})
        if isinstance(record, Visit):
            failure = self._lost_pages.pop(record.id, None)
            if failure and record.error and any(stem in record.error for stem in _PROXY_ERRORS):
                kind, message = failure_of(failure)
                return record.model_copy(update={"error": message, "error_kind": kind})
        return record

    def _explained(self, url: str, error: str) -> str:
        """The browser's error text, or where it only says that its proxy failed, what was behind it."""
        if not any(stem in error for stem in _PROXY_ERRORS):
            return error
        return self._gate.reason(url) or error
