"""The dashboard refuses what a stranger should not do."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from scanner.config.fleet import Serve
from scanner.dashboard import Parts, Password, build_app
from scanner.dashboard.entrance import inside
from scanner.dashboard.hosts import Hosts
from scanner.errors import UsageError
from scanner.model.inventory import Problem
from scanner.store.history import open_history
from scanner.store.places import open_place
from tests.dashboard import watched
from tests.dashboard.asking import HASH, ORIGIN, PASSWORD, Answer, Visitor, token_in
from tests.dashboard.conftest import NAMES, Clock, Known, Open, Scans
from tests.report import samples

SITE = NAMES[0]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8484",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.0.2.1",
        "",
        "localhost@evil.example",
        "[::1",
        "127.0.0.1, evil.example",
        "evil.example/127.0.0.1",
    ],
)
def test_a_name_pointed_at_loopback_gets_no_answer(opened: Open, host: str) -> None:
    """DNS rebinding: the request arrives, but under a name that is not this machine's."""
    answer = opened().get("/", headers={"host": host})
    assert answer.status == 421
    assert SITE not in answer.text


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8484", "localhost", "LOCALHOST:9000", "watch.localhost", "[::1]:8484", "127.0.0.5"]
)
def test_this_machine_is_answered_under_all_its_own_names(opened: Open, host: str) -> None:
    """Also through a tunnel, which changes the port."""
    assert opened().get("/", headers={"host": host}).status == 200


def test_two_host_headers_are_refused() -> None:
    """No proxy and server can be made to read different ones."""
    hosts = Hosts("127.0.0.1")
    assert hosts.answers("localhost")
    assert not hosts.answers("localhost,evil.example")


def test_beyond_loopback_it_does_not_start_without_users(known: Known) -> None:
    """Nor where a name is given under which others reach it through a proxy."""
    place = open_place(known.reports)
    with pytest.raises(UsageError, match=r"serve\.users"):
        build_app(Parts(watched.fleet(NAMES), known.history, place, host="0.0.0.0"))
    with pytest.raises(UsageError, match=r"serve\.users"):
        build_app(Parts(watched.fleet(NAMES), known.history, place, names=("watch.example",)))
    with pytest.raises(UsageError, match=r"serve\.users"):
        build_app(Parts(watched.fleet(NAMES), known.history, place, host="::"))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"/sites/{SITE}",
        "/search?text=ga",
        "/sites.csv",
        f"/sites/{SITE}/cookies.csv",
        "/scans/1/report.html",
        f"/sites/{SITE}/compare?old=1&new=2",
        "/runs/x",
        "/nowhere",
        "//",
        "/login/../",
        "/static/../sites.csv",
    ],
)
def test_without_a_session_nothing_is_seen(guarded: Visitor, path: str) -> None:
    """Every page leads to the form, with nothing of the history in the answer."""
    answer = guarded.get(path)
    assert answer.status in (303, 404)
    assert answer.status == 404 or answer.headers["location"].startswith("/login")
    assert "shop-" not in answer.text


