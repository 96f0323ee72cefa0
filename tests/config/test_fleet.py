"""scan.toml with sites that are watched: what it comes to, and how every mistake is told with its line."""

from __future__ import annotations

import gzip
import http.server
import threading
from pathlib import Path

import pytest

from scanner.config import Config, read_config
from scanner.config.fleet import Cadence, Fleet, HistoryPlace, Login, LoginStep, Secret, read_fleet
from scanner.config.fleet.index import MOST_BYTES, fetch_index, hosts_of
from scanner.config.fleet.reading import inspect_fleet
from scanner.config.fleet.surroundings import missing_files, missing_secrets
from scanner.config.fleet.tables import ScanToml
from scanner.config.reading import FLEET_TABLES, ScanTables, watches_sites
from scanner.errors import UsageError


def _file(folder: Path, text: str, **others: str) -> Path:
    for name, content in others.items():
        (folder / name.replace("_", ".")).write_text(content, encoding="utf-8")
    path = folder / "scan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _mistakes(path: Path) -> list[str]:
    return [str(mistake).removeprefix(f"{path.parent}/") for mistake in inspect_fleet(path).mistakes]


WHOLE = """
[scan]
pages = 3
states = "before"
policy = "policy.html"

[[accept]]
rule = "unknown-cookie"
subject = "*"
reason = "known"
until = 2030-01-01

[recipe."a.example"]
accept = "#a"

[defaults]
cadence = { every = "daily", timezone = "Europe/Berlin", jitter = "2h" }
notify = ["team"]
owner = "Team"
locale = "de-DE"
pages = 4

[[site]]
url = "https://www.a.example/"

[[site]]
name = "b"
url = ["b.example", "https://b.example/shop"]
cadence = "30 4 * * 1"
pages = 7
notify = []
owner = "Bea"
enabled = false
baseline = "old/b"
geolocation = [52.5, 13]
recipe."b.example" = { reject = "#b" }

[site.login]
storage_state = "logins/b.json"

[[site.accept]]
rule = "insecure-cookie"
subject = "x@b.example"
reason = "soon gone"
until = 2030-01-01

[[site]]
name = "c"
url = "https://c.example"
[site.login]
steps = [
  { goto = "/login" },
  { fill = "#password", value = { file = "secrets/c" } },
  { click = "button" },
  { wait_url = "*/account" },
]

[notify.team]
url = { env = "TEAM" }

[history]
database = "postgresql://scan@db.example/scans"
password = { env = "DB" }
reports = "s3://bucket/reports"
keep_days = 90

[worker]
slots = 2

[alerts]
quiet = "22:00-07:30"
timezone = "Europe/Berlin"

[serve]
host = "0.0.0.0"
users = { anna = { env = "ANNA" } }
"""


def test_each_site_has_what_stands_beneath_it(tmp_path: Path) -> None:
    fleet = read_fleet(_file(tmp_path, WHOLE))
    first, second, third = fleet.sites
    assert (first.name, first.url, first.owner, first.notify, first.enabled) == (
        "www.a.example",
        "https://www.a.example/",
        "Team",
        ("team",),
        True,
    )
    assert first.cadence == Cadence(expression="daily", timezone="Europe/Berlin", jitter_s=7200)
    assert (first.config.pages, first.config.states, first.config.locale) == (4, ("before",), "de-DE")
    assert (second.urls, second.config.urls, second.config.also) == (
        ("https://b.example/", "https://b.example/shop"),
        ("https://b.example/",),
        ("https://b.example/shop",),
    )
    assert second.cadence == Cadence(expression="30 4 * * 1", timezone="Europe/Berlin")
    assert (second.config.pages, second.notify, second.owner, second.enabled) == (7, (), "Bea", False)
    assert second.config.geolocation == (52.5, 13.0)
    assert [accept.rule for accept in second.config.accept] == ["unknown-cookie", "insecure-cookie"]
    assert set(second.config.recipe) == {"a.example", "b.example"}
    assert third.login == Login(
        steps=(
            LoginStep(goto="/login"),
            LoginStep(fill="#password", value=Secret(file=str(tmp_path / "secrets/c"))),
            LoginStep(click="button"),
            LoginStep(wait_url="*/account"),
        )
    )
    assert fleet.history.reports == "s3://bucket/reports"
    assert fleet.alerts.quiet_hours is not None and fleet.alerts.quiet_hours[1].minute == 30
    assert fleet.site("b") is second and fleet.site("B") is None


