"""Reading sitemaps, most of all those that mean harm."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from pathlib import Path

import pytest

from scanner.capture.sitemaps import MOST_ADDRESSES, Sitemap, read_sitemap

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def of(*urls: str) -> bytes:
    entries = "".join(f"<url><loc> {url}\n</loc><lastmod>2026-01-01</lastmod></url>" for url in urls)
    return f"{HEAD}<urlset {NAMESPACE}>{entries}</urlset>".encode()


def test_pages_and_further_sitemaps_in_their_order() -> None:
    assert read_sitemap(
        of("https://a.test/2", "https://a.test/1", "https://a.test/2", "/no", "ftp://a.test/")
    ) == Sitemap(pages=("https://a.test/2", "https://a.test/1"))
    index = f"{HEAD}<sitemapindex {NAMESPACE}><sitemap><loc>https://a.test/s.xml.gz</loc></sitemap></sitemapindex>"
    assert read_sitemap(index.encode()) == Sitemap(sitemaps=("https://a.test/s.xml.gz",))


@pytest.mark.parametrize(
    "encode", [gzip.compress, lambda data: b"\xef\xbb\xbf" + data, lambda data: b"\n\n" + data[39:]]
)
def test_compressed_marked_and_sloppy_ones_are_read(encode: object) -> None:
    assert callable(encode)
    assert read_sitemap(encode(of("https://a.test/1"))).pages == ("https://a.test/1",)


def test_without_a_namespace_or_with_pictures_only_the_pages_count() -> None:
    text = "<urlset xmlns:image='http://i'><url><loc>https://a.test/1?a=1&amp;b=2</loc>"
    text += "<image:image><image:loc>https://a.test/i.jpg</image:loc></image:image></url></urlset>"
    assert read_sitemap(text.encode()).pages == ("https://a.test/1?a=1&b=2",)


def test_plain_text_is_one_address_a_line() -> None:
    assert read_sitemap(b"https://a.test/1\r\nhttps://a.test/2\nnonsense\n").pages == (
        "https://a.test/1",
        "https://a.test/2",
    )


def test_a_broken_one_holds_what_stood_before() -> None:
    data = of("https://a.test/1", "https://a.test/2").replace(b"2\n</loc>", b"2</lock>")
    assert read_sitemap(data).pages == ("https://a.test/1",)
    assert read_sitemap(gzip.compress(of(*(f"https://a.test/{n}" for n in range(9000))))[:2000]).pages


@pytest.mark.parametrize(
    "data", [b"", b"<!doctype html><title>Not found</title>", b"\x1f\x8bnothing", b"{}", b"\x00" * 99]
)
def test_what_is_no_sitemap_is_an_empty_one(data: bytes) -> None:
    assert read_sitemap(data) == Sitemap()


def test_entities_are_not_expanded_and_files_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://a.test/secret")
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))
    text = f"""<!DOCTYPE urlset [<!ENTITY e0 "https://a.test/x"> {bomb} <!ENTITY f SYSTEM "{secret.as_uri()}">]>
        <urlset><url><loc>&e11;</loc></url><url><loc>&f;</loc></url><url><loc>https://a.test/&e0;</loc></url>
        <url><loc>https://a.test/fine</loc></url></urlset>"""
    began = time.process_time()
    assert set(read_sitemap(text.encode()).pages) <= {"https://a.test/fine"}
    assert time.process_time() - began < 2


def test_a_bomb_and_an_endless_list_end_at_the_limit() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * 300_000_000)
    many = of(*(f"https://a.test/{n}" for n in range(3 * MOST_ADDRESSES)))
    tracemalloc.start()
    began = time.process_time()
    assert read_sitemap(bomb) == Sitemap()
    assert len(read_sitemap(many).pages) == MOST_ADDRESSES
    assert len(read_sitemap(b"https://a.test/1\n" * 3 * MOST_ADDRESSES).pages) <= MOST_ADDRESSES
    took, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert took < 10
    assert peak < 60_000_000