def test_metrics_want_a_password_too(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program sends it with each request; health is open and says no more than whether all is well."""
    monkeypatch.setenv("WATCH_PASSWORD", HASH)
    serve = {"host": "192.0.2.10", "users": {"ada": {"env": "WATCH_PASSWORD"}}}
    client = opened(serve, metrics=lambda: b"up 1\n")
    assert client.get("/metrics").status == 401

    def asked(name: str, password: str) -> Answer:
        packed = base64.b64encode(f"{name}:{password}".encode()).decode()
        return client.get("/metrics", headers={"authorization": f"Basic {packed}"})

    assert asked("ada", "wrong").status == 401
    assert asked("bob", PASSWORD).status == 401
    assert asked("ada", PASSWORD).text == "up 1\n"
    assert client.get("/metrics", headers={"authorization": "Basic %%%"}).status == 401
    assert json.loads(client.get("/healthz").text) == {"status": "ok"}


def test_a_login_opens_the_pages_and_a_logout_ends_it_everywhere(guarded: Visitor) -> None:
    """The cookie of a session that was ended is worth nothing, wherever it was kept."""
    answer = guarded.login(next_=f"/sites/{SITE}")
    assert (answer.status, answer.headers["location"]) == (303, f"/sites/{SITE}")
    page = guarded.get("/")
    assert page.status == 200
    kept = dict(guarded.cookies)
    assert guarded.post("/logout", {"token": token_in(page.text)}).status == 303
    guarded.cookies = kept
    assert guarded.get("/").status == 303


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(guarded: Visitor) -> None:
    """And goes over an encrypted connection only, where there is one."""
    (line,) = [line for line in guarded.login().set_cookies if line.startswith("cookie_watch_8484=")]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(line.split("; "))
    assert "Secure" not in line
    guarded.cookies.clear()
    behind = {"x-forwarded-proto": "https"}  # as a proxy on this machine says
    page = guarded.get("/login", behind)
    form = {"token": token_in(page.text), "name": "ada", "password": PASSWORD}
    answer = guarded.post("/login", form, behind | {"origin": "https://127.0.0.1:8484"})
    assert answer.status == 303
    assert all("; Secure" in line for line in (*page.set_cookies, *answer.set_cookies))


def test_a_forged_cookie_is_no_session(guarded: Visitor) -> None:
    """Neither one that names a user, nor a visitor's whose words were changed, nor a session's under the other name."""
    guarded.get("/login")
    visitor = guarded.cookies["cookie_watch_8484_visit"]
    body, _, signature = visitor.partition(".")
    held = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps([held[0], "ada"]).encode()).decode().rstrip("=")
    for value in (f"{forged}.{signature}", f"{forged}.", forged, visitor, "x.y", "." * 50, "ä.b"):
        answer = guarded.get("/", headers={"cookie": f"cookie_watch_8484={value}"})
        assert answer.status == 303


def test_a_session_ends_by_itself(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """After twelve hours."""
    monkeypatch.setenv("WATCH_PASSWORD", HASH)
    clock = Clock()
    client = opened({"host": "192.0.2.10", "users": {"ada": {"env": "WATCH_PASSWORD"}}}, clock=clock)
    client.login()
    clock.now += 11.9 * 3600
    assert client.get("/").status == 200
    clock.now += 0.2 * 3600
    assert client.get("/").status == 303


def test_a_login_changes_the_session(guarded: Visitor) -> None:
    """What a stranger may have put into a browser before is no session afterwards."""
    guarded.get("/login")
    before = dict(guarded.cookies)
    guarded.login()
    assert guarded.cookies["cookie_watch_8484"] not in before.values()


def test_guessing_is_stopped_and_the_right_password_waits_too(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight wrong ones within five minutes from one address; then one has to wait, and then it goes on."""
    monkeypatch.setenv("WATCH_PASSWORD", HASH)
    clock = Clock()
    client = opened({"host": "192.0.2.10", "users": {"ada": {"env": "WATCH_PASSWORD"}}}, clock=clock)
    for _ in range(8):
        assert client.login(password="wrong").status == 403
    answer = client.login()
    assert answer.status == 429
    assert 0 < int(answer.headers["retry-after"]) <= 300
    clock.now += 301
    assert client.login().status == 303


def test_a_right_password_is_not_counted_as_a_guess(guarded: Visitor) -> None:
    """Nobody locks themselves out by coming in often."""
    for _ in range(12):
        guarded.cookies.clear()
        assert guarded.login().status == 303


@pytest.mark.parametrize(
    "next_",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "\\\\evil.example",
        "/%09/evil.example\t",
        "///evil.example",
        "javascript:alert(1)",
        "/\n/evil.example",
        " //evil.example",
        "http:evil.example",
        "evil.example",
        "/" + "a" * 3000,
    ],
)
def test_after_a_login_nobody_is_led_elsewhere(guarded: Visitor, next_: str) -> None:
    """The page to go on to is one of ours, whatever a link to the form says."""
    answer = guarded.login(next_=next_)
    assert answer.status == 303
    parts = urlsplit(answer.headers["location"])
    assert (parts.scheme, parts.netloc) == ("", "")
    assert answer.headers["location"].startswith("/")
    assert not answer.headers["location"].startswith(("//", "/\\"))


