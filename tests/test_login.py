"""A site behind a login, scanned by visitors who are logged in; its secrets stand nowhere in what is written."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp import web

from scanner.config import Config
from scanner.config.fleet import Login, LoginStep, Secret
from scanner.judging import Done
from scanner.loopback import Loopback, serve
from scanner.model.base import UtcTime
from scanner.model.scan import Scan
from scanner.pipeline import scan_sites
from scanner.store import read_evidence

HOST = "www.members.test"
THIRD = "metrics.invalid"
START = f"https://{HOST}/"
PASSWORD = 'Grün & "süß"/42%'
SESSION = "s:Zk9+1/aa=.q7"
RENEWED = "s:Renewed+2/bb"
TOKEN = "tok-77aa88bb99cc"
MOMENT: UtcTime = "2026-11-22T09:30:00Z"

LOGIN_PAGE = """<!doctype html><title>Sign in</title><form method=post action=/session>
<input id=user name=user><input id=password name=password type=password><button>Go</button></form>"""

ACCOUNT = """<!doctype html><title>Your account</title><body data-token="{token}"><h1 id=hello>Hello</h1>
<a href="/orders?sid={session}">Orders</a> <a href="/cookies">Cookie policy</a>
<script>
localStorage.setItem('auth', JSON.stringify({{token: '{token}', theme: 'dark'}}));
const headers = {{Authorization: 'Bearer {token}'}};
fetch('/api', {{method: 'POST', headers, body: JSON.stringify({{p: {password}}})}});
new Image().src = 'https://{third}/hit?v=' + encodeURIComponent(btoa('x' + '{token}'));
navigator.sendBeacon('https://{third}/b', document.cookie + '{token}');
</script></body>"""


@dataclass
class Members:
    """A site that shows its pages to members alone, and repeats what it knows of them in every way it can."""

    host_rules: str = ""
    refused: list[str] = field(default_factory=list)
    hits: int = 0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer by host and path."""
        if request.host == THIRD:
            self.hits += 1
            return web.Response(
                headers={"Set-Cookie": "uid=0123456789abcdef0123; Secure; SameSite=None; Max-Age=9999999"}
            )
        if request.path == "/login":
            return web.Response(text=LOGIN_PAGE, content_type="text/html", headers={"Set-Cookie": "visited=login-page"})
        if request.path == "/session" and request.method == "POST":
            form = await web.Request.post(request)  # type: ignore[arg-type]
            if form.get("password") != PASSWORD:
                return web.Response(text=LOGIN_PAGE, content_type="text/html")
            return web.Response(
                status=303, headers={"Location": "/", "Set-Cookie": f"sid={quote(SESSION, safe='')}; Secure; HttpOnly"}
            )
        if request.path in ("/", "/orders", "/cookies"):
            return self._member(request)
        return web.Response(status=204)

    def _member(self, request: web.BaseRequest) -> web.StreamResponse:
        sent = re.search(r"(?:^|; )sid=([^;]*)", request.headers.get("Cookie", ""))
        if sent is None or sent[1] not in (quote(SESSION, safe=""), quote(RENEWED, safe="")):
            self.refused.append(request.path)
            return web.Response(status=302, headers={"Location": "/login"})
        text = ACCOUNT.format(token=TOKEN, session=quote(SESSION), third=THIRD, password=json.dumps(PASSWORD))
        if request.path == "/cookies":
            words = f"<p>We use cookies. Your password is {PASSWORD}, your token {TOKEN}.</p>" * 20
            text = f"<!doctype html><html lang=en><title>Cookie policy</title><h1>Cookie policy</h1>{words}</html>"
        answer = web.Response(text=text, content_type="text/html")
        if request.path != "/":  # a session is renewed as its owner goes on
            answer.headers.add("Set-Cookie", f"sid={quote(RENEWED, safe='')}; Secure; HttpOnly")
        return answer


@pytest.fixture
async def members() -> AsyncIterator[Members]:
    """The site, on loopback."""
    site = Members()
    server: Loopback
    async with serve(site.answer, (HOST, THIRD)) as server:
        site.host_rules = server.host_rules
        yield site


async def _scan(site: Members, login: Login, folder: Path, **options: object) -> Scan:
    config = Config.model_validate(
        {
            "host_rules": site.host_rules,
            "ignore_https_errors": True,
            "login": login,
            "pages": 3,
            "states": ("before",),
            "page_timeout": 10.0,
            **options,
        }
    )
    results: list[object] = []
    await scan_sites([START], config, lambda _: folder, lambda *_: None, lambda _, result: results.append(result))
    (done,) = results
    assert isinstance(done, Done), done
    return done.scan


def _steps(*last: LoginStep, password: str | None = None) -> Login:
    return Login(
        steps=(
            LoginStep(goto="/login"),
            LoginStep(fill="#user", value="anna"),
            LoginStep(fill="#password", value=password or Secret(env="MEMBERS_PASSWORD")),
            LoginStep(click="button"),
            *(last or (LoginStep(wait="#hello"), LoginStep(wait_url="/*"))),
        )
    )


def _forms(value: str) -> set[bytes]:
    """A secret as somebody who looks for it would."""
    data = value.encode()
    texts = {
        value,
        quote(value),
        quote(value, safe=""),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
    }
    texts |= {json.dumps(text, ensure_ascii=False)[1:-1] for text in texts}
    return {text.encode() for text in texts} | {base64.b64encode(data).rstrip(b"="), base64.urlsafe_b64encode(data)}


