"""Why a page did not load, as a short stable word and a sentence: the browser's errors, statuses, challenge pages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scanner.model.evidence import Visit

# https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h
_KINDS: tuple[tuple[str, str], ...] = (
    ("ERR_NAME_NOT_RESOLVED", "dns"),
    ("ERR_DNS_", "dns"),
    ("ERR_NAME_RESOLUTION", "dns"),
    ("ERR_CONNECTION_REFUSED", "refused"),
    ("ERR_ADDRESS_UNREACHABLE", "refused"),
    ("ERR_CONNECTION_TIMED_OUT", "timeout"),
    ("ERR_TIMED_OUT", "timeout"),
    ("ERR_CONNECTION_RESET", "reset"),
    ("ERR_CONNECTION_CLOSED", "reset"),
    ("ERR_CONNECTION_ABORTED", "reset"),
    ("ERR_EMPTY_RESPONSE", "reset"),
    ("ERR_HTTP2_", "reset"),
    ("ERR_QUIC_", "reset"),
    ("ERR_CERT_", "certificate"),
    ("ERR_SSL_CLIENT_AUTH_", "client-certificate"),
    ("ERR_BAD_SSL_CLIENT_AUTH_CERT", "client-certificate"),
    ("ERR_SSL_", "certificate"),
    ("ERR_INVALID_AUTH_CREDENTIALS", "login"),
    ("ERR_TOO_MANY_REDIRECTS", "redirect-loop"),
    ("ERR_INTERNET_DISCONNECTED", "offline"),
    ("ERR_NETWORK_CHANGED", "offline"),
    ("guard:", "private-address"),
    ("ERR_PROXY_", "proxy"),
    ("ERR_SOCKS_", "proxy"),
    ("ERR_TUNNEL_", "proxy"),
    ("ERR_INVALID_RESPONSE", "bad-response"),
    ("ERR_INVALID_HTTP_RESPONSE", "bad-response"),
    ("ERR_CONTENT_", "bad-response"),
    ("ERR_HTTP_RESPONSE_CODE_FAILURE", "http-status"),
    ("ERR_BLOCKED_BY", "blocked"),
    ("ERR_UNSAFE_PORT", "blocked"),
    ("ERR_ABORTED", "not-html"),
)

_WORDS = {
    "dns": "the host name is not known",
    "refused": "the connection was refused",
    "timeout": "no answer in time",
    "reset": "the connection was cut",
    "certificate": "the certificate does not verify",
    "client-certificate": "the server asks visitors for a certificate of their own",
    "login": "the server asks for a name and a password",
    "redirect-loop": "redirects go round in a circle",
    "offline": "this machine has no network",
    "private-address": "this program was not to speak to it",
    "proxy": "the proxy did not let it through",
    "bad-response": "the answer cannot be read",
    "http-status": "the server answered with an error",
    "blocked": "the browser blocked it",
    "not-html": "it is a download or no page at all",
    "other": "the page did not load",
}

_HTML = frozenset({"text/html", "application/xhtml+xml"})

# Headers by which a protection service says that its own page answered, not the site.
_CHALLENGE_HEADERS = (
    ("cf-mitigated", "challenge"),  # https://developers.cloudflare.com/cloudflare-challenges/challenge-types/
    (
        "x-amzn-waf-action",
        "",
    ),  # https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html
    ("x-datadome", "protected"),
)
_CHALLENGE_TITLE = re.compile(
    r"^(just a moment|attention required|access denied|are you (a )?(human|robot)|robot check|one more step|"
    r"verify(ing)? you are human|please verify you are|ddos-guard|security check|pardon our interruption|"
    r"you have been blocked|client challenge|human verification|checking your browser)",
    re.IGNORECASE,
)
_REFUSING = frozenset({401, 403, 405, 406, 409, 418, 429, 430, 451, 503})


def failure_of(error_text: str) -> tuple[str, str]:
    """Kind and sentence for the browser's error text, such as `net::ERR_NAME_NOT_RESOLVED`."""
    for stem, kind in _KINDS:
        if stem in error_text:
            return kind, f"{_WORDS[kind]} ({error_text})"
    return "other", f"{_WORDS['other']} ({error_text})"


def challenged(status: int | None, title: str, headers: Mapping[str, str]) -> bool:
    """Whether a protection service answered in the site's place.

    A title alone proves nothing on a page that loaded well; it counts together with a refusing status.
    """
    for name, value in _CHALLENGE_HEADERS:
        if name in headers and value in headers[name].lower():
            return name != "x-datadome" or status in _REFUSING
    return status in _REFUSING and _CHALLENGE_TITLE.match(title.strip()) is not None


def refused_by_status(status: int | None) -> tuple[str, str] | None:
    """Kind and sentence where the status says that this is not the site's page."""
    if status is None or status < 400:
        return None
    return "http-status", f"the server answered with status {status}"


def not_a_page(mime_type: str | None) -> tuple[str, str] | None:
    """Kind and sentence where what came is not HTML."""
    if mime_type is None or mime_type.lower() in _HTML:
        return None
    return "not-html", f"the address holds {mime_type}, not a page"


def usable(visit: Visit) -> bool:
    """Whether a visit shows the site's own page."""
    return visit.error is None
