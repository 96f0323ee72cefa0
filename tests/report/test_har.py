"""`requests.har`: what HTTP Archive 1.2 asks for, from recorded evidence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scanner.model.evidence import CookieKey, Initiator, Request, ScanStarted, SetCookieLine, Visit
from scanner.model.recorded import Evidence
from scanner.report.har import har
from scanner.store import read_evidence

ROOT = Path(__file__).resolve().parents[2]
URL = "https://shop.example/page?a=1&b=&c=%C3%A9"

# Required members and their types: "HTTP Archive (HAR) format", version 1.2, section by section.
LOG = {"version": str, "creator": dict, "entries": list}
ENTRY = {
    "startedDateTime": str,
    "time": (int, float),
    "request": dict,
    "response": dict,
    "cache": dict,
    "timings": dict,
}
REQUEST = {
    "method": str, "url": str, "httpVersion": str, "cookies": list, "headers": list, "queryString": list,
    "headersSize": int, "bodySize": int,
}  # fmt: skip
RESPONSE = {
    "status": int, "statusText": str, "httpVersion": str, "cookies": list, "headers": list, "content": dict,
    "redirectURL": str, "headersSize": int, "bodySize": int,
}  # fmt: skip
TIMINGS = {"send": (int, float), "wait": (int, float), "receive": (int, float)}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def _has(value: Mapping[str, Any], members: Mapping[str, Any]) -> None:
    for name, kind in members.items():
        assert isinstance(value[name], kind), (name, value[name])


def _valid(log: dict[str, Any]) -> None:
    """Every required member is there, of its type; references lead somewhere."""
    _has(log, LOG)
    assert log["version"] == "1.2"
    _has(log["creator"], {"name": str, "version": str})
    pages = {page["id"] for page in log["pages"]}
    assert len(pages) == len(log["pages"])
    for page in log["pages"]:
        _has(page, {"startedDateTime": str, "id": str, "title": str, "pageTimings": dict})
        assert MOMENT.fullmatch(page["startedDateTime"])
    for entry in log["entries"]:
        _has(entry, ENTRY)
        assert MOMENT.fullmatch(entry["startedDateTime"])
        assert entry.get("pageref", next(iter(pages), None)) in pages | {None}
        _has(entry["request"], REQUEST)
        _has(entry["response"], RESPONSE)
        _has(entry["response"]["content"], {"size": int, "mimeType": str})
        _has(entry["timings"], TIMINGS)
        for pair in (*entry["request"]["headers"], *entry["response"]["headers"], *entry["request"]["queryString"]):
            _has(pair, {"name": str, "value": str})
        for cookie in (*entry["request"]["cookies"], *entry["response"]["cookies"]):
            _has(cookie, {"name": str, "value": str})


def _evidence(*requests: Request) -> Evidence:
    scan = ScanStarted.model_validate(
        {
            "schema": "cookie-scanner/evidence/1", "tool_version": "1.0", "url": URL, "host": "shop.example",
            "site": "shop.example", "started": "2026-11-22T09:00:00Z", "states": ("before",), "pages": 1,
        }
    )  # fmt: skip
    visit = Visit(id="v1", context="before", url=URL, final_url=URL, started="2026-11-22T09:00:01Z", wall_ms=900.0)
    return Evidence(scan=scan, visits=(visit,), requests=requests)


def _request(**more: Any) -> Request:
    values: dict[str, Any] = {
        "id": "r1", "visit": "v1", "context": "before", "phase": "initial", "ms": 1250.0, "url": URL, "method": "GET",
        "resource_type": "Document", "frame_url": URL, "top_url": URL, "initiator": Initiator(kind="other"),
    }  # fmt: skip
    return Request(**{**values, **more})


@pytest.mark.parametrize("site", sorted(path.name for path in (ROOT / "fixtures" / "evidence").iterdir()))
def test_recorded_evidence_becomes_a_valid_archive(site: str) -> None:
    """Each hop of each request is one entry, and none is lost."""
    evidence = read_evidence(ROOT / "fixtures" / "evidence" / site).evidence
    log = json.loads(har(evidence))["log"]
    _valid(log)
    assert len(log["entries"]) == len(evidence.requests) > 0
    assert [entry["startedDateTime"] for entry in log["entries"]] == sorted(
        entry["startedDateTime"] for entry in log["entries"]
    )


def test_times_count_from_the_visit_and_what_is_unknown_says_so() -> None:
    entry = json.loads(har(_evidence(_request(body_bytes=None))))["log"]["entries"][0]
    assert entry["startedDateTime"] == "2026-11-22T09:00:02.250Z"
    assert entry["response"]["bodySize"] == -1 and entry["response"]["status"] == 0
    assert [(pair["name"], pair["value"]) for pair in entry["request"]["queryString"]] == [
        ("a", "1"), ("b", ""), ("c", "é"),
    ]  # fmt: skip


def test_a_redirect_says_where_it_led_and_a_body_is_kept() -> None:
    first = _request(status=302)
    second = _request(
        id="r2", redirect_of="r1", url="https://other.example/", method="POST", post_data="a=1",
        request_headers=(("Content-Type", "application/x-www-form-urlencoded"),),
    )  # fmt: skip
    log = json.loads(har(_evidence(first, second)))["log"]
    _valid(log)
    assert log["entries"][0]["response"]["redirectURL"] == "https://other.example/"
    assert log["entries"][1]["request"]["postData"] == {
        "mimeType": "application/x-www-form-urlencoded", "params": [], "text": "a=1",
    }  # fmt: skip


def test_cookies_are_told_with_their_attributes_and_refusal() -> None:
    lines = (
        SetCookieLine(raw="a=b=c; Path=/x; Domain=.shop.example; Secure; HttpOnly; SameSite=None"),
        SetCookieLine(raw="=odd", blocked=("SameSite",)),
    )
    sent = (CookieKey(name="s", domain="shop.example", path="/"),)
    log = json.loads(har(_evidence(_request(set_cookies=lines, cookies_sent=sent))))["log"]
    _valid(log)
    assert log["entries"][0]["response"]["cookies"] == [
        {
            "name": "a", "value": "b=c", "path": "/x", "domain": ".shop.example", "secure": True, "httpOnly": True,
            "sameSite": "None",
        },
        {"name": "", "value": "odd", "_blocked": ["SameSite"]},
    ]  # fmt: skip
    assert log["entries"][0]["request"]["cookies"][0]["name"] == "s"


@pytest.mark.parametrize("url", ["http://[broken", "data:text/html,x", "https://a.example/?%zz&=&&"])
def test_a_strange_address_breaks_nothing(url: str) -> None:
    _valid(json.loads(har(_evidence(_request(url=url))))["log"])
