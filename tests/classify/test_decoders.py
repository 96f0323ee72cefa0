"""What known hits say: account, event, consent signal, identifiers carried."""

from __future__ import annotations

import json

import pytest

from scanner.classify.decoders import DECODERS, Hit, decode
from scanner.model.evidence import Initiator, Request

CID = "1239481273.1795339812"
UUID = "0d6c4b1e-58a7-4b8e-9a31-1f2e3d4c5b6a"


def hit(url: str, body: object = None, kind: str = "Fetch") -> Request:
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return Request(
        id="r1",
        visit="v1",
        context="before",
        phase="initial",
        ms=1.0,
        url=url,
        method="POST" if body is not None else "GET",
        resource_type=kind,
        frame_url="https://www.shop.test/",
        top_url="https://www.shop.test/",
        initiator=Initiator(kind="script"),
        post_data=text,
    )


READS = [
    (
        f"https://www.google-analytics.com/g/collect?v=2&tid=G-ABC123&cid={CID}&en=page_view&sid=1795339812&gcs=G111",
        None,
        ("google-analytics", "page_view", "G-ABC123", ("cid", "sid")),
    ),
    (
        f"https://sst.shop.test/data?v=2&tid=G-ABC123&cid={CID}&en=purchase",
        None,
        ("google-analytics", "purchase", "G-ABC123", ("cid",)),
    ),
    (
        f"https://www.google-analytics.com/collect?v=1&t=event&ea=click&tid=UA-123-4&cid={CID}",
        None,
        ("google-analytics", "event: click", "UA-123-4", ("cid",)),
    ),
    (
        "https://www.google-analytics.com/j/collect",
        f"v=1&t=pageview&tid=UA-123-4&cid={CID}",
        ("google-analytics", "pageview", "UA-123-4", ("cid",)),
    ),
    (
        "https://ssl.google-analytics.com/__utm.gif?utmac=UA-123-4&utmcc=__utma%3D1.2.3",
        None,
        ("google-analytics", "page", "UA-123-4", ("utmcc",)),
    ),
    (
        "https://googleads.g.doubleclick.net/pagead/viewthroughconversion/987654/?random=1&auid=77.88&gcs=G111",
        None,
        ("google-ads", "remarketing", "AW-987654", ("auid",)),
    ),
    (
        "https://www.google.de/pagead/1p-conversion/987654/?label=AbC&gclaw=x1",
        None,
        ("google-ads", "conversion: AbC", "AW-987654", ("gclaw",)),
    ),
    (
        "https://www.google.com/ccm/collect?en=page_view&tid=AW-987654&auid=77.88",
        None,
        ("google-ads", "page_view", "AW-987654", ("auid",)),
    ),
    (
        "https://1234.fls.doubleclick.net/activityi;src=1234;type=sales;cat=buy;ord=1;auiddc=77.88?",
        None,
        ("doubleclick", "sales: buy", "DC-1234", ("auiddc",)),
    ),
    (
        "https://www.facebook.com/tr/?id=123456789012&ev=PageView&dl=https%3A%2F%2Fshop.test&fbp=fb.1.1.2",
        None,
        ("meta", "PageView", "123456789012", ("fbp",)),
    ),
    (
        "https://www.facebook.com/tr/",
        "id=123456789012&ev=Purchase&udff%5Bem%5D=abc",
        ("meta", "Purchase", "123456789012", ("udff[em]",)),
    ),
    (
        "https://analytics.tiktok.com/api/v2/pixel",
        {
            "event": "Pageview",
            "context": {"pixel": {"code": "C123"}, "user": {"anonymous_id": UUID}},
        },
        ("tiktok", "Pageview", "C123", ("anonymous_id",)),
    ),
    (
        "https://px.ads.linkedin.com/collect/?v=2&fmt=js&pid=4455&time=1&li_fat_id=abc",
        None,
        ("linkedin", "page view", "4455", ("li_fat_id",)),
    ),
    (
        "https://px.ads.linkedin.com/collect?pid=4455&conversionId=99",
        None,
        ("linkedin", "conversion: 99", "4455", ()),
    ),
    (
        "https://ct.pinterest.com/v3/?tid=2612345&event=pagevisit&pd=%7B%22em%22%3A%22x%22%7D",
        None,
        ("pinterest", "pagevisit", "2612345", ("pd",)),
    ),
    (
        f"https://bat.bing.com/action/0?ti=5566&Ver=2&mid={UUID}&sid=aa&vid=bb&msclkid=N&evt=pageLoad",
        None,
        ("microsoft-advertising", "pageLoad", "5566", ("sid", "vid")),
    ),
    (
        "https://a.clarity.ms/collect",
        {"e": ["0.7.1", 1, 0, 100, "proj1", "user1", "sess1", 1], "a": []},
        ("microsoft-clarity", "recording", "proj1", ("session", "user")),
    ),
    (
        "https://stats.shop.test/matomo.php?idsite=7&rec=1&action_name=Home&_id=0123456789abcdef",
        None,
        ("matomo", "page view", "7", ("_id",)),
    ),
    (
        "https://stats.shop.test/piwik.php?idsite=7&rec=1&e_c=cart&e_a=add&_id=",
        None,
        ("matomo", "event: cart: add", "7", ()),
    ),
    (
        "https://in.hotjar.com/api/v2/client/sites/12345/visit-data?sv=7",
        {"user_uuid": UUID},
        ("hotjar", "visit-data", "12345", ("user_uuid",)),
    ),
    (
        "https://track-eu1.hubspot.com/__ptq.gif?k=1&a=998877&vi=abc&u=x.y.z&b=q&pu=1",
        None,
        ("hubspot", "page view", "998877", ("b", "u", "vi")),
    ),
    (
        "https://api.segment.io/v1/t",
        {"type": "track", "event": "Bought", "writeKey": "wk1", "messageId": "m1", "anonymousId": UUID},
        ("segment", "track: Bought", "wk1", ("anonymousId",)),
    ),
    (
        "https://col.shop.test/com.snowplowanalytics.snowplow/tp2",
        {
            "schema": "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4",
            "data": [{"e": "pv", "aid": "web", "duid": UUID}],
        },
        ("snowplow", "page view", "web", ("duid",)),
    ),
    (
        f"https://col.shop.test/i?e=se&se_ac=play&p=web&tv=js-3&aid=web&duid={UUID}",
        None,
        ("snowplow", "structured event: play", "web", ("duid",)),
    ),
    (
        "https://metrics.shop.test/b/ss/shoprs/1/JS-2.22/s123?AQB=1&mid=55&pageName=home&AQE=1",
        None,
        ("adobe-analytics", "page view", "shoprs", ("mid",)),
    ),
    (
        f"https://edge.adobedc.net/ee/irl1/v1/interact?configId={UUID}",
        {"events": [{"xdm": {"eventType": "web.webpagedetails.pageViews", "identityMap": {"ECID": [{"id": "5"}]}}}]},
        ("adobe-analytics", "web.webpagedetails.pageViews", UUID, ("ECID",)),
    ),
    (
        "https://mc.yandex.ru/watch/44332211?page-url=https%3A%2F%2Fshop.test&browser-info=pv%3A1%3Au%3A1795339812555",
        None,
        ("yandex-metrica", "page view", "44332211", ("browser-info.u",)),
    ),
    (
        "https://mc.yandex.com/watch/44332211?page-url=goal%3A%2F%2Fshop.test%2Fbuy",
        None,
        ("yandex-metrica", "goal: buy", "44332211", ()),
    ),
    (
        "https://sslwidget.criteo.com/event?a=7788&v=5.1&p0=e%3Dce%26m%3D%255Babc%255D&p1=e%3Dvh&bundle=xyz",
        None,
        ("criteo", "home page view", "7788", ("bundle", "email")),
    ),
]


