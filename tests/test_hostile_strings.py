"""Nothing that a site calls itself is carried out by the terminal, a spreadsheet or the report."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path

import pytest
from aiohttp import web

from scanner.loopback import serve
from tests.test_cli import run

pytestmark = pytest.mark.browser

ESCAPE = "\x1b]0;owned\x07\x1b[2J\x1b[31m"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FORMULA = '=HYPERLINK("http://evil.example","x")'
PAGE = f"""<!doctype html><title>{ESCAPE}{FORMULA}</title>
<a href="/{ESCAPE}/a?x={FORMULA}">{ESCAPE}{MARKUP}</a> <a href="/@SUM(1+1)/b">b</a>
<script>
  document.cookie = "=HYPERLINK=1; Secure; Max-Age=99999";
  document.cookie = "+SUM(1)=2; Max-Age=99999";
  document.cookie = "@cmd=3; Max-Age=99999";
  document.cookie = "-1+1=4; Max-Age=99999";
  localStorage.setItem("\\x1b[31m=cmd|' /C calc'!A0<script>", "x");
  localStorage.setItem("\\tTAB=1", "x");
</script>"""


async def _answer(request: web.BaseRequest) -> web.StreamResponse:
    if request.path == "/robots.txt":
        return web.Response(status=404)
    response = web.Response(body=PAGE.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
    response.headers.add("Set-Cookie", f"={FORMULA}; Path=/; Max-Age=99999")
    response.headers.add("Set-Cookie", "<script>alert(3)</script>=1; Path=/; Max-Age=99999")
    return response


async def test_what_a_site_calls_itself_is_text_everywhere(tmp_path: Path) -> None:
    async with serve(_answer, ["shop.test"]) as server:
        options = ["--host-rules", server.host_rules, "--ignore-https-errors", "--pages", "3", "--states", "before"]
        done = await asyncio.to_thread(
            run, "scan", "https://shop.test/", *options, "--format", "csv,markdown", "--out", "x", cwd=tmp_path
        )
    assert done.returncode == 0, done.stderr
    for text in (done.stdout, done.stderr):
        assert "\x1b" not in text
        assert "\x07" not in text
    scan = json.loads((tmp_path / "x/scan.json").read_text(encoding="utf-8"))
    names = {cookie["name"] for cookie in scan["cookies"]} | {item["key"] for item in scan["storage"]}
    assert {name for name in names if name.startswith(("=", "+", "@", "-", "<", "\x1b", "\t"))}, (
        "nothing hostile was seen"
    )
    for table in (tmp_path / "x").glob("*.csv"):
        with table.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                assert not [cell for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))], table.name
                assert not [cell for cell in row if cell.startswith("-") and not cell[1:].replace(".", "").isdigit()]
    for page in (tmp_path / "x").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script>alert(" not in text
        assert "<img src=x" not in text
        assert "\x1b" not in text, page.name
