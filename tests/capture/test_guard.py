"""To whom the browser may speak: decided on addresses, held by the gate, whatever a page or a name server tries."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from scanner.capture import BrowserOptions, Plan, open_instrument
from scanner.capture.gate import Gate, open_gate
from scanner.capture.guard import Guard, GuardMode, HostRules, is_public
from scanner.capture.instrument import Instrument
from scanner.errors import UsageError
from scanner.loopback import serve
from scanner.model.evidence import Gap, Request
from tests.capture.conftest import FIRST, Records, Site

LOOPBACK = ipaddress.ip_address("127.0.0.1")
PUBLIC = ipaddress.ip_address("93.184.215.14")


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("93.184.215.14", True),
        ("8.8.8.8", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("64:ff9b::808:808", True),
        ("::ffff:8.8.8.8", True),
        ("127.0.0.1", False),
        ("127.8.9.10", False),
        ("0.0.0.0", False),
        ("10.0.0.7", False),
        ("172.16.0.1", False),
        ("172.31.255.255", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("100.127.255.254", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("192.88.99.1", False),
        ("224.0.0.1", False),
        ("239.255.255.250", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.7", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::", False),
        ("2001:0:53aa:64c::1", False),
        ("fe80::1", False),
        ("fec0::1", False),
        ("fc00::1", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
    ],
)
def test_an_address_is_public_or_it_is_not_however_it_is_disguised(text: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(text)) is public


def test_public_means_public_even_for_hosts_that_were_named() -> None:
    guard = Guard("public", allow=("10.1.0.0/16", "*.corp.example"))
    guard.name("https://shop.example/")
    assert guard.permitted("shop.example", [LOOPBACK, PUBLIC]) == [PUBLIC]
    inside = [ipaddress.ip_address("10.1.2.3"), ipaddress.ip_address("::ffff:10.1.2.3")]
    assert guard.permitted("any.example", [*inside, ipaddress.ip_address("10.2.0.1")]) == inside
    assert guard.permitted("api.corp.example", [LOOPBACK]) == [LOOPBACK]
    assert guard.permitted("corp.example", [LOOPBACK]) == []


def test_a_named_host_may_be_at_home_with_its_site_but_not_come_home_later() -> None:
    guard = Guard("given")
    guard.name("http://shop.test:8080/start")
    guard.name("https://www.public.example/")
    assert guard.permitted("cdn.shop.test", [LOOPBACK]) == []
    assert guard.permitted("shop.test", [LOOPBACK]) == [LOOPBACK]
    assert guard.permitted("cdn.shop.test", [LOOPBACK]) == [LOOPBACK]
    assert guard.permitted("other.test", [LOOPBACK]) == []
    assert guard.permitted("www.public.example", [PUBLIC]) == [PUBLIC]
    assert guard.permitted("www.public.example", [LOOPBACK]) == []
    assert guard.permitted("api.public.example", [LOOPBACK]) == []


def test_host_rules_lead_where_the_browser_would_be_led() -> None:
    rules = HostRules.read(
        "EXCLUDE keep.test, MAP *.shop.test:443 127.0.0.1:8443,MAP a?.test [::1]:99, MAP *.test ~NOTFOUND"
    )
    assert rules.target("www.shop.test", 443) == ("127.0.0.1", 8443, True)
    assert rules.target("www.shop.test", 80) == ("~NOTFOUND", 80, True)
    assert rules.target("ab.test", 7) == ("::1", 99, True)
    assert rules.target("keep.test", 443) == ("keep.test", 443, False)
    assert rules.target("shop.example", 443) == ("shop.example", 443, False)
    assert HostRules.read(None).target("x.test", 1) == ("x.test", 1, False)


@pytest.mark.parametrize("rules", ["MAP x", "LEAD a b", "MAP a b c", "MAP a b:c", "nonsense", "EXCLUDE"])
def test_a_host_rule_that_nobody_understands_is_an_error_that_quotes_it(rules: str) -> None:
    with pytest.raises(UsageError, match=rules.split()[0]):
        HostRules.read(rules)


async def test_a_name_that_moves_between_two_connections_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name server of the attacker answers with a harmless address first, and with one of ours next."""
    heard: list[str] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.read(100)).decode())
        writer.write(b"answer")
        await writer.drain()
        writer.close()

    answers = [["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1", "127.0.0.2"]]
    monkeypatch.setattr("scanner.capture.gate._look_up", lambda _: answers.pop(0))
    monkeypatch.setattr("scanner.capture.gate._REMEMBER_S", -1.0)
    server = await asyncio.start_server(hear, "127.0.0.2", 0)
    port = server.sockets[0].getsockname()[1]
    inner = await asyncio.start_server(hear, "127.0.0.1", port)
    async with server, inner, open_gate(Guard("public", allow=("127.0.0.2/32",)), None) as gate:
        assert await _through(gate, "rebind.example", port, b"first") == b"answer"
        with pytest.raises(ConnectionError):
            await _through(gate, "rebind.example", port, b"second")
        assert "127.0.0.1 is not a public address" in (gate.reason(f"http://rebind.example:{port}/") or "")
        assert await _through(gate, "rebind.example", port, b"third") == b"answer"
        assert gate.address_of(f"http://rebind.example:{port}/") == f"127.0.0.2:{port}"
    assert heard == ["first", "third"]


