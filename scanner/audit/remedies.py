"""Steps that several rules advise: how to hold a service back in the tools that owners really use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scanner.audit.case import Case
from scanner.audit.message import Message

TAG_MANAGER = Message(
    "If the service is loaded by Google Tag Manager: open its tag, then Advanced Settings > Consent Settings, choose "
    "“Require additional consent for tag to fire”, and name analytics_storage for statistics or ad_storage for "
    "advertising. Have your consent platform set the default of Google Consent Mode to “denied” before any tag runs."
)
PLATFORM = Message(
    "If you use a consent platform (Cookiebot, OneTrust, Usercentrics, CookieYes, iubenda, Didomi and the like): put "
    "the service into its category (statistics or marketing) and switch on blocking before consent. Code that stands "
    'in the page itself has to be marked as the platform asks, for example type="text/plain" with '
    'data-cookieconsent="statistics" for Cookiebot, or the class optanon-category-C0002 for OneTrust.'
)
WORDPRESS = Message(
    "On WordPress: enter the service in a consent plugin that holds scripts back (Complianz, CookieYes, Borlabs "
    "Cookie, Real Cookie Banner), and remove the same code from the theme, from header-and-footer plugins and from "
    "the settings of other plugins."
)
SITE_BUILDER = Message(
    "On a site builder: in Wix, switch on the cookie banner and give every custom code its type (analytics, "
    "advertising); in Squarespace, switch on the banner under Cookies and Visitor Data, and remove tracking code that "
    "was pasted in by hand, because the banner does not hold that back; in Shopify, set the banner under Customer "
    "Privacy and require permission for every custom pixel."
)
EMBED = Message(
    "For an embedded video, map or social post: show a picture with a button first, and load the embed only when the "
    "visitor presses it (YouTube videos also from www.youtube-nocookie.com)."
)
SCAN_AGAIN = Message("Scan the site again to see that it worked.")

HOLD_BACK: tuple[Message, ...] = (TAG_MANAGER, PLATFORM, WORDPRESS, SITE_BUILDER, EMBED)
"""How to keep a service from starting before consent."""

KEEP_CONDITIONS = Message(
    "Check the conditions with whoever set the tool up: statistics for this site alone, no sharing and no joining "
    "with other data, shortened IP addresses, a life of 13 months at most."
)
TELL_VISITORS = Message(
    "Name the measurement in the policy and offer a way to object; or ask for consent like for other statistics, "
    "which is the safe way where your country knows no such exemption."
)

EXEMPT: tuple[Message, ...] = (KEEP_CONDITIONS, TELL_VISITORS)
"""What to make sure of where audience measurement runs on an exemption."""

POLICY_PLATFORM = Message(
    "If your consent platform writes the cookie list, start its scan again, assign what is listed as unclassified, "
    "and publish the new list; a list typed by hand has to be changed by hand. The report's ready-made declaration "
    "can be pasted in."
)


_TAG_MANAGER_HOST = "www.googletagmanager.com"
_WORDPRESS_PATH = re.compile(r"/wp-(?:content|includes)/")
_BUILDER_SITES = frozenset(
    {"parastorage.com", "wixstatic.com", "wix.com", "squarespace.com", "squarespace-cdn.com", "shopify.com"}
)
_EMBEDS = re.compile(
    r"youtube|vimeo|dailymotion|maps|spotify|soundcloud|instagram|facebook|twitter|tiktok|twitch", re.I
)


def hold_back(case: Case, companies: Iterable[str]) -> tuple[Message, ...]:
    """The ways to hold these companies back that fit the site, as far as the scan shows what it is built with."""
    hosts = {request.host for request in case.inventory.requests}
    wordpress = case.remembered("wordpress", lambda: any(_WORDPRESS_PATH.search(url) for url in _addresses(case)))
    builder = any(request.site in _BUILDER_SITES for request in case.inventory.requests)
    embeds = any(_EMBEDS.search(company) for company in companies)
    fits = {
        TAG_MANAGER: _TAG_MANAGER_HOST in hosts or not hosts,
        PLATFORM: True,
        WORDPRESS: wordpress or not builder,
        SITE_BUILDER: builder or not wordpress,
        EMBED: embeds,
    }
    return tuple(message for message in HOLD_BACK if fits[message])


def _addresses(case: Case) -> Iterator[str]:
    for request in case.inventory.requests:
        yield from request.initiators
        if request.example_url:
            yield request.example_url
    for cookie in case.inventory.cookies:
        yield from cookie.set_by.initiators
        if cookie.set_by.url:
            yield cookie.set_by.url


def filled(messages: tuple[Message, ...], **fields: object) -> tuple[str, ...]:
    """Several messages with the same fields."""
    return tuple(message(**fields) for message in messages)
