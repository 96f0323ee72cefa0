"""Traces of cookies to the cookies of the inventory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scanner.classify.identifiers import identifying_tokens
from scanner.classify.labels import Label, Labeller, Traits
from scanner.classify.ledger import Key, Ledger, Setting, Trace
from scanner.classify.pages import Pages
from scanner.classify.setting import utc_seconds
from scanner.model.base import Party
from scanner.model.evidence import Request
from scanner.model.inventory import Cookie, FirstSeen, SetBy

CAP_SECONDS = 400 * 86_400
"""No browser of this family keeps a cookie longer (RFC 6265bis, section 5.5)."""

_SNAP = 600
"""Seconds by which the setting of a cookie and the look into the jar may lie apart: the page's clock may run ahead."""


class Identified(NamedTuple):
    """A cookie, its label, and its identifying parts by context."""

    cookie: Cookie
    label: Label
    tokens: Mapping[str, frozenset[str]]


def read_cookies(ledger: Ledger, pages: Pages, labeller: Labeller, now: float) -> tuple[Identified, ...]:
    """All cookies of a scan, labelled, in the order of their keys. `now` is the time of the scan in seconds."""
    return tuple(_identified(key, trace, pages, labeller, now) for key, trace in ledger.items())


def traits_of(key: Key, trace: Trace, pages: Pages) -> Traits:
    """What of a cookie bears on what it is."""
    first = _first(trace)
    domain = key.domain.lstrip(".")
    scripts: tuple[str, ...] = ()
    if first is not None and not isinstance(first.source, Request):
        scripts = tuple(frame.url for frame in first.source.stack if frame.url)
    http = next((one for one in _in_order(trace) if one.kind == "http"), None)
    value = trace.kept[-1][1].value if trace.kept else trace.settings[-1].asked.value
    return Traits(
        name=key.name,
        kind="cookie",
        domain=domain,
        party=_party(key, trace, pages),
        top_host=first.top_host if first is not None and first.top_host else pages.top_site(_any_visit(trace)),
        value=value,
        setter=http.source.url if http is not None and isinstance(http.source, Request) else None,
        scripts=scripts,
        http_only=_http_only(trace),
        lifetime=_lifetime(trace),
    )


def _identified(key: Key, trace: Trace, pages: Pages, labeller: Labeller, now: float) -> Identified:
    traits = traits_of(key, trace, pages)
    label = labeller.label(traits)
    tokens = identifying_tokens(trace.values(), now, name=key.name, role=label.role, outlived=trace.settled)
    accepted = trace.accepted
    blocked = None
    if not accepted and not trace.kept:
        blocked = ", ".join(sorted({reason for one in trace.settings for reason in one.blocked})) or None
    visible = accepted or trace.settings
    lifetime = _lifetime(trace)
    jar = trace.kept[-1][1] if trace.kept else None
    asked = visible[-1].asked if visible else None
    cookie = Cookie(
        name=key.name,
        domain=key.domain,
        path=key.path,
        partition_key=_partition_key(key, trace),
        host_only=not key.domain.startswith("."),
        party=traits.party,
        secure=jar.secure if jar else bool(asked and asked.secure),
        http_only=traits.http_only,
        same_site=jar.same_site if jar else asked.same_site if asked else "unset",
        session=_session(trace),
        lifetime_seconds=lifetime,
        kept_seconds=_kept(trace, lifetime),
        set_by=_set_by(trace, pages),
        blocked=blocked,
        sent_to=tuple(sorted(trace.sent_to)),
        identifier=bool(tokens) and blocked is None,
        category=label.category,
        category_source=label.source,
        vendor=label.vendor.name if label.vendor else None,
        vendor_id=label.vendor.id if label.vendor else None,
        purpose=label.purpose,
        role=label.role,
        consent_exempt=label.consent_exempt,
        exempt_condition=label.exempt_condition,
        deleted=bool(trace.deletions) and not trace.in_last_jar,
        first_seen=_first_seen(trace, pages),
        states=tuple(sorted({one.state for one in visible} | trace.jar_states)),
        pages=tuple(sorted(_pages(trace, pages))),
    )
    return Identified(cookie, label, {} if blocked else tokens)


