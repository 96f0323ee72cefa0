"""`report.html`: what it says, in which order, and what it never does."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from scanner.model.finding import Check, Finding
from scanner.model.inventory import Choice, FirstSeen
from scanner.model.scan import Scan
from scanner.report import render_report
from scanner.report.figures import figures

from . import samples


def page(scan: Scan, pictures: dict[str, bytes] | None = None) -> BeautifulSoup:
    """The parsed report of a scan."""
    return BeautifulSoup(render_report(scan, pictures or {}), "lxml")


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    """The single element that a selector finds."""
    found = soup.select(selector)
    assert len(found) == 1, f"{selector}: {len(found)}"
    return found[0]


def words(tag: Tag) -> str:
    """An element's text on one line."""
    return " ".join(tag.get_text(" ").split())


def test_the_order_is_the_readers() -> None:
    """Verdict, states, findings, declaration, cookies, pictures, method, appendix, glossary; the contents agree."""
    soup = page(samples.shop(), samples.PICTURES)
    sections = [section["id"] for section in soup.select("main > section")]
    assert sections == [
        "verdict",
        "states",
        "findings",
        "declaration",
        "cookies",
        "pictures",
        "method",
        "appendix",
        "glossary",
    ]
    assert [link["href"] for link in soup.select("nav.contents > ul > li > a")] == [f"#{name}" for name in sections]


def test_every_link_inside_the_page_arrives() -> None:
    """An anchor that is linked exists, and no id is given twice."""
    soup = page(samples.shop(), samples.PICTURES)
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in soup.select("a[href^='#']")} <= set(ids)
    labels = {label for tag in soup.select("[aria-labelledby]") for label in str(tag["aria-labelledby"]).split()}
    assert labels <= set(ids)


def test_the_verdict_and_the_four_figures_come_first() -> None:
    """One sentence, four figures, the worst findings by name, and what limits the scan."""
    verdict = one(page(samples.shop()), "#verdict")
    sentence = words(one(verdict, ".sentence"))
    assert (
        sentence
        == "This site sends data to 3 outside services before visitors can choose, and goes on after they refuse."
    )
    assert [words(value) for value in verdict.select(".figures .value")] == ["3", "3", "3", "7"]
    assert words(verdict.select(".first-steps li")[0]).startswith("High Three companies receive data")
    assert "1 check of 8 could not be decided" in words(one(verdict, ".limits"))


def test_a_contact_that_no_check_objects_to_does_not_alarm() -> None:
    """A statistics company that is sent nothing to recognise anybody by: the figure is told, and why it is no fault."""
    shop = samples.shop()
    rules = ("tracking-before-consent", "tracking-after-reject")
    passed = tuple(Check(rule=rule, outcome="passed") for rule in rules)
    calm = figures(shop.model_copy(update={"findings": (), "checks": passed}))
    assert calm[0].note.endswith("contacted; nothing that needs consent was seen")
    assert [figure.alarming for figure in calm[:2]] == [False, False]
    undecided = tuple(Check(rule=rule, outcome="inconclusive", reason="not seen") for rule in rules)
    open_still = figures(shop.model_copy(update={"findings": (), "checks": undecided}))
    assert "nothing that needs consent" not in open_still[0].note
    assert [figure.alarming for figure in figures(shop)[:2]] == [True, True]


def test_the_three_states_stand_side_by_side() -> None:
    """A card for each state with its counts, and a row for each company with a cell for each state."""
    states = one(page(samples.shop()), "#states")
    cards = states.select(".card")
    assert [words(one(card, "h3")) for card in cards] == ["Before a choice", "After accepting", "After refusing"]
    assert [[words(number) for number in card.select(".big strong")] for card in cards] == [
        ["3", "6"],
        ["4", "9"],
        ["3", "7"],
    ]
    label = str(one(cards[0], "svg")["aria-label"])
    assert label == "Before a choice: 6 cookies (Advertising 2, Statistics 2, Functional 1, Necessary 1)"
    rows = {words(one(row, "th")): [words(cell) for cell in row.select("td")] for row in states.select("tr:has(td)")}
    assert rows["Video Host"] == ["– nothing seen", "receives data", "– nothing seen"]
    assert rows["Social Pixel"] == ["receives data"] * 3
    assert "shop.example" not in rows


