"""From a document to its claims: evidence, contradictions, links, addresses, cookies, and any bytes."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.declaration import Claim, DeclaredCookie
from scanner.model.recorded import Document
from scanner.policy.claims import find_claims
from scanner.policy.reading import Block, Reading, Sentence
from scanner.policy.text import read_blocks
from scanner.policy.vendors import find_vendors

POLICIES = sorted((Path(__file__).parent / "policies").iterdir())


def read(text: str, media_type: str = "text/markdown", url: str = "https://lamps.example/privacy") -> Reading:
    return read_blocks(Document(url=url, media_type=media_type, sha256="0" * 64, text=text))


def claims(text: str, media_type: str = "text/markdown") -> dict[str, str]:
    return {claim.code: claim.evidence for claim in find_claims(read(text, media_type))}


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: file.stem)
def test_a_whole_policy_is_read_as_its_truth_says(file: Path) -> None:
    truth = tomllib.loads(file.read_text())
    reading = read(truth["text"], url=truth["url"])
    found = find_claims(reading)
    assert reading.language == truth["language"]
    assert {claim.code for claim in found} == set(truth["claims"])
    vendors = {v.name: v.purpose_category or "" for v in find_vendors(reading, (), ())}
    assert vendors == truth["vendors"]


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: file.stem)
def test_all_evidence_is_verbatim(file: Path) -> None:
    reading = read(tomllib.loads(file.read_text())["text"])
    for claim in find_claims(reading):
        assert claim.evidence in reading.text
        assert claim.source == reading.url


def test_the_claims_are_sorted_and_each_code_stands_once() -> None:
    codes = [claim.code for claim in find_claims(read("We do not sell your data. We never sell your data."))]
    assert codes == sorted(set(codes))


def test_a_full_sentence_is_better_evidence_than_a_heading() -> None:
    found = claims("# Marketing cookies\n\nWe use marketing cookies to show you advertisements of our lamps.")
    assert found["category_marketing"].startswith("We use")


def test_a_heading_gives_way_to_the_promise_below_it() -> None:
    found = claims("# Marketing cookies\n\nWe do not use any marketing cookies.")
    assert "no_marketing_cookies" in found
    assert "category_marketing" not in found


def test_only_necessary_cookies_gives_way_to_a_sentence_that_says_otherwise() -> None:
    text = "We only use necessary cookies.\n\nWe also use advertising cookies so that you see our offers elsewhere."
    found = claims(text)
    assert "category_marketing" in found
    assert "only_necessary_cookies" not in found


def test_the_target_of_a_link_tells_an_opt_out() -> None:
    found = claims('<p>Objections: <a href="https://tools.google.com/dlpage/gaoptout">here</a>.</p>', "text/html")
    assert found["control_vendor_optout"] == "Objections: here."


def test_a_postal_address_below_contact_names_the_controller() -> None:
    page = "<h1>Cookies</h1><p>Text.</p><h2>Contact</h2><p>Lamp Museum<br>Mill Lane 4<br>10115 Berlin</p>"
    assert "controller_identified" in claims(page, "text/html")
    assert "controller_identified" not in claims(page.replace("Contact", "Exhibitions"), "text/html")


def test_the_rows_of_a_cookie_table_show_which_categories_are_in_use() -> None:
    row = DeclaredCookie(name="_x", category="analytics", party="third", quote="_x", source="u")
    codes = {claim.code for claim in find_claims(read("Hello."), (row,))}
    assert {"category_analytics", "third_party_cookies_used"} <= codes


def test_a_long_sentence_is_quoted_around_the_match() -> None:
    text = "Lamps are bright, " * 60 + "and we do not sell your personal data, " + "lamps shine on, " * 40 + "for ever."
    claim = next(c for c in find_claims(read(text)) if c.code == "no_sale")
    assert "do not sell your personal data" in claim.evidence
    assert len(claim.evidence) < 400
    assert claim.evidence in text


@settings(max_examples=60)
@given(st.lists(st.text(max_size=200), max_size=12), st.sampled_from(["en", "de", "pl", None]))
def test_any_text_gives_an_answer(texts: list[str], language: str | None) -> None:
    blocks = tuple(Block(index=i, kind="paragraph", text=t, lines=(t,)) for i, t in enumerate(texts))
    sentences = tuple(Sentence(text=b.text, block=b, lead_in=texts[0]) for b in blocks)
    reading = Reading(url="u", language=language, blocks=blocks, sentences=sentences, text="\n".join(texts))
    assert all(isinstance(claim, Claim) for claim in find_claims(reading))
    find_vendors(reading, (), ())


@pytest.mark.parametrize("word", ["not ", "we do not sell ", "cookies, ", "a-", "@", "x@", "1.", "Ä", "Google, "])
def test_the_cost_grows_with_the_length_and_no_faster(word: str) -> None:
    def seconds(count: int) -> float:
        text = word * count
        block = Block(index=0, kind="paragraph", text=text, lines=(text,))
        reading = Reading(url="u", language="en", blocks=(block,), sentences=(Sentence(text, block),), text=text)
        start = time.process_time()
        find_claims(reading)
        find_vendors(reading, (), ())
        return time.process_time() - start

    seconds(100)
    small, large = seconds(4_000), seconds(32_000)
    assert large < 24 * small + 0.5
