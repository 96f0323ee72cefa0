"""The shipped catalogue's hosts: well-known ones have the right vendor, category and use; none claims a stranger."""

from __future__ import annotations

import pytest

from scanner.classify.catalogue.load import data_folder, load_catalogue, read_folder
from scanner.site import site_of

KNOWN = """
    connect.facebook.net            meta                        marketing
    www.facebook.com/tr/?id=1       meta                        marketing
    static.xx.fbcdn.net             meta                        marketing
    snap.licdn.com                  linkedin                    marketing
    analytics.tiktok.com            tiktok                      marketing
    bat.bing.com                    microsoft-advertising       marketing
    www.clarity.ms                  microsoft-clarity           analytics
    www.google.de/pagead/1p-user-list/1/?x=1    google-ads      marketing
    www.google.com.tr/ads/ga-audiences?v=1      google-analytics            marketing
    www.google.co.id                google                      unknown
    www.google.com/recaptcha/api.js google-recaptcha            functional
    imasdk.googleapis.com           google-ads                  marketing
    ajax.googleapis.com             google                      functional
    fonts.gstatic.com               google-fonts                functional
    region1.google-analytics.com    google-analytics            analytics
    securepubads.g.doubleclick.net  doubleclick                 marketing
    stats.g.doubleclick.net         google-analytics            analytics
    ib.adnxs.com                    xandr                       marketing
    match.adsrvr.org                the-trade-desk              marketing
    dpm.demdex.net                  adobe-audience-manager      marketing
    assets.adobedtm.com             adobe                       functional
    use.typekit.net                 adobe-fonts                 functional
    secure.moatads.com              moat                        marketing
    sb.scorecardresearch.com        comscore                    marketing
    script.ioam.de                  infonline                   analytics
    gacz.hit.gemius.pl              gemius                      analytics
    px.adhigh.net                   getintent                   marketing
    mc.yandex.ru                    yandex-metrica              analytics
    an.yandex.ru                    yandex-direct               marketing
    api-maps.yandex.ru              yandex                      functional
    hm.baidu.com                    baidu-tongji                analytics
    pos.baidu.com                   baidu-tongji                marketing
    wcs.naver.net                   naver                       marketing
    ssl.pstatic.net                 naver                       functional
    c.imedia.cz                     seznam                      marketing
    im9.cz                          heureka                     marketing
    www.awin1.com                   awin                        marketing
    track.webgains.com              webgains                    marketing
    clk.tradedoubler.com            tradedoubler                marketing
    tracking.publicidees.com        kwanko                      marketing
    ad.yieldlab.net                 yieldlab                    marketing
    p.theadex.com                   theadex                     marketing
    tag.xplosion.de                 emetriq                     marketing
    d1z2jf7jlzjs58.cloudfront.net   parsely                     analytics
    d2222222222222.cloudfront.net   aws                         necessary
    cdn.jsdelivr.net                jsdelivr                    necessary
    i.ytimg.com                     youtube                     functional
    the.gatekeeperconsent.com       ezoic                       necessary
    rtb.mfadsrvr.com                mediaforce                  marketing
    dnacdn.net                      criteo                      marketing
"""


@pytest.fixture(scope="module")
def catalogue():
    """The shipped catalogue."""
    return load_catalogue()


@pytest.fixture(scope="module")
def vendors():
    """All vendor files."""
    return read_folder(data_folder() / "vendors")


@pytest.mark.parametrize("row", [line.split() for line in KNOWN.strip().splitlines()], ids=lambda row: row[0])
def test_a_well_known_host_has_its_vendor_and_category(catalogue, row):
    """The most precise entry wins: a path before its host, a host before its parent."""
    address, vendor, category = row
    host, slash, rest = address.partition("/")
    found = catalogue.host(host, slash + rest or "/")
    assert (found.vendor.id, found.category) == (vendor, category)


@pytest.mark.parametrize("host", ["example.com", "facebook.com.example.org", "notgoogle.de", "xdoubleclick.net", "com"])
def test_a_stranger_is_nobody(catalogue, host):
    """A name that only looks like a vendor's is not the vendor's."""
    assert catalogue.host(host, "/") is None


@pytest.mark.parametrize(
    "host", ["www.spiegel.de", "www.bbc.co.uk", "www.nytimes.com", "www.amazon.de", "www.microsoft.com", "www.ebay.de"]
)
def test_pages_of_a_publisher_or_shop_gather_nothing_by_themselves(catalogue, host):
    """Who links a picture from a newspaper or a shop is not said to track with it."""
    found = catalogue.host(host, "/")
    assert found is not None and not found.gathers


def test_hosts_of_consent_payment_and_security_are_not_called_tracking(vendors):
    """Whoever the company is: its host for consent does not gather data on visitors."""
    wrong = [
        f"{vendor.id} {entry.name}"
        for vendor in vendors
        for entry in vendor.host
        if entry.role in ("consent", "payment", "security")
        and (entry.category or vendor.category) in ("analytics", "marketing")
    ]
    assert wrong == []


def test_no_host_is_a_whole_country_or_a_list_of_customers(vendors):
    """A host that is a public suffix would claim all customers' sites, unless it is meant as their platform."""
    wide = [f"{vendor.id} {host}" for vendor in vendors for host in vendor.hosts if site_of(f"x.{host}") == f"x.{host}"]
    assert wide == []


def test_the_national_pages_of_google_are_known(catalogue):
    """Wherever the visitor is: Google's own domain and its measuring paths."""
    for ending in ("de", "fr", "co.uk", "com.br", "com.ua", "co.jp", "com.au", "pl", "ru", "com.sa", "co.za", "cat"):
        assert catalogue.host(f"www.google.{ending}", "/").vendor.id == "google"
        assert catalogue.host(f"www.google.{ending}", "/pagead/1p-user-list/1").category == "marketing"