def test_our_own_pages_may_be_gone_on_to() -> None:
    """With their query."""
    for address in ("/", "/sites/shop-001", "/search?text=_ga&kind=cookie&page=2", "/sites/a%20b/compare?old=1&new=2"):
        assert inside(address) == address


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://127.0.0.1:8484.evil.example"},
        {"origin": "http://127.0.0.1:8484", "sec-fetch-site": "cross-site"},
        {"origin": "http://127.0.0.1:8484", "sec-fetch-site": "same-site"},
        {"sec-fetch-site": "same-origin"},
    ],
)
def test_a_form_of_another_site_starts_nothing(opened: Open, known: Known, headers: dict[str, str]) -> None:
    """Even with the right token: where it comes from must be ours."""
    scans = Scans(known.history)
    client = opened({"scans": True}, begin=scans)
    token = token_in(client.get(f"/sites/{SITE}").text)
    assert client.post(f"/sites/{SITE}/scan", {"token": token}, headers).status == 403
    assert scans.begun == []


@pytest.mark.parametrize("form", [{}, {"token": ""}, {"token": "x"}, {"token": "é"}])
def test_a_form_without_the_right_token_starts_nothing(opened: Open, known: Known, form: dict[str, str]) -> None:
    """The token belongs to the visitor's cookie."""
    scans = Scans(known.history)
    client = opened({"scans": True}, begin=scans)
    client.get(f"/sites/{SITE}")
    assert client.post(f"/sites/{SITE}/scan", form).status == 403
    assert scans.begun == []


def test_a_token_of_another_visitor_is_worth_nothing(opened: Open, known: Known) -> None:
    """An attacker's own token does not fit the victim's cookie."""
    scans = Scans(known.history)
    client = opened({"scans": True}, begin=scans)
    stolen = token_in(client.get(f"/sites/{SITE}").text)
    client.cookies.clear()
    client.get(f"/sites/{SITE}")
    assert client.post(f"/sites/{SITE}/scan", {"token": stolen}).status == 403
    assert scans.begun == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"token": "x"}', "application/json"),
        (b"token=x", "text/plain"),
        (b"token=" + b"x" * 100_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % number for number in range(1000)), "application/x-www-form-urlencoded"),
        (b"token=\xff\xfe", "application/x-www-form-urlencoded"),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(opened: Open, known: Known, content: bytes, kind: str) -> None:
    """Other kinds of bodies, endless ones, ones with a thousand fields."""
    client = opened({"scans": True}, begin=Scans(known.history))
    client.get(f"/sites/{SITE}")
    answer = client.ask("POST", f"/sites/{SITE}/scan", ORIGIN | {"content-type": kind}, content)
    assert answer.status in (400, 403, 413, 415)


@pytest.mark.parametrize(
    "name",
    [
        "127.0.0.1",
        "169.254.169.254",
        "http:%2F%2F127.0.0.1%2F",
        "localhost",
        "shop-999",
        "..%2F..%2Fetc",
        "%00",
        "shop-001%0d%0a",
    ],
)
def test_only_sites_of_the_configuration_can_be_started(opened: Open, known: Known, name: str) -> None:
    """No address can be given: what is scanned is what scan.toml says of a name."""
    scans = Scans(known.history)
    client = opened({"scans": True}, begin=scans)
    token = token_in(client.get(f"/sites/{SITE}").text)
    form = {"token": token, "url": "http://169.254.169.254/", "site": "http://127.0.0.1/"}
    assert client.post(f"/sites/{name}/scan", form).status == 404
    assert scans.begun == []


def test_a_site_that_only_the_history_knows_cannot_be_started(opened: Open, known: Known) -> None:
    """Once it has left the configuration it is shown and no more."""
    scans = Scans(known.history)
    client = opened(fleet=watched.fleet(NAMES[1:], scans=True), begin=scans)
    page = client.get(f"/sites/{SITE}")
    assert "no longer in the configuration" in page.text
    assert "Scan now" not in page.text
    token = token_in(client.get(f"/sites/{NAMES[1]}").text)
    assert client.post(f"/sites/{SITE}/scan", {"token": token}).status == 404


