"""Secrets are taken out of everything that is kept, in whatever form; what is no secret stays."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.evidence import (
    RECORD,
    Initiator,
    JarCookie,
    JarSnapshot,
    Record,
    Request,
    ScanStarted,
    SetCookieLine,
    StorageItem,
    StorageSnapshot,
)
from scanner.model.probes import BroughtCookie, BroughtItem, LoginBrought
from scanner.store import Redacting, Redactor
from scanner.store.redaction import everyday

SECRET = 'p/w "ü" & 100%'


class _Kept:
    def __init__(self) -> None:
        self.records: list[Record] = []
        self.files: dict[str, bytes] = {}

    def record(self, record: Record) -> None:
        self.records.append(record)

    def file(self, name: str, data: bytes) -> None:
        self.files[name] = data


def _redactor(*values: str, certain: bool = True) -> Redactor:
    redactor = Redactor()
    redactor.conceal(values, certain=certain)
    return redactor


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "in a path": quote,
    "in a query": lambda text: quote(text, safe=""),
    "in a form": quote_plus,
    "in lower case": lambda text: re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), quote(text, safe="")),
    "encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in JSON as it stands": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "in JSON of other writers": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "in JSON in JSON": lambda text: json.dumps(json.dumps(text)[1:-1], ensure_ascii=False)[1:-1],
    "in HTML": html.escape,
    "in base64": _base64,
    "in base64 of addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "in base64 after something else": lambda text: _base64(f"x{text}y"),
    "in base64 after something more": lambda text: _base64(f"xx{text}yy"),
    "in base64 after JSON": lambda text: _base64(json.dumps({"a": "x", "b": text}, ensure_ascii=False)),
    "in hexadecimal digits": lambda text: text.encode().hex(),
}


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("secret", [SECRET, "Zk9-aa.q7_longer", "abcd", "日本語パスワード", "1234567"])
def test_a_secret_is_found_in_every_form(form: str, secret: str) -> None:
    text = FORMS[form](secret)
    if form == "in base64 after JSON" and '"' in secret:
        text = _base64(f'{{"a": "{secret}"}}')
    clean = _redactor(secret).text(f"before {text} after")
    assert clean.startswith("before ") and clean.endswith(" after")
    assert "[secret]" in clean
    assert text not in clean


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=40),
    st.sampled_from(sorted(set(FORMS) - {"in base64 after JSON"})),
    st.text(max_size=20),
)
def test_no_form_of_any_secret_survives(secret: str, form: str, around: str) -> None:
    text = FORMS[form](secret)
    clean = _redactor(secret).text(f"{around}|{text}|{around}")
    assert f"|{text}|" not in clean or text == "[secret]"


def test_the_texts_inside_a_stored_value_are_secret_too() -> None:
    stored = json.dumps({"token": "eyJhbGciOi.payload", "theme": "dark", "home": "https://a.example/"})
    redactor = _redactor(quote(stored), certain=False)
    assert redactor.text("Bearer eyJhbGciOi.payload") == "Bearer [secret]"
    assert redactor.text(stored) == "[secret]"
    assert redactor.text("theme: dark, https://a.example/") == "theme: dark, https://a.example/"


@pytest.mark.parametrize("value", ["true", "dark", "de-DE", "12345", "accepted", "https://a.example/path"])
def test_what_stands_on_any_page_is_no_secret_unless_it_is_certain(value: str) -> None:
    assert everyday(value)
    assert _redactor(value, certain=False).text(f"is {value}") == f"is {value}"
    assert _redactor(value).text(f"is {value}") == "is [secret]"


@pytest.mark.parametrize("value", ["topsecret", "1234567", "a1b2", "https://a.example/?token=1", "Deutschland"])
def test_what_may_be_a_secret_is_one(value: str) -> None:
    assert not everyday(value)


def test_an_address_remains_an_address() -> None:
    """A host that bears a weak secret by chance stays; one that carries a strong one does not give it away."""
    redactor = _redactor("shop", "c0ffee-c0ffee-c0ffee")
    assert redactor.text("https://www.shop.test/shop?x=shop") == "https://www.shop.test/[secret]?x=[secret]"
    assert redactor.text("see https://c0ffee-c0ffee-c0ffee.evil.test/x") == "see https://secret.evil.test/x"


def _request(**changes: object) -> Request:
    values: dict[str, object] = {
        "id": "r1",
        "visit": "v1",
        "context": "accept",
        "phase": "initial",
        "ms": 1.0,
        "method": "GET",
        "url": "https://www.shop.test/accept",
        "resource_type": "Document",
        "frame_url": "https://www.shop.test/",
        "top_url": "https://www.shop.test/",
        "initiator": Initiator(kind="other"),
    }
    return Request.model_validate(values | changes)


def test_what_tells_records_apart_is_never_touched() -> None:
    """Secrets that are words of the evidence's own language leave valid evidence behind."""
    kept = _Kept()
    sink = Redacting(kept, _redactor("accept", "initial", "request", "Document", "www.shop.test"))
    started = ScanStarted(
        tool_version="1",
        url="https://www.shop.test/",
        host="www.shop.test",
        site="shop.test",
        started="2026-11-22T09:30:00Z",
        states=("accept",),
        pages=1,
    )
    sink.record(started)
    sink.record(_request())
    for record in kept.records:
        assert RECORD.validate_json(RECORD.dump_json(record, by_alias=True)) == record
    (_, request) = kept.records
    assert isinstance(request, Request)
    assert (request.context, request.phase, request.resource_type) == ("accept", "initial", "Document")
    assert request.url.endswith("/[secret]")