@pytest.mark.parametrize(("url", "body", "expected"), READS)
def test_a_hit_is_read(url, body, expected):
    """Vendor, event, account and the parameters that carry identifiers."""
    (found,) = decode(hit(url, body))
    assert (found.vendor, found.event, found.account, found.identifiers) == expected


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("https://www.googletagmanager.com/gtag/js?id=G-ABC123", None),
        ("https://connect.facebook.net/en_US/fbevents.js", None),
        ("https://www.facebook.com/tr/?id=x&ev=PageView", None),
        ("https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=C1", None),
        ("https://snap.licdn.com/li.lms-analytics/insight.min.js", None),
        ("https://www.linkedin.com/company/shop", None),
        ("https://bat.bing.com/bat.js", None),
        ("https://www.clarity.ms/tag/abc", None),
        ("https://static.hotjar.com/c/hotjar-123.js?sv=6", None),
        ("https://mc.yandex.ru/metrika/tag.js", None),
        ("https://static.criteo.net/js/ld/ld.js", None),
        ("https://api.shop.test/v1/products", {"type": "page", "name": "x"}),
        ("https://www.shop.test/i?e=1&p=2", None),
        ("https://www.shop.test/collect?v=1&tid=7", None),
        ("https://www.shop.test/matomo.php?module=Login", None),
        ("https://www.shop.test/pagead/conversion/1/", None),
        ("https://www.shop.test/b/ss/x/1/", None),
        ("https://[broken", None),
    ],
)
def test_what_is_no_hit_is_left_alone(url, body):
    """Scripts of the same vendors, and other sites' paths of the same shape."""
    assert decode(hit(url, body)) == ()