def test_files_that_it_names_lie_beside_it(tmp_path: Path) -> None:
    second = read_fleet(_file(tmp_path, WHOLE)).sites[1]
    assert second.config.policy == (str(tmp_path / "policy.html"),)
    assert second.config.baseline == str(tmp_path / "old/b")
    assert second.login == Login(storage_state=str(tmp_path / "logins/b.json"))


def test_a_single_scan_passes_over_what_is_watched(tmp_path: Path) -> None:
    path = _file(tmp_path, WHOLE + "\n[[site]]\nnonsense = 1\n")
    config = read_config(path)
    assert (config.pages, config.urls) == (3, ())
    assert [accept.rule for accept in config.accept] == ["unknown-cookie"]
    assert watches_sites(path)
    assert not watches_sites(_file(tmp_path, "[scan]\npages = 3\n[history]\n"))


def test_a_single_scan_may_log_in_too(tmp_path: Path) -> None:
    text = '[scan]\nalso = "https://a.example/b"\n[scan.login]\nsteps = [{ fill = "#a", value = { file = "s" } }]\n'
    config = read_config(_file(tmp_path, text))
    assert config.login is not None
    assert config.login.steps[0].value == Secret(file=str(tmp_path / "s"))
    assert config.also == ("https://a.example/b",)


def test_the_readers_of_one_scan_and_of_a_fleet_know_the_same_tables() -> None:
    assert {*FLEET_TABLES, *ScanTables.model_fields} == set(ScanToml.model_fields)


def test_without_a_file_nothing_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_fleet(None) == Fleet()
    with pytest.raises(UsageError, match=r"none\.toml: cannot be read"):
        read_fleet(tmp_path / "none.toml")


