"""What the conformance site declares, and the comparison with it: nothing may pass that is not so."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from scanner.model.evidence import ScanStarted
from scanner.model.recorded import Evidence
from tools.conformance.compare import Channel, compare
from tools.conformance.server import HOME, areas, serve_conformance
from tools.conformance.truth import IDENTITY, Row, Truth, differences, read_truth

COOKIE = {"name": "a", "domain": "www.x.test", "path": "/", "partition_key": None, "session": True, "pages": []}


def _truth(**fields: object) -> Truth:
    given = {"name": "a", "domain": "www.x.test", "path": "/", "partition_key": "null", **fields}
    row = Row("row", "area", "Sets a cookie.", "cookies", given)
    return Truth((row,), (), {"area": "https://www.x.test/"}, {"area": "area"}, ())


def _evidence() -> Evidence:
    started = ScanStarted(
        tool_version="0",
        url="https://www.x.test/",
        host="www.x.test",
        site="x.test",
        started="2026-11-22T09:30:00Z",
        states=("before",),
        pages=1,
    )
    return Evidence(scan=started)


def _channel(truth: Truth, *cookies: dict[str, object]) -> Channel:
    return next(
        one for one in compare({"cookies": list(cookies)}, _evidence(), truth, ()) if one.name == "cookies: area"
    )


def test_what_is_not_reported_is_missed() -> None:
    channel = _channel(_truth())
    assert (channel.recall, channel.precision, channel.perfect) == (0.0, 1.0, False)


def test_what_nobody_did_is_invented() -> None:
    other = {**COOKIE, "name": "b", "pages": ["https://www.x.test/"]}
    channel = _channel(_truth(), COOKIE, other)
    assert (channel.recall, channel.precision, channel.perfect) == (1.0, 0.5, False)


def test_a_field_that_says_otherwise_is_wrong() -> None:
    channel = _channel(_truth(session=False), COOKIE)
    assert (channel.recall, channel.exactness, channel.perfect) == (1.0, 0.0, False)
    assert channel.wrong == ["row: session: True instead of False"]


def test_a_thing_that_is_reported_twice_is_wrong() -> None:
    assert _channel(_truth(), COOKIE, COOKIE).wrong == ["row: reported 2 times"]


@pytest.mark.parametrize(
    ("wanted", "right", "wrong"),
    [
        ("null", None, "null"),
        (3600, 3600.0, 3601),
        (True, True, 1),
        ({"between": [1, 2]}, 1.5, 3),
        ({"like": "https://*/x"}, "https://a.test/x", "https://a.test/y"),
        ({"contains": ["a", "c"]}, ["a", "b", "c"], ["c", "a"]),
        ({"some": True}, "anything", None),
        ({"kind": "http"}, {"kind": "http", "url": "u"}, {"kind": "script"}),
        (["a", "b"], ["a", "b"], ["b", "a"]),
    ],
)
def test_a_value_of_the_truth_holds_for_what_it_says_and_for_nothing_else(
    wanted: object, right: object, wrong: object
) -> None:
    assert differences(wanted, right) == []
    assert differences(wanted, wrong) != []


def test_every_area_declares_rows_that_name_what_they_speak_of() -> None:
    truth = read_truth(areas())
    assert {row.area for row in truth.rows} == set(truth.pages)
    for row in truth.rows:
        unnamed = set(IDENTITY[row.table][:2]) - row.fields.keys()
        assert not unnamed, (row.id, unnamed)
        assert row.does.endswith("."), row.id


def test_the_start_page_leads_to_the_page_of_every_area() -> None:
    truth = read_truth(areas())
    linked = set(re.findall(r'<a href="([^"]+)"', (HOME / "site" / "index.html").read_text(encoding="utf-8")))
    assert {f"https://www.conformance.test{path}" for path in linked} | {"https://www.conformance.test/"} == set(
        truth.pages.values()
    )


def test_every_declared_cookie_has_something_on_the_site_that_sets_it() -> None:
    """A truth that nothing on the site brings about would be missed for ever; the reverse a scan would tell."""
    sources = [path for path in HOME.rglob("*") if path.suffix in (".html", ".js", ".toml")]
    texts = {path: path.read_text(encoding="utf-8") for path in sources}
    for row in read_truth(areas()).rows:
        if row.table != "cookies":
            continue
        name = str(row.fields["name"])
        made = re.compile(rf"{re.escape(name)}\b|{re.escape(name.partition('_')[0])}_\$\{{")
        places = [path for path, text in texts.items() if len(made.findall(text)) > (path.suffix == ".toml")]
        assert places, row.id


async def test_the_server_answers_as_declared_and_writes_down_what_it_was_asked(tmp_path: Path) -> None:
    async with serve_conformance() as server, aiohttp.ClientSession() as session:
        port = re.search(r"127\.0\.0\.1:(\d+)", server.host_rules)
        assert port is not None
        url = f"https://127.0.0.1:{port[1]}/http/image.png?x=%2F"
        headers = {"Host": "www.conformance.test", "Cookie": "a=1; b=2; a=3"}
        async with session.get(URL(url, encoded=True), headers=headers, ssl=False) as response:
            assert response.headers["Set-Cookie"] == "http_image=1; Path=/http; Max-Age=86400"
        socket_url = url.replace("/http/image.png?x=%2F", "/hits/chat")
        async with session.ws_connect(socket_url, headers={"Host": "www.conformance.test"}, ssl=False) as socket:
            await socket.send_str("hello")
            await socket.close()
        async with asyncio.timeout(5):
            while not server.log[-1].said:
                await asyncio.sleep(0.01)
    first, second = server.log
    assert (first.url, first.cookies) == ("https://www.conformance.test/http/image.png?x=%2F", ("a", "b", "a"))
    assert first.set_cookies == ("http_image=1; Path=/http; Max-Age=86400",)
    assert (second.url, second.said) == ("wss://www.conformance.test/hits/chat", "hello\n")