def _in_order(trace: Trace) -> list[Setting]:
    return sorted(trace.accepted or trace.settings, key=lambda one: one.order)


def _first(trace: Trace) -> Setting | None:
    return next(iter(_in_order(trace)), None)


def _any_visit(trace: Trace) -> str:
    return trace.kept[0][0].visit if trace.kept else trace.settings[0].visit


def _party(key: Key, trace: Trace, pages: Pages) -> Party:
    """First party where it ever was so: a page of the cookie's own site stood in the address bar."""
    if trace.settings:
        return "first" if any(one.party == "first" for one in trace.settings) else "third"
    host = key.domain.lstrip(".")
    parties = {pages.party(host, "", jar.visit) for jar, _ in trace.kept}
    return "first" if "first" in parties else "third"


def _http_only(trace: Trace) -> bool:
    if trace.kept:
        return trace.kept[-1][1].http_only
    return trace.settings[-1].asked.http_only


def _session(trace: Trace) -> bool:
    settings = trace.accepted or trace.settings
    if settings:
        return all(one.asked.lifetime is None for one in settings)
    return all(cookie.expires is None for _, cookie in trace.kept)


def _lifetime(trace: Trace) -> float | None:
    """The longest life asked for, in whole seconds; null for a session cookie and where nobody saw it being set."""
    asked = [one.asked.lifetime for one in trace.accepted or trace.settings if one.asked.lifetime is not None]
    return float(round(max(asked))) if asked else None


def _kept(trace: Trace, lifetime: float | None) -> float | None:
    """How long the browser keeps it, counted from its setting as nearly as the evidence tells."""
    left = [cookie.expires - utc_seconds(jar.taken) for jar, cookie in trace.kept if cookie.expires is not None]
    if not left:
        return None
    longest = max(left)
    for exact in (lifetime, float(CAP_SECONDS)):
        if exact is not None and abs(exact - longest) <= _SNAP:
            return exact
    return float(round(longest))


def _set_by(trace: Trace, pages: Pages) -> SetBy:
    first = _first(trace)
    if first is None and trace.presumed is not None:
        initiators = pages.initiators(trace.presumed)
        return SetBy(kind="http", url=trace.presumed.url, initiators=initiators, confidence="likely")
    if first is None:
        return SetBy(kind="unknown")
    source = first.source
    if isinstance(source, Request):
        return SetBy(
            kind="http",
            url=source.url,
            initiators=pages.initiators(source),
            raw=first.raw,
            confidence=source.initiator.confidence,
        )
    chain = pages.of_stack(source.stack, source.visit)
    nearest = next((frame for frame in source.stack if frame.url), None)
    return SetBy(
        kind="script",
        url=nearest.url if nearest else source.frame_url,
        initiators=chain[1:],
        raw=first.raw,
        line=nearest.line if nearest else None,
        confidence="certain" if nearest else "likely",
    )


def _first_seen(trace: Trace, pages: Pages) -> FirstSeen | None:
    first = _first(trace)
    if first is not None:
        return pages.first_seen(first.state, first.visit, first.ms, first.phase, first.page)
    jar = trace.kept[0][0]
    states = sorted(trace.jar_states, key=lambda state: (state != "before", state))
    if not states:
        return None
    if trace.presumed is not None:
        source = trace.presumed
        return pages.first_seen(states[0], source.visit, source.ms, source.phase, source.top_url)
    return FirstSeen(state=states[0], page=pages.page(jar.visit), ms=None, phase=jar.phase)


def _pages(trace: Trace, pages: Pages) -> set[str]:
    """The pages that set it. One that nobody saw being set: those after which it lay in the jar."""
    found = {one.page for one in trace.settings}
    if trace.presumed is not None:
        found.add(pages.page(trace.presumed.visit, trace.presumed.top_url))
    if not found:
        found = {page for jar, _ in trace.kept if (page := pages.page(jar.visit))}
    return found - {""}


def _partition_key(key: Key, trace: Trace) -> str | None:
    for _, cookie in trace.kept:
        if cookie.partition_key:
            return cookie.partition_key
    return f"https://{key.partition}" if key.partition else None