def _leaks(folder: Path, *values: str) -> list[str]:
    return [
        f"{path.relative_to(folder)}: {form!r}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for value in values
        for form in _forms(value)
        if form in path.read_bytes()
    ]


@pytest.mark.browser
async def test_steps_log_every_visitor_in_and_leave_no_secret(
    members: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMBERS_PASSWORD", PASSWORD)
    formats = ("csv", "har", "markdown", "sarif", "junit")
    scan = await _scan(members, _steps(), tmp_path, states=("before", "accept"), format=formats)
    assert scan.outcome == "complete", scan.problems
    assert members.refused == []
    assert {page.title for page in scan.pages} == {"Your account", "Cookie policy"}
    assert _leaks(tmp_path, PASSWORD, SESSION, RENEWED, TOKEN) == []
    assert base64.b64encode(f"x{TOKEN}".encode())[4:16] not in (tmp_path / "evidence/records.jsonl").read_bytes()
    assert b"[secret]" in (tmp_path / "evidence/records.jsonl").read_bytes()
    assert members.hits > 0


@pytest.mark.browser
async def test_a_recorded_login_is_no_doing_of_the_site_and_brings_no_answer_to_the_banner(
    members: Members, tmp_path: Path
) -> None:
    """What the recording held is written down by name; only what the site set again is the site's."""
    session = {"name": "sid", "value": quote(SESSION, safe=""), "domain": HOST, "path": "/"}
    analytics = {"name": "_ga", "value": "GA1.2.1234567890.1700000000", "domain": ".members.test", "path": "/"}
    mark = {"name": "qqmark", "value": "mark-1234567890", "domain": HOST, "path": "/"}
    answer = {"name": "CookieConsent", "value": "{stamp:'abc',marketing:true}", "domain": HOST, "path": "/"}
    items = [{"name": "auth", "value": json.dumps({"token": TOKEN})}, {"name": "theme", "value": "dark"}]
    recording = tmp_path / "state.json"
    recording.write_text(
        json.dumps(
            {"cookies": [session, analytics, mark, answer], "origins": [{"origin": START[:-1], "localStorage": items}]}
        )
    )
    folder = tmp_path / "scan"
    scan = await _scan(members, Login(storage_state=str(recording)), folder, pages=1)
    assert scan.outcome == "complete", scan.problems
    assert members.refused == []
    assert [cookie.name for cookie in scan.cookies] == ["uid"]
    assert scan.storage == ()
    evidence = read_evidence(folder).evidence
    (login,) = evidence.logins
    assert (login.how, [one.name for one in login.cookies]) == ("storage-state", ["sid", "qqmark"])
    assert [(one.origin, one.key) for one in login.items] == [(START[:-1], "auth"), (START[:-1], "theme")]
    kept = {cookie.name: cookie.value for jar in evidence.jars for cookie in jar.cookies}
    assert kept == {"sid": "[secret]", "qqmark": "[secret]", "uid": "0123456789abcdef0123"}
    assert _leaks(folder, SESSION, TOKEN, mark["value"], analytics["value"]) == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("last", "words"),
    [
        (LoginStep(wait="#hello"), "login step 5 of 5 (wait #hello): nothing that the selector fits became visible"),
        (LoginStep(click="body"), "after login step 5 the page still asks for a password"),
    ],
)
async def test_a_login_that_fails_says_at_which_step_and_no_page_is_visited(
    members: Members, tmp_path: Path, last: LoginStep, words: str
) -> None:
    """Here the password stands in the file as it is: it is kept out of the evidence because of its field."""
    scan = await _scan(
        members, _steps(last, password="wrong-Password-1"), tmp_path, page_timeout=2.0, states=("before", "reject")
    )
    assert scan.outcome == "failed"
    assert scan.summary.score is None
    assert scan.findings == ()
    assert {(problem.kind, problem.state) for problem in scan.problems} == {("login", "before"), ("login", "reject")}
    assert all(problem.message.startswith(words) for problem in scan.problems), scan.problems
    assert _leaks(tmp_path, "wrong-Password-1") == []


@pytest.mark.browser
async def test_a_secret_that_is_not_there_is_one_clear_line(members: Members, tmp_path: Path) -> None:
    scan = await _scan(members, _steps(), tmp_path)
    (problem,) = scan.problems
    where = "login step 3 of 6 (fill #password)"
    assert problem.message == f"{where}: the environment variable MEMBERS_PASSWORD, which holds a secret, is not set"


@pytest.mark.browser
async def test_pages_that_ask_are_told_where_the_visitor_is(tmp_path: Path) -> None:
    """In tabs that Playwright opened and in tabs that it did not."""
    script = """<!doctype html><title>Where</title><a href=/a>a</a><a href=/b>b</a><script>
    navigator.permissions.query({name: 'geolocation'}).then(p => navigator.geolocation.getCurrentPosition(
      at => { document.cookie = 'at=' + at.coords.latitude + '_' + at.coords.longitude + '_' + p.state }))</script>"""

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=script, content_type="text/html")

    async with serve(answer, (HOST,)) as server:
        options = {"host_rules": server.host_rules, "geolocation": (52.52, 13.405), "states": ("before",), "pages": 3}
        config = Config.model_validate({"ignore_https_errors": True, "tabs": 3, **options})
        await scan_sites([START], config, lambda _: tmp_path, lambda *_: None, lambda *_: None)
    jars = read_evidence(tmp_path).evidence.jars
    assert {cookie.value for jar in jars for cookie in jar.cookies} == {"52.52_13.405_granted"}
    assert len({jar.visit for jar in jars}) >= 3