def test_bars_are_drawn_to_one_scale() -> None:
    """The state with most cookies fills its bar; the others fill their share of it."""
    cards = page(samples.shop()).select(".card")
    widths = [sum(float(str(part["width"])) for part in card.select("rect")) for card in cards]
    assert widths == pytest.approx([1000 * 6 / 9, 1000, 1000 * 7 / 9], abs=1)


def test_findings_carry_proof_words_of_the_policy_and_what_to_do() -> None:
    """The first finding in full: severity in words, quotation with a link to it, steps, request chain, time."""
    finding = page(samples.shop()).select("article.finding")[0]
    text = words(finding)
    assert words(one(finding, ".tag")) == "High"
    assert words(one(finding, "blockquote")).startswith("Nicht notwendige Cookies setzen wir erst")
    link = next(tag for tag in finding.select("a") if "Read it in the policy" in tag.get_text())
    assert str(link["href"]).startswith("https://shop.example/cookies#:~:text=Nicht%20notwendige")
    assert [words(step) for step in finding.select(".do ol li")][2] == "Scan again."
    assert "1.2 s after the page began to load, before any choice" in text
    assert "G-8X2K9QL1AB" in text and "G111" in text and "page_view" in text
    chain = [words(item) for item in finding.select("details")[2].select(".chain li")]
    assert chain == ["https://tag.manager.test/gtm.js?id=GTM-AB12", samples.HOME]
    line = "IDE=AHW; expires=Sat, 23-Dec-2028 09:30:00 GMT; path=/; domain=.network.test; Secure; HttpOnly"
    assert line in text
    assert "/cookies/0" in text


def test_findings_stand_as_given_worst_first() -> None:
    """The order of the audit is kept, and a finding on the banner leads to its picture."""
    soup = page(samples.shop(), samples.PICTURES)
    tags = [words(finding.select(".tag")[0]) for finding in soup.select("article.finding")]
    assert tags == ["High", "High", "Medium", "Medium", "Medium", "Low", "Note"]
    assert soup.select("#finding-3 a[href='#picture-1']")


def test_a_pointer_that_leads_nowhere_is_shown_as_it_is() -> None:
    """A finding is never told without its reference, and never breaks the page."""
    finding = samples.shop().findings[0].model_copy(update={"observed": ("/cookies/999", "/nothing/here", "loose")})
    soup = page(samples.scan(states={"before": samples.state()}, findings=(finding,)))
    assert [words(one(proof, "strong")) for proof in soup.select(".proof details")] == list(finding.observed)


def test_a_deep_pointer_shows_the_value() -> None:
    """A pointer at a signal or a field prints what stands there."""
    pointers = ("/states/before/signals/tcf", "/declaration/found", "/states/before/choice", "/target")
    finding = samples.shop().findings[0].model_copy(update={"observed": pointers})
    shop = samples.shop().model_copy(update={"findings": (finding,)})
    proof = words(one(page(shop), ".proof"))
    assert '"gdprApplies": true' in proof and "true" in proof and "no choice was made" in proof


def test_the_declaration_is_compared_in_four_groups() -> None:
    """Undeclared, matched with its difference, unseen, and what is neither."""
    section = one(page(samples.shop()), "#declaration")
    assert [words(row.select("th")[0]) for row in section.select("#undeclared tbody tr")] == [
        "_ads_id .network.test",
        "_fbp .shop.example",
        "vid .video.test",
    ]
    matched = {words(row.select("th")[0]): words(row) for row in section.select("#matched tbody tr")}
    assert set(matched) == {"_ga", "_ga_*", "basket"}
    assert "Low A cookie lives longer than the policy says" in matched["_ga"]
    assert "_ga_8X2K9QL1AB" in matched["_ga_*"] and "none found" in matched["_ga_*"]
    assert [words(row.select("th")[0]) for row in section.select("#unseen tbody tr")] == ["chat_open"]
    beside = [row.select("th .mono")[0].get_text() for row in section.select("#beside tbody tr")]
    assert beside == ["cmp_consent", "lang", "prefs_x", "uid_3f2504e04f8911d3"]
    assert "Medium The policy says that there is no advertising" in words(section.select("#claims tbody tr")[0])


