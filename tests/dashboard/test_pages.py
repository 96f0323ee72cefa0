"""What the pages say: the right sites in the right order, figures of the history, tables to take away."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

from scanner.dashboard.charts import Measured, Series, ceiling, small_bars, stacked, stepped
from scanner.dashboard.links import folders_of
from scanner.dashboard.overview import Asked, overview
from scanner.dashboard.searching import Wanted, search
from scanner.dashboard.site_page import site_page
from scanner.model.watch import SITE_STATES
from scanner.store.history import HistoryError, open_history
from scanner.store.places import open_place
from tests.dashboard import watched
from tests.dashboard.conftest import NAMES, Known, Open
from tests.report import samples


def _names(page: str) -> list[str]:
    return re.findall(r'class="site" href="/sites/([^"]+)"', page)


def test_the_sites_that_need_action_come_first(opened: Open, known: Known) -> None:
    """All sites stand there, worst first, and a configured one without a scan last."""
    client = opened(fleet=watched.fleet([*NAMES, "new-shop"]))
    page = client.get("/").text
    states = {row.name: row.state for row in known.history.sites()}
    shown = _names(page)
    assert sorted(shown) == sorted([*NAMES, "new-shop"])
    assert shown[-1] == "new-shop"
    ranks = [SITE_STATES.index(states[name]) for name in shown[:-1]]
    assert ranks == sorted(ranks)


def test_sites_are_filtered_by_words_owner_and_state(opened: Open, known: Known) -> None:
    """Each alone and together; the count says how many of how many."""
    client = opened()
    assert _names(client.get(f"/?text={NAMES[2]}").text) == [NAMES[2]]
    assert _names(client.get("/?text=BRAND+north").text) == _names(client.get("/?owner=Brand+North").text) != []
    states = {row.name: row.state for row in known.history.sites()}
    state = states[NAMES[0]]
    page = client.get(f"/?state={state}").text
    assert sorted(_names(page)) == sorted(name for name in NAMES if states[name] == state)
    assert f"{len(_names(page))} of {len(NAMES)} sites" in page or len(_names(page)) == len(NAMES)
    assert "No site fits" in client.get("/?text=nothing+has+this+name").text


@pytest.mark.parametrize(
    "query", ["state=nonsense", "page=-1", "page=99999999999", "page=x", "sort=drop+table", "page=%C2%B2"]
)
def test_a_query_that_makes_no_sense_is_left_out(opened: Open, query: str) -> None:
    """The page is the one without it."""
    assert len(_names(opened().get(f"/?{query}").text)) == len(NAMES)


def test_pages_of_the_overview_hold_each_site_once(known: Known) -> None:
    """Whatever the order; past the last page is the last page."""
    for sort in ("state", "name", "findings", "consent", "scanned"):
        pages = [overview(known.history, {}, Asked(sort=sort, page=number), rows=3) for number in (1, 2, 3)]
        assert sorted(line.row.name for page in pages for line in page.lines) == sorted(NAMES)
    assert overview(known.history, {}, Asked(page=50), rows=3).asked.page == 3


def test_the_bars_beside_a_site_are_those_of_its_last_scan(tmp_path: Path) -> None:
    """Remembered, but not beyond the next scan."""
    history = open_history(str(tmp_path / "history.db"))
    watched.record(history, samples.clean(), "shop")
    first = overview(history, {}, Asked()).lines[0].bars
    later = samples.shop().model_copy(update={"started": "2026-11-23T09:30:00Z"})
    watched.record(history, later, "shop")
    second = overview(history, {}, Asked()).lines[0].bars
    assert first != second
    assert second.told == "Findings in the last 2 scans: from 0 to 6"
    history.close()


def test_a_site_page_has_the_figures_of_its_last_good_scan(opened: Open, known: Known) -> None:
    """And every cookie and company that the history knows of it."""
    row = next(row for row in known.history.sites() if row.good and row.good.cookies > 3)
    page = opened().get(f"/sites/{row.name}").text
    assert row.good is not None
    for value in (row.good.nonessential_before, row.good.vendors_before, row.good.cookies):
        assert f'<dd class="value">{value}</dd>' in page
    for life in (*known.history.cookies(row.name), *known.history.vendors(row.name)):
        assert life.name in page
    assert page.count('type="radio" name="old"') == len(known.history.scans(row.name))


def test_older_scans_and_changes_can_be_leafed_through(tmp_path: Path) -> None:
    """Turning the pages shows each scan and each change once."""
    history = open_history(str(tmp_path / "history.db"))
    watched.fill(history, ["shop"], 60)
    row = history.site("shop")
    assert row is not None
    scans, changes = [], []
    page = site_page(history, row)
    while True:
        scans += [scan.id for scan in page.scans]
        if page.older_scans is None:
            break
        page = site_page(history, row, scans_before=page.older_scans)
    page = site_page(history, row)
    while True:
        changes += [change.id for moment in page.moments for change in moment.changes]
        if page.older_changes is None:
            break
        page = site_page(history, row, changes_before=page.older_changes)
    assert scans == [scan.id for scan in history.scans("shop")]
    assert sorted(changes) == sorted(change.id for change in history.changes("shop"))
    assert len(changes) == len(set(changes)) > 60
    history.close()


def test_accepted_findings_do_not_count_against_a_site(tmp_path: Path) -> None:
    """They stand in the list, last and marked; the sentence is about the others."""
    history = open_history(str(tmp_path / "history.db"))
    shop = samples.shop()
    findings = tuple(one.model_copy(update={"known": True}) for one in shop.findings)
    watched.record(history, shop.model_copy(update={"findings": findings}), "shop")
    row = history.site("shop")
    assert row is not None
    page = site_page(history, row)
    assert page.sentence == "No finding counts against it."
    assert page.findings and not any(one.counts for one in page.findings)
    history.close()


def test_who_still_loads_it_before_consent(opened: Open, known: Known) -> None:
    """The sites that do stand first; with the box ticked, no others."""
    lives = [life for name in NAMES for life in known.history.vendors(name) if not life.gone]
    vendor = max({life.name for life in lives}, key=lambda name: sum(life.name == name for life in lives))
    before = {life.site for life in lives if life.name == vendor and "before" in life.states}
    found = search(known.history, Wanted(text=vendor, kind="vendor"))
    assert {hit.site for hit in found.hits if hit.before} == before
    assert [hit.before for hit in found.hits] == sorted((hit.before for hit in found.hits), reverse=True)
    only = search(known.history, Wanted(text=vendor, kind="vendor", before=True))
    assert {hit.site for hit in only.hits} == before
    page = opened().get(f"/search?text={vendor.replace(' ', '+')}&kind=vendor").text
    assert f"on <strong>{len(before)}</strong> it comes before a choice" in page


def test_a_necessary_cookie_before_a_choice_is_no_fault(opened: Open) -> None:
    """It is told, but not in the colour of faults."""
    page = opened().get("/search?text=session_id&kind=cookie").text
    assert "Before a choice</span>" in page
    assert 'class="tag high"' not in page


def test_a_search_says_what_it_needs(opened: Open) -> None:
    """One letter would be everything; without any, the page says whom most sites contact."""
    assert "two characters or more" in opened().get("/search?text=a").text
    assert "No site has “nothing-of-this-name”" in opened().get("/search?text=nothing-of-this-name").text
    assert "Most often before a choice" in opened().get("/search").text


def test_tables_to_take_away_hold_what_the_pages_show(opened: Open, known: Known) -> None:
    """The overview with its filter, a search, and the lists of a site."""
    client = opened()

    def rows(path: str) -> list[dict[str, str]]:
        answer = client.get(path)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert [row["site"] for row in rows("/sites.csv")] == _names(client.get("/").text)
    assert [row["site"] for row in rows(f"/sites.csv?text={NAMES[1]}")] == [NAMES[1]]
    assert len(rows("/search.csv?text=_ga")) == len(search(known.history, Wanted(text="_ga")).hits)
    for name, kept in (
        ("scans", known.history.scans(NAMES[0])),
        ("cookies", known.history.cookies(NAMES[0])),
        ("companies", known.history.vendors(NAMES[0])),
        ("findings", known.history.findings(NAMES[0])),
        ("changes", known.history.changes(NAMES[0])),
        ("policies", known.history.policies(NAMES[0])),
    ):
        assert len(rows(f"/sites/{NAMES[0]}/{name}.csv")) == len(kept)


def test_two_scans_are_compared_in_either_order(opened: Open, known: Known) -> None:
    """As a page of the dashboard, and as the file that `diff` writes; without its files a comparison is told off."""
    newest, older, *_, oldest = known.history.scans(NAMES[0])
    client = opened()
    page = client.get(f"/sites/{NAMES[0]}/compare?old={newest.id}&new={older.id}")
    assert page.status == 200
    assert page.text == client.get(f"/sites/{NAMES[0]}/compare?old={older.id}&new={newest.id}").text
    single = client.get(f"/sites/{NAMES[0]}/compare?old={older.id}&new={newest.id}&single=1")
    assert single.headers["content-disposition"] == f'attachment; filename="{NAMES[0]}-changes.html"'
    gone = client.get(f"/sites/{NAMES[0]}/compare?old={oldest.id}&new={newest.id}")
    assert gone.status == 404
    assert "cannot be compared" in gone.text


def test_a_comparison_reads_the_words_of_the_policies(opened: Open, tmp_path: Path) -> None:
    """Where the evidence of both scans has its documents; where one is missing, nothing seems to be gone."""
    history = open_history(str(tmp_path / "history.db"))
    reports = tmp_path / "reports"
    numbers = []
    for day, words in (("01", "We use no cookies at all."), ("02", "We use cookies for advertising.")):
        started = f"2026-11-{day}T00:00:00Z"
        scan = samples.shop().model_copy(update={"started": started})
        recorded = watched.record(history, scan, "shop", reports=reports)
        numbers.append(recorded.row.id)
        watched.add_policy(reports / recorded.row.location, words, at=started)
    client = opened(past=history, place=open_place(reports), fleet=watched.fleet(["shop"]))
    page = client.get(f"/sites/shop/compare?old={numbers[0]}&new={numbers[1]}").text
    assert "We use cookies for advertising." in page and "We use no cookies at all." in page
    next(reports.glob("shop/20261102T*/evidence/documents/*")).unlink()
    fresh = opened(past=history, place=open_place(reports), fleet=watched.fleet(["shop"]))
    page = fresh.get(f"/sites/shop/compare?old={numbers[0]}&new={numbers[1]}").text
    assert "We use" not in page
    history.close()


def test_reports_are_linked_and_open(opened: Open, known: Known) -> None:
    """The last scan's report opens; one whose files are gone says so."""
    newest, *_, oldest = known.history.scans(NAMES[0])
    client = opened()
    assert f'href="/scans/{newest.id}/report.html"' in client.get(f"/sites/{NAMES[0]}").text
    assert "Cookie audit of" in client.get(f"/scans/{newest.id}/report.html").text
    gone = client.get(f"/scans/{oldest.id}/report.html")
    assert (gone.status, "This file is gone" in gone.text) == (404, True)