SITE = '[[site]]\nurl = "a.example"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[sevre]\n", "1: unknown key 'sevre'; did you mean 'serve'?"),
        (SITE + "stats = 'before'\n", "3: unknown key 'stats' in [[site]]; did you mean 'states'?"),
        (SITE + "\nsites = 'a.csv'\n", "4: 'sites' stands at the top of the file, before the first [table]"),
        ("[[site]]\nname = 'a'\n", "1: [[site]] needs 'url'"),
        ("[site]\nurl = 'a.example'\n", "1: site: each one is a table of its own: [[site]]"),
        ("site = [1]\n", "1: site: each one is a table of its own: [[site]]"),
        ("defaults = 1\n", "1: defaults: a table is needed: [defaults]"),
        (
            "[[site]]\nurl = [\n  'a.example',\n  'ftp://x',\n]\n",
            "2: url: 'ftp://x' is no web address: only http and https can be scanned",
        ),
        (
            "[[site]]\nurl = 'https://me:pw@a.example'\n",
            "2: url: an address with a user's name in it would stand in every report: use [site.login]",
        ),
        (SITE + "name = '../x'\n", "3: name: '../x' cannot be a site's name: 1 to 100 of a-z, A-Z, 0-9"),
        (SITE + "name = 'x\\n'\n".replace("'", '"'), "3: name: 'x\\n' cannot be a site's name: 1 to 100 of a-z"),
        (SITE + "cadence = '0 25 * * *'\n", "3: cadence: '0 25 * * *' is no cron expression: bad hour"),
        (
            "[defaults]\n\ncadence = { every = 'daily',\n timezone = 'Europe/Berln' }\n".replace(
                "\n timezone", " timezone"
            ),
            "3: defaults.cadence.timezone: 'Europe/Berln' is no time zone; did you mean 'Europe/Berlin'?",
        ),
        (
            SITE + "cadence = { every = 'daily', cron = '0 0 * * *' }\n",
            "3: cadence: a cadence has either `every` or `cron`",
        ),
        (
            SITE + "notify = 'mial'\n[notify.mail]\nurl = 'mailto://x'\n",
            "3: notify: there is no [notify.mial]; did you mean 'mail'?",
        ),
        (
            "[defaults]\nnotify = 'team'\n" + SITE,
            "2: notify: there is no [notify.team]; write a table [notify.team] with its `url`",
        ),
        (SITE + "viewport = [3]\n", "3: site.viewport: a value is missing: 2 or more are needed"),
        (
            SITE + "geolocation = [100, 3]\n",
            "3: geolocation: latitude is -90 to 90 degrees, longitude -180 to 180, in this order",
        ),
        (
            SITE + "[[site.accept]]\nrule = 'unknown-cokie'\nsubject = '*'\nreason = 'x'\nuntil = 2030-01-01\n",
            "4: accept.rule: 'unknown-cokie' is no rule",
        ),
        (
            SITE + SITE + "[[site.accept]]\nrules = 'x'\n",
            "6: unknown key 'rules' in [[site.accept]]; did you mean 'rule'?",
        ),
        (
            SITE + "[site.login]\nsteps = [\n  { goto = '/' },\n  { fill = '#a', valu = 'x' },\n]\n",
            "6: unknown key 'valu' in [[site.login.steps]]; did you mean 'value'?",
        ),
        (
            SITE + "[site.login]\nsteps = [\n  { goto = '/', click = '#a' },\n]\n",
            "5: login.steps: a login step does exactly one of goto, fill, click, wait, wait_url",
        ),
        (SITE + "[site.login]\n", "3: login: a login is either `storage_state` or `steps`"),
        (
            SITE + "[site.login]\nsteps = [{ fill = '#a', value = 3 }]\n",
            '4: login.steps.value: a text is needed, or a secret: { env = "NAME" } or { file = "path" }',
        ),
        (
            SITE + "[site.login]\nsteps = [{ fill = '#a', value = { env = 'A', file = 'b' } }]\n",
            '4: login.steps.value: a secret is { env = "NAME" } or { file = "path" }',
        ),
        ("[history]\npassword = 'geheim'\n", '2: history.password: a secret is { env = "NAME" } or { file = "path" }'),
        (
            "[history]\ndatabase = 'postgresql://u:geheim@h/d'\n",
            '2: history.database: a password stands in the address; write password = { env = "NAME" } instead',
        ),
        (
            "[worker]\nslots = 1\ndeadline_s = 5000\n",
            "1: worker: `deadline_s` must be shorter than `lease_s`: a run must end before it counts as lost",
        ),
        ("[alerts]\nquiet = '22-7'\n", '2: alerts.quiet: quiet hours are written as "22:00-07:00"'),
        (
            "[serve]\nhost = '0.0.0.0'\n",
            '1: serve: 0.0.0.0 can be reached from other machines: [serve.users] needs a NAME = { env = "PASSWORD" }',
        ),
        ("[scan]\naccept = []\n", "2: each accepted finding is a table of its own: [[accept]]"),
        ("sites = 'none.csv'\n", "1: sites: "),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_way_out(tmp_path: Path, text: str, told: str) -> None:
    path = _file(tmp_path, text)
    found = _mistakes(path)
    assert len(found) >= 1
    assert any(one.startswith(f"scan.toml:{told}") for one in found), found
    assert "geheim" not in "".join(found)
    with pytest.raises(UsageError, match=r"scan\.toml:\d+: "):
        read_fleet(path)


def test_every_mistake_is_told_in_the_order_of_lines(tmp_path: Path) -> None:
    text = '[scan]\npages = 0\n[[site]]\nurl = "a b"\n[[site]]\nurl = "c.example"\ntabs = "x"\n[worker]\nslots = 0\n'
    path = _file(tmp_path, text)
    assert [one.split(": ")[0] for one in _mistakes(path)] == [
        "scan.toml:2",
        "scan.toml:4",
        "scan.toml:7",
        "scan.toml:9",
    ]
    with pytest.raises(UsageError, match=r"scan.toml:2: .* \(and 3 more: cookie-scanner config check\)"):
        read_fleet(path)


def test_two_sites_of_one_name_are_a_mistake_also_where_only_a_file_system_takes_them_for_one(tmp_path: Path) -> None:
    text = SITE + '[[site]]\nurl = "https://a.example/de"\n' + '[[site]]\nname = "A.Example"\nurl = "b.example"\n'
    assert _mistakes(_file(tmp_path, text)) == [
        f"scan.toml:3: a second site of the name 'a.example', as in {tmp_path}/scan.toml:1; "
        "give each a name of its own with `name`",
        f"scan.toml:6: a second site of the name 'A.Example', as in {tmp_path}/scan.toml:1",
    ]