def test_a_key_of_storage_can_be_the_declared_one() -> None:
    """A declared row that only web storage fulfils is not called unseen."""
    shop = samples.shop()
    row = shop.declaration.cookies[0].model_copy(update={"name": "uid_*"})
    declaration = shop.declaration.model_copy(update={"cookies": (row,)})
    section = one(
        page(shop.model_copy(update={"declaration": declaration, "findings": (), "cookies": ()})), "#declaration"
    )
    assert "uid_*" in words(one(section, "#matched"))
    assert section.select("#unseen") == []


def test_the_cookie_table_has_a_column_for_each_state() -> None:
    """Every cookie is a row; a state in which it was seen has a dot with a word for those who hear the page."""
    table = one(page(samples.shop()), "#all-cookies")
    heads = [words(head) for head in table.select("thead th")]
    assert heads[-3:] == ["Before a choice", "After accepting", "After refusing"]
    rows = {row.select("th .mono")[0].get_text(): row for row in table.select("tbody tr")}
    assert len(rows) == 10
    cells = [words(cell) for cell in rows["vid"].select("td.state")]
    assert cells == ["– not seen", "seen", "– not seen"]
    assert "2 years cut to 400 days" in words(rows["_ga"])
    assert "SameSiteNoneInsecure" in words(rows["refused"])


def test_what_was_not_measured_is_not_called_absent() -> None:
    """A state that was not reached has no figure, no bar and no dash in the tables."""
    shop = samples.shop()
    unreached = samples.state(reached=False, pages=(), choice=Choice(error="No button that refuses was found."))
    states = dict(shop.states) | {"reject": unreached}
    soup = page(shop.model_copy(update={"states": states}))
    figure = soup.select(".figures > div")[1]
    assert words(figure) == "After refusing: not measured – No button that refuses was found."
    card = soup.select(".card")[2]
    assert "Not measured." in words(card) and not card.select("svg")
    assert "not measured" in words(soup.select("#all-cookies tbody tr")[-1])
    assert "“After refusing” could not be measured" in words(one(soup, ".limits"))


def test_a_blind_browser_says_so_on_the_first_page() -> None:
    """A failed calibration stands under the verdict."""
    blind = samples.shop().model_copy(update={"browser": samples.browser(passed=False)})
    soup = page(blind)
    assert "third-party cookie from an iframe" in words(one(soup, ".limits"))
    assert "Not in everything" in words(one(soup, "#method"))


def test_a_failed_scan_says_so_and_gets_no_grade() -> None:
    """Why it failed, what was tried, and nothing that looks like a result."""
    soup = page(samples.failed())
    assert words(one(soup, ".sentence")) == (
        "This site could not be scanned: shop.example refused the connection on port 443."
    )
    assert words(one(soup, "#verdict > .tag")) == "Not scanned"
    assert not soup.select(".figures, .card, article.finding, #cookies")
    assert "refused the connection" in words(one(soup, "#problems"))
    assert not re.search(r"\b100\b|\bscore\b", words(one(soup, "main")), re.I)


def test_a_score_is_given_only_where_it_was_measured() -> None:
    """A number out of a hundred, or the reason why there is none; never zero by accident."""
    shop = samples.shop()
    scored = shop.model_copy(update={"summary": shop.summary.model_copy(update={"score": 0})})
    assert "Score 0 of 100" in words(one(page(scored), "#method"))
    assert "Score none: something that it needs was not measured" in words(one(page(shop), "#method"))


def test_an_inconclusive_check_is_said_as_such() -> None:
    """The outcome is in words, with the reason."""
    row = one(page(samples.shop()), "#all-checks").select("tbody tr")[-1]
    assert words(row) == "No withdrawal Could not be decided The state was not part of this scan"


