"""The pages of a scan: what stood in the address bar during each visit, and what loaded what."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.classify.addresses import quick_host
from scanner.model.base import Party, Phase, StateName
from scanner.model.evidence import Initiator, Request, StackFrame, Visit
from scanner.model.inventory import FirstSeen
from scanner.model.recorded import Evidence
from scanner.site import party_of, site_of

_MAX_CHAIN = 20


class Pages:
    """Visits by their id, and the chain of scripts that led to a request or a cookie."""

    def __init__(self, evidence: Evidence) -> None:
        self._visits: dict[str, Visit] = {visit.id: visit for visit in evidence.visits}
        self._requests: dict[str, Request] = {request.id: request for request in evidence.requests}
        self._scripts: dict[tuple[str, str], Request] = {}
        for request in evidence.requests:
            if request.resource_type in ("Script", "Document", "Stylesheet"):
                self._scripts.setdefault((request.visit, request.url), request)
        self._chains: dict[tuple[str, str], tuple[str, ...]] = {}
        self._choices = {one.visit: one.begun_ms for one in evidence.choices if one.begun_ms is not None}
        self._site = evidence.scan.site

    def visit(self, visit_id: str) -> Visit | None:
        """The visit of that id, where it was recorded (a scan that was cut short lacks its last)."""
        return self._visits.get(visit_id)

    def page(self, visit_id: str, top_url: str = "") -> str:
        """The page's address as it was asked for; what stood in the address bar where the visit is not known."""
        visit = self._visits.get(visit_id)
        return visit.url if visit else top_url

    def first_seen(self, state: StateName, visit_id: str, ms: float, phase: Phase, top_url: str = "") -> FirstSeen:
        """A moment of a visit, also counted from the click where that was on the same page."""
        clicked = self._choices.get(visit_id) if phase == "chosen" else None
        return FirstSeen(
            state=state,
            page=self.page(visit_id, top_url),
            ms=ms,
            after_choice_ms=round(max(0.0, ms - clicked), 1) if clicked is not None else None,
            phase=phase,
        )

    def top_site(self, visit_id: str) -> str:
        """The site in the address bar at the end of a visit."""
        visit = self._visits.get(visit_id)
        host = quick_host(visit.final_url) if visit else ""
        return site_of(host) if host else self._site

    def party(self, host: str, top_url: str, visit_id: str) -> Party:
        """First party: the same site as the page in the address bar."""
        top = quick_host(top_url)
        if top:
            return party_of(host, top)
        return "first" if site_of(host) == self.top_site(visit_id) else "third"

    def initiators(self, request: Request) -> tuple[str, ...]:
        """Addresses that led to a request, nearest first: earlier hops, scripts on the stack, what loaded those."""
        found: list[str] = []
        hop, seen = request, {request.id}
        while hop.redirect_of is not None and (before := self._requests.get(hop.redirect_of)) is not None:
            if before.id in seen:
                break
            found.append(before.url)
            seen.add(before.id)
            hop = before
        found += self._of_initiator(hop.initiator, hop.visit)
        return _once(found, without=request.url)

    def of_stack(self, stack: tuple[StackFrame, ...], visit_id: str) -> tuple[str, ...]:
        """Addresses of the scripts on a stack, nearest first, and what loaded the outermost of them."""
        found = [frame.url for frame in stack if frame.url]
        if found:
            found += self._loaded_by(visit_id, found[-1])
        return _once(found)

    def _of_initiator(self, initiator: Initiator, visit_id: str) -> list[str]:
        found = [frame.url for frame in initiator.stack if frame.url]
        if not found and initiator.url:
            found = [initiator.url]
        if found:
            found += self._loaded_by(visit_id, found[-1])
        return found

    def _loaded_by(self, visit_id: str, url: str) -> tuple[str, ...]:
        """What loaded a script or document of a visit, nearest first."""
        key = (visit_id, url)
        if key in self._chains:
            return self._chains[key]
        self._chains[key] = ()
        loader = self._scripts.get(key)
        found: tuple[str, ...] = ()
        if loader is not None:
            found = tuple(self._of_initiator(loader.initiator, visit_id))[:_MAX_CHAIN]
        self._chains[key] = found
        return found


def _once(urls: Iterable[str], without: str | None = None) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(url for url in urls if url != without))
    return kept[:_MAX_CHAIN]
