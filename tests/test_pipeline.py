"""The whole road and its second half: a scan of a real server, and an audit of what it recorded."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from scanner.classify import load_catalogue
from scanner.config import Config
from scanner.config.address import target_url
from scanner.demo import serve_demo
from scanner.errors import UsageError
from scanner.judging import Done, audit, judge
from scanner.model.scan import Scan
from scanner.pipeline import scan_sites
from scanner.report import scan_schema
from scanner.store import read_evidence

ROOT = Path(__file__).resolve().parent.parent

PRODUCED = (
    "scan.json",
    "report.html",
    "declaration.html",
    "declaration.csv",
    "cookies.csv",
    "findings.csv",
    "evidence/records.jsonl",
    "evidence/manifest.json",
)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One demonstration site scanned once, in the three usual states."""
    folder = tmp_path_factory.mktemp("scan")
    results: list[object] = []

    async def run() -> None:
        async with serve_demo(["laden-berlin"]) as server:
            config = Config(host_rules=server.host_rules, ignore_https_errors=True, pages=3)
            await scan_sites(
                [server.sites[0].start], config, lambda _: folder, lambda *_: None, lambda _, done: results.append(done)
            )

    asyncio.run(run())
    assert len(results) == 1
    assert isinstance(results[0], Done), results
    return folder


@pytest.mark.browser
def test_a_scan_leaves_every_file_of_the_contract(scanned: Path) -> None:
    assert [name for name in PRODUCED if not (scanned / name).is_file()] == []
    assert list((scanned / "screenshots").iterdir()) != []


@pytest.mark.browser
def test_scan_json_keeps_its_schema_and_reads_back(scanned: Path) -> None:
    text = (scanned / "scan.json").read_text(encoding="utf-8")
    jsonschema.validate(json.loads(text), scan_schema())
    scan = Scan.model_validate_json(text)
    assert scan.outcome == "complete"
    assert all(scan.states[state].reached for state in ("before", "accept", "reject"))
    assert scan.states["reject"].choice.verified
    assert {page.url for page in scan.pages if page.state == "accept"} == {
        page.url for page in scan.pages if page.state == "reject"
    }


@pytest.mark.browser
def test_an_audit_of_the_evidence_gives_the_same_bytes_elsewhere(scanned: Path, tmp_path: Path) -> None:
    copied = tmp_path / "moved" / "evidence-of-it"
    shutil.copytree(scanned, copied)
    audit(copied, Config(), load_catalogue(), out=tmp_path / "again")
    for name in ("scan.json", "report.html", "declaration.html", "cookies.csv", "findings.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (scanned / name).read_bytes(), name


@pytest.mark.browser
def test_an_audit_takes_another_policy(scanned: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.md"
    policy.write_text("# Cookie policy\n\nThis website uses no cookies at all. We do not use any tracking.\n")
    done = audit(scanned, Config(), load_catalogue(), out=tmp_path / "other", policy=(str(policy),))
    assert [source.url for source in done.scan.declaration.sources] == [str(policy)]
    broken = {finding.subject for finding in done.scan.findings if finding.rule == "promise-broken"}
    assert "no_cookies" in broken
    with pytest.raises(UsageError, match="offline"):
        audit(scanned, Config(), load_catalogue(), out=tmp_path / "x", policy=("https://shop.example/p",))


@pytest.mark.browser
def test_an_audit_runs_without_a_browser_or_its_driver(scanned: Path, tmp_path: Path) -> None:
    """The second half never imports Playwright's driver nor opens a socket."""
    program = f"""
import socket, sys
def refuse(*_): raise AssertionError("an audit opened a socket")
socket.socket.connect = refuse
from scanner.cli import main
sys.argv = ["cookie-scanner", "audit", {str(scanned)!r}, "--out", {str(tmp_path / "out")!r}, "--quiet"]
main()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.html").is_file()


@pytest.mark.browser
def test_what_could_not_be_read_is_said_on_the_terminal(scanned: Path, tmp_path: Path) -> None:
    """Findings that are missing for it must not look like a clean site, also where only the result is shown."""
    copy = tmp_path / "scan"
    shutil.copytree(scanned, copy)
    log = copy / "evidence" / "records.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([*lines[:20], b"not json\n", *lines[21:]]))
    (tmp_path / "policy.pdf").write_bytes(b"%PDF-1.4\nno more of it")
    command = [sys.executable, "-m", "scanner", "audit", str(copy), "--policy", str(tmp_path / "policy.pdf"), "--quiet"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "out")], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [line.partition(":")[0] for line in sorted(done.stderr.splitlines())] == [
        "the evidence is damaged",
        "the evidence was changed",
        "the policy was not read",
    ]


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("shop.example", "https://shop.example/"),
        (" http://shop.example/a?b ", "http://shop.example/a?b"),
        ("https://shop.example:8443", "https://shop.example:8443/"),
        ("https://münchen.example/ä?ö", "https://xn--mnchen-3ya.example/ä?ö"),
        ("STRAẞE.example:8443", "https://xn--strae-oqa.example:8443/"),
        ("https://हिन्दी.example/", "https://xn--j2bd4cyah0f.example/"),
        ("https://Anna:Geheim@münchen.example/", "https://Anna:Geheim@xn--mnchen-3ya.example/"),
    ],
)
def test_an_address_is_understood_as_people_type_it(typed: str, url: str) -> None:
    assert target_url(typed) == url


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ftp://a.example/",
        "https://",
        "https://a b/",
        "javascript:alert(1)",
        "https://x:y/",
        "htp:/x",
        "https://ü_b.example/",
    ],
)
def test_what_is_no_web_address_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        target_url(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "mailto:a@shop.example",
        "about:blank",
        "data:text/html,x",
        "../etc",
        "a..b.example",
        "-",
        "-a.example",
        "https://a-.example/",
        "https://%77ww.example/",
        "https://.example/",
        "https://shop.example/\x1b[31mred",
        "https://x:y/",
    ],
)
def test_what_only_looks_like_an_address_is_refused_in_plain_words(typed: str) -> None:
    with pytest.raises(UsageError, match=r"is no web address: (only http|write something)"):
        target_url(typed)


@pytest.mark.parametrize(
    "url",
    [
        "https://[::1]:8443/",
        "https://127.0.0.1/",
        "https://a_b.example/",
        "http://localhost/",
        "https://shop.example./",
        "https://xn--mnchen-3ya.example/",
        "https://a--b.example/",
        "http://u:p@shop.example/",
    ],
)
def test_unusual_hosts_are_addresses_too(url: str) -> None:
    assert target_url(url) == url


def test_one_policy_beyond_all_measure_does_not_spoil_the_others() -> None:
    """It is told as a problem, and the declaration is what the others say."""
    evidence = read_evidence(next((ROOT / "fixtures" / "evidence").iterdir())).evidence
    good = evidence.documents[0]
    huge = good.model_copy(update={"url": "https://huge.example/", "text": "<p>cookie policy</p>" * 200_000})
    catalogue = load_catalogue()
    alone = judge(evidence, [good], catalogue)
    both = judge(evidence, [good, huge], catalogue)
    assert both.declaration == alone.declaration
    assert [problem.url for problem in both.problems if problem.kind == "policy"] == ["https://huge.example/"]