def test_the_first_seconds_are_told_in_order() -> None:
    """What came before a choice, by time; necessary cookies and later states are left out."""
    shop = samples.shop()
    late = shop.cookies[1].model_copy(update={"first_seen": FirstSeen(state="before", page=samples.HOME, ms=9000.0)})
    cookies = (shop.cookies[0], late, *shop.cookies[2:])
    times = [words(item) for item in page(shop.model_copy(update={"cookies": cookies})).select(".timeline li")]
    assert times[0].startswith("412 ms cookie _ads_id")
    assert times[-1].startswith("9.0 s cookie _fbp")
    assert not any("basket" in item or "vid " in item for item in times)


def test_buttons_of_the_banner_are_framed_on_its_picture() -> None:
    """The first layer's buttons are marked on the banner's picture, and named in its caption."""
    shots = page(samples.shop(), samples.PICTURES).select("#pictures figure")
    assert len(shots) == 3
    frames = [(mark["x"], mark.get_text()) for mark in shots[0].select("rect.mark")]
    assert frames == [("357.0", "Alle akzeptieren"), ("117.0", "Einstellungen")]
    assert not shots[1].select("rect")


def test_the_same_picture_is_carried_once_and_a_missing_one_is_named() -> None:
    """Equal bytes share a figure; a picture that is not at hand is given by its file; other bytes are not embedded."""
    same = samples.png()
    pictures = {"screenshots/before-banner.png": same, "screenshots/accept-page.png": same}
    shots = page(samples.shop(), pictures).select("#pictures figure")
    assert len(shots) == 2
    assert "The banner: before a choice, after accepting" in words(shots[0])
    assert "screenshots/reject-page.png" in words(shots[1])
    strange = page(samples.shop(), {"screenshots/before-banner.png": b"<svg onload=alert(1)>"})
    assert not strange.select("#pictures image, #pictures img")


def test_the_page_is_a_function_of_its_scan() -> None:
    """The same scan gives the same bytes, also after a trip through its file."""
    first = render_report(samples.shop(), samples.PICTURES)
    again = Scan.model_validate_json(samples.shop().model_dump_json(by_alias=True))
    assert render_report(again, samples.PICTURES) == first


def test_a_page_asks_nobody_for_anything() -> None:
    """No address is loaded: the content policy forbids it, and no element would."""
    text = render_report(samples.shop(), samples.PICTURES)
    soup = BeautifulSoup(text, "lxml")
    policy = str(one(soup, "meta[http-equiv]")["content"])
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy and "http" not in policy
    loads = [
        tag[name] for name in ("src", "srcset", "poster", "action", "background") for tag in soup.select(f"[{name}]")
    ]
    loads += [tag["href"] for tag in soup.select("link[href], image[href], use[href], base[href]")]
    pictures = {f"#{picture['id']}" for picture in soup.select("image[id]")}
    assert all(str(address).startswith("data:image/png;base64,") or address in pictures for address in loads)
    assert not soup.select("[style], iframe, object, embed, form")
    assert "@import" not in text and "url(" not in text


def test_only_web_addresses_are_links() -> None:
    """Links leave no trace and lead to http or https, or into the page."""
    for link in page(samples.hostile(), samples.PICTURES).select("a[href]"):
        assert re.match(r"(https?://|#)", str(link["href"]))
        assert str(link["href"]).startswith("#") or "noreferrer" in link.get("rel", [])


def test_a_hostile_scan_stays_text() -> None:
    """No element, attribute or script comes out of a name, a title, an address or a quotation."""
    harmless, poisoned = page(samples.shop(), samples.PICTURES), page(samples.hostile(), samples.PICTURES)
    assert {tag.name for tag in poisoned.find_all()} <= {tag.name for tag in harmless.find_all()} | {"pre"}
    assert len(poisoned.select("script")) == len(harmless.select("script"))
    assert not [name for tag in poisoned.find_all() for name in tag.attrs if name.startswith("on")]
    assert "<img src=x onerror=alert(1)>" in poisoned.get_text()
    assert "\u202e" not in poisoned.get_text()


