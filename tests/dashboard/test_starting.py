"""Starting a scan from a page, and watching it without a script."""

from __future__ import annotations

import asyncio
import threading
from http.client import HTTPConnection

import pytest

from scanner.dashboard.starting import Starts, TooManyError
from tests.dashboard.asking import Visitor, token_in
from tests.dashboard.conftest import NAMES, Known, Open, Scans

SITE = NAMES[0]


def _started(client: Visitor, name: str = SITE) -> str:
    token = token_in(client.get(f"/sites/{name}").text)
    answer = client.post(f"/sites/{name}/scan", {"token": token})
    assert answer.status == 303
    return answer.headers["location"] or ""


def test_a_scan_is_started_watched_and_leads_to_its_report(opened: Open, known: Known) -> None:
    """Each step stands on the page, and at its end the way to the report."""
    scans = Scans(known.history)
    client = opened({"scans": True}, begin=scans)
    page = client.get(_started(client)).text
    assert scans.begun == [SITE]
    assert "<li>before: opening the first page</li>\n<li>accept: pressing the button</li>" in page
    assert f'href="/scans/{known.history.scans(SITE, limit=1)[0].id}/report.html"' in page
    assert page.rstrip().endswith("</html>")


def test_a_scan_that_fails_says_why(opened: Open, known: Known) -> None:
    """In the runner's words, as text."""
    client = opened({"scans": True}, begin=Scans(known.history, fault="<b>www.shop.example</b> has no address"))
    page = client.get(_started(client)).text
    assert "The scan did not come to an end." in page
    assert "&lt;b&gt;www.shop.example&lt;/b&gt; has no address" in page


def test_a_defect_of_the_runner_stays_in_the_log(opened: Open, known: Known) -> None:
    """The page says that there was one, and no more."""

    async def broken(site: str, tell: object) -> int | None:
        raise RuntimeError("/secret/path")

    client = opened({"scans": True}, begin=broken)
    page = client.get(_started(client)).text
    assert "A defect in this program" in page
    assert "/secret/path" not in page


def test_progress_arrives_while_the_scan_runs(opened: Open, known: Known) -> None:
    """The first lines are there before the scan has ended; starting the site again leads to the same scan."""
    held = threading.Event()

    async def begin(site: str, tell: object) -> int | None:
        assert callable(tell)
        tell("reject: pressing “<script>alert(1)</script>”")
        await asyncio.to_thread(held.wait, 20)
        tell("writing the report")
        return None

    client = opened({"scans": True}, begin=begin)
    address = _started(client)
    try:
        connection = HTTPConnection("127.0.0.1", client.served.port, timeout=20)
        connection.putrequest("GET", address, skip_host=True)
        connection.putheader("host", client.host)
        connection.endheaders()
        answer = connection.getresponse()
        seen = b""
        while b"</li>" not in seen.partition(b'class="progress"')[2]:
            seen += answer.read1()
        assert "pressing “&lt;script&gt;alert(1)&lt;/script&gt;”".encode() in seen
        assert b"</html>" not in seen
        assert f'href="{address}"' in client.get(f"/sites/{SITE}").text
        token = token_in(client.get(f"/sites/{NAMES[1]}").text)
        again = client.post(f"/sites/{SITE}/scan", {"token": token})
        assert again.headers["location"] == address
    finally:
        held.set()
    seen += answer.read()
    connection.close()
    assert b"<li>writing the report</li>" in seen
    assert b"The scan has ended." in seen


def test_a_scan_can_only_be_watched_by_its_number(opened: Open, known: Known) -> None:
    """Which cannot be guessed."""
    client = opened({"scans": True}, begin=Scans(known.history))
    assert client.get("/runs/1").status == 404
    assert len(_started(client).rpartition("/")[2]) >= 16


async def test_scans_take_turns(known: Known) -> None:
    """One at a time, in the order in which they were started."""
    first, second = asyncio.Event(), asyncio.Event()
    order: list[str] = []

    async def begin(site: str, tell: object) -> int | None:
        order.append(site)
        await (first if site == "a" else second).wait()
        return None

    starts = Starts(begin, ["a", "b"])
    one, two = starts.start("a", None), starts.start("b", None)
    follower = asyncio.create_task(_all(starts, one))
    await _until(lambda: order == ["a"])
    assert (one.stage, two.stage) == ("running", "waiting")
    first.set()
    await follower
    assert one.stage == "finished"
    await _until(lambda: order == ["a", "b"])
    second.set()
    await _all(starts, two)
    assert two.stage == "finished"
    await starts.close()


async def test_an_end_of_the_dashboard_ends_its_scans() -> None:
    """What runs is cancelled, what waits is never begun, and whoever looks on is told."""
    begun: list[str] = []

    async def begin(site: str, tell: object) -> int | None:
        begun.append(site)
        await asyncio.Event().wait()
        return None

    starts = Starts(begin, ["a", "b"])
    one, two = starts.start("a", None), starts.start("b", None)
    await _until(lambda: begun == ["a"])
    await starts.close()
    assert (one.stage, two.stage) == ("stopped", "stopped")
    assert begun == ["a"]


async def test_the_line_of_waiting_scans_has_an_end() -> None:
    """Nobody can fill the machine's memory with clicks."""

    async def begin(site: str, tell: object) -> int | None:
        await asyncio.Event().wait()
        return None

    names = [f"shop-{number}" for number in range(30)]
    starts = Starts(begin, names)
    with pytest.raises(TooManyError):
        for name in names:
            starts.start(name, None)
    await starts.close()


async def test_ended_scans_are_forgotten_after_a_while() -> None:
    """The last hundred are remembered."""

    async def begin(site: str, tell: object) -> int | None:
        return None

    starts = Starts(begin, ["shop"])
    made = []
    for _ in range(120):
        made.append(starts.start("shop", None))
        await _all(starts, made[-1])
    assert starts.get(made[0].id) is None
    assert starts.get(made[-1].id) is made[-1]
    await starts.close()


async def _all(starts: Starts, started: object) -> list[str | None]:
    return [line async for line in starts.follow(started)]  # type: ignore[arg-type]


async def _until(true: object) -> None:
    assert callable(true)
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0)
