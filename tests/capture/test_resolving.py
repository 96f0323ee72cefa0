"""Names behind the site's hosts, asked of a real name server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from scanner.capture import resolving
from scanner.capture.resolving import Names, server_address
from scanner.classify import build_inventory, load_catalogue
from scanner.errors import UsageError
from scanner.model.evidence import Initiator, Record, Request, ScanFinished, ScanStarted, Visit
from scanner.model.probes import NameResolved
from scanner.model.recorded import Evidence
from tests.capture.conftest import FIRST, Scan, Site


@dataclass
class NameServer:
    """Answers by name: a chain of names and an address at its end. `silent`, `missing` and `long` names misbehave."""

    chains: dict[str, tuple[str, ...]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    long: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        """As a configuration names it."""
        return f"127.0.0.1:{self.port}"

    def answer(self, data: bytes, *, tcp: bool = False) -> bytes | None:
        """The bytes of an answer; null for none."""
        query = dns.message.from_wire(data)
        name = str(query.question[0].name).rstrip(".")
        self.asked.append(f"{name}{'/tcp' if tcp else ''}")
        if name in self.silent:
            return None
        reply = dns.message.make_response(query)
        if name in self.long and not tcp:
            reply.flags |= dns.flags.TC
            return reply.to_wire()
        owner = name
        for target in self.chains.get(name, ()):
            reply.answer.append(dns.rrset.from_text(f"{owner}.", 60, "IN", "CNAME", f"{target}."))
            owner = target
        if name in self.missing:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            reply.answer.append(dns.rrset.from_text(f"{owner}.", 60, "IN", "A", "192.0.2.7"))
        return reply.to_wire()


class Datagrams(asyncio.DatagramProtocol):
    """The server's side over UDP."""

    def __init__(self, server: NameServer) -> None:
        self.server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self.server.answer(data)
        if reply is not None:
            self.transport.sendto(reply, addr)


@pytest.fixture
async def server() -> AsyncIterator[NameServer]:
    """A name server over UDP and TCP on one port."""
    running = NameServer()

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        size = int.from_bytes(await reader.readexactly(2))
        reply = running.answer(await reader.readexactly(size), tcp=True) or b""
        writer.write(len(reply).to_bytes(2) + reply)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(stream, "127.0.0.1", 0)
    running.port = listening.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Datagrams(running), local_addr=("127.0.0.1", running.port)
    )
    async with listening:
        yield running
    transport.close()


def request(host: str) -> Request:
    """A request to a host."""
    return Request(
        id="r1", visit="v1", context="before", phase="initial", ms=0, url=f"https://{host}/x", method="GET",
        resource_type="Image", frame_url="", top_url="", initiator=Initiator(kind="parser"),
    )  # fmt: skip


async def resolved(server: str, *hosts: str, site: str = "shop.test") -> dict[str, NameResolved]:
    """What is written down after requests to these hosts."""
    records: list[Record] = []
    names = Names(site, server, records.append)
    for host in hosts:
        names.see(request(host))
    await names.close()
    return {record.host: record for record in records if isinstance(record, NameResolved)}


async def test_a_chain_of_names_is_told_from_first_to_last(server: NameServer) -> None:
    server.chains["stats.shop.test"] = ("shop.cname.example", "eu-1.collect.example")
    found = await resolved(server.address, "stats.shop.test", "www.shop.test")
    assert found["stats.shop.test"].chain == ("shop.cname.example", "eu-1.collect.example")
    assert found["stats.shop.test"].error is None
    assert found["www.shop.test"].chain == ()
    assert "127.0.0.1" in (found["www.shop.test"].server or "")


async def test_only_hosts_of_the_site_are_asked_for_and_each_once(server: NameServer) -> None:
    await resolved(server.address, "a.shop.test", "ads.example", "a.shop.test", "shop.test", "127.0.0.1", "[::1]")
    assert sorted(server.asked) == ["a.shop.test", "shop.test"]


async def test_an_answer_that_does_not_fit_comes_over_a_stream(server: NameServer) -> None:
    server.chains["big.shop.test"] = ("big.example",)
    server.long.add("big.shop.test")
    assert (await resolved(server.address, "big.shop.test"))["big.shop.test"].chain == ("big.example",)
    assert server.asked == ["big.shop.test", "big.shop.test/tcp"]


async def test_a_name_that_leads_to_nothing_tells_where_it_pointed(server: NameServer) -> None:
    server.chains["old.shop.test"] = ("gone.example",)
    server.missing |= {"old.shop.test", "never.shop.test"}
    found = await resolved(server.address, "old.shop.test", "never.shop.test")
    assert (found["old.shop.test"].chain, found["never.shop.test"].chain) == (("gone.example",), ())
    assert found["old.shop.test"].error == found["never.shop.test"].error == "there is no such name"


async def test_a_server_that_says_nothing_does_not_hold_the_scan(
    server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolving, "_LAST_WAIT_S", 0.1)
    server.silent.add("slow.shop.test")
    began = asyncio.get_running_loop().time()
    found = await resolved(server.address, "slow.shop.test")
    assert found["slow.shop.test"].error == "no answer in time"
    assert asyncio.get_running_loop().time() - began < 1


async def test_a_server_that_is_not_there_is_an_error_of_the_host_alone() -> None:
    found = await resolved("127.0.0.1:1", "a.shop.test")
    assert found["a.shop.test"].error


async def test_reserved_names_do_not_leave_the_machine_and_off_asks_nobody() -> None:
    assert await resolved("system", "a.shop.test", "localhost", "b.shop.test") == {}
    assert await resolved("off", "a.shop.com", site="shop.com") == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9.9.9.9", ("9.9.9.9", 53)),
        ("127.0.0.1:5353", ("127.0.0.1", 5353)),
        ("2620:fe::fe", ("2620:fe::fe", 53)),
        ("[2620:fe::fe]", ("2620:fe::fe", 53)),
        ("[::1]:5353", ("::1", 5353)),
    ],
)
def test_a_server_is_an_address_with_or_without_a_port(text: str, expected: tuple[str, int]) -> None:
    assert server_address(text) == expected


@pytest.mark.parametrize("text", ["", "dns.example", "1.2.3.4:0", "1.2.3.4:x", "1.2.3.4:99999", "[::1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        server_address(text)


@pytest.mark.browser
async def test_a_scan_writes_the_names_before_it_ends(site: Site, scan: Scan, server: NameServer) -> None:
    """And names the vendor behind a host of the site, in the audit that needs no network."""
    server.chains["shop.test"] = ("shop.eulerian.net",)
    url = site.page("<img src=https://shop.test/hit?x=1>")
    records = await scan(url, name_server=server.address)
    assert isinstance(records.all[-1], ScanFinished)
    names = {record.host: record.chain for record in records.of(NameResolved)}
    assert names == {FIRST: (), "shop.test": ("shop.eulerian.net",)}
    evidence = Evidence(
        scan=records.of(ScanStarted)[0],
        requests=tuple(records.of(Request)),
        visits=tuple(records.of(Visit)),
        names=tuple(records.of(NameResolved)),
    )
    (technique,) = build_inventory(evidence, load_catalogue()).techniques
    assert (technique.kind, technique.host) == ("cname-cloaking", "shop.test")
    assert technique.detail.startswith("shop.eulerian.net (")
