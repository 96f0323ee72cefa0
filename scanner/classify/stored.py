"""Storage snapshots to the storage entries of the inventory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.classify.attribution import Attribution
from scanner.classify.identifiers import identifying_tokens
from scanner.classify.labels import Label, Labeller, Traits
from scanner.classify.pages import Pages
from scanner.model.base import Party, StateName
from scanner.model.evidence import StorageSnapshot
from scanner.model.inventory import ServiceWorker, StorageEntry
from scanner.model.recorded import Evidence
from scanner.site import host_of

_REGISTRATION = "service-worker"


class StorageKey(NamedTuple):
    """Identity of a storage entry. `partition` is the top-level site for which it is kept apart, or empty."""

    kind: str
    origin: str
    key: str
    partition: str = ""


@dataclass
class _Trace:
    values: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    states: set[StateName] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    parties: set[Party] = field(default_factory=set)
    top_host: str = ""


class IdentifiedEntry(NamedTuple):
    """A storage entry, its label, and its identifying parts by context."""

    entry: StorageEntry
    label: Label
    tokens: Mapping[str, frozenset[str]]


class Stores:
    """Reads what origins keep out of a scan's evidence."""

    def __init__(self, evidence: Evidence, attribution: Attribution, pages: Pages) -> None:
        self._traces: defaultdict[StorageKey, _Trace] = defaultdict(_Trace)
        earlier: set[tuple[str, StorageKey]] = set()
        # The last look at an origin in each context and phase: what a frame of it kept at the end.
        last: dict[tuple[str, str, str, str, str | None], int] = {}
        for number, snapshot in enumerate(evidence.storage):
            last[_place(snapshot)] = number
        # What a login brought lay there before the site did anything; nobody sees a script write to storage.
        brought = {("local", item.origin, item.key) for login in evidence.logins for item in login.items}
        databases = {origin for login in evidence.logins for origin in login.databases}
        for number, snapshot in enumerate(evidence.storage):
            if snapshot.storage == "indexeddb" and snapshot.origin in databases:
                continue
            state = attribution.state(snapshot.context, snapshot.phase)
            at_end = last[_place(snapshot)] == number
            for item in snapshot.items:
                if (snapshot.storage, snapshot.origin, item.key) in brought:
                    continue
                key = StorageKey(snapshot.storage, snapshot.origin, item.key, snapshot.partition_key or "")
                if snapshot.phase == "initial":
                    earlier.add((snapshot.context, key))
                if state is None:
                    continue
                carried_over = snapshot.phase == "chosen" and (snapshot.context, key) in earlier
                if not carried_over or at_end:
                    self._traces[key].states.add(state)
                self._note(key, snapshot, item.value, pages)

    def _note(self, key: StorageKey, snapshot: StorageSnapshot, value: str, pages: Pages) -> None:
        trace = self._traces[key]
        trace.values[snapshot.context].append(value)
        trace.pages.add(pages.page(snapshot.visit, snapshot.top_url))
        trace.parties.add(pages.party(host_of(snapshot.origin), snapshot.top_url, snapshot.visit))
        trace.top_host = trace.top_host or host_of(snapshot.top_url)

    def __iter__(self) -> Iterator[StorageKey]:
        """All keys, sorted; registrations of service workers are none."""
        return iter(sorted(key for key, trace in self._traces.items() if trace.states and key.kind != _REGISTRATION))

    def service_workers(self) -> tuple[ServiceWorker, ...]:
        """The registrations, in the order of origin and scope."""
        return tuple(
            ServiceWorker(
                origin=key.origin,
                scope=key.key,
                script=next(iter(trace.values.values()))[-1] or None,
                partition_key=key.partition or None,
                party="first" if "first" in trace.parties else "third",
                states=tuple(sorted(trace.states)),
                pages=tuple(sorted(trace.pages - {""})),
            )
            for key, trace in sorted(self._traces.items())
            if trace.states and key.kind == _REGISTRATION
        )

    def traits(self, key: StorageKey) -> Traits:
        """What of an entry bears on what it is."""
        trace = self._traces[key]
        values = next(iter(trace.values.values()))
        return Traits(
            name=key.key,
            kind=key.kind,  # type: ignore[arg-type]
            domain=host_of(key.origin),
            party="first" if "first" in trace.parties else "third",
            top_host=trace.top_host,
            value=values[-1] if values[-1] else None,
        )

    def read(self, labeller: Labeller, now: float) -> tuple[IdentifiedEntry, ...]:
        """All storage entries, labelled, in the order of their keys."""
        return tuple(self._identified(key, labeller, now) for key in self)

    def _identified(self, key: StorageKey, labeller: Labeller, now: float) -> IdentifiedEntry:
        trace = self._traces[key]
        traits = self.traits(key)
        label = labeller.label(traits)
        tokens = identifying_tokens(trace.values, now, name=key.key, role=label.role)
        entry = StorageEntry(
            kind=key.kind,  # type: ignore[arg-type]
            origin=key.origin,
            key=key.key,
            partition_key=key.partition or None,
            party=traits.party,
            identifier=bool(tokens),
            category=label.category,
            category_source=label.source,
            vendor=label.vendor.name if label.vendor else None,
            vendor_id=label.vendor.id if label.vendor else None,
            purpose=label.purpose,
            role=label.role,
            consent_exempt=label.consent_exempt,
            states=tuple(sorted(trace.states)),
            pages=tuple(sorted(trace.pages - {""})),
        )
        return IdentifiedEntry(entry, label, tokens)


def _place(snapshot: StorageSnapshot) -> tuple[str, str, str, str, str | None]:
    return snapshot.context, snapshot.phase, snapshot.storage, snapshot.origin, snapshot.partition_key