def test_an_empty_history_is_no_fault(opened: Open, tmp_path: Path) -> None:
    """The pages say what is to be done."""
    history = open_history(str(tmp_path / "history.db"))
    client = opened(past=history, fleet=watched.fleet([]))
    assert "No site is watched yet." in client.get("/").text
    assert client.get("/search").status == 200
    waiting = opened(past=history, fleet=watched.fleet(["shop"]))
    assert "No site has been scanned yet." in waiting.get("/").text
    assert "This site has not been scanned yet." in waiting.get("/sites/shop").text
    history.close()


class Away:
    """A history whose database does not answer."""

    def __getattr__(self, name: str) -> Any:
        def ask(*_: object, **__: object) -> None:
            raise HistoryError("the history cannot be used: the server at 10.1.2.3 has gone")

        return ask


def test_a_history_that_is_away_is_told(opened: Open, log: io.StringIO) -> None:
    """As a page that says so, and to whoever watches the watcher; why is for the log alone."""
    client = opened(past=Away())
    for path in ("/", "/sites/shop-001", "/search?text=ga", "/healthz"):
        answer = client.get(path)
        assert answer.status == 503
        assert "10.1.2.3" not in answer.text
    assert "10.1.2.3" in log.getvalue()


def test_a_chart_holds_each_value_until_the_next_scan() -> None:
    """Its words give first, last, least and most; a failed scan is a gap and not a zero."""
    moments = [
        Measured("2026-11-01T00:00:00Z", (4, 1)),
        Measured("2026-11-08T00:00:00Z", None),
        Measured("2026-11-15T00:00:00Z", (8, 0)),
    ]
    series = (Series("all", "line-all"), Series("before", "line-before"))
    chart = stepped("x", "Cookies", series, moments)
    assert chart.strokes[0].path == "M0.0 150.0H333.3M666.7 0.0H1000.0"
    assert chart.gaps == ((333.3, 333.4),)
    assert chart.now == (8, 0)
    assert chart.told == (
        "3 scans from 1 November 2026 to 15 November 2026. 1 of them failed. "
        "all: 4 at first, 8 now, between 4 and 8. before: 1 at first, 0 now, between 0 and 1."
    )
    layers = stacked("y", "Findings", series, moments)
    assert layers.strokes[1].path.startswith("M0.0 ")
    assert [spot.told for spot in layers.spots][1] == "8 November 2026: scan failed"