def test_it_only_reads_unless_it_is_told_otherwise(opened: Open, known: Known) -> None:
    """Without `scans = true` there is no form and no address that starts anything."""
    scans = Scans(known.history)
    client = opened({}, begin=scans)
    assert "Scan now" not in client.get(f"/sites/{SITE}").text
    assert client.post(f"/sites/{SITE}/scan", {"token": "x"}).status == 404
    for path in ("/", f"/sites/{SITE}", "/scans/1/report.html", "/search", "/sites.csv"):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert client.ask(method, path, ORIGIN).status == 405
    assert scans.begun == []


@pytest.mark.parametrize(
    "path",
    [
        "/scans/1/../../../../etc/passwd",
        "/scans/1/..%2f..%2fhistory.db",
        "/scans/1/%2e%2e/history.db",
        "/scans/1/evidence%2frecords.jsonl",
        "/scans/1/.drafts",
        "/scans/1/report.html%00.png",
        "/scans/-1/report.html",
        "/scans/99999999999999999999/report.html",
        "/scans/1e3/report.html",
        "/scans/%D9%A1/report.html",
        "/sites/..%2f..%2fetc%2fpasswd",
        "/sites/%2e%2e/shop-001",
        "/sites/shop-001%2f..%2fshop-002",
        "/sites/shop-001/..%2f..%2fhistory.csv",
        "/static/../pages.py",
        "/static/%2e%2e/pages.py",
        "/sites/shop-001/compare?old=../1&new=2",
        "/sites/shop-001/compare?old=1",
        "/sites/'%20OR%201=1--",
    ],
)
def test_no_path_leads_out(opened: Open, path: str) -> None:
    """Neither in a file's name nor in a site's, a scan's number or a table's."""
    answer = opened().get(path)
    assert answer.status == 404
    assert "root:" not in answer.text


def test_two_scans_of_different_sites_are_not_compared(opened: Open, known: Known) -> None:
    """A comparison is of one site, the one in the address."""
    other = known.history.scans(NAMES[1], limit=1)[0].id
    own = known.history.scans(SITE, limit=1)[0].id
    assert opened().get(f"/sites/{SITE}/compare?old={other}&new={own}").status == 404


@pytest.mark.parametrize(
    "location", ["../outside", "/etc", "a/../../outside", "C:\\x", "s3://other/x", "", "a\0b", "link"]
)
def test_a_location_in_the_database_leads_nowhere_either(opened: Open, tmp_path: Path, location: str) -> None:
    """A database that was tampered with, and a link among the folders, give no file from elsewhere."""
    reports, outside = tmp_path / "reports", tmp_path / "outside"
    reports.mkdir()
    outside.mkdir()
    (outside / "report.html").write_text("secret", encoding="utf-8")
    (reports / "link").symlink_to(outside)
    history = open_history(str(tmp_path / "history.db"))
    run = watched.Run(site=SITE, due="2026-11-01T00:00:00Z")
    recorded = history.record(samples.shop(), run=run, url=samples.HOME, location=location)
    client = opened(past=history, place=open_place(reports))
    answer = client.get(f"/scans/{recorded.row.id}/report.html")
    assert answer.status == 404
    assert "secret" not in answer.text
    history.close()


