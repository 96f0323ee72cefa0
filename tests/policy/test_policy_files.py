"""Policies given as files are read whatever their suffix and encoding, and refused with one clear line otherwise."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from scanner.errors import PolicyError
from scanner.policy import document_from_bytes, document_from_file, read


@pytest.mark.parametrize(
    ("name", "media_type"), [("a.html", "text/html"), ("a.md", "text/markdown"), ("a.txt", "text/plain")]
)
def test_the_suffix_says_what_a_file_is(tmp_path: Path, name: str, media_type: str) -> None:
    path = tmp_path / name
    path.write_text("Cookie policy", encoding="utf-8")
    document = document_from_file(path)
    assert document.media_type == media_type
    assert document.sha256 == hashlib.sha256(b"Cookie policy").hexdigest()


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ("<!DOCTYPE html><p>x", "text/html"),
        ("# Cookies\n\n- a\n- b\n", "text/markdown"),
        ("Cookies are small files.", "text/plain"),
    ],
)
def test_without_a_known_suffix_the_content_decides(text: str, media_type: str) -> None:
    assert document_from_bytes(text.encode(), "x").media_type == media_type


@pytest.mark.parametrize(
    "data",
    [
        "Größe – Cookies".encode(),
        "Größe – Cookies".encode("utf-8-sig"),
        "Größe – Cookies".encode("utf-16"),
        "Größe – Cookies".encode("utf-16-le"),
        "Größe – Cookies".encode("cp1252"),
        '<?xml version="1.0" encoding="windows-1252"?>Größe – Cookies'.encode("cp1252"),
    ],
)
def test_encodings_are_told(data: bytes) -> None:
    assert "Größe – Cookies" in document_from_bytes(data, "x").text


def test_a_declared_charset_counts_where_the_bytes_are_not_utf8() -> None:
    data = '<meta charset="iso-8859-2"><p>Polityka prywatności'.encode("iso-8859-2")
    assert "prywatności" in document_from_bytes(data, "x").text


def test_a_cut_file_of_utf8_stays_utf8() -> None:
    data = ("Datenschutzerklärung und Cookies " * 200).encode() + "ä".encode()[:1]
    assert "Datenschutzerklärung" in document_from_bytes(data, "x").text


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"\x89PNG\r\n", b"\x1f\x8b\x08"])
def test_what_is_no_text_is_refused_with_advice(data: bytes) -> None:
    with pytest.raises(PolicyError, match="save the policy as HTML"):
        document_from_bytes(data, "x")


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        document_from_file(tmp_path / "nothing.html")


def test_several_documents_make_one_sorted_declaration() -> None:
    first = document_from_bytes(
        b"<title>Cookie policy</title><h2>Analytics cookies</h2><table><tr><th>Cookie</th><th>Expires</th></tr>"
        b"<tr><td>_ga</td><td>2 years</td></tr></table><p>We use cookies to count visits to this site.</p>",
        "https://a.example/cookies",
    )
    second = document_from_bytes(
        b"<title>Privacy policy</title><p>We use cookies. The cookie _pk_id (13 months) is set by Matomo. Your privacy "
        b"matters and you may withdraw consent.</p>",
        "https://a.example/privacy",
    )
    nothing = document_from_bytes(b"<title>404</title><p>Page not found</p>", "https://a.example/x")
    one, other = read([first, second, nothing]), read([nothing, second, first])
    assert one == other
    assert [(c.name, c.category, c.source) for c in one.cookies] == [
        ("_ga", "analytics", "https://a.example/cookies"),
        ("_pk_id", None, "https://a.example/privacy"),
    ]
    assert [source.url for source in one.sources] == ["https://a.example/cookies", "https://a.example/privacy"]
    assert one.found
    assert not read([nothing]).found