_AT = "2026-11-01T00:00:00Z"


@pytest.mark.parametrize("moments", [[], [Measured(_AT, None)], [Measured(_AT, (0, 0))]])
def test_a_chart_of_almost_nothing_is_still_a_chart(moments: list[Measured]) -> None:
    """No division by nothing."""
    series = (Series("all", "line-all"), Series("before", "line-before"))
    assert stepped("x", "Cookies", series, moments).top == stacked("x", "Cookies", series, moments).top == 2


def test_scans_at_one_moment_do_not_break_a_chart() -> None:
    """Two scans of the same second, or out of order by a clock that was set back."""
    moments = [Measured("2026-11-01T00:00:00Z", (1,)), Measured("2026-11-01T00:00:00Z", (2,))]
    assert stepped("x", "Cookies", (Series("all", "line-all"),), moments).strokes[0].path


@pytest.mark.parametrize(("value", "top"), [(0, 2), (1, 2), (2, 2), (3, 4), (7, 8), (11, 12), (101, 120), (999, 1000)])
def test_an_axis_ends_at_an_even_number(value: int, top: int) -> None:
    """So that its half is a whole one."""
    assert ceiling(value) == top
    assert ceiling(value) % 2 == 0


def test_a_row_of_bars_shows_the_last_scans_only() -> None:
    """A hundred scans are as wide as twenty-six."""
    made = small_bars([(number, "high") for number in range(100)], "told")
    assert made.strokes[0].path.count("M") == 26


def test_folders_of_an_export_are_told_apart_on_any_file_share() -> None:
    """Capital letters, names of devices, dots at the end."""
    folders = folders_of(["Shop", "shop", "con", "nul.txt", "a.", "a"])
    assert len({folder.casefold() for folder in folders.values()}) == 6
    assert not {folder.split(".")[0].casefold() for folder in folders.values()} & {"con", "nul"}
    assert not any(folder.endswith(".") for folder in folders.values())