async def _through(gate: Gate, host: str, port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
    try:
        writer.write(b"\x05\x01\x00\x05\x01\x00\x03" + bytes([len(host)]) + host.encode() + port.to_bytes(2, "big"))
        assert await reader.readexactly(2) == b"\x05\x00"
        reply = await reader.readexactly(10)
        if reply[1] != 0:
            raise ConnectionError(reply[1])
        writer.write(data)
        return await reader.read()
    finally:
        writer.close()


async def test_what_is_no_request_for_a_connection_is_refused() -> None:
    async with open_gate(Guard("off"), None) as gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", gate.port)
        writer.write(b"\x05\x01\x00\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50")
        assert (await reader.read())[:4] == b"\x05\x00\x05\x07"
        writer.close()


async def test_a_large_answer_to_a_slow_reader_passes_whole_and_without_being_gathered() -> None:
    size = 30_000_000
    sent = 0

    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        while sent < size:
            writer.write(b"x" * 100_000)
            sent += 100_000
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(pour, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, open_gate(Guard("off"), None) as gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", gate.port, limit=10_000)
        writer.write(b"\x05\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01" + port.to_bytes(2, "big"))
        await reader.readexactly(12)
        while sent < 100_000:
            await asyncio.sleep(0)
        for _ in range(1000):
            await asyncio.sleep(0)
        assert sent < size / 2, "the gate took everything in though nobody read"
        got = 0
        while data := await reader.read(1_000_000):
            got += len(data)
        writer.close()
    assert got == size


def test_a_guard_that_a_proxy_would_make_useless_is_refused() -> None:
    async def start() -> None:
        async with open_instrument(BrowserOptions(guard="public", proxy="http://p.example:3128"), calibrate=False):
            raise AssertionError("it started")

    with pytest.raises(UsageError, match="proxy"):
        asyncio.run(start())


@dataclass
class Inside:
    """A server that nobody outside should reach, over TCP and UDP, and what reached it."""

    port: int
    heard: list[str] = field(default_factory=list)

    def page(self) -> str:
        """A page that tries every way there is."""
        here = f"127.0.0.1:{self.port}"
        return f"""<!doctype html><title>curious</title>
            <img src="http://{here}/literal"><img src="http://2130706433:{self.port}/decimal">
            <img src="http://0177.1:{self.port}/octal"><img src="http://0x7f.1:{self.port}/hexadecimal">
            <img src="http://[::1]:{self.port}/six"><img src="http://[::ffff:127.0.0.1]:{self.port}/mapped">
            <img src="http://localhost:{self.port}/name"><img src="http://any.localhost:{self.port}/under">
            <img src="http://0.0.0.0:{self.port}/zero"><img src="/redirect">
            <iframe src="http://{here}/frame"></iframe><link rel="preconnect" href="http://{here}">
            <link rel="prefetch" href="http://{here}/prefetch">
            <script>
              new WebSocket("ws://{here}/socket");
              fetch("http://{here}/fetch", {{mode: "no-cors"}}).catch(() => 0);
              navigator.sendBeacon("http://{here}/beacon");
              new EventSource("http://{here}/events");
              new Worker(URL.createObjectURL(new Blob(["fetch('http://{here}/worker', {{mode: 'no-cors'}})"])));
              const peer = new RTCPeerConnection({{iceServers: [{{urls: "stun:{here}"}}]}});
              peer.createDataChannel("x");
              peer.createOffer().then((offer) => peer.setLocalDescription(offer));
              open("http://{here}/popup");
            </script>"""


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, heard: list[str]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._heard.append("datagram")


@pytest.fixture
async def inside(site: Site) -> AsyncIterator[Inside]:
    found = Inside(0)

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        found.heard.append(request.path)
        return web.Response(text="<title>inside</title>", content_type="text/html")

    async with serve(answer, ["inside.test"]) as server:
        found.port = server.plain_port
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(found.heard), local_addr=("127.0.0.1", found.port)
        )
        site.put("/redirect", status=302, Location=f"http://127.0.0.1:{found.port}/redirected")
        yield found
        transport.close()


async def _scan(instrument: Instrument, url: str) -> Records:
    records = Records()
    plan = Plan(url=url, states=("before",), pages=1, tool_version="0")
    await instrument.scan(plan, records, progress=lambda _: None, choose_documents=lambda _: ())
    return records


def _guarded(site: Site, mode: GuardMode) -> BrowserOptions:
    # Only what the site itself is: a rule for everything would lead every address to the site's own server.
    rules = site.host_rules.replace("MAP *:", "MAP *.test:")
    return BrowserOptions(host_rules=rules, ignore_https_errors=True, guard=mode)


@pytest.mark.browser
async def test_a_page_reaches_nothing_inside_and_everything_it_tried_is_recorded(site: Site, inside: Inside) -> None:
    site.put("/curious", inside.page())
    tried = ("literal", "decimal", "octal", "hexadecimal", "six", "mapped", "name", "under", "zero", "redirected")
    tried += ("frame", "socket", "fetch", "beacon", "events")
    async with open_instrument(_guarded(site, "given"), calibrate=False) as instrument:
        # In plain: a page over TLS would not even try.
        records = await _scan(instrument, f"http://{FIRST}/curious")
        assert inside.heard == []
        assert records.visit.error is None
        refused = {
            request.url.rpartition("/")[2]: request.failure
            for request in records.of(Request)
            if request.url.startswith(("http://", "ws://")) and f":{inside.port}/" in request.url
        }
        missing = [name for name in tried if "not a public address" not in (refused.get(name) or "")]
        assert not missing, refused
        hosts = {gap.message.rpartition(" ")[2] for gap in records.of(Gap) if gap.what == "guard"}
        assert {"127.0.0.1", "localhost", "any.localhost", "::1"} <= hosts
        redirected = await _scan(instrument, f"https://{FIRST}/redirect")
        assert inside.heard == []
        assert redirected.visit.error_kind == "private-address"
        assert redirected.all[-1].outcome == "failed"
        named = await _scan(instrument, f"http://localhost:{inside.port}/named")
        assert (named.visit.error, named.visit.title) == (None, "inside")
        asked = [request for request in named.of(Request) if "/named" in request.url]
        assert {request.remote_address for request in asked} == {f"127.0.0.1:{inside.port}"}


@pytest.mark.browser
async def test_as_a_service_even_a_named_host_is_refused_and_other_failures_keep_their_names(
    site: Site, inside: Inside
) -> None:
    async with open_instrument(_guarded(site, "public"), calibrate=False) as instrument:
        for host in ("localhost", "0x7f.1"):
            records = await _scan(instrument, f"http://{host}:{inside.port}/named")
            assert records.visit.error_kind == "private-address", host
        assert inside.heard == []
        for url, kind in (("https://nowhere.test/", "dns"), ("https://refused.test/", "refused")):
            records = await _scan(instrument, url)
            assert records.visit.error_kind == kind
            assert "SOCKS" not in records.request(url).failure


@pytest.mark.browser
async def test_without_a_guard_the_curious_page_gets_in(site: Site, inside: Inside) -> None:
    """The proof that the tests above can fail."""
    site.put("/curious", inside.page())
    async with open_instrument(_guarded(site, "off"), calibrate=False) as instrument:
        await _scan(instrument, f"http://{FIRST}/curious")
    assert {"/literal", "/octal", "/name", "/redirected", "/socket", "/beacon", "/frame", "datagram"} <= set(
        inside.heard
    )
