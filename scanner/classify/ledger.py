"""Everything observed of each cookie: who asked for it, how, where it lay, and in which states."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from scanner.classify.addresses import quick_host
from scanner.classify.attribution import Attribution
from scanner.classify.pages import Pages
from scanner.classify.setting import (
    Asked,
    cookie_date,
    covers,
    default_path,
    parse_set_cookie,
    parse_store_delete,
    parse_store_set,
    refusal,
    utc_seconds,
)
from scanner.model.base import Party, Phase, StateName
from scanner.model.evidence import CookieKey, JarCookie, JarSnapshot, Request, ScriptCookieWrite
from scanner.model.probes import BroughtCookie
from scanner.model.recorded import Evidence
from scanner.site import site_of


class Key(NamedTuple):
    """Identity of a cookie: `domain` with a leading dot unless host-only, `partition` the top-level site or empty."""

    name: str
    domain: str
    path: str
    partition: str


class Setting(NamedTuple):
    """One request to keep (or delete) a cookie. `order` sorts settings of a scan in time."""

    order: tuple[int, int, float]
    state: StateName
    context: StateName
    phase: Phase
    visit: str
    page: str
    ms: float
    kind: Literal["http", "script"]
    asked: Asked
    raw: str
    blocked: tuple[str, ...]
    party: Party
    top_host: str
    source: Request | ScriptCookieWrite
    epoch: float


@dataclass
class Trace:
    """All that was seen of one cookie."""

    settings: list[Setting] = field(default_factory=list)
    deletions: list[Setting] = field(default_factory=list)
    kept: list[tuple[JarSnapshot, JarCookie]] = field(default_factory=list)
    sent_to: set[str] = field(default_factory=set)
    jar_states: set[StateName] = field(default_factory=set)
    in_last_jar: bool = False
    settled: dict[StateName, str] = field(default_factory=dict)
    """By context, the last value where it was there before a visit began and still there at that visit's end."""
    presumed: Request | None = None
    """Where nobody saw it being set: the one request whose answer, not shown by the browser, can have set it."""

    @property
    def accepted(self) -> list[Setting]:
        """Settings that the browser did not refuse."""
        return [setting for setting in self.settings if not setting.blocked]

    def values(self) -> dict[str, list[str]]:
        """The values by context, in order: as set and as found in the jar.

        A value that outlived a whole visit stands alone: what came before it was overtaken, such as by the answer to
        the second of two first requests.
        """
        found: defaultdict[str, list[str]] = defaultdict(list)
        for setting in sorted(self.settings, key=lambda one: one.order):
            found[setting.context].append(setting.asked.value)
        for snapshot, cookie in self.kept:
            found[snapshot.context].append(cookie.value)
        return {
            context: [self.settled[context]] if context in self.settled else seen for context, seen in found.items()
        }


