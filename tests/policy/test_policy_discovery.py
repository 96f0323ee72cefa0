"""The site's policy is found by the words and the address of links, and told from other pages."""

from __future__ import annotations

import time

import pytest

from scanner.model.evidence import Link
from scanner.model.recorded import Document
from scanner.policy import choose_documents, is_policy

START = "https://www.lamps.example/"


def urls(*links: tuple[str, str], start: str = START) -> list[str]:
    return [
        url for url, why in choose_documents([Link(url=u, text=t) for u, t in links], start) if "well-known" not in why
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Cookie policy",
        "Cookie-Richtlinie",
        "Politique de cookies",
        "Política de cookies",
        "Informativa sui cookie",
        "Cookiebeleid",
        "Polityka plików cookies",
        "Om kakor",
        "Cookiepolitik",
        "Informasjonskapsler",
        "Evästekäytäntö",
        "Zásady cookies",
        "Süti szabályzat",
        "Politica de cookies",
        "Πολιτική cookies",
        "Политика за бисквитки",
        "Çerez Politikası",
        "クッキーポリシー",
        "Datenschutzerklärung",
        "Politique de confidentialité",
        "Política de privacidade",
        "Polityka prywatności",
        "Integritetspolicy",
        "Tietosuojaseloste",
        "Ochrana osobních údajů",
        "Adatkezelési tájékoztató",
        "隐私政策",
        "개인정보처리방침",
        "سياسة الخصوصية",
    ],
)
def test_a_link_is_known_by_its_words_in_many_languages(words: str) -> None:
    assert urls(("/page?id=7", words)) == ["https://www.lamps.example/page?id=7"]


def test_cookie_policies_come_before_privacy_policies_before_legal_pages() -> None:
    found = urls(("/impressum", "Impressum"), ("/datenschutz", "Datenschutz"), ("/x", "Cookie-Richtlinie"))
    assert [url.rsplit("/", 1)[-1] for url in found] == ["x", "datenschutz", "impressum"]


def test_an_address_counts_where_the_words_say_nothing() -> None:
    assert urls(("/legal/cookie-policy.html", "here")) == ["https://www.lamps.example/legal/cookie-policy.html"]


@pytest.mark.parametrize(
    "path",
    [
        "/cookie-policy-eu/",
        "/de/datenschutzerklaerung.html",
        "/legal/politique-de-confidentialite",
        "/pages/politica-de-cookies-2",
        "/informativa-sui-cookie",
        "/klantenservice/privacyverklaring",
        "/politica-de-privacidade",
        "/polityka-prywatnosci",
        "/integritetspolicy",
        "/om/privatlivspolitik",
        "/personvern",
        "/tietosuojaseloste",
        "/zasady-ochrany-osobnich-udaju",
        "/adatkezelesi-tajekoztato",
        "/politica-de-confidentialitate",
        "/el/πολιτική-απορρήτου",
        "/çerez-politikası",
        "/プライバシーポリシー",
        "/privacy-statement-us",
    ],
)
def test_an_address_without_words_counts_where_it_says_nothing_else(path: str) -> None:
    assert urls((path, "")) == [f"https://www.lamps.example{path}"]


@pytest.mark.parametrize(
    "path",
    [
        "/butter-cookies",
        "/products/cookies",
        "/collections/cookies",
        "/blog/privacy-policy-news",
        "/gdpr-training-course",
        "/shop/privacy-screen-filter",
        "/2023/05/07/08/09/cookie-policy",
        "/recipes/cookies",
        "/how-we-made-a-cookie-policy",
    ],
)
def test_an_address_without_words_that_says_more_is_no_policy(path: str) -> None:
    assert urls((path, "")) == []


def test_a_sitemap_of_many_addresses_is_read_in_time() -> None:
    links = [Link(url=f"https://www.lamps.example/lamps/lamp-{number}-of-glass") for number in range(20_000)]
    began = time.process_time()
    found = choose_documents([*links, Link(url="/cookie-policy")], START)
    assert found[0] == ("https://www.lamps.example/cookie-policy", 'address has "cookiepolicy"')
    assert time.process_time() - began < 10


def test_legal_pages_are_told_as_such() -> None:
    assert choose_documents([Link(url="/a", text="Impressum")], START)[0][1] == 'legal page, link "Impressum"'


def test_only_the_own_site_and_hosts_of_policies_count() -> None:
    found = urls(
        ("https://policies.google.com/privacy", "Privacy policy"),
        ("https://help.lamps.example/privacy", "Privacy"),
        ("https://www.iubenda.com/privacy-policy/12", "Privacy policy"),
    )
    assert found == ["https://help.lamps.example/privacy", "https://www.iubenda.com/privacy-policy/12"] or set(
        found
    ) == {
        "https://help.lamps.example/privacy",
        "https://www.iubenda.com/privacy-policy/12",
    }


def test_settings_recipes_and_other_schemes_are_no_policies() -> None:
    assert (
        urls(
            ("/#", "Cookie settings"),
            ("/rezepte/cookies", "Cookies backen"),
            ("mailto:a@b.example", "Privacy"),
            ("/p.jpg", "Privacy"),
        )
        == []
    )


def test_no_address_comes_twice_and_fragments_are_dropped() -> None:
    assert urls(
        ("/privacy#cookies", "Cookies"), ("/privacy/", "Privacy"), ("http://lamps.example/privacy", "Privacy")
    ) == ["https://www.lamps.example/privacy"]


def test_well_known_paths_come_last_and_fit_the_country() -> None:
    found = choose_documents([], "https://laden.de/shop")
    assert ("https://laden.de/datenschutz", "well-known path /datenschutz") in found
    assert all(url.startswith("https://laden.de/") for url, _ in found)


def test_every_choice_says_why() -> None:
    assert choose_documents([Link(url="/a", text="Privacy")], START)[0][1] == 'link "Privacy"'


def document(text: str) -> Document:
    return Document(url="https://a.example/", media_type="text/html", sha256="", text=text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body></body></html>",
        "<title>404 Not Found</title><h1>Page not found</h1><p>The cookie policy you look for is not here, sorry.</p>",
        "<title>Just a moment...</title><p>Checking your browser before accessing. Enable cookies.</p>" * 2,
        "<h1>Oatmeal biscuits</h1><p>" + "Mix butter, sugar and oats, then bake for ten minutes until golden. " * 20,
        "<h1>Welcome to our shop</h1><p>"
        + "Buy lamps and shades of every kind here. " * 30
        + "</p><p>We use cookies.</p>",
    ],
)
def test_a_page_that_is_no_policy_is_told(text: str) -> None:
    assert not is_policy(document(text))


@pytest.mark.parametrize(
    "text",
    [
        "<title>Cookie policy</title><p>"
        + "We use cookies to make this site work. You can give or refuse consent. " * 3,
        "<h1>Datenschutzerklärung</h1><p>" + "Wir verarbeiten personenbezogene Daten mit Ihrer Einwilligung. " * 3,
        "<h1>Legal</h1><p>" + "Our cookies and the personal data that cookies collect need your consent. " * 8,
    ],
)
def test_a_policy_is_told(text: str) -> None:
    assert is_policy(document(text))
