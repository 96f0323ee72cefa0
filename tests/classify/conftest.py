"""Evidence written by hand, record by record, as a browser would have written it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from scanner.classify import Catalogue, build_inventory, load_catalogue
from scanner.classify.catalogue.compiled import compile_layer
from scanner.classify.catalogue.index import LayerIndex
from scanner.classify.catalogue.schema import VendorFile
from scanner.model.consent import BannerButton, BannerSeen, ChoiceMade, SignalsRead
from scanner.model.evidence import (
    CookieKey,
    Gap,
    ImageSeen,
    Initiator,
    JarCookie,
    JarSnapshot,
    Request,
    ScanFinished,
    ScanStarted,
    ScriptCall,
    ScriptCookieWrite,
    SetCookieLine,
    StackFrame,
    StorageItem,
    StorageSnapshot,
    Visit,
)
from scanner.model.inventory import Beacon, Cookie, Inventory, RequestHost, StorageEntry
from scanner.model.probes import CanaryPlanted, NameResolved
from scanner.model.recorded import Evidence
from scanner.site import host_of, site_of

STARTED = "2026-11-22T09:30:00Z"
EPOCH = 1795339800.0
"""The same moment in seconds."""


class Recorder:
    """Collects records of one scan of `https://www.shop.test/` and turns them into an inventory."""

    def __init__(self, catalogue: Catalogue, *states: str, url: str = "https://www.shop.test/") -> None:
        self.catalogue = catalogue
        self.url = url
        self.states = states or ("before", "accept", "reject")
        self.records: defaultdict[str, list[Any]] = defaultdict(list)
        self.finished: ScanFinished | None = ScanFinished(finished="2026-11-22T09:31:00Z", outcome="complete")
        self._number = 0
        self._visits: dict[str, str] = {}

    def visit(self, context: str, url: str | None = None, **fields: Any) -> str:
        """A page loaded in a context; later records of the context belong to it."""
        self._number += 1
        name = f"v{self._number}"
        self._visits[context] = name
        given = {"url": url or self.url, "final_url": url or self.url, "status": 200, "started": STARTED}
        self.records["visits"].append(Visit(id=name, context=context, wall_ms=900.0, **{**given, **fields}))
        return name

    def _place(self, context: str, phase: str | None) -> dict[str, Any]:
        if context not in self._visits:
            self.visit(context)
        return {"visit": self._visits[context], "context": context, "phase": phase or "initial"}

    def request(
        self,
        context: str,
        url: str,
        *,
        phase: str | None = None,
        kind: str = "Image",
        ms: float = 100.0,
        set_cookie: str | Sequence[str] = (),
        blocked: Sequence[str] = (),
        sent: Sequence[str] = (),
        stack: Sequence[str] = (),
        **fields: Any,
    ) -> str:
        """One request; `sent` are `name@domain` of cookies that went along."""
        self._number += 1
        name = f"r{self._number}"
        lines = (set_cookie,) if isinstance(set_cookie, str) else tuple(set_cookie)
        keys = [text.rpartition("@") for text in sent]
        given: dict[str, Any] = {
            "method": "GET",
            "frame_url": self.url,
            "top_url": self.url,
            "initiator": Initiator(kind="script" if stack else "parser", stack=frames(stack)),
            "status": 200,
        }
        self.records["requests"].append(
            Request(
                id=name,
                ms=ms,
                url=url,
                resource_type=kind,
                set_cookies=tuple(SetCookieLine(raw=raw, blocked=tuple(blocked)) for raw in lines),
                cookies_sent=tuple(CookieKey(name=key[0], domain=key[2], path="/") for key in keys),
                **self._place(context, phase),
                **{**given, **fields},
            )
        )
        return name

    def script(
        self,
        context: str,
        raw: str,
        *,
        phase: str | None = None,
        ms: float = 200.0,
        stack: Sequence[str] = ("https://www.shop.test/app.js",),
        api: str = "document.cookie",
        frame_url: str | None = None,
    ) -> None:
        """A cookie written by script."""
        self.records["script_cookies"].append(
            ScriptCookieWrite(
                ms=ms,
                api=api,  # type: ignore[arg-type]
                raw=raw,
                page_time=EPOCH * 1000,
                frame_url=frame_url or self.url,
                top_url=self.url,
                stack=frames(stack),
                **self._place(context, phase),
            )
        )

    def jar(self, context: str, *cookies: JarCookie, phase: str | None = None, taken: str = STARTED) -> None:
        """The jar of a context at one moment."""
        self.records["jars"].append(JarSnapshot(taken=taken, cookies=cookies, **self._place(context, phase)))

    def storage(
        self,
        context: str,
        items: dict[str, str],
        *,
        phase: str | None = None,
        kind: str = "local",
        origin: str = "https://www.shop.test",
    ) -> None:
        """What an origin keeps."""
        self.records["storage"].append(
            StorageSnapshot(
                storage=kind,  # type: ignore[arg-type]
                origin=origin,
                top_url=self.url,
                frame_url=origin + "/",
                items=tuple(StorageItem(key=key, value=value, bytes=len(value)) for key, value in items.items()),
                **self._place(context, phase),
            )
        )

    def choice(self, context: str, made: str | None = "same", **fields: Any) -> None:
        """An answer to the banner of a context."""
        given = {"made": context if made == "same" else made, "verified": made is not None, "wanted": context}
        place = self._place(context, None)
        self.records["choices"].append(ChoiceMade(visit=place["visit"], context=context, **{**given, **fields}))

    def banner(self, context: str, *buttons: tuple[str, int, str], moment: str = "loaded", **fields: Any) -> None:
        """A banner as seen, with its buttons (action, layer, words)."""
        looks = tuple(BannerButton(action=action, layer=layer, text=text) for action, layer, text in buttons)  # type: ignore[arg-type]
        given: dict[str, Any] = {"found": True}
        self.records["banners"].append(
            BannerSeen(moment=moment, buttons=looks, **self._place(context, None), **{**given, **fields})  # type: ignore[arg-type]
        )

    def signals(self, context: str, values: dict[str, Any], phase: str | None = None) -> None:
        """Consent signals as read."""
        self.records["signals"].append(SignalsRead(values=values, **self._place(context, phase)))

    def call(self, context: str, api: str, *stack: str, phase: str | None = None, **fields: Any) -> None:
        """A call of a browser interface that is watched."""
        place = self._place(context, phase)
        call = ScriptCall(
            ms=50.0, api=api, frame_url=self.url, top_url=self.url, stack=frames(stack), **place, **fields
        )
        self.records["calls"].append(call)

    def canary(self, context: str, data: str, value: str, field: str = "email “Your mail”", **fields: Any) -> None:
        """An invented value typed into a field."""
        place = self._place(context, fields.pop("phase", None))
        self.records["canaries"].append(
            CanaryPlanted(
                ms=31000.0, data=data, value=value, typed=value, field=field, frame_url=self.url, top_url=self.url,
                **place, **fields,
            )
        )  # fmt: skip

    def name(self, host: str, *chain: str, **fields: Any) -> None:
        """The names behind a host."""
        self.records["names"].append(NameResolved(host=host, chain=chain, **fields))

    def image(self, context: str, url: str, width: int, height: int, visible: bool = False) -> None:
        """An image element as the page shows it."""
        place = self._place(context, None)
        self.records["images"].append(
            ImageSeen(url=url, natural_width=width, natural_height=height, visible=visible, frame_url=self.url, **place)
        )

    def gap(self, what: str, message: str, **fields: Any) -> None:
        """Something that could not be seen."""
        self.records["gaps"].append(Gap(what=what, message=message, **fields))

    def evidence(self) -> Evidence:
        """The whole scan."""
        host = host_of(self.url)
        return Evidence(
            scan=ScanStarted(
                tool_version="0",
                url=self.url,
                host=host,
                site=site_of(host),
                started=STARTED,
                states=self.states,
                pages=1,
            ),
            finished=self.finished,
            **{name: tuple(rows) for name, rows in self.records.items()},
        )

    def inventory(self, **options: Any) -> Inventory:
        """The scan, labelled."""
        return build_inventory(self.evidence(), self.catalogue, **options)

    def cookie(self, name: str) -> Cookie:
        """The only cookie of that name."""
        (found,) = [cookie for cookie in self.inventory().cookies if cookie.name == name]
        return found

    def entry(self, key: str) -> StorageEntry:
        """The only storage entry of that key."""
        (found,) = [entry for entry in self.inventory().storage if entry.key == key]
        return found

    def host(self, host: str) -> RequestHost:
        """The entry of a host."""
        (found,) = [entry for entry in self.inventory().requests if entry.host == host]
        return found

    def beacons(self) -> tuple[Beacon, ...]:
        """All beacons."""
        return self.inventory().beacons


def frames(urls: Sequence[str]) -> tuple[StackFrame, ...]:
    """A call stack, nearest first."""
    return tuple(StackFrame(url=url, function="f", line=7, column=1) for url in urls)


def kept(name: str, value: str, domain: str = ".shop.test", **fields: Any) -> JarCookie:
    """A cookie in the jar; `lifetime` is seconds from the start of the scan, none for a session cookie."""
    lifetime = fields.pop("lifetime", None)
    given = {"path": "/", "secure": True, "http_only": False, "same_site": "lax"}
    return JarCookie(
        name=name,
        value=value,
        domain=domain,
        host_only=not domain.startswith("."),
        expires=None if lifetime is None else EPOCH + lifetime,
        **{**given, **fields},
    )


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return load_catalogue()


@pytest.fixture
def record(catalogue: Catalogue) -> Callable[..., Recorder]:
    """Starts the recording of a scan; arguments are its states."""

    def start(*states: str, **options: Any) -> Recorder:
        return Recorder(catalogue, *states, **options)

    return start


@pytest.fixture
def jar_cookie() -> Callable[..., JarCookie]:
    """Makes cookies for a jar."""
    return kept


def vendor(name: str, **fields: Any) -> VendorFile:
    """A vendor file for a test."""
    given: dict[str, Any] = {
        "id": name,
        "name": name.title(),
        "category": "marketing",
        "purpose_category": "marketing",
        "checked": "2026-11-22",
        "sources": ["https://docs.example/cookies"],
    }
    rows = [
        {
            "category": "marketing",
            "consent_exempt": "no",
            "role": "visitor-id",
            "purpose": "Tells one browser from another.",
            **row,
        }
        for row in fields.pop("cookie", [])
    ]
    return VendorFile.model_validate({**given, **fields, "cookie": rows})


@pytest.fixture
def make_vendor() -> Callable[..., VendorFile]:
    """Makes vendor files."""
    return vendor


@pytest.fixture
def make_catalogue() -> Callable[..., Catalogue]:
    """Makes a catalogue of vendor files."""

    def make(*files: VendorFile) -> Catalogue:
        return Catalogue([LayerIndex(compile_layer(files))])

    return make


@pytest.fixture
def write_vendor() -> Callable[[Path, str, str], Path]:
    """Writes a vendor file as a user would."""

    def write(folder: Path, name: str, more: str = "") -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.toml"
        path.write_text(
            f'id = "{name}"\nname = "{name.title()}"\ncategory = "marketing"\npurpose_category = "marketing"\n'
            f'sources = ["https://docs.example/"]\nchecked = "2026-11-22"\n{more}',
            encoding="utf-8",
        )
        return path

    return write