class Ledger:
    """Reads the cookies out of a scan's evidence, each under its key."""

    def __init__(self, evidence: Evidence, attribution: Attribution, pages: Pages) -> None:
        self._attribution = attribution
        self._pages = pages
        self._order: dict[str, int] = {visit.id: number for number, visit in enumerate(evidence.visits)}
        self._started = {visit.id: utc_seconds(visit.started) for visit in evidence.visits}
        self._scan_started = utc_seconds(evidence.scan.started)
        self._ranks = {state: number for number, state in enumerate(("before", *evidence.scan.states))}
        self.traces: defaultdict[Key, Trace] = defaultdict(Trace)
        self._known = {jar_key(cookie) for jar in evidence.jars for cookie in jar.cookies}
        self._known |= {key_of(sent) for request in evidence.requests for sent in request.cookies_sent}
        for request in evidence.requests:
            if request.set_cookies:
                self._responses(request)
            for sent in request.cookies_sent:
                self.traces[key_of(sent)].sent_to.add(quick_host(request.url))
        for write in evidence.script_cookies:
            self._script(write)
        self._brought = {key_of_brought(one) for login in evidence.logins for one in login.cookies}
        self._jars(evidence.jars)
        self._settle()
        self._refused_silently(evidence)
        self._sockets([request for request in evidence.requests if request.resource_type == "WebSocket"])
        self._presume([request for request in evidence.requests if request.cookies_hidden])

    def items(self) -> Iterator[tuple[Key, Trace]]:
        """Cookies that were set, refused or kept; a deletion of what never was is none."""
        for key in sorted(self.traces):
            trace = self.traces[key]
            if trace.settings or trace.jar_states:
                yield key, trace

    def rank(self, state: StateName, visit: str, ms: float) -> tuple[int, int, float]:
        """Sorts observations: by state, then by visit, then by time."""
        return self._ranks.get(state, len(self._ranks)), self._order.get(visit, len(self._order)), ms

    def _responses(self, request: Request) -> None:
        state = self._attribution.state(request.context, request.phase)
        if state is None:
            return
        epoch = self._epoch(request)
        for line in request.set_cookies:
            asked = parse_set_cookie(line.raw, epoch)
            if asked is not None:
                self._add(request, state, "http", asked, line.raw, line.blocked, epoch, request.url)

    def _script(self, write: ScriptCookieWrite) -> None:
        state = self._attribution.state(write.context, write.phase)
        if state is None:
            return
        epoch = write.page_time / 1000
        if write.api == "document.cookie":
            asked = parse_set_cookie(write.raw, epoch)
        elif write.api == "cookieStore.set":
            asked = parse_store_set(write.raw, epoch)
        else:
            asked = parse_store_delete(write.raw, epoch)
        host = quick_host(write.frame_url)
        if asked is None or not host:
            return
        if write.api != "document.cookie":
            asked = asked._replace(path=self._store_path(asked, host))
        blocked: tuple[str, ...] = ()
        if not covers(asked.domain, host):
            if host.endswith(f".{asked.domain}"):
                return  # scripts find out their site by trying every level up to the public suffix
            blocked = ("InvalidDomain",)
        self._add(write, state, "script", asked, write.raw, blocked, epoch, write.frame_url)

    def _store_path(self, asked: Asked, host: str) -> str:
        """The path under which a cookie of `cookieStore` lies: browsers that end it with a slash show so in the jar."""
        path = asked.path or "/"
        domain = f".{asked.domain}" if asked.domain else host
        as_asked = any(key[:3] == (asked.name, domain, path) for key in self._known)
        return path if path.endswith("/") or as_asked else f"{path}/"

    def _add(
        self,
        source: Request | ScriptCookieWrite,
        state: StateName,
        kind: Literal["http", "script"],
        asked: Asked,
        raw: str,
        blocked: tuple[str, ...],
        epoch: float,
        url: str,
    ) -> None:
        host = quick_host(url)
        domain = f".{asked.domain}" if asked.domain else host
        top_host = quick_host(source.top_url)
        partition = site_of(top_host) if asked.partitioned and top_host else ""
        key = Key(asked.name, domain, asked.path or default_path(url), partition)
        setting = Setting(
            order=self.rank(state, source.visit, source.ms),
            state=state,
            context=source.context,
            phase=source.phase,
            visit=source.visit,
            page=self._pages.page(source.visit, source.top_url),
            ms=source.ms,
            kind=kind,
            asked=asked,
            raw=raw,
            blocked=blocked,
            party=self._pages.party(host, source.top_url, source.visit),
            top_host=top_host,
            source=source,
            epoch=epoch,
        )
        trace = self.traces[key]
        (trace.deletions if asked.deletes else trace.settings).append(setting)

    def _epoch(self, request: Request) -> float:
        """The moment of a response: its own date, else the time of the visit."""
        for name, value in request.response_headers:
            if name.lower() == "date" and (date := cookie_date(value)) is not None:
                return date
        return self._started.get(request.visit, self._scan_started) + request.ms / 1000

    def _jars(self, jars: tuple[JarSnapshot, ...]) -> None:
        """In which states each cookie lay in the jar.

        What was there before a choice belongs to the state after it only if it is still there at the end. What a login
        brought was there before the site did anything: it counts where the site itself set it again.
        """
        last: dict[tuple[StateName, Phase], JarSnapshot] = {(jar.context, jar.phase): jar for jar in jars}
        final = {jar.context: jar for jar in jars}
        earlier: defaultdict[StateName, set[Key]] = defaultdict(set)
        for jar in jars:
            state = self._attribution.state(jar.context, jar.phase)
            at_end = jar is last[jar.context, jar.phase]
            for cookie in jar.cookies:
                key = jar_key(cookie)
                if key in self._brought and not self._is_set_again(key, jar.context):
                    continue
                if jar.phase == "initial":
                    earlier[jar.context].add(key)
                if state is None:
                    continue
                trace = self.traces[key]
                trace.kept.append((jar, cookie))
                trace.in_last_jar |= jar is final[jar.context]
                if jar.phase == "initial" or at_end or key not in earlier[jar.context]:
                    trace.jar_states.add(state)

    def _settle(self) -> None:
        for trace in self.traces.values():
            last = {snapshot.context: cookie.value for snapshot, cookie in trace.kept}
            since: dict[StateName, float] = {}
            for snapshot, cookie in trace.kept:
                context = snapshot.context
                if cookie.value != last[context]:
                    since.pop(context, None)
                    trace.settled.pop(context, None)
                    continue
                seen = since.setdefault(context, utc_seconds(snapshot.taken))
                if self._started.get(snapshot.visit, 0.0) > seen:
                    trace.settled[context] = cookie.value

    def _is_set_again(self, key: Key, context: StateName) -> bool:
        return key in self.traces and any(one.context == context for one in self.traces[key].accepted)

    def _sockets(self, sockets: list[Request]) -> None:
        """What went along with the handshake of a socket stands in its header, where the browser shows one at all."""
        for socket in sockets:
            header = next((value for name, value in socket.request_headers if name == "cookie"), "")
            names = {pair.partition("=")[0].strip() for pair in header.split(";")} if not socket.cookies_sent else set()
            for key, trace in self.traces.items():
                if key.name in names and _goes_to(key, socket.url):
                    trace.sent_to.add(quick_host(socket.url))

    def _presume(self, unseen: list[Request]) -> None:
        """A cookie in the jar that nothing else set can only have come with an answer that the browser did not show."""
        for key, trace in self.traces.items():
            if trace.settings or not trace.kept:
                continue
            contexts = {jar.context for jar, _ in trace.kept}
            found = [one for one in unseen if one.context in contexts and _covered(key, one.url)]
            if len({one.url for one in found}) == 1:
                trace.presumed = min(found, key=lambda one: self.rank(one.context, one.visit, one.ms))

    def _refused_silently(self, evidence: Evidence) -> None:
        """Settings that never reached the jar, though it was looked at and nobody deleted the cookie.

        The browser says nothing of what scripts ask for in vain, nor of answers to requests that were to take no
        cookies. Where it may have taken a cookie and dropped it since, nothing is claimed.
        """
        looked = {(jar.context, jar.visit) for jar in evidence.jars}
        crowded = {site for jar in evidence.jars for site in _crowded_sites(jar)}
        cleared = {site_of(quick_host(request.url)) for request in evidence.requests if _clears(request)}
        for key, trace in self.traces.items():
            if trace.kept or trace.deletions or site_of(key.domain) in crowded | cleared:
                continue
            if all((one.context, one.visit) in looked and not _short(one.asked) for one in trace.settings):
                trace.settings = [
                    one if one.blocked else one._replace(blocked=(_reason(one),)) for one in trace.settings
                ]


