"""How the cost of a scan grows: with the pages of a site, with the sites of a run, and on a page that never rests.

Every figure stands beside one of the same run. Pages: one site of 1, 10 and 50 pages; linear growth keeps the seconds
for each further page the same. Sites: eight small sites with 1, 2, 4 and 8 at once; the throughput should rise until
the processor's cores are busy, and every site must come out complete. Polling: a page that asks its server for news
ten times a second for ever; it must be reported in ten seconds or less.

Usage: tools/bench_growth.py [--quick]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from scanner.config import Config
from scanner.judging import Done
from scanner.loopback import serve
from scanner.pipeline import scan_sites

PAGES = (1, 10, 50)
JOBS = (1, 2, 4, 8)
SITES = 8
PIXEL = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
POLL = "setInterval(() => fetch('/news?' + Math.random()), 100)"


def page(host: str, number: int, pages: int) -> str:
    """A page that links all others of its site, keeps two cookies and tells a third party."""
    links = " ".join(f'<a href="/{kind}/{n}">page {n}</a>' for n in range(pages) for kind in [f"k{n}"])
    script = POLL if host.startswith("polling") else f"document.cookie = 'seen{number}=1; path=/; max-age=86400'"
    return (
        f"<!doctype html><html lang=en><title>Page {number}</title><h1>Page {number}</h1><p>{links}</p>"
        f"<img src=https://pixel.example/p.gif?page={number} width=1 height=1 alt=''><script>{script}</script>"
    )


@dataclass
class Sites:
    """The server's side: as many hosts as are asked for, each with the given number of pages."""

    pages: int = 1

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Pages, one third-party pixel, and news that never are any."""
        host = request.host.partition(":")[0]
        if host == "pixel.example":
            answer = web.Response(body=PIXEL, content_type="image/gif")
            answer.set_cookie("uid", "a1b2c3d4e5f6a7b8", samesite="None", secure=True, max_age=31_536_000)
            return answer
        if request.path == "/news":
            return web.json_response({"news": 0})
        if request.path not in ("/", *(f"/k{n}/{n}" for n in range(self.pages))):
            return web.Response(status=404)
        answer = web.Response(text=page(host, len(request.path), self.pages), content_type="text/html")
        answer.set_cookie("sid", "0123456789abcdef", httponly=True)
        return answer


async def scan(hosts: list[str], config: Config) -> tuple[float, list[str]]:
    """Seconds for a run over these hosts, browser and reports included, and the outcome of each site."""
    outcomes: list[str] = []
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        await scan_sites(
            [f"https://{host}/" for host in hosts],
            config,
            lambda url: Path(folder) / url.split("/")[2],
            lambda *_: None,
            lambda _, done: outcomes.append(done.scan.outcome if isinstance(done, Done) else str(done)),
        )
    return time.perf_counter() - began, outcomes


async def main(*, quick: bool) -> None:
    """Measure and print."""
    sites = Sites()
    names = [f"site{n}.example" for n in range(SITES)]
    hosts = [*names, "one.example", "polling.example", "pixel.example"]
    async with serve(sites.handle, hosts) as server:
        config = Config(host_rules=server.host_rules, ignore_https_errors=True, pages=1)
        await scan(["one.example"], config)  # calibration, and whatever else is kept from the first run
        print(f"growth with pages, three states ({os.cpu_count()} cores)")
        spent: dict[int, float] = {}
        for pages in PAGES[:2] if quick else PAGES:
            sites.pages = pages
            spent[pages], outcomes = await scan(["one.example"], config.model_copy(update={"pages": pages}))
            further = (spent[pages] - spent[1]) / (pages - 1) if pages > 1 else 0.0
            each = f"   {further:5.2f} s for each further page" if pages > 1 else ""
            print(f"  {pages:3} pages {spent[pages]:7.2f} s   {outcomes[0]}{each}", flush=True)
        sites.pages = 2
        config = config.model_copy(update={"pages": 2})
        print(f"growth with sites at once, {SITES} sites of 2 pages")
        base = 0.0
        for jobs in JOBS[:2] if quick else JOBS:
            seconds, outcomes = await scan(names, config.model_copy(update={"jobs": jobs}))
            rate = SITES / seconds * 60
            base = base or rate
            complete = sum(outcome == "complete" for outcome in outcomes)
            print(
                f"  --jobs {jobs} {seconds:7.2f} s {rate:7.1f} sites a minute   {rate / base:4.2f} times --jobs 1"
                f"   {complete} of {SITES} complete",
                flush=True,
            )
        seconds, outcomes = await scan(["polling.example"], config.model_copy(update={"pages": 1}))
        print(f"a page that polls for ever: {seconds:.2f} s from start to report, {outcomes[0]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="only the smaller sizes")
    asyncio.run(main(quick=parser.parse_args().quick))
