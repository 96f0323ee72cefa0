"""What was typed, or what a person is known by, inside requests to other companies."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from urllib.parse import quote

import pytest

MAIL = "kolivaduto417@example.com"
WORD = "dagibomeru"
PHONE = "07700900417"
TO = "https://collect.test/c"


def techniques(scan):
    """What was typed and sent, by host."""
    return {one.host: one for one in scan.inventory().techniques if one.kind == "keystrokes"}


def sent(scan):
    """Personal data sent: what, from where, how, in which place, to whom."""
    return [(one.data, one.source, one.form, one.where, one.host) for one in scan.inventory().personal_data]


def in_json(value):
    """A batch of events, as recorders send them."""
    return json.dumps({"e": [{"t": 3, "v": value}], "n": 12})


def binary(value, more=b"-_"):
    """The bytes of a digest in base64, without the filling."""
    return base64.b64encode(hashlib.sha256(value.encode()).digest(), more).decode().rstrip("=")


@pytest.mark.parametrize(
    ("form", "way"),
    [
        ("plain", lambda value: value),
        ("plain", lambda value: value.upper()),
        ("plain", quote),
        ("plain", lambda value: quote(quote(value, safe=""), safe="")),
        ("plain", lambda value: quote(in_json(value))),
        ("base64", lambda value: base64.b64encode(value.encode()).decode()),
        ("base64", lambda value: base64.urlsafe_b64encode(in_json(value).encode()).decode().rstrip("=")),
        ("base64", lambda value: quote(base64.b64encode(("x" + value).encode()).decode())),
        ("hex", lambda value: value.encode().hex()),
        ("md5", lambda value: hashlib.md5(value.encode()).hexdigest()),
        ("sha1", lambda value: hashlib.sha1(value.encode()).hexdigest()),
        ("sha256", lambda value: hashlib.sha256(value.encode()).hexdigest()),
        ("sha256", lambda value: hashlib.sha256(value.encode()).hexdigest().upper()),
        ("sha256", lambda value: f"tv.1~em.{binary(value)}"),
        ("sha256", lambda value: quote(binary(value, b"+/") + "=")),
        ("sha512", lambda value: hashlib.sha512(value.encode()).hexdigest()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["address", "body"])
def test_a_typed_address_is_found_in_every_usual_form(record, form, way, place):
    """In the address and in the body of a request to a stranger."""
    scan = record("before")
    scan.canary("before", "email", MAIL)
    if place == "address":
        scan.request("before", f"{TO}?a=1&v={way(MAIL)}&z=9", kind="XHR", stack=["https://cdn.test/k.js"])
    else:
        scan.request("before", TO, kind="Ping", method="POST", post_data=f"a=1&v={way(MAIL)}")
    assert sent(scan) == [("email", "typed", form, place, "collect.test")]
    found = techniques(scan)["collect.test"]
    assert (found.party, found.data, found.confidence, found.answered) == ("third", ("email",), "certain", False)
    assert found.detail == f"e-mail address (email “Your mail”), before the form was sent, {form}"


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(in_json(MAIL).encode()).decode("latin-1"),
        zlib.compress(in_json(MAIL).encode()).decode("latin-1"),
        base64.b64encode(gzip.compress(in_json(MAIL).encode())).decode(),
        "data=" + quote(base64.b64encode(gzip.compress(in_json(MAIL).encode())).decode()),
        json.dumps({"d": base64.b64encode(zlib.compress(in_json(MAIL).encode())).decode()}),
        gzip.compress((in_json(MAIL) + "\n" + "x" * 9000).encode())[:200].decode("latin-1"),
    ],
    ids=["gzip", "zlib", "gzip in base64", "in a form", "in JSON", "cut"],
)
def test_what_is_packed_is_unpacked(record, body):
    """Recorders and analytics pack what they send."""
    scan = record("before")
    scan.canary("before", "email", MAIL)
    scan.request("before", TO, kind="XHR", method="POST", post_data=body)
    assert sent(scan) == [("email", "typed", "plain", "body", "collect.test")]


def test_letters_told_one_by_one_are_put_together(record):
    """One request for each key, of which none holds more than a letter."""
    for texts in (
        [f"{TO}?k={letter}&t={number}" for number, letter in enumerate(WORD)],
        [f"{TO}?d=" + quote(json.dumps({"type": "keyup", "key": letter, "x": 1})) for letter in WORD for _ in (0, 1)],
        [f"{TO}?code=Key{letter.upper()}" for letter in WORD],
        [TO + "?keys=" + quote(json.dumps(list(WORD)))],
    ):
        scan = record("before")
        scan.canary("before", "text", WORD)
        for text in texts:
            scan.request("before", text, ms=31001.0)
        assert "step by step" in techniques(scan)["collect.test"].detail


def test_growing_parts_are_told_from_one_reading(record):
    """A request for each key that holds what was typed so far; the start of a value is enough."""
    scan = record("before")
    scan.canary("before", "email", MAIL)
    for end in range(1, len(MAIL) + 1):
        scan.request("before", f"{TO}?v={quote(MAIL[:end])}", stack=["https://cdn.test/k.js"])
    scan.request("before", f"https://once.test/c?v={MAIL[:9]}")
    found = techniques(scan)
    assert "step by step" in found["collect.test"].detail
    assert found["collect.test"].script == "https://cdn.test/k.js"
    assert "before the form was sent" in found["once.test"].detail


@pytest.mark.parametrize(
    "text",
    [
        f"?v={MAIL[:7]}",
        f"?v={MAIL[1:]}",
        "?v=someone@example.com",
        f"?v={hashlib.sha256(b'other').hexdigest()}",
        "?k=d&k=a&k=x&k=g",
    ],
)
def test_what_is_too_short_or_another_value_is_nothing(record, text):
    """No accusation on a few letters."""
    scan = record("before")
    scan.canary("before", "email", MAIL)
    scan.canary("before", "text", WORD)
    scan.request("before", TO + text)
    assert not techniques(scan)
    assert sent(scan) == []


def test_another_visitors_value_is_not_looked_for(record):
    """Each context has its own."""
    scan = record()
    scan.canary("before", "email", MAIL)
    scan.request("reject", f"{TO}?v={MAIL}")
    assert not techniques(scan)


def test_a_value_kept_from_one_page_is_found_on_the_next(record):
    """Typed in one visit, sent in another of the same visitor."""
    scan = record("before")
    scan.canary("before", "phone", PHONE)
    scan.visit("before", "https://www.shop.test/next")
    scan.request("before", f"{TO}?tel={PHONE}")
    assert sent(scan) == [("phone", "typed", "plain", "address", "collect.test")]
    assert techniques(scan)["collect.test"].data == ("phone",)


def test_a_site_that_suggests_searches_on_its_own_host_reads_nothing_unexpected(record):
    """What it does with an address is told, but as its own doing."""
    scan = record("before")
    scan.canary("before", "search", WORD)
    scan.canary("before", "email", MAIL)
    scan.request("before", f"https://www.shop.test/suggest?q={WORD}", kind="XHR", mime_type="application/json")
    assert not techniques(scan)
    scan.request("before", "https://api.shop.test/check", kind="XHR", method="POST", post_data=in_json(MAIL))
    assert techniques(scan)["api.shop.test"].party == "first"
    assert sent(scan) == []


def test_a_search_service_that_answers_is_told_from_a_listener_that_does_not(record):
    """By content that a page could show."""
    scan = record("before")
    scan.canary("before", "search", WORD)
    fields = {"kind": "XHR", "mime_type": "application/json", "body_bytes": 900}
    scan.request("before", f"https://search.test/1/indexes?q={WORD}", **fields)
    scan.request("before", f"https://listen.test/c?q={WORD}", kind="XHR", status=204)
    found = techniques(scan)
    assert (found["search.test"].answered, found["listen.test"].answered) == (True, False)
    assert sent(scan) == []


def test_a_vendor_behind_the_sites_own_name_is_another_company(record, make_catalogue, make_vendor):
    """By CNAME."""
    scan = record("before")
    scan.catalogue = make_catalogue(make_vendor("acme", cname_targets=["acme-metrics.test"]))
    scan.canary("before", "email", MAIL)
    scan.name("stats.shop.test", "shop.acme-metrics.test")
    scan.request("before", f"https://stats.shop.test/c?v={MAIL}")
    (one,) = scan.inventory().personal_data
    assert (one.vendor, one.party, one.category) == ("Acme", "first", "marketing")


ADDRESS = "https://www.shop.test/confirm?mail=jane.doe%40mail.test&c=1"


@pytest.mark.parametrize(
    ("url", "form", "where", "headers"),
    [
        (f"{TO}?dl={quote(ADDRESS)}", "plain", "address", ()),
        (f"{TO}?h={hashlib.sha256(b'jane.doe@mail.test').hexdigest()}", "sha256", "address", ()),
        (TO, "plain", "referrer", (("referer", ADDRESS),)),
    ],
)
def test_an_address_in_the_pages_own_address_is_followed(record, url, form, where, headers):
    """In hits that tell the page, in digests, and in the Referer line."""
    scan = record("before")
    scan.request("before", url, top_url=ADDRESS, request_headers=headers)
    assert sent(scan) == [("email", "address", form, where, "collect.test")]


@pytest.mark.parametrize(
    "address",
    [
        "https://www.shop.test/contact?to=anna.berg@shop.test",
        "https://www.shop.test/c?to=info%40partner.test",
        "https://anna.berg:secret@www.shop.test/",
        "https://www.shop.test/img/logo@2x.png",
        "https://www.shop.test/npm/@scope/pkg@1.2.3/a.js",
    ],
)
def test_mailboxes_of_the_site_and_what_only_looks_like_one_are_nothing(record, address):
    """In the page's address."""
    scan = record("before")
    scan.request("before", f"{TO}?dl={quote(address)}", top_url=address)
    assert sent(scan) == []