_SHOWN = ("/", f"/sites/{SITE}", "/search?text=a", "/search?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "/nowhere")


def _tags(page: str) -> set[str]:
    return set(re.findall(r"<([a-zA-Z][a-zA-Z0-9]*)", page))


_OURS = {
    "html", "head", "meta", "title", "link", "body", "a", "div", "header", "p", "nav", "ul", "li", "main", "section",
    "h1", "h2", "h3", "dl", "dt", "dd", "form", "label", "input", "select", "option", "button", "table", "caption",
    "thead", "tbody", "tr", "th", "td", "span", "br", "svg", "path", "rect", "desc", "details", "summary", "figure",
    "figcaption", "strong", "time", "ol", "footer", "code",
}  # fmt: skip


def test_what_strangers_wrote_does_nothing_on_any_page(opened: Open, tmp_path: Path) -> None:
    """Names of cookies, companies, titles, problems with markup in them: text they are, and text they stay."""
    history = open_history(str(tmp_path / "history.db"))
    problem = Problem(url=samples.EVIL_URL, kind="refused", message=samples.ATTACK)
    lost = samples.failed().model_copy(update={"problems": (problem,)})
    for day, scan in (("01", samples.shop()), ("02", samples.hostile()), ("03", lost)):
        run = watched.Run(site=SITE, due=f"2026-11-{day}T00:00:00Z")
        owner, url = samples.ATTACK, samples.EVIL_URL
        history.record(scan, run=run, url=url, location=f"{SITE}/{day}", owner=owner)
    client = opened(past=history, fleet=watched.fleet([]))
    for path in (*_SHOWN, "/search?text=cmd", f"/?{urlencode({'text': samples.ATTACK, 'owner': samples.ATTACK})}"):
        answer = client.get(path)
        assert _tags(answer.text) <= _OURS, path
        assert not re.search(r"<[^>]*\son[a-z]+=", re.sub(r'"[^"]*"', '""', answer.text))
        assert not re.search(r"""(href|src|action)=["']?\s*(javascript|data|vbscript):""", answer.text, re.I)
        assert "style=" not in answer.text
        assert "\u202e" not in answer.text
    assert "cmd|" in html.unescape(client.get("/search?text=cmd").text)
    history.close()


def test_no_cell_of_a_table_is_a_formula(opened: Open, tmp_path: Path) -> None:
    """A spreadsheet shows what strangers wrote and never calculates it."""
    history = open_history(str(tmp_path / "history.db"))
    run = watched.Run(site=SITE, due="2026-11-01T00:00:00Z")
    history.record(samples.hostile(), run=run, url="=1+1", location=f"{SITE}/1", owner="@SUM(A1)")
    client = opened(past=history, fleet=watched.fleet([]))
    tables = [
        f"/sites/{SITE}/{name}.csv" for name in ("scans", "findings", "cookies", "companies", "changes", "policies")
    ]
    for path in ("/sites.csv", "/search.csv?text=cmd", *tables):
        answer = client.get(path)
        assert answer.status == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    history.close()


@pytest.mark.parametrize("path", [*_SHOWN, "/healthz", "/static/style.css", "/login", "/scans/0/report.html"])
def test_every_answer_has_the_headers_that_close_it(opened: Open, path: str) -> None:
    """No script, no frame around it, no guessing of types, nothing told to other sites."""
    headers = opened().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy and "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers


def test_a_report_is_served_in_a_sandbox(opened: Open, known: Known) -> None:
    """It is a page of no origin, and runs no script but those of this program, known by their sums."""
    scan = known.history.scans(SITE, limit=1)[0]
    answer = opened().get(f"/scans/{scan.id}/report.html")
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; script-src 'sha256-")
    assert "allow-same-origin" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert "connect-src" not in policy and "form-action 'none'" in policy
    data = opened().get(f"/scans/{scan.id}/scan.json")
    assert data.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
    ],
)
def test_another_site_may_link_here_and_no_more(opened: Open, headers: dict[str, str]) -> None:
    """It cannot load pages as pictures, scripts or frames, and so not measure them either."""
    client = opened()
    assert client.get("/sites.csv", headers=headers).status == 403
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/", headers=link).status == 200


def test_a_defect_tells_a_stranger_nothing(opened: Open) -> None:
    """The page of an error has no details, and the same headers."""

    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("/secret/path password=x")

    answer = opened(past=Broken()).get("/")
    assert answer.status == 500
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_password_is_kept_as_a_hash_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hashes of one password differ, both fit it, and nothing else does; a damaged one is told in a line."""
    one, two = Password.of(PASSWORD), Password.of(PASSWORD)
    assert one.text != two.text
    assert PASSWORD not in one.text
    assert Password.read(one.text).fits(PASSWORD) and Password.read(PASSWORD).fits(PASSWORD)
    assert not one.fits(PASSWORD.upper()) and not one.fits("")
    for damaged in (
        "scrypt$",
        "scrypt$1$2$3$x$y",
        one.text[:-10],
        "scrypt$1073741824$8$1$AAAA$AAAA",
        "scrypt$a$b$c$d$e$f",
    ):
        with pytest.raises(UsageError, match="hash is damaged"):
            Password.read(damaged)


def test_the_configuration_never_holds_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is dumped or logged of it names the variable only."""
    monkeypatch.setenv("WATCH_PASSWORD", PASSWORD)
    serve = Serve.model_validate({"users": {"ada": {"env": "WATCH_PASSWORD"}}})
    assert PASSWORD not in repr(serve) + serve.model_dump_json()
