"""Recordings of visits, told by what they send."""

from __future__ import annotations

import base64
import gzip
import json
from urllib.parse import quote

import pytest

TO = "https://rec.test/batch"
TREE = json.dumps(
    {
        "type": 2,
        "data": {
            "node": {
                "type": 0,
                "childNodes": [{"type": 2, "tagName": "div", "childNodes": [{"type": 3}]} for _ in range(8)],
            }
        },
    }
)
MOVES = json.dumps({"type": 3, "data": {"source": 1, "positions": [{"x": 546, "y": 360, "id": 5, "timeOffset": -20}]}})
HTML = json.dumps(
    {"dom": "<!doctype html><html lang=en><head></head><body>" + "<div><p>text</p></div>" * 9 + "</body>"}
)
PATH = json.dumps({"type": "pointermove", "trail": [{"clientX": 3, "clientY": 9}, {"clientX": 5, "clientY": 11}]})


def found(record, *bodies, host=TO, **fields):
    """The hosts that are found to record, after these bodies were sent to one."""
    scan = record("before")
    for body in bodies:
        scan.request("before", host, **({"kind": "XHR", "method": "POST", "post_data": body} | fields))
    return [one.host for one in scan.inventory().techniques if one.kind == "session-replay"]


def packed(text):
    """Gzip in base64, in a field."""
    return "data=" + quote(base64.b64encode(gzip.compress(text.encode())).decode())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (TREE, MOVES),
        (HTML, PATH),
        (json.dumps({"events": [TREE, MOVES]}), "{}"),
        (packed(TREE), packed(MOVES)),
        (quote(TREE), MOVES),
    ],
    ids=["tree", "markup", "text within text", "packed", "percent-encoded"],
)
def test_a_page_and_the_movements_on_it_make_a_recording(record, first, second):
    """In batches over HTTP; one entry for the host."""
    assert found(record, first, second) == ["rec.test"]


def test_a_socket_and_a_host_of_the_sites_own_record_too(record):
    """Messages of a socket stand in one body; consent is not a question of whose server it is."""
    fields = {"kind": "WebSocket", "method": "GET"}
    assert found(record, f"{TREE}\n{MOVES}\n", host="wss://rec.test/s", **fields) == ["rec.test"]
    assert found(record, TREE, MOVES, host="https://replay.shop.test/in") == ["replay.shop.test"]


@pytest.mark.parametrize(
    "bodies",
    [
        (TREE, TREE),
        (MOVES, PATH),
        (TREE, json.dumps({"boxes": [{"x": 1, "y": 2, "width": 3, "height": 4}]})),
        (json.dumps({"error": "x", "element": {"tagName": "A", "nodeType": 1}}), MOVES),
        (json.dumps({"html": "<p>a comment</p>", "x": 1}), MOVES),
    ],
    ids=["page alone", "movements alone", "boxes", "element of an error", "text of an editor"],
)
def test_one_of_the_two_alone_is_none(record, bodies):
    """Error reports, experiments, protection against robots, editors."""
    assert found(record, *bodies) == []


def test_a_page_for_one_and_movements_for_another_are_none(record):
    """Each host for itself."""
    scan = record("before")
    scan.request("before", "https://one.test/", kind="XHR", method="POST", post_data=TREE)
    scan.request("before", "https://two.test/", kind="XHR", method="POST", post_data=MOVES)
    assert scan.inventory().techniques == ()
