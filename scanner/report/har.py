"""`requests.har`: every recorded request, for the network panel of a browser (HTTP Archive 1.2).

What was not measured is given as the format asks for it: -1 for a size or a time that is not known. Times are those
of the page's own life, which in a scan runs faster than the clock on the wall.
"""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scanner.model.evidence import Request, SetCookieLine, Visit
from scanner.model.recorded import Evidence
from scanner.report.canonical import canonical

Object = dict[str, Any]


def har(evidence: Evidence) -> str:
    """The archive: one page for each visit, one entry for each hop of each request, in the order of their times.

    Fields that begin with an underscore are ours, as the format allows: the consent state, what started a request,
    and why one failed or a cookie was refused.
    """
    visits = {visit.id: visit for visit in evidence.visits}
    followers = {request.redirect_of: request.url for request in evidence.requests if request.redirect_of}
    entries = [_entry(request, visits.get(request.visit), followers, evidence) for request in evidence.requests]
    entries.sort(key=lambda entry: (entry["startedDateTime"], entry["_id"]))
    log: Object = {
        "version": "1.2",
        "creator": {"name": "cookie-scanner", "version": evidence.scan.tool_version},
        "pages": [_page(visit) for visit in evidence.visits],
        "entries": entries,
    }
    if evidence.scan.browser is not None:
        log["browser"] = {"name": evidence.scan.browser.name, "version": evidence.scan.browser.version}
    return canonical({"log": log})


def _page(visit: Visit) -> Object:
    return {
        "id": visit.id,
        "title": f"{visit.context}: {visit.final_url}",
        "startedDateTime": visit.started,
        "pageTimings": {"onContentLoad": -1, "onLoad": -1 if visit.load_ms is None else visit.load_ms},
        "_state": visit.context,
    }


def _entry(request: Request, visit: Visit | None, followers: dict[str, str], evidence: Evidence) -> Object:
    entry: Object = {
        "startedDateTime": _moment(visit.started if visit is not None else evidence.scan.started, request.ms),
        "time": 0,
        "request": _request(request),
        "response": _response(request, followers.get(request.id, "")),
        "cache": {},
        "timings": {"blocked": -1, "dns": -1, "connect": -1, "send": 0, "wait": 0, "receive": 0, "ssl": -1},
        "_id": request.id,
        "_state": request.context,
        "_phase": request.phase,
        "_initiator": request.initiator.model_dump(mode="json"),
        "_resourceType": request.resource_type.lower(),
    }
    if visit is not None:
        entry["pageref"] = visit.id
    if request.remote_address:
        entry["serverIPAddress"] = request.remote_address.strip("[]").partition("]")[0]
    return entry


def _moment(started: str, ms: float) -> str:
    base = datetime.datetime.fromisoformat(started)
    at = base + datetime.timedelta(milliseconds=max(0.0, min(ms, 86_400_000.0)))
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _request(request: Request) -> Object:
    told: Object = {
        "method": request.method,
        "url": request.url,
        "httpVersion": "",
        "cookies": [
            {"name": key.name, "value": "", "path": key.path, "domain": key.domain} for key in request.cookies_sent
        ],
        "headers": _headers(request.request_headers),
        "queryString": _query(request.url),
        "headersSize": -1,
        "bodySize": len(request.post_data.encode("utf-8")) if request.post_data is not None else 0,
    }
    if request.post_data is not None:
        kind = next((value for name, value in request.request_headers if name.lower() == "content-type"), "")
        told["postData"] = {"mimeType": kind, "params": [], "text": request.post_data}
        if request.post_data_truncated:
            told["bodySize"] = -1
            told["postData"]["comment"] = "cut by the scanner"
    return told


def _response(request: Request, redirect: str) -> Object:
    told: Object = {
        "status": request.status or 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [_cookie(line) for line in request.set_cookies],
        "headers": _headers(request.response_headers),
        "content": {"size": request.body_bytes or 0, "mimeType": request.mime_type or ""},
        "redirectURL": redirect,
        "headersSize": -1,
        "bodySize": -1 if request.body_bytes is None else request.body_bytes,
        "_fromCache": request.from_cache,
        "_fromServiceWorker": request.from_service_worker,
    }
    if request.failure:
        told["_error"] = request.failure
    return told


def _headers(pairs: tuple[tuple[str, str], ...]) -> list[Object]:
    return [{"name": name, "value": value} for name, value in pairs]


def _query(url: str) -> list[Object]:
    try:
        query = urlsplit(url).query
    except ValueError:
        return []
    return [{"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)]


def _cookie(line: SetCookieLine) -> Object:
    """A cookie as its line asks for it; the parts that the line does not have are left out."""
    first, *attributes = line.raw.split(";")
    name, _, value = first.partition("=")
    told: Object = {"name": name.strip(), "value": value.strip()}
    for attribute in attributes:
        key, _, given = attribute.strip().partition("=")
        match key.strip().lower():
            case "path":
                told["path"] = given.strip()
            case "domain":
                told["domain"] = given.strip()
            case "httponly":
                told["httpOnly"] = True
            case "secure":
                told["secure"] = True
            case "samesite":
                told["sameSite"] = given.strip()
    if line.blocked:
        told["_blocked"] = list(line.blocked)
    return told
