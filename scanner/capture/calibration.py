"""Proving the instrument: a page that uses every channel once, watched by the very collectors that watch sites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scanner.capture.calibration_site import FIRST, THIRD, URL
from scanner.model.evidence import (
    JarCookie,
    JarSnapshot,
    Record,
    Request,
    ScriptCall,
    ScriptCookieWrite,
    StorageSnapshot,
    Visit,
)
from scanner.model.instrument import Calibration, CalibrationCheck


@dataclass(frozen=True)
class Seen:
    """The records of the calibration visit, ready to be asked."""

    records: Sequence[Record]

    def cookie(self, name: str) -> JarCookie | None:
        """A cookie in the jar."""
        jars = [record for record in self.records if isinstance(record, JarSnapshot)]
        return next((cookie for jar in jars for cookie in jar.cookies if cookie.name == name), None)

    def request(self, path: str) -> Request | None:
        """The request for a path of the first host."""
        addresses = (f"https://{FIRST}{path}", f"wss://{FIRST}{path}")
        return next((r for r in self.records if isinstance(r, Request) and r.url in addresses), None)

    def writes(self, api: str) -> list[str]:
        """What scripts wrote through an interface."""
        return [r.raw for r in self.records if isinstance(r, ScriptCookieWrite) and r.api == api]

    def called(self, api: str, path: str) -> bool:
        """Whether an interface was called for a path."""
        url = f"https://{FIRST}{path}"
        return any(isinstance(r, ScriptCall) and r.api == api and r.url == url for r in self.records)


def _third_party(seen: Seen, name: str) -> bool:
    cookie = seen.cookie(name)
    return cookie is not None and cookie.partition_key is None and cookie.domain == THIRD


def _refused_with_reason(seen: Seen) -> bool:
    page = seen.request("/")
    return page is not None and any(line.raw.startswith("refused=") and line.blocked for line in page.set_cookies)


def _partitioned(seen: Seen) -> bool:
    cookie = seen.cookie("partitioned")
    return cookie is not None and cookie.partition_key is not None


def _frame_storage(seen: Seen) -> bool:
    snapshots = (record for record in seen.records if isinstance(record, StorageSnapshot))
    return any(s.origin == f"https://{THIRD}" and any(i.key == "kept_by_frame" for i in s.items) for s in snapshots)


def _of_type(seen: Seen, path: str, *types: str) -> bool:
    request = seen.request(path)
    return request is not None and request.resource_type in types


def _with_body(seen: Seen, path: str) -> bool:
    request = seen.request(path)
    return request is not None and request.post_data == f"body={path[1:]}"


def _virtual_life(seen: Seen) -> bool:
    """Whether page life ran faster than the wall: 20 s of it within a visit that took less."""
    visits = [record for record in seen.records if isinstance(record, Visit)]
    return any(v.settling is not None and v.settling.method == "virtual-time" for v in visits)


def _cookie_store(seen: Seen) -> bool:
    return any('"store"' in raw for raw in seen.writes("cookieStore.set")) and seen.cookie("store") is not None


def _automation_unseen(seen: Seen) -> bool:
    cookie = seen.cookie("automation")
    return cookie is not None and cookie.value == "unseen"


CHECKS: tuple[tuple[str, Callable[[Seen], bool]], ...] = (
    ("first-party cookie by HTTP", lambda s: s.cookie("first") is not None),
    ("cookie by script", lambda s: s.cookie("script") is not None and bool(s.writes("document.cookie"))),
    ("cookie by cookieStore", _cookie_store),
    ("third-party cookie from an image", lambda s: _third_party(s, "third_image")),
    ("third-party cookie from a frame", lambda s: _third_party(s, "third_frame")),
    ("third-party cookie by script in a frame", lambda s: _third_party(s, "frame_script")),
    ("partitioned cookie", _partitioned),
    ("refused cookie with its reason", _refused_with_reason),
    ("storage of a third-party frame", _frame_storage),
    ("late script", lambda s: s.cookie("late") is not None),
    ("faster life of the page", _virtual_life),
    ("beacon: pixel", lambda s: _of_type(s, "/pixel.gif", "Image")),
    ("beacon: sendBeacon", lambda s: _with_body(s, "/beacon") and s.called("navigator.sendBeacon", "/beacon")),
    ("beacon: ping", lambda s: _of_type(s, "/ping", "Ping")),
    ("beacon: keep-alive fetch", lambda s: _with_body(s, "/keepalive") and s.called("fetch.keepalive", "/keepalive")),
    ("beacon: fetch", lambda s: _of_type(s, "/fetch", "Fetch")),
    ("beacon: css", lambda s: _of_type(s, "/css.gif", "Image")),
    ("beacon: socket", lambda s: _of_type(s, "/socket", "WebSocket")),
    ("hit sent on leaving", lambda s: _with_body(s, "/leaving")),
    ("automation not visible to the page", _automation_unseen),
)
"""What the instrument must see, by name."""


def judge(records: Sequence[Record]) -> Calibration:
    """The result of every check on the records of the calibration visit."""
    seen = Seen(records)
    visit = next((record for record in records if isinstance(record, Visit)), None)
    why = visit.error or "" if visit is not None else f"{URL} was not visited"
    checks = tuple(
        CalibrationCheck(name=name, passed=passed, detail="" if passed else why)
        for name, passed in ((name, check(seen)) for name, check in CHECKS)
    )
    return Calibration(passed=all(check.passed for check in checks), checks=checks)


def sees_third_party_cookies(calibration: Calibration) -> bool:
    """Whether both third-party cookies were seen."""
    passed = {check.name for check in calibration.checks if check.passed}
    return {"third-party cookie from an image", "third-party cookie from a frame"} <= passed
