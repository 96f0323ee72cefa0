"""Which pages are chosen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.pages import choose_pages, normal_form
from scanner.model.evidence import Link

START = "https://www.shop.test/"


def chosen(*urls: str, pages: int = 6) -> list[str]:
    return list(choose_pages(START, [Link(url=url) for url in urls], pages))


def test_pages_of_the_site_only_each_once_and_not_the_start_page() -> None:
    assert chosen(
        "https://www.shop.test/#top",
        "https://shop.test/",
        "https://www.shop.test/a",
        "https://www.shop.test/a#b",
        "https://www.shop.test/a/",
        "https://www.shop.test/a?utm_source=x&fbclid=1",
        "https://blog.shop.test/post",
        "https://elsewhere.example/",
        "mailto:a@shop.test",
        "javascript:void(0)",
    ) == ["https://www.shop.test/a", "https://blog.shop.test/post"]


def test_links_that_do_something_and_files_are_left_alone() -> None:
    assert (
        chosen(
            "https://www.shop.test/logout",
            "https://www.shop.test/account/sign-out",
            "https://www.shop.test/abmelden",
            "https://www.shop.test/cart/add/4",
            "https://www.shop.test/?add-to-cart=4",
            "https://www.shop.test/list?action=delete",
            "https://www.shop.test/menu.pdf",
            "https://www.shop.test/feed",
            "https://www.shop.test/wp-admin/",
            "https://www.shop.test/unsubscribe",
        )
        == []
    )


def test_words_that_only_contain_such_a_word_are_pages() -> None:
    urls = ["https://www.shop.test/blueprint", "https://www.shop.test/shareholders", "https://www.shop.test/feedback"]
    assert chosen(*urls) == urls


def test_pages_that_differ_come_before_a_second_one_of_the_same_shape() -> None:
    products = [f"https://www.shop.test/product/thing-{n}" for n in range(20)]
    assert chosen(*products, "https://www.shop.test/about", "https://www.shop.test/blog/first", pages=5) == [
        products[0],
        "https://www.shop.test/about",
        "https://www.shop.test/blog/first",
        products[1],
    ]


def test_a_legal_page_is_among_the_first() -> None:
    others = [f"https://www.shop.test/p{n}" for n in range(9)]
    assert chosen(*others, "https://www.shop.test/datenschutz", pages=3) == [
        others[0],
        "https://www.shop.test/datenschutz",
    ]


def test_a_calendar_comes_last() -> None:
    days = [f"https://www.shop.test/events/2026/{n:02}" for n in range(1, 13)]
    assert chosen(*days, "https://www.shop.test/x/y", "https://www.shop.test/z", pages=3) == [
        "https://www.shop.test/x/y",
        "https://www.shop.test/z",
    ]


def test_one_page_asked_for_is_the_start_page_alone() -> None:
    assert chosen("https://www.shop.test/a", pages=1) == []


@given(st.lists(st.text(max_size=60)), st.integers(min_value=0, max_value=8))
def test_whatever_a_page_links_to_the_choice_is_bounded_and_the_same_again(texts: list[str], pages: int) -> None:
    links = [Link(url=prefix + text) for text in texts for prefix in ("", START, "https://[", "http://www.shop.test:")]
    first = choose_pages(START, links, pages)
    assert len(first) <= max(0, pages - 1)
    assert len(set(first)) == len(first)
    assert choose_pages(START, links, pages) == first


def test_an_address_loses_what_only_tells_visits_apart() -> None:
    assert (
        normal_form("HTTPS://Shop.test/a;jsessionid=1F?b=2&utm_campaign=x&PHPSESSID=3#f") == "https://shop.test/a?b=2"
    )
