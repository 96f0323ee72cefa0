"""Which pages are chosen."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.pages import choose, choose_pages, normal_form
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


def test_of_a_list_of_cards_one_is_taken_before_a_second_even_where_addresses_do_not_tell() -> None:
    cards = [Link(url=f"https://www.shop.test/{name}") for name in ("hat", "coat", "shoe", "scarf", "glove")]
    menu = [Link(url=f"https://www.shop.test/{name}") for name in ("blog", "stores", "returns")]
    choice = choose((START,), [*cards, *menu], 5, lists=[1] * 5 + [None] * 3)
    assert [url.rpartition("/")[2] for url in choice.pages] == ["hat", "blog", "stores", "returns"]
    assert choice.kinds == 4


SITES = {
    "a shop with its products at the root": (
        ["/damen", "/herren", "/sale", "/blog", "/hilfe/versand"]
        + [f"/blaues-kleid-aus-leinen-{n}" for n in range(40)]
        + ["/blog/10-tipps", "/konto", "/datenschutz", "/impressum"],
        {"product": r"/blaues-", "post": r"/blog/", "help": r"/hilfe/", "legal": r"/(daten|impr)", "account": "/konto"},
    ),
    "a newspaper": (
        [f"/politik/2026/11/2{n}/artikel-{n}" for n in range(9)]
        + [f"/sport/2026/11/2{n}/artikel-{n}" for n in range(9)]
        + ["/politik", "/video/123456", "/abo", "/privacy"],
        {"article": "/politik/2026", "front": r"/politik$", "video": "/video/", "offer": "/abo", "legal": "/privacy"},
    ),
    "a forum of queries": (
        [f"/index.php?route=product/list&path={n}" for n in range(20)]
        + [f"/index.php?route=product/show&id={n}" for n in range(20)]
        + [
            "/index.php?route=information/contact",
            "/index.php?route=information/cookies",
            "/index.php?route=blog/home",
        ],
        {
            "list": "product/list",
            "product": "product/show",
            "contact": "contact",
            "legal": "cookies",
            "blog": "blog/home",
        },
    ),
    "a site in four languages": (
        [
            "/fr",
            "/en",
            "/it",
            "/fr/produits/a",
            "/en/products/a",
            "/it/prodotti/a",
            "/de/produkte/a",
            "/de/produkte/b",
            "/de/firma",
            "/de/kontakt",
            "/de/datenschutz",
        ],
        {"product": "/de/produkte", "company": "/de/firma", "contact": "/de/kontakt", "legal": "/de/datenschutz"},
    ),
    "an application of hash routes": (
        ["/#/", "/#/orders", "/#/orders/17", "/#/orders/18", "/#/orders/19", "/#/profile", "/#top", "/#/help/cookies"],
        {"orders": r"#/orders$", "order": r"#/orders/\d", "profile": "#/profile", "legal": "cookies"},
    ),
    "a list that is sorted, filtered and turned": (
        [
            "/shop?sort=price",
            "/shop?filter=red",
            "/shop?color=red&size=m",
            "/shop/page/2",
            "/shop?q=x",
            "/search?q=a",
            "/shop",
            "/shop/hat",
            "/about",
            "/cookie-policy",
        ],
        {"list": r"/shop$", "product": "/shop/hat", "about": "/about", "legal": "/cookie-policy"},
    ),
}


@pytest.mark.parametrize("site", SITES)
def test_every_kind_of_page_is_among_the_first_of(site: str) -> None:
    paths, kinds = SITES[site]
    start = "https://www.shop.test/de" if "languages" in site else START
    links = [Link(url=f"https://www.shop.test{path}") for path in paths]
    pages = choose_pages(start, links, 10 if "shop with" in site else 6)
    missed = [kind for kind, pattern in kinds.items() if not any(re.search(pattern, page) for page in pages)]
    assert not missed, pages


def test_a_legal_page_is_known_by_its_words_too() -> None:
    links = [Link(url=f"https://www.shop.test/{n}/x") for n in ("a", "b", "c")]
    links.append(Link(url="https://www.shop.test/info/17", text="Datenschutz & Cookies"))
    assert choose_pages(START, links, 3)[1] == "https://www.shop.test/info/17"


def test_sessions_are_taken_out_and_everything_else_stays_as_written() -> None:
    assert normal_form("HTTPS://Shop.Test/A;jsessionid=1F?b=%20x&PHPSESSID=9&a&utm_medium=m#frag") == (
        "https://shop.test/A?b=%20x&a"
    )
    assert normal_form("https://shop.test/(S(abc123))/x.aspx") == "https://shop.test/x.aspx"
    assert normal_form("https://shop.test/#!/about") == "https://shop.test/#!/about"


def test_strange_addresses_are_left_alone() -> None:
    assert (
        chosen(
            "https://user:pass@www.shop.test/a",
            "https://www.shop.test/" + "a" * 3000,
            "https://www.shop.test:99999/a",
            "https://www.shop.test/api/v1/users",
            "https://www.shop.test/?do=logout",
            "https://www.shop.test/#/logout",
        )
        == []
    )
    assert choose_pages(START, [Link(url="https://www.shop.test/u?x=7", text="Log out")], 3) == ()
    assert choose_pages(START, [Link(url="https://www.shop.test/u?x=7", text="How to log out")], 3) != ()


def test_the_address_to_which_the_start_page_leads_is_the_start_page_too() -> None:
    links = [Link(url="https://www.shop.test/de/"), Link(url="https://www.shop.test/de/a"), Link(url=START)]
    assert choose((START, "https://www.shop.test/de/index.html"), links, 4).pages == ("https://www.shop.test/de/a",)


def test_what_is_not_permitted_is_counted_and_not_chosen() -> None:
    links = [Link(url=f"https://www.shop.test/{n}") for n in ("a", "private", "b")]
    choice = choose((START,), links, 4, permitted=lambda url: "private" not in url)
    assert choice.pages == ("https://www.shop.test/a", "https://www.shop.test/b")
    assert choice.forbidden == ("https://www.shop.test/private",)