@pytest.mark.parametrize(
    ("url", "body", "expected"),
    [
        (f"{TO}?email=jane.doe%40mail.test", None, ("plain", "address")),
        (TO, "a=1&em=jane.doe%40mail.test", ("plain", "body")),
        (TO, '{"user":{"email":"jane.doe@mail.test"}}', ("plain", "body")),
        (f"https://www.facebook.com/tr?id=1&ev=Lead&udff[em]={hashlib.sha256(b'x@y.test').hexdigest()}", None,
         ("sha256", "address")),
        (f"https://www.facebook.com/tr?id=1&ud[em]={hashlib.sha256(b'').hexdigest()}", None, None),
        (f"{TO}?email=info%40mail.test", None, None),
        (f"{TO}?email=anna.berg%40shop.test", None, None),
        (f"{TO}?email=anna.berg%40collect.test", None, None),
        (f"{TO}?theme=jane.doe%40mail.test", None, None),
        (f"{TO}?email=true", None, None),
    ],
)  # fmt: skip
def test_a_value_that_a_request_names_as_an_address_is_told(record, url, body, expected):
    """By the name it has there; examples, offices and the site's own are not."""
    scan = record("before")
    scan.request("before", url, post_data=body, method="POST" if body else "GET")
    found = [(form, where) for _, source, form, where, _ in sent(scan) if source == "request"]
    assert found == ([expected] if expected else [])


def test_nothing_is_told_of_requests_to_the_site(record):
    """Whatever stands in them."""
    scan = record("before")
    scan.request("before", "https://www.shop.test/save?email=jane.doe%40mail.test", top_url=ADDRESS)
    assert sent(scan) == []