CSV = """\ufeffurl;name;pages;states;login.storage_state;cadence;viewport;notify;enabled

https://a.example/;a;4;before,accept;a.json;daily;390 844;team other;no
"https://b.example/ https://b.example/x";;;;;{ every = "weekly", jitter = "3h" };;;
;;;;;;;;
"""


def test_sites_from_a_table(tmp_path: Path) -> None:
    text = 'sites = ["clients.csv"]\n[defaults]\npages = 2\n[notify.team]\nurl = "json://x"\n[notify.other]\nurl = "json://y"'
    first, second = read_fleet(_file(tmp_path, text, clients_csv=CSV)).sites
    assert (first.name, first.config.pages, first.config.states, first.enabled) == ("a", 4, ("before", "accept"), False)
    assert (first.config.viewport, first.notify) == ((390, 844), ("team", "other"))
    assert first.login == Login(storage_state=str(tmp_path / "a.json"))
    assert (second.name, second.urls, second.config.pages) == (
        "b.example",
        ("https://b.example/", "https://b.example/x"),
        2,
    )
    assert second.cadence == Cadence(expression="weekly", jitter_s=10_800)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("url,page\na.example,3\n", "1: unknown key 'page' in the header row; did you mean 'pages'?"),
        (
            "url,login.storage_stat\n",
            "1: unknown key 'storage_stat' in [login] (column 'login.storage_stat'); did you mean 'storage_state'?",
        ),
        ("url,url\n", "1: column 'url' is there twice"),
        ("url,\n", "1: column 2 of the header row has no name"),
        ("name,pages\n", "1: the header row needs a column 'url'"),
        ("", "1: the header row needs a column 'url'"),
        ("url,pages\na.example,3\nb.example,four\n", "3: pages: Input should be a valid integer"),
        ('url,owner\na.example,"two\nlines"\nb.example,x,y\n', "4: 3 cells, but the header row has 2 columns"),
        ('url,owner\na.example,"two\nlines\n', "2: the row cannot be read"),
        ("url,owner\n,x\n", "2: [[site]] needs 'url'"),
        ("url,enabled\na.example,perhaps\n", "2: enabled: Input should be a valid boolean"),
        ("url,notify\na.example,nobody\n", "2: notify: there is no [notify.nobody]"),
        ("url\na.example\nhttps://a.example/x\n", "3: a second site of the name 'a.example'"),
    ],
)
def test_a_mistake_in_a_table_is_told_with_its_own_line(tmp_path: Path, text: str, told: str) -> None:
    found = _mistakes(_file(tmp_path, 'sites = "clients.csv"\n', clients_csv=text))
    assert len(found) == 1
    assert found[0].startswith(f"clients.csv:{told}"), found


INDEX = """<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc> https://www.a.example/sitemap.xml </loc></sitemap>
<sitemap><loc>https://www.a.example/more.xml</loc></sitemap>
<sitemap><loc>http://b.example:8080/s.xml</loc></sitemap>
<sitemap><loc>ftp://c.example/s.xml</loc></sitemap></sitemapindex>"""


def test_sites_from_an_index_are_its_hosts_but_for_those_that_are_declared(tmp_path: Path) -> None:
    text = (
        'sitemap_index = "index.xml"\n[defaults]\npages = 2\n[[site]]\nname = "own"\nurl = "https://www.a.example/x"\n'
    )
    own, found = read_fleet(_file(tmp_path, text, index_xml=INDEX)).sites
    assert own.name == "own"
    assert (found.name, found.url, found.config.pages) == ("b.example-8080", "http://b.example:8080/", 2)


