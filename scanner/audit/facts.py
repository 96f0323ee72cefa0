"""What was observed, in sentences: what it is, who set it, where, and how long after the page began to load."""

from __future__ import annotations

from urllib.parse import urlsplit

from scanner.audit import durations
from scanner.audit.case import Case, subject_of
from scanner.audit.message import Message, enumerate_words
from scanner.messages import number
from scanner.model.base import StateName
from scanner.model.inventory import Beacon, Cookie, FirstSeen, RequestHost, StorageEntry

_MAX_ADDRESS = 100

COOKIE = Message("The cookie {subject} was set{by}{when}{kept}{carries}.")
COOKIE_DELETED = Message("The cookie {subject} was set{by}{when} and deleted again.")
STORAGE = Message("The {kind} entry “{key}” was kept for {origin}{where}{carries}.")
BEACON = Message(
    "A request to {host}{account} reported{event} to {who}{when}{by}{carries}.",
    "{count} requests to {host}{account} reported{event} to {who}{when}{by}{carries}.",
)
REQUEST = Message(
    "A request to {host} ({who}) carried an identifier{by}.",
    "{count} requests were made to {host} ({who}), among them one that carried an identifier{by}.",
)
PLAIN_REQUEST = Message("A request was made to {host}{by}.", "{count} requests were made to {host}{by}.")

BY_HTTP = Message(" by the answer from {url}")
BY_SCRIPT = Message(" by the script {url}")
BY_INLINE_SCRIPT = Message(" by a script in the page {url}")
STARTED_BY = Message(", started by {url}")
WHEN = Message(
    ", {ms} ms after {page} began to load",
    ", the first {ms} ms after {page} began to load",
)
AFTER_CHOICE = Message(
    ", {ms} ms after the choice was made on {page}",
    ", the first {ms} ms after the choice was made on {page}",
)
AFTER_CLICK = Message(", on {page}, after the choice was made")
WHERE = Message(", on {page}")
WHERE_MANY = Message(", on {page} and {count} other page", ", on {page} and {count} other pages")
SESSION = Message("; it is kept until the browser is closed")
KEPT = Message("; it asks to be kept for {time}")
IDENTIFIER = Message(", and its value can recognise a visitor again")
IDENTIFIERS = Message(", with identifiers ({names})")
ACCOUNT = Message(" for the account {account}")
EVENT = Message(" “{event}”")
A_VISIT = Message(" the visit")
STORAGE_KINDS = {
    "local": Message("local storage"),
    "session": Message("session storage"),
    "indexeddb": Message("IndexedDB"),
    "cache": Message("cache storage"),
}


def address(url: str) -> str:
    """An address without its query, short enough to read."""
    parts = urlsplit(url)
    text = f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else url
    return text if len(text) <= _MAX_ADDRESS else f"{text[: _MAX_ADDRESS - 1]}…"


def of_cookie(cookie: Cookie, state: StateName | None = None) -> str:
    """A cookie and how it came to be; the time only where it was first seen in the state spoken of."""
    by = _set_by(cookie)
    when = _when(cookie.first_seen, state, cookie.pages)
    if cookie.deleted:
        return COOKIE_DELETED(subject=subject_of(cookie), by=by, when=when)
    seconds = durations.observed_seconds(cookie)
    kept = SESSION() if cookie.session else KEPT(time=durations.words(seconds)) if seconds else ""
    carries = IDENTIFIER() if cookie.identifier else ""
    return COOKIE(subject=subject_of(cookie), by=by, when=when, kept=kept, carries=carries)


def of_storage(entry: StorageEntry) -> str:
    """An entry of web storage."""
    where = _where(entry.pages)
    carries = IDENTIFIER() if entry.identifier else ""
    return STORAGE(kind=STORAGE_KINDS[entry.kind](), key=entry.key, origin=entry.origin, where=where, carries=carries)


def of_beacon(beacon: Beacon, state: StateName | None = None) -> str:
    """A reporting request and what it carried."""
    return BEACON(
        beacon.count,
        host=beacon.host,
        account=ACCOUNT(account=beacon.account) if beacon.account else "",
        event=EVENT(event=beacon.event) if beacon.event else A_VISIT(),
        who=beacon.vendor or beacon.host,
        when=_when(beacon.first_seen, state, beacon.pages, beacon.count),
        by=STARTED_BY(url=address(beacon.initiators[0])) if beacon.initiators else "",
        carries=IDENTIFIERS(names=enumerate_words(beacon.identifiers)) if beacon.identifiers else "",
    )


def of_request(host: RequestHost) -> str:
    """All requests to one host."""
    by = STARTED_BY(url=address(host.initiators[0])) if host.initiators else ""
    if not host.carries_identifier:
        return PLAIN_REQUEST(host.count, host=host.host, by=by)
    return REQUEST(host.count, host=host.host, who=host.vendor or host.site, by=by)


def of_index(case: Case, pointer: str, state: StateName | None = None) -> str:
    """The sentence for a pointer into one of the four lists of the inventory."""
    _, kind, index = pointer.split("/")
    position = int(index)
    if kind == "cookies":
        return of_cookie(case.inventory.cookies[position], state)
    if kind == "storage":
        return of_storage(case.inventory.storage[position])
    if kind == "beacons":
        return of_beacon(case.inventory.beacons[position], state)
    return of_request(case.inventory.requests[position])


def _set_by(cookie: Cookie) -> str:
    source = cookie.set_by
    if source.kind == "http" and source.url:
        return BY_HTTP(url=address(source.url))
    script = source.url or (source.initiators[0] if source.initiators else None)
    if source.kind == "script" and script:
        inline = script in cookie.pages or (cookie.first_seen is not None and script == cookie.first_seen.page)
        return (BY_INLINE_SCRIPT if inline else BY_SCRIPT)(url=address(script))
    return ""


def _when(seen: FirstSeen | None, state: StateName | None, pages: tuple[str, ...], count: int = 1) -> str:
    if seen is None or (state is not None and seen.state != state):
        return _where(pages)
    if seen.after_choice_ms is not None:
        return AFTER_CHOICE(count, ms=number(round(seen.after_choice_ms)), page=address(seen.page))
    if seen.phase == "chosen":
        return AFTER_CLICK(page=address(seen.page))
    if seen.ms is None:
        return WHERE(page=address(seen.page))
    return WHEN(count, ms=number(round(seen.ms)), page=address(seen.page))


def _where(pages: tuple[str, ...]) -> str:
    if not pages:
        return ""
    if len(pages) == 1:
        return WHERE(page=address(pages[0]))
    return WHERE_MANY(len(pages) - 1, page=address(pages[0]))