BROUGHT = LoginBrought(
    how="storage-state",
    cookies=(
        BroughtCookie(name="sid", domain=".shop.test", path="/"),
        BroughtCookie(name="lang", domain="shop.test", path="/"),
    ),
    items=(BroughtItem(origin="https://www.shop.test", key="auth"),),
)


def test_what_a_login_brought_stays_secret_as_the_site_renews_it() -> None:
    kept = _Kept()
    sink = Redacting(kept, Redactor())
    sink.record(BROUGHT)
    sink.record(
        _request(
            set_cookies=(SetCookieLine(raw="sid=renewed-7777; Path=/"), SetCookieLine(raw="other=abc12345; Path=/")),
            request_headers=(
                ("authorization", "Bearer fresh-1"),
                ("cookie", "sid=x9; lang=de; other=abc12345"),
                ("accept", "*/*"),
            ),
        )
    )
    sink.record(_request(url="https://www.shop.test/?s=renewed-7777"))
    first, second = kept.records[1:]
    assert isinstance(first, Request) and isinstance(second, Request)
    assert [line.raw for line in first.set_cookies] == ["sid=[secret]; Path=/", "other=abc12345; Path=/"]
    assert first.request_headers == (
        ("authorization", "[secret]"),
        ("cookie", "sid=[secret]; lang=[secret]; other=abc12345"),
        ("accept", "*/*"),
    )
    assert second.url == "https://www.shop.test/?s=[secret]"


def test_the_same_name_of_another_host_is_another_cookie() -> None:
    kept = _Kept()
    sink = Redacting(kept, Redactor())
    sink.record(BROUGHT)
    cookie = JarCookie(
        name="sid",
        value="de",
        domain="shop.test",
        host_only=True,
        path="/",
        secure=True,
        http_only=True,
        same_site="lax",
    )
    other = cookie.model_copy(update={"domain": "ads.example", "value": "visitor-42"})
    sink.record(
        JarSnapshot(
            visit="v1", context="before", phase="initial", taken="2026-11-22T09:30:00Z", cookies=(cookie, other)
        )
    )
    sink.record(
        StorageSnapshot(
            visit="v1",
            context="before",
            phase="initial",
            storage="local",
            origin="https://www.shop.test",
            top_url="https://www.shop.test/",
            frame_url="https://www.shop.test/",
            items=(StorageItem(key="auth", value="on"), StorageItem(key="size", value="42")),
        )
    )
    jar, storage = kept.records[1:]
    assert isinstance(jar, JarSnapshot) and isinstance(storage, StorageSnapshot)
    assert [one.value for one in jar.cookies] == ["[secret]", "visitor-42"]
    assert [one.value for one in storage.items] == ["[secret]", "42"]


def test_files_of_text_are_cleaned_and_others_left_alone() -> None:
    kept = _Kept()
    sink = Redacting(kept, _redactor(SECRET))
    picture = b"\x89PNG\xff" + SECRET.encode()
    sink.file("evidence/documents/a.html", f"<p>{html.escape(SECRET)}</p>".encode())
    sink.file("screenshots/a.png", picture)
    assert kept.files == {"evidence/documents/a.html": b"<p>[secret]</p>", "screenshots/a.png": picture}


def test_without_a_secret_nothing_is_changed() -> None:
    kept = _Kept()
    request = _request(request_headers=(("authorization", "Basic x"),))
    Redacting(kept, Redactor()).record(request)
    assert kept.records[0] is request