def test_an_index_may_be_packed_or_a_plain_list_and_is_read_without_entities() -> None:
    both = ("https://www.a.example/", "http://b.example:8080/")
    assert hosts_of(gzip.compress(INDEX.encode()), "i") == both
    assert hosts_of(b"https://www.a.example/1\nhttp://b.example:8080/2\n", "i") == both
    bomb = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://a.example/&e;</loc></url></urlset>'
    with pytest.raises(UsageError, match="no address of a site"):
        hosts_of(bomb.encode(), "i")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<sitemapindex>\n<sitemap>", "i:2: cannot be read as a sitemap index"),
        (b"<html></html>", "no address of a site"),
        (b"\x1f\x8bnonsense", "cannot be unpacked"),
        (gzip.compress(b" " * (MOST_BYTES + 10)), "larger than"),
    ],
)
def test_what_is_no_index_is_told(data: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        hosts_of(data, "i")


def test_an_index_on_the_web_is_fetched_only_by_whom_is_told_to(tmp_path: Path) -> None:
    path = _file(tmp_path, 'sitemap_index = "https://a.example/index.xml"\n')
    inspection = inspect_fleet(path)
    assert (inspection.fleet.sites, inspection.unfetched) == ((), ("https://a.example/index.xml",))
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return INDEX.encode()

    assert [site.name for site in read_fleet(path, fetch).sites] == ["www.a.example", "b.example-8080"]
    assert asked == ["https://a.example/index.xml"]


class _Index(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/index.xml" else 404)
        self.end_headers()
        self.wfile.write(INDEX.encode())

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


def test_an_index_that_cannot_be_fetched_is_as_it_was_the_last_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with http.server.HTTPServer(("127.0.0.1", 0), _Index) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            assert fetch_index(f"{address}/index.xml") == INDEX.encode()
            with pytest.raises(UsageError, match=r"/none\.xml: cannot be fetched: Not Found"):
                fetch_index(f"{address}/none.xml")
        finally:
            server.shutdown()
            thread.join()
    assert fetch_index(f"{address}/index.xml") == INDEX.encode()
    with pytest.raises(UsageError, match="cannot be fetched"):
        fetch_index(f"{address}/other.xml")


# Secrets.


def test_a_secret_never_shows_its_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAM", "geheim-1")
    monkeypatch.setenv("DB", "geheim/2 @")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/c").write_text("geheim-3\n")
    fleet = read_fleet(_file(tmp_path, WHOLE))
    assert fleet.notify["team"].address() == "geheim-1"
    assert fleet.history.address() == "postgresql://scan:geheim%2F2%20%40@db.example/scans"
    login = fleet.sites[2].login
    assert login is not None and isinstance(login.steps[1].value, Secret)
    assert login.steps[1].value.value() == "geheim-3"
    shown = (repr(fleet), str(fleet), fleet.model_dump_json(), str(fleet.model_dump()), str(login.steps[1]))
    assert "geheim" not in "".join(shown)


def test_a_secret_that_cannot_be_had_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.delenv("MISSING", raising=False)
    (tmp_path / "nothing").write_text("\n")
    for secret, words in (
        (Secret(env="MISSING"), "the environment variable MISSING, which holds a secret, is not set"),
        (Secret(env="EMPTY"), "the environment variable EMPTY, which holds a secret, is empty"),
        (Secret(file=str(tmp_path / "none")), "cannot be read: No such file or directory"),
        (Secret(file=str(tmp_path / "nothing")), "is empty"),
    ):
        with pytest.raises(UsageError, match=words):
            secret.value()


def test_the_database_may_be_a_secret_altogether(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_URL", "postgresql://u:p@h/d")
    assert HistoryPlace(database=Secret(env="DB_URL")).address() == "postgresql://u:p@h/d"
    assert HistoryPlace().address() == "reports/history.db"


def test_what_is_not_there_is_told_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEAM", "DB", "ANNA"):
        monkeypatch.delenv(name, raising=False)
    inspection = inspect_fleet(_file(tmp_path, WHOLE))
    assert inspection.mistakes == ()
    lines = WHOLE.splitlines()
    files = [(lines[one.line - 1], one.message) for one in missing_files(inspection)]
    assert files == [
        ('policy = "policy.html"', f"policy: {tmp_path}/policy.html is not there"),
        ('baseline = "old/b"', f"baseline: {tmp_path}/old/b is not there"),
    ]
    secrets = [lines[one.line - 1] for one in missing_secrets(inspection)]
    assert secrets == [
        "[site.login]", "[site.login]", 'url = { env = "TEAM" }', 'password = { env = "DB" }',
        'users = { anna = { env = "ANNA" } }',
    ]  # fmt: skip


def test_the_configuration_of_a_scan_can_be_changed_with_a_login_in_it() -> None:
    login = Login(steps=(LoginStep(fill="#a", value=Secret(env="A")),))
    assert Config.model_validate({**Config(login=login).model_dump(), "pages": 2}).login == login