_MOST_OF_A_SITE = 150
"""Cookies of one site in a jar from which on browsers drop old ones (this family keeps 180, and drops 30 at once)."""


def _crowded_sites(jar: JarSnapshot) -> set[str]:
    counts = Counter(cookie.domain.lstrip(".") for cookie in jar.cookies) if len(jar.cookies) >= _MOST_OF_A_SITE else {}
    sites: Counter[str] = Counter()
    for domain, count in counts.items():
        sites[site_of(domain)] += count
    return {site for site, count in sites.items() if count >= _MOST_OF_A_SITE}


def _clears(request: Request) -> bool:
    """Whether an answer has the browser forget its site's cookies (`Clear-Site-Data`)."""
    said = next((value for name, value in request.response_headers if name.lower() == "clear-site-data"), "")
    return '"cookies"' in said or '"*"' in said


def _reason(setting: Setting) -> str:
    """Why a setting that left no trace was refused, as far as its own words tell."""
    source = setting.source
    url = source.url if isinstance(source, Request) else source.frame_url
    why = refusal(setting.asked, url, party=setting.party, by_script=setting.kind == "script")
    return why or "NotKept"


def _covered(key: Key, url: str) -> bool:
    """Whether a host may set the cookie and gets it."""
    host, domain = quick_host(url), key.domain.lstrip(".")
    return host == domain or (key.domain.startswith(".") and host.endswith(key.domain))


def _goes_to(key: Key, url: str) -> bool:
    """Whether a cookie goes along with a request to an address (RFC 6265, sections 5.1.3 and 5.1.4)."""
    path = "/" + url.partition("://")[2].partition("/")[2].partition("?")[0]
    under = path == key.path or path.startswith(key.path if key.path.endswith("/") else f"{key.path}/")
    return under and _covered(key, url)


def _short(asked: Asked) -> bool:
    """Whether a cookie may have come to its own end before the jar was looked at."""
    return asked.lifetime is not None and asked.lifetime <= 120


def partition_site(partition_key: str | None) -> str:
    """The top-level site of a partition key such as `https://shop.example`; empty where there is none."""
    if not partition_key:
        return ""
    return site_of(quick_host(partition_key) or partition_key)


def key_of(sent: CookieKey) -> Key:
    """The key of a cookie as a request names it."""
    return Key(sent.name, sent.domain, sent.path, partition_site(sent.partition_key))


def key_of_brought(cookie: BroughtCookie) -> Key:
    """The key of a cookie that a login brought."""
    return Key(cookie.name, cookie.domain, cookie.path, partition_site(cookie.partition_key))


def jar_key(cookie: JarCookie) -> Key:
    """The key of a cookie in the jar."""
    bare = cookie.domain.lstrip(".")
    return Key(cookie.name, bare if cookie.host_only else f".{bare}", cookie.path, partition_site(cookie.partition_key))