def test_a_batch_gives_one_answer_for_each_event():
    """GA4 sends several events as lines of one body, Matomo and TikTok as lists."""
    lines = "en=page_view\r\nen=scroll&epn.percent_scrolled=90"
    found = decode(hit("https://www.google-analytics.com/g/collect?v=2&tid=G-A1&cid=1.2", lines))
    assert [one.event for one in found] == ["page_view", "scroll"]
    bulk = {"requests": ["?idsite=1&rec=1&action_name=a", "?idsite=1&rec=1&ping=1"]}
    assert [one.event for one in decode(hit("https://x.test/matomo.php", bulk))] == ["page view", "ping"]
    batch = {"batch": [{"event": "A"}, {"event": "B"}]}
    assert [one.event for one in decode(hit("https://analytics.tiktok.com/api/v2/pixel", batch))] == ["A", "B"]


@pytest.mark.parametrize(
    ("query", "signal", "denied"),
    [
        ("gcs=G100", "gcs=G100 (ad_storage denied, analytics_storage denied)", True),
        ("gcs=G101", "gcs=G101 (ad_storage denied, analytics_storage granted)", False),
        ("gcs=G110", "gcs=G110 (ad_storage granted, analytics_storage denied)", True),
        ("gcs=G1--", "gcs=G1--", False),
        (
            "gcd=13p3p3p3p5l1",
            "gcd=13p3p3p3p5l1 (ad_storage denied, analytics_storage denied, ad_user_data denied, "
            "ad_personalization denied)",
            True,
        ),
        (
            "gcs=G111&gcd=13r3r3r3q5",
            "gcs=G111 gcd=13r3r3r3q5 (ad_storage granted, analytics_storage granted, ad_user_data granted, "
            "ad_personalization denied)",
            False,
        ),
        ("", None, False),
    ],
)
def test_the_consent_mode_is_put_into_words(query, signal, denied):
    """Both forms of the signal; without one nothing is refused."""
    (found,) = decode(hit(f"https://www.google-analytics.com/g/collect?v=2&tid=G-A1&cid=1.2&en=x&{query}"))
    assert (found.consent, found.denied) == (signal, denied)


def test_an_ads_hit_is_denied_by_its_own_storage():
    """Advertising storage decides for advertising hits."""
    base = "https://www.google.com/ccm/collect?en=page_view&auid=1&gcs="
    assert [decode(hit(base + signal))[0].denied for signal in ("G101", "G110")] == [True, False]


def test_uet_tells_its_consent():
    """`asc`: D denied, G granted."""
    base = "https://bat.bing.com/action/0?ti=1&evt=pageLoad&vid=a&asc="
    assert [(one.consent, one.denied) for sign in "DG" for one in decode(hit(base + sign))] == [
        ("asc=D", True),
        ("asc=G", False),
    ]


def test_every_decoder_is_registered_once_and_tested(catalogue):
    """The registry is explicit; each decoder reads at least one hit here, for a vendor of the catalogue."""
    names = [decoder.name for decoder in DECODERS]
    assert len(names) == len(set(names))
    read = [
        {
            decoder.name
            for decoder in DECODERS
            if any(mark in url for mark in decoder.marks) and decoder.decode(Hit(hit(url, body)))
        }
        for url, body, _ in READS
    ]
    assert [len(one) for one in read] == [1] * len(READS)
    assert set().union(*read) == set(names)
    assert all(catalogue.vendor(expected[0]) is not None for _, _, expected in READS)


@pytest.mark.parametrize(
    "body", ["{", "[1", "\x00\x01", "a" * 3_000_000, "&&&==&", '{"e": null}', "[]", '{"batch": 5}']
)
@pytest.mark.parametrize(
    "url",
    [
        "https://a.clarity.ms/collect",
        "https://api.segment.io/v1/t",
        "https://analytics.tiktok.com/api/v2/pixel",
        "https://www.google-analytics.com/g/collect?v=2&tid=G-A1",
        "https://x.test/matomo.php",
        "https://x.test/com.snowplowanalytics.snowplow/tp2",
    ],
)
def test_a_hostile_body_never_breaks_a_decoder(url, body):
    """Whatever a page sends, an answer comes back."""
    assert isinstance(decode(hit(url, body)), tuple)
