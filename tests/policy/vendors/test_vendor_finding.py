"""Vendors in prose, lists, tables and cookie rows; what is none; and the purpose that the text states."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest

from scanner.model.declaration import DeclaredCookie
from scanner.model.recorded import Document
from scanner.model.vendor import Vendor
from scanner.policy.reading import Reading
from scanner.policy.text import read_blocks
from scanner.policy.vendors import find_vendors
from scanner.policy.vendors.names import name_book
from scanner.policy.vendors.words import vendor_words

CASES = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text())["case"]


def read(text: str, language: str = "en", media_type: str = "text/markdown") -> Reading:
    document = Document(url="https://www.lamps.example/privacy", media_type=media_type, sha256="0" * 64, text=text)
    return dataclasses.replace(read_blocks(document), language=language)


def vendors(
    reading: Reading, known: tuple[Vendor, ...] = (), cookies: tuple[DeclaredCookie, ...] = ()
) -> dict[str, str]:
    return {v.name: v.purpose_category or "" for v in find_vendors(reading, known, cookies)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:50])
def test_the_text_names_these_vendors_and_no_others(case: dict[str, Any]) -> None:
    lead = f"{case['lead']}\n\n" if "lead" in case else ""
    assert vendors(read(lead + case["text"], case.get("language", "en"))) == case["finds"]


def test_a_name_that_only_the_catalogue_knows_is_found() -> None:
    known = (Vendor(id="lumen", name="Lumenmetrics", aliases=("LumenTrack",), category="analytics"),)
    assert vendors(read("Statistics are made by LumenTrack."), known) == {"LumenTrack": "analytics"}
    assert vendors(read("Statistics are made by LumenTrack.")) == {}


def test_a_catalogue_name_that_is_an_ordinary_word_needs_a_sign() -> None:
    known = (Vendor(id="lamp", name="Lamp", category="marketing"),)
    assert vendors(read("Lamp by lamp we light the town, and every lamp is bright."), known) == {}
    assert vendors(read("We place advertisements through the Lamp service."), known) == {"Lamp": "marketing"}


def test_an_abbreviation_is_not_found_in_an_ordinary_word() -> None:
    known = (Vendor(id="here", name="HERE", category="functional"),)
    assert vendors(read("Here is our map. We use it here."), known) == {}
    assert vendors(read("Our map is made by HERE."), known) == {"HERE": "functional"}


def test_a_name_inside_an_identifier_is_none() -> None:
    assert vendors(read("The cookie is called my_google_session or facebook_x.")) == {}


def test_several_spellings_of_one_vendor_are_one_vendor() -> None:
    found = vendors(read("We use Google AdWords for advertising. Google Ads measures conversions. Google Ads is good."))
    assert found == {"Google Ads": "marketing"}


def test_the_providers_of_cookies_are_vendors_with_the_category_of_their_rows() -> None:
    rows = tuple(
        DeclaredCookie(name=name, provider=provider, category=category, quote=name, source="u")
        for name, provider, category in (
            ("_ga", "Google", "analytics"),
            ("_gid", "Google", "analytics"),
            ("IDE", "Google", "marketing"),
            ("x", "www.lamps.example", "necessary"),
            ("y", "Lamps", "necessary"),
            ("z", "Obscure Widgets Ltd", None),
        )
    )
    assert vendors(read("Cookies."), (), rows) == {"Google": "analytics", "Obscure Widgets Ltd": ""}


def test_the_operator_is_not_its_own_vendor() -> None:
    text = 'Mailchimp ("we", "us") sends newsletters. We work with Stripe for payments.'
    assert vendors(read(text)) == {"Stripe": "payment"}


def test_a_table_of_services_is_read_row_by_row() -> None:
    text = "| Provider | Purpose |\n| --- | --- |\n| Zendesk | live chat |\n| Blue Whale Ltd | hosting |\n"
    assert vendors(read(text)) == {"Zendesk": "functional", "Blue Whale Ltd": "hosting"}


def test_the_text_below_a_heading_describes_the_vendor_in_it() -> None:
    text = "# Privacy\n\n## Hotjar\n\nIt records heatmaps so that we understand our visitors.\n"
    assert vendors(read(text)) == {"Hotjar": "analytics"}


def test_a_vendor_that_is_denied_once_is_not_reported_for_another_mention() -> None:
    text = "We do not use Google Analytics. Many sites use Google Analytics for statistics; ours does not."
    assert vendors(read(text)) == {}


def test_the_items_of_a_negated_list_are_no_vendors() -> None:
    text = "We do not use:\n\n- Google Analytics\n- Facebook Pixel\n"
    assert vendors(read(text)) == {}


def test_makers_of_browsers_below_a_help_heading_are_no_vendors() -> None:
    text = "# How to delete cookies in your browser\n\n- Google\n- Microsoft\n- Apple\n"
    assert vendors(read(text)) == {}


def test_every_quote_is_verbatim() -> None:
    reading = read("We use Google Analytics to count visits.\n\nProvider: ACME Analytics Ltd\n")
    assert all(vendor.quote in reading.text for vendor in find_vendors(reading, (), ()))


def test_the_list_of_names_is_long_and_every_name_has_one_key() -> None:
    book = name_book()
    names = [name for group in book.by_first.values() for name in group if name.vendor]
    assert len({name.key for name in names}) >= 500
    assert len({(name.spelling, name.key) for name in names}) == len({name.spelling for name in names})


def test_all_purposes_but_none_have_words() -> None:
    assert len(vendor_words().purposes) == 12