def test_thousands_of_cookies_stay_usable() -> None:
    """Five thousand cookies and a thousand hosts render in seconds, every row is in the page, proof is counted."""
    scan = samples.large()
    begun = time.process_time()
    text = render_report(scan, {})
    assert time.process_time() - begun < 5
    assert text.count('<tr class="cat-') >= 6000
    soup = BeautifulSoup(text[: text.index('id="declaration"')], "lxml")
    assert "4,988 more observations" in words(one(soup, ".proof"))
    assert len(soup.select(".subjects li")) == 13


def test_a_very_large_report_needs_little_memory() -> None:
    """The whole process that renders five thousand cookies stays under 500 MB, what Python itself takes included."""
    program = (
        "from pathlib import Path\nfrom tests.report import samples\nfrom scanner.report import render_report\n"
        "render_report(samples.large(), {})\nprint(Path('/proc/self/status').read_text())"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    # What getrusage tells would begin with the memory of the test runner that started it.
    most = re.search(r"^VmHWM:\s*(\d+) kB$", done.stdout, re.M)
    assert most is not None
    assert int(most.group(1)) / 1024 < 500


def test_a_normal_report_is_small() -> None:
    """Without its pictures the report of a normal site stays far under its two megabytes."""
    assert len(render_report(samples.shop(), {}).encode()) < 250_000


_FINDING = samples.shop().findings[0]


def _verdict(findings: tuple[Finding, ...], **more: Any) -> str:
    return words(one(page(samples.shop().model_copy(update={"findings": findings, **more})), ".sentence"))


def test_a_verdict_names_few_companies_and_counts_many() -> None:
    """Two are named; what only a person can confirm is said with `may`."""
    few = _FINDING.model_copy(update={"observed": ("/beacons/1", "/beacons/0")})
    assert _verdict((few,)) == "This site sends data to Social Pixel and Example Statistics before visitors can choose."
    unsure = few.model_copy(update={"confidence": "check"})
    assert _verdict((unsure,)).startswith("This site may send data to Social Pixel")
    unasked = few.model_copy(update={"rule": "tracking-without-banner"})
    assert _verdict((unasked,)).endswith("and never asks visitors for consent.")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("tracking-after-reject", "This site sends data to 3 outside services even after visitors refuse."),
        ("no-reject-option", "Visitors are not given a free choice: Three companies receive data before a visitor"),
        ("policy-missing", "This site uses cookies or similar techniques, and no cookie policy was found."),
        ("promise-broken", "The cookie policy makes a promise that this site does not keep."),
        ("undeclared-cookie", "The cookie policy does not name 3 cookies that this site uses."),
        ("lifetime-mismatch", "One point needs attention: Three companies receive data"),
    ],
)
def test_every_kind_of_fault_has_its_sentence(rule: str, said: str) -> None:
    """The worst kind of fault gives the sentence."""
    assert _verdict((_FINDING.model_copy(update={"rule": rule}),)).startswith(said)


def test_a_clean_site_is_told_so_and_no_more_than_was_measured() -> None:
    """The sentence grows only with checks that passed."""
    assert words(one(page(samples.clean()), ".sentence")) == (
        "Nothing that needs consent was seen before a visitor chooses, nor after they refuse, "
        "and the policy names what was seen."
    )
    checks = (
        Check(rule="tracking-before-consent", outcome="passed"),
        Check(rule="tracking-after-reject", outcome="inconclusive"),
    )
    partly = samples.clean().model_copy(update={"checks": checks})
    assert words(one(page(partly), ".sentence")) == (
        "Nothing that needs consent was seen before a visitor chooses. 1 check could not be decided."
    )


@pytest.mark.parametrize("checks", [(), (Check(rule="tracking-before-consent", outcome="inconclusive"),)])
def test_without_the_main_check_there_is_no_verdict(checks: tuple[Check, ...]) -> None:
    """A check that is missing or undecided is never called passed."""
    soup = page(samples.clean().model_copy(update={"checks": checks}))
    assert words(one(soup, "#verdict > .tag")) == "No verdict possible"
    assert "Too little could be seen" in words(one(soup, ".sentence"))
